//! A cron trigger as the templates of ScaledObjects see it: its season in words beside what KEDA reads.

use serde::Serialize;

use super::say;
use super::schedule::CronTrigger;
use crate::plan::Plan;

#[derive(Serialize)]
pub(super) struct Season {
    name: String,
    about: Vec<String>,
    windows: usize,
    extent: String,
    zone: String,
    start: String,
    end: String,
    floor: u32,
}

pub(super) fn season(plan: &Plan, trigger: &CronTrigger) -> Season {
    let about = trigger.origins.iter().map(|origin| say::origin(plan, plan.origin(*origin), &trigger.zone));
    Season {
        name: trigger.name.clone(),
        about: about.collect(),
        windows: trigger.windows.len(),
        extent: say::extent(&trigger.windows),
        zone: trigger.zone.name().to_owned(),
        start: trigger.start.clone(),
        end: trigger.end.clone(),
        floor: trigger.floor.0,
    }
}

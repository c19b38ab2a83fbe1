//! The cron triggers of a ScaledObject and when they are active; `held` makes floors of them.

use std::sync::Arc;

use super::activity::{Activities, Walk};
use super::cron::Endless;
use super::scaledobject::ScaledObject;
use super::trigger::{CronTrigger, Fault};
use crate::time::{Instant, Offsets, Window};

/// One cron trigger of an object and when it is active.
#[derive(Clone, Debug)]
pub struct Active {
    /// Its place in `spec.triggers`.
    pub index: usize,
    /// What it asks for.
    pub trigger: CronTrigger,
    /// When.
    pub walk: Arc<Walk>,
    /// Offsets of the start's and the end's clock.
    pub clocks: (Arc<Offsets>, Arc<Offsets>),
    /// The years over which it is judged.
    pub years: Years,
}

/// A longer look at a trigger than the stretch that is shown: a date that some years lack, or on which the clocks change
/// in another year, is found years ahead.
#[derive(Clone, Debug)]
pub struct Years {
    /// Which.
    pub window: Window<Instant>,
    /// When it is active in them.
    pub walk: Arc<Walk>,
    /// Offsets of the start's and the end's clock in them.
    pub clocks: (Arc<Offsets>, Arc<Offsets>),
}

/// Why a cron trigger has no activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inactive {
    /// KEDA does not build or run it.
    Fault(Fault),
    /// KEDA's search for its next firing never ends.
    Endless(Endless),
}

/// Days of a year on which a side fires, from which on one year is enough to judge it by.
const OFTEN: u32 = 120;

/// The cron triggers of an object: their activity, or what keeps them from having one.
pub fn cron_triggers(
    object: &ScaledObject,
    (activities, years): (&mut Activities, &mut Activities),
) -> (Vec<Active>, Vec<(usize, Inactive)>) {
    let (mut active, mut inactive) = (Vec::new(), Vec::new());
    let triggers = object.spec.triggers.value.iter().enumerate();
    for (index, trigger) in triggers.filter(|(_, trigger)| trigger.kind.value == "cron") {
        let read = activities.trigger(trigger).map_err(Inactive::Fault);
        let walked = read.and_then(|trigger| {
            let texts = (trigger.texts.0.as_str(), trigger.texts.1.as_str());
            let walk = activities.walk(texts, &trigger.pair).map_err(Inactive::Endless)?;
            let clocks = activities.clocks(&trigger.pair);
            // One that fires almost daily does in a year what it does in any other.
            let years = if trigger.pair.days_a_year() > OFTEN || years.window() == activities.window() {
                Years { window: activities.window(), walk: walk.clone(), clocks: clocks.clone() }
            } else {
                let walk = years.walk(texts, &trigger.pair).map_err(Inactive::Endless)?;
                Years { window: years.window(), walk, clocks: years.clocks(&trigger.pair) }
            };
            Ok(Active { index, trigger, walk, clocks, years })
        });
        match walked {
            Ok(found) => active.push(found),
            Err(why) => inactive.push((index, why)),
        }
    }
    (active, inactive)
}

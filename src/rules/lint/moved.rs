//! To which hour a side can be moved so that no change of the clocks leads its trigger astray.

use std::sync::Arc;

use super::meant;
use crate::keda::activity::{Activities, Edge};
use crate::keda::cron::Schedule;
use crate::keda::floor::{Active, Years};
use crate::keda::pair::Pair;
use crate::keda::trigger::CronTrigger;
use crate::time::TimeOfDay;

/// Further away than this, another hour is no longer what was meant.
const MOST_HOURS: u32 = 4;

/// The first whole hour at or after `from` that no change in the years of the trigger touches.
pub(super) fn clean_hour(active: &Active, edge: Edge, from: TimeOfDay) -> Option<TimeOfDay> {
    let first = from.hour() + u32::from(from.minute() > 0);
    let hours = (first..=first + MOST_HOURS).filter_map(|hour| TimeOfDay::new(hour, 0));
    hours.take_while(|hour| hour.hour() < 24).find(|hour| is_clean(active, edge, *hour) == Some(true))
}

/// Nothing where KEDA's search does not end.
fn is_clean(active: &Active, edge: Edge, hour: TimeOfDay) -> Option<bool> {
    let Pair { start, end, zone } = active.trigger.pair.clone();
    let (start, end) = match edge {
        Edge::Start => (at(hour, &start)?, end),
        Edge::End => (start, at(hour, &end)?),
    };
    let pair = Pair { start, end, zone };
    let trigger = CronTrigger { pair, ..active.trigger.clone() };
    let mut years = Activities::new(active.years.window);
    let walk = years.walk((&trigger.texts.0, &trigger.texts.1), &trigger.pair).ok()?;
    let years = Years { walk: Arc::clone(&walk), ..active.years.clone() };
    let moved = Active { trigger, years, ..active.clone() };
    Some(walk.passed.is_empty() && meant::astray(&moved).is_empty())
}

/// The same days at another hour.
fn at(hour: TimeOfDay, side: &Schedule) -> Option<Schedule> {
    let sharp = Schedule::parse(&format!("0 {} * * *", hour.hour())).ok()?;
    Some(Schedule { minute: sharp.minute, hour: sharp.hour, ..side.clone() })
}

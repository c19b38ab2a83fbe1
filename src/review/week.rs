//! A target's year in slices of equal length: what a timeline shows.

use crate::plan::{Plan, Schedule};
use crate::quantity::Replicas;
use crate::time::Date;

/// Some days in a row, and the highest floor on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// The first of the days.
    pub from: Date,
    /// The highest floor.
    pub highest: Replicas,
}

/// The horizon of `plan` in slices of `days` days (at least one), the last one shorter if it must be.
pub fn slices(plan: &Plan, schedule: &Schedule, days: i32) -> Vec<Slice> {
    let mut from = plan.horizon.from;
    let mut slices = Vec::new();
    while from < plan.horizon.until {
        let until = from.plus_days(days.max(1)).min(plan.horizon.until);
        let floors = schedule.floors.pieces(from.start()..until.start()).map(|(_, _, step)| step.floor);
        slices.push(Slice { from, highest: floors.max().unwrap_or_default() });
        from = until;
    }
    slices
}

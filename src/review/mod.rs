//! Review: what a plan does over its year, in pod-hours, money and peak capacity, and what a change of policy does to that.
//!
//! Facts only, read off [`Plan`]s. It must not know TOML, KEDA, files or how anything is shown.

mod budget;
mod capacity;
mod change;
mod clock;
mod facts;
mod files;
mod seasons;
mod spent;
mod week;
mod windows;

pub use budget::overspent;
pub use capacity::{DayPeak, Demand, of_maxima, requesting};
pub use change::{Change, FactChange, Shift, compare};
pub use files::{NamedFiles, file_changes};
pub use seasons::{SeasonChange, seasons};
pub use spent::{MonthOf, PodTime, Spent};
pub use week::{Slice, slices};

use crate::plan::{OriginId, Plan};
use crate::profile::{Target, TargetId, TerritoryId};
use crate::time::{Date, Instant, LocalTime};

/// What a plan does.
#[derive(Debug)]
pub struct Review<'a> {
    /// Of which plan.
    pub plan: &'a Plan,
    /// Every replica-second of the plan, once: by target, month and reason.
    pub spent: Vec<Spent>,
    /// What all targets together ask for at most, day by day on the platform's clock.
    pub days: Vec<DayPeak>,
    /// What it would take if every target stood at its highest floor all the time.
    pub always_peak: PodTime,
}

/// Reads a plan.
pub fn review(plan: &Plan) -> Review<'_> {
    Review {
        plan,
        spent: spent::spent(plan),
        days: capacity::days(plan),
        always_peak: spent::always_peak(plan),
    }
}

impl Review<'_> {
    /// The sum over the rows that `wanted` picks.
    pub fn sum(&self, wanted: impl Fn(&Spent) -> bool) -> PodTime {
        self.spent.iter().filter(|row| wanted(row)).map(|row| row.time).sum()
    }

    /// Everything.
    pub fn total(&self) -> PodTime {
        self.sum(|_| true)
    }

    /// What the minimum alone takes.
    pub fn minimum(&self) -> PodTime {
        self.sum(|row| row.origin.is_none())
    }

    /// The price of it, where a pod-hour has one.
    pub fn cost(&self, time: PodTime) -> Option<f64> {
        Some(time.hours() * self.plan.profile.cost.as_ref()?.pod_hour)
    }

    /// The months of the horizon, in order.
    pub fn months(&self) -> Vec<MonthOf> {
        let mut months: Vec<MonthOf> = self.spent.iter().map(|row| row.month).collect();
        months.sort_unstable();
        months.dedup();
        months
    }

    /// Whether a row belongs to a territory; absent: to the platform.
    pub fn is_in(&self, row: &Spent, territory: Option<TerritoryId>) -> bool {
        self.target_territory(row.target) == territory
    }

    fn target_territory(&self, target: TargetId) -> Option<TerritoryId> {
        self.plan.profile.targets[target.0].territory
    }

    /// Whether a row is there for an occasion.
    pub fn is_for(&self, row: &Spent, occasion: usize) -> bool {
        row.origin.is_some_and(|origin| self.plan.origin(origin).occasion.0 == occasion)
    }

    /// When the floor of a target next changes after `at`, and to what: replicas before, after, and the reason after.
    pub fn next_change(&self, target: TargetId, at: LocalTime) -> Option<NextChange> {
        let schedule = self.plan.schedule(target);
        let before = schedule.floors.at(at).floor.0;
        let mut from = at;
        while let Some((when, step)) = schedule.floors.next_change(from) {
            from = *when;
            if step.floor.0 != before && self.plan.local_horizon().contains(from) {
                let min = self.plan.profile.targets[target.0].min.value;
                let reason = schedule.applying(step).first().filter(|_| step.floor > min);
                let origin = reason.map(|layer| schedule.layer(*layer).origin);
                return Some(NextChange { at: from, before, after: step.floor.0, origin });
            }
        }
        None
    }
}

/// From when on it is said what comes next.
#[derive(Clone, Copy, Debug)]
pub enum Since {
    /// From the beginning of a day that was asked for.
    Day(Date),
    /// From now on; the day is the one in UTC.
    Now(Date, Instant),
}

impl Since {
    /// The day.
    pub fn day(self) -> Date {
        match self {
            Self::Day(day) | Self::Now(day, _) => day,
        }
    }

    /// What the wall of a target shows then.
    pub fn local(self, target: &Target) -> LocalTime {
        match self {
            Self::Day(day) => day.start(),
            Self::Now(_, now) => target.zone.local(now),
        }
    }
}

/// The next time that a floor changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextChange {
    /// On the target's clock.
    pub at: LocalTime,
    /// Replicas until then.
    pub before: u32,
    /// Replicas from then on.
    pub after: u32,
    /// What asks for them; absent: the minimum.
    pub origin: Option<OriginId>,
}

//! Pod-hours: the integral of the floors over real time, every replica-second given to one month and one reason.
//!
//! Up to the minimum they belong to the minimum; what is above it belongs to the origin that decides the floor. A day of 23
//! or 25 hours counts as such; a month is the target's own.

use std::collections::BTreeMap;
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub};

use super::clock::Clock;
use crate::parallel;
use crate::plan::{OriginId, Plan, Schedule};
use crate::profile::TargetId;
use crate::time::{Date, Instant, LocalTime, Month};

/// Replica-seconds; negative in differences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct PodTime(pub i64);

impl PodTime {
    /// `replicas` for `seconds`.
    pub fn of(replicas: u32, seconds: i64) -> Self {
        Self(i64::from(replicas) * seconds)
    }

    /// In pod-hours.
    #[expect(clippy::cast_precision_loss, reason = "exact up to 285 million years of one replica")]
    pub fn hours(self) -> f64 {
        self.0 as f64 / 3600.0
    }
}

impl Add for PodTime {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for PodTime {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl AddAssign for PodTime {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sum for PodTime {
    fn sum<I: Iterator<Item = Self>>(times: I) -> Self {
        times.fold(Self::default(), Add::add)
    }
}

/// A month of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonthOf {
    /// Of the common era.
    pub year: i32,
    /// Which of its twelve.
    pub month: Month,
}

impl MonthOf {
    /// The month of a date.
    pub fn of(date: Date) -> Self {
        Self { year: date.year(), month: date.month() }
    }

    /// Midnight at the end of it.
    fn end(self) -> LocalTime {
        let (year, month) =
            if self.month.number() == 12 { (self.year + 1, 1) } else { (self.year, self.month.number() + 1) };
        Date::ymd(year, month, 1).expect("internal error: every month has a first day").start()
    }
}

impl fmt::Display for MonthOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month.number())
    }
}

/// What one target takes in one month for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent {
    /// Who.
    pub target: TargetId,
    /// When, on the target's clock.
    pub month: MonthOf,
    /// What for; absent: the minimum.
    pub origin: Option<OriginId>,
    /// How much.
    pub time: PodTime,
}

/// Every replica-second of `plan`; by target, month and reason, the minimum first.
pub(super) fn spent(plan: &Plan) -> Vec<Spent> {
    parallel::map(&plan.schedules, |schedule| of_target(plan, schedule)).into_iter().flatten().collect()
}

fn of_target(plan: &Plan, schedule: &Schedule) -> Vec<Spent> {
    let target = &plan.profile.targets[schedule.target.0];
    let clock = Clock::new(&target.zone, plan);
    let min = target.min.value.0;
    let horizon = clock.horizon(plan);
    let mut times: BTreeMap<(MonthOf, Option<OriginId>), PodTime> = BTreeMap::new();
    for (mut from, until, step) in schedule.held.pieces(horizon.from..horizon.until) {
        let decides = schedule.applying(step).first().map(|layer| schedule.layer(*layer).origin);
        while from < until {
            let (month, end) = month(&clock, from);
            let end = end.min(until);
            let seconds = end.0 - from.0;
            // A floor is never below the minimum: the plan refuses it.
            let base = step.floor.0.min(min);
            *times.entry((month, None)).or_default() += PodTime::of(base, seconds);
            if let Some(origin) = decides.filter(|_| step.floor.0 > min) {
                *times.entry((month, Some(origin))).or_default() += PodTime::of(step.floor.0 - min, seconds);
            }
            from = end;
        }
    }
    let row = |((month, origin), time)| Spent { target: schedule.target, month, origin, time };
    times.into_iter().map(row).collect()
}

/// The month that counts at `from`, and where it ends.
fn month(clock: &Clock, from: Instant) -> (MonthOf, Instant) {
    let month = MonthOf::of(clock.local(from).date());
    let end = clock.instant(month.end());
    if end > from {
        return (month, end);
    }
    // The clocks went back into a month that had ended.
    let next = MonthOf::of(month.end().date());
    (next, clock.instant(next.end()))
}

/// Every target at its highest floor from the first day to the last.
pub(super) fn always_peak(plan: &Plan) -> PodTime {
    let horizon = plan.local_horizon();
    let of = |schedule: &Schedule| {
        let clock = Clock::new(&plan.profile.targets[schedule.target.0].zone, plan);
        let seconds = clock.instant(horizon.until).0 - clock.instant(horizon.from).0;
        PodTime::of(schedule.peak().0, seconds)
    };
    parallel::map(&plan.schedules, of).into_iter().sum()
}

//! One target's year, day by day on its own clock: what a picture of a year is drawn from, however much happens in a day.

use std::sync::Arc;

use super::comparison::Subject;
use super::hpa::kubernetes::Kubernetes;
use super::world::demand::Slice;
use super::world::tally::{Tallies, Tally};
use crate::quantity::{Rate, Replicas};
use crate::step::StepFn;
use crate::time::{Date, Instant, Window};

/// The least and the most of something during a stretch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band<T> {
    /// The least.
    pub least: T,
    /// The most.
    pub most: T,
}

impl<T: Copy + PartialOrd> Band<T> {
    /// One value only.
    pub fn of(value: T) -> Self {
        Self { least: value, most: value }
    }

    /// Both bands.
    pub fn and(self, other: Self) -> Self {
        let least = if other.least < self.least { other.least } else { self.least };
        let most = if other.most > self.most { other.most } else { self.most };
        Self { least, most }
    }
}

/// What a day came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Day {
    /// The highest floor.
    pub floor: Replicas,
    /// Replicas that were asked for.
    pub replicas: Band<Replicas>,
    /// Requests per second.
    pub load: Band<Rate>,
    /// When the load came closest to what the ready pods can serve; absent where it is never above the minimal rate.
    pub tightest: Option<Tightest>,
    /// Its sums.
    pub tally: Tally,
    /// Whose load it has, in order.
    pub slices: Vec<Slice>,
}

/// A moment at which there was little to spare.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tightest {
    /// Since when.
    pub at: Instant,
    /// Requests per second.
    pub load: Rate,
    /// What the ready pods can serve at most.
    pub capacity: Rate,
}

impl Tightest {
    /// Load over capacity; infinite where no pod is ready.
    pub fn share(&self) -> f64 {
        self.load.0 / self.capacity.0
    }
}

impl Day {
    /// Both days as one stretch.
    pub fn and(mut self, other: &Self) -> Self {
        self.floor = self.floor.max(other.floor);
        self.replicas = self.replicas.and(other.replicas);
        self.load = self.load.and(other.load);
        self.tightest = tighter(self.tightest, other.tightest);
        self.tally = self.tally.and(&other.tally);
        self.slices.extend(&other.slices);
        self.slices.sort_unstable();
        self.slices.dedup();
        self
    }
}

fn tighter(one: Option<Tightest>, other: Option<Tightest>) -> Option<Tightest> {
    match (one, other) {
        (Some(one), Some(other)) if other.share() > one.share() => Some(other),
        (Some(one), _) => Some(one),
        (None, other) => other,
    }
}

/// The days on which any of the targets is run.
pub fn dates(subjects: &[Subject]) -> Option<Window<Date>> {
    let dates = subjects.iter().map(|subject| {
        let last = Instant(subject.window.until.0 - 1);
        Window::new(subject.clock.local(subject.window.from).date(), subject.clock.local(last).date().next())
    });
    dates.reduce(|one, other| Window::new(one.from.min(other.from), one.until.max(other.until)))
}

/// A day on a target's clock, as far as the target is run.
pub fn day_of(subject: &Subject, date: Date) -> Option<Window<Instant>> {
    let zone = subject.clock.zone();
    Window::new(zone.start_of(date), zone.start_of(date.next())).intersection(subject.window)
}

/// The same target whose sums are kept by stretch, numbered from 1: each begins at its `start`, and 0 is what comes before.
pub(super) fn sliced(subject: &Subject, starts: &[Instant]) -> Subject {
    let mut numbers = StepFn::constant(Slice(0));
    for (number, start) in starts.iter().enumerate() {
        numbers.push(*start, Slice(number + 1));
    }
    Subject {
        demands: subject.demands.sliced(&numbers),
        clock: Arc::clone(&subject.clock),
        ..subject.clone()
    }
}

/// A target's year: a place for each of `dates`, empty where the target is not run.
pub fn year(subject: &Subject, kubernetes: Kubernetes, dates: Window<Date>) -> Vec<Option<Day>> {
    let subject = &*subject.heard();
    let count = dates.until.days_since(dates.from);
    let windows = (0..count).map(|day| day_of(subject, dates.from.plus_days(day)));
    let windows: Vec<Option<Window<Instant>>> = windows.collect();
    let starts: Vec<Instant> = windows.iter().flatten().map(|window| window.from).collect();
    let run = Run::of(&sliced(subject, &starts), kubernetes);
    let mut number = 0;
    let days = windows.into_iter().map(|window| {
        window.map(|window| {
            number += 1;
            run.day(subject, window, Slice(number))
        })
    });
    days.collect()
}

/// One run, as far as a day is told from it.
struct Run {
    replicas: StepFn<Instant, Replicas>,
    ready: StepFn<Instant, Replicas>,
    tallies: Tallies,
}

impl Run {
    fn of(subject: &Subject, kubernetes: Kubernetes) -> Self {
        let count = |pods: i32| Replicas(u32::try_from(pods).unwrap_or(0));
        let mut seen: Option<(StepFn<Instant, Replicas>, StepFn<Instant, Replicas>)> = None;
        let tallies = subject.scaled(&subject.machine, kubernetes, |_, tick| {
            let (replicas, ready) = (count(tick.pass.replicas), count(tick.pods.ready));
            let steps = seen.get_or_insert_with(|| (StepFn::constant(replicas), StepFn::constant(ready)));
            steps.0.push(tick.now.second(), replicas);
            steps.1.push(tick.now.second(), ready);
        });
        let none = StepFn::constant(Replicas(0));
        let (replicas, ready) = seen.unwrap_or_else(|| (none.clone(), none));
        Self { replicas, ready, tallies }
    }

    fn day(&self, subject: &Subject, window: Window<Instant>, number: Slice) -> Day {
        let (from, until) = (window.from, window.until);
        let floors = subject.machine.floor.pieces(from..until).map(|(_, _, floor)| *floor);
        let replicas = self.replicas.pieces(from..until).map(|(_, _, replicas)| Band::of(*replicas));
        let demands: Vec<_> = subject.demands.pieces(window).collect();
        let load = demands.iter().map(|(_, _, demand)| Band::of(demand.rate)).reduce(Band::and);
        let mut slices: Vec<Slice> = demands.iter().map(|(_, _, demand)| demand.slice).collect();
        slices.sort_unstable();
        slices.dedup();
        let busy =
            demands.iter().filter(|(_, _, demand)| demand.rate >= subject.least && demand.rate.0 > 0.0);
        let tightest = busy.flat_map(|(from, until, demand)| {
            self.ready.pieces(*from..*until).map(|(at, _, ready)| {
                let capacity = Rate(f64::from(ready.0) * subject.service.0);
                Some(Tightest { at, load: demand.rate, capacity })
            })
        });
        Day {
            floor: floors.max().unwrap_or_default(),
            replicas: replicas.reduce(Band::and).unwrap_or(Band::of(Replicas(0))),
            load: load.unwrap_or(Band::of(Rate(0.0))),
            tightest: tightest.fold(None, tighter),
            tally: self.tallies.of(number),
            slices,
        }
    }
}

//! One day of one target from close by: what decides its count, five minutes by five minutes.

use super::comparison::Subject;
use super::hpa::controller::{Computed, Controller, Course};
use super::hpa::kubernetes::Kubernetes;
use super::hpa::latest::Latest;
use super::hpa::metric::propose;
use super::hpa::spec::Target as Aim;
use super::run::{Target, Tick};
use super::world::demand::Slice;
use super::year::{self, Day};
use crate::quantity::{Rate, Replicas};
use crate::time::{Date, Instant};
use crate::tolerance::Tolerance;

/// Seconds of a slot.
pub const SLOT: i64 = 300;

/// Five minutes: the highest of each figure, but of ready pods the fewest.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// When it begins.
    pub from: Instant,
    /// The floor.
    pub floor: Replicas,
    /// What the controller decided.
    pub decided: Decided,
    /// Pods that are ready, the fewest.
    pub ready: Replicas,
    /// What they can serve at most.
    pub capacity: Rate,
    /// Requests per second.
    pub load: Rate,
    /// p95 in seconds; absent where it says nothing.
    pub p95: Option<f64>,
}

/// The way from a metric to a count. The first three are absent where no metric was asked.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Decided {
    /// The metric that asked for most, by its place.
    pub by: Option<usize>,
    /// That metric as a number of replicas, not rounded: its value over its target.
    pub metric: Option<f64>,
    /// What was asked for.
    pub wish: Option<i32>,
    /// What earlier wishes left of it.
    pub stabilized: Option<i32>,
    /// The count after it.
    pub replicas: i32,
}

impl Decided {
    fn and(self, other: Self) -> Self {
        let by = if other.wish > self.wish { other.by } else { self.by.or(other.by) };
        let metric = match (self.metric, other.metric) {
            (Some(one), Some(other)) => Some(one.max(other)),
            (one, other) => one.or(other),
        };
        Self {
            by,
            metric,
            wish: self.wish.max(other.wish),
            stabilized: self.stabilized.max(other.stabilized),
            replicas: self.replicas.max(other.replicas),
        }
    }
}

/// The day of a season on which most requests were late or not answered, by its place in the year; of about equal ones the
/// day with the longest p95, then the first. None where the season has no day with a request.
pub fn worst_day(year: &[Option<Day>], slice: Slice) -> Option<usize> {
    let mut worst: Option<(usize, (f64, f64))> = None;
    for (at, day) in year.iter().enumerate() {
        let Some(day) = day.as_ref().filter(|day| day.slices.contains(&slice)) else { continue };
        let felt = day.tally.felt;
        let badness = (felt.late + felt.refused, felt.worst);
        if felt.requests > 0.0 && worst.is_none_or(|(_, most)| is_worse(badness, most)) {
            worst = Some((at, badness));
        }
    }
    worst.map(|(at, _)| at)
}

/// Passes come a little later each day, so days that are alike differ by parts of a hundredth: that is not a difference.
fn is_worse(one: (f64, f64), other: (f64, f64)) -> bool {
    let more = |one: f64, other: f64| one > other * 1.01;
    more(one.0, other.0) || !more(other.0, one.0) && more(one.1, other.1)
}

/// One day of a target; nothing where it is not run.
pub fn closely(subject: &Subject, kubernetes: Kubernetes, date: Date) -> Vec<Slot> {
    let subject = &*subject.heard();
    let Some(window) = year::day_of(subject, date) else { return Vec::new() };
    let slots = (window.until.0 - window.from.0 + SLOT - 1) / SLOT;
    let starts: Vec<Instant> = (0..slots).map(|slot| Instant(window.from.0 + slot * SLOT)).collect();
    let cut = year::sliced(subject, &starts);
    let tolerance = Controller::<Latest>::new(kubernetes).tolerance(&subject.machine.scaler.hpa);
    let mut watch = Watch { starts: &starts, last: Shown::default(), slots: Vec::new() };
    let site = cut.follow(&cut.machine, kubernetes, window.until, |target, tick| {
        watch.sees(tick.now.second(), seen(subject, &tolerance, target, tick));
    });
    let seen = watch.all();
    let each = starts.iter().zip(seen).enumerate().map(|(number, (from, seen))| {
        let tally = site.tallies().of(Slice(number + 1));
        let ends = Instant((from.0 + SLOT).min(window.until.0));
        let floors = subject.machine.floor.pieces(*from..ends).map(|(_, _, floor)| *floor);
        Slot {
            from: *from,
            floor: floors.max().unwrap_or_default(),
            decided: seen.decided,
            ready: seen.ready,
            capacity: Rate(f64::from(seen.ready.0) * subject.service.0),
            load: Rate(tally.busiest),
            p95: Some(tally.felt.worst).filter(|worst| *worst > 0.0),
        }
    });
    each.collect()
}

/// What a pass shows.
#[derive(Clone, Copy, Debug, Default)]
struct Shown {
    decided: Decided,
    ready: Replicas,
}

/// Passes, put into slots; passes that were left out did what the last one did.
struct Watch<'s> {
    starts: &'s [Instant],
    last: Shown,
    slots: Vec<Shown>,
}

impl Watch<'_> {
    fn sees(&mut self, at: Instant, seen: Shown) {
        while self.starts.get(self.slots.len()).is_some_and(|start| *start <= at) {
            self.slots.push(self.last);
        }
        if let Some(slot) = self.slots.last_mut() {
            slot.decided = slot.decided.and(seen.decided);
            slot.ready = slot.ready.min(seen.ready);
        }
        self.last = seen;
    }

    fn all(mut self) -> Vec<Shown> {
        self.slots.resize(self.starts.len(), self.last);
        self.slots
    }
}

fn seen(subject: &Subject, tolerance: &Tolerance, target: &Target<'_, Latest>, tick: &Tick) -> Shown {
    let ready = Replicas(u32::try_from(tick.pods.ready).unwrap_or(0));
    let mut decided = Decided { replicas: tick.pass.replicas, ..Decided::default() };
    if let Course::Computed(Computed { metric, wish, stabilized, .. }) = tick.pass.course {
        let read = target.readings().get(metric).zip(subject.machine.scaler.hpa.metrics.get(metric));
        let value = read.and_then(|(reading, aim)| {
            let proposal = propose(*aim, *reading, tick.scale, tick.pods, tolerance).ok()?;
            let pods = match aim.target {
                Aim::AverageValue => tick.scale.status,
                Aim::Value if tick.scale.spec == 0 => 1,
                Aim::Value => tick.pods.ready,
            };
            Some(proposal.ratio * f64::from(pods)).filter(|value| value.is_finite())
        });
        decided = Decided {
            by: Some(metric),
            metric: value,
            wish: Some(wish),
            stabilized: Some(stabilized),
            ..decided
        };
    }
    Shown { decided, ready }
}

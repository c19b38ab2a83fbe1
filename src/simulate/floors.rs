//! The smallest floors that would do: for each season the least number of replicas at which its requests are answered in time,
//! found by trying.

use super::comparison::Subject;
use super::hpa::kubernetes::Kubernetes;
use super::manifest::{with_floors, with_rate};
use super::moment::Span;
use super::world::demand::Slice;
use super::world::tally::Tally;
use crate::quantity::{Ratio, Replicas};
use crate::step::StepFn;
use crate::time::Instant;

/// What a season must keep.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Allowed {
    /// The share of requests that must be answered within the gate.
    Share(Ratio),
    /// Minutes with p95 over the gate.
    Minutes(f64),
}

impl Allowed {
    /// Whether a season kept it.
    pub fn holds(self, tally: &Tally) -> bool {
        match self {
            Self::Share(objective) => tally.in_time() >= objective.0,
            Self::Minutes(minutes) => tally.felt.over_gate / 60.0 <= minutes,
        }
    }
}

/// What was found for one season at one target.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Which season.
    pub slice: Slice,
    /// The least floor that does; absent: none does, up to the maximum.
    pub floor: Option<Replicas>,
    /// What comes of the season with one replica less, where there is one less to try.
    pub with_one_less: Option<Tally>,
    /// What comes of it with the floor, or with the maximum where none does.
    pub with_it: Tally,
    /// What would do where no floor does.
    pub helps: Option<Helps>,
}

/// What would do where no floor does: each by itself, found by trying.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Helps {
    /// The least maximum, with a floor as high, up to four times the one that is there.
    pub maximum: Option<Replicas>,
    /// The share of the requests per replica at which the request rate would have to add one, in tenths.
    pub rate: Option<Ratio>,
    /// The longest start-up of a half, a quarter and none of the one that is there.
    pub start_up: Option<Span>,
}

/// The least floor of a season: while its schedule asks for more than the minimum it asks for the floor that is tried.
pub fn least(subject: &Subject, kubernetes: Kubernetes, slice: Slice, allowed: Allowed) -> Found {
    let subject = &*subject.heard();
    let min = u32::try_from(subject.machine.scaler.executor.min).unwrap_or(0).max(1);
    let max = u32::try_from(subject.machine.scaler.hpa.max).unwrap_or(0).max(min);
    let tried = |floor: u32| tried(subject, kubernetes, slice, floor);
    let lowest = tried(min);
    if allowed.holds(&lowest) {
        let floor = Some(Replicas(min));
        return Found { slice, floor, with_one_less: None, with_it: lowest, helps: None };
    }
    let highest = tried(max);
    if !allowed.holds(&highest) {
        let helps = Some(helps(subject, kubernetes, slice, (allowed, max)));
        return Found { slice, floor: None, with_one_less: None, with_it: highest, helps };
    }
    let (mut fails, mut does) = ((min, lowest), (max, highest));
    while does.0 - fails.0 > 1 {
        let middle = u32::midpoint(fails.0, does.0);
        let tally = tried(middle);
        if allowed.holds(&tally) { does = (middle, tally) } else { fails = (middle, tally) }
    }
    let floor = Some(Replicas(does.0));
    Found { slice, floor, with_one_less: Some(fails.1), with_it: does.1, helps: None }
}

fn helps(subject: &Subject, kubernetes: Kubernetes, slice: Slice, (allowed, max): (Allowed, u32)) -> Helps {
    let does = |other: &Subject, floor| allowed.holds(&tried(other, kubernetes, slice, floor));
    let with_max = |most: u32| {
        let mut other = subject.clone();
        other.machine.scaler.hpa.max = i32::try_from(most).unwrap_or(i32::MAX);
        does(&other, most)
    };
    let (mut fails, mut most) = (max, max.saturating_mul(4));
    let maximum = with_max(most).then(|| {
        while most - fails > 1 {
            let middle = u32::midpoint(fails, most);
            if with_max(middle) { most = middle } else { fails = middle }
        }
        Replicas(most)
    });
    let rates = (1..10).rev().map(|tenths| Ratio(f64::from(tenths) / 10.0));
    let rate = rates.into_iter().find(|share| {
        let machine = with_rate(&subject.machine, *share);
        machine.is_some_and(|machine| does(&Subject { machine, ..subject.clone() }, max))
    });
    let start_up = [2, 4, i64::MAX].map(|part| Span(subject.start_up.0 / part));
    let start_up =
        start_up.into_iter().find(|start_up| does(&Subject { start_up: *start_up, ..subject.clone() }, max));
    Helps { maximum, rate, start_up }
}

/// What comes of a season with another floor.
pub fn tried(subject: &Subject, kubernetes: Kubernetes, slice: Slice, floor: u32) -> Tally {
    let machine = with_floors(&subject.machine, floors(subject, slice, Replicas(floor)));
    subject.scaled(&machine, kubernetes, |_, _| {}).of(slice)
}

/// The subject's floors, with `floor` wherever the season's own lifts them over the minimum; on all of its days where it has
/// none of its own.
fn floors(subject: &Subject, slice: Slice, floor: Replicas) -> StepFn<Instant, Replicas> {
    let min = u32::try_from(subject.machine.scaler.executor.min).unwrap_or(0);
    let seasons = subject.demands.parts().map(|part| part.slice);
    let own = subject.machine.floor.zip(&seasons, |own, season| *season == slice && own.0 > min);
    let lifts = own.pieces(subject.window.from..subject.window.until).any(|(_, _, lifts)| *lifts);
    subject
        .machine
        .floor
        .zip(&seasons, |own, season| if *season == slice && (own.0 > min || !lifts) { floor } else { *own })
}

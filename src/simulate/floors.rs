//! The smallest floors that would do: for each season the least number of replicas at which its requests are answered in time,
//! found by trying.

use super::comparison::Subject;
use super::hpa::kubernetes::Kubernetes;
use super::manifest::with_floors;
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
}

/// The least floor of a season: while its schedule asks for more than the minimum it asks for the floor that is tried.
pub fn least(subject: &Subject, kubernetes: Kubernetes, slice: Slice, allowed: Allowed) -> Found {
    let min = u32::try_from(subject.machine.scaler.executor.min).unwrap_or(0).max(1);
    let max = u32::try_from(subject.machine.scaler.hpa.max).unwrap_or(0).max(min);
    let tried = |floor: u32| tried(subject, kubernetes, slice, floor);
    let lowest = tried(min);
    if allowed.holds(&lowest) {
        return Found { slice, floor: Some(Replicas(min)), with_one_less: None, with_it: lowest };
    }
    let highest = tried(max);
    if !allowed.holds(&highest) {
        return Found { slice, floor: None, with_one_less: None, with_it: highest };
    }
    let (mut fails, mut does) = ((min, lowest), (max, highest));
    while does.0 - fails.0 > 1 {
        let middle = u32::midpoint(fails.0, does.0);
        let tally = tried(middle);
        if allowed.holds(&tally) { does = (middle, tally) } else { fails = (middle, tally) }
    }
    Found { slice, floor: Some(Replicas(does.0)), with_one_less: Some(fails.1), with_it: does.1 }
}

/// What comes of a season with another floor.
pub fn tried(subject: &Subject, kubernetes: Kubernetes, slice: Slice, floor: u32) -> Tally {
    let machine = with_floors(&subject.machine, floors(subject, slice, Replicas(floor)));
    subject.scaled(&machine, kubernetes, |_, _| {}).of(slice)
}

/// The subject's floors, with `floor` wherever the season's own lifts them over the minimum.
fn floors(subject: &Subject, slice: Slice, floor: Replicas) -> StepFn<Instant, Replicas> {
    let min = u32::try_from(subject.machine.scaler.executor.min).unwrap_or(0);
    let seasons = subject.demands.map(|demand| demand.slice);
    subject.machine.floor.zip(
        &seasons,
        |own, season| {
            if *season == slice && own.0 > min { floor } else { *own }
        },
    )
}

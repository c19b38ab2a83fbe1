//! The way up from one floor to the next: so slow that the floor comes late.

use std::collections::BTreeMap;

use super::super::finding::Finding;
use super::super::subject::Subject;
use super::band;
use crate::finding::Rule;
use crate::keda::ramp::{Arrival, Leave, Way};
use crate::keda::scaledobject::{Rules, SelectPolicy};
use crate::quantity::Replicas;
use crate::time::{Instant, Offsets, TimeOfDay};
use crate::tolerance::Tolerance;

/// A climb by policies is gentle on purpose; from here on it is one that a calendar has to know of.
const LATE: i64 = 600;
/// A window on the way up is copied from the way down more often than it is meant.
const LATE_BY_WINDOW: i64 = 120;
/// What is not there after this long is as good as never.
const LONGEST: i64 = 2 * 86_400;

/// The climb that takes longest.
pub(super) fn check(subject: &Subject<'_>) -> Option<Finding> {
    let off = |rules: &Rules| rules.select_policy == Some(SelectPolicy::Disabled);
    let behavior = subject.object.spec.behavior();
    let up = behavior.and_then(|behavior| behavior.scale_up.as_ref());
    let never = up.is_some_and(|rules| off(&rules.value));
    if never || subject.active.is_empty() { None } else { late(subject) }
}

/// A higher floor, when it begins and ends, and how long the way to it takes.
struct Climb {
    way: Way,
    at: Instant,
    until: Option<Instant>,
    /// None: not within two days.
    arrival: Option<Arrival>,
}

/// The climb that takes longest, the first one of those.
fn late(subject: &Subject<'_>) -> Option<Finding> {
    let floor = subject.floor();
    let behavior = subject.object.spec.behavior();
    // From zero and from idle KEDA itself sets the minimum.
    let least = u32::try_from(subject.object.spec.min()).unwrap_or(0).max(1);
    let up = behavior.and_then(|behavior| behavior.scale_up.as_ref());
    let window = up.and_then(|rules| rules.value.stabilization_window_seconds).unwrap_or(0);
    let late = if i64::from(window) > LATE_BY_WINDOW { LATE_BY_WINDOW } else { LATE };
    let tolerance = subject.tolerance();
    // A formula of type Value keeps its distance from the target whatever runs.
    let is_ratio = subject.composite().is_some_and(|composite| composite.is_value());
    let tolerance = if is_ratio { Tolerance { up: 0.0, down: 0.0, ..tolerance } } else { tolerance };
    let leave = Leave { at_most: LONGEST, tolerance };
    let mut known: BTreeMap<Way, Option<Arrival>> = BTreeMap::new();
    let mut before = *floor.first();
    let mut worst: Option<Climb> = None;
    for (place, (at, to)) in floor.steps().iter().enumerate() {
        let way = Way { from: before.max(Replicas(least)), to: *to, asked: band::asked(subject, *at, *to) };
        before = *to;
        if way.from >= way.to || !subject.window.contains(*at) {
            continue;
        }
        let arrival = *known.entry(way).or_insert_with(|| {
            let arrival = way.go(behavior, leave);
            arrival.is_at_rest.then_some(arrival)
        });
        let takes = |arrival: Option<Arrival>| arrival.map_or(i64::MAX, |arrival| arrival.after);
        let longer = |worst: &Climb| takes(arrival) > takes(worst.arrival);
        if takes(arrival) > late && worst.as_ref().is_none_or(longer) {
            let lower = floor.steps()[place..].iter().find(|(_, later)| later < to);
            worst = Some(Climb { way, at: *at, until: lower.map(|(until, _)| *until), arrival });
        }
    }
    let climb = worst?;
    let offsets = &subject.active.first()?.clocks.0;
    let effect = said(&climb, offsets);
    let mend = format!(
        "let the window begin that much earlier, or write a scaleUp policy that reaches {} from {} in one step",
        climb.way.to, climb.way.from
    );
    let mark = up.map_or(subject.object.spec.triggers.mark, |rules| rules.mark);
    Some(subject.finding(Rule::HpaFloorLate, "scaleUp", mark, effect, mend).from(climb.at))
}

/// `floor 20 of Mon 08:00 is reached at 09:25`
fn said(climb: &Climb, offsets: &Offsets) -> String {
    let Climb { way, at, until, arrival } = climb;
    let begins = offsets.local(*at);
    let floor = format!("floor {} of {begins}", way.to);
    let slow = format!("scaleUp takes so long from {}", way.from);
    let ends = until.filter(|until| arrival.is_none_or(|arrival| at.0 + arrival.after >= until.0));
    if let Some(ends) = ends {
        let ends = offsets.local(ends);
        return format!("{floor} is not reached before it ends at {ends}: {slow}");
    }
    let Some(arrival) = arrival else { return format!("{floor} is not reached within two days: {slow}") };
    // The first minute at which it is there.
    let minutes = (arrival.after + 59) / 60;
    let reached = offsets.local(Instant(at.0 + minutes * 60));
    let time: TimeOfDay = reached.time_of_day();
    let when = if reached.date() == begins.date() { time.to_string() } else { reached.to_string() };
    if arrival.at < way.to {
        let rests = arrival.at;
        return format!(
            "{floor} is never reached: {rests} run at {when}, {minutes} min late, and stay, within the tolerance: {slow}"
        );
    }
    format!("{floor} is reached at {when}, {minutes} min late: {slow}")
}

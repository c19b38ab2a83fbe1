//! After a fold KEDA's search can go back to before it, and return a firing that has passed as the next one.

use super::super::finding::Finding;
use super::super::subject::Subject;
use super::{moved, said};
use crate::finding::Rule;
use crate::keda::activity::{Edge, Passed};
use crate::keda::floor::Active;
use crate::time::{Instant, Offsets, TimeOfDay};

/// The first such stretch of each side.
pub(super) fn check(subject: &Subject<'_>, active: &Active) -> Vec<Finding> {
    let (start, end): (&Offsets, &Offsets) = (&active.years.clocks.0, &active.years.clocks.1);
    let first = |side: Edge| active.years.walk.passed.iter().find(|passed| passed.side == side);
    let sides = [(first(Edge::Start), "start", start), (first(Edge::End), "end", end)];
    let found = sides.into_iter().filter_map(|(passed, key, offsets)| {
        let passed = passed?;
        let effect = format!(
            "the clocks go back, and from {} to {} KEDA takes the {key} of {}, which has passed, for the next one: {}",
            said(passed.from, offsets),
            offsets.local(Instant(passed.until.0 + 1)).time_of_day(),
            offsets.local(passed.firing).time_of_day(),
            meanwhile(active, passed),
        );
        let mend = match clean(active, passed, offsets) {
            Some(hour) => format!("move the {key} to {hour} or later"),
            None => format!("move the {key} away from the hour that the clocks repeat"),
        };
        Some(subject.about(Rule::CronNextPassed, active.index, key, effect, mend).from(passed.from))
    });
    found.collect()
}

/// What the trigger is in the meantime.
fn meanwhile(active: &Active, passed: &Passed) -> &'static str {
    // In its first second the firing is not before the clock yet.
    let from = Instant(passed.from.0 + 1);
    let mut pieces = active.years.walk.active.pieces(from..passed.until).map(|(.., on)| *on);
    match (pieces.next(), pieces.next()) {
        (Some(true), None) => "it is active all that time",
        (Some(false), None) => "it is not active all that time",
        (None | Some(_), _) => "it is active at times",
    }
}

/// The first whole hour after the readings that are repeated, of which no other change makes anything else.
fn clean(active: &Active, passed: &Passed, offsets: &Offsets) -> Option<TimeOfDay> {
    let fold = offsets.changes().filter(|change| !change.is_gap() && change.at <= passed.until).last()?;
    moved::clean_hour(active, passed.side, fold.stretch().until.time_of_day())
}

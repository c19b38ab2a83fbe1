//! Cron triggers against each other: the HPA takes the highest, so what a higher one covers never shows.

use super::super::finding::{Check, Finding};
use super::super::floor::Active;
use super::super::subject::Subject;
use crate::step::StepFn;
use crate::time::Instant;

/// All checks.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    // A formula need not take the highest.
    if subject.composite().is_some() {
        return Vec::new();
    }
    // One that is never active, or asks for no more than the minimum, has findings of its own.
    let works = |active: &&Active| subject.lifts(active) && is_ever(&active.walk.active);
    let mut kept: Vec<&Active> = subject.active.iter().filter(works).collect();
    let mut found = contradictions(subject, &mut kept);
    // From the last to the first: of two that cover each other the later one is named, and covers nothing any more.
    for at in (0..kept.len()).rev() {
        let one = kept[at];
        let asks_as_much =
            |other: &&Active| other.index != one.index && other.trigger.desired >= one.trigger.desired;
        let others: Vec<&Active> = kept.iter().copied().filter(asks_as_much).collect();
        if is_covered(one, &others) {
            let alone = others.iter().find(|other| is_covered(one, &[other]));
            found.push(covered(subject, one, alone.copied()));
            kept.remove(at);
        }
    }
    found
}

fn is_ever(active: &StepFn<Instant, bool>) -> bool {
    *active.first() || !active.steps().is_empty()
}

/// The same window twice with different numbers: nobody can say which one is meant.
fn contradictions(subject: &Subject<'_>, kept: &mut Vec<&Active>) -> Vec<Finding> {
    let mut found = Vec::new();
    kept.retain(|one| {
        let same = subject.active.iter().find(|other| {
            other.walk.active == one.walk.active && other.trigger.desired > one.trigger.desired
        });
        if let Some(other) = same {
            let effect = format!(
                "trigger {} has the same hours and asks for {}: the higher one always wins",
                other.index, other.trigger.desired
            );
            let mend = "keep the one that is meant".to_owned();
            found.push(subject.about(Check::Contradiction, one.index, "desiredReplicas", effect, mend));
        }
        same.is_none()
    });
    found
}

/// Whether one of `others` is active whenever `one` is. Most are not, which the first window already shows.
fn is_covered(one: &Active, others: &[&Active]) -> bool {
    let steps = one.walk.active.steps();
    let Some(((first, _), (last, _))) = steps.first().zip(steps.last()) else {
        // Always active.
        return others.iter().any(|other| other.walk.active == one.walk.active);
    };
    // Before the first step and after the last one it stays what it is.
    let (from, until) = (Instant(first.0 - 1), Instant(last.0 + 1));
    let mut windows = one.walk.active.pieces(from, until).filter(|(_, _, on)| **on);
    windows.all(|(from, until, _)| is_held((from, until), others))
}

/// Whether at every instant of `[from, until)` one of `others` is active.
pub(super) fn is_held((from, until): (Instant, Instant), others: &[&Active]) -> bool {
    let mut at = from;
    while at < until {
        let active = others.iter().filter(|other| *other.walk.active.at(at));
        let end = active.map(|other| other.walk.active.next_change(at).map_or(until, |(end, _)| *end)).max();
        match end {
            Some(end) => at = end,
            None => return false,
        }
    }
    true
}

fn covered(subject: &Subject<'_>, one: &Active, alone: Option<&Active>) -> Finding {
    let by = alone.map_or("the other triggers together ask".to_owned(), |other| {
        let label = subject.object.spec.triggers.value[other.index].label();
        format!("trigger {} ({label}) asks", other.index)
    });
    let effect = format!("{by} for as much or more whenever it is active: it changes nothing");
    let mend = "remove it, or raise its floor: cron cannot lower what another trigger asks for".to_owned();
    subject.about(Check::Covered, one.index, "start", effect, mend)
}

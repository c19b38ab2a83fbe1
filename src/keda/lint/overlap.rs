//! Cron triggers against each other: the HPA takes the highest, so what a higher one covers never shows.

use super::super::finding::{Check, Finding};
use super::super::floor::Active;
use super::super::subject::Subject;
use crate::step::StepFn;
use crate::time::Instant;

/// All checks.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    // One that is never active, or asks for no more than the minimum, has findings of its own.
    let min = i64::from(subject.object.spec.min());
    let works = |active: &&Active| active.trigger.desired > min && is_ever(&active.walk.active);
    let mut kept: Vec<&Active> = subject.active.iter().filter(works).collect();
    let mut found = contradictions(subject, &mut kept);
    let demands: Vec<StepFn<Instant, u32>> = kept.iter().map(|active| demand(active)).collect();
    let higher = |one: &StepFn<Instant, u32>, other: &StepFn<Instant, u32>| one.zip(other, |a, b| *a.max(b));
    // What all triggers before each one ask for.
    let mut before = vec![StepFn::constant(0)];
    for demand in &demands {
        before.push(higher(&before[before.len() - 1], demand));
    }
    // From the last to the first: of two that cover each other the later one is named, and covers nothing any more.
    let mut after = StepFn::constant(0);
    for at in (0..kept.len()).rev() {
        let others = higher(&before[at], &after);
        if is_covered(&demands[at], &others) {
            let alone =
                (0..kept.len()).find(|other| *other != at && is_covered(&demands[at], &demands[*other]));
            found.push(covered(subject, kept[at], alone.map(|other| kept[other])));
        } else {
            after = higher(&after, &demands[at]);
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

fn demand(active: &Active) -> StepFn<Instant, u32> {
    let floor = active.trigger.floor();
    active.walk.active.map(|on| if *on { floor } else { 0 })
}

/// Whether `others` ask for as much whenever `one` asks for something.
fn is_covered(one: &StepFn<Instant, u32>, others: &StepFn<Instant, u32>) -> bool {
    !is_ever(&one.zip(others, |one, others| one > others))
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

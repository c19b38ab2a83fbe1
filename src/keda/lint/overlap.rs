//! Cron triggers against each other: the HPA takes the highest, so what a higher one covers never shows.

use super::super::finding::{Check, Finding};
use super::super::floor::{Active, highest};
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
    for at in (0..kept.len()).rev() {
        let one = kept[at];
        let others: Vec<&Active> = kept.iter().copied().filter(|other| other.index != one.index).collect();
        if !others.is_empty() && covers(&others, one) {
            found.push(covered(subject, one, &others));
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

fn demand(active: &Active) -> StepFn<Instant, u32> {
    let floor = active.trigger.floor();
    active.walk.active.map(|on| if *on { floor } else { 0 })
}

/// Whether `others` ask for as much whenever `one` asks for something.
fn covers(others: &[&Active], one: &Active) -> bool {
    let all = highest(others.iter().map(|other| demand(other)).collect());
    let lacking = demand(one).zip(&all, |one, others| one > others);
    !is_ever(&lacking)
}

fn covered(subject: &Subject<'_>, one: &Active, others: &[&Active]) -> Finding {
    let alone = others.iter().find(|other| covers(&[other], one));
    let by = alone.map_or("the other triggers together ask".to_owned(), |other| {
        let label = subject.object.spec.triggers.value[other.index].label();
        format!("trigger {} ({label}) asks", other.index)
    });
    let effect = format!("{by} for as much or more whenever it is active: it changes nothing");
    let mend = "remove it, or raise its floor: cron cannot lower what another trigger asks for".to_owned();
    subject.about(Check::Covered, one.index, "start", effect, mend)
}

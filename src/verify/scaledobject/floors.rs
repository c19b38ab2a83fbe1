//! The floors that KEDA would compute against those of the plan, at every instant of the target's horizon.

use super::{Pairing, diags};
use crate::diagnostic::Diagnostic;
use crate::keda::subject::{Cache, Subject};
use crate::quantity::Replicas;
use crate::step::StepFn;
use crate::time::{Change, Instant, LocalTime, Offsets, Window};

/// Where the manifest departs from the plan for the first time.
pub(super) struct Difference {
    pub(super) at: LocalTime,
    pub(super) planned: Replicas,
    pub(super) emitted: Replicas,
    /// Cron triggers that are active there, as the manifest calls them.
    pub(super) active: Vec<String>,
    /// Stretches that differ after the first.
    pub(super) further: usize,
}

pub(super) fn check(pairing: &Pairing<'_>) -> Option<Diagnostic> {
    let (subject, offsets) = (&pairing.subject, &pairing.offsets);
    let instant = |local: LocalTime| offsets.at_wall(local.wall_seconds());
    let horizon = pairing.plan.local_horizon();
    let horizon = Window::new(instant(horizon.from), instant(horizon.until));
    // No boundary of a plan is skipped or repeated: the plan would not exist.
    let planned = planned(pairing, instant);
    let both = planned.zip(subject.floor(), |planned, emitted| (*planned, *emitted));
    let stretches = differing(&both, horizon);
    let (at, (planned, emitted)) = *stretches.first()?;
    let further = stretches.len() - 1;
    let difference =
        Difference { at: offsets.local(at), planned, emitted, active: active_at(subject, at), further };
    let change = change_near(offsets, at).filter(|_| is_right_by_the_clock(pairing));
    Some(match change {
        Some(change) => diags::clock_change(pairing, &difference, change),
        None => diags::floor(pairing, &difference),
    })
}

/// The floors of the plan, and of what the owner's own triggers hold beside it.
fn planned(pairing: &Pairing<'_>, instant: impl Fn(LocalTime) -> Instant) -> StepFn<Instant, Replicas> {
    let planned = pairing.schedule.floors.on(instant).map(|step| step.floor);
    match &pairing.beside {
        Some(beside) => planned.zip(beside, |planned, beside| *planned.max(beside)),
        None => planned,
    }
}

/// The change of the clocks that is nearest to `at`. It is the cause, or like it: KEDA searches for times of the next year
/// too, and passes over those of a day like this one.
fn change_near(offsets: &Offsets, at: Instant) -> Option<Change> {
    offsets.changes().min_by_key(|change| change.at.0.abs_diff(at.0))
}

/// Whether the manifest holds every floor where clocks never change: then only KEDA's arithmetic around a change departs
/// from the plan.
fn is_right_by_the_clock(pairing: &Pairing<'_>) -> bool {
    let mut steady = pairing.object.clone();
    for trigger in &mut steady.spec.triggers.value {
        if let Some(zone) = trigger.metadata.value.get_mut("timezone") {
            // A trigger on the clocks of another zone is wrong in any case.
            if zone.value != pairing.target.zone.name() {
                return false;
            }
            zone.value = "UTC".to_owned();
        }
    }
    let instant = |local: LocalTime| Instant(local.wall_seconds());
    let local = pairing.plan.local_horizon();
    let horizon = Window::new(instant(local.from), instant(local.until));
    let subject = Subject::new(&steady, pairing.subject.versions, &mut Cache::new(horizon));
    let planned = pairing.schedule.floors.on(instant).map(|step| step.floor);
    let both = planned.zip(subject.floor(), |planned, emitted| (*planned, *emitted));
    differing(&both, horizon).is_empty()
}

/// The stretches of `horizon` on which the two floors differ: where each begins, and both floors there.
fn differing(
    both: &StepFn<Instant, (Replicas, Replicas)>,
    horizon: Window<Instant>,
) -> Vec<(Instant, (Replicas, Replicas))> {
    let inside = both.steps().iter().filter(|(at, _)| *at > horizon.from && *at < horizon.until);
    let all = std::iter::once((horizon.from, *both.at(horizon.from))).chain(inside.copied());
    all.filter(|(_, (planned, emitted))| planned != emitted).collect()
}

fn active_at(subject: &Subject<'_>, at: Instant) -> Vec<String> {
    let active = subject.active.iter().filter(|active| *active.walk.active.at(at));
    active
        .map(|active| {
            let label = subject.object.spec.triggers.value[active.index].label();
            format!("{label} (triggers[{}], {} replicas)", active.index, active.trigger.floor())
        })
        .collect()
}

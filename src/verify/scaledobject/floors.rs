//! The floors that KEDA would compute against those of the plan, at every instant of the target's horizon.

use super::{Pairing, diags};
use crate::diagnostic::Diagnostic;
use crate::keda::subject::Subject;
use crate::quantity::Replicas;
use crate::step::StepFn;
use crate::time::{Instant, LocalTime, Window};

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
    let planned = pairing.schedule.floors.on(instant).map(|step| step.floor);
    let both = planned.zip(subject.floor(), |planned, emitted| (*planned, *emitted));
    let stretches = differing(&both, horizon);
    let (at, (planned, emitted)) = *stretches.first()?;
    let further = stretches.len() - 1;
    let difference =
        Difference { at: offsets.local(at), planned, emitted, active: active_at(subject, at), further };
    Some(diags::floor(pairing, &difference))
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

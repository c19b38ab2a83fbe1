//! The floors that KEDA would compute against those of the plan, at every instant of the target's horizon.

use std::collections::BTreeMap;

use super::difference::Difference;
use super::{Pairing, diags};
use crate::finding::Diagnostic;
use crate::keda::scaledobject::Trigger;
use crate::plan::Origin;
use crate::quantity::Replicas;
use crate::rules::subject::{Cache, Subject};
use crate::step::StepFn;
use crate::time::{Change, Instant, LocalTime, Offsets, Window, Zone};

pub(super) fn check(pairing: &Pairing<'_>) -> Option<Diagnostic> {
    let (subject, zone) = (&pairing.subject, &pairing.target.zone);
    let days = pairing.plan.horizon;
    let horizon = Window::new(zone.start_of(days.from), zone.start_of(days.until));
    let both = planned(pairing).zip(subject.floor(), |planned, emitted| (*planned, *emitted));
    let stretches = differing(&both, horizon);
    let (at, (planned, emitted)) = *stretches.first()?;
    let further = stretches.len() - 1;
    let difference = Difference { at, planned, emitted, active: active_at(subject, at), further };
    let clocks = clocks(pairing);
    let change = change_near(&clocks, horizon, at).filter(|_| is_right_by_the_clock(pairing, &clocks));
    Some(match change {
        Some((zone, change)) => diags::clock_change(pairing, &difference, (zone, change)),
        None => diags::floor(pairing, &difference),
    })
}

/// The floors of the plan, and of what the owner's own triggers hold beside it.
fn planned(pairing: &Pairing<'_>) -> StepFn<Instant, Replicas> {
    let planned = pairing.schedule.held.map(|step| step.floor);
    match &pairing.beside {
        Some(beside) => planned.zip(beside, |planned, beside| *planned.max(beside)),
        None => planned,
    }
}

/// An origin of each clock on which floors of the target come.
fn clocks<'p>(pairing: &Pairing<'p>) -> Vec<&'p Origin> {
    let origins = pairing.schedule.layers.iter().map(|layer| pairing.plan.origin(layer.origin));
    let by_name: BTreeMap<&str, &Origin> = origins.map(|origin| (origin.zone.name(), origin)).collect();
    by_name.into_values().collect()
}

/// The change of these clocks that is nearest to `at`. It is the cause, or like it: KEDA searches for times of the next
/// year too, and passes over those of a day like this one.
fn change_near<'p>(
    clocks: &[&'p Origin],
    horizon: Window<Instant>,
    at: Instant,
) -> Option<(&'p Zone, Change)> {
    const YEAR: i64 = 366 * 86_400;
    let around = Window::new(Instant(horizon.from.0 - YEAR), Instant(horizon.until.0 + YEAR));
    let of = |origin: &&'p Origin| {
        let zone = &origin.zone;
        Offsets::new(zone, around).changes().map(|change| (zone, change)).collect::<Vec<_>>()
    };
    clocks.iter().flat_map(of).min_by_key(|(_, change)| change.at.0.abs_diff(at.0))
}

/// Whether the manifest holds every floor where clocks never change: then only KEDA's arithmetic around a change departs
/// from the plan.
fn is_right_by_the_clock(pairing: &Pairing<'_>, clocks: &[&Origin]) -> bool {
    let zone = |trigger: &Trigger| trigger.settings().get("timezone").map(|zone| zone.value.clone());
    let triggers = &pairing.object.spec.triggers.value;
    let is_known = |name: &String| clocks.iter().any(|origin| origin.zone.name() == name);
    // A trigger on the clocks of another zone is wrong in any case.
    if !triggers.iter().filter_map(zone).all(|name| is_known(&name)) {
        return false;
    }
    clocks.iter().all(|origin| {
        let mut steady = pairing.object.clone();
        let here = |trigger: &Trigger| zone(trigger).is_none_or(|name| name == origin.zone.name());
        steady.spec.triggers.value.retain(here);
        for trigger in &mut steady.spec.triggers.value {
            if let Some(zone) =
                trigger.metadata.as_mut().and_then(|settings| settings.value.get_mut("timezone"))
            {
                zone.value = "UTC".to_owned();
            }
        }
        let instant = |local: LocalTime| Instant(local.wall_seconds());
        let horizon = Window::new(instant(origin.planned.from), instant(origin.planned.until));
        let subject = Subject::new(&steady, pairing.subject.versions, &mut Cache::new(horizon));
        let planned = pairing.schedule.on_clock(pairing.plan, origin).on(instant);
        let both = planned.zip(subject.floor(), |planned, emitted| (*planned, *emitted));
        differing(&both, horizon).is_empty()
    })
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

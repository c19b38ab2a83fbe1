//! A formula against what people want of it: floors that an outage takes down, triggers that it leaves out, results that
//! change nothing or frighten the HPA.

use super::super::finding::Finding;
use super::super::subject::Subject;
use crate::features;
use crate::finding::Rule;
use crate::keda::composite::Composite;
use crate::keda::limits::Limits;
use crate::keda::scaledobject::{Fallback, FallbackBehavior, Trigger};
use crate::yaml::{Mark, Marked};

const FIELD: &str = "spec.advanced.scalingModifiers";

/// All checks.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(composite) = subject.composite() else { return Vec::new() };
    let mut found = outage(subject, &composite);
    found.extend(left_out(subject, &composite));
    found.extend(ignores_target(subject, &composite));
    // What goes to the maximum is not a formula without effect.
    match negative(subject, &composite) {
        Some(negative) => found.push(negative),
        None => found.extend(no_effect(subject, &composite)),
    }
    found.extend(asleep(subject, &composite));
    found.extend(if composite.is_value() {
        multiplied(subject, &composite)
    } else {
        cut(subject, &composite)
    });
    found
}

fn mark(subject: &Subject<'_>) -> Option<Mark> {
    let advanced = subject.object.spec.advanced.as_ref();
    let modifiers = advanced.and_then(|advanced| advanced.scaling_modifiers.as_ref());
    modifiers.map(|modifiers| modifiers.mark)
}

/// One trigger that fails takes the composite with it, and all floors in it.
fn outage(subject: &Subject<'_>, composite: &Composite<'_>) -> Vec<Finding> {
    let can_fail = |trigger: &Trigger| trigger.is_external() && trigger.kind.value != "cron";
    let loads = subject.triggers().any(|(_, trigger)| can_fail(trigger));
    if !loads {
        return Vec::new();
    }
    let off = fallback_off(subject, composite);
    if subject.active.is_empty()
        || composite.formula().is_some() && (!composite.uses_cron() || keeps_floors(subject, composite))
    {
        return off.into_iter().collect();
    }
    let effect = "the formula replaces all metrics: when one trigger fails, the cron floors go with it";
    let mend = if composite.is_highest() {
        "remove scalingModifiers: the HPA takes the highest trigger anyway"
    } else if subject.versions.keda >= features::keda::NIL_IN_FORMULA {
        "set fallback.behavior scalingModifiers, and write `load ?? 0` for each load in the formula"
    } else {
        "set fallback.replicas to the highest floor, or from KEDA 2.20 on fallback.behavior scalingModifiers and `load ?? 0`"
    };
    let floors =
        subject.finding(Rule::KedaModifiersFloor, FIELD, mark(subject), effect.to_owned(), mend.to_owned());
    // With a fallback in force the floors may stay.
    vec![off.unwrap_or(floors)]
}

/// Beside a formula KEDA reads the target as a whole number, and has no fallback where that fails.
fn fallback_off(subject: &Subject<'_>, composite: &Composite<'_>) -> Option<Finding> {
    let spec = &subject.object.spec;
    let fallback = spec.fallback.as_ref()?;
    let target = composite.target_said();
    // What is not above 0 is refused.
    let is_taken = target.trim().parse::<f64>().is_ok_and(|target| target > 0.0);
    if !is_taken || spec.fallback_in_force().is_some() {
        return None;
    }
    let effect = format!(
        "the formula's target {target:?} is not a whole number, and with such a target KEDA has no fallback: a trigger that fails takes the formula and its floors with it"
    );
    let mend = "write a whole number as the target, and multiply the formula to match".to_owned();
    Some(subject.finding(Rule::KedaFallbackOff, "spec.fallback", fallback.mark, effect, mend))
}

/// Whether there is no floor to lose, or a fallback that holds it.
fn keeps_floors(subject: &Subject<'_>, composite: &Composite<'_>) -> bool {
    let floor = subject.floor();
    let peak = floor.steps().iter().map(|(_, floor)| floor.0).fold(floor.first().0, u32::max);
    let lowest = u32::try_from(subject.object.spec.min()).unwrap_or(0).max(1);
    if peak <= lowest {
        return true;
    }
    let Some(Marked { value: Fallback { replicas, behavior, .. }, .. }) = &subject.object.spec.fallback
    else {
        return false;
    };
    let keda = subject.versions.keda;
    // A CRD without the field drops it.
    let behavior = behavior.as_ref().filter(|_| keda >= features::keda::FALLBACK_BEHAVIOR);
    match behavior.map_or(FallbackBehavior::Static, |behavior| behavior.value) {
        FallbackBehavior::Static | FallbackBehavior::CurrentReplicasIfHigher => {
            u32::try_from(*replicas).is_ok_and(|replicas| replicas >= peak)
        }
        // The object is refused, which is said.
        FallbackBehavior::ScalingModifiers if keda < features::keda::FALLBACK_BY_FORMULA => true,
        FallbackBehavior::ScalingModifiers => composite.floor_in_an_outage().is_some_and(|outage| {
            let both = floor.zip(&outage, |floor, outage| floor <= outage);
            *both.first() && both.steps().iter().all(|(_, holds)| *holds)
        }),
        FallbackBehavior::CurrentReplicas | FallbackBehavior::CurrentReplicasIfLower => false,
    }
}

/// What the formula does not name counts for nothing; its failure still does.
fn left_out(subject: &Subject<'_>, composite: &Composite<'_>) -> Vec<Finding> {
    let Some(formula) = composite.formula() else { return Vec::new() };
    let external = subject.triggers().filter(|(_, trigger)| trigger.is_external());
    let unused = external.filter_map(|(index, trigger)| {
        let name = trigger.name.as_ref().filter(|name| !name.value.is_empty());
        let said = match name {
            Some(name) if formula.names(&name.value) => return None,
            Some(name) => format!("the formula does not name {}", name.value),
            None => "the formula cannot name a trigger without a name".to_owned(),
        };
        let effect = format!("{said}: it changes nothing, but when it fails the whole formula does");
        let mend = "name it in the formula, or remove it".to_owned();
        let field = ("name", name.map(|name| name.mark));
        Some(subject.beside(Rule::FormulaLeavesOut, index, field, effect, mend))
    });
    unused.collect()
}

/// A formula reads what a trigger measures: what the trigger alone would make of it is gone (KEDA: `controllers/keda/hpa.go`).
fn ignores_target(subject: &Subject<'_>, composite: &Composite<'_>) -> Vec<Finding> {
    let Some(formula) = composite.formula().filter(|_| !composite.is_value()) else { return Vec::new() };
    let read = subject.triggers().filter_map(|(index, trigger)| {
        let name = &trigger.name.as_ref().filter(|name| formula.names(&name.value))?.value;
        let kind = trigger.metric_type.as_ref().filter(|_| trigger.is_value())?;
        let threshold = trigger.setting("threshold").filter(|_| trigger.kind.value == "prometheus");
        let own = threshold.map_or("the trigger's own target".to_owned(), |threshold| format!("threshold {threshold}"));
        let effect = format!("the formula reads {name} as it is measured: metricType Value and {own} do not count, only the formula's own target of {}", composite.target_said());
        let mend = "remove metricType, and let the formula turn what is measured into replicas".to_owned();
        Some(subject.beside(Rule::FormulaIgnoresTarget, index, ("metricType", Some(kind.mark)), effect, mend))
    });
    read.collect()
}

/// A formula, or a floor in it, that never asks for more than the minimum.
fn no_effect(subject: &Subject<'_>, composite: &Composite<'_>) -> Vec<Finding> {
    let spec = &subject.object.spec;
    if spec.min() < 1 || spec.idle_replica_count.is_some() {
        return Vec::new();
    }
    let (min, target) = (spec.min(), composite.target_said());
    if let Some((most, replicas)) =
        composite.most().filter(|(_, replicas)| i64::from(*replicas) <= i64::from(min))
    {
        let effect = format!(
            "the formula gives at most {most}, over a target of {target} that is {replicas}: never above minReplicaCount {min}"
        );
        let mend = "lower the target, or let the formula give more".to_owned();
        return vec![subject.finding(Rule::FormulaNoEffect, FIELD, mark(subject), effect, mend)];
    }
    let low = composite.low_floors();
    let found = low.into_iter().map(|(index, desired, replicas)| {
        let effect = format!(
            "over the formula's target of {target} its {desired} come to {replicas}, no more than minReplicaCount {min}"
        );
        let mend = format!("multiply it by the target in the formula, or raise desiredReplicas above {min} times {target}");
        subject.about(Rule::FloorNoEffect, index, "desiredReplicas", effect, mend)
    });
    found.collect()
}

/// A plain floor above the maximum is the same mistake.
fn cut(subject: &Subject<'_>, composite: &Composite<'_>) -> Option<Finding> {
    let max = subject.object.spec.max();
    let replicas = composite.times_target()?.ceil();
    if replicas <= f64::from(max) {
        return None;
    }
    let (value, target) = (composite.surely()?, composite.target_said());
    let effect = format!(
        "the cron triggers alone make the formula {value}, over a target of {target} that is {replicas}: cut to maxReplicaCount {max}"
    );
    let mend = "raise maxReplicaCount, or let the formula give less".to_owned();
    Some(subject.finding(Rule::FloorAboveMax, FIELD, mark(subject), effect, mend))
}

/// A value is held against the target as it is, and what runs is multiplied by how often the target goes into it: beyond the
/// tolerance that never ends, for the value of cron triggers does not fall when more run (Kubernetes:
/// `GetExternalMetricReplicas`; kedacore/keda#3591).
fn multiplied(subject: &Subject<'_>, composite: &Composite<'_>) -> Option<Finding> {
    let ratio = composite.times_target()?;
    if ratio <= 1.0 || subject.tolerance().holds(ratio) {
        return None;
    }
    let (value, target) = (composite.surely()?, composite.target_said());
    let max = subject.object.spec.max();
    let effect = format!(
        "the cron triggers alone make the formula {value}, over a target of {target}: metricType Value multiplies what runs by that, pass after pass, up to maxReplicaCount {max}"
    );
    let mend = "remove metricType from scalingModifiers".to_owned();
    Some(subject.finding(Rule::CronMetricType, FIELD, mark(subject), effect, mend))
}

/// At rest only what is above the activation wakes the object (KEDA: `pkg/scaling/scale_handler.go`): floors that a formula gives
/// below it are not there until a load comes.
fn asleep(subject: &Subject<'_>, composite: &Composite<'_>) -> Option<Finding> {
    let limits = Limits::of(subject.object, subject.versions.keda);
    let highest = composite.asleep()?;
    if limits.idle == limits.least {
        return None;
    }
    let activation = composite.activation_said();
    let effect = format!(
        "the cron triggers alone make the formula {highest} at most, which is not above its activationTarget of {activation}: while there is no load, {} replicas run and no floor rises",
        limits.idle
    );
    let mend = "lower activationTarget below what the lowest floor gives, or leave it out".to_owned();
    Some(subject.finding(Rule::FormulaAsleep, FIELD, mark(subject), effect, mend))
}

/// The HPA reads a sum below zero as an overflow and goes to its maximum (Kubernetes: `GetExternalPerPodMetricReplicas`).
fn negative(subject: &Subject<'_>, composite: &Composite<'_>) -> Option<Finding> {
    if subject.versions.kubernetes < features::kubernetes::NEGATIVE_IS_OVERFLOW {
        return None;
    }
    let (value, loads) = composite.negative()?;
    let max = subject.object.spec.max();
    let with = if loads.is_empty() { String::new() } else { format!(" with {loads}") };
    let (min, target) = (subject.object.spec.min(), composite.target_said());
    let low =
        composite.most().filter(|(most, replicas)| *most >= 0.0 && i64::from(*replicas) <= i64::from(min));
    let else_low = low.map_or(String::new(), |(most, replicas)| {
        format!("; else it gives at most {most}, over a target of {target} that is {replicas}: never above minReplicaCount {min}")
    });
    let effect = format!(
        "the formula is {value}{with}: the HPA reads an AverageValue below 0 as an overflow and goes to maxReplicaCount {max}{else_low}"
    );
    let mend = "write `max(.., 0)` around what may fall below 0".to_owned();
    Some(subject.finding(Rule::FormulaNegative, FIELD, mark(subject), effect, mend))
}

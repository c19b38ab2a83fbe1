//! The fallback: what the webhook refuses of it.

use super::super::finding::Finding;
use super::super::subject::Subject;
use crate::features;
use crate::finding::Rule;
use crate::keda::scaledobject::FallbackBehavior;
use crate::yaml::{Mark, Marked};

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(fallback) = &subject.object.spec.fallback else { return Vec::new() };
    let behavior = fallback.value.behavior.as_ref().and_then(|behavior| of_behavior(subject, behavior));
    let mut found: Vec<Finding> = behavior.into_iter().collect();
    if subject.versions.keda < features::keda::FALLBACK_REFUSED {
        return found;
    }
    let mut refuse = |check, effect: String, mend: &str| {
        found.push(subject.finding(check, "spec.fallback", fallback.mark, effect, mend.to_owned()));
    };
    if fallback.value.failure_threshold < 0 || fallback.value.replicas < 0 {
        refuse(Rule::KedaFallbackRefused, "a number of the fallback is negative".into(), "write 0 or more");
    }
    let only_resources =
        subject.triggers().all(|(_, trigger)| ["cpu", "memory"].contains(&trigger.kind.value.as_str()));
    if only_resources {
        refuse(
            Rule::KedaFallbackRefused,
            "fallback does nothing for cpu and memory triggers".into(),
            "remove the fallback",
        );
    }
    found.extend(of_values_alone(subject, fallback.mark));
    found
}

/// Before 2.18 a fallback stands in for averages alone, and the webhook wants one of them at least (`CheckFallbackValid`).
fn of_values_alone(subject: &Subject<'_>, mark: Mark) -> Option<Finding> {
    if subject.versions.keda >= features::keda::FALLBACK_OF_VALUE {
        return None;
    }
    let advanced = subject.object.spec.advanced.as_ref();
    let modifiers = advanced.and_then(|advanced| advanced.scaling_modifiers.as_ref());
    let mut external = subject.triggers().filter(|(_, trigger)| trigger.is_external()).peekable();
    let what = match modifiers {
        Some(modifiers) if modifiers.value.is_value => "the formula is of metricType Value",
        None if external.peek().is_some() && external.all(|(_, trigger)| trigger.is_value()) => {
            "every trigger that it could stand in for is of metricType Value"
        }
        Some(_) | None => return None,
    };
    let effect = format!("{what}: before KEDA 2.18 the webhook refuses a fallback there");
    let mend = "write metricType AverageValue, raise KEDA to 2.18, or remove the fallback".to_owned();
    Some(subject.finding(Rule::KedaFallbackRefused, "spec.fallback", mark, effect, mend))
}

/// A behavior that this version does not have, or that has nothing to go by.
fn of_behavior(subject: &Subject<'_>, behavior: &Marked<FallbackBehavior>) -> Option<Finding> {
    use features::keda::{FALLBACK_BEHAVIOR, FALLBACK_BY_FORMULA};
    let keda = subject.versions.keda;
    let by_formula = behavior.value == FallbackBehavior::ScalingModifiers;
    let field = "spec.fallback.behavior";
    let said = |rule, effect: String, mend: &str| {
        Some(subject.finding(rule, field, behavior.mark, effect, mend.to_owned()))
    };
    if keda < FALLBACK_BEHAVIOR {
        let since = if by_formula { FALLBACK_BY_FORMULA } else { FALLBACK_BEHAVIOR };
        let effect = format!("this behavior exists from KEDA {since} on, not in {keda}");
        return said(Rule::KedaTooOld, effect, "remove `behavior` or raise KEDA");
    }
    if by_formula && keda < FALLBACK_BY_FORMULA {
        let effect = format!(
            "this behavior exists from KEDA {FALLBACK_BY_FORMULA} on: with KEDA {keda} the API server refuses the object"
        );
        return said(Rule::KedaFallbackRefused, effect, "write another behavior or raise KEDA");
    }
    let advanced = subject.object.spec.advanced.as_ref();
    // Modifiers without a formula are refused for that.
    let has_modifiers = advanced.is_some_and(|advanced| advanced.scaling_modifiers.is_some());
    if by_formula && !has_modifiers {
        let effect = "the formula is to decide while a trigger fails, and there is none: the webhook refuses the object";
        let mend = "write advanced.scalingModifiers with a formula and a target, or another behavior";
        return said(Rule::KedaFallbackRefused, effect.to_owned(), mend);
    }
    None
}

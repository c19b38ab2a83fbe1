//! The fallback: what the webhook refuses of it.

use super::super::finding::Finding;
use super::super::subject::Subject;
use crate::features;
use crate::finding::Rule;
use crate::keda::scaledobject::FallbackBehavior;
use crate::yaml::{Mark, Marked};

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(fallback) = &subject.object.spec.fallback else { return Vec::new() };
    let behavior = fallback.value.behavior.as_ref().and_then(|behavior| fallback_behavior(subject, behavior));
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

fn fallback_behavior(subject: &Subject<'_>, behavior: &Marked<FallbackBehavior>) -> Option<Finding> {
    let needs = match behavior.value {
        FallbackBehavior::ScalingModifiers => features::keda::NIL_IN_FORMULA,
        FallbackBehavior::Static
        | FallbackBehavior::CurrentReplicas
        | FallbackBehavior::CurrentReplicasIfHigher
        | FallbackBehavior::CurrentReplicasIfLower => features::keda::FALLBACK_BEHAVIOR,
    };
    (subject.versions.keda < needs).then(|| {
        let effect = format!("this behavior exists from KEDA {needs} on, not in {}", subject.versions.keda);
        let mend = "remove `behavior` or raise KEDA".to_owned();
        subject.finding(Rule::KedaTooOld, "spec.fallback.behavior", behavior.mark, effect, mend)
    })
}

//! The fallback: what the webhook refuses of it.

use super::super::finding::Finding;
use super::super::scaledobject::FallbackBehavior;
use super::super::subject::Subject;
use crate::features;
use crate::finding::Rule;
use crate::yaml::Marked;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(fallback) = &subject.object.spec.fallback else { return Vec::new() };
    let mut found = Vec::new();
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
    found.extend(fallback.value.behavior.as_ref().and_then(|behavior| fallback_behavior(subject, behavior)));
    found
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

//! The behavior of the HPA, by the validation of `autoscaling/v2` (Kubernetes: `pkg/apis/autoscaling/validation`).

use super::super::finding::Finding;
use super::super::subject::Subject;
use crate::finding::Rule;
use crate::keda::scaledobject::{Policy, Rules};

/// `autoscaling/v2` validation: pkg/apis/autoscaling/validation of Kubernetes.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(behavior) = subject.object.spec.behavior() else { return Vec::new() };
    let mut found = Vec::new();
    for (field, rules) in behavior.directions() {
        let Some(rules) = rules else { continue };
        if let Some(why) = refused_rules(&rules.value) {
            let effect = format!("{field}: {why}");
            let mend = "keep to the limits of autoscaling/v2".to_owned();
            found.push(subject.finding(Rule::HpaBehaviorRefused, field, rules.mark, effect, mend));
        }
        let tolerance = rules.value.tolerance.as_ref().filter(|_| !subject.versions.have_tolerance());
        if let Some(tolerance) = tolerance {
            let effect = format!("{field}: tolerance is dropped before KEDA 2.18 and Kubernetes 1.35");
            let mend = "remove it and ask for floors that are a tenth away from what runs before".to_owned();
            found.push(subject.finding(Rule::KedaTooOld, field, tolerance.mark, effect, mend));
        }
    }
    found
}

fn refused_rules(rules: &Rules) -> Option<String> {
    let window = rules.stabilization_window_seconds.filter(|window| !(0..=3600).contains(window));
    if let Some(window) = window {
        return Some(format!("stabilizationWindowSeconds {window} is not within 0 to 3600"));
    }
    if rules.tolerance.as_ref().is_some_and(|text| text.value.trim().parse::<f64>().is_ok_and(|t| t < 0.0)) {
        return Some("tolerance is negative".to_owned());
    }
    rules.policies.iter().flatten().find_map(refused_policy)
}

fn refused_policy(policy: &Policy) -> Option<String> {
    if policy.value <= 0 {
        Some(format!("a policy of {} moves nothing", policy.value))
    } else if !(1..=1800).contains(&policy.period_seconds) {
        Some(format!("periodSeconds {} is not within 1 to 1800", policy.period_seconds))
    } else {
        None
    }
}

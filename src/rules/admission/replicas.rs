//! Numbers of replicas and seconds: what the CRD takes, and what the webhook wants them to be to each other.

use super::super::finding::Finding;
use super::super::subject::Subject;
use crate::finding::Rule;

/// What the CRD wants of numbers.
pub(super) fn bounds(subject: &Subject<'_>) -> Vec<Finding> {
    let spec = &subject.object.spec;
    let fields = [
        ("spec.minReplicaCount", &spec.min_replica_count, 0),
        ("spec.maxReplicaCount", &spec.max_replica_count, 1),
        ("spec.idleReplicaCount", &spec.idle_replica_count, 0),
        ("spec.pollingInterval", &spec.polling_interval, 1),
        ("spec.cooldownPeriod", &spec.cooldown_period, 0),
        ("spec.initialCooldownPeriod", &spec.initial_cooldown_period, 0),
    ];
    let mut found = Vec::new();
    for (field, value, least) in fields {
        if let Some(value) = value.as_ref().filter(|value| value.value < least) {
            let effect = format!("{field} is {}: the CRD wants at least {least}", value.value);
            let mend = format!("write {least} or more");
            found.push(subject.finding(Rule::KedaReplicaRange, field, value.mark, effect, mend));
        }
    }
    found
}

/// What they must be to each other.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let spec = &subject.object.spec;
    let mut found = Vec::new();
    if spec.min() > spec.max() {
        let mark = spec.min_replica_count.as_ref().map(|min| min.mark);
        let effect = format!("minReplicaCount {} is above maxReplicaCount {}", spec.min(), spec.max());
        let mend = "raise maxReplicaCount or lower minReplicaCount".to_owned();
        found.push(subject.finding(Rule::KedaReplicaRange, "spec.minReplicaCount", mark, effect, mend));
    }
    // Where no minimum is set the webhook compares with 0; one of 0 counts as 1.
    let min = spec.min_replica_count.as_ref().map(|min| min.value);
    let above = min.map_or(0, |min| min.max(1));
    if let Some(idle) = spec.idle_replica_count.as_ref().filter(|idle| idle.value >= above) {
        let effect = match min {
            Some(min) => format!("idleReplicaCount {} is not below minReplicaCount {min}", idle.value),
            None => format!(
                "idleReplicaCount {} without a minReplicaCount: KEDA compares it with 0, and refuses it",
                idle.value
            ),
        };
        let mend = match min {
            Some(_) => "remove idleReplicaCount, or write 0 with a minimum of 1 or more",
            None => "write a minReplicaCount of 1 or more, or remove idleReplicaCount",
        };
        found.push(subject.finding(
            Rule::KedaReplicaRange,
            "spec.idleReplicaCount",
            idle.mark,
            effect,
            mend.to_owned(),
        ));
    }
    found
}

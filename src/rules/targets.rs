//! Targets of load triggers, by which the HPA divides: the API server takes those above 0 only.

use super::finding::Finding;
use super::subject::Subject;
use super::unbuilt::{Refused, is_set};
use crate::finding::Rule;
use crate::keda::parameters;
use crate::keda::scaledobject::{Kind, Trigger};
use crate::keda::trigger::json_number;
use crate::quantity::Version;

/// The parameter that is the target, of scalers that take 0 themselves (KEDA: `GetMetricSpecForScaling`).
const TARGETS: [(&str, &str); 19] = [
    ("artemis-queue", "queueLength"),
    ("aws-cloudwatch", "targetMetricValue"),
    ("aws-sqs-queue", "queueLength"),
    ("azure-queue", "queueLength"),
    ("azure-servicebus", "messageCount"),
    ("elasticsearch", "targetValue"),
    ("gcp-pubsub", "value"),
    ("graphite", "threshold"),
    ("influxdb", "thresholdValue"),
    ("loki", "threshold"),
    ("metrics-api", "targetValue"),
    ("mongodb", "queryValue"),
    ("mssql", "targetValue"),
    ("mysql", "queryValue"),
    ("nats-jetstream", "lagThreshold"),
    ("postgresql", "targetQueryValue"),
    ("redis", "listLength"),
    ("redis-cluster", "listLength"),
    ("redis-sentinel", "listLength"),
];

/// Of a trigger, the parameter with a target of nothing, and how it is written; in thousandths it is 0.
pub(super) fn of_nothing(trigger: &Trigger) -> Option<(&'static str, &str)> {
    let (_, key) = TARGETS.iter().find(|(kind, _)| *kind == trigger.kind.value)?;
    let written = trigger.setting(key)?;
    json_number(written).filter(|number| *number < 0.001).map(|_| (*key, written))
}

/// A target of nothing: in a formula it is not read, and of a ScaledJob it is said elsewhere.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let advanced = subject.object.spec.advanced.as_ref();
    let has_formula = advanced.is_some_and(|advanced| advanced.scaling_modifiers.is_some());
    let is_read = subject.object.kind == Kind::ScaledObject && !has_formula;
    let triggers = subject.triggers().filter(|_| is_read);
    let found = triggers.filter_map(|(index, trigger)| {
        let (key, written) = of_nothing(trigger)?;
        let effect = format!(
            "{key} {written:?}: the API server takes targets above 0 only, so there is no HPA, and the whole object is dead, its floors included"
        );
        let mend = "write a number above 0: as much as one replica works off".to_owned();
        Some(subject.about(Rule::KedaTriggerNotBuilt, index, key, effect, mend))
    });
    found.collect()
}

/// What kafka's scaler takes no two of (KEDA: `kafkaMetadata`, `Validate`).
pub(super) fn kafka(trigger: &Trigger, keda: Version) -> Refused {
    if trigger.kind.value != "kafka" {
        return None;
    }
    let is_on =
        |key: &str| trigger.setting(key).and_then(|text| parameters::boolean(text, keda)) == Some(true);
    let (limit, even) = ("limitToPartitionsWithLag", "ensureEvenDistributionOfPartitions");
    let other = ["allowIdleConsumers", even].into_iter().find(|key| is_on(key));
    if let Some(other) = other.filter(|_| is_on(limit)) {
        let why = format!("{limit} and {other} exclude each other");
        return Some((other, why, "keep one of the two".to_owned()));
    }
    let of_topic = [limit, even].into_iter().find(|key| is_on(key));
    if let Some(key) = of_topic.filter(|_| is_set(trigger, "topic", keda) == Some(false)) {
        return Some((key, format!("{key} needs a topic"), "name the topic, or remove it".to_owned()));
    }
    let needs_name = ["plaintext", "scram_sha256", "scram_sha512"];
    let sasl = trigger.setting("sasl").filter(|sasl| needs_name.contains(sasl))?;
    trigger.authentication_ref.is_none().then(|| {
        let why = format!(
            "sasl {sasl:?} needs a user name and a password, which only a TriggerAuthentication gives"
        );
        ("sasl", why, "name one in `authenticationRef`".to_owned())
    })
}

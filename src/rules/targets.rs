//! Targets of load triggers, by which the HPA divides: the API server takes those above 0 only.

use super::finding::Finding;
use super::subject::Subject;
use super::unbuilt::{Refused, is_set};
use crate::features;
use crate::finding::Rule;
use crate::keda::parameters;
use crate::keda::scaledobject::{Kind, Trigger};
use crate::keda::trigger::json_number;
use crate::quantity::Version;

/// The parameter that is the target, of scalers that take 0 themselves (KEDA: `GetMetricSpecForScaling`).
const TARGETS: [(&str, &str); 53] = [
    ("activemq", "targetQueueSize"),
    ("arangodb", "queryValue"),
    ("artemis-queue", "queueLength"),
    ("aws-cloudwatch", "targetMetricValue"),
    ("aws-dynamodb", "targetValue"),
    ("aws-dynamodb-streams", "shardCount"),
    ("aws-kinesis-stream", "shardCount"),
    ("aws-sqs-queue", "queueLength"),
    ("azure-app-insights", "targetValue"),
    ("azure-blob", "blobCount"),
    ("azure-data-explorer", "threshold"),
    ("azure-log-analytics", "threshold"),
    ("azure-monitor", "targetValue"),
    ("azure-pipelines", "targetPipelinesQueueLength"),
    ("azure-queue", "queueLength"),
    ("azure-servicebus", "messageCount"),
    ("beanstalkd", "value"),
    ("cassandra", "targetQueryValue"),
    ("couchdb", "queryValue"),
    ("datadog", "targetValue"),
    ("datadog", "queryValue"),
    ("dynatrace", "threshold"),
    ("elasticsearch", "targetValue"),
    ("etcd", "value"),
    ("gcp-cloudtasks", "value"),
    ("gcp-pubsub", "value"),
    ("gcp-stackdriver", "targetValue"),
    ("github-runner", "targetWorkflowQueueLength"),
    ("graphite", "threshold"),
    ("huawei-cloudeye", "targetMetricValue"),
    ("ibmmq", "queueDepth"),
    ("influxdb", "thresholdValue"),
    ("liiklus", "lagThreshold"),
    ("loki", "threshold"),
    ("metrics-api", "targetValue"),
    ("mongodb", "queryValue"),
    ("mssql", "targetValue"),
    ("mysql", "queryValue"),
    ("nats-jetstream", "lagThreshold"),
    ("new-relic", "threshold"),
    ("opensearch", "targetValue"),
    ("openstack-metric", "threshold"),
    ("openstack-swift", "objectCount"),
    ("postgresql", "targetQueryValue"),
    ("predictkube", "threshold"),
    ("pulsar", "msgBacklogThreshold"),
    ("redis", "listLength"),
    ("redis-cluster", "listLength"),
    ("redis-sentinel", "listLength"),
    ("solr", "targetQueryValue"),
    ("splunk", "targetValue"),
    ("sumologic", "threshold"),
    ("temporal", "targetQueueSize"),
];

/// What is less is a target of 0: KEDA writes it in thousandths, rounded from 2.20 on, and cut off before.
pub(super) fn least(keda: Version) -> f64 {
    if keda >= features::keda::DECIMALS { 0.0005 } else { 0.001 }
}

/// Of a trigger, the parameter with a target of nothing, and how it is written.
pub(super) fn of_nothing(trigger: &Trigger, keda: Version) -> Option<(&'static str, &str)> {
    let mut keys = TARGETS.iter().filter(|(kind, _)| *kind == trigger.kind.value);
    let (key, written) = keys.find_map(|(_, key)| Some((key, trigger.setting(key)?)))?;
    json_number(written).filter(|number| *number < least(keda)).map(|_| (*key, written))
}

/// A target of nothing: in a formula it is not read, and of a ScaledJob it is said elsewhere.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let advanced = subject.object.spec.advanced.as_ref();
    let has_formula = advanced.is_some_and(|advanced| advanced.scaling_modifiers.is_some());
    let is_read = subject.object.kind == Kind::ScaledObject && !has_formula;
    let triggers = subject.triggers().filter(|_| is_read);
    let found = triggers.filter_map(|(index, trigger)| {
        let (key, written) = of_nothing(trigger, subject.versions.keda)?;
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

//! Which scalers there are, by the type that a trigger names, and which settings the cron scaler reads.

use super::finding::Finding;
use super::subject::Subject;
use super::unbuilt::dead;
use crate::features;
use crate::finding::Rule;
use crate::keda::scaledobject::{Kind, Trigger};
use crate::keda::trigger::CronTrigger;
use crate::name::nearest;
use crate::quantity::Version;

impl Trigger {
    /// Whether the HPA compares the value itself, and not its part of each replica.
    pub(super) fn is_value(&self) -> bool {
        self.metric_type.as_ref().is_some_and(|kind| kind.value == "Value")
    }
}

/// The types of KEDA 2 up to 2.21, those removed in between included (KEDA: `pkg/scaling/scalers_builder.go`).
const TYPES: &[&str] = &[
    "activemq",
    "apache-kafka",
    "arangodb",
    "artemis-queue",
    "aws-cloudwatch",
    "aws-dynamodb",
    "aws-dynamodb-streams",
    "aws-kinesis-stream",
    "aws-sqs-queue",
    "azure-app-insights",
    "azure-blob",
    "azure-cosmosdb",
    "azure-data-explorer",
    "azure-eventhub",
    "azure-log-analytics",
    "azure-monitor",
    "azure-pipelines",
    "azure-queue",
    "azure-servicebus",
    "beanstalkd",
    "cassandra",
    "couchdb",
    "cpu",
    "cron",
    "datadog",
    "dynatrace",
    "elastic-forecast",
    "elasticsearch",
    "etcd",
    "external",
    "external-push",
    "forgejo-runner",
    "gcp-cloudtasks",
    "gcp-pubsub",
    "gcp-stackdriver",
    "gcp-storage",
    "github-runner",
    "gitlab-runner",
    "graphite",
    "huawei-cloudeye",
    "ibmmq",
    "influxdb",
    "kafka",
    "kubernetes-resource",
    "kubernetes-workload",
    "liiklus",
    "loki",
    "memory",
    "metrics-api",
    "mongodb",
    "mssql",
    "mysql",
    "nats-jetstream",
    "new-relic",
    "nsq",
    "opensearch",
    "openstack-metric",
    "openstack-swift",
    "postgresql",
    "predictkube",
    "prometheus",
    "pulsar",
    "rabbitmq",
    "redis",
    "redis-cluster",
    "redis-cluster-streams",
    "redis-sentinel",
    "redis-sentinel-streams",
    "redis-streams",
    "selenium-grid",
    "solace-direct-messaging",
    "solace-event-queue",
    "solarwinds",
    "solr",
    "splunk",
    "splunk-observability",
    "stan",
    "sumologic",
    "temporal",
];

/// The type that may have been meant, where this one is a misspelling.
fn meant_type(kind: &str) -> Option<&'static str> {
    let plain = kind.trim().to_lowercase().replace(['_', ' '], "-");
    let near = nearest(&plain, TYPES.iter().copied());
    // A part of a long name is none of its misspellings.
    near.filter(|near| near.len().abs_diff(plain.len()) <= 2)
}

/// Types that no scaler has, and settings that the cron scaler ignores.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let unknown = subject.triggers().filter(|(_, trigger)| !TYPES.contains(&trigger.kind.value.as_str()));
    // Without a type the object is refused, which is said already.
    let unknown = unknown.filter(|(_, trigger)| !trigger.kind.value.is_empty());
    let mut found: Vec<Finding> =
        unknown.map(|(index, trigger)| of_no_type(subject, index, trigger)).collect();
    found.extend(
        subject.triggers().filter_map(|(index, trigger)| of_another_version(subject, index, trigger)),
    );
    for (index, trigger) in subject.triggers_of("cron") {
        found.extend(ignored(subject, index, trigger));
    }
    found
}

/// What is one letter off is a mistake; what is like no type may be that of a later KEDA.
fn of_no_type(subject: &Subject<'_>, index: usize, trigger: &Trigger) -> Finding {
    let kind = &trigger.kind.value;
    let field = ("type", None);
    if let Some(near) = meant_type(kind) {
        let effect = format!("there is no scaler for {kind}: {}", dead(subject));
        return subject.beside(Rule::KedaTriggerNotBuilt, index, field, effect, format!("write {near}"));
    }
    let holds = |one: &&&str| one.split('-').any(|part| part == kind.to_lowercase());
    let mend = match TYPES.iter().find(holds) {
        Some(near) => format!("write {near}, if that is meant"),
        None => "write a type of KEDA's list of scalers, or `external` for one of your own".to_owned(),
    };
    let without = match subject.object.kind {
        Kind::ScaledObject => "the whole object is dead, its floors included",
        Kind::ScaledJob => "no Job is ever started",
    };
    let effect = format!("no scaler up to KEDA 2.21 is called {kind}: without one {without}");
    subject.beside(Rule::KedaTypeUnknown, index, field, effect, mend)
}

/// A type that this KEDA has not yet, or no more.
fn of_another_version(subject: &Subject<'_>, index: usize, trigger: &Trigger) -> Option<Finding> {
    let (kind, keda) = (trigger.kind.value.as_str(), subject.versions.keda);
    let of = |table: &[(&str, Version)]| table.iter().find(|(name, _)| *name == kind).map(|row| row.1);
    let since = of(&features::keda::SCALERS_SINCE).filter(|since| keda < *since);
    let gone = of(&features::keda::SCALERS_GONE).filter(|gone| keda >= *gone);
    let (why, mend) = match (since, gone) {
        (Some(since), _) => (
            format!("it comes with KEDA {since}"),
            format!("run KEDA {since} or later, or remove the trigger"),
        ),
        (None, Some(gone)) => (
            format!("KEDA {gone} has removed it"),
            "write a type of KEDA's list of scalers, or remove the trigger".to_owned(),
        ),
        (None, None) => return None,
    };
    let effect = format!("KEDA {keda} has no scaler {kind}, {why}: {}", dead(subject));
    Some(subject.beside(Rule::KedaTriggerNotBuilt, index, ("type", None), effect, mend))
}

/// Settings that nothing reads, but for one that stands where another is missing: that is said there.
fn ignored(subject: &Subject<'_>, index: usize, trigger: &Trigger) -> Vec<Finding> {
    let missing = || CronTrigger::SETTINGS.into_iter().filter(|key| trigger.setting(key).is_none());
    let meant: Vec<&str> = missing().filter_map(|key| meant_for(trigger, key)).take(1).collect();
    let keys = trigger.settings().keys().map(String::as_str);
    let unknown = keys.filter(|key| !CronTrigger::SETTINGS.contains(key) && !meant.contains(key));
    unknown
        .map(|key| {
            let effect = format!("{key} is ignored: the cron scaler has no such setting");
            let near = || near_setting(key).map(|near| format!("write `{near}`, or remove it"));
            let mend = in_the_spec(subject, key).or_else(near).or_else(|| beside_type(trigger, key));
            let mend = mend.unwrap_or_else(|| "remove it".to_owned());
            subject.about(Rule::CronUnknownSetting, index, key, effect, mend)
        })
        .collect()
}

/// The setting that may have been meant for `key`, which is missing.
pub(super) fn meant_for<'t>(trigger: &'t Trigger, key: &str) -> Option<&'t str> {
    let unknown =
        trigger.settings().keys().map(String::as_str).filter(|key| !CronTrigger::SETTINGS.contains(key));
    unknown.into_iter().find(|written| near_setting(written) == Some(key))
}

/// What to do with a setting of a trigger that is a field of the object's own spec.
pub(super) fn in_the_spec(subject: &Subject<'_>, written: &str) -> Option<String> {
    let field = of_the_spec(written)?;
    let (spec, kind) = (&subject.object.spec, subject.object.kind);
    let value = match field {
        "minReplicaCount" => &spec.min_replica_count,
        "maxReplicaCount" => &spec.max_replica_count,
        "pollingInterval" => &spec.polling_interval,
        _ if kind == Kind::ScaledJob => return Some("remove it: a ScaledJob has no such field".to_owned()),
        "idleReplicaCount" => &spec.idle_replica_count,
        "cooldownPeriod" => &spec.cooldown_period,
        _ => &spec.initial_cooldown_period,
    };
    Some(match value {
        Some(value) => format!("remove it: `spec.{field}` is {} already", value.value),
        None => format!("move it to `spec.{field}`, or remove it"),
    })
}

/// What to do with a setting that belongs beside the type of a trigger.
pub(super) fn beside_type(trigger: &Trigger, written: &str) -> Option<String> {
    let is_there = match written {
        "name" => trigger.name.is_some(),
        // None that it could have would be of use there.
        "metricType" if trigger.kind.value == "cron" => return Some("remove it".to_owned()),
        "metricType" => trigger.metric_type.is_some(),
        _ => return None,
    };
    Some(match is_there {
        true => format!("remove it: `{written}` stands beside `type` already"),
        false => "move it beside `type`, or remove it".to_owned(),
    })
}

/// The field of the object's own spec that a setting of a trigger looks like.
fn of_the_spec(written: &str) -> Option<&'static str> {
    const FIELDS: [&str; 6] = [
        "minReplicaCount",
        "maxReplicaCount",
        "idleReplicaCount",
        "pollingInterval",
        "cooldownPeriod",
        "initialCooldownPeriod",
    ];
    let plain = written.to_lowercase();
    let is_like = |field: &&str| {
        let field = field.to_lowercase();
        field == plain
            || field.strip_suffix("count").is_some_and(|short| plain == short || plain == format!("{short}s"))
    };
    FIELDS.into_iter().find(is_like)
}

fn near_setting(written: &str) -> Option<&'static str> {
    let same = CronTrigger::SETTINGS.into_iter().find(|key| key.eq_ignore_ascii_case(written));
    same.or_else(|| nearest(written, CronTrigger::SETTINGS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_letter_off_is_misspelled_and_what_is_part_of_a_name_is_not() {
        for (written, meant) in [
            ("corn", "cron"),
            ("Cron", "cron"),
            ("promtheus", "prometheus"),
            ("aws_sqs_queue", "aws-sqs-queue"),
            ("rabbit-mq", "rabbitmq"),
            ("postgres", "postgresql"),
        ] {
            assert_eq!(meant_type(written), Some(meant), "{written}");
        }
        for other in ["sqs", "nats", "my-own-scaler", "x"] {
            assert_eq!(meant_type(other), None, "{other}");
        }
    }
}

//! Values of single settings that a scaler reads, and then refuses (KEDA: `Validate` and the parse functions of the scalers
//! in `pkg/scalers`, v2.20.2).

use super::unbuilt::Refused;
use crate::keda::labels;
use crate::keda::parameters;
use crate::keda::scaledobject::Trigger;
use crate::keda::trigger::json_number;
use crate::quantity::Version;

/// How small a number may be.
#[derive(Clone, Copy)]
enum Bound {
    AboveZero,
    NotNegative,
}

use Bound::{AboveZero, NotNegative};

const BOUNDS: [(&str, &str, Bound); 16] = [
    ("apache-kafka", "activationLagThreshold", NotNegative),
    ("apache-kafka", "lagThreshold", AboveZero),
    ("azure-eventhub", "unprocessedEventThreshold", AboveZero),
    ("datadog", "age", NotNegative),
    ("datadog", "lastAvailablePointOffset", NotNegative),
    ("datadog", "timeWindowOffset", NotNegative),
    ("etcd", "watchProgressNotifyInterval", AboveZero),
    ("gcp-storage", "activationTargetObjectCount", NotNegative),
    ("gcp-storage", "maxBucketItemsToScan", AboveZero),
    ("gcp-storage", "targetObjectCount", AboveZero),
    ("kafka", "activationLagThreshold", NotNegative),
    ("kafka", "lagThreshold", AboveZero),
    ("kubernetes-workload", "value", AboveZero),
    ("nsq", "activationDepthThreshold", NotNegative),
    ("nsq", "depthThreshold", AboveZero),
    ("rabbitmq", "pageSize", AboveZero),
];

/// The first value that is refused.
pub(super) fn refused(trigger: &Trigger, keda: Version, has_formula: bool) -> Refused {
    let kind = trigger.kind.value.as_str();
    // In a formula it is not a target.
    let is_free = kind == "kubernetes-workload" && has_formula;
    if kind == "kubernetes-workload" && !is_free && trigger.setting("value").is_none() {
        return Some(("value", "value is not set".to_owned(), "set it".to_owned()));
    }
    let bounds = BOUNDS.iter().filter(|(of, ..)| *of == kind && !is_free);
    let bound = bounds.into_iter().find_map(|(_, key, bound)| of_bound(trigger, key, *bound));
    bound.or_else(|| match kind {
        "aws-sqs-queue" => queue_url(trigger),
        "aws-cloudwatch" => cloudwatch(trigger),
        "aws-dynamodb" => dynamodb(trigger),
        "azure-monitor" => azure_monitor(trigger, keda),
        "datadog" => datadog(trigger),
        "kubernetes-workload" => pod_selector(trigger),
        "kafka" => kafka(trigger),
        _ if kind.starts_with("redis") => redis(trigger),
        _ => None,
    })
}

fn of_bound(trigger: &Trigger, key: &'static str, bound: Bound) -> Refused {
    let number = trigger.setting(key).and_then(json_number)?;
    match bound {
        AboveZero if number <= 0.0 => {
            Some((key, format!("{key} is not above 0"), "write a number above 0".to_owned()))
        }
        NotNegative if number < 0.0 => {
            Some((key, format!("{key} is below 0"), "write 0 or more, or remove it".to_owned()))
        }
        AboveZero | NotNegative => None,
    }
}

/// `https://HOST/ACCOUNT/QUEUE`; what is no address is the name of a queue.
fn queue_url(trigger: &Trigger) -> Refused {
    let written = trigger.setting("queueURL")?;
    let rest = match written.split_once("://") {
        Some((_, rest)) => rest,
        None => Some(written).filter(|path| path.starts_with('/'))?,
    };
    let path = rest.find('/').map_or("", |at| &rest[at..]);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').collect();
    (parts.len() != 3 || parts[2].is_empty()).then(|| {
        let why = format!("queueURL {written:?} names no queue");
        let mend = "write the whole address, as in https://sqs.eu-west-1.amazonaws.com/111122223333/orders";
        ("queueURL", why, mend.to_owned())
    })
}

const UNITS: [&str; 27] = [
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
];

fn cloudwatch(trigger: &Trigger) -> Refused {
    let is_expression = trigger.setting("expression").is_some();
    let count = |key| trigger.setting(key).map(|text| text.split(';').count());
    let (names, values) = (count("dimensionName"), count("dimensionValue"));
    if !is_expression && names.is_some() && values.is_some() && names != values {
        let why = "dimensionName and dimensionValue have not the same number of parts".to_owned();
        return Some((
            "dimensionValue",
            why,
            "write a value for each name, with `;` between them".to_owned(),
        ));
    }
    let unit = trigger.setting("metricUnit").filter(|unit| !is_expression && !UNITS.contains(unit));
    if let Some(unit) = unit {
        let why = format!("metricUnit {unit:?} is no unit of CloudWatch");
        return Some(("metricUnit", why, "write one of them, as in Count, or remove it".to_owned()));
    }
    let whole = |key| trigger.setting(key).map_or(Some(300.0), json_number).filter(|one| one.fract() == 0.0);
    let period = whole("metricStatPeriod")?;
    if !([1.0, 5.0, 10.0, 30.0].contains(&period) || period >= 60.0 && period % 60.0 == 0.0) {
        let why = format!("metricStatPeriod {period} is none that CloudWatch has");
        let mend = "write 1, 5, 10, 30, or a multiple of 60".to_owned();
        return Some(("metricStatPeriod", why, mend));
    }
    let time = whole("metricCollectionTime")?;
    (time < 0.0 || time % period != 0.0).then(|| {
        let why = format!("metricCollectionTime {time} is no multiple of metricStatPeriod {period}");
        let mend = format!("write one, as in {}", period * 5.0);
        ("metricCollectionTime", why, mend)
    })
}

fn dynamodb(trigger: &Trigger) -> Refused {
    let keys = ["expressionAttributeNames", "expressionAttributeValues"];
    let is_map = |text: &str| {
        serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text)
            .is_ok_and(|map| !map.is_empty())
    };
    let key = keys.into_iter().find(|key| trigger.setting(key).is_some_and(|text| !is_map(text)))?;
    let why = format!("{key} is no object of JSON with something in it");
    Some((key, why, "write one, as in {\"#k\": \"name\"} or {\":k\": {\"S\": \"value\"}}".to_owned()))
}

fn azure_monitor(trigger: &Trigger, keda: Version) -> Refused {
    const TYPES: [&str; 6] = ["Average", "Count", "Maximum", "Minimum", "None", "Total"];
    let uri = trigger.setting("resourceURI").filter(|uri| uri.split('/').count() != 3);
    if let Some(uri) = uri {
        let why = format!("resourceURI {uri:?} is not of three parts");
        return Some((
            "resourceURI",
            why,
            "write NAMESPACE/TYPE/NAME, as in Microsoft.ServiceBus/namespaces/orders".to_owned(),
        ));
    }
    let is_known = parameters::reads("azure-monitor", "metricAggregationType", keda);
    let kind = trigger.setting("metricAggregationType").filter(|kind| is_known && !TYPES.contains(kind))?;
    let why = format!("metricAggregationType {kind:?} is none of {}", TYPES.join(", "));
    Some(("metricAggregationType", why, "write one of them".to_owned()))
}

/// A query has a filter between curly brackets, on one line.
fn datadog(trigger: &Trigger) -> Refused {
    let query = trigger.setting("query")?;
    let has_scope = |line: &str| line.find('{').is_some_and(|at| line[at..].contains('}'));
    (!query.lines().any(has_scope)).then(|| {
        let mend = "write what it is asked of, as in avg:requests{service:web} or avg:requests{*}";
        ("query", "the query has no scope".to_owned(), mend.to_owned())
    })
}

fn pod_selector(trigger: &Trigger) -> Refused {
    let written = trigger.setting("podSelector")?;
    (!labels::is_selector(written)).then(|| {
        let why = format!("podSelector {written:?} is not a selector of labels");
        ("podSelector", why, "write one, as in \"app=web,tier in (front, back)\"".to_owned())
    })
}

fn kafka(trigger: &Trigger) -> Refused {
    let version = trigger.setting("version").filter(|version| !is_kafka_version(version));
    if let Some(version) = version {
        let why = format!("version {version:?} is no version of Kafka");
        return Some(("version", why, "write all of its numbers, as in 2.8.0, or remove it".to_owned()));
    }
    let whole = |text: &str| text.trim().strip_prefix('+').unwrap_or(text.trim()).parse::<i32>().is_ok();
    let is_part = |part: &str| match part.split_once('-') {
        Some((from, to)) => whole(from) && !to.contains('-') && whole(to),
        None => whole(part),
    };
    let limits = trigger.setting("partitionLimitation").filter(|all| !all.split(',').all(is_part))?;
    let why = format!("partitionLimitation {limits:?} is no list of partitions");
    Some(("partitionLimitation", why, "write whole numbers, as in \"1,2,5-9\"".to_owned()))
}

/// `2.8.0`, or of four numbers that begin with 0 (`sarama.ParseKafkaVersion`).
fn is_kafka_version(written: &str) -> bool {
    let parts: Vec<&str> = written.split('.').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let count = if written.starts_with("0.") { 4 } else { 3 };
    let begins = written.starts_with("0.") || !written.starts_with('0');
    parts.len() == count && begins && parts.iter().all(is_number)
}

fn redis(trigger: &Trigger) -> Refused {
    const READ: [&str; 12] =
        ["1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False"];
    let written = trigger.setting("enableTLS").filter(|written| !READ.contains(written))?;
    let why = format!("enableTLS {written:?} is neither true nor false");
    Some(("enableTLS", why, "write \"true\" or \"false\"".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_kafka_have_all_their_numbers() {
        for version in ["2.8.0", "1.0.0", "0.10.2.1", "10.0.0"] {
            assert!(is_kafka_version(version), "{version}");
        }
        for version in ["1", "10", "01.0.0", "2.8", "2.8.0.1", "0.11.0", "v2.8.0", "2..0", ""] {
            assert!(!is_kafka_version(version), "{version}");
        }
    }
}

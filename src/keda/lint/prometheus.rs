//! Load triggers: what `prometheus_scaler.go` does with their settings.

use super::super::finding::{Check, Finding};
use super::super::query::{Query, Shape};
use super::super::scaledobject::{Kind, Trigger};
use super::super::subject::Subject;
use super::super::trigger::json_number;
use crate::name::nearest;
use crate::yaml::Mark;

/// Settings that the scaler reads (KEDA 2.16 to 2.20: `prometheusMetadata`, and the cloud identities').
const KNOWN: &[&str] = &[
    "serverAddress",
    "query",
    "queryParameters",
    "threshold",
    "activationThreshold",
    "namespace",
    "customHeaders",
    "ignoreNullValues",
    "unsafeSsl",
    "authModes",
    "timeout",
    "awsRegion",
    "credentialsFromEnv",
    "keyVaultUri",
];

/// All checks.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, trigger) in subject.triggers_of("prometheus") {
        let missing = ["serverAddress", "query", "threshold"]
            .into_iter()
            .filter(|key| trigger.metadata.mark != Mark::default() && trigger.setting(key).is_none());
        let missing =
            missing.map(|key| (Check::TriggerNotBuilt, key, format!("{key} is missing: {DEAD}"), "set it"));
        let problems = [
            null_is_zero(trigger),
            no_boolean(trigger, "ignoreNullValues"),
            no_boolean(trigger, "unsafeSsl"),
            threshold(trigger),
            query_of(subject.queries.get(&index).filter(|_| trigger.setting("query").is_some())),
        ];
        let problems = problems.into_iter().flatten().chain(missing);
        found.extend(
            problems
                .map(|(check, key, effect, mend)| subject.about(check, index, key, effect, mend.to_owned())),
        );
        found.extend(averaged(subject, index, trigger));
        found.extend(unknown_settings(subject, index, trigger));
    }
    found.extend(no_fallback(subject));
    found
}

/// What comes of a trigger that KEDA cannot build.
const DEAD: &str = "the trigger is not built, and with it the whole object is dead, its floors included";

type Problem = Option<(Check, &'static str, String, &'static str)>;

/// An empty answer, NaN or infinity counts as 0 unless told otherwise (keda-docs: `ignoreNullValues`, default true).
fn null_is_zero(trigger: &Trigger) -> Problem {
    let query: String = trigger.setting("query").unwrap_or_default().split_whitespace().collect();
    if ["orvector(0)", "oron()vector(0)"].iter().any(|zero| query.contains(zero)) {
        let effect = "`or vector(0)` makes an outage look like no load".to_owned();
        return Some((Check::NullIsZero, "query", effect, "remove it and set ignoreNullValues \"false\""));
    }
    // There, no answer is the good one. Anything else than a boolean is worse.
    let absent = ["absent(", "absent_over_time("].iter().any(|absent| query.contains(absent));
    let asked = matches!(trigger.setting("ignoreNullValues"), None | Some("true"));
    (asked && !absent).then(|| {
        let effect = "a query without an answer counts as 0, so an outage scales down".to_owned();
        (Check::NullIsZero, "ignoreNullValues", effect, "set ignoreNullValues \"false\" and a fallback")
    })
}

/// Booleans are read as JSON (`scalersconfig/typed_config.go`): `False` and `no` are none.
fn no_boolean(trigger: &Trigger, key: &'static str) -> Problem {
    let text = trigger.setting(key).filter(|text| !["true", "false"].contains(text))?;
    let effect = format!("{key} {text:?} is no boolean: {DEAD}");
    Some((Check::TriggerNotBuilt, key, effect, "write \"true\" or \"false\", in small letters"))
}

/// A float of JSON's grammar, in thousandths for the HPA, which refuses zero.
fn threshold(trigger: &Trigger) -> Problem {
    let text = trigger.setting("threshold")?;
    let number = json_number(text);
    number.is_none_or(|number| number < 0.001).then(|| {
        let effect = match number {
            None => format!("threshold {text:?} is no number as JSON has them: {DEAD}"),
            Some(_) => format!("threshold {text:?} is less than 0.001: the HPA refuses the target"),
        };
        (Check::Threshold, "threshold", effect, "write a positive number, as in \"80\" or \"0.25\"")
    })
}

fn query_of(query: Option<&Result<Query, String>>) -> Problem {
    let (why, mend) = match query?.as_ref().map(|query| &query.shape) {
        Err(why) => {
            return Some((Check::QueryRefused, "query", why.clone(), "write PromQL that gives one element"));
        }
        Ok(Shape::Labelled(labels)) if labels.is_empty() => return None,
        Ok(Shape::Labelled(_) | Shape::Many) => {
            ("more than one element: the scaler fails", "aggregate it: sum(..) without by")
        }
        Ok(Shape::Scalar) => {
            ("a scalar, which the scaler cannot read", "take scalar(..) away, or put vector(..) around it")
        }
        Ok(Shape::Text | Shape::Range) => {
            ("no instant vector: the scaler sees nothing", "take the rate of a range, and aggregate it")
        }
    };
    Some((Check::QueryShape, "query", format!("the query can give {why}"), mend))
}

/// A delay or ratio is not shared among replicas: 500 ms over 200 ms asks for three replicas in all, whatever runs.
fn averaged(subject: &Subject<'_>, index: usize, trigger: &Trigger) -> Option<Finding> {
    let query = trigger.setting("query").unwrap_or_default();
    let delay = query.contains("histogram_quantile") || query.contains("lag_seconds");
    let value = trigger.metric_type.as_ref().is_some_and(|kind| kind.value == "Value");
    (delay && !value).then(|| {
        let effect =
            "AverageValue divides the delay by the replicas: it asks for delay / threshold in all".to_owned();
        let field = ("metricType", trigger.metric_type.as_ref().map(|kind| kind.mark));
        subject.beside(Check::RatioAveraged, index, field, effect, "write metricType Value".to_owned())
    })
}

fn unknown_settings(subject: &Subject<'_>, index: usize, trigger: &Trigger) -> Vec<Finding> {
    let unknown = trigger.metadata.value.keys().filter(|key| !KNOWN.contains(&key.as_str()));
    unknown
        .map(|key| {
            let why =
                if key == "metricName" { "KEDA 2.12 removed it" } else { "the scaler has no such setting" };
            let effect = format!("{key} is ignored: {why}");
            let mend = match nearest(key, KNOWN.iter().copied()).filter(|_| key != "metricName") {
                Some(near) => format!("write `{near}`, or remove it"),
                None => "remove it".to_owned(),
            };
            subject.about(Check::UnknownSetting, index, key, effect, mend)
        })
        .collect()
}

/// Without it a failing trigger keeps the HPA from scaling down; below the floor it scales down in an outage.
fn no_fallback(subject: &Subject<'_>) -> Option<Finding> {
    subject.triggers_of("prometheus").next()?;
    if subject.object.kind == Kind::ScaledJob {
        return None;
    }
    let spec = &subject.object.spec;
    let mark = spec.fallback.as_ref().map_or_else(Default::default, |fallback| fallback.mark);
    let effect = match &spec.fallback {
        None => "while Prometheus fails, nothing scales down".to_owned(),
        Some(fallback) if fallback.value.replicas < spec.min() => {
            format!("{} is below minReplicaCount {}", fallback.value.replicas, spec.min())
        }
        Some(_) => return None,
    };
    let mend = "set fallback.replicas to the base floor or more".to_owned();
    Some(subject.finding(Check::NoFallback, "spec.fallback", mark, effect, mend))
}

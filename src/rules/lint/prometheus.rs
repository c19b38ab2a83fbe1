//! Load triggers: what `prometheus_scaler.go` does with their settings.

use super::super::finding::Finding;
use super::super::scaler::{beside_type, in_the_spec};
use super::super::subject::Subject;
use super::super::targets;
use super::super::unbuilt::dead;
use crate::features;
use crate::finding::Rule;
use crate::keda::limits::Limits;
use crate::keda::measure::{self, Hours, Quiet, Share};
use crate::keda::parameters::boolean;
use crate::keda::scaledobject::{Fallback, FallbackBehavior, Kind, Trigger};
use crate::keda::trigger::json_number;
use crate::keda::{elements::Shape, query::Query};
use crate::name::nearest;
use crate::quantity::Version;
use crate::yaml::Marked;

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
    "identityOwner",
    "authMode",
    "apiKey",
    "method",
    "keyParamName",
    "awsRegion",
    "credentialsFromEnv",
    "keyVaultUri",
];

/// All checks.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, trigger) in subject.triggers_of("prometheus") {
        let query = subject.queries.get(&index).filter(|_| trigger.setting("query").is_some());
        let written = trigger.setting("query").unwrap_or_default();
        let empty = Empty::of(query, (written, subject.versions.keda));
        let fails = boolean(trigger.setting("ignoreNullValues").unwrap_or("true"), subject.versions.keda);
        let problems = [
            null_is_zero(subject, trigger, fails, &empty),
            threshold(subject, trigger),
            query_of(trigger, query).or_else(|| without_buckets(query?.as_ref().ok()?)),
            quiet_fails(subject, fails == Some(false), &empty),
            under_load(subject, fails, &empty),
        ];
        let problems = problems.into_iter().flatten();
        found.extend(
            problems
                .map(|(check, key, effect, mend)| subject.about(check, index, key, effect, mend.to_owned())),
        );
        found.extend(averaged(subject, (index, trigger), query));
        found.extend(negative(subject, (index, trigger), query));
        found.extend(unknown_settings(subject, index, trigger));
    }
    found.extend(no_fallback(subject));
    found
}

type Problem = Option<(Rule, &'static str, String, &'static str)>;

/// When a query has no answer.
enum Empty {
    /// Never: it looks at no series.
    Never,
    /// When its series are gone.
    WithoutSeries,
    /// While a comparison does not hold, which may be when it is quiet.
    WhenQuiet,
    /// While nothing comes it is not a number, which is no answer either.
    NotANumber(Quiet),
    /// Outside of these comparisons of the time.
    Outside(Vec<String>),
    /// Where this comparison drops what is high.
    UnderLoad(String),
}

impl Empty {
    fn of(query: Option<&Result<Query, String>>, (written, keda): (&str, Version)) -> Self {
        // A quantile that there never is has a finding of its own.
        let is_read = keda >= features::keda::NAN_IS_NO_ANSWER;
        let is_given = query.is_some_and(|query| query.as_ref().is_ok_and(|query| !query.lacks_buckets));
        let no_number = || {
            let found = if is_read && is_given { measure::not_a_number(written) } else { None };
            found.map(Self::NotANumber)
        };
        match query {
            Some(Ok(query)) if query.is_filtered => {
                let low_only = measure::empty_under_load(written).map(Self::UnderLoad);
                low_only.unwrap_or_else(|| match measure::hours(written) {
                    Some(Hours::Within(gates)) => Self::Outside(gates),
                    Some(Hours::Always) => no_number().unwrap_or(Self::WithoutSeries),
                    None => Self::WhenQuiet,
                })
            }
            Some(Ok(query)) if query.selectors.is_empty() => Self::Never,
            Some(Ok(_)) => no_number().unwrap_or(Self::WithoutSeries),
            Some(Err(_)) | None => Self::WithoutSeries,
        }
    }

    /// What to do against it, and until when it lasts, where it comes while all is well.
    fn when_well(&self) -> Option<(String, &'static str, &'static str)> {
        let said = match self {
            Self::WhenQuiet => (
                "while it is quiet the query has no answer".to_owned(),
                "for as long as it is quiet",
                "take the comparison away, write `> bool`, or end the query in `or 0 * sum(..)` of a series that is always there",
            ),
            Self::NotANumber(Quiet::Divisor(divisor)) => (
                format!("while nothing comes `{divisor}` is 0 and the quotient is no number"),
                "for as long as it is quiet",
                "let the divisor never be 0, as in `sum(..) / clamp_min(sum(..), 0.001)`",
            ),
            Self::NotANumber(Quiet::Quantile) => (
                "while nothing comes the buckets are empty and their quantile is no number".to_owned(),
                "for as long as it is quiet",
                "end the query in `> 0 or 0 * sum(..)` of a series that is always there",
            ),
            Self::Outside(gates) => {
                let gates: Vec<String> = gates.iter().map(|gate| format!("`{gate}`")).collect();
                (
                    format!("out of its hours ({}, in UTC) the query has no answer", gates.join(", ")),
                    "until they come again",
                    "multiply with a yes or no instead, which is 0 outside: `sum(..) * on () (hour() >= bool 8) * on () (hour() < bool 18)`",
                )
            }
            Self::Never | Self::WithoutSeries | Self::UnderLoad(_) => return None,
        };
        Some(said)
    }
}

/// An empty answer, NaN or infinity counts as 0 unless told otherwise (keda-docs: `ignoreNullValues`, default true).
/// With `"false"` alone a query that a comparison empties would fail whenever it is quiet: there the comparison goes first.
fn null_is_zero(subject: &Subject<'_>, trigger: &Trigger, ignored: Option<bool>, empty: &Empty) -> Problem {
    // A ScaledJob starts no Job in an outage, whether it reads 0 or fails.
    if matches!(empty, Empty::Never) || subject.object.kind == Kind::ScaledJob {
        return None;
    }
    let query: String = trigger.setting("query").unwrap_or_default().split_whitespace().collect();
    if ["orvector(0)", "oron()vector(0)"].iter().any(|zero| query.contains(zero)) {
        let effect = "`or vector(0)` makes an outage look like no load".to_owned();
        let mend = if has_comparison(&query) {
            "take `or vector(0)` and the comparison away, or end the query in `or 0 * sum(..)` of a series that is there also while it is quiet, and set ignoreNullValues \"false\""
        } else {
            "remove it and set ignoreNullValues \"false\""
        };
        return Some((Rule::PrometheusNullIsZero, "query", effect, mend));
    }
    // There, no answer is the good one. What is not a boolean is worse.
    let absent = ["absent(", "absent_over_time("].iter().any(|absent| query.contains(absent));
    (ignored == Some(true) && !absent).then(|| {
        let effect = "a query without an answer counts as 0, so an outage scales down".to_owned();
        let mend = match empty {
            Empty::WhenQuiet => {
                "take the comparison away, which leaves nothing while it is quiet, or end the query in `or 0 * sum(..)` of a series that is always there; then set ignoreNullValues \"false\" and a fallback"
            }
            Empty::NotANumber(Quiet::Divisor(_)) => {
                "let the divisor never be 0, as in `sum(..) / clamp_min(sum(..), 0.001)`, which is not a number while it is quiet; then set ignoreNullValues \"false\" and a fallback"
            }
            Empty::NotANumber(Quiet::Quantile) => {
                "end the query in `> 0 or 0 * sum(..)` of a series that is always there, for a quantile is not a number while it is quiet; then set ignoreNullValues \"false\" and a fallback"
            }
            Empty::Outside(_) => {
                "multiply with a yes or no instead, which is 0 outside of the hours of UTC that it names, as in `sum(..) * on () (hour() >= bool 8) * on () (hour() < bool 18)`; then set ignoreNullValues \"false\" and a fallback"
            }
            Empty::Never | Empty::WithoutSeries | Empty::UnderLoad(_) => {
                "set ignoreNullValues \"false\" and a fallback"
            }
        };
        (Rule::PrometheusNullIsZero, "ignoreNullValues", effect, mend)
    })
}

/// Whether something is compared outside of braces and strings, and not for a 0 or 1.
fn has_comparison(query: &str) -> bool {
    let mut outside = String::new();
    let mut depth = 0_u32;
    for c in query.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ if depth == 0 => outside.push(c),
            _ => {}
        }
    }
    outside.replace(">=bool", "").replace(">bool", "").contains(['>', '<'])
}

/// A comparison leaves no element while it does not hold, and with `ignoreNullValues: "false"` that is a failure. A ScaledJob starts
/// no Job then, which is what quiet is to give.
fn quiet_fails(subject: &Subject<'_>, fails: bool, empty: &Empty) -> Problem {
    let (when, long, mend) = empty.when_well()?;
    if !fails || subject.object.kind == Kind::ScaledJob {
        return None;
    }
    let idle = Limits::of(subject.object, subject.versions.keda).idle;
    let keeps_awake = subject.versions.keda >= features::keda::FALLBACK_IS_ACTIVE && idle == 0;
    let comes = match &subject.object.spec.fallback {
        Some(fallback) => {
            let replicas = fallback.value.replicas;
            let never = if keeps_awake && replicas > 0 { ", and 0 are never reached" } else { "" };
            format!("the fallback (replicas {replicas}) stands {long}{never}")
        }
        None => format!("nothing scales down {long}"),
    };
    let effect = format!("{when}, which counts as a failure: {comes}");
    Some((Rule::PrometheusQuietFails, "query", effect, mend))
}

/// A comparison that keeps what is low leaves nothing under load: the replicas go where load was to bring more.
fn under_load(subject: &Subject<'_>, fails: Option<bool>, empty: &Empty) -> Problem {
    let Empty::UnderLoad(part) = empty else { return None };
    let comes = match (fails?, &subject.object.spec.fallback) {
        _ if subject.object.kind == Kind::ScaledJob => "so the more load, the fewer Jobs".to_owned(),
        (true, _) => "which counts as 0: the more load, the fewer replicas".to_owned(),
        (false, Some(fallback)) => {
            format!("which counts as a failure: the fallback (replicas {}) stands", fallback.value.replicas)
        }
        (false, None) => "which counts as a failure: nothing scales down".to_owned(),
    };
    let effect = format!("where `{part}` does not hold any more the query has no answer, {comes}");
    let mend = "take the comparison away, turn it round, or write it with `bool`";
    Some((Rule::PrometheusEmptyUnderLoad, "query", effect, mend))
}

/// Buckets that were added up over all of their limits have no quantile: Prometheus leaves them out.
fn without_buckets(query: &Query) -> Problem {
    query.lacks_buckets.then(|| {
        let effect = "the query never gives an element: histogram_quantile reads the label `le`, which the aggregation takes away";
        let mend = "keep the limits of the buckets: sum by (le) (rate(.._bucket[5m]))";
        (Rule::PrometheusQueryShape, "query", effect.to_owned(), mend)
    })
}

/// A float of JSON's grammar, in thousandths for the HPA, which refuses zero.
fn threshold(subject: &Subject<'_>, trigger: &Trigger) -> Problem {
    let text = trigger.setting("threshold")?;
    let number = json_number(text);
    // What a ScaledJob makes of 0 is said of its triggers of any type.
    if number.is_some() && subject.object.kind == Kind::ScaledJob {
        return None;
    }
    let least = targets::least(subject.versions.keda);
    number.is_none_or(|number| number < least).then(|| {
        let effect = match number {
            None => format!("threshold {text:?} is not a number as JSON has them: {}", dead(subject)),
            Some(_) => format!("threshold {text:?} is less than {least}: the HPA refuses the target"),
        };
        (Rule::PrometheusThreshold, "threshold", effect, "write a positive number, as in \"80\" or \"0.25\"")
    })
}

/// Paths and ports of VictoriaMetrics, whose MetricsQL has more than PromQL.
const METRICS_QL: [&str; 7] = ["victoria", "vmselect", "vmsingle", "vmauth", "/select/", ":8428", ":8481"];

fn query_of(trigger: &Trigger, query: Option<&Result<Query, String>>) -> Problem {
    let server = trigger.setting("serverAddress").unwrap_or_default();
    let (why, mend) = match query?.as_ref().map(|query| &query.shape) {
        Err(_) if METRICS_QL.iter().any(|part| server.contains(part)) => return None,
        Err(why) => {
            return Some((
                Rule::PrometheusQueryRefused,
                "query",
                why.clone(),
                "write PromQL that gives one element",
            ));
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
    Some((Rule::PrometheusQueryShape, "query", format!("the query can give {why}"), mend))
}

/// A delay or ratio is not shared among replicas: 500 ms over 200 ms asks for three replicas in all, whatever runs.
fn averaged(
    subject: &Subject<'_>,
    (index, trigger): (usize, &Trigger),
    query: Option<&Result<Query, String>>,
) -> Option<Finding> {
    // Another type is refused, which is said.
    let is_average = |kind: &Marked<String>| ["", "AverageValue"].contains(&kind.value.as_str());
    if !trigger.metric_type.as_ref().is_none_or(is_average) {
        return None;
    }
    let delay = match query {
        Some(Ok(query)) => query.is_delay,
        Some(Err(_)) | None => measure::gives_delay(trigger.setting("query").unwrap_or_default()),
    };
    let share = query.and_then(|query| query.as_ref().ok()?.share);
    let (what, most) = match share {
        _ if delay => ("delay", None),
        Some(Share::Part(whole)) => ("share", Some(few(subject, trigger, whole)?)),
        Some(Share::Average | Share::OfSeries) if subject.object.kind == Kind::ScaledJob => return None,
        Some(Share::Average | Share::OfSeries) => ("average", None),
        None => return None,
    };
    // A formula has the metric type.
    if share.is_some() && subject.composite().is_some() {
        return None;
    }
    let at_most = most.map_or(String::new(), |most| format!(", {most} where all is used"));
    let effect = format!(
        "AverageValue divides the {what} by the replicas: it asks for {what} / threshold in all{at_most}, however many run"
    );
    let mend = match share {
        Some(Share::OfSeries) => "write metricType Value, or sum(..) instead of avg(..)",
        Some(Share::Part(_) | Share::Average) | None => "write metricType Value",
    };
    let field = ("metricType", trigger.metric_type.as_ref().map(|kind| kind.mark));
    Some(subject.beside(Rule::PrometheusRatioAveraged, index, field, effect, mend.to_owned()))
}

/// How many replicas the whole of a share asks for, where that is more than one and less than there may be.
fn few(subject: &Subject<'_>, trigger: &Trigger, whole: f64) -> Option<u32> {
    let threshold = trigger.setting("threshold").and_then(json_number)?;
    if subject.object.kind == Kind::ScaledJob || threshold <= 0.0 || threshold >= whole {
        return None;
    }
    // What is not a threshold of thousandths is refused.
    let replicas = (whole / threshold - 1e-9).ceil();
    let most = u32::try_from(subject.object.spec.max()).ok()?;
    (1..most).find(|few| f64::from(*few) >= replicas)
}

/// KEDA before 2.20.2 passes a negative value on, and the HPA takes a sum below zero for an overflow: as many replicas as
/// there may be (Kubernetes: `GetExternalPerPodMetricReplicas`; KEDA: #7880). Of a Value it asks for the minimum.
fn negative(
    subject: &Subject<'_>,
    (index, trigger): (usize, &Trigger),
    query: Option<&Result<Query, String>>,
) -> Option<Finding> {
    let is_value = trigger.is_value();
    let modifiers = subject.object.spec.advanced.as_ref().is_some_and(|one| one.scaling_modifiers.is_some());
    if is_value
        || modifiers
        || !subject.versions.overflow_below_zero()
        || subject.object.kind == Kind::ScaledJob
    {
        return None;
    }
    // Only which part it is has to be read in its own words.
    query?.as_ref().ok().filter(|query| query.can_be_negative)?;
    let part = measure::below_zero(trigger.setting("query").unwrap_or_default())?;
    let max = subject.object.spec.max();
    let effect = format!(
        "`{part}` can fall below 0, which KEDA before 2.20.2 hands on: the HPA reads it as an overflow and goes to maxReplicaCount {max}"
    );
    let mend = "write clamp_min(.., 0) around it".to_owned();
    Some(subject.about(Rule::PrometheusNegative, index, "query", effect, mend))
}

fn unknown_settings(subject: &Subject<'_>, index: usize, trigger: &Trigger) -> Vec<Finding> {
    let unknown = trigger.settings().keys().filter(|key| !KNOWN.contains(&key.as_str()));
    unknown
        .map(|key| {
            let (why, mend) = unknown_setting(subject, trigger, key);
            let effect = format!("{key} is ignored: {why}");
            subject.about(Rule::PrometheusUnknownSetting, index, key, effect, mend)
        })
        .collect()
}

/// Why a setting is ignored, and what to do instead.
fn unknown_setting(subject: &Subject<'_>, trigger: &Trigger, key: &str) -> (&'static str, String) {
    if key == "metricName" {
        return ("KEDA 2.12 removed it", "remove it".to_owned());
    }
    if key.eq_ignore_ascii_case("cortexOrgID") {
        let tenant = trigger.setting(key).unwrap_or_default();
        let header = format!("X-Scope-OrgID={tenant}");
        let all =
            trigger.setting("customHeaders").map_or(header.clone(), |others| format!("{others},{header}"));
        let why = "KEDA 2.15 removed it, and the query goes out without its tenant";
        return (why, format!("write `customHeaders: \"{all}\"`"));
    }
    let why = "the scaler has no such setting";
    if let Some(elsewhere) = in_the_spec(subject, key).or_else(|| beside_type(trigger, key)) {
        return (why, elsewhere);
    }
    match nearest(key, KNOWN.iter().copied()) {
        Some(near) => (why, format!("write `{near}`, or remove it")),
        None => (why, "remove it".to_owned()),
    }
}

/// Whether `replicas` is only for more than what runs, or for nothing.
fn keeps_what_runs(fallback: &Fallback, keda: Version) -> bool {
    // A CRD without the field drops it.
    let behavior = fallback.behavior.as_ref().filter(|_| keda >= features::keda::FALLBACK_BEHAVIOR);
    match behavior.map_or(FallbackBehavior::Static, |behavior| behavior.value) {
        FallbackBehavior::CurrentReplicas | FallbackBehavior::CurrentReplicasIfHigher => true,
        FallbackBehavior::Static
        | FallbackBehavior::CurrentReplicasIfLower
        | FallbackBehavior::ScalingModifiers => false,
    }
}

/// Without it a failing trigger keeps the HPA from scaling down; below the floor it scales down in an outage.
fn no_fallback(subject: &Subject<'_>) -> Option<Finding> {
    subject.triggers_of("prometheus").next()?;
    if subject.object.kind == Kind::ScaledJob {
        return None;
    }
    let spec = &subject.object.spec;
    let mark = spec.fallback.as_ref().map(|fallback| fallback.mark);
    let effect = match &spec.fallback {
        None => "while Prometheus fails, nothing scales down".to_owned(),
        // What runs is the minimum at least.
        Some(fallback) if keeps_what_runs(&fallback.value, subject.versions.keda) => return None,
        Some(fallback) if fallback.value.replicas < spec.min() => {
            format!("{} is below minReplicaCount {}", fallback.value.replicas, spec.min())
        }
        Some(_) => return None,
    };
    let mend = "set fallback.replicas to the base floor or more".to_owned();
    Some(subject.finding(Rule::PrometheusNoFallback, "spec.fallback", mark, effect, mend))
}

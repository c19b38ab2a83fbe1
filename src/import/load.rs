//! Load triggers: which of them the policy language has a key for, and what goes under it.

use crate::invisible;
use crate::keda::measure::{self, Aggregation, Groups, Measured, Signal};
use crate::keda::query::Queries;
use crate::keda::scaledobject::Trigger;
use crate::keda::trigger::json_number;
use crate::quantity::Millis;

/// What a load trigger says to the policy.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Load {
    /// `rps-per-replica`
    Requests(f64),
    /// `scale-up-p95`
    Latency(Millis),
    /// `messages-per-replica`
    Backlog(f64),
    /// `dispatch-lag`, in seconds
    Lag(u32),
}

/// What a query's matchers say to the policy.
#[derive(Clone, Debug, Default)]
pub(super) struct Labels {
    pub(super) job: Option<String>,
    pub(super) app: Option<String>,
    pub(super) methods: Vec<String>,
    pub(super) workload: Option<String>,
    pub(super) territory: Option<String>,
    /// What the metrics of an outbox begin with.
    pub(super) prefix: Option<String>,
}

/// Units of time at the end of a metric's name, in seconds.
const UNITS: [(&[&str], f64); 5] = [
    (&["seconds", "secs", "sec", "s"], 1.0),
    (&["milliseconds", "millis", "millisecond", "msec", "ms"], 1e-3),
    (&["microseconds", "micros", "usec", "us"], 1e-6),
    (&["nanoseconds", "nanos", "nsec", "ns"], 1e-9),
    (&["minutes", "minute", "mins"], 60.0),
];

/// Words for something that waits to be worked off.
const WAITING: [&str; 10] =
    ["pending", "queue", "queued", "queues", "backlog", "messages", "message", "depth", "lag", "jobs"];

/// Words for how long something has waited.
const LATE: [&str; 7] = ["lag", "age", "delay", "wait", "waiting", "oldest", "lateness"];

/// Labels that tell answers apart: a rate of some answers is not a rate of requests.
const OUTCOMES: [&str; 8] =
    ["status", "code", "status_code", "response_code", "http_status", "outcome", "result", "error"];

/// A trigger of type `prometheus`; or why the language has no key for it.
pub(super) fn read(trigger: &Trigger) -> Result<Load, String> {
    let threshold = trigger.setting("threshold").and_then(json_number).filter(|number| *number >= 0.001);
    let Some(threshold) = threshold else { return Err("its threshold is not a number over 0".to_owned()) };
    if let Some(guard) = measure::guard(trigger.setting("query").unwrap_or_default()) {
        return guarded(&guard);
    }
    let is_value = trigger.metric_type.as_ref().is_some_and(|kind| kind.value == "Value");
    let found = measure::measure(trigger.setting("query").unwrap_or_default())?;
    let own = threshold / found.factor;
    // A step of a twentieth of the threshold moves the answer by no more than KEDA's own tolerance does.
    if found.step > own / 20.0 {
        return Err("its query is rounded more coarsely than its threshold".to_owned());
    }
    if found.least.is_some_and(|least| least > own) {
        return Err("its query gives a value only over its own threshold".to_owned());
    }
    match found.signal {
        Signal::Quantile(level) => latency(&found, level, own),
        Signal::Rate => requests(&found, is_value, own),
        Signal::Gauge => gauge(&found, is_value, own),
    }
}

/// The unit at the end of a metric's name, in seconds.
fn unit(metric: &str) -> Option<f64> {
    let ends = ["_bucket", "_total", "_sum", "_count", "_max"];
    let stem = ends.iter().find_map(|end| metric.strip_suffix(end)).unwrap_or(metric);
    let last = words(stem).last()?.to_owned();
    UNITS.iter().find(|(names, _)| names.contains(&last.as_str())).map(|(_, seconds)| *seconds)
}

/// `http_server_requests`, `jobs:http_requests:rate5m`
fn words(metric: &str) -> Vec<String> {
    metric.to_ascii_lowercase().split(['_', ':', '.']).map(str::to_owned).collect()
}

fn latency(found: &Measured, level: f64, threshold: f64) -> Result<Load, String> {
    if (level - 0.95).abs() > 1e-9 {
        let percent = (level * 1e5).round() / 1e3;
        return Err(format!("it asks for p{percent}: the language knows p95, no other quantile"));
    }
    if found.groups != Groups::One || !found.aggregations.is_empty() {
        return Err("it is not one p95 of all pods, but one for each of several groups".to_owned());
    }
    let Some(seconds) = unit(&found.metric) else {
        return Err(format!(
            "`{}` does not end in its unit, so nothing says what its threshold is in",
            found.metric
        ));
    };
    whole(threshold * seconds * 1000.0, "milliseconds").map(|millis| Load::Latency(Millis(millis)))
}

/// The lowest limit is the one that the language has a key for.
fn guarded(guard: &measure::Guard) -> Result<Load, String> {
    match (guard.delay.signal, guard.steps.first()) {
        (Signal::Quantile(level), Some(step)) => latency(&guard.delay, level, step.above),
        (Signal::Quantile(_) | Signal::Rate | Signal::Gauge, _) => {
            Err("it multiplies a load with something that is not a latency".to_owned())
        }
    }
}

fn requests(found: &Measured, is_value: bool, threshold: f64) -> Result<Load, String> {
    let Measured { metric, matchers, .. } = found;
    let about = ["request", "http", "rpc"].iter().any(|word| metric.to_ascii_lowercase().contains(word));
    let of_all_answers = matchers.iter().any(|matcher| matcher == "le=+Inf");
    let counts = !metric.ends_with("_sum") && (!metric.ends_with("_bucket") || of_all_answers);
    let sizes = words(metric).iter().any(|word| word == "bytes" || word == "size");
    if !about || !counts || sizes {
        return Err(format!("`{metric}` does not count requests"));
    }
    let outcome = matchers.iter().find(|matcher| {
        let label = matcher.split(['=', '!']).next().unwrap_or_default();
        OUTCOMES.contains(&label) && !matcher.contains('!')
    });
    if let Some(matcher) = outcome {
        return Err(format!("it counts some answers only (`{matcher}`), the language counts requests"));
    }
    match found.aggregations.as_slice() {
        [Aggregation::Sum] if found.groups == Groups::One => {}
        [] => return Err("it is not summed over the pods".to_owned()),
        [Aggregation::Sum] => return Err("it is not one sum, but one for each of several groups".to_owned()),
        [.., Aggregation::Sum] if found.groups == Groups::One => {
            return Err("it is not the sum of all requests".to_owned());
        }
        [.., last] => {
            let name = last.name();
            return Err(format!("it is not the sum of all requests, but their `{name}` over pods or groups"));
        }
    }
    if is_value {
        return Err(
            "as a Value, the sum of all pods is held against it: the language counts per replica".to_owned()
        );
    }
    if threshold < 0.001 {
        return Err("its threshold is under 0.001 requests per second".to_owned());
    }
    Ok(Load::Requests(rounded(threshold)))
}

fn gauge(found: &Measured, is_value: bool, threshold: f64) -> Result<Load, String> {
    let words = words(&found.metric);
    let named = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    if found.matchers.iter().any(|matcher| matcher.starts_with("quantile=")) {
        return Err(
            "it is a quantile that each pod works out by itself: the language has p95 of all pods".to_owned()
        );
    }
    let seconds = unit(&found.metric);
    match seconds {
        Some(seconds) if named(&LATE) => {
            return match found.aggregations.as_slice() {
                [] | [Aggregation::Highest] => whole(threshold * seconds, "seconds").map(Load::Lag),
                [.., last] => Err(format!("it is not the longest lag, but a `{}` of several", last.name())),
            };
        }
        Some(_) => return Err(format!("`{}` is a time, but neither a p95 nor a lag", found.metric)),
        None if is_value && named(&LATE) => {
            return Err(format!(
                "`{}` does not end in its unit, so nothing says what its threshold is in",
                found.metric
            ));
        }
        None => {}
    }
    if named(&["bytes", "size_bytes", "ratio", "percent"]) || !named(&WAITING) {
        return Err("it is neither a rate of requests nor the length of a queue".to_owned());
    }
    if is_value {
        return Err(
            "as a Value, the whole queue is held against it: the language counts per replica".to_owned()
        );
    }
    if let Some(last) =
        found.aggregations.iter().find(|way| matches!(way, Aggregation::Average | Aggregation::Lowest))
    {
        return Err(format!("it is not the whole queue, but a `{}` of several", last.name()));
    }
    Ok(Load::Backlog(rounded(threshold)))
}

/// Without the noise of a division.
fn rounded(number: f64) -> f64 {
    (number * 1e6).round() / 1e6
}

fn whole(number: f64, unit: &str) -> Result<u32, String> {
    let rounded = number.round();
    if (rounded - number).abs() > 1e-6 || !(1.0..=1e9).contains(&rounded) {
        return Err(format!("its threshold is not a whole number of {unit}, which the language has"));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "looked at just above")]
    let whole = rounded as u32;
    Ok(whole)
}

/// What the matchers of a query say.
pub(super) fn labels(trigger: &Trigger) -> Labels {
    let mut labels = Labels::default();
    let query = Queries::default().read(trigger.setting("query").unwrap_or_default());
    let outbox = |metric: &str| Some(metric.strip_suffix("_outbox_pending_events")?.to_owned());
    let metrics =
        query.iter().flat_map(|query| &query.selectors).filter_map(|selector| selector.metric.as_ref());
    labels.prefix = metrics.filter_map(|metric| outbox(metric)).next();
    for matcher in query.iter().flat_map(|query| &query.selectors).flat_map(|selector| &selector.matchers) {
        let Some((label, value)) = matcher.split_once('=') else { continue };
        let (exact, value) = value.strip_prefix('~').map_or((true, value), |value| (false, value));
        if value.is_empty() || value.chars().any(char::is_control) || invisible::first(value).is_some() {
            continue;
        }
        match label {
            "job" if exact => labels.job = Some(value.to_owned()),
            "app" if exact => labels.app = Some(value.to_owned()),
            "workload" if exact => labels.workload = Some(value.to_owned()),
            "territory" if exact => labels.territory = Some(value.to_owned()),
            "method" => labels.methods = methods(value),
            _ => {}
        }
    }
    labels
}

/// `GET`, `POST|PUT`; nothing where it is another pattern.
fn methods(pattern: &str) -> Vec<String> {
    let parts: Vec<&str> = pattern.trim_start_matches('(').trim_end_matches(')').split('|').collect();
    let plain = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_uppercase());
    if parts.iter().all(plain) { parts.into_iter().map(str::to_owned).collect() } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keda::decode;

    /// What a trigger of this query and threshold becomes.
    fn load(query: &str, threshold: &str, metric_type: &str) -> Result<Load, String> {
        let text = format!(
            "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {{name: a}}\nspec:\n  scaleTargetRef: {{name: a}}\n  triggers:\n    - type: prometheus\n      metricType: {metric_type}\n      metadata:\n        threshold: \"{threshold}\"\n        query: '{query}'\n"
        );
        let documents = decode::read(&text);
        let object = documents[0].content.as_ref().unwrap();
        read(&object.spec.triggers.value[0])
    }

    fn p95(metric: &str) -> String {
        format!("histogram_quantile(0.95, sum by (le) (rate({metric}[2m])))")
    }

    #[test]
    fn a_latency_is_read_in_the_unit_of_its_query() {
        let cases = [
            (p95("x_seconds_bucket"), "0.2"),
            (format!("1000 * {}", p95("x_seconds_bucket")), "200"),
            (format!("{} / 0.001", p95("x_seconds_bucket")), "200"),
            (p95("x_milliseconds_bucket"), "200"),
            (p95("x_ms_bucket"), "200"),
            (format!("{} / 1000", p95("x_ms_bucket")), "0.2"),
            (p95("x_us_bucket"), "200000"),
            (p95("x_microseconds_bucket"), "200000"),
            (format!("{} / 1e6", p95("x_us_bucket")), "0.2"),
            (format!("1e3 * {}", p95("x_ns_bucket")), "2e11"),
            (format!("ceil(1000 * {})", p95("x_seconds_bucket")), "200"),
            ("histogram_quantile(0.95, sum(rate(x_seconds[2m])))".to_owned(), "0.2"),
        ];
        for (query, threshold) in cases {
            assert_eq!(load(&query, threshold, "Value"), Ok(Load::Latency(Millis(200))), "{query}");
        }
    }

    #[test]
    fn a_guard_of_the_load_has_its_limit_in_its_query() {
        let (p95, rps) = (p95("x_seconds_bucket"), "sum(rate(http_requests_total[2m]))");
        let query = format!("{rps} * (1.5 * ({p95} > bool 0.2) + 0.5 * ({p95} > bool 0.3)) or 0 * sum(up)");
        assert_eq!(load(&query, "80", "AverageValue"), Ok(Load::Latency(Millis(200))));
        let why = load(&query.replace("0.95", "0.99"), "80", "AverageValue").unwrap_err();
        assert!(why.contains("p99"), "{why}");
    }

    #[test]
    fn requests_are_counted_in_a_second() {
        let cases = [
            ("sum(rate(http_requests_total[1m]))", "100"),
            ("sum(rate(http_requests_total[1m])) * 60", "6000"),
            ("sum(increase(http_requests_total[5m]))", "30000"),
            ("sum(increase(http_requests_total[5m])) / 300", "100"),
            ("sum(rate(http_request_seconds_bucket{le=\"+Inf\"}[1m]))", "100"),
            ("sum(rate(http_requests_total{code!~\"5..\"}[1m])) or vector(0)", "100"),
        ];
        for (query, threshold) in cases {
            assert_eq!(load(query, threshold, "AverageValue"), Ok(Load::Requests(100.0)), "{query}");
        }
    }

    #[test]
    fn a_lag_is_a_time_and_a_backlog_is_a_number() {
        for (query, threshold) in [
            ("max(outbox_dispatch_lag_seconds)", "30"),
            ("max(outbox_dispatch_lag_milliseconds)", "30000"),
            ("max(outbox_lag_ms) / 1000", "30"),
            ("1000 * max(oldest_message_age_seconds)", "30000"),
            ("outbox_lag_minutes", "0.5"),
        ] {
            for metric_type in ["Value", "AverageValue"] {
                assert_eq!(load(query, threshold, metric_type), Ok(Load::Lag(30)), "{query}");
            }
        }
        for (query, threshold) in [
            ("max(orders_queue_depth)", "100"),
            ("sum(kafka_consumergroup_lag)", "100"),
            ("sum(rabbitmq_queue_messages) / 1000", "0.1"),
        ] {
            assert_eq!(load(query, threshold, "AverageValue"), Ok(Load::Backlog(100.0)), "{query}");
        }
    }

    #[test]
    fn another_meaning_is_refused_by_its_name() {
        let cases = [
            (p95("x_seconds_bucket").replace("0.95", "0.99"), "AverageValue", "p99"),
            (p95("x_seconds_bucket").replace("0.95", "0.5"), "AverageValue", "p50"),
            (p95("x_bucket"), "Value", "its unit"),
            (p95("x_seconds_bucket").replace("(le)", "(le, pod)"), "Value", "several groups"),
            (
                format!("max({})", p95("x_seconds_bucket").replace("(le)", "(le, pod)")),
                "Value",
                "several groups",
            ),
            (
                "sum(rate(http_seconds_sum[1m])) / sum(rate(http_seconds_count[1m]))".to_owned(),
                "Value",
                "average",
            ),
            ("avg(rate(http_requests_total[1m]))".to_owned(), "AverageValue", "`avg`"),
            ("max(rate(http_requests_total[1m]))".to_owned(), "AverageValue", "`max`"),
            ("max(sum by (pod) (rate(http_requests_total[1m])))".to_owned(), "AverageValue", "`max`"),
            ("sum(max by (pod) (rate(http_requests_total[1m])))".to_owned(), "AverageValue", "not the sum"),
            ("rate(http_requests_total[1m])".to_owned(), "AverageValue", "not summed"),
            ("sum by (pod) (rate(http_requests_total[1m]))".to_owned(), "AverageValue", "several groups"),
            ("sum(rate(http_requests_total[1m]))".to_owned(), "Value", "per replica"),
            ("sum(rate(http_requests_total{code=~\"5..\"}[1m]))".to_owned(), "AverageValue", "some answers"),
            ("sum(rate(http_request_seconds_sum[1m]))".to_owned(), "AverageValue", "does not count"),
            ("sum(rate(http_request_seconds_bucket[1m]))".to_owned(), "AverageValue", "does not count"),
            ("sum(rate(http_response_bytes_total[1m]))".to_owned(), "AverageValue", "does not count"),
            ("sum(rate(http_requests_total[1m])) / scalar(count(up))".to_owned(), "AverageValue", "replicas"),
            ("round(sum(rate(http_requests_total[1m])), 50)".to_owned(), "AverageValue", "coarsely"),
            ("sum(rate(http_requests_total[1m])) > 9000".to_owned(), "AverageValue", "over its own"),
            ("max(outbox_lag)".to_owned(), "Value", "its unit"),
            ("sum(outbox_lag_seconds)".to_owned(), "Value", "`sum`"),
            ("avg(outbox_lag_seconds)".to_owned(), "Value", "`avg`"),
            ("max(http_latency_seconds)".to_owned(), "Value", "neither a p95 nor a lag"),
            ("max(x_seconds{quantile=\"0.95\"})".to_owned(), "Value", "by itself"),
            ("avg(orders_queue_depth)".to_owned(), "AverageValue", "`avg`"),
            ("sum(orders_queue_depth)".to_owned(), "Value", "per replica"),
            ("sum(orders_queue_bytes)".to_owned(), "AverageValue", "neither"),
            ("max(disk_usage)".to_owned(), "AverageValue", "neither"),
        ];
        for (query, metric_type, reason) in cases {
            let why = load(&query, "200", metric_type).unwrap_err();
            assert!(why.contains(reason), "{query}: {why}");
        }
    }
}

//! Load triggers: which of them the policy language has a key for, and what goes under it.

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
    /// What the metrics of an outbox begin with.
    pub(super) prefix: Option<String>,
}

/// A trigger of type `prometheus`; or why the language has no key for it.
pub(super) fn read(trigger: &Trigger) -> Result<Load, String> {
    let query = trigger.setting("query").unwrap_or_default();
    let threshold = trigger.setting("threshold").and_then(json_number).filter(|number| *number >= 0.001);
    let Some(threshold) = threshold else { return Err("its threshold is no number over 0".to_owned()) };
    let is_value = trigger.metric_type.as_ref().is_some_and(|kind| kind.value == "Value");
    let metrics = metrics(query)?;
    let named = |word: &str| metrics.iter().any(|metric| metric.contains(word));
    if query.contains("histogram_quantile") {
        return latency(query, threshold, &metrics);
    }
    if query.contains("rate(") {
        let requests = named("request") || named("http") || named("rpc");
        return if requests && !is_value {
            Ok(Load::Requests(threshold))
        } else {
            Err("it is no rate of requests per replica".to_owned())
        };
    }
    match is_value {
        true if named("lag") || named("age") => whole(threshold).map(Load::Lag),
        true => Err("the language knows p95 and lag, no other value".to_owned()),
        false
            if named("pending")
                || named("queue")
                || named("backlog")
                || named("messages")
                || named("depth") =>
        {
            Ok(Load::Backlog(threshold))
        }
        false => Err("it is neither a rate of requests nor the length of a queue".to_owned()),
    }
}

/// The names of all metrics of a query.
fn metrics(query: &str) -> Result<Vec<String>, String> {
    let query = Queries::default().read(query).map_err(|why| format!("its query is no PromQL: {why}"))?;
    Ok(query.selectors.into_iter().filter_map(|selector| selector.metric).collect())
}

fn latency(query: &str, threshold: f64, metrics: &[String]) -> Result<Load, String> {
    let plain: String = query.split_whitespace().collect();
    if !plain.contains("histogram_quantile(0.95,") {
        return Err("the language knows p95, no other quantile".to_owned());
    }
    let unit = |suffix: &str| metrics.iter().any(|metric| metric.ends_with(suffix));
    let millis = if unit("_seconds_bucket") && !plain.contains("*1000") {
        threshold * 1000.0
    } else if unit("_milliseconds_bucket") || unit("_ms_bucket") || unit("_seconds_bucket") {
        threshold
    } else {
        return Err("nothing says whether its threshold is in seconds".to_owned());
    };
    whole(millis).map(|millis| Load::Latency(Millis(millis)))
}

fn whole(number: f64) -> Result<u32, String> {
    let rounded = number.round();
    if (rounded - number).abs() > 1e-6 || !(1.0..=1e9).contains(&rounded) {
        return Err("its threshold is no whole number of the unit that the language has".to_owned());
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
        if value.is_empty() || value.chars().any(char::is_control) {
            continue;
        }
        match label {
            "job" if exact => labels.job = Some(value.to_owned()),
            "app" if exact => labels.app = Some(value.to_owned()),
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

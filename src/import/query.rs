//! Load triggers beside those of the compiled object: the compiler asks with queries of its own, so each difference of
//! what is asked, and each trigger that nobody asked for, is said.

use super::Target;
use super::load::Load;
use super::remark::{Kind, Remark};
use crate::keda::measure::{self, Measured, Signal};
use crate::keda::scaledobject::{FallbackBehavior, ScaledObject, Trigger};

/// Settings that say nothing to KEDA: it passes over `metricName` since 2.12.
const IDLE: [&str; 1] = ["metricName"];

/// Remarks on all load triggers of a target.
pub(super) fn compare(target: &Target<'_>, made: &ScaledObject) -> Vec<Remark> {
    let found = target.scaled.found;
    let loads = || made.spec.triggers.value.iter().filter(|trigger| trigger.kind.value == "prometheus");
    let mut remarks = Vec::new();
    let mut answered: Vec<&str> = Vec::new();
    for (index, load) in &target.scaled.loads {
        let old = found.trigger(*index);
        let Some(new) = loads().find(|trigger| trigger.label() == name(load)) else { continue };
        answered.push(new.label());
        for text in lost(old, new) {
            remarks.push(found.about(Kind::NotKept, *index, "query", &text));
        }
        for text in in_other_words(old, new) {
            remarks.push(found.about(Kind::Changed, *index, "query", &text));
        }
    }
    for new in loads().filter(|trigger| !answered.contains(&trigger.label())) {
        let text = added(new, made);
        remarks.push(found.of_part(Kind::Added, None, &format!("trigger `{}`", new.label()), text));
    }
    remarks
}

/// What the compiler calls its trigger for a load.
fn name(load: &Load) -> &'static str {
    match load {
        Load::Requests(_) => "rps",
        Load::Latency(_) => "p95",
        Load::Backlog(_) => "backlog",
        Load::Lag(_) => "lag",
    }
}

/// The key whose assumed value stands behind an added trigger.
fn added(new: &Trigger, made: &ScaledObject) -> String {
    let key = match new.label() {
        "rps" => "`rps-per-replica`",
        "backlog" => "`messages-per-replica`",
        "lag" => "`dispatch-lag`",
        _ => "its key",
    };
    let threshold = new.setting("threshold").unwrap_or_default();
    let metric = new.setting("query").and_then(|query| Some(measure::measure(query).ok()?.metric));
    let metric = metric.unwrap_or_else(|| "its metric".to_owned());
    let fallback = made.spec.fallback.as_ref().map(|fallback| &fallback.value);
    let keeps = fallback.and_then(|fallback| fallback.behavior.as_ref());
    let then = match keeps.map(|behavior| behavior.value) {
        Some(FallbackBehavior::CurrentReplicasIfHigher | FallbackBehavior::CurrentReplicas) => {
            "the fallback then keeps replicas from coming down after a season"
        }
        Some(
            FallbackBehavior::Static
            | FallbackBehavior::CurrentReplicasIfLower
            | FallbackBehavior::ScalingModifiers,
        )
        | None => "the fallback then stands in for it",
    };
    format!(
        "the object has none like it, the compiler adds it with a threshold of {threshold}: {key} is assumed. Where no \
         series of {metric} answers, it fails for ever, and {then}"
    )
}

/// What runs today and is not asked any more.
fn lost(old: &Trigger, new: &Trigger) -> Vec<String> {
    let mut said = Vec::new();
    let mut keys: Vec<&str> = old.settings().keys().map(String::as_str).collect();
    keys.retain(|key| !new.settings().contains_key(*key) && !IDLE.contains(key));
    if !keys.is_empty() {
        said.push(format!("{}: no key for it, it is not carried over", keys.join(", ")));
    }
    if let Some(reference) = &old.authentication_ref {
        said.push(format!("authenticationRef {}: no key for it, it is not carried over", reference.name));
    }
    if old.use_cached_metrics.as_ref().is_some_and(|cached| cached.value) {
        said.push("useCachedMetrics: no key for it, it is not carried over".to_owned());
    }
    for key in ["serverAddress", "ignoreNullValues"] {
        if let (Some(was), Some(is)) = (old.setting(key), new.setting(key))
            && !same_setting(was, is)
        {
            said.push(format!("{key} {was} becomes {is}"));
        }
    }
    let asked = |trigger: &Trigger| measure::measure_or_guard(trigger.setting("query").unwrap_or_default());
    if let (Ok(was), Ok(is)) = (asked(old), asked(new)) {
        let differences = differences(&was, &is);
        if !differences.is_empty() {
            said.push(format!(
                "the compiler asks with a query of its own: {}. Look whether those series exist, or edit the template",
                differences.join("; ")
            ));
        }
    }
    said
}

/// Two spellings of one value: a slash behind an address, and `False` as `strconv.ParseBool` reads it.
fn same_setting(was: &str, is: &str) -> bool {
    let no = |text: &str| ["0", "f", "F", "false", "FALSE", "False"].contains(&text);
    was.trim_end_matches('/') == is.trim_end_matches('/') || (no(was) && no(is))
}

/// What is another spelling of the same, or the compiler's way.
fn in_other_words(old: &Trigger, new: &Trigger) -> Vec<String> {
    let mut said = Vec::new();
    let idle: Vec<&str> = IDLE.into_iter().filter(|key| old.settings().contains_key(*key)).collect();
    if !idle.is_empty() {
        said.push(format!("{}: KEDA passes over it, it is not carried over", idle.join(", ")));
    }
    let kind = |trigger: &Trigger| {
        trigger.metric_type.as_ref().map_or("AverageValue".to_owned(), |kind| kind.value.clone())
    };
    let guard = |trigger: &Trigger| measure::guard(trigger.setting("query").unwrap_or_default());
    if let (None, Some(guard)) = (guard(old), guard(new)) {
        said.push(bounded(old, &guard));
    }
    let is_guard = guard(new).is_some();
    if kind(old) != kind(new) && !is_guard {
        said.push(format!(
            "{} becomes {}: divided by the replicas, a time adds too few of them",
            kind(old),
            kind(new)
        ));
    }
    let threshold = |trigger: &Trigger| trigger.setting("threshold").unwrap_or_default().to_owned();
    if threshold(old) != threshold(new) && !is_guard {
        said.push(format!(
            "threshold {} becomes {}, in the unit of the compiler's query",
            threshold(old),
            threshold(new)
        ));
    }
    if old.setting("ignoreNullValues").is_none() && new.setting("ignoreNullValues").is_some() {
        said.push(
            "ignoreNullValues is \"false\" now: where no series answers, the fallback holds, not 0"
                .to_owned(),
        );
    }
    said
}

/// What a guard of the compiler's does in place of a latency that is held against a threshold.
fn bounded(old: &Trigger, guard: &measure::Guard) -> String {
    let limits: Vec<String> = guard.steps.iter().map(|step| format!("{} s", step.above)).collect();
    let was = match old.metric_type.as_ref().map(|kind| kind.value.as_str()) {
        Some("Value") => "more of the replicas that ran, again and again",
        Some(_) | None => "a number of replicas that had nothing to do with the load",
    };
    format!(
        "it asks for more than the load needs while the latency is above {}, and for 0 below; it asked for {was}",
        limits.join(" and ")
    )
}

/// `other metric: a, not b`
fn differences(was: &Measured, is: &Measured) -> Vec<String> {
    let mut said = Vec::new();
    if was.metric != is.metric {
        said.push(format!("of {}, not of {}", is.metric, was.metric));
    }
    let without = |one: &Measured, other: &Measured| {
        let known: Vec<String> = other.matchers.iter().map(|matcher| plain(matcher)).collect();
        let own = one.matchers.iter().filter(|matcher| !known.contains(&plain(matcher)));
        own.cloned().collect::<Vec<_>>()
    };
    let (lost, new) = (without(was, is), without(is, was));
    if !lost.is_empty() {
        said.push(format!("without {}", lost.join(", ")));
    }
    if !new.is_empty() {
        said.push(format!("only with {}", new.join(", ")));
    }
    let ways = |asked: &Measured| {
        let names: Vec<&str> = asked.aggregations.iter().rev().map(|way| way.name()).collect();
        if names.is_empty() { "each series".to_owned() } else { names.join(" of ") }
    };
    let is_quantile = |asked: &Measured| matches!(asked.signal, Signal::Quantile(_));
    if was.aggregations != is.aggregations && !is_quantile(was) {
        said.push(format!("{}, not {}", ways(is), ways(was)));
    }
    if was.window != is.window {
        let seconds =
            |window: Option<f64>| window.map_or("the moment".to_owned(), |seconds| format!("{seconds} s"));
        said.push(format!("over {}, not over {}", seconds(is.window), seconds(was.window)));
    }
    if was.is_instant != is.is_instant {
        said.push("rate, not irate of the last two samples".to_owned());
    }
    // The unit's own step is not a rounding of what is compared.
    if was.step > 0.0 {
        said.push("not rounded".to_owned());
    }
    let conditions = was.conditions.iter().filter(|condition| !is.conditions.contains(condition));
    said.extend(conditions.map(|condition| format!("without {condition}")));
    if was.least.is_some_and(|least| least > 0.0) && was.least != is.least {
        said.push("also below the value from which it answers today".to_owned());
    }
    said
}

/// `method=~GET` asks for what `method=GET` does: a pattern of letters matches itself.
fn plain(matcher: &str) -> String {
    let pattern = matcher.split_once("=~");
    let literal =
        pattern.filter(|(_, value)| value.chars().all(|c| c.is_alphanumeric() || "-_/ ".contains(c)));
    literal.map_or_else(|| matcher.to_owned(), |(label, value)| format!("{label}={value}"))
}

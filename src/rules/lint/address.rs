//! Where a trigger is read: addresses that KEDA hands to Go's HTTP client as they are written.

use super::super::finding::Finding;
use super::super::subject::Subject;
use crate::finding::Rule;
use crate::keda::scaledobject::{Kind, Trigger};

/// Scalers that put a path behind this setting of their metadata, or nothing, and ask there (KEDA: `pkg/scalers/*_scaler.go`).
const OVER_HTTP: [(&str, &str); 5] = [
    ("graphite", "serverAddress"),
    ("loki", "serverAddress"),
    ("metrics-api", "url"),
    ("prometheus", "serverAddress"),
    ("solr", "host"),
];

/// What the prometheus scaler puts behind the address itself, and what may be written of it.
const QUERY_PATH: &str = "/api/v1/query";
const WRITTEN: [&str; 2] = [QUERY_PATH, "/api/v1"];

/// All checks.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    subject.triggers().filter_map(|(index, trigger)| of_trigger(subject, index, trigger)).collect()
}

fn of_trigger(subject: &Subject<'_>, index: usize, trigger: &Trigger) -> Option<Finding> {
    let (_, key) = OVER_HTTP.into_iter().find(|(kind, _)| *kind == trigger.kind.value)?;
    // What a tool fills in later is not known here.
    let written = trigger.setting(key).filter(|text| !text.contains('$') && !text.contains("{{"))?;
    let Some(rest) = without_scheme(written) else {
        let effect = format!(
            "{key} {written:?} does not begin with http:// or https://: every read fails, {}",
            comes_of_it(subject)
        );
        let mend = format!("write it with its scheme, as in {}", with_scheme(written));
        return Some(subject.about(Rule::TriggerAddress, index, key, effect, mend));
    };
    let path = rest.trim_end_matches('/');
    let base = WRITTEN.iter().find_map(|written| path.strip_suffix(written));
    if let Some(base) = base.filter(|_| trigger.kind.value == "prometheus") {
        let effect = format!(
            "KEDA puts {QUERY_PATH} behind {key}: it asks at {path}{QUERY_PATH}, where there is nothing, and every read fails, {}",
            comes_of_it(subject)
        );
        let scheme = &written[..written.len() - rest.len()];
        let mend = format!("write {scheme}{base}");
        return Some(subject.about(Rule::TriggerAddress, index, key, effect, mend));
    }
    let host = host(rest);
    is_local(host).then(|| {
        let effect = format!(
            "{host} is the pod of KEDA's operator itself, which asks there: it reads nothing unless a proxy runs beside it"
        );
        let mend = "write the address of the Service, as in http://prometheus.monitoring:9090".to_owned();
        subject.about(Rule::TriggerAddressLocal, index, key, effect, mend)
    })
}

fn comes_of_it(subject: &Subject<'_>) -> String {
    match &subject.object.spec.fallback {
        _ if subject.object.kind == Kind::ScaledJob => "and the trigger starts no Job".to_owned(),
        Some(fallback) => format!("and the fallback (replicas {}) stands for good", fallback.value.replicas),
        None => "and the trigger raises nothing and keeps the HPA from scaling down".to_owned(),
    }
}

/// What follows the scheme; nothing where Go's client knows none (`unsupported protocol scheme`).
fn without_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    let is_known = ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    is_known.then_some(rest)
}

/// How the address may be meant.
fn with_scheme(text: &str) -> String {
    let rest = text.split_once("//").map_or(text, |(_, rest)| rest);
    let (scheme, rest) =
        if text.to_lowercase().starts_with("https") { ("https", rest) } else { ("http", rest) };
    let is_address = rest.starts_with(|c: char| c.is_ascii_alphanumeric())
        && rest.chars().all(|c| c.is_ascii_graphic() && !"<>\"'".contains(c));
    if is_address { format!("{scheme}://{rest}") } else { "http://prometheus.monitoring:9090".to_owned() }
}

/// The host of an address without its scheme.
fn host(rest: &str) -> &str {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let address = authority.rsplit_once('@').map_or(authority, |(_, address)| address);
    match address.strip_prefix('[') {
        Some(inner) => inner.split(']').next().unwrap_or_default(),
        None => address.split(':').next().unwrap_or_default(),
    }
}

fn is_local(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.starts_with("127.") || ["::1", "0.0.0.0"].contains(&host)
}

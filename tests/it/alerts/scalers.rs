//! The queries of the load triggers in Prometheus' own hands: what a busy, a quiet, a fresh and a vanished service give KEDA.

use std::fs;

use serde_json::{Value, json};

use super::promtool::assert_tested;
use crate::policies::root;

/// The query of the trigger `name` of the first ScaledObject that is made.
fn query(name: &str) -> String {
    let text = fs::read_to_string(root().join("generated/keda-scalers.yaml")).unwrap();
    let first = text.split("\n---\n").nth(1).unwrap();
    let object: Value = serde_yaml::from_str(first).unwrap();
    let triggers = object["spec"]["triggers"].as_array().unwrap();
    let trigger = triggers.iter().find(|trigger| trigger["name"] == name).unwrap();
    trigger["metadata"]["query"].as_str().unwrap().to_owned()
}

/// A test of promtool: a service of these series, and what both queries give of it after ten minutes.
fn case(name: &str, series: &[(&str, &str)], rps: Option<f64>, p95: Option<f64>) -> Value {
    let own = "job=\"freshplan\", app=\"api\", workload=\"queries\", territory=\"DE\"";
    let input = series.iter().map(|(metric, values)| {
        let (metric, labels) = metric.split_once('|').unwrap_or((metric, ""));
        json!({"series": format!("{metric}{{{own}{labels}}}"), "values": values})
    });
    let expected = [("rps", rps), ("p95", p95)].map(|(name, value)| {
        let samples = value.map(|value| json!({"labels": "{}", "value": value}));
        json!({"expr": query(name), "eval_time": "10m", "exp_samples": samples.into_iter().collect::<Vec<_>>()})
    });
    json!({
        "name": name,
        "interval": "1m",
        "input_series": input.collect::<Vec<_>>(),
        "promql_expr_test": expected,
    })
}

#[test]
fn a_service_that_is_up_and_asked_nothing_is_no_load_and_one_that_is_gone_is_an_error() {
    let up = ("process_uptime_seconds", "0+60x20");
    let count =
        |each: &'static str| ("http_server_requests_seconds_count|, method=\"GET\", status=\"200\"", each);
    let bucket = |end: &'static str, each: &'static str| {
        let metric = match end {
            "0.2" => "http_server_requests_seconds_bucket|, method=\"GET\", le=\"0.2\"",
            "0.3" => "http_server_requests_seconds_bucket|, method=\"GET\", le=\"0.3\"",
            "0.4" => "http_server_requests_seconds_bucket|, method=\"GET\", le=\"0.4\"",
            _ => "http_server_requests_seconds_bucket|, method=\"GET\", le=\"+Inf\"",
        };
        (metric, each)
    };
    let busy = [up, count("0+600x20"), bucket("0.2", "0+600x20"), bucket("+Inf", "0+600x20")];
    let late = |end| {
        let (half, all) = (bucket("0.2", "0+300x20"), "0+600x20");
        [up, count(all), half, bucket(end, all), bucket("+Inf", all)]
    };
    let quiet = [up, count("6x20"), bucket("0.2", "6x20"), bucket("+Inf", "6x20")];
    let writes = [up, ("http_server_requests_seconds_count|, method=\"POST\"", "0+600x20")];
    let tests = [
        case("busy: ten a second, all within 200 ms", &busy, Some(10.0), Some(0.0)),
        case("slow: half of them up to 300 ms, p95 290 ms", &late("0.3"), Some(10.0), Some(15.0)),
        case("far too slow: half of them up to 400 ms, p95 380 ms", &late("0.4"), Some(10.0), Some(20.0)),
        case("quiet: nobody asks any more", &quiet, Some(0.0), Some(0.0)),
        case("fresh: it is up, and nobody has asked yet", &[up], Some(0.0), Some(0.0)),
        case("asked by another method only", &writes, Some(0.0), Some(0.0)),
        case("gone: KEDA gets nothing, which is an error to it", &[], None, None),
    ];
    let folder = tempfile::tempdir().unwrap();
    let file = json!({"evaluation_interval": "1m", "tests": tests});
    fs::write(folder.path().join("scalers.test.yml"), file.to_string()).unwrap();
    assert_tested(folder.path(), &["scalers.test.yml".into()]);
}

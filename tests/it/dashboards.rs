//! The dashboards' queries in Prometheus' own hands: it reads each, and each shows something where there is something.
//! Grafana's schema is asked in a step of its own (`tests/dashboards/`).

use std::fs;

use seasonscale::artifact::{ArtifactKind, COST_DASHBOARD_FILE, PERFORMANCE_DASHBOARD_FILE};
use seasonscale::compile::compile;
use seasonscale::emit::Templates;
use serde_json::Value;

use crate::alerts::promtool::{assert_success, assert_tested, promtool};
use crate::policies;

/// The rules, and every query of both dashboards: the expression, and where it stands.
fn reference() -> (String, Vec<(String, String)>) {
    let compiled =
        compile(&policies::reference(), &Templates::embedded()).unwrap_or_else(|found| panic!("{found:#?}"));
    let text = |path: &str| &compiled.artifacts.iter().find(|artifact| artifact.path == path).unwrap().text;
    let mut queries = Vec::new();
    for path in [PERFORMANCE_DASHBOARD_FILE, COST_DASHBOARD_FILE] {
        let board: Value = serde_json::from_str(text(path)).unwrap();
        for panel in board["panels"].as_array().unwrap() {
            for target in panel["targets"].as_array().into_iter().flatten() {
                let place = format!("{path}: {}", panel["title"].as_str().unwrap());
                queries.push((target["expr"].as_str().unwrap().to_owned(), place));
            }
        }
        let annotation = &board["annotations"]["list"][0];
        queries.push((annotation["expr"].as_str().unwrap().to_owned(), format!("{path}: annotation")));
    }
    assert!(queries.len() > 30, "{}", queries.len());
    let rules = compiled.artifacts.iter().find(|artifact| artifact.kind == ArtifactKind::Alerts).unwrap();
    (rules.text.clone(), queries)
}

/// As Grafana fills its variables in.
fn filled(expr: &str, [territory, workload]: [&str; 2]) -> String {
    let values =
        [("$__range_s", "600"), ("$__range", "10m"), ("$territory", territory), ("$workload", workload)];
    values.iter().fold(expr.to_owned(), |text, (variable, value)| text.replace(variable, value))
}

#[test]
fn prometheus_reads_every_query() {
    let (_, queries) = reference();
    let rule = |(at, (expr, _)): (usize, &(String, String))| {
        let expr = serde_json::to_string(&filled(expr, ["(CH|DE)", ".*"])).unwrap();
        format!("      - {{record: 'query{at}', expr: {expr}}}\n")
    };
    let rules: String = queries.iter().enumerate().map(rule).collect();
    let folder = tempfile::tempdir().unwrap();
    let text = format!("groups:\n  - name: queries\n    rules:\n{rules}");
    fs::write(folder.path().join("queries.yml"), text).unwrap();
    assert_success(&promtool(folder.path(), &["check", "rules"], &["queries.yml".into()]));
}

/// What a cluster in a season looks like, in the hour after 1970 in which no plan holds: what the calendar would record is
/// given.
const SEEN: &[(&str, &str)] = &[
    (
        r#"territory_season:seasonscale_active:calendar{plan="freshplan", namespace="freshplan", season="oktoberfest", part="main", territory="DE"}"#,
        "1x15",
    ),
    (
        r#"scaledobject:seasonscale_floor_replicas:max{plan="freshplan", namespace="freshplan", scaledObject="freshplan-api-queries-de", deployment="freshplan-api-queries-de", horizontalpodautoscaler="keda-hpa-freshplan-api-queries-de", territory="DE", workload="queries", zone="Europe/Berlin"}"#,
        "6x15",
    ),
    (
        r#"kube_deployment_status_replicas_ready{namespace="freshplan", deployment="freshplan-api-queries-de", instance="a"}"#,
        "7x15",
    ),
    (
        r#"kube_deployment_status_replicas_ready{namespace="freshplan", deployment="freshplan-api-queries-de", instance="b"}"#,
        "7x15",
    ),
    (
        r#"kube_horizontalpodautoscaler_spec_max_replicas{namespace="freshplan", horizontalpodautoscaler="keda-hpa-freshplan-api-queries-de"}"#,
        "12x15",
    ),
    (
        r#"territory_workload:http_server_requests_seconds_count:rate5m{plan="freshplan", namespace="freshplan", territory="DE", workload="queries"}"#,
        "160x15",
    ),
    (
        r#"territory_workload:http_server_requests_seconds:p95_5m{plan="freshplan", namespace="freshplan", territory="DE", workload="queries"}"#,
        "0.21x15",
    ),
    (
        r#"territory_workload:http_server_requests_beyond_target:ratio_rate1h{plan="freshplan", namespace="freshplan", territory="DE", workload="queries"}"#,
        "0.02x15",
    ),
    (
        r#"ALERTS{plan="freshplan", namespace="freshplan", alertname="PreScaleWithoutLoad", alertstate="firing", team="platform", scaledObject="freshplan-api-queries-de", territory="DE", workload="queries"}"#,
        "1x15",
    ),
    ("freshplan_scaling_notify_queue_usage_ratio", "0.1x15"),
    (r#"freshplan_scaling_outbox_lag_seconds{territory="DE"}"#, "3x15"),
    (r#"freshplan_scaling_outbox_pending_events{territory="DE"}"#, "12x15"),
    (r#"freshplan_scaling_outbox_parked_events{territory="DE"}"#, "0x15"),
    (r#"freshplan_scaling_listeners{channel="scaling_events"}"#, "2x15"),
];

/// A case for promtool in which every query must have the value, or any where none is given.
fn case(queries: &[(String, Option<f64>)]) -> String {
    let series: String = SEEN
        .iter()
        .map(|(series, values)| format!("      - {{series: '{series}', values: '{values}'}}\n"))
        .collect();
    let expect = |(expr, value): &(String, Option<f64>)| {
        let (expr, value) = match value {
            Some(value) => (expr.clone(), *value),
            None => (format!("count({expr}) > bool 0"), 1.0),
        };
        let expr = serde_json::to_string(&expr).unwrap();
        format!(
            "      - {{expr: {expr}, eval_time: 12m, exp_samples: [{{labels: '{{}}', value: {value}}}]}}\n"
        )
    };
    let expected: String = queries.iter().map(expect).collect();
    let groups =
        "seasonscale-plan, seasonscale-calendar, seasonscale-http, seasonscale-latency, seasonscale-scaling";
    format!(
        "rule_files: [alerts-scaling.yml]\nevaluation_interval: 1m\ngroup_eval_order: [{groups}]\ntests:\n  - interval: 1m\n    input_series:\n{series}    promql_expr_test:\n{expected}"
    )
}

#[test]
fn every_query_shows_something_for_one_territory_and_for_all() {
    let (rules, queries) = reference();
    let mut asked = Vec::new();
    for chosen in [["DE", "queries"], [".*", ".*"], ["(CH|DE)", "(commands|queries)"]] {
        asked.extend(queries.iter().map(|(expr, _)| (filled(expr, chosen), None)));
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("alerts-scaling.yml"), rules).unwrap();
    fs::write(folder.path().join("shown.test.yml"), case(&asked)).unwrap();
    assert_tested(folder.path(), &["shown.test.yml".into()]);
}

/// Ten minutes of one target: 7 replicas ready, 6 planned, 6 at static peak, at 0.045 an hour.
#[test]
fn the_figures_are_those_of_the_chosen_time() {
    let (rules, queries) = reference();
    let value = |title: &str, value: f64| {
        let (expr, _) = queries.iter().find(|(_, place)| place.ends_with(title)).expect(title);
        (filled(expr, ["DE", "queries"]), Some(value))
    };
    let figures = [
        value("Pod-hours planned", 6.0 * 600.0 / 3600.0),
        value("Pod-hours run", 7.0 * 600.0 / 3600.0),
        value("Pod-hours of static peak", 6.0 * 600.0 / 3600.0),
        value(": Cost", 7.0 * 600.0 / 3600.0 * 0.045),
        value("Replicas ready", 7.0),
        value("Replicas planned", 6.0),
    ];
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("alerts-scaling.yml"), rules).unwrap();
    fs::write(folder.path().join("figures.test.yml"), case(&figures)).unwrap();
    assert_tested(folder.path(), &["figures.test.yml".into()]);
}

/// A week is chosen, and there is data of its last ten minutes: a mean times the week would show 1,176 pod-hours.
#[test]
fn hours_without_data_cost_nothing() {
    let (rules, queries) = reference();
    let value = |title: &str, replicas: f64| {
        let (expr, _) = queries.iter().find(|(_, place)| place.ends_with(title)).expect(title);
        let week = expr.replace("$__range_s", "604800").replace("$__range", "7d");
        // Steps at 0, 5 and 10 minutes: a step stands for the five minutes around it.
        (filled(&week, ["DE", "queries"]), Some(replicas * 3.0 * 300.0 / 3600.0))
    };
    let figures = [
        value("Pod-hours planned", 6.0),
        value("Pod-hours run", 7.0),
        value("Pod-hours of static peak", 6.0),
        value(": Cost", 7.0 * 0.045),
    ];
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("alerts-scaling.yml"), rules).unwrap();
    fs::write(folder.path().join("week.test.yml"), case(&figures)).unwrap();
    assert_tested(folder.path(), &["week.test.yml".into()]);
}

//! The dashboards read back: panels that do not overlap, expressions that Prometheus reads, series of ours that somebody
//! records, limits that are the profile's. What else a panel asks for is its template's.
//!
//! Whether Grafana knows every field is asked of its own schema by the test command.

mod metrics;
mod panels;

use std::collections::BTreeSet;

use promql_parser::parser;
use serde_json::Value;

use super::report::Report;
use super::{of_kind, promql};
use crate::artifact::{Artifact, ArtifactKind, COST_DASHBOARD_FILE};
use crate::finding::Diagnostic;
use crate::plan::Plan;

pub(super) fn verify(plan: &Plan, artifact: &Artifact, all: &[Artifact]) -> Vec<Diagnostic> {
    let is_cost = artifact.path == COST_DASHBOARD_FILE;
    let template =
        if is_cost { "dashboards/cost-roi.json.j2" } else { "dashboards/territory-performance.json.j2" };
    let mut report = Report::new(artifact, template);
    let board: Value = match serde_json::from_str(&artifact.text) {
        Ok(board) => board,
        Err(error) => {
            report.rejected(Some(error.line()), format!("`{}` is not JSON: {error}", artifact.path));
            return report.found;
        }
    };
    uid(&board, artifact, all, &mut report);
    panels::verify(&board, &mut report);
    sources(&board, "", &mut report);
    let known = metrics::known(plan, of_kind(all, ArtifactKind::Alerts));
    for expr in expressions(&board) {
        queries(plan, &expr, &known, &mut report);
    }
    limits(plan, &board, is_cost, &mut report);
    report.found
}

/// Links and bookmarks go by the uid: it must be one that Grafana takes, and no other dashboard's.
fn uid(board: &Value, artifact: &Artifact, all: &[Artifact], report: &mut Report<'_>) {
    let uid = board["uid"].as_str().unwrap_or_default();
    let is_plain = uid.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if !(8..=40).contains(&uid.len()) || !is_plain {
        report.rejected(None, format!("`{uid}` is not a uid that Grafana takes"));
    }
    if !board["id"].is_null() {
        report.mismatch(None, "the dashboard has the id of one Grafana's database".to_owned());
    }
    let others = all.iter().filter(|other| other.kind == artifact.kind && other.path != artifact.path);
    for other in others {
        if serde_json::from_str::<Value>(&other.text).is_ok_and(|other| other["uid"] == board["uid"]) {
            report.mismatch(None, format!("`{}` has the same uid", other.path));
        }
    }
}

/// Every data source is the one that is chosen at the top.
fn sources(value: &Value, way: &str, report: &mut Report<'_>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                let way = format!("{way}/{name}");
                if name == "datasource" && inner["uid"] != *"${datasource}" {
                    report.mismatch(None, format!("{way} is tied to one data source"));
                }
                sources(inner, &way, report);
            }
        }
        Value::Array(elements) => {
            for (at, inner) in elements.iter().enumerate() {
                sources(inner, &format!("{way}/{at}"), report);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Every query of panels, annotations and variables.
fn expressions(board: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    for panel in panels::all(board) {
        found.extend(list(&panel["targets"]).filter_map(|target| text(&target["expr"])));
    }
    found.extend(list(&board["annotations"]["list"]).filter_map(|one| text(&one["expr"])));
    let asked = |one: &Value| one["query"]["query"].as_str().and_then(metrics::of_label_values);
    found.extend(list(&board["templating"]["list"]).filter_map(asked));
    found
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// What Grafana puts in the places of its variables.
fn filled(expr: &str) -> String {
    let all = [("$__range_s", "604800"), ("$__range", "7d"), ("$territory", ".*"), ("$workload", ".*")];
    all.iter().fold(expr.to_owned(), |text, (variable, value)| text.replace(variable, value))
}

fn queries(plan: &Plan, expr: &str, known: &BTreeSet<String>, report: &mut Report<'_>) {
    match parser::parse(&filled(expr)) {
        Err(error) => report.rejected(None, format!("Prometheus would not read `{expr}`: {error}")),
        Ok(parsed) => {
            let own = format!("{{plan=\"{}\"", plan.name);
            for metric in promql::series(&parsed) {
                let is_made = metric.contains(':') && known.contains(metric) || metric == "ALERTS";
                let asks = || expr.match_indices(metric).map(|(at, _)| &expr[at + metric.len()..]);
                if is_made && !asks().all(|rest| rest.starts_with(&own)) {
                    report.mismatch(None, format!("`{expr}` asks for `{metric}` of every plan"));
                }
                if metrics::is_ours(plan, metric) && !known.contains(metric) {
                    report.mismatch(None, format!("nobody provides `{metric}`, which `{expr}` asks for"));
                }
            }
        }
    }
}

/// The lines that are drawn where something becomes too much are the profile's own limits.
fn limits(plan: &Plan, board: &Value, is_cost: bool, report: &mut Report<'_>) {
    let gates = &plan.profile.gates;
    let mut wanted: Vec<(String, Vec<f64>)> = Vec::new();
    if !is_cost {
        // Budgets are kept to a ten-thousandth of a per cent.
        let budget = ((1.0 - gates.latency_objective.0) * 1e6).round() / 1e6;
        wanted.push(("ratio_rate1h".to_owned(), vec![budget]));
    }
    if let Some(journal) = plan.profile.journal.as_ref().filter(|_| !is_cost) {
        let metric = |name: &str| format!("{}_{name}", journal.prefix);
        wanted.extend([
            (metric("notify_queue_usage_ratio"), vec![journal.spill_ratio.0, journal.critical_ratio.0]),
            (metric("outbox_lag_seconds"), vec![f64::from(gates.outbox_lag.0)]),
            (metric("outbox_pending_events"), vec![f64::from(gates.outbox_depth)]),
        ]);
    }
    for panel in panels::all(board) {
        let asks = |metric: &str| {
            list(&panel["targets"]).any(|target| target["expr"].as_str().is_some_and(|e| e.contains(metric)))
        };
        for (metric, limits) in wanted.iter().filter(|(metric, _)| asks(metric)) {
            let steps = list(&panel["fieldConfig"]["defaults"]["thresholds"]["steps"]);
            let drawn: Vec<f64> = steps.filter_map(|step| step["value"].as_f64()).collect();
            let same = drawn.len() == limits.len()
                && drawn.iter().zip(limits).all(|(drawn, limit)| (drawn - limit).abs() < 1e-9);
            if !same {
                report.mismatch(
                    None,
                    format!("the panel of {metric} draws {drawn:?}, the limits are {limits:?}"),
                );
            }
        }
    }
    let price = plan.profile.cost.as_ref().map(|cost| format!(" * {}", cost.pod_hour));
    let is_priced = |expr: &&String| price.as_ref().is_some_and(|price| expr.ends_with(price));
    if is_cost && expressions(board).iter().filter(is_priced).count() < 4 {
        report.mismatch(None, "the cost is not reckoned at the price of a pod-hour".to_owned());
    }
}

//! Requests as they are measured, and who waits too long.

use std::collections::BTreeMap;

use super::{Expected, any_of, service};
use crate::plan::Plan;
use crate::profile::{Guard, HttpWorkload, Territory, Workload};
use crate::quantity::{Millis, Ratio};
use crate::source::Span;

const RATE: &str = "territory_workload:http_server_requests_seconds_count:rate5m";
const BUCKETS: &str = "territory_workload_le:http_server_requests_seconds_bucket:rate5m";
const WITHIN: &str = "territory_workload:http_server_requests_within_target:rate5m";
const BEYOND: &str = "territory_workload:http_server_requests_beyond_target:ratio_rate";

pub(super) fn measured(plan: &Plan) -> Vec<Expected> {
    let everywhere: Vec<&str> = plan.profile.territories.iter().map(|at| at.code.as_str()).collect();
    let mut rules = Vec::new();
    let kinds = [(BUCKETS, "territory, workload, le", "bucket"), (RATE, "territory, workload", "count")];
    let kinds = if plan.profile.limits_latency() { &kinds[..] } else { &kinds[1..] };
    for (workload, http) in plan.profile.http_workloads() {
        let requests = requests(plan, workload, http, &everywhere);
        let name = workload.name.as_str();
        for (metric, by, from) in kinds {
            let expr = format!("sum by ({by}) (rate(http_server_requests_seconds_{from}{{{requests}}}[5m]))");
            rules.push(Expected::record(*metric, expr).label("workload", name).set_at(workload.span));
        }
    }
    if !plan.profile.limits_latency() {
        return rules;
    }
    for (level, by) in [("territory", "territory, le"), ("workload", "workload, le")] {
        let expr = format!("histogram_quantile(0.95, sum by ({by}) ({BUCKETS}))");
        rules.push(Expected::record(format!("{level}:http_server_requests_seconds:p95_5m"), expr));
    }
    let each = format!("histogram_quantile(0.95, {BUCKETS})");
    rules.push(Expected::record("territory_workload:http_server_requests_seconds:p95_5m", each));
    if !plan.profile.promises_latency() {
        return rules;
    }
    rules.push(within_target(plan));
    rules.push(Expected::record(format!("{BEYOND}5m"), format!("1 - {WITHIN} / {RATE}")));
    for window in ["30m", "1h", "6h", "3d"] {
        let expr = format!("1 - sum_over_time({WITHIN}[{window}]) / sum_over_time({RATE}[{window}])");
        rules.push(Expected::record(format!("{BEYOND}{window}"), expr));
    }
    rules
}

/// The matchers of a workload's requests.
fn requests(plan: &Plan, workload: &Workload, http: &HttpWorkload, territories: &[&str]) -> String {
    let methods: Vec<&str> = http.methods.iter().map(String::as_str).collect();
    let mut matchers = service(plan);
    matchers.push(format!("workload=\"{}\"", workload.name));
    let own =
        plan.profile.targets.iter().filter(|target| plan.profile.workload(target).name == workload.name);
    if own.clone().any(|target| target.territory.is_some()) {
        matchers.push(any_of("territory", territories));
    }
    if !methods.is_empty() {
        matchers.push(any_of("method", &methods));
    }
    matchers.join(", ")
}

/// Territories by their target.
fn targets(plan: &Plan) -> BTreeMap<Millis, Vec<&Territory>> {
    let mut targets: BTreeMap<Millis, Vec<&Territory>> = BTreeMap::new();
    for territory in &plan.profile.territories {
        let Some(limit) = territory.p95_target else { continue };
        targets.entry(limit).or_default().push(territory);
    }
    targets
}

fn codes<'p>(territories: &[&'p Territory]) -> Vec<&'p str> {
    territories.iter().map(|territory| territory.code.as_str()).collect()
}

fn within_target(plan: &Plan) -> Expected {
    let (mut answered, mut all) = (Vec::new(), Vec::new());
    for (limit, territories) in targets(plan) {
        let end = limit.seconds().to_string();
        let whole = format!("{end}[.]0");
        let bucket = if limit.0 % 1000 == 0 { any_of("le", &[&end, &whole]) } else { any_of("le", &[&end]) };
        for (workload, http) in plan.profile.http_workloads() {
            let runs = |target: &&crate::profile::Target| {
                plan.profile.workload(target).name == workload.name && target.territory.is_some()
            };
            if !plan.profile.targets.iter().any(|target| runs(&target)) {
                continue;
            }
            let requests = requests(plan, workload, http, &codes(&territories));
            let rate = |more: &str| {
                format!("rate(http_server_requests_seconds_bucket{{{requests}, {bucket}{more}}}[5m])")
            };
            answered.push(rate(", status!~\"5..\""));
            all.push(rate(""));
        }
    }
    let sum = |rates: &[String]| format!("sum by (territory, workload) ({})", rates.join(" or "));
    // Nothing but server errors is no missing bucket.
    Expected::record(WITHIN, format!("{} or 0 * {}", sum(&answered), sum(&all)))
}

pub(super) fn alerts(plan: &Plan) -> Vec<Expected> {
    let minimal = plan.profile.gates.minimal_rate;
    let busy = |by: &str| match by {
        "territory, workload" => format!("{RATE} > {minimal}"),
        _ => format!("sum by ({by}) ({RATE}) > {minimal}"),
    };
    let slow = |level: &str, matcher: &str, limit: Millis, by: &str| {
        let p95 = format!("{level}:http_server_requests_seconds:p95_5m{{{matcher}}}");
        format!("{p95} > {} and on ({by}) {}", limit.seconds(), busy(by))
    };
    let mut rules = Vec::new();
    for (limit, territories) in targets(plan) {
        let expr = slow("territory", &any_of("territory", &codes(&territories)), limit, "territory");
        let alert = Expected::alert(plan, "TerritoryLatencyHigh", ["warning", "latency"], expr);
        let alert = alert.label("gate", limit.to_string()).by(&["territory"]).says(limit.to_string());
        rules.push(alert.held("10m").keeps("5m").set_at(territories[0].span));
    }
    for (workload, http) in plan.profile.http_workloads() {
        let matcher = format!("workload=\"{}\"", workload.name);
        let of_workload = |name: &str, severity, expr: String, limit: Millis| {
            let alert = Expected::alert(plan, name, [severity, "latency"], expr);
            let alert = alert.label("workload", workload.name.as_str()).by(&["workload"]);
            alert.says(limit.to_string()).set_at(workload.span)
        };
        if let Some(gate) = http.p95_gate {
            let expr = slow("workload", &matcher, gate, "workload");
            rules.push(of_workload("WorkloadLatencyHigh", "warning", expr, gate).held("10m").keeps("5m"));
        }
        if let Some(emergency) = http.p95_emergency {
            let expr = slow("territory_workload", &matcher, emergency, "territory, workload");
            let alert =
                of_workload("LatencyEmergency", "critical", expr, emergency).by(&["territory", "workload"]);
            rules.push(alert.held("2m").keeps("5m"));
        }
        for (limit, (span, territories)) in guards(plan, workload) {
            let matcher = format!("{matcher}, {}", any_of("territory", &territories));
            let expr = slow("territory_workload", &matcher, limit, "territory, workload");
            let alert = of_workload("LatencyAboveScalerGuard", "warning", expr, limit);
            let alert =
                alert.label("gate", limit.to_string()).by(&["territory", "workload"]).says(limit.to_string());
            rules.push(alert.held("30m").keeps("10m").set_at(span));
        }
    }
    if plan.profile.promises_latency() {
        rules.extend(burns(plan, &busy("territory, workload")));
    }
    rules
}

/// Territories by the p95 at which a workload's scaler adds replicas there, and where the first of them is.
fn guards<'p>(plan: &'p Plan, workload: &Workload) -> BTreeMap<Millis, (Span, Vec<&'p str>)> {
    let mut guards: BTreeMap<Millis, (Span, Vec<&str>)> = BTreeMap::new();
    let of_workload = |target: &&crate::profile::Target| plan.profile.workload(target).name == workload.name;
    for target in plan.profile.targets.iter().filter(of_workload) {
        if let Some(Guard::Latency(limit)) = target.guard {
            let territory = plan.profile.territory(target);
            let span = territory.map_or(target.span, |territory| territory.span);
            let code = territory.map_or("", |territory| territory.code.as_str());
            guards.entry(limit).or_insert_with(|| (span, Vec::new())).1.push(code);
        }
    }
    guards
}

/// Google's SRE Workbook, chapter 5, table 5-8.
fn burns(plan: &Plan, busy: &str) -> Vec<Expected> {
    let budget = Ratio(1.0 - plan.profile.gates.latency_objective.0).percent() / 100.0;
    let burn = |name: &str, severity, times: f64, [long, short, held]: [&str; 3]| {
        // Where the budget is so large that not even every request beyond the target burns it so fast, there is no alert.
        if times * budget >= 1.0 {
            return None;
        }
        let factor = times.to_string();
        let over = |window: &str| format!("{BEYOND}{window} > {factor} * {budget}");
        let expr = format!(
            "{} and on (territory, workload) {} and on (territory, workload) {busy}",
            over(long),
            over(short)
        );
        let alert = Expected::alert(plan, format!("LatencyBudget{name}Burn"), [severity, "latency"], expr);
        let alert = alert.held(held).by(&["territory", "workload"]);
        Some(alert.says(format!("{} %", Ratio(budget).percent())))
    };
    let all = [
        burn("Fast", "critical", 14.4, ["1h", "5m", "2m"]),
        burn("Medium", "critical", 6.0, ["6h", "30m", "15m"]),
        burn("Slow", "warning", 1.0, ["3d", "6h", "1h"]),
    ];
    all.into_iter().flatten().collect()
}

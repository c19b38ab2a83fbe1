//! Requests as they are measured, and who waits too long.

use std::collections::BTreeMap;

use super::errors::DOWN;
use super::{Expected, any_of, placed, service};
use seasonscale::name::Slug;
use seasonscale::plan::Plan;
use seasonscale::profile::{Guard, HttpWorkload, Territory, Workload, WorkloadKind};
use seasonscale::quantity::{Millis, Ratio};

const RATE: &str = "territory_workload:http_server_requests_seconds_count:rate5m";
const BUCKETS: &str = "territory_workload_le:http_server_requests_seconds_bucket:rate5m";
const WITHIN: &str = "territory_workload:http_server_requests_within_target:rate5m";
const BEYOND: &str = "territory_workload:http_server_requests_beyond_target:ratio_rate";

pub(super) fn measured(plan: &Plan) -> Vec<Expected> {
    let everywhere: Vec<&str> = plan.profile.territories.iter().map(|at| at.code.as_str()).collect();
    let mut rules = Vec::new();
    let names = &plan.profile.platform.metrics;
    let kinds = [
        (BUCKETS, "territory, workload, le", names.histogram.as_str()),
        (RATE, "territory, workload", names.requests.as_str()),
    ];
    let has_histograms = has_histograms(plan);
    let kinds = if has_histograms { &kinds[..] } else { &kinds[1..] };
    for (workload, http) in plan.profile.http_workloads().filter(|(_, http)| http.own.is_none()) {
        let requests = requests(plan, workload, http, &everywhere);
        let metrics = &plan.profile.platform.metrics;
        let name = workload.name.as_str();
        for (metric, by, from) in kinds {
            let expr =
                format!("sum by ({by}) ({})", placed(plan, &format!("rate({from}{{{requests}}}[5m])")));
            rules.push(Expected::record(*metric, expr).label("workload", name));
        }
        let failed = format!("{requests}, {}=~\"5..\"", metrics.status);
        let errors = "territory_workload:http_server_requests_errors:rate5m";
        for (set, matchers, window) in
            [(errors, &failed, "5m"), (RATE, &requests, "2m"), (errors, &failed, "2m")]
        {
            let rate = format!("rate({}{{{matchers}}}[{window}])", metrics.requests);
            let expr = format!("sum by (territory, workload) ({})", placed(plan, &rate));
            rules.push(Expected::record(set.replace("5m", window), expr).label("workload", name));
        }
    }
    rules.extend(asked(plan));
    if !has_histograms {
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

/// Whether something is held against the p95 of requests that are counted.
fn has_histograms(plan: &Plan) -> bool {
    let profile = &plan.profile;
    let counted = |name: &Slug| {
        profile.http_workloads().any(|(workload, http)| workload.name == *name && http.own.is_none())
    };
    let limited = |(workload, http): (&Workload, &HttpWorkload)| {
        counted(&workload.name) && (http.p95_gate.is_some() || http.p95_emergency.is_some())
    };
    let guarded = profile.targets.iter().any(|target| {
        matches!(target.guard, Some(Guard::Latency(_))) && counted(&profile.workload(target).name)
    });
    profile.http_workloads().any(limited) || guarded || profile.promises_latency()
}

/// What workloads with queries of their own record, under the names of all others.
fn asked(plan: &Plan) -> Vec<Expected> {
    let (profile, mut rules) = (&plan.profile, Vec::new());
    for target in &profile.targets {
        let workload = profile.workload(target);
        let WorkloadKind::Http(HttpWorkload { own: Some(own), .. }) = &workload.kind else { continue };
        let code = profile.territory(target).map(|territory| territory.code.as_str());
        let p95 = own.p95.as_ref().map(|p95| ("territory_workload:http_server_requests_seconds:p95_5m", p95));
        for (name, query) in std::iter::once((RATE, &own.rps)).chain(p95) {
            let expr = query.replace("{territory}", code.unwrap_or_default());
            let rule = Expected::record(name, expr).label("workload", workload.name.as_str());
            let rule = code.into_iter().fold(rule, |rule, code| rule.label("territory", code));
            rules.push(rule);
        }
    }
    for (workload, http) in profile.http_workloads() {
        if http.own.as_ref().is_some_and(|own| own.p95.is_some()) {
            let each = "territory_workload:http_server_requests_seconds:p95_5m";
            let expr = format!("max by (workload) ({each}{{workload=\"{}\"}})", workload.name);
            let rule = Expected::record("workload:http_server_requests_seconds:p95_5m", expr);
            rules.push(rule.label("workload", workload.name.as_str()));
        }
    }
    rules
}

/// The matchers of a workload's requests.
fn requests(plan: &Plan, workload: &Workload, http: &HttpWorkload, territories: &[&str]) -> String {
    let methods: Vec<&str> = http.methods.iter().map(String::as_str).collect();
    let mut matchers = service(plan);
    let metrics = &plan.profile.platform.metrics;
    matchers.extend(metrics.workload.as_ref().map(|label| format!("{label}=\"{}\"", workload.name)));
    let own =
        plan.profile.targets.iter().filter(|target| plan.profile.workload(target).name == workload.name);
    if own.clone().any(|target| target.territory.is_some()) {
        matchers.extend(metrics.territory.as_ref().map(|label| any_of(label.as_str(), territories)));
    }
    if !methods.is_empty() {
        matchers.push(any_of(metrics.method.as_str(), &methods));
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
        for (workload, http) in plan.profile.http_workloads().filter(|(_, http)| http.own.is_none()) {
            let runs = |target: &&seasonscale::profile::Target| {
                plan.profile.workload(target).name == workload.name && target.territory.is_some()
            };
            if !plan.profile.targets.iter().any(|target| runs(&target)) {
                continue;
            }
            let requests = requests(plan, workload, http, &codes(&territories));
            let rate = |more: &str| {
                let histogram = &plan.profile.platform.metrics.histogram;
                placed(plan, &format!("rate({histogram}{{{requests}, {bucket}{more}}}[5m])"))
            };
            answered.push(rate(&format!(", {}!~\"5..\"", plan.profile.platform.metrics.status)));
            all.push(rate(""));
        }
    }
    let sum = |rates: &[String]| format!("sum by (territory, workload) ({})", rates.join(" or "));
    // Nothing but server errors is not a missing bucket.
    Expected::record(WITHIN, format!("{} or 0 * {}", sum(&answered), sum(&all)))
}

const EMERGENCY: &str = "territory_workload:http_server_requests_seconds:emergency";
const BUSY_ERRORS: &str = "territory_workload:http_server_requests_errors:busy";
const PAIR: &str = "on (territory, workload)";

/// Beyond the limit of an emergency, where so many requests come that somebody is woken.
fn emergency(plan: &Plan) -> [Expected; 3] {
    let profile = &plan.profile;
    let minimal = profile.gates.minimal_rate;
    let is_counted = profile.http_workloads().any(|(_, http)| http.own.is_none());
    let failing = if is_counted { format!(" unless {PAIR} {BUSY_ERRORS}") } else { String::new() };
    let expr = format!(
        "territory_workload:http_server_requests_seconds:p95_5m \
         > on (workload) group_left () workload:seasonscale_latency_emergency_seconds:config \
         and {PAIR} {RATE} > 5 * {minimal}{failing} unless {PAIR} {DOWN}"
    );
    let about = ["critical", "latency", "serving"];
    let [waiting, alert] = Expected::lasting(plan, "LatencyEmergency", about, (EMERGENCY, 2));
    [Expected::record(EMERGENCY, expr), waiting, alert.keeps("5m").says("emergency")]
}

pub(super) fn alerts(plan: &Plan) -> Vec<Expected> {
    let profile = &plan.profile;
    let minimal = profile.gates.minimal_rate;
    let has = |limit: fn(&HttpWorkload) -> bool| profile.http_workloads().any(|(_, http)| limit(http));
    let is_emergency = has(|http| http.p95_emergency.is_some());
    let p95 = |level: &str| format!("{level}:http_server_requests_seconds:p95_5m");
    let unless =
        |on: &str| if is_emergency { format!(" unless on ({on}) {EMERGENCY}") } else { String::new() };
    let latency = |severity| [severity, "latency", "serving"];
    let mut rules = Vec::new();
    if is_emergency {
        rules.extend(emergency(plan));
    }
    if profile.promises_latency() {
        let set = "territory:http_server_requests_seconds:slow";
        let expr = format!(
            "{} > on (territory) territory:seasonscale_latency_target_seconds:config \
             and on (territory) sum by (territory) ({RATE}) > {minimal}{}",
            p95("territory"),
            unless("territory")
        );
        rules.push(Expected::record(set, expr));
        let [waiting, alert] = Expected::lasting(plan, "TerritoryLatencyHigh", latency("warning"), (set, 10));
        rules.extend([waiting, alert.keeps("5m").says("target")]);
    }
    if has(|http| http.p95_gate.is_some()) {
        let set = "workload:http_server_requests_seconds:slow";
        let expr = format!(
            "{} > on (workload) workload:seasonscale_latency_gate_seconds:config \
             and on (workload) sum by (workload) ({RATE}) > {minimal}{}",
            p95("workload"),
            unless("workload")
        );
        rules.push(Expected::record(set, expr));
        let alert = Expected::alert(plan, "WorkloadLatencyHigh", latency("warning"), set);
        rules.push(alert.by(&["workload"]).held("10m").keeps("5m").says("gate"));
    }
    if profile.targets.iter().any(|target| matches!(target.guard, Some(Guard::Latency(_)))) {
        let set = "territory_workload:http_server_requests_seconds:guarded";
        let expr = format!(
            "{} > {PAIR} scaledobject:seasonscale_latency_guard_seconds:config \
             and {PAIR} {RATE} > {minimal}{}",
            p95("territory_workload"),
            unless("territory, workload")
        );
        rules.push(Expected::record(set, expr));
        let [waiting, alert] =
            Expected::lasting(plan, "LatencyAboveScalerGuard", latency("warning"), (set, 30));
        rules.extend([waiting, alert.keeps("10m").says("scaler adds replicas")]);
    }
    if profile.promises_latency() {
        rules.extend(burns(plan, &unless("territory, workload")));
    }
    rules
}

/// Google's SRE Workbook, chapter 5, table 5-8.
fn burns(plan: &Plan, unless_emergency: &str) -> Vec<Expected> {
    let budget = Ratio(1.0 - plan.profile.gates.latency_objective.0).percent() / 100.0;
    let mut faster: Vec<String> = Vec::new();
    let mut burn = |name: &str, severity: &str, times: f64, [long, short]: [&str; 2], minutes| {
        // Where the budget is so large that not even every request beyond the target burns it so fast, there is no alert.
        if times * budget >= 1.0 {
            return None;
        }
        let factor = times.to_string();
        let over = |window: &str| format!("{BEYOND}{window} > {factor} * {budget}");
        let minimal = plan.profile.gates.minimal_rate;
        let enough = if severity == "critical" { format!("5 * {minimal}") } else { minimal.to_string() };
        let errors = "territory_workload:http_server_requests_errors:ratio_rate5m";
        let emergency = unless_emergency.replace(EMERGENCY, &format!("max_over_time({EMERGENCY}[{short}])"));
        // What burns faster is told as that.
        let told: String =
            faster.iter().map(|set| format!(" unless max_over_time({set}[{short}])")).collect();
        let expr = format!(
            "{} and {PAIR} {} and {PAIR} {RATE} > {enough} and {PAIR} {WITHIN} unless {PAIR} max_over_time({errors}[{short}]){emergency}{told}",
            over(long),
            over(short)
        );
        let set =
            format!("territory_workload:http_server_requests_beyond_target:burn_{}", name.to_lowercase());
        let full = format!("LatencyBudget{name}Burn");
        let about = [severity, "latency", "serving"];
        let [waiting, alert] = Expected::lasting(plan, &full, about, (&set, minutes));
        let record = Expected::record(set.as_str(), expr);
        faster.push(set);
        Some([record, waiting, alert.says(format!("{} %", Ratio(budget).percent()))])
    };
    let all = [
        burn("Fast", "critical", 14.4, ["1h", "5m"], 2),
        burn("Medium", "critical", 6.0, ["6h", "30m"], 15),
        burn("Slow", "warning", 1.0, ["3d", "6h"], 60),
    ];
    all.into_iter().flatten().flatten().collect()
}

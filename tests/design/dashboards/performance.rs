//! Whether every territory gets its replicas, and answers fast enough.

use seasonscale::plan::Plan;
use seasonscale::profile::{HttpWorkload, Journal};
use seasonscale::quantity::Millis;
use serde_json::Value;

use super::panel::{self, LINES, Limit, NUMBER, Place, Query, STACKED, Shown};
use super::{PICKED, ready};

const INFO: &str = "scaledobject:seasonscale_target_info:config";
const RATE: &str = "territory_workload:http_server_requests_seconds_count:rate5m";
const P95: &str = "territory_workload:http_server_requests_seconds:p95_5m";
const EACH: &str = "{{territory}} {{workload}}";
const GREEN: Limit = (None, "green");

pub(super) fn panels(plan: &Plan, has_seasons: bool) -> Vec<Value> {
    let profile = &plan.profile;
    let answers = profile.http_workloads().next().is_some();
    let mut panels = now(plan, has_seasons);
    panels.extend([panel::row(9, 10), replicas(plan)]);
    if profile.targets.iter().any(|target| target.per_replica.is_some()) {
        panels.extend([panel::row(11, 21), load(plan)]);
    }
    if answers && profile.limits_latency() {
        let at = Place([12, 22, 12, 9]);
        panels.push(panel::series(13, at, LINES, "s", &p95(plan), &[GREEN]));
    }
    if profile.promises_latency() {
        let beyond =
            format!("territory_workload:http_server_requests_beyond_target:ratio_rate1h{{{PICKED}}}");
        let limits = [GREEN, (Some(profile.gates.error_budget().0), "red")];
        let at = Place([0, 31, 12, 8]);
        panels.push(panel::series(14, at, LINES, "percentunit", &[(beyond, EACH)], &limits));
    }
    if answers {
        let rate = (format!("{RATE}{{{PICKED}}}"), EACH);
        panels.push(panel::series(15, Place([12, 31, 12, 8]), STACKED, "reqps", &[rate], &[GREEN]));
    }
    if let Some(kept) = &profile.journal {
        panels.extend(journal(plan, kept));
    }
    panels
}

/// The numbers of this minute.
fn now(plan: &Plan, has_seasons: bool) -> Vec<Value> {
    let profile = &plan.profile;
    let stat = |id, [column, width]: [u32; 2], unit, expr: String, limits: &[Limit]| {
        panel::stat(id, Place([column, 1, width, 4]), NUMBER, unit, (expr, ""), limits)
    };
    let plain = [(None, "text")];
    let mut panels = vec![panel::row(1, 0)];
    if has_seasons {
        let on =
            "max by (season) (territory_season:seasonscale_active:calendar{territory=~\"$territory\"}) == 1";
        let shown = Shown { text: "name", nothing: "none" };
        let query = (on.to_owned(), "{{season}}");
        panels.push(panel::stat(2, Place([0, 1, 6, 4]), shown, "none", query, &[(None, "blue")]));
    }
    let floor = format!("sum(scaledobject:seasonscale_floor_replicas:max{{{PICKED}}})");
    panels.push(stat(3, [6, 4], "short", floor, &plain));
    panels.push(stat(4, [10, 4], "short", format!("sum({})", ready(plan)), &plain));
    if profile.http_workloads().next().is_some() {
        panels.push(stat(5, [14, 3], "reqps", format!("sum({RATE}{{{PICKED}}})"), &plain));
        if profile.limits_latency() {
            let strictest = |limit: fn(&HttpWorkload) -> Option<Millis>| {
                let limits = profile.http_workloads().filter_map(|(_, http)| limit(http));
                limits.min().map(|limit| Some(f64::from(limit.0) / 1000.0))
            };
            let gate = strictest(|http| http.p95_gate).map(|value| (value, "orange"));
            let emergency = strictest(|http| http.p95_emergency).map(|value| (value, "red"));
            let limits: Vec<Limit> = std::iter::once(GREEN).chain(gate).chain(emergency).collect();
            panels.push(stat(6, [17, 3], "s", format!("max({P95}{{{PICKED}}})"), &limits));
        }
    }
    let left = "plan:seasonscale_horizon_end_timestamp_seconds:calendar - time()".to_owned();
    // Orange in its last thirty days.
    let limits = [(None, "red"), (Some(0.0), "orange"), (Some(30.0 * 86_400.0), "green")];
    panels.push(stat(7, [20, 4], "s", left, &limits));
    let team = profile.platform.team.as_ref().map(|team| format!("team=\"{team}\", ")).unwrap_or_default();
    let fires = format!(
        "max by (alertname) (ALERTS{{alertstate=\"firing\", {team}cause!=\"\", territory=~\"$territory|\"}})"
    );
    panels.push(panel::timeline(8, Place([0, 5, 24, 5]), (fires, "{{alertname}}"), "red"));
    panels
}

fn replicas(plan: &Plan) -> Value {
    let namespace = &plan.profile.platform.namespace;
    let most = format!(
        "max by (horizontalpodautoscaler) (kube_horizontalpodautoscaler_spec_max_replicas{{namespace=\"{namespace}\"}} \
         and on (horizontalpodautoscaler) {INFO}{{{PICKED}}})"
    );
    let floor = format!("max by (scaledObject) (scaledobject:seasonscale_floor_replicas:max{{{PICKED}}})");
    let queries = [
        (floor, "{{scaledObject}} planned"),
        (ready(plan), "{{deployment}} ready"),
        (most, "{{horizontalpodautoscaler}} maximum"),
    ];
    panel::series(10, Place([0, 11, 24, 10]), LINES, "short", &queries, &[GREEN])
}

/// What each ready replica carries, against what it can.
fn load(plan: &Plan) -> Value {
    let namespace = &plan.profile.platform.namespace;
    let threshold = format!("scaledobject:seasonscale_load_per_replica:config{{{PICKED}}}");
    let load = format!(
        "sum by (scaledObject) (scaledobject:seasonscale_needed_replicas:rate5m{{{PICKED}}} * {threshold}) \
         / on (scaledObject) max by (scaledObject) (label_replace(\
         kube_deployment_status_replicas_ready{{namespace=\"{namespace}\"}} > 0, \
         \"scaledObject\", \"$1\", \"deployment\", \"(.+)\"))"
    );
    let limit = (format!("max by (scaledObject) ({threshold})"), "{{scaledObject}} limit");
    panel::series(12, Place([0, 22, 12, 9]), LINES, "short", &[(load, "{{scaledObject}}"), limit], &[GREEN])
}

fn p95(plan: &Plan) -> Vec<Query> {
    let mut queries = vec![(format!("{P95}{{{PICKED}}}"), EACH)];
    if plan.profile.http_workloads().any(|(_, http)| http.p95_gate.is_some()) {
        let gate = "workload:seasonscale_latency_gate_seconds:config{workload=~\"$workload\"}";
        queries.push((gate.to_owned(), "{{workload}} gate"));
    }
    if plan.profile.promises_latency() {
        let target = "territory:seasonscale_latency_target_seconds:config{territory=~\"$territory\"}";
        queries.push((target.to_owned(), "{{territory}} target"));
    }
    queries
}

fn journal(plan: &Plan, journal: &Journal) -> [Value; 5] {
    let (prefix, gates) = (&journal.prefix, &plan.profile.gates);
    let by_territory = |name: &str, legend| {
        (format!("max by (territory) ({prefix}_{name}{{territory=~\"$territory\"}})"), legend)
    };
    let queue = (format!("max({prefix}_notify_queue_usage_ratio)"), "used");
    let ratios = [GREEN, (Some(journal.spill_ratio.0), "orange"), (Some(journal.critical_ratio.0), "red")];
    let lag = [by_territory("outbox_lag_seconds", "{{territory}}")];
    let late = [GREEN, (Some(f64::from(gates.outbox_lag.0)), "red")];
    let waiting = [by_territory("outbox_pending_events", "{{territory}}")];
    let many = [GREEN, (Some(f64::from(gates.outbox_depth)), "red")];
    let hearing = [
        (format!("max by (channel) ({prefix}_listeners)"), "{{channel}} listeners"),
        by_territory("outbox_parked_events", "{{territory}} parked"),
    ];
    let at = |column| Place([column, 40, 6, 8]);
    [
        panel::row(16, 39),
        panel::series(17, at(0), LINES, "percentunit", &[queue], &ratios),
        panel::series(18, at(6), LINES, "s", &lag, &late),
        panel::series(19, at(12), STACKED, "short", &waiting, &many),
        panel::series(20, at(18), LINES, "short", &hearing, &[GREEN]),
    ]
}

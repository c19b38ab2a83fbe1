//! Whether the cluster does what is planned, and whether anybody needs it.

use super::errors::DOWN;
use super::{Expected, OBJECT, any_of, time};
use seasonscale::features;
use seasonscale::plan::Plan;
use seasonscale::profile::WorkloadKind;
use seasonscale::quantity::Seconds;

const NEEDED: &str = "scaledobject:seasonscale_needed_replicas:rate5m";
const CARRIES: &str = "scaledobject:seasonscale_load_per_replica:config";
const INFO: &str = "scaledobject:seasonscale_target_info:config";
const FLOOR: &str = "scaledobject:seasonscale_floor_replicas:max";
const MIN: &str = "scaledobject:seasonscale_min_replicas:config";
const PRESCALED: &str =
    "(scaledobject:seasonscale_floor_replicas:max > scaledobject:seasonscale_min_replicas:config)";

pub(super) fn rules(plan: &Plan) -> Vec<Expected> {
    let mut rules = needed(plan);
    if plan.profile.targets.iter().any(|target| target.per_replica.is_some()) {
        rules.extend(at_maximum(plan));
    }
    for of in [errors, drift, paused, missing] {
        rules.extend(of(plan));
    }
    rules.extend(not_scaled(plan));
    rules.extend(idle(plan));
    rules
}

fn needed(plan: &Plan) -> Vec<Expected> {
    let mut rules = Vec::new();
    if plan.profile.http_workloads().next().is_some() {
        let expr = format!(
            "territory_workload:http_server_requests_seconds_count:rate5m / on (territory, workload) group_right () {CARRIES}"
        );
        rules.push(Expected::record(NEEDED, expr));
    }
    let views = plan
        .profile
        .journal
        .as_ref()
        .map(|journal| format!("sum(max by (territory) ({}_outbox_pending_events))", journal.prefix));
    for workload in &plan.profile.workloads {
        if let WorkloadKind::Queue(queue) = &workload.kind {
            let name = workload.name.as_str();
            let own = queue.pending.as_ref().map(|own| format!("sum({own})"));
            let pending = own.or_else(|| views.clone()).unwrap_or_default();
            let expr = format!("{pending} / on () group_right () {CARRIES}{{workload=\"{name}\"}}");
            rules.push(Expected::record(NEEDED, expr).label("workload", name));
        }
    }
    rules
}

/// Matcher of the namespace on KEDA's own series.
fn keda(plan: &Plan) -> String {
    let platform = &plan.profile.platform;
    format!("{}=\"{}\"", platform.keda_namespace_label, platform.namespace)
}

/// A recorded set, and the alert that tells of it.
fn told(
    plan: &Plan,
    [name, set]: [&str; 2],
    about: [&str; 3],
    expr: String,
    finish: impl FnOnce(Expected) -> Expected,
) -> [Expected; 2] {
    [Expected::record(set, expr), finish(Expected::told(plan, name, about, set))]
}

fn at_maximum(plan: &Plan) -> [Expected; 2] {
    let of = |metric: &str| {
        let namespace = &plan.profile.platform.namespace;
        format!(
            "max by (horizontalpodautoscaler) (kube_horizontalpodautoscaler_{metric}{{namespace=\"{namespace}\"}})"
        )
    };
    let (max, desired) = (of("spec_max_replicas"), of("status_desired_replicas"));
    let hpa = "on (horizontalpodautoscaler)";
    let expr =
        format!("{NEEDED} > {hpa} group_left () {max} - 1 and {hpa} {desired} >= {hpa} {max} unless {DOWN}");
    let names = ["ScalerAtMaxReplicas", "scaledobject:seasonscale_needed_replicas:at_maximum"];
    told(plan, names, ["warning", "scaling", "scaling"], expr, |alert| {
        alert.held("15m").keeps("10m").says("maximum")
    })
}

fn errors(plan: &Plan) -> [Expected; 2] {
    let keda = keda(plan);
    let mut counted =
        vec![format!("sum by (scaledObject) (increase(keda_scaled_object_errors_total{{{keda}}}[3m])) > 3")];
    if plan.profile.platform.keda.value >= features::keda::EMPTY_RESPONSES {
        let empty = format!("increase(keda_scaler_empty_upstream_responses_total{{{keda}}}[3m])");
        let named = format!("label_replace({empty}, \"scaledObject\", \"$1\", \"scaledResource\", \"(.+)\")");
        counted.push(format!("sum by (scaledObject) ({named}) > 3"));
    }
    let counted = counted.join(" or ");
    let silent =
        if super::is_counted(plan) { " unless scaledobject:seasonscale_reporting_pods:absent" } else { "" };
    let expr = format!("({counted}) * on (scaledObject) group_right () {INFO} unless {DOWN}{silent}");
    let names = ["ScalerErrors", "scaledobject:seasonscale_scaler_errors:increase3m"];
    told(plan, names, ["warning", "scaling", "scaling"], expr, |alert| alert.held("5m").says("3"))
}

/// What a floor may take to be there, in whole minutes after a replica's own start.
fn grace(plan: &Plan) -> Seconds {
    let climb = |(schedule, target): (&seasonscale::plan::Schedule, &seasonscale::profile::Target)| {
        let pods = schedule.peak().0.saturating_sub(target.min.value.0);
        pods.div_ceil(schedule.scale_up.pods_per_minute.0.max(1))
    };
    let longest = plan.schedules.iter().zip(&plan.profile.targets).map(climb).max().unwrap_or(0);
    let climbing = longest.saturating_add(1).saturating_mul(60);
    Seconds(plan.profile.gates.start_up.0.saturating_add(climbing))
}

/// Matcher of a series that kube-state-metrics has of a Deployment.
fn ready(plan: &Plan) -> String {
    format!("kube_deployment_status_replicas_ready{{namespace=\"{}\"}}", plan.profile.platform.namespace)
}

/// Who has too few ready replicas, and for how long.
pub(super) fn replicas(plan: &Plan) -> Vec<Expected> {
    let gates = &plan.profile.gates;
    let ready = format!("max by (deployment) ({})", ready(plan));
    let (none, below) = ("scaledobject:seasonscale_no_replica_ready", "scaledobject:seasonscale_below_floor");
    let held = |of: &str, window: &str| {
        format!("min_over_time({of}:bool[{window}]) == 1 and {of}:bool offset {window} == 1")
    };
    let outage = time(Seconds(gates.start_up.0.saturating_add(90)));
    let grace = grace(plan);
    let node = plan.profile.platform.nodes.map_or(Seconds(300), |nodes| nodes.start_up);
    let (soon, late) = (time(grace), time(Seconds(grace.0.saturating_add(node.0))));
    let (held_set, late_set) = (format!("{below}:held"), format!("{below}:late"));
    let none_set = format!("{none}:held");
    let lacks = |window: &str| format!("{FLOOR} and {} unless {DOWN}", held(below, window));
    let alert = |name, severity, set: &str, window: &str| {
        Expected::told(plan, name, [severity, "scaling", "serving"], set).says(window)
    };
    vec![
        Expected::record(
            format!("{none}:bool"),
            format!("{INFO} * on (deployment) group_left () ({ready} == bool 0)"),
        ),
        Expected::record(
            format!("{below}:bool"),
            format!("({FLOOR} > bool {MIN}) * ({FLOOR} > bool on (deployment) group_left () {ready})"),
        ),
        Expected::record(none_set.as_str(), held(none, &outage)),
        Expected::record(late_set.as_str(), lacks(&late)),
        Expected::record(held_set.as_str(), format!("{} unless {late_set}", lacks(&soon))),
        alert("NoReplicaReady", "critical", &none_set, &outage),
        alert("ReplicasBelowFloor", "critical", &late_set, &late),
        alert("ReplicasBelowFloor", "warning", &held_set, &soon),
    ]
}

fn not_scaled(plan: &Plan) -> Vec<Expected> {
    let namespace = &plan.profile.platform.namespace;
    let keda = keda(plan);
    let hpa = |metric: &str, more: &str| {
        format!("kube_horizontalpodautoscaler_{metric}{{namespace=\"{namespace}\"{more}}}")
    };
    let (seen, active) = (hpa("spec_max_replicas", ""), format!("keda_scaler_active{{{keda}}}"));
    let works = hpa("status_condition", ", condition=\"ScalingActive\", status=\"false\"");
    let by_hpa = "on (horizontalpodautoscaler)";
    let all = "scaledobject:seasonscale_not_scaled:all";
    let expr = format!(
        "({INFO} unless {by_hpa} {seen} and on () (count({seen}) or absent({active})) \
         or {INFO} and {by_hpa} {works} == 1 \
         or {INFO} unless on (scaledObject) {active} and on () count({active})) \
         and on (deployment) {} unless on (scaledObject) keda_scaled_object_paused{{{keda}}} == 1 unless {DOWN}",
        ready(plan)
    );
    let (inside, outside) =
        ("scaledobject:seasonscale_not_scaled:in_season", "scaledobject:seasonscale_not_scaled:at_rest");
    let alert = |severity, set: &str, says: &str| {
        Expected::told(plan, "TargetNotScaled", [severity, "scaling", "scaling"], set).held("8m").says(says)
    };
    vec![
        Expected::record(all, expr),
        Expected::record(inside, format!("{all} and on () ({all} and {FLOOR} > {MIN})")),
        Expected::record(outside, format!("{all} unless on () {inside}")),
        alert("critical", inside, "inside a season"),
        alert("warning", outside, "outside of a season"),
    ]
}

fn paused(plan: &Plan) -> [Expected; 2] {
    let keda = keda(plan);
    let expr = format!(
        "{PRESCALED} and on (scaledObject) max by (scaledObject) (keda_scaled_object_paused{{{keda}}}) == 1"
    );
    let names = ["ScaledObjectPausedInSeason", "scaledobject:seasonscale_paused:in_season"];
    told(plan, names, ["warning", "scaling", "scaling"], expr, |alert| alert.held("5m").says("pause"))
}

fn missing(plan: &Plan) -> [Expected; 2] {
    let ready = ready(plan);
    let expr = format!("{INFO} unless on (deployment) {ready} and on () count({ready})");
    let names = ["ScaleTargetMissing", "scaledobject:seasonscale_deployment:missing"];
    told(plan, names, ["warning", "scaling", "scaling"], expr, |alert| alert.held("15m"))
}

fn drift(plan: &Plan) -> [Expected; 2] {
    let keda = keda(plan);
    let held = format!("keda_scaler_metrics_value{{{keda}, scaler!~\"rps|p95|backlog|lag\"}}");
    let expr = format!(
        "{FLOOR} != on (scaledObject) group_left () max by (scaledObject) ({held} or {MIN}) \
         and on (scaledObject) keda_scaler_active{{{keda}}}"
    );
    let names = ["ScheduleDrift", "scaledobject:seasonscale_floor_replicas:drift"];
    told(plan, names, ["warning", "plan", "scaling"], expr, |alert| alert.held("10m").says("plan holds"))
}

fn idle(plan: &Plan) -> Option<Expected> {
    let gates = &plan.profile.gates;
    let names: Vec<&str> =
        plan.profile.http_workloads().map(|(workload, _)| workload.name.as_str()).collect();
    let load = format!("{NEEDED}{{{}}}", any_of("workload", &names));
    let expr = format!("{load} / {PRESCALED} < {}", gates.idle_share.0);
    let alert = Expected::alert(plan, "PreScaleWithoutLoad", ["info", "cost", "cost"], expr);
    (!names.is_empty())
        .then(|| alert.held(time(gates.idle_for)).by(OBJECT).says(gates.idle_share.to_string()))
}

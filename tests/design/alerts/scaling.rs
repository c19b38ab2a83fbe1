//! Whether the cluster does what is planned, and whether anybody needs it.

use super::errors::DOWN;
use super::{Expected, OBJECT, any_of, lately, time, waited};
use seasonscale::features;
use seasonscale::plan::Plan;
use seasonscale::profile::WorkloadKind;
use seasonscale::quantity::Seconds;

const NEEDED: &str = "scaledobject:seasonscale_needed_replicas:rate5m";
const CARRIES: &str = "scaledobject:seasonscale_load_per_replica:config";
const INFO: &str = "scaledobject:seasonscale_target_info:config";
const FLOOR: &str = "scaledobject:seasonscale_floor_replicas:max";
const MIN: &str = "scaledobject:seasonscale_min_replicas:config";
const SCALING: [&str; 3] = ["warning", "scaling", "scaling"];
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
    rules.extend(short(plan));
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

/// A recorded set, its members that have waited, and the alert that tells of them.
fn told(
    plan: &Plan,
    [name, set]: [&str; 2],
    (about, minutes): ([&str; 3], u32),
    expr: String,
    finish: impl FnOnce(Expected) -> Expected,
) -> Vec<Expected> {
    let [waiting, alert] = Expected::lasting(plan, name, about, (set, minutes));
    vec![Expected::record(set, expr), waiting, finish(alert)]
}

fn at_maximum(plan: &Plan) -> Vec<Expected> {
    let of = |metric: &str| {
        let namespace = &plan.profile.platform.namespace;
        format!(
            "max by (horizontalpodautoscaler) (last_over_time(kube_horizontalpodautoscaler_{metric}{{namespace=\"{namespace}\"}}[2m]))"
        )
    };
    let (max, desired) = (of("spec_max_replicas"), of("status_desired_replicas"));
    let hpa = "on (horizontalpodautoscaler)";
    let expr =
        format!("{NEEDED} > {hpa} group_left () {max} - 1 and {hpa} {desired} >= {hpa} {max} unless {DOWN}");
    let names = ["ScalerAtMaxReplicas", "scaledobject:seasonscale_needed_replicas:at_maximum"];
    told(plan, names, (SCALING, 15), expr, |alert| alert.keeps("10m").says("maximum"))
}

fn errors(plan: &Plan) -> Vec<Expected> {
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
    let expr = format!(
        "({counted}) * on (scaledObject) group_right () {INFO} unless {DOWN}{silent}{}",
        unseen(plan)
    );
    let names = ["ScalerErrors", "scaledobject:seasonscale_scaler_errors:increase3m"];
    told(plan, names, (SCALING, 5), expr, |alert| alert.says("3"))
}

/// Workers whose queue the exporter shows, while it shows nothing: that is told as that.
fn unseen(plan: &Plan) -> String {
    let delivers =
        |kind: &WorkloadKind| matches!(kind, WorkloadKind::Queue(queue) if queue.pending.is_none());
    let workers = plan.profile.workloads.iter().filter(|workload| delivers(&workload.kind));
    let workers: Vec<&str> = workers.map(|workload| workload.name.as_str()).collect();
    let Some(journal) = plan.profile.journal.as_ref().filter(|_| !workers.is_empty()) else {
        return String::new();
    };
    let of = any_of("workload", &workers);
    format!(" unless ({INFO}{{{of}}} and on () absent({}_outbox_pending_events))", journal.prefix)
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
    let raw = ready(plan);
    let ready = format!("max by (deployment) ({})", lately(&raw));
    let (none, below) = ("scaledobject:seasonscale_no_replica_ready", "scaledobject:seasonscale_below_floor");
    let held = |of: &str, window: &str| {
        format!(
            "min_over_time({of}:bool[{window}]) == 1 and last_over_time({of}:bool[2m] offset {window}) == 1"
        )
    };
    let outage = time(Seconds(gates.start_up.0.saturating_add(90)));
    let grace = grace(plan);
    let node = plan.profile.platform.nodes.map_or(Seconds(300), |nodes| nodes.start_up);
    let (soon, late) = (time(grace), time(Seconds(grace.0.saturating_add(node.0))));
    let (held_set, late_set) = (format!("{below}:held"), format!("{below}:late"));
    let none_set = format!("{none}:held");
    let unasked = format!(
        "unless max_over_time({}[{soon}])",
        waited("scaledobject:seasonscale_floor_replicas:unasked", 3)
    );
    let lacks =
        |window: &str, far: &str| format!("{FLOOR} and {}{far} unless {DOWN} {unasked}", held(below, window));
    let far = format!(" and 2 / 3 * {FLOOR} > on (deployment) group_left () {ready}");
    let share = time(Seconds(gates.start_up.0.saturating_add(90).saturating_mul(2).max(600)));
    let most = format!(
        "avg_over_time({none}:bool[{share}]) > 0.5 and last_over_time({none}:bool[2m] offset {share}) \
         and max_over_time({none}:bool[2m]) == 1"
    );
    let (gone, lately_none) = ("scaledobject:seasonscale_deployment:missing", format!("{none}:lately"));
    let alert = |name, severity, set: &str, window: &str| {
        Expected::told(plan, name, [severity, "scaling", "serving"], set).says(window)
    };
    vec![
        Expected::record(
            format!("{none}:bool"),
            format!(
                "{gone} and last_over_time({none}:bool[5m]) \
                 or {INFO} * on (deployment) group_left () ({ready} == bool 0)"
            ),
        ),
        Expected::record(lately_none, format!("max_over_time({none}:bool[5m]) == 1")),
        Expected::record(
            format!("{below}:bool"),
            format!("({FLOOR} > bool {MIN}) * ({FLOOR} > bool on (deployment) group_left () {ready})"),
        ),
        Expected::record(none_set.as_str(), format!("{} or {most}", held(none, &outage))),
        Expected::record(late_set.as_str(), lacks(&late, &far)),
        Expected::record(held_set.as_str(), format!("{} unless {late_set}", lacks(&soon, ""))),
        alert("NoReplicaReady", "critical", &none_set, &outage).keeps("5m"),
        alert("ReplicasBelowFloor", "critical", &late_set, &late),
        alert("ReplicasBelowFloor", "warning", &held_set, &soon),
    ]
}

/// Fewer ready than the HPA asks for, outside of a season.
fn short(plan: &Plan) -> Vec<Expected> {
    let namespace = &plan.profile.platform.namespace;
    let desired =
        format!("kube_horizontalpodautoscaler_status_desired_replicas{{namespace=\"{namespace}\"}}");
    let expr = format!(
        "{INFO} * on (horizontalpodautoscaler) group_left () \
           max by (horizontalpodautoscaler) (min_over_time({desired}[10m])) \
         > on (deployment) group_left () 1.5 * max by (deployment) (max_over_time({}[10m])) \
         unless {DOWN} unless max_over_time(scaledobject:seasonscale_below_floor:bool[10m]) == 1",
        ready(plan)
    );
    let names = ["ReplicasNotReady", "scaledobject:seasonscale_ready_replicas:short"];
    told(plan, names, (["warning", "scaling", "serving"], 5), expr, |alert| alert.says("15 minutes"))
}

fn not_scaled(plan: &Plan) -> Vec<Expected> {
    let namespace = &plan.profile.platform.namespace;
    let keda = keda(plan);
    let hpa = |metric: &str, more: &str| {
        format!("kube_horizontalpodautoscaler_{metric}{{namespace=\"{namespace}\"{more}}}")
    };
    let raw = format!("keda_scaler_active{{{keda}}}");
    let (seen, active) = (lately(&hpa("spec_max_replicas", "")), lately(&raw));
    let works = lately(&hpa("status_condition", ", condition=\"ScalingActive\", status=\"false\""));
    let by_hpa = "on (horizontalpodautoscaler)";
    let all = "scaledobject:seasonscale_not_scaled:all";
    let expr = format!(
        "({INFO} unless {by_hpa} {seen} and on () (count({seen}) or absent({raw})) \
         or {INFO} and {by_hpa} {works} == 1 \
         or {INFO} unless on (scaledObject) {active} and on () count({active})) \
         and on (deployment) {} unless on (scaledObject) {} == 1 unless {DOWN}",
        lately(&ready(plan)),
        lately(&format!("keda_scaled_object_paused{{{keda}}}"))
    );
    let lasting = waited(all, 8);
    let (inside, outside) =
        ("scaledobject:seasonscale_not_scaled:in_season", "scaledobject:seasonscale_not_scaled:at_rest");
    let alert = |severity, set: &str, says: &str| {
        Expected::told(plan, "TargetNotScaled", [severity, "scaling", "scaling"], set).says(says)
    };
    vec![
        Expected::record(all, expr),
        Expected::waiting(all, 8),
        Expected::record(inside, format!("{lasting} and on () ({lasting} and {FLOOR} > {MIN})")),
        Expected::record(outside, format!("{lasting} unless on () {inside}")),
        alert("critical", inside, "inside a season"),
        alert("warning", outside, "outside of a season"),
    ]
}

fn paused(plan: &Plan) -> Vec<Expected> {
    let keda = keda(plan);
    let expr = format!(
        "{PRESCALED} and on (scaledObject) max by (scaledObject) ({}) == 1",
        lately(&format!("keda_scaled_object_paused{{{keda}}}"))
    );
    let names = ["ScaledObjectPausedInSeason", "scaledobject:seasonscale_paused:in_season"];
    told(plan, names, (SCALING, 5), expr, |alert| alert.says("pause"))
}

fn missing(plan: &Plan) -> Vec<Expected> {
    let soon = |series: &str| format!("last_over_time({series}[1m])");
    let ready = soon(&ready(plan));
    // Where all Deployments are gone, their HPAs still show that somebody looks, and no pod reports.
    let all = super::is_counted(plan).then(|| {
        let namespace = &plan.profile.platform.namespace;
        let most = format!("kube_horizontalpodautoscaler_spec_max_replicas{{namespace=\"{namespace}\"}}");
        let pods = "territory_workload:seasonscale_reporting_pods:count";
        format!(" or count({}) unless on () count({pods})", soon(&most))
    });
    let expr = format!(
        "{INFO} unless on (deployment) {ready} and on () (count({ready}){})",
        all.unwrap_or_default()
    );
    let names = ["ScaleTargetMissing", "scaledobject:seasonscale_deployment:missing"];
    told(plan, names, (SCALING, 15), expr, |alert| alert)
}

fn drift(plan: &Plan) -> Vec<Expected> {
    let keda = keda(plan);
    let held = format!("keda_scaler_metrics_value{{{keda}, scaler!~\"rps|p95|backlog|lag\"}}");
    let expr = format!(
        "{FLOOR} != on (scaledObject) group_left () max by (scaledObject) ({} or {MIN}) \
         and on (scaledObject) {}",
        lately(&held),
        lately(&format!("keda_scaler_active{{{keda}}}"))
    );
    let names = ["ScheduleDrift", "scaledobject:seasonscale_floor_replicas:drift"];
    told(plan, names, (["warning", "plan", "scaling"], 10), expr, |alert| alert.says("plan holds"))
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

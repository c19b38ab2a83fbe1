//! Whether the cluster does what is planned, and whether anybody needs it.

use super::{Expected, OBJECT, any_of, time};
use crate::plan::Plan;
use crate::profile::WorkloadKind;
use crate::quantity::{Seconds, Version};

const NEEDED: &str = "scaledobject:seasonscale_needed_replicas:rate5m";
const CARRIES: &str = "scaledobject:seasonscale_load_per_replica:config";
const PRESCALED: &str =
    "(scaledobject:seasonscale_floor_replicas:max > scaledobject:seasonscale_min_replicas:config)";

pub(super) fn rules(plan: &Plan) -> Vec<Expected> {
    let mut rules = needed(plan);
    if plan.profile.targets.iter().any(|target| target.per_replica.is_some()) {
        rules.push(at_maximum(plan));
    }
    rules.extend([
        errors(plan),
        drift(plan),
        below_floor(plan),
        none_ready(plan),
        paused(plan),
        missing(plan),
    ]);
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

fn at_maximum(plan: &Plan) -> Expected {
    let of = |metric: &str| {
        let namespace = &plan.profile.platform.namespace;
        format!(
            "max by (horizontalpodautoscaler) (kube_horizontalpodautoscaler_{metric}{{namespace=\"{namespace}\"}})"
        )
    };
    let (max, desired) = (of("spec_max_replicas"), of("status_desired_replicas"));
    let hpa = "on (horizontalpodautoscaler)";
    let expr = format!("{NEEDED} > {hpa} group_left () {max} - 1 and {hpa} {desired} >= {hpa} {max}");
    let alert = Expected::alert(plan, "ScalerAtMaxReplicas", ["warning", "scaling"], expr);
    alert.held("15m").keeps("10m").by(OBJECT).says("maximum")
}

fn errors(plan: &Plan) -> Expected {
    let keda = keda(plan);
    let mut counted =
        vec![format!("sum by (scaledObject) (increase(keda_scaled_object_errors_total{{{keda}}}[10m])) > 3")];
    if plan.profile.platform.keda.value >= Version::new(2, 20) {
        let empty = format!("increase(keda_scaler_empty_upstream_responses_total{{{keda}}}[10m])");
        let named = format!("label_replace({empty}, \"scaledObject\", \"$1\", \"scaledResource\", \"(.+)\")");
        counted.push(format!("sum by (scaledObject) ({named}) > 3"));
    }
    let counted = counted.join(" or ");
    let expr = format!(
        "({counted}) * on (scaledObject) group_left (territory, workload) scaledobject:seasonscale_target_info:config"
    );
    let alert = Expected::alert(plan, "ScalerErrors", ["warning", "scaling"], expr);
    alert
        .held("5m")
        .by(&["scaledObject", "territory", "workload"])
        .says("3")
        .set_at(plan.profile.platform.keda.span)
}

/// What a floor may take to be there, in whole minutes after a replica's own start.
fn grace(plan: &Plan) -> Seconds {
    let climb = |(schedule, target): (&crate::plan::Schedule, &crate::profile::Target)| {
        let pods = schedule.peak().0.saturating_sub(target.min.value.0);
        pods.div_ceil(schedule.scale_up.pods_per_minute.0.max(1))
    };
    let longest = plan.schedules.iter().zip(&plan.profile.targets).map(climb).max().unwrap_or(0);
    let climbing = longest.saturating_add(1).saturating_mul(60);
    Seconds(plan.profile.gates.start_up.0.saturating_add(climbing))
}

fn below_floor(plan: &Plan) -> Expected {
    let namespace = &plan.profile.platform.namespace;
    let expr = format!(
        "{PRESCALED} > on (deployment) group_left () max by (deployment) (kube_deployment_status_replicas_ready{{namespace=\"{namespace}\"}})"
    );
    let alert = Expected::alert(plan, "ReplicasBelowFloor", ["critical", "scaling"], expr);
    let grace = time(grace(plan));
    alert.held(grace.clone()).by(OBJECT).says(grace)
}

fn none_ready(plan: &Plan) -> Expected {
    let namespace = &plan.profile.platform.namespace;
    let expr = format!(
        "scaledobject:seasonscale_min_replicas:config and on (deployment) \
         max by (deployment) (kube_deployment_status_replicas_ready{{namespace=\"{namespace}\"}}) == 0"
    );
    let start_up = time(plan.profile.gates.start_up);
    let alert = Expected::alert(plan, "NoReplicaReady", ["critical", "scaling"], expr);
    alert.held(start_up.clone()).by(OBJECT).says(start_up)
}

fn paused(plan: &Plan) -> Expected {
    let keda = keda(plan);
    let expr = format!(
        "{PRESCALED} and on (scaledObject) max by (scaledObject) (keda_scaled_object_paused{{{keda}}}) == 1"
    );
    let alert = Expected::alert(plan, "ScaledObjectPausedInSeason", ["warning", "scaling"], expr);
    alert.held("5m").by(OBJECT).says("pause")
}

fn missing(plan: &Plan) -> Expected {
    let ready =
        format!("kube_deployment_status_replicas_ready{{namespace=\"{}\"}}", plan.profile.platform.namespace);
    let expr = format!(
        "scaledobject:seasonscale_target_info:config unless on (deployment) {ready} and on () count({ready})"
    );
    Expected::alert(plan, "ScaleTargetMissing", ["warning", "scaling"], expr).held("15m").by(OBJECT)
}

fn drift(plan: &Plan) -> Expected {
    let keda = keda(plan);
    let held = format!("keda_scaler_metrics_value{{{keda}, scaler!~\"rps|p95|backlog|lag\"}}");
    let expr = format!(
        "scaledobject:seasonscale_floor_replicas:max != on (scaledObject) group_left () \
         max by (scaledObject) ({held} or scaledobject:seasonscale_min_replicas:config) \
         and on (scaledObject) keda_scaler_active{{{keda}}}"
    );
    let alert = Expected::alert(plan, "ScheduleDrift", ["warning", "plan"], expr);
    alert.held("10m").by(OBJECT).says("plan holds")
}

fn idle(plan: &Plan) -> Option<Expected> {
    let gates = &plan.profile.gates;
    let names: Vec<&str> =
        plan.profile.http_workloads().map(|(workload, _)| workload.name.as_str()).collect();
    let load = format!("{NEEDED}{{{}}}", any_of("workload", &names));
    let expr = format!("{load} / {PRESCALED} < {}", gates.idle_share.0);
    let alert = Expected::alert(plan, "PreScaleWithoutLoad", ["info", "cost"], expr);
    (!names.is_empty())
        .then(|| alert.held(time(gates.idle_for)).by(OBJECT).says(gates.idle_share.to_string()))
}

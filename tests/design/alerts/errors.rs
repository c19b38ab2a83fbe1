//! Who gets no answer, and whose pods do not report.

use super::{Expected, any_of, lately, placed, service, waited};
use seasonscale::plan::Plan;

const ERRORS: &str = "territory_workload:http_server_requests_errors";
const RATE: &str = "territory_workload:http_server_requests_seconds_count:rate5m";
const PODS: &str = "territory_workload:seasonscale_reporting_pods";
const INFO: &str = "scaledobject:seasonscale_target_info:config";
/// What is told as an outage is not told again.
pub(super) const DOWN: &str = "scaledobject:seasonscale_no_replica_ready:lately";
const PAIR: &str = "on (territory, workload)";

pub(super) fn rules(plan: &Plan) -> Vec<Expected> {
    let mut rules = reporting(plan);
    let minimal = plan.profile.gates.minimal_rate;
    let ratio = format!("{ERRORS}:ratio_rate5m");
    let (short, each) = (format!("{ERRORS}:ratio_rate2m"), format!("{ERRORS}:bool"));
    let unless_down = format!("unless {PAIR} {DOWN}");
    rules.extend([
        Expected::record(
            ratio.as_str(),
            format!("{ERRORS}:rate5m / {RATE} > 0.1 and {PAIR} {RATE} > {minimal}"),
        ),
        Expected::record(
            format!("{ERRORS}:busy"),
            format!("{ratio} and {PAIR} {RATE} > 5 * {minimal} {unless_down}"),
        ),
        Expected::record(short.as_str(), format!("{ERRORS}:rate2m / {}", RATE.replace("5m", "2m"))),
        Expected::record(each.as_str(), format!("{short} > bool 0.1")),
        Expected::record(
            format!("{ERRORS}:lasting"),
            format!(
                "{short} and {PAIR} {ERRORS}:busy and min_over_time({each}[3m]) == 1 and last_over_time({each}[2m] offset 3m) == 1"
            ),
        ),
        Expected::record(
            format!("{ERRORS}:quiet"),
            format!("{ratio} unless {PAIR} {ERRORS}:lasting {unless_down}"),
        ),
    ]);
    let alert = |severity, set: &str| {
        let set = format!("{ERRORS}:{set}");
        let alert = Expected::told(plan, "RequestsFailing", [severity, "errors", "serving"], &set);
        alert.keeps("5m").says("10 %")
    };
    rules.push(Expected::waiting(&format!("{ERRORS}:quiet"), 10));
    rules.extend([alert("critical", "lasting"), alert("warning", &waited("quiet", 10))]);
    let gone = format!("sum({RATE}) == 0 and on () sum({RATE} offset 1h) > 5 * {minimal}");
    let gone = Expected::alert(plan, "RequestsGone", ["warning", "errors", "serving"], gone);
    rules.push(gone.held("10m").says("an hour before"));
    rules
}

/// Which pods report as what.
fn reporting(plan: &Plan) -> Vec<Expected> {
    let counted = plan.profile.http_workloads().filter(|(_, http)| http.own.is_none());
    let names: Vec<&str> = counted.map(|(workload, _)| workload.name.as_str()).collect();
    let workloads = any_of("workload", &names);
    let mut own = service(plan);
    if plan.profile.platform.job.is_none() && plan.profile.platform.app.is_none() {
        let label = plan.profile.platform.metrics.workload.as_ref();
        own.extend(label.map(|label| any_of(label.as_str(), &names)));
    }
    let alive = format!("{}{{{}}}", plan.profile.platform.metrics.alive, own.join(", "));
    let alive = placed(plan, &alive);
    let ready =
        format!("kube_deployment_status_replicas_ready{{namespace=\"{}\"}}", plan.profile.platform.namespace);
    let (absent, missing) =
        ("scaledobject:seasonscale_reporting_pods:absent", "scaledobject:seasonscale_reporting_pods:missing");
    let stray = format!("{PODS}:stray");
    let alert = |name, minutes, set: &str| {
        Expected::lasting(plan, name, ["warning", "health", "reporting"], (set, minutes))
    };
    let is_placed = plan.profile.platform.metrics.has_places();
    let strays = is_placed.then(|| alert("TerritoryLabelMissing", 10, &stray));
    let mut rules = vec![
        Expected::record(format!("{PODS}:count"), format!("count by (territory, workload) ({alive})")),
        Expected::record(format!("{PODS}:unknown"), format!("{PODS}:count unless {PAIR} {INFO}")),
        Expected::record(absent, format!("{INFO}{{{workloads}}} unless {PAIR} {PODS}:count unless {DOWN}")),
        Expected::record(
            missing,
            format!(
                "{INFO}{{{workloads}}} * on (deployment) group_left () max by (deployment) ({}) \
                 - {PAIR} group_left () {PODS}:count > 0",
                lately(&ready)
            ),
        ),
        Expected::record(stray.as_str(), format!("{PODS}:unknown unless on () ({absent} or {missing})")),
    ];
    rules.extend(alert("TerritoryMetricsAbsent", 10, absent));
    rules.extend(alert("PodsNotScraped", 8, missing));
    rules.extend(strays.into_iter().flatten());
    rules
}

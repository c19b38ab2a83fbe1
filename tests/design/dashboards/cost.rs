//! What the replicas cost against the plan and against static peak capacity.

use seasonscale::plan::Plan;
use seasonscale::profile::Cost;
use serde_json::Value;

use super::panel::{self, Area, NUMBER, Place, STACKED};
use super::{PICKED, ready};

const FLOOR: &str = "scaledobject:seasonscale_floor_replicas:max";
const PEAK: &str = "scaledobject:seasonscale_peak_replicas:config";
const LEAST: &str = "scaledobject:seasonscale_min_replicas:config";
const INFO: &str = "scaledobject:seasonscale_target_info:config";

/// The replicas of the chosen time, counted every five minutes: a twelfth of a step is an hour.
fn counted(series: &str) -> String {
    format!("sum_over_time({series}{{{PICKED}}}[$__range:5m])")
}

pub(super) fn panels(plan: &Plan, cost: &Cost) -> Vec<Value> {
    let unit = format!("currency:{}", cost.currency);
    let price = cost.pod_hour;
    let namespace = &plan.profile.platform.namespace;
    let run = format!(
        "(sum_over_time((max by (deployment) (kube_deployment_status_replicas_ready{{namespace=\"{namespace}\"}}))[$__range:5m]) \
         and on (deployment) {INFO}{{{PICKED}}})"
    );
    let [planned, at_peak] = [FLOOR, PEAK].map(counted);
    let stat = |id, column, unit: &str, expr: String, limits: &[panel::Limit]| {
        panel::stat(id, Place([column, 1, 4, 4]), NUMBER, unit, (expr, ""), limits)
    };
    let (plain, good) = ([(None, "text")], [(None, "red"), (Some(0.0), "green")]);
    let mut panels = vec![
        panel::row(1, 0),
        stat(2, 0, "short", format!("sum({planned}) / 12"), &plain),
        stat(3, 4, "short", format!("sum({run}) / 12"), &plain),
        stat(4, 8, "short", format!("sum({at_peak}) / 12"), &plain),
        stat(5, 12, "percentunit", format!("1 - sum({run}) / sum({at_peak})"), &good),
        stat(6, 16, &unit, format!("sum({run}) / 12 * {price}"), &plain),
        stat(7, 20, &unit, format!("(sum({at_peak}) - sum({run})) / 12 * {price}"), &good),
        panel::row(8, 5),
    ];
    panels.extend(over_time(plan, &unit, price));
    if plan.profile.targets.iter().any(|target| target.per_replica.is_some()) {
        panels.extend(for_nothing());
    }
    let of_each = |counted: &str| format!("max by (deployment) ({counted}) / 12");
    let queries = [
        (format!("{run} / 12"), ""),
        (of_each(&planned), ""),
        (of_each(&at_peak), ""),
        (format!("{run} / 12 * {price}"), ""),
    ];
    let columns = [
        ("Pod-hours run", "short", 1),
        ("Pod-hours planned", "short", 1),
        ("Pod-hours of static peak", "short", 1),
        ("Cost", unit.as_str(), 2),
    ];
    panels.extend([panel::row(15, 32), panel::table(16, Place([0, 33, 24, 10]), &queries, &columns)]);
    panels
}

fn over_time(plan: &Plan, unit: &str, price: f64) -> [Value; 3] {
    let ready = ready(plan);
    let sum = |series: &str| format!("sum({series}{{{PICKED}}})");
    let replicas = [
        (sum(FLOOR), "all planned"),
        (format!("sum({ready})"), "all ready"),
        (sum(PEAK), "all static peak"),
        (sum(LEAST), "all minimum"),
    ];
    let by_territory = format!(
        "sum by (territory) ({ready} * on (deployment) group_left (territory) {INFO}{{{PICKED}}}) * {price}"
    );
    let beyond = format!("clamp_min({ready} - on (deployment) max by (deployment) ({FLOOR}{{{PICKED}}}), 0)");
    let green = [(None, "green")];
    let area = Area { opacity: 10, is_stacked: false };
    [
        panel::series(9, Place([0, 6, 24, 9]), area, "short", &replicas, &green),
        panel::series(10, Place([0, 15, 12, 8]), STACKED, unit, &[(by_territory, "{{territory}}")], &green),
        panel::series(11, Place([12, 15, 12, 8]), STACKED, "short", &[(beyond, "{{deployment}}")], &green),
    ]
}

/// Floors that the load does not need, where the load is measured.
fn for_nothing() -> [Value; 3] {
    let needed = "scaledobject:seasonscale_needed_replicas:rate5m";
    let unneeded =
        format!("clamp_min(({FLOOR}{{{PICKED}}} > {LEAST}{{{PICKED}}}) - {needed}{{{PICKED}}}, 0)");
    let fires = format!(
        "max by (scaledObject) (ALERTS{{alertname=\"PreScaleWithoutLoad\", alertstate=\"firing\", {PICKED}}})"
    );
    let each = "{{scaledObject}}";
    let green = [(None, "green")];
    [
        panel::row(12, 23),
        panel::series(13, Place([0, 24, 12, 8]), STACKED, "short", &[(unneeded, each)], &green),
        panel::timeline(14, Place([12, 24, 12, 8]), (fires, each), "orange"),
    ]
}

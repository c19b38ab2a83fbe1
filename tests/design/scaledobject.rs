//! What our ScaledObjects say beyond the policy: what load is, how an outage is met, and how fast an HPA may move.

use seasonscale::features;
use seasonscale::plan::{Plan, Schedule, Surge};
use serde::Deserialize;
use serde_yaml::Value;

use super::triggers;

/// What of a plan's ScaledObjects is not as it is meant.
pub(super) fn differences(plan: &Plan, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let documents = serde_yaml::Deserializer::from_str(text).map(Value::deserialize);
    let objects: Vec<Value> = documents.filter_map(Result::ok).collect();
    for schedule in &plan.schedules {
        let target = &plan.profile.targets[schedule.target.0];
        if target.kept.is_some() {
            continue;
        }
        let named = |object: &&Value| object["metadata"]["name"] == *target.name.as_str();
        let Some(object) = objects.iter().find(named) else {
            problems.push(format!("no {}", target.name));
            continue;
        };
        let spec = &object["spec"];
        problems.extend(triggers::differences(plan, target, &spec["triggers"]));
        let behavior = &spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"];
        for (what, found, wanted) in [
            ("fallback", &spec["fallback"], fallback(plan, schedule)),
            ("scaleUp", &behavior["scaleUp"], scale_up(schedule)),
            ("scaleDown", &behavior["scaleDown"], scale_down(plan, schedule)),
        ] {
            let wanted: Value = serde_yaml::from_str(&wanted).unwrap();
            if *found != wanted {
                problems.push(format!("{}: {what} is {found:?}, not {wanted:?}", target.name));
            }
        }
    }
    problems
}

fn fallback(plan: &Plan, schedule: &Schedule) -> String {
    let min = plan.profile.targets[schedule.target.0].min.value;
    let keeps = plan.profile.platform.keda.value >= features::keda::FALLBACK_BEHAVIOR;
    let behavior = if keeps { ", behavior: currentReplicasIfHigher" } else { "" };
    format!("{{failureThreshold: 3, replicas: {min}{behavior}}}")
}

fn scale_up(schedule: &Schedule) -> String {
    let pace = schedule.scale_up;
    let tolerance = if pace.without_tolerance { "tolerance: '0', " } else { "" };
    let double = if pace.may_double { ", {type: Percent, value: 100, periodSeconds: 60}" } else { "" };
    let pods = format!("{{type: Pods, value: {}, periodSeconds: 60}}", pace.pods_per_minute);
    format!("{{stabilizationWindowSeconds: 0, selectPolicy: Max, {tolerance}policies: [{pods}{double}]}}")
}

fn scale_down(plan: &Plan, schedule: &Schedule) -> String {
    let window = plan.profile.workload(&plan.profile.targets[schedule.target.0]).scale_down_window.0;
    let tolerance = if schedule.surge == Surge::HeldOff { "tolerance: '0', " } else { "" };
    let half = "{type: Percent, value: 50, periodSeconds: 60}";
    format!("{{stabilizationWindowSeconds: {window}, selectPolicy: Max, {tolerance}policies: [{half}]}}")
}

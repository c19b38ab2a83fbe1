//! Tests of what compares the cluster with the plan: a target outside a season, inside it, and outside again; one at its
//! maximum; one that KEDA cannot read a trigger of.

use super::labels;
use super::rules::Rules;
use super::scene::{Scene, counter, gauge};
use crate::plan::{Plan, Schedule};
use crate::profile::{Target, WorkloadKind};

/// The minute at which things change.
const CHANGE: u32 = 20;

pub(super) fn scenes(plan: &Plan, rules: &Rules) -> Result<Vec<Scene>, String> {
    let all = [season(plan, rules)?, load(plan, rules)?, outage(plan, rules)?];
    Ok(all.into_iter().flatten().filter(Scene::tests).collect())
}

/// A target that answers requests, one with a season where there is one; else one whose load is measured.
fn subject(plan: &Plan) -> Option<(&Target, &Schedule)> {
    let all = || plan.schedules.iter().map(|schedule| (&plan.profile.targets[schedule.target.0], schedule));
    let answers = |target: &Target| matches!(plan.profile.workload(target).kind, WorkloadKind::Http(_));
    let in_season = all().find(|(target, schedule)| answers(target) && schedule.peak() > target.min.value);
    let measured = || all().find(|(target, _)| target.per_replica.is_some());
    let answering = || all().find(|(target, _)| answers(target));
    in_season.or_else(answering).or_else(measured).or_else(|| all().next())
}

/// How long a season's test stays outside, inside with a cluster that does not follow, inside with one that does, and
/// outside again with one that does not know it yet.
struct Stages {
    ignored: u32,
    followed: u32,
    late: u32,
}

impl Stages {
    /// A gauge that has these values.
    fn gauge(&self, [outside, ignored, followed, late]: [f64; 4]) -> String {
        let Self { ignored: first, followed: second, late: third } = *self;
        gauge(&[(CHANGE, outside), (first, ignored), (second, followed), (third, late)])
    }
}

/// The floor rises and the cluster stays as it was: paused, at the minimum, nearly idle. Outside the season the same
/// cluster is no matter, nor is one inside that follows.
fn season(plan: &Plan, rules: &Rules) -> Result<Option<Scene>, String> {
    let Some((target, schedule)) = subject(plan) else { return Ok(None) };
    let (min, floor) = (target.min.value.0, schedule.peak().0.max(target.min.value.0 + 1));
    let (low, high) = (f64::from(min), f64::from(floor));
    let autoscaler = labels::autoscaler(target);
    let object = labels::object(plan, target, &autoscaler);
    let idle = plan.profile.gates.idle_for.0.div_ceil(60);
    let stages = Stages { ignored: idle.max(30) + 10, followed: 10, late: 15 };
    let mut scene = Scene::new("season", target.name.as_str());
    measured(plan, (target, &object), [low, high], &stages, &mut scene);
    let follows = CHANGE + stages.ignored;
    let share = 0.8 * plan.profile.gates.idle_share.0;
    for (name, value) in [
        ("ReplicasBelowFloor", high),
        ("ScaledObjectPausedInSeason", high),
        ("ScheduleDrift", high),
        ("PreScaleWithoutLoad", share),
    ] {
        let alert = rules.alert(name, &[]);
        let Some(alert) =
            alert.filter(|_| name != "PreScaleWithoutLoad" || labels::requests_of(plan, target).is_some())
        else {
            continue;
        };
        scene.waits(CHANGE, alert, &object, value)?;
        if alert.stays()? == 0 {
            // A rate over five minutes has to rise first.
            scene.silent(follows + 7, alert);
        }
        let late = follows + stages.followed;
        if name == "ScheduleDrift" {
            scene.fires(late + alert.waits()? + 1, alert, &object, low)?;
        } else if alert.stays()? == 0 {
            scene.silent(late + 1, alert);
        }
    }
    Ok(Some(scene))
}

/// What the cluster shows of a target whose floor goes from `low` to `high` and back.
fn measured(
    plan: &Plan,
    (target, object): (&Target, &[(&str, &str)]),
    [low, high]: [f64; 2],
    stages: &Stages,
    scene: &mut Scene,
) {
    let platform = &plan.profile.platform;
    let keda = (platform.keda_namespace_label.as_str(), platform.namespace.as_str());
    let name = ("scaledObject", target.name.as_str());
    let floors = stages.gauge([low, high, high, low]);
    scene.series("scaledobject:seasonscale_floor_replicas:max", object, floors);
    let ready = [("namespace", platform.namespace.as_str()), ("deployment", target.name.as_str())];
    scene.series("kube_deployment_status_replicas_ready", &ready, stages.gauge([low, low, high, high]));
    scene.series("keda_scaled_object_paused", &[keda, name], stages.gauge([1.0, 1.0, 0.0, 1.0]));
    let scaler = [keda, name, ("scaler", "season")];
    scene.series("keda_scaler_active", &scaler, stages.gauge([0.0, 0.0, 1.0, 1.0]));
    scene.series("keda_scaler_metrics_value", &scaler, stages.gauge([low, low, high, high]));
    let carried = target.per_replica.map_or(0.0, |rate| rate.0);
    if let Some(requests) = labels::requests_of(plan, target) {
        let full = high * carried * 60.0;
        let idle = 0.8 * plan.profile.gates.idle_share.0 * full;
        let rates = [(CHANGE + stages.ignored, idle), (stages.followed, full), (stages.late, idle)];
        scene.series("http_server_requests_seconds_count", &requests, counter(&rates));
    }
}

/// The last ready replica goes, outside of any season.
fn outage(plan: &Plan, rules: &Rules) -> Result<Option<Scene>, String> {
    let Some(((target, _), alert)) = subject(plan).zip(rules.alert("NoReplicaReady", &[])) else {
        return Ok(None);
    };
    let autoscaler = labels::autoscaler(target);
    let object = labels::object(plan, target, &autoscaler);
    let ready =
        [("namespace", plan.profile.platform.namespace.as_str()), ("deployment", target.name.as_str())];
    let later = alert.waits()? + 10;
    let mut scene = Scene::new("outage", target.name.as_str());
    scene.series("kube_deployment_status_replicas_ready", &ready, gauge(&[(CHANGE, 1.0), (later, 0.0)]));
    scene.waits(CHANGE, alert, &object, f64::from(target.min.value.0))?;
    Ok(Some(scene))
}

/// The load asks for the maximum, which is reached at the change; from then on a trigger fails once a minute.
fn load(plan: &Plan, rules: &Rules) -> Result<Option<Scene>, String> {
    let Some((target, _)) = subject(plan) else { return Ok(None) };
    let platform = &plan.profile.platform;
    let namespace = ("namespace", platform.namespace.as_str());
    let keda = (platform.keda_namespace_label.as_str(), platform.namespace.as_str());
    let autoscaler = labels::autoscaler(target);
    let object = labels::object(plan, target, &autoscaler);
    let scaler = [namespace, ("horizontalpodautoscaler", autoscaler.as_str())];
    let max = f64::from(target.max.value.0);
    let (later, minutes) = (40, CHANGE + 40);
    let mut scene = Scene::new("load", target.name.as_str());
    scene.series("kube_horizontalpodautoscaler_spec_max_replicas", &scaler, gauge(&[(minutes, max)]));
    let desired = gauge(&[(CHANGE, max - 1.0), (later, max)]);
    scene.series("kube_horizontalpodautoscaler_status_desired_replicas", &scaler, desired);
    let errors = counter(&[(CHANGE, 0.0), (later, 1.0)]);
    let failing = [keda, ("scaledObject", target.name.as_str())];
    scene.series("keda_scaled_object_errors_total", &failing, errors);
    let carried = target.per_replica.map_or(0.0, |rate| rate.0);
    match &plan.profile.workload(target).kind {
        WorkloadKind::Http(_) => {
            let requests = labels::requests_of(plan, target).unwrap_or_default();
            let each_minute = counter(&[(minutes, max * carried * 60.0)]);
            scene.series("http_server_requests_seconds_count", &requests, each_minute);
        }
        WorkloadKind::Queue(queue) => match plan.profile.journal.as_ref().filter(|_| queue.pending.is_none())
        {
            Some(journal) => {
                let events = format!("{}_outbox_pending_events", journal.prefix);
                let place = plan.profile.territories.first().map_or("", |territory| territory.code.as_str());
                scene.series(&events, &[("territory", place)], gauge(&[(minutes, max * carried)]));
            }
            // What the business's own query selects is its own affair: what comes of it is given.
            None => {
                let needed = gauge(&[(minutes, max)]);
                scene.series("scaledobject:seasonscale_needed_replicas:rate5m", &object, needed);
            }
        },
        WorkloadKind::Scheduled | WorkloadKind::Kept => {}
    }
    if let Some(alert) = rules.alert("ScalerAtMaxReplicas", &[]) {
        scene.waits(CHANGE, alert, &object, max)?;
    }
    if let Some(alert) = rules.alert("ScalerErrors", &[]) {
        let known = ["scaledObject", "territory", "workload"];
        let labels: Vec<_> = object.iter().copied().filter(|(name, _)| known.contains(name)).collect();
        scene.silent(CHANGE, alert);
        scene.silent(CHANGE + alert.waits()?, alert);
        // Ten minutes of errors fill the window.
        scene.fires(CHANGE + alert.waits()? + 12, alert, &labels, 10.0)?;
    }
    Ok(Some(scene))
}

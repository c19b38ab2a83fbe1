//! Tests of what compares the cluster with the plan: a target outside a season, inside it, and outside again; one at its
//! maximum; one that KEDA cannot read a trigger of.

use super::labels;
use super::rules::Rules;
use super::scene::{Scene, counter, gauge, member};
use crate::emit::alerts;
use crate::plan::{Plan, Schedule};
use crate::profile::{Target, WorkloadKind};
use crate::quantity::Seconds;

/// The minute at which things change.
const CHANGE: u32 = 20;
/// Minutes for which a gauge counts as it was seen last.
const LINGERS: u32 = 2;
/// The minute of an outage that heals by itself.
const BAD_MINUTE: u32 = 8;

pub(super) fn scenes(plan: &Plan, rules: &Rules) -> Result<Vec<Scene>, String> {
    let all = [
        season(plan, rules)?,
        load(plan, rules)?,
        outage(plan, rules)?,
        unscaled(plan, rules)?,
        unasked(plan, rules)?,
        short(plan, rules)?,
    ];
    Ok(all.into_iter().flatten().filter(Scene::tests).collect())
}

/// A target that answers requests, one with a season where there is one; else one whose load is measured.
fn subject(plan: &Plan) -> Option<(&Target, &Schedule)> {
    let all = || plan.schedules.iter().map(|schedule| (&plan.profile.targets[schedule.target.0], schedule));
    let answers = |target: &Target| matches!(plan.profile.workload(target).kind, WorkloadKind::Http(_));
    let counted = |target: &Target| plan.profile.workload(target).kind.is_counted();
    let rises = |schedule: &Schedule, target: &Target| schedule.peak() > target.min.value;
    let in_season = all().find(|(target, schedule)| counted(target) && rises(schedule, target));
    let measured = || all().find(|(target, _)| target.per_replica.is_some());
    let answering =
        || all().find(|(target, _)| counted(target)).or_else(|| all().find(|(target, _)| answers(target)));
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
/// cluster does not matter, and neither does one inside that follows.
fn season(plan: &Plan, rules: &Rules) -> Result<Option<Scene>, String> {
    let Some((target, schedule)) = subject(plan) else { return Ok(None) };
    let (min, floor) = (target.min.value.0, schedule.peak().0.max(target.min.value.0 + 1));
    let (low, high) = (f64::from(min), f64::from(floor));
    let autoscaler = labels::autoscaler(target);
    let object = labels::object(plan, target, &autoscaler);
    let idle = plan.profile.gates.idle_for.0.div_ceil(60);
    let ignored = idle.max(30).max(minutes(alerts::floor_late(plan))) + 10;
    let stages = Stages { ignored, followed: 10, late: 15 };
    let mut scene = Scene::new("season", target.name.as_str());
    measured(plan, (target, &object), [low, high], &stages, &mut scene);
    let follows = CHANGE + stages.ignored;
    let share = 0.8 * plan.profile.gates.idle_share.0;
    below_floor(plan, rules, &mut scene, (&member(&object, high), 3 * min < 2 * floor))?;
    if let Some(alert) = rules.alert("ReplicasBelowFloor", &[]) {
        scene.silent(follows + 1, alert);
        scene.silent(follows + stages.followed + 1, alert);
    }
    if let Some(alert) = rules.alert("PreScaleWithoutLoad", &[])
        && matches!(plan.profile.workload(target).kind, WorkloadKind::Http(_))
    {
        scene.waits(CHANGE, alert, &object, share)?;
        // A rate over five minutes has to rise first.
        scene.silent(follows + 7, alert);
        scene.silent(follows + stages.followed + 1, alert);
    }
    for name in ["ScaledObjectPausedInSeason", "ScheduleDrift"] {
        let Some(alert) = rules.alert(name, &[]) else { continue };
        let waits = alert.waits()?;
        scene.waits_to_tell([CHANGE, waits], alert, &[member(&object, high)])?;
        scene.silent(follows + 7, alert);
        let late = follows + stages.followed;
        if name == "ScheduleDrift" {
            scene.tells(late + waits + 1, alert, &[member(&object, low)])?;
        } else {
            scene.silent(late + 1, alert);
        }
    }
    Ok(Some(scene))
}

fn minutes(time: Seconds) -> u32 {
    time.0.div_ceil(60)
}

/// A floor that is missed is a warning, and wakes somebody when a new node would have been there, if a third of it `is_far` away.
fn below_floor(
    plan: &Plan,
    rules: &Rules,
    scene: &mut Scene,
    (missed, is_far): (&super::expand::Member, bool),
) -> Result<(), String> {
    let of = |severity| rules.alert("ReplicasBelowFloor", &[("severity", severity)]);
    let (Some(warning), Some(critical)) = (of("warning"), of("critical")) else { return Ok(()) };
    let (grace, late) = (minutes(alerts::floor_grace(plan)), minutes(alerts::floor_late(plan)));
    scene.silent(CHANGE - 1, warning);
    scene.silent(CHANGE + grace - 1, warning);
    let missed = std::slice::from_ref(missed);
    if late > grace {
        scene.tells(CHANGE + grace, warning, missed)?;
        scene.tells(CHANGE + late - 1, warning, missed)?;
    }
    scene.tells(CHANGE + late, if is_far { critical } else { warning }, missed)
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
        scene.series(platform.metrics.requests.as_str(), &requests, counter(&rates));
    } else if matches!(plan.profile.workload(target).kind, WorkloadKind::Http(_)) {
        let full = high * carried;
        let idle = 0.8 * plan.profile.gates.idle_share.0 * full;
        let rates = stages.gauge([idle, idle, full, idle]);
        scene.series(RATE, &place(plan, target), rates);
    }
}

/// What comes of a query of the business's own; what that selects is its own affair.
const RATE: &str = "territory_workload:http_server_requests_seconds_count:rate5m";

fn place<'p>(plan: &'p Plan, target: &Target) -> Vec<(&'p str, &'p str)> {
    labels::place(plan.profile.workload(target), plan.profile.territory(target)).collect()
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
    let waits = minutes(alerts::no_replica_for(plan));
    let mut scene = Scene::new("outage", target.name.as_str());
    let gone = gauge(&[(CHANGE, 1.0), (waits + 10, 0.0)]);
    scene.series("kube_deployment_status_replicas_ready", &ready, gone);
    scene.waits_to_tell([CHANGE, waits], alert, &[member(&object, 1.0)])?;
    Ok(Some(scene))
}

/// The HPA of one target goes, another stays; later a season begins.
fn unscaled(plan: &Plan, rules: &Rules) -> Result<Option<Scene>, String> {
    let of = |severity| rules.alert("TargetNotScaled", &[("severity", severity)]);
    let (Some((target, _)), Some(warning), Some(critical)) = (subject(plan), of("warning"), of("critical"))
    else {
        return Ok(None);
    };
    let autoscaler = labels::autoscaler(target);
    let object = labels::object(plan, target, &autoscaler);
    let namespace = ("namespace", plan.profile.platform.namespace.as_str());
    let (waits, stage) = (warning.waits()?, warning.waits()? + LINGERS + 5);
    let last = CHANGE + 2 * stage;
    let mut scene = Scene::new("unscaled", target.name.as_str());
    let most = "kube_horizontalpodautoscaler_spec_max_replicas";
    scene.series(most, &[namespace, ("horizontalpodautoscaler", "another")], gauge(&[(last, 1.0)]));
    let leaves = format!("{} stale", gauge(&[(CHANGE, 1.0)]));
    scene.series(most, &[namespace, ("horizontalpodautoscaler", autoscaler.as_str())], leaves);
    let ready = [namespace, ("deployment", target.name.as_str())];
    let (low, high) = (f64::from(target.min.value.0), f64::from(target.min.value.0) + 1.0);
    scene.series("kube_deployment_status_replicas_ready", &ready, gauge(&[(last, high)]));
    let floors = gauge(&[(CHANGE + stage, low), (stage, high)]);
    scene.series("scaledobject:seasonscale_floor_replicas:max", &object, floors);
    scene.waits_to_tell([CHANGE + LINGERS, waits], warning, &[member(&object, 1.0)])?;
    scene.tells(CHANGE + stage + waits + 1, critical, &[member(&object, 1.0)])?;
    Ok(Some(scene))
}

/// A season begins and nobody asks for its floor: KEDA says nothing, and the HPA is content with fewer. Then it follows.
fn unasked(plan: &Plan, rules: &Rules) -> Result<Option<Scene>, String> {
    let alert = rules.alert("KedaMetricsAbsent", &[("severity", "critical")]);
    let (Some((target, _)), Some(alert)) = (subject(plan), alert) else { return Ok(None) };
    let autoscaler = labels::autoscaler(target);
    let object = labels::object(plan, target, &autoscaler);
    let hpa = [
        ("namespace", plan.profile.platform.namespace.as_str()),
        ("horizontalpodautoscaler", autoscaler.as_str()),
    ];
    let (low, high) = (f64::from(target.min.value.0), f64::from(target.min.value.0) + 1.0);
    let mut scene = Scene::new("unasked", target.name.as_str());
    let missed = alert.waits()? + 3;
    let floors = gauge(&[(CHANGE, low), (missed + 5, high)]);
    scene.series("scaledobject:seasonscale_floor_replicas:max", &object, floors);
    let desired = gauge(&[(CHANGE + missed, low), (5, high)]);
    scene.series("kube_horizontalpodautoscaler_status_desired_replicas", &hpa, desired);
    scene.waits_to_tell([CHANGE, alert.waits()?], alert, &[member(&object, high)])?;
    scene.silent(CHANGE + missed + 1, alert);
    Ok(Some(scene))
}

/// The HPA asks for three replicas outside of any season; then one of them is ready.
fn short(plan: &Plan, rules: &Rules) -> Result<Option<Scene>, String> {
    // Minutes of which the set knows the most that were ready.
    const SEEN: u32 = 10;
    let (Some((target, _)), Some(alert)) = (subject(plan), rules.alert("ReplicasNotReady", &[])) else {
        return Ok(None);
    };
    let autoscaler = labels::autoscaler(target);
    let object = labels::object(plan, target, &autoscaler);
    let namespace = ("namespace", plan.profile.platform.namespace.as_str());
    let last = CHANGE + SEEN + alert.waits()? + 5;
    let mut scene = Scene::new("short", target.name.as_str());
    let hpa = [namespace, ("horizontalpodautoscaler", autoscaler.as_str())];
    let desired = "kube_horizontalpodautoscaler_status_desired_replicas";
    scene.series(desired, &hpa, gauge(&[(last, 3.0)]));
    let ready = [namespace, ("deployment", target.name.as_str())];
    let falls = gauge(&[(CHANGE, 3.0), (last - CHANGE, 1.0)]);
    scene.series("kube_deployment_status_replicas_ready", &ready, falls);
    scene.waits_to_tell([CHANGE + SEEN, alert.waits()?], alert, &[member(&object, 3.0)])?;
    Ok(Some(scene))
}

/// The load asks for the maximum, which is reached at the change; from then on a trigger fails.
fn load(plan: &Plan, rules: &Rules) -> Result<Option<Scene>, String> {
    let Some((target, _)) = subject(plan) else { return Ok(None) };
    let platform = &plan.profile.platform;
    let namespace = ("namespace", platform.namespace.as_str());
    let keda = (platform.keda_namespace_label.as_str(), platform.namespace.as_str());
    let autoscaler = labels::autoscaler(target);
    let object = labels::object(plan, target, &autoscaler);
    let scaler = [namespace, ("horizontalpodautoscaler", autoscaler.as_str())];
    let max = f64::from(target.max.value.0);
    let (later, all) = (40, CHANGE + 40);
    let mut scene = Scene::new("load", target.name.as_str());
    scene.series("kube_horizontalpodautoscaler_spec_max_replicas", &scaler, gauge(&[(all, max)]));
    let desired = gauge(&[(CHANGE, max - 1.0), (later, max)]);
    scene.series("kube_horizontalpodautoscaler_status_desired_replicas", &scaler, desired);
    // One bad minute, and later a trigger that stays broken.
    let errors = counter(&[(BAD_MINUTE, 0.0), (1, 12.0), (CHANGE - BAD_MINUTE - 1, 0.0), (later, 4.0)]);
    let failing = [keda, ("scaledObject", target.name.as_str())];
    scene.series("keda_scaled_object_errors_total", &failing, errors);
    let carried = target.per_replica.map_or(0.0, |rate| rate.0);
    match &plan.profile.workload(target).kind {
        WorkloadKind::Http(http) if http.own.is_some() => {
            scene.series(RATE, &place(plan, target), gauge(&[(all, max * carried)]));
        }
        WorkloadKind::Http(_) => {
            let requests = labels::requests_of(plan, target).unwrap_or_default();
            let each_minute = counter(&[(all, max * carried * 60.0)]);
            scene.series(platform.metrics.requests.as_str(), &requests, each_minute);
            let mut pod = labels::service(plan);
            pod.extend(labels::reported(plan, plan.profile.workload(target), plan.profile.territory(target)));
            scene.series(platform.metrics.alive.as_str(), &pod, gauge(&[(all, 1.0)]));
        }
        WorkloadKind::Queue(queue) => match plan.profile.journal.as_ref().filter(|_| queue.pending.is_none())
        {
            Some(journal) => {
                let events = format!("{}_outbox_pending_events", journal.prefix);
                let place = plan.profile.territories.first().map_or("", |territory| territory.code.as_str());
                scene.series(&events, &[("territory", place)], gauge(&[(all, max * carried)]));
            }
            // What the business's own query selects is its own affair: what comes of it is given.
            None => {
                let needed = gauge(&[(all, max)]);
                scene.series("scaledobject:seasonscale_needed_replicas:rate5m", &object, needed);
            }
        },
        WorkloadKind::Scheduled | WorkloadKind::Kept => {}
    }
    if let Some(alert) = rules.alert("ScalerAtMaxReplicas", &[]) {
        scene.waits_to_tell([CHANGE, alert.waits()?], alert, &[member(&object, max)])?;
    }
    if let Some(alert) = rules.alert("ScalerErrors", &[]) {
        scene.silent(BAD_MINUTE + alert.waits()? + 2, alert);
        scene.silent(CHANGE, alert);
        scene.silent(CHANGE + alert.waits()?, alert);
        // Three minutes of errors fill the window.
        scene.tells(CHANGE + alert.waits()? + 4, alert, &[member(&object, 12.0)])?;
    }
    Ok(Some(scene))
}

//! Tests of the journal's and the business's alerts at their limits, of what happens when nobody reports any more, and of
//! a plan that ends.

use super::labels;
use super::rules::Rules;
use super::scene::{Firing, Scene, counter, gauge, member};
use crate::emit::alerts;
use crate::plan::Plan;
use crate::profile::{Journal, MetricLimit, Target};

/// The minute at which things change.
const CHANGE: u32 = 20;
/// For how many minutes a test goes on after that.
const LATER: u32 = 25;

pub(super) fn scenes(plan: &Plan, rules: &Rules) -> Result<Vec<Scene>, String> {
    let watched = plan.profile.journal.as_ref().map(|own| journal(plan, own, rules)).transpose()?;
    let own =
        plan.profile.limits.iter().map(|limit| business(limit, rules)).collect::<Result<Vec<_>, _>>()?;
    let all = [
        gone(plan, rules)?,
        deleted(plan, rules)?,
        unseen(plan, rules)?,
        partly(plan, rules)?,
        stray(plan, rules)?,
        unbegun(plan, rules)?,
        expiry(rules)?,
    ];
    Ok(watched.into_iter().chain(own).chain(all).filter(Scene::tests).collect())
}

/// A metric at its limit and just beyond it; its alert keeps its labels.
struct Limit<'a> {
    metric: String,
    alert: &'a str,
    labels: &'a [(&'a str, &'a str)],
    inside: f64,
    beyond: f64,
}

/// Each at its limit, which is inside, and then just beyond it.
fn journal(plan: &Plan, journal: &Journal, rules: &Rules) -> Result<Scene, String> {
    let gates = &plan.profile.gates;
    let mut scene = Scene::new("journal", "");
    let metric = |name: &str| format!("{}_{name}", journal.prefix);
    let (spill, critical) = (journal.spill_ratio.0, journal.critical_ratio.0);
    let between = if critical > spill { ((spill + critical) / 2.0).min(spill + 0.01) } else { spill + 0.01 };
    let full = critical + 0.01;
    let usage = gauge(&[(CHANGE, spill), (CHANGE, between), (LATER, full)]);
    scene.series(&metric("notify_queue_usage_ratio"), &[], usage);
    if let Some(alert) = rules.alert("NotifyQueueHigh", &[]) {
        scene.waits(CHANGE, alert, &[], between)?;
    }
    if let Some(alert) = rules.alert("NotifyQueueCritical", &[]) {
        scene.waits(2 * CHANGE, alert, &[], full)?;
    }
    let place = plan.profile.territories.first().map_or("", |territory| territory.code.as_str());
    let place = [("territory", place)];
    let channel = [("channel", "events")];
    let limit = |metric, alert, labels, inside| Limit { metric, alert, labels, inside, beyond: inside + 1.0 };
    let limits = [
        limit(metric("outbox_lag_seconds"), "OutboxLagHigh", &place, f64::from(gates.outbox_lag.0)),
        limit(metric("outbox_parked_events"), "OutboxEventsParked", &place, 0.0),
        limit(
            metric("oldest_delivered_seconds"),
            "JournalRetentionBehind",
            &[],
            f64::from(journal.retention.0) + 2.0 * 86_400.0,
        ),
        limit(metric("notify_queue_oldest_transaction_seconds"), "JournalTransactionOld", &[], 3600.0),
        Limit { beyond: 0.0, ..limit(metric("listeners"), "JournalListenerAbsent", &channel, 1.0) },
    ];
    for limit in limits {
        scene.series(
            &limit.metric,
            limit.labels,
            gauge(&[(CHANGE, limit.inside), (CHANGE + LATER, limit.beyond)]),
        );
        let Some(alert) = rules.alert(limit.alert, &[]) else { continue };
        if limit.labels == place {
            let waits = alert.waits()?;
            scene.waits_to_tell([CHANGE, waits], alert, &[member(limit.labels, limit.beyond)])?;
        } else {
            scene.waits(CHANGE, alert, limit.labels, limit.beyond)?;
        }
    }
    let depth = f64::from(gates.outbox_depth);
    let waiting = gauge(&[(CHANGE, depth), (CHANGE + LATER, depth + 1.0)]);
    scene.series(&metric("outbox_pending_events"), &place, waiting);
    if let Some(alert) = rules.alert("OutboxDepthHigh", &[]) {
        scene.waits(CHANGE, alert, &[], depth + 1.0)?;
    }
    Ok(scene)
}

/// A metric of the business's own at its limit, which is inside, and then just beyond it. Each is a test of its own: several
/// limits may be of one metric.
fn business(limit: &MetricLimit, rules: &Rules) -> Result<Scene, String> {
    let mut scene = Scene::new("business", limit.title.as_str());
    let Some(alert) = rules.alert(&limit.alert(), &[]) else { return Ok(scene) };
    let labels: Vec<(&str, &str)> = limit.per.iter().map(|label| (label.as_str(), "one")).collect();
    let beyond = limit.most + 1.0;
    let values = gauge(&[(CHANGE, limit.most), (CHANGE + LATER, beyond)]);
    scene.series(limit.metric.as_str(), &labels, values);
    scene.waits(CHANGE, alert, &labels, beyond)?;
    Ok(scene)
}

/// Everything reports; then the exporters fall silent, and one target's pods and its buckets.
fn gone(plan: &Plan, rules: &Rules) -> Result<Scene, String> {
    let mut scene = Scene::new("gone", "");
    let (platform, profile) = (&plan.profile.platform, &plan.profile);
    let there = gauge(&[(CHANGE + LATER, 1.0)]);
    let leaves = format!("{} stale", gauge(&[(CHANGE, 1.0)]));
    let namespace = ("namespace", platform.namespace.as_str());
    let keda = (platform.keda_namespace_label.as_str(), platform.namespace.as_str());
    scene.series("keda_scaler_active", &[keda], leaves.as_str());
    scene.series("kube_horizontalpodautoscaler_spec_max_replicas", &[namespace], there.as_str());
    if let Some(Journal { prefix, .. }) = &profile.journal {
        for name in ["notify_queue_usage_ratio", "outbox_lag_seconds", "outbox_pending_events"] {
            scene.series(&format!("{prefix}_{name}"), &[], leaves.as_str());
        }
    }
    for (alert, labels) in [("KedaMetricsAbsent", [keda].as_slice()), ("JournalMetricsAbsent", &[])] {
        if let Some(alert) = rules.alert(alert, &[("severity", "warning")]) {
            scene.waits(CHANGE, alert, labels, 1.0)?;
        }
    }
    pods(plan, rules, &mut scene, [&there, &leaves])?;
    buckets(plan, rules, &mut scene)?;
    Ok(scene)
}

/// One Deployment of the plan is taken away; one that is none of its business stays.
fn deleted(plan: &Plan, rules: &Rules) -> Result<Scene, String> {
    let namespace = ("namespace", plan.profile.platform.namespace.as_str());
    let ready = "kube_deployment_status_replicas_ready";
    let mut scene = Scene::new("deleted", "");
    let Some(target) = plan.profile.targets.first() else { return Ok(scene) };
    let there = gauge(&[(CHANGE + LATER, 1.0)]);
    let leaves = format!("{} stale", gauge(&[(CHANGE, 1.0)]));
    scene.series(ready, &[namespace, ("deployment", "another")], there.as_str());
    for (at, target) in plan.profile.targets.iter().enumerate() {
        let values = if at == 0 { &leaves } else { &there };
        scene.series(ready, &[namespace, ("deployment", target.name.as_str())], values.as_str());
    }
    let autoscaler = labels::autoscaler(target);
    let object = labels::object(plan, target, &autoscaler);
    if let Some(alert) = rules.alert("ScaleTargetMissing", &[]) {
        scene.waits_to_tell([CHANGE, alert.waits()?], alert, &[member(&object, 1.0)])?;
    }
    // What is gone has no ready replica; a minute passes before it is gone.
    if let Some(alert) = rules.alert("NoReplicaReady", &[]) {
        let waits = alerts::no_replica_for(plan).0.div_ceil(60);
        scene.waits_to_tell([CHANGE + 1, waits], alert, &[member(&object, 1.0)])?;
    }
    Ok(scene)
}

/// KEDA is seen, and no HPA is any more.
fn unseen(plan: &Plan, rules: &Rules) -> Result<Scene, String> {
    let mut scene = Scene::new("unseen", "");
    let platform = &plan.profile.platform;
    let namespace = ("namespace", platform.namespace.as_str());
    let keda = (platform.keda_namespace_label.as_str(), platform.namespace.as_str());
    let Some(alert) = rules.alert("KubeStateMetricsAbsent", &[]) else { return Ok(scene) };
    scene.series("keda_scaler_active", &[keda], gauge(&[(CHANGE + LATER, 1.0)]));
    let ready = [namespace, ("deployment", "another")];
    scene.series("kube_deployment_status_replicas_ready", &ready, gauge(&[(CHANGE + LATER, 1.0)]));
    let leaves = format!("{} stale", gauge(&[(CHANGE, 1.0)]));
    scene.series("kube_horizontalpodautoscaler_spec_max_replicas", &[namespace], leaves);
    scene.waits(CHANGE, alert, &[namespace], 1.0)?;
    Ok(scene)
}

/// Of three ready replicas one reports on.
fn partly(plan: &Plan, rules: &Rules) -> Result<Scene, String> {
    let mut scene = Scene::new("partly", "");
    let (Some(target), Some(alert)) = (answering(plan).next(), rules.alert("PodsNotScraped", &[])) else {
        return Ok(scene);
    };
    let namespace = ("namespace", plan.profile.platform.namespace.as_str());
    let ready = [namespace, ("deployment", target.name.as_str())];
    scene.series("kube_deployment_status_replicas_ready", &ready, gauge(&[(CHANGE + LATER, 3.0)]));
    for pod in ["a", "b", "c"] {
        let mut own = labels::service(plan);
        own.extend(labels::reported(plan, plan.profile.workload(target), plan.profile.territory(target)));
        own.push(("pod", pod));
        let (stays, leaves) = (gauge(&[(CHANGE + LATER, 1.0)]), format!("{} stale", gauge(&[(CHANGE, 1.0)])));
        scene.series(
            plan.profile.platform.metrics.alive.as_str(),
            &own,
            if pod == "a" { stays } else { leaves },
        );
    }
    let autoscaler = labels::autoscaler(target);
    let object = labels::object(plan, target, &autoscaler);
    scene.waits_to_tell([CHANGE, alert.waits()?], alert, &[member(&object, 2.0)])?;
    Ok(scene)
}

fn answering(plan: &Plan) -> impl Iterator<Item = &Target> {
    plan.profile.counted_targets()
}

/// The pods of one target go.
fn pods(plan: &Plan, rules: &Rules, scene: &mut Scene, [there, leaves]: [&String; 2]) -> Result<(), String> {
    let own = labels::service(plan);
    let mut pod = |place: &[(&str, &str)], values: &str| {
        let labels: Vec<_> = own.iter().chain(place).copied().collect();
        scene.series(plan.profile.platform.metrics.alive.as_str(), &labels, values);
    };
    let place =
        |target| labels::reported(plan, plan.profile.workload(target), plan.profile.territory(target));
    for (at, target) in answering(plan).enumerate() {
        let values = if at == 0 { leaves } else { there };
        pod(&place(target).collect::<Vec<_>>(), values);
    }
    let Some(target) = answering(plan).next() else { return Ok(()) };
    if let Some(alert) = rules.alert("TerritoryMetricsAbsent", &[]) {
        let autoscaler = labels::autoscaler(target);
        let object = labels::object(plan, target, &autoscaler);
        scene.waits_to_tell([CHANGE, alert.waits()?], alert, &[member(&object, 1.0)])?;
    }
    Ok(())
}

/// All targets report, and a pod comes that is of none of them.
fn stray(plan: &Plan, rules: &Rules) -> Result<Scene, String> {
    let mut scene = Scene::new("stray", "");
    let own = labels::service(plan);
    let mut pod = |place: &[(&str, &str)], values: &str| {
        let labels: Vec<_> = own.iter().chain(place).copied().collect();
        scene.series(plan.profile.platform.metrics.alive.as_str(), &labels, values);
    };
    let place =
        |target| labels::reported(plan, plan.profile.workload(target), plan.profile.territory(target));
    for target in answering(plan) {
        pod(&place(target).collect::<Vec<_>>(), &gauge(&[(CHANGE + LATER, 1.0)]));
    }
    let Some(target) = answering(plan).next() else { return Ok(scene) };
    let workload = plan.profile.workload(target).name.as_str();
    let metrics = &plan.profile.platform.metrics;
    let unknown = |code: &&str| plan.profile.territories.iter().all(|own| own.code.as_str() != *code);
    let elsewhere = ["XX", "YY", "ZZ"].into_iter().find(unknown).unwrap_or("XX");
    let is_placed = plan.profile.territory(target).is_some()
        || metrics.territory.as_ref().is_some_and(|label| label.as_str() == "territory");
    let (theirs, ours) = match (&metrics.territory, &metrics.workload) {
        (Some(label), own) if is_placed => {
            let own = own.as_ref().map(|label| (label.as_str(), workload));
            let place = std::iter::once((label.as_str(), elsewhere)).chain(own);
            (place.collect(), vec![("territory", elsewhere), ("workload", workload)])
        }
        // Without a label of the territory, what is not known is the workload.
        (_, Some(label)) => {
            let territory = plan.profile.territory(target).map(|own| ("territory", own.code.as_str()));
            let place = territory.into_iter().chain([("workload", "of-this-test")]);
            (vec![(label.as_str(), "of-this-test")], place.collect())
        }
        (_, None) => (Vec::new(), Vec::new()),
    };
    if !theirs.is_empty() {
        pod(&theirs, &format!("_x{CHANGE} {}", gauge(&[(LATER, 1.0)])));
    }
    if let Some(alert) = rules.alert("TerritoryLabelMissing", &[]) {
        scene.waits_to_tell([CHANGE, alert.waits()?], alert, &[member(&ours, 1.0)])?;
    }
    Ok(scene)
}

/// Requests whose bucket at the target is no longer published.
fn buckets(plan: &Plan, rules: &Rules, scene: &mut Scene) -> Result<(), String> {
    let promise = |target: &Target| plan.profile.territory(target).and_then(|territory| territory.p95_target);
    let promised = answering(plan).find_map(|target| Some((target, promise(target)?)));
    let (Some((target, promise)), Some(alert)) = (promised, rules.alert("LatencyBucketMissing", &[])) else {
        return Ok(());
    };
    let Some(mut labels) = labels::requests_of(plan, target) else { return Ok(()) };
    let rate = (10.0 * plan.profile.gates.minimal_rate.0).ceil().max(100.0);
    let requests = rate * 60.0;
    let values = counter(&[(CHANGE + LATER, requests)]);
    scene.series(plan.profile.platform.metrics.requests.as_str(), &labels, values);
    let end = promise.seconds().to_string();
    labels.push(("le", &end));
    let published = format!("{} stale", counter(&[(CHANGE - 1, requests)]));
    scene.series(plan.profile.platform.metrics.histogram.as_str(), &labels, published);
    let workload = plan.profile.workload(target);
    let place: Vec<_> = labels::place(workload, plan.profile.territory(target)).collect();
    // The rate lives on for as long as its window holds two samples.
    let (gone, waits) = (CHANGE + 5, alert.waits()?);
    scene.silent(CHANGE, alert);
    scene.silent(CHANGE + waits.saturating_sub(1), alert);
    let own = vec![("workload", workload.name.as_str())];
    let firing = Firing { alert, labels: own, value: 1.0, members: vec![member(&place, rate)] };
    scene.all_fire(gone + waits, alert, &[firing])
}

/// The calendar has a clock, and then none, as long before the plan.
fn unbegun(plan: &Plan, rules: &Rules) -> Result<Scene, String> {
    let mut scene = Scene::new("unbegun", "");
    let Some(alert) = rules.alert("SeasonalPlanNotBegun", &[]) else { return Ok(scene) };
    let clock = format!("{} stale", gauge(&[(CHANGE, 1.0)]));
    scene.series("zone:seasonscale_local_time_seconds:calendar", &[("zone", "of-this-test")], clock);
    let until = plan.horizon.until.start();
    let ends = plan.profile.targets.iter().map(|target| target.zone.first_instant(until));
    let Some(end) = ends.min() else { return Ok(scene) };
    let waits = alert.waits()?;
    scene.silent(CHANGE, alert);
    scene.silent(CHANGE + waits.saturating_sub(1), alert);
    let at = CHANGE + waits + 1;
    // Seconds of a plan are few enough for every one of them to have a value.
    let seconds = u32::try_from(end.0).map_err(|_| "a plan after 2106".to_owned())?;
    scene.fires(at, alert, &[], f64::from(seconds) - 60.0 * f64::from(at))?;
    Ok(scene)
}

/// A plan beside this one that ends after 70 minutes.
fn expiry(rules: &Rules) -> Result<Scene, String> {
    let (soon, expired) =
        (rules.alert("SeasonalPlanExpiresSoon", &[]), rules.alert("SeasonalPlanExpired", &[]));
    let (end, minutes) = (70, 80);
    let mut scene = Scene::new("expiry", "");
    let plan = [("of", "this-test")];
    let seconds = |minute: u32| 60.0 * f64::from(minute);
    scene.series(
        "plan:seasonscale_horizon_end_timestamp_seconds:calendar",
        &plan,
        gauge(&[(minutes, seconds(end))]),
    );
    if let Some(alert) = soon {
        let at = alert.waits()?;
        if at > 0 {
            scene.silent(at - 1, alert);
        }
        scene.fires(at + 1, alert, &plan, seconds(end) - seconds(at + 1))?;
        scene.silent(end, alert);
    }
    if let Some(alert) = expired {
        let at = end + alert.waits()?;
        scene.silent(at - 1, alert);
        scene.fires(at + 1, alert, &plan, seconds(at + 1) - seconds(end))?;
    }
    Ok(scene)
}

//! `alerts-kept.yml`: rules for ScaledObjects of others, made of what KEDA and kube-state-metrics say of them.
//!
//! The floor that counts is the one that KEDA's cron triggers of ours ask for: these objects may be in several namespaces, on
//! several clocks, and of any kind of workload.

use std::collections::BTreeSet;

use serde::Serialize;

use super::requests::one_of;
use super::{Templates, prometheus_rule, say, scope};
use crate::artifact::{Artifact, ArtifactKind, KEPT_ALERTS_FILE, KEPT_PROMETHEUS_RULE_FILE};
use crate::finding::Diagnostic;
use crate::kept;
use crate::name::Slug;
use crate::plan::Plan;
use crate::profile::{KeptTarget, Target};
use crate::quantity::Seconds;
use crate::time::Instant;

pub(super) fn emit(plan: &Plan, templates: &Templates) -> Result<Artifact, Vec<Diagnostic>> {
    let text = scope::rules(plan, &templates.render("alerts/kept.yml.j2", view(plan))?);
    Ok(Artifact { kind: ArtifactKind::KeptAlerts, path: KEPT_ALERTS_FILE.to_owned(), text })
}

/// The same as an object of the operator.
pub(super) fn emit_object(
    plan: &Plan,
    templates: &Templates,
    rules: &Artifact,
) -> Result<Artifact, Vec<Diagnostic>> {
    let name = format!("{}-kept", plan.rules_name());
    let text = prometheus_rule::object(plan, (rules, name), templates)?;
    let path = KEPT_PROMETHEUS_RULE_FILE.to_owned();
    Ok(Artifact { kind: ArtifactKind::KeptPrometheusRule, path, text })
}

/// Whether every ScaledObject is somebody else's.
fn is_alone(plan: &Plan) -> bool {
    plan.profile.targets.iter().all(|target| target.kept.is_some())
}

#[derive(Serialize)]
struct View<'p> {
    holds: say::Holds,
    team: Option<&'p str>,
    runbook_url: Option<&'p str>,
    keda_version: String,
    /// What our triggers' names begin with.
    prefix: &'static str,
    /// `exported_namespace=~"shop|billing"`
    keda: String,
    keda_label: &'p str,
    /// `namespace=~"shop|billing"`
    namespaces: String,
    /// `billing, shop`
    places: String,
    objects: Vec<Object<'p>>,
    /// Kinds of workloads whose ready replicas are known.
    kinds: Vec<Kind>,
    /// Whether pods of some workload start one after the other.
    is_in_turn: bool,
    grace: String,
    /// Whether no other file of rules tells of the plan's end.
    is_alone: bool,
    end: i64,
    end_about: String,
}

#[derive(Serialize)]
struct Object<'p> {
    about: String,
    name: &'p str,
    namespace: &'p str,
    hpa: &'p str,
    kind: &'p str,
    target: &'p str,
    workload: &'p str,
}

/// A kind of workload, and the series of kube-state-metrics that counts its ready replicas.
#[derive(Clone, Copy, Serialize)]
struct Kind {
    kind: &'static str,
    ready: &'static str,
    label: &'static str,
}

const KINDS: [Kind; 2] = [
    Kind { kind: "Deployment", ready: "kube_deployment_status_replicas_ready", label: "deployment" },
    Kind { kind: "StatefulSet", ready: "kube_statefulset_status_replicas_ready", label: "statefulset" },
];

fn view(plan: &Plan) -> View<'_> {
    let platform = &plan.profile.platform;
    let kept = with_floors(plan);
    let namespaces: BTreeSet<&str> =
        kept.iter().map(|(target, _)| target.namespace(platform).as_str()).collect();
    let namespaces: Vec<&str> = namespaces.into_iter().collect();
    let is_there = |known: &Kind| {
        kept.iter()
            .map(|(_, kept)| &kept.object.scaled)
            .any(|scaled| scaled.kind == known.kind && scaled.api_version.starts_with("apps/"))
    };
    let (end, end_about) = end(plan);
    let kinds: Vec<Kind> = KINDS.into_iter().filter(is_there).collect();
    View {
        holds: say::Holds::of(plan),
        team: platform.team.as_ref().map(Slug::as_str),
        runbook_url: platform.runbook_url.as_deref(),
        keda_version: platform.keda.value.to_string(),
        prefix: kept::OURS,
        keda: one_of(platform.keda_namespace_label.as_str(), &namespaces),
        keda_label: platform.keda_namespace_label.as_str(),
        namespaces: one_of("namespace", &namespaces),
        places: namespaces.join(", "),
        objects: kept.iter().map(|(target, kept)| object(plan, target, kept)).collect(),
        is_in_turn: kinds.iter().any(|known| known.kind == "StatefulSet"),
        kinds,
        grace: grace(plan).prometheus(),
        is_alone: is_alone(plan),
        end: end.0,
        end_about,
    }
}

/// Objects of others that the plan raises at some time. Of those that rest on their minimum all year no trigger is ours.
fn with_floors(plan: &Plan) -> Vec<(&Target, &KeptTarget)> {
    let targets = plan.profile.targets.iter().zip(&plan.schedules);
    let raised = targets.filter(|(target, schedule)| schedule.peak() > target.min.value);
    raised.filter_map(|(target, _)| Some((target, &**target.kept.as_ref()?))).collect()
}

fn object<'p>(plan: &'p Plan, target: &'p Target, kept: &'p KeptTarget) -> Object<'p> {
    Object {
        about: say::target(plan, target),
        name: target.name.as_str(),
        namespace: target.namespace(&plan.profile.platform).as_str(),
        hpa: &kept.object.hpa,
        kind: &kept.object.scaled.kind,
        target: &kept.object.scaled.name,
        workload: plan.profile.workload(target).name.as_str(),
    }
}

/// How long a floor may be missed: a replica's start, a new node's, and time for KEDA, the HPA and its owner's way up, which
/// nobody has told us.
fn grace(plan: &Plan) -> Seconds {
    let node = super::alerts::node_start_up(plan);
    Seconds(plan.profile.gates.start_up.0.saturating_add(node.0).saturating_add(300))
}

/// The first instant at which the plan is over on some clock, and what that clock shows.
fn end(plan: &Plan) -> (Instant, String) {
    let until = plan.horizon.until;
    let zones = plan.profile.targets.iter().map(|target| &target.zone);
    let ends = zones.map(|zone| (zone.first_instant(until.start()), zone.name()));
    let (at, zone) = ends.min().expect("internal error: a plan has a target");
    (at, format!("{until} {zone}"))
}

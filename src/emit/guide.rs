//! `README.md` of the made files: what to apply in which order, how to check each step, how to take it back.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Templates, kustomization, requests, say};
use crate::artifact::{
    ALERT_TESTS_FILE, ALERT_TESTS_FOLDER, ALERTMANAGER_INHIBIT_FILE, ALERTS_FILE, Artifact, ArtifactKind,
    COST_DASHBOARD_FILE, DEPLOYMENTS_FILE, GUIDE_FILE, JOURNAL_PURGE_FILE, KEDA_PATCHES_FILE,
    KEDA_TRIGGERS_FILE, KEPT_ALERTS_FILE, KEPT_PROMETHEUS_RULE_FILE, KUSTOMIZATION_FILE, LOAD_FILE,
    MICROMETER_FILE, MICROMETER_SPRING_FILE, PERFORMANCE_DASHBOARD_FILE, POD_MONITOR_FILE,
    PROMETHEUS_RULE_FILE, RUNBOOK_FILE, SEASONS_FILE, SQL_EXPORTER_FILE,
};
use crate::finding::Diagnostic;
use crate::plan::{Plan, Schedule};
use crate::profile::{self, Profile, WorkloadKind};

pub(super) fn emit(plan: &Plan, templates: &Templates) -> Result<Artifact, Vec<Diagnostic>> {
    let profile = &plan.profile;
    let platform = &profile.platform;
    let namespaces = namespaces(profile);
    let is_one = namespaces == [platform.namespace.as_str()];
    let view = View {
        holds: say::Holds::of(plan),
        keda: platform.keda.value.to_string(),
        kubernetes: platform.kubernetes.value.to_string(),
        namespace: platform.namespace.as_str(),
        place: if is_one { platform.namespace.as_str() } else { "NAMESPACE" },
        among: if is_one { format!("-n {}", platform.namespace) } else { "-A".to_owned() },
        namespaces,
        services: requests::services(profile),
        metrics: requests::names(profile),
        http: profile.counted_workloads().next().is_some(),
        asked: asked(profile),
        keda_label: platform.keda_namespace_label.as_str(),
        prometheus_url: platform.prometheus_url.as_deref(),
        runbook_url: platform.runbook_url.as_deref(),
        files: files(profile),
        owner: say::owner(plan),
        journal: journal(profile),
        targets: targets(plan),
        alone: alone(profile),
        start_up: profile.gates.start_up.to_string(),
        own: plan.profile.targets.iter().filter(|target| target.kept.is_none()).count(),
        kept: kept(plan),
        nowhere: nowhere(profile),
    };
    let text = templates.render("guide.md.j2", view)?;
    Ok(Artifact { kind: ArtifactKind::Guide, path: GUIDE_FILE.to_owned(), text })
}

#[derive(Serialize)]
struct View<'p> {
    holds: say::Holds,
    keda: String,
    kubernetes: String,
    namespace: &'p str,
    /// The namespace of every object, or a word for the one of each.
    place: &'p str,
    /// `-n shop`, or `-A` where the objects are in several namespaces.
    among: String,
    /// Where anything of these files goes.
    namespaces: Vec<&'p str>,
    /// `job="freshplan"` and the like, by which the services' series are found.
    services: Vec<String>,
    metrics: requests::Names<'p>,
    /// Whether the platform's metrics count the requests of any workload.
    http: bool,
    /// Titles of the workloads that are asked by queries of their own.
    asked: String,
    keda_label: &'p str,
    prometheus_url: Option<&'p str>,
    runbook_url: Option<&'p str>,
    files: Files,
    /// Who answers for the seasons, where it is one.
    owner: Option<&'p str>,
    journal: Option<Journal<'p>>,
    targets: Vec<Target>,
    /// Those of which one replica may be all that runs.
    alone: Vec<&'p str>,
    start_up: String,
    /// How many of them are ours whole.
    own: usize,
    kept: Vec<Kept<'p>>,
    /// Objects of others that name no namespace: they land in kubectl's own.
    nowhere: Vec<&'p str>,
}

/// Somebody's own ScaledObject.
#[derive(Serialize)]
struct Kept<'p> {
    name: &'p str,
    namespace: &'p str,
    file: &'p str,
}

/// Names of the files that are made.
#[derive(Serialize)]
struct Files {
    journal: Option<String>,
    undo: Option<String>,
    alerts: Option<&'static str>,
    kept_alerts: Option<&'static str>,
    kept_prometheus_rule: Option<&'static str>,
    alert_tests: Option<String>,
    performance: Option<&'static str>,
    cost: Option<&'static str>,
    journal_purge: Option<&'static str>,
    sql_exporter: Option<&'static str>,
    prometheus_rule: Option<&'static str>,
    pod_monitor: Option<&'static str>,
    inhibit: Option<&'static str>,
    keda_patches: Option<&'static str>,
    keda_triggers: Option<&'static str>,
    deployments: Option<&'static str>,
    micrometer: Option<&'static str>,
    micrometer_spring: Option<&'static str>,
    kustomization: Option<&'static str>,
    runbook: Option<&'static str>,
    seasons: Option<&'static str>,
    load: Option<&'static str>,
    /// Those that kubectl applies.
    cluster: Vec<&'static str>,
}

#[derive(Serialize)]
struct Journal<'p> {
    makes: bool,
    version: u32,
    schema: &'p str,
    prefix: &'p str,
    /// What a session says its territory with.
    setting: &'p str,
    /// Titles of the workloads that are scaled by it.
    workloads: String,
    /// The job that removes delivered events, where it is ours.
    purge: Option<Purge<'p>>,
}

#[derive(Serialize)]
struct Purge<'p> {
    name: &'p str,
    secret: &'p str,
}

#[derive(Serialize)]
struct Target {
    name: String,
    min: u32,
    max: u32,
    peak: u32,
}

fn files(profile: &Profile) -> Files {
    let journal_of = |kind| profile.journal.as_ref().filter(|_| profile.makes(kind));
    let made = |kind, file: &'static str| profile.makes(kind).then_some(file);
    Files {
        journal: journal_of(ArtifactKind::Journal).map(profile::Journal::migration_file),
        undo: journal_of(ArtifactKind::Undo).map(profile::Journal::undo_file),
        alerts: made(ArtifactKind::Alerts, ALERTS_FILE),
        kept_alerts: made(ArtifactKind::KeptAlerts, KEPT_ALERTS_FILE),
        kept_prometheus_rule: made(ArtifactKind::KeptPrometheusRule, KEPT_PROMETHEUS_RULE_FILE),
        alert_tests: profile
            .makes(ArtifactKind::AlertTests)
            .then(|| format!("{ALERT_TESTS_FILE} {ALERT_TESTS_FOLDER}/*.test.yml")),
        journal_purge: made(ArtifactKind::JournalPurge, JOURNAL_PURGE_FILE),
        sql_exporter: made(ArtifactKind::SqlExporter, SQL_EXPORTER_FILE),
        prometheus_rule: made(ArtifactKind::PrometheusRule, PROMETHEUS_RULE_FILE),
        pod_monitor: made(ArtifactKind::PodMonitor, POD_MONITOR_FILE),
        inhibit: made(ArtifactKind::AlertmanagerInhibit, ALERTMANAGER_INHIBIT_FILE),
        keda_patches: made(ArtifactKind::KedaPatches, KEDA_PATCHES_FILE),
        keda_triggers: made(ArtifactKind::KedaTriggers, KEDA_TRIGGERS_FILE),
        performance: made(ArtifactKind::Dashboards, PERFORMANCE_DASHBOARD_FILE),
        cost: made(ArtifactKind::Dashboards, COST_DASHBOARD_FILE).filter(|_| profile.cost.is_some()),
        deployments: made(ArtifactKind::Deployments, DEPLOYMENTS_FILE),
        micrometer: made(ArtifactKind::Micrometer, MICROMETER_FILE),
        micrometer_spring: made(ArtifactKind::MicrometerSpring, MICROMETER_SPRING_FILE),
        kustomization: made(ArtifactKind::Kustomization, KUSTOMIZATION_FILE),
        runbook: made(ArtifactKind::Runbook, RUNBOOK_FILE),
        load: made(ArtifactKind::Load, LOAD_FILE),
        seasons: made(ArtifactKind::Seasons, SEASONS_FILE),
        cluster: kustomization::resources(profile),
    }
}

fn journal(profile: &Profile) -> Option<Journal<'_>> {
    let journal = profile.journal.as_ref()?;
    let reads = |kind: &WorkloadKind| matches!(kind, WorkloadKind::Queue(queue) if queue.pending.is_none());
    let scaled = profile.workloads.iter().filter(|workload| reads(&workload.kind));
    Some(Journal {
        makes: profile.makes(ArtifactKind::Journal),
        version: journal.version.value,
        schema: journal.schema.as_str(),
        prefix: journal.prefix.as_str(),
        setting: &journal.territory_setting,
        workloads: scaled.map(|workload| workload.title.as_str()).collect::<Vec<_>>().join(", "),
        purge: journal
            .purge
            .as_ref()
            .filter(|_| profile.makes(ArtifactKind::JournalPurge))
            .map(|purge| Purge { name: purge.name.as_str(), secret: purge.secret.as_str() }),
    })
}

fn asked(profile: &Profile) -> String {
    let asked = profile.http_workloads().filter(|(_, http)| http.own.is_some());
    asked.map(|(workload, _)| workload.title.as_str()).collect::<Vec<_>>().join(", ")
}

fn kept(plan: &Plan) -> Vec<Kept<'_>> {
    let kept = plan.profile.targets.iter().filter_map(|target| {
        let object = &target.kept.as_ref()?.object;
        let namespace = target.namespace(&plan.profile.platform).as_str();
        Some(Kept { name: target.name.as_str(), namespace, file: &object.file })
    });
    kept.collect()
}

fn nowhere(profile: &Profile) -> Vec<&str> {
    let is_nowhere = |target: &&profile::Target| {
        let kept = target.kept.as_ref().filter(|_| profile.writes_whole(target));
        kept.is_some_and(|kept| kept.object.namespace.is_none())
    };
    profile.targets.iter().filter(is_nowhere).map(|target| target.name.as_str()).collect()
}

/// The namespaces of all objects, in the order of the alphabet.
fn namespaces(profile: &Profile) -> Vec<&str> {
    let platform = &profile.platform;
    let is_there = |kind: &ArtifactKind| profile.makes(*kind);
    let rules = [ArtifactKind::PrometheusRule, ArtifactKind::KeptPrometheusRule].iter().any(is_there);
    let targets = profile.targets.iter().map(|target| target.namespace(platform).as_str());
    let all: BTreeSet<&str> = targets.chain(rules.then_some(platform.namespace.as_str())).collect();
    all.into_iter().collect()
}

fn alone(profile: &Profile) -> Vec<&str> {
    let one = profile.targets.iter().filter(|target| target.kept.is_none() && target.min.value.0 == 1);
    one.map(|target| target.name.as_str()).collect()
}

fn targets(plan: &Plan) -> Vec<Target> {
    let view = |schedule: &Schedule| {
        let target = &plan.profile.targets[schedule.target.0];
        Target {
            name: plan.profile.full_name(target),
            min: target.min.value.0,
            max: target.max.value.0,
            peak: schedule.peak().0,
        }
    };
    plan.schedules.iter().map(view).collect()
}

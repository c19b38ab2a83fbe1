//! `alerts-scaling.yml`: recording and alerting rules, with every limit of the profile and the plan as series.
//!
//! The words and the shape of each rule are in `templates/alerts/`, a file for each group; here is only what is filled in.

mod calendar;
mod days;
mod facts;
mod matcher;

use serde::Serialize;

use super::requests::{self, one_of};
use super::{Templates, say, scope};
use crate::artifact::{ALERTS_FILE, Artifact, ArtifactKind};
use crate::features;
use crate::finding::Diagnostic;
use crate::name::{MetricName, Slug};
use crate::plan::Plan;
use crate::profile::{MetricLimit, Workload, WorkloadKind};
use crate::quantity::Seconds;

pub(super) use calendar::has_parts;

pub(super) fn emit(plan: &Plan, templates: &Templates) -> Result<Artifact, Vec<Diagnostic>> {
    let text = scope::rules(plan, &templates.render("alerts/rules.yml.j2", view(plan))?);
    Ok(Artifact { kind: ArtifactKind::Alerts, path: ALERTS_FILE.to_owned(), text })
}

#[derive(Serialize)]
struct View<'p> {
    holds: say::Holds,
    team: Option<&'p str>,
    runbook_url: Option<&'p str>,
    platform: Platform<'p>,
    metrics: requests::Names<'p>,
    targets: Vec<facts::TargetFact<'p>>,
    minimums: Vec<facts::Shared<'p>>,
    peaks: Vec<facts::Shared<'p>>,
    loads: Vec<facts::Shared<'p>>,
    guards: Vec<facts::Shared<'p>>,
    territory_targets: Vec<facts::TerritoryTarget>,
    http: Vec<facts::Http<'p>>,
    http_workloads: String,
    /// Matcher of those of them that the platform's metrics count; nothing where there is none.
    counted: Option<String>,
    /// Targets that are asked by queries of the business's own.
    asked: Vec<facts::OwnQuery<'p>>,
    /// Whether a limit is held against the platform's histogram.
    histograms: bool,
    /// Whether there is an error budget.
    promises: bool,
    /// Whether some load is measured at all.
    is_measured: bool,
    /// Whether anything is said about how long an answer may take.
    limits_latency: bool,
    /// Which territories were promised a p95, where some were not: a matcher in braces.
    promised: String,
    queues: Vec<Queue<'p>>,
    limits: Vec<Limit<'p>>,
    calendar: calendar::Calendar,
    gates: Gates,
    burns: Vec<Burn>,
    windows: [&'static str; 4],
    journal: Option<Journal<'p>>,
}

/// Matchers of the systems whose series are read.
#[derive(Serialize)]
struct Platform<'p> {
    /// `job="freshplan", app="api"`
    services: String,
    /// `namespace="freshplan"`
    namespace: String,
    /// `exported_namespace="freshplan"`
    keda: String,
    keda_version: String,
    /// `keda_scaler_empty_upstream_responses_total` exists from 2.20 on.
    counts_empty_responses: bool,
    name: &'p str,
}

#[derive(Serialize)]
struct Gates {
    minimal_rate: String,
    outbox_lag: u32,
    outbox_lag_about: String,
    outbox_depth: u32,
    idle_for: String,
    idle_share: String,
    idle_percent: String,
    no_replica_for: String,
    no_replica_share: String,
    floor_grace: String,
    floor_late: String,
    node_start_up: String,
}

/// A pair of windows in which the error budget burns too fast: Google's SRE Workbook, chapter 5, table 5-8.
#[derive(Serialize)]
struct Burn {
    name: &'static str,
    anchor: &'static str,
    severity: &'static str,
    factor: &'static str,
    long: &'static str,
    short: &'static str,
    /// In minutes.
    held: u32,
    /// How many times the least traffic there must be: nobody is woken for a few requests.
    busy: &'static str,
    budget: String,
    budget_percent: String,
}

#[derive(Serialize)]
struct Journal<'p> {
    prefix: &'p str,
    /// Matcher of the workloads that deliver its events; nothing where there is none.
    workers: String,
    spill: String,
    spill_percent: String,
    critical: String,
    critical_percent: String,
    max_attempts: u32,
    retention: String,
    retention_limit: u64,
}

fn view(plan: &Plan) -> View<'_> {
    let (http, counted) = (facts::http_names(plan), facts::counted_names(plan));
    View {
        holds: say::Holds::of(plan),
        team: plan.profile.platform.team.as_ref().map(Slug::as_str),
        runbook_url: plan.profile.platform.runbook_url.as_deref(),
        platform: platform(plan),
        metrics: requests::names(&plan.profile),
        targets: facts::targets(plan),
        minimums: facts::minimums(plan),
        peaks: facts::peaks(plan),
        loads: facts::loads(plan),
        guards: facts::guards(plan),
        territory_targets: facts::territory_targets(plan),
        http: facts::http(plan),
        http_workloads: one_of("workload", &http),
        counted: (!counted.is_empty()).then(|| one_of("workload", &counted)),
        asked: facts::own_queries(plan),
        histograms: plan.profile.reads_histograms(),
        promises: plan.profile.promises_latency(),
        is_measured: plan.profile.targets.iter().any(|target| target.per_replica.is_some()),
        limits_latency: plan.profile.limits_latency(),
        promised: facts::promised(plan),
        queues: queues(plan),
        limits: plan.profile.limits.iter().map(limit).collect(),
        calendar: calendar::calendar(plan),
        gates: gates(plan),
        burns: if plan.profile.promises_latency() { burns(&plan.profile.gates) } else { Vec::new() },
        windows: ["30m", "1h", "6h", "3d"],
        journal: journal(plan),
    }
}

fn platform(plan: &Plan) -> Platform<'_> {
    let platform = &plan.profile.platform;
    let namespace = platform.namespace.as_str();
    Platform {
        services: requests::all_services(&plan.profile),
        namespace: one_of("namespace", &[namespace]),
        keda: one_of(platform.keda_namespace_label.as_str(), &[namespace]),
        keda_version: platform.keda.value.to_string(),
        counts_empty_responses: platform.keda.value >= features::keda::EMPTY_RESPONSES,
        name: namespace,
    }
}

fn gates(plan: &Plan) -> Gates {
    let gates = &plan.profile.gates;
    Gates {
        minimal_rate: gates.minimal_rate.to_string(),
        outbox_lag: gates.outbox_lag.0,
        outbox_lag_about: gates.outbox_lag.to_string(),
        outbox_depth: gates.outbox_depth,
        idle_for: gates.idle_for.prometheus(),
        idle_share: gates.idle_share.0.to_string(),
        idle_percent: gates.idle_share.to_string(),
        no_replica_for: no_replica_for(plan).prometheus(),
        no_replica_share: no_replica_share(plan).prometheus(),
        floor_grace: floor_grace(plan).prometheus(),
        floor_late: floor_late(plan).prometheus(),
        node_start_up: node_start_up(plan).prometheus(),
    }
}

/// How long an only replica that is moved to another node may be away: its start, and time to be noticed and scheduled.
pub(super) fn no_replica_for(plan: &Plan) -> Seconds {
    Seconds(plan.profile.gates.start_up.0.saturating_add(90))
}

/// Of how long a time most must be without a ready replica, where one is ready now and then: longer than two moves to another
/// node, each of them allowed.
fn no_replica_share(plan: &Plan) -> Seconds {
    Seconds(no_replica_for(plan).0.saturating_mul(2).max(600))
}

/// What a new node takes, where the policy does not say it.
const NODE_START_UP: Seconds = Seconds(300);

pub(super) fn node_start_up(plan: &Plan) -> Seconds {
    plan.profile.platform.nodes.map_or(NODE_START_UP, |nodes| nodes.start_up)
}

/// How long a floor may be missed before somebody is woken.
pub(super) fn floor_late(plan: &Plan) -> Seconds {
    Seconds(floor_grace(plan).0.saturating_add(node_start_up(plan).0))
}

/// What a floor may take to be there: the HPA's way up, a minute for its sync (15 s) and KEDA's poll (30 s), the start.
pub(super) fn floor_grace(plan: &Plan) -> Seconds {
    let climbs = plan.schedules.iter().map(|schedule| {
        let min = plan.profile.targets[schedule.target.0].min.value;
        (schedule.peak().0 - min.0).div_ceil(schedule.scale_up.pods_per_minute.0.max(1))
    });
    let minutes = climbs.max().unwrap_or(0).saturating_add(1);
    Seconds(plan.profile.gates.start_up.0.saturating_add(minutes.saturating_mul(60)))
}

/// The alerts on the error budget that can fire.
fn burns(gates: &crate::profile::Gates) -> Vec<Burn> {
    let budget = gates.error_budget().percent();
    let burn = |name, anchor, severity, factor, [long, short]: [&'static str; 2], held| Burn {
        name,
        anchor,
        severity,
        factor,
        long,
        short,
        held,
        busy: if severity == "critical" { "5 * " } else { "" },
        budget: (budget / 100.0).to_string(),
        budget_percent: budget.to_string(),
    };
    let all = [
        (14.4, burn("Fast", "fast", "critical", "14.4", ["1h", "5m"], 2)),
        (6.0, burn("Medium", "medium", "critical", "6", ["6h", "30m"], 15)),
        (1.0, burn("Slow", "slow", "warning", "1", ["3d", "6h"], 60)),
    ];
    all.into_iter().filter(|(times, _)| gates.can_burn(*times)).map(|(_, burn)| burn).collect()
}

/// A workload that drains a queue.
#[derive(Serialize)]
struct Queue<'p> {
    name: &'p str,
    /// How many messages wait, in PromQL.
    pending: String,
}

fn queues(plan: &Plan) -> Vec<Queue<'_>> {
    let queue = |workload: &'_ Workload| match &workload.kind {
        WorkloadKind::Queue(queue) => Some(match &queue.pending {
            // As an expression of its own, whatever its last operator is.
            Some(own) => format!("sum({own})"),
            None => say::pending(plan),
        }),
        WorkloadKind::Http(_) | WorkloadKind::Scheduled | WorkloadKind::Kept => None,
    };
    let named = plan.profile.workloads.iter();
    named
        .filter_map(|workload| Some(Queue { name: workload.name.as_str(), pending: queue(workload)? }))
        .collect()
}

/// A metric of the business's own that is watched.
#[derive(Serialize)]
struct Limit<'p> {
    alert: String,
    anchor: String,
    /// Prometheus reads it as a template.
    title: String,
    metric: &'p str,
    most: String,
    per: Option<&'p str>,
    severity: &'static str,
    /// Its own: nothing else tells of it.
    cause: String,
}

fn limit(limit: &MetricLimit) -> Limit<'_> {
    let alert = limit.alert();
    Limit {
        anchor: format!("#{}", alert.to_lowercase()),
        alert,
        title: braces_kept(&limit.title),
        metric: limit.metric.as_str(),
        most: limit.most.to_string(),
        per: limit.per.as_ref().map(MetricName::as_str),
        severity: limit.severity.as_str(),
        cause: limit.name.to_string(),
    }
}

/// Text in which double braces are text to Go's templates as well.
fn braces_kept(text: &str) -> String {
    let opening: Vec<String> = text.split("{{").map(|part| part.replace("}}", "{{ \"}}\" }}")).collect();
    opening.join("{{ \"{{\" }}")
}

fn journal(plan: &Plan) -> Option<Journal<'_>> {
    let journal = plan.profile.journal.as_ref()?;
    Some(Journal {
        prefix: journal.prefix.as_str(),
        workers: workers(plan),
        spill: journal.spill_ratio.0.to_string(),
        spill_percent: journal.spill_ratio.to_string(),
        critical: journal.critical_ratio.0.to_string(),
        critical_percent: journal.critical_ratio.to_string(),
        max_attempts: journal.max_attempts,
        retention: journal.retention.to_string(),
        retention_limit: u64::from(journal.retention.0) + 2 * 86_400,
    })
}

fn workers(plan: &Plan) -> String {
    let delivers = |workload: &&Workload| matches!(&workload.kind, WorkloadKind::Queue(queue) if queue.pending.is_none());
    let names: Vec<&str> =
        plan.profile.workloads.iter().filter(delivers).map(|workload| workload.name.as_str()).collect();
    if names.is_empty() { String::new() } else { one_of("workload", &names) }
}

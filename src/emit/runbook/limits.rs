//! The runbook's limits: targets, gates, the journal's thresholds.

use serde::Serialize;

use crate::artifact::{ArtifactKind, JOURNAL_PURGE_FILE};
use crate::name::MetricName;
use crate::plan::{self, Plan, Schedule};
use crate::profile::{self, Guard, WorkloadKind};
use crate::quantity::Millis;

/// What stands where there is nothing.
pub(super) const NOTHING: &str = "-";

#[derive(Serialize)]
pub(super) struct Target {
    name: String,
    min: u32,
    max: u32,
    peak: u32,
    carries: String,
    guard: String,
    cooldown: String,
    window: String,
}

#[derive(Serialize)]
pub(super) struct Workload {
    name: String,
    gate: String,
    emergency: String,
}

#[derive(Serialize)]
pub(super) struct Gates {
    objective: Option<String>,
    minimal_rate: Option<String>,
    outbox_lag: String,
    outbox_depth: u32,
    idle: Option<Idle>,
    start_up: String,
}

#[derive(Serialize)]
pub(super) struct Journal {
    version: u32,
    schema: String,
    prefix: String,
    setting: String,
    spill: String,
    critical: String,
    spill_number: String,
    critical_number: String,
    max_attempts: u32,
    retention: String,
    /// The CronJob that removes delivered events, where it is ours.
    purge: Option<String>,
    purge_file: &'static str,
}

/// Replicas that a rollout may leave over a floor.
#[derive(Serialize)]
pub(super) struct Surge {
    name: String,
    floor: u32,
    at: u32,
}

pub(super) fn surge(plan: &Plan, schedule: &Schedule) -> Option<Surge> {
    let plan::Surge::Stays { floor, at } = schedule.surge else { return None };
    let target = &plan.profile.targets[schedule.target.0];
    Some(Surge { name: target.name.to_string(), floor: floor.0, at: at.0 })
}

pub(super) fn target(plan: &Plan, schedule: &Schedule) -> Target {
    let target = &plan.profile.targets[schedule.target.0];
    let workload = plan.profile.workload(target);
    let unit = match workload.kind {
        WorkloadKind::Http(_) | WorkloadKind::Scheduled | WorkloadKind::Kept => "requests/s",
        WorkloadKind::Queue(_) => "messages",
    };
    // How fast an object of its owner's moves is its own.
    let own = |said: String| if target.kept.is_some() { NOTHING.to_owned() } else { said };
    let guard = target.guard.map(|guard| match guard {
        Guard::Latency(limit) => format!("p95 {limit}"),
        Guard::Lag(limit) => format!("lag {limit}"),
    });
    Target {
        name: plan.profile.full_name(target),
        min: target.min.value.0,
        max: target.max.value.0,
        peak: schedule.peak().0,
        carries: target.per_replica.map_or_else(|| NOTHING.to_owned(), |rate| format!("{rate} {unit}")),
        guard: guard.unwrap_or_else(|| NOTHING.to_owned()),
        cooldown: own(workload.cooldown.to_string()),
        window: own(workload.scale_down_window.to_string()),
    }
}

pub(super) fn workload(workload: &profile::Workload) -> Workload {
    let (gate, emergency) = match &workload.kind {
        WorkloadKind::Http(http) => (http.p95_gate, http.p95_emergency),
        WorkloadKind::Queue(_) | WorkloadKind::Scheduled | WorkloadKind::Kept => (None, None),
    };
    let said = |limit: Option<Millis>| limit.map_or_else(|| NOTHING.to_owned(), |limit| limit.to_string());
    let (gate, emergency) = (said(gate), said(emergency));
    Workload { name: workload.name.to_string(), gate, emergency }
}

/// When a pre-scaled floor is idle.
#[derive(Serialize)]
pub(super) struct Idle {
    time: String,
    share: String,
}

pub(super) fn gates(plan: &Plan) -> Gates {
    let gates = &plan.profile.gates;
    let answers = plan.profile.http_workloads().next().is_some();
    Gates {
        objective: plan.profile.promises_latency().then(|| gates.latency_objective.to_string()),
        minimal_rate: plan.profile.limits_latency().then(|| gates.minimal_rate.to_string()),
        outbox_lag: gates.outbox_lag.to_string(),
        outbox_depth: gates.outbox_depth,
        idle: answers.then(|| Idle { time: gates.idle_for.to_string(), share: gates.idle_share.to_string() }),
        start_up: gates.start_up.to_string(),
    }
}

/// A metric of the business's own.
#[derive(Serialize)]
pub(super) struct Metric<'p> {
    alert: String,
    title: &'p str,
    metric: &'p str,
    per: Option<&'p str>,
    most: String,
}

pub(super) fn metric(limit: &profile::MetricLimit) -> Metric<'_> {
    Metric {
        alert: limit.alert(),
        title: &limit.title,
        metric: limit.metric.as_str(),
        per: limit.per.as_ref().map(MetricName::as_str),
        most: limit.most.to_string(),
    }
}

pub(super) fn journal(plan: &Plan) -> Option<Journal> {
    let journal = plan.profile.journal.as_ref()?;
    Some(Journal {
        version: journal.version.value,
        schema: journal.schema.to_string(),
        prefix: journal.prefix.to_string(),
        setting: journal.territory_setting.clone(),
        spill: journal.spill_ratio.to_string(),
        critical: journal.critical_ratio.to_string(),
        spill_number: journal.spill_ratio.0.to_string(),
        critical_number: journal.critical_ratio.0.to_string(),
        max_attempts: journal.max_attempts,
        retention: journal.retention.to_string(),
        purge: journal
            .purge
            .as_ref()
            .filter(|_| plan.profile.makes(ArtifactKind::JournalPurge))
            .map(|purge| purge.name.to_string()),
        purge_file: JOURNAL_PURGE_FILE,
    })
}

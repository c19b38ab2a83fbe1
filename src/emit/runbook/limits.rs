//! The runbook's limits: targets, gates, the journal's thresholds.

use serde::Serialize;

use crate::plan::{Plan, Schedule};
use crate::profile::{self, Guard, WorkloadKind};

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
    objective: String,
    minimal_rate: String,
    outbox_lag: String,
    outbox_depth: u32,
    credit_checks: u32,
    idle_for: String,
    idle_share: String,
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
}

pub(super) fn target(plan: &Plan, schedule: &Schedule) -> Target {
    let target = &plan.profile.targets[schedule.target.0];
    let workload = plan.profile.workload(target);
    let per_replica = target.per_replica;
    let carries = match workload.kind {
        WorkloadKind::Http(_) => format!("{per_replica} requests/s"),
        WorkloadKind::Queue(_) => format!("{per_replica} messages"),
        WorkloadKind::Kept => NOTHING.to_owned(),
    };
    // How fast an object of its owner's moves is its own.
    let own = |said: String| if target.kept.is_some() { NOTHING.to_owned() } else { said };
    let guard = target.guard.map(|guard| match guard {
        Guard::Latency(limit) => format!("p95 {limit}"),
        Guard::Lag(limit) => format!("lag {limit}"),
    });
    Target {
        name: target.name.to_string(),
        min: target.min.value.0,
        max: target.max.value.0,
        peak: schedule.peak().0,
        carries,
        guard: guard.unwrap_or_else(|| NOTHING.to_owned()),
        cooldown: own(workload.cooldown.to_string()),
        window: own(workload.scale_down_window.to_string()),
    }
}

pub(super) fn workload(workload: &profile::Workload) -> Workload {
    let (gate, emergency) = match &workload.kind {
        WorkloadKind::Http(http) => (http.p95_gate.to_string(), http.p95_emergency.to_string()),
        WorkloadKind::Queue(_) | WorkloadKind::Kept => (NOTHING.to_owned(), NOTHING.to_owned()),
    };
    Workload { name: workload.name.to_string(), gate, emergency }
}

pub(super) fn gates(plan: &Plan) -> Gates {
    let gates = &plan.profile.gates;
    Gates {
        objective: gates.latency_objective.to_string(),
        minimal_rate: gates.minimal_rate.to_string(),
        outbox_lag: gates.outbox_lag.to_string(),
        outbox_depth: gates.outbox_depth,
        credit_checks: gates.credit_checks_in_flight,
        idle_for: gates.idle_for.to_string(),
        idle_share: gates.idle_share.to_string(),
        start_up: gates.start_up.to_string(),
    }
}

pub(super) fn journal(plan: &Plan) -> Journal {
    let journal = &plan.profile.journal;
    Journal {
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
    }
}

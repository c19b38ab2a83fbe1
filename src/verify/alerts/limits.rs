//! The limits of the policy: somebody is told where each is exceeded. Which other limits a file has is its template's.

use promql_parser::parser::{self, Expr};

use super::diags;
use super::limit::{Held, Limit};
use super::rule::{Kind, Rule};
use super::told::{self, Told};
use crate::artifact::Artifact;
use crate::finding::Diagnostic;
use crate::plan::Plan;
use crate::profile::MetricLimit;
use crate::verify::promql::{self, Side};

const NEEDED: &str = "scaledobject:seasonscale_needed_replicas:rate5m";
const RATE: &str = "territory_workload:http_server_requests_seconds_count:rate5m";
const BEYOND: &str = "territory_workload:http_server_requests_beyond_target:ratio_rate";
/// The series that a p95 is held against.
const LATENCY: [&str; 4] = [
    "territory:seasonscale_latency_target_seconds:config",
    "workload:seasonscale_latency_gate_seconds:config",
    "workload:seasonscale_latency_emergency_seconds:config",
    "scaledobject:seasonscale_latency_guard_seconds:config",
];

pub(super) fn verify(plan: &Plan, artifact: &Artifact, rules: &[Rule], told: &Told<'_>) -> Vec<Diagnostic> {
    let unwatched = limits(plan).into_iter().filter(|limit| !is_watched(limit, told));
    let mut problems: Vec<Diagnostic> = unwatched.map(|limit| diags::unwatched(artifact, &limit)).collect();
    problems.extend(rules.iter().filter_map(|rule| hushed(plan, artifact, rule)));
    problems.extend(idle(plan, artifact, told));
    problems.extend(plan.profile.limits.iter().filter_map(|limit| business(artifact, limit, rules)));
    problems
}

fn is_watched(limit: &Limit, told: &Told<'_>) -> bool {
    told.comparisons().iter().any(|(_, comparison)| {
        let Some(number) = comparison.number() else { return false };
        let is_it = match limit.held {
            Held::Exactly => equal(number, limit.value),
            Held::AtLeast => number >= limit.value,
            Held::Multiplied => comparison.literals().iter().any(|literal| equal(*literal, limit.value)),
        };
        let about = || promql::series(comparison.measured).iter().any(|name| name.starts_with(&limit.series));
        is_it && comparison.side == limit.side && about()
    })
}

/// Numbers are written with all their digits and read back.
fn equal(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-9 * one.abs().max(other.abs())
}

fn limits(plan: &Plan) -> Vec<Limit> {
    let gates = &plan.profile.gates;
    let mut limits = Vec::new();
    let mut above = |what, series: &str, value, held, span| {
        limits.push(Limit { what, series: series.to_owned(), side: Side::Above, value, held, span });
    };
    // Kept to a ten-thousandth of a per cent.
    let budget = ((1.0 - gates.latency_objective.0) * 1e6).round() / 1e6;
    if plan.profile.promises_latency() && budget < 1.0 {
        above("the budget of slow requests", BEYOND, budget, Held::Multiplied, plan.horizon_span);
    }
    if let Some(journal) = &plan.profile.journal {
        let at = journal.version.span;
        let name = |metric: &str| format!("{}_{metric}", journal.prefix);
        let usage = name("notify_queue_usage_ratio");
        above("the queue at which wake-ups are left out", &usage, journal.spill_ratio.0, Held::Exactly, at);
        above(
            "the queue at which critical events get none",
            &usage,
            journal.critical_ratio.0,
            Held::Exactly,
            at,
        );
        let lag = f64::from(gates.outbox_lag.0);
        above("the lag of the outbox", &name("outbox_lag_seconds"), lag, Held::Exactly, at);
        let depth = f64::from(gates.outbox_depth);
        above("the depth of the outbox", &name("outbox_pending_events"), depth, Held::Exactly, at);
        let retention = f64::from(journal.retention.0);
        above("how long events are kept", &name("oldest_delivered_seconds"), retention, Held::AtLeast, at);
    }
    limits
}

/// A p95 that is held against a limit of the policy where hardly any requests come says nothing.
fn hushed(plan: &Plan, artifact: &Artifact, rule: &Rule) -> Option<Diagnostic> {
    let least = plan.profile.gates.minimal_rate.0;
    let comparisons = promql::comparisons(&rule.expr);
    let is_latency = |limit: &Expr| promql::series(limit).iter().any(|name| LATENCY.contains(name));
    let limited = comparisons.iter().any(|found| is_latency(found.limit));
    let busy = comparisons.iter().any(|found| {
        found.side == Side::Above
            && found.number().is_some_and(|number| number >= least || equal(number, least))
            && promql::series(found.measured).contains(RATE)
    });
    (limited && !busy).then(|| diags::quiet(artifact, &rule.name, least))
}

/// A floor that is not used is told after the time, and below the share, that the policy says.
fn idle(plan: &Plan, artifact: &Artifact, told: &Told<'_>) -> Option<Diagnostic> {
    let gates = &plan.profile.gates;
    plan.profile.http_workloads().next()?;
    let is_told = told.comparisons().iter().any(|(alert, found)| {
        let is_it = found.number().is_some_and(|number| equal(number, gates.idle_share.0));
        is_it
            && found.side == Side::Below
            && told::held(alert) == gates.idle_for
            && promql::series(found.measured).contains(NEEDED)
    });
    let limit = Limit {
        what: "the share of a floor that is used, for the time that the policy says",
        series: NEEDED.to_owned(),
        side: Side::Below,
        value: gates.idle_share.0,
        held: Held::Exactly,
        span: plan.horizon_span,
    };
    (!is_told).then(|| diags::unwatched(artifact, &limit))
}

/// A limit on a metric of the business: its alert has the policy's sum, number and severity.
fn business(artifact: &Artifact, limit: &MetricLimit, rules: &[Rule]) -> Option<Diagnostic> {
    let sum = limit.per.as_ref().map_or_else(|| "sum".to_owned(), |label| format!("sum by ({label})"));
    let wanted = format!("{sum} ({}) > {}", limit.metric, limit.most);
    let tree = parser::parse(&wanted).expect("internal error: a name and a number are PromQL");
    let name = limit.alert();
    let is_told = rules.iter().any(|rule| {
        rule.kind == Kind::Alert
            && rule.name == name
            && *rule.expr == tree
            && rule.labels.get("severity").is_some_and(|severity| severity == limit.severity.as_str())
    });
    (!is_told).then(|| diags::business(artifact, limit, &wanted))
}

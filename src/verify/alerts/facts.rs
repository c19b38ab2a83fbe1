//! The plan group's constants against the profile: who is scaled, by which limits.

use std::collections::{BTreeMap, BTreeSet};

use super::diags::{self, SeriesDifference};
use super::evaluate::Evaluator;
use super::labels::Labels;
use super::series::Series;
use crate::artifact::Artifact;
use crate::finding::Diagnostic;
use crate::plan::Plan;
use crate::profile::{Guard, Target, WorkloadKind};
use crate::source::Span;

/// A constant series as it must be.
struct Fact {
    metric: &'static str,
    labels: Labels,
    value: f64,
    span: Span,
}

/// `first_end`: the first second at which the plan is no longer right in some zone.
pub(super) fn verify(
    plan: &Plan,
    artifact: &Artifact,
    evaluator: &Evaluator,
    first_end: i64,
) -> Vec<Diagnostic> {
    let mut facts: BTreeMap<&'static str, Vec<Fact>> = METRICS.map(|metric| (metric, Vec::new())).into();
    for fact in expected(plan, first_end) {
        facts.entry(fact.metric).or_default().push(fact);
    }
    facts.iter().flat_map(|(metric, facts)| compare(artifact, evaluator, metric, facts)).collect()
}

const INFO: &str = "scaledobject:seasonscale_target_info:config";
const MIN: &str = "scaledobject:seasonscale_min_replicas:config";
const PEAK: &str = "scaledobject:seasonscale_peak_replicas:config";
const CARRIES: &str = "scaledobject:seasonscale_load_per_replica:config";
const GUARD: &str = "scaledobject:seasonscale_latency_guard_seconds:config";
const TARGET: &str = "territory:seasonscale_latency_target_seconds:config";
const GATE: &str = "workload:seasonscale_latency_gate_seconds:config";
const EMERGENCY: &str = "workload:seasonscale_latency_emergency_seconds:config";
const HORIZON: &str = "plan:seasonscale_horizon_end_timestamp_seconds:calendar";
const METRICS: [&str; 9] = [INFO, MIN, PEAK, CARRIES, GUARD, TARGET, GATE, EMERGENCY, HORIZON];

fn expected(plan: &Plan, first_end: i64) -> Vec<Fact> {
    let profile = &plan.profile;
    let mut facts = Vec::new();
    let mut add = |metric, labels: &Labels, value, span| {
        facts.push(Fact { metric, labels: labels.clone(), value, span });
    };
    let mut served = BTreeSet::new();
    for (target, schedule) in profile.targets.iter().zip(&plan.schedules) {
        let labels = object(plan, target);
        add(PEAK, &labels, f64::from(schedule.peak().0), target.span);
        add(INFO, &labels, 1.0, target.span);
        add(MIN, &labels, f64::from(target.min.value.0), target.min.span);
        if let Some(carried) = target.per_replica {
            add(CARRIES, &labels, carried.0, target.span);
        }
        if let Some(Guard::Latency(limit)) = target.guard {
            add(GUARD, &labels, limit.seconds(), target.span);
        }
        served.extend(target.territory);
    }
    for territory in served.into_iter().map(|at| &profile.territories[at.0]) {
        let labels = Labels::from([("territory".into(), territory.code.as_str().into())]);
        if let Some(limit) = territory.p95_target {
            add(TARGET, &labels, limit.seconds(), territory.span);
        }
    }
    for workload in &profile.workloads {
        if let WorkloadKind::Http(http) = &workload.kind {
            let labels = Labels::from([("workload".into(), workload.name.as_str().into())]);
            for (metric, limit) in [(GATE, http.p95_gate), (EMERGENCY, http.p95_emergency)] {
                if let Some(limit) = limit {
                    add(metric, &labels, limit.seconds(), workload.span);
                }
            }
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "Unix seconds are far below 2^53")]
    add(HORIZON, &Labels::new(), first_end as f64, plan.horizon_span);
    facts
}

/// The labels that every series of a ScaledObject has.
pub(super) fn object(plan: &Plan, target: &Target) -> Labels {
    let name = target.name.as_str();
    let mut labels = Labels::from([
        ("scaledObject".into(), name.into()),
        ("deployment".into(), name.into()),
        ("horizontalpodautoscaler".into(), format!("keda-hpa-{name}").into()),
        ("workload".into(), plan.profile.workload(target).name.as_str().into()),
        ("zone".into(), target.zone.name().into()),
    ]);
    if let Some(territory) = plan.profile.territory(target) {
        labels.insert("territory".into(), territory.code.as_str().into());
    }
    labels
}

/// `{season="oktoberfest", territory="DE"}`
pub(super) fn say(labels: &Labels) -> String {
    let parts: Vec<String> = labels.iter().map(|(name, value)| format!("{name}={:?}", &**value)).collect();
    format!("{{{}}}", parts.join(", "))
}

fn compare(artifact: &Artifact, evaluator: &Evaluator, metric: &str, facts: &[Fact]) -> Vec<Diagnostic> {
    let found: BTreeMap<&Labels, &Series> =
        evaluator.series(metric).iter().map(|series| (&series.labels, series)).collect();
    if found.len() < evaluator.series(metric).len() {
        return vec![diags::doubled(artifact, metric)];
    }
    let wanted: BTreeSet<&Labels> = facts.iter().map(|fact| &fact.labels).collect();
    let mut problems = Vec::new();
    for fact in facts {
        let curve = found.get(&fact.labels).map(|series| evaluator.curves.get(series.node));
        let value = curve.map(|curve| curve.everywhere());
        if value != Some(Some(fact.value)) {
            let shown = value.map(|value| value.map_or("no constant".to_owned(), |value| value.to_string()));
            let difference = SeriesDifference {
                metric,
                of: say(&fact.labels),
                when: None,
                planned: Some(fact.value),
                found: shown,
                span: fact.span,
            };
            problems.push(diags::series(artifact, &difference));
        }
    }
    let extra = found.keys().filter(|labels| !wanted.contains(**labels));
    problems.extend(extra.map(|labels| diags::unplanned(artifact, metric, &say(labels))));
    problems
}

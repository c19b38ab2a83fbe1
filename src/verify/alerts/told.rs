//! Which rules reach somebody: the alerts, and what is recorded for them. A limit is watched where such a rule holds something
//! against it; what is only left out of a rule does not count.

use std::collections::{BTreeMap, BTreeSet};

use promql_parser::util::parse_duration;

use super::rule::{Kind, Rule};
use super::{calendar, diags};
use crate::artifact::Artifact;
use crate::finding::Diagnostic;
use crate::plan::Plan;
use crate::profile::HttpWorkload;
use crate::quantity::Seconds;
use crate::verify::promql::{self, Comparison};

const FLOOR: &str = "scaledobject:seasonscale_floor_replicas:max";
const READY: &str = "kube_deployment_status_replicas_ready";
const HORIZON: &str = "plan:seasonscale_horizon_end_timestamp_seconds:calendar";
const TARGET: &str = "territory:seasonscale_latency_target_seconds:config";
const GATE: &str = "workload:seasonscale_latency_gate_seconds:config";
const EMERGENCY: &str = "workload:seasonscale_latency_emergency_seconds:config";

/// What decides of alerts. What the plan and calendar groups record is proven at every second, and not looked into here.
pub(super) struct Told<'r> {
    /// For each alert: itself, and every recorded set that it is about.
    of_alerts: Vec<Vec<&'r Rule>>,
    /// Every comparison in these, with the alert.
    comparisons: Vec<(&'r Rule, Comparison<'r>)>,
}

impl<'r> Told<'r> {
    pub(super) fn read(rules: &'r [Rule]) -> Self {
        let mut recorded: BTreeMap<&str, Vec<&Rule>> = BTreeMap::new();
        let looked_into = |rule: &&Rule| rule.kind == Kind::Record && !calendar::is_evaluated(rule);
        for rule in rules.iter().filter(looked_into) {
            recorded.entry(&rule.name).or_default().push(rule);
        }
        let alerts = rules.iter().filter(|rule| rule.kind == Kind::Alert);
        let of_alerts: Vec<Vec<&Rule>> = alerts.map(|alert| behind(alert, &recorded)).collect();
        let mut comparisons = Vec::new();
        for all in &of_alerts {
            let found = all.iter().flat_map(|rule| promql::comparisons(&rule.expr));
            comparisons.extend(found.map(|comparison| (all[0], comparison)));
        }
        Self { of_alerts, comparisons }
    }

    /// Every alert with all that decides of it, the alert itself first.
    fn alerts(&self) -> impl Iterator<Item = &[&'r Rule]> {
        self.of_alerts.iter().map(Vec::as_slice)
    }

    /// Every comparison that decides of an alert, with the alert.
    pub(super) fn comparisons(&self) -> &[(&'r Rule, Comparison<'r>)] {
        &self.comparisons
    }
}

fn behind<'r>(alert: &'r Rule, recorded: &BTreeMap<&str, Vec<&'r Rule>>) -> Vec<&'r Rule> {
    let mut all = vec![alert];
    let mut seen = BTreeSet::new();
    let mut at = 0;
    while at < all.len() {
        for name in promql::deciding(&all[at].expr) {
            if let Some(more) = recorded.get(name).filter(|_| seen.insert(name)) {
                all.extend(more);
            }
        }
        at += 1;
    }
    all
}

/// What the plan promises and nobody is told of.
pub(super) fn verify(plan: &Plan, artifact: &Artifact, told: &Told<'_>) -> Vec<Diagnostic> {
    let profile = &plan.profile;
    let has = |limit: fn(&HttpWorkload) -> bool| profile.http_workloads().any(|(_, http)| limit(http));
    let promises = [
        (HORIZON, "the end of the plan", true),
        (TARGET, "the p95 that territories are promised", profile.promises_latency()),
        (GATE, "the p95 gates of workloads", has(|http| http.p95_gate.is_some())),
        (EMERGENCY, "the p95 that is an emergency", has(|http| http.p95_emergency.is_some())),
    ];
    let decides = |rule: &&Rule, series: &str| promql::deciding(&rule.expr).contains(series);
    let is_told = |series: &str| told.alerts().any(|rules| rules.iter().any(|rule| decides(rule, series)));
    let untold = promises.into_iter().filter(|(series, _, is_promised)| *is_promised && !is_told(series));
    let mut problems: Vec<Diagnostic> =
        untold.map(|(series, what, _)| diags::untold(artifact, series, what)).collect();
    let floors = |rules: &[&Rule]| rules.iter().any(|rule| decides(rule, FLOOR)) && waits(rules).is_some();
    if !told.alerts().any(floors) {
        problems.push(diags::untold(artifact, FLOOR, "a floor that the ready replicas do not reach"));
    }
    problems.extend(hasty(plan, artifact, told));
    problems
}

/// Alerts that wake somebody because of too few ready replicas before one can have started.
fn hasty(plan: &Plan, artifact: &Artifact, told: &Told<'_>) -> Vec<Diagnostic> {
    let least = plan.profile.gates.start_up;
    let critical =
        |rules: &&[&Rule]| rules[0].labels.get("severity").is_some_and(|severity| severity == "critical");
    let hasty =
        told.alerts().filter(critical).filter(|rules| waits(rules).is_some_and(|waits| waits < least));
    hasty.map(|rules| diags::hasty(artifact, &rules[0].name, least)).collect()
}

/// How long replicas must have been too few for an alert; nothing where it does not ask how many are ready.
fn waits(rules: &[&Rule]) -> Option<Seconds> {
    let counts = |rule: &&Rule| {
        promql::comparisons(&rule.expr).iter().any(|comparison| {
            [comparison.measured, comparison.limit].iter().any(|side| promql::series(side).contains(READY))
        })
    };
    rules.iter().any(counts).then(|| {
        let looks_back = rules.iter().map(|rule| promql::waits(&rule.expr)).max().unwrap_or(Seconds(0));
        Seconds(looks_back.0.saturating_add(held(rules[0]).0))
    })
}

/// How long an alert waits before it fires.
pub(super) fn held(alert: &Rule) -> Seconds {
    let held = alert.held.as_deref().and_then(|text| parse_duration(text).ok());
    Seconds(held.map_or(0, |held| u32::try_from(held.as_secs()).unwrap_or(u32::MAX)))
}

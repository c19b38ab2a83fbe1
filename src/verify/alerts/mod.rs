//! `alerts-scaling.yml` read back from its bytes.
//!
//! The plan and calendar groups are evaluated over the whole horizon and compared with the plan at every second. Of all other
//! rules it is proven what the policy says: its limits are watched, its queries are asked as they are, requests and replicas are
//! those of its workloads and of its namespace, and every alert leads to somebody and to the runbook. How long alerts wait and
//! what else they look at is the design of the templates, which tests hold.

mod calendar;
mod curve;
mod diags;
mod evaluate;
mod facts;
mod kept;
mod labels;
mod limit;
mod limits;
mod measured;
mod read;
mod requests;
mod result;
mod rule;
mod scope;
mod series;
mod told;
mod words;

pub(super) use kept::verify as verify_kept;

use std::collections::BTreeSet;

use promql_parser::parser::{self, Expr};
use rule::{Kind, Rule};
use told::Told;

use crate::artifact::Artifact;
use crate::finding::Diagnostic;
use crate::plan::Plan;
use crate::profile::{HttpWorkload, WorkloadKind};
use crate::verify::promql;

pub(super) fn verify(plan: &Plan, artifact: &Artifact, runbook: Option<&Artifact>) -> Vec<Diagnostic> {
    let (rules, mut problems) = read::read(plan, artifact);
    if rules.is_empty() {
        return problems;
    }
    problems.extend(calendar::verify(plan, artifact, &rules));
    let told = Told::read(&rules);
    problems.extend(told::verify(plan, artifact, &told));
    problems.extend(limits::verify(plan, artifact, &rules, &told));
    problems.extend(measured::verify(plan, artifact, &rules));
    problems.extend(requests::verify(plan, artifact, &rules));
    problems.extend(unrecorded(plan, artifact, &rules));
    problems.extend(twice(artifact, &rules));
    problems.extend(words::verify(plan, artifact, &rules, runbook));
    problems
}

/// Rules that stand there twice: Prometheus would evaluate both.
fn twice(artifact: &Artifact, rules: &[Rule]) -> Vec<Diagnostic> {
    let mut seen = BTreeSet::new();
    let again = rules
        .iter()
        .filter(|rule| !seen.insert((rule.kind == Kind::Alert, &rule.name, &rule.labels, rule.text.trim())));
    again.map(|rule| diags::twice(artifact, rule)).collect()
}

/// The queries that the policy writes.
fn own_queries(plan: &Plan) -> impl Iterator<Item = &str> {
    let queries = plan.profile.workloads.iter().flat_map(|workload| match &workload.kind {
        WorkloadKind::Http(HttpWorkload { own: Some(own), .. }) => [Some(&own.rps), own.p95.as_ref()],
        WorkloadKind::Queue(queue) => [queue.pending.as_ref(), None],
        WorkloadKind::Http(_) | WorkloadKind::Scheduled | WorkloadKind::Kept => [None, None],
    });
    queries.flatten().map(String::as_str)
}

/// Series of the file's own naming that are read and that no rule records.
fn unrecorded(plan: &Plan, artifact: &Artifact, rules: &[Rule]) -> Vec<Diagnostic> {
    let recorded = rules.iter().filter(|rule| rule.kind == Kind::Record).map(|rule| rule.name.as_str());
    // What the business's own queries ask for is recorded by its own rules.
    let asked: Vec<Expr> = own_queries(plan).filter_map(|query| parser::parse(query).ok()).collect();
    let recorded: BTreeSet<&str> = recorded.chain(asked.iter().flat_map(promql::series)).collect();
    let mut missing: BTreeSet<(&str, &str)> = BTreeSet::new();
    for rule in rules {
        let read = promql::series(&rule.expr).into_iter().filter(|name| name.contains(':'));
        let unknown = read.chain(words::asked(rule)).filter(|metric| !recorded.contains(metric));
        missing.extend(unknown.map(|metric| (rule.name.as_str(), metric)));
    }
    missing.into_iter().map(|(rule, metric)| diags::unrecorded(artifact, rule, metric)).collect()
}

//! What the rules measure: of the cluster's series those of our namespace and of nobody else, and the queries that the policy
//! writes, as it writes them.

use std::collections::BTreeSet;

use promql_parser::label::{MatchOp, Matcher};
use promql_parser::parser::{Expr, VectorSelector, parse};

use super::diags;
use super::rule::Rule;
use crate::artifact::Artifact;
use crate::finding::Diagnostic;
use crate::plan::Plan;
use crate::profile::{HttpWorkload, OwnQueries, QueueWorkload, Target, WorkloadKind};
use crate::verify::promql;

const RATE: &str = "territory_workload:http_server_requests_seconds_count:rate5m";
const P95: &str = "territory_workload:http_server_requests_seconds:p95_5m";
const NEEDED: &str = "scaledobject:seasonscale_needed_replicas:rate5m";

/// The series of the cluster that are about scaling.
const OF_SCALING: [&str; 3] = ["keda_", "kube_deployment_", "kube_horizontalpodautoscaler_"];

pub(super) fn verify(plan: &Plan, artifact: &Artifact, rules: &[Rule]) -> Vec<Diagnostic> {
    let namespaces = BTreeSet::from([plan.profile.platform.namespace.as_str()]);
    let mut problems = Vec::new();
    for rule in rules {
        promql::walk(&rule.expr, &mut |selector| {
            problems.extend(elsewhere(plan, artifact, rule, selector, &namespaces));
        });
    }
    problems.extend(plan.profile.targets.iter().flat_map(|target| own(plan, artifact, rules, target)));
    problems
}

/// A series about scaling that is not of these namespaces.
pub(super) fn elsewhere(
    plan: &Plan,
    artifact: &Artifact,
    rule: &Rule,
    selector: &VectorSelector,
    namespaces: &BTreeSet<&str>,
) -> Option<Diagnostic> {
    let name = selector.name.as_deref().unwrap_or_default();
    OF_SCALING.iter().find(|start| name.starts_with(**start))?;
    let keda = plan.profile.platform.keda_namespace_label.as_str();
    let label = if name.starts_with("keda_") { keda } else { "namespace" };
    let is_there = values(selector, label).as_ref() == Some(namespaces);
    (!is_there).then(|| diags::elsewhere(artifact, &rule.name, name, label))
}

pub(super) fn matchers<'s>(
    selector: &'s VectorSelector,
    label: &'s str,
) -> impl Iterator<Item = &'s Matcher> {
    selector.matchers.matchers.iter().filter(move |matcher| matcher.name == label)
}

/// The values that a label may have by the one matcher on it.
pub(super) fn values<'s>(selector: &'s VectorSelector, label: &'s str) -> Option<BTreeSet<&'s str>> {
    let mut own = matchers(selector, label);
    let matcher = own.next()?;
    let values = match matcher.op {
        MatchOp::Equal => BTreeSet::from([matcher.value.as_str()]),
        MatchOp::Re(_) => matcher.value.split('|').collect(),
        MatchOp::NotEqual | MatchOp::NotRe(_) => return None,
    };
    own.next().is_none().then_some(values)
}

/// The queries of the policy that no rule asks as they are.
fn own(plan: &Plan, artifact: &Artifact, rules: &[Rule], target: &Target) -> Vec<Diagnostic> {
    let workload = plan.profile.workload(target);
    let territory = plan.profile.territory(target);
    let code = territory.map(|territory| territory.code.as_str());
    let label = |rule: &Rule, name: &str| rule.labels.get(name).cloned();
    let of_workload = |rule: &Rule| label(rule, "workload").as_deref() == Some(workload.name.as_str());
    let here = |rule: &Rule| of_workload(rule) && label(rule, "territory").as_deref() == code;
    let tree = |query: &str| parse(query).expect("internal error: the policy read it");
    let mut missing = Vec::new();
    match &workload.kind {
        WorkloadKind::Http(HttpWorkload { own: Some(own), .. }) => {
            let OwnQueries { rps, p95 } = own.of(territory);
            for (name, query) in std::iter::once((RATE, rps)).chain(p95.map(|p95| (P95, p95))) {
                let wanted = tree(&query);
                let records = |rule: &Rule| rule.name == name && here(rule) && *rule.expr == wanted;
                if !rules.iter().any(records) {
                    missing.push((name, query));
                }
            }
        }
        WorkloadKind::Queue(QueueWorkload { pending: Some(pending), .. }) => {
            let query = format!("sum({pending})");
            let wanted: Expr = tree(&query);
            let asks = |rule: &Rule| {
                rule.name == NEEDED && of_workload(rule) && promql::contains(&rule.expr, &wanted)
            };
            if !rules.iter().any(asks) {
                missing.push((NEEDED, query));
            }
        }
        WorkloadKind::Http(_) | WorkloadKind::Queue(_) | WorkloadKind::Scheduled | WorkloadKind::Kept => {}
    }
    missing.into_iter().map(|(name, query)| diags::unasked(artifact, (name, &query), workload.span)).collect()
}

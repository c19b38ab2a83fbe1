//! `alerts-scaling.yml` read back from its bytes.
//!
//! The plan and calendar groups are evaluated over the whole horizon and compared with the plan at every second; every
//! other rule is compared, token by token, with what the profile makes of it; every alert must be labelled, say its value
//! and lead to a section of the runbook.

mod calendar;
mod curve;
mod design;
mod diags;
mod evaluate;
mod facts;
mod kept;
mod labels;
mod read;
mod scope;
mod series;
mod tokens;
mod words;

pub(super) use kept::verify as verify_kept;

use std::collections::BTreeSet;

use design::Expected;
use read::{Kind, Rule};

use crate::artifact::Artifact;
use crate::finding::Diagnostic;
use crate::plan::Plan;
use crate::profile::{HttpWorkload, WorkloadKind};

pub(super) fn verify(plan: &Plan, artifact: &Artifact, runbook: Option<&Artifact>) -> Vec<Diagnostic> {
    let (rules, mut problems) = read::read(plan, artifact);
    if rules.is_empty() {
        return problems;
    }
    problems.extend(calendar::verify(plan, artifact, &rules));
    problems.extend(compare(plan, artifact, &rules));
    problems.extend(unrecorded(plan, artifact, &rules));
    let headings = runbook.map(words::anchors);
    for rule in rules.iter().filter(|rule| rule.kind == Kind::Alert) {
        problems.extend(words::verify(plan, artifact, rule, headings.as_ref()));
    }
    problems
}

/// Every rule that is written down in `design` against the file's.
fn compare(plan: &Plan, artifact: &Artifact, rules: &[Rule]) -> Vec<Diagnostic> {
    let expected = design::rules(plan);
    let mut taken = BTreeSet::new();
    // First those with the same labels, so that a difference in one is not blamed on its neighbour.
    let exact: Vec<Option<usize>> = expected
        .iter()
        .map(|wanted| {
            let same = |(at, rule): &(usize, &Rule)| {
                !taken.contains(at) && is_named(rule, wanted) && labels_differ(rule, wanted).is_none()
            };
            let found = rules.iter().enumerate().find(same).map(|(at, _)| at);
            taken.extend(found);
            found
        })
        .collect();
    let mut problems = Vec::new();
    for (wanted, exact) in expected.iter().zip(exact) {
        let left = |(at, rule): &(usize, &Rule)| !taken.contains(at) && is_named(rule, wanted);
        let found = exact.or_else(|| rules.iter().enumerate().find(left).map(|(at, _)| at));
        let Some(at) = found else {
            problems.push(diags::missing(artifact, wanted));
            continue;
        };
        taken.insert(at);
        problems.extend(differences(artifact, wanted, &rules[at]));
    }
    let names: BTreeSet<&str> = expected.iter().map(|wanted| wanted.name.as_str()).collect();
    let extra = rules
        .iter()
        .enumerate()
        .filter(|(at, rule)| !taken.contains(at) && names.contains(rule.name.as_str()));
    problems.extend(extra.map(|(_, rule)| diags::twice(artifact, rule)));
    problems
}

fn is_named(rule: &Rule, wanted: &Expected) -> bool {
    rule.kind == wanted.kind && rule.name == wanted.name
}

/// The first label that differs: its name, what is wanted, what is there.
fn labels_differ<'e>(
    rule: &'e Rule,
    wanted: &'e Expected,
) -> Option<(&'e str, Option<&'e str>, Option<&'e str>)> {
    let is = |name: &str| rule.labels.get(name).map(String::as_str);
    let wrong = wanted.labels.iter().find(|(name, value)| is(name) != Some(value));
    if let Some((name, value)) = wrong {
        return Some((name, Some(value), is(name)));
    }
    let is_wanted = |name: &str| wanted.labels.iter().any(|(wanted, _)| *wanted == name);
    let extra = rule.labels.iter().find(|(name, _)| !is_wanted(name));
    extra.map(|(name, value)| (name.as_str(), None, Some(value.as_str())))
}

fn differences(artifact: &Artifact, wanted: &Expected, rule: &Rule) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    if let Some(difference) = tokens::difference(&wanted.expr, &rule.text) {
        problems.push(diags::expression(artifact, wanted, &difference));
    }
    if let Some((name, expected, found)) = labels_differ(rule, wanted) {
        problems.push(diags::field(artifact, wanted, name, expected, found));
    }
    for (field, expected, found) in
        [("for", wanted.held.as_deref(), &rule.held), ("keep_firing_for", wanted.keeps, &rule.keeps)]
    {
        if expected != found.as_deref() {
            problems.push(diags::field(artifact, wanted, field, expected, found.as_deref()));
        }
    }
    if wanted.kind == Kind::Alert {
        problems.extend(words::says(artifact, wanted, rule));
    }
    problems
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
    let asked = own_queries(plan).flat_map(tokens::tokens);
    let recorded: BTreeSet<&str> = recorded.chain(asked).collect();
    let mut missing: BTreeSet<(&str, &str)> = BTreeSet::new();
    for rule in rules {
        let read = tokens::tokens(&rule.text)
            .into_iter()
            .filter(|token| token.contains(':') && !token.contains('"'));
        let unknown = read.chain(words::asked(rule)).filter(|metric| !recorded.contains(metric));
        missing.extend(unknown.map(|metric| (rule.name.as_str(), metric)));
    }
    missing.into_iter().map(|(rule, metric)| diags::unrecorded(artifact, rule, metric)).collect()
}

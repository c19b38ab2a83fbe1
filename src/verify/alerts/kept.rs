//! `alerts-kept.yml` read back: it knows every ScaledObject of others by its names, asks for series of their namespaces and of
//! our triggers alone, and lets nobody be woken before pods and nodes can have started.

use std::collections::BTreeSet;

use super::labels::Labels;
use super::read;
use super::rule::{Kind, Rule};
use super::{diags, facts, measured, unrecorded, words};
use crate::artifact::Artifact;
use crate::finding::Diagnostic;
use crate::keda::decode;
use crate::keda::scaledobject;
use crate::kept::{Kept, OURS};
use crate::plan::Plan;
use crate::profile::Target;
use crate::quantity::Seconds;
use crate::verify::promql;
use crate::yaml;

const INFO: &str = "scaledobject:seasonscale_kept_info:config";
const PAGE: &str = "KeptFloorMissed";
const HORIZON: &str = "plan:seasonscale_horizon_end_timestamp_seconds:calendar";

pub(in crate::verify) fn verify(
    plan: &Plan,
    artifact: &Artifact,
    runbook: Option<&Artifact>,
) -> Vec<Diagnostic> {
    let (rules, mut problems) = read::read(plan, artifact);
    if rules.is_empty() {
        return problems;
    }
    problems.extend(objects(plan, artifact, &rules));
    problems.extend(rules.iter().flat_map(|rule| selectors(plan, artifact, rule)));
    problems.extend(end(plan, artifact, &rules));
    problems.extend(patience(plan, artifact, &rules));
    problems.extend(unrecorded(plan, artifact, &rules));
    problems.extend(words::verify(plan, artifact, &rules, runbook));
    problems
}

/// The objects of others in which there are triggers of ours: some floor is above what runs anyway.
fn kept(plan: &Plan) -> impl Iterator<Item = (&Target, &Kept)> {
    let targets = plan.profile.targets.iter().zip(&plan.schedules);
    let raised = targets.filter(|(target, schedule)| {
        let floors = &schedule.floors;
        floors
            .steps()
            .iter()
            .map(|(_, step)| step)
            .chain([floors.first()])
            .any(|step| step.floor > target.min.value)
    });
    raised.filter_map(|(target, _)| Some((target, &target.kept.as_ref()?.object)))
}

/// One constant series for each object, by which all others are joined.
fn objects(plan: &Plan, artifact: &Artifact, rules: &[Rule]) -> Vec<Diagnostic> {
    let wanted: BTreeSet<Labels> = kept(plan).map(|(target, kept)| labels(plan, target, kept)).collect();
    let mut found = BTreeSet::new();
    let mut problems = Vec::new();
    for rule in rules.iter().filter(|rule| rule.name == INFO) {
        let mut own = Labels::new();
        for (name, value) in &rule.labels {
            own.insert(name.as_str().into(), value.as_str().into());
        }
        if rule.text.trim() != "vector(1)" || !found.insert(own.clone()) {
            problems.push(diags::doubled(artifact, INFO));
        } else if !wanted.contains(&own) {
            problems.push(diags::unplanned(artifact, INFO, &facts::say(&own)));
        }
    }
    let missing = wanted.difference(&found);
    problems.extend(missing.map(|labels| diags::nobody(artifact, INFO, &facts::say(labels))));
    problems
}

fn labels(plan: &Plan, target: &Target, kept: &Kept) -> Labels {
    let root = yaml::tree(&kept.text).expect("internal error: the policy read it").root;
    let object = decode::object(&root, scaledobject::Kind::ScaledObject).object;
    let (_, kind, name) = object.spec.scale_target_ref.target();
    Labels::from([
        ("scaledObject".into(), object.metadata.name.value.as_str().into()),
        ("object_namespace".into(), target.namespace(&plan.profile.platform).as_str().into()),
        ("horizontalpodautoscaler".into(), object.hpa_name().as_str().into()),
        ("kind".into(), kind.into()),
        ("target".into(), name.into()),
        ("workload".into(), plan.profile.workload(target).name.as_str().into()),
    ])
}

/// Series about scaling are those of the objects' namespaces; those of triggers are of ours.
fn selectors(plan: &Plan, artifact: &Artifact, rule: &Rule) -> Vec<Diagnostic> {
    let platform = &plan.profile.platform;
    let places: BTreeSet<&str> = kept(plan).map(|(target, _)| target.namespace(platform).as_str()).collect();
    let mut problems = Vec::new();
    promql::walk(&rule.expr, &mut |selector| {
        problems.extend(measured::elsewhere(plan, artifact, rule, selector, &places));
        let name = selector.name.as_deref().unwrap_or_default();
        let scaler = measured::matchers(selector, "scaler").next().filter(|_| name.starts_with("keda_"));
        if scaler.is_some_and(|matcher| matcher.to_string() != format!("scaler=~\"{OURS}.+\"")) {
            problems.push(diags::elsewhere(artifact, &rule.name, name, "scaler"));
        }
    });
    problems
}

/// Where no other file tells when the plan ends, this one does.
fn end(plan: &Plan, artifact: &Artifact, rules: &[Rule]) -> Option<Diagnostic> {
    if plan.profile.targets.iter().any(|target| target.kept.is_none()) {
        return None;
    }
    let until = plan.horizon.until.start();
    let first = plan.profile.targets.iter().map(|target| target.zone.first_instant(until).0).min()?;
    let is_told = |rule: &Rule| rule.name == HORIZON && rule.text.trim() == format!("vector({first})");
    let is_there = rules.iter().any(is_told);
    (!is_there).then(|| diags::nobody(artifact, HORIZON, &format!("{first}: {}", plan.horizon.until)))
}

/// Whoever is woken is woken after a replica, and the node that it needs, can have started.
fn patience(plan: &Plan, artifact: &Artifact, rules: &[Rule]) -> Option<Diagnostic> {
    let gates = &plan.profile.gates;
    let node = plan.profile.platform.nodes.map_or(300, |nodes| nodes.start_up.0);
    let least = Seconds(gates.start_up.0.saturating_add(node));
    kept(plan).next()?;
    let is_critical =
        |rule: &Rule| rule.labels.get("severity").is_some_and(|severity| severity == "critical");
    let page = rules.iter().find(|rule| rule.name == PAGE && is_critical(rule));
    let Some(page) = page else {
        return Some(diags::nobody(artifact, PAGE, "somebody must be woken where a floor is missed"));
    };
    // It counts a set, of which each member has been there for so long.
    let sets = promql::series(&page.expr);
    let waits = |rule: &Rule| promql::waits(&rule.expr) >= least;
    let mut read = rules.iter().filter(|rule| rule.kind == Kind::Record && sets.contains(rule.name.as_str()));
    (!read.any(waits)).then(|| diags::hasty(artifact, PAGE, least))
}

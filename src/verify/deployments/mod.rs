//! `deployments.yaml` read back: every target has its three objects and nobody else has any, each says what the profile
//! says, nothing takes a right that the restricted Pod Security Standard forbids, and nobody but the HPA counts replicas.
//!
//! A replaced template may add what it likes to a pod (a variable, a volume, an annotation); it may not break a promise.

mod diags;
mod expected;

use std::collections::BTreeMap;

use super::node::{at, said};
use super::pod_security;
use super::report::Report;
use crate::artifact::Artifact;
use crate::finding::Diagnostic;
use crate::plan::Plan;
use crate::profile::Target;
use crate::yaml::{self, Document, Mark, Node, Tree};
use diags::Field;

/// An object by its kind and name.
type Key = (String, String);

pub(super) fn verify(plan: &Plan, artifact: &Artifact) -> Vec<Diagnostic> {
    let mut report = Report::new(artifact, "deployment.yaml.j2");
    let documents = yaml::each_document(&artifact.text, yaml::tree);
    let mut objects: BTreeMap<Key, (&Document<Tree>, &Tree)> = BTreeMap::new();
    for document in &documents {
        match &document.content {
            Err(problem) => diags::unreadable(&mut report, document.at(problem.mark).line, &problem.message),
            Ok(tree) => {
                if let Some(doubled) = tree.doubled.first() {
                    diags::doubled(&mut report, document.at(doubled.mark).line, &doubled.value);
                }
                let said =
                    |way: &[&str]| at(&tree.root, way).and_then(Node::text).unwrap_or_default().to_owned();
                let key = (said(&["kind"]), said(&["metadata", "name"]));
                if objects.insert(key.clone(), (document, tree)).is_some() {
                    diags::twice(&mut report, document.line, &key);
                }
            }
        }
    }
    if !report.found.is_empty() {
        return report.found;
    }
    for target in &plan.profile.targets {
        for object in expected::of(&plan.profile, target) {
            let key = (object.kind.to_owned(), target.name.to_string());
            let Some((document, tree)) = objects.remove(&key) else {
                diags::missing(&mut report, &key, target.span);
                continue;
            };
            let line = |mark: Mark| document.at(mark).line;
            check(&object, tree, target, &mut report, &line);
        }
    }
    for (key, (document, _)) in objects {
        diags::extra(&mut report, document.line, &key);
    }
    report.found
}

fn check(
    object: &expected::Object,
    tree: &Tree,
    target: &Target,
    report: &mut Report<'_>,
    line: &dyn Fn(Mark) -> usize,
) {
    let about = format!("{} {}", object.kind, target.name);
    for (way, wanted) in &object.says {
        let node = at(&tree.root, way);
        let found = node.and_then(said);
        if found.as_ref() != Some(wanted) {
            let mark = node.map_or(tree.root.mark, |node| node.mark);
            let said = Field { about: &about, way: way.join("."), wanted, found };
            diags::says(report, line(mark), &said, target.span);
        }
    }
    for way in &object.silent_about {
        if let Some(found) = at(&tree.root, way) {
            diags::owned_by_another(report, line(found.mark), (&about, &way.join(".")), target.span);
        }
    }
    if object.kind == expected::DEPLOYMENT {
        for flaw in pod_security::flaws(&tree.root, &["spec", "template", "spec"]) {
            diags::insecure(report, line(flaw.mark), &about, flaw.what);
        }
    }
}

//! Alerts that a template of the user's own makes: what the embedded templates do not make of the same plan.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use super::{Templates, alerts, kept_alerts};
use crate::artifact::{Artifact, ArtifactKind};
use crate::plan::Plan;
use crate::yaml;

/// An alert of a file that the embedded templates do not make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnAlert {
    /// The file.
    pub file: String,
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Whether it stands beside those of the embedded templates; else it is one of them, changed.
    pub is_added: bool,
}

impl fmt::Display for OwnAlert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels: Vec<String> =
            self.labels.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
        write!(f, "{}{{{}}}", self.name, labels.join(", "))
    }
}

#[derive(Deserialize)]
struct File {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    rules: Vec<Rule>,
}

#[derive(Clone, Deserialize)]
struct Rule {
    #[serde(default)]
    alert: String,
    expr: String,
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

/// The alerts of `made` that are the user's, where a template of theirs is among those that make them.
pub fn own_alerts(plan: &Plan, templates: &Templates, made: &[Artifact]) -> Vec<OwnAlert> {
    let is_theirs = |kind| templates.replaced().iter().any(|(_, of)| *of == kind);
    let mut own = Vec::new();
    for file in made.iter().filter(|file| is_theirs(file.kind)) {
        let embedded = if file.kind == ArtifactKind::KeptAlerts {
            kept_alerts::emit(plan, &Templates::embedded())
        } else if file.kind == ArtifactKind::Alerts {
            alerts::emit(&plan.owned(), &Templates::embedded())
        } else {
            continue;
        };
        if let Ok(embedded) = embedded {
            own.extend(beside(file, rules(&embedded.text), rules(&file.text)));
        }
    }
    own
}

/// The alerts of a file; none where it is not one, which verification says.
fn rules(text: &str) -> Vec<Rule> {
    let file = yaml::lenient::<File>(text).map(|file| file.groups).unwrap_or_default();
    let rules = file.into_iter().flat_map(|group| group.rules).filter(|rule| !rule.alert.is_empty());
    let plain = |expr: &str| expr.split_whitespace().collect::<Vec<_>>().join(" ");
    rules.map(|rule| Rule { expr: plain(&rule.expr), ..rule }).collect()
}

/// What is in both files is taken off first; of the rest, an alert that asks what one of the embedded does, or has its
/// labels, is that one, changed.
fn beside(file: &Artifact, mut embedded: Vec<Rule>, own: Vec<Rule>) -> Vec<OwnAlert> {
    let rest =
        less(own, &mut embedded, |rule, other| (&rule.labels, &rule.expr) == (&other.labels, &other.expr));
    let asked = less(rest.clone(), &mut embedded, |rule, other| rule.expr == other.expr);
    let added = less(asked, &mut embedded, |rule, other| rule.labels == other.labels);
    let is_added = |rule: &Rule| {
        let same =
            |one: &&Rule| (&one.alert, &one.labels, &one.expr) == (&rule.alert, &rule.labels, &rule.expr);
        added.iter().any(|one| same(&one))
    };
    let said = |rule: Rule| OwnAlert {
        file: file.path.clone(),
        is_added: is_added(&rule),
        name: rule.alert,
        labels: rule.labels,
    };
    rest.into_iter().map(said).collect()
}

/// The rules for which none of the others is left that is called alike and `is_same`.
fn less(rules: Vec<Rule>, others: &mut Vec<Rule>, is_same: fn(&Rule, &Rule) -> bool) -> Vec<Rule> {
    let mut left = Vec::new();
    for rule in rules {
        match others.iter().position(|other| rule.alert == other.alert && is_same(&rule, other)) {
            Some(at) => drop(others.swap_remove(at)),
            None => left.push(rule),
        }
    }
    left
}

//! What made files say differently, by name: cron triggers of ScaledObjects that both plans have, and alerts.
//!
//! KEDA and the HPA know a trigger by its number (`s3-cron-..`), so a trigger that only moved is a change too.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::FactChange;
use super::change::{Facts, fact_changes};
use crate::parallel;
use crate::yaml;

/// The fact that a trigger stands where it stands.
const NUMBER: &str = "number";

/// The two files of a plan that name things.
#[derive(Clone, Copy, Debug)]
pub struct NamedFiles<'a> {
    /// ScaledObjects, in YAML.
    pub manifest: &'a str,
    /// Files of Prometheus rules, in YAML.
    pub rules: &'a [String],
}

/// Triggers and alerts that are others.
pub fn file_changes((old, new): (NamedFiles<'_>, NamedFiles<'_>)) -> Vec<FactChange> {
    let (was, is) = (documents(old.manifest), documents(new.manifest));
    // Most documents stand in both.
    let distinct: BTreeSet<&str> = was.iter().chain(&is).copied().collect();
    let distinct: Vec<&str> = distinct.into_iter().collect();
    let known: BTreeMap<&str, Object> = distinct
        .iter()
        .copied()
        .zip(parallel::map(&distinct, |text| read(text)))
        .filter_map(|(text, object)| Some((text, object?)))
        .collect();
    let of =
        |texts: Vec<&str>| -> Vec<&Object> { texts.into_iter().filter_map(|text| known.get(text)).collect() };
    let (was, is) = (of(was), of(is));
    let shared: BTreeSet<&str> = shared_names(&was).chain(shared_names(&is)).collect();
    let (before, after) = (objects(&was, &shared), objects(&is, &shared));
    let common = |objects: &BTreeMap<String, Facts>, others: &BTreeMap<String, Facts>| -> Facts {
        let both = objects.iter().filter(|(name, _)| others.contains_key(*name));
        both.flat_map(|(_, facts)| facts.clone()).collect()
    };
    let mut changes = fact_changes(&common(&before, &after), &common(&after, &before));
    // Of a trigger that came or went, its schedule says enough.
    changes.retain(|change| change.fact != NUMBER || (change.before.is_some() && change.after.is_some()));
    if old.rules != new.rules {
        changes.extend(fact_changes(&alerts(old.rules), &alerts(new.rules)));
    }
    changes
}

#[derive(Deserialize)]
struct Object {
    metadata: Metadata,
    spec: Spec,
}

#[derive(Deserialize)]
struct Metadata {
    name: String,
    namespace: Option<String>,
}

impl Object {
    /// Its name; in the plan's namespaces two may have the same.
    fn title(&self) -> String {
        match &self.metadata.namespace {
            Some(namespace) => format!("{namespace}/{}", self.metadata.name),
            None => self.metadata.name.clone(),
        }
    }
}

#[derive(Deserialize)]
struct Spec {
    triggers: Vec<Trigger>,
}

#[derive(Deserialize)]
struct Trigger {
    r#type: String,
    #[serde(default)]
    name: String,
    metadata: BTreeMap<String, String>,
}

fn documents(manifest: &str) -> Vec<&str> {
    yaml::cut(manifest).map(|(_, text)| text).collect()
}

fn read(document: &str) -> Option<Object> {
    yaml::documents::<Object>(document).into_iter().find_map(|document| document.content.ok())
}

/// Names that more than one object has, each in a namespace of its own.
fn shared_names<'o>(objects: &[&'o Object]) -> impl Iterator<Item = &'o str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    objects.iter().for_each(|object| *counts.entry(&object.metadata.name).or_default() += 1);
    counts.into_iter().filter(|(_, count)| *count > 1).map(|(name, _)| name)
}

/// What each ScaledObject says of its cron triggers.
fn objects(objects: &[&Object], shared: &BTreeSet<&str>) -> BTreeMap<String, Facts> {
    objects.iter().map(|object| (object.title(), triggers(object, shared))).collect()
}

fn triggers(object: &Object, shared: &BTreeSet<&str>) -> Facts {
    let name = &object.metadata.name;
    let called = if shared.contains(name.as_str()) { object.title() } else { name.clone() };
    let mut facts = Facts::new();
    let numbered = object.spec.triggers.iter().enumerate();
    for (number, trigger) in numbered.filter(|(_, trigger)| trigger.r#type == "cron") {
        let subject = format!("{called}, trigger `{}`", trigger.name);
        let said = |key: &str| trigger.metadata.get(key).map_or("?", String::as_str);
        let schedule = format!(
            "`{}` to `{}` {}, {} replicas",
            said("start"),
            said("end"),
            said("timezone"),
            said("desiredReplicas")
        );
        facts.insert((subject.clone(), NUMBER), number.to_string());
        facts.insert((subject, "schedule"), schedule);
    }
    facts
}

#[derive(Deserialize)]
struct Rules {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
struct Rule {
    #[serde(default)]
    alert: Option<String>,
    #[serde(default)]
    record: Option<String>,
    expr: String,
    #[serde(default, rename = "for")]
    held: Option<String>,
    #[serde(default)]
    keep_firing_for: Option<String>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

impl Group {
    /// What rules of the same group record for an expression: the calendar's series are in another one.
    fn counted(&self, expr: &str) -> Vec<String> {
        let is_read = |rule: &&Rule| rule.record.as_ref().is_some_and(|name| expr.contains(name.as_str()));
        self.rules.iter().filter(is_read).map(|rule| one_line(&rule.expr)).collect()
    }
}

fn one_line(expr: &str) -> String {
    format!("`{}`", expr.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What each alert says; several rules of one name are numbered.
fn alerts(rules: &[String]) -> Facts {
    let groups: Vec<Group> = rules
        .iter()
        .filter_map(|text| yaml::lenient::<Rules>(text).ok())
        .flat_map(|file| file.groups)
        .collect();
    let mut facts = Facts::new();
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for (group, rule) in groups.iter().flat_map(|group| group.rules.iter().map(move |rule| (group, rule))) {
        let Some(alert) = &rule.alert else { continue };
        let of = rule.labels.get("workload").map_or_else(String::new, |workload| format!(" of {workload}"));
        let name = format!("alert {alert}{of}");
        let count = seen.entry(name.clone()).or_default();
        *count += 1;
        let subject = if *count == 1 { name } else { format!("{name}, {count}") };
        let mut say = |fact: &'static str, text: String| facts.insert((subject.clone(), fact), text);
        say("expression", one_line(&rule.expr));
        let counted = group.counted(&rule.expr);
        if !counted.is_empty() {
            say("counts", counted.join("; "));
        }
        if let Some(held) = &rule.held {
            say("waits", held.clone());
        }
        if let Some(stays) = &rule.keep_firing_for {
            say("stays", stays.clone());
        }
        let severity = rule.labels.get("severity").cloned().unwrap_or_default();
        say("severity", severity);
    }
    facts
}

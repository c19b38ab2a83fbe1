//! What made files say differently, by name: cron triggers of ScaledObjects that both plans have, and alerts.
//!
//! KEDA and the HPA know a trigger by its number (`s3-cron-..`), so a trigger that only moved is a change too.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::FactChange;
use super::change::{Facts, fact_changes};
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
    let (was, is) = (read(old.manifest), read(new.manifest));
    let shared = [shared_names(&was), shared_names(&is)].concat();
    let (before, after) = (objects(&was, &shared), objects(&is, &shared));
    let common = |objects: &BTreeMap<String, Facts>, others: &BTreeMap<String, Facts>| -> Facts {
        let both = objects.iter().filter(|(name, _)| others.contains_key(*name));
        both.flat_map(|(_, facts)| facts.clone()).collect()
    };
    let mut changes = fact_changes(&common(&before, &after), &common(&after, &before));
    // Of a trigger that came or went, its schedule says enough.
    changes.retain(|change| change.fact != NUMBER || (change.before.is_some() && change.after.is_some()));
    changes.extend(fact_changes(&alerts(old.rules), &alerts(new.rules)));
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

fn read(manifest: &str) -> Vec<Object> {
    yaml::documents::<Object>(manifest).into_iter().filter_map(|document| document.content.ok()).collect()
}

/// Names that more than one object has, each in a namespace of its own.
fn shared_names(objects: &[Object]) -> Vec<String> {
    let names = objects.iter().map(|object| &object.metadata.name);
    let is_shared = |name: &&String| objects.iter().filter(|other| other.metadata.name == **name).count() > 1;
    names.filter(is_shared).cloned().collect()
}

/// What each ScaledObject says of its cron triggers.
fn objects(objects: &[Object], shared: &[String]) -> BTreeMap<String, Facts> {
    objects.iter().map(|object| (object.title(), triggers(object, shared))).collect()
}

fn triggers(object: &Object, shared: &[String]) -> Facts {
    let name = &object.metadata.name;
    let called = if shared.contains(name) { object.title() } else { name.clone() };
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

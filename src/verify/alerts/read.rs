//! The rules file as Prometheus reads it: typed, unknown fields refused, every expression parsed.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use promql_parser::parser::{self, Expr};
use promql_parser::util::parse_duration;
use serde::Deserialize;

use super::rule::{Kind, Rule};
use super::{diags, scope};
use crate::artifact::Artifact;
use crate::finding::Diagnostic;
use crate::plan::Plan;
use crate::yaml;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    groups: Vec<RawGroup>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGroup {
    name: String,
    #[serde(default)]
    interval: Option<String>,
    rules: Vec<RawRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    #[serde(default)]
    record: Option<String>,
    #[serde(default)]
    alert: Option<String>,
    expr: String,
    #[serde(default)]
    r#for: Option<String>,
    #[serde(default)]
    keep_firing_for: Option<String>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
}

/// A group that says how often it is evaluated says a minute or less: the windows and waits of the rules, and floors that begin on a minute, are
/// missed by one that is seldom asked.
const MOST_SELDOM: Duration = Duration::from_secs(60);

fn seldom(artifact: &Artifact, group: &RawGroup) -> Option<Diagnostic> {
    let interval = group.interval.as_deref()?;
    let is_often = parse_duration(interval).is_ok_and(|length| length <= MOST_SELDOM);
    (!is_often).then(|| diags::seldom(artifact, &group.name, interval))
}

/// The rules that can be read, in order, and what is wrong with the others.
pub(super) fn read(plan: &Plan, artifact: &Artifact) -> (Vec<Rule>, Vec<Diagnostic>) {
    let mut groups = Vec::new();
    let mut unread = Vec::new();
    for document in yaml::documents::<RawFile>(&artifact.text) {
        let line = |mark| document.at(mark).line;
        if let Err(problem) = &document.content {
            unread.push(diags::yaml(artifact, &problem.message, Some(line(problem.mark))));
        }
        groups.extend(document.content.into_iter().flat_map(|file| file.groups));
    }
    if !unread.is_empty() {
        return (Vec::new(), unread);
    }
    let raws = groups.iter().flat_map(|group| &group.rules);
    let recorded: BTreeSet<String> = raws.filter_map(|raw| raw.record.clone()).collect();
    let mut parsed: BTreeMap<String, Result<Rc<Expr>, Unread>> = BTreeMap::new();
    let (mut rules, mut problems) = (Vec::new(), Vec::new());
    for group in groups {
        problems.extend(seldom(artifact, &group));
        let name: Rc<str> = group.name.into();
        for mut raw in group.rules {
            // A fleet has the same texts many times.
            let known = parsed.get(&raw.expr).cloned();
            let expr = known.unwrap_or_else(|| {
                let made = parse(plan, &raw.expr, &recorded);
                parsed.insert(raw.expr.clone(), made.clone());
                made
            });
            let foreign = match &expr {
                Err(Unread::Foreign(what)) => Some(what.clone()),
                Ok(_) | Err(Unread::NotPromql(_)) => own(plan, &mut raw).err(),
            };
            if let Some(what) = foreign {
                let named = raw.record.as_ref().or(raw.alert.as_ref()).map_or("", String::as_str);
                problems.push(diags::foreign(artifact, named, &what));
                continue;
            }
            match rule(&name, raw, expr) {
                Ok(rule) => rules.push(rule),
                Err(problem) => problems.push(problem(artifact)),
            }
        }
    }
    (rules, problems)
}

/// Why there is no expression.
#[derive(Clone)]
enum Unread {
    /// What the parser says.
    NotPromql(String),
    /// What it asks for of other plans.
    Foreign(String),
}

/// An expression without what makes it the plan's own.
fn parse(plan: &Plan, text: &str, recorded: &BTreeSet<String>) -> Result<Rc<Expr>, Unread> {
    let mut expr = parser::parse(text).map_err(Unread::NotPromql)?;
    scope::take_matchers(plan, &mut expr, recorded).map_err(Unread::Foreign)?;
    Ok(Rc::new(expr))
}

/// Takes out of a rule's texts what makes it the plan's own.
fn own(plan: &Plan, raw: &mut RawRule) -> Result<(), String> {
    scope::take_labels(plan, &mut raw.labels)?;
    raw.expr = scope::without(plan, &raw.expr);
    for text in raw.annotations.values_mut() {
        *text = scope::take_queries(plan, text)?;
    }
    Ok(())
}

type Problem = Box<dyn FnOnce(&Artifact) -> Diagnostic>;

fn rule(group: &Rc<str>, raw: RawRule, expr: Result<Rc<Expr>, Unread>) -> Result<Rule, Problem> {
    let (kind, name) = match (raw.record, raw.alert) {
        (Some(record), None) => (Kind::Record, record),
        (None, Some(alert)) => (Kind::Alert, alert),
        (Some(name), Some(_)) => return Err(Box::new(move |artifact| diags::both_kinds(artifact, &name))),
        (None, None) => {
            let group = Rc::clone(group);
            return Err(Box::new(move |artifact| diags::no_kind(artifact, &group)));
        }
    };
    if kind == Kind::Record
        && (raw.r#for.is_some() || raw.keep_firing_for.is_some() || !raw.annotations.is_empty())
    {
        return Err(Box::new(move |artifact| diags::record_like_an_alert(artifact, &name)));
    }
    let expr = match expr {
        Ok(expr) => expr,
        Err(Unread::NotPromql(error) | Unread::Foreign(error)) => {
            return Err(Box::new(move |artifact| diags::promql(artifact, &name, &error)));
        }
    };
    Ok(Rule {
        group: Rc::clone(group),
        kind,
        name,
        text: raw.expr,
        expr,
        held: raw.r#for,
        labels: raw.labels,
        annotations: raw.annotations,
    })
}

//! The alerts of the rules file as it was made: how long each waits, what it is labelled with, what it says.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::yaml;

/// The rules file, as much of it as a test needs.
pub(super) struct Rules {
    /// Names of the groups, in order.
    pub(super) groups: Vec<String>,
    alerts: Vec<Alert>,
}

/// One alerting rule, or one that is recorded for them.
#[derive(Deserialize)]
pub(super) struct Alert {
    #[serde(default)]
    alert: String,
    #[serde(default)]
    record: String,
    #[serde(default)]
    expr: String,
    /// Minutes for which each member of its set has waited.
    #[serde(skip)]
    waited: u32,
    #[serde(default, rename = "for")]
    held: Option<String>,
    #[serde(default)]
    keep_firing_for: Option<String>,
    #[serde(default)]
    pub(super) labels: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) annotations: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct File {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    name: String,
    rules: Vec<Alert>,
}

impl Rules {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let file: File = yaml::lenient(text).map_err(|problem| problem.to_string())?;
        let groups = file.groups.iter().map(|group| group.name.clone()).collect();
        let rules = file.groups.into_iter().flat_map(|group| group.rules);
        let (mut alerts, records): (Vec<Alert>, Vec<Alert>) = rules.partition(|rule| !rule.alert.is_empty());
        // A wait of its own is the alert's whole wait: what it then leaves out may have waited, too.
        for alert in alerts.iter_mut().filter(|alert| alert.held.is_none()) {
            alert.waited = waited(&alert.expr, &records);
        }
        Ok(Self { groups, alerts })
    }

    /// The alert with this name and these labels. A template of the user's own may have taken it out: then there is
    /// nothing to test, and verification tells what is missing.
    pub(super) fn alert(&self, name: &str, labels: &[(&str, &str)]) -> Option<&Alert> {
        let has = |alert: &&Alert| {
            labels.iter().all(|(label, value)| alert.labels.get(*label).is_some_and(|own| own == value))
        };
        self.alerts.iter().filter(|alert| alert.alert == name).find(has)
    }
}

impl Alert {
    pub(super) fn name(&self) -> &str {
        &self.alert
    }

    /// Whole minutes between the condition's first minute and the alert.
    pub(super) fn waits(&self) -> Result<u32, String> {
        Ok(self.held.as_deref().map_or(Ok(0), minutes)?.saturating_add(self.waited))
    }

    /// For how many minutes the members of a recorded set have been in it: it counts its looks, two a minute and one.
    fn looks_back(&self) -> Option<u32> {
        let (_, looks) = self.expr.split_once(":30s]) >= ")?;
        looks.trim().parse::<u32>().ok()?.checked_sub(1).map(|looks| looks / 2)
    }

    /// Whole minutes for which it stays after its condition has ended.
    pub(super) fn stays(&self) -> Result<u32, String> {
        self.keep_firing_for.as_deref().map_or(Ok(0), minutes)
    }
}

/// For how long the members of the sets that an expression reads, and those that these are made of, have waited.
fn waited(expr: &str, records: &[Alert]) -> u32 {
    let (mut open, mut seen, mut longest) = (vec![expr], BTreeSet::new(), 0);
    while let Some(expr) = open.pop() {
        for record in records.iter().filter(|record| reads(expr, &record.record)) {
            if seen.insert(&record.record) {
                longest = longest.max(record.looks_back().unwrap_or(0));
                open.push(&record.expr);
            }
        }
    }
    longest
}

/// Whether the name stands there by itself: many begin as others do.
fn reads(expr: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    expr.split(|c| !is_part(c)).any(|word| word == name)
}

/// `90s` is two steps of a minute.
fn minutes(text: &str) -> Result<u32, String> {
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return Err(format!("`for: {text}`")),
    };
    let number: u32 = number.parse().map_err(|_| format!("`for: {text}`"))?;
    Ok(number.saturating_mul(seconds).div_ceil(60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_become_steps_of_a_minute() {
        let read = ["90s", "10m", "1h", "1d", "60s"].map(minutes);
        assert_eq!(read, [Ok(2), Ok(10), Ok(60), Ok(1440), Ok(1)]);
        assert!(minutes("1h30m").is_err());
        assert!(minutes("m").is_err());
    }
}

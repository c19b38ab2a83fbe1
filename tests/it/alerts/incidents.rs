//! The incidents of `tests/incidents/`, each played to the reference rules in Prometheus' own hands: a time in which everything
//! is well, in a season's window, then what the file says. Who is told, and when, is held against the file and against a
//! table of all of them.
//!
//! promtool says what it got only where it differs, so it is asked to expect nothing. What fires is given to a real
//! Alertmanager, which is asked what it keeps back.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::alertmanager::{self, Alertmanager, Labels};
use super::promtool::{promtool, said};
use super::reference;
use super::scene::{self, Incident};
use crate::policies::root;

/// One alert that fired.
struct Firing {
    alert: String,
    severity: String,
    territory: String,
    more: String,
    /// All labels.
    labels: Labels,
    /// Minutes after the beginning.
    at: f64,
}

/// Alerts that fired, of promtool's `got:` lines.
fn firings(said: &str, before: f64) -> Vec<Firing> {
    let mut found = Vec::new();
    let got = said.split("min_over_time(timestamp(").nth(1).unwrap_or_default();
    let got = got.split("got:").nth(1).unwrap_or_default();
    for sample in got.split('{').skip(1) {
        let Some((labels, value)) = sample.split_once('}') else { continue };
        let labels: BTreeMap<&str, &str> = labels
            .split(", ")
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name, value.trim_matches('"')))
            .collect();
        let text = |name: &str| labels.get(name).copied().unwrap_or_default().to_owned();
        let value = value.split_whitespace().next().unwrap_or_default().trim_end_matches(',');
        let seconds: f64 = value.parse().unwrap_or_else(|_| panic!("{value:?} in {said}"));
        let more = ["workload", "channel", "provider"].map(text).concat();
        let (alert, severity, territory) = (text("alertname"), text("severity"), text("territory"));
        let own = labels.iter().filter(|(name, _)| **name != "alertstate");
        let labels = own.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        found.push(Firing { alert, severity, territory, more, labels, at: (seconds - before) / 60.0 });
    }
    found.sort_by(|one, other| one.at.total_cmp(&other.at).then_with(|| one.alert.cmp(&other.alert)));
    found
}

/// The incidents, by name.
fn incidents() -> Vec<(String, PathBuf)> {
    let files = fs::read_dir(root().join("tests/incidents")).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        files.map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), path)).collect();
    files.sort();
    files
}

/// What came of an incident.
struct Played {
    head: String,
    cause: Option<String>,
    wrong: Vec<String>,
    found: Vec<Firing>,
}

impl Played {
    /// For each of its alerts those that Alertmanager keeps it back for, once all of them fire.
    fn kept_back(&self, alertmanager: &Alertmanager) -> Vec<Vec<usize>> {
        let alerts: Vec<Labels> = self.found.iter().map(|firing| firing.labels.clone()).collect();
        if alerts.is_empty() { Vec::new() } else { alertmanager.keeps_back(&alerts) }
    }

    /// Whether it wakes nobody, and its row of the runbook for a policy that has these alerts.
    fn row(&self, kept: &[Vec<usize>]) -> Option<(bool, String)> {
        let cause = self.cause.as_ref()?;
        let sent = self.found.iter().zip(kept).filter(|(_, by)| by.is_empty()).map(|(firing, _)| firing);
        let named = |severity: &str| -> BTreeSet<&str> {
            let these = sent.clone().filter(|firing| firing.severity == severity);
            these.map(|firing| firing.alert.as_str()).collect()
        };
        let link = |name: &&str| format!("[{name}](#{})", name.to_lowercase());
        let made = |name: &&str| format!("\"{name}\" in alerts");
        let (critical, warning) = (named("critical"), named("warning"));
        let first = if critical.is_empty() { &warning } else { &critical };
        let guard: Vec<String> = first.iter().map(made).collect();
        let wakes: Vec<String> = critical.iter().map(link).collect();
        let waits: Vec<String> = warning
            .iter()
            .map(|name| match first.contains(name) {
                true => link(name),
                false => format!("<% if {} %>{}<% else %>-<% endif %>", made(name), link(name)),
            })
            .collect();
        let cell = |links: Vec<String>| if links.is_empty() { "-".to_owned() } else { links.join(", ") };
        let (guard, wakes, waits) = (guard.join(" and "), cell(wakes), cell(waits));
        let row = format!("<% if {guard} %>\n| {cause} | {wakes} | {waits} |\n<% endif %>\n");
        Some((critical.is_empty(), row))
    }

    /// Its lines of the table.
    fn lines(&self, kept: Vec<Vec<usize>>) -> String {
        let mut lines = format!("{}\n", self.head);
        for (Firing { alert, severity, territory, more, at, .. }, by) in self.found.iter().zip(kept) {
            let of = if territory.is_empty() && more.is_empty() {
                String::new()
            } else {
                format!(" {{{}}}", format!("{territory} {more}").trim())
            };
            let by = by
                .into_iter()
                .map(|place| format!("{} {}", self.found[place].severity, self.found[place].alert));
            let by: Vec<String> = by.collect();
            let then =
                if by.is_empty() { String::new() } else { format!(", kept back by {}", by.join(" and ")) };
            writeln!(lines, "    {severity} after {at} min: {alert}{of}{then}").unwrap();
        }
        if self.found.is_empty() {
            lines.push_str("    nobody is told\n");
        }
        lines
    }
}

/// Plays an incident.
fn play(folder: &Path, name: &str, path: &Path) -> Played {
    let text = fs::read_to_string(path).unwrap();
    let incident: Incident = serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let file = PathBuf::from(format!("{name}.test.yml"));
    fs::write(folder.join(&file), scene::test(&incident)).unwrap();
    let said = said(&promtool(folder, &["test", "rules"], &[file]));
    assert!(said.contains("asked=\"at"), "{name}: {said}");
    let found = firings(&said, incident.quiet * 60.0);
    let mut wrong = Vec::new();
    let before = said.split("min_over_time(timestamp(").next().unwrap_or_default();
    if before.contains("alertname=") && before.contains("got:{__name__=\"ALERTS\"") {
        wrong.push(format!("{name}: something fires while everything is well: {before}"));
    }
    for (severity, [least, most]) in [
        ("critical", incident.right.critical),
        ("warning", incident.right.warning),
        ("info", incident.right.info),
    ] {
        let many = found.iter().filter(|firing| firing.severity == severity).count();
        if !(least..=most).contains(&many) {
            wrong.push(format!("{name}: {many} are {severity}, right are {least} to {most}"));
        }
    }
    let first = found.iter().find(|firing| firing.severity != "info").map(|firing| firing.at);
    if let Some(limit) = incident.right.within
        && first.is_none_or(|first| first > limit)
    {
        wrong.push(format!("{name}: the first is told after {first:?} minutes, right are {limit}"));
    }
    for (alert, parts) in &incident.right.names {
        let own = said.split("alertname:").filter(|part| part.trim_start().starts_with(alert.as_str()));
        let own: String = own.collect();
        for part in parts.iter().filter(|part| !own.contains(part.as_str())) {
            wrong.push(format!("{name}: {alert} does not name {part}: {own}"));
        }
    }
    let head = text.lines().next().unwrap().trim_start_matches("# ").trim_end_matches('.');
    Played { head: head.to_owned(), cause: incident.cause, wrong, found }
}

/// The rows stand in the template of the runbook; `UPDATE=1` writes them.
fn in_the_runbook(rows: &str) {
    let path = root().join("templates/runbook/causes.md.j2");
    let there = fs::read_to_string(&path).unwrap();
    let ends = there.find("|---|---|---|\n").expect("a table") + "|---|---|---|\n".len();
    let new = format!("{}{rows}", &there[..ends]);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, new).unwrap();
        return;
    }
    assert!(there == new, "{} says another thing; UPDATE=1 writes:\n{rows}", path.display());
}

#[test]
fn one_cause_is_one_page() {
    let (_, made) = reference();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(&made.path), &made.text).unwrap();
    let incidents = incidents();
    let only = std::env::var("INCIDENT").ok();
    let chosen: Vec<_> =
        incidents.iter().filter(|(name, _)| only.as_ref().is_none_or(|only| name.contains(only))).collect();
    let played: Vec<_> = std::thread::scope(|scope| {
        let halves = chosen.chunks(chosen.len().div_ceil(2).max(1)).map(|half| {
            let folder = folder.path();
            scope.spawn(move || half.iter().map(|(name, path)| play(folder, name, path)).collect::<Vec<_>>())
        });
        let halves: Vec<_> = halves.collect();
        halves.into_iter().flat_map(|half| half.join().unwrap()).collect()
    });
    let wrong: Vec<String> = played.iter().flat_map(|played| played.wrong.clone()).collect();
    let alertmanager = Alertmanager::with(&alertmanager::reference(), folder.path());
    let kept: Vec<Vec<Vec<usize>>> = played.iter().map(|one| one.kept_back(&alertmanager)).collect();
    let mut rows: Vec<_> = played.iter().zip(&kept).filter_map(|(one, kept)| one.row(kept)).collect();
    rows.sort_by_key(|(wakes_nobody, _)| *wakes_nobody);
    let rows: String = rows.into_iter().map(|(_, row)| row).collect();
    let table: String = played.iter().zip(kept).map(|(one, kept)| format!("{}\n", one.lines(kept))).collect();
    assert!(wrong.is_empty(), "{}\n{table}", wrong.join("\n"));
    if only.is_none() {
        assert!(incidents.len() >= 30, "{}", incidents.len());
        insta::assert_snapshot!("pages", table);
        in_the_runbook(&rows);
    }
}

//! The rules' tests read back as promtool reads them: every alert is silent once and fires once, and what each file of the
//! calendar expects at its instant is what the plan says.
//!
//! Whether the rules pass is promtool's own affair: the test command runs it.

mod read;

use std::collections::{BTreeMap, BTreeSet};

use promql_parser::parser;
use serde::Deserialize;

use super::of_kind;
use super::report::{REPORT, Report};
use crate::artifact::{ALERT_TESTS_FILE, Artifact, ArtifactKind};
use crate::finding::{Diagnostic, Place};
use crate::parallel;
use crate::plan::{OccasionId, Part, Plan};
use crate::time::{Instant, LocalTime, Window, Zone};
use crate::yaml;
use read::{Expression, Test, TestFile};

/// As much of the rules as their tests must agree with.
#[derive(Deserialize)]
struct Rules {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    name: String,
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
struct Rule {
    #[serde(default)]
    alert: Option<String>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

/// One of the files as promtool reads it.
struct Readable<'a> {
    artifact: &'a Artifact,
    file: TestFile,
}

/// All files of this kind at once, with the main one: they are held against the same rules, and against each other.
pub(super) fn verify(plan: &Plan, artifact: &Artifact, all: &[Artifact]) -> Vec<Diagnostic> {
    if artifact.path != ALERT_TESTS_FILE {
        return Vec::new();
    }
    let rules = of_kind(all, ArtifactKind::Alerts);
    let known = rules.and_then(|rules| Some((rules, yaml::lenient::<Rules>(&rules.text).ok()?)));
    let own: Vec<&Artifact> = all.iter().filter(|other| other.kind == ArtifactKind::AlertTests).collect();
    let (mut found, mut readable) = (Vec::new(), Vec::new());
    let files = parallel::map(&own, |artifact| yaml::lenient(&artifact.text));
    for (artifact, file) in own.into_iter().zip(files) {
        match file {
            Ok(file) => readable.push(Readable { artifact, file }),
            Err(problem) => {
                let mut report = report(artifact);
                report.rejected(None, format!("promtool cannot read `{}`: {problem}", artifact.path));
                found.extend(report.found);
            }
        }
    }
    let said = parallel::map(&readable, |one| {
        let mut report = report(one.artifact);
        parses(&one.file, &mut report);
        if let Some((rules, known)) = &known {
            of_these(one, rules, known, &mut report);
        }
        if is_main(one.artifact) {
            moments(plan, &readable, &mut report);
        } else {
            instant(plan, &one.file, &mut report);
        }
        report.found
    });
    found.extend(said.into_iter().flatten());
    found
}

fn is_main(artifact: &Artifact) -> bool {
    artifact.path == ALERT_TESTS_FILE
}

fn report(artifact: &Artifact) -> Report<'_> {
    let template =
        if is_main(artifact) { "alert-tests/alerts.test.yml.j2" } else { "alert-tests/calendar.test.yml.j2" };
    Report::new(artifact, template)
}

/// The tests are those of the rules that are made beside them.
fn of_these(one: &Readable<'_>, rules: &Artifact, known: &Rules, report: &mut Report<'_>) {
    let up = if is_main(one.artifact) { "" } else { "../" };
    if one.file.rule_files != [format!("{up}{}", rules.path)] {
        report.mismatch(None, format!("the tests are not those of `{}`", rules.path));
    }
    let order: Vec<&str> = known.groups.iter().map(|group| group.name.as_str()).collect();
    if one.file.group_eval_order != order {
        report.mismatch(None, "the groups are evaluated in another order than they stand in".to_owned());
    }
    if is_main(one.artifact) {
        alerts(&one.file.tests, known, report);
    }
}

/// Series and expressions are PromQL.
fn parses(file: &TestFile, report: &mut Report<'_>) {
    for test in &file.tests {
        let series = test.input_series.iter().map(|input| input.series.as_str());
        for text in series.chain(test.promql_expr_test.iter().map(|test| test.expr.as_str())) {
            if let Err(error) = parser::parse(text) {
                report.rejected(None, format!("Prometheus would not read `{text}`: {error}"));
            }
        }
    }
}

const TEST: &str = "where the alert is yours, write its tests into `alert-tests/alerts.test.yml.j2`, which `seasonscale templates` prints, or leave `alert-tests` out of `make` in `[artifacts]`";

/// Every alert of the rules is expected silent at some minute and firing at another, with labels that its rule gives it.
fn alerts(tests: &[Test], rules: &Rules, report: &mut Report<'_>) {
    let rules: Vec<&Rule> = rules.groups.iter().flat_map(|group| &group.rules).collect();
    let names: BTreeSet<&str> = rules.iter().filter_map(|rule| rule.alert.as_deref()).collect();
    let checks = || tests.iter().flat_map(|test| &test.alert_rule_test);
    for name in &names {
        let own = || checks().filter(|check| check.alertname == **name);
        if own().all(|check| check.exp_alerts.is_empty()) {
            of_alert(report, format!("no test makes {name} fire"), TEST);
        }
        if own().all(|check| !check.exp_alerts.is_empty()) {
            of_alert(report, format!("no test expects {name} to be silent"), TEST);
        }
        let called: Vec<&&Rule> = rules.iter().filter(|rule| rule.alert.as_deref() == Some(*name)).collect();
        let mut rest = called.iter().enumerate();
        if rest.any(|(at, rule)| called[..at].iter().any(|other| other.labels == rule.labels)) {
            let title =
                format!("two alerts are called {name} and have the same labels: no test can tell them apart");
            of_alert(report, title, "where one of them is yours, call it otherwise");
        }
    }
    for check in checks() {
        if !names.contains(check.alertname.as_str()) {
            report.mismatch(None, format!("a test waits for {}, which no rule raises", check.alertname));
        }
        let own = || rules.iter().filter(|rule| rule.alert.as_deref() == Some(&check.alertname));
        for expected in &check.exp_alerts {
            if !own().any(|rule| is_among(&rule.labels, &expected.exp_labels)) {
                let title = format!("a test expects labels of {} that no rule of it has", check.alertname);
                report.mismatch(None, title);
            }
        }
    }
}

/// Alerts that stand beside others of their name and fire in no test: by name and labels. What has a name of its own is missed with
/// all others.
pub fn untested<'a>(
    alerts: impl Iterator<Item = (&'a str, &'a BTreeMap<String, String>)>,
    all: &[Artifact],
) -> Vec<Diagnostic> {
    let Some(artifact) = all.iter().find(|file| is_main(file)) else { return Vec::new() };
    let rules = of_kind(all, ArtifactKind::Alerts).and_then(|file| yaml::lenient::<Rules>(&file.text).ok());
    let (Some(rules), Ok(tests)) = (rules, yaml::lenient::<TestFile>(&artifact.text)) else {
        return Vec::new();
    };
    let rules: Vec<&Rule> = rules.groups.iter().flat_map(|group| &group.rules).collect();
    let mut report = report(artifact);
    for (name, labels) in alerts {
        let named = || rules.iter().filter(|rule| rule.alert.as_deref() == Some(name));
        let checks = tests.tests.iter().flat_map(|test| &test.alert_rule_test);
        let fired: Vec<_> =
            checks.filter(|check| check.alertname == name).flat_map(|check| &check.exp_alerts).collect();
        // What is expected is of the rule that says most of its labels.
        let is_its = |expected: &&BTreeMap<String, String>| {
            let given = named().filter(|rule| is_among(&rule.labels, expected));
            given.max_by_key(|rule| rule.labels.len()).is_some_and(|rule| rule.labels == *labels)
        };
        if named().count() > 1
            && !fired.is_empty()
            && !fired.iter().map(|one| &one.exp_labels).any(|one| is_its(&one))
        {
            let said: Vec<String> =
                labels.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
            of_alert(&mut report, format!("no test makes {name}{{{}}} fire", said.join(", ")), TEST);
        }
    }
    report.found
}

/// Whether every label of a rule is one that is expected.
fn is_among(labels: &BTreeMap<String, String>, expected: &BTreeMap<String, String>) -> bool {
    labels.iter().all(|(name, value)| expected.get(name) == Some(value))
}

/// A finding about an alert, which may be one that a template of the user's own has added.
fn of_alert(report: &mut Report<'_>, title: String, step: &str) {
    let help = format!("{step}; else {REPORT}");
    let place = Place { artifact: report.path.to_owned(), line: None, route: String::new() };
    let found = Diagnostic::new(crate::finding::Rule::EmittedFileMismatch, title);
    report.found.push(found.inside(place).help(help));
}

/// Both sides of every change of clocks have a file, and every part of a season or campaign one inside, in some
/// territory.
fn moments(plan: &Plan, files: &[Readable<'_>], report: &mut Report<'_>) {
    let calendar = files.iter().filter(|one| !is_main(one.artifact));
    let looked_at: BTreeSet<i64> =
        calendar.filter_map(|one| seconds(&one.file.evaluation_interval)).collect();
    let local = plan.local_horizon();
    let zones: BTreeMap<&str, &Zone> =
        plan.profile.targets.iter().map(|target| (target.zone.name(), &target.zone)).collect();
    let mut missing = BTreeSet::new();
    for zone in zones.values() {
        let (from, until) = (zone.first_instant(local.from), zone.first_instant(local.until));
        let changes = zone.changes(Window::new(from, until));
        missing
            .extend(changes.iter().flat_map(|(at, _)| [at.0 - 1, at.0]).filter(|at| !looked_at.contains(at)));
    }
    for at in missing {
        report.mismatch(None, format!("no test looks at {}, where clocks change", Instant(at)));
    }
    let mut clocks: BTreeMap<&str, BTreeSet<LocalTime>> = BTreeMap::new();
    let mut seen: BTreeMap<(OccasionId, Part), bool> = BTreeMap::new();
    for origin in &plan.origins {
        let seen = seen.entry((origin.occasion, origin.part)).or_insert(false);
        if *seen {
            continue;
        }
        let zone = &origin.zone;
        let shown = clocks
            .entry(zone.name())
            .or_insert_with(|| looked_at.iter().map(|at| zone.local(Instant(*at))).collect());
        let mut windows = origin.windows().peekable();
        // What lies outside of the plan has no moment to look at.
        *seen = windows.peek().is_none() || windows.any(|window| is_seen(window, shown));
    }
    for ((occasion, _), _) in seen.iter().filter(|(_, seen)| !**seen) {
        let title = &plan.occasions[occasion.0].title;
        report.mismatch(None, format!("no test looks at a moment of {title}"));
    }
}

fn is_seen(window: Window<LocalTime>, shown: &BTreeSet<LocalTime>) -> bool {
    !window.is_empty() && shown.range(window.from..window.until).next().is_some()
}

/// `1788242400s`
fn seconds(text: &str) -> Option<i64> {
    text.strip_suffix('s')?.parse().ok()
}

/// A file that looks at one instant expects the plan's floors and clocks there.
fn instant(plan: &Plan, file: &TestFile, report: &mut Report<'_>) {
    let Some(at) = seconds(&file.evaluation_interval) else {
        report.mismatch(None, format!("`{}` is not an instant", file.evaluation_interval));
        return;
    };
    let expressions: Vec<&Expression> = file.tests.iter().flat_map(|test| &test.promql_expr_test).collect();
    if expressions.is_empty() {
        report.mismatch(None, "the file tests nothing".to_owned());
    }
    for expression in expressions {
        if seconds(&expression.eval_time) != Some(at) {
            report.mismatch(None, format!("`{}` is looked at in another moment", expression.expr));
        }
        match wanted(plan, &expression.expr, Instant(at)) {
            Some(wanted) if wanted == samples(expression) => {}
            Some(wanted) => {
                let title = format!("at {} the plan has {wanted:?} for `{}`", Instant(at), expression.expr);
                report.mismatch(None, title);
            }
            None => report.mismatch(None, format!("the plan says nothing of `{}`", expression.expr)),
        }
    }
}

/// Labels and values that are expected.
fn samples(expression: &Expression) -> Vec<(String, f64)> {
    expression.exp_samples.iter().map(|sample| (sample.labels.clone(), sample.value)).collect()
}

/// What the plan says of the two expressions that these files are made of.
fn wanted(plan: &Plan, expr: &str, at: Instant) -> Option<Vec<(String, f64)>> {
    let local = plan.local_horizon();
    let own = format!("{{plan=\"{}\", ", plan.name);
    let expr = &*expr.contains(&own).then(|| expr.replacen(&own, "{", 1))?;
    let (selector, shown, value) = if let Some(selector) =
        expr.strip_prefix("max by (scaledObject) (scaledobject:seasonscale_floor_replicas:max")
    {
        let selector = selector.strip_suffix(')')?;
        let name = selector.strip_prefix("{scaledObject=\"")?.strip_suffix("\"}")?;
        let id = plan.profile.targets.iter().position(|target| target.name.as_str() == name)?;
        let shown = plan.profile.targets[id].zone.local(at);
        let floor = || f64::from(plan.schedules[id].held.at(at).floor.0);
        (selector, shown, if local.contains(shown) { floor() } else { 0.0 })
    } else {
        let selector = expr.strip_prefix("max by (zone) (zone:seasonscale_local_time_seconds:calendar")?;
        let selector = selector.strip_suffix(')')?;
        let name = selector.strip_prefix("{zone=\"")?.strip_suffix("\"}")?;
        let zone = Zone::parse(name)?;
        let wall = (at.0 + zone.offset(at)).to_string();
        (selector, zone.local(at), wall.parse().ok()?)
    };
    let inside = local.contains(shown);
    Some(if inside { vec![(selector.to_owned(), value)] } else { Vec::new() })
}

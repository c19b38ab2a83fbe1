//! The rules in Prometheus' own hands: `promtool check rules`, and `promtool test rules` with the cases of
//! `tests/promtool/`.
//!
//! promtool counts time from 1970 in steps of `evaluation_interval`, so a case that looks at one instant of 2026 takes that
//! instant as its interval: one step, some milliseconds. A case that must wait for an alert's `for` takes an hour.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use seasonscale::artifact::{ALERT_TESTS_FOLDER, Artifact, ArtifactKind};
use seasonscale::compile;
use seasonscale::emit::{self, Templates};
use seasonscale::plan::Plan;
use seasonscale::source::Sources;
use seasonscale::time::{Instant, LocalTime, Window};
use seasonscale::verify;

use super::reference;
use crate::{golden, policies};

/// Runs it on files of a folder.
pub fn promtool(folder: &Path, args: &[&str], files: &[PathBuf]) -> Output {
    let run = Command::new("promtool").args(args).args(files).current_dir(folder).output();
    run.unwrap_or_else(|error| {
        panic!("promtool is missing ({error}): install the Debian package `prometheus`")
    })
}

pub fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}\n{}", text(&output.stdout), text(&output.stderr))
}

/// It ended well, or what it said.
pub fn assert_success(output: &Output) {
    assert!(output.status.success(), "{}", said(output));
}

/// The tests of these files pass. As soon as its samples lie decades apart, as those of 1970 and of the plan do, promtool compacts
/// its storage beside the evaluation, and on a busy machine it has lost a sample on the way: what is wrong fails twice.
pub fn assert_tested(folder: &Path, files: &[PathBuf]) {
    let run = || promtool(folder, &["test", "rules"], files);
    let first = run();
    assert_success(&if first.status.success() { first } else { run() });
}

/// A folder with the reference rules in it.
fn folder_with_rules() -> (tempfile::TempDir, Plan) {
    let (plan, rules) = reference();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(&rules.path), &rules.text).unwrap();
    (folder, plan)
}

#[test]
fn prometheus_accepts_the_rules_and_finds_none_twice() {
    let (folder, _) = folder_with_rules();
    let args = ["check", "rules", "--lint=all", "--lint-fatal"];
    assert_success(&promtool(folder.path(), &args, &["alerts-scaling.yml".into()]));
}

#[test]
fn alerts_fire_when_and_only_when_they_should() {
    let (folder, _) = folder_with_rules();
    let mut cases = Vec::new();
    for entry in fs::read_dir(policies::root().join("tests/promtool")).unwrap() {
        let path = entry.unwrap().path();
        let name = PathBuf::from(path.file_name().unwrap());
        fs::copy(&path, folder.path().join(&name)).unwrap();
        cases.push(name);
    }
    cases.sort();
    assert!(cases.len() >= 8, "{cases:?}");
    assert_tested(folder.path(), &cases);
}

/// Where a season begins or ends, and at both clock changes, Prometheus itself must see the plan's floors.
#[test]
fn prometheus_sees_the_planned_floors_at_the_ends_of_seasons_and_at_clock_changes() {
    let (folder, plan) = folder_with_rules();
    let mut cases = Vec::new();
    for at in instants(&plan) {
        let name = PathBuf::from(format!("floors-{at}.test.yml"));
        fs::write(folder.path().join(&name), floors(&plan, at)).unwrap();
        cases.push(name);
    }
    assert!(cases.len() > 30, "{}", cases.len());
    assert_tested(folder.path(), &cases);
}

/// The first and the last boundary of every layer of every schedule, the clock changes, the ends of the horizon; each with
/// the second before it.
fn instants(plan: &Plan) -> Vec<i64> {
    let mut instants = Vec::new();
    let local = plan.local_horizon();
    for schedule in &plan.schedules {
        let zone = &plan.profile.targets[schedule.target.0].zone;
        let (from, until) = (zone.first_instant(local.from), zone.first_instant(local.until));
        instants.extend(zone.changes(Window::new(from, until)).iter().map(|(at, _)| at.0));
        instants.extend([from.0, until.0]);
        for layer in &schedule.layers {
            let windows: Vec<_> = plan.origin(layer.origin).windows_on(zone).collect();
            let ends: [LocalTime; 4] = [
                windows[0].from,
                windows[0].until,
                windows[windows.len() - 1].from,
                windows[windows.len() - 1].until,
            ];
            instants.extend(ends.map(|at| zone.first_instant(at).0));
        }
    }
    instants.extend(instants.clone().into_iter().map(|at| at - 1));
    instants.sort_unstable();
    instants.dedup();
    instants
}

/// A case that expects every floor of the plan at the second `at`, or none outside the horizon.
fn floors(plan: &Plan, at: i64) -> String {
    let mut samples = String::new();
    for schedule in &plan.schedules {
        let target = &plan.profile.targets[schedule.target.0];
        let local = target.zone.local(Instant(at));
        if plan.local_horizon().contains(local) {
            let floor = schedule.floors.at(local).floor;
            samples.push_str(&format!(
                "          - {{labels: '{{scaledObject=\"{}\"}}', value: {floor}}}\n",
                target.name
            ));
        }
    }
    let groups = "[seasonscale-plan, seasonscale-calendar]";
    let expr = "max by (scaledObject) (scaledobject:seasonscale_floor_replicas:max)";
    let expected = if samples.is_empty() { " []\n".to_owned() } else { format!("\n{samples}") };
    format!(
        "rule_files: [alerts-scaling.yml]\nevaluation_interval: {at}s\ngroup_eval_order: {groups}\ntests:\n  - promql_expr_test:\n      - expr: {expr}\n        eval_time: {at}s\n        exp_samples:{expected}"
    )
}

/// A folder with the rules and their own tests, and the tests' names.
fn folder_with_tests(sources: &Sources) -> (tempfile::TempDir, Vec<PathBuf>) {
    let (plan, found) = compile::plan(sources);
    let mut plan = plan.unwrap_or_else(|| panic!("{found:#?}"));
    plan.profile.artifacts = vec![ArtifactKind::Alerts, ArtifactKind::AlertTests];
    let artifacts = emit::emit(&plan, &Templates::embedded()).unwrap_or_else(|found| panic!("{found:#?}"));
    assert_eq!(verify::verify(&plan, &artifacts), []);
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(ALERT_TESTS_FOLDER)).unwrap();
    let (mut names, is) = (Vec::new(), |artifact: &Artifact, kind| artifact.kind == kind);
    for artifact in &artifacts {
        let tests = is(artifact, ArtifactKind::AlertTests);
        if tests || is(artifact, ArtifactKind::Alerts) {
            fs::write(folder.path().join(&artifact.path), &artifact.text).unwrap();
        }
        if tests {
            names.push(PathBuf::from(&artifact.path));
        }
    }
    (folder, names)
}

#[test]
fn the_rules_pass_their_own_tests() {
    let (folder, names) = folder_with_tests(&policies::reference());
    assert!(names.len() > 12, "{names:?}");
    assert_tested(folder.path(), &names);
}

/// Policies of other shapes: other zones, hours, holidays, names; one in four, since each takes seconds.
#[test]
fn the_rules_of_other_policies_pass_their_own_tests() {
    for (name, sources) in golden::policies().into_iter().step_by(4) {
        let (folder, names) = folder_with_tests(&sources);
        let output = promtool(folder.path(), &["test", "rules"], &names);
        assert!(output.status.success(), "{name}: {}", said(&output));
    }
}

/// A season begins at another instant in each zone, and clocks change on other days.
#[test]
fn the_rules_of_territories_far_apart_pass_their_own_tests() {
    let [calendar, territories] = ["calendar", "territories"].map(|name| {
        let text = fs::read_to_string(policies::root().join(format!("policies/{name}.toml"))).unwrap();
        let text = text.replace("\"Europe/Zurich\"", "\"America/New_York\"");
        policies::source(name, &text.replace("\"Europe/Vienna\"", "\"Australia/Sydney\""))
    });
    let sources = Sources::new(calendar, territories);
    let compiled = compile::compile(&sources, &Templates::embedded());
    assert!(compiled.is_ok(), "{:#?}", compiled.err());
    let (folder, names) = folder_with_tests(&sources);
    // Three zones, twice a year each, before and after.
    let clocks = names.iter().filter(|name| name.to_string_lossy().contains("clocks."));
    assert_eq!(clocks.count(), 12);
    assert_tested(folder.path(), &names);
}

/// Seasons that begin or end at one instant share its file, with the floors of all of them.
#[test]
fn an_instant_has_one_file_however_many_seasons_begin_at_it() {
    let reference = policies::reference();
    let territories = reference.get(Sources::TERRITORIES).clone();
    let mut calendar = reference.get(Sources::CALENDAR).clone();
    calendar.text.push_str(
        "\n[seasons.fair]\nfrom = \"06-08\"\nto = \"06-12\"\nterritories = [\"DE\"]\nfloor = { queries = 5 }\n\
         \n[seasons.show]\nfrom = \"06-08\"\nto = \"06-14\"\nterritories = [\"AT\"]\nfloor = { commands = 3 }\n\
         \n[seasons.sale]\nfrom = \"06-15\"\nto = \"06-16\"\nterritories = [\"CH\"]\nfloor = { queries = 3 }\n",
    );
    let (folder, names) = folder_with_tests(&Sources::new(calendar, territories));
    let text = |name: &str| fs::read_to_string(folder.path().join(ALERT_TESTS_FOLDER).join(name));
    let both = text("season.fair.begins.test.yml").unwrap();
    assert!(both.starts_with("# The first second of fair"), "{both}");
    assert!(both.contains("\n# The first second of show"), "{both}");
    assert!(both.contains("queries-de") && both.contains("commands-at"), "{both}");
    let next = text("season.show.over.test.yml").unwrap();
    assert!(next.contains("\n# The first second of sale") && next.contains("queries-ch"), "{next}");
    assert!(text("season.show.begins.test.yml").is_err() && text("season.sale.begins.test.yml").is_err());
    let shared: Vec<PathBuf> =
        names.into_iter().filter(|name| name.to_string_lossy().contains("/season.")).collect();
    assert_tested(folder.path(), &shared);
}

/// Rules broken by hand: their own tests must see it. The file of tests that sees it first; what is replaced; by what.
const BROKEN: &[(&str, &str, &str)] = &[
    ("TerritoryLatencyHigh", "   0.3 * max by (territory)", "   0.32 * max by (territory)"),
    (
        "WorkloadLatencyHigh",
        "expr: vector(0.35)\n        labels: {plan: freshplan, namespace: freshplan, workload: commands}",
        "expr: vector(0.3)\n        labels: {plan: freshplan, namespace: freshplan, workload: commands}",
    ),
    ("LatencyEmergency", "expr: vector(0.5)\n", "expr: vector(5)\n"),
    ("LatencyEmergency", "Follow the emergency procedure.", "Keep calm."),
    ("RequestsFailing", "status=~\"5..\"", "status=~\"4..\""),
    ("TargetNotScaled", "unless on (horizontalpodautoscaler)", "unless on ()"),
    (
        "PodsNotScraped",
        "          > 0\n        labels: {plan: freshplan, namespace: freshplan}\n  # --- Errors",
        "          > 2\n        labels: {plan: freshplan, namespace: freshplan}\n  # --- Errors",
    ),
    (
        "TerritoryLatencyHigh",
        "count(territory:http_server_requests_seconds:slow_for10m{plan=\"freshplan\"})\n",
        "sum(territory:http_server_requests_seconds:slow_for10m{plan=\"freshplan\"})\n",
    ),
    (
        "LatencyBudgetFastBurn",
        "ratio_rate1h{plan=\"freshplan\"} > 14.4",
        "ratio_rate1h{plan=\"freshplan\"} > 6",
    ),
    (
        "LatencyBudgetSlowBurn",
        "burn_slow{plan=\"freshplan\"}[60m30s:30s]) >= 121",
        "burn_slow{plan=\"freshplan\"}[60m30s:30s]) >= 61",
    ),
    (
        "ReplicasBelowFloor",
        "below_floor:bool{plan=\"freshplan\"}[4m]",
        "below_floor:bool{plan=\"freshplan\"}[8m]",
    ),
    (
        "ReplicasBelowFloor",
        "> bool on (deployment) group_left ()\n              max by (deployment)",
        ">= bool on (deployment) group_left ()\n              min by (deployment)",
    ),
    (
        "ScheduleDrift",
        "          != on (scaledObject) group_left ()",
        "          > on (scaledObject) group_left ()",
    ),
    (
        "ScheduleDrift",
        "severity: warning, team: platform, category: plan, cause: scaling}",
        "severity: info, team: platform, category: plan, cause: scaling}",
    ),
    ("PreScaleWithoutLoad", "          < 0.25\n", "          < 0.1\n"),
    (
        "ScalerAtMaxReplicas",
        "max_replicas{namespace=\"freshplan\"}[2m])) - 1",
        "max_replicas{namespace=\"freshplan\"}[2m])) + 1",
    ),
    ("NotifyQueueHigh", "usage_ratio[2m])) > 0.7 <", "usage_ratio[2m])) > 0.8 <"),
    ("OutboxLagHigh", "outbox_lag_seconds[2m])) > 60", "outbox_lag_seconds[2m])) >= 60"),
    (
        "JournalListenerAbsent",
        "(last_over_time(freshplan_scaling_listeners[2m])) < 1",
        "(last_over_time(freshplan_scaling_listeners[2m])) < 0",
    ),
    ("CreditChecksInFlightHigh", "in_flight) > 25", "in_flight) > 50"),
    ("SeasonalPlanExpiresSoon", "0 < plan:seasonscale", "86400 < plan:seasonscale"),
    (
        "SeasonalPlanNotBegun",
        "unless on ()\n            zone:seasonscale_local_time_seconds:calendar{plan=\"freshplan\"}",
        "unless on (zone)\n            zone:seasonscale_local_time_seconds:calendar{plan=\"freshplan\"}",
    ),
    (
        "NoReplicaReady",
        "kube_deployment_status_replicas_ready{namespace=\"freshplan\"}[2m])) == bool 0",
        "kube_deployment_status_replicas_ready{namespace=\"freshplan\"}[2m])) == bool 1",
    ),
    (
        "TerritoryMetricsAbsent",
        "unless on (territory, workload)\n            territory_workload:seasonscale_reporting_pods:count{plan=\"freshplan\"}\n          unless",
        "unless on (territory)\n            territory_workload:seasonscale_reporting_pods:count{plan=\"freshplan\"}\n          unless",
    ),
    (
        "KedaMetricsAbsent",
        "absent(keda_scaler_active{exported_namespace=\"freshplan\"})",
        "absent(keda_scaler_active)",
    ),
    (
        "KedaMetricsAbsent",
        "status_desired_replicas{namespace=\"freshplan\"}[2m]))\n          and on ()\n            absent(",
        "status_desired_replicas{namespace=\"freshplan\"}[2m]))\n          and on ()\n            count(",
    ),
    (
        "ScalerErrors",
        "keda_scaled_object_errors_total{exported_namespace=\"freshplan\"}[3m])) > 3",
        "keda_scaled_object_errors_total{exported_namespace=\"freshplan\"}[10m])) > 3",
    ),
    (
        "season.oktoberfest.begins",
        "(time() >= bool 1788213600) * (time() < bool 1792101600)",
        "(time() >= bool 1788300000) * (time() < bool 1792101600)",
    ),
    (
        "season.oktoberfest.over",
        "second_of_day:calendar{plan=\"freshplan\", territory=~\"DE|CH|AT\"} < bool 72000)",
        "second_of_day:calendar{plan=\"freshplan\", territory=~\"DE|CH|AT\"} <= bool 72000)",
    ),
    (
        "season.weihnachten.begins",
        "4 * territory_season:seasonscale_active:calendar{plan=\"freshplan\", season=\"weihnachten\", part=\"main\", territory=\"CH\"}",
        "3 * territory_season:seasonscale_active:calendar{plan=\"freshplan\", season=\"weihnachten\", part=\"main\", territory=\"CH\"}",
    ),
    (
        "clocks.2026-03-29.after",
        "+ 3600 * (time() >= bool 1774746000)",
        "+ 3600 * (time() >= bool 1774749600)",
    ),
    (
        "clocks.2026-10-25.before",
        "- 3600 * (time() >= bool 1792890000)",
        "- 3600 * (time() >= bool 1792886400)",
    ),
    ("plan.ended", ">= 1767225600 < 1798761600", ">= 1767225600 < 1798848000"),
];

#[test]
fn broken_rules_fail_their_own_tests() {
    let (folder, names) = folder_with_tests(&policies::reference());
    let (_, rules) = reference();
    let mut missed = Vec::new();
    for (seen_by, from, to) in BROKEN {
        assert!(rules.text.contains(from), "{seen_by}: the rules have no {from:?}");
        fs::write(folder.path().join(&rules.path), rules.text.replace(from, to)).unwrap();
        let file = match names.iter().find(|name| name.to_string_lossy().contains(seen_by)) {
            Some(name) => name.clone(),
            None => only(folder.path(), &names[0], seen_by),
        };
        let output = promtool(folder.path(), &["test", "rules"], &[file]);
        let said = said(&output);
        if output.status.success() || !said.contains("FAILED") {
            missed.push(format!("{seen_by}: {to}: {said}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// The tests of one alert alone, in a file of their own: the others only take time.
fn only(folder: &Path, all: &Path, alert: &str) -> PathBuf {
    let text = fs::read_to_string(folder.join(all)).unwrap();
    let (head, tests) = text.split_once("\ntests:\n").unwrap();
    let mut kept: Vec<String> = Vec::new();
    for part in format!("\n{tests}").split("\n  - name: ").skip(1) {
        let names = |end: char| part.contains(&format!("alertname: {alert}{end}"));
        if names('\n') || names(',') {
            kept.push(format!("  - name: {}\n", part.trim_end()));
        }
    }
    assert!(!kept.is_empty(), "no test of {alert}");
    let name = PathBuf::from(format!("only-{alert}.test.yml"));
    fs::write(folder.join(&name), format!("{head}\ntests:\n{}", kept.concat())).unwrap();
    name
}

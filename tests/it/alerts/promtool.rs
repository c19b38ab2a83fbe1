//! The rules in Prometheus' own hands: `promtool check rules`, and `promtool test rules` with the cases of
//! `tests/promtool/`.
//!
//! promtool counts time from 1970 in steps of `evaluation_interval`, so a case that looks at one instant of 2026 takes that
//! instant as its interval: one step, some milliseconds. A case that must wait for an alert's `for` takes an hour.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use seasonscale::plan::Plan;
use seasonscale::time::{Instant, LocalTime};

use super::reference;
use crate::policies;

fn promtool(folder: &Path, args: &[&str], files: &[PathBuf]) -> Output {
    let run = Command::new("promtool").args(args).args(files).current_dir(folder).output();
    run.unwrap_or_else(|error| {
        panic!("promtool is missing ({error}): install the Debian package `prometheus`")
    })
}

fn assert_success(output: &Output) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}\n{}", text(&output.stdout), text(&output.stderr));
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
    assert_success(&promtool(folder.path(), &["test", "rules"], &cases));
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
    assert_success(&promtool(folder.path(), &["test", "rules"], &cases));
}

/// The first and the last boundary of every layer of every schedule, the clock changes, the ends of the horizon; each with
/// the second before it.
fn instants(plan: &Plan) -> Vec<i64> {
    let mut instants = Vec::new();
    let local = plan.local_horizon();
    for schedule in &plan.schedules {
        let zone = &plan.profile.targets[schedule.target.0].zone;
        let (from, until) = (zone.first_instant(local.from), zone.first_instant(local.until));
        instants.extend(zone.changes(from, until).iter().map(|(at, _)| at.0));
        instants.extend([from.0, until.0]);
        for layer in &schedule.layers {
            let windows: Vec<_> = plan.origin(layer.origin).windows(local).collect();
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

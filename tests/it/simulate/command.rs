//! `seasonscale simulate` as a user meets it.

use std::fs;

use serde_json::Value;

use crate::cli::{Run, Workplace};
use crate::policies::root;

pub(super) fn simulate(place: &Workplace, arguments: &[&str]) -> Run {
    place.run(&[&["simulate"], arguments].concat())
}

pub(super) fn text(place: &Workplace, arguments: &[&str]) -> String {
    let run = simulate(place, arguments);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{arguments:?}");
    for line in run.stdout.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    run.stdout
}

#[test]
fn what_the_year_of_the_reference_comes_to() {
    insta::assert_snapshot!(text(&Workplace::reference(), &[]));
}

#[test]
fn why_a_pass_did_what_it_did_and_what_a_fallback_answers() {
    let place = Workplace::reference();
    let pass = text(&place, &["--why", "2026-09-01 08:00", "--target", "DE/queries"]);
    let broken = [
        "--without",
        "prometheus@2026-09-19T10:00/30m",
        "--why",
        "2026-09-19 10:20",
        "--target",
        "DE/queries",
    ];
    insta::assert_snapshot!(format!("{pass}\n{}", text(&place, &broken)));
}

#[test]
fn the_least_floors_and_where_the_plan_breaks() {
    let place = Workplace::reference();
    let floors = simulate(&place, &["--find-floors", "--allow-minutes", "60", "--target", "DE/queries"]);
    assert_eq!((floors.status, floors.stderr.as_str()), (0, ""));
    insta::assert_snapshot!(format!(
        "{}\n{}",
        floors.stdout,
        text(&place, &["--sweep", "load=1..3", "--target", "AT/queries"])
    ));
}

const TWO_CAMPAIGNS: &str = r#"[plan]
from  = 2027-01-01
until = 2027-03-01
[seasons.salary]
title = "Salary run"
from  = "3rd last workday of month"
to    = "last workday of month"
hours = "07:00-19:00"
load  = 4.0
[campaigns.forms]
from = 2027-01-31T20:00:00-05:00
to   = 2027-02-01T00:30:00-05:00
load = 5.0
"#;

const OFFICES: &str = r#"[platform]
prometheus-url = "http://prometheus:9090"
job            = "pay"
[workloads.slips]
service-time = "40ms"
p95-gate     = "500ms"
[territories.US]
zone  = "America/New_York"
share = 0.6
slips = { replicas = { min = 2, max = 14 }, rps-per-replica = 20, base-load = 35 }
[territories.IN]
zone  = "Asia/Kolkata"
share = 0.4
slips = { replicas = { min = 2, max = 12 }, rps-per-replica = 20, base-load = 22 }
"#;

/// A season has a table for each territory, a campaign one floor for all of them.
#[test]
fn the_least_floors_compile_where_they_are_pasted() {
    for (asked, floor) in
        [(&["--find-floors"][..], false), (&["--find-floors", "--allow-minutes", "0"], true)]
    {
        let place = Workplace::empty();
        place.write("policies/calendar.toml", TWO_CAMPAIGNS.as_bytes());
        place.write("policies/territories.toml", OFFICES.as_bytes());
        let found = text(&place, asked);
        let (_, campaign) = found.split_once("\n# [campaigns.forms]   # forms\n# ").unwrap();
        let (line, campaign) = campaign.split_once('\n').unwrap();
        assert_eq!(campaign.matches("# slips in ").count(), 2, "{found}");
        assert!(!found.contains("\n[campaigns"), "{found}");
        // Where no floor does, its table is a comment.
        for header in ["\n[seasons.salary.in.IN]   # Salary run\nfloor = {", "[seasons.salary.in.US]"] {
            assert!(found.contains(header), "{found}");
        }
        let calendar = TWO_CAMPAIGNS.replace("[campaigns.forms]", &format!("[campaigns.forms]\n{line}"));
        place.write("policies/calendar.toml", format!("{calendar}{found}").as_bytes());
        let run = place.run(&["generate", "--today", "2027-01-01"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert!(!run.stderr.contains("floor-without-effect"), "{}", run.stderr);
        assert_eq!(line != "floor = {}", floor, "{found}");
        assert_eq!(run.stderr.contains("warning"), floor, "{}", run.stderr);
    }
}

#[test]
fn objects_of_others_are_named_where_only_their_triggers_are_made() {
    let place = Workplace::empty();
    let calendar = "[plan]\nfrom = 2027-01-01\nuntil = 2028-01-01\n[seasons.s]\nfrom = \"03-01\"\nto = \"03-20\"\nfloor = { web = 5 }\n";
    let territories = "[platform]\nkeda-form = \"triggers\"\n[workloads.web]\nscaledobject = \"web.yaml\"\n";
    let object = "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: web}\nspec:\n  scaleTargetRef: {name: web}\n  minReplicaCount: 2\n  maxReplicaCount: 9\n  triggers:\n  - {type: cpu, metricType: Utilization, metadata: {value: \"70\"}}\n";
    for (name, text) in [("calendar.toml", calendar), ("territories.toml", territories), ("web.yaml", object)]
    {
        place.write(&format!("policies/{name}"), text.as_bytes());
    }
    let run = simulate(&place, &[]);
    let named = "seasonscale: web: its ScaledObject is somebody's own";
    assert!(run.status == 3 && run.stderr.contains(named), "{}", run.stderr);
    let run = simulate(&place, &["--target", "queries"]);
    assert!(run.stderr.contains("the policy has no target that is called `queries`"), "{}", run.stderr);
}

/// The sums of the document are those of its parts, and the trace adds up to its pod-hours.
#[test]
fn json_adds_up_and_the_trace_comes_to_the_same_pod_hours() {
    let place = Workplace::reference();
    let trace = place.path("trace.csv");
    let run = simulate(&place, &["--format", "json", "--trace", trace.to_str().unwrap()]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let study: Value = serde_json::from_str(&run.stdout).unwrap();
    let number = |value: &Value| value.as_f64().unwrap();
    for figure in ["pod_hours", "minutes_over_gate", "requests", "late", "refused"] {
        for way in ["plan", "peak-floor", "maximum", "plain-hpa"] {
            let total = number(&study["total"][way][figure]);
            for parts in ["territories", "seasons", "targets"] {
                let parts = study[parts].as_array().unwrap();
                let sum: f64 = parts.iter().map(|part| number(&part["ways"][way][figure])).sum();
                assert!((sum - total).abs() < 1.0 + total * 1e-6, "{figure} of {way}: {sum} {total}");
            }
        }
    }
    let mut hours = 0.0;
    for row in fs::read_to_string(trace).unwrap().lines().skip(1) {
        let columns: Vec<&str> = row.split(',').collect();
        let second = |text: &str| {
            let local = seasonscale::time::LocalTime::parse(&text[..16].replace('T', " ")).unwrap();
            local.wall_seconds() as f64 + text[17..19].parse::<f64>().unwrap()
        };
        hours += (second(columns[2]) - second(columns[1])) / 3600.0 * columns[4].parse::<f64>().unwrap();
    }
    let planned = number(&study["total"]["plan"]["pod_hours"]);
    assert!((hours - planned).abs() < 1.0, "{hours} {planned}");
    assert_eq!(study["not_modelled"][0]["object"], "freshplan-outbox-worker");
}

#[test]
fn a_worker_is_run_where_its_service_time_and_its_messages_are_known() {
    let place = Workplace::reference();
    let line = "messages-per-replica = 100\n";
    let refused = |place: &Workplace| {
        let run = simulate(place, &["--target", "all/outbox-worker"]);
        assert_eq!(run.status, 3);
        run.stderr
    };
    assert!(refused(&place).contains("write its `service-time`"));
    place.edit("policies/territories.toml", line, &format!("{line}service-time = \"200ms\"\n"));
    assert!(refused(&place).contains("write its `base-load`"));
    place.edit("policies/territories.toml", line, &format!("{line}base-load = 2\n"));
    let run = simulate(&place, &["--format", "json"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let study: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(study["not_modelled"].as_array().unwrap().len(), 0);
    assert_eq!(study["targets"].as_array().unwrap().len(), 7);
    let worker = &study["targets"][6];
    assert_eq!((&worker["name"], &worker["territory"]), (&"freshplan-outbox-worker".into(), &"all".into()));
    assert_eq!(worker["service_time_ms"], 200.0);
    let plan = &worker["ways"]["plan"];
    // DE five times 70 %, CH and AT one and a half times 20 % and 10 %, of 2 a second.
    assert!((plan["busiest_rps"].as_f64().unwrap() - 7.9).abs() < 1e-6, "{plan}");
    assert_eq!(plan["refused"], 0.0);
    assert!(plan["most_replicas"].as_f64().unwrap() >= 2.0, "5 a second are what one replica does");
}

/// What comes out is what the documents say, too; `UPDATE=1` writes it there.
#[test]
fn the_documents_say_what_comes_out() {
    let run = simulate(&Workplace::reference(), &["--format", "json"]);
    let study: Value = serde_json::from_str(&run.stdout).unwrap();
    let said = |part: &Value| -> String {
        part.as_array().unwrap().iter().map(|one| wrapped(one["said"].as_str().unwrap())).collect()
    };
    let (carried, saved) = (said(&study["carried"]), said(&study["saved"]));
    holds(".docs/simulate.md", "Of the reference plan it says:", &format!("{carried}{saved}"));
    holds("README.md", "For the reference case:", &saved);
}

/// Whether the block after `lead` in a document is `text`.
fn holds(document: &str, lead: &str, text: &str) {
    let path = root().join(document);
    let there = fs::read_to_string(&path).unwrap();
    let lead = format!("{lead}\n\n```text\n");
    let (before, rest) = there.split_once(&lead).unwrap();
    let (_, after) = rest.split_once("```").unwrap();
    let new = format!("{before}{lead}{text}```{after}");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &new).unwrap();
        return;
    }
    assert!(there == new, "{document} says another thing; UPDATE=1 writes what comes out:\n{text}");
}

/// Lines of 100 columns at most.
fn wrapped(sentence: &str) -> String {
    let mut lines = vec![String::new()];
    for word in sentence.split(' ') {
        let line = lines.last_mut().unwrap();
        if line.is_empty() {
            line.push_str(word);
        } else if line.len() + word.len() < 100 {
            line.push_str(&format!(" {word}"));
        } else {
            lines.push(word.to_owned());
        }
    }
    lines.join("\n") + "\n"
}

#[test]
fn a_measured_service_time_is_reckoned_with() {
    let place = Workplace::reference();
    place.edit(
        "policies/territories.toml",
        "p95-gate      = \"300ms\"",
        "service-time = \"8ms\"\np95-gate = \"300ms\"",
    );
    let run = simulate(&place, &["--format", "json", "--target", "DE/queries"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let study: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(study["targets"][0]["service_time_ms"], 8.0);
    place.edit("policies/territories.toml", "\"8ms\"", "\"fast\"");
    assert_eq!(simulate(&place, &[]).status, 1);
}

#[test]
fn the_shape_of_the_profile_is_the_shape_of_the_load() {
    let place = Workplace::reference();
    let toml = String::from_utf8(fs::read(place.path("policies/territories.toml")).unwrap()).unwrap();
    let with = |load: &str| {
        place.write("policies/territories.toml", format!("{toml}\n[load]\n{load}\n").as_bytes());
        simulate(&place, &["--format", "json", "--target", "AT/queries"])
    };
    let requests = |load: &str| {
        let run = with(load);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{load}");
        let study: Value = serde_json::from_str(&run.stdout).unwrap();
        study["total"]["plan"]["requests"].as_f64().unwrap()
    };
    let even = requests("day = [\"00:00 1\"]");
    // From 0 at midnight to 1 at noon and back: a half, in steps.
    let half = requests("day = [\"00:00 0\", \"12:00 1\"]");
    assert!((half / even - 0.5).abs() < 0.01, "{half} {even}");
    let weekdays = requests("day = [\"00:00 1\"]\nweek = { sat = 0, sun = 0 }");
    assert!((weekdays / even - 5.0 / 7.0).abs() < 0.02, "{weekdays} {even}");
    for wrong in [
        "day = [\"00:10 1\"]",
        "day = [\"09:00 1\", \"08:00 1\"]",
        "day = [\"09:00 -1\"]",
        "day = []",
        "week = { sat = 1 }",
        "day = [\"00:00 1\"]\nweek = { sat = 11 }",
        "day = [\"00:00 1\"]\nweek = { samstag = 1 }",
    ] {
        assert_eq!(with(wrong).status, 1, "{wrong}");
    }
}

#[test]
fn others_run_under_the_same_load_and_chance_begins_from_its_seed() {
    let place = Workplace::reference();
    // Chance in every minute of a year takes a test minutes; some weeks show the same.
    place.edit("policies/calendar.toml", "from  = 2026-01-01", "from  = 2026-08-15");
    place.edit("policies/calendar.toml", "until = 2027-01-01", "until = 2026-10-01");
    assert_eq!(place.run(&["generate", "--out", "same", "-q"]).status, 0);
    let run = simulate(
        &place,
        &[
            "--against",
            "same/keda-scalers.yaml",
            "--format",
            "json",
            "--noise",
            "0.1",
            "--target",
            "CH/queries",
        ],
    );
    assert_eq!(run.status, 0, "{}", run.stderr);
    let study: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(study["against"]["total"], study["total"]["plan"]);
    let noisy =
        |seed: &str| simulate(&place, &["--noise", "0.1", "--seed", seed, "--target", "CH/queries"]).stdout;
    let again = noisy("1");
    assert!(again == noisy("1") && again != noisy("2"));
}

#[test]
fn a_full_cluster_makes_pods_wait_for_nodes_and_a_patch_of_keda_is_said() {
    let place = Workplace::reference();
    let below = |place: &Workplace, arguments: &[&str]| {
        let run = simulate(place, &[&["--format", "json", "--target", "DE/queries"], arguments].concat());
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
        let study: Value = serde_json::from_str(&run.stdout).unwrap();
        let assumed = study["assumed"].as_array().unwrap().len();
        (study["total"]["plan"]["minutes_below_floor"].as_f64().unwrap(), assumed)
    };
    let (always, assumed) = below(&place, &[]);
    assert_eq!(assumed, 1, "the patch");
    assert_eq!(below(&place, &["--keda", "2.20.2"]), (always, 0));
    place.edit(
        "policies/territories.toml",
        "keda                 = \"2.20\"",
        "keda = \"2.20.2\"\nnode-start-up = \"5m\"\nspare-replicas = 12",
    );
    assert_eq!(below(&place, &[]), (always, 1), "there is room for all");
    place.edit("policies/territories.toml", "spare-replicas = 12", "spare-replicas = 0");
    let (waits, _) = below(&place, &[]);
    // Each morning of a season.
    assert!(waits > always + 190.0 * 4.0, "{waits} {always}");
    let run = simulate(&place, &["--keda", "2.20.x"]);
    assert!(run.status == 2 && run.stderr.contains("2.20"), "{}", run.stderr);
}

#[test]
fn promises_are_held_line_by_line() {
    let place = Workplace::reference();
    place.write(
        "good.toml",
        b"expect = [\"DE/queries replicas at 2026-09-19 11:00 >= 6\", \"saved-against-max > 0.4\"]\n",
    );
    assert_eq!(simulate(&place, &["--expect", "good.toml"]).status, 0);
    place.write("bad.toml", b"expect = [\"saved-against-max > 0.4\", \"minutes-over-gate < 1\"]\n");
    let run = simulate(&place, &["--expect", "bad.toml"]);
    assert_eq!(run.status, 1);
    assert!(
        run.stdout.contains("FAILS: minutes-over-gate < 1")
            && run.stdout.contains("holds: saved-against-max")
    );
    assert!(run.stderr.contains("1 of 2"), "{}", run.stderr);
    for (text, said) in [
        ("expect = [\"minute-over-gate < 1\"]", "is not a figure"),
        ("expect = [\"FR pod-hours < 1\"]", "`FR`"),
        ("expects = []", "did you mean `expect`?"),
        ("expect = []", "expects nothing"),
    ] {
        place.write("odd.toml", text.as_bytes());
        let run = simulate(&place, &["--expect", "odd.toml"]);
        assert!(run.status == 2 && run.stderr.contains(said), "{text}: {}", run.stderr);
    }
}

#[test]
fn a_measured_load_is_run_and_a_bad_one_is_refused_with_its_line() {
    let place = Workplace::reference();
    let rows = "time,target,rps\n2026-10-03T08:00:00+02:00,DE/queries,80\n2026-10-03T08:05:00+02:00,DE/queries,400\n2026-10-03T08:10:00+02:00,DE/queries,400\n";
    place.write("load.csv", rows.as_bytes());
    let said = text(&place, &["--load", "load.csv"]).replace('\n', " ");
    assert!(
        said.contains("Load: from load.csv") && said.contains("the load's file has no sample of it"),
        "{said}"
    );
    place.write("load.csv", rows.replace("08:10:00", "08:01:00").as_bytes());
    let run = simulate(&place, &["--load", "load.csv"]);
    assert!(
        run.status == 2 && run.stderr.contains("line 4") && run.stderr.contains("sort"),
        "{}",
        run.stderr
    );
}

#[test]
fn what_the_model_does_not_know_is_named_and_run_without() {
    let place = Workplace::reference();
    let manifest = "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: a}\nspec:\n  scaleTargetRef: {name: freshplan-api-queries-de}\n  triggers:\n    - {type: kafka, metadata: {topic: t}}\n";
    place.write("k.yaml", manifest.as_bytes());
    let run = simulate(&place, &["--manifest", "k.yaml"]);
    assert_eq!(run.status, 3);
    assert!(run.stderr.contains("triggers[0] (kafka)"), "{}", run.stderr);
    for (arguments, said) in [
        (["--target", "FR/queries"], "`FR/queries`"),
        (["--burst", "octoberfest=7"], "`octoberfest`"),
        (["--why", "2026-03-29 02:30"], "does not exist"),
    ] {
        let run = simulate(&place, &arguments);
        assert!(run.status == 2 && run.stderr.contains(said), "{arguments:?}: {}", run.stderr);
    }
}

/// An outage that hits nothing would look like a plan that stands it.
#[test]
fn an_outage_of_nothing_is_a_slip_of_the_pen() {
    let place = Workplace::reference();
    for (outage, said) in [
        ("rabbitmq@2026-09-19T10:00/30m", "`rabbitmq`; there are: cron, oktoberfest,"),
        ("prometheus@2027-09-19T10:00/30m", "from 2027-09-19 10:00 on is outside"),
    ] {
        let run = simulate(&place, &["--target", "DE/queries", "--without", outage]);
        assert!(run.status == 2 && run.stderr.contains(said), "{outage}: {}", run.stderr);
    }
    // By name, and from before the plan's first day.
    text(&place, &["--target", "AT/commands", "--without", "rps@2025-12-31T23:50/30m"]);
}

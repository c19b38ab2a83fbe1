//! `seasonscale explain` as a user meets it.

use std::collections::BTreeSet;
use std::fs;

use seasonscale::finding::Rule;
use serde_json::Value;

use crate::cli::{Run, Workplace};
use crate::policies::root;

fn explain(place: &Workplace, target: &str, at: &str) -> Run {
    place.run(&["explain", target, "--at", at])
}

/// The text for a moment of the reference case; own lines keep to 80 columns.
fn text(place: &Workplace, target: &str, at: &str) -> String {
    let run = explain(place, target, at);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{target} {at}");
    for line in run.stdout.lines() {
        let quoted = line.contains(" | ") || line.contains("-->") || line.starts_with("...");
        assert!(quoted || line.chars().count() <= 80, "{line}");
    }
    run.stdout
}

#[test]
fn in_a_season_by_day() {
    insta::assert_snapshot!(text(&Workplace::reference(), "DE/queries", "2026-10-03 12:00"));
}

#[test]
fn in_a_season_at_night() {
    insta::assert_snapshot!(text(&Workplace::reference(), "DE/queries", "2026-10-03 22:00"));
}

#[test]
fn in_a_lead_in() {
    insta::assert_snapshot!(text(&Workplace::reference(), "freshplan-api-queries-de", "2026-08-20 12:00"));
}

#[test]
fn in_a_campaign_over_a_season() {
    insta::assert_snapshot!(text(&Workplace::reference(), "DE/commands", "2026-09-28 10:00"));
}

#[test]
fn where_a_season_sets_no_floor() {
    insta::assert_snapshot!(text(&Workplace::reference(), "CH/queries", "2026-10-03 12:00"));
}

#[test]
fn where_a_season_is_not_for_the_territory() {
    insta::assert_snapshot!(text(&Workplace::reference(), "AT/commands", "2026-05-04 12:00"));
}

#[test]
fn without_a_territory_before_a_campaign() {
    insta::assert_snapshot!(text(&Workplace::reference(), "outbox-worker", "2026-09-28"));
}

#[test]
fn where_two_seasons_overlap() {
    let place = Workplace::reference();
    let fair = "[seasons.fair]\ntitle = \"Trade fair\"\nfrom = \"last mon of 09\"\nto = \"last mon of 09 + 4d\"\nhours = \"07:00-22:00\"\nfloor = { queries = 6, commands = 2 }\nticket = \"OPS-12\"\n\n[seasons.weihnachten]\n";
    place.edit("policies/calendar.toml", "[seasons.weihnachten]\n", fair);
    insta::assert_snapshot!("two_seasons_with_one_floor", text(&place, "DE/queries", "2026-09-29 12:00"));
    insta::assert_snapshot!("two_seasons_with_two_floors", text(&place, "DE/commands", "2026-09-29 12:00"));
}

#[test]
fn what_is_switched_off_is_named_on_its_days_in_its_territories_and_decides_nothing() {
    let place = Workplace::reference();
    for table in ["[seasons.oktoberfest]\n", "[seasons.spargel]\n", "[campaigns.autumn-mailing]\n"] {
        place.edit("policies/calendar.toml", table, &format!("{table}enabled = false\n"));
    }
    insta::assert_snapshot!(text(&place, "DE/queries", "2026-10-03 12:00"));
    let off = |target: &str, at: &str| {
        let text = text(&place, target, at);
        let section =
            text.split("In the policy for this day, and switched off:\n").nth(1).unwrap_or_default();
        let said = section.lines().take_while(|line| !line.is_empty());
        said.map(|line| line.split(',').next().unwrap().trim().to_owned()).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(off("DE/queries", "2026-08-20 12:00"), "Oktoberfest (season)", "its lead-in");
    assert_eq!(off("DE/queries", "2026-08-17 12:00"), "");
    assert_eq!(off("DE/queries", "2026-10-15 23:00"), "Oktoberfest (season)", "whatever the hour");
    assert_eq!(off("DE/queries", "2026-10-16 00:00"), "");
    let both = "Oktoberfest (season); Autumn mailing (campaign)";
    assert_eq!(off("DE/commands", "2026-09-28 23:00"), both);
    assert_eq!(off("DE/commands", "2026-09-29 00:00"), "Oktoberfest (season)");
    assert_eq!(off("AT/queries", "2026-05-04 12:00"), "", "asparagus is for DE");
    assert_eq!(off("outbox-worker", "2026-09-28"), both);
}

#[test]
fn on_a_holiday_and_on_a_weekend_that_workdays_leave_out() {
    let place = Workplace::reference();
    place.edit(
        "policies/calendar.toml",
        "hours       = \"07:00-18:00\"",
        "hours       = \"07:00-18:00\"\ndays        = \"workdays\"",
    );
    insta::assert_snapshot!("a_holiday", text(&place, "DE/queries", "2026-05-01 12:00"));
    let weekend = text(&place, "DE/queries", "2026-05-02 12:00");
    assert!(
        weekend.contains("Spargel (season), policies/calendar.toml:49: does not take a Sat"),
        "{weekend}"
    );
    let workday = text(&place, "DE/queries", "2026-05-04 12:00");
    assert!(workday.contains("Mon is one of them"), "{workday}");
}

#[test]
fn in_a_night_that_began_the_day_before() {
    let place = Workplace::reference();
    place.edit(
        "policies/calendar.toml",
        "hours       = \"07:00-18:00\"",
        "hours       = \"22:00-06:00\"\ndays        = \"sat\"",
    );
    let sunday = text(&place, "DE/queries", "2026-05-03 05:59");
    assert!(
        sunday.contains("Spargel (season) asks for 4") && sunday.contains("open until 06:00"),
        "{sunday}"
    );
    assert!(sunday.contains("Sat is one of them"), "{sunday}");
}

#[test]
fn where_a_floor_follows_from_the_load() {
    let place = Workplace::reference();
    place.edit(
        "policies/calendar.toml",
        "load        = 2.0\nfloor       = { queries = 4, commands = 3 }",
        "load        = 2.0",
    );
    place.edit(
        "policies/territories.toml",
        "rps-per-replica = 80,",
        "rps-per-replica = 80, base-load = 150,",
    );
    place.edit("policies/territories.toml", "rps-per-replica = 30,", "rps-per-replica = 30, base-load = 40,");
    let text = text(&place, "DE/queries", "2026-05-04 12:00");
    assert!(text.contains("4 replicas: ceil(150 x 2 x 1 / 80)"), "{text}");
}

#[test]
fn on_the_days_on_which_the_clocks_change() {
    let place = Workplace::reference();
    let twice = text(&place, "DE/queries", "2026-10-25 02:30");
    assert!(twice.contains("(2026-10-25T00:30:00Z)"), "{twice}");
    assert!(twice.contains("for the second time: --at 2026-10-25T01:30:00Z"), "{twice}");
    let second = text(&place, "DE/queries", "2026-10-25T01:30:00Z");
    assert!(second.contains("on Sun 25 Oct 2026 02:30 Europe/Berlin (2026-10-25T01:30:00Z)"), "{second}");
    assert!(!second.contains("twice"), "{second}");
    let never = explain(&place, "DE/queries", "2026-03-29 02:30");
    assert_eq!((never.status, never.stdout.as_str()), (2, ""));
    insta::assert_snapshot!(never.stderr);
}

#[test]
fn outside_the_plan_it_says_until_when_the_plan_holds_and_what_cron_does_all_the_same() {
    let run = explain(&Workplace::reference(), "DE/queries", "2027-09-03 12:00");
    assert_eq!((run.status, run.stderr.as_str()), (1, ""));
    insta::assert_snapshot!(run.stdout);
}

#[test]
fn what_is_neither_target_nor_finding_gets_a_suggestion() {
    let place = Workplace::reference();
    let said = |subject: &str| {
        let run = explain(&place, subject, "2026-10-03");
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{subject}");
        run.stderr
    };
    let subjects = ["queries", "freshplan-api-querys-de", "DE/querys", "cron-dst-gop", "cron-dst-gap", "xyz"];
    let all = subjects.map(said);
    insta::assert_snapshot!(all.join(""));
    assert_eq!(explain(&place, "DE/queries", "noon").status, 2);
}

#[test]
fn findings_are_explained_without_a_policy() {
    let place = Workplace::reference();
    let run = place.run(&["explain", "cron-dst-gap", "-i", "nowhere"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    insta::assert_snapshot!(run.stdout);
    for rule in Rule::ALL.iter().copied().step_by(9) {
        let run = place.run(&["explain", rule.id()]);
        assert!(run.status == 0 && run.stdout.starts_with(rule.id()), "{}", rule.id());
    }
    let nothing = place.run(&["explain", "cron-dst-gop", "-i", "nowhere"]);
    assert_eq!(nothing.status, 3);
    assert!(nothing.stderr.contains("the nearest is `cron-dst-gap`"), "{}", nothing.stderr);
}

#[test]
fn mistakes_of_the_policy_are_shown_as_everywhere() {
    let place = Workplace::reference();
    place.edit("policies/calendar.toml", "from  = \"09-01\"", "from  = \"09-31\"");
    let run = explain(&place, "DE/queries", "2026-10-03");
    assert_eq!((run.status, run.stdout.as_str()), (1, ""));
    assert!(run.stderr.contains("error[bad-date-rule]"), "{}", run.stderr);
}

#[test]
fn without_a_moment_it_is_about_now() {
    let run = Workplace::reference().run(&["explain", "DE/queries"]);
    assert!(run.status == 0 || run.stdout.contains("The plan holds from"), "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.starts_with("freshplan-api-queries-de: "), "{}", run.stdout);
}

#[test]
fn a_template_that_breaks_the_plan_is_shown_where_it_does() {
    let place = Workplace::reference();
    let template = place.run(&["templates", "scaledobject.yaml.j2"]).stdout;
    let broken = template.replace("desiredReplicas: \"<< season.floor >>\"", "desiredReplicas: \"3\"");
    place.write("own/scaledobject.yaml.j2", broken.as_bytes());
    let run = place.run(&["explain", "DE/queries", "--at", "2026-10-03 12:00", "--templates", "own"]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("holds 3 now: the plan says 6."), "{}", run.stdout);
}

#[test]
fn it_says_when_the_file_on_disk_is_another_one() {
    let place = Workplace::reference();
    place.run(&["generate"]);
    assert_eq!(explain(&place, "DE/queries", "2026-10-03").stderr, "");
    place.edit("generated/keda-scalers.yaml", "maxReplicaCount: 12", "maxReplicaCount: 11");
    let stale = explain(&place, "DE/queries", "2026-10-03");
    assert_eq!(stale.status, 0);
    assert!(stale.stderr.contains("generated/keda-scalers.yaml on disk differs"), "{}", stale.stderr);
}

#[test]
fn lines_of_the_manifest_are_those_of_the_generated_file() {
    let place = Workplace::reference();
    place.run(&["generate"]);
    let manifest: Vec<String> =
        place.read("generated/keda-scalers.yaml").lines().map(str::to_owned).collect();
    let run = place.run(&["explain", "DE/commands", "--at", "2026-09-28 10:00", "--format", "json"]);
    let said: Value = serde_json::from_str(&run.stdout).unwrap();
    let line =
        |value: &Value| manifest[usize::try_from(value["line"].as_u64().unwrap()).unwrap() - 1].clone();
    assert_eq!(line(&said["manifest"]), "  name: freshplan-api-commands-de");
    let triggers = said["manifest"]["active"]
        .as_array()
        .unwrap()
        .iter()
        .chain(said["manifest"]["others"].as_array().unwrap());
    let mut seen = 0;
    for trigger in triggers {
        let at = usize::try_from(trigger["line"].as_u64().unwrap()).unwrap();
        assert!(manifest[at - 1].starts_with("    - type: "), "{}", manifest[at - 1]);
        assert_eq!(manifest[at], format!("      name: {}", trigger["name"].as_str().unwrap()));
        seen += 1;
    }
    assert_eq!(seen, 4);
}

#[test]
fn json_has_the_documented_fields_and_no_others() {
    let place = Workplace::reference();
    place.edit(
        "policies/calendar.toml",
        "hours       = \"07:00-18:00\"",
        "hours       = \"07:00-18:00\"\ndays        = \"workdays\"",
    );
    let json = |target: &str, at: &str| -> (String, Value) {
        let run = place.run(&["explain", target, "--at", at, "--format", "json"]);
        let value = serde_json::from_str(&run.stdout).unwrap();
        (run.stdout, value)
    };
    let (campaign, value) = json("DE/commands", "2026-09-28 10:00");
    insta::assert_snapshot!(campaign);
    assert_eq!(json("DE/queries", "2026-05-01 12:00").1["claims"][0]["holidays"][0], "bavaria.labour-day");
    let mut fields = BTreeSet::new();
    names(&value, &mut fields);
    for (target, at) in
        [("DE/queries", "2026-05-01 12:00"), ("DE/queries", "2026-10-25 02:30"), ("CH/queries", "2027-01-01")]
    {
        names(&json(target, at).1, &mut fields);
    }
    place.edit("policies/calendar.toml", "[seasons.spargel]\n", "[seasons.spargel]\nenabled = false\n");
    let off = json("DE/queries", "2026-05-04 12:00").1;
    assert_eq!(off["switched_off"][0]["name"], "spargel");
    names(&off, &mut fields);
    let document = fs::read_to_string(root().join(".docs/explain-json.md")).unwrap();
    let documented: BTreeSet<String> = document
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split(" |").next().map(str::to_owned))
        .flat_map(|cell| {
            let paths =
                cell.split('`').filter(|part| !part.trim().is_empty() && *part != ", ").map(str::to_owned);
            paths.collect::<Vec<_>>()
        })
        .flat_map(|path| {
            path.split('.').map(|name| name.trim_end_matches("[]").to_owned()).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(fields, documented, "the command on the left, .docs/explain-json.md on the right");
    assert_eq!(json("CH/queries", "2027-01-01").1["floor"], Value::Null);
}

/// Every name of a field, however deep.
fn names(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                found.insert(name.clone());
                names(value, found);
            }
        }
        Value::Array(elements) => elements.iter().for_each(|element| names(element, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn a_finding_as_json_has_its_parts() {
    let run = Workplace::reference().run(&["explain", "prometheus-no-fallback", "--format", "json"]);
    let value: Value = serde_json::from_str(&run.stdout).unwrap();
    let keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        ["bad", "good", "happens", "id", "ignore", "language", "meaning", "severity", "summary"]
    );
    assert_eq!(
        (value["id"].as_str(), value["severity"].as_str()),
        (Some("prometheus-no-fallback"), Some("warning"))
    );
}

#[test]
fn findings_say_where_to_read_more_of_them_and_rules_lists_them_all() {
    let place = Workplace::reference();
    let rules = place.run(&["rules"]).stdout;
    assert!(
        Rule::ALL
            .iter()
            .copied()
            .all(|rule| rules.lines().any(|line| line.split_whitespace().next() == Some(rule.id())))
    );
    place.edit("policies/calendar.toml", "from  = \"09-01\"", "from  = \"09-31\"");
    let said = place.run(&["check"]).stderr;
    assert!(said.ends_with("seasonscale: 1 error; more: `seasonscale explain bad-date-rule`\n"), "{said}");
}

#[test]
fn completions_know_every_command() {
    let place = Workplace::reference();
    let help = place.run(&["--help"]).stdout;
    let commands = help.lines().skip_while(|line| !line.starts_with("Commands:")).skip(1);
    let commands = commands.take_while(|line| !line.is_empty());
    // What a command does may go on in the next line, further in.
    let commands = commands.filter(|line| !line.starts_with("   "));
    let commands: Vec<&str> = commands.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(commands.contains(&"explain"));
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let run = place.run(&["completions", shell]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{shell}");
        let missing: Vec<_> = commands.iter().filter(|command| !run.stdout.contains(**command)).collect();
        assert!(missing.is_empty() && run.stdout.contains("--templates"), "{shell}: {missing:?}");
    }
    assert_eq!(place.run(&["completions", "csh"]).status, 2);
}

//! What a calendar leaves out although it looks as if it were there: each is found, and a calendar beside it that means what it
//! says is silent.

use seasonscale::compile;
use seasonscale::report;
use seasonscale::source::Sources;

use crate::cli::Workplace;
use crate::policies::source;

const PLAN: &str = "[plan]\nfrom = 2027-01-01\nuntil = 2028-01-01\n";

/// A hub that keeps the holidays of the United States.
const HUB: &str = "[platform]\nzone = \"America/New_York\"\nholidays = [\"US\"]\n[workloads.hub]\nreplicas = { min = 2, max = 10 }\n";

/// Labels in a country where 24 December 2027 is at work, and in one where it is not.
const LABELS: &str = "[workloads.labels]
[territories.DE]
zone = \"Europe/Berlin\"
holidays = [\"DE-BY\"]
labels = { replicas = { min = 2, max = 20 } }
[territories.US]
zone = \"America/Chicago\"
holidays = [\"US\"]
labels = { replicas = { min = 2, max = 15 } }
";

/// What is said of a season with these keys, beside one that is always there.
fn said(keys: &str, territories: &str) -> String {
    let workload = if territories == LABELS { "labels" } else { "hub" };
    let calendar = format!(
        "{PLAN}[seasons.s]\n{keys}\nfloor = {{ {workload} = 8 }}\n[seasons.nights]\nfrom = \"01-01\"\nto = \"12-31\"\nhours = \"04:00-05:30\"\nfloor = {{ {workload} = 3 }}\n"
    );
    let sources = Sources::new(source("calendar", &calendar), source("territories", territories));
    report::terminal(&compile::plan(&sources).1, &sources, false)
}

fn assert_found(keys: &str, territories: &str, wanted: &[&str]) {
    let found = said(keys, territories);
    assert!(wanted.iter().all(|part| found.contains(part)), "{keys}\n{found}");
}

#[test]
fn a_last_day_that_a_territory_does_not_have_is_named_with_territory_and_year() {
    let peak = "from = \"black-friday\"\nto = \"12-24 if workday\"";
    assert_found(
        peak,
        LABELS,
        &[
            "warning[day-not-every-year]: season `s` is left out in 2027 in US",
            "Fri 24 Dec 2027 is not a working day",
        ],
    );
    let one_day = "from = \"12-24 if workday\"\nto = \"12-24 if workday\"";
    assert_found(one_day, HUB, &["warning[day-not-every-year]", "its first day is missing"]);
    assert_found(peak, HUB, &["error[no-such-day]: season `s` has no dates in 2027"]);
    let first = "from = \"12-24 if workday\"\nto = \"12-31\"";
    assert_found(
        first,
        HUB,
        &["error[no-such-day]: season `s` has no dates in 2027", "its first day is missing"],
    );
    for peak in [peak, "from = \"11-20\"\nto = \"12-24 if workday\""] {
        assert!(!said(peak, LABELS).contains("outside-horizon"), "{peak}");
    }
    for good in [
        "from = \"black-friday\"\nto = \"12-24 or workday before\"",
        "from = \"black-friday\"\nto = \"12-23 if workday\"",
        "from = \"12-24 if workday\"\nto = \"12-24 if workday\"",
    ] {
        let found = said(good, LABELS);
        assert_eq!(found, "", "{good}");
    }
}

#[test]
fn a_month_without_its_last_day_is_left_out_and_said() {
    assert_found(
        "from = \"1 of month\"\nto = \"15 of month if workday\"",
        HUB,
        &["is left out 3 times in 2027: its last day is missing", "Mon 15 Feb 2027 is not a working day"],
    );
    assert_found(
        "from = \"10th last workday of month\"\nto = \"20th workday of month\"",
        HUB,
        &["not in January 2027", "write `last workday of month`"],
    );
    for good in [
        "from = \"last workday of month\"\nto = \"5th workday of month\"",
        "from = \"1 of month\"\nto = \"15 of month or workday before\"",
    ] {
        assert_eq!(said(good, HUB), "", "{good}");
    }
}

#[test]
fn a_month_without_its_last_day_does_not_go_on_to_the_next_one() {
    let place = Workplace::empty();
    let season = "[seasons.s]\nfrom = \"1 of month\"\nto = \"15 of month if workday\"\nfloor = { hub = 3 }\n";
    place.write("policies/calendar.toml", format!("{PLAN}{season}").as_bytes());
    place.write("policies/territories.toml", HUB.as_bytes());
    let run = place.run(&["generate", "--today", "2027-01-01"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let runbook = place.read("generated/runbook-seasonal.md");
    assert!(runbook.contains("| Fri 1 Jan 2027 | Fri 15 Jan 2027 |"), "{runbook}");
    assert!(!runbook.contains("| Mon 1 Feb 2027 |"), "{runbook}");
    assert!(!runbook.contains("| February 2027 | s |"), "{runbook}");
}

#[test]
fn hours_of_a_date_need_a_day_and_are_said_once() {
    let hours =
        |days: &str, on: &str| format!("from = \"10-01\"\nto = \"12-31\"\n{days}\nhours-on = {{ {on} }}");
    let usual = "hours = \"08:00-20:00\"";
    let clash = "\"last day of month\" = \"00:00-24:00\", \"last workday of 11\" = \"07:00-13:00\"";
    assert_found(&hours(usual, clash), HUB, &["error[window-keys]", "two kinds of hours on Tue 30 Nov 2027"]);
    let week = "hours = \"08:00-20:00\"\ndays = \"mon-fri\"";
    let sunday = hours(week, "\"10-10\" = \"09:00-12:00\"");
    assert_found(&sunday, HUB, &["warning[takes-no-day]", "Sun 10 Oct 2027 is not a day that it takes"]);
    let before = hours(usual, "\"09-10\" = \"09:00-12:00\"");
    assert_found(&before, HUB, &["warning[takes-no-day]", "Fri 10 Sep 2027 is outside of its dates"]);
    let workdays = "hours = \"08:00-20:00\"\ndays = \"workdays\"";
    for good in [
        hours(usual, "\"last day of month\" = \"07:00-13:00\", \"12-31\" = \"07:00-13:00\""),
        hours(usual, "\"12-24\" = \"08:00-13:00\", \"12-31\" = \"08:00-13:00\""),
        // The day is free, as the territory's holidays say.
        hours(workdays, "\"12-24\" = \"08:00-13:00\""),
        // One of its days is taken.
        hours(week, "\"last day of month\" = \"09:00-12:00\""),
    ] {
        assert_eq!(said(&good, HUB), "", "{good}");
    }
}

#[test]
fn a_lead_in_that_its_season_s_days_empty_is_named() {
    let monday = |ramp: &str| {
        format!(
            "from = \"2027-05-03\"\nto = \"2027-05-28\"\ndays = \"mon-fri\"\nramp = [{{ before = \"{ramp}\", share = 0.5 }}]"
        )
    };
    assert_found(
        &monday("2d"),
        HUB,
        &["warning[takes-no-day]", "no day from Sat 1 May 2027 to Sun 2 May 2027"],
    );
    assert_eq!(said(&monday("3d"), HUB), "");
    let set = "\n[holidays.ferien]\nxmas = \"12-23 .. 01-06\"\n[seasons.s.floor]\nhub = 8\n[seasons.more]";
    let school =
        "from = \"11-20\"\nto = \"12-31\"\nonly = [\"ferien\"]\nramp = [{ before = \"3d\", share = 0.5 }]";
    assert_found(
        &format!("{school}{set}\nfrom = \"02-01\"\nto = \"02-02\""),
        HUB,
        &["`only` holds for the lead-in, too"],
    );
}

#[test]
fn a_fiscal_year_is_the_whole_year_and_most_of_one_is_asked_for() {
    assert_found("from = \"03-10\"\nto = \"03-01\"", HUB, &["error[empty-window]"]);
    for good in [
        "from = \"07-01\"\nto = \"06-30\"",
        "from = \"04-06\"\nto = \"04-05\"\ndays = \"workdays\"\nhours = \"08:00-18:00\"",
        "from = \"1st mon of 4\"\nto = \"1st mon of 4 - 1d\"",
        "from = \"2026-07-01\"\nto = \"2027-06-30\"",
        "from = \"11-15\"\nto = \"01-07\"",
    ] {
        assert_eq!(said(good, HUB), "", "{good}");
    }
    let place = Workplace::empty();
    let season = "[seasons.s]\nfrom = \"07-01\"\nto = \"06-30\"\nfloor = { hub = 3 }\n";
    place.write("policies/calendar.toml", format!("{PLAN}{season}").as_bytes());
    place.write("policies/territories.toml", HUB.as_bytes());
    let run = place.run(&["generate", "--today", "2027-01-01"]);
    assert_eq!((run.status, run.stderr.contains("warning")), (0, false), "{}", run.stderr);
    let runbook = place.read("generated/runbook-seasonal.md");
    for row in ["| Fri 1 Jan 2027 | Wed 30 Jun 2027 |", "| Thu 1 Jul 2027 | Fri 31 Dec 2027 |"] {
        assert!(runbook.contains(row), "{runbook}");
    }
}

/// Keys that are refused, the words of the help, and what they make of those keys.
const SPELLINGS: [(&str, &str, &str); 10] = [
    (
        "from = \"1st mon of 4\"\nto = \"last sun of 3\"",
        "`from = [\"2026-04-06\", \"2027-04-05\"]` and `to = [\"2027-03-28\", \"2028-03-26\"]`",
        "from = [\"2026-04-06\", \"2027-04-05\"]\nto = [\"2027-03-28\", \"2028-03-26\"]",
    ),
    (
        "from = \"12-01 06:00\"\nto = \"12-24 23:00\"\nhours = \"08:00-18:00\"\ndays = \"mon-fri\"",
        "leave `hours` and `days` out",
        "from = \"12-01 06:00\"\nto = \"12-24 23:00\"",
    ),
    (
        "from = \"12-01 06:00\"\nto = \"12-24 23:00\"\nhours = \"08:00-18:00\"\ndays = \"mon-fri\"",
        "leave `06:00` out of `from` and `23:00` out of `to`",
        "from = \"12-01\"\nto = \"12-24\"\nhours = \"08:00-18:00\"\ndays = \"mon-fri\"",
    ),
    (
        "from = \"12-01 06:00\"\nto = \"12-24\"\ndays = \"mon-fri\"",
        "leave `06:00` out of `from` and write `hours = \"06:00-24:00\"`",
        "from = \"12-01\"\nto = \"12-24\"\ndays = \"mon-fri\"\nhours = \"06:00-24:00\"",
    ),
    (
        "from = \"12-01\"\nto = \"12-24\"\ndays = \"fri 09:00 .. sun 21:00\"\nhours = \"08:00-18:00\"",
        "write `days = \"fri-sun\"`",
        "from = \"12-01\"\nto = \"12-24\"\ndays = \"fri-sun\"\nhours = \"08:00-18:00\"",
    ),
    (
        "from = \"1st mon of 5\"\nto = \"1st fri of 5\"\nevery = \"2w\"",
        "`from = \"2027-05-03\"` and `to = \"2027-05-07\"`",
        "from = \"2027-05-03\"\nto = \"2027-05-07\"\nevery = \"2w\"",
    ),
    (
        "from = \"2027-01-04\"\nto = \"2027-01-27\"\nevery = \"2w\"",
        "`to = \"2027-01-17\"`",
        "from = \"2027-01-04\"\nto = \"2027-01-17\"\nevery = \"2w\"",
    ),
    (
        "from = \"2027-01-04\"\nto = \"2027-01-27\"\nevery = \"2w\"",
        "`every = \"4w\"`",
        "from = \"2027-01-04\"\nto = \"2027-01-27\"\nevery = \"4w\"",
    ),
    (
        "from = \"15 of 3,6,9,12\"\nto = \"12-24\"",
        "`to = \"24 of month\"`",
        "from = \"15 of 3,6,9,12\"\nto = \"24 of month\"",
    ),
    (
        "from = \"10-01\"\nto = \"12-24\"\nhours = \"08:00-18:00\"\nhours-on = { \"12-31\" = \"08:00-13:00\" }",
        "the nearest day that it takes is Fri 24 Dec 2027, `\"12-24\"`",
        "from = \"10-01\"\nto = \"12-24\"\nhours = \"08:00-18:00\"\nhours-on = { \"12-24\" = \"08:00-13:00\" }",
    ),
];

#[test]
fn what_the_help_writes_is_right_for_the_very_season() {
    for (keys, help, mended) in SPELLINGS {
        assert_found(keys, HUB, &[help]);
        let found = said(mended, HUB);
        // What lies behind the plan's end is cut, and said.
        assert!(!found.contains("error") && !found.contains("takes-no-day"), "{mended}\n{found}");
    }
}

#[test]
fn an_empty_lead_in_is_of_a_season_of_the_plan_and_an_earlier_one_is_named_where_it_has_a_day() {
    let season = |days: &str, ramp: &str| {
        format!("from = \"1st mon of month\"\nto = \"1st fri of month\"\ndays = \"{days}\"\nramp = [{ramp}]")
    };
    let ramp = |before: &str| format!("{{ before = \"{before}\", share = 0.5 }}");
    let wanted = ["no day from Sat 2 Jan 2027 to Sun 3 Jan 2027, nor the", "`before = \"3d\"`"];
    assert_found(&season("mon-fri", &ramp("2d")), HUB, &wanted);
    assert_eq!(said(&season("mon-fri", &ramp("3d")), HUB), "");
    // The lead-in before a season of the next plan is that plan's.
    let new_year =
        "from = \"01-01\"\nto = \"03-31\"\ndays = \"fri\"\nramp = [{ before = \"1d\", share = 0.5 }]";
    assert_eq!(said(new_year, HUB), "");
    let two = season("mon-fri", &format!("{}, {}", ramp("3d"), ramp("2d")));
    assert_found(&two, HUB, &["an earlier beginning has no day either"]);
}

#[test]
fn what_is_missing_for_want_of_a_season_that_is_wrong_is_not_a_second_error() {
    let only = |keys: &str| {
        let calendar = format!("{PLAN}[seasons.s]\n{keys}\n");
        let sources = Sources::new(source("calendar", &calendar), source("territories", HUB));
        report::terminal(&compile::plan(&sources).1, &sources, false)
    };
    let dates = "from = \"05-01\"\nto = \"05-31\"";
    for (floor, help) in [
        (
            "floor = \"150%\"",
            "write `floor = { hub = \"150%\" }`, or `floor = { \"*\" = \"150%\" }` for every workload",
        ),
        ("floor = 5", "write `floor = { hub = 5 }`, or `floor = { \"*\" = 5 }` for every workload"),
        ("floor = { hub = 4 }\nramp = [{ before = \"3d\", share = \"50%\" }]", "write `share = 0.5`"),
        (
            "floor = { hub = 4 }\nramp = [{ before = \"3d\", times-min = \"150%\" }]",
            "write `times-min = 1.5`",
        ),
        ("floor = { hub = 4 }\nramp = [{ before = \"3d\", times_min = 2.0 }]", "did you mean `times-min`?"),
    ] {
        let found = only(&format!("{dates}\n{floor}"));
        assert!(found.contains(help) && found.matches("error[").count() == 1, "{floor}\n{found}");
    }
    assert_eq!(only(&format!("{dates}\nfloor = {{ \"*\" = \"150%\" }}")), "");
    let nothing = only(&format!("{dates}\nfloor = {{}}"));
    assert!(nothing.contains("error[nothing-to-scale]"), "{nothing}");
}

#[test]
fn a_year_outside_the_plan_is_not_spoken_of() {
    let found = said("from = \"5th thu of 11\"\nto = \"4th thu of 11 + 4d\"", HUB);
    assert!(found.contains("no-such-day") && !found.contains("2028:"), "{found}");
    assert!(!found.contains("empty-window"), "{found}");
}

#[test]
fn a_season_that_its_years_leave_out_is_pointed_at_by_its_year() {
    let dates = "from = \"05-01\"\nto = \"05-31\"\n";
    for (years, wanted) in [
        ("since = 2028", "`since` leaves it out of the plan's years"),
        ("until-year = 2026", "`until-year` leaves it out of the plan's years"),
    ] {
        let found = said(&format!("{dates}{years}"), HUB);
        assert!(found.contains(wanted) && !found.contains("move the horizon"), "{found}");
    }
    assert_eq!(said(&format!("{dates}since = 2027\nuntil-year = 2027"), HUB), "");
}

#[test]
fn spellings_of_days_and_hours_are_taken_or_refused_once() {
    let with = |key: &str| said(&format!("from = \"05-01\"\nto = \"05-31\"\n{key}"), HUB);
    for good in ["days = \"Workdays\"", "days = \"mon - fri\"", "days = \"Fri Less Holidays\""] {
        assert_eq!(with(good), "", "{good}");
    }
    assert_eq!(with("hours = [\"8-20\"]").matches("error[").count(), 1);
    assert!(with("hours = []").contains("at least one window"));
    let both = with("only = [\"US\"]\nexcept = [\"US\"]");
    assert!(both.contains("`only` and `except`") && !both.contains("`days`"), "{both}");
}

#[test]
fn a_floor_of_an_object_that_idles_is_a_part_of_its_minimum() {
    let place = Workplace::empty();
    let object = "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: clips, namespace: vod}\nspec:\n  scaleTargetRef: {name: clips}\n  idleReplicaCount: 0\n  minReplicaCount: 3\n  maxReplicaCount: 20\n  triggers:\n    - type: kafka\n      metadata: {bootstrapServers: \"k:1\", consumerGroup: g, topic: t, lagThreshold: \"5\"}\n";
    let seasons = "[seasons.pct]\nfrom = \"05-01\"\nto = \"05-31\"\nfloor = { clips = \"150%\" }\n[seasons.ok]\nfrom = \"07-08\"\nto = \"07-31\"\nfloor = { clips = 8 }\nramp = [{ before = \"1w\", times-min = 2.0 }]\n[seasons.none]\nfrom = \"09-01\"\nto = \"09-02\"\nfloor = {}\n";
    place.write("policies/calendar.toml", format!("{PLAN}{seasons}").as_bytes());
    place.write(
        "policies/territories.toml",
        b"[platform]\nzone = \"UTC\"\n[workloads.clips]\nscaledobject = \"w.yaml\"\n",
    );
    place.write("policies/w.yaml", object.as_bytes());
    let run = place.run(&["generate", "--today", "2027-01-01"]);
    assert_eq!((run.status, run.stderr.contains("floor-")), (0, false), "{}", run.stderr);
    let runbook = place.read("generated/runbook-seasonal.md");
    for row in ["clips 0 to 5", "clips 0 to 6", "clips 0 to 8"] {
        assert!(runbook.contains(row), "{row}: {runbook}");
    }
    assert!(!runbook.contains("by request rate"), "{runbook}");
    let explain = |at: &str| place.run(&["explain", "clips", "--at", at]).stdout;
    let (share, ramp, rest) = (explain("2027-05-10"), explain("2027-07-02"), explain("2027-02-01"));
    assert!(share.contains("150 % of the minimum of 3"), "{share}");
    assert!(share.contains("idle at 0, minimum 3, maximum 20"), "{share}");
    assert!(ramp.contains("2 x the minimum of 3, at most 8"), "{ramp}");
    assert!(rest.contains("more than the idle count now"), "{rest}");
}

#[test]
fn an_explanation_says_of_a_day_what_holds_of_it_once() {
    let place = Workplace::empty();
    let hours = "hours = { mon-thu = \"08:00-16:00\", fri = [\"08:00-14:00\", \"18:00-23:00\"] }\nhours-on = { \"12-23\" = \"08:00-12:00\" }\n";
    let season = format!("[seasons.lift]\nfrom = \"01-01\"\nto = \"12-31\"\n{hours}floor = {{ hub = 4 }}\n");
    place.write("policies/calendar.toml", format!("{PLAN}{season}").as_bytes());
    place.write("policies/territories.toml", HUB.as_bytes());
    assert_eq!(place.run(&["generate", "--today", "2027-01-01"]).status, 0);
    let explain = |at: &str| place.run(&["explain", "hub", "--at", at]).stdout;
    let monday = explain("2027-03-01 10:00");
    assert!(monday.contains("asks for 4") && !monday.contains("does not take"), "{monday}");
    let evening = explain("2027-03-01 20:00");
    assert!(evening.contains("other hours") && !evening.contains("does not take"), "{evening}");
    let sunday = explain("2027-03-07 10:00");
    assert_eq!(sunday.matches("does not take").count(), 1, "{sunday}");
}

#[test]
fn the_runbook_has_the_windows_that_come_and_the_bridges_by_day() {
    let place = Workplace::empty();
    let seasons = "[seasons.school]\nfrom = \"12-01\"\nto = \"04-30\"\nonly = [\"ferien\"]\nfloor = { hub = 6 }\n[seasons.biweekly]\nfrom = \"2027-01-01\"\nto = \"2027-01-02\"\nevery = \"2w\"\nexcept = [\"ferien\"]\nfloor = { hub = 5 }\n[seasons.bridges]\nfrom = \"01-01\"\nto = \"12-31\"\ndays = \"bridge\"\nfloor = { hub = 4 }\n[holidays.ferien]\nxmas = \"12-23 .. 01-06\"\n[holidays.own]\nascension-day = \"easter + 39d\"\n";
    place.write("policies/calendar.toml", format!("{PLAN}{seasons}").as_bytes());
    place.write("policies/territories.toml", HUB.replace("\"US\"", "\"own\"").as_bytes());
    let run = place.run(&["generate", "--today", "2027-01-01"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let runbook = place.read("generated/runbook-seasonal.md");
    assert!(!runbook.contains("| Fri 1 Jan 2027 | Sat 2 Jan 2027 |"), "{runbook}");
    assert!(runbook.contains("| Fri 15 Jan 2027 | Sat 16 Jan 2027 |"), "{runbook}");
    assert!(runbook.contains("* -, bridges: Fri 7 May 2027"), "{runbook}");
    let month = |name: &str| {
        let row = runbook.lines().find(|line| line.starts_with(&format!("| {name} 2027 |")));
        row.unwrap_or_default().to_owned()
    };
    assert!(month("January").contains("school") && month("December").contains("school"), "{runbook}");
    assert!(!month("February").contains("school") && !month("April").contains("school"), "{runbook}");
}

#[test]
fn a_renewed_plan_does_not_call_a_season_that_is_missing_one_of_one_year() {
    let place = Workplace::empty();
    let plan = "[plan]\nfrom = 2026-01-01\nuntil = 2027-01-01\n";
    let season = "[seasons.peak]\nfrom = \"black-friday\"\nto = \"12-24 if workday\"\nfloor = { labels = 8 }\n[seasons.after]\nfrom = \"peak.to + 1wd\"\nto = \"peak.to + 9wd\"\nfloor = { labels = 4 }\n[seasons.nights]\nfrom = \"01-01\"\nto = \"12-31\"\nhours = \"04:00-05:30\"\nfloor = { labels = 3 }\n";
    place.write("policies/calendar.toml", format!("{plan}{season}").as_bytes());
    place.write("policies/territories.toml", LABELS.as_bytes());
    let run = place.run(&["renew"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stdout.contains("in US: gone, it has no date in this plan"), "{}", run.stdout);
    assert!(run.stderr.contains("is left out in 2027 in US"), "{}", run.stderr);
    assert!(run.stderr.contains("so is `after`, which counts from it"), "{}", run.stderr);
    assert!(!run.stderr.contains("outside-horizon"), "{}", run.stderr);
    assert_eq!(place.run(&["generate", "--today", "2027-01-01"]).status, 0);
    let us = place.run(&["explain", "US/labels", "--at", "2027-12-01"]).stdout;
    assert!(us.contains("not for US in this plan"), "{us}");
}

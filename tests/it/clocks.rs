//! Whose clock: a target without a territory has the windows of all territories that a season touches, each on its own clock.

use std::collections::BTreeSet;

use seasonscale::artifact::ArtifactKind;
use seasonscale::audit::{Audit, Scope};
use seasonscale::compile::compile;
use seasonscale::emit::Templates;
use seasonscale::finding::Rule;
use seasonscale::plan::Plan;
use seasonscale::quantity::Version;
use seasonscale::report;
use seasonscale::rules::subject::Versions;
use seasonscale::source::Sources;
use seasonscale::time::{Date, Instant, TimeOfDay, Window, Zone};

use crate::policies::{self, source};

fn folder() -> Sources {
    let folder = policies::root().join("tests/cases/partial/shared-worker-on-four-clocks");
    let read =
        |file: &str| source(file, &std::fs::read_to_string(folder.join(format!("{file}.toml"))).unwrap());
    Sources::new(read("calendar"), read("territories"))
}

fn made(sources: &Sources) -> (Plan, String) {
    let compiled = compile(sources, &Templates::embedded())
        .unwrap_or_else(|found| panic!("{}", report::terminal(&found, sources, false)));
    let keda = compiled.artifacts.iter().find(|artifact| artifact.kind == ArtifactKind::Keda).unwrap();
    (compiled.plan, keda.text.clone())
}

/// The zones of the cron triggers of an object.
fn zones(manifest: &str, name: &str) -> BTreeSet<String> {
    let objects = manifest.split("\n---\n");
    let own = objects.filter(|object| object.contains(&format!("\n  name: {name}\n")));
    let lines = own.flat_map(|object| object.lines().map(str::trim));
    lines
        .filter_map(|line| Some(line.strip_prefix("timezone: \"")?.trim_end_matches('"').to_owned()))
        .collect()
}

fn floor(plan: &Plan, name: &str, at: Instant) -> u32 {
    let id = plan.profile.targets.iter().position(|target| target.name.as_str() == name).unwrap();
    plan.schedules[id].floors.at(plan.profile.targets[id].zone.local(at)).floor.0
}

fn instant(zone: &str, date: &str, hour: &str) -> Instant {
    let local = Date::parse(date).unwrap().at(TimeOfDay::parse(hour).unwrap());
    Zone::parse(zone).unwrap().first_instant(local)
}

#[test]
fn a_target_without_a_territory_has_the_windows_of_every_clock_that_a_season_touches() {
    let (plan, manifest) = made(&folder());
    let all = ["America/Los_Angeles", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"];
    // Toronto's clocks agree with New York's over the whole plan: they share their triggers.
    assert_eq!(zones(&manifest, "worker"), BTreeSet::from(all.map(str::to_owned)));
    for zone in all {
        for (date, hour, wanted) in
            [("2026-03-20", "08:00", 4), ("2026-04-10", "19:59", 4), ("2026-12-30", "12:00", 5)]
        {
            assert_eq!(floor(&plan, "worker", instant(zone, date, hour)), wanted, "{date} {hour} {zone}");
        }
    }
    let outside = [
        // Before the first clock of the lead-in, and after the last one of the season.
        ("Australia/Lord_Howe", "2026-03-13", "07:59"),
        ("America/Los_Angeles", "2026-04-10", "20:00"),
        // Between the nights of New York and of Lord Howe, whose season is not that of Los Angeles.
        ("America/New_York", "2026-06-03", "06:00"),
        ("America/Los_Angeles", "2026-06-03", "00:30"),
    ];
    for (zone, date, hour) in outside {
        assert_eq!(floor(&plan, "worker", instant(zone, date, hour)), 1, "{date} {hour} {zone}");
    }
    // A campaign on each territory's own clock: 09:00 to 12:00 in New York, and then in Los Angeles.
    for (hour, wanted) in [("08:59", 1), ("09:00", 7), ("14:59", 7), ("15:00", 1)] {
        assert_eq!(floor(&plan, "worker", instant("America/New_York", "2026-05-05", hour)), wanted, "{hour}");
    }
}

#[test]
fn a_season_at_the_end_of_the_plan_holds_on_every_clock_up_to_the_end_of_it() {
    let (plan, _) = made(&folder());
    // The year's last night in Los Angeles is the first morning of the plan in New York, and of the year after it.
    assert_eq!(floor(&plan, "worker", instant("America/New_York", "2026-01-01", "02:59")), 5);
    assert_eq!(floor(&plan, "worker", instant("America/New_York", "2026-01-01", "03:00")), 1);
    assert_eq!(floor(&plan, "worker", instant("America/New_York", "2026-12-31", "23:59")), 5);
}

#[test]
fn territories_on_one_clock_take_one_trigger() {
    let sources = folder();
    let text = |id| sources.get(id).text.clone();
    let territories = text(Sources::TERRITORIES)
        .replace("America/Los_Angeles", "America/Toronto")
        .replace("Australia/Lord_Howe", "America/Detroit")
        .replace("Asia/Kolkata", "America/New_York");
    let sources =
        Sources::new(source("calendar", &text(Sources::CALENDAR)), source("territories", &territories));
    let (plan, manifest) = made(&sources);
    assert_eq!(zones(&manifest, "worker"), BTreeSet::from(["America/New_York".to_owned()]));
    let shared = plan.origins.iter().filter(|origin| origin.territory.is_none());
    let occasions: BTreeSet<_> = shared.clone().map(|origin| (origin.occasion, origin.part)).collect();
    assert_eq!(shared.count(), occasions.len());
}

/// The fixture with other texts in its two files.
fn changed(calendar: &[(&str, &str)], territories: &[(&str, &str)]) -> Sources {
    let sources = folder();
    let text = |id, changes: &[(&str, &str)]| {
        changes.iter().fold(sources.get(id).text.clone(), |text, (old, new)| {
            assert!(text.contains(old), "{old}");
            text.replace(old, new)
        })
    };
    let calendar = text(Sources::CALENDAR, calendar);
    Sources::new(
        source("calendar", &calendar),
        source("territories", &text(Sources::TERRITORIES, territories)),
    )
}

#[test]
fn a_boundary_in_an_hour_that_the_clock_of_the_target_repeats_is_held_to_its_instant() {
    // 01:30 of New York is shown twice on 1 November 2026; in Los Angeles it is a plain 22:30 of the day before.
    let sources = changed(
        &[("2026-05-05T09:00", "2026-10-31T22:30"), ("2026-05-05T12:00", "2026-11-01T06:00")],
        &[(
            "[territories.EAST]\nzone     = \"America/New_York\"",
            "[territories.EAST]\nzone     = \"America/Denver\"",
        )],
    );
    let (plan, _) = made(&sources);
    let worker = plan.profile.targets.iter().position(|target| target.name.as_str() == "worker").unwrap();
    let held = |at: Instant| plan.schedules[worker].held.at(at).floor.0;
    // Denver is an hour before Los Angeles: 22:30 there is 00:30 in New York, which is shown once.
    let first = instant("America/Denver", "2026-10-31", "22:30");
    assert_eq!((held(Instant(first.0 - 1)), held(first)), (1, 7));
    let both = [
        instant("America/Los_Angeles", "2026-10-31", "22:30"),
        instant("America/New_York", "2026-11-01", "02:00"),
    ];
    assert_eq!(both.map(held), [7, 7]);
    // On the clock of New York the higher floor of both passes is shown.
    assert_eq!(
        plan.schedules[worker]
            .floors
            .at(Date::parse("2026-11-01").unwrap().at(TimeOfDay::parse("01:30").unwrap()))
            .floor
            .0,
        7
    );
}

#[test]
fn an_evening_in_new_york_may_end_in_the_hour_that_berlin_repeats() {
    // 20:00 in New York on 24 October 2026 is 02:00 in Berlin, for the first time; an hour later it is 02:00 again.
    for (hour, shown) in [("20:30", [7, 1, 1]), ("21:30", [7, 7, 1])] {
        let sources = changed(
            &[
                ("from  = 2026-05-05T09:00", "from  = 2026-10-24T08:00"),
                ("to    = 2026-05-05T12:00", &format!("to    = 2026-10-24T{hour}")),
                ("[\"EAST\", \"WEST\"]", "[\"EAST\"]"),
            ],
            &[("zone           = \"America/New_York\"", "zone           = \"Europe/Berlin\"")],
        );
        let (plan, _) = made(&sources);
        let at = plan.profile.targets.iter().position(|target| target.name.as_str() == "worker").unwrap();
        let schedule = &plan.schedules[at];
        let end = instant("America/New_York", "2026-10-24", hour);
        assert_eq!(schedule.held.at(Instant(end.0 - 1)).floor.0, 7, "{hour}");
        assert_eq!(schedule.held.at(end).floor.0, 1, "{hour}");
        // Where Berlin shows a time twice, people read the higher floor of both.
        let day = Date::parse("2026-10-25").unwrap();
        let floor = |hour| schedule.floors.at(day.at(TimeOfDay::parse(hour).unwrap())).floor.0;
        assert_eq!(["02:29", "02:30", "03:00"].map(floor), shown, "{hour}");
    }
}

#[test]
fn clocks_that_jump_over_midnight_are_refused_at_the_line_of_the_policy() {
    let sources = changed(
        &[("from  = \"03-20\"", "from  = \"03-29\""), ("hours = \"08:00-20:00\"\n", "")],
        &[("Asia/Kolkata", "Asia/Beirut")],
    );
    let found = compile(&sources, &Templates::embedded()).err().unwrap();
    let said = report::terminal(&found, &sources, false);
    let ids: Vec<&str> = found.iter().map(|finding| finding.rule.id()).collect();
    // The season itself and its lead-in, each at its line.
    assert_eq!(ids, ["skipped-hour"; 2], "{said}");
}

#[test]
fn a_season_with_a_clock_of_its_own_is_on_it_everywhere() {
    let sources = changed(
        &[
            ("[seasons.nights]\n", "[seasons.nights]\nzone  = \"America/Los_Angeles\"\n"),
            ("floor = { worker = 3 }", "floor = { worker = 3, checkout = 5 }"),
        ],
        &[],
    );
    let (plan, manifest) = made(&sources);
    // 22:00 to 03:00 of Los Angeles: for the worker, in New York, and on Lord Howe, half a day away.
    for name in ["worker", "checkout-east", "checkout-lord"] {
        let before = if name == "worker" { 1 } else { 2 };
        let held = |hour: &str| {
            let at = instant("America/Los_Angeles", "2026-06-03", hour);
            let target = plan.profile.targets.iter().position(|target| target.name.as_str() == name).unwrap();
            plan.schedules[target].held.at(at).floor.0
        };
        let night = if name == "worker" { 3 } else { 5 };
        assert_eq!(["02:59", "03:00", "21:59", "22:00"].map(held), [night, before, before, night], "{name}");
        assert!(zones(&manifest, name).contains("America/Los_Angeles"), "{name}");
    }
    assert!(!zones(&manifest, "checkout-in").contains("America/Los_Angeles"));
}

#[test]
fn what_a_short_plan_has_once_is_a_date_and_no_weekday() {
    let calendar = "[plan]\nfrom = 2027-11-06\nuntil = 2027-11-08\n[seasons.late]\nfrom = \"11-06 22:15\"\nto = \"11-07 03:30\"\nfloor = { checkout = 5 }\n[seasons.noon]\nfrom = \"11-06\"\nto = \"11-06\"\nhours = \"12:00-14:00\"\nfloor = { checkout = 4 }\n";
    let territories = folder().get(Sources::TERRITORIES).text.clone();
    let sources = Sources::new(source("calendar", calendar), source("territories", &territories));
    let (_, manifest) = made(&sources);
    for line in ["start: \"15 22 6 11 *\"", "end: \"30 3 7 11 *\"", "start: \"0 12 6 11 *\""] {
        assert!(manifest.contains(line), "{line}\n{manifest}");
    }
}

#[test]
fn what_another_clock_holds_as_long_needs_no_trigger() {
    let calendar = "[plan]\nfrom = 2026-01-01\nuntil = 2027-01-01\n[seasons.sale]\nfrom = \"11-20\"\nto = \"11-30\"\nfloor = { worker = 12 }\nramp = [{ before = \"3d\", share = 0.5 }]\n";
    let territory = |code: &str, zone: &str| {
        format!(
            "[territories.{code}]\nzone = \"{zone}\"\n[territories.{code}.web]\nreplicas = {{ min = 2, max = 20 }}\nrps-per-replica = 50\n"
        )
    };
    let platform = "[platform]\nzone = \"Europe/Berlin\"\nprometheus-url = \"http://p:9090\"\n";
    let workloads = "[workloads.web]\n[workloads.worker]\nreplicas = { min = 2, max = 30 }\n";
    let of = |other: &str| {
        let both = territory("DE", "Europe/Berlin") + &territory("US", other);
        let territories = format!("{platform}{both}{workloads}");
        made(&Sources::new(source("calendar", calendar), source("territories", &territories))).1
    };
    // Six hours apart: the ramp of New York lies within that of Berlin and the sale there.
    let near = of("America/New_York");
    assert_eq!(near.matches("name: sale_lead_in").count(), 1, "{near}");
    assert_eq!(zones(&near, "worker").len(), 2);
    let (versions, window) = (
        Versions { keda: Version::new(2, 20), keda_patch: None, kubernetes: Version::new(1, 35) },
        Window::new(Instant(1_767_225_600), Instant(1_798_761_600)),
    );
    let audit = Audit::new(Scope { versions, window }).file("keda-scalers.yaml", near.as_bytes());
    assert!(audit.findings.iter().all(|finding| finding.rule != Rule::CronCovered), "{:?}", audit.findings);
}

//! Whose clock: a target without a territory has the windows of all territories that a season touches, each on its own clock.

use std::collections::BTreeSet;

use seasonscale::artifact::ArtifactKind;
use seasonscale::compile::compile;
use seasonscale::emit::Templates;
use seasonscale::plan::Plan;
use seasonscale::report;
use seasonscale::source::Sources;
use seasonscale::time::{Date, Instant, TimeOfDay, Zone};

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

#[test]
fn a_boundary_that_the_clock_of_the_target_repeats_is_refused() {
    let sources = folder();
    let text = |id| sources.get(id).text.clone();
    // 01:30 of New York is shown twice on 1 November 2026; in Los Angeles it is a plain 22:30 of the day before.
    let calendar = text(Sources::CALENDAR)
        .replace("2026-05-05T09:00", "2026-10-31T22:30")
        .replace("2026-05-05T12:00", "2026-11-01T06:00");
    let sources =
        Sources::new(source("calendar", &calendar), source("territories", &text(Sources::TERRITORIES)));
    let found = compile(&sources, &Templates::embedded()).err().unwrap();
    let ids: Vec<&str> = found.iter().map(|finding| finding.code.id()).collect();
    assert_eq!(ids, ["repeated-hour"], "{}", report::terminal(&found, &sources, false));
}

//! Schedule synthesis on made-up years: whatever seasons there are, the emitted cron triggers hold exactly the plan's
//! floors, by a model of KEDA's rule that is as simple as can be: local time, minute events, each end owning the time since
//! the event before it.

use std::collections::BTreeMap;
use std::fmt::Write;

use proptest::prelude::*;
use seasonscale::artifact::ArtifactKind;
use seasonscale::compile;
use seasonscale::emit::{self, Templates};
use seasonscale::plan::{Plan, Schedule};
use seasonscale::source::Sources;
use seasonscale::time::{Date, LocalTime, TimeOfDay, Weekday};
use serde::Deserialize;

use crate::policies;

/// A cron trigger as it stands in the manifest.
struct Cron {
    start: Fields,
    end: Fields,
    floor: u32,
}

/// Minute, hour, days of month, months, weekdays; `None` for `*`.
struct Fields {
    time: TimeOfDay,
    days: Option<Vec<u32>>,
    months: Option<Vec<u32>>,
    weekdays: Option<Vec<u32>>,
}

impl Fields {
    fn parse(text: &str) -> Self {
        let fields: Vec<&str> = text.split(' ').collect();
        let [minute, hour, days, months, weekdays] = fields[..] else { panic!("five fields: {text}") };
        let time = TimeOfDay::new(hour.parse().unwrap(), minute.parse().unwrap()).unwrap();
        Self { time, days: numbers(days), months: numbers(months), weekdays: numbers(weekdays) }
    }

    fn matches(&self, date: Date) -> bool {
        assert!(self.days.is_none() || self.weekdays.is_none(), "KEDA takes either, never both");
        let is_in = |set: &Option<Vec<u32>>, n: u32| set.as_ref().is_none_or(|set| set.contains(&n));
        is_in(&self.months, date.month().number())
            && is_in(&self.days, date.day())
            && is_in(&self.weekdays, date.weekday().from_sunday())
    }
}

fn numbers(field: &str) -> Option<Vec<u32>> {
    let part = |part: &str| {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        from.parse::<u32>().unwrap()..=to.parse::<u32>().unwrap()
    };
    (field != "*").then(|| field.split(',').flat_map(part).collect())
}

/// The floor at every local time of the horizon, by the triggers.
fn emitted(plan: &Plan, min: u32, crons: &[Cron]) -> BTreeMap<LocalTime, i64> {
    let horizon = plan.horizon;
    let first = horizon.from.plus_days(-800);
    let days = horizon.until.plus_days(800).days_since(first);
    let mut changes: BTreeMap<LocalTime, Vec<(u32, i32)>> = BTreeMap::new();
    for cron in crons {
        let mut events = Vec::new();
        for date in (0..days).map(|n| first.plus_days(n)) {
            events.extend(cron.start.matches(date).then(|| (date.at(cron.start.time), false)));
            events.extend(cron.end.matches(date).then(|| (date.at(cron.end.time), true)));
        }
        events.sort_unstable();
        for pair in events.windows(2).filter(|pair| pair[1].1) {
            assert_ne!(pair[0].0, pair[1].0, "a tie is active");
            changes.entry(pair[0].0).or_default().push((cron.floor, 1));
            changes.entry(pair[1].0).or_default().push((cron.floor, -1));
        }
    }
    let mut open: BTreeMap<u32, i32> = BTreeMap::new();
    let mut floors = BTreeMap::new();
    for (at, list) in changes {
        for (floor, by) in list {
            *open.entry(floor).or_default() += by;
        }
        open.retain(|_, count| *count > 0);
        floors.insert(at, i64::from(open.keys().next_back().copied().unwrap_or(0).max(min)));
    }
    floors
}

fn differs(plan: &Plan, schedule: &Schedule, crons: &[Cron]) -> Option<String> {
    let min = plan.profile.targets[schedule.target.0].min.value.0;
    let floors = emitted(plan, min, crons);
    let horizon = plan.local_horizon();
    let planned = schedule.floors.steps().iter().map(|(at, _)| *at);
    let boundaries = planned.chain(floors.keys().copied()).chain([horizon.from]);
    boundaries.filter(|at| horizon.contains(*at)).find_map(|at| {
        let wanted = i64::from(schedule.floors.at(at).floor.0);
        let got = floors.range(..=at).next_back().map_or(i64::from(min), |(_, floor)| *floor);
        (wanted != got).then(|| format!("{at}: planned {wanted}, emitted {got}"))
    })
}

#[derive(Deserialize)]
struct Manifest {
    spec: Spec,
}

#[derive(Deserialize)]
struct Spec {
    triggers: Vec<Trigger>,
}

#[derive(Deserialize)]
struct Trigger {
    r#type: String,
    metadata: BTreeMap<String, String>,
}

fn crons(manifest: Manifest) -> Vec<Cron> {
    let crons = manifest.spec.triggers.into_iter().filter(|trigger| trigger.r#type == "cron");
    crons
        .map(|trigger| Cron {
            start: Fields::parse(&trigger.metadata["start"]),
            end: Fields::parse(&trigger.metadata["end"]),
            floor: trigger.metadata["desiredReplicas"].parse().unwrap(),
        })
        .collect()
}

fn compiled(calendar: &str, keda: &str) -> Option<(Plan, Vec<Vec<Cron>>)> {
    let territories = policies::base("territories");
    let text = territories.text.replace("\"2.20\"", &format!("\"{keda}\"")).replace("max = 6", "max = 12");
    let sources =
        Sources::new(policies::source("calendar", calendar), policies::source("territories", &text));
    let plan = compile::plan(&sources).0?;
    let artifacts = emit::emit(&plan, &Templates::embedded()).ok()?;
    let manifest = artifacts.iter().find(|artifact| artifact.kind == ArtifactKind::Keda).unwrap();
    let documents = serde_yaml::Deserializer::from_str(&manifest.text)
        .map(|document| Manifest::deserialize(document).unwrap());
    Some((plan, documents.map(crons).collect()))
}

/// One made-up season.
fn season(n: usize) -> impl Strategy<Value = String> {
    let hours = prop_oneof![
        4 => (0..20_u32, 1..5_u32).prop_map(|(from, length)| format!("hours = \"{from:02}:00-{:02}:30\"\n", from + length - 1)),
        2 => Just("hours = \"08:00-20:00\"\n".to_owned()),
        2 => Just("hours = \"22:00-06:00\"\n".to_owned()),
        1 => Just("hours = \"16:00-24:00\"\n".to_owned()),
        2 => Just(String::new()),
    ];
    let days = prop_oneof![
        4 => Just(""),
        2 => Just("days = \"mon-fri\"\n"),
        2 => Just("days = \"workdays\"\n"),
        1 => Just("days = \"sat,sun\"\n"),
        1 => Just("days = \"mon,wed-thu\"\n"),
    ];
    let dates = prop_oneof![
        3 => (1..13_u32, 1..29_u32, 1..120_i32).prop_map(|(month, day, length)| {
            let from = Date::ymd(2026, month, day).unwrap();
            let to = from.plus_days(length);
            format!("from = \"{month:02}-{day:02}\"\nto = \"{:02}-{:02}\"\n", to.month().number(), to.day())
        }),
        1 => Just("from = \"easter - 3d\"\nto = \"easter + 20d\"\n".to_owned()),
        1 => Just("from = \"sat >= 09-16\"\nto = \"sun <= 10-07\"\n".to_owned()),
        1 => Just("from = \"01-01\"\nto = \"12-31\"\n".to_owned()),
    ];
    let ramp = prop_oneof![3 => Just(""), 1 => Just("ramp = [{ before = \"10d\", share = 0.6 }]\n")];
    (dates, hours, days, 3..9_u32, ramp).prop_map(move |(dates, hours, days, floor, ramp)| {
        format!("[seasons.s{n}]\n{dates}{hours}{days}floor = {{ web = {floor} }}\n{ramp}")
    })
}

/// A made-up calendar for the base policy.
pub fn calendar() -> impl Strategy<Value = String> {
    let seasons = (1..4_usize).prop_flat_map(|count| (0..count).map(season).collect::<Vec<_>>());
    let campaign = prop::option::of((1..360_i32, 0..24_u32, 1..4000_i32, 3..12_u32));
    let campaign = campaign.prop_map(|campaign| {
        campaign.map_or_else(String::new, |(day, hour, length, floor)| {
            let from = Date::ymd(2026, 1, 1).unwrap().plus_days(day).at(TimeOfDay::new(hour, 0).unwrap());
            let to = from.plus_minutes(length);
            let moment = |at: LocalTime| at.to_string().replace(' ', "T");
            format!(
                "[campaigns.c]\nfrom = {}\nto = {}\nfloor = {{ web = {floor} }}\n",
                moment(from),
                moment(to)
            )
        })
    });
    let until = prop_oneof![4 => Just("2027-01-01"), 1 => Just("2026-11-20"), 1 => Just("2027-07-01"), 1 => Just("2028-01-01")];
    (seasons, campaign, until).prop_map(|(seasons, campaign, until)| {
        let mut text = format!("[plan]\nfrom = 2026-01-01\nuntil = {until}\n");
        let _ = write!(text, "{}{campaign}", seasons.concat());
        text + "[holidays.national]\nlabour-day = \"05-01\"\neaster-monday = \"easter + 1d\"\nchristmas = \"12-25\"\n"
    })
}

proptest! {
    #![proptest_config(crate::sample::of(64))]

    #[test]
    fn emitted_triggers_hold_exactly_the_planned_floors(calendar in calendar(), keda in prop_oneof![Just("2.20"), Just("2.19")]) {
        if let Some((plan, crons)) = compiled(&calendar, keda) {
            for (schedule, crons) in plan.schedules.iter().zip(&crons) {
                prop_assert_eq!(differs(&plan, schedule, crons), None, "{}", calendar);
            }
        }
    }
}

/// How many triggers a season alone takes.
fn triggers(season: &str, keda: &str) -> usize {
    let calendar = format!(
        "[plan]\nfrom = 2026-01-01\nuntil = 2027-01-01\n[seasons.s]\n{season}floor = {{ web = 5 }}\n[holidays.national]\nchristmas = \"12-25\"\n"
    );
    let (plan, crons) = compiled(&calendar, keda).expect("it compiles");
    assert_eq!(differs(&plan, &plan.schedules[0], &crons[0]), None);
    crons[0].len()
}

#[test]
fn a_season_takes_no_more_triggers_than_it_must() {
    let cases = [
        ("from = \"09-01\"\nto = \"09-30\"\nhours = \"08:00-20:00\"\n", 1),
        ("from = \"09-01\"\nto = \"10-15\"\nhours = \"08:00-20:00\"\n", 2),
        ("from = \"09-01\"\nto = \"10-15\"\n", 1),
        ("from = \"11-15\"\nto = \"01-07\"\n", 1),
        ("from = \"01-01\"\nto = \"12-31\"\nhours = \"22:00-06:00\"\n", 1),
        ("from = \"01-01\"\nto = \"12-31\"\nhours = \"08:00-20:00\"\ndays = \"mon-fri\"\n", 1),
        ("from = \"01-01\"\nto = \"12-31\"\ndays = \"mon-fri\"\n", 1),
        ("from = \"04-01\"\nto = \"06-30\"\nhours = \"08:00-20:00\"\ndays = \"sat,sun\"\n", 1),
        ("from = \"09-01\"\nto = \"09-30\"\nhours = \"22:00-06:00\"\n", 2),
        ("from = \"12-01\"\nto = \"12-31\"\nhours = \"08:00-20:00\"\ndays = \"workdays\"\n", 1),
    ];
    for (season, expected) in cases {
        assert_eq!(triggers(season, "2.20"), expected, "{season}");
    }
}

#[test]
fn lead_ins_of_the_floor_of_their_season_take_no_triggers_of_their_own() {
    let season = |ramp: &str| format!("from = \"12-24 18:00\"\nto = \"12-27 06:00\"\nramp = [{ramp}]\n");
    let equal = "{ before = \"2d\", share = 0.9 }, { before = \"1d\", times-min = 2.5 }";
    assert_eq!(triggers(&season(equal), "2.20"), 1);
    let lower = "{ before = \"2d\", share = 0.5 }, { before = \"1d\", share = 0.7 }";
    assert_eq!(triggers(&season(lower), "2.20"), 3);
}

#[test]
fn without_lists_every_field_is_a_range_and_the_floors_are_the_same() {
    let weekends = "from = \"04-01\"\nto = \"06-30\"\nhours = \"08:00-20:00\"\ndays = \"sat,sun\"\n";
    assert_eq!(triggers(weekends, "2.19"), 2);
    assert_eq!(Weekday::Sat.from_sunday(), 6, "Sunday is 0: the weekend is not a range");
}

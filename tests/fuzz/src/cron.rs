//! A cron expression of arbitrary bytes in some zone: its search ends, and away from a change of the clocks it goes forward to a
//! minute that it matches, with none before it. `tests/vectors/` holds the search against the real one.

#![no_main]

use libfuzzer_sys::fuzz_target;
use seasonscale::keda::cron::Schedule;
use seasonscale::time::{Instant, Offsets, Window, Zone};

const ZONES: [&str; 8] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Beirut",
    "America/Santiago",
    "Africa/Casablanca",
    "Asia/Tokyo",
];

/// 1 January 2026, and as long as a search looks.
const FROM: i64 = 1_767_225_600;
const YEARS: i64 = 7 * 366 * 86_400;
const DAY: i64 = 86_400;

fuzz_target!(|bytes: &[u8]| {
    let [zone, first, second, text @ ..] = bytes else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let Ok(schedule) = Schedule::parse(text) else { return };
    let zone = Zone::parse(ZONES[usize::from(*zone) % ZONES.len()]).expect("a known zone");
    let zone = schedule.zone.clone().unwrap_or(zone);
    let until = Instant(FROM + YEARS);
    let offsets = Offsets::new(&zone, Window::new(Instant(FROM - DAY), until));
    let mut asked = Instant(FROM + i64::from(u16::from_be_bytes([*first, *second])) * 1_000);
    let mut search = schedule.search(&offsets);
    for _ in 0..40 {
        let Ok(answer) = search.answer(asked) else { return };
        assert!(answer.until > asked, "{text} at {asked}: {answer:?}");
        assert_eq!(schedule.next(asked, &offsets).ok(), Some(answer.at), "{text} at {asked}, alone");
        let Some(at) = answer.at.filter(|at| at.0 < until.0 - DAY) else { return };
        if zone.changes(Window::new(Instant(asked.0 - 2 * DAY), Instant(at.0 + 2 * DAY))).is_empty() {
            assert!(at > asked && at.0 % 60 == 0, "{text} at {asked}: {at}");
            assert!(schedule.matches(zone.local(at)), "{text} at {asked}: {at} is not meant");
            let minutes = (asked.0.div_euclid(60) + 1..at.0 / 60).take(3_000);
            for minute in minutes {
                assert!(!schedule.matches(zone.local(Instant(minute * 60))), "{text} at {asked}: before {at}");
            }
        }
        asked = Instant(at.0.max(asked.0 + 60));
    }
});

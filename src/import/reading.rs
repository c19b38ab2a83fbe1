//! How a cron trigger reads: two schedules become the windows that they say on a wall clock that never jumps.
//!
//! Between two ends KEDA is active, and a night that is cut off by a month runs on for a year: nobody means either, so
//! such a stretch is not taken for a window, and the proof lists it. Everything else is what KEDA does.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::Rule;
use crate::keda::activity::{Activities, Walk};
use crate::keda::cron::{Endless, Schedule};
use crate::keda::pair::Pair;
use crate::keda::trigger::CronTrigger;
use crate::time::{Date, Instant, LocalTime, TimeOfDay, Window, Zone};

/// The windows of a trigger, and where they are not what KEDA does.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    /// In order, none touching another.
    pub(super) windows: Vec<Window<LocalTime>>,
    /// The faults that were not carried over, by the name of the check that finds them.
    pub(super) mended: BTreeSet<Rule>,
}

/// Days on the wall before and after the horizon that are looked at: a leap year is among them wherever one is near, and
/// every weekday meets every date.
const AROUND: i32 = 2 * 366;
/// Days more at either end, so that a window of up to a year has both its firings.
const MARGIN: i32 = 400;

/// What triggers are read with: a clock without changes, over the horizon and the years around it.
pub(super) struct Reader {
    wall: Activities,
}

impl Reader {
    /// For windows of `horizon`.
    pub(super) fn new(horizon: Window<Date>) -> Self {
        let wall = observed(horizon);
        let at = |date: Date, days| Instant(date.plus_days(days).start().wall_seconds());
        let wall = Window::new(at(wall.from, -MARGIN), at(wall.until, MARGIN));
        Self { wall: Activities::new(wall) }
    }

    /// The windows of a trigger; `as_is` keeps every fault.
    pub(super) fn read(&mut self, trigger: &CronTrigger, as_is: bool) -> Result<Reading, Endless> {
        let side = |schedule: &Schedule| Schedule { zone: None, ..schedule.clone() };
        let (start, end) = (side(&trigger.pair.start), side(&trigger.pair.end));
        let zone = Zone::parse("UTC").expect("internal error: the bundled database has UTC");
        let walk = self.wall.walk((&trigger.texts.0, &trigger.texts.1), &Pair { start, end, zone })?;
        if as_is {
            return Ok(Reading { windows: active(&walk, self.wall.window()), mended: BTreeSet::new() });
        }
        let mut reading = opened(&walk);
        cut_tails(&mut reading);
        fill_last_minutes(&trigger.pair.end, &mut reading);
        fill_last_days(&trigger.pair.end, &mut reading);
        reading.windows = merged(reading.windows);
        Ok(reading)
    }
}

/// The dates over which windows are looked at.
pub(super) fn observed(horizon: Window<Date>) -> Window<Date> {
    Window::new(horizon.from.plus_days(-AROUND), horizon.until.plus_days(AROUND))
}

fn local(at: Instant) -> LocalTime {
    LocalTime::from_wall_seconds(at.0)
}

/// Exactly what KEDA does.
fn active(walk: &Walk, window: Window<Instant>) -> Vec<Window<LocalTime>> {
    let begins =
        std::iter::once((window.from, *walk.active.first())).chain(walk.active.steps().iter().copied());
    let ends = walk.active.steps().iter().map(|(at, _)| *at).chain([window.until]);
    let on = begins.zip(ends).filter(|((from, on), until)| *on && from < until);
    on.map(|((from, _), until)| Window::new(local(from), local(until))).collect()
}

/// From each end back to the firing before it, unless that is an end too.
fn opened(walk: &Walk) -> Reading {
    let mut reading = Reading::default();
    for pair in walk.firings.windows(2).filter(|pair| pair[1].end) {
        if pair[0].start {
            reading.windows.push(Window::new(local(pair[0].at), local(pair[1].at)));
        } else {
            reading.mended.insert(Rule::CronEndsInARow);
        }
    }
    reading.windows = merged(std::mem::take(&mut reading.windows));
    reading
}

fn minutes(window: Window<LocalTime>) -> i32 {
    window.until.minutes_since(window.from)
}

/// A window of weeks among windows of hours is one that has lost its end: it gets the length of the others.
fn cut_tails(reading: &mut Reading) {
    const A_WEEK: i32 = 7 * LocalTime::PER_DAY;
    let mut lengths: BTreeMap<i32, usize> = BTreeMap::new();
    for window in &reading.windows {
        *lengths.entry(minutes(*window)).or_default() += 1;
    }
    let Some((usual, count)) = lengths.into_iter().max_by_key(|(_, count)| *count) else { return };
    if usual > LocalTime::PER_DAY || count * 2 <= reading.windows.len() {
        return;
    }
    for window in reading.windows.iter_mut().filter(|window| minutes(**window) >= A_WEEK) {
        window.until = window.from.plus_minutes(usual);
        reading.mended.insert(Rule::CronLongTail);
    }
}

/// An end at 23:59 is the first minute outside: the day is meant to its end.
fn fill_last_minutes(end: &Schedule, reading: &mut Reading) {
    let one = end.minute.count() == 1 && end.hour.count() == 1;
    let Some(last) = TimeOfDay::new(23, 59).filter(|_| one) else { return };
    for window in reading.windows.iter_mut().filter(|window| window.until.time_of_day() == last) {
        window.until = window.until.plus_minutes(1);
        reading.mended.insert(Rule::CronLastMinute);
    }
}

/// An end at the first minute of a month's last day: the month is meant to its end.
fn fill_last_days(end: &Schedule, reading: &mut Reading) {
    if end.dom.count() != 1 || end.month.count() != 1 || !end.dow.is_star() {
        return;
    }
    for window in &mut reading.windows {
        let date = window.until.date();
        // In a leap year 28 February is not the last day, but the text is the same every year.
        let last = date.next().day() == 1 || (date.month().number() == 2 && date.day() == 28);
        let long = minutes(*window) > LocalTime::PER_DAY;
        if long && last && window.until == date.start() {
            window.until = month_after(date).start();
            reading.mended.insert(Rule::CronLastDayLost);
        }
    }
}

fn month_after(date: Date) -> Date {
    (1..=2).map(|days| date.plus_days(days)).find(|next| next.day() == 1).unwrap_or(date.next())
}

/// Windows that touch become one.
fn merged(windows: Vec<Window<LocalTime>>) -> Vec<Window<LocalTime>> {
    let mut merged: Vec<Window<LocalTime>> = Vec::with_capacity(windows.len());
    for window in windows {
        match merged.last_mut() {
            Some(last) if last.until >= window.from => last.until = last.until.max(window.until),
            Some(_) | None => merged.push(window),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first windows of 2026 that a pair of schedules reads as, and what was mended.
    fn read(start: &str, end: &str) -> (Vec<String>, Vec<Rule>) {
        let horizon = Window::new(Date::ymd(2026, 1, 1).unwrap(), Date::ymd(2027, 1, 1).unwrap());
        let zone = Zone::parse("Europe/Berlin").unwrap();
        let parse = |text| Schedule::parse(text).unwrap();
        let trigger = CronTrigger {
            pair: Pair { start: parse(start), end: parse(end), zone },
            texts: (start.to_owned(), end.to_owned()),
            desired: 5,
        };
        let reading = Reader::new(horizon).read(&trigger, false).unwrap();
        let inside = reading.windows.iter().filter(|window| horizon.contains(window.from.date()));
        let said = inside.take(2).map(|window| format!("{} - {}", window.from, window.until));
        (said.collect(), reading.mended.into_iter().collect())
    }

    #[test]
    fn what_alternates_is_taken_as_it_is() {
        let (windows, mended) = read("0 8 * * 1-5", "0 18 * * 1-5");
        assert_eq!(windows, ["2026-01-01 08:00 - 2026-01-01 18:00", "2026-01-02 08:00 - 2026-01-02 18:00"]);
        assert_eq!(mended, []);
        let (windows, mended) = read("0 0 15 11 *", "0 0 7 1 *");
        assert_eq!((windows, mended), (vec!["2026-11-15 00:00 - 2027-01-07 00:00".to_owned()], vec![]));
    }

    #[test]
    fn each_fault_is_read_as_what_the_schedule_says() {
        let cases = [
            ("0 8 * * 5", "0 18 * * *", Rule::CronEndsInARow, "2026-01-02 08:00 - 2026-01-02 18:00"),
            ("0 0 1 9 *", "59 23 15 10 *", Rule::CronLastMinute, "2026-09-01 00:00 - 2026-10-16 00:00"),
            ("0 0 1 9 *", "0 0 31 10 *", Rule::CronLastDayLost, "2026-09-01 00:00 - 2026-11-01 00:00"),
        ];
        for (start, end, check, first) in cases {
            let (windows, mended) = read(start, end);
            assert_eq!((windows[0].as_str(), mended), (first, vec![check]), "{start} {end}");
        }
        let (windows, mended) = read("0 22 30 9 *", "0 6 1 9 *");
        assert_eq!((windows.len(), mended), (1, vec![]), "no shorter window says that the end is lost");
        let (windows, mended) = read("0 22 * 9 *", "0 6 * 9 *");
        assert_eq!(windows[0], "2026-09-01 22:00 - 2026-09-02 06:00");
        assert_eq!(mended, [Rule::CronLongTail]);
    }

    #[test]
    fn of_two_starts_in_a_row_the_second_counts_as_it_does_for_keda() {
        let (windows, mended) = read("0 8 * * *", "0 18 * * 5");
        assert_eq!(windows[0], "2026-01-02 08:00 - 2026-01-02 18:00", "Friday, the 2nd");
        assert_eq!(mended, []);
    }
}

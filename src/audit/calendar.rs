//! A floor over a stretch of time, as people say it: so many replicas from 1 September to 15 October, daily 08:00-20:00.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use crate::quantity::Replicas;
use crate::step::StepFn;
use crate::time::{Date, Instant, LocalTime, Offsets, TimeOfDay, Weekday, Window, Zone};

const DAY: i64 = 86_400;

/// The floor's levels, highest first, and the highest of each week.
#[derive(Clone, Debug, PartialEq)]
pub struct Calendar {
    /// On whose clocks.
    pub zone: Zone,
    /// Highest first; the lowest is what is left.
    pub levels: Vec<Level>,
    /// For each seven days of the stretch, the place of their highest level in `levels`, and the date they begin on.
    pub weeks: Vec<(Date, usize)>,
    /// Where all weeks are equally high: one of them.
    pub week: Option<Week>,
}

/// A week from its Monday on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Week {
    /// The Monday.
    pub monday: Date,
    /// For each [`Week::HOURS`] hours of it, the place of their highest level.
    pub levels: Vec<usize>,
}

impl Week {
    /// How many hours are looked at together.
    pub const HOURS: i64 = 3;
}

/// How high a floor is, and what keeps the object from going above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Height {
    /// No fewer.
    pub floor: Replicas,
    /// No more, where a formula stays below the maximum.
    pub ceiling: Option<Replicas>,
}

impl Ord for Height {
    /// By floor, and without a ceiling above any with one.
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |height: &Self| (height.floor, height.ceiling.is_none(), height.ceiling);
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Height {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// One height of the floor.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// How high.
    pub height: Height,
    /// Part of the stretch, from 0 to 1.
    pub share: f64,
    /// When, in order.
    pub stretches: Vec<Stretch>,
}

/// When a level holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stretch {
    /// Without a break.
    Whole(Window<LocalTime>),
    /// Without a break, and its clock times alone would not say when: the clocks go back in between, and an end is among
    /// the readings that come twice.
    Repeated(Window<Reading>),
    /// Every week: so many times, the first time as given.
    Weekly {
        /// The first time.
        first: Window<LocalTime>,
        /// How often.
        times: usize,
    },
    /// On several days from the first date to the last, at the same hours; an end not after the start is on the day after.
    Daily {
        /// First date.
        first: Date,
        /// Last date, itself among them.
        last: Date,
        /// Which days between them.
        days: Days,
        /// From when to when.
        hours: (TimeOfDay, TimeOfDay),
    },
}

/// What a clock shows, and how far it is from UTC then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reading {
    /// Its date and time.
    pub local: LocalTime,
    /// Seconds east of UTC.
    pub offset: i64,
}

/// Days of the week.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Days(pub BTreeSet<Weekday>);

/// The same dates as those of `window` in UTC, from midnight to midnight on the clocks of `zone`.
pub fn on_clocks_of(zone: &Zone, window: Window<Instant>) -> Window<Instant> {
    let midnight = |at: Instant| zone.start_of(LocalTime::from_wall_seconds(at.0).date());
    Window::new(midnight(window.from), midnight(window.until))
}

/// The calendar of `floor` over the dates of `window`.
pub fn calendar(floor: &StepFn<Instant, Height>, window: Window<Instant>, zone: &Zone) -> Calendar {
    let window = on_clocks_of(zone, window);
    let offsets = Offsets::new(zone, window);
    let mut found: BTreeMap<Height, (i64, Vec<Window<Instant>>)> = BTreeMap::new();
    for (from, until, height) in floor.pieces(window.from..window.until) {
        let (seconds, windows) = found.entry(*height).or_default();
        *seconds += until.0 - from.0;
        windows.push(Window::new(from, until));
    }
    let whole = (window.until.0 - window.from.0) as f64;
    let levels: Vec<Level> = found
        .into_iter()
        .rev()
        .map(|(height, (seconds, windows))| Level {
            height,
            share: seconds as f64 / whole,
            stretches: stretches(&windows, &offsets),
        })
        .collect();
    let weeks = weeks(floor, window, &offsets, &levels);
    let alike = weeks.iter().all(|(_, place)| *place == weeks[0].1);
    let week = if alike && levels.len() > 1 { week(floor, window, &offsets, &levels) } else { None };
    Calendar { zone: zone.clone(), levels, weeks, week }
}

/// The place of the highest level between two instants.
fn highest(floor: &StepFn<Instant, Height>, (from, until): (Instant, Instant), levels: &[Level]) -> usize {
    let highest = floor.pieces(from..until).map(|(_, _, height)| *height).max();
    let place = levels.iter().position(|level| Some(level.height) == highest);
    place.expect("internal error: every height is a level")
}

/// The first week that lies in the stretch from its Monday to its Sunday and has no clock change.
fn week(
    floor: &StepFn<Instant, Height>,
    window: Window<Instant>,
    offsets: &Offsets,
    levels: &[Level],
) -> Option<Week> {
    let first = offsets.local(window.from).date();
    let monday = (0..7).map(|day| first.plus_days(day)).find(|date| date.weekday() == Weekday::Mon)?;
    let mut mondays = (0..4).map(|week| monday.plus_days(7 * week));
    let seconds = 7 * DAY;
    let (monday, from) = mondays.find_map(|monday| {
        let from = offsets.at_wall(monday.start().wall_seconds());
        let until = Instant(from.0 + seconds);
        let steady = offsets.offset(from) == offsets.offset(until);
        (steady && until <= window.until).then_some((monday, from))
    })?;
    let cell = Week::HOURS * 3600;
    let cells = (0..seconds / cell)
        .map(|number| (Instant(from.0 + number * cell), Instant(from.0 + (number + 1) * cell)));
    Some(Week { monday, levels: cells.map(|cell| highest(floor, cell, levels)).collect() })
}

fn weeks(
    floor: &StepFn<Instant, Height>,
    window: Window<Instant>,
    offsets: &Offsets,
    levels: &[Level],
) -> Vec<(Date, usize)> {
    let mut weeks = Vec::new();
    let (mut from, mut date) = (window.from, offsets.local(window.from).date());
    while from < window.until {
        let next = date.plus_days(7);
        // A midnight that the clocks skip is within an hour of the one that is meant.
        let until = offsets.at_wall(next.start().wall_seconds()).min(window.until);
        weeks.push((date, highest(floor, (from, until), levels)));
        (from, date) = (until, next);
    }
    weeks
}

/// Whether the clocks go back in a window one end of which they show twice.
fn is_repeated(window: Window<Instant>, offsets: &Offsets) -> bool {
    let folds = offsets.changes().filter(|change| !change.is_gap());
    folds.into_iter().any(|fold| {
        let twice = |at: Instant| fold.stretch().contains(offsets.local(at));
        window.from < fold.at && fold.at < window.until && (twice(window.from) || twice(window.until))
    })
}

/// Windows of one level, joined where they repeat.
fn stretches(windows: &[Window<Instant>], offsets: &Offsets) -> Vec<Stretch> {
    let (repeated, plain): (Vec<_>, Vec<_>) =
        windows.iter().copied().partition(|window| is_repeated(*window, offsets));
    let reading = |at: Instant| Reading { local: offsets.local(at), offset: offsets.offset(at) };
    let repeated =
        repeated.into_iter().map(|window| Window::new(reading(window.from), reading(window.until)));
    let local =
        |window: Window<Instant>| Window::new(offsets.local(window.from), offsets.local(window.until));
    let mut all = joined(plain.into_iter().map(local));
    all.extend(repeated.map(Stretch::Repeated));
    all.sort_by_key(|stretch| match stretch {
        Stretch::Whole(window) | Stretch::Weekly { first: window, .. } => window.from,
        Stretch::Repeated(window) => window.from.local,
        Stretch::Daily { first, hours, .. } => first.at(hours.0),
    });
    all
}

fn joined(windows: impl Iterator<Item = Window<LocalTime>>) -> Vec<Stretch> {
    let mut long: BTreeMap<(Weekday, TimeOfDay, i32), Vec<Window<LocalTime>>> = BTreeMap::new();
    let mut daily: BTreeMap<(TimeOfDay, TimeOfDay), Vec<Date>> = BTreeMap::new();
    for window in windows {
        let minutes = window.until.minutes_since(window.from);
        let from = window.from.time_of_day();
        if minutes < 24 * 60 {
            daily.entry((from, window.until.time_of_day())).or_default().push(window.from.date());
        } else {
            long.entry((window.from.date().weekday(), from, minutes)).or_default().push(window);
        }
    }
    let mut all = Vec::new();
    for windows in long.into_values() {
        all.extend(
            windows.chunk_by(|one, next| next.from.minutes_since(one.from) == 7 * 24 * 60).map(weekly),
        );
    }
    for (hours, dates) in daily {
        let runs = runs(&dates).into_iter();
        all.extend(runs.map(|(first, last, days)| Stretch::Daily { first, last, days, hours }));
    }
    all
}

fn weekly(run: &[Window<LocalTime>]) -> Stretch {
    match run {
        [window] => Stretch::Whole(*window),
        _ => Stretch::Weekly { first: run[0], times: run.len() },
    }
}

/// Dates as all of some weekdays between two of them. Which weekdays, the first seven days of a run say.
fn runs(dates: &[Date]) -> Vec<(Date, Date, Days)> {
    let mut runs = Vec::new();
    let mut rest = dates;
    while let Some(first) = rest.first().copied() {
        let week = rest.iter().take_while(|date| date.days_since(first) < 7);
        let days: BTreeSet<Weekday> = week.map(|date| date.weekday()).collect();
        let next =
            |date: Date| (1..=7).map(|n| date.plus_days(n)).find(|date| days.contains(&date.weekday()));
        let mut length = 1;
        while length < rest.len() && next(rest[length - 1]) == Some(rest[length]) {
            length += 1;
        }
        let run = &rest[..length];
        let days = run.iter().map(|date| date.weekday()).collect();
        runs.push((first, run[length - 1], Days(days)));
        rest = &rest[length..];
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn floor(zone: &Zone, windows: &[(&str, &str)]) -> StepFn<Instant, Height> {
        let at = |text: &str| zone.first_instant(LocalTime::parse(text).unwrap());
        let height = |floor| Height { floor: Replicas(floor), ceiling: None };
        let mut floor = StepFn::constant(height(2));
        for (from, until) in windows {
            floor.push(at(from), height(6));
            floor.push(at(until), height(2));
        }
        floor
    }

    fn year() -> Window<Instant> {
        Window::new(Instant(1_767_225_600), Instant(1_798_761_600))
    }

    #[test]
    fn equal_hours_on_following_days_are_one_line_and_weekends_are_left_out_of_weekdays() {
        let zone = Zone::parse("UTC").unwrap();
        let week: Vec<(String, String)> = [1, 2, 3, 4, 7, 8, 9, 10, 11]
            .map(|day| (format!("2026-09-{day:02}T08:00"), format!("2026-09-{day:02}T20:00")))
            .into();
        let windows: Vec<(&str, &str)> = week.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let calendar = calendar(&floor(&zone, &windows), year(), &zone);
        assert_eq!(calendar.levels[0].height.floor, Replicas(6));
        let [Stretch::Daily { first, last, days, .. }] = calendar.levels[0].stretches.as_slice() else {
            panic!("{:?}", calendar.levels[0].stretches)
        };
        assert_eq!((first.to_string(), last.to_string()), ("2026-09-01".into(), "2026-09-11".into()));
        assert_eq!(days.0.len(), 5);
        assert_eq!(calendar.weeks.len(), 53);
        assert!((calendar.levels.iter().map(|level| level.share).sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn days_without_a_pattern_are_cut_into_runs_and_long_windows_stay_whole() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        let windows = [
            ("2026-03-01T00:00", "2026-03-05T00:00"),
            ("2026-05-04T08:00", "2026-05-04T09:00"),
            ("2026-05-05T08:00", "2026-05-05T09:00"),
            ("2026-05-07T08:00", "2026-05-07T09:00"),
            ("2026-05-12T08:00", "2026-05-12T09:00"),
        ];
        let stretches = &calendar(&floor(&zone, &windows), year(), &zone).levels[0].stretches;
        assert!(matches!(stretches[0], Stretch::Whole(_)));
        assert_eq!(stretches.len(), 3, "{stretches:?}");
    }

    #[test]
    fn a_window_within_a_repeated_hour_has_the_offsets_of_its_ends() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        // 25 October 2026, 01:00 UTC: from 03:00 back to 02:00.
        let fold = 1_792_890_000;
        let of = |from: i64, until: i64| {
            let height = |floor| Height { floor: Replicas(floor), ceiling: None };
            let mut floor = StepFn::constant(height(2));
            floor.push(Instant(fold + from), height(6));
            floor.push(Instant(fold + until), height(2));
            calendar(&floor, year(), &zone).levels[0].stretches.clone()
        };
        let [Stretch::Repeated(window)] = of(-300, 600)[..] else { panic!("{:?}", of(-300, 600)) };
        let said = |at: Reading| (at.local.to_string(), at.offset);
        assert_eq!(said(window.from), ("2026-10-25 02:55".to_owned(), 7200));
        assert_eq!(said(window.until), ("2026-10-25 02:10".to_owned(), 3600));
        assert!(matches!(of(-7200, 600)[..], [Stretch::Repeated(_)]), "its end comes twice");
        for plain in [of(-7200, 3600), of(-600, -300), of(300, 600)] {
            assert!(matches!(plain[..], [Stretch::Daily { .. }]), "{plain:?}");
        }
    }

    #[test]
    fn what_repeats_every_week_over_midnights_is_one_line() {
        let zone = Zone::parse("UTC").unwrap();
        let windows = [
            ("2026-01-02T08:00", "2026-01-04T18:00"),
            ("2026-01-09T08:00", "2026-01-11T18:00"),
            ("2026-01-16T08:00", "2026-01-18T18:00"),
        ];
        let stretches = &calendar(&floor(&zone, &windows), year(), &zone).levels[0].stretches;
        assert!(matches!(stretches[..], [Stretch::Weekly { times: 3, .. }]), "{stretches:?}");
    }
}

//! Windows over midnight, from a night to a quarter of a year: start and end fall on different days, so their patterns
//! must be chosen together.
//!
//! KEDA's cron is active from the latest event before an `end` up to that `end`, so an `end` too many switches a trigger on.
//! Every pair made here is therefore evaluated over the years around the horizon before it is taken.

use std::collections::{BTreeMap, BTreeSet};

use super::field;
use super::pattern::{Almanac, DayPattern, Days, EVERY_MONTH, Months, from_sunday, weekday_bit};
use super::region::Region;
use super::shape::Shape;
use super::{CronPair, Level};
use crate::time::{Date, LocalTime, TimeOfDay, Window};

/// Month and day of a start and of an end.
type Ends = ((u32, u32), (u32, u32));

/// The pairs that cover the windows of `shape` that `open` still needs, as far as pairs can. A window of most of a year is tried
/// in one piece where it has days and clock times of its own at both ends: in halves it has those of midnight.
pub(super) fn pairs(level: &Level<'_>, shape: Shape, open: &Region) -> Vec<CronPair> {
    let needed = |cut: Cut| -> Vec<_> {
        instances(level, shape, cut).into_iter().filter(|window| open.meets(*window)).collect()
    };
    let halves = needed(Cut::Halves);
    let is_midnight = [shape.from, shape.until].iter().all(|time| time.minutes() % LocalTime::PER_DAY == 0);
    if is_midnight {
        return covering(level, shape, halves);
    }
    let whole = needed(Cut::Nowhere);
    if whole == halves {
        return covering(level, shape, halves);
    }
    let pairs = covering(level, shape, whole.clone());
    let held = Region::union(pairs.iter().flat_map(|pair| pair.windows.iter().copied()));
    let inside = |window: &Window<LocalTime>| window.intersection(level.local);
    if whole.iter().filter_map(inside).all(|window| held.covers(window)) {
        pairs
    } else {
        covering(level, shape, halves)
    }
}

fn covering(level: &Level<'_>, shape: Shape, windows: Vec<Window<LocalTime>>) -> Vec<CronPair> {
    if windows.is_empty() {
        return Vec::new();
    }
    let groups = if level.has_lists { vec![windows] } else { runs_of_weekdays(windows) };
    let weekly_or_by_date = |windows: Vec<_>| {
        weekly(level, shape, &windows).map_or_else(|| by_date(level, shape, &windows), |pair| vec![pair])
    };
    groups.into_iter().flat_map(weekly_or_by_date).collect()
}

/// The windows in groups that begin on neighbouring weekdays and end on neighbouring weekdays, which are a range each.
fn runs_of_weekdays(windows: Vec<Window<LocalTime>>) -> Vec<Vec<Window<LocalTime>>> {
    let days = |windows: &[Window<LocalTime>], end: fn(&Window<LocalTime>) -> LocalTime| {
        from_sunday(windows.iter().fold(0, |days, window| days | weekday_bit(end(window).date())))
    };
    let begin_in = |run: u64| {
        let begins = |window: &&Window<LocalTime>| from_sunday(weekday_bit(window.from.date())) & run != 0;
        windows.iter().filter(begins).copied().collect::<Vec<_>>()
    };
    let mut groups = Vec::new();
    for run in field::split(days(&windows, |window| window.from)) {
        let group = begin_in(run);
        if field::runs(days(&group, |window| window.until)) <= 1 {
            groups.push(group);
        } else {
            groups.extend((0..7).map(|day| begin_in(run & (1 << day))).filter(|group| !group.is_empty()));
        }
    }
    groups
}

/// How windows of most of a year are taken.
#[derive(Clone, Copy)]
enum Cut {
    Nowhere,
    Halves,
}

/// The needed windows of this level that have this shape.
fn instances(level: &Level<'_>, shape: Shape, cut: Cut) -> Vec<Window<LocalTime>> {
    let runs = level.extent.runs.windows().iter().filter(|window| {
        window.from.time_of_day() == shape.from
            && window.until.time_of_day() == shape.until
            && window.from.date() != window.until.date()
    });
    let nights = level.extent.nights.iter().filter(|window| {
        window.from.time_of_day() == shape.from && window.until.time_of_day() == shape.until
    });
    let all = runs.chain(nights).flat_map(|window| match cut {
        Cut::Nowhere => vec![*window],
        Cut::Halves => halves(*window),
    });
    let all: BTreeSet<_> = all.collect();
    let allowed = |window: &Window<LocalTime>| {
        window.intersection(level.local).is_some_and(|inside| level.extent.allowed.covers(inside))
    };
    all.into_iter().filter(allowed).collect()
}

/// A window of most of a year is cut on 1 January and 1 July: a start and an end on the same day of the year would be the
/// same text, which KEDA refuses.
fn halves(window: Window<LocalTime>) -> Vec<Window<LocalTime>> {
    const LONGEST: i32 = 300 * LocalTime::PER_DAY;
    if window.until.minutes_since(window.from) <= LONGEST {
        return vec![window];
    }
    let years = window.from.date().year()..=window.until.date().year();
    let cuts =
        years.flat_map(|year| [(year, 1), (year, 7)]).filter_map(|(year, month)| Date::ymd(year, month, 1));
    let mut points = vec![window.from];
    points.extend(cuts.map(Date::start).filter(|cut| window.from < *cut && *cut < window.until));
    points.push(window.until);
    points.windows(2).map(|ends| Window::new(ends[0], ends[1])).collect()
}

/// One pair by weekdays, for all months or for those of the windows, if that is exact and enough. A window that the horizon cuts says nothing about the
/// weekday on which its kind begins or ends.
fn weekly(level: &Level<'_>, shape: Shape, windows: &[Window<LocalTime>]) -> Option<CronPair> {
    let local = level.local;
    let begun = windows.iter().filter(|window| window.from > local.from);
    let ended = windows.iter().filter(|window| window.until < local.until);
    let start = begun.fold(0, |days, window| days | weekday_bit(window.from.date()));
    let end = ended.fold(0, |days, window| days | weekday_bit(window.until.date()));
    // No range is an empty field, and a list is several ranges.
    let most = if level.has_lists { 12 } else { 1 };
    let is_written = |set: u64| (1..=most).contains(&field::runs(set));
    // In a plan of a week a weekday is a date: by its weekday it would come back each week after the plan.
    const TWICE: i32 = 2 * 7 * LocalTime::PER_DAY;
    if local.until.minutes_since(local.from) < TWICE {
        return None;
    }
    if ![start, end].map(from_sunday).into_iter().all(is_written) {
        return None;
    }
    let months = |ends: fn(&Window<LocalTime>) -> LocalTime| {
        windows.iter().fold(0, |months, window| months | 1 << (ends(window).date().month().number() - 1))
    };
    let own = (months(|window| window.from), months(|window| window.until));
    // Weekdays of every month read best; those of some months are fewer than their dates.
    let pair = |(begin, finish): (Months, Months)| {
        let pattern = |months, days| DayPattern { months, days: Days::OfWeek(days) };
        let written = is_written(u64::from(begin)) && is_written(u64::from(finish));
        written.then(|| {
            exact(level, (pattern(begin, start), shape.from), (pattern(finish, end), shape.until), windows)
        })?
    };
    pair((EVERY_MONTH, EVERY_MONTH)).or_else(|| pair(own))
}

/// Pairs by day of the month: windows that begin in one month and end in one month share a pair, and so do months whose
/// days are equal.
fn by_date(level: &Level<'_>, shape: Shape, windows: &[Window<LocalTime>]) -> Vec<CronPair> {
    let mut by_ends: BTreeMap<Ends, Vec<Window<LocalTime>>> = BTreeMap::new();
    for (ends, window) in with_ends(level, windows) {
        by_ends.entry(ends).or_default().push(window);
    }
    let mut by_months: BTreeMap<(u32, u32), Vec<Ends>> = BTreeMap::new();
    for ends in by_ends.keys() {
        by_months.entry((ends.0.0, ends.1.0)).or_default().push(*ends);
    }
    let groups = if level.has_lists { by_months.into_values().collect() } else { singles(by_months) };
    let mut pairs: Vec<CronPair> = Vec::new();
    for group in groups {
        let mut own: Vec<_> = group.iter().flat_map(|ends| by_ends[ends].iter().copied()).collect();
        own.sort_unstable();
        let found = match by_dates(level, shape, &group, &own) {
            Some(pair) => vec![pair],
            None => one_by_one(level, shape, &group, &by_ends),
        };
        for pair in found {
            match pairs
                .iter_mut()
                .find_map(|other| Some((merged(level, other, &pair)?, other)))
                .filter(|_| level.has_lists)
            {
                Some((both, other)) => *other = both,
                None => pairs.push(pair),
            }
        }
    }
    pairs
}

/// A pair for each first and last day of the year, the longest windows first; what those hold already needs none.
fn one_by_one(
    level: &Level<'_>,
    shape: Shape,
    group: &[Ends],
    by_ends: &BTreeMap<Ends, Vec<Window<LocalTime>>>,
) -> Vec<CronPair> {
    let length = |window: &Window<LocalTime>| window.until.minutes_since(window.from);
    let mut order: Vec<&Ends> = group.iter().collect();
    order.sort_by_key(|ends| std::cmp::Reverse(by_ends[*ends].iter().map(length).max()));
    let mut pairs: Vec<CronPair> = Vec::new();
    for ends in order {
        let own = &by_ends[ends];
        let held = |window: &Window<LocalTime>| {
            pairs.iter().flat_map(|pair| &pair.windows).any(|longer| longer.covers(*window))
        };
        if own.iter().all(held) {
            continue;
        }
        pairs.extend(by_dates(level, shape, std::slice::from_ref(ends), own));
    }
    pairs
}

/// One pair from all first days to all last ones. A start on 29 February alone would leave its end alone in other years, and
/// KEDA would take the years before that end for a window: with the 28th beside it each of them has a start, and in a leap
/// year it is the later one that counts.
fn by_dates(
    level: &Level<'_>,
    shape: Shape,
    group: &[Ends],
    windows: &[Window<LocalTime>],
) -> Option<CronPair> {
    const LEAP: (u32, u32) = (2, 29);
    let end = (dates(group.iter().map(|ends| ends.1)), shape.until);
    let pair = |more: Option<(u32, u32)>| {
        exact(level, (dates(group.iter().map(|ends| ends.0).chain(more)), shape.from), end, windows)
    };
    let is_leap = group.iter().any(|ends| ends.0 == LEAP);
    pair(None).or_else(|| if is_leap { pair(Some((2, 28))) } else { None })
}

/// The windows by their first and last day of the year. A season over New Year that the horizon cuts in two is one again,
/// for cron knows no year: its second half begins where its first half did.
fn with_ends(level: &Level<'_>, windows: &[Window<LocalTime>]) -> Vec<(Ends, Window<LocalTime>)> {
    let day = |at: LocalTime| (at.date().month().number(), at.date().day());
    let local = level.local;
    let mut found: Vec<_> =
        windows.iter().map(|window| ((day(window.from), day(window.until)), *window)).collect();
    let whole_years = day(local.from) == day(local.until);
    let cut = windows
        .iter()
        .position(|window| window.from == local.from)
        .zip(windows.iter().position(|window| window.until == local.until));
    if let Some((first, last)) = cut.filter(|(first, last)| whole_years && first != last) {
        let joined = (found[last].0.0, found[first].0.1);
        if joined.0 != joined.1 {
            (found[first].0, found[last].0) = (joined, joined);
        }
    }
    found
}

fn singles(by_months: BTreeMap<(u32, u32), Vec<Ends>>) -> Vec<Vec<Ends>> {
    by_months.into_values().flatten().map(|ends| vec![ends]).collect()
}

fn dates(days_of_year: impl Iterator<Item = (u32, u32)>) -> DayPattern {
    let (months, days) = days_of_year
        .fold((0, 0), |(months, days), (month, day)| (months | 1 << (month - 1), days | 1 << (day - 1)));
    DayPattern { months, days: Days::OfMonth(days) }
}

/// Both pairs as one, if their days are equal and that is exact.
fn merged(level: &Level<'_>, one: &CronPair, other: &CronPair) -> Option<CronPair> {
    if one.start.0.days != other.start.0.days || one.end.0.days != other.end.0.days {
        return None;
    }
    let joined = |a: (DayPattern, TimeOfDay), b: (DayPattern, TimeOfDay)| {
        (DayPattern { months: a.0.months | b.0.months, days: a.0.days }, a.1)
    };
    let mut windows = [one.windows.as_slice(), other.windows.as_slice()].concat();
    windows.sort_unstable();
    exact(level, joined(one.start, other.start), joined(one.end, other.end), &windows)
}

/// The pair, if inside the horizon it is active where that is allowed and wherever `windows` want it, and every end there
/// has a start of its own: a second end would hold the same floor, and look like a mistake.
fn exact(
    level: &Level<'_>,
    start: (DayPattern, TimeOfDay),
    end: (DayPattern, TimeOfDay),
    windows: &[Window<LocalTime>],
) -> Option<CronPair> {
    let local = level.local;
    let events = events(level.almanac, start, end);
    let is_second_end = |pair: &[(LocalTime, bool)]| pair[0].1 && pair[1].1 && local.contains(pair[1].0);
    if events.windows(2).any(is_second_end) {
        return None;
    }
    let active = Region::union(active(&events).into_iter().filter_map(|window| window.intersection(local)));
    let inside = active.windows().iter().all(|window| level.extent.allowed.covers(*window));
    let windows: Vec<_> = windows.iter().filter_map(|window| window.intersection(local)).collect();
    let enough = windows.iter().all(|window| active.covers(*window));
    (inside && enough).then_some(CronPair { start, end, windows })
}

/// What fires around the horizon, in order, and whether it is an end.
fn events(
    almanac: &Almanac,
    start: (DayPattern, TimeOfDay),
    end: (DayPattern, TimeOfDay),
) -> Vec<(LocalTime, bool)> {
    let mut events = Vec::new();
    for day in almanac.around_it() {
        if start.0.matches(day) {
            events.push((day.date.at(start.1), false));
        }
        if end.0.matches(day) {
            events.push((day.date.at(end.1), true));
        }
    }
    events.sort_unstable();
    events
}

/// When KEDA would hold such a pair active: each end owns the time since the latest event before it.
fn active(events: &[(LocalTime, bool)]) -> Vec<Window<LocalTime>> {
    let ends = events.windows(2).filter(|pair| pair[1].1);
    ends.map(|pair| Window::new(pair[0].0, pair[1].0)).collect()
}

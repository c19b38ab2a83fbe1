//! Windows inside a day: the fewest day patterns that take every day needed and no day that is not allowed.
//!
//! A pattern is months x days of the month, or months x weekdays. The candidates are the largest patterns that stay
//! inside what is allowed; a smallest set of them is found by search, and then made as plain to read as it can be.

use std::collections::BTreeSet;

use super::field;
use super::pattern::{
    Day, DayPattern, Days, EVERY_DAY, EVERY_WEEKDAY, MonthDays, Months, Weekdays, possible_days,
};
use super::region::Region;
use super::search;
use super::shape::Shape;
use super::{CronPair, Level};
use crate::time::Date;

/// The pairs that cover the windows of `shape` that `open` still needs.
pub(super) fn pairs(level: &Level<'_>, shape: Shape, open: &Region) -> Vec<CronPair> {
    let mut grid = Grid::new();
    let (mut allowed, mut needed) = (level.extent.allowed.walk(), open.walk());
    for day in level.almanac.days_of(level.local) {
        // What the plan cuts off is free.
        let Some(window) = shape.on(day.date).intersection(level.local) else { continue };
        let allowed = allowed.covers(window);
        grid.add(day, allowed, needed.meets(window) && allowed);
    }
    let patterns = grid.patterns(level.has_lists);
    patterns.into_iter().map(|pattern| grid.pair(pattern, shape)).collect()
}

/// The days of the horizon by what cron can tell apart.
struct Grid {
    /// Days that a pattern must take.
    needed: Vec<Day>,
    /// Per month, the days of the month that a pattern may take.
    days: [MonthDays; 12],
    /// Per month, the weekdays that a pattern may take.
    weekdays: [Weekdays; 12],
    /// Per month, the days met in the horizon.
    seen: [MonthDays; 12],
    /// How often each weekday is met, Monday first.
    weeks: [u32; 7],
}

impl Grid {
    fn new() -> Self {
        Self {
            needed: Vec::new(),
            days: [EVERY_DAY; 12],
            weekdays: [EVERY_WEEKDAY; 12],
            seen: [0; 12],
            weeks: [0; 7],
        }
    }

    fn add(&mut self, day: &Day, allowed: bool, needed: bool) {
        let month = day.month.trailing_zeros() as usize;
        self.seen[month] |= day.month_day;
        self.weeks[day.weekday.trailing_zeros() as usize] += 1;
        if !allowed {
            self.days[month] &= !day.month_day;
            self.weekdays[month] &= !day.weekday;
        }
        if needed {
            self.needed.push(*day);
        }
    }

    /// The fewest patterns that take every needed date they can.
    fn patterns(&mut self, has_lists: bool) -> Vec<DayPattern> {
        for month in 0..12_u32 {
            let at = month as usize;
            // Days outside the horizon are no one's wish; days that no year has are free, so that `*` can be written.
            self.days[at] &= self.seen[at] | !possible_days(month);
            if self.seen[at] == 0 {
                self.weekdays[at] = 0;
            }
            // A weekday that the plan has once is a date: by its weekday it would come back each week after the plan.
            self.weekdays[at] &= self.recurring();
        }
        let mut candidates = self.candidates(has_lists);
        candidates.retain(|pattern| !self.never_fires_again(*pattern));
        let mut chosen = Vec::new();
        let mut open = self.needed.clone();
        while !open.is_empty() {
            let round = search::smallest(&candidates, &open);
            if round.is_empty() {
                break;
            }
            open.retain(|day| !round.iter().any(|pattern| pattern.matches(day)));
            chosen.extend(round);
        }
        self.needed.retain(|day| chosen.iter().any(|pattern| pattern.matches(day)));
        self.plain(chosen, has_lists)
    }

    /// Weekdays that the plan has more than once.
    fn recurring(&self) -> Weekdays {
        (0..7).filter(|at| self.weeks[*at] > 1).fold(0, |weekdays, at| weekdays | (1 << at))
    }

    /// The largest allowed patterns, in a fixed order.
    fn candidates(&self, has_lists: bool) -> Vec<DayPattern> {
        let mut patterns = BTreeSet::new();
        for days in closure(self.days.map(u64::from)) {
            let months = self.months_where(|at| u64::from(self.days[at]) & days == days);
            let of_month = |days: u64| Days::OfMonth(u32::try_from(days).expect("internal error: 31 bits"));
            patterns.extend(products(months, days, of_month, has_lists));
        }
        for weekdays in closure(self.weekdays.map(u64::from)) {
            let months = self.months_where(|at| u64::from(self.weekdays[at]) & weekdays == weekdays);
            let of_week = |days: u64| Days::OfWeek(u8::try_from(days).expect("internal error: 7 bits"));
            patterns.extend(products(months, weekdays, of_week, has_lists));
        }
        patterns.into_iter().collect()
    }

    fn months_where(&self, holds: impl Fn(usize) -> bool) -> Months {
        (0..12).filter(|at| holds(*at)).fold(0, |months, at| months | (1 << at))
    }

    /// Takes months and days out of patterns where another pattern has them anyway or nobody needs them, as long as that
    /// does not make them harder to read.
    fn plain(&self, mut patterns: Vec<DayPattern>, has_lists: bool) -> Vec<DayPattern> {
        for at in 0..patterns.len() {
            for month in 0..12 {
                let fewer = DayPattern { months: patterns[at].months & !(1 << month), ..patterns[at] };
                if has_lists || field::runs(u64::from(fewer.months)) <= 1 {
                    self.replace_if_enough(&mut patterns, at, fewer, false);
                }
            }
            if let Days::OfMonth(_) = patterns[at].days {
                let others: Vec<_> =
                    patterns.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, p)| *p).collect();
                let own = self.needed.iter().filter(|date| patterns[at].matches(date));
                let own = own.filter(|date| !others.iter().any(|other| other.matches(date)));
                let days = own.fold(0, |days, date| days | date.month_day);
                let fewer = DayPattern { days: Days::OfMonth(days), ..patterns[at] };
                self.replace_if_enough(&mut patterns, at, fewer, true);
            }
        }
        patterns.retain(|pattern| pattern.months != 0);
        patterns
    }

    fn replace_if_enough(
        &self,
        patterns: &mut [DayPattern],
        at: usize,
        new: DayPattern,
        only_if_plainer: bool,
    ) {
        let old = std::mem::replace(&mut patterns[at], new);
        let enough = self.needed.iter().all(|date| patterns.iter().any(|pattern| pattern.matches(date)));
        let plain = !only_if_plainer || new.complexity() <= old.complexity();
        if !enough || !plain || self.never_fires_again(new) {
            patterns[at] = old;
        }
    }

    /// Whether a pattern has only a 29 February after which the next one is more than five years away (2096): robfig/cron
    /// looks no further (`SpecSchedule.Next`).
    fn never_fires_again(&self, pattern: DayPattern) -> bool {
        self.needed.iter().any(|day| is_last_leap_day(day) && takes_alone(pattern, day))
    }

    fn pair(&self, pattern: DayPattern, shape: Shape) -> CronPair {
        let windows = self.needed.iter().filter(|date| pattern.matches(date)).map(|date| shape.on(date.date));
        CronPair { start: (pattern, shape.from), end: (pattern, shape.until), windows: windows.collect() }
    }
}

fn is_last_leap_day(day: &Day) -> bool {
    let is_leap_day = day.date.month().number() == 2 && day.date.day() == 29;
    is_leap_day && Date::ymd(day.date.year() + 4, 2, 29).is_none()
}

/// Whether a pattern fires on no other day of any year.
fn takes_alone(pattern: DayPattern, day: &Day) -> bool {
    let month = day.month.trailing_zeros();
    let alone = |days: MonthDays| days & possible_days(month) == day.month_day;
    pattern.months == day.month && matches!(pattern.days, Days::OfMonth(days) if alone(days))
}

/// All intersections of the sets that are not empty: the day sets that a largest pattern can have.
fn closure(sets: [u64; 12]) -> BTreeSet<u64> {
    let mut closed: BTreeSet<u64> = BTreeSet::new();
    for set in sets {
        // What is closed under intersection stays so under a member.
        if closed.contains(&set) {
            continue;
        }
        let with: Vec<u64> = closed.iter().map(|other| other & set).collect();
        closed.insert(set);
        closed.extend(with);
    }
    closed.remove(&0);
    closed
}

/// The patterns of months x days; without lists, each run of months with each run of days.
fn products(months: Months, days: u64, wrap: impl Fn(u64) -> Days, has_lists: bool) -> Vec<DayPattern> {
    if has_lists {
        return vec![DayPattern { months, days: wrap(days) }];
    }
    // Sunday is cron's 0: a run of weekdays may not cross it, so runs are taken in cron's own order.
    let runs = match wrap(days) {
        Days::OfMonth(_) => field::split(days),
        Days::OfWeek(weekdays) => {
            field::split(super::pattern::from_sunday(weekdays)).into_iter().map(from_monday).collect()
        }
    };
    let month_runs = field::split(u64::from(months));
    let month_runs = month_runs.into_iter().map(|run| u16::try_from(run).expect("internal error: 12 bits"));
    month_runs
        .flat_map(|months| runs.iter().map(move |days| (months, *days)))
        .map(|(months, days)| DayPattern { months, days: wrap(days) })
        .collect()
}

fn from_monday(weekdays: u64) -> u64 {
    (weekdays >> 1) | ((weekdays & 1) << 6)
}

//! Day patterns: what one cron expression can say about days without restricting both day fields.

use super::field;
use crate::time::{Date, LocalTime, TimeOfDay, Window};

/// Months, bit 0 for January.
pub(super) type Months = u16;
/// Days of the month, bit 0 for the first.
pub(super) type MonthDays = u32;
/// Weekdays, bit 0 for Monday.
pub(super) type Weekdays = u8;

/// Every month.
pub(super) const EVERY_MONTH: Months = 0x0fff;
/// Every day of a month.
pub(super) const EVERY_DAY: MonthDays = 0x7fff_ffff;
/// Monday to Sunday.
pub(super) const EVERY_WEEKDAY: Weekdays = 0x7f;

/// Days of some months: by their number or by their weekday, never both, for KEDA's cron would take either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct DayPattern {
    pub(super) months: Months,
    pub(super) days: Days,
}

/// Which days of the months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Days {
    /// By number.
    OfMonth(MonthDays),
    /// By weekday.
    OfWeek(Weekdays),
}

impl DayPattern {
    pub(super) fn matches(self, day: &Day) -> bool {
        let in_days = match self.days {
            Days::OfMonth(days) => days & day.month_day != 0,
            Days::OfWeek(weekdays) => weekdays & day.weekday != 0,
        };
        in_days && self.months & day.month != 0
    }

    /// The five fields at a clock time.
    pub(super) fn cron(self, time: TimeOfDay) -> String {
        let months = if self.months == EVERY_MONTH {
            "*".to_owned()
        } else {
            field::numbers(u64::from(self.months), 1)
        };
        let (day, weekday) = match self.days {
            Days::OfMonth(days) => (self.day_field(days), "*".to_owned()),
            Days::OfWeek(EVERY_WEEKDAY) => ("*".to_owned(), "*".to_owned()),
            Days::OfWeek(weekdays) => ("*".to_owned(), field::numbers(from_sunday(weekdays), 0)),
        };
        format!("{} {} {day} {months} {weekday}", time.minute(), time.hour())
    }

    /// `*` where all days that these months can have are meant.
    fn day_field(self, days: MonthDays) -> String {
        let possible = (0..12)
            .filter(|month| self.months & (1 << month) != 0)
            .fold(0, |all, month| all | possible_days(month));
        if days & possible == possible {
            "*".to_owned()
        } else {
            field::numbers(u64::from(days & possible), 1)
        }
    }

    /// How many parts its lists have: fewer read better.
    pub(super) fn complexity(self) -> u32 {
        let days = match self.days {
            Days::OfMonth(days) if self.day_field(days) == "*" => 0,
            Days::OfMonth(days) => field::runs(u64::from(days)),
            Days::OfWeek(weekdays) => field::runs(from_sunday(weekdays)),
        };
        days + field::runs(u64::from(self.months))
    }
}

/// A date as cron sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Day {
    pub(super) date: Date,
    /// Its bit among months.
    pub(super) month: Months,
    /// Its bit among days of the month.
    pub(super) month_day: MonthDays,
    /// Its bit among weekdays.
    pub(super) weekday: Weekdays,
}

/// The days around a horizon, looked up once for all targets.
pub(in crate::emit) struct Almanac {
    days: Vec<Day>,
}

impl Almanac {
    /// Every yearly event happens at least once within this many days.
    const MARGIN: i32 = 400;

    pub(in crate::emit) fn around(horizon: Window<Date>) -> Self {
        let first = horizon.from.plus_days(-Self::MARGIN);
        let count = horizon.until.plus_days(Self::MARGIN).days_since(first);
        let day = |date: Date| Day {
            date,
            month: 1 << (date.month().number() - 1),
            month_day: 1 << (date.day() - 1),
            weekday: weekday_bit(date),
        };
        let days: Vec<Day> = (0..count).map(|n| day(first.plus_days(n))).collect();
        Self { days }
    }

    /// The days that have a minute of `planned`, which is the horizon on some clock.
    pub(super) fn days_of(&self, planned: Window<LocalTime>) -> &[Day] {
        let first = self.days.partition_point(|day| day.date < planned.from.date());
        let after = self.days.partition_point(|day| day.date.start() < planned.until);
        &self.days[first..after]
    }

    /// The days of the horizon and more than a year before and after it.
    pub(super) fn around_it(&self) -> &[Day] {
        &self.days
    }
}

pub(super) fn weekday_bit(date: Date) -> Weekdays {
    1 << date.weekday().index()
}

/// The days that a month, counted from 0, can ever have.
pub(super) fn possible_days(month: u32) -> MonthDays {
    match month {
        1 => EVERY_DAY >> 2,
        3 | 5 | 8 | 10 => EVERY_DAY >> 1,
        _ => EVERY_DAY,
    }
}

/// Cron counts weekdays from Sunday.
pub(super) fn from_sunday(weekdays: Weekdays) -> u64 {
    let rotated = (u64::from(weekdays) << 1) | (u64::from(weekdays) >> 6);
    rotated & u64::from(EVERY_WEEKDAY)
}

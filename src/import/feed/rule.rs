//! The rules by which events come back.

use super::clock::{nth_weekday, weekday};
use crate::time::{Date, Weekday};

/// A rule of repeat (RFC 5545, 3.3.10), as far as calendars of people have it.
pub(super) struct Rule {
    pub(super) freq: Freq,
    pub(super) interval: i32,
    pub(super) count: Option<usize>,
    pub(super) until: Option<Date>,
    /// Weekdays, each with its number in the month where it has one.
    pub(super) weekdays: Vec<(Option<i32>, Weekday)>,
    pub(super) month_days: Vec<i32>,
    pub(super) months: Vec<u32>,
    /// Which of a month's days that the rest leaves, from its end where negative; nothing: all of them.
    positions: Vec<i32>,
    week_begins: Weekday,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Freq {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

impl Rule {
    pub(super) fn read(text: &str, until: impl Fn(&str) -> Option<Date>) -> Option<Self> {
        let mut rule = Self {
            freq: Freq::Daily,
            interval: 1,
            count: None,
            until: None,
            weekdays: Vec::new(),
            month_days: Vec::new(),
            months: Vec::new(),
            positions: Vec::new(),
            week_begins: Weekday::Mon,
        };
        for part in text.split(';').filter(|part| !part.is_empty()) {
            let (key, value) = part.split_once('=')?;
            match key {
                "FREQ" => {
                    rule.freq = match value {
                        "DAILY" => Freq::Daily,
                        "WEEKLY" => Freq::Weekly,
                        "MONTHLY" => Freq::Monthly,
                        "YEARLY" => Freq::Yearly,
                        _ => return None,
                    }
                }
                "INTERVAL" => rule.interval = value.parse().ok().filter(|times| (1..1000).contains(times))?,
                "COUNT" => rule.count = Some(value.parse().ok()?),
                "UNTIL" => rule.until = Some(until(value)?),
                "BYDAY" => rule.weekdays = value.split(',').map(numbered).collect::<Option<_>>()?,
                "BYMONTHDAY" => {
                    rule.month_days = value.split(',').map(|day| day.parse().ok()).collect::<Option<_>>()?
                }
                "BYMONTH" => {
                    rule.months = value.split(',').map(|month| month.parse().ok()).collect::<Option<_>>()?
                }
                "BYSETPOS" => {
                    rule.positions = value.split(',').map(|nth| nth.parse().ok()).collect::<Option<_>>()?
                }
                "WKST" => rule.week_begins = weekday(value)?,
                _ => return None,
            }
        }
        rule.fits().then(|| rule.without_positions())
    }

    /// Whether its parts are read here as RFC 5545 means them together.
    fn fits(&self) -> bool {
        let is_plain = self.weekdays.iter().all(|(nth, _)| nth.is_none());
        let is_numbered = self.weekdays.iter().all(|(nth, _)| nth.is_some_and(|nth| nth != 0));
        let of_months = if self.positions.is_empty() {
            is_numbered
        } else {
            is_plain && !self.weekdays.is_empty() && !self.positions.contains(&0)
        };
        match self.freq {
            Freq::Daily | Freq::Weekly => is_plain && self.month_days.is_empty() && self.positions.is_empty(),
            Freq::Monthly => of_months,
            // Without a month these are days of the whole year, and positions are always of the whole year.
            Freq::Yearly if self.months.is_empty() => self.weekdays.is_empty() && self.month_days.is_empty(),
            Freq::Yearly => of_months && (self.positions.is_empty() || self.months.len() == 1),
        }
    }

    /// The same in fewer words: the first of all Mondays is the first Monday, the last of all days the last day.
    fn without_positions(mut self) -> Self {
        if self.positions.is_empty() || !self.month_days.is_empty() {
            return self;
        }
        if let [(_, day)] = self.weekdays[..] {
            self.weekdays = self.positions.drain(..).map(|nth| (Some(nth), day)).collect();
        } else if Weekday::ALL.iter().all(|day| self.weekdays.contains(&(None, *day))) {
            self.weekdays.clear();
            self.month_days = std::mem::take(&mut self.positions);
        }
        self
    }

    /// All of its days from the first one up to `end`.
    pub(super) fn dates(&self, first: Date, end: Date) -> Vec<Date> {
        let until = self.until.map_or(end, |until| until.next().min(end));
        let days = (0..until.days_since(first).max(0)).map(|at| first.plus_days(at));
        days.filter(|day| self.takes(*day, first)).take(self.count.unwrap_or(usize::MAX)).collect()
    }

    pub(super) fn takes(&self, day: Date, first: Date) -> bool {
        let months = |date: Date| date.year() * 12 + i32::try_from(date.month().number()).unwrap_or(0);
        let into_week = |date: Date| (date.weekday().index() + 7 - self.week_begins.index()) % 7;
        let week = |date: Date| date.plus_days(-i32::try_from(into_week(date)).unwrap_or(0));
        let period = match self.freq {
            Freq::Daily => day.days_since(first),
            Freq::Weekly => week(day).days_since(week(first)) / 7,
            Freq::Monthly => months(day) - months(first),
            Freq::Yearly => day.year() - first.year(),
        };
        let is_month = match self.freq {
            Freq::Yearly if self.months.is_empty() => day.month() == first.month(),
            Freq::Daily | Freq::Weekly | Freq::Monthly | Freq::Yearly => {
                self.months.is_empty() || self.months.contains(&day.month().number())
            }
        };
        let is_day = || self.takes_day(day, first) && self.is_in_position(day, first);
        period % self.interval == 0 && is_month && is_day()
    }

    /// Whether it is one of the positions in its month that are meant.
    fn is_in_position(&self, day: Date, first: Date) -> bool {
        if self.positions.is_empty() {
            return true;
        }
        let begins = day.plus_days(1 - i32::try_from(day.day()).unwrap_or(1));
        let month = (0..31).map(|at| begins.plus_days(at)).take_while(|next| next.month() == day.month());
        let all: Vec<Date> = month.filter(|next| self.takes_day(*next, first)).collect();
        let at = |nth: i32| {
            let nth = usize::try_from(if nth < 0 { i32::try_from(all.len()).ok()? + nth } else { nth - 1 });
            all.get(nth.ok()?)
        };
        self.positions.iter().any(|nth| at(*nth) == Some(&day))
    }

    fn takes_day(&self, day: Date, first: Date) -> bool {
        let is_weekday = self.weekdays.iter().any(|(nth, weekday)| match nth {
            None => day.weekday() == *weekday,
            Some(nth) => nth_weekday(day.year(), day.month().number(), *nth, *weekday) == Some(day),
        });
        let is_month_day = self.month_days.iter().any(|number| {
            let last = (0..31).map(|at| day.plus_days(at)).find(|next| next.next().month() != day.month());
            let from_end = last.map_or(0, |last| day.days_since(last) - 1);
            i32::try_from(day.day()) == Ok(*number) || *number == from_end
        });
        match self.freq {
            Freq::Daily => self.weekdays.is_empty() || is_weekday,
            Freq::Weekly if self.weekdays.is_empty() => day.weekday() == first.weekday(),
            Freq::Weekly => is_weekday,
            Freq::Monthly | Freq::Yearly if self.weekdays.is_empty() && self.month_days.is_empty() => {
                day.day() == first.day()
            }
            Freq::Monthly | Freq::Yearly => {
                (self.weekdays.is_empty() || is_weekday) && (self.month_days.is_empty() || is_month_day)
            }
        }
    }
}

/// `MO`, `1MO`, `-1FR`
fn numbered(text: &str) -> Option<(Option<i32>, Weekday)> {
    let (number, day) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let number = if number.is_empty() { None } else { Some(number.parse().ok()?) };
    Some((number, weekday(day)?))
}

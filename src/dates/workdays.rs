//! Working days: the days of a working week that are not holidays.

use std::collections::BTreeSet;

use crate::time::{Date, Weekday};

/// The working days of one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workdays {
    /// Monday to Sunday.
    week: [bool; 7],
    holidays: BTreeSet<Date>,
}

impl Workdays {
    /// The most days without a working day that are looked through: after them a date stays where it is.
    const LONGEST_WAY: i32 = 400;

    /// The days of `week`, Monday first, that are none of `holidays`.
    pub fn new(week: [bool; 7], holidays: BTreeSet<Date>) -> Self {
        Self { week, holidays }
    }

    /// Monday to Friday, without any holiday.
    pub fn monday_to_friday() -> Self {
        Self::new([true, true, true, true, true, false, false], BTreeSet::new())
    }

    /// Whether people work on `day`.
    pub fn holds(&self, day: Date) -> bool {
        self.is_weekday(day) && !self.holidays.contains(&day)
    }

    /// Whether `day` is a day of the working week, holiday or not.
    pub fn is_weekday(&self, day: Date) -> bool {
        self.week[day.weekday().index()]
    }

    /// Whether `day` is a holiday, on whatever weekday.
    pub fn is_holiday(&self, day: Date) -> bool {
        self.holidays.contains(&day)
    }

    /// Whether `day` is a single working day between a holiday and days without work: the Friday after Ascension Day.
    pub fn is_bridge(&self, day: Date) -> bool {
        let (before, after) = (day.plus_days(-1), day.next());
        let holiday = |day: Date| self.is_weekday(day) && self.holidays.contains(&day);
        self.holds(day) && !self.holds(before) && !self.holds(after) && (holiday(before) || holiday(after))
    }

    /// So many working days after `day`, or before it; none is `day` itself.
    pub(super) fn plus(&self, day: Date, count: i32) -> Date {
        (0..count.abs()).fold(day, |day, _| self.next(day, count.signum()))
    }

    /// The nearest working day before `day` or after it.
    pub(super) fn next(&self, day: Date, step: i32) -> Date {
        let way = (1..=Self::LONGEST_WAY).map(|days| day.plus_days(step * days));
        way.into_iter().find(|day| self.holds(*day)).unwrap_or(day)
    }

    /// The nearest day of the working week, holiday or not; of two the earlier one.
    pub(super) fn nearest_weekday(&self, day: Date) -> Date {
        let around = (0..7).flat_map(|days| [day.plus_days(-days), day.plus_days(days)]);
        around.into_iter().find(|day| self.is_weekday(*day)).unwrap_or(day)
    }

    /// The same with these holidays as well.
    pub fn less(&self, more: impl IntoIterator<Item = Date>) -> Self {
        let mut holidays = self.holidays.clone();
        holidays.extend(more);
        Self { week: self.week, holidays }
    }
}

/// Weekdays in words of the language: `mon-fri`, `sun-thu`, `mon,wed`.
pub fn weekdays_text(week: [bool; 7]) -> String {
    let is_first = |at: usize| week[at] && !week[(at + 6) % 7];
    let run = |at: usize| (0..7).take_while(|days| week[(at + days) % 7]).count();
    let name = |at: usize| Weekday::ALL[at % 7].short();
    if week == [true; 7] {
        return "mon-sun".to_owned();
    }
    let runs = (0..7).filter(|at| is_first(*at)).map(|at| match run(at) {
        1 => name(at).to_owned(),
        2 => format!("{},{}", name(at), name(at + 1)),
        days => format!("{}-{}", name(at), name(at + days - 1)),
    });
    runs.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    #[test]
    fn working_days_are_counted_over_weekends_and_holidays() {
        let days = Workdays::monday_to_friday().less([date("2026-12-25")]);
        assert_eq!(days.plus(date("2026-12-28"), -1), date("2026-12-24"));
        assert_eq!(days.plus(date("2026-12-24"), 2), date("2026-12-29"));
        assert_eq!(days.plus(date("2026-12-26"), 0), date("2026-12-26"));
    }

    #[test]
    fn a_bridge_is_one_working_day_between_a_holiday_and_a_weekend() {
        let days =
            Workdays::monday_to_friday().less([date("2026-05-14"), date("2026-12-25"), date("2026-10-03")]);
        assert!(days.is_bridge(date("2026-05-15")));
        for none in ["2026-05-14", "2026-05-13", "2026-12-24", "2026-10-02", "2026-05-16"] {
            assert!(!days.is_bridge(date(none)), "{none}");
        }
    }

    #[test]
    fn weekdays_are_said_as_they_are_written() {
        let week = |days: &[usize]| std::array::from_fn(|at| days.contains(&at));
        assert_eq!(weekdays_text(week(&[0, 1, 2, 3, 6])), "sun-thu");
        assert_eq!(weekdays_text(week(&[0, 2, 3])), "mon,wed,thu");
        assert_eq!(weekdays_text([true; 7]), "mon-sun");
    }
}

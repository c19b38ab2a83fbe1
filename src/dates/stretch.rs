//! Stretches of days: a first day and the last one that belongs to it.

use std::ops::RangeInclusive;

use super::rule::{DateRule, Due, Gap, RuleFlaw};
use super::workdays::Workdays;
use crate::time::{Date, Window};

/// One day, or days in a row: `12-24`, `12-24 .. 01-01`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The first day.
    pub from: DateRule,
    /// The last one; absent: it is the first.
    pub to: Option<DateRule>,
    /// The years in which it begins.
    pub years: RangeInclusive<i32>,
}

/// The stretches of some years.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paired {
    /// Half-open, in the order of their first days.
    pub stretches: Vec<Window<Date>>,
    /// Those that would end before they begin.
    pub backwards: Vec<Backwards>,
    /// Those that are left out, for their last day is not there.
    pub open: Vec<Open>,
}

/// A first day behind the last one of its year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backwards {
    /// The first day.
    pub first: Date,
    /// The next last day, most of a year later, if there is one.
    pub last: Option<Date>,
}

/// A first day whose last one is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    /// The first day.
    pub first: Date,
    /// Where the last one would lie.
    pub end: Date,
    /// Why it is not there.
    pub gap: Gap,
}

impl Stretch {
    /// Reads one day's rule, or two with ` .. ` between them.
    pub fn parse(text: &str) -> Result<Self, RuleFlaw> {
        let Some((from, to)) = text.split_once(" .. ") else {
            return Ok(Self::of(DateRule::parse(text)?));
        };
        let second = from.len() + " .. ".len();
        let to = DateRule::parse(to)
            .map_err(|flaw| RuleFlaw { at: flaw.at.start + second..flaw.at.end + second, ..flaw })?;
        Ok(Self { to: Some(to), ..Self::of(DateRule::parse(from)?) })
    }

    /// One day, in every year that has it.
    pub fn of(day: DateRule) -> Self {
        Self { from: day, to: None, years: i32::MIN..=i32::MAX }
    }

    /// All of them that begin in `years`.
    pub fn in_years(&self, years: RangeInclusive<i32>, workdays: &Workdays) -> Vec<Window<Date>> {
        let years = *years.start().max(self.years.start())..=*years.end().min(self.years.end());
        let from = |year| self.from.in_year(year, workdays);
        let Some(last) = &self.to else {
            return years.flat_map(from).map(|day| Window::new(day, day.next())).collect();
        };
        Paired::of(years, from, |year| last.due_in_year(year, workdays), last.is_once()).stretches
    }
}

impl Paired {
    /// The most days of a stretch over New Year, from its first day to its last one.
    pub const LONGEST_OVER_NEW_YEAR: i32 = 300;

    /// Each first day with the next last one that is not before it. Where that one is not there, be it a day on which nobody
    /// works or one that the month does not have, the stretch is left out: it does not go on to the next month or year. A
    /// stretch over New Year is months long, not most of a year: then the last day was meant to lie before the first. Who
    /// writes the year of the last day means it, and so does who ends on the eve of the next first day: a fiscal year.
    pub fn of(
        years: RangeInclusive<i32>,
        from: impl Fn(i32) -> Vec<Date>,
        to: impl Fn(i32) -> Vec<Due>,
        is_dated: bool,
    ) -> Self {
        let ends: Vec<(i32, Vec<Due>)> =
            (years.start() - 1..=years.end() + 1).map(|year| (year, to(year))).collect();
        let is_eve = |next: Date| from(next.year()).contains(&next);
        let mut paired = Self::default();
        for year in years {
            for first in from(year) {
                let near = ends.iter().filter(|(of, _)| (year - 1..=year + 1).contains(of));
                let days = near.flat_map(|(of, days)| days.iter().map(move |day| (*day, *of)));
                let behind = days.filter(|(last, _)| last.at >= first);
                let next = behind.min_by_key(|(last, of)| (last.at, last.gap.is_some(), *of));
                let is_near = |last: Date, of: i32| {
                    let days = last.days_since(first);
                    of <= year || is_dated || days <= Self::LONGEST_OVER_NEW_YEAR || is_eve(last.next())
                };
                match next {
                    Some((Due { at: end, gap: Some(gap) }, _)) => {
                        paired.open.push(Open { first, end, gap });
                    }
                    Some((Due { at: last, gap: None }, of)) if is_near(last, of) => {
                        paired.stretches.push(Window::new(first, last.next()));
                    }
                    Some(_) | None => {
                        let last = next.map(|(last, _)| last.at);
                        paired.backwards.push(Backwards { first, last });
                    }
                }
            }
        }
        paired.stretches.sort_unstable();
        paired
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretches(text: &str) -> Vec<String> {
        let found = Stretch::parse(text).unwrap().in_years(2026..=2026, &Workdays::monday_to_friday());
        found.iter().map(|days| format!("{} {}", days.from, days.until.plus_days(-1))).collect()
    }

    #[test]
    fn a_stretch_ends_with_the_next_last_day() {
        assert_eq!(stretches("12-24 .. 01-01"), ["2026-12-24 2027-01-01"]);
        assert_eq!(stretches("2026-07-30 .. 2026-09-14"), ["2026-07-30 2026-09-14"]);
        assert_eq!(stretches("05-01"), ["2026-05-01 2026-05-01"]);
        assert_eq!(stretches("last workday of 1 .. 2nd workday of month"), ["2026-01-30 2026-02-03"]);
        assert_eq!(stretches("03-10 .. 03-01"), Vec::<String>::new());
    }

    #[test]
    fn one_that_ends_on_the_eve_of_the_next_is_a_whole_year() {
        assert_eq!(stretches("07-01 .. 06-30"), ["2026-07-01 2027-06-30"]);
        assert_eq!(stretches("04-06 .. 04-05"), ["2026-04-06 2027-04-05"]);
        assert_eq!(stretches("1st mon of 4 .. 1st mon of 4 - 1d"), ["2026-04-06 2027-04-04"]);
        // A day or a week less is most of a year.
        assert_eq!(stretches("07-01 .. 06-29"), Vec::<String>::new());
        assert_eq!(stretches("1st mon of 4 .. last sun of 3"), Vec::<String>::new());
    }

    #[test]
    fn one_whose_last_day_is_not_there_is_left_out_and_does_not_go_on() {
        // 24 October 2026 is a Saturday, and so is 15 August; other months of those rules are not asked for.
        assert_eq!(stretches("10-20 .. 10-24 if workday"), Vec::<String>::new());
        assert_eq!(stretches("10-20 .. 10-23 if workday"), ["2026-10-20 2026-10-23"]);
        assert_eq!(stretches("1 of 8 .. 15 of month if workday"), Vec::<String>::new());
        assert_eq!(stretches("1 of 9 .. 15 of month if workday"), ["2026-09-01 2026-09-15"]);
        assert_eq!(stretches("1 of 4 .. 31 of month"), Vec::<String>::new());
        assert_eq!(stretches("1 of 2 .. 5th fri of month"), Vec::<String>::new());
        // Meant for the next month: its last day is there.
        assert_eq!(stretches("last workday of 4 .. 5th workday of month"), ["2026-04-30 2026-05-07"]);
    }

    #[test]
    fn a_flaw_of_the_second_rule_points_at_it() {
        assert_eq!(Stretch::parse("12-24 .. 01-32").unwrap_err().at, 9..14);
    }
}

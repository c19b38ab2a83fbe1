//! A set of days as few ranges of dates: whole ranges less some days, all of them or only on some weekdays.

use crate::time::{Date, Weekday, Window};

/// The days inside `within`, not inside `without`, on `weekdays`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct DaySet {
    pub(super) within: Vec<Window<Date>>,
    /// Days to leave out: holidays.
    pub(super) without: Vec<Window<Date>>,
    /// Monday first.
    pub(super) weekdays: [bool; 7],
}

/// A longer stretch of missing days is not a holiday but the time between two seasons.
const LONGEST_HOLIDAY: usize = 3;

impl DaySet {
    /// `days` in order, none twice.
    pub(super) fn of(days: &[Date]) -> Self {
        let plain = Self { within: runs(days), without: Vec::new(), weekdays: [true; 7] };
        let weekly = Self::weekly(days);
        if plain.terms() <= weekly.terms() { plain } else { weekly }
    }

    pub(super) fn is_every_day(&self) -> bool {
        self.weekdays == [true; 7]
    }

    fn terms(&self) -> usize {
        self.within.len() + self.without.len() + usize::from(!self.is_every_day())
    }

    fn weekly(days: &[Date]) -> Self {
        let mut weekdays = [false; 7];
        for day in days {
            weekdays[day.weekday().index()] = true;
        }
        let (mut within, mut without): (Vec<Window<Date>>, _) = (Vec::new(), Vec::new());
        for day in days {
            let Some(last) = within.last_mut() else {
                within.push(Window::new(*day, day.next()));
                continue;
            };
            let between = (0..day.days_since(last.until)).map(|n| last.until.plus_days(n));
            let missing: Vec<Date> = between.filter(|day| weekdays[day.weekday().index()]).collect();
            if missing.len() > LONGEST_HOLIDAY {
                within.push(Window::new(*day, day.next()));
            } else {
                last.until = day.next();
                without.extend(runs(&missing));
            }
        }
        Self { within, without, weekdays }
    }
}

/// Consecutive days as half-open ranges.
fn runs(days: &[Date]) -> Vec<Window<Date>> {
    let mut runs: Vec<Window<Date>> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some(last) if last.until == *day => last.until = day.next(),
            Some(_) | None => runs.push(Window::new(*day, day.next())),
        }
    }
    runs
}

/// Neighbouring weekdays as half-open ranges of 0 (Monday) to 7.
pub(super) fn weekday_spans(weekdays: &[bool; 7]) -> Vec<(usize, usize)> {
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for day in Weekday::ALL.into_iter().map(Weekday::index).filter(|day| weekdays[*day]) {
        match spans.last_mut() {
            Some(last) if last.1 == day => last.1 = day + 1,
            Some(_) | None => spans.push((day, day + 1)),
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn expand(set: &DaySet) -> BTreeSet<Date> {
        let all = |windows: &[Window<Date>]| -> BTreeSet<Date> {
            let days = |window: &Window<Date>| {
                let from = window.from;
                (0..window.until.days_since(from)).map(move |n| from.plus_days(n))
            };
            windows.iter().flat_map(days).collect()
        };
        let without = all(&set.without);
        let is_in = |day: &Date| set.weekdays[day.weekday().index()] && !without.contains(day);
        all(&set.within).into_iter().filter(is_in).collect()
    }

    proptest! {
        #[test]
        fn a_day_set_holds_exactly_its_days(
            gaps in prop::collection::vec(1..9_i32, 0..60), mask in 1..128_u8,
        ) {
            let mut days = Vec::new();
            let mut day = Date::ymd(2026, 1, 1).unwrap();
            for gap in gaps {
                day = day.plus_days(gap);
                if mask & (1 << day.weekday().index()) != 0 {
                    days.push(day);
                }
            }
            prop_assert_eq!(expand(&DaySet::of(&days)), days.into_iter().collect());
        }
    }

    #[test]
    fn workdays_are_one_range_less_their_holidays() {
        let start = Date::ymd(2026, 9, 1).unwrap();
        let holiday = Date::ymd(2026, 9, 16).unwrap();
        let is_workday = |day: &Date| day.weekday() < Weekday::Sat && *day != holiday;
        let days: Vec<Date> = (0..45).map(|n| start.plus_days(n)).filter(is_workday).collect();
        let set = DaySet::of(&days);
        assert_eq!(set.within, [Window::new(start, Date::ymd(2026, 10, 16).unwrap())]);
        assert_eq!(set.without, [Window::new(holiday, holiday.next())]);
        assert_eq!(weekday_spans(&set.weekdays), [(0, 5)]);
    }
}

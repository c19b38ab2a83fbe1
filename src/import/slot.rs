//! Windows as the policy language has them: daily hours, and the dates on which they begin.

use std::collections::{BTreeMap, BTreeSet};

use super::dates::LONGEST_OVER_NEW_YEAR;
use crate::time::{Date, Hours, LocalTime, TimeOfDay, Window};

/// Dates by the hours that begin on them.
pub(super) type Slots = BTreeMap<Hours, BTreeSet<Date>>;

/// A window of at most a day stays whole, over midnight too, and so does a longer one that the language can say as one;
/// any other becomes its first day, whole days, its last day.
pub(super) fn slots(windows: &[Window<LocalTime>]) -> Slots {
    let mut slots = Slots::new();
    let mut long = Slots::new();
    for window in windows {
        match unbroken(*window) {
            Some((date, hours)) => {
                long.entry(hours).or_default().insert(date);
            }
            None => insert(&mut slots, *window),
        }
    }
    for (hours, days) in long {
        if is_one_season(hours, &days) {
            slots.insert(hours, days);
        } else {
            days.iter().for_each(|day| insert(&mut slots, hours.on(*day)));
        }
    }
    slots
}

fn insert(slots: &mut Slots, window: Window<LocalTime>) {
    for (date, hours) in cut(window) {
        slots.entry(hours).or_default().insert(date);
    }
}

/// A window of more than a day with a clock time at an end of it.
fn unbroken(window: Window<LocalTime>) -> Option<(Date, Hours)> {
    let (from, until) = (window.from.time_of_day(), window.until.time_of_day());
    let whole_days = from == TimeOfDay::MIDNIGHT && until == TimeOfDay::MIDNIGHT;
    // The last minute of a day is said as of that day.
    let (last, until) = if until == TimeOfDay::MIDNIGHT {
        (window.until.date().plus_days(-1), TimeOfDay::END_OF_DAY)
    } else {
        (window.until.date(), until)
    };
    let days = u32::try_from(last.days_since(window.from.date())).ok()?;
    let hours = Hours::between(from, days, until);
    let is_long = matches!(hours, Hours::Span { .. }) && !whole_days;
    is_long.then_some((window.from.date(), hours))
}

/// Whether a season can say it: `days = "sat 09:00 .. sun 21:00"`, or clock times beside a date of the year or of the months.
fn is_one_season(hours: Hours, days: &BTreeSet<Date>) -> bool {
    let weekdays: BTreeSet<usize> = days.iter().map(|day| day.weekday().index()).collect();
    let places: BTreeSet<(u32, u32)> = days.iter().map(|day| (day.month().number(), day.day())).collect();
    let in_months: BTreeSet<u32> = days.iter().map(|day| day.day()).collect();
    let first = in_months.first().copied().unwrap_or(0);
    // One that goes over the end of a month is not as long in each.
    let is_monthly = in_months.len() == 1 && places.len() > 2 && first + hours.days_over() <= 28;
    weekdays.len() == 1 && hours.days_over() < 7
        || places.len() == 1 && hours.days_over() < LONGEST_OVER_NEW_YEAR
        || is_monthly
}

fn cut(window: Window<LocalTime>) -> Vec<(Date, Hours)> {
    let (first, from) = (window.from.date(), window.from.time_of_day());
    let until = window.until.time_of_day();
    let at_night = from != TimeOfDay::MIDNIGHT && until != TimeOfDay::MIDNIGHT;
    if at_night && window.until.minutes_since(window.from) < LocalTime::PER_DAY {
        return vec![(first, Hours::Daily { from, until })];
    }
    let mut parts = Vec::new();
    let mut day = first;
    while day.start() < window.until {
        let part = Window::new(day.start(), day.next().start()).intersection(window);
        let part = part.expect("internal error: the day begins inside the window or with it");
        let until =
            if part.until == day.next().start() { TimeOfDay::END_OF_DAY } else { part.until.time_of_day() };
        let whole = part == Window::new(day.start(), day.next().start());
        let hours = if whole { Hours::AllDay } else { Hours::Daily { from: part.from.time_of_day(), until } };
        parts.push((day, hours));
        day = day.next();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(from: &str, until: &str) -> Vec<String> {
        let local = |text| LocalTime::parse(text).unwrap();
        let parts = cut(Window::new(local(from), local(until)));
        let hours = |hours| match hours {
            Hours::AllDay => "all day".to_owned(),
            Hours::Daily { from, until } => format!("{from}-{until}"),
            Hours::Span { .. } | Hours::Exact(_) => unreachable!("never made"),
        };
        parts.into_iter().map(|(date, part)| format!("{date} {}", hours(part))).collect()
    }

    #[test]
    fn a_night_stays_whole_and_a_long_window_is_cut_at_midnights() {
        assert_eq!(said("2026-09-01 08:00", "2026-09-01 20:00"), ["2026-09-01 08:00-20:00"]);
        assert_eq!(said("2026-09-01 22:00", "2026-09-02 06:00"), ["2026-09-01 22:00-06:00"]);
        assert_eq!(said("2026-09-01 22:00", "2026-09-02 00:00"), ["2026-09-01 22:00-24:00"]);
        assert_eq!(
            said("2026-09-01 00:00", "2026-09-03 00:00"),
            ["2026-09-01 all day", "2026-09-02 all day"]
        );
        assert_eq!(
            said("2026-09-01 08:00", "2026-09-02 08:00"),
            ["2026-09-01 08:00-24:00", "2026-09-02 00:00-08:00"],
            "hours of a whole day's length cannot be written"
        );
        assert_eq!(
            said("2026-09-01 08:00", "2026-09-03 20:00"),
            ["2026-09-01 08:00-24:00", "2026-09-02 all day", "2026-09-03 00:00-20:00"]
        );
    }
    #[test]
    fn what_comes_back_each_week_or_on_the_same_dates_is_not_cut() {
        let local = |text: &str| LocalTime::parse(text).unwrap();
        let kinds = |windows: &[(&str, &str)]| {
            let windows: Vec<_> =
                windows.iter().map(|(from, until)| Window::new(local(from), local(until))).collect();
            slots(&windows).into_keys().map(|hours| format!("{hours:?}")).collect::<Vec<_>>()
        };
        let spans =
            |windows: &[(&str, &str)]| kinds(windows).iter().filter(|kind| kind.starts_with("Span")).count();
        let weekly = [("2026-09-05 09:00", "2026-09-06 21:00"), ("2026-09-12 09:00", "2026-09-13 21:00")];
        assert_eq!((spans(&weekly), kinds(&weekly).len()), (1, 1));
        let yearly = [("2026-12-01 06:00", "2026-12-24 23:00"), ("2027-12-01 06:00", "2027-12-24 23:00")];
        assert_eq!((spans(&yearly), kinds(&yearly).len()), (1, 1));
        let to_midnight = [("2026-12-01 06:00", "2026-12-25 00:00")];
        assert_eq!((spans(&to_midnight), kinds(&to_midnight).len()), (1, 1));
        let monthly = ["01", "02", "03", "04", "05"]
            .map(|month| (format!("2026-{month}-10 06:00"), format!("2026-{month}-12 18:00")));
        let monthly: Vec<(&str, &str)> = monthly.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!((spans(&monthly), kinds(&monthly).len()), (1, 1));
    }
}

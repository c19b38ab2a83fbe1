//! Windows as the policy language has them: daily hours, and the dates on which they begin.

use std::collections::{BTreeMap, BTreeSet};

use crate::time::{Date, Hours, LocalTime, TimeOfDay, Window};

/// Dates by the hours that begin on them.
pub(super) type Slots = BTreeMap<Hours, BTreeSet<Date>>;

/// A window of at most a day stays whole, over midnight too; a longer one becomes its first day, whole days, its last day.
pub(super) fn slots(windows: &[Window<LocalTime>]) -> Slots {
    let mut slots = Slots::new();
    for window in windows {
        for (date, hours) in cut(*window) {
            slots.entry(hours).or_default().insert(date);
        }
    }
    slots
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
}

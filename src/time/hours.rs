//! Daily hours and exact windows: when on a day something holds.

use std::ops::Range;

use super::Window;
use super::civil::{Date, LocalTime, TimeOfDay};

/// When on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hours {
    /// From midnight to midnight.
    AllDay,
    /// From `from` to `until`, on the next day if `until` is not later.
    Daily {
        /// First minute inside.
        from: TimeOfDay,
        /// First minute outside.
        until: TimeOfDay,
    },
    /// Without a break from `from` on one day to `until` on a later one.
    Span {
        /// First minute inside.
        from: TimeOfDay,
        /// How many days later it ends, at least 1.
        days: u32,
        /// First minute outside.
        until: TimeOfDay,
    },
    /// Once, not daily.
    Exact(Window<LocalTime>),
}

impl Hours {
    /// The window that begins on `day`. An exact window is the same whatever the day.
    pub fn on(self, day: Date) -> Window<LocalTime> {
        match self {
            Self::AllDay => Window::new(day.start(), day.next().start()),
            Self::Daily { from, until } if until <= from => Window::new(day.at(from), day.next().at(until)),
            Self::Daily { from, until } => Window::new(day.at(from), day.at(until)),
            Self::Span { from, days, until } => {
                Window::new(day.at(from), day.plus_days(whole(days)).at(until))
            }
            Self::Exact(window) => window,
        }
    }

    /// From a clock time to another one, so many days later.
    pub fn between(from: TimeOfDay, days: u32, until: TimeOfDay) -> Self {
        if days == 0 || days == 1 && until <= from {
            Self::Daily { from, until }
        } else {
            Self::Span { from, days, until }
        }
    }

    /// Whether two windows of every day have a minute in common; a night lies on two days. Windows that are not of every day,
    /// or are longer than one, have no minutes of a day of their own, and meet none.
    pub fn meets(self, other: Self) -> bool {
        let meet = |a: &Range<i32>, b: &Range<i32>| a.start.max(b.start) < a.end.min(b.end);
        self.minutes().iter().any(|a| other.minutes().iter().any(|b| meet(a, b)))
    }

    /// Its minutes of the day; of a night those before and those after midnight.
    fn minutes(self) -> [Range<i32>; 2] {
        match self {
            Self::AllDay => [0..24 * 60, 0..0],
            Self::Daily { from, until } if until <= from => [from.minutes()..24 * 60, 0..until.minutes()],
            Self::Daily { from, until } => [from.minutes()..until.minutes(), 0..0],
            Self::Span { .. } | Self::Exact(_) => [0..0, 0..0],
        }
    }

    /// How many days after the day on which it begins its last minute lies; of an exact window none is known.
    pub fn days_over(self) -> u32 {
        match self {
            Self::AllDay | Self::Exact(_) => 0,
            Self::Daily { from, until } => u32::from(until <= from),
            Self::Span { days, .. } => days,
        }
    }
}

fn whole(days: u32) -> i32 {
    i32::try_from(days).expect("internal error: at most a year")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_of_a_day_meet_over_midnight_too() {
        let daily = |text: &str| {
            let (from, until) = text.split_once('-').unwrap();
            Hours::Daily { from: TimeOfDay::parse(from).unwrap(), until: TimeOfDay::parse(until).unwrap() }
        };
        let meet = |one, other| daily(one).meets(daily(other));
        assert!(meet("22:00-06:00", "05:00-08:00"));
        assert!(meet("11:00-14:00", "13:59-21:00"));
        assert!(!meet("11:30-14:00", "14:00-21:00"));
        assert!(!meet("22:00-06:00", "06:00-22:00"));
    }
}

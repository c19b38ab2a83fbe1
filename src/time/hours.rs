//! Daily hours and exact windows: when on a day something holds.

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
            Self::Exact(window) => window,
        }
    }
}

//! Civil dates, local clock times, instants and time zones: the only importer of chrono and of the time-zone database.
//!
//! Clock changes are decided here and nowhere else: [`Zone::at`] says whether a local time exists once, never or twice.

mod civil;
mod hours;
mod meant;
mod month_names;
mod offsets;
mod old_names;
mod zone;

pub use civil::{Date, LocalTime, Month, TimeOfDay, Weekday};
pub use hours::Hours;
pub use meant::{
    by_offset, cities_all_year, is_shown, nearest_zone, posix_offset, utc, zone_of_place, zone_said,
    zones_meant,
};
pub use offsets::{Change, Offsets, Steady};
pub use old_names::present_name;
pub use zone::{Instant, Resolved, Zone};

/// A half-open stretch `[from, until)` of any clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window<T> {
    /// The first point inside.
    pub from: T,
    /// The first point outside.
    pub until: T,
}

impl<T: Copy + Ord> Window<T> {
    /// `[from, until)`.
    pub fn new(from: T, until: T) -> Self {
        Self { from, until }
    }

    /// Whether `at` lies inside.
    pub fn contains(self, at: T) -> bool {
        self.from <= at && at < self.until
    }

    /// Whether no point lies inside.
    pub fn is_empty(self) -> bool {
        self.until <= self.from
    }

    /// The common part, if there is one.
    pub fn intersection(self, other: Self) -> Option<Self> {
        let both = Self { from: self.from.max(other.from), until: self.until.min(other.until) };
        (!both.is_empty()).then_some(both)
    }

    /// Whether every point of `other` lies inside.
    pub fn covers(self, other: Self) -> bool {
        self.from <= other.from && other.until <= self.until
    }
}

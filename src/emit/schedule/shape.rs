//! Shapes: the clock times at which windows begin and end. Windows of one shape can share a pair of cron expressions.

use std::collections::BTreeSet;

use super::region::Region;
use crate::plan::{Hours, Origin};
use crate::time::{Date, LocalTime, TimeOfDay, Window};

/// Begins at `from` and ends at `until`, on the same date or, whatever the number of days, on a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shape {
    /// How it lies to midnight.
    pub(super) days: Days,
    pub(super) from: TimeOfDay,
    pub(super) until: TimeOfDay,
}

/// How a window lies to midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Days {
    /// Begins and ends on one date.
    Same,
    /// Ends on a later date.
    Later,
}

impl Shape {
    fn of(window: Window<LocalTime>) -> Self {
        let days = if window.from.date() == window.until.date() { Days::Same } else { Days::Later };
        Self { days, from: window.from.time_of_day(), until: window.until.time_of_day() }
    }

    /// Whether start and end fall on the same date.
    pub(super) fn within_a_day(self) -> bool {
        self.days == Days::Same
    }

    /// The window that begins on `day`; for shapes within a day.
    pub(super) fn on(self, day: Date) -> Window<LocalTime> {
        Window::new(day.at(self.from), day.at(self.until))
    }

    fn minutes(self) -> i32 {
        let over_midnight = if self.within_a_day() { 0 } else { 24 * 60 };
        self.until.minutes() + over_midnight - self.from.minutes()
    }
}

/// All shapes of windows as neighbours merge (`runs`) and as they are written (`written`), the longest first.
pub(super) fn shapes(runs: &Region, written: &[Window<LocalTime>]) -> Vec<Shape> {
    let windows = runs.windows().iter().chain(written);
    let shapes: BTreeSet<Shape> = windows.map(|window| Shape::of(*window)).collect();
    let mut shapes: Vec<Shape> = shapes.into_iter().collect();
    shapes.sort_by_key(|shape| (std::cmp::Reverse(shape.minutes()), *shape));
    shapes
}

/// The windows of an origin, not cut to the horizon.
pub(super) fn uncut(origin: &Origin) -> impl Iterator<Item = Window<LocalTime>> {
    let exact = match origin.hours {
        Hours::Exact(window) => Some(window),
        Hours::AllDay | Hours::Daily { .. } | Hours::Span { .. } => None,
    };
    exact.into_iter().chain(origin.days.iter().map(|day| origin.hours.on(*day)))
}

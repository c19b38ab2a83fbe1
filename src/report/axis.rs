//! The axis of a year: a slot is a day, or some days where the plan is longer than a year.

use super::chart::{Tick, thin};
use crate::time::{Date, Window};

/// A year is drawn in so many slots at most: a day each up to a year.
const MOST_SLOTS: i32 = 366;

/// Days, cut into slots of equal length; the last one is shorter if it must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Axis {
    dates: Window<Date>,
    each: i32,
}

impl Axis {
    pub(super) fn of(dates: Window<Date>) -> Self {
        let days = dates.until.days_since(dates.from);
        Self { dates, each: ((days + MOST_SLOTS - 1) / MOST_SLOTS).max(1) }
    }

    /// Days of a slot.
    pub(super) fn each(self) -> usize {
        usize::try_from(self.each).unwrap_or(1)
    }

    /// A slot in words.
    pub(super) fn slot(self) -> String {
        if self.each == 1 { "a day".to_owned() } else { format!("{} days", self.each) }
    }

    /// First and last day of each slot.
    fn slots(self) -> impl Iterator<Item = (Date, Date)> {
        let days = self.dates.until.days_since(self.dates.from);
        (0..days).step_by(self.each()).map(move |start| {
            let last = (start + self.each).min(days) - 1;
            (self.dates.from.plus_days(start), self.dates.from.plus_days(last))
        })
    }

    /// What each slot is called.
    pub(super) fn labels(self) -> Vec<String> {
        let label = |(from, last): (Date, Date)| {
            if from == last { from.long() } else { format!("{} to {}", from.long(), last.long()) }
        };
        self.slots().map(label).collect()
    }

    /// The slots that have a day of `dates`; none where they are of another time.
    pub(super) fn within(self, dates: Window<Date>) -> Option<Window<usize>> {
        let dates = dates.intersection(self.dates)?;
        let slot = |day: Date| usize::try_from(day.days_since(self.dates.from) / self.each).unwrap_or(0);
        Some(Window::new(slot(dates.from), slot(dates.until.plus_days(-1)) + 1))
    }

    /// Months, or Mondays where the plan is short. As many stay where there is little room as can be read.
    pub(super) fn ticks(self) -> Vec<Tick> {
        let slots: Vec<(Date, Date)> = self.slots().collect();
        let count = slots.len();
        let (Some((first, _)), Some((_, last))) = (slots.first(), slots.last()) else { return Vec::new() };
        let is_short = last.days_since(*first) < 80;
        let begins = |day: Date| if is_short { day.weekday().index() == 0 } else { day.day() == 1 };
        let label = |day: Date| match (is_short, day.month().number()) {
            (true, _) => format!("{} {}", day.day(), day.month().short()),
            (false, 1) if first.year() != last.year() => day.year().to_string(),
            (false, _) => day.month().short().to_owned(),
        };
        let mut ticks = Vec::new();
        for (at, (from, until)) in slots.iter().enumerate() {
            let days = (0..=until.days_since(*from)).map(|day| from.plus_days(day));
            if let Some(day) = days.into_iter().find(|day| begins(*day)) {
                ticks.push(Tick { at: at as f64 * 100.0 / count as f64, label: label(day), minor: false });
            }
        }
        ticks.retain(|tick| tick.at <= 96.0);
        thin(&mut ticks);
        ticks
    }
}

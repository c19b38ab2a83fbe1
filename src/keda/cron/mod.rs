//! Cron as KEDA understands it: robfig/cron v3.0.1, five fields, ported literally.
//!
//! [`Schedule::parse`] is `parser.go` with the flags that KEDA sets (`Minute|Hour|Dom|Month|Dow`), [`Schedule::next`] is
//! `spec.go`. Deviations from what cron "should" mean are the point: the star bit, day-of-month OR day-of-week, the
//! five-year limit, and the loops that trip over clocks that change at midnight.

mod clock;
mod field;
mod next;
mod parse;

pub use field::{Field, FieldKind};
pub use next::{Answer, Endless, Search};
pub use parse::Refused;

use crate::time::{Date, LocalTime, Zone};

/// One side of a cron trigger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Minutes of the hour.
    pub minute: Field,
    /// Hours of the day.
    pub hour: Field,
    /// Days of the month.
    pub dom: Field,
    /// Months of the year.
    pub month: Field,
    /// Days of the week, Sunday is 0.
    pub dow: Field,
    /// The zone of a `TZ=` prefix: it overrides the trigger's for this side.
    pub zone: Option<Zone>,
}

impl Schedule {
    /// Whether a date matches: `dayMatches` of `spec.go`. Day-of-month and day-of-week both count only if one of them
    /// carries the star bit; otherwise either is enough.
    pub(crate) fn day_matches(&self, day: u32, weekday: u32) -> bool {
        let (dom, dow) = (self.dom.contains(day), self.dow.contains(weekday));
        if self.dom.is_star() || self.dow.is_star() { dom && dow } else { dom || dow }
    }

    /// About how many days of a year match.
    pub(crate) fn days_a_year(&self) -> u32 {
        let months = self.month.count();
        let (dom, dow) = (self.dom.count().min(30) * months, self.dow.count() * months * 30 / 7);
        match (self.dom.is_star(), self.dow.is_star()) {
            (true, true) => 30 * months,
            (true, false) => dow,
            (false, true) => dom,
            (false, false) => (dom + dow).min(30 * months),
        }
    }

    /// Whether it fires at any time of a date.
    pub fn on_date(&self, date: Date) -> bool {
        self.month.contains(date.month().number())
            && self.day_matches(date.day(), date.weekday().from_sunday())
    }

    /// Whether the wall clock reading itself matches all five fields.
    pub fn matches(&self, local: LocalTime) -> bool {
        let (date, time) = (local.date(), local.time_of_day());
        self.minute.contains(time.minute()) && self.hour.contains(time.hour()) && self.on_date(date)
    }
}

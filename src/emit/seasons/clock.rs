//! A zone's clock over the plan as a calendar tells it: VTIMEZONE (RFC 5545, 3.6.5), one observance for each change.

use crate::plan::Plan;
use crate::time::{Instant, LocalTime, Window, Zone};

/// The clock of one zone.
pub(super) struct Clock<'p> {
    pub(super) zone: &'p str,
    /// What it shows when the plan begins, then each change.
    pub(super) observances: Vec<Observance>,
}

/// A stretch with one offset.
pub(super) struct Observance {
    /// `STANDARD` or `DAYLIGHT`
    pub(super) kind: &'static str,
    /// On the clock as it was before.
    pub(super) start: LocalTime,
    /// Seconds east of UTC before it.
    pub(super) from: i64,
    /// Seconds east of UTC from then on.
    pub(super) to: i64,
}

/// The clock of the zone `name` from some days before the plan until some days after it.
pub(super) fn of<'p>(plan: &Plan, name: &'p str) -> Clock<'p> {
    const AROUND: i64 = 4 * 86_400;
    let zone = Zone::parse(name).expect("internal error: a zone of the plan");
    let horizon = plan.local_horizon();
    let begins = Instant(horizon.from.wall_seconds() - AROUND);
    let changes = zone.changes(Window::new(begins, Instant(horizon.until.wall_seconds() + AROUND)));
    let mut before = zone.offset(begins);
    let least = changes.iter().map(|(_, offset)| *offset).chain([before]).min().unwrap_or(before);
    let mut observances = Vec::new();
    for (at, after) in std::iter::once((begins, before)).chain(changes) {
        observances.push(Observance {
            kind: if after > least { "DAYLIGHT" } else { "STANDARD" },
            start: LocalTime::from_wall_seconds(at.0 + before),
            from: before,
            to: after,
        });
        before = after;
    }
    Clock { zone: name, observances }
}

//! Local times that a zone's clocks skip or repeat: no window may begin or end there.

use crate::time::{Date, LocalTime, Window, Zone};

/// A stretch of the wall clock that does not exist, or exists twice.
#[derive(Clone, Copy, Debug)]
pub(super) struct Irregular {
    /// The stretch.
    pub(super) local: Window<LocalTime>,
    /// Shown twice, rather than never.
    pub(super) repeated: bool,
}

/// All irregular stretches of `zone` in `dates`.
pub(super) fn irregular(zone: &Zone, dates: Window<Date>) -> Vec<Irregular> {
    let (from, until) = (zone.start_of(dates.from.plus_days(-2)), zone.start_of(dates.until.plus_days(2)));
    let mut before = zone.offset(from);
    let mut stretches = Vec::new();
    for (at, after) in zone.changes(Window::new(from, until)) {
        let (old, new) =
            (LocalTime::from_wall_seconds(at.0 + before), LocalTime::from_wall_seconds(at.0 + after));
        stretches.push(Irregular { local: Window::new(old.min(new), old.max(new)), repeated: new < old });
        before = after;
    }
    stretches
}

//! Local times that a zone's clocks skip or repeat: no window may begin or end there.

use crate::time::{Date, LocalTime, TimeOfDay, Window, Zone};

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

/// The first clock time after a stretch and the one before which there is none of these: other stretches, of other days, may begin
/// where this one ends.
pub(super) fn ways_around(all: &[Irregular], stretch: &Irregular) -> (TimeOfDay, TimeOfDay) {
    const DAY: i32 = LocalTime::PER_DAY;
    let times = |one: &Irregular| {
        let from = one.local.from.time_of_day().minutes();
        from..from + one.local.until.minutes_since(one.local.from)
    };
    let (mut earlier, mut later) = (times(stretch).start, times(stretch).end % DAY);
    for _ in all {
        let around =
            |at: i32| all.iter().map(times).find(|one| one.contains(&at) || one.contains(&(at + DAY)));
        later = around(later).map_or(later, |one| one.end % DAY);
        earlier = around((earlier + DAY - 1) % DAY).map_or(earlier, |one| one.start);
    }
    let time = |minutes: i32| stretch.local.from.date().start().plus_minutes(minutes).time_of_day();
    // What ends before the day begins ends with the one before.
    (time(later), if earlier == 0 { TimeOfDay::END_OF_DAY } else { time(earlier) })
}

//! Clocks: zones that show the same time, and windows whose boundary a change of the clocks skips or repeats.

use std::collections::BTreeSet;

use super::slot::Slots;
use crate::time::{
    Date, Hours, Instant, LocalTime, Offsets, TimeOfDay, Window, Zone, present_name, zones_meant,
};

/// Whether both zones show the same time over all of `horizon`.
pub(super) fn alike(one: &Zone, other: &Zone, horizon: Window<Date>) -> bool {
    let (from, until) = (one.start_of(horizon.from), one.start_of(horizon.until));
    one.offset(from) == other.offset(from)
        && one.changes(Window::new(from, until)) == other.changes(Window::new(from, until))
}

/// The zone that a policy names for it: one of the same clock, where the policy does not take its name.
pub(super) fn named(zone: &Zone, horizon: Window<Date>) -> Zone {
    if let Some(present) = present_name(zone.name()).and_then(Zone::parse) {
        return present;
    }
    if zone.is_of_a_place() {
        return zone.clone();
    }
    let names = Zone::names();
    let all = || names.iter().filter_map(|name| Zone::parse(name)).filter(Zone::is_of_a_place);
    let city = format!("/{}", zone.name());
    let of_city = all().filter(|known| known.name().ends_with(&city));
    let mut known = zones_meant(zone.name()).chain(of_city).chain(all());
    known.find(|known| alike(zone, known, horizon)).unwrap_or_else(|| zone.clone())
}

/// Stretches of the wall clock that are skipped or repeated in `horizon`.
pub(super) fn irregular(zone: &Zone, horizon: Window<Date>) -> Vec<Window<LocalTime>> {
    let covered = Window::new(
        Instant(zone.start_of(horizon.from.plus_days(-2)).0),
        zone.start_of(horizon.until.plus_days(2)),
    );
    Offsets::new(zone, covered).changes().map(|change| change.stretch()).collect()
}

/// The same windows with no boundary inside such a stretch: on that day, whatever the year, it moves to the stretch's end.
pub(super) fn regular(slots: Slots, zone: &Zone, horizon: Window<Date>) -> Slots {
    let stretches = irregular(zone, horizon);
    let mut regular = Slots::new();
    for (hours, mut days) in slots {
        let hit = |day: &Date| {
            move_boundaries(hours.on(*day), &stretches).filter(|window| *window != hours.on(*day))
        };
        let moved: Vec<(Date, Window<LocalTime>)> =
            days.iter().filter_map(|day| Some((*day, hit(day)?))).collect();
        for (day, window) in moved {
            let same: BTreeSet<Date> = days
                .iter()
                .copied()
                .filter(|other| (other.month(), other.day()) == (day.month(), day.day()))
                .collect();
            days.retain(|other| !same.contains(other));
            if let Some(hours) = daily(day, window) {
                regular.entry(hours).or_default().extend(same);
            }
        }
        regular.entry(hours).or_default().extend(days);
    }
    regular.retain(|_, days| !days.is_empty());
    regular
}

/// Whether no boundary of these windows is inside such a stretch.
pub(super) fn are_regular(windows: &[Window<LocalTime>], zone: &Zone, horizon: Window<Date>) -> bool {
    let stretches = irregular(zone, horizon);
    windows.iter().all(|window| move_boundaries(*window, &stretches) == Some(*window))
}

fn move_boundaries(window: Window<LocalTime>, stretches: &[Window<LocalTime>]) -> Option<Window<LocalTime>> {
    let moved = |at: LocalTime| {
        stretches.iter().find(|stretch| stretch.contains(at)).map_or(at, |stretch| stretch.until)
    };
    Some(Window::new(moved(window.from), moved(window.until)))
}

/// The hours of a window that begins on `day`; none if nothing is left of it.
fn daily(day: Date, window: Window<LocalTime>) -> Option<Hours> {
    if window.is_empty() {
        return None;
    }
    let last = if window.until.time_of_day() == TimeOfDay::MIDNIGHT {
        (window.until.date().plus_days(-1), TimeOfDay::END_OF_DAY)
    } else {
        (window.until.date(), window.until.time_of_day())
    };
    let days = u32::try_from(last.0.days_since(day)).ok()?;
    Some(Hours::between(window.from.time_of_day(), days, last.1))
}

/// Whether any window lies inside `horizon`.
pub(super) fn reaches(slots: &Slots, horizon: Window<Date>) -> bool {
    let local = Window::new(horizon.from.start(), horizon.until.start());
    let meets = |hours: &Hours, day: &Date| hours.on(*day).intersection(local).is_some();
    slots.iter().any(|(hours, days)| days.iter().any(|day| meets(hours, day)))
}

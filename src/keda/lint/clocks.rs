//! Boundaries inside the hour that a change of the clocks skips or repeats.

use super::super::activity::{Firing, at_midnight};
use super::super::cron::Schedule;
use super::super::finding::{Check, Finding};
use super::super::floor::Active;
use super::super::subject::Subject;
use crate::time::{Change, LocalTime, Offsets, Window};

/// What fires again within so many seconds on both sides of a change loses nothing by it: every six hours, and one more.
const OFTEN: i64 = 13 * 3600;

/// All checks of one side of a trigger.
pub(super) fn check(
    subject: &Subject<'_>,
    active: &Active,
    (key, schedule, offsets): (&str, &Schedule, &Offsets),
) -> Vec<Finding> {
    let mut found = Vec::new();
    for change in changes(active, offsets) {
        let Some(hit) = matching(schedule, change.stretch()) else { continue };
        let (check, what) = if change.is_gap() {
            (Check::Skipped, "the clocks jump over it, so it does not fire that day")
        } else {
            (Check::Repeated, "the clocks show it twice, so it fires twice")
        };
        let known = found.iter().any(|finding: &Finding| finding.check == check);
        if known || !costs(active, key == "start", change) {
            continue;
        }
        let effect = format!("{key} at {hit} {}: {what}", offsets.zone());
        let mend = format!("move it to {} or later", change.stretch().until.time_of_day());
        found.push(subject.about(check, active.index, key, effect, mend).from(change.at));
    }
    let midnight = changes(active, offsets).find(|change| change.is_gap() && at_midnight(*change));
    // On every day there is no wrong one.
    let pair = &active.trigger.pair;
    let by_date = [&pair.start, &pair.end].into_iter().any(|side| !is_every_day(side));
    if let Some(change) = midnight.filter(|_| key == "start" && by_date) {
        let effect =
            format!("clocks of {} change at midnight: KEDA can fire on the wrong day there", offsets.zone());
        let mend =
            "look at the days around the change, or use a zone that changes at another hour".to_owned();
        let finding = subject.about(Check::ZoneMidnight, active.index, "timezone", effect, mend);
        found.push(finding.from(change.at));
    }
    found
}

fn is_every_day(side: &Schedule) -> bool {
    side.month.is_star() && side.dom.is_star() && side.dow.is_star()
}

/// Whether a change of the clocks skips or repeats a side.
pub(super) fn meets_change(active: &Active, (schedule, offsets): (&Schedule, &Offsets)) -> bool {
    changes(active, offsets).any(|change| matching(schedule, change.stretch()).is_some())
}

fn changes<'a>(active: &'a Active, offsets: &'a Offsets) -> impl Iterator<Item = Change> {
    offsets.changes().filter(|change| active.years.window.contains(change.at))
}

/// Whether a firing that is skipped or repeated shows: not where the side fires every few hours anyway, nor where its own
/// next firing follows, so that this one does not count.
fn costs(active: &Active, is_start: bool, change: Change) -> bool {
    let fires = |firing: &&Firing| if is_start { firing.start } else { firing.end };
    let firings = &active.years.walk.firings;
    let length = i64::from(change.stretch().until.minutes_since(change.stretch().from)) * 60;
    let (from, until) = if change.is_gap() { (0, 0) } else { (length, length) };
    let before = firings.partition_point(|firing| firing.at.0 < change.at.0 - from);
    let after = firings.partition_point(|firing| firing.at.0 < change.at.0 + until);
    let last = firings[..before].iter().rev().find(fires);
    let next = firings[after..].iter().find(fires);
    let often = last.zip(next).is_some_and(|(last, next)| next.at.0 - last.at.0 <= OFTEN);
    let counts_anyway = is_start && firings.get(after).is_some_and(|firing| firing.start && !firing.end);
    !often && !counts_anyway
}

fn matching(schedule: &Schedule, stretch: Window<LocalTime>) -> Option<LocalTime> {
    let minutes = stretch.until.minutes_since(stretch.from);
    let mut all = (0..minutes).map(|minute| stretch.from.plus_minutes(minute));
    // Almost no boundary lies on the day of a change.
    let dates = [stretch.from.date(), stretch.until.date()];
    let near = dates.into_iter().any(|date| schedule.on_date(date));
    if near { all.find(|local| schedule.matches(*local)) } else { None }
}

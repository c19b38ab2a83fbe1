//! What a trigger does against what its schedule says on the wall: where both differ, a change of the clocks is the cause.
//!
//! On the wall a firing in an hour that is skipped comes at the end of the gap, and one in an hour that is repeated comes once. A window
//! of which both sides are skipped comes as if the clocks had not been changed yet.

use crate::keda::cron::Schedule;
use crate::keda::floor::Active;
use crate::keda::pair::Pair;
use crate::step::StepFn;
use crate::time::{Change, Date, Instant, LocalTime, Offsets, TimeOfDay, Window};

/// Firings of one side a day beyond which no change of the clocks shows.
const OFTEN: u32 = 2;
/// A difference is a change's own if it comes so near to it, in seconds.
const NEAR: u64 = 2 * 86_400;
/// The same in days, whatever clock says which they are.
const DAYS_NEAR: i32 = 3;
/// A difference of fewer seconds is a hole in a floor, which has a finding of its own.
const SHORT: i64 = 60;
/// So many days after the last one that is looked at, every yearly side fires again.
const AFTER: i32 = 400;

/// A stretch in which a trigger is not what its schedule says on the wall.
#[derive(Clone, Copy, Debug)]
pub(super) struct Astray {
    /// When.
    pub(super) window: Window<Instant>,
    /// The change that it comes from.
    pub(super) change: Change,
    /// Whether it is active, and should not be.
    pub(super) is_active: bool,
}

/// Over the years in which a trigger is judged, in order.
pub(super) fn astray(active: &Active) -> Vec<Astray> {
    let (start, end): (&Offsets, &Offsets) = (&active.years.clocks.0, &active.years.clocks.1);
    let pair = &active.trigger.pair;
    let window = active.years.window;
    let lies_in = |change: &Change| {
        [&pair.start, &pair.end].into_iter().any(|side| matching(side, change.stretch()).is_some())
    };
    let changes: Vec<Change> = start
        .changes()
        .chain(end.changes())
        .filter(|change| window.from.0.abs_diff(change.at.0) <= NEAR || window.contains(change.at))
        .collect();
    let times = |side: &Schedule| side.minute.count() * side.hour.count();
    // Only a day on which a side fires can be led astray.
    if !changes.iter().any(|change| fires_near(pair, *change))
        || [&pair.start, &pair.end].into_iter().any(|side| times(side) > OFTEN)
    {
        return Vec::new();
    }
    let Some((meant, until)) = meant(active) else { return Vec::new() };
    let both = meant.zip(&active.years.walk.active, |meant, is| (*meant, *is));
    let pieces = both.pieces(window.from..window.until.min(until));
    let differing = pieces.filter(|(from, until, (meant, is))| meant != is && until.0 - from.0 >= SHORT);
    let own = differing.filter_map(|(from, until, (_, is))| {
        // It begins or ends with the change that it comes from.
        let distance = |change: &Change| from.0.abs_diff(change.at.0).min(until.0.abs_diff(change.at.0));
        let near = changes.iter().filter(|change| distance(change) <= NEAR);
        let change = *near.min_by_key(|change| (!lies_in(change), distance(change), change.at))?;
        Some(Astray { window: Window::new(from, until), change, is_active: *is })
    });
    own.collect()
}

/// Whether a side fires on a day around a change.
fn fires_near(pair: &Pair, change: Change) -> bool {
    let day = change.stretch().from.date();
    let mut days = (-DAYS_NEAR..=DAYS_NEAR).map(|days| day.plus_days(days));
    days.any(|day| pair.start.on_date(day) || pair.end.on_date(day))
}

/// Activity by the wall, and up to when it is known.
fn meant(active: &Active) -> Option<(StepFn<Instant, bool>, Instant)> {
    let (start, end): (&Offsets, &Offsets) = (&active.years.clocks.0, &active.years.clocks.1);
    let pair = &active.trigger.pair;
    let window = active.years.window;
    let is_whole = |change: &Change| {
        let [begins, ends] = [&pair.start, &pair.end].map(|side| matching(side, change.stretch()));
        change.is_gap() && begins.zip(ends).is_some_and(|(begins, ends)| begins < ends)
    };
    let skipped: Vec<Change> = start.changes().filter(is_whole).collect();
    let mut events: Vec<(Instant, bool)> =
        firings(&pair.start, (start, &skipped), window).map(|at| (at, false)).collect();
    events.extend(firings(&pair.end, (end, &skipped), window).map(|at| (at, true)));
    events.sort_unstable();
    // As before an end, where both sides come at one instant.
    events.dedup_by(|later, earlier| {
        let same = later.0 == earlier.0;
        earlier.1 |= same && later.1;
        same
    });
    let next = events.iter().position(|(at, _)| *at > window.from)?;
    let mut meant = StepFn::constant(events[next].1);
    for two in events[next..].windows(2) {
        meant.push(two[0].0, two[1].1);
    }
    Some((meant, events.last()?.0))
}

/// When the wall first shows the times of a side, or times after them where it never does. `skipped`: the changes in which whole
/// windows lie.
fn firings<'a>(
    side: &'a Schedule,
    (offsets, skipped): (&'a Offsets, &'a [Change]),
    window: Window<Instant>,
) -> impl Iterator<Item = Instant> + 'a {
    let first = offsets.local(window.from).date().plus_days(-2);
    let last = offsets.local(window.until).date().plus_days(AFTER);
    let days = (0..last.days_since(first)).map(move |day| first.plus_days(day));
    let changed: Vec<Date> = offsets
        .changes()
        .flat_map(|change| [change.stretch().from.date(), change.stretch().until.date()])
        .collect();
    let times: Vec<TimeOfDay> = (0..24 * 60)
        .filter(|minute| side.hour.contains(minute / 60) && side.minute.contains(minute % 60))
        .filter_map(|minute| TimeOfDay::new(minute / 60, minute % 60))
        .collect();
    days.filter(|day| side.on_date(*day)).flat_map(move |day| {
        let is_plain = !changed.contains(&day);
        let at = move |local: LocalTime| {
            if is_plain {
                return offsets.at_wall(local.wall_seconds());
            }
            match skipped.iter().find(|change| change.stretch().contains(local)) {
                Some(change) => Instant(local.wall_seconds() - change.before),
                None => offsets.zone().first_instant(local),
            }
        };
        times.iter().map(|time| at(day.at(*time))).collect::<Vec<_>>()
    })
}

/// The first local time in a stretch at which a schedule fires.
pub(super) fn matching(schedule: &Schedule, stretch: Window<LocalTime>) -> Option<LocalTime> {
    let minutes = stretch.until.minutes_since(stretch.from);
    let mut all = (0..minutes).map(|minute| stretch.from.plus_minutes(minute));
    // Almost no boundary lies on the day of a change.
    let dates = [stretch.from.date(), stretch.until.date()];
    let near = dates.into_iter().any(|date| schedule.on_date(date));
    if near { all.find(|local| schedule.matches(*local)) } else { None }
}

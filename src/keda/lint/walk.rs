//! A cron trigger as it fires: the events of both sides over the stretch, to the second.

use std::ops::RangeInclusive;

use super::super::activity::{Firing, at_midnight};
use super::super::cron::Schedule;
use super::super::finding::{Check, Finding};
use super::super::floor::Active;
use super::super::subject::Subject;
use super::{said, text};
use crate::time::{Change, Date, Instant, LocalTime, Offsets, Window};

/// All checks of one trigger.
pub(super) fn check(subject: &Subject<'_>, active: &Active) -> Vec<Finding> {
    let (start, end): (&Offsets, &Offsets) = (&active.years.clocks.0, &active.years.clocks.1);
    let sides = [("start", &active.trigger.pair.start, start), ("end", &active.trigger.pair.end, end)];
    let mut found = Vec::new();
    if let Some(finding) = never(subject, active) {
        found.push(finding);
        return found;
    }
    for (key, schedule, offsets) in sides {
        let changes = clock_changes(subject, active, (key, schedule, offsets));
        // Why it does not fire in a year is said there.
        let skipped = changes.iter().any(|finding| finding.check == Check::Skipped);
        found.extend(year_missed(subject, active, (key, schedule, offsets)).filter(|_| !skipped));
        found.extend(changes);
    }
    let by_clocks = found.iter().any(|finding| [Check::Skipped, Check::Repeated].contains(&finding.check));
    found.extend(tie(subject, active, start));
    found.extend(in_a_row(subject, active, start, by_clocks));
    let long = long_tail(subject, active, start);
    found.extend(long.or_else(|| inverted(subject, active, start)));
    found
}

/// A start that comes later in the day, or the year, than its end, and is active most of the time: nights and winters are
/// meant sometimes, both sides swapped more often.
fn inverted(subject: &Subject<'_>, active: &Active, offsets: &Offsets) -> Option<Finding> {
    let (start, end) = (&active.trigger.pair.start, &active.trigger.pair.end);
    let at = |side: &Schedule| Some((side.hour.only()?, side.minute.only()?));
    let day = |side: &Schedule| Some((side.month.only()?, side.dom.only()?));
    let (later, most) = match (day(start), day(end)) {
        (Some(start), Some(end)) => (start > end, 0.5),
        (Some(_), None) | (None, Some(_)) => return None,
        (None, None) => (at(start)? > at(end)?, 0.75),
    };
    let window = active.years.window;
    let on = active.years.walk.active.pieces(window.from, window.until).filter(|(_, _, on)| **on);
    let seconds: i64 = on.map(|(from, until, _)| until.0 - from.0).sum();
    let share = seconds as f64 / (window.until.0 - window.from.0) as f64;
    if !later || share <= most {
        return None;
    }
    let first = active.years.walk.active.steps().iter().find(|(_, on)| *on)?.0;
    let effect = format!(
        "from {} on it is active across the turn, {:.0} % of all time: start and end look swapped",
        said(first, offsets),
        share * 100.0
    );
    let mend = "swap start and end, if the hours between them are meant".to_owned();
    Some(subject.about(Check::Inverted, active.index, "end", effect, mend).from(first))
}

/// A side without any firing in the stretch and five years more is Go's zero time.
fn never(subject: &Subject<'_>, active: &Active) -> Option<Finding> {
    let fires = |side: fn(&Firing) -> bool| active.years.walk.firings.iter().any(side);
    let always = active.years.walk.active.steps().is_empty() && *active.years.walk.active.first();
    let never = active.years.walk.active.steps().is_empty() && !*active.years.walk.active.first();
    let long = active.years.window.until.0 - active.years.window.from.0 >= 365 * 86_400;
    let (check, key, effect) = if always && !fires(|firing| firing.start) {
        (Check::StartNever, "start", "the start never fires, which KEDA takes for: always active")
    } else if never && !fires(|firing| firing.end) && (long || fires(|firing| firing.start)) {
        (Check::EndNever, "end", "the end never fires, which KEDA takes for: never active")
    } else {
        return None;
    };
    let mend = "write a date that every year has".to_owned();
    Some(subject.about(check, active.index, key, effect.to_owned(), mend).from(subject.window.from))
}

/// Both sides must fire in every whole local year: a leap day, or a day on which the clocks jump, is missed in others.
fn year_missed(
    subject: &Subject<'_>,
    active: &Active,
    (key, schedule, offsets): (&str, &Schedule, &Offsets),
) -> Option<Finding> {
    let firings = &active.years.walk.firings;
    let start_of = |year| Date::ymd(year, 1, 1).map(|date| offsets.at_wall(date.start().wall_seconds()));
    // The walk sets out at the first instant, so a firing at that very instant is not among them.
    let outset = offsets.local(active.years.window.from);
    let at_outset = |year: i32| outset.date().year() == year && schedule.matches(outset);
    let fires = |year: &i32| {
        let (Some(from), Some(until)) = (start_of(*year), start_of(year + 1)) else { return true };
        let first = firings.partition_point(|firing| firing.at < from);
        let mut inside = firings[first..].iter().take_while(|firing| firing.at < until);
        at_outset(*year) || inside.any(|firing| if key == "start" { firing.start } else { firing.end })
    };
    let missed = whole_years(active.years.window, offsets).find(|year| !fires(year))?;
    let then = match key {
        "start" => "from the end of the year before to that of the year after it is active without a break",
        _ => "what starts then is lost, it is not active before the next start",
    };
    let effect = format!("the {key} does not fire in {missed}: {then}");
    let mend = "write a date and time that every year has".to_owned();
    let first = offsets.at_wall(Date::ymd(missed, 1, 1)?.start().wall_seconds());
    Some(subject.about(Check::YearMissed, active.index, key, effect, mend).from(first))
}

fn whole_years(window: Window<Instant>, offsets: &Offsets) -> RangeInclusive<i32> {
    let from = offsets.local(Instant(window.from.0 - 1)).date().year() + 1;
    let until = offsets.local(window.until).date().year() - 1;
    from..=until
}

/// Boundaries inside the hour that a change of the clocks skips or repeats.
fn clock_changes(
    subject: &Subject<'_>,
    active: &Active,
    (key, schedule, offsets): (&str, &Schedule, &Offsets),
) -> Vec<Finding> {
    let mut found = Vec::new();
    let inside = |change: &Change| active.years.window.contains(change.at);
    for change in offsets.changes().filter(inside) {
        let Some(hit) = matching(schedule, change.stretch()) else { continue };
        let (check, what) = if change.is_gap() {
            (Check::Skipped, "the clocks jump over it, so it does not fire that day")
        } else {
            (Check::Repeated, "the clocks show it twice, so it fires twice")
        };
        if found.iter().any(|finding: &Finding| finding.check == check) {
            continue;
        }
        let effect = format!("{key} at {hit} {}: {what}", offsets.zone());
        let mend = format!("move it to {} or later", change.stretch().until.time_of_day());
        found.push(subject.about(check, active.index, key, effect, mend).from(change.at));
    }
    let midnight = offsets.changes().filter(inside).find(|change| change.is_gap() && at_midnight(*change));
    if let Some(change) = midnight.filter(|_| key == "start") {
        let effect =
            format!("clocks of {} change at midnight: KEDA can fire on the wrong day there", offsets.zone());
        let mend =
            "look at the days around the change, or use a zone that changes at another hour".to_owned();
        let finding = subject.about(Check::ZoneMidnight, active.index, "timezone", effect, mend);
        found.push(finding.from(change.at));
    }
    found
}

fn matching(schedule: &Schedule, stretch: Window<LocalTime>) -> Option<LocalTime> {
    let minutes = stretch.until.minutes_since(stretch.from);
    let mut all = (0..minutes).map(|minute| stretch.from.plus_minutes(minute));
    // Almost no boundary lies on the day of a change.
    let dates = [stretch.from.date(), stretch.until.date()];
    let near = dates.into_iter().any(|date| schedule.on_date(date));
    if near { all.find(|local| schedule.matches(*local)) } else { None }
}

fn tie(subject: &Subject<'_>, active: &Active, offsets: &Offsets) -> Option<Finding> {
    let tie = active.years.walk.firings.iter().find(|firing| firing.start && firing.end)?;
    let effect =
        format!("both sides fire at {}: before it KEDA is active, as before an end", said(tie.at, offsets));
    let mend = "let the sides fire at different times".to_owned();
    Some(subject.about(Check::Tie, active.index, "end", effect, mend).from(tie.at))
}

/// Between two ends the trigger is active, and of two starts only the second counts (kedacore/keda#4677).
///
/// Where the clocks skip or repeat a side (`by_clocks`), that is said already: pairs of the days around a change are its
/// consequence.
fn in_a_row(subject: &Subject<'_>, active: &Active, offsets: &Offsets, by_clocks: bool) -> Vec<Finding> {
    let once = |firing: &Firing| firing.start != firing.end;
    let changes: Vec<Instant> =
        if by_clocks { offsets.changes().map(|change| change.at).collect() } else { Vec::new() };
    let near = |pair: &[Firing]| {
        let around = Window::new(Instant(pair[0].at.0 - 86_400), Instant(pair[1].at.0 + 86_400));
        pair[1].at.0 - pair[0].at.0 <= 2 * 86_400 && changes.iter().any(|at| around.contains(*at))
    };
    let pairs = || {
        let all = active.years.walk.firings.windows(2);
        all.filter(|pair| pair.iter().all(once) && !near(pair))
    };
    let mut found = Vec::new();
    // What is written for minute after minute has a finding of its own.
    let once_an_hour = |side: &Schedule| !text::is_every_minute(side);
    let ends = |pair: &&[Firing]| pair[0].end && pair[1].end;
    if let Some(pair) = pairs().find(ends).filter(|_| once_an_hour(&active.trigger.pair.end)) {
        let (from, until) = (said(pair[0].at, offsets), said(pair[1].at, offsets));
        let effect = format!("two ends in a row: active from {from} on, until {until}");
        let mend = "let it end only on days on which it starts".to_owned();
        found.push(subject.about(Check::EndsInARow, active.index, "end", effect, mend).from(pair[0].at));
    }
    let starts = |pair: &&[Firing]| pair[0].start && pair[1].start;
    if let Some(pair) = pairs().find(starts).filter(|_| once_an_hour(&active.trigger.pair.start)) {
        let (from, until) = (said(pair[0].at, offsets), said(pair[1].at, offsets));
        let effect = format!("two starts in a row: not active from {from} on, only from {until}");
        let mend = "let it start only on days on which it ends".to_owned();
        found.push(subject.about(Check::StartsInARow, active.index, "start", effect, mend).from(pair[0].at));
    }
    found
}

/// A night window limited to months or days lacks its last end: `0 22 * 9 *` to `0 6 * 9 *` runs from 30 September to
/// 1 September.
fn long_tail(subject: &Subject<'_>, active: &Active, offsets: &Offsets) -> Option<Finding> {
    let steps = active.years.walk.active.steps();
    let lengths = steps.windows(2).filter(|pair| pair[0].1);
    let mut lengths: Vec<(i64, Instant)> =
        lengths.map(|pair| (pair[1].0.0 - pair[0].0.0, pair[0].0)).collect();
    lengths.sort_unstable();
    if let Some((at, true)) = steps.last().map(|(at, on)| (*at, *on)) {
        lengths.push((active.years.window.until.0 - at.0, at));
    }
    let (median, _) = *lengths.get(lengths.len().checked_sub(1)? / 2)?;
    let (longest, from) = *lengths.iter().max()?;
    if median > 86_400 || longest < 7 * 86_400 {
        return None;
    }
    let effect = format!("active for {} days from {} on", longest / 86_400, said(from, offsets));
    let mend = "let the window that begins last find its end: widen the end's days or months".to_owned();
    Some(subject.about(Check::LongTail, active.index, "end", effect, mend).from(from))
}

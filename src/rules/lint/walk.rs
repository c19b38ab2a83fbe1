//! A cron trigger as it fires: the events of both sides over the stretch, to the second.

use std::ops::RangeInclusive;

use super::super::finding::Finding;
use super::super::subject::Subject;
use super::again::{self, Side};
use super::horizon::Horizon;
use super::meant::{self, Astray};
use super::{clocks, inverted, said};
use crate::finding::Rule;
use crate::keda::activity::Firing;
use crate::keda::cron::Schedule;
use crate::keda::floor::Active;
use crate::time::{Date, Instant, Offsets, Window};

/// All checks of one trigger.
pub(super) fn check(subject: &Subject<'_>, active: &Active, horizon: Horizon) -> Vec<Finding> {
    let (start, end): (&Offsets, &Offsets) = (&active.years.clocks.0, &active.years.clocks.1);
    let sides = [("start", &active.trigger.pair.start, start), ("end", &active.trigger.pair.end, end)];
    let mut found = Vec::new();
    if let Some(finding) = never(subject, active) {
        found.push(finding);
        return found;
    }
    let mut astray = meant::astray(active);
    astray.retain(|one| horizon.holds_on(start.local(one.window.from).date(), start, subject));
    let changes = clocks::check(subject, active, &astray);
    found.extend(years_missed(subject, active, sides, &changes));
    found.extend(changes);
    found.extend(tie(subject, active, start));
    found.extend(again::check(subject, active));
    found.extend(in_a_row(subject, active, (start, horizon), &astray));
    let long = long_tail(subject, active, start, &astray);
    found.extend(long.or_else(|| inverted::check(subject, active, start)));
    found
}

/// A side without any firing in the stretch and five years more is Go's zero time.
fn never(subject: &Subject<'_>, active: &Active) -> Option<Finding> {
    let fires = |side: fn(&Firing) -> bool| active.years.walk.firings.iter().any(side);
    let always = active.years.walk.active.steps().is_empty() && *active.years.walk.active.first();
    let never = active.years.walk.active.steps().is_empty() && !*active.years.walk.active.first();
    // In a short stretch a side that fires in some other month does not fire either: the search says whether it ever does.
    let (start, end) = (&active.trigger.pair.start, &active.trigger.pair.end);
    let from = active.years.window.from;
    let zero = |side: &Schedule, offsets: &Offsets| side.next(from, offsets) == Ok(None);
    let (at_start, at_end) = (&active.years.clocks.0, &active.years.clocks.1);
    let (check, key, effect) = if always && !fires(|firing| firing.start) && zero(start, at_start) {
        (Rule::CronStartNever, "start", "the start never fires, which KEDA takes for: always active")
    } else if never && !fires(|firing| firing.end) && zero(end, at_end) {
        (Rule::CronEndNever, "end", "the end never fires, which KEDA takes for: never active")
    } else {
        return None;
    };
    let mend = "write a date that every year has".to_owned();
    Some(subject.about(check, active.index, key, effect.to_owned(), mend).from(subject.window.from))
}

/// A side's key, its schedule and its clock.
type Timed<'a> = (&'static str, &'a Schedule, &'a Offsets);

/// Both sides must fire in every whole local year: a leap day, or a day on which the clocks jump, is missed in others.
fn years_missed(
    subject: &Subject<'_>,
    active: &Active,
    sides: [Timed<'_>; 2],
    changes: &[Finding],
) -> Vec<Finding> {
    // Why it does not fire in a year is said there.
    let is_said = |key: &str| {
        let mut skipped = changes.iter().filter(|finding| finding.rule == Rule::CronDstGap);
        skipped.any(|finding| finding.place.field.ends_with(key))
    };
    let missed = sides.map(|side| year_missed(active, side).filter(|_| !is_said(side.0)));
    let [(start, ..), (end, _, clock)] = sides;
    let finding = |key: &str, offsets: &Offsets, year: i32, then: &str| {
        let effect = format!("the {key} does not fire in {year}: {then}");
        let mend = "write a date and time that every year has".to_owned();
        let first = Date::ymd(year, 1, 1).map(|date| offsets.at_wall(date.start().wall_seconds()));
        let finding = subject.about(Rule::CronYearMissed, active.index, key, effect, mend);
        first.map(|first| finding.from(first))
    };
    let offsets = sides[0].2;
    let found = match missed {
        [Some(year), Some(other)] if year == other => {
            vec![finding(start, offsets, year, "nor does the end, it is not active in that year")]
        }
        [at_start, at_end] => vec![
            at_start.and_then(|year| {
                let then =
                    "from the end of the year before to that of the year after it is active without a break";
                finding(start, offsets, year, then)
            }),
            at_end.and_then(|year| {
                finding(end, clock, year, "what starts then is lost, it is not active before the next start")
            }),
        ],
    };
    found.into_iter().flatten().collect()
}

/// The first whole local year in which a side does not fire.
fn year_missed(active: &Active, (key, schedule, offsets): Timed<'_>) -> Option<i32> {
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
    whole_years(active.years.window, offsets).find(|year| !fires(year))
}

fn whole_years(window: Window<Instant>, offsets: &Offsets) -> RangeInclusive<i32> {
    let from = offsets.local(Instant(window.from.0 - 1)).date().year() + 1;
    let until = offsets.local(window.until).date().year() - 1;
    from..=until
}

fn tie(subject: &Subject<'_>, active: &Active, offsets: &Offsets) -> Option<Finding> {
    let tie = active.years.walk.firings.iter().find(|firing| firing.start && firing.end)?;
    let effect =
        format!("both sides fire at {}: before it KEDA is active, as before an end", said(tie.at, offsets));
    let mend = "let the sides fire at different times".to_owned();
    Some(subject.about(Rule::CronTie, active.index, "end", effect, mend).from(tie.at))
}

/// Between two ends the trigger is active, and of two starts only the second counts (kedacore/keda#4677).
///
/// What a change of the clocks leads astray is said already: pairs around it are its consequence.
fn in_a_row(
    subject: &Subject<'_>,
    active: &Active,
    (offsets, horizon): (&Offsets, Horizon),
    astray: &[Astray],
) -> Vec<Finding> {
    let once = |firing: &Firing| firing.start != firing.end;
    let pair = &active.trigger.pair;
    let meets = |side: &Schedule| clocks::meets_change(active, (side, offsets));
    let changes: Vec<Instant> = if meets(&pair.start) || meets(&pair.end) {
        offsets.changes().map(|change| change.at).collect()
    } else {
        Vec::new()
    };
    let passed = active.years.walk.passed.iter().map(|passed| Window::new(passed.from, passed.until));
    let said_already: Vec<Window<Instant>> = astray.iter().map(|one| one.window).chain(passed).collect();
    let near = |pair: &[Firing]| {
        let between = Window::new(pair[0].at, Instant(pair[1].at.0 + 1));
        let around = Window::new(Instant(pair[0].at.0 - 86_400), Instant(pair[1].at.0 + 86_400));
        let is_short = pair[1].at.0 - pair[0].at.0 <= 2 * 86_400;
        said_already.iter().any(|window| between.intersection(*window).is_some())
            || is_short && changes.iter().any(|at| around.contains(*at))
    };
    let holds = |pair: &[Firing]| horizon.holds_on(offsets.local(pair[0].at).date(), offsets, subject);
    let pairs = || {
        let all = active.years.walk.firings.windows(2);
        all.filter(|pair| pair.iter().all(once) && !near(pair) && holds(pair))
    };
    let mut found = Vec::new();
    // What fires again and again has a finding of its own.
    let now_and_then = |side: Side| !again::fires_again(active, side);
    let ends = |pair: &&[Firing]| pair[0].end && pair[1].end;
    if let Some(pair) = pairs().find(ends).filter(|_| now_and_then(Side::End)) {
        // A third end may follow: the trigger stays active until a start comes after an end.
        let until = active.years.walk.active.next_change(pair[0].at).map(|(at, _)| said(*at, offsets));
        let from = said(pair[0].at, offsets);
        let effect = match until {
            Some(until) => format!("two ends in a row: active from {from} on, until {until}"),
            None => format!("two ends in a row: active from {from} on"),
        };
        let mend = "let it end only on days on which it starts".to_owned();
        found.push(subject.about(Rule::CronEndsInARow, active.index, "end", effect, mend).from(pair[0].at));
    }
    let starts = |pair: &&[Firing]| {
        pair[0].start && pair[1].start && !is_turn_of_month(&active.trigger.pair.start, pair, offsets)
    };
    if let Some(pair) = pairs().find(starts).filter(|_| now_and_then(Side::Start)) {
        let (from, until) = (said(pair[0].at, offsets), said(pair[1].at, offsets));
        let effect = format!("two starts in a row: not active from {from} on, only from {until}");
        let mend = "let it start only on days on which it ends".to_owned();
        found.push(
            subject.about(Rule::CronStartsInARow, active.index, "start", effect, mend).from(pair[0].at),
        );
    }
    found
}

/// Cron has no word for the last day of a month (kedacore/keda#3854). A start on 28 to 31, or to the last day that its months
/// can have, with an end in the next month says
/// it: of the starts at most four days before the turn only the last one counts, which is that of the last day.
fn is_turn_of_month(start: &Schedule, pair: &[Firing], offsets: &Offsets) -> bool {
    // Of 29 to 31 February has none: that shows as an end after an end.
    let first = start.dom.from(1).unwrap_or(31);
    let longest = (1..=12).filter(|month| start.month.contains(*month)).map(most_days).max().unwrap_or(31);
    let tail = first >= 28 && first < longest && (first..=longest).all(|day| start.dom.contains(day));
    let once_a_day = start.minute.count() == 1 && start.hour.count() == 1;
    let (one, next) = (offsets.local(pair[0].at).date(), offsets.local(pair[1].at).date());
    tail && once_a_day && start.dow.is_star() && next.days_since(one) == 1
}

/// Of a month in its longest year.
fn most_days(month: u32) -> u32 {
    match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// A night window limited to months or days lacks its last end: `0 22 * 9 *` to `0 6 * 9 *` runs from 30 September to
/// 1 September.
fn long_tail(
    subject: &Subject<'_>,
    active: &Active,
    offsets: &Offsets,
    astray: &[Astray],
) -> Option<Finding> {
    let steps = active.years.walk.active.steps();
    let lengths = steps.windows(2).filter(|pair| pair[0].1);
    let mut lengths: Vec<(i64, Instant)> =
        lengths.map(|pair| (pair[1].0.0 - pair[0].0.0, pair[0].0)).collect();
    lengths.sort_unstable();
    if let Some((at, true)) = steps.last().map(|(at, on)| (*at, *on)) {
        lengths.push((active.years.window.until.0 - at.0, at));
    }
    let (median, _) = *lengths.get(lengths.len().checked_sub(1)? / 2)?;
    let by_clocks = |from: Instant, length: i64| {
        let whole = Window::new(from, Instant(from.0 + length));
        astray.iter().any(|one| one.is_active && one.window.intersection(whole).is_some())
    };
    let (longest, from) =
        lengths.iter().copied().filter(|(length, from)| !by_clocks(*from, *length)).max()?;
    if median > 86_400 || longest < 7 * 86_400 {
        return None;
    }
    let effect = format!("active for {} days from {} on", longest / 86_400, said(from, offsets));
    let mend = "let the window that begins last find its end: widen the end's days or months".to_owned();
    Some(subject.about(Rule::CronLongTail, active.index, "end", effect, mend).from(from))
}

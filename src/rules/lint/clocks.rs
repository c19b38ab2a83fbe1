//! Boundaries inside the hour that a change of the clocks skips or repeats, and what KEDA's search makes of other changes.

use super::super::finding::Finding;
use super::super::subject::Subject;
use super::meant::{Astray, matching};
use super::moved;
use crate::finding::Rule;
use crate::keda::activity::{Edge, at_midnight};
use crate::keda::cron::Schedule;
use crate::keda::floor::Active;
use crate::time::{Change, Offsets, Window};

/// What changes of the clocks cost: a finding for each kind of change and each side that lies in it.
pub(super) fn check(subject: &Subject<'_>, active: &Active, astray: &[Astray]) -> Vec<Finding> {
    let (start, end): (&Offsets, &Offsets) = (&active.years.clocks.0, &active.years.clocks.1);
    let pair = &active.trigger.pair;
    let mut found = Vec::new();
    for is_gap in [true, false] {
        let own: Vec<&Astray> = astray.iter().filter(|one| one.change.is_gap() == is_gap).collect();
        let cost = subject.misplaced(active, own.iter().map(|one| one.window));
        let check = if is_gap { Rule::CronDstGap } else { Rule::CronDstFold };
        let mut found_before = false;
        let sides = [(Edge::Start, &pair.start, start), (Edge::End, &pair.end, end)];
        for (edge, schedule, offsets) in sides {
            let key = edge.key();
            let hit = own.iter().find_map(|one| Some((*one, matching(schedule, one.change.stretch())?)));
            let Some((first, hit)) = hit else { continue };
            let what = if is_gap {
                "the clocks jump over it, so it does not fire that day"
            } else {
                "the clocks show it twice, so it fires twice"
            };
            let effect = format!("{key} at {hit} {}: {what}", offsets.zone());
            let until = first.change.stretch().until.time_of_day();
            let clean = moved::clean_hour(active, edge, until);
            let mend = format!("move it to {} or later", clean.unwrap_or(until));
            let finding = subject.about(check, active.index, key, effect, mend);
            found.push(finding.from(first.window.from).costing(cost));
            found_before = true;
        }
        // What passed firings bring has a finding of its own.
        let is_new = |one: &&&Astray| {
            let mut passed = active.years.walk.passed.iter();
            !passed.any(|passed| Window::new(passed.from, passed.until).intersection(one.window).is_some())
        };
        if let Some(first) = own.iter().find(is_new).filter(|_| !found_before) {
            found.push(passed_over(subject, active, (check, first)).costing(cost));
        }
    }
    found.extend(midnight(subject, active));
    found
}

/// Neither side lies in the change, and KEDA's search passes over one of them all the same.
fn passed_over(subject: &Subject<'_>, active: &Active, (check, first): (Rule, &Astray)) -> Finding {
    let offsets = &active.years.clocks.0;
    let change = first.change;
    let minutes = (change.after - change.before).abs() / 60;
    let turn = if change.is_gap() { "forward" } else { "back" };
    let not = if first.is_active { "active" } else { "not active" };
    let effect = format!(
        "on {} the clocks of {} go {turn} by {minutes} minutes, and KEDA's search passes over a time of that day: {not} from {} to {}",
        change.stretch().from.date(),
        offsets.zone(),
        offsets.local(first.window.from),
        offsets.local(first.window.until),
    );
    let after = change.stretch().until.time_of_day();
    let pair = &active.trigger.pair;
    let mut sides = [(Edge::Start, &pair.start), (Edge::End, &pair.end)];
    // It is the side near the change that is passed over.
    sides.sort_by_key(|(_, side)| side.hour.only().map_or(u32::MAX, |hour| hour.abs_diff(after.hour())));
    let clean =
        sides.into_iter().find_map(|(edge, _)| Some((edge.key(), moved::clean_hour(active, edge, after)?)));
    let mend = match clean {
        Some((key, hour)) => format!("move the {key} to {hour}, which no change of these clocks touches"),
        None if at_midnight(change) => {
            "let an end at midnight be one at 23:59, and look at the days around the change: KEDA's search for a day begins at its midnight".to_owned()
        }
        None => {
            "look at the days around the change, or use a zone whose clocks change by whole hours at night"
                .to_owned()
        }
    };
    subject.about(check, active.index, "timezone", effect, mend).from(first.window.from)
}

/// Clocks that change at midnight can let a date fire on the wrong day.
fn midnight(subject: &Subject<'_>, active: &Active) -> Option<Finding> {
    let offsets = &active.years.clocks.0;
    // On every day there is no wrong one.
    let pair = &active.trigger.pair;
    if [&pair.start, &pair.end].into_iter().all(is_every_day) {
        return None;
    }
    let change = changes(active, offsets).find(|change| change.is_gap() && at_midnight(*change))?;
    let effect =
        format!("clocks of {} change at midnight: KEDA can fire on the wrong day there", offsets.zone());
    let mend = "look at the days around the change, and let windows begin and end at other hours than those around midnight".to_owned();
    Some(subject.about(Rule::CronZoneMidnight, active.index, "timezone", effect, mend).from(change.at))
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

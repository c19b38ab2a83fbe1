//! Seasons of two years beside each other, in words.

use std::fmt::Write;

use serde::Serialize;

use crate::plan::{OccasionKind, Plan};
use crate::renew::Pin;
use crate::review::SeasonChange;
use crate::time::{Date, Window};

/// What a renewal does, season by season.
pub fn renewal(changes: &[SeasonChange], (old, new): (&Plan, &Plan)) -> String {
    let horizon = new.horizon;
    let mut out =
        format!("The plan runs from {} to {}.\n", horizon.from.long(), horizon.until.plus_days(-1).long());
    for change in with_the_gone_once(changes) {
        let fills = fills(&change.before, old.horizon) && fills(&change.after, horizon);
        let said = if fills && change.floors.is_empty() {
            format!("{}: all year, as before", whose(&change))
        } else {
            line(&change, true)
        };
        let _ = writeln!(out, "  {said}");
    }
    out
}

/// Seasons that a change moves: not those that have the same dates as before, or every day of both plans.
pub(super) fn moved(changes: &[SeasonChange], (old, new): (&Plan, &Plan)) -> Vec<String> {
    let is_same = |change: &SeasonChange| {
        let both = (in_one(&change.before), in_one(&change.after));
        both.0 == both.1 || fills(&change.before, old.horizon) && fills(&change.after, new.horizon)
    };
    let moved = changes.iter().filter(|change| !is_same(change) || !change.floors.is_empty());
    moved.map(|change| line(change, false)).collect()
}

/// A season that is gone from several places, each of which had its own dates, is gone once.
fn with_the_gone_once(changes: &[SeasonChange]) -> Vec<SeasonChange> {
    let mut all: Vec<SeasonChange> = Vec::with_capacity(changes.len());
    for change in changes {
        let is_same = |other: &SeasonChange| (other.kind, &other.name) == (change.kind, &change.name);
        let is_gone = |other: &SeasonChange| other.after.is_empty();
        match all.iter_mut().find(|other| is_same(other) && is_gone(other) && is_gone(change)) {
            Some(known) => {
                known.before.extend(&change.before);
                known.before.sort();
                known.before.dedup();
                let places = known.place.take().into_iter().chain(change.place.clone());
                let everywhere = changes.iter().filter(|other| is_same(other)).all(is_gone);
                known.place = Some(places.collect::<Vec<_>>().join(", ")).filter(|_| !everywhere);
            }
            None => all.push(change.clone()),
        }
    }
    all
}

/// What is still said of years that are over, by line.
pub fn pins(calendar: &str, pins: &[Pin]) -> String {
    if pins.is_empty() {
        return String::new();
    }
    let mut out = "Still of a year that is over:\n".to_owned();
    for Pin { line, key, value } in pins {
        let _ = writeln!(out, "  {calendar}:{line}: {key} = {value}");
    }
    out
}

/// `Black Friday: Fri 27 Nov 2026 -> Fri 26 Nov 2027`
pub(super) fn line(change: &SeasonChange, is_renewal: bool) -> String {
    let whose = whose(change);
    let floors: Vec<String> = change
        .floors
        .iter()
        .map(|(target, before, after)| format!("{target} {before} -> {after} replicas"))
        .collect();
    let floors = if floors.is_empty() { String::new() } else { format!("; {}", floors.join(", ")) };
    match (change.before.as_slice(), change.after.as_slice()) {
        (before, []) if is_renewal => {
            format!("{whose}: gone, it has no date in this plan; it was {}", dates(before))
        }
        (before, []) => format!("{whose}: gone, it was {}", dates(before)),
        ([], after) => format!("{whose}: {} (new)", dates(after)),
        (before, after) => format!("{whose}: {} -> {}{floors}", dates(before), dates(after)),
    }
}

/// `Black Friday in US`
fn whose(change: &SeasonChange) -> String {
    let place = change.place.as_ref().map(|place| format!(" in {place}")).unwrap_or_default();
    format!("{}{place}", change.title)
}

/// Whether a season has no day of the plan to itself that it does not take.
fn fills(windows: &[Window<Date>], horizon: Window<Date>) -> bool {
    in_one(windows).iter().any(|dates| dates.intersection(horizon) == Some(horizon))
}

/// Dates of which those in a row are one: a season of the whole year has no seam at its end.
fn in_one(windows: &[Window<Date>]) -> Vec<Window<Date>> {
    let mut all: Vec<Window<Date>> = Vec::with_capacity(windows.len());
    for dates in windows {
        match all.last_mut().filter(|last| last.until == dates.from) {
            Some(last) => last.until = dates.until,
            None => all.push(*dates),
        }
    }
    all
}

fn dates(windows: &[Window<Date>]) -> String {
    const MOST: usize = 3;
    let windows = in_one(windows);
    let said: Vec<String> = windows.iter().map(|window| stretch(*window)).collect();
    match (windows.first(), windows.last()) {
        (Some(first), Some(last)) if windows.len() > MOST => format!(
            "{} times from {} to {}",
            windows.len(),
            first.from.long(),
            last.until.plus_days(-1).long()
        ),
        _ => said.join(", "),
    }
}

/// `Fri 27 Nov 2026`, `Thu 26 Nov 2026 - Mon 30 Nov 2026`
fn stretch(window: Window<Date>) -> String {
    let last = window.until.plus_days(-1);
    if last <= window.from { window.from.long() } else { format!("{} - {}", window.from.long(), last.long()) }
}

/// A season for programs.
#[derive(Serialize)]
pub(super) struct View<'c> {
    name: &'c str,
    title: &'c str,
    kind: &'static str,
    place: Option<&'c str>,
    before: Vec<Dates>,
    after: Vec<Dates>,
    floors: Vec<FloorView<'c>>,
}

#[derive(Serialize)]
struct Dates {
    from: String,
    until: String,
}

#[derive(Serialize)]
struct FloorView<'c> {
    target: &'c str,
    before: u32,
    after: u32,
}

pub(super) fn view(change: &SeasonChange) -> View<'_> {
    let dates = |windows: &[Window<Date>]| {
        let one =
            |window: &Window<Date>| Dates { from: window.from.to_string(), until: window.until.to_string() };
        windows.iter().map(one).collect()
    };
    let floors = change.floors.iter();
    View {
        name: &change.name,
        title: &change.title,
        kind: match change.kind {
            OccasionKind::Season => "season",
            OccasionKind::Campaign => "campaign",
        },
        place: change.place.as_deref(),
        before: dates(&change.before),
        after: dates(&change.after),
        floors: floors
            .map(|(target, before, after)| FloorView { target, before: before.0, after: after.0 })
            .collect(),
    }
}

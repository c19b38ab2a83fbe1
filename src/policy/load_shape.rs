//! `[load]`: how the load goes over a day, in steps of 15 minutes, and over a week.

use super::decode::{Problems, Table, Value};
use super::diags;
use crate::profile::LoadShape;
use crate::time::TimeOfDay;

/// Quarters of an hour of a day.
const QUARTERS: usize = 96;
/// A part of the load; more than ten times the usual is a slip of the pen.
const MOST: f64 = 10.0;
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The shape; none where nothing is said.
pub(super) fn read(root: &mut Table<'_>, problems: &mut Problems) -> Option<LoadShape> {
    let mut table = root.get("load")?.table("`[load]`", problems)?;
    let day = table.need("day", problems).and_then(|value| day(&value, problems));
    let mut week = [1.0; 7];
    if let Some(mut days) = table.get("week").and_then(|value| value.table("`week`", problems)) {
        for (name, part) in DAYS.into_iter().zip(&mut week) {
            if let Some(value) = days.get(name) {
                *part = share(name, &value, problems).unwrap_or(1.0);
            }
        }
        days.finish(problems);
    }
    table.finish(problems);
    Some(LoadShape { day: day?, week })
}

fn share(key: &str, value: &Value<'_>, problems: &mut Problems) -> Option<f64> {
    let number = value.number(problems)?;
    let share = Some(number.value).filter(|share| (0.0..=MOST).contains(share));
    if share.is_none() {
        problems.push(diags::bad_value(key, "a part of the load, from 0 to 10", number.span));
    }
    share
}

/// `["00:00 0.1", "06:00 0.1", "09:00 1", "17:00 1"]`: the part at a time, and in between as straight lines go; after the last
/// it goes back to the first.
fn day(value: &Value<'_>, problems: &mut Problems) -> Option<[f64; QUARTERS]> {
    let wanted = "a time in quarters of an hour and a part of the load, such as \"09:00 1.0\", later than the one before";
    let mut knots: Vec<(usize, f64)> = Vec::new();
    for text in value.texts(problems)? {
        match knot(text.value).filter(|(quarter, _)| knots.last().is_none_or(|(last, _)| last < quarter)) {
            Some(knot) => knots.push(knot),
            None => {
                problems.push(diags::bad_value("day", wanted, text.span));
                return None;
            }
        }
    }
    let (Some(first), Some(last)) = (knots.first().copied(), knots.last().copied()) else {
        problems.push(diags::bad_value("day", "at least one time with its part", value.span));
        return None;
    };
    // Around midnight.
    knots.insert(0, (0, last.1 + (first.1 - last.1) * part(QUARTERS - last.0, QUARTERS - last.0 + first.0)));
    knots.push((QUARTERS + first.0, first.1));
    let mut day = [0.0; QUARTERS];
    for (quarter, load) in day.iter_mut().enumerate() {
        let after = knots.partition_point(|(at, _)| *at <= quarter);
        let ((from, low), (until, high)) = (knots[after - 1], knots[after]);
        *load = low + (high - low) * part(quarter - from, until - from);
    }
    Some(day)
}

fn part(some: usize, all: usize) -> f64 {
    some as f64 / all as f64
}

fn knot(text: &str) -> Option<(usize, f64)> {
    let (time, share) = text.split_once(' ')?;
    let minutes = usize::try_from(TimeOfDay::parse(time)?.minutes()).ok()?;
    let share = share.trim().parse::<f64>().ok().filter(|share| (0.0..=MOST).contains(share))?;
    minutes.is_multiple_of(15).then_some((minutes / 15, share)).filter(|(quarter, _)| *quarter < QUARTERS)
}

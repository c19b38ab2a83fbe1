//! `hours` and `hours-on`: when on a day a season holds.

use super::decode::{Problems, Value};
use super::flaw::{Flaw, flaw};
use super::{dates, days, diags};
use crate::dates::DateRule;
use crate::source::Located;
use crate::time::{Hours, TimeOfDay};

/// The windows of a season's days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayHours {
    /// Each window with the weekdays, Monday first, on which it begins.
    pub windows: Vec<([bool; 7], Located<Hours>)>,
    /// Whether they are written by weekday: then they say themselves which days are taken.
    pub by_weekday: bool,
}

/// Other hours on some dates: `hours-on = { "12-24" = "08:00-13:00" }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoursOn {
    /// Which dates.
    pub date: Located<DateRule>,
    /// Their windows.
    pub windows: Vec<Located<Hours>>,
}

/// `hours = ".."`, a list of them, or a table by weekday.
pub(super) fn hours(value: Value<'_>, problems: &mut Problems) -> Option<Located<DayHours>> {
    let Some(table) = value.as_table("`hours`") else {
        let windows = windows(value, problems)?;
        let windows = windows.into_iter().map(|window| ([true; 7], window)).collect();
        return Some(Located::new(DayHours { windows, by_weekday: false }, value.span));
    };
    let mut all: Vec<([bool; 7], Located<Hours>)> = Vec::new();
    let mut taken = [false; 7];
    for entry in table.values() {
        let weekdays = match days::weekdays(entry.key) {
            Ok(weekdays) => weekdays,
            Err(flaw) => {
                problems.push(diags::dates::bad_days(&flaw.what, entry.key_span));
                continue;
            }
        };
        if (0..7).any(|at| taken[at] && weekdays[at]) {
            let what = "a weekday has its hours once: write two windows as a list, `fri = [\"08:00-12:00\", \"14:00-18:00\"]`";
            problems.push(diags::dates::bad_days(what, entry.key_span));
        }
        (0..7).for_each(|at| taken[at] |= weekdays[at]);
        all.extend(windows(entry, problems)?.into_iter().map(|window| (weekdays, window)));
    }
    Some(Located::new(DayHours { windows: all, by_weekday: true }, value.span))
}

/// `hours-on`
pub(super) fn hours_on(value: Value<'_>, problems: &mut Problems) -> Vec<HoursOn> {
    let Some(table) = value.table("`hours-on`", problems) else { return Vec::new() };
    let on = |entry: Value<'_>, problems: &mut Problems| {
        let date = dates::key_rule(entry, problems);
        let windows = windows(entry, problems)?;
        Some(HoursOn { date: date?, windows })
    };
    table.values().filter_map(|entry| on(entry, problems)).collect()
}

/// One window or a list of them.
fn windows(value: Value<'_>, problems: &mut Problems) -> Option<Vec<Located<Hours>>> {
    if !value.is_list() {
        return window(value, problems).map(|window| vec![window]);
    }
    let elements = value.list(problems)?;
    if elements.is_empty() {
        problems.push(diags::dates::bad_hours("a list of hours names at least one window", value.span));
    }
    let windows: Vec<_> = elements.into_iter().filter_map(|element| window(element, problems)).collect();
    if windows.is_empty() {
        return None;
    }
    for (at, one) in windows.iter().enumerate() {
        if let Some(other) = windows[..at].iter().find(|other| one.value.meets(other.value)) {
            problems.push(diags::dates::hours_overlap(other.span, one.span));
        }
    }
    Some(windows)
}

fn window(value: Value<'_>, problems: &mut Problems) -> Option<Located<Hours>> {
    let text = value.text(problems)?;
    match parse(text.value) {
        Ok(hours) => Some(Located::new(hours, text.span)),
        Err(flaw) => {
            problems.push(diags::dates::bad_hours(&flaw.what, text.span.part(flaw.at)));
            None
        }
    }
}

/// `08:00-20:00`, `22:00-06:00`, `08:00-24:00`
fn parse(text: &str) -> Result<Hours, Flaw> {
    let Some((left, right)) = text.split_once('-') else {
        return flaw(0..text.len(), "hours are written as `08:00-20:00`");
    };
    let second = left.len() + 1;
    let time = |part: &str, at: usize| {
        let wrong = "a clock time is written as `08:00`, from 00:00 to 24:00";
        TimeOfDay::parse(part).ok_or_else(|| Flaw { at: at..at + part.len(), what: wrong.to_owned() })
    };
    let (from, until) = (time(left, 0)?, time(right, second)?);
    if from == TimeOfDay::END_OF_DAY {
        return flaw(0..left.len(), "a day begins at 00:00, not at 24:00");
    }
    Ok(Hours::Daily { from, until })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flaw_points_at_the_part_that_is_wrong() {
        assert_eq!(parse("08:00-25:00").unwrap_err().at, 6..11);
    }
}

//! The small languages inside strings: durations, daily hours, selections of weekdays.

use std::ops::Range;

use crate::quantity::{Millis, Seconds};
use crate::time::{TimeOfDay, Weekday};

/// Daily hours `[from, until)`; not later than `from` means on the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DailyHours {
    /// First minute inside.
    pub from: TimeOfDay,
    /// First minute outside.
    pub until: TimeOfDay,
}

/// Which days of a season are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayRule {
    /// Monday to Sunday.
    pub weekdays: [bool; 7],
    /// Whether the territory's holidays are left out.
    pub less_holidays: bool,
    /// As written.
    pub text: String,
}

impl DayRule {
    /// Every day of the week.
    pub fn every_day() -> Self {
        Self { weekdays: [true; 7], less_holidays: false, text: "mon-sun".to_owned() }
    }
}

/// What is wrong with a string, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    pub(super) at: Range<usize>,
    pub(super) what: String,
}

fn flaw<T>(at: Range<usize>, what: impl Into<String>) -> Result<T, Flaw> {
    Err(Flaw { at, what: what.into() })
}

/// An hour: nobody waits for an answer longer, and twice and four times of it still have buckets.
const LONGEST_LATENCY: u32 = 3_600_000;

/// `250ms` or `2s`
pub(super) fn millis(text: &str) -> Option<Millis> {
    let value = match text.strip_suffix("ms") {
        Some(count) => digits(count)?,
        None => digits(text.strip_suffix('s')?)?.checked_mul(1000)?,
    };
    (1..=LONGEST_LATENCY).contains(&value).then_some(Millis(value))
}

/// `180s`, `30m`, `2h` or `14d`
pub(super) fn seconds(text: &str) -> Option<Seconds> {
    let unit = match text.chars().next_back()? {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return None,
    };
    let count = digits(&text[..text.len() - 1])?;
    count.checked_mul(unit).filter(|seconds| *seconds > 0).map(Seconds)
}

/// `14d` or `2w`, in days
pub(super) fn days(text: &str) -> Option<u32> {
    let (count, unit) = match text.chars().next_back()? {
        'd' => (&text[..text.len() - 1], 1),
        'w' => (&text[..text.len() - 1], 7),
        _ => return None,
    };
    digits(count)?.checked_mul(unit).filter(|days| (1..=366).contains(days))
}

fn digits(text: &str) -> Option<u32> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

/// `08:00-20:00`, `22:00-06:00`, `08:00-24:00`
pub(super) fn hours(text: &str) -> Result<DailyHours, Flaw> {
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
    Ok(DailyHours { from, until })
}

/// `mon-sun`, `mon-fri`, `workdays`, `sat,sun`, `mon,wed-fri`
pub(super) fn day_rule(text: &str) -> Result<DayRule, Flaw> {
    if text == "workdays" {
        let weekdays = [true, true, true, true, true, false, false];
        return Ok(DayRule { weekdays, less_holidays: true, text: text.to_owned() });
    }
    let mut weekdays = [false; 7];
    let mut at = 0;
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let weekday = |name: &str, at: usize| {
            let wrong =
                "weekdays are mon, tue, wed, thu, fri, sat, sun; or `workdays` for mon-fri less holidays";
            Weekday::parse(name).ok_or_else(|| Flaw { at: at..at + name.len(), what: wrong.to_owned() })
        };
        let from = weekday(first, at)?;
        let to = if part.contains('-') { weekday(last, at + first.len() + 1)? } else { from };
        if to < from {
            return flaw(at..at + part.len(), "a range of weekdays runs forward from Monday to Sunday");
        }
        weekdays[from.index()..=to.index()].fill(true);
        at += part.len() + 1;
    }
    Ok(DayRule { weekdays, less_holidays: false, text: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_need_a_unit_and_are_never_zero() {
        assert_eq!(millis("250ms"), Some(Millis(250)));
        assert_eq!(millis("2s"), Some(Millis(2000)));
        assert_eq!(seconds("30m"), Some(Seconds(1800)));
        assert_eq!(days("2w"), Some(14));
        for wrong in ["", "5", "0s", "-5s", "1.5h", "5 s", "ms", "99999999999s", "9999999h"] {
            assert_eq!(seconds(wrong), None, "{wrong}");
            assert_eq!(millis(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_flaw_points_at_the_part_that_is_wrong() {
        assert_eq!(hours("08:00-25:00").unwrap_err().at, 6..11);
        assert_eq!(day_rule("mon,sat-tues").unwrap_err().at, 8..12);
        assert_eq!(day_rule("fri-mon").unwrap_err().at, 0..7);
    }

    #[test]
    fn selections_of_days_may_mix_ranges_and_single_days() {
        let rule = day_rule("mon,wed-fri").unwrap();
        assert_eq!(rule.weekdays, [true, false, true, true, true, false, false]);
        assert!(day_rule("workdays").unwrap().less_holidays);
    }
}

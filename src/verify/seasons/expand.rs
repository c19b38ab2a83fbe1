//! Recurring events as the windows that they stand for: as much of RRULE as the feed may use, anything else refused.

use super::component::Component;
use crate::time::{Date, LocalTime, TimeOfDay, Weekday, Window};

/// More windows than this in one event: no calendar of a plan.
const MOST: usize = 20_000;

/// The windows of an event, and their zone.
pub(super) fn windows(event: &Component) -> Result<(Vec<Window<LocalTime>>, String), String> {
    let time = |name: &str| {
        let property = event.one(name)?;
        Some((local(&property.value)?, property.zone.clone()?))
    };
    let (start, zone) = time("DTSTART").ok_or("has no local DTSTART with a zone")?;
    let (end, end_zone) = time("DTEND").ok_or("has no local DTEND with a zone")?;
    if end <= start || end_zone != zone {
        return Err("does not end after it begins, in one zone".to_owned());
    }
    let known = [
        "UID",
        "DTSTAMP",
        "DTSTART",
        "DTEND",
        "RRULE",
        "EXDATE",
        "SUMMARY",
        "LOCATION",
        "CATEGORIES",
        "TRANSP",
        "DESCRIPTION",
    ];
    if let Some(other) = event.properties.iter().find(|property| !known.contains(&property.name.as_str())) {
        return Err(format!("has `{}`, which nobody checks", other.name));
    }
    let days = match event.one("RRULE") {
        None => vec![start.date()],
        Some(rule) => {
            recurring(start.date(), &rule.value).ok_or_else(|| format!("has the rule `{}`", rule.value))?
        }
    };
    let without: Vec<LocalTime> = match event.one("EXDATE") {
        None => Vec::new(),
        Some(dates) if dates.zone.as_ref() == Some(&zone) => {
            dates.value.split(',').map(local).collect::<Option<_>>().ok_or("has an EXDATE that is none")?
        }
        Some(_) => return Err("has an EXDATE in another zone".to_owned()),
    };
    let length = end.minutes_since(start);
    let starts = days.into_iter().map(|day| day.at(start.time_of_day()));
    let left = starts.filter(|start| !without.contains(start));
    Ok((left.map(|start| Window::new(start, start.plus_minutes(length))).collect(), zone))
}

/// The dates of `FREQ=DAILY;COUNT=n` or `FREQ=WEEKLY;BYDAY=MO,TU;COUNT=n`.
fn recurring(first: Date, rule: &str) -> Option<Vec<Date>> {
    let parts: Vec<&str> = rule.split(';').collect();
    let (weekdays, count) = match parts[..] {
        ["FREQ=DAILY", count] => (Weekday::ALL.to_vec(), count),
        ["FREQ=WEEKLY", days, count] => {
            let days = days.strip_prefix("BYDAY=")?.split(',');
            let of =
                |name: &str| Weekday::ALL.into_iter().find(|day| day.short()[..2].eq_ignore_ascii_case(name));
            (days.map(of).collect::<Option<Vec<_>>>()?, count)
        }
        _ => return None,
    };
    let count: usize = count.strip_prefix("COUNT=")?.parse().ok()?;
    // The first date counts whether the rule has it or not, which readers treat differently.
    if !weekdays.contains(&first.weekday()) || count > MOST {
        return None;
    }
    let days = (0..).map(|day| first.plus_days(day)).filter(|day| weekdays.contains(&day.weekday()));
    Some(days.take(count).collect())
}

/// `20261003T080000`
pub(super) fn local(text: &str) -> Option<LocalTime> {
    let digits = |from: usize, to: usize| {
        let part = text.get(from..to)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<u32>().ok())?
    };
    let shaped = text.len() == 15 && text.get(8..9) == Some("T") && text.ends_with("00");
    let date = Date::ymd(i32::try_from(digits(0, 4)?).ok()?, digits(4, 6)?, digits(6, 8)?)?;
    let time = TimeOfDay::new(digits(9, 11)?, digits(11, 13)?)?;
    shaped.then(|| date.at(time))
}

/// `+0200` or `-004430` in seconds.
pub(super) fn offset(text: &str) -> Option<i64> {
    let (sign, digits) = text.split_at_checked(1)?;
    let sign = match sign {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let valid = matches!(digits.len(), 4 | 6) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let part = |at: usize| digits.get(at..at + 2).map_or(Some(0), |part| part.parse::<i64>().ok());
    valid.then_some(sign * (part(0)? * 3600 + part(2)? * 60 + part(4)?))
}

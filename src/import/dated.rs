//! A name for a season that nothing names: its days and hours.

use super::name::{Name, parts};
use super::part::Part;
use super::written::Written;
use crate::time::{Date, Month, Window};

/// `Dec 1 - Dec 24`, `mon-fri 07:00-19:00`; none where all of it does not fit a key.
pub(super) fn name(part: &Part, horizon: Window<Date>) -> Option<Name> {
    let Written { from, to, hours, days } = Written::of(part, horizon);
    let is_all_year = from == "01-01" && to == "12-31";
    let mut said = Vec::new();
    match (is_all_year, from == to) {
        (true, _) => {}
        (false, true) => said.push(day(&from)),
        (false, false) => said.push(format!("{} - {}", day(&from), day(&to))),
    }
    said.extend(days.map(|days| days.replace(" .. ", " - ")));
    let hours = hours.map(|hours| hours.replace(['"', '[', ']'], ""));
    if said.is_empty() {
        said.push("daily".to_owned());
    }
    said.extend(hours);
    let text = said.join(" ");
    let key = parts(&text.replace(":00", ""));
    // What is left out of the key would tell it from others.
    let is_whole = key.len() == parts_of(&text);
    let title = text[..1].to_ascii_uppercase() + &text[1..];
    (is_whole && !key.is_empty()).then_some(Name { parts: key, title: Some(title) })
}

/// How many words a key of the whole text has.
fn parts_of(text: &str) -> usize {
    let text = text.replace(":00", "");
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).count()
}

/// `Dec 1` for `12-01`, `Dec 1 06:00` for `12-01 06:00`; `day 28 of month`; any other rule as it is.
fn day(rule: &str) -> String {
    let (date, time) = rule.split_once(' ').map_or((rule, None), |(date, time)| (date, Some(time)));
    let number = |text: &str| text.parse::<u32>().ok().filter(|_| text.len() == 2);
    let both =
        date.split_once('-').and_then(|(month, day)| Some((Month::new(number(month)?)?, number(day)?)));
    match (both, time) {
        (Some((month, day)), None) => format!("{} {day}", month.short()),
        (Some((month, day)), Some(time)) if time.contains(':') => format!("{} {day} {time}", month.short()),
        _ if rule.starts_with(|c: char| c.is_ascii_digit()) => format!("day {rule}"),
        _ => rule.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::day;

    #[test]
    fn a_day_is_said_with_its_month_first() {
        for (rule, said) in [
            ("12-01", "Dec 1"),
            ("12-01 06:00", "Dec 1 06:00"),
            ("03-01 - 1d", "day 03-01 - 1d"),
            ("28 of month", "day 28 of month"),
            ("last day of month", "last day of month"),
            ("2026-09-19", "day 2026-09-19"),
        ] {
            assert_eq!(day(rule), said);
        }
    }
}

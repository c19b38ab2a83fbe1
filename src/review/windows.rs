//! When the parts of an occasion hold, however their days and hours are written: what a comparison of two plans compares.

use std::collections::BTreeMap;

use crate::dates::weekdays_text;
use crate::plan::{Origin, Part, Plan, Whose};
use crate::time::{Hours, LocalTime, TimeOfDay, Weekday, Window};

/// The origins of a plan by what people call them: those of one name differ in their clock times only.
pub(super) fn origins(plan: &Plan) -> BTreeMap<String, Vec<&Origin>> {
    let mut named: BTreeMap<String, Vec<&Origin>> = BTreeMap::new();
    for origin in &plan.origins {
        named.entry(name(plan, origin)).or_default().push(origin);
    }
    named
}

/// `black-friday in DE, lead-in 1`
fn name(plan: &Plan, origin: &Origin) -> String {
    let part = match origin.part {
        Part::Main => String::new(),
        Part::LeadIn(number) => format!(", lead-in {number}"),
    };
    let territory = origin.territory.map(|at| plan.profile.territories[at.0].code.as_str());
    let zone = &origin.zone;
    let clock = match origin.whose {
        Whose::Own => format!(" on the clock of {zone}"),
        Whose::Territory | Whose::Shared | Whose::Everybody if plan.is_elsewhere(origin) => {
            format!(" on the clock of {zone}")
        }
        Whose::Territory | Whose::Shared | Whose::Everybody => String::new(),
    };
    format!("{} in {}{clock}{part}", plan.occasion(origin).name, territory.unwrap_or("the platform"))
}

/// Every stretch in which one of them holds, in order; those that touch are one.
pub(super) fn windows(origins: &[&Origin]) -> Vec<Window<LocalTime>> {
    let mut all: Vec<Window<LocalTime>> = Vec::new();
    for origin in origins {
        match origin.hours {
            Hours::Exact(window) => all.push(window),
            Hours::AllDay | Hours::Daily { .. } | Hours::Span { .. } => {
                all.extend(origin.days.iter().map(|day| origin.hours.on(*day)));
            }
        }
    }
    all.sort_by_key(|window| (window.from, window.until));
    let mut joined: Vec<Window<LocalTime>> = Vec::with_capacity(all.len());
    for window in all {
        match joined.last_mut().filter(|last| window.from <= last.until) {
            Some(last) => last.until = last.until.max(window.until),
            None => joined.push(window),
        }
    }
    joined
}

/// The hours of each rule for days, both as short as they can be said.
pub(super) fn hours(origins: &[&Origin]) -> Vec<(String, String)> {
    let mut by_days: BTreeMap<String, Vec<Hours>> = BTreeMap::new();
    for origin in origins {
        by_days.entry(days(&origin.days_rule)).or_default().push(origin.hours);
    }
    by_days.into_iter().map(|(days, hours)| (days, said(hours))).collect()
}

/// Weekdays in their order, sets in that of their names.
fn days(rule: &str) -> String {
    let place = [" only in ", " except in "].iter().filter_map(|word| rule.find(word)).min();
    let (days, sets) = rule.split_at(place.unwrap_or(rule.len()));
    let days = weekdays(days).map_or_else(|| days.to_owned(), weekdays_text);
    let (only, except) = sets.split_once(" except in ").unwrap_or((sets, ""));
    let sorted = |word: &str, names: &str| {
        let mut names: Vec<&str> = names.split(" and ").filter(|name| !name.is_empty()).collect();
        names.sort_unstable();
        if names.is_empty() { String::new() } else { format!("{word}{}", names.join(" and ")) }
    };
    let only = sorted(" only in ", only.trim_start_matches(" only in "));
    format!("{days}{only}{}", sorted(" except in ", except))
}

/// `mon-wed, fri`; none where it is no list of weekdays.
fn weekdays(text: &str) -> Option<[bool; 7]> {
    let mut week = [false; 7];
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (Weekday::parse(first.trim())?.index(), Weekday::parse(last.trim())?.index());
        (0..=(last + 7 - first) % 7).for_each(|day| week[(first + day) % 7] = true);
    }
    Some(week)
}

/// `08:00-18:00, 20:00-21:00`: hours that touch are one.
fn said(mut hours: Vec<Hours>) -> String {
    hours.sort();
    let (mut daily, mut other): (Vec<(TimeOfDay, TimeOfDay)>, Vec<String>) = (Vec::new(), Vec::new());
    for one in hours {
        match one {
            Hours::AllDay => daily.push((TimeOfDay::MIDNIGHT, TimeOfDay::END_OF_DAY)),
            Hours::Daily { from, until } if until <= from => other.push(format!("{from}-{until}")),
            Hours::Daily { from, until } => match daily.last_mut().filter(|(_, last)| from <= *last) {
                Some((_, last)) => *last = until.max(*last),
                None => daily.push((from, until)),
            },
            Hours::Span { from, days, until } => other.push(format!("{from} to {until}, {days} days later")),
            Hours::Exact(window) => other.push(format!("{} to {}", window.from, window.until)),
        }
    }
    let daily = daily.into_iter().map(|(from, until)| match (from, until) {
        (TimeOfDay::MIDNIGHT, TimeOfDay::END_OF_DAY) => "all day".to_owned(),
        _ => format!("{from}-{until}"),
    });
    daily.chain(other).collect::<Vec<_>>().join(", ")
}

/// Some of the windows that are in `some` and not in `others`, in words; none where there are none.
pub(super) fn only_in(some: &[Window<LocalTime>], others: &[Window<LocalTime>]) -> Option<String> {
    const MOST: usize = 3;
    let own: Vec<&Window<LocalTime>> = some.iter().filter(|window| !others.contains(window)).collect();
    let said: Vec<String> =
        own.iter().take(MOST).map(|window| format!("{} to {}", window.from, window.until)).collect();
    let more = own.len().saturating_sub(MOST);
    match said.len() {
        0 => None,
        _ if more > 0 => Some(format!("{} and {more} more", said.join(", "))),
        _ => Some(said.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_hours_of_one_meaning_are_said_alike() {
        for (one, other) in [
            ("mon,tue,wed,thu,fri", "mon-fri"),
            ("sun,sat", "sat,sun"),
            ("workdays except in B and A", "workdays except in A and B"),
            ("mon-sun only in IE and GB except in B and A", "mon-sun only in GB and IE except in A and B"),
        ] {
            assert_eq!(days(one), days(other));
        }
        assert_ne!(days("mon-fri only in A"), days("mon-fri except in A"));
        assert_eq!(days("on 29 Jan"), "on 29 Jan");
        let daily = |text: &str| {
            let (from, until) = text.split_once('-').unwrap();
            Hours::Daily { from: TimeOfDay::parse(from).unwrap(), until: TimeOfDay::parse(until).unwrap() }
        };
        assert_eq!(said(vec![daily("12:00-18:00"), daily("08:00-12:00")]), "08:00-18:00");
        assert_eq!(said(vec![daily("00:00-24:00")]), said(vec![Hours::AllDay]));
        assert_eq!(said(vec![daily("08:00-11:00"), daily("12:00-18:00")]), "08:00-11:00, 12:00-18:00");
    }
}

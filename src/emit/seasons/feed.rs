//! Events and clocks as iCalendar. Lines and their parameters are the library's; their folding is not.
//!
//! The library's typed events are not used: where one lacks a time stamp or a UID, and the parts of a VTIMEZONE always do,
//! they write the current time and a random one. Its tree of parsed components writes what it holds, text as it is escaped
//! here.

use icalendar::parser::{Calendar, Component, Parameter, Property};

use super::Event;
use super::clock::Clock;
use crate::emit::escape;
use crate::time::LocalTime;

/// The whole feed: its name, the time stamp of every event, and each event with its summary and its description.
pub(super) fn text(
    name: &str,
    stamp: LocalTime,
    clocks: &[Clock<'_>],
    events: &[(Event<'_>, String, String)],
) -> String {
    let properties = vec![
        plain("VERSION", "2.0".to_owned()),
        plain("PRODID", "-//seasonscale//seasons//EN".to_owned()),
        plain("CALSCALE", "GREGORIAN".to_owned()),
        plain("METHOD", "PUBLISH".to_owned()),
        said("X-WR-CALNAME", name),
    ];
    let stamp = format!("{}Z", local(stamp));
    let events =
        events.iter().map(|(event, summary, description)| vevent(event, &stamp, summary, description));
    let components = clocks.iter().map(vtimezone).chain(events).collect();
    folded(&Calendar { properties, components }.to_string())
}

/// The same lines in pieces of at most 75 octets (RFC 5545, 3.1). The library forgets the blank before the last piece,
/// which may then have 76.
fn folded(text: &str) -> String {
    const LONGEST: usize = 75;
    let mut folded = String::with_capacity(text.len());
    for line in text.replace("\r\n ", "").split_terminator("\r\n") {
        let (mut rest, mut room) = (line, LONGEST);
        while rest.len() > room {
            let end = (0..=room).rev().find(|end| rest.is_char_boundary(*end)).unwrap_or(room);
            // A blank after the fold looks like a part of it to a careless reader.
            let end = if rest[end..].starts_with(char::is_whitespace) { end - 1 } else { end };
            let end = (0..=end).rev().find(|end| rest.is_char_boundary(*end)).unwrap_or(end);
            folded.push_str(&rest[..end]);
            folded.push_str("\r\n ");
            (rest, room) = (&rest[end..], LONGEST - 1);
        }
        folded.push_str(rest);
        folded.push_str("\r\n");
    }
    folded
}

fn vevent<'e>(event: &'e Event<'_>, stamp: &str, summary: &str, description: &str) -> Component<'e> {
    let mut properties = vec![
        plain("UID", event.uid.clone()),
        plain("DTSTAMP", stamp.to_owned()),
        zoned("DTSTART", event.zone, event.start.clone()),
        zoned("DTEND", event.zone, event.end.clone()),
    ];
    properties.extend(event.rule.clone().map(|rule| plain("RRULE", rule)));
    properties.extend(event.without.clone().map(|without| zoned("EXDATE", event.zone, without)));
    properties.extend([
        said("SUMMARY", summary),
        said("LOCATION", event.place),
        said("CATEGORIES", event.kind),
        plain("TRANSP", "TRANSPARENT".to_owned()),
        said("DESCRIPTION", description),
    ]);
    component("VEVENT", properties, Vec::new())
}

fn vtimezone<'c>(clock: &'c Clock<'_>) -> Component<'c> {
    let observances = clock.observances.iter().map(|observance| {
        let properties = vec![
            plain("DTSTART", local(observance.start)),
            plain("TZOFFSETFROM", offset(observance.from)),
            plain("TZOFFSETTO", offset(observance.to)),
        ];
        component(observance.kind, properties, Vec::new())
    });
    component("VTIMEZONE", vec![said("TZID", clock.zone)], observances.collect())
}

fn component<'c>(
    name: &'c str,
    properties: Vec<Property<'c>>,
    components: Vec<Component<'c>>,
) -> Component<'c> {
    Component { name: name.into(), properties, components }
}

/// A value that has a syntax of its own.
fn plain(name: &'static str, value: String) -> Property<'static> {
    Property { name: name.into(), val: value.into(), params: Vec::new() }
}

/// Text: whatever it holds stays text.
fn said(name: &'static str, text: &str) -> Property<'static> {
    plain(name, escape::ics(text.trim_end_matches(['\n', '\r'])))
}

/// Local times of a zone.
fn zoned<'z>(name: &'static str, zone: &'z str, value: String) -> Property<'z> {
    Property { params: vec![Parameter::new_ref("TZID", Some(zone))], ..plain(name, value) }
}

/// `+0200`; with seconds where a zone has them, as Monrovia had until 1972: `-004430`.
fn offset(seconds: i64) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let (minutes, rest) = (seconds.abs() / 60, seconds.abs() % 60);
    let rest = if rest == 0 { String::new() } else { format!("{rest:02}") };
    format!("{sign}{:02}{:02}{rest}", minutes / 60, minutes % 60)
}

/// `20261003T080000`
pub(super) fn local(at: LocalTime) -> String {
    let (date, time) = (at.date(), at.time_of_day());
    format!(
        "{:04}{:02}{:02}T{:02}{:02}00",
        date.year(),
        date.month().number(),
        date.day(),
        time.hour(),
        time.minute()
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(text: &str) -> String {
        let properties = vec![said("SUMMARY", text)];
        folded(&Calendar { properties, components: Vec::new() }.to_string())
    }

    fn holds(text: &str) {
        let feed = written(text);
        for line in feed.split_terminator("\r\n") {
            assert!(line.len() <= 75, "{} octets: {line}", line.len());
        }
        let joined = feed.replace("\r\n ", "");
        assert!(
            joined.contains(&format!("SUMMARY:{}\r\n", escape::ics(text.trim_end_matches(['\n', '\r'])))),
            "{text}"
        );
    }

    #[test]
    fn a_character_that_is_escaped_may_stand_at_any_position() {
        for special in [",", ";", "\\", "\n", "ü", "🎄", " ", "  ", "\u{a0}"] {
            for before in 0..240 {
                for after in [0, 1, 60, 74, 75, 76, 150] {
                    holds(&format!("{}{special}{}x", "a".repeat(before), "b".repeat(after)));
                }
            }
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_a_line_too_long(text in any::<String>()) {
            holds(&text);
        }
    }
}

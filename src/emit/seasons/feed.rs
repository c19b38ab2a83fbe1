//! Events and clocks as iCalendar. Lines, their folding and their parameters are the library's.
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
    Calendar { properties, components }.to_string()
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
    plain(name, escape::ics(text.trim_end()))
}

/// Local times of a zone.
fn zoned<'z>(name: &'static str, zone: &'z str, value: String) -> Property<'z> {
    Property { params: vec![Parameter::new_ref("TZID", Some(zone))], ..plain(name, value) }
}

/// `+0200`
fn offset(seconds: i64) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    format!("{sign}{:02}{:02}", minutes / 60, minutes % 60)
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

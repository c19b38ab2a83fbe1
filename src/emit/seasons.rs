//! `seasons.ics`: the windows of seasons and campaigns as a feed for people's own calendars (RFC 5545).
//!
//! Days in a row, or on the same weekdays, are one recurring event. Local times stand with their zone, and each zone with
//! its changes of clocks, so that no calendar has to know them. DTSTAMP is the plan's first day: same policy, same bytes.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Templates, say};
use crate::artifact::{Artifact, ArtifactKind, SEASONS_FILE};
use crate::diagnostic::Diagnostic;
use crate::plan::{OccasionKind, Origin, Part, Plan};
use crate::time::{Date, Hours, Instant, LocalTime, Weekday, Window, Zone};

/// Days further apart than this are two events.
const APART: i32 = 14;
/// Longest line, in octets without its end (RFC 5545, 3.1).
const LINE: usize = 75;

pub(super) fn emit(plan: &Plan, templates: &Templates) -> Result<Artifact, Vec<Diagnostic>> {
    let events = events(plan);
    let names: BTreeSet<&str> = events.iter().map(|event| event.zone).collect();
    let view = View {
        holds: say::Holds::of(plan),
        namespace: plan.profile.platform.namespace.as_str(),
        stamp: format!("{}Z", local(plan.horizon.from.start())),
        zones: names.into_iter().map(|name| zone(plan, name)).collect(),
        events,
    };
    let text = templates.render("seasons.ics.j2", view)?;
    Ok(Artifact { kind: ArtifactKind::Seasons, path: SEASONS_FILE.to_owned(), text: folded(&text) })
}

#[derive(Serialize)]
struct View<'p> {
    holds: say::Holds,
    namespace: &'p str,
    stamp: String,
    zones: Vec<ZoneView<'p>>,
    events: Vec<Event<'p>>,
}

#[derive(Serialize)]
struct ZoneView<'p> {
    name: &'p str,
    observances: Vec<Observance>,
}

#[derive(Serialize)]
struct Observance {
    kind: &'static str,
    start: String,
    from: String,
    to: String,
}

#[derive(Serialize)]
struct Event<'p> {
    uid: String,
    zone: &'p str,
    start: String,
    end: String,
    rule: Option<String>,
    without: Option<String>,
    title: &'p str,
    ramp: Option<u32>,
    place: &'p str,
    kind: &'static str,
    floors: Option<String>,
    load: Option<f64>,
    owner: Option<&'p str>,
    ticket: Option<&'p str>,
    note: Option<&'p str>,
}

fn events(plan: &Plan) -> Vec<Event<'_>> {
    let mut floors: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for schedule in &plan.schedules {
        let target = &plan.profile.targets[schedule.target.0];
        for layer in &schedule.layers {
            let said = format!("{}={}", plan.profile.workload(target).name, layer.floor);
            floors.entry(layer.origin.0).or_default().push(said);
        }
    }
    let origins = plan.origins.iter().enumerate();
    origins.flat_map(|(at, origin)| of_origin(plan, origin, floors.get(&at))).collect()
}

fn of_origin<'p>(plan: &'p Plan, origin: &'p Origin, floors: Option<&Vec<String>>) -> Vec<Event<'p>> {
    let horizon = plan.local_horizon();
    match origin.hours {
        Hours::Exact(window) => {
            let once = window.intersection(horizon).map(|window| event(plan, origin, floors, window));
            once.into_iter().collect()
        }
        Hours::AllDay | Hours::Daily { .. } => {
            let series = runs(&origin.days).into_iter().map(|days| {
                let first = event(plan, origin, floors, origin.hours.on(days[0]));
                let (rule, without) = recurrence(days);
                let without: Vec<String> =
                    without.into_iter().map(|day| local(origin.hours.on(day).from)).collect();
                Event { rule, without: (!without.is_empty()).then(|| without.join(",")), ..first }
            });
            series.collect()
        }
    }
}

fn event<'p>(
    plan: &'p Plan,
    origin: &'p Origin,
    floors: Option<&Vec<String>>,
    window: Window<LocalTime>,
) -> Event<'p> {
    let occasion = plan.occasion(origin);
    let territory = origin.territory.map(|at| &plan.profile.territories[at.0]);
    let ramp = match origin.part {
        Part::Main => None,
        Part::LeadIn(number) => Some(number),
    };
    let place = territory.map_or("platform", |territory| territory.code.as_str());
    let kind = match occasion.kind {
        OccasionKind::Season => "season",
        OccasionKind::Campaign => "campaign",
    };
    let start = local(window.from);
    Event {
        uid: format!(
            "{kind}-{}-{place}-{}-{start}@{}",
            occasion.name,
            ramp.unwrap_or(0),
            plan.profile.platform.namespace
        ),
        zone: territory.map_or(&plan.profile.platform.zone, |territory| &territory.zone).name(),
        start,
        end: local(window.until),
        rule: None,
        without: None,
        title: &occasion.title,
        ramp,
        place,
        kind,
        floors: floors.map(|floors| floors.join(" ")),
        load: origin.load.filter(|_| ramp.is_none()),
        owner: occasion.owner.as_deref(),
        ticket: occasion.ticket.as_deref(),
        note: occasion.note.as_deref(),
    }
}

/// The days, cut where more than [`APART`] lie between two.
fn runs(days: &[Date]) -> Vec<&[Date]> {
    days.chunk_by(|day, next| next.days_since(*day) <= APART).collect()
}

/// The rule for these days, from the first one on, and the days that it has too many.
fn recurrence(days: &[Date]) -> (Option<String>, Vec<Date>) {
    let (first, last) = (days[0], days[days.len() - 1]);
    if first == last {
        return (None, Vec::new());
    }
    let weekdays: BTreeSet<usize> = days.iter().map(|day| day.weekday().index()).collect();
    let between = (0..=last.days_since(first)).map(|day| first.plus_days(day));
    let ruled: Vec<Date> = between.filter(|day| weekdays.contains(&day.weekday().index())).collect();
    let without = ruled.iter().copied().filter(|day| days.binary_search(day).is_err()).collect();
    let count = ruled.len();
    let rule = if weekdays.len() == Weekday::ALL.len() {
        format!("FREQ=DAILY;COUNT={count}")
    } else {
        let names: Vec<String> =
            weekdays.iter().map(|at| Weekday::ALL[*at].short()[..2].to_uppercase()).collect();
        format!("FREQ=WEEKLY;BYDAY={};COUNT={count}", names.join(","))
    };
    (Some(rule), without)
}

/// A zone's clock over the plan: what it shows at the start, then each change.
fn zone<'p>(plan: &Plan, name: &'p str) -> ZoneView<'p> {
    let zone = Zone::parse(name).expect("internal error: a zone of the plan");
    let horizon = plan.local_horizon();
    let day = 86_400;
    let begins = Instant(horizon.from.wall_seconds() - 4 * day);
    let changes = zone.changes(begins, Instant(horizon.until.wall_seconds() + 4 * day));
    let mut before = zone.offset(begins);
    let least = changes.iter().map(|(_, offset)| *offset).chain([before]).min().unwrap_or(before);
    let mut observances = Vec::new();
    for (at, after) in std::iter::once((begins, before)).chain(changes) {
        observances.push(Observance {
            kind: if after > least { "DAYLIGHT" } else { "STANDARD" },
            start: local(LocalTime::from_wall_seconds(at.0 + before)),
            from: offset(before),
            to: offset(after),
        });
        before = after;
    }
    ZoneView { name, observances }
}

/// `+0200`
fn offset(seconds: i64) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    format!("{sign}{:02}{:02}", minutes / 60, minutes % 60)
}

/// `20261003T080000`
fn local(at: LocalTime) -> String {
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

/// Every line cut to at most [`LINE`] octets, between characters, and ended as RFC 5545 wants.
fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for line in text.lines().filter(|line| !line.is_empty()) {
        let mut used = 0;
        for character in line.chars() {
            if used + character.len_utf8() > LINE {
                out.push_str("\r\n ");
                used = 1;
            }
            out.push(character);
            used += character.len_utf8();
        }
        out.push_str("\r\n");
    }
    out
}

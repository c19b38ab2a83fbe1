//! `seasons.ics`: the windows of seasons and campaigns as a feed for people's own calendars (RFC 5545).
//!
//! Days in a row, or on the same weekdays, are one recurring event. Local times stand with their zone, and each zone with
//! its changes of clocks, so that no calendar has to know them. DTSTAMP is the plan's first day: same policy, same bytes.

mod clock;
mod feed;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Templates, say};
use crate::artifact::{Artifact, ArtifactKind, SEASONS_FILE};
use crate::finding::Diagnostic;
use crate::plan::{OccasionKind, Origin, Part, Plan, Whose};
use crate::time::{Date, Hours, LocalTime, Weekday, Window};
use clock::Clock;
use feed::local;

/// Days further apart than this are two events.
const APART: i32 = 14;

pub(super) fn emit(plan: &Plan, templates: &Templates) -> Result<Artifact, Vec<Diagnostic>> {
    let events = events(plan);
    let zones: BTreeSet<&str> = events.iter().map(|event| event.zone).collect();
    let clocks: Vec<Clock<'_>> = zones.into_iter().map(|name| clock::of(plan, name)).collect();
    let head = Head { holds: say::Holds::of(plan), namespace: plan.profile.platform.namespace.as_str() };
    let name = templates.render("seasons/name.txt.j2", head)?;
    let mut said = Vec::with_capacity(events.len());
    for event in events {
        let summary = templates.render("seasons/summary.txt.j2", Words { event: &event })?;
        let description = templates.render("seasons/description.txt.j2", Words { event: &event })?;
        said.push((event, summary, description));
    }
    let text = feed::text(&name, plan.horizon.from.start(), &clocks, &said);
    Ok(Artifact { kind: ArtifactKind::Seasons, path: SEASONS_FILE.to_owned(), text })
}

/// What the whole calendar is called by.
#[derive(Serialize)]
struct Head<'p> {
    holds: say::Holds,
    namespace: &'p str,
}

/// What an event is described by.
#[derive(Serialize)]
struct Words<'e> {
    event: &'e Event<'e>,
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
    lead_in: Option<u32>,
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
    // A lead-in that asks for nothing is nothing to prepare for; a season without a floor brings its load.
    let empty = |at, origin: &Origin| matches!(origin.part, Part::LeadIn(_)) && !floors.contains_key(&at);
    let origins = plan.origins.iter().enumerate().filter(|(at, origin)| !empty(*at, origin));
    numbered(origins.flat_map(|(at, origin)| of_origin(plan, origin, floors.get(&at))).collect())
}

/// Windows of territories that differ may begin at one instant for those who have none: from the second on they are numbered.
fn numbered(mut events: Vec<Event<'_>>) -> Vec<Event<'_>> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for event in &mut events {
        let count = seen.entry(event.uid.clone()).or_default();
        *count += 1;
        if *count > 1 {
            event.uid = event.uid.replacen('@', &format!("-{count}@"), 1);
        }
    }
    events
}

fn of_origin<'p>(plan: &'p Plan, origin: &'p Origin, floors: Option<&Vec<String>>) -> Vec<Event<'p>> {
    match origin.hours {
        Hours::Exact(window) => {
            let once = window.intersection(origin.planned).map(|window| event(plan, origin, floors, window));
            once.into_iter().collect()
        }
        Hours::AllDay | Hours::Daily { .. } | Hours::Span { .. } => {
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
    let lead_in = match origin.part {
        Part::Main => None,
        Part::LeadIn(number) => Some(number),
    };
    let code = territory.map(|territory| territory.code.as_str());
    let (place, key) = (code.unwrap_or("everywhere"), code.unwrap_or("platform"));
    let kind = match occasion.kind {
        OccasionKind::Season => "season",
        OccasionKind::Campaign => "campaign",
    };
    let start = local(window.from);
    let whose = match origin.whose {
        Whose::Shared if plan.is_elsewhere(origin) => format!("{key}-{}", origin.zone),
        Whose::Own => format!("{key}-{}", origin.zone),
        Whose::Shared | Whose::Territory | Whose::Everybody => key.to_owned(),
    };
    Event {
        uid: format!(
            "{kind}-{}-{whose}-{}-{start}@{}",
            occasion.name,
            lead_in.unwrap_or(0),
            plan.profile.platform.namespace
        ),
        zone: origin.zone.name(),
        start,
        end: local(window.until),
        rule: None,
        without: None,
        title: &occasion.title,
        lead_in,
        place,
        kind,
        floors: floors.map(|floors| floors.join(" ")),
        load: origin.load.filter(|_| lead_in.is_none()),
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

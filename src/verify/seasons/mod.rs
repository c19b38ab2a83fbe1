//! `seasons.ics` read back: its events, expanded, are the windows of the plan with their floors, and its zones have the
//! plan's clocks.

mod component;
mod expand;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::report::Report;
use crate::artifact::Artifact;
use crate::finding::Diagnostic;
use crate::plan::{Part, Plan};
use crate::time::{Hours, Instant, LocalTime, Window, Zone};
use component::Component;

/// One window in somebody's calendar: place, occasion, lead-in, window, floors. The windows of an event share its words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    place: Rc<str>,
    zone: Rc<str>,
    title: Rc<str>,
    window: Window<LocalTime>,
    floors: Rc<str>,
}

impl Entry {
    /// The same in each of `windows`.
    fn each(
        [place, zone, title, floors]: [&str; 4],
        windows: Vec<Window<LocalTime>>,
    ) -> impl Iterator<Item = Self> {
        let [place, zone, title, floors] = [place, zone, title, floors].map(Rc::<str>::from);
        windows.into_iter().map(move |window| Self {
            place: place.clone(),
            zone: zone.clone(),
            title: title.clone(),
            window,
            floors: floors.clone(),
        })
    }
}

pub(super) fn verify(plan: &Plan, artifact: &Artifact) -> Vec<Diagnostic> {
    let mut report = Report::new(artifact, "seasons/description.txt.j2");
    let feed = match component::parse(&artifact.text) {
        Ok(feed) => feed,
        Err((line, problem)) => {
            report.rejected(Some(line), format!("`{}` is not a calendar: {problem}", artifact.path));
            return report.found;
        }
    };
    if feed.name != "VCALENDAR"
        || feed.text("VERSION").as_deref() != Some("2.0")
        || feed.one("PRODID").is_none()
    {
        report.rejected(Some(1), "a calendar begins with VCALENDAR, VERSION:2.0 and PRODID".to_owned());
    }
    let mut entries = Vec::new();
    let mut uids = BTreeSet::new();
    for event in feed.components.iter().filter(|component| component.name == "VEVENT") {
        match event.text("UID") {
            Some(uid) if uids.insert(uid.clone()) => {}
            Some(uid) => report.rejected(Some(event.line), format!("two events have the UID `{uid}`")),
            None => report.rejected(Some(event.line), "an event has no UID".to_owned()),
        }
        match of_event(event) {
            Ok(found) => entries.extend(found),
            Err(problem) => report.rejected(Some(event.line), format!("an event {problem}")),
        }
    }
    compare(plan, entries, &mut report);
    clocks(plan, &feed, &mut report);
    report.found
}

/// The windows of an event.
fn of_event(event: &Component) -> Result<Vec<Entry>, String> {
    let text = |name: &str| event.text(name).ok_or_else(|| format!("has no readable {name}"));
    if event.one("DTSTAMP").is_none_or(|stamp| !stamp.value.ends_with('Z')) {
        return Err("has no DTSTAMP in UTC".to_owned());
    }
    let (windows, zone) = expand::windows(event)?;
    let (place, summary, description) = (text("LOCATION")?, text("SUMMARY")?, text("DESCRIPTION")?);
    let line = |key: &str| description.lines().find_map(|line| line.strip_prefix(key));
    if line("territory: ") != Some(&place) || line("zone: ") != Some(&zone) {
        return Err("says another territory or zone in its description".to_owned());
    }
    let floors = line("floor: ").unwrap_or_default();
    let end = if floors.is_empty() { format!(", {place}") } else { format!(", {place}: {floors}") };
    let title =
        summary.strip_suffix(&end).ok_or_else(|| format!("has a SUMMARY that does not end in `{end}`"))?;
    Ok(Entry::each([&place, &zone, title, floors], windows).collect())
}

/// What the plan wants in the calendar.
fn wanted(plan: &Plan) -> Vec<Entry> {
    let mut floors: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for schedule in &plan.schedules {
        let workload = plan.profile.workload(&plan.profile.targets[schedule.target.0]);
        for layer in &schedule.layers {
            floors.entry(layer.origin.0).or_default().push(format!("{}={}", workload.name, layer.floor.0));
        }
    }
    let mut entries = Vec::new();
    for (at, origin) in plan.origins.iter().enumerate() {
        // A lead-in that asks for nothing is nothing to prepare for; a season without a floor brings its load.
        if matches!(origin.part, Part::LeadIn(_)) && !floors.contains_key(&at) {
            continue;
        }
        let lead_in = match origin.part {
            Part::Main => String::new(),
            Part::LeadIn(number) => format!(" (lead-in {number})"),
        };
        let territory = origin.territory.map(|at| &plan.profile.territories[at.0]);
        let windows: Vec<Window<LocalTime>> = match origin.hours {
            Hours::Exact(window) => window.intersection(origin.planned).into_iter().collect(),
            Hours::AllDay | Hours::Daily { .. } | Hours::Span { .. } => {
                origin.days.iter().map(|day| origin.hours.on(*day)).collect()
            }
        };
        let place = territory.map_or("everywhere", |territory| territory.code.as_str());
        let title = format!("{}{lead_in}", plan.occasion(origin).title);
        let floors = floors.get(&at).map(|floors| floors.join(" ")).unwrap_or_default();
        entries.extend(Entry::each([place, origin.zone.name(), &title, &floors], windows));
    }
    entries
}

fn compare(plan: &Plan, mut found: Vec<Entry>, report: &mut Report<'_>) {
    let mut wanted = wanted(plan);
    wanted.sort();
    found.sort();
    let said = |entry: &Entry| {
        let Entry { place, zone, title, window, floors } = entry;
        format!("{title} in {place}, {} to {} {zone}, floor `{floors}`", window.from, window.until)
    };
    let differs = wanted.iter().zip(&found).position(|(wanted, found)| wanted != found);
    let at = differs.unwrap_or(wanted.len().min(found.len()));
    match (wanted.get(at), found.get(at)) {
        (None, None) => {}
        (Some(wanted), found) if found.is_none_or(|found| wanted < found) => {
            report.mismatch(None, format!("the calendar lacks {}", said(wanted)));
        }
        (_, Some(found)) => {
            report.mismatch(None, format!("the calendar has {}, which the plan has not", said(found)))
        }
        (Some(_), None) => unreachable!("internal error: what is lacking was said"),
    }
}

/// Every zone of an event is there, and its clock is the real one at each of the plan's days.
fn clocks(plan: &Plan, feed: &Component, report: &mut Report<'_>) {
    let zones: Vec<&Component> =
        feed.components.iter().filter(|component| component.name == "VTIMEZONE").collect();
    let named = |name: &str| zones.iter().find(|zone| zone.text("TZID").as_deref() == Some(name));
    let zones_of = plan.origins.iter().map(|origin| &origin.zone);
    let used: BTreeMap<&str, &Zone> = zones_of.map(|zone| (zone.name(), zone)).collect();
    for (name, zone) in used {
        let Some(component) = named(name) else {
            report.rejected(None, format!("there is no VTIMEZONE for `{name}`"));
            continue;
        };
        if let Err(problem) = clock(plan, component, zone) {
            report.mismatch(Some(component.line), format!("the clock of `{name}` {problem}"));
        }
    }
}

fn clock(plan: &Plan, component: &Component, zone: &Zone) -> Result<(), String> {
    let mut steps = Vec::new();
    for observance in &component.components {
        let value = |name| observance.one(name).map(|property| property.value.as_str());
        let start = value("DTSTART").and_then(expand::local);
        let offsets =
            value("TZOFFSETFROM").and_then(expand::offset).zip(value("TZOFFSETTO").and_then(expand::offset));
        let (start, (from, to)) =
            start.zip(offsets).ok_or_else(|| format!("cannot be read at line {}", observance.line))?;
        steps.push((start.wall_seconds() - from, to));
    }
    steps.sort_unstable();
    let (from, until) = (zone.start_of(plan.horizon.from), zone.start_of(plan.horizon.until));
    let mut instants: Vec<i64> = (from.0..until.0).step_by(6 * 3600).collect();
    instants.extend(zone.changes(Window::new(from, until)).iter().flat_map(|(at, _)| [at.0 - 1, at.0]));
    for at in instants {
        let shown = steps.iter().rev().find(|(start, _)| *start <= at).map(|(_, offset)| *offset);
        if shown != Some(zone.offset(Instant(at))) {
            return Err(format!("is wrong at {}", Instant(at)));
        }
    }
    Ok(())
}

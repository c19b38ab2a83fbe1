//! The plan as series: local clocks, when each part of an occasion is active, and the floors it asks for.
//!
//! PromQL's own `hour()` and `day_of_week()` know UTC only, so dates become absolute instants here and a local clock is
//! built from the zone's clock changes.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::days::{self, DaySet};
use super::matcher::{Territories, grouped};
use crate::emit::say;
use crate::plan::{Hours, Origin, Part, Plan, Whose};
use crate::profile::{Target, TerritoryId};
use crate::time::{Date, Instant, LocalTime, TimeOfDay, Weekday, Window, Zone};

/// Everything the calendar group shows.
#[derive(Serialize)]
pub(super) struct Calendar {
    horizon_end: i64,
    horizon_end_about: String,
    clocks: Vec<Clock>,
    uses_week: bool,
    parts: Vec<PartView>,
}

/// The wall clock of a zone as UTC seconds plus an offset that steps.
#[derive(Serialize)]
struct Clock {
    zone: String,
    offset: i64,
    changes: Vec<Change>,
    /// The wall clock at the horizon's ends, in seconds as if it were UTC.
    from: i64,
    until: i64,
}

#[derive(Serialize)]
struct Change {
    at: i64,
    sign: char,
    seconds: i64,
    /// `Sun 29 Mar 2026`, 02:00, 03:00
    date: String,
    before: String,
    after: String,
}

/// An occasion, or one of its lead-ins.
#[derive(Serialize)]
struct PartView {
    season: String,
    part: String,
    actives: Vec<Active>,
    workloads: Vec<WorkloadFloors>,
}

/// The floors that a part asks for in one workload.
#[derive(Serialize)]
struct WorkloadFloors {
    name: String,
    floors: Vec<Floor>,
}

/// When a part is active, in territories that agree on it.
#[derive(Serialize)]
struct Active {
    territories: Territories,
    /// The first zones of the territories, and how many are left out.
    zones: Vec<String>,
    more_zones: usize,
    /// Windows with the same clock times: several where days have several, or other ones on some days.
    slots: Vec<SlotView>,
}

/// Windows with the same clock times.
#[derive(Serialize)]
struct SlotView {
    about: String,
    terms: Vec<Term>,
    week: Option<Week>,
    hours: HoursView,
}

/// A range of instants that is added or taken out.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Term {
    /// Nothing, `+` or `-`.
    sign: char,
    from: i64,
    until: i64,
    about: String,
}

/// Seconds of the local week, Monday first, of days on which a window begins.
#[derive(Serialize)]
struct Week {
    /// By how much the clock is set back, so that hours past midnight count as the day before.
    back: i64,
    spans: Vec<(i64, i64)>,
    about: String,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum HoursView {
    Always,
    Day { from: i64, until: i64, from_about: String, until_about: String },
    Night { from: i64, until: i64, from_about: String, until_about: String },
}

#[derive(Serialize)]
struct Floor {
    floor: u32,
    territories: Territories,
}

pub(super) fn calendar(plan: &Plan) -> Calendar {
    let zones = zones(plan);
    let end = plan.horizon.until.start();
    let first_end = zones.iter().map(|zone| (zone.first_instant(end), zone.name())).min();
    let (at, zone) = first_end.expect("internal error: a plan has a target");
    let parts = parts(plan);
    let uses_week = parts
        .iter()
        .flat_map(|part| &part.actives)
        .flat_map(|active| &active.slots)
        .any(|slot| slot.week.as_ref().is_some_and(|week| week.back == 0));
    Calendar {
        horizon_end: at.0,
        horizon_end_about: format!("{} {zone}", plan.horizon.until),
        clocks: zones.iter().map(|zone| clock(plan, zone)).collect(),
        uses_week,
        parts,
    }
}

/// The targets' zones, in order of first use.
fn zones(plan: &Plan) -> Vec<&Zone> {
    let of = |target: &Target| (target.zone.name().to_owned(), None);
    let names = grouped(plan.profile.targets.iter().map(of));
    let find = |name: &str| plan.profile.targets.iter().find(|target| target.zone.name() == name);
    names.iter().filter_map(|group| find(&group.key)).map(|target| &target.zone).collect()
}

fn clock(plan: &Plan, zone: &Zone) -> Clock {
    let local = plan.local_horizon();
    // Where the clocks jump over the first midnight, that jump is the first step: before it the plan has not begun.
    let (from, until) = (Instant(zone.first_instant(local.from).0 - 1), zone.first_instant(local.until));
    let offset = zone.offset(from);
    let mut before = offset;
    let mut changes = Vec::new();
    for (at, after) in zone.changes(Window::new(from, until)) {
        let step = after - before;
        let (shown, next) =
            (LocalTime::from_wall_seconds(at.0 + before), LocalTime::from_wall_seconds(at.0 + after));
        changes.push(Change {
            at: at.0,
            sign: if step < 0 { '-' } else { '+' },
            seconds: step.abs(),
            date: shown.date().long(),
            before: shown.time_of_day().to_string(),
            after: next.time_of_day().to_string(),
        });
        before = after;
    }
    Clock {
        zone: zone.name().to_owned(),
        offset,
        changes,
        from: local.from.wall_seconds(),
        until: local.until.wall_seconds(),
    }
}

/// Whether any season or campaign has a series: one where there is a target.
pub(in crate::emit) fn has_parts(plan: &Plan) -> bool {
    let places = served_places(plan);
    plan.origins.iter().any(|origin| has_series(origin, &places))
}

fn parts(plan: &Plan) -> Vec<PartView> {
    let places = served_places(plan);
    let served = plan.origins.iter().filter(|origin| has_series(origin, &places));
    let keys = grouped(served.map(|origin| ((origin.occasion, origin.part), None)));
    let mut keys: Vec<_> = keys.into_iter().map(|group| group.key).collect();
    // A lead-in stands before its season, as in the manifest.
    keys.sort_by_key(|(occasion, part)| (occasion.0, order(*part)));
    let mut views: Vec<PartView> = keys
        .iter()
        .map(|(occasion, part)| PartView {
            season: plan.occasions[occasion.0].name.to_string(),
            part: part_label(*part),
            actives: Vec::new(),
            workloads: Vec::new(),
        })
        .collect();
    let zone_names = zone_names(plan);
    let index = |origin: &Origin| {
        keys.iter().position(|key| *key == (origin.occasion, origin.part)).expect("internal error: listed")
    };
    let shapes = shapes(plan).map(|(origin, shapes)| ((index(origin), shapes), code(plan, origin)));
    for group in grouped(shapes) {
        let (at, shapes) = group.key;
        views[at].actives.push(active(shapes, &zone_names, &group.territories));
    }
    let layers = plan.schedules.iter().flat_map(|schedule| {
        let target = &plan.profile.targets[schedule.target.0];
        schedule.layers.iter().map(move |layer| {
            let at = index(plan.origin(layer.origin));
            let territory = plan.profile.territory(target).map(|territory| territory.code.as_str());
            ((at, target.workload, layer.floor), territory)
        })
    });
    let mut floors = grouped(layers);
    floors.sort_by_key(|group| (group.key.0, group.key.1));
    for group in floors {
        let (at, workload, floor) = group.key;
        let name = plan.profile.workloads[workload.0].name.as_str();
        let workloads = &mut views[at].workloads;
        if workloads.last().is_none_or(|last| last.name != name) {
            workloads.push(WorkloadFloors { name: name.to_owned(), floors: Vec::new() });
        }
        let last = workloads.last_mut().expect("internal error: just pushed");
        last.floors.push(Floor { floor: floor.0, territories: Territories::of(&group.territories) });
    }
    views
}

fn order(part: Part) -> u32 {
    match part {
        Part::LeadIn(number) => number,
        Part::Main => u32::MAX,
    }
}

fn part_label(part: Part) -> String {
    match part {
        Part::Main => "main".to_owned(),
        Part::LeadIn(number) => format!("lead-in-{number}"),
    }
}

fn code<'p>(plan: &'p Plan, origin: &Origin) -> Option<&'p str> {
    origin.territory.map(|at| plan.profile.territories[at.0].code.as_str())
}

/// The zone of each territory; `None` is the platform.
fn zone_names(plan: &Plan) -> BTreeMap<Option<&str>, &str> {
    let territories = plan.profile.territories.iter();
    let named = territories.map(|territory| (Some(territory.code.as_str()), territory.zone.name()));
    named.chain([(None, plan.profile.platform.zone.name())]).collect()
}

/// When an origin is active: territories whose origins have equal shapes share a rule, whatever their zones are called.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Shape {
    about: String,
    terms: Vec<Term>,
    /// Monday first.
    weekdays: [bool; 7],
    hours: Hours,
}

/// Where there is a target: nobody else needs the series.
fn served_places(plan: &Plan) -> BTreeSet<Option<TerritoryId>> {
    plan.profile.targets.iter().map(|target| target.territory).collect()
}

/// Whether somebody of ours is served: who has a clock of his own is somebody else.
fn has_series(origin: &Origin, served: &BTreeSet<Option<TerritoryId>>) -> bool {
    served.contains(&origin.territory) && origin.whose != Whose::Own
}

/// The shapes of each part in each territory where there is a target, with the first of its origins.
fn shapes(plan: &Plan) -> impl Iterator<Item = (&Origin, Vec<Shape>)> {
    let key = |origin: &Origin| (origin.occasion, origin.territory, origin.part);
    let parts = plan.origins.chunk_by(move |one, other| key(one) == key(other));
    let served = served_places(plan);
    parts.filter_map(move |origins| {
        let mut own = origins.iter().filter(|origin| has_series(origin, &served)).peekable();
        let first = *own.peek()?;
        // Clock times of which every day is left out are in no series.
        let shapes = own.map(|origin| shape(plan, origin)).filter(|shape| !shape.terms.is_empty());
        Some((first, shapes.collect()))
    })
}

fn shape(plan: &Plan, origin: &Origin) -> Shape {
    let zone = &origin.zone;
    if plan.is_elsewhere(origin) {
        return elsewhere(plan, origin);
    }
    let days = DaySet::of(&origin.days);
    Shape {
        about: say::wall(plan, origin),
        terms: terms(&origin.days, &days, origin.hours, zone),
        weekdays: days.weekdays,
        hours: origin.hours,
    }
}

/// Windows on another clock than that of the series: as instants, each by itself.
fn elsewhere(plan: &Plan, origin: &Origin) -> Shape {
    let whole = Window::new(origin.planned.from, origin.planned.until);
    let windows = merged(origin.windows()).into_iter().enumerate();
    let terms = windows.map(|(n, window)| Term {
        sign: if n == 0 { ' ' } else { '+' },
        from: origin.zone.first_instant(window.from).0,
        until: origin.zone.first_instant(window.until).0,
        about: say::window(window),
    });
    Shape {
        about: say::origin(plan, origin, &origin.zone),
        terms: terms.collect(),
        weekdays: [true; 7],
        hours: Hours::Exact(whole),
    }
}

/// Windows that touch become one.
fn merged(windows: impl Iterator<Item = Window<LocalTime>>) -> Vec<Window<LocalTime>> {
    let mut merged: Vec<Window<LocalTime>> = Vec::new();
    for window in windows {
        match merged.last_mut() {
            Some(last) if window.from <= last.until => last.until = last.until.max(window.until),
            Some(_) | None => merged.push(window),
        }
    }
    merged
}

fn terms(begin: &[Date], days: &DaySet, hours: Hours, zone: &Zone) -> Vec<Term> {
    let term = |sign: char, window: Window<LocalTime>, about: String| Term {
        sign,
        from: zone.first_instant(window.from).0,
        until: zone.first_instant(window.until).0,
        about,
    };
    if let Hours::Exact(window) = hours {
        return vec![term(' ', window, say::window(window))];
    }
    if let Hours::Span { .. } = hours {
        let windows = begin.iter().map(|day| hours.on(*day)).enumerate();
        let sign = |n: usize| if n == 0 { ' ' } else { '+' };
        return windows.map(|(n, window)| term(sign(n), window, say::window(window))).collect();
    }
    let dated = |sign: char, days: &Window<Date>| {
        term(sign, stretch(hours, days), say::days(days.from, days.until.plus_days(-1)))
    };
    let within = days.within.iter().enumerate().map(|(n, days)| dated(if n == 0 { ' ' } else { '+' }, days));
    within.chain(days.without.iter().map(|days| dated('-', days))).collect()
}

/// From the first day's midnight to the last one's end; where hours cross midnight, from the first window's beginning to
/// the last one's end.
fn stretch(hours: Hours, days: &Window<Date>) -> Window<LocalTime> {
    match hours {
        Hours::Daily { from, until } if until <= from => {
            Window::new(days.from.at(from), days.until.at(until))
        }
        Hours::AllDay | Hours::Daily { .. } | Hours::Span { .. } | Hours::Exact(_) => {
            Window::new(days.from.start(), days.until.start())
        }
    }
}

fn active(shapes: Vec<Shape>, zones: &BTreeMap<Option<&str>, &str>, members: &[Option<&str>]) -> Active {
    /// More zones than these are counted, not listed.
    const MOST_ZONES: usize = 4;
    let mut names: Vec<&str> = members.iter().map(|member| zones[member]).collect();
    names.sort_unstable();
    names.dedup();
    Active {
        territories: Territories::of(members),
        zones: names.iter().take(MOST_ZONES).map(|name| (*name).to_owned()).collect(),
        more_zones: names.len().saturating_sub(MOST_ZONES),
        slots: shapes.into_iter().map(Shape::view).collect(),
    }
}

impl Shape {
    fn view(self) -> SlotView {
        SlotView { week: self.week(), hours: self.hours_view(), about: self.about, terms: self.terms }
    }

    fn week(&self) -> Option<Week> {
        if self.weekdays == [true; 7] || matches!(self.hours, Hours::Exact(_) | Hours::Span { .. }) {
            return None;
        }
        let back = match self.hours {
            Hours::Daily { from, until } if until <= from => seconds(until),
            Hours::AllDay | Hours::Daily { .. } | Hours::Span { .. } | Hours::Exact(_) => 0,
        };
        const DAY: i64 = 86_400;
        let day = |n: usize| i64::try_from(n).expect("internal error: a weekday") * DAY;
        let spans = days::weekday_spans(&self.weekdays);
        let chosen = Weekday::ALL.into_iter().filter(|day| self.weekdays[day.index()]);
        let about: Vec<&str> = chosen.map(Weekday::title).collect();
        let spans = spans.into_iter().map(|(from, until)| (day(from), day(until))).collect();
        Some(Week { back, spans, about: about.join(", ") })
    }

    fn hours_view(&self) -> HoursView {
        match self.hours {
            Hours::AllDay | Hours::Span { .. } | Hours::Exact(_) => HoursView::Always,
            Hours::Daily { from, until } => {
                let (from_about, until_about) = (from.to_string(), until.to_string());
                let (start, end) = (seconds(from), seconds(until));
                if until <= from {
                    HoursView::Night { from: start, until: end, from_about, until_about }
                } else {
                    HoursView::Day { from: start, until: end, from_about, until_about }
                }
            }
        }
    }
}

/// Seconds after midnight.
fn seconds(time: TimeOfDay) -> i64 {
    i64::from(time.minutes()) * 60
}

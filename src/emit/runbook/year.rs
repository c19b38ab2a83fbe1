//! The runbook's year: a row for every part of a season in every territory, what its months hold, and the holidays that
//! are taken out.

use std::collections::BTreeMap;

use serde::Serialize;

use super::limits::NOTHING;
use crate::plan::{Hours, Layer, OccasionKind, Origin, OriginId, Part, Plan};
use crate::time::{self, Date};

#[derive(Clone, Serialize)]
pub(super) struct Window {
    title: String,
    part: &'static str,
    territory: String,
    first: String,
    last: String,
    days: String,
    hours: String,
    zone: String,
    load: String,
    floors: String,
}

impl Window {
    /// In one line, for a territory's own section.
    pub(super) fn line(&self) -> String {
        let Self { title, part, first, last, days, hours, floors, .. } = self;
        let lead_in = if *part == "lead-in" { ", lead-in" } else { "" };
        format!("{title}{lead_in}: {first} - {last}, {days} {hours}: {floors}")
    }
}

#[derive(Serialize)]
pub(super) struct SeasonNote<'p> {
    title: &'p str,
    owner: Option<&'p str>,
    ticket: Option<&'p str>,
    note: Option<&'p str>,
}

#[derive(Serialize)]
pub(super) struct Month {
    title: String,
    active: String,
}

/// Every row of the year with its territory's index, in plan order; a season that lies twice in the plan has two.
pub(super) fn windows(plan: &Plan) -> Vec<(Option<usize>, Window)> {
    let floors = floors(plan);
    let mut rows = Vec::new();
    for (at, origin) in plan.origins.iter().enumerate() {
        let is_said = origin.part == Part::Main && !says_nothing(plan, origin, &floors);
        if floors[at].is_empty() && !is_said {
            continue;
        }
        for dates in origin.dates.iter().filter(|dates| has_day(origin, **dates)) {
            rows.push((origin.territory.map(|id| id.0), window(plan, origin, *dates, &floors[at])));
        }
    }
    rows
}

/// Whether nothing runs in the territory of a part of an occasion that asks for floors elsewhere.
fn says_nothing(plan: &Plan, origin: &Origin, floors: &[Vec<String>]) -> bool {
    let Some(territory) = origin.territory else { return false };
    let is_empty = plan.profile.targets.iter().all(|target| target.territory != Some(territory));
    let mut others = plan.origins.iter().zip(floors).filter(|(_, floors)| !floors.is_empty());
    is_empty
        && origin.load.is_none()
        && others.any(|(other, _)| plan.occasion(other).title == plan.occasion(origin).title)
}

/// Whether a window begins on one of these days: `except` may have taken all of them.
fn has_day(origin: &Origin, dates: time::Window<Date>) -> bool {
    matches!(origin.hours, Hours::Exact(_)) || origin.days.iter().any(|day| dates.contains(*day))
}

/// What brings replicas where no floor is asked for.
fn by_load(plan: &Plan) -> String {
    let is_counted = plan.profile.http_workloads().next().is_some();
    if is_counted { "by request rate" } else { NOTHING }.to_owned()
}

fn window(plan: &Plan, origin: &Origin, dates: time::Window<Date>, floors: &[String]) -> Window {
    let territory = origin.territory.map(|id| &plan.profile.territories[id.0]);
    let hours = match origin.hours {
        Hours::AllDay => "all day".to_owned(),
        Hours::Daily { from, until } => format!("{from}-{until}"),
        Hours::Span { from, until, .. } => format!("{from} .. {until}"),
        Hours::Exact(window) => format!("{}-{}", window.from.time_of_day(), window.until.time_of_day()),
    };
    Window {
        title: plan.occasion(origin).title.clone(),
        part: match (origin.part, plan.occasion(origin).kind) {
            (Part::LeadIn(_), _) => "lead-in",
            (Part::Main, OccasionKind::Season) => "season",
            (Part::Main, OccasionKind::Campaign) => "campaign",
        },
        territory: territory.map_or_else(|| NOTHING.to_owned(), |territory| territory.code.to_string()),
        first: dates.from.long(),
        last: dates.until.plus_days(-1).long(),
        days: match origin.hours {
            Hours::Span { .. } => "unbroken".to_owned(),
            Hours::AllDay | Hours::Daily { .. } | Hours::Exact(_) => origin.days_rule.clone(),
        },
        hours,
        zone: origin.zone.to_string(),
        load: origin
            .load
            .filter(|_| origin.part == Part::Main)
            .map_or_else(|| NOTHING.to_owned(), |load| format!("x {load}")),
        floors: if floors.is_empty() { by_load(plan) } else { floors.join(", ") },
    }
}

/// For every origin, what it asks of which workload: `queries 2 to 6`.
fn floors(plan: &Plan) -> Vec<Vec<String>> {
    let mut floors: Vec<Vec<String>> = plan.origins.iter().map(|_| Vec::new()).collect();
    for schedule in &plan.schedules {
        let target = &plan.profile.targets[schedule.target.0];
        let workload = &plan.profile.workload(target).name;
        for Layer { origin: OriginId(at), floor, .. } in &schedule.layers {
            floors[*at].push(format!("{workload} {} to {floor}", target.min.value));
        }
    }
    floors
}

pub(super) fn notes(plan: &Plan) -> Vec<SeasonNote<'_>> {
    plan.occasions
        .iter()
        .map(|occasion| SeasonNote {
            title: &occasion.title,
            owner: occasion.owner.as_deref(),
            ticket: occasion.ticket.as_deref(),
            note: occasion.note.as_deref(),
        })
        .collect()
}

/// Days that a season leaves out because they are holidays: `DE, Weihnachten: Fri 25 Dec 2026`. One that has several hours a day
/// leaves them out of each, and says so once.
pub(super) fn holidays(plan: &Plan) -> Vec<String> {
    let line = |origin: &Origin| {
        let days: Vec<String> = origin.left_out.iter().map(|left_out| left_out.day.long()).collect();
        let territory = origin.territory.map_or(NOTHING, |id| plan.profile.territories[id.0].code.as_str());
        format!("{territory}, {}: {}", plan.occasion(origin).title, days.join(", "))
    };
    let mut lines: Vec<String> = Vec::new();
    for line in plan.origins.iter().filter(|origin| !origin.left_out.is_empty()).map(line) {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

/// The days of seasons that are for bridges only: no rule of dates says them.
pub(super) fn bridges(plan: &Plan) -> Vec<String> {
    let is_of_bridges =
        |origin: &&Origin| origin.part == Part::Main && origin.days_rule.split(' ').next() == Some("bridge");
    let line = |origin: &Origin| {
        let days: Vec<String> = origin.days.iter().map(|day| day.long()).collect();
        let territory = origin.territory.map_or(NOTHING, |id| plan.profile.territories[id.0].code.as_str());
        format!("{territory}, {}: {}", plan.occasion(origin).title, days.join(", "))
    };
    let mut lines: Vec<String> = plan.origins.iter().filter(is_of_bridges).map(line).collect();
    // On several clocks the days are the same.
    lines.dedup();
    lines
}

/// Each month of the plan with the seasons that have a minute in it, lead-ins said as such.
pub(super) fn months(plan: &Plan) -> Vec<Month> {
    let mut by_month: BTreeMap<(i32, u32), Vec<String>> = BTreeMap::new();
    let mut first = plan.horizon.from;
    while first < plan.horizon.until {
        by_month.insert((first.year(), first.month().number()), Vec::new());
        let next = if first.month().number() == 12 {
            (first.year() + 1, 1)
        } else {
            (first.year(), first.month().number() + 1)
        };
        first = Date::ymd(next.0, next.1, 1).expect("internal error: every month has a first day");
    }
    for origin in &plan.origins {
        let title = &plan.occasion(origin).title;
        let name = if origin.part == Part::Main { title.clone() } else { format!("{title} (lead-in)") };
        for window in origin.windows() {
            let (first, last) = (window.from.date(), window.until.plus_minutes(-1).date());
            let months = (first.year(), first.month().number())..=(last.year(), last.month().number());
            for (_, active) in by_month.range_mut(months) {
                if !active.contains(&name) {
                    active.push(name.clone());
                }
            }
        }
    }
    let month = |((year, month), active): ((i32, u32), Vec<String>)| Month {
        title: format!("{} {year}", time::Month::new(month).map_or("", time::Month::title)),
        active: if active.is_empty() { NOTHING.to_owned() } else { active.join(", ") },
    };
    by_month.into_iter().map(month).collect()
}

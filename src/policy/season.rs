//! `[seasons.*]`: a window that comes back every year, and what differs in one territory (`[seasons.*.in.CH]`).

use std::collections::BTreeMap;

use super::calendar::{self, About, Known};
use super::decode::{Problems, Table, Value};
use super::diags;
use super::scalar::{self, DailyHours, DayRule};
use crate::dates::DateRule;
use crate::name::Slug;
use crate::profile::{TerritoryId, WorkloadId};
use crate::quantity::{Ratio, Replicas};
use crate::source::{Located, Span};

/// Floors by workload.
pub(super) type Floors = BTreeMap<WorkloadId, Located<Replicas>>;

/// A season, dates still being rules.
#[derive(Clone, Debug)]
pub struct Season {
    /// Its key.
    pub name: Slug,
    /// Title, owner and the like.
    pub about: About,
    /// What holds in general, and for targets without a territory.
    pub general: Terms,
    /// What holds in each of its territories, the general terms included.
    pub territories: BTreeMap<TerritoryId, Terms>,
}

/// When and how much, in one place.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Date rule of the first day.
    pub from: Located<DateRule>,
    /// Date rule of the last day, inclusive.
    pub to: Located<DateRule>,
    /// Daily hours; absent: all day.
    pub hours: Option<Located<DailyHours>>,
    /// Which days.
    pub days: Located<DayRule>,
    /// Expected load, as a multiple of the base load.
    pub load: Option<Located<f64>>,
    /// Floors by workload; empty where none is written.
    pub floors: BTreeMap<WorkloadId, Located<Replicas>>,
    /// Whether `floor` was written here, be it empty: then nothing is derived from `load`.
    pub floors_written: bool,
    /// Lead-in steps, the longest first.
    pub lead_ins: Vec<Located<LeadIn>>,
    /// The table that these terms come from.
    pub span: Span,
}

/// A step before the season.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeadIn {
    /// How many days before the first day it begins.
    pub days: u32,
    /// How high.
    pub size: LeadInSize,
}

/// How high a lead-in is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LeadInSize {
    /// A share of the season's floor, rounded up.
    ShareOfFloor(Ratio),
    /// A multiple of the target's minimum, rounded up, but never above the season's floor.
    TimesMinimum(f64),
}

pub(super) fn read(
    name: Option<Slug>,
    table: &mut Table<'_>,
    known: &Known<'_>,
    problems: &mut Problems,
) -> Option<Season> {
    let about = calendar::about(name.as_ref(), table, problems);
    for key in ["from", "to"] {
        table.need(key, problems);
    }
    let general = Partial::read(table, known, problems);
    let wanted = calendar::territories(table, known, problems);
    let mut overrides: BTreeMap<TerritoryId, Partial> = BTreeMap::new();
    for (value, mut own) in table.children("in", "territory", problems) {
        let id = calendar::territory_id(value.key, value.key_span, known, problems);
        let partial = Partial::read(&mut own, known, problems);
        own.finish(problems);
        if let Some(id) = id {
            check_listed(&value, id, &wanted, known, problems);
            check_floors(&partial.floors, id, known, problems);
            overrides.insert(id, partial);
        }
    }
    let merged = wanted.iter().map(|id| {
        let own = overrides.remove(id).unwrap_or_default();
        Some((*id, own.over(&general).terms(table.span)?))
    });
    let territories: Option<BTreeMap<_, _>> = merged.collect();
    Some(Season { name: name?, about, general: general.terms(table.span)?, territories: territories? })
}

fn check_listed(
    value: &Value<'_>,
    id: TerritoryId,
    wanted: &[TerritoryId],
    known: &Known<'_>,
    problems: &mut Problems,
) {
    if !wanted.contains(&id) {
        let codes: Vec<&str> =
            wanted.iter().map(|id| known.territories[id.0].territory.code.as_str()).collect();
        problems.push(diags::unknown_territory(value.key, value.key_span, &codes));
    }
}

/// A floor written for one territory must be for a workload that runs there; general floors simply pass it over.
fn check_floors(floors: &Option<Floors>, id: TerritoryId, known: &Known<'_>, problems: &mut Problems) {
    let draft = &known.territories[id.0];
    for (workload, floor) in floors.iter().flatten() {
        let kept = known.workloads[workload.0].kept.as_ref();
        let there = draft.shares.iter().any(|(shared, _)| shared == workload)
            || kept.is_some_and(|kept| kept.territory(known.territories) == Some(id));
        if !there {
            let name = known.workloads[workload.0].workload.name.as_str();
            let code = draft.territory.code.as_str();
            problems.push(diags::workload_not_there(name, code, floor.span, draft.territory.span));
        }
    }
}

/// Terms with gaps, as written in one table.
#[derive(Clone, Default)]
struct Partial {
    from: Option<Located<DateRule>>,
    to: Option<Located<DateRule>>,
    hours: Option<Located<DailyHours>>,
    days: Option<Located<DayRule>>,
    load: Option<Located<f64>>,
    floors: Option<Floors>,
    lead_ins: Option<Vec<Located<LeadIn>>>,
    span: Option<Span>,
}

impl Partial {
    fn read(table: &mut Table<'_>, known: &Known<'_>, problems: &mut Problems) -> Self {
        let mut rule = |key| {
            let value = table.get(key)?;
            date_rule(value, problems)
        };
        let (from, to) = (rule("from"), rule("to"));
        Self {
            from,
            to,
            hours: table.get("hours").and_then(|value| hours(value, problems)),
            days: table.get("days").and_then(|value| days(value, problems)),
            load: table.get("load").and_then(|value| value.number(problems)),
            floors: table.get("floor").map(|value| calendar::floors(value, known, problems)),
            lead_ins: table.get("ramp").map(|value| lead_ins(value, problems)),
            span: Some(table.span),
        }
    }

    /// These terms, with the gaps filled from `general`.
    fn over(self, general: &Self) -> Self {
        Self {
            from: self.from.or(general.from),
            to: self.to.or(general.to),
            hours: self.hours.or(general.hours),
            days: self.days.or_else(|| general.days.clone()),
            load: self.load.or(general.load),
            floors: self.floors.or_else(|| general.floors.clone()),
            lead_ins: self.lead_ins.or_else(|| general.lead_ins.clone()),
            span: self.span.or(general.span),
        }
    }

    fn terms(&self, header: Span) -> Option<Terms> {
        let span = self.span.unwrap_or(header);
        Some(Terms {
            from: self.from?,
            to: self.to?,
            hours: self.hours,
            days: self.days.clone().unwrap_or_else(|| Located::new(DayRule::every_day(), span)),
            load: self.load,
            floors: self.floors.clone().unwrap_or_default(),
            floors_written: self.floors.is_some(),
            lead_ins: self.lead_ins.clone().unwrap_or_default(),
            span,
        })
    }
}

/// A date rule; a flaw is pointed at inside the string.
pub(super) fn date_rule(value: Value<'_>, problems: &mut Problems) -> Option<Located<DateRule>> {
    let text = value.text(problems)?;
    match DateRule::parse(text.value) {
        Ok(rule) => Some(Located::new(rule, text.span)),
        Err(flaw) => {
            problems.push(diags::bad_date_rule(&flaw, text.span));
            None
        }
    }
}

fn hours(value: Value<'_>, problems: &mut Problems) -> Option<Located<DailyHours>> {
    let text = value.text(problems)?;
    match scalar::hours(text.value) {
        Ok(hours) => Some(Located::new(hours, text.span)),
        Err(flaw) => {
            problems.push(diags::bad_hours(&flaw.what, text.span.part(flaw.at)));
            None
        }
    }
}

fn days(value: Value<'_>, problems: &mut Problems) -> Option<Located<DayRule>> {
    let text = value.text(problems)?;
    match scalar::day_rule(text.value) {
        Ok(rule) => Some(Located::new(rule, text.span)),
        Err(flaw) => {
            problems.push(diags::bad_days(&flaw.what, text.span.part(flaw.at)));
            None
        }
    }
}

fn lead_ins(value: Value<'_>, problems: &mut Problems) -> Vec<Located<LeadIn>> {
    let elements = value.list(problems).unwrap_or_default();
    let mut lead_ins: Vec<Located<LeadIn>> =
        elements.iter().filter_map(|element| lead_in(*element, problems)).collect();
    lead_ins.sort_by_key(|lead_in| std::cmp::Reverse(lead_in.value.days));
    lead_ins
}

fn lead_in(value: Value<'_>, problems: &mut Problems) -> Option<Located<LeadIn>> {
    let mut table = value.table("`ramp`", problems)?;
    let days = table
        .need("before", problems)
        .and_then(|value| value.parsed("a number of days such as \"14d\" or \"2w\"", scalar::days, problems));
    let share = table.get("share").and_then(|value| super::territory::ratio(value, problems));
    let times = table.get("times-min").and_then(|value| value.number(problems));
    let given = (table.has("share"), table.has("times-min"));
    table.finish(problems);
    let size = match (given, share, times) {
        ((true, false), Some(share), _) => LeadInSize::ShareOfFloor(share),
        ((false, true), _, Some(times)) => LeadInSize::TimesMinimum(times.value),
        ((true, true) | (false, false), ..) => {
            let wanted = "either `share` (of the season's floor) or `times-min` (of the minimum)";
            problems.push(diags::bad_value("ramp", wanted, value.span));
            return None;
        }
        _ => return None,
    };
    Some(Located::new(LeadIn { days: days?.value, size }, value.span))
}

//! `[seasons.*]`: a window that comes back every year, and what differs in one territory (`[seasons.*.in.CH]`).

use std::collections::BTreeMap;

use super::about::{self, About};
use super::clock::{self, DayHours, HoursOn};
use super::days::{self, DayRule};
use super::decode::{Problems, Table, Value};
use super::diags;
use super::floors::{self, Floors};
use super::known::{self, Known};
use super::{dates, reader, scalar};
use crate::dates::Boundary;
use crate::name::{SetName, Slug};
use crate::profile::TerritoryId;
use crate::quantity::Ratio;
use crate::source::{Located, Span};
use crate::time::Zone;

/// A season, dates still being rules.
#[derive(Clone, Debug)]
pub struct Season {
    /// Its key.
    pub name: Slug,
    /// Title, owner and the like.
    pub about: About,
    /// One clock for every place; absent: each territory's own.
    pub zone: Option<Located<Zone>>,
    /// What holds in general, and for targets without a territory.
    pub general: Terms,
    /// What holds in each of its territories, the general terms included.
    pub territories: BTreeMap<TerritoryId, Terms>,
}

/// When and how much, in one place.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Date rule of the first day, and the time on it at which it begins, where one is written.
    pub from: Located<Boundary>,
    /// Date rule of the last day, inclusive, and the time on it at which it ends, where one is written.
    pub to: Located<Boundary>,
    /// After how many days it comes again, counted from the one date of `from`.
    pub every: Option<Located<u32>>,
    /// The first year in which it begins.
    pub since: Option<Located<i32>>,
    /// The last year in which it begins.
    pub until_year: Option<Located<i32>>,
    /// Daily hours; absent: all day.
    pub hours: Option<Located<DayHours>>,
    /// Other hours on some dates.
    pub hours_on: Vec<HoursOn>,
    /// Which days.
    pub days: Located<DayRule>,
    /// Whether only one of `hours` and `days` is the territory's own: then hours by weekday hold on those of its days.
    pub hours_are_apart: bool,
    /// Holiday sets whose days are left out.
    pub except: Vec<Located<SetName>>,
    /// Holiday sets of which each must have the day.
    pub only: Vec<Located<SetName>>,
    /// Expected load, as a multiple of the base load.
    pub load: Option<Located<f64>>,
    /// Floors by workload; empty where none is written.
    pub floors: Floors,
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
    let about = about::about(name.as_ref(), table, problems);
    let first = table.need("from", problems).and_then(|value| value.written());
    if table.get("to").is_none() {
        let missing = table.missing("to");
        problems.push(first.map_or(missing.clone(), |first| diags::dates::last_day_missing(missing, first)));
    }
    let general = Partial::read(table, known, problems);
    let zone = reader::one_clock(table, problems);
    let wanted = known::territories(table, known, problems);
    let mut overrides: BTreeMap<TerritoryId, Partial> = BTreeMap::new();
    for (value, mut own) in table.children("in", "territory", problems) {
        let id = known::territory_id(value.key, value.key_span, known, problems);
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
    Some(Season { name: name?, about, zone, general: general.terms(table.span)?, territories: territories? })
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
    for (workload, floor) in floors.iter().flat_map(Floors::named) {
        let kept = known.workloads[workload.0].kept.as_ref();
        let there = draft.shares.iter().any(|(shared, _)| *shared == workload)
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
    from: Option<Located<Boundary>>,
    to: Option<Located<Boundary>>,
    every: Option<Located<u32>>,
    since: Option<Located<i32>>,
    until_year: Option<Located<i32>>,
    hours: Option<Located<DayHours>>,
    hours_on: Option<Vec<HoursOn>>,
    days: Option<Located<DayRule>>,
    hours_are_apart: bool,
    except: Option<Vec<Located<SetName>>>,
    only: Option<Vec<Located<SetName>>>,
    load: Option<Located<f64>>,
    floors: Option<Floors>,
    lead_ins: Option<Vec<Located<LeadIn>>>,
    span: Option<Span>,
}

impl Partial {
    fn read(table: &mut Table<'_>, known: &Known<'_>, problems: &mut Problems) -> Self {
        let mut rule = |key| {
            let value = table.get(key)?;
            boundary(value, problems)
        };
        let (from, to) = (rule("from"), rule("to"));
        let mut year = |key| table.get(key).and_then(|value| dates::year(value, problems));
        let (since, until_year) = (year("since"), year("until-year"));
        let mut sets = |key| {
            let sets = reader::sets(table.get(key)?, problems);
            known::check_sets(&sets, known.holidays, problems);
            Some(sets)
        };
        let (except, only) = (sets("except"), sets("only"));
        Self {
            from,
            to,
            every: table.get("every").and_then(|value| {
                value.parsed(
                    "a number of weeks or days such as \"2w\" or \"10d\", from 1 to 366 days",
                    scalar::days,
                    problems,
                )
            }),
            since,
            until_year,
            except,
            only,
            hours: table.get("hours").and_then(|value| clock::hours(value, problems)),
            hours_on: table.get("hours-on").map(|value| clock::hours_on(value, problems)),
            days: table.get("days").and_then(|value| days(value, problems)),
            hours_are_apart: false,
            load: table.get("load").and_then(|value| value.number(problems)),
            floors: table.get("floor").map(|value| floors::floors(value, known, problems)),
            lead_ins: table.get("ramp").map(|value| lead_ins(value, problems)),
            span: Some(table.span),
        }
    }

    /// These terms, with the gaps filled from `general`.
    fn over(self, general: &Self) -> Self {
        Self {
            hours_are_apart: self.hours.is_some() != self.days.is_some(),
            from: self.from.or_else(|| general.from.clone()),
            to: self.to.or_else(|| general.to.clone()),
            every: self.every.or(general.every),
            since: self.since.or(general.since),
            until_year: self.until_year.or(general.until_year),
            hours: self.hours.or_else(|| general.hours.clone()),
            hours_on: self.hours_on.or_else(|| general.hours_on.clone()),
            except: self.except.or_else(|| general.except.clone()),
            only: self.only.or_else(|| general.only.clone()),
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
            from: self.from.clone()?,
            to: self.to.clone()?,
            every: self.every,
            since: self.since,
            until_year: self.until_year,
            hours: self.hours.clone(),
            hours_on: self.hours_on.clone().unwrap_or_default(),
            except: self.except.clone().unwrap_or_default(),
            only: self.only.clone().unwrap_or_default(),
            days: self.days.clone().unwrap_or_else(|| Located::new(DayRule::every_day(), span)),
            hours_are_apart: self.hours_are_apart,
            load: self.load,
            floors: self.floors.clone().unwrap_or_default(),
            floors_written: self.floors.is_some(),
            lead_ins: self.lead_ins.clone().unwrap_or_default(),
            span,
        })
    }
}

/// The rule of a window's end: a string, or a list of dates, one for each year.
fn boundary(value: Value<'_>, problems: &mut Problems) -> Option<Located<Boundary>> {
    if value.is_list() {
        return dates::listed(value, problems);
    }
    let text = value.text(problems)?;
    dates::read_rule(Boundary::parse(text.value), text.span, problems)
}

fn days(value: Value<'_>, problems: &mut Problems) -> Option<Located<DayRule>> {
    let text = value.text(problems)?;
    match days::parse(text.value) {
        Ok(rule) => Some(Located::new(rule, text.span)),
        Err(flaw) => {
            problems.push(diags::dates::bad_days(&flaw.what, text.span.part(flaw.at)));
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
    let days = table.need("before", problems).and_then(|value| {
        value.parsed(
            "a number of days such as \"14d\" or \"2w\", from 1 to 366 days; hours before it are a season of their own, with earlier `hours`",
            scalar::days,
            problems,
        )
    });
    let share = table.get("share").and_then(|value| reader::ratio(value, problems));
    let times = table.get("times-min").and_then(|value| value.number(problems));
    let given = (table.has("share"), table.has("times-min"));
    let before = problems.len();
    table.finish(problems);
    let is_misspelt = problems.len() > before;
    let size = match (given, share, times) {
        ((true, false), Some(share), _) => LeadInSize::ShareOfFloor(share),
        ((false, true), _, Some(times)) => LeadInSize::TimesMinimum(times.value),
        // The misspelt key may be the one that is missing.
        ((false, false), ..) if is_misspelt => return None,
        ((true, true) | (false, false), ..) => {
            let wanted = "either `share` (of the season's floor) or `times-min` (of the minimum)";
            problems.push(diags::bad_value("ramp", wanted, value.span));
            return None;
        }
        _ => return None,
    };
    Some(Located::new(LeadIn { days: days?.value, size }, value.span))
}

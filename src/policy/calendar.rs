//! `calendar.toml`: the horizon, seasons, campaigns and holidays, dates still being rules.

use std::collections::{BTreeMap, BTreeSet};

use super::about::About;
use super::decode::{Moment, Problems, Table, Value};
use super::diags;
use super::floors::{self, Floors};
use super::known::{self, HolidaySet, Known};
use super::season::{self, Season};
use super::{about, dates, reader};
use crate::name::{KubeName, SetName, Slug};
use crate::profile::TerritoryId;
use crate::quantity::Ratio;
use crate::source::{Located, Span};
use crate::time::{Date, Window, Zone};

/// The business's year.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// For which days a plan is made: `[from, until)`; the span is of `until`.
    pub horizon: Located<Window<Date>>,
    /// The bytes of its `from`.
    pub begins: Span,
    /// What a derived floor adds to the expected load.
    pub headroom: Ratio,
    /// What tells the plan from others; absent: the namespace.
    pub name: Option<KubeName>,
    /// What people call it.
    pub title: Option<String>,
    /// In file order.
    pub seasons: Vec<Season>,
    /// In file order.
    pub campaigns: Vec<Campaign>,
    /// What is switched off: read like the rest, so that it cannot rot, and never planned.
    pub off: SwitchedOff,
    /// In file order.
    pub holidays: Vec<HolidaySet>,
}

/// Seasons and campaigns with `enabled = false`, in file order.
#[derive(Clone, Debug, Default)]
pub struct SwitchedOff {
    /// `[seasons.*]`
    pub seasons: Vec<Season>,
    /// `[campaigns.*]`
    pub campaigns: Vec<Campaign>,
}

/// A SalesOps burst: once, to the minute.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// Its key.
    pub name: Slug,
    /// Title, owner and the like.
    pub about: About,
    /// When it begins.
    pub from: Located<Moment>,
    /// The first minute after it.
    pub to: Located<Moment>,
    /// The clock of its local times; absent: each territory's own.
    pub zone: Option<Located<Zone>>,
    /// Where; targets without territory take part in any case.
    pub territories: Vec<TerritoryId>,
    /// Expected load, as a multiple of the base load.
    pub load: Option<Located<f64>>,
    /// Floors per workload.
    pub floors: Floors,
}

pub(super) fn read(
    root: &mut Table<'_>,
    known: &Known<'_>,
    holidays: Vec<HolidaySet>,
    problems: &mut Problems,
) -> Option<Calendar> {
    let plan = plan(root, problems);
    let (mut seasons, mut campaigns, mut off) = (Vec::new(), Vec::new(), SwitchedOff::default());
    for (value, mut table) in root.children("seasons", "season", problems) {
        let name = value.key_name(Slug::RULE, Slug::parse, problems);
        let enabled = enabled(&mut table, problems);
        let season = season::read(name, &mut table, known, problems);
        table.finish(problems);
        if enabled { &mut seasons } else { &mut off.seasons }.extend(season);
    }
    for (value, mut table) in root.children("campaigns", "campaign", problems) {
        let name = value.key_name(Slug::RULE, Slug::parse, problems);
        let enabled = enabled(&mut table, problems);
        let campaign = campaign(name, &mut table, known, problems);
        table.finish(problems);
        if enabled { &mut campaigns } else { &mut off.campaigns }.extend(campaign);
    }
    let Head { horizon, begins, headroom, name, title } = plan?;
    Some(Calendar { horizon, begins, headroom, name, title, seasons, campaigns, off, holidays })
}

/// `[holidays.*]`
pub(super) fn holidays(
    root: &mut Table<'_>,
    built_in: Vec<HolidaySet>,
    problems: &mut Problems,
) -> Vec<HolidaySet> {
    let own = holiday_sets(root, problems);
    let is_free = |set: &HolidaySet| own.iter().all(|own| own.name != set.name);
    let sets: Vec<HolidaySet> = own.iter().cloned().chain(built_in.into_iter().filter(is_free)).collect();
    for set in &own {
        known::check_sets(&set.include, &sets, problems);
    }
    check_circles(&sets, problems);
    sets
}

/// The sets of a file.
pub(super) fn holiday_sets(root: &mut Table<'_>, problems: &mut Problems) -> Vec<HolidaySet> {
    let tables = root.children("holidays", "holiday set", problems);
    tables.into_iter().filter_map(|(value, table)| holiday_set(&value, table, problems)).collect()
}

/// `[plan]`
struct Head {
    horizon: Located<Window<Date>>,
    begins: Span,
    headroom: Ratio,
    name: Option<KubeName>,
    title: Option<String>,
}

fn plan(root: &mut Table<'_>, problems: &mut Problems) -> Option<Head> {
    let mut table = root.need_table("plan", problems)?;
    let from = table.need("from", problems).and_then(|value| value.date(problems));
    let until = table.need("until", problems).and_then(|value| value.date(problems));
    let headroom = table.get("headroom").map(|value| reader::ratio(value, problems));
    let name = table.get("name").and_then(|value| value.name(KubeName::RULE, KubeName::parse, problems));
    let title = table.get("title").and_then(|value| reader::text(value, problems));
    table.finish(problems);
    let (from, until) = (from?, until?);
    let bounded = |date: Located<Date>| (1970..=2100).contains(&date.value.year());
    for (key, date) in [("from", from), ("until", until)] {
        if !bounded(date) {
            // chrono reaches further, but no zone's rules are known there: after 2100 they are a guess.
            problems.push(diags::bad_value(key, "a date from 1970 to 2100", date.span));
        }
    }
    if until.value <= from.value {
        problems.push(diags::dates::empty_horizon(from.span, until.span));
        return None;
    }
    if leaves_a_last_day_out(from.value, until.value) {
        problems.push(diags::dates::last_day_left_out(from, until));
    }
    let horizon = Located::new(Window::new(from.value, until.value), until.span);
    let headroom = headroom.unwrap_or(Some(Ratio(0.0)))?;
    let name = name.map(|name| name.value);
    (bounded(from) && bounded(until)).then_some(Head { horizon, begins: from.span, headroom, name, title })
}

/// Whether `until` looks like a last day that was meant to be in the plan: that of a year, or that of a month where the plan
/// begins with the first of one. A plan that goes from one 31 December to the next keeps to its own day.
fn leaves_a_last_day_out(from: Date, until: Date) -> bool {
    let same_day = (from.month(), from.day()) == (until.month(), until.day());
    let (next, begins_a_month) = (until.next(), from.day() == 1);
    next.day() == 1 && (begins_a_month || next.year() > until.year()) && !same_day
}

fn campaign(
    name: Option<Slug>,
    table: &mut Table<'_>,
    known: &Known<'_>,
    problems: &mut Problems,
) -> Option<Campaign> {
    let about = about::about(name.as_ref(), table, problems);
    let from = table.need("from", problems).and_then(|value| value.moment(problems));
    let to = table.need("to", problems).and_then(|value| value.moment(problems));
    let zone = reader::one_clock(table, problems);
    let territories = known::territories(table, known, problems);
    let load = table.get("load").and_then(|value| value.number(problems));
    let floors = table.get("floor").map(|value| floors::floors(value, known, problems)).unwrap_or_default();
    Some(Campaign { name: name?, about, from: from?, to: to?, zone, territories, load, floors })
}

/// `enabled = false` switches a season or campaign off.
fn enabled(table: &mut Table<'_>, problems: &mut Problems) -> bool {
    table.get("enabled").and_then(|value| value.boolean(problems)).unwrap_or(true)
}

fn holiday_set(value: &Value<'_>, mut table: Table<'_>, problems: &mut Problems) -> Option<HolidaySet> {
    let name = value.key_name(SetName::RULE, SetName::parse, problems);
    let include = table.get("include").map(|value| reader::sets(value, problems)).unwrap_or_default();
    let mut days = Vec::new();
    for entry in table.values().filter(|entry| entry.key != "include") {
        let holiday = entry.key_name(Slug::RULE, Slug::parse, problems);
        days.extend(holiday.zip(dates::stretch(entry, problems)));
    }
    Some(HolidaySet { name: name?, include, days, span: table.span })
}

/// Sets that include themselves, be it by way of others.
fn check_circles(sets: &[HolidaySet], problems: &mut Problems) {
    let endless = without_end(sets);
    for set in sets.iter().filter(|set| endless.contains_key(&set.name)) {
        let mut seen: BTreeSet<&SetName> = BTreeSet::new();
        let mut open: Vec<&Located<SetName>> = set.include.iter().collect();
        while let Some(next) = open.pop() {
            if next.value == set.name {
                problems.push(diags::dates::holiday_circle(set.name.as_str(), next.span, set.span));
                break;
            }
            if seen.insert(&next.value) {
                open.extend(endless.get(&next.value).iter().flat_map(|other| &other.include));
            }
        }
    }
}

/// The sets in a circle, and those that lead into one: what is left when those that include nothing are taken away, again and
/// again.
fn without_end(sets: &[HolidaySet]) -> BTreeMap<&SetName, &HolidaySet> {
    let mut left: BTreeMap<&SetName, &HolidaySet> = sets.iter().map(|set| (&set.name, set)).collect();
    let mut including: BTreeMap<&SetName, Vec<&HolidaySet>> = BTreeMap::new();
    let mut wanted: BTreeMap<&SetName, usize> = BTreeMap::new();
    for set in sets {
        let known = set.include.iter().filter(|other| left.contains_key(&other.value));
        let known: Vec<&SetName> = known.map(|other| &other.value).collect();
        wanted.insert(&set.name, known.len());
        known.iter().for_each(|other| including.entry(other).or_default().push(set));
    }
    let mut ended: Vec<&SetName> =
        wanted.iter().filter(|(_, count)| **count == 0).map(|(name, _)| *name).collect();
    while let Some(name) = ended.pop() {
        left.remove(name);
        for set in including.get(name).into_iter().flatten() {
            let Some(count) = wanted.get_mut(&set.name) else { continue };
            *count -= 1;
            if *count == 0 {
                ended.push(&set.name);
            }
        }
    }
    left
}

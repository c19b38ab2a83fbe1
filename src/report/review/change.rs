//! What a change does, shown: floors in words and numbers, then everything else that is said differently.

use std::fmt::Write;

use serde::Serialize;

use super::json::pretty;
use super::markdown::{MARK, MOST_OCTETS};
use super::seasons;
use super::words::{number, signed};
use crate::markdown::comment;
use crate::plan::Plan;
use crate::quantity::Replicas;
use crate::review::{Change, FactChange, Shift};
use crate::time::{LocalTime, TimeOfDay};

/// A change, and the plans that it lies between.
#[derive(Clone, Copy)]
pub struct Changed<'a> {
    /// What differs.
    pub change: &'a Change,
    /// Before.
    pub old: &'a Plan,
    /// After.
    pub new: &'a Plan,
    /// Whether the migration's text is another one under the same version.
    pub migration: bool,
}

pub(super) const EQUAL: &str = "Both policies mean the same.";

/// For the terminal.
pub fn change_text(shown: &Changed<'_>) -> String {
    if shown.change.is_none() {
        return format!("{EQUAL}\n");
    }
    let mut out = format!("{}\n", totals(shown));
    for line in lines(shown) {
        let _ = writeln!(out, "  {line}");
    }
    out
}

/// For a comment on a pull request.
pub fn change_markdown(shown: &Changed<'_>) -> String {
    if shown.change.is_none() {
        return format!("{MARK}\n{EQUAL}\n");
    }
    let mut out = format!("{MARK}\n### {}\n\n", comment(&totals(shown)));
    let lines = lines(shown);
    for (at, line) in lines.iter().enumerate() {
        if out.len() > MOST_OCTETS {
            let _ = writeln!(out, "\nand {} more", lines.len() - at);
            break;
        }
        let _ = writeln!(out, "- {}", comment(line));
    }
    out
}

fn lines(shown: &Changed<'_>) -> Vec<String> {
    let mut lines: Vec<String> = shown.change.shifts.iter().map(|shift| shift_line(shown, shift)).collect();
    lines.extend(seasons::moved(&shown.change.seasons, (shown.old, shown.new)));
    lines.extend(shown.change.facts.iter().map(fact_line));
    lines.extend(migration_line(shown));
    lines
}

pub(super) fn migration_line(shown: &Changed<'_>) -> Option<String> {
    let version = shown.new.profile.journal.as_ref()?.version.value;
    shown.migration.then(|| {
        format!(
            "the migration V{version} reads differently: where it has been applied, the change needs V{}",
            version + 1
        )
    })
}

fn cost(plan: &Plan, hours: f64) -> Option<f64> {
    Some(hours * plan.profile.cost.as_ref()?.pod_hour)
}

/// `+48.60 EUR`, at the new price, where a pod-hour has one.
pub(super) fn money(shown: &Changed<'_>, added: f64) -> Option<String> {
    Some(format!("{} {}", signed(added, 2), shown.new.profile.cost.as_ref()?.currency))
}

/// The price of so many pod-hours more.
pub(super) fn price(shown: &Changed<'_>, hours: f64) -> Option<String> {
    money(shown, cost(shown.new, hours)?)
}

pub(super) fn totals(shown: &Changed<'_>) -> String {
    let (before, after) = (shown.change.before.hours(), shown.change.after.hours());
    let costs = cost(shown.new, after).zip(cost(shown.old, before));
    let money = costs.and_then(|(after, before)| money(shown, after - before));
    format!(
        "{} -> {} pod-hours ({}){}",
        number(before, 1),
        number(after, 1),
        signed(after - before, 1),
        after_comma(money),
    )
}

fn shift_line(shown: &Changed<'_>, shift: &Shift) -> String {
    let hours = shift.time.hours();
    format!(
        "{}, {}: {} -> {}, {} pod-hours{}",
        shift.target,
        when(shift),
        floor(shift.before),
        floor(shift.after),
        signed(hours, 1),
        after_comma(price(shown, hours)),
    )
}

fn after_comma(money: Option<String>) -> String {
    money.map(|money| format!(", {money}")).unwrap_or_default()
}

pub(super) fn floor(floor: Option<Replicas>) -> String {
    floor.map_or_else(|| "none".to_owned(), |floor| floor.to_string())
}

/// `1 Sep 2026 - 15 Oct 2026, 08:00-20:00 (45 days)`
pub(super) fn when(shift: &Shift) -> String {
    let Some((from, until)) = shift.hours() else {
        return format!("{} - {}", at(shift.first.from), at(shift.last.until));
    };
    let until = if until == TimeOfDay::MIDNIGHT { TimeOfDay::END_OF_DAY } else { until };
    let (first, last) = shift.days();
    let first = super::words::day(first);
    let days = if shift.times == 1 {
        first
    } else {
        format!("{first} - {} ({} days)", super::words::day(last), shift.times)
    };
    format!("{days}, {from}-{until}")
}

fn at(time: LocalTime) -> String {
    format!("{} {}", super::words::day(time.date()), time.time_of_day())
}

fn fact_line(fact: &FactChange) -> String {
    let (subject, name) = (&fact.subject, fact.fact);
    match (&fact.before, &fact.after) {
        (Some(before), Some(after)) => format!("{subject}, {name}: {before} -> {after}"),
        (None, Some(after)) => format!("{subject}, {name}: {after} (new)"),
        (Some(before), None) => format!("{subject}, {name}: {before} (gone)"),
        (None, None) => format!("{subject}, {name}"),
    }
}

#[derive(Serialize)]
struct View<'a> {
    equal: bool,
    before_pod_hours: f64,
    after_pod_hours: f64,
    before_cost: Option<f64>,
    after_cost: Option<f64>,
    currency: Option<&'a str>,
    migration_changes: bool,
    shifts: Vec<ShiftView<'a>>,
    seasons: Vec<seasons::View<'a>>,
    facts: Vec<FactView<'a>>,
}

#[derive(Serialize)]
struct ShiftView<'a> {
    target: &'a str,
    first_from: String,
    first_until: String,
    last_from: String,
    last_until: String,
    times: u32,
    before: Option<u32>,
    after: Option<u32>,
    pod_hours: f64,
}

#[derive(Serialize)]
struct FactView<'a> {
    subject: &'a str,
    fact: &'a str,
    before: Option<&'a str>,
    after: Option<&'a str>,
}

/// For programs.
pub fn change_json(shown: &Changed<'_>) -> String {
    let change = shown.change;
    let (before, after) = (change.before.hours(), change.after.hours());
    pretty(&View {
        equal: change.is_none(),
        before_pod_hours: before,
        after_pod_hours: after,
        before_cost: cost(shown.old, before),
        after_cost: cost(shown.new, after),
        currency: shown.new.profile.cost.as_ref().map(|cost| cost.currency.as_str()),
        migration_changes: shown.migration,
        shifts: change.shifts.iter().map(shift_view).collect(),
        seasons: change.seasons.iter().map(seasons::view).collect(),
        facts: change.facts.iter().map(fact_view).collect(),
    })
}

fn shift_view(shift: &Shift) -> ShiftView<'_> {
    ShiftView {
        target: &shift.target,
        first_from: shift.first.from.to_string(),
        first_until: shift.first.until.to_string(),
        last_from: shift.last.from.to_string(),
        last_until: shift.last.until.to_string(),
        times: shift.times,
        before: shift.before.map(|floor| floor.0),
        after: shift.after.map(|floor| floor.0),
        pod_hours: shift.time.hours(),
    }
}

fn fact_view(fact: &FactChange) -> FactView<'_> {
    FactView {
        subject: &fact.subject,
        fact: fact.fact,
        before: fact.before.as_deref(),
        after: fact.after.as_deref(),
    }
}

//! What a change does, as a page for a browser: tables of floors and facts, and each changed target's year before and after.

use std::collections::BTreeSet;

use serde::Serialize;

use super::change::{Changed, EQUAL, floor, migration_line, price, totals, when};
use super::html::business;
use super::picture::{self, Picture};
use super::seasons;
use super::words::signed;
use crate::plan::Plan;
use crate::report::axis::Axis;
use crate::report::page::{self, Cell, Table};

/// More pictures than these would make a page that no browser likes.
const MOST_TARGETS: usize = 100;

#[derive(Serialize)]
struct Page<'a> {
    title: &'a str,
    about: String,
    migration: Option<String>,
    shifts: Option<Table>,
    seasons: Vec<String>,
    facts: Option<Table>,
    targets: Vec<Target>,
    /// Of how many more targets with other floors no year is drawn.
    left_out: usize,
    /// What the slots of the new plan's pictures are called.
    labels: Vec<String>,
}

/// One target in both plans.
#[derive(Serialize)]
struct Target {
    title: String,
    before: Option<Picture>,
    after: Option<Picture>,
}

/// The whole page.
pub fn change_html(shown: &Changed<'_>) -> String {
    let change = shown.change;
    let changed: BTreeSet<&str> = change.shifts.iter().map(|shift| shift.target.as_str()).collect();
    let targets = changed.iter().take(MOST_TARGETS).map(|name| Target {
        title: (*name).to_owned(),
        before: year(shown, shown.old, name),
        after: year(shown, shown.new, name),
    });
    page::render(
        "page/change.html.j2",
        Page {
            title: business(shown.new),
            about: if change.is_none() { EQUAL.to_owned() } else { totals(shown) },
            migration: migration_line(shown),
            shifts: shifts(shown),
            seasons: seasons::moved(&change.seasons, (shown.old, shown.new)),
            facts: facts(shown),
            targets: targets.collect(),
            left_out: changed.len().saturating_sub(MOST_TARGETS),
            labels: Axis::of(shown.new.horizon).labels(),
        },
    )
}

fn shifts(shown: &Changed<'_>) -> Option<Table> {
    let rows = shown.change.shifts.iter().map(|shift| {
        let hours = shift.time.hours();
        let cells = [
            Cell::text(&shift.target),
            Cell::words(when(shift)),
            Cell::text(floor(shift.before)),
            Cell::text(floor(shift.after)),
            Cell::text(signed(hours, 1)),
        ];
        cells.into_iter().chain(price(shown, hours).map(Cell::text)).collect()
    });
    let rows: Vec<Vec<Cell>> = rows.collect();
    let mut head = vec!["Target", "When", "Before", "After", "Pod-hours"];
    head.extend(shown.new.profile.cost.is_some().then_some("Cost"));
    (!rows.is_empty()).then(|| Table { caption: "Floors".to_owned(), head, rows })
}

fn facts(shown: &Changed<'_>) -> Option<Table> {
    let said = |text: &Option<String>| Cell::quoted(text.as_deref().unwrap_or("-"));
    let rows = shown.change.facts.iter().map(|fact| {
        vec![Cell::quoted(&fact.subject), Cell::words(fact.fact), said(&fact.before), said(&fact.after)]
    });
    let rows: Vec<Vec<Cell>> = rows.collect();
    (!rows.is_empty()).then(|| Table {
        caption: "Everything else that is said differently".to_owned(),
        head: vec!["Of", "What", "Before", "After"],
        rows,
    })
}

/// A target's year in one of the plans, where it has one.
fn year(shown: &Changed<'_>, plan: &Plan, name: &str) -> Option<Picture> {
    let at = plan.profile.targets.iter().position(|target| plan.profile.full_name(target) == name)?;
    let same = plan.horizon == shown.new.horizon;
    let labels = if same { Vec::new() } else { Axis::of(plan.horizon).labels() };
    Some(picture::target(plan, &plan.schedules[at], labels))
}

//! The year as one page for a browser: no network, light and dark, for print, keyboard and screen reader.

use serde::Serialize;

use super::picture::{self, Picture};
use super::text::{maxima, months};
use super::words::{self, Line, Row, by_reason, by_territory, hours, money, occasion_number};
use crate::plan::Plan;
use crate::profile::TargetId;
use crate::report::axis::Axis;
use crate::report::limits::limits;
use crate::report::page::{self, Cell, Table};
use crate::review::{PodTime, Review, Since};

/// More targets than this would make a page that no browser likes.
const MOST_TARGETS: usize = 200;

#[derive(Serialize)]
struct Page<'a> {
    title: &'a str,
    about: String,
    sums: Vec<String>,
    next: Table,
    all: Picture,
    years: Vec<Year>,
    tables: Vec<Table>,
    /// Of how many targets no year is drawn.
    left_out: usize,
    /// What the slots of all pictures are called.
    labels: Vec<String>,
}

/// One target.
#[derive(Serialize)]
struct Year {
    title: String,
    about: String,
    picture: Picture,
    table: Table,
}

/// The whole page.
pub fn html(review: &Review<'_>, since: Since) -> String {
    let plan = review.plan;
    let (from, last) = (plan.horizon.from, plan.horizon.until.plus_days(-1));
    let targets = plan.profile.targets.len();
    let tables = [
        ("Pod-hours by month", "Month", months(review)),
        ("Pod-hours by reason", "Reason", by_reason(review)),
        ("Pod-hours by territory", "Territory", by_territory(review)),
    ];
    let mut sums = words::savings(review);
    sums.push(format!("{}.", maxima(plan)));
    page::render(
        "page/review.html.j2",
        Page {
            title: business(plan),
            about: format!(
                "The year, {} to {}: {}",
                words::day(from),
                words::day(last),
                words::targets(targets)
            ),
            sums,
            next: next(review, since),
            all: picture::all(plan, &review.days),
            years: (0..targets.min(MOST_TARGETS)).map(|at| year(review, TargetId(at))).collect(),
            tables: tables.into_iter().map(|(caption, of, lines)| sum(review, caption, of, lines)).collect(),
            left_out: targets.saturating_sub(MOST_TARGETS),
            labels: Axis::of(plan.horizon).labels(),
        },
    )
}

/// What people call it, or what its series are called.
pub(super) fn business(plan: &Plan) -> &str {
    plan.title.as_deref().unwrap_or(plan.name.as_str())
}

/// The next change of each target's floor.
fn next(review: &Review<'_>, since: Since) -> Table {
    let plan = review.plan;
    let targets = plan.profile.targets.iter().enumerate().take(MOST_TARGETS);
    let rows = targets.map(|(at, target)| {
        let name = Cell::text(plan.profile.full_name(target));
        match review.next_change(TargetId(at), since.local(target)) {
            None => vec![
                name,
                Cell::words("no change until the plan ends"),
                Cell::text("-"),
                Cell::text("-"),
                Cell::words("-"),
            ],
            Some(next) => vec![
                name,
                Cell::words(words::moment(next.at)),
                Cell::text(next.before.to_string()),
                Cell::text(next.after.to_string()),
                Cell::words(words::reason(plan, next)),
            ],
        }
    });
    let outside = if plan.horizon.contains(since.day()) { "" } else { " (today is outside of the plan)" };
    Table {
        caption: format!("What comes next, from {}{outside}", since.day().long()),
        head: vec!["Target", "When", "Floor", "Then", "For"],
        rows: rows.collect(),
    }
}

fn year(review: &Review<'_>, at: TargetId) -> Year {
    let plan = review.plan;
    let target = &plan.profile.targets[at.0];
    let schedule = plan.schedule(at);
    Year {
        title: plan.profile.full_name(target),
        about: format!("{}, {}", words::place(plan, at.0), limits(target)),
        picture: picture::target(plan, schedule, Vec::new()),
        table: layers(review, at),
    }
}

/// What asks for which floor when, and what that takes.
fn layers(review: &Review<'_>, at: TargetId) -> Table {
    let plan = review.plan;
    let target = &plan.profile.targets[at.0];
    let rows = plan.schedule(at).layers.iter().map(|layer| {
        let row = Row::of(plan, layer);
        let taken = review.sum(|spent| spent.target == at && spent.origin == Some(layer.origin));
        let when = [Some(row.dates), Some(row.hours), row.without].into_iter().flatten();
        let mut when = when.collect::<Vec<_>>().join(", ");
        if !row.more.is_empty() {
            when = format!("{when}\n{}", row.more.join("; "));
        }
        let mut cells = vec![
            Cell::text(format!("{} {}", occasion_number(plan, layer), row.title)),
            Cell::text(layer.floor.to_string()),
            Cell::words(when),
            Cell::text(format!("+{}", hours(taken))),
        ];
        cells.extend(cost(review, taken));
        cells
    });
    let taken = review.sum(|spent| spent.target == at && spent.origin.is_none());
    let mut minimum = vec![
        Cell::text("minimum"),
        Cell::text(target.min.value.to_string()),
        Cell::words(if plan.schedule(at).layers.is_empty() { "always" } else { "otherwise" }),
        Cell::text(hours(taken)),
    ];
    minimum.extend(cost(review, taken));
    let mut head = vec!["For", "Floor", "When", "Pod-hours"];
    head.extend(plan.profile.cost.is_some().then_some("Cost"));
    let rows = rows.chain(std::iter::once(minimum)).collect();
    Table { caption: "By season".to_owned(), head, rows }
}

fn sum(review: &Review<'_>, caption: &str, of: &'static str, lines: Vec<Line>) -> Table {
    let mut head = vec![of, "Pod-hours"];
    head.extend(review.plan.profile.cost.is_some().then_some("Cost"));
    let rows = lines.into_iter().map(|(name, time)| {
        let cells = [Cell::text(name), Cell::text(hours(time))];
        cells.into_iter().chain(cost(review, time)).collect()
    });
    Table { caption: caption.to_owned(), head, rows: rows.collect() }
}

/// A cell with the price, where a pod-hour has one.
fn cost(review: &Review<'_>, time: PodTime) -> Option<Cell> {
    money(review, time).map(Cell::text)
}

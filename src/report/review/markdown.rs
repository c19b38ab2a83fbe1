//! The year as a comment on a pull request. The first line stays the same, so that a bot finds its comment again.

use std::fmt::Write;

use super::text::{maxima, months, upcoming};
use super::words::{self, Row, by_reason, by_territory, hours, money};
use crate::markdown::{code_in_cell, comment};
use crate::review::{PodTime, Review, Since};

/// The first line of every comment.
pub(super) const MARK: &str = "<!-- seasonscale review -->";
/// A comment on GitHub may have 65,536 characters: targets take no more than this of it.
pub(super) const MOST_OCTETS: usize = 40_000;
/// More lines than this of any other table, or of what comes next, would not fit beside them.
const MOST_LINES: usize = 40;

/// The whole review.
pub fn markdown(review: &Review<'_>, since: Since) -> String {
    let plan = review.plan;
    let mut out = format!(
        "{MARK}\n### The year, {} to {}: {}\n\n",
        words::day(plan.horizon.from),
        words::day(plan.horizon.until.plus_days(-1)),
        comment(&words::taken(review, review.total()))
    );
    for sentence in words::savings(review) {
        let _ = writeln!(out, "- {}", comment(&sentence));
    }
    let _ = writeln!(out, "- {}", comment(&maxima(plan)));
    let (cost, line) = if plan.profile.cost.is_some() { (" Cost |", "--:|") } else { ("", "") };
    let _ = writeln!(out, "\n| Target | Floor | For | When | Pod-hours |{cost}\n|---|--:|---|---|--:|{line}");
    let targets = plan.profile.targets.len();
    let mut shown = 0;
    while shown < targets && out.len() < MOST_OCTETS {
        rows(&mut out, review, shown);
        shown += 1;
    }
    if shown < targets {
        let _ = writeln!(out, "\nand {} more", words::targets(targets - shown));
    }
    for (title, lines) in
        [("Month", months(review)), ("Reason", by_reason(review)), ("Territory", by_territory(review))]
    {
        let _ = writeln!(out, "\n| {title} | Pod-hours |{cost}\n|---|--:|{line}");
        let more = lines.len().saturating_sub(MOST_LINES);
        for (name, time) in lines.into_iter().take(MOST_LINES) {
            let _ = writeln!(out, "| {} | {} |{}", comment(&name), hours(time), cost_cell(review, time));
        }
        if more > 0 {
            let _ = writeln!(out, "\nand {more} more");
        }
    }
    let _ = writeln!(out, "\n<details><summary>What comes next, from {}</summary>\n", since.day().long());
    for line in upcoming(review, since).into_iter().take(MOST_LINES) {
        let _ = writeln!(out, "- {}", comment(&line));
    }
    out.push_str("\n</details>\n");
    out
}

fn rows(out: &mut String, review: &Review<'_>, at: usize) {
    let plan = review.plan;
    let target = &plan.profile.targets[at];
    for layer in &plan.schedules[at].layers {
        let row = Row::of(plan, layer);
        let taken = review.sum(|spent| spent.target.0 == at && spent.origin == Some(layer.origin));
        let when = [Some(row.dates), Some(row.hours), row.without].into_iter().flatten();
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | +{} |{}",
            code_in_cell(&plan.profile.full_name(target)),
            layer.floor,
            comment(&row.title),
            comment(&when.collect::<Vec<_>>().join(", ")),
            hours(taken),
            cost_cell(review, taken)
        );
    }
    let minimum = review.sum(|spent| spent.target.0 == at && spent.origin.is_none());
    let _ = writeln!(
        out,
        "| {} | {} | minimum | otherwise ({}) | {} |{}",
        code_in_cell(&plan.profile.full_name(target)),
        target.min.value,
        comment(target.zone.name()),
        hours(minimum),
        cost_cell(review, minimum)
    );
}

fn cost_cell(review: &Review<'_>, time: PodTime) -> String {
    money(review, time).map(|money| format!(" {} |", comment(&money))).unwrap_or_default()
}

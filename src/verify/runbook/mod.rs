//! The runbook, read back: its tables against the plan, and no link into nowhere.
//!
//! Every figure of the plan stands in a table, so that it can be found again; what a table must say is worked out here from
//! the plan, in code of its own. Whatever else a runbook says is its template's.

mod diags;
mod expected;
pub(in crate::verify) mod markdown;

use std::collections::{BTreeMap, BTreeSet};

use crate::artifact::Artifact;
use crate::finding::Diagnostic;
use crate::plan::Plan;
use diags::Report;
use markdown::Document;

pub(super) fn verify(plan: &Plan, artifact: &Artifact) -> Vec<Diagnostic> {
    let document = Document::read(&artifact.text);
    let mut report = Report::new(plan, &artifact.path);
    for table in expected::tables(plan) {
        compare(&document, &table, &mut report);
    }
    validity(plan, &document, &mut report);
    form(&document, &mut report);
    report.found
}

/// Every expected row stands in the table under its heading, and no other row does.
fn compare(document: &Document<'_>, table: &expected::Table, report: &mut Report<'_>) {
    let Some(found) = document.table(table.section, &table.columns) else {
        report.table_missing(table);
        return;
    };
    let there: BTreeSet<&Vec<String>> = found.rows.iter().map(|(_, cells)| cells).collect();
    let wanted: BTreeSet<&Vec<String>> = table.rows.iter().map(|row| &row.cells).collect();
    let strange: Vec<_> = found.rows.iter().filter(|(_, cells)| !wanted.contains(cells)).collect();
    let missing: Vec<_> = table.rows.iter().filter(|row| !there.contains(&row.cells)).collect();
    for row in &missing {
        report.row(table, row, strange.iter().find(|(_, cells)| alike(cells, &row.cells)).copied());
    }
    for (line, cells) in strange {
        if !missing.iter().any(|row| alike(cells, &row.cells)) {
            report.row_unknown(table, *line, cells);
        }
    }
}

/// Whether two rows are about the same thing: most of their cells agree.
fn alike(one: &[String], other: &[String]) -> bool {
    let equal = one.iter().zip(other).filter(|(a, b)| a == b).count();
    one.len() == other.len() && 2 * equal >= one.len() && one.first() == other.first()
}

fn validity(plan: &Plan, document: &Document<'_>, report: &mut Report<'_>) {
    let last = plan.horizon.until.plus_days(-1);
    let wanted = format!("Holds from {} to {last}.", plan.horizon.from);
    if !document.lines.iter().any(|line| *line == wanted) {
        report.text_missing("the head", &wanted, plan.horizon_span);
    }
}

fn form(document: &Document<'_>, report: &mut Report<'_>) {
    let mut broken: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (line, anchor) in document.links() {
        if !document.sections.iter().any(|section| section.anchor == anchor) {
            broken.entry(anchor).or_default().push(line);
        }
    }
    broken.iter().for_each(|(anchor, lines)| report.link(lines, anchor));
    if !document.fences_balance() {
        report.form("a code block is not closed", None);
    }
    for (at, line) in document.lines.iter().enumerate() {
        if ["<<", "<%", "%>"].iter().any(|rest| line.contains(rest)) {
            report.form("something of a template was left over", Some(at + 1));
        }
    }
    for (at, section) in document.sections.iter().enumerate() {
        if document.sections[..at].iter().any(|other| other.anchor == section.anchor) {
            report.form(
                &format!("two sections have the anchor `#{}`", section.anchor),
                Some(section.lines.start),
            );
        }
    }
}

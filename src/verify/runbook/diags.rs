//! All that a runbook can get wrong, in words.

use super::expected::{Row, Table};
use crate::finding::{Diagnostic, Place, Rule};
use crate::plan::Plan;
use crate::source::Span;

const HELP: &str =
    "mend the template; every figure of the plan stands in a table as the embedded templates have it";

/// Findings about one runbook.
pub(super) struct Report<'a> {
    pub(super) found: Vec<Diagnostic>,
    plan: &'a Plan,
    path: &'a str,
}

impl<'a> Report<'a> {
    pub(super) fn new(plan: &'a Plan, path: &'a str) -> Self {
        Self { found: Vec::new(), plan, path }
    }

    fn push(&mut self, title: String, span: Span, at: &str, line: Option<usize>) {
        let place = Place { artifact: self.path.to_owned(), line, route: at.to_owned() };
        self.found.push(
            Diagnostic::new(Rule::EmittedRunbookMismatch, title)
                .at(span, "the policy says so here")
                .inside(place)
                .help(HELP),
        );
    }

    /// A row of the plan that does not stand in its table.
    pub(super) fn row(&mut self, table: &Table, row: &Row, near: Option<&(usize, Vec<String>)>) {
        let about = &row.cells[0];
        let title = match near {
            Some((_, found)) => {
                let differing = row
                    .cells
                    .iter()
                    .zip(found)
                    .zip(&table.columns)
                    .find(|((wanted, found), _)| wanted != found);
                match differing {
                    Some(((wanted, found), column)) => {
                        format!(
                            "the runbook says `{found}` where the plan says `{wanted}`: {column} of {about}"
                        )
                    }
                    None => format!("the runbook does not have all cells of {about}"),
                }
            }
            None => format!("the runbook has no row for {}", row.cells.join(", ")),
        };
        self.push(title, row.span, table.section, near.map(|(line, _)| *line));
    }

    /// A row that nothing in the plan stands behind.
    pub(super) fn row_unknown(&mut self, table: &Table, line: usize, cells: &[String]) {
        let title = format!("the runbook has a row that the plan does not: {}", cells.join(", "));
        self.push(title, self.plan.horizon_span, table.section, Some(line));
    }

    pub(super) fn table_missing(&mut self, table: &Table) {
        let title =
            format!("the runbook has no table of {} under `{}`", table.columns.join(", "), table.section);
        self.push(title, self.plan.horizon_span, table.section, None);
    }

    pub(super) fn text_missing(&mut self, section: &str, wanted: &str, span: Span) {
        self.push(format!("the runbook does not say `{wanted}`"), span, section, None);
    }

    pub(super) fn link(&mut self, lines: &[usize], anchor: &str) {
        let title = format!("a link leads to `#{anchor}`, which is not a section");
        self.push(title, self.plan.horizon_span, "", lines.first().copied());
        let Some(found) = self.found.last_mut() else { return };
        if let [_, more @ ..] = lines
            && !more.is_empty()
        {
            let more: Vec<String> = more.iter().map(ToString::to_string).collect();
            found.notes.push(format!("the same link is in its lines {}", more.join(", ")));
        }
        found.help = Some(format!(
            "an alert that a replaced template leaves out has no section: take the links out of the runbook's templates as well, those of `seasonscale templates` whose names begin with `runbook/` and whose text has `(#{anchor})`; or keep the alert"
        ));
    }

    pub(super) fn form(&mut self, what: &str, line: Option<usize>) {
        self.push(what.to_owned(), self.plan.horizon_span, "", line);
    }
}

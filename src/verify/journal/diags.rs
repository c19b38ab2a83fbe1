//! All that a migration can get wrong, in words.

use super::statements::{Script, Statement};
use crate::artifact::Artifact;
use crate::finding::{Diagnostic, Place, Rule};
use crate::profile::Journal;
use crate::source::Span;

/// Findings about one script.
pub(super) struct Report<'a> {
    pub(super) found: Vec<Diagnostic>,
    path: &'a str,
    journal: &'a Journal,
}

impl<'a> Report<'a> {
    pub(super) fn new(artifact: &'a Artifact, journal: &'a Journal) -> Self {
        Self { found: Vec::new(), path: &artifact.path, journal }
    }

    fn at(&self, line: Option<usize>, route: &str) -> Place {
        Place { artifact: self.path.to_owned(), line, route: route.to_owned() }
    }

    /// What the grammar refuses.
    pub(super) fn syntax(&mut self, script: &Script) {
        for (line, message) in &script.errors {
            let title = format!("PostgreSQL would not read line {line}: {message}");
            self.found.push(
                Diagnostic::new(Rule::EmittedSqlRejected, title)
                    .at(self.journal.version.span, "the migration with this version")
                    .inside(self.at(Some(*line), ""))
                    .help("mend the template; under Flyway one syntax error means that nothing is applied"),
            );
        }
    }

    /// What Flyway would refuse or not see.
    pub(super) fn flyway(&mut self, what: &str, line: Option<usize>) {
        self.found.push(
            Diagnostic::new(Rule::EmittedSqlRejected, what.to_owned())
                .at(self.journal.version.span, "the migration with this version")
                .inside(self.at(line, ""))
                .help(
                    "Flyway applies a file named V<version>__<description>.sql in one transaction of its own",
                ),
        );
    }

    /// A guarantee that `holds` or is lost.
    pub(super) fn guarantee(&mut self, holds: bool, what: &str, statement: Option<&Statement>) {
        if !holds {
            self.found.push(
                Diagnostic::new(Rule::EmittedSqlMismatch, format!("the journal lost a guarantee: {what}"))
                    .at(self.journal.version.span, "the migration with this version")
                    .inside(self.at(statement.map(|statement| statement.line), ""))
                    .help("mend the template, or, if this is meant, the guarantees in the verifier with it"),
            );
        }
    }
}

/// Another file of the migration folder has the version.
pub(super) fn version_taken(version: u32, other: &str, ours: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        Rule::MigrationVersionTaken,
        format!("Flyway version {version} is already taken by `{other}`"),
    )
    .at(span, format!("`{ours}` would be the second one"))
    .note("Flyway refuses two migrations with one version, and 226, 0226 and 226.0 are one version to it")
    .help("choose the next free version")
}

/// A file that its author took for a migration.
pub(super) fn one_underscore(other: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        Rule::MigrationVersionTaken,
        format!("`{other}` looks like this version, but Flyway does not see it"),
    )
    .at(span, "the version that it was meant to have")
    .note("a versioned migration has two underscores after the version: V226__description.sql")
    .help("rename or remove that file first, or choose another version")
}

//! The event journal: `V226__scaling_event_journal.sql` and the script that takes it back.
//!
//! Flyway compares the checksum of a migration that has been applied, so neither file may depend on the calendar: only
//! the journal's settings and the list of territories reach them.

use serde::Serialize;

use super::Templates;
use crate::artifact::{Artifact, ArtifactKind};
use crate::diagnostic::Diagnostic;
use crate::plan::Plan;

pub(super) fn emit(plan: &Plan, templates: &Templates) -> Result<Artifact, Vec<Diagnostic>> {
    let path = plan.profile.journal.migration_file();
    let text = templates.render("journal/migration.sql.j2", View::of(plan))?;
    Ok(Artifact { kind: ArtifactKind::Journal, path, text })
}

pub(super) fn emit_undo(plan: &Plan, templates: &Templates) -> Result<Artifact, Vec<Diagnostic>> {
    let path = plan.profile.journal.undo_file();
    let text = templates.render("journal/undo.sql.j2", View::of(plan))?;
    Ok(Artifact { kind: ArtifactKind::Undo, path, text })
}

#[derive(Serialize)]
struct View<'p> {
    file: String,
    undo_file: String,
    version: u32,
    schema: &'p str,
    prefix: &'p str,
    setting: &'p str,
    spill_ratio: String,
    critical_ratio: String,
    spill_percent: String,
    critical_percent: String,
    max_attempts: String,
    /// An interval literal's content.
    retention: String,
    /// In alphabetical order: the order in the policy is no reason for a new version.
    territories: Vec<&'p str>,
}

impl<'p> View<'p> {
    fn of(plan: &'p Plan) -> Self {
        let journal = &plan.profile.journal;
        let mut territories: Vec<&str> =
            plan.profile.territories.iter().map(|territory| territory.code.as_str()).collect();
        territories.sort_unstable();
        Self {
            file: journal.migration_file(),
            undo_file: journal.undo_file(),
            version: journal.version.value,
            schema: journal.schema.as_str(),
            prefix: journal.prefix.as_str(),
            setting: &journal.territory_setting,
            spill_ratio: journal.spill_ratio.0.to_string(),
            critical_ratio: journal.critical_ratio.0.to_string(),
            spill_percent: journal.spill_ratio.percent().to_string(),
            critical_percent: journal.critical_ratio.percent().to_string(),
            max_attempts: journal.max_attempts.to_string(),
            retention: journal.retention.to_string(),
            territories,
        }
    }
}

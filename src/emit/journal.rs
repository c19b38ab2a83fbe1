//! The event journal: a profile's journal settings and territories become the Flyway migration and the script that
//! takes it back.
//!
//! It must not look at the calendar: Flyway keeps the checksum of a released migration, and a new season must not
//! change it. Neither may a title: only what the database needs to know is in the view.

use minijinja::Value;
use serde::Serialize;

use super::Templates;
use crate::artifact::{Artifact, ArtifactKind};
use crate::finding::Diagnostic;
use crate::name::SqlName;
use crate::plan::Plan;
use crate::profile::{Journal, Profile};

/// What both templates read. Names are identifiers by construction, so they are printed as they are; all other strings
/// are written as literals.
#[derive(Serialize)]
struct View<'a> {
    file: String,
    migration: String,
    undo: String,
    version: u32,
    /// The file of the released version that this one changes; none for the first.
    kept: Option<String>,
    /// How functions and views are made.
    create: Value,
    schema: Value,
    prefix: Value,
    role: Roles,
    setting: &'a str,
    /// In alphabetical order: another order in the policy is not a reason for a new version.
    territories: Vec<&'a str>,
    spill_ratio: Value,
    critical_ratio: Value,
    max_attempts: u32,
    retention: String,
}

#[derive(Serialize)]
struct Roles {
    owner: Value,
    publisher: Value,
    consumer: Value,
    monitor: Value,
    janitor: Value,
    oncall: Value,
    backup: Value,
}

/// The migration; none where its version is released, for a released file is never made again.
pub(super) fn emit(plan: &Plan, templates: &Templates) -> Result<Option<Artifact>, Vec<Diagnostic>> {
    let journal = journal(&plan.profile);
    if journal.is_released() {
        return Ok(None);
    }
    let template =
        if journal.changes().is_some() { "journal/next.sql.j2" } else { "journal/migration.sql.j2" };
    let path = journal.migration_file();
    let text = templates.render(template, view(&plan.profile, path.clone()))?;
    Ok(Some(Artifact { kind: ArtifactKind::Journal, path, text }))
}

/// The script that takes it back; none where the version is released.
pub(super) fn emit_undo(plan: &Plan, templates: &Templates) -> Result<Option<Artifact>, Vec<Diagnostic>> {
    let journal = journal(&plan.profile);
    if journal.is_released() {
        return Ok(None);
    }
    let template =
        if journal.changes().is_some() { "journal/undo-next.sql.j2" } else { "journal/undo.sql.j2" };
    let path = journal.undo_file();
    let text = templates.render(template, view(&plan.profile, path.clone()))?;
    Ok(Some(Artifact { kind: ArtifactKind::Undo, path, text }))
}

fn journal(profile: &Profile) -> &Journal {
    profile.journal.as_ref().expect("internal error: a migration is made of a journal")
}

fn view(profile: &Profile, file: String) -> View<'_> {
    let journal = journal(profile);
    let mut territories: Vec<_> = profile.territories.iter().map(|at| at.code.as_str()).collect();
    territories.sort_unstable();
    View {
        file,
        migration: journal.migration_file(),
        undo: journal.undo_file(),
        kept: journal.changes().map(|version| format!("V{version}")),
        create: plain(if journal.changes().is_some() { "CREATE OR REPLACE" } else { "CREATE" }),
        version: journal.version.value,
        schema: plain(journal.schema.as_str()),
        prefix: plain(journal.prefix.as_str()),
        role: roles(&journal.prefix),
        setting: &journal.territory_setting,
        territories,
        spill_ratio: plain(&journal.spill_ratio.0.to_string()),
        critical_ratio: plain(&journal.critical_ratio.0.to_string()),
        max_attempts: journal.max_attempts,
        retention: journal.retention.to_string(),
    }
}

fn roles(prefix: &SqlName) -> Roles {
    let role = |duty: &str| plain(&format!("{prefix}_{duty}"));
    Roles {
        owner: role("owner"),
        publisher: role("publisher"),
        consumer: role("consumer"),
        monitor: role("monitor"),
        janitor: role("janitor"),
        oncall: role("oncall"),
        backup: role("backup"),
    }
}

/// What SQL reads as it stands: an identifier or a number.
fn plain(text: &str) -> Value {
    Value::from_safe_string(text.to_owned())
}

//! `journal.collector.yml`: the journal's views as metrics, in the form of burningalchemist's `sql_exporter`.

use serde::Serialize;

use super::Templates;
use crate::artifact::{Artifact, ArtifactKind, SQL_EXPORTER_FILE};
use crate::finding::Diagnostic;
use crate::plan::Plan;

pub(super) fn emit(plan: &Plan, templates: &Templates) -> Result<Artifact, Vec<Diagnostic>> {
    let journal = plan.profile.journal.as_ref();
    let journal = journal.expect("internal error: a policy that makes this has a journal");
    let view = View {
        schema: journal.schema.as_str(),
        prefix: journal.prefix.as_str(),
        monitor: format!("{}_monitor", journal.prefix),
    };
    let text = templates.render("sql-exporter.yml.j2", view)?;
    Ok(Artifact { kind: ArtifactKind::SqlExporter, path: SQL_EXPORTER_FILE.to_owned(), text })
}

#[derive(Serialize)]
struct View<'p> {
    schema: &'p str,
    prefix: &'p str,
    monitor: String,
}

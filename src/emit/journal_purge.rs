//! `journal-purge.yaml`: a CronJob that removes delivered events from the journal after the retention.
//!
//! It must not look at the calendar: what it removes depends on the clock of the database alone.

use serde::Serialize;

use super::Templates;
use crate::artifact::{Artifact, ArtifactKind, JOURNAL_PURGE_FILE};
use crate::finding::Diagnostic;
use crate::plan::Plan;

pub(super) fn emit(plan: &Plan, templates: &Templates) -> Result<Artifact, Vec<Diagnostic>> {
    let platform = &plan.profile.platform;
    let journal = plan.profile.journal.as_ref();
    let (journal, purge) = journal
        .and_then(|journal| Some((journal, journal.purge.as_ref()?)))
        .expect("internal error: a policy that makes this says who purges");
    let view = View {
        kubernetes: platform.kubernetes.value.to_string(),
        namespace: platform.namespace.as_str(),
        name: purge.name.as_str(),
        image: &purge.image,
        secret: purge.secret.as_str(),
        schedule: format!("{} {} * * *", purge.at.minute(), purge.at.hour()),
        zone: platform.zone.name().to_owned(),
        schema: journal.schema.as_str(),
        janitor: format!("{}_janitor", journal.prefix),
        retention: journal.retention.to_string(),
    };
    let text = templates.render("journal-purge.yaml.j2", view)?;
    Ok(Artifact { kind: ArtifactKind::JournalPurge, path: JOURNAL_PURGE_FILE.to_owned(), text })
}

#[derive(Serialize)]
struct View<'p> {
    kubernetes: String,
    namespace: &'p str,
    name: &'p str,
    image: &'p str,
    secret: &'p str,
    schedule: String,
    zone: String,
    schema: &'p str,
    janitor: String,
    retention: String,
}

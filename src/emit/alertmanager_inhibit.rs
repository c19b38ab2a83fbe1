//! `alertmanager-inhibit.yml`: what Alertmanager keeps back while somebody is woken for the same cause in the same territory.

use serde::Serialize;

use super::Templates;
use crate::artifact::{ALERTMANAGER_INHIBIT_FILE, ALERTS_FILE, Artifact, ArtifactKind};
use crate::finding::Diagnostic;
use crate::plan::Plan;

pub(super) fn emit(plan: &Plan, templates: &Templates) -> Result<Artifact, Vec<Diagnostic>> {
    let journal = plan.profile.journal.as_ref().map(|_| "journal");
    let causes = ["serving", "scaling"].into_iter().chain(journal).collect();
    let text = templates.render("alertmanager-inhibit.yml.j2", View { rules: ALERTS_FILE, causes })?;
    let path = ALERTMANAGER_INHIBIT_FILE.to_owned();
    Ok(Artifact { kind: ArtifactKind::AlertmanagerInhibit, path, text })
}

#[derive(Serialize)]
struct View {
    rules: &'static str,
    /// Those for which somebody may be woken about one territory.
    causes: Vec<&'static str>,
}

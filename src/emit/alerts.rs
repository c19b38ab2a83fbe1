//! TODO
use super::Templates;
use crate::artifact::Artifact;
use crate::diagnostic::Diagnostic;
use crate::plan::Plan;

pub(super) fn emit(_plan: &Plan, _templates: &Templates) -> Result<Artifact, Vec<Diagnostic>> {
    Ok(Artifact {
        kind: crate::artifact::ArtifactKind::Alerts,
        path: crate::artifact::ALERTS_FILE.to_owned(),
        text: String::new(),
    })
}

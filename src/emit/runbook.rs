//! TODO
use super::Templates;
use crate::artifact::Artifact;
use crate::diagnostic::Diagnostic;
use crate::plan::Plan;

pub(super) fn emit(_plan: &Plan, _templates: &Templates) -> Result<Artifact, Vec<Diagnostic>> {
    unimplemented!()
}

//! TODO
use crate::artifact::Artifact;
use crate::diagnostic::Diagnostic;
use crate::plan::Plan;

pub(super) fn verify(_plan: &Plan, _artifact: &Artifact) -> Vec<Diagnostic> {
    Vec::new()
}

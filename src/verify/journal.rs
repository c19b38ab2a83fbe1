//! TODO
use crate::artifact::Artifact;
use crate::diagnostic::Diagnostic;
use crate::plan::Plan;

pub(super) fn verify(_plan: &Plan, _artifact: &Artifact) -> Vec<Diagnostic> {
    Vec::new()
}

pub(super) fn verify_undo(_plan: &Plan, _artifact: &Artifact) -> Vec<Diagnostic> {
    Vec::new()
}

//! The design of our own templates, written a second time. Verification proves what the policy says; what only our templates
//! say (how long an alert waits, what else it looks at, in which words) is held here, so that whoever replaces a template keeps
//! every proof.

mod alerts;
mod document;
mod runbook;
mod tokens;

use seasonscale::artifact::{Artifact, ArtifactKind};
use seasonscale::plan::Plan;

/// What of the files is not as our templates are meant.
pub fn differences(plan: &Plan, artifacts: &[Artifact]) -> Vec<String> {
    let of = |artifact: &Artifact| match artifact.kind {
        ArtifactKind::Alerts => alerts::differences(&plan.owned(), &artifact.text),
        ArtifactKind::Runbook => runbook::differences(plan, &artifact.text),
        _ => Vec::new(),
    };
    artifacts.iter().flat_map(of).collect()
}

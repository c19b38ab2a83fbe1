//! The design of our own templates, written a second time. Verification proves what the policy says; what only our templates
//! say (how long an alert waits, what else it looks at, in which words) is held here, so that whoever replaces a template keeps
//! every proof.

mod alerts;
mod document;
mod runbook;
mod scaledobject;
mod tokens;
mod triggers;

use seasonscale::artifact::{Artifact, ArtifactKind};
use seasonscale::plan::Plan;

/// What of the files is not as our templates are meant.
pub fn differences(plan: &Plan, artifacts: &[Artifact]) -> Vec<String> {
    let is_rules = |file: &&Artifact| matches!(file.kind, ArtifactKind::Alerts | ArtifactKind::KeptAlerts);
    let rules: Vec<&str> = artifacts.iter().filter(is_rules).map(|file| file.text.as_str()).collect();
    let of = |kind: ArtifactKind| artifacts.iter().filter(move |file| file.kind == kind);
    let owned = plan.owned();
    let mut problems: Vec<String> =
        of(ArtifactKind::Alerts).flat_map(|file| alerts::differences(&owned, &file.text)).collect();
    problems.extend(of(ArtifactKind::Keda).flat_map(|file| scaledobject::differences(plan, &file.text)));
    problems
        .extend(of(ArtifactKind::Runbook).flat_map(|file| runbook::differences(plan, &file.text, &rules)));
    problems
}

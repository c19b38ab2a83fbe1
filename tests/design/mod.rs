//! The design of our own templates, written a second time. Verification proves what the policy says; what only our templates
//! say (how long an alert waits, what else it looks at, in which words) is held here, so that whoever replaces a template keeps
//! every proof.

mod alerts;
mod dashboards;
mod document;
mod folder;
mod journal;
mod runbook;
mod scaledobject;
mod services;
mod tokens;
mod triggers;
mod value;

use seasonscale::artifact::{Artifact, ArtifactKind};
use seasonscale::plan::Plan;

/// What of the files is not as our templates are meant.
pub fn differences(plan: &Plan, artifacts: &[Artifact]) -> Vec<String> {
    let is_rules = |file: &&Artifact| matches!(file.kind, ArtifactKind::Alerts | ArtifactKind::KeptAlerts);
    let rules: Vec<&str> = artifacts.iter().filter(is_rules).map(|file| file.text.as_str()).collect();
    let owned = plan.owned();
    let mut problems: Vec<String> = artifacts.iter().flat_map(|file| of_file((plan, &owned), file)).collect();
    let of = |kind: ArtifactKind| artifacts.iter().filter(move |file| file.kind == kind);
    problems.extend(of(ArtifactKind::Alerts).flat_map(|file| alerts::differences(&owned, &file.text)));
    problems
        .extend(of(ArtifactKind::Runbook).flat_map(|file| runbook::differences(plan, &file.text, &rules)));
    let boards: Vec<&Artifact> = of(ArtifactKind::Dashboards).collect();
    if !boards.is_empty() {
        problems.extend(dashboards::differences(&owned, &boards, &rules));
    }
    problems
}

/// What of a file that is read by itself is not as it is meant, by the plan and by its part of objects of our own.
fn of_file((plan, owned): (&Plan, &Plan), file: &Artifact) -> Vec<String> {
    match file.kind {
        ArtifactKind::Keda => scaledobject::differences(plan, &file.text),
        ArtifactKind::JournalPurge => journal::purge(plan, file),
        ArtifactKind::SqlExporter => journal::exporter(plan, file),
        ArtifactKind::Deployments => services::differences(owned, file),
        ArtifactKind::PodMonitor => services::scraped(owned, file),
        ArtifactKind::AlertmanagerInhibit => folder::inhibit(owned, file),
        ArtifactKind::Kustomization => folder::kustomization(plan, file),
        ArtifactKind::Micrometer | ArtifactKind::MicrometerSpring => folder::micrometer(plan, file),
        ArtifactKind::KedaPatches
        | ArtifactKind::KedaTriggers
        | ArtifactKind::Alerts
        | ArtifactKind::KeptAlerts
        | ArtifactKind::Journal
        | ArtifactKind::Undo
        | ArtifactKind::Runbook
        | ArtifactKind::PrometheusRule
        | ArtifactKind::KeptPrometheusRule
        | ArtifactKind::AlertTests
        | ArtifactKind::Dashboards
        | ArtifactKind::Load
        | ArtifactKind::Seasons
        | ArtifactKind::Guide => Vec::new(),
    }
}

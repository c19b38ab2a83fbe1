//! Verification: every made file is read back from its bytes by code of its own and held against the [`Plan`].
//!
//! It shares nothing with emission but the plan and the artifacts; it must not know `emit`, `policy` or templates, or it
//! would only confirm itself. One difference refuses the whole run.

mod alert_tests;
mod alertmanager_inhibit;
mod alerts;
mod claims;
mod dashboards;
mod deployments;
mod guide;
mod journal;
mod journal_purge;
mod kustomization;
mod load;
mod micrometer;
mod node;
mod operator;
mod pod_monitor;
mod pod_security;
mod prometheus_rule;
mod promql;
mod report;
mod runbook;
mod scaledobject;
mod seasons;
mod sql_exporter;

pub use alert_tests::untested;
pub use claims::{Claims, claims};
pub use journal::{differences as released_differently, taken as version_taken};
pub use report::REPORT;
pub use scaledobject::beside;

use crate::artifact::{Artifact, ArtifactKind};
use crate::finding::Diagnostic;
use crate::parallel;
use crate::plan::Plan;

/// What the files get wrong; empty when they do what the plan says.
pub fn verify(plan: &Plan, artifacts: &[Artifact]) -> Vec<Diagnostic> {
    let found = parallel::from_the_last(artifacts, |artifact| verify_one(plan, artifact, artifacts));
    found.into_iter().flatten().collect()
}

fn verify_one(plan: &Plan, artifact: &Artifact, all: &[Artifact]) -> Vec<Diagnostic> {
    let owned = plan.owned();
    match artifact.kind {
        ArtifactKind::Keda => scaledobject::verify(plan, artifact),
        ArtifactKind::KedaPatches | ArtifactKind::KedaTriggers => scaledobject::verify_added(plan, artifact),
        ArtifactKind::Alerts => alerts::verify(&owned, artifact, of_kind(all, ArtifactKind::Runbook)),
        ArtifactKind::KeptAlerts => alerts::verify_kept(plan, artifact, of_kind(all, ArtifactKind::Runbook)),
        ArtifactKind::Journal => journal::verify(plan, artifact),
        ArtifactKind::Undo => journal::verify_undo(plan, artifact),
        ArtifactKind::JournalPurge => journal_purge::verify(plan, artifact),
        ArtifactKind::SqlExporter => sql_exporter::verify(plan, artifact),
        ArtifactKind::Runbook => runbook::verify(plan, artifact),
        ArtifactKind::Deployments => deployments::verify(&owned, artifact),
        ArtifactKind::PrometheusRule => {
            prometheus_rule::verify(&owned, artifact, of_kind(all, ArtifactKind::Alerts))
        }
        ArtifactKind::KeptPrometheusRule => {
            prometheus_rule::verify(plan, artifact, of_kind(all, ArtifactKind::KeptAlerts))
        }
        ArtifactKind::PodMonitor => pod_monitor::verify(&owned, artifact),
        ArtifactKind::AlertmanagerInhibit => {
            alertmanager_inhibit::verify(artifact, of_kind(all, ArtifactKind::Alerts))
        }
        ArtifactKind::AlertTests => alert_tests::verify(&owned, artifact, all),
        ArtifactKind::Dashboards => dashboards::verify(&owned, artifact, all),
        ArtifactKind::Load => load::verify(&owned, artifact),
        ArtifactKind::Kustomization => kustomization::verify(plan, artifact, all),
        ArtifactKind::Seasons => seasons::verify(plan, artifact),
        ArtifactKind::Guide => guide::verify(plan, artifact, all),
        ArtifactKind::Micrometer | ArtifactKind::MicrometerSpring => micrometer::verify(plan, artifact, all),
    }
}

fn of_kind(all: &[Artifact], kind: ArtifactKind) -> Option<&Artifact> {
    all.iter().find(|artifact| artifact.kind == kind)
}

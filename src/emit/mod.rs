//! Emission: a [`Plan`] becomes files, through the templates.
//!
//! One module per kind of file builds a view, plain data for its template; all words that an operator reads live in
//! `templates/`. It must not know TOML, the KEDA model or verification.

mod alert_tests;
mod alertmanager_inhibit;
mod alerts;
mod dashboards;
mod deployments;
mod diags;
mod engine;
mod escape;
mod guide;
mod journal;
mod journal_purge;
mod kept;
mod kept_alerts;
mod kustomization;
mod load;
mod micrometer;
mod pod_monitor;
mod prometheus_rule;
mod requests;
mod runbook;
mod say;
mod scaledobject;
mod schedule;
mod scope;
mod seasons;
mod sql_exporter;

pub use engine::Templates;

use crate::artifact::{Artifact, ArtifactKind};
use crate::finding::Diagnostic;
use crate::parallel;
use crate::plan::Plan;

/// All files that the profile asks for, in the order of [`ArtifactKind::ALL`], or what keeps them from being made.
pub fn emit(plan: &Plan, templates: &Templates) -> Result<Vec<Artifact>, Vec<Diagnostic>> {
    let mut artifacts = Vec::new();
    let mut problems = Vec::new();
    for made in parallel::each(&plan.profile.artifacts, |kind| emit_kind(plan, *kind, templates)) {
        match made {
            Ok(files) => artifacts.extend(files),
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(artifacts) } else { Err(problems) }
}

/// The main file of a kind, with every ScaledObject whole whatever form is asked for, or what keeps it from being made.
pub fn emit_one(plan: &Plan, kind: ArtifactKind, templates: &Templates) -> Result<Artifact, Vec<Diagnostic>> {
    if kind == ArtifactKind::Keda {
        return scaledobject::emit_all(plan, templates);
    }
    let made = emit_kind(plan, kind, templates)?;
    Ok(made.into_iter().next().expect("internal error: a kind has a file"))
}

/// The files of a kind: one, but for tests and dashboards, and none for a migration that is released.
fn emit_kind(
    plan: &Plan,
    kind: ArtifactKind,
    templates: &Templates,
) -> Result<Vec<Artifact>, Vec<Diagnostic>> {
    let owned = plan.owned();
    let made = match kind {
        ArtifactKind::Keda => scaledobject::emit(plan, templates),
        ArtifactKind::KedaPatches => kept::patches(plan, templates),
        ArtifactKind::KedaTriggers => kept::values(plan, templates),
        ArtifactKind::Alerts => alerts::emit(&owned, templates),
        ArtifactKind::KeptAlerts => kept_alerts::emit(plan, templates),
        ArtifactKind::Journal => return Ok(journal::emit(plan, templates)?.into_iter().collect()),
        ArtifactKind::Undo => return Ok(journal::emit_undo(plan, templates)?.into_iter().collect()),
        ArtifactKind::JournalPurge => journal_purge::emit(plan, templates),
        ArtifactKind::SqlExporter => sql_exporter::emit(plan, templates),
        ArtifactKind::Runbook => runbook::emit(plan, templates),
        ArtifactKind::Deployments => deployments::emit(&owned, templates),
        ArtifactKind::PrometheusRule => prometheus_rule::emit(&owned, templates),
        ArtifactKind::KeptPrometheusRule => kept_alerts::emit_object(plan, templates),
        ArtifactKind::PodMonitor => pod_monitor::emit(&owned, templates),
        ArtifactKind::AlertmanagerInhibit => alertmanager_inhibit::emit(&owned, templates),
        ArtifactKind::AlertTests => return alert_tests::emit(&owned, templates),
        ArtifactKind::Dashboards => return dashboards::emit(&owned, templates),
        ArtifactKind::Kustomization => kustomization::emit(plan, templates),
        ArtifactKind::Micrometer => micrometer::emit(plan, templates),
        ArtifactKind::MicrometerSpring => micrometer::emit_spring(plan, templates),
        ArtifactKind::Load => load::emit(&owned, templates),
        ArtifactKind::Seasons => seasons::emit(plan, templates),
        ArtifactKind::Guide => guide::emit(plan, templates),
    };
    Ok(vec![made?])
}

//! Emission: a [`Plan`] becomes files, through the templates.
//!
//! One module per kind of file builds a view, plain data for its template; all words that an operator reads live in
//! `templates/`. It must not know TOML, the KEDA model or verification.

mod alert_tests;
mod alertmanager_inhibit;
mod alerts;
mod cron_trigger;
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
mod own_alerts;
mod pod_monitor;
mod prometheus_rule;
mod requests;
mod rule_files;
mod runbook;
mod say;
mod scaledobject;
mod schedule;
mod scope;
mod seasons;
mod sql_exporter;

pub use engine::Templates;
pub use own_alerts::{OwnAlert, own_alerts};

use crate::artifact::{Artifact, ArtifactKind};
use crate::finding::Diagnostic;
use crate::parallel;
use crate::plan::Plan;
use rule_files::RuleFiles;

/// All files that the profile asks for, in the order of [`ArtifactKind::ALL`], or what keeps them from being made.
pub fn emit(plan: &Plan, templates: &Templates) -> Result<Vec<Artifact>, Vec<Diagnostic>> {
    let mut artifacts = Vec::new();
    let mut problems = Vec::new();
    let owned = plan.owned();
    let rules = RuleFiles::new((plan, &owned), templates);
    let emit = |kind: &ArtifactKind| emit_kind((plan, &owned), *kind, (templates, &rules));
    for made in parallel::from_the_last(&plan.profile.artifacts, emit) {
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
    let owned = plan.owned();
    let rules = RuleFiles::new((plan, &owned), templates);
    let made = emit_kind((plan, &owned), kind, (templates, &rules))?;
    Ok(made.into_iter().next().expect("internal error: a kind has a file"))
}

/// The files of a kind: one, but for tests and dashboards, and none for a migration that is released.
fn emit_kind(
    (plan, owned): (&Plan, &Plan),
    kind: ArtifactKind,
    (templates, rules): (&Templates, &RuleFiles),
) -> Result<Vec<Artifact>, Vec<Diagnostic>> {
    let made = match kind {
        ArtifactKind::Keda => scaledobject::emit(plan, templates),
        ArtifactKind::KedaPatches => kept::patches(plan, templates),
        ArtifactKind::KedaTriggers => kept::values(plan, templates),
        ArtifactKind::Alerts => rules.own().cloned(),
        ArtifactKind::KeptAlerts => rules.kept().cloned(),
        ArtifactKind::Journal => return Ok(journal::emit(plan, templates)?.into_iter().collect()),
        ArtifactKind::Undo => return Ok(journal::emit_undo(plan, templates)?.into_iter().collect()),
        ArtifactKind::JournalPurge => journal_purge::emit(plan, templates),
        ArtifactKind::SqlExporter => sql_exporter::emit(plan, templates),
        ArtifactKind::Runbook => runbook::emit(plan, templates, rules),
        ArtifactKind::Deployments => deployments::emit(owned, templates),
        ArtifactKind::PrometheusRule => prometheus_rule::emit(owned, templates, rules.own()?),
        ArtifactKind::KeptPrometheusRule => kept_alerts::emit_object(plan, templates, rules.kept()?),
        ArtifactKind::PodMonitor => pod_monitor::emit(owned, templates),
        ArtifactKind::AlertmanagerInhibit => alertmanager_inhibit::emit(owned, templates),
        ArtifactKind::AlertTests => return alert_tests::emit(owned, templates, rules.own()?),
        ArtifactKind::Dashboards => return dashboards::emit(owned, templates),
        ArtifactKind::Kustomization => kustomization::emit(plan, templates),
        ArtifactKind::Micrometer => micrometer::emit(plan, templates),
        ArtifactKind::MicrometerSpring => micrometer::emit_spring(plan, templates),
        ArtifactKind::Load => load::emit(owned, templates),
        ArtifactKind::Seasons => seasons::emit(plan, templates),
        ArtifactKind::Guide => guide::emit(plan, templates),
    };
    Ok(vec![made?])
}

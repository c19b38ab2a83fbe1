//! `kustomization.yaml`: the Kubernetes files that are made, as one.

use serde::Serialize;

use super::Templates;
use crate::artifact::{
    ALERTS_FILE, Artifact, ArtifactKind, DEPLOYMENTS_FILE, JOURNAL_PURGE_FILE, KEDA_FILE, KEPT_ALERTS_FILE,
    KEPT_PROMETHEUS_RULE_FILE, KUSTOMIZATION_FILE, POD_MONITOR_FILE, PROMETHEUS_RULE_FILE,
};
use crate::finding::Diagnostic;
use crate::plan::Plan;
use crate::profile::Profile;

/// What can be applied to a cluster, Deployments before what scales them.
const RESOURCES: [(ArtifactKind, &str); 6] = [
    (ArtifactKind::Deployments, DEPLOYMENTS_FILE),
    (ArtifactKind::Keda, KEDA_FILE),
    (ArtifactKind::PrometheusRule, PROMETHEUS_RULE_FILE),
    (ArtifactKind::KeptPrometheusRule, KEPT_PROMETHEUS_RULE_FILE),
    (ArtifactKind::PodMonitor, POD_MONITOR_FILE),
    (ArtifactKind::JournalPurge, JOURNAL_PURGE_FILE),
];

/// Rules as Prometheus reads them, and the same as an object.
const RULES: [(ArtifactKind, &str, ArtifactKind); 2] = [
    (ArtifactKind::Alerts, ALERTS_FILE, ArtifactKind::PrometheusRule),
    (ArtifactKind::KeptAlerts, KEPT_ALERTS_FILE, ArtifactKind::KeptPrometheusRule),
];

pub(super) fn emit(plan: &Plan, templates: &Templates) -> Result<Artifact, Vec<Diagnostic>> {
    let profile = &plan.profile;
    let mounted = |(kind, _, object): &&(ArtifactKind, &'static str, ArtifactKind)| {
        profile.makes(*kind) && !profile.makes(*object)
    };
    let files: Vec<&str> = RULES.iter().filter(mounted).map(|(_, file, _)| *file).collect();
    let view = View {
        namespace: profile.platform.namespace.as_str(),
        resources: resources(profile),
        rules: (!files.is_empty()).then(|| Rules { name: plan.rules_name(), files }),
    };
    let text = templates.render("kustomization.yaml.j2", view)?;
    Ok(Artifact { kind: ArtifactKind::Kustomization, path: KUSTOMIZATION_FILE.to_owned(), text })
}

/// Those of them that are made.
pub(super) fn resources(profile: &Profile) -> Vec<&'static str> {
    RESOURCES.iter().filter(|(kind, _)| profile.makes(*kind)).map(|(_, file)| *file).collect()
}

#[derive(Serialize)]
struct View<'p> {
    namespace: &'p str,
    resources: Vec<&'static str>,
    rules: Option<Rules>,
}

#[derive(Serialize)]
struct Rules {
    name: String,
    files: Vec<&'static str>,
}

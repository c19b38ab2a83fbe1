//! `kustomization.yaml`: the Kubernetes files that are made, as one.

use serde::Serialize;

use super::Templates;
use crate::artifact::{
    ALERTS_FILE, Artifact, ArtifactKind, DEPLOYMENTS_FILE, JOURNAL_PURGE_FILE, KEDA_FILE, KUSTOMIZATION_FILE,
    POD_MONITOR_FILE, PROMETHEUS_RULE_FILE,
};
use crate::finding::Diagnostic;
use crate::plan::Plan;
use crate::profile::Profile;

/// What can be applied to a cluster, Deployments before what scales them.
const RESOURCES: [(ArtifactKind, &str); 5] = [
    (ArtifactKind::Deployments, DEPLOYMENTS_FILE),
    (ArtifactKind::Keda, KEDA_FILE),
    (ArtifactKind::PrometheusRule, PROMETHEUS_RULE_FILE),
    (ArtifactKind::PodMonitor, POD_MONITOR_FILE),
    (ArtifactKind::JournalPurge, JOURNAL_PURGE_FILE),
];

pub(super) fn emit(plan: &Plan, templates: &Templates) -> Result<Artifact, Vec<Diagnostic>> {
    let profile = &plan.profile;
    let mounted = profile.makes(ArtifactKind::Alerts) && !profile.makes(ArtifactKind::PrometheusRule);
    let view = View {
        namespace: profile.platform.namespace.as_str(),
        resources: resources(profile),
        rules: mounted.then(|| Rules { name: plan.rules_name(), file: ALERTS_FILE }),
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
    file: &'static str,
}

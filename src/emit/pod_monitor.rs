//! `pod-monitor.yaml`: which pods the Prometheus operator scrapes, and the labels that their series get.
//!
//! The labels are those that rules and triggers ask by; it must not know what they ask.

use serde::Serialize;

use super::Templates;
use crate::artifact::{Artifact, ArtifactKind, POD_MONITOR_FILE};
use crate::finding::Diagnostic;
use crate::name::MetricName;
use crate::plan::Plan;

/// The label that the operator gives a pod's namespace to by itself.
const NAMESPACE: &str = "namespace";

pub(super) fn emit(plan: &Plan, templates: &Templates) -> Result<Artifact, Vec<Diagnostic>> {
    let platform = &plan.profile.platform;
    let container = platform.container.as_ref();
    let container =
        container.expect("internal error: a policy that makes deployments says what runs in them");
    let metrics = &platform.metrics;
    let fixed = [("job", &platform.job), ("app", &platform.app)];
    let fixed = fixed.into_iter().filter_map(|(name, value)| {
        // A dollar would begin the name of a group.
        Some(Label { name, value: value.as_ref()?.replace('$', "$$") })
    });
    let own_namespace = metrics.namespace.as_ref().filter(|label| label.as_str() != NAMESPACE);
    let taken = [
        (own_namespace, "__meta_kubernetes_namespace"),
        (metrics.territory.as_ref(), "__meta_kubernetes_pod_label_territory"),
        (metrics.workload.as_ref(), "__meta_kubernetes_pod_label_workload"),
    ];
    let taken = taken.into_iter().filter_map(|(name, value): (Option<&MetricName>, _)| {
        Some(Label { name: name?.as_str(), value: value.to_owned() })
    });
    let view = View {
        name: plan.pods_name(),
        namespace: platform.namespace.as_str(),
        targets: plan.profile.targets.iter().map(|target| target.name.as_str()).collect(),
        path: &container.metrics,
        fixed: fixed.collect(),
        taken: taken.collect(),
    };
    let text = templates.render("pod-monitor.yaml.j2", view)?;
    Ok(Artifact { kind: ArtifactKind::PodMonitor, path: POD_MONITOR_FILE.to_owned(), text })
}

#[derive(Serialize)]
struct View<'p> {
    name: String,
    namespace: &'p str,
    targets: Vec<&'p str>,
    path: &'p str,
    /// Labels with a value of the policy's.
    fixed: Vec<Label<'p>>,
    /// Labels whose value is that of a label of the pod's.
    taken: Vec<Label<'p>>,
}

#[derive(Serialize)]
struct Label<'p> {
    name: &'p str,
    value: String,
}

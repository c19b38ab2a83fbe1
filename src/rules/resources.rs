//! cpu and memory triggers against the pods of the same input: what they divide by, and the container that they name.

use crate::features;
use crate::keda::neighbour::{Pods, Target};
use crate::keda::scaledobject::{ScaledObject, Trigger};
use crate::name::nearest;
use crate::quantity::Version;

/// A cpu or memory trigger.
#[derive(Clone, Debug)]
pub(super) struct Measured {
    /// Of the trigger.
    pub(super) index: usize,
    /// `cpu`
    pub(super) resource: String,
    container: Option<String>,
    /// Whether its target is a part of the request.
    divides: bool,
    /// Whether this KEDA takes the request of the pod for one of its containers.
    counts_pods: bool,
}

/// Those of an object under a version of KEDA.
pub(super) fn measured(object: &ScaledObject, keda: Version) -> Vec<Measured> {
    let triggers = object.spec.triggers.value.iter().enumerate();
    let resources = triggers.filter(|(_, trigger)| ["cpu", "memory"].contains(&trigger.kind.value.as_str()));
    let measured = resources.map(|(index, trigger)| Measured {
        index,
        resource: trigger.kind.value.clone(),
        container: trigger.setting("containerName").filter(|name| !name.is_empty()).map(str::to_owned),
        divides: !is_average(trigger),
        counts_pods: keda >= features::keda::POD_REQUESTS,
    });
    measured.collect()
}

fn is_average(trigger: &Trigger) -> bool {
    let beside = trigger.metric_type.as_ref().map(|kind| kind.value.as_str());
    trigger.setting("type").or(beside) == Some("AverageValue")
}

impl Measured {
    /// A container without a request or limit (KEDA: `verifyCPUMemoryScalers`): effect and mend.
    pub(super) fn without_request(&self, target: &Target, pods: &Pods) -> Option<(String, String)> {
        let Self { resource, container, .. } = self;
        let of_pod = container.is_none() && pods.resources.contains(resource);
        if of_pod && self.counts_pods {
            return None;
        }
        let named = |name: &str| container.as_ref().is_none_or(|wanted| wanted == name);
        let bare =
            pods.containers.iter().find(|one| named(&one.name) && !one.resources.contains(resource))?;
        let why = match (of_pod, self.divides) {
            (true, _) => ": KEDA before 2.21 does not count that of the pod, and its webhook",
            (false, true) => ", by which the trigger divides: the webhook",
            (false, false) => ": nothing divides by it for an AverageValue, but the webhook",
        };
        let effect = format!(
            "container {} of {} {} has no request of {resource}{why} refuses the object",
            bare.name, target.kind, target.name
        );
        let mend = match of_pod {
            true => format!("give the container a request of {resource} as well, or take KEDA 2.21"),
            false => {
                format!("give the container a request of {resource}, or name another one in containerName")
            }
        };
        Some((effect, mend))
    }

    /// A container that no pod has (Kubernetes: `calculatePodRequestsFromContainers`, `getContainerMetrics`): effect and mend.
    pub(super) fn without_container(&self, target: &Target, pods: &Pods) -> Option<(String, String)> {
        let wanted = self.container.as_deref()?;
        let containers = pods.containers.iter().map(|one| one.name.as_str());
        let all: Vec<&str> = containers.chain(pods.sidecars.iter().map(String::as_str)).collect();
        if all.is_empty() || all.contains(&wanted) || pods.is_injected || INJECTED.contains(&wanted) {
            return None;
        }
        let effect = format!(
            "{} {} has no container {wanted}: the HPA gets no {} of it, and while that is so nothing scales down",
            target.kind, target.name, self.resource
        );
        let mend = match nearest(wanted, all.iter().copied()) {
            Some(near) => format!("write `{near}`"),
            None => format!("name one that is there ({}), or leave containerName out", all.join(", ")),
        };
        Some((effect, mend))
    }
}

/// Containers that others put into a pod, where its namespace asks for them.
const INJECTED: [&str; 8] = [
    "istio-proxy",
    "linkerd-proxy",
    "daprd",
    "vault-agent",
    "consul-dataplane",
    "kuma-sidecar",
    "envoy",
    "osm-envoy",
];

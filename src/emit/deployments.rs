//! `deployments.yaml`: a Deployment, a Service and a disruption budget per target, in territory order.
//!
//! It must not look at the calendar: how many replicas run is the ScaledObject's business.

use serde::Serialize;

use super::{Templates, say};
use crate::artifact::{Artifact, ArtifactKind, DEPLOYMENTS_FILE};
use crate::features;
use crate::finding::Diagnostic;
use crate::parallel;
use crate::plan::Plan;
use crate::profile::{Container, Gates, Profile, Resources, Target};

/// Seconds between two startup probes, as in the template.
const STARTUP_PERIOD: u32 = 5;

pub(super) fn emit(plan: &Plan, templates: &Templates) -> Result<Artifact, Vec<Diagnostic>> {
    let profile = &plan.profile;
    let kubernetes = profile.platform.kubernetes.value.to_string();
    let mut text = templates.render("deployments.yaml.j2", Head { kubernetes })?;
    for made in
        parallel::map(&profile.targets, |target| templates.render("deployment.yaml.j2", view(plan, target)))
    {
        text.push_str(&made?);
    }
    Ok(Artifact { kind: ArtifactKind::Deployments, path: DEPLOYMENTS_FILE.to_owned(), text })
}

#[derive(Serialize)]
struct Head {
    kubernetes: String,
}

#[derive(Serialize)]
struct View<'p> {
    namespace: &'p str,
    target: TargetView<'p>,
    container: ContainerView<'p>,
    resources: ResourcesView,
    /// What a replica needs from start to ready.
    start_up: String,
    /// `preStop.sleep` is on from Kubernetes 1.30 on (KEP-3960).
    waits_before_stop: bool,
}

#[derive(Serialize)]
struct TargetView<'p> {
    name: &'p str,
    title: String,
    territory: Option<&'p str>,
    workload: &'p str,
    image: String,
    min: u32,
    max: u32,
}

#[derive(Serialize)]
struct ContainerView<'p> {
    port: u16,
    startup: &'p str,
    startup_failures: u32,
    liveness: &'p str,
    readiness: &'p str,
    metrics: &'p str,
}

#[derive(Serialize)]
struct ResourcesView {
    cpu: String,
    memory: String,
    cpu_limit: Option<String>,
    memory_limit: String,
}

fn view<'p>(plan: &'p Plan, target: &'p Target) -> View<'p> {
    let profile = &plan.profile;
    let (container, resources) = needed(profile, target);
    let workload = profile.workload(target);
    View {
        namespace: profile.platform.namespace.as_str(),
        target: TargetView {
            name: target.name.as_str(),
            title: say::target(plan, target),
            territory: profile.territory(target).map(|territory| territory.code.as_str()),
            workload: workload.name.as_str(),
            image: container.image_of(&workload.name),
            min: target.min.value.0,
            max: target.max.value.0,
        },
        container: container_view(container, &profile.gates),
        resources: resources_view(&resources),
        start_up: profile.gates.start_up.to_string(),
        waits_before_stop: profile.platform.kubernetes.value >= features::kubernetes::SLEEP_BEFORE_STOP,
    }
}

fn needed<'p>(profile: &'p Profile, target: &Target) -> (&'p Container, Resources) {
    let container = profile.platform.container.as_ref();
    let both = container.zip(profile.workload(target).resources);
    both.expect("internal error: a policy that makes deployments says what runs in them")
}

fn container_view<'p>(container: &'p Container, gates: &Gates) -> ContainerView<'p> {
    ContainerView {
        port: container.port,
        startup: &container.startup,
        startup_failures: gates.start_up.0.saturating_mul(2).div_ceil(STARTUP_PERIOD),
        liveness: &container.liveness,
        readiness: &container.readiness,
        metrics: &container.metrics,
    }
}

fn resources_view(resources: &Resources) -> ResourcesView {
    ResourcesView {
        cpu: resources.cpu.to_string(),
        memory: resources.memory.to_string(),
        cpu_limit: resources.cpu_limit.map(|limit| limit.to_string()),
        memory_limit: resources.memory_limit.to_string(),
    }
}

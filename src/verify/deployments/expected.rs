//! What the objects of a target must say, written down from the profile without a look at a template.

use crate::profile::{Profile, Target};

pub(super) const DEPLOYMENT: &str = "Deployment";

/// The label that selects a target's pods, and nothing else's.
const NAME: &str = "app.kubernetes.io/name";

/// One object.
pub(super) struct Object {
    pub(super) kind: &'static str,
    /// Ways to scalars and their values; texts in quotes.
    pub(super) says: Vec<(Vec<&'static str>, String)>,
    /// Ways that must not exist.
    pub(super) silent_about: Vec<Vec<&'static str>>,
}

/// The three objects of a target.
pub(super) fn of(profile: &Profile, target: &Target) -> Vec<Object> {
    vec![deployment(profile, target), service(profile, target), budget(profile, target)]
}

fn text(text: impl ToString) -> String {
    format!("\"{}\"", text.to_string())
}

/// What all of them say of themselves.
fn head(profile: &Profile, target: &Target, version: &str) -> Vec<(Vec<&'static str>, String)> {
    let mut says = vec![
        (vec!["apiVersion"], text(version)),
        (vec!["metadata", "namespace"], text(&profile.platform.namespace)),
    ];
    says.extend(labels(profile, target, &["metadata", "labels"]));
    says
}

fn labels(profile: &Profile, target: &Target, way: &[&'static str]) -> Vec<(Vec<&'static str>, String)> {
    let under = |key| [way, &[key]].concat();
    let mut says =
        vec![(under(NAME), text(&target.name)), (under("workload"), text(&profile.workload(target).name))];
    says.extend(profile.territory(target).map(|territory| (under("territory"), text(&territory.code))));
    says
}

fn deployment(profile: &Profile, target: &Target) -> Object {
    const POD: [&str; 3] = ["spec", "template", "spec"];
    const CONTAINER: [&str; 5] = ["spec", "template", "spec", "containers", "0"];
    let mut says = head(profile, target, "apps/v1");
    says.extend(labels(profile, target, &["spec", "template", "metadata", "labels"]));
    says.push((vec!["spec", "selector", "matchLabels", NAME], text(&target.name)));
    says.push((vec!["spec", "strategy", "rollingUpdate", "maxUnavailable"], "0".to_owned()));
    for constraint in ["topologyKey=topology.kubernetes.io/zone", "topologyKey=kubernetes.io/hostname"] {
        let way = ["topologySpreadConstraints", constraint, "labelSelector", "matchLabels", NAME];
        says.push(([&POD[..], &way].concat(), text(&target.name)));
    }
    let mut own = |way: &[&'static str], value: String| says.push(([&CONTAINER, way].concat(), value));
    if let Some(container) = &profile.platform.container {
        own(&["image"], text(container.image_of(&profile.workload(target).name)));
        own(&["ports", "name=http", "containerPort"], container.port.to_string());
        let probes = [
            ("startupProbe", &container.startup),
            ("livenessProbe", &container.liveness),
            ("readinessProbe", &container.readiness),
        ];
        for (probe, path) in probes {
            own(&[probe, "httpGet", "path"], text(path));
            own(&[probe, "httpGet", "port"], text("http"));
        }
    }
    if let Some(resources) = profile.workload(target).resources {
        own(&["resources", "requests", "cpu"], text(resources.cpu));
        own(&["resources", "requests", "memory"], text(resources.memory));
        own(&["resources", "limits", "memory"], text(resources.memory_limit));
        if let Some(limit) = resources.cpu_limit {
            own(&["resources", "limits", "cpu"], text(limit));
        }
    }
    if let Some(territory) = profile.territory(target) {
        own(&["env", "name=TERRITORY", "value"], text(&territory.code));
    }
    own(&["env", "name=WORKLOAD", "value"], text(&profile.workload(target).name));
    Object { kind: DEPLOYMENT, says, silent_about: vec![vec!["spec", "replicas"]] }
}

fn service(profile: &Profile, target: &Target) -> Object {
    let mut says = head(profile, target, "v1");
    says.push((vec!["spec", "selector", NAME], text(&target.name)));
    says.push((vec!["spec", "ports", "0", "targetPort"], text("http")));
    Object { kind: "Service", says, silent_about: Vec::new() }
}

/// One that lets a drain go on: with a single replica, `minAvailable: 1` would hold it up for ever.
fn budget(profile: &Profile, target: &Target) -> Object {
    let mut says = head(profile, target, "policy/v1");
    says.push((vec!["spec", "selector", "matchLabels", NAME], text(&target.name)));
    says.push((vec!["spec", "maxUnavailable"], "1".to_owned()));
    Object { kind: "PodDisruptionBudget", says, silent_about: vec![vec!["spec", "minAvailable"]] }
}

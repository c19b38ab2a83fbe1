//! The restricted Pod Security Standard (kubernetes.io, "Pod Security Standards", Kubernetes 1.35), control by control, on a
//! Deployment's pod template.

use super::at;
use crate::yaml::{Mark, Node, Value};

/// A control that is broken.
pub(super) struct Flaw {
    pub(super) mark: Mark,
    pub(super) what: &'static str,
}

/// Kinds of volumes that the standard allows.
const VOLUMES: [&str; 8] = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

/// Ways in a pod that the standard forbids to be true.
const HOST: [(&str, &str); 3] =
    [("hostNetwork", "hostNetwork"), ("hostPID", "hostPID"), ("hostIPC", "hostIPC")];

pub(super) fn flaws(deployment: &Node) -> Vec<Flaw> {
    let Some(pod) = at(deployment, &["spec", "template", "spec"]) else {
        return vec![Flaw { mark: deployment.mark, what: "no pod template" }];
    };
    let mut flaws = Vec::new();
    for (key, what) in HOST {
        flaws.extend(pod.get(key).filter(|node| is_true(node)).map(|node| Flaw { mark: node.mark, what }));
    }
    for volume in list(pod.get("volumes")) {
        let Value::Map(entries) = &volume.value else { continue };
        let kinds = entries.iter().map(|(key, _)| key.value.as_str()).filter(|key| *key != "name");
        if kinds.into_iter().any(|kind| !VOLUMES.contains(&kind)) {
            flaws.push(Flaw { mark: volume.mark, what: "a volume of the host or of a forbidden kind" });
        }
    }
    for containers in ["initContainers", "containers", "ephemeralContainers"] {
        for container in list(pod.get(containers)) {
            check_container(pod, container, &mut flaws);
        }
    }
    flaws
}

fn check_container(pod: &Node, container: &Node, flaws: &mut Vec<Flaw>) {
    let own = |way: &[&str]| at(container, &[&["securityContext"], way].concat());
    // What a container does not say, its pod says for it.
    let either = |way: &[&str]| own(way).or_else(|| at(pod, &[&["securityContext"], way].concat()));
    let mut broken = |node: Option<&Node>, what| {
        flaws.push(Flaw { mark: node.map_or(container.mark, |node| node.mark), what });
    };
    let non_root = either(&["runAsNonRoot"]);
    if !non_root.is_some_and(is_true) {
        broken(non_root, "runAsNonRoot is not true");
    }
    let user = either(&["runAsUser"]);
    if user.is_some_and(|user| user.value == Value::Integer(0)) {
        broken(user, "runAsUser is root");
    }
    let profile = either(&["seccompProfile", "type"]);
    if !profile.and_then(Node::text).is_some_and(|kind| ["RuntimeDefault", "Localhost"].contains(&kind)) {
        broken(profile, "seccompProfile is neither RuntimeDefault nor Localhost");
    }
    let escalation = own(&["allowPrivilegeEscalation"]);
    if !escalation.is_some_and(|node| node.value == Value::Bool(false)) {
        broken(escalation, "allowPrivilegeEscalation is not false");
    }
    let privileged = own(&["privileged"]);
    if privileged.is_some_and(is_true) {
        broken(privileged, "privileged");
    }
    let dropped = own(&["capabilities", "drop"]);
    if !list(dropped).iter().any(|node| node.text() == Some("ALL")) {
        broken(dropped, "capabilities are not all dropped");
    }
    let added = own(&["capabilities", "add"]);
    if list(added).iter().any(|node| node.text() != Some("NET_BIND_SERVICE")) {
        broken(added, "a capability is added");
    }
    let ports = list(container.get("ports"));
    let on_host = ports.iter().find_map(|port| port.get("hostPort"));
    if on_host.is_some_and(|port| port.value != Value::Integer(0)) {
        broken(on_host, "a port of the host");
    }
}

fn is_true(node: &Node) -> bool {
    node.value == Value::Bool(true)
}

fn list(node: Option<&Node>) -> &[Node] {
    match node.map(|node| &node.value) {
        Some(Value::List(items)) => items,
        Some(
            Value::Null
            | Value::Bool(_)
            | Value::Integer(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::Map(_),
        )
        | None => &[],
    }
}

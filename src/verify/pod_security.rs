//! The restricted Pod Security Standard (kubernetes.io, "Pod Security Standards", Kubernetes 1.35), control by control, on a pod
//! template.

use super::node::at;
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

/// What of the host's the standard forbids to a pod.
const HOST: [&str; 3] = ["hostNetwork", "hostPID", "hostIPC"];

/// Of the pod at the end of that way in an object.
pub(super) fn flaws(object: &Node, way: &[&str]) -> Vec<Flaw> {
    let Some(pod) = at(object, way) else {
        return vec![Flaw { mark: object.mark, what: "no pod template" }];
    };
    let mut flaws = Vec::new();
    for what in HOST {
        flaws.extend(pod.get(what).filter(|node| is_true(node)).map(|node| Flaw { mark: node.mark, what }));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    /// A pod that keeps every control.
    const POD: &str = "
spec:
  template:
    spec:
      hostNetwork: false
      securityContext:
        runAsNonRoot: true
        seccompProfile: {type: RuntimeDefault}
      containers:
        - name: a
          ports: [{containerPort: 80}]
          securityContext:
            allowPrivilegeEscalation: false
            capabilities: {drop: [ALL]}
      volumes: [{name: tmp, emptyDir: {}}]
";

    fn flaws_of(text: &str) -> Vec<&'static str> {
        let way = ["spec", "template", "spec"];
        flaws(&yaml::tree(text).unwrap().root, &way).into_iter().map(|flaw| flaw.what).collect()
    }

    #[test]
    fn a_pod_that_keeps_every_control_has_no_flaw() {
        assert_eq!(flaws_of(POD), Vec::<&str>::new());
        let adds = POD.replace("drop: [ALL]", "drop: [ALL], add: [NET_BIND_SERVICE]");
        assert_eq!(flaws_of(&adds), Vec::<&str>::new());
    }

    #[test]
    fn each_control_that_is_broken_is_named() {
        for (good, bad, what) in [
            ("hostNetwork: false", "hostNetwork: true", "hostNetwork"),
            ("hostNetwork: false", "hostPID: true", "hostPID"),
            ("hostNetwork: false", "hostIPC: true", "hostIPC"),
            ("emptyDir: {}", "hostPath: {path: /}", "a volume of the host or of a forbidden kind"),
            ("runAsNonRoot: true", "runAsNonRoot: false", "runAsNonRoot is not true"),
            ("runAsNonRoot: true", "fsGroup: 1", "runAsNonRoot is not true"),
            ("runAsNonRoot: true", "runAsNonRoot: true\n        runAsUser: 0", "runAsUser is root"),
            ("RuntimeDefault", "Unconfined", "seccompProfile is neither RuntimeDefault nor Localhost"),
            ("Escalation: false", "Escalation: true", "allowPrivilegeEscalation is not false"),
            ("Escalation: false", "Escalation: false\n            privileged: true", "privileged"),
            ("drop: [ALL]", "drop: [NET_RAW]", "capabilities are not all dropped"),
            ("drop: [ALL]", "drop: [ALL], add: [SYS_ADMIN]", "a capability is added"),
            ("containerPort: 80", "containerPort: 80, hostPort: 80", "a port of the host"),
        ] {
            assert!(POD.contains(good), "{good}");
            let found = flaws_of(&POD.replace(good, bad));
            assert_eq!(found, [what], "{bad}");
        }
        // It takes what the pod says, and says nothing of its own rights.
        let init = POD.replace("containers:", "initContainers:\n        - name: b\n      containers:");
        let own = ["allowPrivilegeEscalation is not false", "capabilities are not all dropped"];
        assert_eq!(flaws_of(&init), own);
        assert_eq!(flaws_of("kind: Deployment"), ["no pod template"]);
    }
}

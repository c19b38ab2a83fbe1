//! Deployments, Services and disruption budgets as they are meant, and how the Prometheus operator finds their pods. What the
//! policy says of a container (its image, its probes' paths, its resources) is proven, and taken from the file.

use seasonscale::artifact::Artifact;
use seasonscale::features;
use seasonscale::plan::Plan;
use seasonscale::profile::Target;
use serde_json::{Value, json};

use super::value::{self, differing};

/// What of a plan's workloads is not as it is meant.
pub(super) fn differences(plan: &Plan, file: &Artifact) -> Vec<String> {
    let found: Vec<Value> =
        value::documents(file).into_iter().filter(|document| !document.is_null()).collect();
    let wanted: Vec<Value> = plan
        .profile
        .targets
        .iter()
        .zip(found.chunks(3))
        .flat_map(|(target, found)| {
            [deployment(plan, target, &found[0]), service(plan, target), budget(plan, target)]
        })
        .collect();
    differing("deployments", &wanted.into(), &found.into())
}

/// The one label that a selector may hold.
fn own(target: &Target) -> Value {
    json!({"app.kubernetes.io/name": target.name.as_str()})
}

fn labels(plan: &Plan, target: &Target) -> Value {
    let mut labels = own(target);
    labels["app.kubernetes.io/managed-by"] = "seasonscale".into();
    labels["workload"] = plan.profile.workload(target).name.as_str().into();
    if let Some(territory) = plan.profile.territory(target) {
        labels["territory"] = territory.code.as_str().into();
    }
    labels
}

fn metadata(plan: &Plan, target: &Target) -> Value {
    json!({
        "name": target.name.as_str(), "namespace": plan.profile.platform.namespace.as_str(),
        "labels": labels(plan, target),
    })
}

fn deployment(plan: &Plan, target: &Target, found: &Value) -> Value {
    let container = container(plan, target, &found["spec"]["template"]["spec"]["containers"][0]);
    let over = |key: &str| {
        json!({
            "maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": own(target)},
        })
    };
    let pod = json!({
        "automountServiceAccountToken": false, "enableServiceLinks": false, "terminationGracePeriodSeconds": 60,
        "securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
        "topologySpreadConstraints": [over("topology.kubernetes.io/zone"), over("kubernetes.io/hostname")],
        "containers": [container],
        "volumes": [{"name": "tmp", "emptyDir": {}}],
    });
    let mut metadata = metadata(plan, target);
    metadata["annotations"] = json!({"argocd.argoproj.io/sync-wave": "-1"});
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata,
        "spec": {
            "revisionHistoryLimit": 5,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0}},
            "selector": {"matchLabels": own(target)},
            "template": {"metadata": {"labels": labels(plan, target)}, "spec": pod},
        },
    })
}

fn container(plan: &Plan, target: &Target, found: &Value) -> Value {
    let workload = plan.profile.workload(target).name.as_str();
    let territory = plan.profile.territory(target);
    let territory = territory.map(|territory| json!({"name": "TERRITORY", "value": territory.code.as_str()}));
    let variables: Vec<Value> =
        territory.into_iter().chain([json!({"name": "WORKLOAD", "value": workload})]).collect();
    let port = plan.profile.platform.container.as_ref().map(|container| container.port);
    // Asked every five seconds, for twice as long as a start is given.
    let failures = plan.profile.gates.start_up.0.saturating_mul(2).div_ceil(5);
    let probe = |name: &str, more: Value| {
        let mut probe = more;
        probe["httpGet"] = json!({"path": found[name]["httpGet"]["path"], "port": "http"});
        probe
    };
    let mut container = json!({
        "name": workload, "image": found["image"], "resources": found["resources"], "env": variables,
        "ports": [{"name": "http", "containerPort": port, "protocol": "TCP"}],
        "securityContext": {
            "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": {"drop": ["ALL"]},
        },
        "startupProbe": probe("startupProbe", json!({"periodSeconds": 5, "failureThreshold": failures})),
        "livenessProbe":
            probe("livenessProbe", json!({"periodSeconds": 10, "timeoutSeconds": 5, "failureThreshold": 3})),
        "readinessProbe":
            probe("readinessProbe", json!({"periodSeconds": 5, "timeoutSeconds": 3, "failureThreshold": 2})),
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
    });
    if plan.profile.platform.kubernetes.value >= features::kubernetes::SLEEP_BEFORE_STOP {
        container["lifecycle"] = json!({"preStop": {"sleep": {"seconds": 10}}});
    }
    container
}

fn service(plan: &Plan, target: &Target) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Service", "metadata": metadata(plan, target),
        "spec": {
            "type": "ClusterIP", "selector": own(target),
            "ports": [{"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}],
        },
    })
}

fn budget(plan: &Plan, target: &Target) -> Value {
    json!({
        "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": metadata(plan, target),
        "spec": {
            "maxUnavailable": 1, "unhealthyPodEvictionPolicy": "AlwaysAllow",
            "selector": {"matchLabels": own(target)},
        },
    })
}

/// What of the object that finds the pods is not as it is meant.
pub(super) fn scraped(plan: &Plan, file: &Artifact) -> Vec<String> {
    let platform = &plan.profile.platform;
    let path = platform.container.as_ref().map(|container| container.metrics.as_str());
    let fixed = [("job", &platform.job), ("app", &platform.app)].into_iter().filter_map(|(label, value)| {
        let value = value.as_ref()?.replace('$', "$$");
        Some(json!({"action": "replace", "targetLabel": label, "replacement": value}))
    });
    let metrics = &platform.metrics;
    // The operator itself says the namespace by this name.
    let namespace = metrics.namespace.as_ref().filter(|label| label.as_str() != "namespace");
    let taken = [
        (namespace, "__meta_kubernetes_namespace"),
        (metrics.territory.as_ref(), "__meta_kubernetes_pod_label_territory"),
        (metrics.workload.as_ref(), "__meta_kubernetes_pod_label_workload"),
    ];
    let taken = taken.into_iter().filter_map(|(label, from)| {
        Some(json!({"action": "replace", "sourceLabels": [from], "targetLabel": label?.as_str()}))
    });
    let labels: Vec<Value> = fixed.chain(taken).collect();
    let mut endpoint = json!({"port": "http", "path": path, "interval": "30s", "scrapeTimeout": "10s"});
    if !labels.is_empty() {
        endpoint["relabelings"] = labels.into();
    }
    let names: Vec<&str> = plan.profile.targets.iter().map(|target| target.name.as_str()).collect();
    let selector = json!({"key": "app.kubernetes.io/name", "operator": "In", "values": names});
    let wanted = json!([{
        "apiVersion": "monitoring.coreos.com/v1", "kind": "PodMonitor",
        "metadata": {
            "name": format!("{}-seasonscale-pods", plan.name), "namespace": platform.namespace.as_str(),
            "labels": {"app.kubernetes.io/managed-by": "seasonscale"},
        },
        "spec": {"selector": {"matchExpressions": [selector]}, "podMetricsEndpoints": [endpoint]},
    }]);
    differing("pod-monitor", &wanted, &value::documents(file).into())
}

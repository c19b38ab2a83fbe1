//! What stands around the journal: the job that purges it, and what its exporter asks.

use seasonscale::artifact::Artifact;
use seasonscale::plan::Plan;
use serde_json::{Value, json};

use super::value::{self, differing};

/// What of the job is not as it is meant. Its image, its login and when it runs are the policy's and proven.
pub(super) fn purge(plan: &Plan, file: &Artifact) -> Vec<String> {
    let found: Value = value::documents(file).into_iter().filter(|document| !document.is_null()).collect();
    let Some((journal, purge)) =
        plan.profile.journal.as_ref().and_then(|journal| Some((journal, journal.purge.as_ref()?)))
    else {
        return vec!["a job of no policy".to_owned()];
    };
    let name = purge.name.as_str();
    let labels = json!({"app.kubernetes.io/managed-by": "seasonscale", "app.kubernetes.io/name": name});
    let schema = &journal.schema;
    let statement = format!("DO 'BEGIN WHILE {schema}.purge_delivered() > 0 LOOP COMMIT; END LOOP; END'");
    let variable = |name: &str, value: &str| json!({"name": name, "value": value});
    let container = json!({
        "name": "purge", "image": purge.image,
        "command": [
            "psql", "--no-psqlrc", "--no-password", "--quiet", "--set=ON_ERROR_STOP=1",
            format!("--command={statement}"),
        ],
        "env": [
            variable("PGSERVICEFILE", "/etc/journal/pg_service.conf"), variable("PGSERVICE", "journal"),
            variable("PGSSLROOTCERT", "/etc/journal/ca.crt"), variable("PGAPPNAME", name), variable("PGCONNECT_TIMEOUT", "10"),
        ],
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "64Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": "service", "mountPath": "/etc/journal", "readOnly": true}],
    });
    let secret = purge.secret.as_str();
    // Owner and group read it. Kubernetes lets a key be missing by source, not by key.
    let projected = json!({"defaultMode": 0o440, "sources": [
        {"secret": {"name": secret, "items": [{"key": "pg_service.conf", "path": "pg_service.conf"}]}},
        {"secret": {"name": secret, "optional": true, "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
    ]});
    let pod = json!({
        "restartPolicy": "Never", "automountServiceAccountToken": false, "enableServiceLinks": false,
        "securityContext": {
            "runAsNonRoot": true, "runAsUser": 65532, "runAsGroup": 65532, "fsGroup": 65532,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container], "volumes": [{"name": "service", "projected": projected}],
    });
    const HOUR: u32 = 3600;
    let job = json!({
        "backoffLimit": 2, "activeDeadlineSeconds": 2 * HOUR, "ttlSecondsAfterFinished": 48 * HOUR,
        "template": {"metadata": {"labels": labels}, "spec": pod},
    });
    let platform = &plan.profile.platform;
    let wanted = json!([{
        "apiVersion": "batch/v1", "kind": "CronJob",
        "metadata": {"name": name, "namespace": platform.namespace.as_str(), "labels": labels},
        "spec": {
            "schedule": found[0]["spec"]["schedule"], "timeZone": found[0]["spec"]["timeZone"],
            "startingDeadlineSeconds": 6 * HOUR, "concurrencyPolicy": "Forbid",
            "successfulJobsHistoryLimit": 1, "failedJobsHistoryLimit": 3, "jobTemplate": {"spec": job},
        },
    }]);
    differing("journal-purge", &wanted, &found)
}

/// Each view, the label of its rows, and its columns in the order in which they are asked; a metric is called after the view's
/// own word and the column, or after the column alone.
const VIEWS: [(&str, Option<&str>, &str, &[&str]); 4] = [
    (
        "notify_queue_status",
        None,
        "notify_queue_",
        &[
            "usage_ratio",
            "spill_ratio",
            "critical_ratio",
            "idle_in_transaction",
            "oldest_transaction_seconds",
        ],
    ),
    (
        "outbox_status",
        Some("territory"),
        "outbox_",
        &[
            "lag_seconds",
            "pending_events",
            "critical_pending_events",
            "spilled_pending_events",
            "parked_events",
            "retried_events",
            "discarded_events",
        ],
    ),
    ("retention_status", None, "", &["oldest_delivered_seconds"]),
    ("listener_status", Some("channel"), "", &["listeners"]),
];

/// What of the exporter's queries is not as it is meant; the help of a metric is words.
pub(super) fn exporter(plan: &Plan, file: &Artifact) -> Vec<String> {
    let Some(journal) = &plan.profile.journal else { return vec!["an exporter of no journal".to_owned()] };
    let mut found = value::documents(file);
    for metric in found.iter_mut().filter_map(|file| file["metrics"].as_array_mut()).flatten() {
        metric.as_object_mut().map(|fields| fields.remove("help"));
    }
    let (mut metrics, mut queries) = (Vec::new(), Vec::new());
    for (view, label, word, columns) in VIEWS {
        for column in columns {
            let name = format!("{}_{word}{column}", journal.prefix);
            let mut metric =
                json!({"metric_name": name, "type": "gauge", "values": [column], "query_ref": view});
            if let Some(label) = label {
                metric["key_labels"] = json!([label]);
            }
            metrics.push(metric);
        }
        let columns: Vec<&str> = label.into_iter().chain(columns.iter().copied()).collect();
        let query = format!("SELECT {} FROM {}.{view}", columns.join(", "), journal.schema);
        queries.push(json!({"query_name": view, "query": query}));
    }
    let wanted = json!([
        {"collector_name": journal.prefix.as_str(), "metrics": metrics, "queries": queries}
    ]);
    differing("exporter", &wanted, &found.into())
}

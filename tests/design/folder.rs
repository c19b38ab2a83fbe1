//! Small files as they are meant: the folder's objects as one, what Alertmanager keeps back, what the services measure.

use std::collections::{BTreeMap, BTreeSet};

use seasonscale::artifact::{Artifact, ArtifactKind};
use seasonscale::plan::Plan;
use seasonscale::profile::Guard;
use serde_json::json;

use super::value::{self, differing};

/// What of the kustomization is not as it is meant; which files it names is proven.
pub(super) fn kustomization(plan: &Plan, file: &Artifact) -> Vec<String> {
    let found = value::documents(file);
    let mut wanted = json!([{
        "apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization",
        "resources": found.first().map(|file| file["resources"].clone()),
    }]);
    let mounted = [
        (ArtifactKind::Alerts, ArtifactKind::PrometheusRule),
        (ArtifactKind::KeptAlerts, ArtifactKind::KeptPrometheusRule),
    ];
    if mounted.iter().any(|(rules, object)| plan.profile.makes(*rules) && !plan.profile.makes(*object)) {
        wanted[0]["configMapGenerator"] = json!([{
            "name": plan.rules_name(), "namespace": plan.profile.platform.namespace.as_str(),
            "files": found[0]["configMapGenerator"][0]["files"],
        }]);
        wanted[0]["generatorOptions"] = json!({"disableNameSuffixHash": true});
    }
    differing("kustomization", &wanted, &found.into())
}

/// What of the rules that keep alerts back is not as it is meant.
pub(super) fn inhibit(plan: &Plan, file: &Artifact) -> Vec<String> {
    let journal = if plan.profile.journal.is_some() { "|journal" } else { "" };
    let wanted = json!([{"inhibit_rules": [{
        "source_matchers": [
            "severity = \"critical\"", format!("cause =~ \"serving|scaling{journal}\""), "territory =~ \".+\"",
        ],
        "target_matchers": ["severity =~ \"warning|info\"", "territory =~ \".+\""],
        "equal": ["plan", "cause", "territory"],
    }]}]);
    differing("alertmanager-inhibit", &wanted, &value::documents(file).into())
}

/// What of the services' properties is not as it is meant.
pub(super) fn micrometer(plan: &Plan, file: &Artifact) -> Vec<String> {
    let path = plan.profile.platform.container.as_ref().map(|container| container.metrics.as_str());
    let buckets = buckets(plan);
    let seconds: Vec<String> =
        buckets.iter().map(|bucket| (f64::from(*bucket) / 1000.0).to_string()).collect();
    let millis: Vec<String> = buckets.iter().map(|bucket| format!("{bucket}ms")).collect();
    let on = "true".to_owned();
    let mut wanted: BTreeMap<String, String> = BTreeMap::new();
    let mut says = |name: &str, value: String| wanted.insert(name.to_owned(), value);
    let (territory, workload) = ("${TERRITORY:}".to_owned(), "${WORKLOAD}".to_owned());
    if file.kind == ArtifactKind::MicrometerSpring {
        let path = path.unwrap_or("/actuator/prometheus");
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        says("management.prometheus.metrics.export.enabled", on);
        says("management.endpoints.web.exposure.include", "health,prometheus".to_owned());
        says("management.endpoints.web.base-path", if folder.is_empty() { "/" } else { folder }.to_owned());
        says("management.endpoints.web.path-mapping.prometheus", name.to_owned());
        says("management.metrics.tags.territory", territory);
        says("management.metrics.tags.workload", workload);
        says("management.metrics.distribution.slo[http.server.requests]", millis.join(","));
    } else {
        says("quarkus.micrometer.enabled", on.clone());
        says("quarkus.micrometer.binder.http-server.enabled", on.clone());
        says("quarkus.micrometer.export.prometheus.enabled", on);
        path.map(|path| says("quarkus.micrometer.export.prometheus.path", path.to_owned()));
        says("seasonscale.metrics.tags.territory", territory);
        says("seasonscale.metrics.tags.workload", workload);
        says("seasonscale.metrics.buckets-seconds", seconds.join(","));
    }
    let lines = file.text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let found: BTreeMap<&str, &str> = lines.map(|line| line.split_once('=').unwrap_or((line, ""))).collect();
    differing(file.kind.id(), &json!(wanted), &json!(found))
}

/// A bucket at each limit in milliseconds, two below the least and two above the largest.
fn buckets(plan: &Plan) -> BTreeSet<u32> {
    let profile = &plan.profile;
    let promised = profile.territories.iter().filter_map(|territory| territory.p95_target);
    let counted = profile.counted_workloads();
    let held = counted.flat_map(|(_, http)| [http.p95_gate, http.p95_emergency]).flatten();
    let guards = profile.counted_targets().filter_map(|target| match target.guard {
        Some(Guard::Latency(limit)) => Some(limit),
        Some(Guard::Lag(_)) | None => None,
    });
    let mut buckets: BTreeSet<u32> = promised.chain(held).chain(guards).map(|limit| limit.0).collect();
    if let (Some(least), Some(most)) = (buckets.first().copied(), buckets.last().copied()) {
        buckets.extend([
            (least / 4).max(1),
            (least / 2).max(1),
            most.saturating_mul(2),
            most.saturating_mul(4),
        ]);
    }
    buckets
}

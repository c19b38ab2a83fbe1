//! `pod-monitor.yaml` read back: it selects the pods of every target that is ours and no others, on the port and path of the
//! policy, and what the relabelings make of a pod's labels is what the rules ask for.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::operator;
use super::report::Report;
use crate::artifact::Artifact;
use crate::finding::Diagnostic;
use crate::plan::Plan;
use crate::profile::Target;

/// As much of the operator's PodMonitor as is understood here; anything else could mean other pods or other labels.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Spec {
    selector: Selector,
    pod_metrics_endpoints: Vec<Endpoint>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Selector {
    match_expressions: Vec<Expression>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expression {
    key: String,
    operator: String,
    values: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Endpoint {
    port: String,
    path: String,
    #[serde(rename = "interval")]
    _interval: String,
    #[serde(rename = "scrapeTimeout")]
    _scrape_timeout: String,
    #[serde(default)]
    relabelings: Vec<Relabeling>,
}

/// A rule with the default expression, which takes all.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Relabeling {
    #[serde(rename = "action")]
    _action: Action,
    #[serde(default)]
    source_labels: Vec<String>,
    target_label: String,
    replacement: Option<String>,
}

/// The default, written out: what the server fills in, every apply would change back.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Action {
    Replace,
}

type Labels = BTreeMap<String, String>;

pub(super) fn verify(plan: &Plan, artifact: &Artifact) -> Vec<Diagnostic> {
    let mut report = Report::new(artifact, "pod-monitor.yaml.j2");
    let Some(object) = operator::read::<Spec>(artifact, "PodMonitor", &mut report) else {
        return report.found;
    };
    if object.metadata.namespace != plan.profile.platform.namespace.as_str() {
        report.mismatch(None, format!("the monitor looks into `{}`", object.metadata.namespace));
    }
    check_selector(plan, &object.spec.selector, &mut report);
    let [endpoint] = object.spec.pod_metrics_endpoints.as_slice() else {
        report.mismatch(None, "the monitor does not scrape each pod once".to_owned());
        return report.found;
    };
    let container = plan.profile.platform.container.as_ref();
    if container
        .is_some_and(|container| (endpoint.port.as_str(), &endpoint.path) != ("http", &container.metrics))
    {
        report.mismatch(None, format!("pods answer elsewhere than at {}{}", endpoint.port, endpoint.path));
    }
    for target in &plan.profile.targets {
        let (made, wanted) = (made(endpoint, plan, target), wanted(plan, target));
        if made != wanted {
            let title = format!(
                "the series of `{}` get the labels {made:?}, and the rules ask for {wanted:?}",
                target.name
            );
            report.mismatch(None, title);
        }
    }
    report.found
}

fn check_selector(plan: &Plan, selector: &Selector, report: &mut Report<'_>) {
    let targets: BTreeSet<&str> = plan.profile.targets.iter().map(|target| target.name.as_str()).collect();
    let found = match selector.match_expressions.as_slice() {
        [one] if one.key == "app.kubernetes.io/name" && one.operator == "In" => one.values.iter(),
        _ => {
            report.mismatch(None, "the pods are not selected by their Deployments' names".to_owned());
            return;
        }
    };
    let found: BTreeSet<&str> = found.map(String::as_str).collect();
    for name in targets.symmetric_difference(&found) {
        let which =
            if targets.contains(name) { "the pods of `{}` are not scraped" } else { "`{}` is not a target" };
        report.mismatch(None, which.replace("{}", name));
    }
}

/// What the endpoint makes of the labels that the operator sees on a target's pods.
fn made(endpoint: &Endpoint, plan: &Plan, target: &Target) -> Labels {
    let profile = &plan.profile;
    let mut pod = Labels::new();
    pod.insert("__meta_kubernetes_namespace".to_owned(), profile.platform.namespace.to_string());
    pod.insert("__meta_kubernetes_pod_label_workload".to_owned(), profile.workload(target).name.to_string());
    let territory = profile.territory(target).map(|territory| territory.code.to_string());
    pod.extend(territory.map(|code| ("__meta_kubernetes_pod_label_territory".to_owned(), code)));
    let mut labels = Labels::new();
    for rule in &endpoint.relabelings {
        let taken: Vec<&str> =
            rule.source_labels.iter().map(|label| pod.get(label).map_or("", String::as_str)).collect();
        let value = match &rule.replacement {
            Some(text) => text.replace("$$", "$"),
            None => taken.join(";"),
        };
        // An empty value is not a label.
        if value.is_empty() {
            labels.remove(&rule.target_label);
        } else {
            labels.insert(rule.target_label.clone(), value);
        }
    }
    labels
}

/// What rules and triggers ask by, as far as the operator does not give it by itself.
fn wanted(plan: &Plan, target: &Target) -> Labels {
    let profile = &plan.profile;
    let platform = &profile.platform;
    let metrics = &platform.metrics;
    let mut labels = Labels::new();
    labels.extend(platform.job.clone().map(|job| ("job".to_owned(), job)));
    labels.extend(platform.app.clone().map(|app| ("app".to_owned(), app)));
    let own = metrics.namespace.as_ref().filter(|label| label.as_str() != "namespace");
    labels.extend(own.map(|label| (label.to_string(), platform.namespace.to_string())));
    let territory = metrics.territory.as_ref().zip(profile.territory(target));
    labels.extend(territory.map(|(label, territory)| (label.to_string(), territory.code.to_string())));
    let workload = metrics.workload.as_ref();
    labels.extend(workload.map(|label| (label.to_string(), profile.workload(target).name.to_string())));
    labels
}

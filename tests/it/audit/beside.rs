//! ScaledObjects against other documents, in other files of the same run.

use seasonscale::audit::{Audit, Scope};
use seasonscale::finding::Rule;
use seasonscale::quantity::Version;
use seasonscale::rules::subject::Versions;

use super::corpus::year;

const OBJECT: &str = "
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: web, namespace: shop}
spec:
  scaleTargetRef: {name: web}
  minReplicaCount: 2
  triggers: [{type: cpu, metricType: Utilization, metadata: {value: \"60\"}}]
";
const HPA: &str = "
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: other, namespace: shop}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, maxReplicas: 3}
";
const WORKLOAD: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {replicas: 3, template: {spec: {containers: [{name: web}]}}}
";
const ALL: [Rule; 3] = [Rule::KedaSecondAutoscaler, Rule::KedaRequestMissing, Rule::WorkloadReplicas];

fn audit() -> Audit {
    let versions = Versions { keda: Version::new(2, 20), keda_patch: None, kubernetes: Version::new(1, 35) };
    Audit::new(Scope { versions, window: year() })
}

/// Each finding with the file that it is in.
fn found(files: &[(&str, &str)], together: bool) -> Vec<(Rule, String)> {
    let mut audit = audit();
    let bytes: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let read = if together {
        audit.files(&bytes)
    } else {
        bytes.iter().map(|(name, bytes)| audit.file(name, bytes)).collect()
    };
    let of_file = read.iter().flat_map(|file| file.findings.iter().map(|one| (one.rule, file.name.clone())));
    let mut all: Vec<_> = of_file.filter(|(check, _)| ALL.contains(check)).collect();
    all.sort_by_key(|(check, _)| check.id());
    all
}

#[test]
fn the_order_of_files_that_are_read_together_does_not_matter() {
    let wanted = [
        (Rule::KedaRequestMissing, "keda/so.yaml".to_owned()),
        (Rule::KedaSecondAutoscaler, "keda/so.yaml".to_owned()),
        (Rule::WorkloadReplicas, "keda/so.yaml".to_owned()),
    ];
    let files = [("keda/so.yaml", OBJECT), ("app/hpa.yaml", HPA), ("app/web.yaml", WORKLOAD)];
    let turned: Vec<_> = files.iter().rev().copied().collect();
    assert_eq!(found(&files, true), wanted);
    assert_eq!(found(&turned, true), wanted);
}

#[test]
fn of_files_that_are_read_one_by_one_the_later_one_has_the_finding() {
    let files = [("app/hpa.yaml", HPA), ("keda/so.yaml", OBJECT), ("app/web.yaml", WORKLOAD)];
    let wanted = [
        (Rule::KedaRequestMissing, "app/web.yaml".to_owned()),
        (Rule::KedaSecondAutoscaler, "keda/so.yaml".to_owned()),
        (Rule::WorkloadReplicas, "app/web.yaml".to_owned()),
    ];
    assert_eq!(found(&files, false), wanted);
}

#[test]
fn without_a_namespace_only_documents_of_one_folder_belong_together() {
    let plain = |text: &str| text.replace(", namespace: shop", "");
    let (object, hpa) = (plain(OBJECT), plain(HPA));
    assert_eq!(found(&[("dev/so.yaml", &object), ("prod/hpa.yaml", &hpa)], true), []);
    assert_eq!(found(&[("dev/so.yaml", &object), ("dev/hpa.yaml", &hpa)], true).len(), 1);
    assert_eq!(found(&[("so.yaml", OBJECT), ("hpa.yaml", &hpa)], true), [], "one says a namespace");
}

#[test]
fn an_application_that_leaves_the_replicas_alone_silences_them() {
    let application = "
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec: {ignoreDifferences: [{group: apps, kind: Deployment, jsonPointers: [/spec/replicas]}]}
";
    let files = [("so.yaml", OBJECT), ("web.yaml", WORKLOAD), ("app.yaml", application)];
    assert_eq!(found(&files, true), [(Rule::KedaRequestMissing, "so.yaml".to_owned())]);
}

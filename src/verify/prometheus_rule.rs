//! `prometheus-rule.yaml` read back: an object of the operator that holds the rules file, group by group.

use serde::Deserialize;
use serde_json::Value;

use crate::artifact::Artifact;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::plan::Plan;
use crate::yaml;

const HELP: &str = "the file was not written: mend templates/prometheus-rule.yaml.j2 where --templates replaces it, else report this as a bug of seasonscale";

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Object {
    api_version: String,
    kind: String,
    metadata: Metadata,
    spec: Spec,
}

#[derive(Deserialize)]
struct Metadata {
    namespace: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spec {
    groups: Vec<Value>,
}

pub(super) fn verify(plan: &Plan, artifact: &Artifact, rules: Option<&Artifact>) -> Vec<Diagnostic> {
    let found = |code, title: String| {
        let place = Place { artifact: artifact.path.clone(), line: None, route: String::new() };
        Diagnostic::new(code, title).inside(place).help(HELP)
    };
    let object: Object = match yaml::lenient(&artifact.text) {
        Ok(object) => object,
        Err(problem) => {
            let title = format!("`{}` is no PrometheusRule: {problem}", artifact.path);
            return vec![found(Code::FileRejected, title)];
        }
    };
    let mut problems = Vec::new();
    let is = (object.api_version.as_str(), object.kind.as_str());
    if is != ("monitoring.coreos.com/v1", "PrometheusRule") {
        problems.push(found(
            Code::FileRejected,
            format!("`{}` is a {} {}, not a PrometheusRule", artifact.path, is.0, is.1),
        ));
    }
    if object.metadata.namespace != plan.profile.platform.namespace.as_str() {
        let title = format!("the rules are for the namespace `{}`", object.metadata.namespace);
        problems.push(found(Code::FileMismatch, title));
    }
    // Without the file there is nothing to be the same as; the policy has refused that.
    let Some(rules) = rules else { return problems };
    let Ok(plain) = yaml::lenient::<Spec>(&rules.text) else { return problems };
    let name = |group: &Value| group.get("name").and_then(Value::as_str).unwrap_or("?").to_owned();
    for (at, group) in plain.groups.iter().enumerate() {
        match object.spec.groups.get(at) {
            None => {
                problems.push(found(Code::FileMismatch, format!("the group `{}` is missing", name(group))))
            }
            Some(other) if other == group => {}
            Some(_) => {
                let title = format!("the group `{}` is another than in `{}`", name(group), rules.path);
                problems.push(found(Code::FileMismatch, title));
            }
        }
    }
    for extra in object.spec.groups.iter().skip(plain.groups.len()) {
        problems.push(found(Code::FileMismatch, format!("the group `{}` is one too many", name(extra))));
    }
    problems
}

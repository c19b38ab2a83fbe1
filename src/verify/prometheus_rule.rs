//! `prometheus-rule.yaml` read back: an object of the operator that holds the rules file, group by group.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::operator;
use super::report::Report;
use crate::artifact::Artifact;
use crate::finding::Diagnostic;
use crate::kept::ANNOTATIONS;
use crate::plan::Plan;
use crate::yaml;

/// Octets of rules in one object, above which the operator gives up on all rules (prometheus-operator#6478: half of what a
/// ConfigMap may have).
const MOST: usize = 512 << 10;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spec {
    groups: Vec<Value>,
}

pub(super) fn verify(plan: &Plan, artifact: &Artifact, rules: Option<&Artifact>) -> Vec<Diagnostic> {
    let mut report = Report::new(artifact, "prometheus-rule.yaml.j2");
    let Some(object) = operator::read::<Spec>(artifact, "PrometheusRule", &mut report) else {
        return report.found;
    };
    if object.metadata.namespace != plan.profile.platform.namespace.as_str() {
        report.mismatch(None, format!("the rules are for the namespace `{}`", object.metadata.namespace));
    }
    annotations(plan, &object.metadata.annotations, &mut report);
    if artifact.text.len() > MOST {
        report.too_large(artifact.text.len(), MOST, "the Prometheus operator");
    }
    // Without the file there is nothing to be the same as; the policy has refused that.
    let rules = rules.and_then(|rules| Some((rules, yaml::lenient::<Spec>(&rules.text).ok()?)));
    if let Some((rules, plain)) = rules {
        compare(&plain.groups, &object.spec.groups, &rules.path, &mut report);
    }
    report.found
}

/// Those by which the cluster knows until when the rules hold.
fn annotations(plan: &Plan, all: &BTreeMap<String, String>, report: &mut Report<'_>) {
    let wanted = [
        ("plan", plan.name.to_string()),
        ("valid-from", plan.horizon.from.to_string()),
        ("valid-until", plan.horizon.until.plus_days(-1).to_string()),
    ];
    for (name, wanted) in wanted {
        let key = format!("{ANNOTATIONS}{name}");
        match all.get(&key) {
            Some(found) if *found == wanted => {}
            Some(found) => report.mismatch(None, format!("`{key}` is {found}, where the plan says {wanted}")),
            None => report.mismatch(None, format!("there is no annotation `{key}`")),
        }
    }
}

/// The groups of the rules file, and those of the object.
fn compare(plain: &[Value], held: &[Value], path: &str, report: &mut Report<'_>) {
    let name = |group: &Value| group.get("name").and_then(Value::as_str).unwrap_or("?").to_owned();
    for (at, group) in plain.iter().enumerate() {
        match held.get(at) {
            None => report.mismatch(None, format!("the group `{}` is missing", name(group))),
            Some(other) if other == group => {}
            Some(_) => {
                report.mismatch(None, format!("the group `{}` is another than in `{path}`", name(group)));
            }
        }
    }
    for extra in held.iter().skip(plain.len()) {
        report.mismatch(None, format!("the group `{}` is one too many", name(extra)));
    }
}

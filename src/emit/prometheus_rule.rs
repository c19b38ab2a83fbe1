//! `prometheus-rule.yaml`: the rules file, as it is, inside of an object of the Prometheus operator.

use serde::Serialize;

use super::{Templates, say};
use crate::artifact::{Artifact, ArtifactKind, PROMETHEUS_RULE_FILE};
use crate::finding::Diagnostic;
use crate::plan::Plan;

pub(super) fn emit(
    plan: &Plan,
    templates: &Templates,
    rules: &Artifact,
) -> Result<Artifact, Vec<Diagnostic>> {
    let text = object(plan, (rules, plan.rules_name()), templates)?;
    Ok(Artifact { kind: ArtifactKind::PrometheusRule, path: PROMETHEUS_RULE_FILE.to_owned(), text })
}

/// A file of rules as an object of this name.
pub(super) fn object(
    plan: &Plan,
    (rules, name): (&Artifact, String),
    templates: &Templates,
) -> Result<String, Vec<Diagnostic>> {
    let view = View {
        holds: say::Holds::of(plan),
        file: &rules.path,
        plan: plan.name.as_str(),
        meaning: plan.whole_meaning(),
        name,
        namespace: plan.profile.platform.namespace.as_str(),
    };
    let mut text = templates.render("prometheus-rule.yaml.j2", view)?;
    // Everything moves in alike, so block scalars keep their own indentation. The file's head stays outside.
    let groups = rules.text.lines().skip_while(|line| line.is_empty() || line.starts_with('#'));
    for line in groups {
        if !line.is_empty() {
            text.push_str("  ");
            text.push_str(line);
        }
        text.push('\n');
    }
    Ok(text)
}

#[derive(Serialize)]
struct View<'p> {
    holds: say::Holds,
    file: &'p str,
    plan: &'p str,
    meaning: String,
    name: String,
    namespace: &'p str,
}

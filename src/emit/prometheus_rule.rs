//! `prometheus-rule.yaml`: the rules file, as it is, inside of an object of the Prometheus operator.

use serde::Serialize;

use super::{Templates, alerts, say};
use crate::artifact::{ALERTS_FILE, Artifact, ArtifactKind, PROMETHEUS_RULE_FILE};
use crate::finding::Diagnostic;
use crate::plan::Plan;

pub(super) fn emit(plan: &Plan, templates: &Templates) -> Result<Artifact, Vec<Diagnostic>> {
    let rules = alerts::emit(plan, templates)?.text;
    let view = View {
        holds: say::Holds::of(plan),
        file: ALERTS_FILE,
        plan: plan.name.as_str(),
        meaning: plan.whole_meaning(),
        name: plan.rules_name(),
        namespace: plan.profile.platform.namespace.as_str(),
    };
    let mut text = templates.render("prometheus-rule.yaml.j2", view)?;
    // Everything moves in alike, so block scalars keep their own indentation. The file's head stays outside.
    let groups = rules.lines().skip_while(|line| line.is_empty() || line.starts_with('#'));
    for line in groups {
        if !line.is_empty() {
            text.push_str("  ");
            text.push_str(line);
        }
        text.push('\n');
    }
    Ok(Artifact { kind: ArtifactKind::PrometheusRule, path: PROMETHEUS_RULE_FILE.to_owned(), text })
}

#[derive(Serialize)]
struct View<'p> {
    holds: say::Holds,
    file: &'static str,
    plan: &'p str,
    meaning: String,
    name: String,
    namespace: &'p str,
}

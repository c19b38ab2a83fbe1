//! `dashboards/*.json`: two dashboards for Grafana, over the series that the rules record.
//!
//! Panels, queries and words are in `templates/dashboards/`; here is what is filled in. Each is written out anew with its
//! keys in order, so that a change of the policy is a small difference.

use serde::Serialize;

use super::{Templates, diags, say};
use crate::artifact::{Artifact, ArtifactKind, COST_DASHBOARD_FILE, PERFORMANCE_DASHBOARD_FILE};
use crate::diagnostic::Diagnostic;
use crate::plan::Plan;

/// Longest uid that Grafana takes.
const LONGEST_UID: usize = 40;

const DASHBOARDS: [(&str, &str); 2] = [
    ("dashboards/territory-performance.json.j2", PERFORMANCE_DASHBOARD_FILE),
    ("dashboards/cost-roi.json.j2", COST_DASHBOARD_FILE),
];

pub(super) fn emit(plan: &Plan, templates: &Templates) -> Result<Vec<Artifact>, Vec<Diagnostic>> {
    let (mut made, mut problems) = (Vec::new(), Vec::new());
    for (template, path) in DASHBOARDS {
        match templates.render(template, view(plan)).and_then(|text| tidy(template, &text)) {
            Ok(text) => {
                made.push(Artifact { kind: ArtifactKind::Dashboards, path: path.to_owned(), text });
            }
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(made) } else { Err(problems) }
}

/// The same JSON, indented, keys in order.
fn tidy(template: &str, text: &str) -> Result<String, Vec<Diagnostic>> {
    let value: Result<serde_json::Value, _> = serde_json::from_str(text);
    let value = value.map_err(|error| vec![diags::no_json(template, &error)])?;
    let tidy = serde_json::to_string_pretty(&value).expect("internal error: a value is JSON");
    Ok(tidy + "\n")
}

#[derive(Serialize)]
struct View<'p> {
    holds: say::Holds,
    performance_uid: String,
    cost_uid: String,
    platform: &'p str,
    team: &'p str,
    runbook_url: &'p str,
    namespace: String,
    /// Whether any season or campaign lies in the plan: else nothing records whether one is on.
    seasons: bool,
    http: bool,
    gate: f64,
    emergency: f64,
    budget: f64,
    prefix: &'p str,
    spill: f64,
    critical: f64,
    lag: u32,
    depth: u32,
    pod_hour: String,
    currency: &'p str,
    unit: String,
}

fn view(plan: &Plan) -> View<'_> {
    let profile = &plan.profile;
    let (platform, journal, gates) = (&profile.platform, &profile.journal, &profile.gates);
    let limits = profile.http_workloads();
    let limits = limits.map(|(_, http)| (http.p95_gate.seconds(), http.p95_emergency.seconds()));
    // One number stands for all workloads: the strictest gate.
    let strictest = limits.reduce(|one, other| (one.0.min(other.0), one.1.min(other.1)));
    let (gate, emergency) = strictest.unwrap_or_default();
    let namespace = platform.namespace.as_str();
    View {
        holds: say::Holds::of(plan),
        performance_uid: uid("seasonscale-perf-", namespace),
        cost_uid: uid("seasonscale-cost-", namespace),
        platform: namespace,
        team: platform.team.as_str(),
        runbook_url: &platform.runbook_url,
        namespace: format!("namespace=\"{namespace}\""),
        seasons: !plan.origins.is_empty(),
        http: strictest.is_some(),
        gate,
        emergency,
        budget: gates.error_budget().0,
        prefix: journal.prefix.as_str(),
        spill: journal.spill_ratio.0,
        critical: journal.critical_ratio.0,
        lag: gates.outbox_lag.0,
        depth: gates.outbox_depth,
        pod_hour: profile.cost.pod_hour.to_string(),
        currency: &profile.cost.currency,
        unit: format!("currency:{}", profile.cost.currency),
    }
}

/// A uid that two installations in one Grafana do not share: the namespace's name, or what is left of a long one with a
/// number made of all of it (FNV-1a).
fn uid(prefix: &str, namespace: &str) -> String {
    let room = LONGEST_UID - prefix.len();
    if namespace.len() <= room {
        return format!("{prefix}{namespace}");
    }
    let hash = namespace
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("{prefix}{}-{hash:08x}", &namespace[..room - 9])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_namespace_still_has_a_uid_of_its_own() {
        assert_eq!(uid("seasonscale-perf-", "freshplan"), "seasonscale-perf-freshplan");
        let [one, other] = ["a", "b"].map(|end| uid("seasonscale-perf-", &("freshplan-".repeat(5) + end)));
        assert_ne!(one, other);
        assert_eq!((one.len(), other.len()), (LONGEST_UID, LONGEST_UID));
    }
}

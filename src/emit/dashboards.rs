//! `dashboards/*.json`: two dashboards for Grafana, over the series that the rules record.
//!
//! Panels, queries and words are in `templates/dashboards/`; here is what is filled in. Each is written out anew with its
//! keys in order, so that a change of the policy is a small difference.

use serde::Serialize;

use super::scope::{self, Quotes};
use super::{Templates, alerts, diags, say};
use crate::artifact::{Artifact, ArtifactKind, COST_DASHBOARD_FILE, PERFORMANCE_DASHBOARD_FILE};
use crate::finding::Diagnostic;
use crate::name::Slug;
use crate::plan::Plan;
use crate::profile::HttpWorkload;
use crate::quantity::Millis;

/// Longest uid that Grafana takes.
const LONGEST_UID: usize = 40;

const DASHBOARDS: [(&str, &str); 2] = [
    ("dashboards/territory-performance.json.j2", PERFORMANCE_DASHBOARD_FILE),
    ("dashboards/cost-roi.json.j2", COST_DASHBOARD_FILE),
];

pub(super) fn emit(plan: &Plan, templates: &Templates) -> Result<Vec<Artifact>, Vec<Diagnostic>> {
    let (mut made, mut problems) = (Vec::new(), Vec::new());
    let has_price = plan.profile.cost.is_some();
    for (template, path) in
        DASHBOARDS.into_iter().filter(|(_, path)| has_price || *path != COST_DASHBOARD_FILE)
    {
        match templates.render(template, view(plan)).and_then(|text| tidy(template, &text)) {
            Ok(text) => {
                let text = scope::queries(plan, &text, Quotes::Escaped);
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
    tags: Vec<&'p str>,
    /// What finds the alerts of these rules.
    alerts: String,
    runbook_url: Option<&'p str>,
    namespace: String,
    /// Whether any season or campaign lies in the plan: else nothing records whether one is on.
    seasons: bool,
    http: bool,
    /// Whether some load is measured at all.
    is_measured: bool,
    limits_latency: bool,
    promises_latency: bool,
    gate: Option<f64>,
    emergency: Option<f64>,
    budget: f64,
    journal: Option<Journal<'p>>,
    hourly: Option<Price<'p>>,
}

#[derive(Serialize)]
struct Journal<'p> {
    prefix: &'p str,
    spill: f64,
    critical: f64,
    lag: u32,
    depth: u32,
}

#[derive(Serialize)]
struct Price<'p> {
    pod_hour: String,
    currency: &'p str,
    unit: String,
}

fn view(plan: &Plan) -> View<'_> {
    let profile = &plan.profile;
    let (platform, gates) = (&profile.platform, &profile.gates);
    // One number stands for all workloads: the strictest limit.
    let strictest = |limit: fn(&HttpWorkload) -> Option<Millis>| {
        profile.http_workloads().filter_map(|(_, http)| limit(http)).min().map(Millis::seconds)
    };
    let team = platform.team.as_ref().map(Slug::as_str);
    let namespace = platform.namespace.as_str();
    View {
        holds: say::Holds::of(plan),
        performance_uid: uid("seasonscale-perf-", plan.name.as_str()),
        cost_uid: uid("seasonscale-cost-", plan.name.as_str()),
        platform: plan.title.as_deref().unwrap_or(plan.name.as_str()),
        tags: std::iter::once("seasonscale").chain(team).collect(),
        alerts: team.map(|team| format!(", team=\"{team}\"")).unwrap_or_default(),
        runbook_url: platform.runbook_url.as_deref(),
        namespace: format!("namespace=\"{namespace}\""),
        seasons: alerts::has_parts(plan),
        http: profile.http_workloads().next().is_some(),
        is_measured: profile.targets.iter().any(|target| target.per_replica.is_some()),
        limits_latency: profile.limits_latency(),
        promises_latency: profile.promises_latency(),
        gate: strictest(|http| http.p95_gate),
        emergency: strictest(|http| http.p95_emergency),
        budget: gates.error_budget().0,
        journal: profile.journal.as_ref().map(|journal| Journal {
            prefix: journal.prefix.as_str(),
            spill: journal.spill_ratio.0,
            critical: journal.critical_ratio.0,
            lag: gates.outbox_lag.0,
            depth: gates.outbox_depth,
        }),
        hourly: profile.cost.as_ref().map(|cost| Price {
            pod_hour: cost.pod_hour.to_string(),
            currency: &cost.currency,
            unit: format!("currency:{}", cost.currency),
        }),
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

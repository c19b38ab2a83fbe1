//! `load/seasonal-load.js`: a k6 script whose figures are the plan's. What it does with them is in the template.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Templates, say};
use crate::artifact::{Artifact, ArtifactKind, LOAD_FILE};
use crate::finding::Diagnostic;
use crate::plan::{Part, Plan, base_load};
use crate::profile::{Territory, WorkloadKind};

/// Methods that change nothing (RFC 9110, 9.2.1).
const SAFE: [&str; 4] = ["GET", "HEAD", "OPTIONS", "TRACE"];

pub(super) fn emit(plan: &Plan, templates: &Templates) -> Result<Artifact, Vec<Diagnostic>> {
    let figures = figures(plan);
    let seasons = figures.seasons.keys().copied().collect();
    let example = hardest(&figures).unwrap_or("base");
    let text = serde_json::to_string_pretty(&figures).expect("internal error: figures are JSON");
    let view = View { holds: say::Holds::of(plan), file: LOAD_FILE, seasons, example, plan: text };
    let text = templates.render("load/seasonal-load.js.j2", view)?;
    Ok(Artifact { kind: ArtifactKind::Load, path: LOAD_FILE.to_owned(), text })
}

#[derive(Serialize)]
struct View<'p> {
    holds: say::Holds,
    file: &'static str,
    seasons: Vec<&'p str>,
    /// The one to try first.
    example: &'p str,
    plan: String,
}

/// What the script reads; times in milliseconds, loads in requests per second.
#[derive(Serialize)]
struct Figures<'p> {
    budget: f64,
    territories: Vec<Promise<'p>>,
    workloads: Vec<Gate<'p>>,
    targets: Vec<Target<'p>>,
    /// How many times its base a territory gets, by season or campaign.
    seasons: BTreeMap<&'p str, BTreeMap<&'p str, f64>>,
}

#[derive(Serialize)]
struct Promise<'p> {
    territory: &'p str,
    share: f64,
    target: u32,
}

#[derive(Serialize)]
struct Gate<'p> {
    workload: &'p str,
    gate: u32,
}

#[derive(Serialize)]
struct Target<'p> {
    name: &'p str,
    territory: &'p str,
    workload: &'p str,
    reads: bool,
    methods: Vec<&'p str>,
    base: f64,
    gate: u32,
    limit: u32,
}

fn figures(plan: &Plan) -> Figures<'_> {
    let profile = &plan.profile;
    let territories = profile.territories.iter().filter_map(promise);
    let gates = profile.http_workloads().filter_map(|(workload, http)| {
        Some(Gate { workload: workload.name.as_str(), gate: http.p95_gate?.0 })
    });
    Figures {
        budget: profile.gates.error_budget().0,
        territories: territories.collect(),
        workloads: gates.collect(),
        targets: targets(plan),
        seasons: seasons(plan),
    }
}

fn promise(territory: &Territory) -> Option<Promise<'_>> {
    let target = territory.p95_target?.0;
    Some(Promise { territory: territory.code.as_str(), share: territory.share.0, target })
}

fn targets(plan: &Plan) -> Vec<Target<'_>> {
    let profile = &plan.profile;
    let targets = profile.targets.iter().filter_map(|target| {
        let workload = profile.workload(target);
        let WorkloadKind::Http(http) = &workload.kind else { return None };
        let territory = profile.territory(target)?;
        let base = base_load(profile, target)?.0;
        let (gate, promised) = (http.p95_gate?.0, territory.p95_target?.0);
        let methods: Vec<&str> = http.methods.iter().map(String::as_str).collect();
        Some(Target {
            name: target.name.as_str(),
            territory: territory.code.as_str(),
            workload: workload.name.as_str(),
            reads: methods.iter().all(|method| SAFE.contains(method)),
            methods,
            base: (base * 1000.0).round() / 1000.0,
            gate,
            limit: gate.max(promised),
        })
    });
    targets.collect()
}

/// The season or campaign that brings the most requests in all, the first by name of several.
fn hardest<'p>(figures: &Figures<'p>) -> Option<&'p str> {
    let brings = |loads: &BTreeMap<&str, f64>| -> f64 {
        let times = |target: &Target<'_>| loads.get(target.territory).copied().unwrap_or(1.0);
        figures.targets.iter().map(|target| target.base * times(target)).sum()
    };
    let most = figures.seasons.values().map(brings).fold(0.0, f64::max);
    figures.seasons.iter().find(|(_, loads)| brings(loads) >= most).map(|(name, _)| *name)
}

/// Every season and campaign whose load the business knows somewhere.
fn seasons(plan: &Plan) -> BTreeMap<&str, BTreeMap<&str, f64>> {
    let mut seasons: BTreeMap<&str, BTreeMap<&str, f64>> = BTreeMap::new();
    for origin in plan.origins.iter().filter(|origin| origin.part == Part::Main) {
        let (Some(load), Some(at)) = (origin.load, origin.territory) else { continue };
        let territory = plan.profile.territories[at.0].code.as_str();
        let own = seasons.entry(plan.occasion(origin).name.as_str()).or_default();
        let most = own.entry(territory).or_insert(load);
        *most = most.max(load);
    }
    seasons
}

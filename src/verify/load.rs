//! The load test read back: the figures that its script reads are the plan's.
//!
//! What the script does with them is seen by running it, and by the types of k6's own interface, in the test command.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::report::Report;
use crate::artifact::Artifact;
use crate::finding::Diagnostic;
use crate::plan::{Part, Plan};
use crate::profile::WorkloadKind;

const BEGINS: &str = "\nconst PLAN = ";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Figures {
    budget: f64,
    territories: Vec<Promise>,
    workloads: Vec<Gate>,
    targets: Vec<Target>,
    seasons: BTreeMap<String, BTreeMap<String, f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Promise {
    territory: String,
    share: f64,
    target: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Gate {
    workload: String,
    gate: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Target {
    name: String,
    territory: String,
    workload: String,
    reads: bool,
    methods: Vec<String>,
    base: f64,
    gate: f64,
    limit: f64,
}

pub(super) fn verify(plan: &Plan, artifact: &Artifact) -> Vec<Diagnostic> {
    let mut report = Report::new(artifact, "load/seasonal-load.js.j2");
    let rest = artifact.text.split_once(BEGINS).map(|(_, rest)| rest);
    let json = rest.and_then(|rest| rest.split_once("};\n")).map(|(json, _)| format!("{json}}}"));
    let figures = json.ok_or("there is none".to_owned());
    let figures = figures.and_then(|json| serde_json::from_str(&json).map_err(|error| error.to_string()));
    match figures {
        Ok(figures) => {
            compare(plan, &figures, &mut report);
            example(&figures, &artifact.text, &mut report);
        }
        Err(error) => report.rejected(None, format!("`const PLAN` cannot be read: {error}")),
    }
    report.found
}

/// The command in the head tries the season of the most requests: one that holds says nothing about a harder one.
fn example(figures: &Figures, text: &str, report: &mut Report<'_>) {
    let named = text.split_once("--env SEASON=").and_then(|(_, rest)| rest.split_whitespace().next());
    let brings = |season: &str| -> f64 {
        let times = |at: &str| figures.seasons.get(season).and_then(|loads| loads.get(at)).copied();
        figures.targets.iter().map(|target| target.base * times(&target.territory).unwrap_or(1.0)).sum()
    };
    let shown = brings(named.unwrap_or_default());
    if let Some(harder) = figures.seasons.keys().find(|season| brings(season) > shown * (1.0 + 1e-9)) {
        report.mismatch(
            None,
            format!("the head tries `{}`, and `{harder}` is harder", named.unwrap_or("nothing")),
        );
    }
}

/// Whether two figures are the same to the thousandth, or as far as a floating-point number has digits.
fn same(found: f64, wanted: f64) -> bool {
    (found - wanted).abs() <= 1e-3_f64.max(wanted.abs() * 1e-12)
}

fn compare(plan: &Plan, figures: &Figures, report: &mut Report<'_>) {
    let profile = &plan.profile;
    let mut hold = |what: &str, found: f64, wanted: f64| {
        if !same(found, wanted) {
            report.mismatch(None, format!("{what} is {found}, the plan has {wanted}"));
        }
    };
    hold("the error budget", figures.budget, 1.0 - profile.gates.latency_objective.0);
    for (territory, target) in profile.territories.iter().filter_map(|own| Some((own, own.p95_target?))) {
        let code = territory.code.as_str();
        let own = figures.territories.iter().find(|own| own.territory == code);
        hold(&format!("the p95 target of {code}"), own.map_or(0.0, |own| own.target), f64::from(target.0));
        hold(&format!("the share of {code}"), own.map_or(0.0, |own| own.share), territory.share.0);
    }
    for workload in &profile.workloads {
        let WorkloadKind::Http(http) = &workload.kind else { continue };
        let Some(gate) = http.p95_gate else { continue };
        let own = figures.workloads.iter().find(|own| own.workload == workload.name.as_str());
        hold(&format!("the gate of {}", workload.name), own.map_or(0.0, |own| own.gate), f64::from(gate.0));
    }
    let (wanted, found) = (loads(plan), read(figures));
    let seasons: BTreeSet<&(String, String)> = wanted.keys().chain(found.keys()).collect();
    for key in seasons {
        let (season, territory) = key;
        let of = |loads: &BTreeMap<(String, String), f64>| loads.get(key).copied().unwrap_or_default();
        hold(&format!("the load of {season} in {territory}"), of(&found), of(&wanted));
    }
    targets(plan, figures, report);
}

/// The highest load of each season and campaign in each territory.
fn loads(plan: &Plan) -> BTreeMap<(String, String), f64> {
    let mut loads = BTreeMap::new();
    for origin in plan.origins.iter().filter(|origin| origin.part == Part::Main) {
        if let (Some(load), Some(at)) = (origin.load, origin.territory) {
            let territory = plan.profile.territories[at.0].code.to_string();
            let most: &mut f64 =
                loads.entry((plan.occasion(origin).name.to_string(), territory)).or_default();
            *most = most.max(load);
        }
    }
    loads
}

fn read(figures: &Figures) -> BTreeMap<(String, String), f64> {
    let seasons = figures.seasons.iter();
    seasons
        .flat_map(|(season, loads)| {
            loads.iter().map(move |(territory, load)| ((season.clone(), territory.clone()), *load))
        })
        .collect()
}

fn targets(plan: &Plan, figures: &Figures, report: &mut Report<'_>) {
    let profile = &plan.profile;
    let mut answering = 0;
    for target in &profile.targets {
        let workload = profile.workload(target);
        let (WorkloadKind::Http(http), Some(territory)) = (&workload.kind, profile.territory(target)) else {
            continue;
        };
        let (Some(gate), Some(promised)) = (http.p95_gate, territory.p95_target) else { continue };
        answering += 1;
        let Some(own) = figures.targets.iter().find(|own| own.name == target.name.as_str()) else {
            report.mismatch(None, format!("{} gets no load", target.name));
            continue;
        };
        let workloads = profile.targets.iter().filter(|other| other.workload == target.workload);
        let carried: f64 = workloads
            .map(|other| f64::from(other.min.value.0) * other.per_replica.map_or(0.0, |rate| rate.0))
            .sum();
        let base = target.base_load.map_or(territory.share.0 * carried, |load| load.value.0);
        let limit = gate.0.max(promised.0);
        let agrees = own.territory == territory.code.as_str()
            && own.workload == workload.name.as_str()
            && own.methods == http.methods
            && own.reads
                == http.methods.iter().all(|method| {
                    method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE"
                })
            && same(own.base, base)
            && (own.gate - f64::from(gate.0)).abs() < 1e-9
            && (own.limit - f64::from(limit)).abs() < 1e-9;
        if !agrees {
            report.mismatch(
                None,
                format!("the load of {} is not that of its territory and workload", target.name),
            );
        }
    }
    if figures.targets.len() != answering {
        report.mismatch(None, "something gets load that the plan does not scale by requests".to_owned());
    }
}

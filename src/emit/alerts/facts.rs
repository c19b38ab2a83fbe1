//! What the rules know about targets and limits, as views: values with the territories that share them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::matcher::{Territories, grouped};
use crate::emit::requests::{self, one_of};
use crate::emit::say;
use crate::plan::Plan;
use crate::profile::{Guard, HttpWorkload, Target, Workload, WorkloadKind};
use crate::quantity::Millis;

/// A ScaledObject and what its series join with.
#[derive(Serialize)]
pub(super) struct TargetFact<'p> {
    about: String,
    name: &'p str,
    territory: Option<&'p str>,
    workload: &'p str,
    zone: &'p str,
}

/// A number that targets of one workload share.
#[derive(Serialize)]
pub(super) struct Shared<'p> {
    workload: &'p str,
    value: String,
    /// The value with its unit.
    about: String,
    territories: Territories,
}

/// A p95 target that territories share.
#[derive(Serialize)]
pub(super) struct TerritoryTarget {
    seconds: String,
    about: String,
    /// The histogram bucket that ends there.
    bucket: String,
    territories: Territories,
    /// The selector of that bucket's series, one for each workload.
    selectors: Vec<String>,
}

/// A workload that answers requests.
#[derive(Serialize)]
pub(super) struct Http<'p> {
    name: &'p str,
    /// Whether the platform's metrics count its requests.
    is_counted: bool,
    /// Whether its own p95 is recorded.
    has_p95: bool,
    selector: String,
    gate: Option<Limit>,
    emergency: Option<Limit>,
}

/// A delay in both its spellings.
#[derive(Serialize)]
pub(super) struct Limit {
    seconds: String,
    about: String,
}

impl Limit {
    fn of(limit: Millis) -> Self {
        Self { seconds: limit.seconds().to_string(), about: limit.to_string() }
    }
}

pub(super) fn targets(plan: &Plan) -> Vec<TargetFact<'_>> {
    let fact = |target| TargetFact {
        about: say::target(plan, target),
        name: target.name.as_str(),
        territory: code(plan, target),
        workload: plan.profile.workload(target).name.as_str(),
        zone: target.zone.name(),
    };
    plan.profile.targets.iter().map(fact).collect()
}

fn code<'p>(plan: &'p Plan, target: &Target) -> Option<&'p str> {
    plan.profile.territory(target).map(|territory| territory.code.as_str())
}

/// A number of each target, `None` where it has none, by workload and value.
fn shared<'p>(plan: &'p Plan, value: impl Fn(&Target) -> Option<(String, String)>) -> Vec<Shared<'p>> {
    let values = plan
        .profile
        .targets
        .iter()
        .filter_map(|target| value(target).map(|value| ((target.workload, value), code(plan, target))));
    let mut groups = grouped(values);
    groups.sort_by_key(|group| group.key.0);
    let view = |(workload, (value, about)): (crate::profile::WorkloadId, (String, String)), territories| {
        Shared { workload: plan.profile.workloads[workload.0].name.as_str(), value, about, territories }
    };
    groups.into_iter().map(|group| view(group.key, Territories::of(&group.territories))).collect()
}

pub(super) fn minimums(plan: &Plan) -> Vec<Shared<'_>> {
    shared(plan, |target| Some((target.min.value.to_string(), String::new())))
}

/// The highest floor of the plan.
pub(super) fn peaks(plan: &Plan) -> Vec<Shared<'_>> {
    let peaks: BTreeMap<&str, u32> = plan
        .schedules
        .iter()
        .map(|schedule| (plan.profile.targets[schedule.target.0].name.as_str(), schedule.peak().0))
        .collect();
    shared(plan, |target| Some((peaks.get(target.name.as_str())?.to_string(), String::new())))
}

pub(super) fn loads(plan: &Plan) -> Vec<Shared<'_>> {
    shared(plan, |target| Some((target.per_replica?.to_string(), String::new())))
}

/// The p95 at which the scaler adds replicas.
pub(super) fn guards(plan: &Plan) -> Vec<Shared<'_>> {
    shared(plan, |target| match target.guard? {
        Guard::Latency(limit) => Some((limit.seconds().to_string(), limit.to_string())),
        Guard::Lag(_) => None,
    })
}

/// Names of the workloads that answer requests.
pub(super) fn http_names(plan: &Plan) -> Vec<&str> {
    plan.profile.http_workloads().map(|(workload, _)| workload.name.as_str()).collect()
}

/// Of those the ones whose requests are counted by the platform's metrics.
pub(super) fn counted_names(plan: &Plan) -> Vec<&str> {
    plan.profile.counted_workloads().map(|(workload, _)| workload.name.as_str()).collect()
}

/// A target whose load is asked by queries of the business's own.
#[derive(Serialize)]
pub(super) struct OwnQuery<'p> {
    workload: &'p str,
    territory: Option<&'p str>,
    rps: String,
    p95: Option<String>,
}

pub(super) fn own_queries(plan: &Plan) -> Vec<OwnQuery<'_>> {
    let profile = &plan.profile;
    let asked = profile.targets.iter().filter_map(|target| {
        let workload = profile.workload(target);
        let WorkloadKind::Http(HttpWorkload { own: Some(own), .. }) = &workload.kind else { return None };
        let own = own.of(profile.territory(target));
        Some(OwnQuery {
            workload: workload.name.as_str(),
            territory: code(plan, target),
            rps: own.rps,
            p95: own.p95,
        })
    });
    asked.collect()
}

/// What has a promise, as matchers in braces: its territories, and the workloads that are counted; nothing where whatever
/// answers requests has one.
pub(super) fn promised(plan: &Plan) -> String {
    let (mut codes, mut all) = (Vec::new(), true);
    for target in plan.profile.counted_targets() {
        match plan.profile.territory(target).filter(|territory| territory.p95_target.is_some()) {
            Some(territory) => codes.push(territory.code.as_str()),
            None => all = false,
        }
    }
    codes.dedup();
    let places = (!all).then(|| one_of("territory", &codes));
    // What is asked by a query of its own has no buckets.
    let counted = counted_names(plan);
    let is_alone = counted.len() == http_names(plan).len();
    let matchers: Vec<String> =
        places.into_iter().chain((!is_alone).then(|| one_of("workload", &counted))).collect();
    if matchers.is_empty() { String::new() } else { format!("{{{}}}", matchers.join(", ")) }
}

pub(super) fn http(plan: &Plan) -> Vec<Http<'_>> {
    let everywhere: Vec<&str> =
        plan.profile.territories.iter().map(|territory| territory.code.as_str()).collect();
    plan.profile
        .http_workloads()
        .map(|(workload, http)| Http {
            name: workload.name.as_str(),
            is_counted: http.own.is_none(),
            has_p95: http.own.as_ref().is_some_and(|own| own.p95.is_some()),
            selector: selector(plan, (workload, http), &everywhere),
            gate: http.p95_gate.map(Limit::of),
            emergency: http.p95_emergency.map(Limit::of),
        })
        .collect()
}

/// The requests that the scaler counts too, in these territories where the workload runs by territory.
fn selector(plan: &Plan, (workload, http): (&Workload, &HttpWorkload), territories: &[&str]) -> String {
    let territories = if runs_by_territory(plan, workload) { territories } else { &[] };
    requests::requests(plan, (workload, http), territories)
}

fn runs_by_territory(plan: &Plan, workload: &Workload) -> bool {
    let own = |target: &&Target| plan.profile.workload(target).name == workload.name;
    plan.profile.targets.iter().filter(own).any(|target| target.territory.is_some())
}

pub(super) fn territory_targets(plan: &Plan) -> Vec<TerritoryTarget> {
    let targets = plan.profile.territories.iter();
    let promised =
        targets.filter_map(|territory| Some((territory.p95_target?, Some(territory.code.as_str()))));
    let mut groups = grouped(promised);
    groups.sort_by_key(|group| group.key);
    let view = |limit: Millis, codes: &[&str], territories: Territories| TerritoryTarget {
        seconds: limit.seconds().to_string(),
        about: limit.to_string(),
        bucket: bucket(limit),
        selectors: plan
            .profile
            .counted_workloads()
            .filter(|(workload, _)| runs_by_territory(plan, workload))
            .map(|(workload, http)| selector(plan, (workload, http), codes))
            .collect(),
        territories,
    };
    groups
        .into_iter()
        .map(|group| {
            let codes: Vec<&str> = group.territories.iter().copied().flatten().collect();
            view(group.key, &codes, Territories::of(&group.territories))
        })
        .collect()
}

/// Micrometer writes whole seconds as `1.0`, Prometheus 3 reads every spelling as that, older ones keep what they read.
fn bucket(limit: Millis) -> String {
    let seconds = limit.seconds().to_string();
    if seconds.contains('.') {
        one_of("le", &[&seconds])
    } else {
        one_of("le", &[&seconds, &format!("{seconds}[.]0")])
    }
}

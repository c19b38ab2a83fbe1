//! What one part of a profile needs of another: a measured load needs Prometheus, a queue something that counts it, a budget
//! in money a price. Nothing else is asked for.

use super::decode::Problems;
use super::diags;
use crate::artifact::ArtifactKind;
use crate::finding::Diagnostic;
use crate::profile::{Guard, HttpWorkload, Limit, OwnQueries, Profile, TerritoryId, Workload, WorkloadKind};
use crate::source::Span;

/// `platform`: its table in the policy, or the file.
pub(super) fn check(profile: &Profile, platform: Span, problems: &mut Problems) {
    for workload in &profile.workloads {
        match &workload.kind {
            WorkloadKind::Queue(queue) => {
                let views = queue.pending.is_none() && profile.journal.is_some();
                if queue.pending.is_none() && profile.journal.is_none() {
                    problems.push(diags::wanted::pending_wanted(workload.name.as_str(), workload.span));
                } else if queue.dispatch_lag.is_some() && queue.lag.is_none() && !views {
                    problems.push(diags::wanted::lag_wanted(workload.name.as_str(), workload.span));
                }
            }
            WorkloadKind::Http(http) => {
                let own = http.own.as_ref();
                problems.extend(own.and_then(|own| lacks_query(profile, (workload, http), own)));
                problems.extend(emergency_below(profile, (workload, http)));
            }
            WorkloadKind::Scheduled | WorkloadKind::Kept => {}
        }
    }
    problems.extend(profile.territories.iter().enumerate().filter_map(|(at, territory)| {
        let is_unread = territory.p95_target.is_some() && !is_promise_read(profile, TerritoryId(at));
        is_unread.then(|| diags::wanted::promise_unmeasured(territory))
    }));
    let is_measured = |kind: &WorkloadKind| !matches!(kind, WorkloadKind::Scheduled | WorkloadKind::Kept);
    let measured = profile.workloads.iter().find(|workload| is_measured(&workload.kind));
    if let Some(workload) = measured.filter(|_| profile.platform.prometheus_url.is_none()) {
        problems.push(diags::wanted::prometheus_wanted(platform, workload.name.as_str(), workload.span));
    }
    let made = profile.journal.as_ref().filter(|_| profile.makes(ArtifactKind::Journal));
    if let Some(journal) = made.filter(|_| profile.territories.is_empty()) {
        problems.push(diags::wanted::territories_wanted(journal.version.span));
    }
    let money = profile.budgets.iter().find(|budget| matches!(budget.limit, Limit::Cost(_)));
    if let Some(budget) = money.filter(|_| profile.cost.is_none()) {
        problems.push(diags::wanted::cost_wanted(budget.span));
    }
}

/// Whether an alert or a load test is held against what a territory promises. Where nothing runs, something else is said.
fn is_promise_read(profile: &Profile, territory: TerritoryId) -> bool {
    let mut there = profile.targets.iter().filter(|target| target.territory == Some(territory)).peekable();
    profile.makes(ArtifactKind::Load)
        || there.peek().is_none()
        || there.any(|target| profile.workload(target).kind.is_counted())
}

/// A `p95-emergency` below the gate, or below what a territory promises where the workload runs: somebody is woken before
/// anybody is warned, and no warning is ever sent.
fn emergency_below(profile: &Profile, (workload, http): (&Workload, &HttpWorkload)) -> Option<Diagnostic> {
    let emergency = http.p95_emergency?;
    let name = workload.name.as_str();
    if let Some(gate) = http.p95_gate.filter(|gate| emergency < *gate) {
        return Some(diags::emergency_below_gate(name, [emergency, gate], workload.span));
    }
    let runs = |target: &&crate::profile::Target| profile.workload(target).name == workload.name;
    let promised = profile.targets.iter().filter(runs).filter_map(|target| {
        let territory = profile.territory(target)?;
        Some((territory.p95_target.filter(|target| emergency < *target)?, territory))
    });
    let (target, territory) = promised.max_by_key(|(target, _)| *target)?;
    let spans = [workload.span, territory.span];
    Some(diags::emergency_below_target(name, territory.code.as_str(), [emergency, target], spans))
}

/// What the queries of a workload do not say, and something is made of.
fn lacks_query(
    profile: &Profile,
    (workload, http): (&Workload, &HttpWorkload),
    own: &OwnQueries,
) -> Option<Diagnostic> {
    let targets = || profile.targets.iter().filter(|target| profile.workload(target).name == workload.name);
    let is_guarded = targets().any(|target| matches!(target.guard, Some(Guard::Latency(_))));
    let is_limited = is_guarded || http.p95_gate.is_some() || http.p95_emergency.is_some();
    if is_limited && own.p95.is_none() {
        return Some(diags::wanted::p95_wanted(workload.name.as_str(), workload.span));
    }
    let queries = [Some(&own.rps), own.p95.as_ref()];
    let is_told_apart = queries.into_iter().flatten().all(|query| query.contains(OwnQueries::TERRITORY));
    (targets().nth(1).is_some() && !is_told_apart)
        .then(|| diags::wanted::one_query_for_all(workload.name.as_str(), workload.span))
}

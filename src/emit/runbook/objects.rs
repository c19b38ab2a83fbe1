//! The runbook's objects of others: where each is, and what it scales.

use serde::Serialize;

use crate::plan::Plan;
use crate::profile::Profile;

#[derive(Serialize)]
pub(super) struct Object<'p> {
    name: &'p str,
    namespace: &'p str,
    /// `StatefulSet ledger-db`
    scales: String,
    hpa: &'p str,
    /// Its owner's file.
    file: &'p str,
}

/// An object of which nothing runs while nothing asks for more.
#[derive(Serialize)]
pub(super) struct Resting<'p> {
    name: &'p str,
    namespace: &'p str,
    rests: u32,
    /// `minReplicaCount`
    min: u32,
    /// Whether an idle count says so, which no minimum overrides.
    is_idle: bool,
}

/// Whether any ScaledObject is ours, or there is none.
pub(super) fn owns(profile: &Profile) -> bool {
    profile.targets.is_empty() || profile.targets.iter().any(|target| target.kept.is_none())
}

pub(super) fn of(plan: &Plan) -> Vec<Object<'_>> {
    let kept = plan.profile.targets.iter().filter_map(|target| {
        let object = &target.kept.as_ref()?.object;
        Some(Object {
            name: target.name.as_str(),
            namespace: target.namespace(&plan.profile.platform).as_str(),
            scales: format!("{} {}", object.scaled.kind, object.scaled.name),
            hpa: &object.hpa,
            file: &object.file,
        })
    });
    kept.collect()
}

pub(super) fn resting(plan: &Plan) -> Vec<Resting<'_>> {
    let resting = plan.profile.targets.iter().filter_map(|target| {
        let object = &target.kept.as_ref()?.object;
        let is_idle = object.idle.is_some();
        (is_idle || object.rest.value.0 == 0).then(|| Resting {
            name: target.name.as_str(),
            namespace: target.namespace(&plan.profile.platform).as_str(),
            rests: object.rest.value.0,
            min: if is_idle { object.least.value.0 } else { 0 },
            is_idle,
        })
    });
    resting.collect()
}

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

//! What the series of a target are labelled with.

use crate::plan::Plan;
use crate::profile::{HttpWorkload, Target, Territory, Workload, WorkloadKind};

/// Of a `scaledobject` series; `autoscaler` is what [`autoscaler`] says.
pub(super) fn object<'p>(plan: &'p Plan, target: &'p Target, autoscaler: &'p str) -> Vec<(&'p str, &'p str)> {
    let name = target.name.as_str();
    let mut labels = vec![
        ("scaledObject", name),
        ("deployment", name),
        ("horizontalpodautoscaler", autoscaler),
        ("workload", plan.profile.workload(target).name.as_str()),
        ("zone", target.zone.name()),
    ];
    labels.extend(plan.profile.territory(target).map(|territory| ("territory", territory.code.as_str())));
    labels
}

/// The HPA that KEDA makes for a target.
pub(super) fn autoscaler(target: &Target) -> String {
    format!("keda-hpa-{}", target.name)
}

/// Of requests to one workload in one territory, by its first method, however they are answered.
pub(super) fn requests<'p>(
    plan: &'p Plan,
    (workload, http): (&'p Workload, &'p HttpWorkload),
    territory: &'p Territory,
) -> Vec<(&'p str, &'p str)> {
    let platform = &plan.profile.platform;
    vec![
        ("job", platform.job.as_str()),
        ("app", platform.app.as_str()),
        ("workload", workload.name.as_str()),
        ("territory", territory.code.as_str()),
        ("method", http.methods.first().map_or("GET", String::as_str)),
    ]
}

/// Of the requests that a target answers well; nothing for a queue.
pub(super) fn requests_of<'p>(plan: &'p Plan, target: &'p Target) -> Option<Vec<(&'p str, &'p str)>> {
    let workload = plan.profile.workload(target);
    let WorkloadKind::Http(http) = &workload.kind else { return None };
    let mut labels = requests(plan, (workload, http), plan.profile.territory(target)?);
    labels.push(("status", "200"));
    Some(labels)
}

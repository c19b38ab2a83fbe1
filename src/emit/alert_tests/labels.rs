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
    territory: Option<&'p Territory>,
) -> Vec<(&'p str, &'p str)> {
    let mut labels = service(plan);
    labels.extend(reported(plan, workload, territory));
    labels.push((
        plan.profile.platform.metrics.method.as_str(),
        http.methods.first().map_or("GET", String::as_str),
    ));
    labels
}

/// What finds the services among everything else, as far as the profile has it.
pub(super) fn service(plan: &Plan) -> Vec<(&str, &str)> {
    let platform = &plan.profile.platform;
    let named = [("job", &platform.job), ("app", &platform.app)];
    let namespace = platform.metrics.namespace.as_ref();
    let own = namespace.map(|label| (label.as_str(), platform.namespace.as_str()));
    named.into_iter().filter_map(|(label, value)| Some((label, value.as_deref()?))).chain(own).collect()
}

/// Where a workload runs; no label for what serves everybody.
pub(super) fn place<'p>(
    workload: &'p Workload,
    territory: Option<&'p Territory>,
) -> impl Iterator<Item = (&'p str, &'p str)> + use<'p> {
    let territory = territory.map(|territory| ("territory", territory.code.as_str()));
    std::iter::once(("workload", workload.name.as_str())).chain(territory)
}

/// The same as the services report it: by the labels that their series have.
pub(super) fn reported<'p>(
    plan: &'p Plan,
    workload: &'p Workload,
    territory: Option<&'p Territory>,
) -> impl Iterator<Item = (&'p str, &'p str)> + use<'p> {
    let metrics = &plan.profile.platform.metrics;
    let own = metrics.workload.as_ref().map(|label| (label.as_str(), workload.name.as_str()));
    let territory = metrics.territory.as_ref().zip(territory);
    own.into_iter().chain(territory.map(|(label, territory)| (label.as_str(), territory.code.as_str())))
}

/// Of the requests that a target answers well; nothing for a queue, nor for what is asked by queries of its own.
pub(super) fn requests_of<'p>(plan: &'p Plan, target: &'p Target) -> Option<Vec<(&'p str, &'p str)>> {
    let workload = plan.profile.workload(target);
    let WorkloadKind::Http(http) = &workload.kind else { return None };
    if http.own.is_some() {
        return None;
    }
    let mut labels = requests(plan, (workload, http), plan.profile.territory(target));
    labels.push((plan.profile.platform.metrics.status.as_str(), "200"));
    Some(labels)
}

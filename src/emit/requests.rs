//! How requests are asked for: names, matchers, and labels made ours. Triggers, rules, their tests, the guide and the runbook
//! ask by these, so that all of them mean the same series.

use serde::Serialize;

use super::escape;
use crate::plan::Plan;
use crate::profile::{HttpWorkload, Metrics, Profile, Workload};

/// What the services' series are called.
#[derive(Serialize)]
pub(super) struct Names<'p> {
    requests: &'p str,
    histogram: &'p str,
    alive: &'p str,
    status: &'p str,
    path: &'p str,
    workload: Option<&'p str>,
    /// The labels of territory and workload, as far as the series have them: `territory, workload`.
    place: String,
    /// What stands before and behind a vector to give it our labels `territory` and `workload`; nothing where it has them.
    before: String,
    after: String,
    is_of_micrometer: bool,
}

/// What a plan's series are called.
pub(super) fn names(profile: &Profile) -> Names<'_> {
    let metrics = &profile.platform.metrics;
    let [territory, workload] = [&metrics.territory, &metrics.workload].map(Option::as_ref);
    let place = [territory, workload].into_iter().flatten().map(|label| label.as_str());
    let relabelled = relabelled(profile, metrics);
    Names {
        requests: metrics.requests.as_str(),
        histogram: metrics.histogram.as_str(),
        alive: metrics.alive.as_str(),
        status: metrics.status.as_str(),
        path: metrics.path.as_str(),
        workload: workload.map(|label| label.as_str()),
        place: place.collect::<Vec<_>>().join(", "),
        before: "label_replace(".repeat(relabelled.len()),
        after: relabelled.concat(),
        is_of_micrometer: metrics.is_of_micrometer(),
    }
}

/// The ends of the calls that give a vector our labels, the innermost first.
fn relabelled(profile: &Profile, metrics: &Metrics) -> Vec<String> {
    let taken = |ours: &str, theirs: &str| format!(", \"{ours}\", \"$1\", \"{theirs}\", \"(.+)\")");
    let fixed = |ours: &str, value: &str| format!(", \"{ours}\", {}, \"\", \"\")", escape::promql(value));
    let first = profile.counted_targets().next();
    let mut calls = Vec::new();
    if let Some(territory) = first.and_then(|target| profile.territory(target)) {
        match &metrics.territory {
            Some(label) if label.as_str() == "territory" => {}
            Some(label) => calls.push(taken("territory", label.as_str())),
            None => calls.push(fixed("territory", territory.code.as_str())),
        }
    }
    match (&metrics.workload, first) {
        (Some(label), _) if label.as_str() == "workload" => {}
        (Some(label), _) => calls.push(taken("workload", label.as_str())),
        (None, Some(target)) => calls.push(fixed("workload", profile.workload(target).name.as_str())),
        (None, None) => {}
    }
    calls
}

/// The matchers that find the services among everything else, as far as the profile has them.
pub(super) fn services(profile: &Profile) -> Vec<String> {
    let named = [("job", &profile.platform.job), ("app", &profile.platform.app)];
    let matcher = |(label, value): (&str, &Option<String>)| {
        value.as_ref().map(|value| format!("{label}={}", escape::promql(value)))
    };
    let namespace = profile.platform.metrics.namespace.as_ref();
    let own = profile.platform.namespace.as_str();
    named
        .into_iter()
        .filter_map(matcher)
        .chain(namespace.map(|label| one_of(label.as_str(), &[own])))
        .collect()
}

/// The matchers of all services, by the workloads' own label where nothing else finds them.
pub(super) fn all_services(profile: &Profile) -> String {
    let services = services(profile);
    match &profile.platform.metrics.workload {
        Some(label) if profile.platform.job.is_none() && profile.platform.app.is_none() => {
            let mut names: Vec<&str> = Vec::new();
            for target in profile.counted_targets() {
                let name = profile.workload(target).name.as_str();
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            let own = one_of(label.as_str(), &names);
            services.into_iter().chain([own]).collect::<Vec<_>>().join(", ")
        }
        Some(_) | None => services.join(", "),
    }
}

/// The matchers of a workload's pods in these territories; of all of them where none is named.
pub(super) fn pods(plan: &Plan, workload: &Workload, territories: &[&str]) -> Vec<String> {
    let metrics = &plan.profile.platform.metrics;
    let mut matchers = services(&plan.profile);
    matchers.extend(metrics.workload.as_ref().map(|label| one_of(label.as_str(), &[workload.name.as_str()])));
    if let Some(label) = metrics.territory.as_ref().filter(|_| !territories.is_empty()) {
        matchers.push(one_of(label.as_str(), territories));
    }
    matchers
}

/// As [`requests`], in a trigger: the method there is a regular expression even where it is one, so that a second one
/// changes a word and not an operator.
pub(super) fn of_trigger(
    plan: &Plan,
    (workload, http): (&Workload, &HttpWorkload),
    territories: &[&str],
) -> String {
    let mut matchers = pods(plan, workload, territories);
    let label = &plan.profile.platform.metrics.method;
    let methods = (!http.methods.is_empty()).then(|| escape::promql(&http.methods.join("|")));
    matchers.extend(methods.map(|methods| format!("{label}=~{methods}")));
    matchers.join(", ")
}

/// The matchers of the requests to a workload that the scaler counts.
pub(super) fn requests(
    plan: &Plan,
    (workload, http): (&Workload, &HttpWorkload),
    territories: &[&str],
) -> String {
    let mut matchers = pods(plan, workload, territories);
    let methods: Vec<&str> = http.methods.iter().map(String::as_str).collect();
    let label = plan.profile.platform.metrics.method.as_str();
    matchers.extend((!methods.is_empty()).then(|| one_of(label, &methods)));
    matchers.join(", ")
}

/// `label="a"`, `label=~"a|b"`; with no values, a matcher of series without the label. Values are of alphabets that a
/// regular expression takes literally.
pub(super) fn one_of(label: &str, values: &[&str]) -> String {
    let operator = if values.len() > 1 { "=~" } else { "=" };
    format!("{label}{operator}{}", escape::promql(&values.join("|")))
}

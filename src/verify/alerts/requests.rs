//! The requests that rules count: those of each workload, by the names and labels that the profile has for them, everywhere
//! where it runs, and held against the targets of the places that they come from.

use std::collections::BTreeSet;

use promql_parser::parser::VectorSelector;

use super::diags;
use super::measured::{matchers, values};
use super::rule::{Kind, Rule};
use crate::artifact::Artifact;
use crate::finding::Diagnostic;
use crate::plan::Plan;
use crate::profile::{HttpWorkload, Territory, Workload};
use crate::quantity::Millis;
use crate::verify::promql;

/// What requests are summed up by: rules of another level are their template's.
const LEVEL: &str = "territory_workload";
const RATE: &str = "territory_workload:http_server_requests_seconds_count:rate5m";

pub(super) fn verify(plan: &Plan, artifact: &Artifact, rules: &[Rule]) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let codes: BTreeSet<&str> =
        plan.profile.territories.iter().map(|territory| territory.code.as_str()).collect();
    let summed = |rule: &&Rule| rule.kind == Kind::Record && rule.name.starts_with(LEVEL);
    for rule in rules.iter().filter(summed) {
        promql::walk(&rule.expr, &mut |selector| {
            let name = selector.name.as_deref().unwrap_or_default();
            let label = other(plan, &codes, rule, selector);
            problems.extend(label.map(|label| diags::elsewhere(artifact, &rule.name, name, &label)));
        });
    }
    let counted = plan.profile.http_workloads().filter(|(_, http)| http.own.is_none());
    problems.extend(counted.filter_map(|(workload, _)| uncounted(plan, artifact, rules, workload)));
    problems
}

/// The first label by which a selector asks for others than the profile says.
fn other(plan: &Plan, everywhere: &BTreeSet<&str>, rule: &Rule, selector: &VectorSelector) -> Option<String> {
    let metrics = &plan.profile.platform.metrics;
    let name = selector.name.as_deref().unwrap_or_default();
    if name == metrics.alive.as_str() {
        return unequal(selector, fixed(plan));
    }
    if name != metrics.requests.as_str() && name != metrics.histogram.as_str() {
        return None;
    }
    let named = rule.labels.get("workload").map(String::as_str);
    let label = metrics.workload.as_ref();
    let by_label = label.and_then(|label| values(selector, label.as_str()));
    let asked = |workload: &Workload| {
        let name = workload.name.as_str();
        named.is_none_or(|named| named == name)
            && by_label.as_ref().is_none_or(|values| *values == BTreeSet::from([name]))
    };
    let counted = plan.profile.http_workloads().filter(|(_, http)| http.own.is_none());
    let asked: Vec<_> = counted.filter(|(workload, _)| asked(workload)).collect();
    // Where the series do not name their workload, one of those that it can be is enough.
    let tried: Option<Vec<String>> =
        asked.into_iter().map(|one| differs(plan, everywhere, selector, one)).collect();
    let unknown = || label.map_or("workload", |label| label.as_str()).to_owned();
    tried.map(|labels| labels.into_iter().next().unwrap_or_else(unknown))
}

/// Labels that all series of the services have, with their values.
fn fixed(plan: &Plan) -> Vec<(&str, BTreeSet<&str>)> {
    let platform = &plan.profile.platform;
    let named = [("job", &platform.job), ("app", &platform.app)];
    let named = named.into_iter().filter_map(|(label, value)| Some((label, value.as_deref()?)));
    let namespace = platform.metrics.namespace.as_ref();
    let namespace = namespace.map(|label| (label.as_str(), platform.namespace.as_str()));
    named.chain(namespace).map(|(label, value)| (label, BTreeSet::from([value]))).collect()
}

/// The first of these labels that may have other values.
fn unequal(selector: &VectorSelector, wanted: Vec<(&str, BTreeSet<&str>)>) -> Option<String> {
    let differs = |(label, wanted): &(&str, BTreeSet<&str>)| values(selector, label).as_ref() != Some(wanted);
    wanted.into_iter().find(differs).map(|(label, _)| label.to_owned())
}

/// The first label by which a selector does not ask for the requests of a workload.
fn differs(
    plan: &Plan,
    everywhere: &BTreeSet<&str>,
    selector: &VectorSelector,
    (workload, http): (&Workload, &HttpWorkload),
) -> Option<String> {
    let metrics = &plan.profile.platform.metrics;
    let mut wanted = fixed(plan);
    let name = BTreeSet::from([workload.name.as_str()]);
    wanted.extend(metrics.workload.as_ref().map(|label| (label.as_str(), name)));
    let methods: BTreeSet<&str> = http.methods.iter().map(String::as_str).collect();
    wanted.extend((!methods.is_empty()).then_some((metrics.method.as_str(), methods)));
    if let Some(label) = unequal(selector, wanted) {
        return Some(label);
    }
    let has_places = places(plan, workload).iter().any(Option::is_some);
    let territory = metrics.territory.as_ref().filter(|_| has_places);
    let codes = territory.map(|label| values(selector, label.as_str()).unwrap_or_default());
    if codes.as_ref().is_some_and(|codes| codes.is_empty() || !codes.is_subset(everywhere)) {
        return territory.map(ToString::to_string);
    }
    (!promised(plan, selector, codes.as_ref())).then(|| "le".to_owned())
}

/// Whether the bucket that a selector asks for, if it does, ends at the target of its territories.
fn promised(plan: &Plan, selector: &VectorSelector, codes: Option<&BTreeSet<&str>>) -> bool {
    let Some(ends) = values(selector, "le") else { return matchers(selector, "le").next().is_none() };
    let at = |territory: &&Territory| codes.is_none_or(|codes| codes.contains(territory.code.as_str()));
    let mut targets = plan.profile.territories.iter().filter(at).map(|territory| territory.p95_target);
    targets.all(|target| {
        let target = target.map(Millis::seconds);
        ends.iter().all(|end| end.replace("[.]", ".").parse().ok() == target)
    })
}

/// Where a workload runs, by the codes of the territories; nothing for what has none.
fn places<'p>(plan: &'p Plan, workload: &Workload) -> BTreeSet<Option<&'p str>> {
    let own =
        plan.profile.targets.iter().filter(|target| plan.profile.workload(target).name == workload.name);
    own.map(|target| plan.profile.territory(target).map(|territory| territory.code.as_str())).collect()
}

/// A place of a workload of which no rule counts the requests.
fn uncounted(plan: &Plan, artifact: &Artifact, rules: &[Rule], workload: &Workload) -> Option<Diagnostic> {
    let metrics = &plan.profile.platform.metrics;
    let name = workload.name.as_str();
    let mut counted = BTreeSet::new();
    let mut everywhere = false;
    let of_workload =
        |rule: &&Rule| rule.name == RATE && rule.labels.get("workload").is_none_or(|named| named == name);
    for rule in rules.iter().filter(of_workload) {
        promql::walk(&rule.expr, &mut |selector| {
            if selector.name.as_deref() != Some(metrics.requests.as_str()) {
                return;
            }
            match metrics.territory.as_ref().and_then(|label| values(selector, label.as_str())) {
                Some(codes) => counted.extend(codes.into_iter().map(str::to_owned)),
                None => everywhere = true,
            }
        });
    }
    let is_missing = |place: &Option<&str>| !everywhere && place.is_none_or(|code| !counted.contains(code));
    let place = places(plan, workload).into_iter().find(is_missing)?;
    Some(diags::uncounted(artifact, workload, place))
}

//! Which files a random policy asks for.

use seasonscale::artifact::ArtifactKind;

use super::choices::Choices;
use super::profile::Fleet;

/// Some kinds with what they need; none: whatever the policy has something for.
pub fn chosen(choices: &mut Choices<'_>) -> Option<Vec<ArtifactKind>> {
    if !choices.once_in(3) {
        return None;
    }
    let all: Vec<&ArtifactKind> = ArtifactKind::ALL.iter().collect();
    let mut chosen: Vec<ArtifactKind> = choices.some(&all).into_iter().copied().collect();
    while let Some(needed) =
        chosen.iter().filter_map(|kind| kind.needs()).find(|needed| !chosen.contains(needed))
    {
        chosen.push(needed);
    }
    Some(chosen)
}

/// Those of the kinds that the policy has something for: to ask for another is a mistake.
pub fn with_something_to_say(
    mut kinds: Vec<ArtifactKind>,
    fleet: &Fleet,
    toml: &str,
    owns_all: bool,
) -> Vec<ArtifactKind> {
    let runs = || fleet.territories.iter().flat_map(|territory| &territory.runs);
    let answering = || runs().map(|at| &fleet.workloads[*at]).filter(|workload| !workload.is_queue);
    if answering().next().is_none() {
        kinds.retain(|kind| *kind != ArtifactKind::Load);
    }
    if answering().all(|workload| workload.is_asked) {
        let of_series = [ArtifactKind::Micrometer, ArtifactKind::MicrometerSpring];
        kinds.retain(|kind| !of_series.contains(kind));
    }
    let has_form = |form: &str| !owns_all && toml.contains(&format!("keda-form = {form:?}"));
    kinds.retain(|kind| match kind.id() {
        "keda-patches" => has_form("patches"),
        "keda-triggers" => has_form("triggers"),
        "kept-alerts" | "kept-prometheus-rule" => !owns_all,
        _ => true,
    });
    kinds
}

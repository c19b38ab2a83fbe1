//! The rules file: as Prometheus reads it, as our own reader does, and what it says about made-up years.

mod alertmanager;
mod incidents;
mod kept;
pub mod promtool;
mod scalers;
mod scene;
mod two_plans;

use seasonscale::artifact::{Artifact, ArtifactKind};
use seasonscale::compile;
use seasonscale::emit::{self, Templates};
use seasonscale::plan::Plan;
use seasonscale::source::Sources;

use crate::policies;

/// The plan of `sources`.
pub fn plan(sources: &Sources) -> Plan {
    let (plan, problems) = compile::plan(sources);
    plan.unwrap_or_else(|| panic!("{problems:#?}"))
}

/// The rules of a plan.
pub fn rules(plan: &Plan) -> Artifact {
    let all = emit::emit(plan, &Templates::embedded()).unwrap_or_else(|found| panic!("{found:#?}"));
    all.into_iter().find(|artifact| artifact.kind == ArtifactKind::Alerts).expect("rules are made")
}

/// The rules of the reference policy.
pub fn reference() -> (Plan, Artifact) {
    let plan = plan(&policies::reference());
    let rules = rules(&plan);
    (plan, rules)
}

#[test]
fn the_reference_rules_are_found_right() {
    let (plan, rules) = reference();
    let problems = seasonscale::verify::verify(&plan, std::slice::from_ref(&rules));
    assert!(problems.is_empty(), "{problems:#?}");
}

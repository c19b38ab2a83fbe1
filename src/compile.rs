//! The compiler: sources to verified artifacts, the stages in order. No files, no clock, no terminal.

use std::collections::BTreeSet;

use crate::artifact::Artifact;
use crate::emit::{self, Templates};
use crate::finding::{Diagnostic, Severity, any_error};
use crate::plan::{self, Plan};
use crate::policy;
use crate::resolve;
use crate::source::Sources;
use crate::verify;

/// What a compilation gives.
pub struct Compiled {
    /// The plan.
    pub plan: Plan,
    /// All files, in the order of [`crate::artifact::ArtifactKind::ALL`], verified.
    pub artifacts: Vec<Artifact>,
    /// Warnings only.
    pub warnings: Vec<Diagnostic>,
}

/// The plan of `sources`, and everything that is wrong with them; the plan only if none of it is an error.
pub fn plan(sources: &Sources) -> (Option<Plan>, Vec<Diagnostic>) {
    let (policy, mut problems) = policy::read(sources);
    let Some(policy) = policy else { return (None, distinct(problems)) };
    let broken = any_error(&problems);
    let (resolved, found) = resolve::resolve(&policy);
    let (plan, more) = plan::build(policy, resolved);
    // Where the policy is broken, a warning may be about what is missing from it.
    problems.extend(
        found.into_iter().chain(more).filter(|problem| !broken || problem.severity() == Severity::Error),
    );
    (Some(plan).filter(|_| !any_error(&problems)), distinct(problems))
}

/// One finding for each code and place: several targets can have the same thing wrong with the same line.
pub fn distinct(mut problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut seen = BTreeSet::new();
    problems.retain(|problem| {
        let new = seen.insert((problem.rule, problem.labels.clone()));
        new || problem.place.is_some()
    });
    problems
}

/// All files of `sources`, read back and found right; or all problems, with at least one error among them.
pub fn compile(sources: &Sources, templates: &Templates) -> Result<Compiled, Vec<Diagnostic>> {
    let (plan, mut problems) = plan(sources);
    let Some(plan) = plan else { return Err(problems) };
    let artifacts = match emit::emit(&plan, templates) {
        Ok(artifacts) => artifacts,
        Err(found) => {
            problems.extend(found);
            return Err(distinct(problems));
        }
    };
    let differences = verify::verify(&plan, &artifacts);
    problems.extend(differences);
    let problems = distinct(problems);
    if any_error(&problems) { Err(problems) } else { Ok(Compiled { plan, artifacts, warnings: problems }) }
}

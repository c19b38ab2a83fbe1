//! The compiler: sources to verified artifacts, the stages in order. No files, no clock, no terminal.

use std::collections::BTreeSet;

use crate::artifact::Artifact;
use crate::emit::{self, OwnAlert, Templates};
use crate::finding::{Diagnostic, Rule, Severity, any_error};
use crate::plan::{self, Plan};
use crate::policy;
use crate::resolve;
use crate::source::{Sources, Span};
use crate::verify;

/// What a compilation gives.
pub struct Compiled {
    /// The plan.
    pub plan: Plan,
    /// All files, in the order of [`crate::artifact::ArtifactKind::ALL`], verified.
    pub artifacts: Vec<Artifact>,
    /// Alerts of them that the user's own templates make.
    pub own_alerts: Vec<OwnAlert>,
    /// Warnings only.
    pub warnings: Vec<Diagnostic>,
}

/// The plan of `sources`, and everything that is wrong with them; the plan only if none of it is an error.
pub fn plan(sources: &Sources) -> (Option<Plan>, Vec<Diagnostic>) {
    let (plan, problems) = planned(sources);
    (plan.filter(|_| !any_error(&problems)), problems)
}

/// The plan of a policy that is about to get seasons or campaigns: a workload that nothing scales yet is not an error.
pub fn plan_to_extend(sources: &Sources) -> (Option<Plan>, Vec<Diagnostic>) {
    let (plan, mut problems) = planned(sources);
    problems.retain(|problem| problem.rule != Rule::NothingToScale);
    (plan.filter(|_| !any_error(&problems)), problems)
}

fn planned(sources: &Sources) -> (Option<Plan>, Vec<Diagnostic>) {
    let (policy, mut problems) = policy::read(sources);
    let Some(policy) = policy else { return (None, distinct(problems)) };
    let broken = any_error(&problems);
    let (resolved, found) = resolve::resolve(&policy);
    let (plan, more) = plan::build(policy, resolved);
    // Where the policy is broken, a warning may be about what is missing from it.
    problems.extend(
        found.into_iter().chain(more).filter(|problem| !broken || problem.severity() == Severity::Error),
    );
    without_consequences(&mut problems);
    (Some(plan), distinct(problems))
}

/// A season or a load that is wrong may be all that would scale a workload: what is missing for want of it is no second mistake.
fn without_consequences(problems: &mut Vec<Diagnostic>) {
    let causes: Vec<Span> = problems
        .iter()
        .filter(|problem| problem.rule != Rule::NothingToScale && problem.severity() == Severity::Error)
        .flat_map(|problem| problem.labels.iter().map(|label| label.span))
        .collect();
    let follows = |at: &Span| {
        let is_same =
            |cause: &Span| cause.source == at.source && cause.start < at.end && at.start < cause.end;
        causes.iter().any(|cause| cause.source == Sources::CALENDAR || is_same(cause))
    };
    problems.retain(|problem| {
        problem.rule != Rule::NothingToScale || !problem.labels.iter().any(|label| follows(&label.span))
    });
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

/// That a limited step may leave a floor short is no news where it is proven that it does.
fn leave_out_what_is_proven(problems: &mut Vec<Diagnostic>) {
    let proven = problems.iter().filter(|problem| problem.rule == Rule::FloorWithinTolerance);
    let limits: BTreeSet<Span> =
        proven.flat_map(|problem| problem.labels.iter().map(|label| label.span)).collect();
    let is_of =
        |problem: &Diagnostic| problem.labels.first().is_some_and(|limit| limits.contains(&limit.span));
    problems.retain(|problem| problem.rule != Rule::HpaDeadband || !is_of(problem));
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
    let own_alerts = emit::own_alerts(&plan, templates, &artifacts);
    let added = own_alerts.iter().filter(|alert| alert.is_added).map(|alert| (&*alert.name, &alert.labels));
    problems.extend(verify::verify(&plan, &artifacts));
    problems.extend(verify::untested(added, &artifacts));
    problems.extend(verify::beside(&plan, sources));
    let mut problems = distinct(problems);
    leave_out_what_is_proven(&mut problems);
    problems.iter_mut().for_each(|problem| blame(problem, &artifacts, templates));
    if any_error(&problems) {
        Err(problems)
    } else {
        Ok(Compiled { plan, artifacts, own_alerts, warnings: problems })
    }
}

/// Where templates are the user's own, a file that is wrong is nobody's bug but theirs: those of that file, or any of them where
/// the file is only held against what they make.
fn blame(problem: &mut Diagnostic, artifacts: &[Artifact], templates: &Templates) {
    let is_ours = |help: &String| help.ends_with(verify::REPORT);
    let Some(place) = problem.place.as_ref().filter(|_| problem.help.as_ref().is_some_and(is_ours)) else {
        return;
    };
    let kind =
        artifacts.iter().find(|artifact| artifact.path == place.artifact).map(|artifact| artifact.kind);
    let all = templates.replaced();
    let of_file: Vec<&str> = all.iter().filter(|(_, of)| Some(*of) == kind).map(|(name, _)| *name).collect();
    let names = if of_file.is_empty() { all.iter().map(|(name, _)| *name).collect() } else { of_file };
    if !names.is_empty() {
        let are = if names.len() == 1 { "is" } else { "are" };
        let said = problem.help.take().unwrap_or_default();
        let step = said.strip_suffix(&format!("; else {}", verify::REPORT));
        problem.help = Some(format!(
            "nothing was written: {} {are} yours, and this comes of what you changed there; {}",
            names.join(", "),
            step.unwrap_or("`seasonscale templates` has the embedded text")
        ));
    }
}

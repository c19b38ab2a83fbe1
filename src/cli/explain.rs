//! `explain`: why a floor is what it is at some moment, or the page behind a finding.

use std::path::Path;

use super::args::{Explain, ExplainFormat, Places};
use super::{Outcome, input, output, place, today};
use crate::artifact::{Artifact, ArtifactKind};
use crate::compile;
use crate::emit;
use crate::explain::{self, Made, Moment, Near, NoTarget, When};
use crate::finding::Rule;
use crate::name::nearest;
use crate::plan::Plan;
use crate::profile::{KedaForm, TargetId};
use crate::report::explain as report;
use crate::source::Sources;

pub(super) fn run(arguments: &Explain) -> anyhow::Result<Outcome> {
    // A moment is about a target, even one that is called like a finding.
    let rule = Rule::parse(&arguments.subject).filter(|_| arguments.at.is_none());
    match rule {
        Some(rule) => page(rule, arguments.format),
        None => floor(arguments),
    }
}

fn page(rule: Rule, format: ExplainFormat) -> anyhow::Result<Outcome> {
    output::data(&match format {
        ExplainFormat::Text => report::page(rule),
        ExplainFormat::Json => report::page_json(rule),
    })?;
    Ok(Outcome::Clean)
}

fn floor(arguments: &Explain) -> anyhow::Result<Outcome> {
    let asked = Places::of(arguments.policy.as_slice(), arguments.policies.as_deref());
    let asked = asked.with(arguments.out.as_ref(), arguments.templates.as_deref());
    let again = format!("seasonscale explain {} --policy {{}}", arguments.subject);
    let place = match place::only(&asked, &again) {
        Ok(Ok(place)) => place,
        Ok(Err(outcome)) => return Ok(outcome),
        // Of which policy does not matter for a finding that is nearly named.
        Err(why) => match near_finding(&arguments.subject) {
            Some(near) => anyhow::bail!("{why}; among the findings the nearest is `{near}`"),
            None => return Err(why),
        },
    };
    let Some((sources, problems)) = input::policies(&place.policies) else {
        output::remark(&no_policy(arguments, &place.policies));
        return Ok(Outcome::NothingToRead);
    };
    if !problems.is_empty() {
        output::findings(&problems, &sources);
        return Ok(Outcome::refused(&problems));
    }
    // Not verified: where a template of the user's own breaks a promise, this command shows what comes of it.
    let (plan, found) = compile::plan(&sources);
    let Some(plan) = plan else {
        output::findings(&found, &sources);
        return Ok(Outcome::Findings);
    };
    let target = target(&plan, arguments)?;
    let moment = moment(&plan, target, arguments.at.unwrap_or_else(|| When::Exact(today::now())))?;
    let added = added(&plan, target);
    let emitted = match input::templates(place.templates.as_deref())? {
        Ok(templates) => {
            let one = |kind| emit::emit_one(&plan, kind, &templates);
            one(ArtifactKind::Keda).and_then(|manifest| Ok((manifest, added.map(one).transpose()?)))
        }
        Err(problems) => Err(problems),
    };
    match emitted {
        Ok(made) => show((arguments, &place.out), &sources, &plan, made, (target, moment)),
        Err(problems) => {
            output::findings(&problems, &sources);
            Ok(Outcome::Findings)
        }
    }
}

/// The file that adds our triggers to the object of somebody else, where that is all that is written of it.
fn added(plan: &Plan, target: TargetId) -> Option<ArtifactKind> {
    let is_whole = plan.profile.writes_whole(&plan.profile.targets[target.0]);
    match plan.profile.platform.keda_form {
        KedaForm::Patches if !is_whole => Some(ArtifactKind::KedaPatches),
        KedaForm::Triggers if !is_whole => Some(ArtifactKind::KedaTriggers),
        KedaForm::Objects | KedaForm::Patches | KedaForm::Triggers => None,
    }
}

fn show(
    (arguments, out): (&Explain, &Path),
    sources: &Sources,
    plan: &Plan,
    (mut manifest, mut added): (Artifact, Option<Artifact>),
    (target, moment): (TargetId, Moment),
) -> anyhow::Result<Outcome> {
    for artifact in [Some(&mut manifest), added.as_mut()].into_iter().flatten() {
        artifact.path = out.join(&artifact.path).display().to_string();
    }
    let made = Made { manifest: &manifest, added: added.as_ref() };
    let explanation = explain::explain(plan, made, target, moment);
    let shown = report::Shown { explanation: &explanation, plan, sources };
    output::data(&match arguments.format {
        ExplainFormat::Text => report::text(shown),
        ExplainFormat::Json => report::json(shown),
    })?;
    let written = added.as_ref().unwrap_or(&manifest);
    if is_stale(written) {
        let shown = &written.path;
        output::remark(&format!(
            "{shown} on disk differs from what is explained: `seasonscale check` shows how"
        ));
    }
    Ok(if explanation.planned.is_some() && explanation.agrees() { Outcome::Clean } else { Outcome::Findings })
}

/// Whether the file that a reader will open differs from the one that was explained. None there: nothing to mistake.
fn is_stale(written: &Artifact) -> bool {
    input::read(Path::new(&written.path)).is_ok_and(|bytes| bytes != written.text.as_bytes())
}

fn target(plan: &Plan, arguments: &Explain) -> anyhow::Result<TargetId> {
    let subject = &arguments.subject;
    explain::find(plan, subject).map_err(|why| match why {
        NoTarget::Ambiguous(names) => {
            anyhow::anyhow!("`{subject}` could be {}: write one of them", names.join(", "))
        }
        NoTarget::Unknown(near) => {
            if Rule::parse(subject).is_some() {
                return anyhow::anyhow!("`{subject}` is a finding, not a target: leave out `--at`");
            }
            let help = match near_subject(subject, near.as_ref()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    const MOST: usize = 12;
                    let targets = plan.profile.targets.iter().take(MOST);
                    let targets = targets.map(|target| plan.profile.full_name(target));
                    let more = if plan.profile.targets.len() > MOST { ", .." } else { "" };
                    let targets = targets.collect::<Vec<_>>().join(", ");
                    format!("targets are {targets}{more}; `seasonscale rules` lists findings")
                }
            };
            anyhow::anyhow!("`{subject}` is neither a target nor a finding: {help}")
        }
    })
}

fn near_finding(subject: &str) -> Option<&'static str> {
    nearest(subject, Rule::ALL.iter().copied().map(Rule::id).collect::<Vec<_>>())
}

/// The finding or the target that is meant, whichever is nearer.
fn near_subject<'a>(subject: &str, target: Option<&'a Near>) -> Option<&'a str> {
    let mut known: Vec<&str> = Rule::ALL.iter().copied().map(Rule::id).collect();
    let Some(target) = target else { return nearest(subject, known) };
    known.push(&target.name);
    match nearest(&target.written, known)? {
        name if name == target.name => Some(&target.target),
        rule => Some(rule),
    }
}

fn moment(plan: &Plan, target: TargetId, when: When) -> anyhow::Result<Moment> {
    let zone = &plan.profile.targets[target.0].zone;
    when.on(zone).map_err(|skipped| {
        anyhow::anyhow!(
            "the clocks of {zone} never show {}: they jump to {}; use that, or a time before the jump",
            skipped.local,
            skipped.resumes
        )
    })
}

fn no_policy(arguments: &Explain, folder: &Path) -> String {
    let near = near_finding(&arguments.subject);
    let near = near.map(|near| format!("; among the findings the nearest is `{near}`")).unwrap_or_default();
    input::no_policy(folder, &format!(", and `{}` is not a finding{near}", arguments.subject))
}

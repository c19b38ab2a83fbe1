//! Our triggers for ScaledObjects that somebody else owns: in the whole object, as a component of kustomize, or as values of a
//! chart.

use serde::Serialize;

use super::cron_trigger::{Season, season};
use super::schedule::{self, Almanac, Covers, CronTrigger};
use super::{Templates, diags, say};
use crate::artifact::{Artifact, ArtifactKind, KEDA_PATCHES_FILE, KEDA_TRIGGERS_FILE};
use crate::finding::Diagnostic;
use crate::kept::{self, Standing};
use crate::plan::Plan;
use crate::profile::{KeptTarget, Target};

/// The list of triggers that is added.
#[derive(Serialize)]
struct Added {
    seasons: Vec<Season>,
}

/// Somebody's own object with our triggers at its end, as a document.
pub(super) fn object(
    plan: &Plan,
    kept: &KeptTarget,
    triggers: &[CronTrigger],
    templates: &Templates,
) -> Result<String, Vec<Diagnostic>> {
    let seasons: Vec<Season> = triggers.iter().map(|trigger| season(plan, trigger)).collect();
    let list = templates.render("kept-triggers.yaml.j2", Added { seasons })?;
    let text = kept::with_triggers(&kept.object.text, &list)
        .map_err(|unfit| vec![diags::without_place(&kept.object, unfit)])?;
    let head = if text.starts_with("---") { "" } else { "---\n" };
    let end = if text.ends_with('\n') { "" } else { "\n" };
    Ok(format!("{head}{text}{end}"))
}

/// What both other forms show.
#[derive(Serialize)]
struct View<'p> {
    holds: say::Holds,
    /// Whether nobody has said the clock of some floor.
    is_on_assumed_clock: bool,
    objects: Vec<Object<'p>>,
}

#[derive(Serialize)]
struct Object<'p> {
    title: String,
    workload: &'p str,
    name: &'p str,
    namespace: Option<&'p str>,
    /// Triggers of an earlier run, the last first.
    removed: Vec<Removed>,
    /// Whether there is no list to add to.
    is_null: bool,
    seasons: Vec<Season>,
}

/// A trigger of an earlier run: where it stands, and what it is called.
#[derive(Serialize)]
struct Removed {
    place: usize,
    name: String,
}

pub(super) fn patches(plan: &Plan, templates: &Templates) -> Result<Artifact, Vec<Diagnostic>> {
    let text = templates.render("kept-patches.yaml.j2", view(plan)?)?;
    Ok(Artifact { kind: ArtifactKind::KedaPatches, path: KEDA_PATCHES_FILE.to_owned(), text })
}

pub(super) fn values(plan: &Plan, templates: &Templates) -> Result<Artifact, Vec<Diagnostic>> {
    let text = templates.render("kept-values.yaml.j2", view(plan)?)?;
    Ok(Artifact { kind: ArtifactKind::KedaTriggers, path: KEDA_TRIGGERS_FILE.to_owned(), text })
}

fn view(plan: &Plan) -> Result<View<'_>, Vec<Diagnostic>> {
    let almanac = Almanac::around(plan.horizon);
    let covers = Covers::default();
    let (mut objects, mut problems) = (Vec::new(), Vec::new());
    for schedule in &plan.schedules {
        let target = &plan.profile.targets[schedule.target.0];
        let Some(kept) = &target.kept else { continue };
        match schedule::triggers(plan, schedule, &almanac, &covers) {
            Ok(triggers) => objects.push(shown(plan, (target, kept), &triggers)),
            Err(found) => problems.extend(found),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let is_on_assumed_clock = plan.on_assumed_clock().any(|target| target.kept.is_some());
    Ok(View { holds: say::Holds::of(plan), is_on_assumed_clock, objects })
}

fn shown<'p>(
    plan: &'p Plan,
    (target, kept): (&'p Target, &'p KeptTarget),
    triggers: &[CronTrigger],
) -> Object<'p> {
    let Standing { ours, is_null } = kept::standing(&kept.object.text);
    Object {
        title: say::target(plan, target),
        workload: plan.profile.workload(target).name.as_str(),
        name: kept.object.name.as_str(),
        namespace: kept.object.namespace.as_ref().map(|name| name.as_str()),
        removed: ours.into_iter().rev().map(|(place, name)| Removed { place, name }).collect(),
        is_null,
        seasons: triggers.iter().map(|trigger| season(plan, trigger)).collect(),
    }
}

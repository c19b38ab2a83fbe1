//! `alerts-scaling.test.yml` and `alerts-calendar/`: the rules' own tests, for `promtool test rules`.
//!
//! promtool counts from 1970 in steps of one length per file. Whether an alert waits and fires is a matter of minutes, so
//! those tests live in the hours after 1970, outside of every plan, with a season's floor given as a series. Whether the
//! calendar is right is a matter of one instant in the plan's year, so those are a file for each instant, which takes that
//! instant as its step: two evaluations instead of millions.

mod calendar;
mod expand;
mod labels;
mod latency;
mod rules;
mod scaling;
mod scene;
mod signals;

use serde::Serialize;

use super::{Templates, diags, say};
use crate::artifact::{ALERT_TESTS_FILE, ALERTS_FILE, Artifact, ArtifactKind};
use crate::finding::Diagnostic;
use crate::plan::Plan;
use rules::Rules;
use scene::Scene;

pub(super) fn emit(
    plan: &Plan,
    templates: &Templates,
    file: &Artifact,
) -> Result<Vec<Artifact>, Vec<Diagnostic>> {
    let rules = Rules::read(&file.text).map_err(|problem| vec![diags::untestable(&problem)])?;
    let mut tests = scenes(plan, &rules).map_err(|problem| vec![diags::untestable(&problem)])?;
    tests.iter_mut().for_each(|scene| scene.belongs_to(plan));
    let view = View { holds: say::Holds::of(plan), rules: ALERTS_FILE, groups: &rules.groups, tests };
    let text = templates.render("alert-tests/alerts.test.yml.j2", view)?;
    let mut made = vec![Artifact { kind: ArtifactKind::AlertTests, path: ALERT_TESTS_FILE.to_owned(), text }];
    made.extend(calendar::emit(plan, &rules.groups, templates)?);
    Ok(made)
}

#[derive(Serialize)]
struct View<'a> {
    holds: say::Holds,
    rules: &'static str,
    groups: &'a [String],
    tests: Vec<Scene>,
}

/// Every alert of the file, once silent and once firing.
fn scenes(plan: &Plan, rules: &Rules) -> Result<Vec<Scene>, String> {
    let mut scenes = latency::scenes(plan, rules)?;
    scenes.extend(scaling::scenes(plan, rules)?);
    scenes.extend(signals::scenes(plan, rules)?);
    Ok(scenes)
}

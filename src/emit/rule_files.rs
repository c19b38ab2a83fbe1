//! The files of rules of one run. Their tests, their object of the operator and the runbook are made from them too, so each is
//! rendered once, by whoever asks first.

use std::sync::OnceLock;

use super::{Templates, alerts, kept_alerts};
use crate::artifact::Artifact;
use crate::finding::Diagnostic;
use crate::plan::Plan;

type Rendered = OnceLock<Result<Artifact, Vec<Diagnostic>>>;

pub(super) struct RuleFiles<'p> {
    plan: &'p Plan,
    owned: &'p Plan,
    templates: &'p Templates,
    own: Rendered,
    kept: Rendered,
}

impl<'p> RuleFiles<'p> {
    /// Nothing is rendered yet. `owned` is `plan` without the ScaledObjects of others.
    pub(super) fn new((plan, owned): (&'p Plan, &'p Plan), templates: &'p Templates) -> Self {
        Self { plan, owned, templates, own: OnceLock::new(), kept: OnceLock::new() }
    }

    /// `alerts-scaling.yml`.
    pub(super) fn own(&self) -> Result<&Artifact, Vec<Diagnostic>> {
        let rendered = self.own.get_or_init(|| alerts::emit(self.owned, self.templates));
        rendered.as_ref().map_err(Clone::clone)
    }

    /// `alerts-kept.yml`.
    pub(super) fn kept(&self) -> Result<&Artifact, Vec<Diagnostic>> {
        let rendered = self.kept.get_or_init(|| kept_alerts::emit(self.plan, self.templates));
        rendered.as_ref().map_err(Clone::clone)
    }
}

/// Names of the alerts of a file, each once, in its order: the runbook has a section for each.
pub(super) fn alerts(file: &Artifact) -> Vec<&str> {
    let mut names = Vec::new();
    for line in file.text.lines() {
        let Some(name) = line.trim_start().strip_prefix("- alert: ") else { continue };
        let name = name.trim();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

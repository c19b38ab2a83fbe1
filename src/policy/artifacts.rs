//! `[artifacts]`: which files are made. Left out: all that the policy has something to say in.

use super::decode::{Problems, Table, Value};
use super::diags;
use crate::artifact::ArtifactKind;
use crate::profile::{KedaForm, Profile, RulesForm, Target, WorkloadKind};
use crate::source::Span;

/// What `[artifacts]` says.
pub(super) struct Chosen {
    /// The kinds that are asked for by name, each with its place; none where nothing is said.
    named: Option<Vec<(ArtifactKind, Span)>>,
    /// Whether there is a `[platform.container]`.
    has_container: bool,
}

pub(super) fn read(root: &mut Table<'_>, problems: &mut Problems) -> Chosen {
    let has_container = root.child_has("platform", "container");
    let table = root.get_table("artifacts", problems);
    let make = table.and_then(|mut table| {
        let make = table.need("make", problems).and_then(|value| value.list(problems));
        table.finish(problems);
        make
    });
    Chosen { named: make.map(|elements| named(&elements, problems)), has_container }
}

fn named(elements: &[Value<'_>], problems: &mut Problems) -> Vec<(ArtifactKind, Span)> {
    let mut named: Vec<(ArtifactKind, Span)> = Vec::new();
    for element in elements {
        let Some(id) = element.text(problems) else { continue };
        match ArtifactKind::from_id(id.value) {
            Some(kind) => named.push((kind, id.span)),
            None => problems.push(diags::wanted::unknown_artifact(id.value, id.span)),
        }
    }
    for (kind, span) in &named {
        let is_made = |needed: &ArtifactKind| named.iter().any(|(kind, _)| kind == needed);
        if let Some(needed) = kind.needs().filter(|needed| !is_made(needed)) {
            problems.push(diags::wanted::artifact_without(kind.id(), needed.id(), *span));
        }
    }
    named
}

/// The table without a figure that a load test is made of; the thresholds are the p95 of workloads and territories.
fn load_lacks(profile: &Profile) -> Option<Span> {
    let is_http = |target: &&Target| matches!(profile.workload(target).kind, WorkloadKind::Http(_));
    let answering = || profile.targets.iter().filter(is_http);
    let lacks = answering().find_map(|target| {
        let workload = profile.workload(target);
        let has_gate = matches!(&workload.kind, WorkloadKind::Http(http) if http.p95_gate.is_some());
        match profile.territory(target) {
            None => Some(workload.span),
            Some(_) if !has_gate => Some(workload.span),
            Some(territory) if territory.p95_target.is_none() => Some(territory.span),
            Some(_) => None,
        }
    });
    let nothing = profile.targets.first().filter(|_| answering().next().is_none());
    lacks.or_else(|| nothing.map(|target| target.span))
}

/// Whether the kustomization has it among its resources, or its rules in a ConfigMap.
fn is_tied_together(kind: ArtifactKind) -> bool {
    let is_resource = kind.is_for_the_cluster() && kind != ArtifactKind::Kustomization;
    is_resource || kind == ArtifactKind::Alerts || kind == ArtifactKind::KeptAlerts
}

/// Whether our triggers reach their objects by this kind of file, as `[platform] keda-form` says it.
fn has_form(kind: ArtifactKind, profile: &Profile) -> bool {
    let owns = profile.targets.iter().any(|target| target.kept.is_none()) || profile.targets.is_empty();
    let keeps = profile.targets.iter().any(|target| target.kept.is_some());
    let form = profile.platform.keda_form;
    match kind {
        ArtifactKind::Keda => owns || form == KedaForm::Objects,
        ArtifactKind::KedaPatches => keeps && form == KedaForm::Patches,
        ArtifactKind::KedaTriggers => keeps && form == KedaForm::Triggers,
        ArtifactKind::KeptAlerts | ArtifactKind::KeptPrometheusRule => keeps,
        ArtifactKind::Alerts
        | ArtifactKind::Journal
        | ArtifactKind::Undo
        | ArtifactKind::JournalPurge
        | ArtifactKind::SqlExporter
        | ArtifactKind::Runbook
        | ArtifactKind::Deployments
        | ArtifactKind::PrometheusRule
        | ArtifactKind::PodMonitor
        | ArtifactKind::AlertmanagerInhibit
        | ArtifactKind::AlertTests
        | ArtifactKind::Kustomization
        | ArtifactKind::Dashboards
        | ArtifactKind::Micrometer
        | ArtifactKind::MicrometerSpring
        | ArtifactKind::Load
        | ArtifactKind::Seasons
        | ArtifactKind::Guide => true,
    }
}

/// Whether an operator of Prometheus reads files of this kind.
fn is_of_operator(kind: ArtifactKind) -> bool {
    matches!(kind, ArtifactKind::PrometheusRule | ArtifactKind::KeptPrometheusRule | ArtifactKind::PodMonitor)
}

impl Chosen {
    /// Whether Deployments are made: then what runs in them must be known.
    pub(super) fn deployments(&self) -> bool {
        match &self.named {
            Some(named) => named.iter().any(|(kind, _)| *kind == ArtifactKind::Deployments),
            None => self.has_container,
        }
    }

    /// Where a file is asked for by name.
    fn place(&self, wanted: ArtifactKind) -> Option<Span> {
        let named = self.named.as_ref()?;
        named.iter().find(|(kind, _)| *kind == wanted).map(|(_, span)| *span)
    }

    /// The kinds to make of a profile, in the order of [`ArtifactKind::ALL`].
    pub(super) fn kinds(&self, profile: &Profile, problems: &mut Problems) -> Vec<ArtifactKind> {
        let has_operator = profile.platform.rules == RulesForm::PrometheusRule;
        for kind in [ArtifactKind::PrometheusRule, ArtifactKind::PodMonitor] {
            if let Some(at) = self.place(kind).filter(|_| !has_operator) {
                problems.push(diags::wanted::object_without_operator(kind.id(), at));
            }
        }
        let purge = profile.journal.as_ref().is_some_and(|journal| journal.purge.is_some());
        if let Some(at) = self.place(ArtifactKind::JournalPurge).filter(|_| !purge) {
            problems.push(diags::wanted::purge_wanted(at));
        }
        for kind in [ArtifactKind::Journal, ArtifactKind::Undo, ArtifactKind::SqlExporter] {
            if let Some(at) = self.place(kind).filter(|_| profile.journal.is_none()) {
                problems.push(diags::wanted::journal_wanted(kind.id(), at));
            }
        }
        for kind in [ArtifactKind::Micrometer, ArtifactKind::MicrometerSpring] {
            if let Some(at) = self.place(kind).filter(|_| !profile.reads_histograms()) {
                problems.push(diags::wanted::latency_wanted(kind.id(), at));
            }
            if let Some(at) = self.place(kind).filter(|_| !profile.platform.metrics.is_of_micrometer()) {
                problems.push(diags::wanted::micrometer_wanted(kind.id(), at));
            }
        }
        if let Some((at, lacks)) = self.place(ArtifactKind::Load).zip(load_lacks(profile)) {
            problems.push(diags::wanted::load_wanted(at, lacks));
        }
        // Of objects that are all somebody's own, some files have nothing to say.
        let owns = profile.targets.iter().any(|target| target.kept.is_none()) || profile.targets.is_empty();
        for (kind, at) in self.named.iter().flatten().filter(|(kind, _)| !owns && kind.is_about_owned()) {
            // Of the rules there is a part for objects of others.
            if !matches!(kind, ArtifactKind::Alerts | ArtifactKind::PrometheusRule) {
                problems.push(diags::wanted::owned_wanted(kind.id(), *at));
            }
        }
        for (kind, at) in self.named.iter().flatten() {
            // "keda" stands for whatever form the platform has.
            if *kind != ArtifactKind::Keda && !has_form(*kind, profile) {
                let keeps = profile.targets.iter().any(|target| target.kept.is_some());
                problems.push(diags::wanted::form_wanted(*kind, keeps, *at));
            }
        }
        let is_asked =
            |kind: ArtifactKind| self.place(kind).or_else(|| self.place(kind.asked_as())).is_some();
        let is_made = |kind: &ArtifactKind| match &self.named {
            Some(_) => is_asked(*kind) && (has_operator || !is_of_operator(*kind)),
            None => self.has_something_to_say(*kind, profile),
        };
        let made = ArtifactKind::ALL.iter().copied().filter(is_made);
        let made = made.filter(|kind| owns || !kind.is_about_owned()).filter(|kind| has_form(*kind, profile));
        let mut made: Vec<ArtifactKind> = made.collect();
        // A kustomization of nothing is refused by kubectl.
        if self.named.is_none() && !made.iter().any(|kind| is_tied_together(*kind)) {
            made.retain(|kind| *kind != ArtifactKind::Kustomization);
        }
        made
    }

    fn has_something_to_say(&self, kind: ArtifactKind, profile: &Profile) -> bool {
        let has_operator = profile.platform.rules == RulesForm::PrometheusRule;
        match kind {
            ArtifactKind::Keda
            | ArtifactKind::KedaPatches
            | ArtifactKind::KedaTriggers
            | ArtifactKind::Runbook
            | ArtifactKind::Kustomization
            | ArtifactKind::Seasons
            | ArtifactKind::Guide => true,
            // Whoever has no Prometheus has nothing that reads rules.
            ArtifactKind::Alerts
            | ArtifactKind::KeptAlerts
            | ArtifactKind::AlertmanagerInhibit
            | ArtifactKind::AlertTests
            | ArtifactKind::Dashboards => has_operator || profile.platform.prometheus_url.is_some(),
            ArtifactKind::PrometheusRule | ArtifactKind::KeptPrometheusRule => has_operator,
            ArtifactKind::Journal | ArtifactKind::Undo | ArtifactKind::SqlExporter => {
                profile.journal.is_some()
            }
            ArtifactKind::JournalPurge => {
                profile.journal.as_ref().is_some_and(|journal| journal.purge.is_some())
            }
            ArtifactKind::PodMonitor => has_operator && self.has_container,
            ArtifactKind::Deployments => self.has_container,
            ArtifactKind::Micrometer | ArtifactKind::MicrometerSpring => {
                profile.reads_histograms() && profile.platform.metrics.is_of_micrometer()
            }
            ArtifactKind::Load => load_lacks(profile).is_none(),
        }
    }
}

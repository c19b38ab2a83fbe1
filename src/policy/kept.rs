//! `[workloads.*] scaledobject`: a target whose ScaledObject is somebody's own.

use std::sync::Arc;

use super::decode::{Problems, Table, Value};
use super::diags;
use super::draft::{KeptDraft, TerritoryDraft, WorkloadDraft};
use super::reader;
use super::syntax;
use crate::kept::{self, Chosen, Kept};
use crate::keys;
use crate::name::Slug;
use crate::profile::{KeptTarget, Platform, Target, Workload, WorkloadId, WorkloadKind};
use crate::quantity::Seconds;
use crate::source::{Located, Source, SourceId, Sources};

/// The manifests that the workloads name, each with its place in the policy; as much as can be read.
pub fn manifests(sources: &Sources) -> Vec<Located<String>> {
    let (table, _) = syntax::parse(&sources.get(Sources::TERRITORIES).text, Sources::TERRITORIES);
    let mut problems = Problems::new();
    let mut root = Table::root("", Sources::TERRITORIES, &table, &keys::PROFILE);
    let workloads = root.children("workloads", "workload", &mut problems);
    let named = workloads.into_iter().filter_map(|(_, mut table)| {
        let value = table.get("scaledobject")?;
        Some(reference(value, &mut Problems::new())?.file.map(str::to_owned))
    });
    named.collect()
}

/// `"base/checkout.yaml"`, or `{ file = "base/all.yaml", name = "checkout" }`.
struct Reference<'t> {
    file: Located<&'t str>,
    name: Option<Located<&'t str>>,
    namespace: Option<Located<&'t str>>,
}

fn reference<'t>(value: Value<'t>, problems: &mut Problems) -> Option<Reference<'t>> {
    if value.is_text() {
        return Some(Reference { file: value.text(problems)?, name: None, namespace: None });
    }
    let mut table = value.table("`scaledobject`", problems)?;
    let file = table.need("file", problems).and_then(|value| value.text(problems));
    let mut text = |key| table.get(key).and_then(|value| value.text(problems));
    let (name, namespace) = (text("name"), text("namespace"));
    table.finish(problems);
    Some(Reference { file: file?, name, namespace })
}

pub(super) fn read(
    name: Option<Slug>,
    table: &mut Table<'_>,
    sources: &Sources,
    problems: &mut Problems,
) -> Option<WorkloadDraft> {
    let title = table.get("title").and_then(|value| reader::text(value, problems));
    let reference = table.get("scaledobject").and_then(|value| reference(value, problems));
    let zone = table.get("zone").map(|value| (value, reader::zone(value, problems)));
    let territory = table.get("territory");
    if let (Some((zone, _)), Some(territory)) = (&zone, &territory) {
        problems.push(diags::zones::zone_and_territory(zone.span, territory.span));
    }
    let territory = territory.and_then(|value| value.text(problems));
    let keeps_crons = table.get("keep-cron").and_then(|value| value.boolean(problems)).unwrap_or(false);
    let reference = reference?;
    // A file that could not be read is said by whoever read it.
    let id = sources.manifest(reference.file.value)?;
    let object = object((sources.get(id), id), &reference, problems)?;
    if !keeps_crons && !object.crons.is_empty() {
        problems.push(diags::base_cron(&object, &sources.get(id).name, reference.file.span));
    }
    let workload = Workload {
        title: title.or_else(|| name.as_ref().map(ToString::to_string))?,
        name: name?,
        kind: WorkloadKind::Kept,
        cooldown: Seconds(0),
        scale_down_window: Seconds(0),
        resources: None,
        span: table.span,
    };
    let deployment = Located::new(object.name.to_string(), reference.file.span);
    let kept = KeptDraft {
        object: Arc::new(KeptTarget { object, keeps_crons }),
        zone: zone.and_then(|(_, zone)| zone),
        territory: territory.map(|text| text.map(str::to_owned)),
    };
    Some(WorkloadDraft::of_kept(workload, deployment, kept))
}

fn object(
    (source, id): (&Source, SourceId),
    reference: &Reference<'_>,
    problems: &mut Problems,
) -> Option<Kept> {
    let text = |part: &Option<Located<&'_ str>>| part.as_ref().map(|part| part.value.to_owned());
    let (name, namespace) = (text(&reference.name), text(&reference.namespace));
    let chosen = Chosen { name: name.as_deref(), namespace: namespace.as_deref() };
    match kept::read(source, id, reference.file.value, chosen) {
        Ok(object) => Some(object),
        Err(flaw) => {
            let at = reference.name.as_ref().map_or(reference.file.span, |name| name.span);
            problems.push(diags::base_unreadable(&source.name, &flaw, at));
            None
        }
    }
}

/// Whether the territories that kept objects name exist.
pub(super) fn check_territories(
    workloads: &[WorkloadDraft],
    territories: &[TerritoryDraft],
    declared: &[&str],
    problems: &mut Problems,
) {
    for kept in workloads.iter().filter_map(|draft| draft.kept.as_ref()) {
        let Some(wanted) = &kept.territory else { continue };
        if kept.territory(territories).is_none() && !declared.contains(&wanted.value.as_str()) {
            problems.push(diags::unknown_territory(&wanted.value, wanted.span, declared));
        }
    }
}

/// The target of a workload whose object is kept.
pub(super) fn target(
    (workload, draft): (WorkloadId, &WorkloadDraft),
    platform: &Platform,
    territories: &[TerritoryDraft],
) -> Option<Target> {
    let kept = draft.kept.as_ref()?;
    let object = &kept.object.object;
    let territory = kept.territory(territories);
    let of_territory = territory.map(|at| &territories[at.0].territory.zone);
    let zone = kept.zone.as_ref().or(of_territory).unwrap_or(&platform.zone);
    Some(Target {
        name: object.name.clone(),
        territory,
        workload,
        zone: zone.clone(),
        has_own_zone: kept.zone.is_some(),
        min: object.rest,
        max: object.most,
        per_replica: None,
        guard: None,
        scale_up: None,
        base_load: None,
        kept: Some(Arc::clone(&kept.object)),
        span: draft.workload.span,
    })
}

//! `[workloads.*]`, and the targets that workloads and territories make together.

use std::collections::BTreeMap;

use super::container;
use super::decode::{Problems, Table, Value};
use super::diags;
use super::kept::{self, KeptDraft};
use super::platform;
use super::scalar;
use super::territory::{Share, TerritoryDraft};
use crate::artifact::ArtifactKind;
use crate::name::{KubeName, Slug};
use crate::profile::{
    Guard, HttpWorkload, Platform, QueueWorkload, Target, TerritoryId, Workload, WorkloadId, WorkloadKind,
};
use crate::quantity::{Millis, Replicas, Seconds};
use crate::source::{Located, Sources, Span};

/// The bounds of an HPA scale-down window here: shorter flaps, longer wastes. The business asks for 5 to 10 minutes.
const SCALE_DOWN_WINDOW: (Seconds, Seconds) = (Seconds(300), Seconds(600));

/// A workload and what its targets still need from the policy.
pub(super) struct WorkloadDraft {
    pub(super) workload: Workload,
    deployment: Located<String>,
    /// For a workload without territory: its own range.
    own: Option<Share>,
    /// For one whose ScaledObject is somebody's own: where it is.
    pub(super) kept: Option<KeptDraft>,
}

impl WorkloadDraft {
    /// Of somebody's own object.
    pub(super) fn of_kept(workload: Workload, deployment: Located<String>, kept: KeptDraft) -> Self {
        Self { workload, deployment, own: None, kept: Some(kept) }
    }

    /// Whether each territory runs its own.
    pub(super) fn per_territory(&self) -> bool {
        matches!(self.workload.kind, WorkloadKind::Http(_))
    }
}

/// The workloads that can be read, and the names of all.
pub(super) fn read<'t>(
    root: &mut Table<'t>,
    (sources, artifacts): (&Sources, &[ArtifactKind]),
    problems: &mut Problems,
) -> (Vec<WorkloadDraft>, Vec<&'t str>) {
    let children = root.children("workloads", "workload", problems);
    if children.is_empty() {
        problems.push(diags::missing_key(&root.title, "workloads", root.span));
    }
    let mut drafts = Vec::new();
    let mut declared = Vec::new();
    for (value, mut table) in children {
        declared.push(value.key);
        let name = value.key_name(Slug::RULE, Slug::parse, problems);
        let draft = if table.has("scaledobject") {
            kept::read(name, &mut table, sources, problems)
        } else {
            read_one(name, &mut table, artifacts, problems)
        };
        table.finish(problems);
        drafts.extend(draft);
    }
    (drafts, declared)
}

fn read_one(
    name: Option<Slug>,
    table: &mut Table<'_>,
    artifacts: &[ArtifactKind],
    problems: &mut Problems,
) -> Option<WorkloadDraft> {
    let title = table.need("title", problems).and_then(|value| platform::text(value, problems));
    let is_queue = table.has("messages-per-replica");
    // A workload that a single territory runs may have a plain name; run by two, it would be two targets of one name.
    let pattern =
        if is_queue { "a name" } else { "a name, with `{territory}` in it where several territories run it" };
    let valid = move |text: &str| (!is_queue || !text.contains("{territory}")).then(|| text.to_owned());
    let deployment =
        table.need("deployment", problems).and_then(|value| value.parsed(pattern, valid, problems));
    let cooldown = table
        .need("cooldown", problems)
        .and_then(|value| value.parsed("a duration such as \"180s\"", scalar::seconds, problems));
    let (shortest, longest) = SCALE_DOWN_WINDOW;
    let window = |text: &str| scalar::seconds(text).filter(|window| (shortest..=longest).contains(window));
    let scale_down_window = table
        .get("scale-down-window")
        .and_then(|value| value.parsed("a duration from \"5m\" to \"10m\"", window, problems));
    if let Some(deployment) = &deployment {
        check_pattern(deployment, problems);
    }
    let resources = container::resources(table, artifacts, problems);
    let own = if is_queue { Share::read(table, true, problems) } else { None };
    let kind = if is_queue { queue(table, problems) } else { http(table, problems) };
    let cooldown = cooldown?.value;
    Some(WorkloadDraft {
        workload: Workload {
            name: name?,
            title: title?,
            kind: kind?,
            cooldown,
            scale_down_window: scale_down_window
                .map_or_else(|| cooldown.clamp(shortest, longest), |window| window.value),
            resources,
            span: table.span,
        },
        deployment: deployment?,
        own,
        kept: None,
    })
}

/// Whether the pattern makes names of Kubernetes; its length is looked at for each target.
fn check_pattern(pattern: &Located<String>, problems: &mut Problems) {
    let example = pattern.value.replace("{territory}", "x");
    if example.len() <= 63 && KubeName::parse(&example).is_none() {
        problems.push(diags::bad_name(&pattern.value, KubeName::RULE, pattern.span));
    }
}

fn http(table: &mut Table<'_>, problems: &mut Problems) -> Option<WorkloadKind> {
    let methods = table.need("methods", problems).and_then(|value| value.list(problems));
    let upper = |text: &str| {
        let method = !text.is_empty() && text.bytes().all(|b| b.is_ascii_uppercase());
        method.then(|| text.to_owned())
    };
    let methods = methods.map(|list| {
        list.iter()
            .filter_map(|value| value.parsed("an HTTP method such as \"GET\"", upper, problems))
            .collect::<Vec<_>>()
    });
    let mut latency = |key| {
        let value = table.need(key, problems)?;
        Some(value.parsed("a latency such as \"300ms\"", scalar::millis, problems)?.value)
    };
    let (p95_gate, p95_emergency) = (latency("p95-gate"), latency("p95-emergency"));
    let service_time = service_time(table, problems);
    let methods = methods?.into_iter().map(|method| method.value).collect();
    let (p95_gate, p95_emergency) = (p95_gate?, p95_emergency?);
    Some(WorkloadKind::Http(HttpWorkload { methods, p95_gate, p95_emergency, service_time }))
}

fn service_time(table: &mut Table<'_>, problems: &mut Problems) -> Option<Millis> {
    let value = table.get("service-time")?;
    Some(value.parsed("a time such as \"12ms\"", scalar::millis, problems)?.value)
}

fn queue(table: &mut Table<'_>, problems: &mut Problems) -> Option<WorkloadKind> {
    let messages = table.need("messages-per-replica", problems);
    let messages = messages.and_then(|value| super::territory::per_replica(&value, problems));
    let lag = table
        .need("dispatch-lag", problems)
        .and_then(|value| value.parsed("a duration such as \"30s\"", scalar::seconds, problems));
    let service_time = service_time(table, problems);
    let base_load = table.get("base-load").and_then(|value| super::territory::per_replica(&value, problems));
    let (messages_per_replica, dispatch_lag) = (messages?, lag?.value);
    let kind = QueueWorkload { messages_per_replica, dispatch_lag, service_time, base_load };
    Some(WorkloadKind::Queue(kind))
}

/// Every territory's workloads in policy order, then those without a territory.
pub(super) fn targets(
    platform: &Platform,
    workloads: &[WorkloadDraft],
    territories: &[TerritoryDraft],
    problems: &mut Problems,
) -> Vec<Target> {
    let mut targets = Vec::new();
    for (at, draft) in territories.iter().enumerate() {
        for (workload, share) in &draft.shares {
            let source = &workloads[workload.0];
            let name = source.deployment.value.replace("{territory}", &draft.territory.code.lower());
            let place = Place {
                territory: Some(TerritoryId(at)),
                workload: *workload,
                zone: draft.territory.zone.clone(),
            };
            targets.extend(target(&name, source.deployment.span, place, share, share.guard, problems));
        }
    }
    for (at, source) in workloads.iter().enumerate() {
        let (Some(share), WorkloadKind::Queue(queue)) = (&source.own, &source.workload.kind) else {
            continue;
        };
        let place = Place { territory: None, workload: WorkloadId(at), zone: platform.zone.clone() };
        let share = Share { per_replica: queue.messages_per_replica, ..share.clone() };
        let guard = Some(Guard::Lag(queue.dispatch_lag));
        targets.extend(target(
            &source.deployment.value,
            source.deployment.span,
            place,
            &share,
            guard,
            problems,
        ));
    }
    for (at, source) in workloads.iter().enumerate() {
        targets.extend(kept::target((WorkloadId(at), source), platform, territories));
    }
    refuse_duplicates(&targets, platform, problems);
    targets
}

/// Where a target stands.
struct Place {
    territory: Option<TerritoryId>,
    workload: WorkloadId,
    zone: crate::time::Zone,
}

fn target(
    name: &str,
    pattern: Span,
    place: Place,
    share: &Share,
    guard: Option<Guard>,
    problems: &mut Problems,
) -> Option<Target> {
    /// `keda-hpa-` and the name must fit a label of 63 characters (KEDA's webhook, `verifyName`).
    const LONGEST: usize = 54;
    if name.len() > LONGEST {
        problems.push(diags::name_too_long(name, pattern));
        return None;
    }
    let kube_name = KubeName::parse(name)?;
    Some(Target {
        name: kube_name,
        territory: place.territory,
        workload: place.workload,
        zone: place.zone,
        min: share.min,
        max: share.max,
        per_replica: share.per_replica,
        guard,
        scale_up: share.scale_up,
        base_load: share.base_load,
        kept: None,
        span: share.span,
    })
}

fn refuse_duplicates(targets: &[Target], platform: &Platform, problems: &mut Problems) {
    let (mut objects, mut scaled) = (BTreeMap::new(), BTreeMap::new());
    for target in targets {
        let namespace = target.namespace(platform);
        let of_object = objects.insert((namespace, target.name.clone()), target.span);
        let of_scaled = scaled.insert((namespace, target.scaled()), target.span);
        if let Some(first) = of_object.or(of_scaled) {
            problems.push(diags::duplicate_target(target.name.as_str(), first, target.span));
        }
    }
}

/// A number of replicas: Kubernetes keeps one in 32 bits, the sign among them.
pub(super) fn replicas(value: &Value<'_>, problems: &mut Problems) -> Option<Located<Replicas>> {
    let count = value.whole(problems)?;
    if i32::try_from(count.value).is_err() {
        problems.push(diags::bad_value(value.key, "a whole number up to 2147483647", count.span));
        return None;
    }
    Some(count.map(Replicas))
}

/// A range of replicas with both ends located.
pub(super) type Range = (Located<Replicas>, Located<Replicas>);

/// `replicas = { min = 2, max = 12 }`
pub(super) fn range(table: &mut Table<'_>, problems: &mut Problems) -> Option<Range> {
    let mut range = table.need("replicas", problems)?.table("`replicas`", problems)?;
    let mut end = |key| replicas(&range.need(key, problems)?, problems);
    let (min, max) = (end("min"), end("max"));
    range.finish(problems);
    let (min, max) = (min?, max?);
    if min.value.0 == 0 {
        problems.push(diags::minimum_of_zero(min.span));
    } else if min.value > max.value {
        problems.push(diags::replica_range((min.value.0, min.span), (max.value.0, max.span)));
    }
    Some((min, max))
}

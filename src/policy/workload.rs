//! `[workloads.*]`, and the targets that workloads and territories make together.

use std::collections::BTreeMap;

use super::container;
use super::decode::{Problems, Table};
use super::diags;
use super::draft::{TerritoryDraft, WorkloadDraft};
use super::share::{Measure, Share};
use super::{kept, query, reader, scalar};
use crate::name::{KubeName, Slug};
use crate::profile::{
    Guard, HttpWorkload, OwnQueries, Platform, QueueWorkload, Target, TerritoryId, Workload, WorkloadId,
    WorkloadKind,
};
use crate::quantity::{Millis, Seconds};
use crate::source::{Located, Sources, Span};
use crate::time::Zone;

/// The bounds of an HPA scale-down window here: shorter flaps, longer wastes. The business asks for 5 to 10 minutes.
const SCALE_DOWN_WINDOW: (Seconds, Seconds) = (Seconds(300), Seconds(600));

/// Keys of a workload that only requests have.
const OF_REQUESTS: [&str; 8] =
    ["methods", "rps", "p95", "p95-gate", "p95-emergency", "service-time", "rps-per-replica", "scale-up-p95"];
/// Keys of a workload in one territory that only requests have.
const OF_REQUESTS_THERE: [&str; 3] = ["rps-per-replica", "scale-up-p95", "base-load"];

/// The workloads that can be read, and the names of all.
pub(super) fn read<'t>(
    root: &mut Table<'t>,
    (sources, deployments): (&Sources, bool),
    problems: &mut Problems,
) -> (Vec<WorkloadDraft>, Vec<&'t str>) {
    let children = root.children("workloads", "workload", problems);
    if children.is_empty() {
        problems.push(root.missing("workloads"));
    }
    let mut drafts = Vec::new();
    let mut declared = Vec::new();
    for (value, mut table) in children {
        declared.push(value.key);
        let name = value.key_name(Slug::RULE, Slug::parse, problems);
        let measure = if table.has("messages-per-replica") || table.has("pending") {
            Measure::Queue
        } else if OF_REQUESTS.iter().any(|key| table.has(key))
            || root.any_child_has("territories", value.key, &OF_REQUESTS_THERE)
        {
            Measure::Requests
        } else {
            Measure::Nothing
        };
        let is_somewhere = root.any_child_has("territories", value.key, &["replicas"]);
        let is_own = measure == Measure::Queue || table.has("replicas") || !root.has("territories");
        let draft = if table.has("scaledobject") {
            kept::read(name, &mut table, sources, problems)
        } else {
            if measure != Measure::Queue && (!is_own || is_somewhere) {
                refuse_keys_of_places(value.key, &mut table, problems);
            }
            read_one(name, &mut table, (measure, is_own && !is_somewhere), deployments, problems)
        };
        table.finish(problems);
        drafts.extend(draft);
    }
    (drafts, declared)
}

/// What a workload has in each place, where territories run it.
fn refuse_keys_of_places(workload: &str, table: &mut Table<'_>, problems: &mut Problems) {
    for key in ["replicas", "scale-up-per-minute"].into_iter().chain(OF_REQUESTS_THERE) {
        if let Some(at) = table.moved(key) {
            problems.push(diags::key_of_a_territory(workload, key, at));
        }
    }
}

fn read_one(
    name: Option<Slug>,
    table: &mut Table<'_>,
    (measure, is_own): (Measure, bool),
    deployments: bool,
    problems: &mut Problems,
) -> Option<WorkloadDraft> {
    let title = table.get("title").map(|value| reader::text(value, problems));
    // A workload that a single territory runs may have a plain name; run by two, it would be two targets of one name.
    let pattern =
        if is_own { "a name" } else { "a name, with `{territory}` in it where several territories run it" };
    let valid = move |text: &str| (!is_own || !text.contains("{territory}")).then(|| text.to_owned());
    let deployment = table.get("deployment").map(|value| value.parsed(pattern, valid, problems));
    let cooldown = table
        .get("cooldown")
        .map(|value| value.parsed("a duration such as \"180s\"", scalar::seconds, problems));
    let (shortest, longest) = SCALE_DOWN_WINDOW;
    let window = |text: &str| scalar::seconds(text).filter(|window| (shortest..=longest).contains(window));
    let scale_down_window = table
        .get("scale-down-window")
        .and_then(|value| value.parsed("a duration from \"5m\" to \"10m\"", window, problems));
    if let Some(Some(deployment)) = &deployment {
        check_pattern(deployment, problems);
    }
    let resources = container::resources(table, deployments, problems);
    let own = if is_own { Share::read(table, measure, problems) } else { None };
    let kind = match measure {
        Measure::Requests => http(table, is_own, problems),
        Measure::Queue => queue(table, problems),
        Measure::Nothing => Some(WorkloadKind::Scheduled),
    };
    let name = name?;
    let plain = if is_own { name.to_string() } else { format!("{name}-{{territory}}") };
    let cooldown = cooldown.map_or(Some(shortest), |cooldown| Some(cooldown?.value))?;
    Some(WorkloadDraft {
        deployment: deployment.unwrap_or_else(|| Some(Located::new(plain, table.span)))?,
        workload: Workload {
            title: title.unwrap_or_else(|| Some(name.to_string()))?,
            name,
            kind: kind?,
            cooldown,
            scale_down_window: scale_down_window
                .map_or_else(|| cooldown.clamp(shortest, longest), |window| window.value),
            resources,
            span: table.span,
        },
        own,
        kept: None,
        is_own,
    })
}

/// Whether the pattern makes names of Kubernetes; its length is looked at for each target.
fn check_pattern(pattern: &Located<String>, problems: &mut Problems) {
    let example = pattern.value.replace("{territory}", "x");
    if example.len() <= 63 && KubeName::parse(&example).is_none() {
        problems.push(diags::bad_name(&pattern.value, KubeName::RULE, pattern.span));
    }
}

fn http(table: &mut Table<'_>, is_everywhere: bool, problems: &mut Problems) -> Option<WorkloadKind> {
    let has_own = table.has("rps") || table.has("p95");
    let own = if has_own { Some(own_queries(table, is_everywhere, problems)) } else { None };
    // A query of its own says itself what it counts.
    let methods = if has_own { None } else { table.get("methods").map(|value| value.list(problems)) };
    let upper = |text: &str| {
        let method = !text.is_empty() && text.bytes().all(|b| b.is_ascii_uppercase());
        method.then(|| text.to_owned())
    };
    let methods = methods.map_or(Some(Vec::new()), |list| {
        Some(
            list?
                .iter()
                .filter_map(|value| value.parsed("an HTTP method such as \"GET\"", upper, problems))
                .collect::<Vec<_>>(),
        )
    });
    let mut latency = |key| {
        let value = table.get(key)?;
        Some(value.parsed("a latency such as \"300ms\"", scalar::millis, problems)?.value)
    };
    let (p95_gate, p95_emergency) = (latency("p95-gate"), latency("p95-emergency"));
    let service_time = service_time(table, problems);
    let methods = methods?.into_iter().map(|method| method.value).collect();
    let own = own.map_or(Some(None), |own| own.map(Some))?;
    Some(WorkloadKind::Http(HttpWorkload { methods, p95_gate, p95_emergency, service_time, own }))
}

/// `rps` and `p95`: the load and the p95 by queries of the business's own.
fn own_queries(table: &mut Table<'_>, is_everywhere: bool, problems: &mut Problems) -> Option<OwnQueries> {
    let mut query = |key, whole| {
        let value = table.get(key)?;
        let query = query::read(value, whole, problems);
        if is_everywhere && query.as_ref().is_some_and(|query| query.contains(OwnQueries::TERRITORY)) {
            problems.push(diags::wanted::no_territory_in_query(key, value.span));
        }
        if query.as_deref().is_some_and(query::always_answers) {
            problems.push(diags::wanted::always_answering_query(key, value.span));
        }
        Some(query)
    };
    let (rps, p95) = (query("rps", "sum"), query("p95", "max"));
    let rps = match rps {
        Some(rps) => rps,
        None => table.need("rps", problems).and(None),
    };
    Some(OwnQueries { rps: rps?, p95: p95.map_or(Some(None), |p95| p95.map(Some))? })
}

fn service_time(table: &mut Table<'_>, problems: &mut Problems) -> Option<Millis> {
    let value = table.get("service-time")?;
    Some(value.parsed("a time such as \"12ms\"", scalar::millis, problems)?.value)
}

fn queue(table: &mut Table<'_>, problems: &mut Problems) -> Option<WorkloadKind> {
    let messages = table.need("messages-per-replica", problems);
    let messages = messages.and_then(|value| reader::per_replica(&value, problems));
    let lag_limit = table
        .get("dispatch-lag")
        .map(|value| value.parsed("a duration such as \"30s\"", scalar::seconds, problems));
    let service_time = service_time(table, problems);
    let base_load = table.get("base-load").and_then(|value| reader::per_replica(&value, problems));
    let mut query = |key, whole| table.get(key).map(|value| query::read(value, whole, problems));
    let (pending, lag) = (query("pending", "sum"), query("lag", "max"));
    Some(WorkloadKind::Queue(QueueWorkload {
        messages_per_replica: messages?,
        service_time,
        base_load,
        dispatch_lag: lag_limit.map_or(Some(None), |lag| Some(Some(lag?.value)))?,
        pending: pending.map_or(Some(None), |pending| pending.map(Some))?,
        lag: lag.map_or(Some(None), |lag| lag.map(Some))?,
    }))
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
        let Some(share) = &source.own else { continue };
        let place = Place { territory: None, workload: WorkloadId(at), zone: platform.zone.clone() };
        let (share, guard) = match &source.workload.kind {
            WorkloadKind::Queue(queue) => {
                let share = Share { per_replica: Some(queue.messages_per_replica), ..share.clone() };
                (share, queue.dispatch_lag.map(Guard::Lag))
            }
            WorkloadKind::Http(_) | WorkloadKind::Scheduled | WorkloadKind::Kept => {
                (share.clone(), share.guard)
            }
        };
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
    zone: Zone,
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
        has_own_zone: false,
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
    let (mut objects, mut scaled, mut hpas) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for target in targets {
        let namespace = target.namespace(platform);
        let hpa = target.hpa();
        let of_hpa = hpas.insert((namespace, hpa.clone()), target.span);
        let of_object = objects.insert((namespace, target.name.clone()), target.span);
        let of_scaled = scaled.insert((namespace, target.scaled()), target.span);
        if let Some(first) = of_object.or(of_scaled) {
            let is_kept = target.kept.is_some();
            problems.push(diags::duplicate_target(&target.scaled(), is_kept, [first, target.span]));
        } else if let Some(first) = of_hpa {
            problems.push(diags::duplicate_hpa(&hpa, [first, target.span]));
        }
    }
}

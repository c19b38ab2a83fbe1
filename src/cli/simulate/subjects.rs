//! What is run: each ScaledObject beside the target of the profile that it scales, the plan's load, and the terms.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::wishes::Wishes;
use crate::cli::args::Broken;
use crate::features::keda::NEGATIVE_IS_ZERO;
use crate::keda::activity::Activities;
use crate::keda::scaledobject::ScaledObject;
use crate::keda::{decode, scaledobject};
use crate::plan::{OccasionId, OccasionKind, Plan, base_load, multiples};
use crate::profile::{HttpWorkload, OwnQueries, Profile, Target, TargetId, TerritoryId, WorkloadKind};
use crate::quantity::{Millis, Rate, Release};
use crate::simulate::comparison::{EVERYWHERE, Subject};
use crate::simulate::deployment::Nodes;
use crate::simulate::manifest::{Machine, Refusal, machine};
use crate::simulate::moment::Span;
use crate::simulate::own_query;
use crate::simulate::study::{Season, Terms};
use crate::simulate::world::crowd::Patience;
use crate::simulate::world::demand::{Demand, Demands, Parts, Slice};
use crate::simulate::world::latency::ServiceRate;
use crate::simulate::world::noise::Noise;
use crate::simulate::world::recorded::{Called, Recorded};
use crate::simulate::world::shape::{Shape, parts};
use crate::simulate::world::site::Outage;
use crate::simulate::year;
use crate::step::StepFn;
use crate::time::{Instant, LocalTime, Offsets, Window, Zone};
use crate::yaml;

/// What can be run, and what not.
pub(super) struct Found {
    pub(super) subjects: Vec<Subject>,
    pub(super) slices: Vec<Season>,
    pub(super) refused: Vec<(String, Refusal)>,
}

/// Every object of `texts`, each a file's name and contents.
pub(super) fn subjects(plan: &Plan, texts: &[(String, String)], wishes: &Wishes) -> anyhow::Result<Found> {
    let mut found = Found { subjects: Vec::new(), slices: slices(plan, wishes), refused: Vec::new() };
    let mut activities = Activities::new(plan_window(plan));
    let mut calendars = Calendars::default();
    for (file, text) in texts {
        for object in objects(file, text)? {
            let name = object.spec.scale_target_ref.name.value.clone();
            match subject(plan, &object, wishes, (&mut activities, &mut calendars)) {
                Ok(subject) => found.subjects.extend(subject),
                Err(refusal) => found.refused.push((name, refusal)),
            }
        }
    }
    Ok(found)
}

/// The plan's days, wherever they begin: zones are hours apart.
fn plan_window(plan: &Plan) -> Window<Instant> {
    let day = |date: crate::time::Date, days| Instant(i64::from(date.epoch_day() + days) * 86_400);
    Window::new(day(plan.horizon.from, -1), day(plan.horizon.until, 1))
}

/// What names nothing is a slip of the pen.
pub(super) fn known(plan: &Plan, wishes: &Wishes) -> anyhow::Result<()> {
    let called = called(plan);
    for name in &wishes.only {
        let named: Vec<&Called> = called.iter().filter(|called| called.is(name)).collect();
        anyhow::ensure!(!named.is_empty(), "the policy has no target that is called `{name}`");
        let is_shared = named.len() > 1 && named.iter().all(|called| called.name == *name);
        let whole: Vec<&str> = named.iter().map(|called| called.whole.as_str()).collect();
        anyhow::ensure!(!is_shared, "`{name}` could be {}: write one of them", whole.join(", "));
    }
    for (season, _) in &wishes.bursts {
        let one = plan.occasions.iter().any(|occasion| occasion.name.as_str() == season);
        anyhow::ensure!(one, "the plan has no season or campaign that is called `{season}`");
    }
    Ok(())
}

/// All targets of the profile, by the names that people use.
pub(super) fn called(plan: &Plan) -> Vec<Called> {
    let profile = &plan.profile;
    let each = profile.targets.iter().map(|target| Called {
        name: target.name.to_string(),
        whole: format!("{}/{}", target.namespace(&profile.platform), target.name),
        place: place(profile, target),
        workload: profile.workload(target).name.to_string(),
    });
    each.collect()
}

fn place(profile: &Profile, target: &Target) -> String {
    profile.territory(target).map_or_else(|| EVERYWHERE.to_owned(), |place| place.code.to_string())
}

/// Whether a target of the profile was asked for.
pub(super) fn is_wanted(plan: &Plan, at: usize, wishes: &Wishes) -> bool {
    wishes.only.is_empty() || wishes.only.iter().any(|only| called(plan)[at].is(only))
}

pub(super) fn objects(file: &str, text: &str) -> anyhow::Result<Vec<ScaledObject>> {
    let mut objects = Vec::new();
    for (_, document) in yaml::cut(text) {
        let tree = yaml::tree(document).map_err(|problem| {
            anyhow::anyhow!("`{file}` is not YAML: {}; `seasonscale audit` says more", problem.message)
        })?;
        for (kind, node) in decode::contents(&tree.root).objects {
            if kind == scaledobject::Kind::ScaledObject {
                objects.push(decode::object(node, kind).object);
            }
        }
    }
    Ok(objects)
}

/// Kubernetes: "Considerations for large clusters". Each pod of a target is kept, with the moment at which it is ready.
const MOST_PODS: i64 = 150_000;

/// None where the target was not asked for.
fn subject(
    plan: &Plan,
    object: &ScaledObject,
    wishes: &Wishes,
    (activities, calendars): (&mut Activities, &mut Calendars),
) -> Result<Option<Subject>, Refusal> {
    let profile = &plan.profile;
    let name = &object.spec.scale_target_ref.name.value;
    let refused = |why: &str| Refusal { trigger: None, why: why.to_owned() };
    let namespace = object.metadata.namespace.as_ref().map(|namespace| namespace.value.as_str());
    let at = profile.targets.iter().position(|target| {
        let own = target.namespace(&profile.platform).as_str();
        target.name.as_str() == name && namespace.is_none_or(|namespace| namespace == own)
    });
    let at = at.ok_or_else(|| refused("the policy has no target of that name, so its load is not known"))?;
    let target = &profile.targets[at];
    if !is_wanted(plan, at, wishes) {
        return Ok(None);
    }
    if i64::from(object.spec.max()) > MOST_PODS {
        return Err(refused(
            "its maximum is over 150000, the pods that a cluster holds: the model keeps each",
        ));
    }
    let asked = own_queries(profile, target).map(|own| own_query::as_modelled(object, &own));
    let machine = machine(asked.as_ref().unwrap_or(object), release(plan, wishes), activities)?;
    let served = served(profile, target).map_err(|why| refused(&why))?;
    if served.patience == Patience::REQUEST && machine.reads_queue() {
        return Err(refused(
            "it reads a queue, and answers requests: of both at once the model knows nothing",
        ));
    }
    let clock = activities.offsets(&target.zone);
    let own = wishes.load.as_ref().map(|load| load.recorded.get(&at).ok_or_else(|| refused(load.absent)));
    let own = own.transpose()?;
    let planned =
        Window::new(target.zone.start_of(plan.horizon.from), target.zone.start_of(plan.horizon.until));
    let window = own.map_or(Some(planned), |own| own.window.intersection(planned));
    let window = window.ok_or_else(|| refused("no sample of its load is within the plan's days"))?;
    let demands = demand(plan, TargetId(at), wishes, (own, &clock, calendars));
    let demands = demands.ok_or_else(|| {
        refused("how much comes is not known: write its `base-load`, in messages per second, or bring it by `--load`")
    })?;
    let noise = wishes.noise.map(|noise| own_chance(noise, at));
    let start = wishes.start_up.unwrap_or(profile.gates.start_up);
    let outages = wishes.broken.iter().flat_map(|broken| outages(&machine, broken, &target.zone)).collect();
    Ok(Some(Subject {
        name: name.clone(),
        place: place(profile, target),
        workload: profile.workload(target).name.to_string(),
        demands,
        noise,
        machine,
        service: served.service,
        gate: served.gate,
        patience: served.patience,
        least: profile.gates.minimal_rate,
        start_up: Span::seconds(i64::from(start.0)),
        nodes: profile.platform.nodes.map(|nodes| Nodes {
            start_up: Span::seconds(i64::from(nodes.start_up.0)),
            spare: nodes.spare as usize,
        }),
        window,
        outages,
        clock: Arc::clone(&clock),
    }))
}

/// Each target has its own.
fn own_chance(noise: Noise, at: usize) -> Noise {
    Noise { seed: noise.seed.wrapping_mul(1_000_003).wrapping_add(at as u64), ..noise }
}

/// What a target is asked by in place of the platform's series.
pub(super) fn own_queries(profile: &Profile, target: &Target) -> Option<OwnQueries> {
    let WorkloadKind::Http(HttpWorkload { own, .. }) = &profile.workload(target).kind else { return None };
    Some(own.as_ref()?.of(profile.territory(target)))
}

/// The version whose model runs.
fn release(plan: &Plan, wishes: &Wishes) -> Release {
    let platform = &plan.profile.platform;
    wishes.keda.unwrap_or(Release { version: platform.keda.value, patch: platform.keda_patch })
}

/// The targets whose objects are somebody's own and of which the policy makes no whole object, each with why it is not run.
pub(super) fn only_added_to(plan: &Plan, wishes: &Wishes) -> Vec<(String, Refusal)> {
    let profile = &plan.profile;
    let added = profile.targets.iter().enumerate().filter(|(at, target)| {
        target.kept.is_some() && !profile.writes_whole(target) && is_wanted(plan, *at, wishes)
    });
    let refused = added.filter_map(|(_, target)| {
        let why = served(profile, target).err()?;
        Some((target.name.to_string(), Refusal { trigger: None, why }))
    });
    refused.collect()
}

/// How fast one replica of a target works, and what is late.
struct Served {
    service: ServiceRate,
    gate: Millis,
    patience: Patience,
}

/// None where nobody knows; the error says what to write.
fn served(profile: &Profile, target: &Target) -> Result<Served, String> {
    Ok(match &profile.workload(target).kind {
        WorkloadKind::Http(http) => {
            // A territory's own promise may be wider than the gate of all.
            let promise = profile.territory(target).and_then(|territory| territory.p95_target);
            let workload = &profile.workload(target).name;
            let (gate, carried) = match (http.p95_gate.max(promise), target.per_replica) {
                (Some(gate), Some(carried)) => (gate, carried),
                (gate, carried) => return Err(missing(workload.as_str(), gate.is_none(), carried.is_none())),
            };
            let derived = || ServiceRate::at_the_gate(carried, http.p95_gate.unwrap_or(gate));
            Served {
                service: http.service_time.map_or_else(derived, ServiceRate::of),
                gate,
                patience: Patience::REQUEST,
            }
        }
        WorkloadKind::Scheduled => {
            let workload = &profile.workload(target).name;
            return Err(format!(
                "nothing in the policy measures its load: write `rps-per-replica = 30` and `p95-gate = \"300ms\"` below `[workloads.{workload}]` (what a replica carries may be another in each territory), and `prometheus-url` below `[platform]`"
            ));
        }
        WorkloadKind::Kept => {
            return Err("its ScaledObject is somebody's own: how fast one replica works is not known".to_owned());
        }
        // How many messages may wait for a replica says nothing of how many it works off in a second.
        WorkloadKind::Queue(queue) => Served {
            service: queue.service_time.map(ServiceRate::of).ok_or_else(|| {
                "how fast it works off messages is not known: write its `service-time`, and its `base-load` in messages per second".to_owned()
            })?,
            gate: Millis(profile.gates.outbox_lag.0.saturating_mul(1000)),
            patience: Patience::MESSAGE,
        },
    })
}

/// Everything that is not said of what answers requests.
fn missing(workload: &str, gate: bool, carried: bool) -> String {
    let of_gate = "how long an answer may take (`p95-gate = \"300ms\"`, or a territory's `p95-target`)";
    let of_carried = "what one replica carries (`rps-per-replica = 30`)";
    let said = [(gate, of_gate), (carried, of_carried)].into_iter().filter(|(is, _)| *is);
    let said: Vec<&str> = said.map(|(_, what)| what).collect();
    format!("not said of `{workload}`: {}; write it below `[workloads.{workload}]`", said.join(" and "))
}

fn demand(
    plan: &Plan,
    at: TargetId,
    wishes: &Wishes,
    (recorded, clock, calendars): (Option<&Recorded>, &Arc<Offsets>, &mut Calendars),
) -> Option<Demands> {
    let multiples = times(plan, at, wishes);
    if let Some(recorded) = recorded {
        let slices = multiples.on(|local| clock.at_wall(local.wall_seconds()));
        let grown = |rate: &Rate| Rate(rate.0 * wishes.growth);
        let demand = |rate: &Rate, (_, slice): &(f64, Slice)| Demand { rate: grown(rate), slice: *slice };
        return Some(Demands::of(&recorded.rates.zip(&slices, demand)));
    }
    let target = &plan.profile.targets[at.0];
    if let WorkloadKind::Queue(queue) = &plan.profile.workload(target).kind {
        return messages(plan, Rate(queue.base_load?.0 * wishes.growth), wishes);
    }
    let base = Rate(base_load(&plan.profile, target)?.0 * wishes.growth);
    Some(Demands::new(base, calendars.parts(plan, multiples, clock)))
}

/// What calendars make of a base load, once for all targets with the same one.
#[derive(Default)]
struct Calendars {
    known: Vec<Calendar>,
}

struct Calendar {
    multiples: StepFn<LocalTime, (f64, Slice)>,
    clock: Arc<Offsets>,
    parts: Arc<Parts>,
}

impl Calendars {
    fn parts(
        &mut self,
        plan: &Plan,
        multiples: StepFn<LocalTime, (f64, Slice)>,
        clock: &Arc<Offsets>,
    ) -> Arc<Parts> {
        let same = |known: &&Calendar| Arc::ptr_eq(&known.clock, clock) && known.multiples == multiples;
        if let Some(known) = self.known.iter().find(same) {
            return Arc::clone(&known.parts);
        }
        let parts = Arc::new(parts(&multiples, &shape(plan), (plan.local_horizon(), clock)));
        self.known.push(Calendar { multiples, clock: Arc::clone(clock), parts: Arc::clone(&parts) });
        parts
    }
}

/// How many times its base a target gets, and in which slice of the year.
fn times(plan: &Plan, at: TargetId, wishes: &Wishes) -> StepFn<LocalTime, (f64, Slice)> {
    let burst = |occasion: OccasionId| wishes.burst(plan.occasions[occasion.0].name.as_str());
    multiples(plan, at, &burst).map(|multiple| {
        let occasion = multiple.origin.map(|origin| plan.origin(origin).occasion.0);
        (multiple.times, Slice(occasion.map_or(0, |occasion| occasion + 1)))
    })
}

fn shape(plan: &Plan) -> Shape {
    let own = plan.profile.load.as_ref().map(|own| Shape { day: own.day, week: own.week });
    own.unwrap_or_else(Shape::office)
}

/// The messages of all territories: of each its share, with its own seasons, on its own clock.
fn messages(plan: &Plan, base: Rate, wishes: &Wishes) -> Option<Demands> {
    let profile = &plan.profile;
    let each = profile.territories.iter().enumerate().filter_map(|(place, territory)| {
        let own = profile.targets.iter().position(|target| target.territory == Some(TerritoryId(place)))?;
        let part = Rate(base.0 * territory.share.0);
        let clock = Offsets::new(&territory.zone, plan_window(plan));
        let multiples = times(plan, TargetId(own), wishes);
        let parts = parts(&multiples, &shape(plan), (plan.local_horizon(), &clock));
        Some(Demands::new(part, Arc::new(parts)).steps())
    });
    let sum = each.reduce(|sum, own| sum.zip(&own, |one, other| one.and(*other)));
    sum.map(|sum| Demands::of(&sum))
}

fn outages(machine: &Machine, broken: &Broken, zone: &Zone) -> Vec<Outage> {
    let from = zone.first_instant(broken.from);
    let window = Window::new(from, Instant(from.0 + i64::from(broken.lasts.0)));
    is_called(machine, &broken.trigger).map(|trigger| Outage { trigger, window }).collect()
}

/// An outage that hits no trigger, or none while it is run, would look like a plan that stands it.
pub(super) fn broken(subjects: &[Subject], wishes: &Wishes) -> anyhow::Result<()> {
    for broken in &wishes.broken {
        let name = &broken.trigger;
        let hit = |subject: &&Subject| is_called(&subject.machine, name).next().is_some();
        let hit: Vec<&Subject> = subjects.iter().filter(hit).collect();
        let machines = subjects.iter().map(|subject| &subject.machine);
        let there: BTreeSet<&str> = machines
            .flat_map(|machine| machine.kinds.iter().chain(&machine.names))
            .map(String::as_str)
            .collect();
        let there: Vec<&str> = there.into_iter().collect();
        anyhow::ensure!(
            !hit.is_empty(),
            "nothing that is run has a trigger whose type or name is `{name}`; there are: {}",
            there.join(", ")
        );
        let falls = |subject: &&&Subject| {
            let outages = outages(&subject.machine, broken, subject.clock.zone());
            outages.iter().any(|outage| outage.window.intersection(subject.window).is_some())
        };
        anyhow::ensure!(
            hit.iter().any(|subject| falls(&subject)),
            "the outage of `{name}` from {} on is outside of what is run",
            broken.from
        );
    }
    Ok(())
}

/// A burst of which nothing is run would look like a plan that carries it.
pub(super) fn bursts(found: &Found, wishes: &Wishes) -> anyhow::Result<()> {
    for (name, times) in &wishes.bursts {
        let slice = found.slices.iter().position(|season| season.name == *name).map(Slice);
        let is_run = slice.is_some_and(|slice| found.subjects.iter().any(|subject| subject.has(slice)));
        anyhow::ensure!(
            is_run,
            "`--burst {name}={times}` changes nothing: no target that is run has a minute of `{name}` in the days of the plan in which no other season brings more"
        );
    }
    Ok(())
}

/// The triggers of that name or type, by their places.
fn is_called<'m>(machine: &'m Machine, name: &'m str) -> impl Iterator<Item = usize> + 'm {
    let known = machine.names.iter().zip(&machine.kinds).enumerate();
    known.filter(move |(_, (own, kind))| *own == name || *kind == name).map(|(at, _)| at)
}

/// What belongs to no season, then every season and campaign of the plan, with the highest load that it brings.
fn slices(plan: &Plan, wishes: &Wishes) -> Vec<Season> {
    let mut loads: BTreeMap<usize, f64> = BTreeMap::new();
    for origin in &plan.origins {
        let most = loads.entry(origin.occasion.0).or_insert(0.0);
        *most = most.max(origin.load.unwrap_or(0.0));
    }
    let none =
        Season { name: "none".to_owned(), title: "no season".to_owned(), is_campaign: false, times: 0.0 };
    let seasons = plan.occasions.iter().enumerate().map(|(at, occasion)| {
        let load = loads.get(&at).copied().unwrap_or(0.0);
        Season {
            name: occasion.name.to_string(),
            title: occasion.title.clone(),
            is_campaign: occasion.kind == OccasionKind::Campaign,
            times: wishes.burst(occasion.name.as_str()).unwrap_or(load),
        }
    });
    std::iter::once(none).chain(seasons).collect()
}

/// The terms of the profile.
pub(super) fn terms(plan: &Plan) -> Terms {
    let profile = &plan.profile;
    Terms {
        objective: profile.gates.latency_objective,
        pod_hour: profile.cost.as_ref().map(|cost| cost.pod_hour),
        currency: profile.cost.as_ref().map(|cost| cost.currency.clone()),
    }
}

/// Where the load comes from, in words.
pub(super) fn load_said(plan: &Plan, wishes: &Wishes) -> String {
    let growth = match wishes.growth {
        1.0 => String::new(),
        growth => format!(", {growth} times as much"),
    };
    let noise = wishes.noise.map_or_else(String::new, |noise| {
        format!(
            ", each minute by chance up to {} % over or under it (seed {})",
            noise.share * 100.0,
            noise.seed
        )
    });
    let shape = match plan.profile.load {
        Some(_) => "days and weeks as `[load]` says".to_owned(),
        None => format!("a day with {}", Shape::OFFICE),
    };
    let served = "one replica serves as fast as its `service-time` says, or where none is written, as makes its p95 the gate at the load that it is said to carry";
    match &wishes.load {
        Some(load) => format!("from {}{growth}; {served}", load.said),
        None => format!(
            "from the calendar{growth}{noise}: the base load (where none is written, the territory's share of what the minimum carries), times the season's multiple on its days (in its hours alone, where they are fewer than 8 of a day), on {shape}; {served}"
        ),
    }
}

/// What is run, in words.
pub(super) fn title(plan: &Plan, subjects: &[Subject], wishes: &Wishes) -> String {
    let keda = release(plan, wishes);
    // Only there a patch decides anything.
    let patch = if keda.patch.is_none() && keda.version == NEGATIVE_IS_ZERO.version { ".0" } else { "" };
    // Of a load that was measured, the days of which there is one.
    let days = year::dates(subjects).unwrap_or(plan.horizon);
    format!(
        "{} to {}, on a model of KEDA {keda}{patch} and Kubernetes {}",
        days.from,
        days.until.plus_days(-1),
        plan.profile.platform.kubernetes.value
    )
}

/// What the model takes for granted because nobody said it, in sentences.
pub(super) fn assumed(plan: &Plan, found: &Found, wishes: &Wishes) -> Vec<String> {
    let mut said = Vec::new();
    let keda = release(plan, wishes);
    if keda.patch.is_none() && keda.version == NEGATIVE_IS_ZERO.version {
        said.push(format!(
            "KEDA {keda} is taken for {keda}.0; from {NEGATIVE_IS_ZERO} on a negative value of a metric counts as 0: say `keda = \"{NEGATIVE_IS_ZERO}\"` or `--keda {NEGATIVE_IS_ZERO}`."
        ));
    }
    if let Some(worker) = found.subjects.iter().find(|subject| subject.patience == Patience::MESSAGE) {
        said.push(format!(
            "{}: messages come from each territory by its share, times its own seasons; late is what is older than the gate `outbox-lag`, and nothing is refused.",
            worker.name
        ));
    }
    if let Some(nodes) = plan.profile.platform.nodes {
        said.push(format!(
            "{} more replicas of each target find room at once, and those beyond wait {} for a node.",
            nodes.spare, nodes.start_up
        ));
    }
    said
}

//! The profile: where the business runs, how much it carries and how it is guarded. Plain facts, valid by construction,
//! without a calendar and without TOML: `policy` reads them, every later stage uses them.

use crate::artifact::ArtifactKind;
use crate::kept::{Kept, Scaled};
use crate::name::{KubeName, MetricName, Slug, SqlName, TerritoryCode};
use crate::quantity::{Bytes, Millicores, Millis, Rate, Ratio, Replicas, Seconds, Version};
use crate::source::{Located, Span};
use crate::time::Zone;
use std::sync::Arc;

/// Everything of `territories.toml`.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The systems that the files are for.
    pub platform: Platform,
    /// In policy order.
    pub territories: Vec<Territory>,
    /// In policy order.
    pub workloads: Vec<Workload>,
    /// Every territory x workload, then the workloads without a territory: in policy order, each scaled by one ScaledObject.
    pub targets: Vec<Target>,
    /// Limits beyond which somebody is told.
    pub gates: Gates,
    /// How the load goes over a day and a week, where it is said.
    pub load: Option<LoadShape>,
    /// The event journal in PostgreSQL.
    pub journal: Journal,
    /// What a replica costs.
    pub cost: Cost,
    /// What the floors may take; in policy order.
    pub budgets: Vec<Budget>,
    /// The files to make, in the order of [`ArtifactKind::ALL`], each once.
    pub artifacts: Vec<ArtifactKind>,
}

impl Profile {
    /// Whether a file of this kind is to be made.
    pub fn makes(&self, kind: ArtifactKind) -> bool {
        self.artifacts.contains(&kind)
    }

    /// Whether the ScaledObject of a target is written whole.
    pub fn writes_whole(&self, target: &Target) -> bool {
        target.kept.is_none() || self.platform.keda_form == KedaForm::Objects
    }

    /// The workloads that answer requests.
    pub fn http_workloads(&self) -> impl Iterator<Item = (&Workload, &HttpWorkload)> {
        self.workloads.iter().filter_map(|workload| match &workload.kind {
            WorkloadKind::Http(http) => Some((workload, http)),
            WorkloadKind::Queue(_) | WorkloadKind::Kept => None,
        })
    }

    /// The territory of a target, if it has one.
    pub fn territory(&self, target: &Target) -> Option<&Territory> {
        target.territory.map(|at| &self.territories[at.0])
    }

    /// The workload of a target.
    /// The weekdays on which people work in a territory, or of the platform, Monday first.
    pub fn workweek(&self, territory: Option<TerritoryId>) -> [bool; 7] {
        territory.and_then(|id| self.territories[id.0].workweek).unwrap_or(self.platform.workweek)
    }

    /// The workload of a target.
    pub fn workload(&self, target: &Target) -> &Workload {
        &self.workloads[target.workload.0]
    }
}

/// The systems that the files are for.
#[derive(Clone, Debug)]
pub struct Platform {
    /// KEDA's version: what it lacks is not emitted.
    pub keda: Located<Version>,
    /// The last number of KEDA's version, where it is said.
    pub keda_patch: Option<u32>,
    /// The cluster's version.
    pub kubernetes: Located<Version>,
    /// Namespace of all objects.
    pub namespace: KubeName,
    /// Prometheus as KEDA reaches it, without a trailing slash.
    pub prometheus_url: String,
    /// Where the runbook is published; alerts add `#anchor`.
    pub runbook_url: String,
    /// Label `team` of every alert.
    pub team: Slug,
    /// Label `job` of the services' series.
    pub job: String,
    /// Label `app` of the services' series.
    pub app: String,
    /// Zone of what has no territory.
    pub zone: Zone,
    /// The weekdays on which people work where a territory does not say otherwise, Monday first.
    pub workweek: [bool; 7],
    /// Which label carries a ScaledObject's namespace on KEDA's own series.
    pub keda_namespace_label: MetricName,
    /// How Prometheus gets its rules.
    pub rules: RulesForm,
    /// How our triggers reach objects of others.
    pub keda_form: KedaForm,
    /// How nodes come when the cluster is full; absent: there is always room.
    pub nodes: Option<Nodes>,
    /// How the workloads' containers are reached; there wherever deployments are made.
    pub container: Option<Container>,
}

impl Platform {
    /// The working week where nothing is said.
    pub const MONDAY_TO_FRIDAY: [bool; 7] = [true, true, true, true, true, false, false];

    /// Name of the object that holds the rules in the cluster.
    pub fn rules_name(&self) -> String {
        format!("{}-seasonscale-rules", self.team)
    }
}

/// How our triggers reach ScaledObjects that somebody else owns: `[platform] keda-form`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KedaForm {
    /// As whole objects: `"objects"`, which is what is taken where nothing is said.
    Objects,
    /// As a kustomize component of JSON patches: `"patches"`.
    Patches,
    /// As lists of triggers for the values of a chart: `"triggers"`.
    Triggers,
}

impl KedaForm {
    /// As policies spell it.
    pub fn id(self) -> &'static str {
        match self {
            Self::Objects => "objects",
            Self::Patches => "patches",
            Self::Triggers => "triggers",
        }
    }
}

/// How the cluster finds room for more replicas: `[platform] node-start-up`, `spare-replicas`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nodes {
    /// What a node takes from the first pod that waits for it to the pod's start.
    pub start_up: Seconds,
    /// More replicas of each target that find room on the nodes that run.
    pub spare: u32,
}

/// How Prometheus gets its rules: `[platform] rules`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RulesForm {
    /// As a file that it reads: `"file"`, which is what is taken where nothing is said.
    File,
    /// As an object of the Prometheus operator: `"prometheus-rule"`.
    PrometheusRule,
}

/// How the workloads' containers are reached and asked for their health: `[platform.container]`.
#[derive(Clone, Debug)]
pub struct Container {
    /// The image, `{workload}` standing for the workload's name.
    pub image: String,
    /// The port that answers requests, probes and scrapes.
    pub port: u16,
    /// Path of the startup probe.
    pub startup: String,
    /// Path of the liveness probe.
    pub liveness: String,
    /// Path of the readiness probe.
    pub readiness: String,
    /// Path of the metrics.
    pub metrics: String,
}

impl Container {
    /// The image of a workload.
    pub fn image_of(&self, workload: &Slug) -> String {
        self.image.replace("{workload}", workload.as_str())
    }
}

/// Index into [`Profile::territories`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TerritoryId(pub usize);

/// Index into [`Profile::workloads`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkloadId(pub usize);

/// Index into [`Profile::targets`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TargetId(pub usize);

/// A part of the world with its own clock, load and holidays.
#[derive(Clone, Debug)]
pub struct Territory {
    /// `DE`
    pub code: TerritoryCode,
    /// `Germany`
    pub title: String,
    /// Its clock.
    pub zone: Zone,
    /// Its share of the load.
    pub share: Ratio,
    /// What its customers were promised, over all workloads.
    pub p95_target: Millis,
    /// Holiday sets that its people keep.
    pub holidays: Vec<Slug>,
    /// The weekdays on which its people work, Monday first; absent: the platform's.
    pub workweek: Option<[bool; 7]>,
    /// What on-call must know about it, in the business's words.
    pub note: Option<String>,
    /// Its table in the policy.
    pub span: Span,
}

/// A kind of service that is scaled.
#[derive(Clone, Debug)]
pub struct Workload {
    /// `queries`
    pub name: Slug,
    /// `Queries (read side)`
    pub title: String,
    /// What it does and how its load is measured.
    pub kind: WorkloadKind,
    /// How long the load must have stayed low before replicas leave, as the business asks for it.
    pub cooldown: Seconds,
    /// The HPA's scale-down stabilization window that carries the cooldown out: 5 to 10 minutes.
    pub scale_down_window: Seconds,
    /// What one replica asks of a node and may use at most; there wherever deployments are made.
    pub resources: Option<Resources>,
    /// Its table in the policy.
    pub span: Span,
}

/// What one replica asks of a node and may use at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resources {
    /// Processor time that the scheduler keeps for it.
    pub cpu: Millicores,
    /// Memory that the scheduler keeps for it.
    pub memory: Bytes,
    /// Processor time beyond which it is throttled; absent: none.
    pub cpu_limit: Option<Millicores>,
    /// Memory beyond which it is killed.
    pub memory_limit: Bytes,
}

/// What a workload does and how its load is measured.
#[derive(Clone, Debug)]
pub enum WorkloadKind {
    /// Answers HTTP requests, one Deployment per territory.
    Http(HttpWorkload),
    /// Works off the event journal for all territories.
    Queue(QueueWorkload),
    /// Whatever it does, its ScaledObject is somebody's own: only the floors are ours.
    Kept,
}

/// A workload that answers requests.
#[derive(Clone, Debug)]
pub struct HttpWorkload {
    /// HTTP methods that it serves.
    pub methods: Vec<String>,
    /// The gate on p95 over all territories.
    pub p95_gate: Millis,
    /// p95 beyond which it is an emergency.
    pub p95_emergency: Millis,
    /// The mean time in which one replica serves a request that does not wait, where the business has measured it.
    pub service_time: Option<Millis>,
}

/// A workload that drains a queue.
#[derive(Clone, Copy, Debug)]
pub struct QueueWorkload {
    /// Queued messages that one replica carries.
    pub messages_per_replica: Rate,
    /// Age of the oldest message that makes the scaler add replicas.
    pub dispatch_lag: Seconds,
    /// The mean time in which one replica works off a message, where the business has measured it.
    pub service_time: Option<Millis>,
    /// Messages per second at no season, from all territories, where the business knows them.
    pub base_load: Option<Rate>,
}

/// One workload in one territory (or in none): one Deployment, one ScaledObject, both named `name`; or somebody's own
/// ScaledObject of that name.
#[derive(Clone, Debug)]
pub struct Target {
    /// `freshplan-api-queries-de`
    pub name: KubeName,
    /// Absent for the platform's own workloads.
    pub territory: Option<TerritoryId>,
    /// Which workload.
    pub workload: WorkloadId,
    /// The clock of its windows.
    pub zone: Zone,
    /// Replicas that run while nothing asks for more: at least 1, but for somebody's own object, which may rest at none.
    pub min: Located<Replicas>,
    /// Replicas that never are exceeded.
    pub max: Located<Replicas>,
    /// What one replica carries: requests per second, or queued messages.
    pub per_replica: Rate,
    /// The p95 (or the dispatch lag) that makes the scaler add replicas, where there is one.
    pub guard: Option<Guard>,
    /// Most replicas that may be added per minute; absent: what the highest floor needs.
    pub scale_up: Option<Located<Replicas>>,
    /// Load at no season in the unit of `per_replica`, where the business knows it.
    pub base_load: Option<Located<Rate>>,
    /// Somebody's own ScaledObject, where that is what scales it.
    pub kept: Option<Arc<KeptTarget>>,
    /// Its table in the policy.
    pub span: Span,
}

impl Target {
    /// Where its objects live.
    pub fn namespace<'a>(&'a self, platform: &'a Platform) -> &'a KubeName {
        let own = self.kept.as_ref().and_then(|kept| kept.object.namespace.as_ref());
        own.unwrap_or(&platform.namespace)
    }

    /// What is scaled.
    pub fn scaled(&self) -> Scaled {
        match &self.kept {
            Some(kept) => kept.object.scaled.clone(),
            None => Scaled {
                api_version: "apps/v1".to_owned(),
                kind: "Deployment".to_owned(),
                name: self.name.to_string(),
            },
        }
    }

    /// The lowest floor that can hold: below it more run as soon as any trigger is active.
    pub fn least(&self) -> Located<Replicas> {
        self.kept.as_ref().map_or(self.min, |kept| kept.object.least)
    }
}

/// Somebody's own ScaledObject as the policy takes it.
#[derive(Clone, Debug)]
pub struct KeptTarget {
    /// The object.
    pub object: Kept,
    /// Whether its own cron triggers stay beside ours: `keep-cron`.
    pub keeps_crons: bool,
}

/// A measured delay that adds replicas when it is exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// p95 of the answers.
    Latency(Millis),
    /// Age of the oldest queued message.
    Lag(Seconds),
}

/// Limits beyond which somebody is told.
#[derive(Clone, Copy, Debug)]
pub struct Gates {
    /// Share of requests that must be answered inside the target: the error budget is the rest.
    pub latency_objective: Ratio,
    /// Requests per second under which a p95 says nothing.
    pub minimal_rate: Rate,
    /// Outbox lag that is an emergency.
    pub outbox_lag: Seconds,
    /// Undelivered events that are worth a look.
    pub outbox_depth: u32,
    /// Credit checks in flight per provider.
    pub credit_checks_in_flight: u32,
    /// For how long a pre-scaled floor may stay idle.
    pub idle_for: Seconds,
    /// Load per replica, as a share of what a replica carries, under which a floor is idle.
    pub idle_share: Ratio,
    /// What a replica needs from start to ready: the grace of the floor alert.
    pub start_up: Seconds,
}

impl Gates {
    /// Share of requests that may be slower than the target or fail, without float noise.
    pub fn error_budget(&self) -> Ratio {
        Ratio(Ratio(1.0 - self.latency_objective.0).percent() / 100.0)
    }

    /// Whether the budget can burn this many times as fast as it may: then not even every request is slow.
    pub fn can_burn(&self, times: f64) -> bool {
        times * self.error_budget().0 < 1.0
    }
}

/// How the load goes: `[load]`. 1 is what the business calls its load at that time of the year.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadShape {
    /// The part at each quarter of an hour, from midnight on.
    pub day: [f64; 96],
    /// The part on each day of the week, from Monday on.
    pub week: [f64; 7],
}

/// The event journal in PostgreSQL.
#[derive(Clone, Debug)]
pub struct Journal {
    /// Flyway version: `226`.
    pub version: Located<u32>,
    /// Flyway description, the part after the two underscores.
    pub description: SqlName,
    /// Versions that have been applied anywhere: their files are kept as they are. None is above `version`.
    pub released: Vec<u32>,
    /// PostgreSQL schema.
    pub schema: SqlName,
    /// Prefix of the database roles and of the exported metrics.
    pub prefix: SqlName,
    /// Session setting that names the territory, `app.territory`.
    pub territory_setting: String,
    /// NOTIFY queue usage from which wake-ups are left out.
    pub spill_ratio: Ratio,
    /// NOTIFY queue usage up to which critical events are still notified.
    pub critical_ratio: Ratio,
    /// Delivered events are kept this long.
    pub retention: Seconds,
    /// Failures after which an event is parked.
    pub max_attempts: u32,
}

impl Journal {
    /// `V226__scaling_event_journal.sql`: two underscores, or Flyway does not see it.
    pub fn migration_file(&self) -> String {
        format!("V{}__{}.sql", self.version.value, self.description)
    }

    /// Whether its version has been applied anywhere.
    pub fn is_released(&self) -> bool {
        self.released.contains(&self.version.value)
    }

    /// The released version that the next one changes; none where nothing is released, or nothing is to be made.
    pub fn changes(&self) -> Option<u32> {
        self.released.iter().copied().filter(|_| !self.is_released()).max()
    }

    /// `U226__scaling_event_journal.sql`
    pub fn undo_file(&self) -> String {
        format!("U{}__{}.sql", self.version.value, self.description)
    }
}

/// What a replica costs.
#[derive(Clone, Debug)]
pub struct Cost {
    /// One replica for one hour.
    pub pod_hour: f64,
    /// `EUR`
    pub currency: String,
}

/// What the floors may take: `[budget]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    /// Where; absent: in all together.
    pub territory: Option<TerritoryId>,
    /// For how long.
    pub period: Period,
    /// How much.
    pub limit: Limit,
    /// The policy's bytes that say so.
    pub span: Span,
}

/// For how long a budget is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// Each month of the plan by itself.
    Month,
    /// From the plan's first day to its last.
    Horizon,
}

/// How much a budget allows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// Replicas times hours.
    PodHours(f64),
    /// Money, in the currency of [`Cost`].
    Cost(f64),
}

//! The profile: where the business runs, how much it carries and how it is guarded. Plain facts, valid by construction,
//! without a calendar and without TOML: `policy` reads them, every later stage uses them.

mod journal;
mod metrics;
mod platform;
mod workload;

use std::sync::Arc;

use crate::artifact::ArtifactKind;
use crate::kept::{Kept, Scaled};
use crate::name::{KubeName, MetricName, SetName, Slug, TerritoryCode};
use crate::quantity::{Millis, Rate, Ratio, Replicas, Seconds};
use crate::source::{Located, Span};
use crate::time::Zone;

pub use journal::{Journal, Purge};
pub use metrics::{Metrics, Preset};
pub use platform::{Container, KedaForm, Nodes, Platform, RulesForm};
pub use workload::{HttpWorkload, OwnQueries, QueueWorkload, Resources, Workload, WorkloadKind};

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
    /// The event journal in PostgreSQL, where something is made of it or scaled by it.
    pub journal: Option<Journal>,
    /// What a replica costs, where the business says it.
    pub cost: Option<Cost>,
    /// Metrics of the business's own that are watched; in policy order.
    pub limits: Vec<MetricLimit>,
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
            WorkloadKind::Queue(_) | WorkloadKind::Scheduled | WorkloadKind::Kept => None,
        })
    }

    /// The workloads whose requests are counted by the platform's metrics.
    pub fn counted_workloads(&self) -> impl Iterator<Item = (&Workload, &HttpWorkload)> {
        self.http_workloads().filter(|(_, http)| http.own.is_none())
    }

    /// The targets whose requests are counted by the platform's metrics.
    pub fn counted_targets(&self) -> impl Iterator<Item = &Target> {
        self.targets.iter().filter(|target| self.workload(target).kind.is_counted())
    }

    /// Whether a limit is held against the platform's histogram.
    pub fn reads_histograms(&self) -> bool {
        let of_workload =
            |(_, http): (&Workload, &HttpWorkload)| http.p95_gate.is_some() || http.p95_emergency.is_some();
        self.counted_workloads().any(of_workload)
            || self.promises_latency()
            || self.counted_targets().any(|target| matches!(target.guard, Some(Guard::Latency(_))))
    }

    /// Whether anything is said about how long an answer may take.
    pub fn limits_latency(&self) -> bool {
        let of_workload =
            |(_, http): (&Workload, &HttpWorkload)| http.p95_gate.is_some() || http.p95_emergency.is_some();
        self.http_workloads().any(of_workload)
            || self.promises_latency()
            || self.targets.iter().any(|target| matches!(target.guard, Some(Guard::Latency(_))))
    }

    /// Whether customers of a territory whose requests are counted were promised a latency: then there is an error budget.
    pub fn promises_latency(&self) -> bool {
        self.counted_targets()
            .any(|target| self.territory(target).is_some_and(|territory| territory.p95_target.is_some()))
    }

    /// Whether a queue's length is read off the journal's views.
    pub fn scales_by_journal(&self) -> bool {
        let reads =
            |kind: &WorkloadKind| matches!(kind, WorkloadKind::Queue(queue) if queue.pending.is_none());
        self.workloads.iter().any(|workload| reads(&workload.kind))
    }

    /// Whether a workload has a Deployment that serves everybody, and so runs on the platform's clock.
    pub fn is_everywhere(&self, workload: WorkloadId) -> bool {
        self.targets.iter().any(|target| target.workload == workload && target.territory.is_none())
    }

    /// A name of a target that no other has: that of its object, after its namespace where objects of others share the name.
    pub fn full_name(&self, target: &Target) -> String {
        let is_shared = || self.targets.iter().filter(|other| other.name == target.name).count() > 1;
        if target.kept.is_some() && is_shared() {
            return format!("{}/{}", target.namespace(&self.platform), target.name);
        }
        target.name.to_string()
    }

    /// The territory of a target, if it has one.
    pub fn territory(&self, target: &Target) -> Option<&Territory> {
        target.territory.map(|at| &self.territories[at.0])
    }

    /// The weekdays on which people work in a territory, or of the platform, Monday first.
    pub fn workweek(&self, territory: Option<TerritoryId>) -> [bool; 7] {
        territory.and_then(|id| self.territories[id.0].workweek).unwrap_or(self.platform.workweek)
    }

    /// The workload of a target.
    pub fn workload(&self, target: &Target) -> &Workload {
        &self.workloads[target.workload.0]
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
    /// Whether the policy says that clock here; else it is the platform's.
    pub says_zone: bool,
    /// Its share of the load.
    pub share: Ratio,
    /// Whether the policy says that share; else all territories carry the same.
    pub says_share: bool,
    /// What its customers were promised, over all workloads.
    pub p95_target: Option<Millis>,
    /// Holiday sets that its people keep.
    pub holidays: Vec<SetName>,
    /// The weekdays on which its people work, Monday first; absent: the platform's.
    pub workweek: Option<[bool; 7]>,
    /// What on-call must know about it, in the business's words.
    pub note: Option<String>,
    /// Its table in the policy.
    pub span: Span,
}

/// One workload in one territory (or in none): one Deployment, one ScaledObject, both named `name`; or somebody's own
/// ScaledObject of that name.
#[derive(Clone, Debug)]
pub struct Target {
    /// `freshplan-api-queries-de`
    pub name: KubeName,
    /// Absent where one Deployment serves everybody.
    pub territory: Option<TerritoryId>,
    /// Which workload.
    pub workload: WorkloadId,
    /// The clock of its windows.
    pub zone: Zone,
    /// Whether that clock is its own: then seasons come on it, and not on those of their territories.
    pub has_own_zone: bool,
    /// Replicas that run while nothing asks for more: at least 1, but for somebody's own object, which may rest at none.
    pub min: Located<Replicas>,
    /// Replicas that never are exceeded.
    pub max: Located<Replicas>,
    /// What one replica carries, where load is measured: requests per second, or queued messages.
    pub per_replica: Option<Rate>,
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

    /// What its HPA is called.
    pub fn hpa(&self) -> String {
        match &self.kept {
            Some(kept) => kept.object.hpa.clone(),
            None => format!("keda-hpa-{}", self.name),
        }
    }

    /// The minimum of which floors are parts or multiples: somebody's own object may rest below its own, at an idle count.
    pub fn minimum(&self) -> Located<Replicas> {
        self.kept.as_ref().map_or(self.min, |kept| kept.object.min)
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

/// A metric of the business's own, and the most that it may be: `[limits.*]`.
#[derive(Clone, Debug)]
pub struct MetricLimit {
    /// `credit-checks-in-flight`
    pub name: Slug,
    /// `Credit checks in flight`
    pub title: String,
    /// Its name in Prometheus.
    pub metric: MetricName,
    /// The most of it, summed over what has the same `per`, that does not matter.
    pub most: f64,
    /// The label for whose values the limit holds one by one; absent: for all together.
    pub per: Option<MetricName>,
    /// How bad it is to be above it.
    pub severity: LimitSeverity,
    /// Its table in the policy.
    pub span: Span,
}

impl MetricLimit {
    /// The alert that tells of it: `CreditChecksInFlightHigh`.
    pub fn alert(&self) -> String {
        let upper = |word: &str| word[..1].to_ascii_uppercase() + &word[1..];
        let words = self.name.as_str().split('-').filter(|word| !word.is_empty());
        words.map(upper).collect::<String>() + "High"
    }
}

/// How bad it is to be above a limit of the business's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitSeverity {
    /// Somebody is woken.
    Critical,
    /// Somebody looks in working hours.
    Warning,
    /// Somebody looks once a week.
    Info,
}

impl LimitSeverity {
    /// The label's value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Warning => "warning",
            Self::Info => "info",
        }
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

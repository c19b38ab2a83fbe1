//! `[workloads.*]`: what is scaled, and how its load is measured.

use super::Territory;
use crate::name::Slug;
use crate::quantity::{Bytes, Millicores, Millis, Rate, Seconds};
use crate::source::Span;

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
    /// Answers HTTP requests.
    Http(HttpWorkload),
    /// Works off a queue, for all territories.
    Queue(QueueWorkload),
    /// Whatever it does, its ScaledObject is somebody's own: only the floors are ours.
    Kept,
    /// Is scaled by the calendar alone: nothing measures its load.
    Scheduled,
}

impl WorkloadKind {
    /// Whether the platform's metrics count its requests.
    pub fn is_counted(&self) -> bool {
        matches!(self, Self::Http(HttpWorkload { own: None, .. }))
    }
}

/// A workload that answers requests.
#[derive(Clone, Debug)]
pub struct HttpWorkload {
    /// HTTP methods that it serves; none: whatever comes.
    pub methods: Vec<String>,
    /// The gate on p95 over all territories.
    pub p95_gate: Option<Millis>,
    /// p95 beyond which it is an emergency.
    pub p95_emergency: Option<Millis>,
    /// The mean time in which one replica serves a request that does not wait, where the business has measured it.
    pub service_time: Option<Millis>,
    /// Queries of the business's own, in place of the platform's series.
    pub own: Option<OwnQueries>,
}

/// What a workload's load and p95 are asked by in place of the platform's series, in PromQL: each gives one number.
/// `{territory}` stands for the territory's name.
#[derive(Clone, Debug)]
pub struct OwnQueries {
    /// Requests per second.
    pub rps: String,
    /// The p95 in seconds; there wherever a limit is held against it.
    pub p95: Option<String>,
}

impl OwnQueries {
    /// What stands for the territory's name.
    pub const TERRITORY: &str = "{territory}";

    /// The queries of one place.
    pub fn of(&self, territory: Option<&Territory>) -> Self {
        let code = territory.map_or("", |territory| territory.code.as_str());
        let placed = |query: &String| query.replace(Self::TERRITORY, code);
        Self { rps: placed(&self.rps), p95: self.p95.as_ref().map(placed) }
    }
}

/// A workload that drains a queue.
#[derive(Clone, Debug)]
pub struct QueueWorkload {
    /// Queued messages that one replica carries.
    pub messages_per_replica: Rate,
    /// The mean time in which one replica works off a message, where the business has measured it.
    pub service_time: Option<Millis>,
    /// Messages per second at no season, from all territories, where the business knows them.
    pub base_load: Option<Rate>,
    /// Age of the oldest message that makes the scaler add replicas, where that is wanted.
    pub dispatch_lag: Option<Seconds>,
    /// How many messages wait, in PromQL; absent: what the journal's views say.
    pub pending: Option<String>,
    /// How old the oldest of them is in seconds, in PromQL; absent: what the journal's views say.
    pub lag: Option<String>,
}

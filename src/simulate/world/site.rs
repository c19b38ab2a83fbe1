//! One target's surroundings: its demand, the requests that wait, and its triggers, which read both.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::crowd::{Crowd, Stretch};
use super::demand::{Cursor, Demand, Demands};
use super::latency::Quantile;
use super::signal::{Facts, Signal};
use super::tally::{Piece, Tallies};
use crate::keda::formula::{self, Formula};
use crate::quantity::{Rate, Replicas};
use crate::simulate::hpa::controller::{Pods, Scale};
use crate::simulate::hpa::metric::Unavailable;
use crate::simulate::hpa::quiet::NEVER;
use crate::simulate::keda::scaler::Value;
use crate::simulate::moment::Moment;
use crate::simulate::run::{Surroundings, Tick};
use crate::step::StepFn;
use crate::time::{Instant, Window};

/// Where a trigger's value comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A cron trigger.
    Cron {
        /// When it is active.
        active: Arc<StepFn<Instant, bool>>,
        /// Its value while it is.
        on: f64,
        /// And while it is not.
        off: f64,
    },
    /// Floors that are tried in place of cron triggers.
    Floors(Arc<StepFn<Instant, Replicas>>),
    /// A Prometheus query.
    Query {
        /// What it reads.
        signal: Signal,
        /// `ignoreNullValues`: whether no element counts as 0.
        none_is_zero: bool,
    },
}

/// A formula over triggers, each with the name that it has there; empty: none.
#[derive(Clone, Debug)]
pub struct Named {
    /// What makes one value of all.
    pub formula: Formula,
    /// In the order of the triggers.
    pub names: Vec<String>,
}

impl Named {
    /// The composite of the triggers' values. One that fails takes it along.
    pub fn of(&self, values: &[Value]) -> Value {
        let named = self.names.iter().zip(values).filter(|(name, _)| !name.is_empty());
        let mut known = BTreeMap::new();
        for (name, value) in named {
            known.insert(name.clone(), formula::Value::At((*value)?));
        }
        let composite = self.formula.composite(&known).filter(|one| !one.fails && !one.nil);
        // Known values come to one value, or the model does not know it.
        let exact =
            composite.filter(|one| one.least.is_finite() && (one.most - one.least).abs() < f64::EPSILON);
        exact.map(|one| one.least).ok_or(Unavailable)
    }
}

/// A trigger whose source fails for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    /// Which trigger, by its place.
    pub trigger: usize,
    /// When.
    pub window: Window<Instant>,
}

/// What surrounds one target, and what has come of it.
#[derive(Clone, Debug)]
pub struct Site<'d> {
    sources: &'d [Source],
    formula: Option<&'d Named>,
    outages: &'d [Outage],
    demands: &'d Demands,
    floor: &'d StepFn<Instant, Replicas>,
    crowd: Crowd,
    demand: Cursor,
    floors: Cursor,
    crons: Vec<Cursor>,
    replicas: Option<i32>,
    tallies: Tallies,
}

impl<'d> Site<'d> {
    /// Before anything has happened.
    pub fn new(
        (sources, formula): (&'d [Source], Option<&'d Named>),
        outages: &'d [Outage],
        (demands, crowd): (&'d Demands, Crowd),
        floor: &'d StepFn<Instant, Replicas>,
    ) -> Self {
        Self {
            sources,
            formula,
            outages,
            demands,
            floor,
            crowd,
            demand: Cursor::default(),
            floors: Cursor::default(),
            crons: vec![Cursor::default(); sources.len()],
            replicas: None,
            tallies: Tallies::default(),
        }
    }

    /// What has come of it.
    pub fn tallies(&self) -> &Tallies {
        &self.tallies
    }

    /// p95 at a moment, in seconds, and the requests per second.
    pub fn feels(&mut self, at: Instant, pods: Pods) -> (Option<f64>, Rate) {
        let rate = self.demand.at(self.demands, at).0.rate;
        (self.crowd.quantile(super::latency::P95, rate, count(pods.ready)), rate)
    }

    fn fails(&self, trigger: usize, at: Instant) -> bool {
        self.outages.iter().any(|outage| outage.trigger == trigger && outage.window.contains(at))
    }
}

/// The model's numbers at one moment, for the queries.
struct Now<'s> {
    crowd: &'s mut Crowd,
    arrivals: Rate,
    pods: u32,
}

impl Facts for Now<'_> {
    fn rate(&mut self) -> Option<f64> {
        self.crowd.served(self.arrivals, self.pods)
    }

    fn time(&mut self, share: Quantile) -> Option<f64> {
        self.crowd.quantile(share, self.arrivals, self.pods)
    }

    fn is_alive(&mut self) -> bool {
        self.pods > 0
    }
}

fn count(pods: i32) -> u32 {
    u32::try_from(pods).unwrap_or(0)
}

impl Surroundings for Site<'_> {
    fn values(&mut self, now: Moment, pods: Pods, values: &mut Vec<Value>) {
        let at = now.second();
        values.clear();
        let arrivals = self.demand.at(self.demands, at).0.rate;
        for (trigger, source) in self.sources.iter().enumerate() {
            let fails = self.fails(trigger, at);
            let value = match source {
                Source::Cron { active, on, off } => {
                    Ok(if *self.crons[trigger].at(active, at).0 { *on } else { *off })
                }
                Source::Floors(floors) => Ok(f64::from(self.crons[trigger].at(floors, at).0.0)),
                Source::Query { signal, none_is_zero } => {
                    let mut facts = Now { crowd: &mut self.crowd, arrivals, pods: count(pods.ready) };
                    // What is not a number counts as none, as the scaler has it.
                    let number = signal.value(&mut facts).filter(|number| number.is_finite());
                    number.or(none_is_zero.then_some(0.0)).ok_or(Unavailable)
                }
            };
            values.push(if fails { Err(Unavailable) } else { value });
        }
        if let Some(formula) = self.formula {
            let composite = formula.of(values);
            // Floors that are tried stand beside the formula.
            values.drain(..formula.names.len());
            values.insert(0, composite);
        }
    }

    fn steady_until(&mut self, now: Moment, pods: Pods) -> Moment {
        let at = now.second();
        let (demand, ends) = self.demand.at(self.demands, at);
        if !self.crowd.is_balanced(demand.rate, count(pods.ready)) {
            return now;
        }
        let mut first = ends;
        for (cursor, source) in self.crons.iter_mut().zip(self.sources) {
            let ends = match source {
                Source::Cron { active, .. } => cursor.at(active, at).1,
                Source::Floors(floors) => cursor.at(floors, at).1,
                Source::Query { .. } => None,
            };
            first = first.into_iter().chain(ends).min();
        }
        let edges = self.outages.iter().flat_map(|outage| [outage.window.from, outage.window.until]);
        let first = first.into_iter().chain(edges.filter(|edge| *edge > at)).min();
        first.map_or(NEVER, Moment::at)
    }

    fn elapse(&mut self, stretch: Window<Moment>, scale: Scale, pods: Pods) {
        let mut now = stretch.from;
        while now < stretch.until {
            let at = now.second();
            let (Demand { rate, slice }, ends) = self.demand.at(self.demands, at);
            let (floor, floor_ends) = self.floors.at(self.floor, at);
            let next = ends.into_iter().chain(floor_ends).min().map_or(stretch.until, Moment::at);
            let next = next.min(stretch.until);
            let (seconds, ready) = ((next - now).in_seconds(), count(pods.ready));
            let felt = self.crowd.pass(Stretch { arrivals: *rate, pods: ready, seconds });
            let piece = Piece { replicas: count(scale.spec), ready, floor: floor.0, felt };
            self.tallies.slice(*slice).add(at, seconds, piece);
            now = next;
        }
    }

    fn ticked(&mut self, tick: &Tick) {
        let slice = self.demand.at(self.demands, tick.now.second()).0.slice;
        let before = self.replicas.replace(tick.pass.replicas);
        if before.is_some_and(|before| before != tick.pass.replicas) {
            self.tallies.slice(slice).scale_events += 1;
        }
    }
}

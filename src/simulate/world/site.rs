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
use crate::simulate::hpa::metric::Unavailable;
use crate::simulate::hpa::quiet::NEVER;
use crate::simulate::hpa::scale::{Pods, Scale};
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
    /// When and with which pods the triggers were read last, and until when they would read the same.
    same: Option<(Window<Moment>, Pods)>,
    /// Whether every query reads more where more is asked for.
    grows: bool,
    band: Option<Band>,
    /// The scale of the stretch before.
    spec: i32,
    tried: Vec<Value>,
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
            same: None,
            grows: sources.iter().all(|source| match source {
                Source::Query { signal, .. } => signal.grows(),
                Source::Cron { .. } | Source::Floors(_) => true,
            }),
            band: None,
            spec: 0,
            tried: Vec::new(),
        }
    }

    /// What has come of it.
    pub fn tallies(&self) -> &Tallies {
        &self.tallies
    }

    /// p95 at a moment, in seconds, and the requests per second.
    pub fn feels(&mut self, at: Instant, pods: Pods) -> (Option<f64>, Rate) {
        let rate = self.asked(at).0.rate;
        (self.crowd.quantile(super::latency::P95, rate, count(pods.ready)), rate)
    }

    /// What is asked for at a moment, and when that ends.
    fn asked(&mut self, at: Instant) -> (Demand, Option<Instant>) {
        let (part, ends) = self.demand.at(self.demands.parts(), at);
        (self.demands.demand(part), ends)
    }

    fn fails(&self, trigger: usize, at: Instant) -> bool {
        self.outages.iter().any(|outage| outage.trigger == trigger && outage.window.contains(at))
    }
}

/// What stays the same while what is asked for may change.
#[derive(Clone, Copy, Debug)]
struct Held {
    replicas: i32,
    ready: i32,
    floor: Replicas,
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

    fn is_slower(&mut self, share: Quantile, seconds: f64) -> Option<bool> {
        self.crowd.is_slower((share, seconds), self.arrivals, self.pods)
    }

    fn queue(&mut self) -> (f64, f64) {
        (self.crowd.present(self.arrivals, self.pods), self.crowd.stay(self.arrivals, self.pods))
    }

    fn is_alive(&mut self) -> bool {
        self.pods > 0
    }
}

/// The value of a query; what is not a number counts as none, as the scaler has it.
fn asked_by(signal: &Signal, none_is_zero: bool, mut now: Now<'_>) -> Value {
    let number = signal.value(&mut now).filter(|number| number.is_finite());
    number.or(none_is_zero.then_some(0.0)).ok_or(Unavailable)
}

fn count(pods: i32) -> u32 {
    u32::try_from(pods).unwrap_or(0)
}

impl Site<'_> {
    /// The value of each trigger if so much were asked for.
    fn read(&mut self, at: Instant, pods: Pods, arrivals: Rate, values: &mut Vec<Value>) {
        values.clear();
        for (trigger, source) in self.sources.iter().enumerate() {
            let fails = self.fails(trigger, at);
            let value = match source {
                _ if fails => Err(Unavailable),
                Source::Cron { active, on, off } => {
                    Ok(if *self.crons[trigger].at(active, at).0 { *on } else { *off })
                }
                Source::Floors(floors) => Ok(f64::from(self.crons[trigger].at(floors, at).0.0)),
                Source::Query { signal, none_is_zero } => asked_by(
                    signal,
                    *none_is_zero,
                    Now { crowd: &mut self.crowd, arrivals, pods: count(pods.ready) },
                ),
            };
            values.push(value);
        }
        if let Some(formula) = self.formula {
            let composite = formula.of(values);
            // Floors that are tried stand beside the formula.
            values.drain(..formula.names.len());
            values.insert(0, composite);
        }
    }

    /// Time goes by, from one step of the demand to the next.
    fn pass(&mut self, stretch: Window<Moment>, held: Held) {
        let (replicas, pods) = (count(held.replicas), count(held.ready));
        let (mut now, mut at) = (stretch.from, stretch.from.second());
        while now < stretch.until {
            let (Demand { rate, slice }, ends) = self.asked(at);
            let step = ends.map_or(stretch.until, Moment::at);
            let next = step.min(stretch.until);
            let seconds = (next - now).in_seconds();
            let tally = self.tallies.slice(slice);
            let felt = self.crowd.pass(Stretch { arrivals: rate, pods, seconds }, tally.felt.worst);
            let piece = Piece { replicas, ready: pods, floor: held.floor.0, arrivals: rate, felt };
            tally.add(at, seconds, piece);
            (now, at) = (next, ends.unwrap_or(at));
        }
    }

    /// The values that were read at `at`, if so much were asked for: schedules do not look at that.
    fn read_queries(&mut self, at: Instant, pods: Pods, arrivals: Rate, values: &mut [Value]) {
        for (trigger, source) in self.sources.iter().enumerate() {
            if let Source::Query { signal, none_is_zero } = source
                && !self.fails(trigger, at)
            {
                let now = Now { crowd: &mut self.crowd, arrivals, pods: count(pods.ready) };
                values[trigger] = asked_by(signal, *none_is_zero, now);
            }
        }
    }

    /// When a cron trigger or an outage changes next.
    fn schedules_until(&mut self, at: Instant) -> Option<Instant> {
        let mut first = None;
        for (cursor, source) in self.crons.iter_mut().zip(self.sources) {
            let ends = match source {
                Source::Cron { active, .. } => cursor.at(active, at).1,
                Source::Floors(floors) => cursor.at(floors, at).1,
                Source::Query { .. } => None,
            };
            first = first.into_iter().chain(ends).min();
        }
        let edges = self.outages.iter().flat_map(|outage| [outage.window.from, outage.window.until]);
        first.into_iter().chain(edges.filter(|edge| *edge > at)).min()
    }

    /// Until when every value is exactly the same.
    fn same_until(&mut self, now: Moment, pods: Pods) -> Moment {
        if let Some((same, _)) = self.same.filter(|(same, of)| same.contains(now) && *of == pods) {
            return same.until;
        }
        let at = now.second();
        let (demand, ends) = self.asked(at);
        if !self.crowd.is_balanced(demand.rate, count(pods.ready)) {
            return now;
        }
        let first = self.schedules_until(at).into_iter().chain(ends).min();
        first.map_or(NEVER, Moment::at)
    }

    /// Until when the values are alike over several steps of the demand: those of the lowest and of the highest of their rates
    /// are, and every trigger reads more where more is asked for.
    fn alike_until(&mut self, now: Moment, pods: Pods, alike: &dyn Fn(&[Value]) -> bool) -> Option<Moment> {
        if !self.grows || self.formula.is_some() {
            return None;
        }
        let at = now.second();
        let rate = self.asked(at).0.rate;
        let limit = self.schedules_until(at).unwrap_or(Instant(i64::MAX));
        let known = self.band.filter(|band| band.pods == pods && band.until > at && band.holds(rate));
        let mut band = known.unwrap_or(Band { pods, until: limit, low: rate, high: rate });
        let ahead = self.demand.ahead(self.demands.parts());
        let mut values = std::mem::take(&mut self.tried);
        values.clear();
        let other = ahead.iter().take_while(|(from, _)| *from < limit).find(|(_, part)| {
            let rate = self.demands.demand(part).rate;
            if band.holds(rate) {
                return false;
            }
            if !self.crowd.is_balanced(rate, count(pods.ready)) {
                return true;
            }
            if values.is_empty() {
                self.read(at, pods, rate, &mut values);
            } else {
                self.read_queries(at, pods, rate, &mut values);
            }
            if !alike(&values) {
                return true;
            }
            band.widen(rate);
            false
        });
        let ends = other.map_or(limit, |(from, _)| *from);
        self.tried = values;
        self.band = Some(band);
        Some(if ends == Instant(i64::MAX) { NEVER } else { Moment::at(ends) })
    }
}

/// Rates that are known to bring alike values, while the scale and the schedules stay the same.
#[derive(Clone, Copy, Debug)]
struct Band {
    pods: Pods,
    until: Instant,
    low: Rate,
    high: Rate,
}

impl Band {
    fn holds(&self, rate: Rate) -> bool {
        self.low <= rate && rate <= self.high
    }

    fn widen(&mut self, rate: Rate) {
        if rate < self.low {
            self.low = rate;
        } else {
            self.high = rate;
        }
    }
}

impl Surroundings for Site<'_> {
    fn values(&mut self, now: Moment, pods: Pods, values: &mut Vec<Value>) {
        if self.same.is_some_and(|(same, of)| same.contains(now) && of == pods) {
            return;
        }
        let until = self.same_until(now, pods);
        self.same = (now < until).then(|| (Window::new(now, until), pods));
        let at = now.second();
        let arrivals = self.asked(at).0.rate;
        self.read(at, pods, arrivals, values);
    }

    fn steady_until(&mut self, now: Moment, pods: Pods, alike: &dyn Fn(&[Value]) -> bool) -> Moment {
        let same = self.same_until(now, pods);
        if same <= now {
            return same;
        }
        self.alike_until(now, pods, alike).map_or(same, |until| until.max(same))
    }

    fn elapse(&mut self, stretch: Window<Moment>, scale: Scale, pods: Pods) {
        // Other pods may leave requests behind that wait.
        self.same = self.same.filter(|(_, of)| *of == pods);
        self.band = self.band.filter(|_| self.spec == scale.spec);
        self.spec = scale.spec;
        let mut now = stretch.from;
        while now < stretch.until {
            let (floor, ends) = self.floors.at(self.floor, now.second());
            let until = ends.map_or(stretch.until, |ends| Moment::at(ends).min(stretch.until));
            self.pass(
                Window::new(now, until),
                Held { replicas: scale.spec, ready: pods.ready, floor: *floor },
            );
            now = until;
        }
    }

    fn ticked(&mut self, tick: &Tick) {
        let slice = self.asked(tick.now.second()).0.slice;
        let before = self.replicas.replace(tick.pass.replicas);
        if before.is_some_and(|before| before != tick.pass.replicas) {
            self.tallies.slice(slice).scale_events += 1;
        }
    }
}

//! One target through time: the HPA's passes, KEDA's polls and the pods, tick by tick or from change to change.
//!
//! A tick is a pass of the HPA: every 15 s and a step. Polls come at their own interval from the beginning on. Between ticks
//! the pods follow the scale and become ready.

use super::deployment::{Delays, Deployment};
use super::hpa::clock::PERIOD;
use super::hpa::controller::{Controller, Pass, World};
use super::hpa::kubernetes::Kubernetes;
use super::hpa::latest::Latest;
use super::hpa::memory::Memory;
use super::hpa::metric::{Reading, propose};
use super::hpa::quiet::NEVER;
use super::hpa::recommendation::Recommendations;
use super::hpa::scale::{Pods, Scale};
use super::hpa::spec::Metric;
use super::keda::executor::Poll;
use super::keda::scaler::{Scaler, Status, Value};
use super::moment::{Moment, Span};
use crate::time::Window;
use crate::tolerance::Tolerance;

/// What is around a target: where its triggers' values come from, and who feels how many pods there are.
pub trait Surroundings {
    /// The value of each trigger, in order.
    fn values(&mut self, now: Moment, pods: Pods, values: &mut Vec<Value>);

    /// The first moment after `now` at which a value may be another, while the pods stay the same; values that are `alike` for
    /// the target count as the same.
    fn steady_until(&mut self, now: Moment, pods: Pods, alike: &dyn Fn(&[Value]) -> bool) -> Moment;

    /// Time goes by, with the same scale and pods.
    fn elapse(&mut self, stretch: Window<Moment>, scale: Scale, pods: Pods);

    /// A pass or a poll is made; not called for those that are left out because they change nothing.
    fn ticked(&mut self, _tick: &Tick) {}
}

/// What one tick came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tick {
    /// Which, from 0.
    pub number: i64,
    /// When.
    pub now: Moment,
    /// The scale before the pass.
    pub scale: Scale,
    /// The pods.
    pub pods: Pods,
    /// What the pass did.
    pub pass: Pass,
}

/// A target at work.
#[derive(Clone, Debug)]
pub struct Target<'s, M = Latest> {
    scaler: &'s Scaler,
    controller: Controller<M>,
    status: Status,
    deployment: Deployment,
    began: Moment,
    ends: Moment,
    polls_made: i64,
    values: Vec<Value>,
    readings: Vec<Reading>,
}

const TICK: Span = Span(PERIOD.0 + Span::STEP.0);

impl<'s, M: Memory> Target<'s, M> {
    /// With `replicas` ready pods at the beginning of `window`.
    pub fn new(
        scaler: &'s Scaler,
        kubernetes: Kubernetes,
        window: Window<Moment>,
        (replicas, delays): (i32, Delays),
    ) -> Self {
        Self {
            scaler,
            controller: Controller::new(kubernetes),
            status: Status::new(scaler, window.from),
            deployment: Deployment::new(replicas, window.from, delays),
            began: window.from,
            ends: window.until,
            polls_made: 0,
            values: Vec::new(),
            readings: Vec::new(),
        }
    }

    /// The controller, with its memory.
    pub fn controller(&self) -> &Controller<M> {
        &self.controller
    }

    /// What KEDA keeps.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// What the triggers' sources gave at the last pass.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// What the metrics read at the last pass.
    pub fn readings(&self) -> &[Reading] {
        &self.readings
    }

    /// The target itself.
    pub fn deployment(&self) -> &Deployment {
        &self.deployment
    }

    fn at(&self, tick: i64) -> Moment {
        Moment(self.began.0 + tick * TICK.0)
    }

    /// The first tick that is not before `at`.
    fn tick_from(&self, at: Moment) -> i64 {
        let since = at.min(self.ends).0 - self.began.0;
        since.div_euclid(TICK.0) + i64::from(since.rem_euclid(TICK.0) != 0)
    }

    fn poll_at(&self, number: i64) -> Moment {
        Moment(self.began.0 + number * self.scaler.polling.0)
    }

    /// Polls that are due before a pass at `now`. Whether any wrote the scale.
    fn poll(&mut self, now: Moment, around: &mut impl Surroundings) -> bool {
        let mut wrote = false;
        while self.poll_at(self.polls_made) <= now {
            let at = self.poll_at(self.polls_made);
            self.polls_made += 1;
            self.deployment.settle(at);
            around.values(at, self.deployment.pods(at), &mut self.values);
            let replicas = self.deployment.scale().spec;
            let poll = self.scaler.poll(&mut self.status, &self.values, at, replicas);
            if let Some(replicas) = self.scaler.executor.poll(poll, &mut self.status.activation) {
                self.deployment.write(at, replicas);
                wrote = true;
            }
        }
        wrote
    }

    /// Polls and the pass of one tick. Whether any wrote the scale.
    fn tick(&mut self, number: i64, around: &mut impl Surroundings) -> (Tick, bool) {
        let now = self.at(number);
        let polled = self.poll(now, around);
        self.deployment.settle(now);
        let (scale, pods) = (self.deployment.scale(), self.deployment.pods(now));
        around.values(now, pods, &mut self.values);
        self.scaler.read(&mut self.status, &self.values, (scale, pods), &mut self.readings);
        let world = World { now, scale, pods, readings: &self.readings, refuses_writes: false };
        let pass = self.controller.pass(&self.scaler.hpa, &world);
        let wrote = pass.replicas != scale.spec;
        if wrote {
            self.deployment.write(now, pass.replicas);
        }
        let tick = Tick { number, now, scale, pods, pass };
        around.ticked(&tick);
        (tick, polled || wrote)
    }

    /// Lets time go by up to `until`, in pieces in which the pods stay the same.
    fn elapse(&mut self, from: Moment, until: Moment, around: &mut impl Surroundings) {
        let mut now = from;
        while now < until {
            self.deployment.settle(now);
            let next = self.deployment.next_change(now).map_or(until, |at| at.min(until));
            let stretch = Window::new(now, next);
            around.elapse(stretch, self.deployment.scale(), self.deployment.pods(now));
            now = next;
        }
    }
}

impl Target<'_, Recommendations> {
    /// Every tick, with the controller's memory as the controller keeps it.
    pub fn run_every_tick(&mut self, around: &mut impl Surroundings, mut seen: impl FnMut(&Self, &Tick)) {
        let mut number = 0;
        while self.at(number) < self.ends {
            let (tick, _) = self.tick(number, around);
            seen(self, &tick);
            let next = self.at(number + 1).min(self.ends);
            self.elapse(tick.now, next, around);
            number += 1;
        }
    }
}

impl Target<'_, Latest> {
    /// The ticks at which anything can change; the others are left out.
    pub fn run(&mut self, around: &mut impl Surroundings, mut seen: impl FnMut(&Self, &Tick)) {
        let mut number = 0;
        while self.at(number) < self.ends {
            let (tick, wrote) = self.tick(number, around);
            seen(self, &tick);
            let next = if wrote { number + 1 } else { self.next_after(&tick, around) };
            // The last one is made, for whoever asks about it.
            let next = next.min((self.tick_from(self.ends) - 1).max(number + 1));
            if next > number + 1 {
                self.leave_out(&tick, next);
            }
            let until = self.at(next).min(self.ends);
            self.elapse(tick.now, until, around);
            number = next;
        }
    }

    /// The next tick at which anything can change, after one that changed nothing.
    fn next_after(&mut self, tick: &Tick, around: &mut impl Surroundings) -> i64 {
        let scaler = self.scaler;
        if !scaler.is_settled(&self.status) {
            return tick.number + 1;
        }
        let controller = self.controller.quiet_until(&scaler.hpa, &tick.pass, tick.now, tick.scale.spec);
        let polls = self.quiet_polls_until(tick);
        let pods = self.deployment.next_change(tick.now).unwrap_or(NEVER);
        let first = controller.min(polls).min(pods);
        if first <= tick.now {
            return tick.number + 1;
        }
        let tolerance = self.controller.tolerance(&scaler.hpa);
        let alike = |values: &[Value]| self.is_alike(tick, &tolerance, values);
        let first = first.min(around.steady_until(tick.now, tick.pods, &alike));
        self.tick_from(first).max(tick.number + 1)
    }

    /// Whether polls and passes do the same for other values as they did at a tick, on the same side of every tolerance.
    fn is_alike(&self, tick: &Tick, tolerance: &Tolerance, values: &[Value]) -> bool {
        let scaler = self.scaler;
        let wish = |metric: &Metric, reading: Reading| {
            let wish = propose(*metric, reading, tick.scale, tick.pods, tolerance).ok();
            wish.map(|wish| (wish.replicas, wish.tolerated, wish.ratio > 1.0))
        };
        let triggers = scaler.hpa.metrics.iter().zip(&scaler.activations).zip(&self.readings);
        triggers.zip(self.values.iter().zip(values)).all(|(((metric, over), read), both)| match both {
            (Ok(was), Ok(is)) => {
                let reading = || Ok(scaler.writing.milli(*is));
                was == is || (was > over) == (is > over) && wish(metric, *read) == wish(metric, reading())
            }
            (Ok(_), Err(_)) | (Err(_), Ok(_)) => false,
            (Err(_), Err(_)) => true,
        })
    }

    /// What a poll would see now.
    fn poll_now(&self, tick: &Tick) -> Poll {
        self.scaler.poll_again(&self.status, &self.values, tick.now, tick.scale.spec)
    }

    fn quiet_polls_until(&self, tick: &Tick) -> Moment {
        let executor = &self.scaler.executor;
        let poll = self.poll_now(tick);
        if executor.poll(poll, &mut { self.status.activation }).is_some() {
            return tick.now;
        }
        executor.quiet_until(poll, &self.status.activation).unwrap_or(NEVER)
    }

    fn leave_out(&mut self, tick: &Tick, next: i64) {
        self.controller.repeat(&tick.pass, self.at(next - 1));
        // Polls up to the last pass that is left out; those after it are made before the next.
        let due = (self.at(next - 1).0 - self.began.0).div_euclid(self.scaler.polling.0) + 1;
        if due > self.polls_made {
            let poll = self.poll_now(tick);
            self.polls_made = due;
            let last = self.poll_at(due - 1);
            self.scaler.executor.repeat(poll, &mut self.status.activation, last);
        }
    }
}

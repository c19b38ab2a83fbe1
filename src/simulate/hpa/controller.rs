//! One pass of the controller over one HPA (`reconcileAutoscaler`), and what it remembers from pass to pass.

use super::condition::{Ability, Activity, Conditions};
use super::event::Events;
use super::kubernetes::Kubernetes;
use super::limit::{Bounds, DOUBLED, Limit, Wanted, with_behavior, without_behavior};
use super::memory::{Memory, Recommendation, Windows};
use super::metric::{Proposal, Reading, Unavailable, propose};
use super::policy::Moved;
use super::recommendation::Recommendations;
use super::scale::{Pods, Scale};
use super::spec::{Autoscaler, Behavior, DOWNSCALE_STABILIZATION};
use crate::simulate::moment::Moment;
use crate::tolerance::{self, Tolerance};

/// What a pass sees of the world.
#[derive(Clone, Copy, Debug)]
pub struct World<'r> {
    /// When it looks.
    pub now: Moment,
    /// The target's scale.
    pub scale: Scale,
    /// The target's pods.
    pub pods: Pods,
    /// One for each metric of the HPA, in order.
    pub readings: &'r [Reading],
    /// Whether a write of the scale is refused.
    pub refuses_writes: bool,
}

/// What a pass did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pass {
    /// How it came to its count.
    pub course: Course,
    /// `spec.replicas` after it.
    pub replicas: i32,
}

/// How a pass came to its count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Course {
    /// At 0 replicas it does nothing.
    Disabled,
    /// Over the maximum it goes there without a look at the metrics.
    AboveMax,
    /// Under the minimum it goes there without a look at the metrics.
    BelowMin,
    /// Too many metrics failed: nothing moves, nothing is remembered.
    MetricsFailed,
    /// The metrics decided.
    Computed(Computed),
}

/// The steps of a pass in which the metrics decided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Computed {
    /// The metric that asked for most, by its place.
    pub metric: usize,
    /// What it asked for.
    pub wish: i32,
    /// What earlier recommendations left of it.
    pub stabilized: i32,
    /// What the limits left of that.
    pub limited: i32,
    /// Which limit it was.
    pub limit: Limit,
}

/// The controller's memory of one HPA. It is lost when the controller restarts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Controller<M = Recommendations> {
    kubernetes: Kubernetes,
    pub(super) memory: Option<M>,
    ups: Events,
    downs: Events,
    conditions: Conditions,
    scaled_to_zero: bool,
}

impl<M: Memory> Controller<M> {
    /// One that has never seen the HPA.
    pub fn new(kubernetes: Kubernetes) -> Self {
        Self {
            kubernetes,
            memory: None,
            ups: Events::default(),
            downs: Events::default(),
            conditions: Conditions::default(),
            scaled_to_zero: false,
        }
    }

    /// With a memory, and whether the HPA says that the controller itself scaled to zero.
    pub fn remembering(mut self, memory: Option<M>, scaled_to_zero: bool) -> Self {
        self.memory = memory;
        self.scaled_to_zero = scaled_to_zero;
        self
    }

    /// A new process, or another leader: what is in memory is gone, what is in the HPA's status is not.
    pub fn restart(&mut self) {
        self.memory = None;
        self.ups = Events::default();
        self.downs = Events::default();
    }

    /// The conditions after the last pass.
    pub fn conditions(&self) -> Conditions {
        self.conditions
    }

    /// What earlier passes wanted; absent before the first.
    pub fn memory(&self) -> Option<&M> {
        self.memory.as_ref()
    }

    /// Changes upwards, then downwards.
    pub fn events(&self) -> (&Events, &Events) {
        (&self.ups, &self.downs)
    }

    /// The tolerance that holds for an HPA.
    pub fn tolerance(&self, hpa: &Autoscaler) -> Tolerance {
        let own = hpa.behavior.as_ref().filter(|_| self.kubernetes.own_tolerance);
        Tolerance {
            form: self.kubernetes.tolerance,
            up: own.and_then(|behavior| behavior.up.tolerance).unwrap_or(tolerance::DEFAULT),
            down: own.and_then(|behavior| behavior.down.tolerance).unwrap_or(tolerance::DEFAULT),
        }
    }

    /// One pass.
    pub fn pass(&mut self, hpa: &Autoscaler, world: &World<'_>) -> Pass {
        let tolerance = self.tolerance(hpa);
        let proposals = hpa.metrics.iter().zip(world.readings);
        let proposals = proposals
            .map(|(metric, reading)| propose(*metric, *reading, world.scale, world.pods, &tolerance));
        self.pass_on(hpa, world, proposals)
    }

    /// One pass whose metrics ask for `proposals`; they are looked at only where the controller would.
    pub fn pass_on(
        &mut self,
        hpa: &Autoscaler,
        world: &World<'_>,
        proposals: impl Iterator<Item = Result<Proposal, Unavailable>>,
    ) -> Pass {
        let spec = world.scale.spec;
        let first = Recommendation { replicas: spec, at: world.now };
        self.memory.get_or_insert_with(|| M::beginning(first));
        self.conditions.ability = Ability::Able;
        let (course, desired) = self.course(hpa, world, proposals);
        if desired == spec {
            return Pass { course, replicas: spec };
        }
        if world.refuses_writes {
            self.conditions.ability = Ability::FailedUpdateScale;
            return Pass { course, replicas: spec };
        }
        self.conditions.ability = Ability::Able;
        if let Some(behavior) = &hpa.behavior {
            self.store(behavior, desired.wrapping_sub(spec), world.now);
        }
        if self.kubernetes.scale_to_zero {
            self.scaled_to_zero = spec > 0 && desired == 0 && hpa.min() == 0 && !hpa.metrics.is_empty();
        }
        Pass { course, replicas: desired }
    }

    fn course(
        &mut self,
        hpa: &Autoscaler,
        world: &World<'_>,
        proposals: impl Iterator<Item = Result<Proposal, Unavailable>>,
    ) -> (Course, i32) {
        let spec = world.scale.spec;
        if spec == 0 && !self.works_at_zero(hpa) {
            self.conditions.activity = Activity::ScalingDisabled;
            return (Course::Disabled, 0);
        }
        if spec > hpa.max {
            return (Course::AboveMax, hpa.max);
        }
        // At zero the minimum is looked at after the metrics.
        if spec < hpa.min() && spec != 0 {
            return (Course::BelowMin, hpa.min());
        }
        let Some((metric, wish)) = highest(proposals, spec) else {
            self.conditions.activity = Activity::FailedGetExternalMetric;
            return (Course::MetricsFailed, spec);
        };
        self.conditions.activity = Activity::Active;
        let wish = wish.max(0);
        let (stabilized, (limited, limit)) = match &hpa.behavior {
            None => self.without_behavior(hpa, world, wish),
            Some(behavior) => self.with_behavior(hpa, behavior, world, wish),
        };
        self.conditions.limit = if limited == stabilized { Limit::DesiredWithinRange } else { limit };
        let raised = spec == 0 && hpa.min() != 0 && limited < hpa.min();
        let desired = if raised { hpa.min() } else { limited };
        (Course::Computed(Computed { metric, wish, stabilized, limited: desired, limit }), desired)
    }

    fn works_at_zero(&self, hpa: &Autoscaler) -> bool {
        if !self.kubernetes.remembers_zero {
            return hpa.min() == 0;
        }
        // All metrics of this model are external.
        self.kubernetes.scale_to_zero && self.scaled_to_zero && (hpa.min() != 0 || !hpa.metrics.is_empty())
    }

    fn without_behavior(&mut self, hpa: &Autoscaler, world: &World<'_>, wish: i32) -> (i32, (i32, Limit)) {
        let memory = self.memory.as_mut().expect("internal error: every pass begins with a memory");
        let stabilized = memory.stabilize_down(world.now, wish, DOWNSCALE_STABILIZATION);
        if stabilized != wish {
            self.conditions.ability = Ability::ScaleDownStabilized;
        }
        let bounds = Bounds { min: hpa.min(), max: hpa.max };
        (stabilized, without_behavior(bounds, world.scale.spec, Wanted(stabilized), DOUBLED))
    }

    fn with_behavior(
        &mut self,
        hpa: &Autoscaler,
        behavior: &Behavior,
        world: &World<'_>,
        wish: i32,
    ) -> (i32, (i32, Limit)) {
        let spec = world.scale.spec;
        let windows = Windows { up: behavior.up.window, down: behavior.down.window };
        let memory = self.memory.as_mut().expect("internal error: every pass begins with a memory");
        let held = memory.stabilize(world.now, wish, windows);
        // Never `clamp`: the two may cross.
        let stabilized = spec.max(held.at_least).min(held.at_most);
        if stabilized != wish {
            self.conditions.ability =
                if wish >= spec { Ability::ScaleUpStabilized } else { Ability::ScaleDownStabilized };
        }
        let moved = Moved { up: &self.ups, down: &self.downs, now: world.now };
        let bounds = Bounds { min: hpa.min(), max: hpa.max };
        (stabilized, with_behavior(behavior, &moved, bounds, spec, Wanted(stabilized)))
    }

    fn store(&mut self, behavior: &Behavior, change: i32, now: Moment) {
        if change > 0 {
            self.ups.store(change, now, behavior.up.longest_period());
        } else {
            self.downs.store(change.wrapping_neg(), now, behavior.down.longest_period());
        }
    }
}

/// The metric that asks for most and what it asks for, the first of equals; none where all failed, or where some failed and
/// the rest asks for fewer than there are.
fn highest(
    proposals: impl Iterator<Item = Result<Proposal, Unavailable>>,
    spec: i32,
) -> Option<(usize, i32)> {
    let mut best: Option<(usize, i32)> = None;
    let mut failed = false;
    for (metric, proposal) in proposals.enumerate() {
        match proposal {
            Err(Unavailable) => failed = true,
            // A wish for none is kept only until another comes.
            Ok(proposal) if best.is_none_or(|(_, most)| most == 0 || proposal.replicas > most) => {
                best = Some((metric, proposal.replicas));
            }
            Ok(_) => {}
        }
    }
    best.filter(|(_, most)| !failed || *most >= spec)
}

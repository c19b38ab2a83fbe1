//! What KEDA's poll does with the scale itself (`pkg/scaling/executor/scale_scaledobjects.go`): to zero or idle and back.

use crate::simulate::moment::{Moment, Span};

/// The fields of a ScaledObject that the executor reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Executor {
    /// `minReplicaCount`
    pub min: i32,
    /// `idleReplicaCount`
    pub idle: Option<i32>,
    /// `cooldownPeriod`
    pub cooldown: Span,
    /// `initialCooldownPeriod`
    pub initial_cooldown: Span,
    /// `fallback.replicas`
    pub fallback: Option<i32>,
    /// What annotations hold back.
    pub pause: Pause,
    /// Annotation `autoscaling.keda.sh/force-activation`.
    pub forced: bool,
}

/// Which directions annotations of KEDA hold back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pause {
    /// `autoscaling.keda.sh/paused`: there is no loop and no HPA.
    pub all: bool,
    /// `autoscaling.keda.sh/paused-scale-in`
    pub scale_in: bool,
    /// `autoscaling.keda.sh/paused-scale-out`
    pub scale_out: bool,
}

/// What the triggers say at a poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Poll {
    /// When.
    pub now: Moment,
    /// Whether any is active.
    pub active: bool,
    /// Whether any failed.
    pub failed: bool,
    /// `spec.replicas` of the target.
    pub replicas: i32,
}

/// What the executor remembers, in the ScaledObject's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activation {
    /// When the object was created.
    pub created: Moment,
    /// When it last was seen active.
    pub last: Option<Moment>,
}

impl Executor {
    /// The replicas that it writes, where it writes any.
    pub fn poll(&self, poll: Poll, activation: &mut Activation) -> Option<i32> {
        if self.pause.all {
            return None;
        }
        if poll.active || self.forced {
            self.active(poll, activation)
        } else {
            self.inactive(poll, activation)
        }
    }

    fn active(&self, poll: Poll, activation: &mut Activation) -> Option<i32> {
        let from_idle = self.idle.is_some() && poll.replicas < self.min;
        if from_idle || poll.replicas == 0 {
            if self.pause.scale_out {
                return None;
            }
            activation.last = Some(on_the_second(poll.now));
            return Some(if self.min > 0 { self.min } else { 1 });
        }
        if !poll.failed {
            activation.last = Some(on_the_second(poll.now));
        }
        None
    }

    fn inactive(&self, poll: Poll, activation: &Activation) -> Option<i32> {
        if poll.failed && self.fallback.is_none_or(|replicas| replicas != 0) {
            return None;
        }
        let over_idle = self.idle.is_some_and(|idle| poll.replicas > idle);
        if over_idle || poll.replicas > 0 && self.min == 0 {
            let rests = !self.pause.scale_in && self.is_over(poll.now, activation);
            return rests.then_some(self.idle.unwrap_or(0));
        }
        (self.idle.is_none() && poll.replicas < self.min).then_some(self.min)
    }

    /// Whether the cooldown is over. KEDA asks whether the instant at which it ends is before now. The status keeps whole seconds,
    /// and its clock does not: a poll that comes a cooldown after the last active one is later by a part of a second.
    fn is_over(&self, now: Moment, activation: &Activation) -> bool {
        match activation.last {
            None => activation.created + self.initial_cooldown <= now,
            Some(last) => last + self.cooldown <= now,
        }
    }
}

fn on_the_second(now: Moment) -> Moment {
    Moment::at(now.second())
}

impl Executor {
    /// The first moment at which a poll may do anything else than one that wrote nothing at `poll.now`, while triggers and
    /// target stay as they are.
    pub fn quiet_until(&self, poll: Poll, activation: &Activation) -> Option<Moment> {
        let over_idle = self.idle.is_some_and(|idle| poll.replicas > idle);
        let cools = !(poll.active || self.forced) && (over_idle || poll.replicas > 0 && self.min == 0);
        cools.then(|| match activation.last {
            None => activation.created + self.initial_cooldown,
            Some(last) => last + self.cooldown,
        })
    }

    /// Takes the polls up to `last` as made, each like `poll`.
    pub fn repeat(&self, poll: Poll, activation: &mut Activation, last: Moment) {
        let starts = self.idle.is_some() && poll.replicas < self.min || poll.replicas == 0;
        if (poll.active || self.forced) && !poll.failed && !starts && !self.pause.all {
            activation.last = Some(on_the_second(last));
        }
    }
}

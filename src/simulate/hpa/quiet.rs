//! Fixed points: until when the passes of a controller change nothing, so that a long run may leave them out.

use super::controller::{Computed, Controller, Course, Pass};
use super::latest::Latest;
use super::memory::Windows;
use super::spec::{Autoscaler, Behavior, DOWNSCALE_STABILIZATION};
use crate::simulate::moment::{Moment, Span};

/// Never.
pub const NEVER: Moment = Moment(i64::MAX);

impl Controller<Latest> {
    /// The first moment at which a pass may do anything else than `pass` did at `now`, while the world stays as it is. It is
    /// `now` itself where the pass moved the count, or could not.
    pub fn quiet_until(&self, hpa: &Autoscaler, pass: &Pass, now: Moment, spec: i32) -> Moment {
        match pass.course {
            Course::Disabled | Course::MetricsFailed => NEVER,
            Course::AboveMax | Course::BelowMin => now,
            Course::Computed(computed) if computed.limited != spec || pass.replicas != spec => now,
            Course::Computed(computed) => self.binding_until(hpa, computed, now, spec),
        }
    }

    fn binding_until(&self, hpa: &Autoscaler, computed: Computed, now: Moment, spec: i32) -> Moment {
        let Some(memory) = &self.memory else { return now };
        let Some(behavior) = &hpa.behavior else {
            // Only the highest of the window holds a count up.
            let held = computed.stabilized > computed.wish;
            let last = memory.last(computed.stabilized).filter(|_| held);
            return last.map_or(NEVER, |last| last + DOWNSCALE_STABILIZATION);
        };
        let windows = Windows { up: behavior.up.window, down: behavior.down.window };
        let (highest, lowest) = memory.extremes(now, windows);
        let highest = highest.filter(|one| one.replicas > computed.wish).map(|one| one.at + windows.down);
        let lowest = lowest.filter(|one| one.replicas < computed.wish).map(|one| one.at + windows.up);
        let speed = (computed.stabilized != spec).then(|| self.speed_until(behavior, now)).flatten();
        [highest, lowest, speed].into_iter().flatten().min().unwrap_or(NEVER)
    }

    /// When the next change of the count leaves a policy's period: how fast the count may move is another then.
    fn speed_until(&self, behavior: &Behavior, now: Moment) -> Option<Moment> {
        let periods = behavior.up.policies.iter().chain(&behavior.down.policies);
        let periods = periods.map(|policy| Span::seconds(i64::from(policy.period_seconds)));
        let (ups, downs) = self.events();
        let events = || ups.slots().iter().chain(downs.slots());
        periods.flat_map(|period| events().map(move |event| event.at + period)).filter(|at| *at > now).min()
    }

    /// Takes the passes up to `last` as made, each like `pass`.
    pub fn repeat(&mut self, pass: &Pass, last: Moment) {
        if let (Course::Computed(computed), Some(memory)) = (pass.course, &mut self.memory) {
            memory.repeat(computed.wish, last);
        }
    }
}

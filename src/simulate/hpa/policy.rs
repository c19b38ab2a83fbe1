//! How far the policies of `behavior` let the count move in one pass (`calculateScaleUpLimitWithScalingRules` and its twin).

use super::event::Events;
use super::spec::Rules;
use crate::keda::scaledobject::{Policy, PolicyKind, SelectPolicy};
use crate::simulate::moment::{Moment, Span};

/// Both lists of changes, at the time of a pass.
#[derive(Clone, Copy, Debug)]
pub struct Moved<'e> {
    /// Changes upwards.
    pub up: &'e Events,
    /// Changes downwards.
    pub down: &'e Events,
    /// The pass.
    pub now: Moment,
}

impl Moved<'_> {
    /// The count at the beginning of a policy's period.
    fn start(&self, policy: &Policy, spec: i32) -> i32 {
        let period = Span::seconds(i64::from(policy.period_seconds));
        let added = self.up.change_within(period, self.now);
        let deleted = self.down.change_within(period, self.now);
        spec.wrapping_sub(added).wrapping_add(deleted)
    }

    /// The most that the policies let the count rise to.
    pub fn highest(&self, rules: &Rules, spec: i32) -> i32 {
        let allowed = rules.policies.iter().map(|policy| {
            let start = self.start(policy, spec);
            match policy.kind {
                PolicyKind::Pods => start.wrapping_add(policy.value),
                PolicyKind::Percent => {
                    (f64::from(start) * (1.0 + f64::from(policy.value) / 100.0)).ceil() as i32
                }
            }
        });
        let selected = match rules.select {
            SelectPolicy::Max => allowed.max(),
            SelectPolicy::Min => allowed.min(),
            SelectPolicy::Disabled => None,
        };
        selected.unwrap_or(spec)
    }

    /// The least that the policies let the count fall to.
    pub fn lowest(&self, rules: &Rules, spec: i32) -> i32 {
        let allowed = rules.policies.iter().map(|policy| {
            let start = self.start(policy, spec);
            match policy.kind {
                PolicyKind::Pods => start.wrapping_sub(policy.value),
                // Truncated by the conversion.
                PolicyKind::Percent => (f64::from(start) * (1.0 - f64::from(policy.value) / 100.0)) as i32,
            }
        });
        // `Max` is the policy that moves most: downwards the smallest count.
        let selected = match rules.select {
            SelectPolicy::Max => allowed.min(),
            SelectPolicy::Min => allowed.max(),
            SelectPolicy::Disabled => None,
        };
        selected.unwrap_or(spec)
    }
}

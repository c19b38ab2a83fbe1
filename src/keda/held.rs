//! What KEDA holds of a ScaledObject at every instant: no fewer replicas than a floor, no more than a ceiling, as far as
//! the calendar of its cron triggers knows. Audit, import, explain and our own proof all ask here.
//!
//! The HPA takes the highest of all metrics and then keeps to its limits; only KEDA's own loop goes below the HPA's minimum
//! (KEDA: `pkg/scaling/executor/scale_scaledobjects.go`).

use super::composite::Composite;
use super::floor::Active;
use super::limits::{DecidedBy, Held, Limits};
use super::scaledobject::ScaledObject;
use crate::quantity::{Replicas, Version};
use crate::step::StepFn;
use crate::time::Instant;

/// What KEDA holds over the stretch of `triggers`.
///
/// A trigger of another type than cron may be active at any time, or at none: the floor is what holds even then.
pub fn held(object: &ScaledObject, triggers: &[Active], keda: Version) -> StepFn<Instant, Held> {
    let limits = Limits::of(object, keda);
    if let Some(composite) = Composite::of(object, triggers, keda) {
        return composite.held(limits);
    }
    let demands = triggers.iter().map(|active| {
        let floor = active.trigger.floor();
        active.walk.active.map(|on| on.then_some(floor))
    });
    let (by, ceiling) = (DecidedBy::Triggers, Replicas(limits.most));
    highest(demands.collect()).map(|demand| Held { floor: limits.floor(*demand), ceiling, by })
}

/// Pairwise, so that each step is touched as often as the logarithm of the triggers says. None is below every demand.
fn highest(mut demands: Vec<StepFn<Instant, Option<u32>>>) -> StepFn<Instant, Option<u32>> {
    while demands.len() > 1 {
        demands = demands
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => left.zip(right, |a, b| *a.max(b)),
                _ => pair[0].clone(),
            })
            .collect();
    }
    demands.pop().unwrap_or_else(|| StepFn::constant(None))
}

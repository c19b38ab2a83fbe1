//! Reaching a floor: how fast a workload may grow so that the HPA's tolerance does not leave it short of one.
//!
//! The HPA ignores a metric within 10 % of its target: with c replicas running, a floor f is not enforced while
//! f/1.1 <= c < f (kedacore/keda#7900, #5263). Floors up to 10 have no such c. A higher one is held by `tolerance: 0`
//! where Kubernetes and KEDA have that field, else by growing to the floor in a single step, which begins below c: that it does is
//! proven of what is emitted (`verify::scaledobject`).

use super::{Schedule, diags};
use crate::features;
use crate::finding::Diagnostic;
use crate::profile::{Platform, Target};
use crate::quantity::Replicas;
use crate::tolerance::Tolerance;

/// `behavior.scaleUp` of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScaleUp {
    /// Replicas that may be added per minute.
    pub pods_per_minute: Replicas,
    /// Whether it may also double per minute.
    pub may_double: bool,
    /// Whether the tolerance is switched off for growing.
    pub without_tolerance: bool,
}

/// Before anything is known.
pub(super) const UNBOUNDED: ScaleUp =
    ScaleUp { pods_per_minute: Replicas(1), may_double: true, without_tolerance: false };

/// The lowest floor over which one replica more is within the tolerance: 9 of 10 are 90 %.
const LOWEST_FLOOR_WITH_SURGE: Replicas = Replicas(9);

pub(super) fn scale_up(
    platform: &Platform,
    target: &Target,
    schedule: &Schedule,
    problems: &mut Vec<Diagnostic>,
) -> ScaleUp {
    let peak = schedule.peak();
    let climb = Replicas((peak.0 - target.min.value.0).max(1));
    // A Deployment that is new starts with one replica: applied inside a season, it has all of this way before it.
    let from_one = Replicas(peak.0.saturating_sub(1).max(1));
    let has_tolerance = has_tolerance(platform);
    let fewest = Tolerance::usual(platform.kubernetes.value).fewest_for(peak);
    let high = fewest < peak;
    if let Some(limit) = target.scale_up.filter(|limit| high && !has_tolerance && limit.value < climb) {
        problems.push(diags::deadband(target, (fewest, peak), limit, platform));
    }
    ScaleUp {
        pods_per_minute: target.scale_up.map_or(from_one, |limit| limit.value),
        may_double: target.scale_up.is_none(),
        without_tolerance: high && has_tolerance,
    }
}

/// What a rollout's extra pods do to a floor. While they run, the HPA counts them: within the tolerance it writes their number
/// into the Deployment, and they stay when the rollout is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surge {
    /// No floor is so high that one more is within the tolerance.
    Leaves,
    /// The tolerance is switched off on the way down.
    HeldOff,
    /// Kubernetes or KEDA do not have the field: so many may run over a floor until it changes.
    Stays {
        /// The highest floor that has room above it.
        floor: Replicas,
        /// The most that stay.
        at: Replicas,
    },
}

pub(super) fn surge(platform: &Platform, target: &Target, schedule: &Schedule) -> Surge {
    let (min, max) = (target.min.value, target.max.value);
    let floors =
        schedule.held.steps().iter().map(|(_, step)| step.floor).chain([schedule.held.first().floor]);
    let high = floors.filter(|floor| *floor >= LOWEST_FLOOR_WITH_SURGE && *floor > min && *floor < max).max();
    match high {
        None => Surge::Leaves,
        Some(_) if has_tolerance(platform) => Surge::HeldOff,
        Some(floor) => Surge::Stays { floor, at: Replicas((floor.0 / 9 + floor.0).min(max.0)) },
    }
}

fn has_tolerance(platform: &Platform) -> bool {
    platform.kubernetes.value >= features::kubernetes::TOLERANCE
        && platform.keda.value >= features::keda::TOLERANCE
}

//! The last step of a pass: what is wanted is held within the limits of the HPA and the speed of its policies.

use super::policy::Moved;
use super::spec::Behavior;

/// What held the count, as the condition `ScalingLimited` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Nothing did.
    DesiredWithinRange,
    /// `minReplicas`
    TooFewReplicas,
    /// `maxReplicas`
    TooManyReplicas,
    /// How fast it may rise.
    ScaleUpLimit,
    /// How fast it may fall.
    ScaleDownLimit,
}

impl Limit {
    /// As the controller spells it.
    pub fn reason(self) -> &'static str {
        match self {
            Self::DesiredWithinRange => "DesiredWithinRange",
            Self::TooFewReplicas => "TooFewReplicas",
            Self::TooManyReplicas => "TooManyReplicas",
            Self::ScaleUpLimit => "ScaleUpLimit",
            Self::ScaleDownLimit => "ScaleDownLimit",
        }
    }
}

/// `minReplicas` and `maxReplicas`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// At least.
    pub min: i32,
    /// At most.
    pub max: i32,
}

/// By how much the count may rise in a pass without `behavior`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factor(pub f64);

/// The controller's own: `scaleUpLimitFactor`.
pub const DOUBLED: Factor = Factor(2.0);

/// Without `behavior`: the count may grow by the factor in a pass, or rise to 4.
pub fn without_behavior(bounds: Bounds, spec: i32, wanted: Wanted, factor: Factor) -> (i32, Limit) {
    let Wanted(wanted) = wanted;
    let fastest = (factor.0 * f64::from(spec)).max(4.0) as i32;
    let (most, limit) = if bounds.max > fastest {
        (fastest, Limit::ScaleUpLimit)
    } else {
        (bounds.max, Limit::TooManyReplicas)
    };
    if wanted < bounds.min {
        (bounds.min, Limit::TooFewReplicas)
    } else if wanted > most {
        (most, limit)
    } else {
        (wanted, Limit::DesiredWithinRange)
    }
}

/// With `behavior`: as fast as its policies allow.
pub fn with_behavior(
    behavior: &Behavior,
    moved: &Moved<'_>,
    bounds: Bounds,
    spec: i32,
    wanted: Wanted,
) -> (i32, Limit) {
    let Wanted(wanted) = wanted;
    if wanted > spec {
        let fastest = moved.highest(&behavior.up, spec).max(spec);
        let (most, limit) = if bounds.max > fastest {
            (fastest, Limit::ScaleUpLimit)
        } else {
            (bounds.max, Limit::TooManyReplicas)
        };
        if wanted > most {
            return (most, limit);
        }
    } else if wanted < spec {
        let fastest = moved.lowest(&behavior.down, spec).min(spec);
        let (least, limit) = if bounds.min < fastest {
            (fastest, Limit::ScaleDownLimit)
        } else {
            (bounds.min, Limit::TooFewReplicas)
        };
        if wanted < least {
            return (least, limit);
        }
    }
    (wanted, Limit::DesiredWithinRange)
}

/// What stabilization left of a wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted(pub i32);

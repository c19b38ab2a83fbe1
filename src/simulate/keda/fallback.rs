//! What KEDA answers for a trigger that fails (`pkg/fallback/fallback.go`).

use crate::features;
use crate::keda::scaledobject::{Fallback, FallbackBehavior};
use crate::quantity::Version;
use crate::simulate::hpa::metric::{Reading, Unavailable};
use crate::simulate::hpa::scale::{Pods, Scale};
use crate::simulate::hpa::spec::{Metric, Milli, Target};

/// Failures of one trigger in a row, this one included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Failures(pub u32);

/// The fallback of an object as the model knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Substitute {
    /// `failureThreshold`
    pub threshold: i32,
    /// `replicas`
    pub replicas: i32,
    /// `behavior`
    pub behavior: FallbackBehavior,
    /// Whether it stands in for metrics of type Value, too: from KEDA 2.18 on.
    pub of_values: bool,
}

impl Substitute {
    /// From a manifest under a version of KEDA.
    pub fn of(fallback: &Fallback, keda: Version) -> Self {
        let behavior = fallback.behavior.as_ref().map_or(FallbackBehavior::Static, |behavior| behavior.value);
        let of_values = keda >= features::keda::FALLBACK_OF_VALUE;
        Self { threshold: fallback.failure_threshold, replicas: fallback.replicas, behavior, of_values }
    }

    /// Whether it holds after so many failures.
    pub fn holds(&self, failures: Failures) -> bool {
        i64::from(failures.0) > i64::from(self.threshold)
    }

    fn wanted(&self, current: i32) -> i32 {
        match self.behavior {
            // A formula's fallback is the formula itself; without one the object is refused.
            FallbackBehavior::Static | FallbackBehavior::ScalingModifiers => self.replicas,
            FallbackBehavior::CurrentReplicas => current,
            FallbackBehavior::CurrentReplicasIfHigher => current.max(self.replicas),
            FallbackBehavior::CurrentReplicasIfLower => current.min(self.replicas),
        }
    }

    /// What the HPA gets for the metric: the value at which it computes exactly the wanted count, or the failure.
    pub fn answer(&self, failures: Failures, metric: Metric, scale: Scale, pods: Pods) -> Reading {
        if !self.holds(failures) {
            return Err(Unavailable);
        }
        let wanted = f64::from(self.wanted(scale.spec));
        let aim = metric.aim.0 as f64 / 1000.0;
        match metric.target {
            Target::AverageValue => Ok(Milli((aim * 1000.0 * wanted) as i64)),
            Target::Value if pods.ready == 0 || !self.of_values => Err(Unavailable),
            Target::Value => Ok(Milli((aim * 1000.0 * wanted / f64::from(pods.ready)) as i64)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn before_2_18_no_fallback_stands_in_for_a_value() {
        let fallback = Fallback { failure_threshold: 3, replicas: 4, behavior: None };
        let answer = |keda, target| {
            let metric = Metric { target, aim: Milli(30_000) };
            let (scale, pods) = (Scale { spec: 2, status: 2 }, Pods { all: 2, ready: 2 });
            Substitute::of(&fallback, keda).answer(Failures(4), metric, scale, pods)
        };
        let (old, new) = (Version::new(2, 17), Version::new(2, 18));
        assert_eq!(answer(old, Target::Value), Err(Unavailable));
        assert_eq!(answer(new, Target::Value), Ok(Milli(60_000)));
        assert_eq!(answer(old, Target::AverageValue), Ok(Milli(120_000)));
    }
}

//! What an HPA asks for (`autoscaling/v2`), the API's defaults filled in.

use crate::keda::scaledobject::{self, Policy, PolicyKind, SelectPolicy};
use crate::simulate::moment::Span;
use crate::tolerance::approximate;

/// The controller's flag `--horizontal-pod-autoscaler-downscale-stabilization` by default.
pub const DOWNSCALE_STABILIZATION: Span = Span::seconds(300);

/// A HorizontalPodAutoscaler, as far as its metrics are external.
#[derive(Clone, Debug)]
pub struct Autoscaler {
    /// `minReplicas`; absent: 1.
    pub min: Option<i32>,
    /// `maxReplicas`
    pub max: i32,
    /// In order: of equal wishes the first wins.
    pub metrics: Vec<Metric>,
    /// Absent: the older way to stabilize and limit.
    pub behavior: Option<Behavior>,
}

impl Autoscaler {
    /// The least that it scales to.
    pub fn min(&self) -> i32 {
        self.min.unwrap_or(1)
    }
}

/// A number in thousandths, as the metrics API gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Milli(pub i64);

/// An external metric: what it is aimed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    /// How the value is compared.
    pub target: Target,
    /// With what.
    pub aim: Milli,
}

/// How a metric's value is compared with its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The value divided by the replicas that there are.
    AverageValue,
    /// The value as it is.
    Value,
}

/// How fast the HPA may move; both directions are always there.
#[derive(Clone, Debug)]
pub struct Behavior {
    /// Upwards.
    pub up: Rules,
    /// Downwards.
    pub down: Rules,
}

/// One direction.
#[derive(Clone, Debug)]
pub struct Rules {
    /// For how long a recommendation counts.
    pub window: Span,
    /// Which policy wins.
    pub select: SelectPolicy,
    /// Limits on the speed; at least one.
    pub policies: Vec<Policy>,
    /// In place of the controller's own.
    pub tolerance: Option<f64>,
}

impl Rules {
    /// The longest period of its policies.
    pub fn longest_period(&self) -> Span {
        let longest = self.policies.iter().map(|policy| policy.period_seconds).max();
        Span::seconds(i64::from(longest.unwrap_or(0)))
    }

    fn filled(given: Option<&scaledobject::Rules>, window: Span, policies: &[Policy]) -> Self {
        let seconds = given.and_then(|rules| rules.stabilization_window_seconds);
        let own = given.and_then(|rules| rules.policies.clone());
        let tolerance = given.and_then(|rules| rules.tolerance.as_ref());
        Self {
            window: seconds.map_or(window, |seconds| Span::seconds(i64::from(seconds))),
            select: given.and_then(|rules| rules.select_policy).unwrap_or(SelectPolicy::Max),
            policies: own.unwrap_or_else(|| policies.to_vec()),
            tolerance: tolerance.and_then(|quantity| approximate(&quantity.value)),
        }
    }
}

impl Behavior {
    /// What the API server makes of a `behavior`: each field by itself has its default.
    pub fn of(given: &scaledobject::Behavior) -> Self {
        let policy = |kind, value| Policy { kind, value, period_seconds: 15 };
        let percent = policy(PolicyKind::Percent, 100);
        let up = given.scale_up.as_ref().map(|rules| &rules.value);
        let down = given.scale_down.as_ref().map(|rules| &rules.value);
        Self {
            up: Rules::filled(up, Span::default(), &[policy(PolicyKind::Pods, 4), percent.clone()]),
            down: Rules::filled(down, DOWNSCALE_STABILIZATION, &[percent]),
        }
    }
}

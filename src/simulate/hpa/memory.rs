//! What a controller must remember of earlier passes to stabilize its count.

use crate::simulate::moment::{Moment, Span};

/// What one pass wanted, before anything held it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recommendation {
    /// How many replicas.
    pub replicas: i32,
    /// When.
    pub at: Moment,
}

/// Earlier recommendations of one HPA.
pub trait Memory {
    /// With the count that the first pass finds.
    fn beginning(first: Recommendation) -> Self;

    /// Without `behavior`: the highest of the window, `desired` included. Records `desired` itself, not the answer.
    fn stabilize_down(&mut self, now: Moment, desired: i32, window: Span) -> i32;

    /// With `behavior`: the lowest of the window upwards, the highest of the one downwards. Records `desired` itself.
    fn stabilize(&mut self, now: Moment, desired: i32, windows: Windows) -> Held;
}

/// The two windows of an HPA with `behavior`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// `scaleUp.stabilizationWindowSeconds`
    pub up: Span,
    /// `scaleDown.stabilizationWindowSeconds`
    pub down: Span,
}

/// What unexpired recommendations come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// At least this many, if fewer run.
    pub at_least: i32,
    /// At most this many, if more run.
    pub at_most: i32,
}

//! Time of the model, in steps of 100 nanoseconds.
//!
//! The step is the cost of a pass of the controller: passes come every 15 s and a step, never after 15 s sharp. So an age of
//! 20 passes is more than 300 s, as it is in a cluster.

use std::ops::{Add, Sub};

use crate::time::Instant;

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub i64);

/// A length of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(pub i64);

const STEPS_PER_SECOND: i64 = 10_000_000;

impl Span {
    /// The shortest: what a pass costs where nothing else is said.
    pub const STEP: Self = Self(1);

    /// Whole seconds.
    pub const fn seconds(seconds: i64) -> Self {
        Self(seconds * STEPS_PER_SECOND)
    }

    /// Whole microseconds.
    pub const fn micros(micros: i64) -> Self {
        Self(micros * (STEPS_PER_SECOND / 1_000_000))
    }

    /// In seconds.
    pub fn in_seconds(self) -> f64 {
        self.0 as f64 / STEPS_PER_SECOND as f64
    }
}

impl Moment {
    /// The moment at which the clock shows `at`.
    pub const fn at(at: Instant) -> Self {
        Self(at.0 * STEPS_PER_SECOND)
    }

    /// The last whole second that is not after it.
    pub const fn second(self) -> Instant {
        Instant(self.0.div_euclid(STEPS_PER_SECOND))
    }
}

impl Add<Span> for Moment {
    type Output = Self;

    fn add(self, span: Span) -> Self {
        Self(self.0 + span.0)
    }
}

impl Sub for Moment {
    type Output = Span;

    fn sub(self, earlier: Self) -> Span {
        Span(self.0 - earlier.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_begins_on_its_first_step_and_a_span_adds_up() {
        let at = Moment::at(Instant(-3));
        assert_eq!(at.second(), Instant(-3));
        assert_eq!(Moment(at.0 - 1).second(), Instant(-4));
        assert_eq!((at + Span::seconds(2) + Span::micros(5)) - at, Span(20_000_050));
        assert!((Span::micros(1_500_000).in_seconds() - 1.5).abs() < 1e-12);
    }
}

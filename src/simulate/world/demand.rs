//! How much is asked of a target: requests per second from moment to moment, each with the season it belongs to.

use std::sync::Arc;

use crate::quantity::Rate;
use crate::step::StepFn;
use crate::time::{Instant, Window};

/// What is asked for from one moment on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Demand {
    /// Requests per second.
    pub rate: Rate,
    /// The slice of the answer that it is counted in.
    pub slice: Slice,
}

impl Demand {
    /// Both together. Of two seasons it belongs to the one that brings more of it.
    pub fn and(self, other: Self) -> Self {
        let own = match (self.slice, other.slice) {
            (Slice(0), slice) => slice,
            (slice, Slice(0)) => slice,
            _ if other.rate > self.rate => other.slice,
            _ => self.slice,
        };
        Self { rate: Rate(self.rate.0 + other.rate.0), slice: own }
    }
}

/// A part of the year that is answered for by itself: 0 is what belongs to no season.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slice(pub usize);

/// What a moment makes of a base load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// The multiple of its season.
    pub times: f64,
    /// The part that its time of day and day of the week have.
    pub shape: f64,
    /// The slice of the answer that it is counted in.
    pub slice: Slice,
}

/// Parts from moment to moment: a calendar's load, whatever the base.
pub type Parts = StepFn<Instant, Part>;

/// The demand of one target: its base load, times the parts, which all targets with the same calendar share.
#[derive(Clone, Debug, PartialEq)]
pub struct Demands {
    base: Rate,
    parts: Arc<Parts>,
}

impl Demands {
    /// A base load over a calendar.
    pub fn new(base: Rate, parts: Arc<Parts>) -> Self {
        Self { base, parts }
    }

    /// Demand that belongs to no calendar.
    pub fn of(steps: &StepFn<Instant, Demand>) -> Self {
        let part = |demand: &Demand| Part { times: demand.rate.0, shape: 1.0, slice: demand.slice };
        Self::new(Rate(1.0), Arc::new(steps.map(part)))
    }

    /// The demand of a part.
    pub fn demand(&self, part: &Part) -> Demand {
        Demand { rate: Rate(self.base.0 * part.times * part.shape), slice: part.slice }
    }

    /// The parts.
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// From step to step.
    pub fn steps(&self) -> StepFn<Instant, Demand> {
        self.parts.map(|part| self.demand(part))
    }

    /// The stretches of `window` with one demand each, in order.
    pub fn pieces(&self, window: Window<Instant>) -> impl Iterator<Item = (Instant, Instant, Demand)> {
        let pieces = self.parts.pieces(window.from..window.until);
        pieces.map(|(from, until, part)| (from, until, self.demand(part)))
    }

    /// The same, counted in other slices.
    pub fn sliced(&self, slices: &StepFn<Instant, Slice>) -> Self {
        let parts = self.parts.zip(slices, |part, slice| Part { slice: *slice, ..*part });
        Self::new(self.base, Arc::new(parts))
    }
}

/// Where one walks along a step function in order of time: each look begins at the last.
#[derive(Clone, Debug, Default)]
pub struct Cursor {
    next: usize,
}

impl Cursor {
    /// The value at `at`, and when it ends.
    pub fn at<'f, T: Clone + PartialEq>(
        &mut self,
        function: &'f StepFn<Instant, T>,
        at: Instant,
    ) -> (&'f T, Option<Instant>) {
        let steps = function.steps();
        while self.next > 0 && steps[self.next - 1].0 > at {
            self.next -= 1;
        }
        while steps.get(self.next).is_some_and(|(from, _)| *from <= at) {
            self.next += 1;
        }
        let value = if self.next == 0 { function.first() } else { &steps[self.next - 1].1 };
        (value, steps.get(self.next).map(|(from, _)| *from))
    }
}

impl Cursor {
    /// The steps after the one that was looked at last.
    pub fn ahead<'f, T: Clone + PartialEq>(&self, function: &'f StepFn<Instant, T>) -> &'f [(Instant, T)] {
        &function.steps()[self.next..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_sees_what_the_function_says_forwards_and_backwards() {
        let mut function = StepFn::constant(0);
        (1..50).for_each(|step| function.push(Instant(step * 7), step));
        let mut cursor = Cursor::default();
        for second in (0..400).chain((0..400).rev()).chain([3, 300, 2, 399]) {
            let at = Instant(second);
            let (value, ends) = cursor.at(&function, at);
            assert_eq!(value, function.at(at));
            assert_eq!(ends, function.next_change(at).map(|(at, _)| *at));
        }
    }
}

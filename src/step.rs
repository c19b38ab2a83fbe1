//! `StepFn`: a total function of a clock that keeps its value between steps. It is how floors, activity and cost are held.

use std::ops::Range;

/// A value for every point of a clock `A`: `first` before the first step, then each step's value from its point on.
///
/// Total by construction: there is no point without a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepFn<A, T> {
    first: T,
    steps: Vec<(A, T)>,
}

impl<A: Copy + Ord, T: Clone + PartialEq> StepFn<A, T> {
    /// The same value everywhere.
    pub fn constant(value: T) -> Self {
        Self { first: value, steps: Vec::new() }
    }

    /// Lets the function have `value` from `at` on. Steps come in order; a step at the last step's point replaces it,
    /// and one that changes nothing is dropped, so equal functions are equal values.
    pub fn push(&mut self, at: A, value: T) {
        if let Some(last) = self.steps.last() {
            assert!(last.0 <= at, "internal error: steps are pushed in order");
            if last.0 == at {
                self.steps.pop();
            }
        }
        if *self.last() != value {
            self.steps.push((at, value));
        }
    }

    /// The value at `at`.
    pub fn at(&self, at: A) -> &T {
        match self.steps.partition_point(|(from, _)| *from <= at) {
            0 => &self.first,
            after => &self.steps[after - 1].1,
        }
    }

    /// The value before the first step.
    pub fn first(&self) -> &T {
        &self.first
    }

    /// The value after the last step.
    pub fn last(&self) -> &T {
        self.steps.last().map_or(&self.first, |(_, value)| value)
    }

    /// The steps in order: each value differs from the one before.
    pub fn steps(&self) -> &[(A, T)] {
        &self.steps
    }

    /// The first step strictly after `at`: when the value next changes.
    pub fn next_change(&self, at: A) -> Option<&(A, T)> {
        self.steps.get(self.steps.partition_point(|(from, _)| *from <= at))
    }

    /// The stretches of a range with one value each, in order: they cover it without a gap.
    pub fn pieces(&self, Range { start: from, end: until }: Range<A>) -> impl Iterator<Item = (A, A, &T)> {
        let first = self.steps.partition_point(|(at, _)| *at <= from);
        let inside = self.steps[first..].iter().take_while(move |(at, _)| *at < until);
        let starts = std::iter::once((from, self.at(from))).chain(inside.map(|(at, value)| (*at, value)));
        let ends = self.steps[first..].iter().map(|(at, _)| *at).take_while(move |at| *at < until);
        let pieces = starts.zip(ends.chain(std::iter::once(until)));
        pieces.filter(|((from, _), until)| from < until).map(|((from, value), until)| (from, until, value))
    }

    /// The same steps with other values; equal neighbours merge.
    pub fn map<U: Clone + PartialEq>(&self, f: impl Fn(&T) -> U) -> StepFn<A, U> {
        let mut mapped = StepFn { first: f(&self.first), steps: Vec::with_capacity(self.steps.len()) };
        for (at, value) in &self.steps {
            mapped.push(*at, f(value));
        }
        mapped
    }

    /// The same values on another clock; `clock` must keep the order.
    pub fn on<B: Copy + Ord>(&self, clock: impl Fn(A) -> B) -> StepFn<B, T> {
        let mut moved = StepFn::constant(self.first.clone());
        for (at, value) in &self.steps {
            moved.push(clock(*at), value.clone());
        }
        moved
    }

    /// Both functions combined point by point.
    pub fn zip<U: Clone + PartialEq, V: Clone + PartialEq>(
        &self,
        other: &StepFn<A, U>,
        f: impl Fn(&T, &U) -> V,
    ) -> StepFn<A, V> {
        let (mut left, mut right) = (&self.first, &other.first);
        let steps = Vec::with_capacity(self.steps.len() + other.steps.len());
        let mut both = StepFn { first: f(left, right), steps };
        let (mut i, mut j) = (0, 0);
        while i < self.steps.len() || j < other.steps.len() {
            let at = match (self.steps.get(i), other.steps.get(j)) {
                (Some((a, _)), Some((b, _))) => *a.min(b),
                (Some((a, _)), None) => *a,
                (None, Some((b, _))) => *b,
                (None, None) => break,
            };
            if let Some((_, value)) = self.steps.get(i).filter(|(from, _)| *from == at) {
                left = value;
                i += 1;
            }
            if let Some((_, value)) = other.steps.get(j).filter(|(from, _)| *from == at) {
                right = value;
                j += 1;
            }
            both.push(at, f(left, right));
        }
        both
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn step_fn() -> impl Strategy<Value = StepFn<u8, u8>> {
        (0..4_u8, prop::collection::btree_map(any::<u8>(), 0..4_u8, 0..12)).prop_map(|(first, steps)| {
            let mut f = StepFn::constant(first);
            for (at, value) in steps {
                f.push(at, value);
            }
            f
        })
    }

    proptest! {
        #[test]
        fn zip_agrees_with_looking_up_both_sides_at_every_point(f in step_fn(), g in step_fn()) {
            let max = f.zip(&g, |a, b| *a.max(b));
            for at in 0..=u8::MAX {
                prop_assert_eq!(*max.at(at), *f.at(at).max(g.at(at)));
            }
        }

        #[test]
        fn pieces_cover_a_stretch_and_each_has_one_value(f in step_fn(), a in any::<u8>(), b in any::<u8>()) {
            let (from, until) = (a.min(b), a.max(b));
            let mut at = from;
            for (start, end, value) in f.pieces(from..until) {
                prop_assert_eq!(start, at);
                prop_assert!((start..end).all(|point| f.at(point) == value));
                at = end;
            }
            prop_assert_eq!(at, until);
        }

        #[test]
        fn no_step_repeats_the_value_before_it(f in step_fn(), g in step_fn()) {
            let min = f.zip(&g, |a, b| *a.min(b));
            let mut before = min.first();
            for (_, value) in min.steps() {
                prop_assert_ne!(value, before);
                before = value;
            }
        }
    }

    #[test]
    fn a_step_at_the_same_point_replaces_the_one_before_even_back_to_nothing() {
        let mut f = StepFn::constant(1);
        f.push(5, 2);
        f.push(5, 1);
        assert_eq!(f, StepFn::constant(1));
        assert_eq!(f.next_change(0), None);
    }
}

//! A region: disjoint windows of local time in order.

use crate::quantity::Replicas;
use crate::step::StepFn;
use crate::time::{LocalTime, Window};

/// Disjoint windows that do not touch, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Region {
    windows: Vec<Window<LocalTime>>,
}

impl Region {
    /// Where `holds` is true of `floors` inside `horizon`.
    pub(super) fn of(
        floors: &StepFn<LocalTime, Replicas>,
        horizon: Window<LocalTime>,
        holds: impl Fn(&Replicas) -> bool,
    ) -> Self {
        let mut windows = Vec::new();
        let mut since = holds(floors.first()).then_some(horizon.from);
        for (at, step) in floors.steps() {
            match (since, holds(step)) {
                (None, true) => since = Some(*at),
                (Some(from), false) => {
                    windows.push(Window::new(from, *at));
                    since = None;
                }
                (None, false) | (Some(_), true) => {}
            }
        }
        windows.extend(since.map(|from| Window::new(from, horizon.until)));
        windows.retain(|window| !window.is_empty());
        Self { windows }
    }

    /// The union of any windows.
    pub(super) fn union(windows: impl IntoIterator<Item = Window<LocalTime>>) -> Self {
        let mut sorted: Vec<_> = windows.into_iter().filter(|window| !window.is_empty()).collect();
        sorted.sort_unstable();
        let mut windows: Vec<Window<LocalTime>> = Vec::with_capacity(sorted.len());
        for window in sorted {
            match windows.last_mut() {
                Some(last) if window.from <= last.until => last.until = last.until.max(window.until),
                Some(_) | None => windows.push(window),
            }
        }
        Self { windows }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.windows.is_empty()
    }

    pub(super) fn first(&self) -> Option<Window<LocalTime>> {
        self.windows.first().copied()
    }

    pub(super) fn windows(&self) -> &[Window<LocalTime>] {
        &self.windows
    }

    /// The windows that end after `from`.
    fn after(&self, from: LocalTime) -> &[Window<LocalTime>] {
        &self.windows[self.windows.partition_point(|window| window.until <= from)..]
    }

    pub(super) fn covers(&self, window: Window<LocalTime>) -> bool {
        self.after(window.from).first().is_some_and(|here| here.covers(window))
    }

    pub(super) fn meets(&self, window: Window<LocalTime>) -> bool {
        self.after(window.from).first().is_some_and(|here| here.from < window.until)
    }

    /// Answers questions that are asked in order of time, in constant time each.
    pub(super) fn walk(&self) -> Walk<'_> {
        Walk { rest: &self.windows }
    }

    /// Takes `windows` (in order, disjoint) away.
    pub(super) fn subtract(&mut self, windows: &[Window<LocalTime>]) {
        let mut left = Vec::with_capacity(self.windows.len());
        let mut taken = windows.iter().copied().peekable();
        for window in &self.windows {
            let mut from = window.from;
            while taken.next_if(|take| take.until <= from).is_some() {}
            while let Some(take) = taken.peek().copied().filter(|take| take.from < window.until) {
                if from < take.from {
                    left.push(Window::new(from, take.from));
                }
                from = from.max(take.until);
                if take.until > window.until {
                    break;
                }
                taken.next();
            }
            if from < window.until {
                left.push(Window::new(from, window.until));
            }
        }
        self.windows = left;
    }
}

/// A region walked along: each window asked about begins no earlier than the one before.
pub(super) struct Walk<'r> {
    rest: &'r [Window<LocalTime>],
}

impl Walk<'_> {
    pub(super) fn covers(&mut self, window: Window<LocalTime>) -> bool {
        self.first_after(window.from).is_some_and(|here| here.covers(window))
    }

    pub(super) fn meets(&mut self, window: Window<LocalTime>) -> bool {
        self.first_after(window.from).is_some_and(|here| here.from < window.until)
    }

    fn first_after(&mut self, from: LocalTime) -> Option<Window<LocalTime>> {
        while let Some((first, rest)) = self.rest.split_first().filter(|(first, _)| first.until <= from) {
            debug_assert!(first.from < first.until, "internal error: a region has no empty window");
            self.rest = rest;
        }
        self.rest.first().copied()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::time::Date;

    fn at(minute: i32) -> LocalTime {
        Date::ymd(2026, 1, 1).unwrap().start().plus_minutes(minute)
    }

    fn windows() -> impl Strategy<Value = Vec<Window<LocalTime>>> {
        prop::collection::vec((0..60, 0..12), 0..10).prop_map(|list| {
            list.into_iter().map(|(from, length)| Window::new(at(from), at(from + length))).collect()
        })
    }

    proptest! {
        #[test]
        fn what_is_left_is_in_the_first_region_and_not_in_the_second(first in windows(), second in windows()) {
            let (whole, taken) = (Region::union(first), Region::union(second));
            let mut left = whole.clone();
            left.subtract(taken.windows());
            for minute in 0..80 {
                let here = Window::new(at(minute), at(minute + 1));
                prop_assert_eq!(left.covers(here), whole.covers(here) && !taken.meets(here));
            }
        }
    }
}

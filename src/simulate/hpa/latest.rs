//! Recommendations for long runs: of each count, when it was wanted last.
//!
//! An older recommendation of the same count expires first, so it decides nothing. The slots of
//! [`super::recommendation::Recommendations`] and this come to the same count at every pass.

use super::memory::{Held, Memory, Recommendation, Windows};
use crate::simulate::moment::{Moment, Span};

/// When each count was wanted last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Latest {
    counts: Vec<Recommendation>,
}

impl Latest {
    /// In no order.
    pub fn counts(&self) -> &[Recommendation] {
        &self.counts
    }

    /// Passes up to `at` wanted `replicas`, too.
    pub fn repeat(&mut self, replicas: i32, at: Moment) {
        match self.counts.iter_mut().find(|one| one.replicas == replicas) {
            Some(one) => one.at = at,
            None => self.counts.push(Recommendation { replicas, at }),
        }
    }

    /// When `replicas` was wanted last.
    pub fn last(&self, replicas: i32) -> Option<Moment> {
        self.counts.iter().find(|one| one.replicas == replicas).map(|one| one.at)
    }

    /// The highest and the lowest that count in windows of `down` and `up`, at `now`.
    pub fn extremes(
        &self,
        now: Moment,
        windows: Windows,
    ) -> (Option<Recommendation>, Option<Recommendation>) {
        let within = |window: Span| self.counts.iter().filter(move |one| now - one.at < window).copied();
        let highest = within(windows.down).max_by_key(|one| one.replicas);
        let lowest = within(windows.up).min_by_key(|one| one.replicas);
        (highest, lowest)
    }
}

impl Memory for Latest {
    fn beginning(first: Recommendation) -> Self {
        Self { counts: vec![first] }
    }

    fn stabilize_down(&mut self, now: Moment, desired: i32, window: Span) -> i32 {
        self.counts.retain(|one| now - one.at <= window);
        let highest = self.counts.iter().map(|one| one.replicas).max();
        self.repeat(desired, now);
        highest.map_or(desired, |highest| highest.max(desired))
    }

    fn stabilize(&mut self, now: Moment, desired: i32, windows: Windows) -> Held {
        self.counts.retain(|one| now - one.at < windows.up.max(windows.down));
        let mut held = Held { at_least: desired, at_most: desired };
        for one in &self.counts {
            let age = now - one.at;
            if age < windows.up {
                held.at_least = held.at_least.min(one.replicas);
            }
            if age < windows.down {
                held.at_most = held.at_most.max(one.replicas);
            }
        }
        self.repeat(desired, now);
        held
    }
}

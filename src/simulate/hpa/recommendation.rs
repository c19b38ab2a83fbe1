//! What earlier passes wanted, and how it holds the count (stabilization): kept in slots, as the controller keeps it.

use super::memory::{Held, Memory, Recommendation, Windows};
use crate::simulate::moment::{Moment, Span};

/// The recommendations of one HPA. A new one takes the last slot that has expired, or a new slot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recommendations {
    slots: Vec<Recommendation>,
}

impl Recommendations {
    /// Those in `slots`, in their order.
    pub fn of(slots: Vec<Recommendation>) -> Self {
        Self { slots }
    }

    /// In the order of the slots, expired ones included.
    pub fn slots(&self) -> &[Recommendation] {
        &self.slots
    }

    fn record(&mut self, free: Option<usize>, recommendation: Recommendation) {
        match free {
            Some(slot) => self.slots[slot] = recommendation,
            None => self.slots.push(recommendation),
        }
    }
}

impl Memory for Recommendations {
    fn beginning(first: Recommendation) -> Self {
        Self { slots: vec![first] }
    }

    fn stabilize_down(&mut self, now: Moment, desired: i32, window: Span) -> i32 {
        let (mut highest, mut free) = (desired, None);
        for (slot, recommendation) in self.slots.iter().enumerate() {
            if now - recommendation.at > window {
                free = Some(slot);
            } else {
                highest = highest.max(recommendation.replicas);
            }
        }
        self.record(free, Recommendation { replicas: desired, at: now });
        highest
    }

    fn stabilize(&mut self, now: Moment, desired: i32, windows: Windows) -> Held {
        let mut held = Held { at_least: desired, at_most: desired };
        let mut free = None;
        for (slot, recommendation) in self.slots.iter().enumerate() {
            let age = now - recommendation.at;
            if age < windows.up {
                held.at_least = held.at_least.min(recommendation.replicas);
            }
            if age < windows.down {
                held.at_most = held.at_most.max(recommendation.replicas);
            }
            if age > windows.up && age > windows.down {
                free = Some(slot);
            }
        }
        self.record(free, Recommendation { replicas: desired, at: now });
        held
    }
}

//! How much the count moved lately: the events against which policies are held.
//!
//! Not a window of time: each direction keeps slots by its own longest period, and both lists count for either direction.

use crate::simulate::moment::{Moment, Span};

/// One change of the count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// By how many replicas; more than 0.
    pub change: i32,
    /// When.
    pub at: Moment,
    /// Whether it was older than the longest period when the next one came: its slot may be taken.
    pub outdated: bool,
}

/// The changes in one direction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Events {
    slots: Vec<Event>,
}

impl Events {
    /// Those in `slots`, in their order.
    pub fn of(slots: Vec<Event>) -> Self {
        Self { slots }
    }

    /// In the order of the slots.
    pub fn slots(&self) -> &[Event] {
        &self.slots
    }

    /// How much changed in the `period` before now, whether marked outdated or not.
    pub fn change_within(&self, period: Span, now: Moment) -> i32 {
        let recent = self.slots.iter().filter(|event| now - event.at < period);
        recent.fold(0, |sum, event| sum.wrapping_add(event.change))
    }

    /// Stores a change. The last slot that is outdated by `longest_period` is taken, or a new one.
    pub fn store(&mut self, change: i32, now: Moment, longest_period: Span) {
        let mut free = None;
        for (slot, event) in self.slots.iter_mut().enumerate() {
            event.outdated |= now - event.at > longest_period;
            if event.outdated {
                free = Some(slot);
            }
        }
        let event = Event { change, at: now, outdated: false };
        match free {
            Some(slot) => self.slots[slot] = event,
            None => self.slots.push(event),
        }
    }
}

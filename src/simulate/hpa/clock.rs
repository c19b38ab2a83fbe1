//! When passes come: the controller's work queue for one HPA.
//!
//! After a pass the key is put back for 15 s later, so a cycle is 15 s and the cost of a pass, and the phase drifts freely.
//! The informers send every object again each 15 s; where that falls into a pass, it puts the key back for itself, and the
//! pass's own entry is dropped as the later one.

use crate::simulate::moment::{Moment, Span};

/// The controller's flag `--horizontal-pod-autoscaler-sync-period` by default.
pub const PERIOD: Span = Span::seconds(15);

/// The queue of one HPA.
#[derive(Clone, Debug)]
pub struct Queue {
    looks_at_edits: bool,
    resync: Option<Moment>,
    waiting: Moment,
    at_once: Option<Moment>,
    busy_until: Moment,
}

impl Queue {
    /// For an HPA created at `created`. From Kubernetes 1.37 on (`looks_at_edits`) creation and edits are looked at at once.
    /// `resync` is any moment at which the informers send everything again; absent: never inside of a pass.
    pub fn new(created: Moment, looks_at_edits: bool, resync: Option<Moment>) -> Self {
        let waiting = if looks_at_edits { created } else { created + PERIOD };
        Self { looks_at_edits, resync, waiting, at_once: None, busy_until: created }
    }

    /// When the next pass begins, if nothing happens before.
    pub fn next(&self) -> Moment {
        let due = self.at_once.map_or(self.waiting, |at| at.min(self.waiting));
        due.max(self.busy_until)
    }

    /// The next pass: the moment at which it sees the world, `cost` after its beginning.
    pub fn pass(&mut self, cost: Span) -> Moment {
        let begun = self.next();
        let seen = begun + cost;
        let again = self.resync_within(begun, seen).map_or(seen + PERIOD, |resync| resync + PERIOD);
        // Of two entries for one key the earlier is kept.
        match self.at_once.take() {
            Some(at) if at < self.waiting => self.waiting = self.waiting.min(again),
            Some(_) | None => self.waiting = again,
        }
        self.busy_until = seen;
        seen
    }

    /// Another process takes over. A pass that runs ends first.
    pub fn restart(&mut self, at: Moment) {
        self.at_once = None;
        self.waiting = if self.looks_at_edits { at } else { at + PERIOD };
    }

    /// Somebody edits the HPA's spec.
    pub fn edit(&mut self, at: Moment) {
        if self.looks_at_edits {
            self.at_once = Some(at.max(self.busy_until));
        }
    }

    fn resync_within(&self, begun: Moment, seen: Moment) -> Option<Moment> {
        let phase = (begun - self.resync?).0.rem_euclid(PERIOD.0);
        let next = if phase == 0 { begun } else { begun + Span(PERIOD.0 - phase) };
        (next < seen).then_some(next)
    }
}

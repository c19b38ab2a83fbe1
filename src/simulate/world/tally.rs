//! What a run comes to: pod-hours, minutes and requests, slice by slice.

use super::crowd::Felt;
use super::demand::Slice;
use crate::quantity::Rate;
use crate::time::Instant;

/// Sums over one slice. Times in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// How long it lasted.
    pub seconds: f64,
    /// Replicas that were asked for, times seconds.
    pub pod_seconds: f64,
    /// How long fewer pods were ready than the floor says.
    pub below_floor: f64,
    /// What requests felt.
    pub felt: Felt,
    /// When p95 was longest.
    pub worst_at: Option<Instant>,
    /// Changes of the count.
    pub scale_events: u32,
    /// The most replicas.
    pub most: u32,
    /// The most requests per second.
    pub busiest: f64,
}

impl Tally {
    /// Replicas times hours.
    pub fn pod_hours(&self) -> f64 {
        self.pod_seconds / 3600.0
    }

    /// The share of requests that were answered within the gate; all, where there were none.
    pub fn in_time(&self) -> f64 {
        if self.felt.requests <= 0.0 {
            return 1.0;
        }
        1.0 - (self.felt.late + self.felt.refused) / self.felt.requests
    }

    /// Both together: of two targets, or of two slices.
    pub fn and(self, other: &Self) -> Self {
        let worst = if other.felt.worst > self.felt.worst { other.worst_at } else { self.worst_at };
        Self {
            seconds: self.seconds + other.seconds,
            pod_seconds: self.pod_seconds + other.pod_seconds,
            below_floor: self.below_floor + other.below_floor,
            felt: self.felt.and(other.felt),
            worst_at: worst,
            scale_events: self.scale_events + other.scale_events,
            most: self.most.max(other.most),
            busiest: self.busiest.max(other.busiest),
        }
    }

    /// Takes in a piece of time that began at `at`.
    pub fn add(&mut self, at: Instant, seconds: f64, piece: Piece) {
        self.seconds += seconds;
        self.pod_seconds += f64::from(piece.replicas) * seconds;
        if piece.ready < piece.floor {
            self.below_floor += seconds;
        }
        if piece.felt.worst > self.felt.worst {
            self.worst_at = Some(at);
        }
        self.felt = self.felt.and(piece.felt);
        self.most = self.most.max(piece.replicas);
        self.busiest = self.busiest.max(piece.arrivals.0);
    }
}

/// A piece of time in which nothing changes but the queue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Piece {
    /// Replicas that are asked for, and paid.
    pub replicas: u32,
    /// Pods that are ready.
    pub ready: u32,
    /// What the schedule asks for.
    pub floor: u32,
    /// What is asked for.
    pub arrivals: Rate,
    /// What requests felt.
    pub felt: Felt,
}

/// Tallies by slice.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tallies {
    slices: Vec<Tally>,
}

impl Tallies {
    /// The tally of a slice.
    pub fn of(&self, slice: Slice) -> Tally {
        self.slices.get(slice.0).copied().unwrap_or_default()
    }

    /// All slices together.
    pub fn total(&self) -> Tally {
        self.slices.iter().fold(Tally::default(), Tally::and)
    }

    /// The tally of a slice, to be added to.
    pub fn slice(&mut self, slice: Slice) -> &mut Tally {
        if self.slices.len() <= slice.0 {
            self.slices.resize(slice.0 + 1, Tally::default());
        }
        &mut self.slices[slice.0]
    }

    /// Both, slice by slice.
    pub fn and(mut self, other: &Self) -> Self {
        for (slice, tally) in other.slices.iter().enumerate() {
            let own = self.slice(Slice(slice));
            *own = own.and(tally);
        }
        self
    }
}

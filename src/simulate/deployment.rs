//! The target: how many replicas were asked for, how many are reported, and which of its pods are ready.

use std::collections::VecDeque;

use super::hpa::controller::{Pods, Scale};
use super::moment::{Moment, Span};

/// How quickly a target follows its scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delays {
    /// From a write of the scale to the pods and the reported count.
    pub follow: Span,
    /// From a pod's creation to its readiness.
    pub start_up: Span,
}

/// A Deployment.
#[derive(Clone, Debug)]
pub struct Deployment {
    delays: Delays,
    spec: i32,
    status: i32,
    /// Writes that the pods have not followed yet.
    writes: VecDeque<(Moment, i32)>,
    /// When each pod is ready, the oldest first. One that is not ready is removed first, then the youngest: with one
    /// start-up for all, that is always the last.
    ready_at: Vec<Moment>,
}

impl Deployment {
    /// One with `replicas` that are all ready.
    pub fn new(replicas: i32, now: Moment, delays: Delays) -> Self {
        let mut new =
            Self { delays, spec: replicas, status: 0, writes: VecDeque::new(), ready_at: Vec::new() };
        new.resize(replicas, now);
        new
    }

    /// The `last` of its pods are not ready before `at`.
    pub fn unready(mut self, last: usize, at: Moment) -> Self {
        let from = self.ready_at.len().saturating_sub(last);
        self.ready_at[from..].fill(at);
        self
    }

    /// Somebody writes the scale.
    pub fn write(&mut self, now: Moment, replicas: i32) {
        self.spec = replicas;
        self.writes.push_back((now + self.delays.follow, replicas));
    }

    /// Follows every write that is due.
    pub fn settle(&mut self, now: Moment) {
        while let Some((at, replicas)) = self.writes.front().copied().filter(|(at, _)| *at <= now) {
            self.writes.pop_front();
            self.resize(replicas, at + self.delays.start_up);
        }
    }

    fn resize(&mut self, replicas: i32, ready: Moment) {
        self.status = replicas;
        self.ready_at.resize(usize::try_from(replicas).unwrap_or(0), ready);
    }

    /// The scale subresource.
    pub fn scale(&self) -> Scale {
        Scale { spec: self.spec, status: self.status }
    }

    /// The pods, as of the last [`Self::settle`].
    pub fn pods(&self, now: Moment) -> Pods {
        let ready = self.ready_at.partition_point(|at| *at <= now);
        let count = |pods: usize| i32::try_from(pods).unwrap_or(i32::MAX);
        Pods { all: count(self.ready_at.len()), ready: count(ready) }
    }

    /// When it changes next by itself.
    pub fn next_change(&self, now: Moment) -> Option<Moment> {
        let write = self.writes.front().map(|(at, _)| *at);
        let ready = self.ready_at.get(self.ready_at.partition_point(|at| *at <= now)).copied();
        write.into_iter().chain(ready).min()
    }
}

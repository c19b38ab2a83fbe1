//! The target: how many replicas were asked for, how many are reported, and which of its pods are ready.

use std::collections::VecDeque;

use super::hpa::scale::{Pods, Scale};
use super::moment::{Moment, Span};

/// How quickly a target follows its scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delays {
    /// From a write of the scale to the pods and the reported count.
    pub follow: Span,
    /// From a pod's start on a node to its readiness.
    pub start_up: Span,
    /// How nodes come; absent: there is always room.
    pub nodes: Option<Nodes>,
}

/// How nodes come when the cluster is full. Each target has room of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nodes {
    /// From the first pod that waits for a node to its start there.
    pub start_up: Span,
    /// How many more pods than those that have been running for as long find room at once.
    pub spare: usize,
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
        let longest = delays.start_up.max(delays.nodes.map_or(Span(0), |nodes| nodes.start_up));
        let long_ago = Moment(now.0 - longest.0);
        let ready_at = vec![long_ago; usize::try_from(replicas).unwrap_or(0)];
        Self { delays, spec: replicas, status: replicas, writes: VecDeque::new(), ready_at }
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
            self.status = replicas;
            let replicas = usize::try_from(replicas).unwrap_or(0);
            self.ready_at.truncate(replicas);
            while self.ready_at.len() < replicas {
                self.ready_at.push(self.starts(at) + self.delays.start_up);
            }
        }
    }

    /// When one more pod, made at `now`, finds room. A node that was used up is made good by another, which takes as long as
    /// any; pods wait for nodes in turn.
    fn starts(&self, now: Moment) -> Moment {
        let Some(nodes) = self.delays.nodes else { return now };
        let start = |ready: Moment| Moment(ready.0 - self.delays.start_up.0);
        let settled = self.ready_at.partition_point(|ready| start(*ready) + nodes.start_up <= now);
        let own = if self.ready_at.len() < settled + nodes.spare { now } else { now + nodes.start_up };
        self.ready_at.last().map_or(own, |last| own.max(start(*last)))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn ready(nodes: Option<Nodes>, counts: &[(i64, i32)]) -> Vec<i64> {
        let at = |seconds| Moment(Span::seconds(seconds).0);
        let delays = Delays { follow: Span(0), start_up: Span::seconds(120), nodes };
        let mut deployment = Deployment::new(2, at(0), delays);
        for (seconds, count) in counts {
            deployment.write(at(*seconds), *count);
            deployment.settle(at(*seconds));
        }
        deployment.ready_at[2..].iter().map(|ready| ready.0 / Span::seconds(1).0).collect()
    }

    #[test]
    fn pods_beyond_the_room_wait_for_a_node_and_then_start() {
        let nodes = |spare| Some(Nodes { start_up: Span::seconds(300), spare });
        assert_eq!(ready(None, &[(10, 5)]), [130, 130, 130]);
        assert_eq!(ready(nodes(3), &[(10, 5)]), [130, 130, 130]);
        assert_eq!(ready(nodes(0), &[(10, 4)]), [430, 430]);
        assert_eq!(ready(nodes(1), &[(10, 4)]), [130, 430]);
        // What was free is used up until another node is there; who came first starts first.
        assert_eq!(ready(nodes(1), &[(10, 3), (40, 4)]), [130, 460]);
        assert_eq!(ready(nodes(1), &[(10, 3), (310, 4)]), [130, 430]);
        assert_eq!(ready(nodes(2), &[(10, 5), (200, 3), (210, 4)]), [130, 330]);
    }
}

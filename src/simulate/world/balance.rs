//! The queue in balance, worked out once for each load and number of pods: a year has few of both, and comes back to each.

use super::latency::{P95, Quantile, Servers, ServiceRate, Tail};
use crate::quantity::Rate;

/// Requests while the pods can serve what comes.
#[derive(Clone, Copy, Debug)]
pub struct Balance {
    arrivals: Rate,
    pods: u32,
    tail: Tail,
    slower: Option<f64>,
    p95: Option<f64>,
    /// Between which seconds p95 is known to lie: longer than the one, not longer than the other.
    between: (f64, f64),
}

impl Balance {
    /// More than no requests, and fewer than the pods can serve.
    fn of(service: ServiceRate, arrivals: Rate, pods: u32) -> Self {
        let tail = Servers { service, count: pods, arrivals }.tail();
        Self { arrivals, pods, tail, slower: None, p95: None, between: (0.0, f64::INFINITY) }
    }

    /// How the times of all requests are spread.
    pub fn tail(&self) -> &Tail {
        &self.tail
    }

    /// The share that takes longer than `gate` seconds, of which `served` is the share whose service alone does. Always asked
    /// with the same two.
    pub fn slower_than_gate(&mut self, gate: f64, served: f64) -> f64 {
        *self.slower.get_or_insert_with(|| self.tail.slower_than(gate, served))
    }

    /// Whether p95 is longer than so many seconds, of which `served` gives the share whose service alone is.
    pub fn has_longer_p95(&mut self, seconds: f64, served: impl Fn() -> f64) -> bool {
        if seconds > self.between.0 && seconds < self.between.1 {
            if self.tail.slower_than(seconds, served()) > 1.0 - P95.0 {
                self.between.0 = seconds;
            } else {
                self.between.1 = seconds;
            }
        }
        seconds <= self.between.0
    }

    /// The time within which that share is answered, in seconds.
    pub fn quantile(&mut self, share: Quantile) -> f64 {
        if share != P95 {
            return self.tail.quantile(share);
        }
        *self.p95.get_or_insert_with(|| self.tail.quantile(P95))
    }
}

/// What was worked out lately, at one service rate.
#[derive(Clone, Debug)]
pub struct Balances {
    service: ServiceRate,
    places: Vec<Balance>,
}

impl Balances {
    /// Enough for the loads of a season's day at a few numbers of pods, and small enough for a processor's nearest memory.
    const PLACES: usize = 256;

    /// Nothing yet.
    pub fn new(service: ServiceRate) -> Self {
        // Nobody asks for no pods.
        let none = Balance::of(service, Rate(0.0), 0);
        Self { service, places: vec![none; Self::PLACES] }
    }

    /// Of a load and a number of pods. Each has one place; what another had there is forgotten.
    pub fn of(&mut self, arrivals: Rate, pods: u32) -> &mut Balance {
        let mixed = (arrivals.0.to_bits() ^ u64::from(pods)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let place = &mut self.places[(mixed >> 32) as usize % Self::PLACES];
        if (place.arrivals, place.pods) != (arrivals, pods) {
            *place = Balance::of(self.service, arrivals, pods);
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_what_would_be_worked_out_again_however_many_others_came_between() {
        let service = ServiceRate(90.0);
        let mut balances = Balances::new(service);
        let served = service.longer_than(0.3);
        for round in 0..3 {
            for load in 1..3000 {
                let (arrivals, pods) = (Rate(f64::from(load) * 0.1), 4 + load % 5);
                let pods = u32::try_from(pods).unwrap();
                let servers = Servers { service, count: pods, arrivals };
                let balance = balances.of(arrivals, pods);
                let ours = (balance.slower_than_gate(0.3, served), balance.quantile(P95), *balance.tail());
                let theirs = (servers.tail().slower_than(0.3, served), servers.quantile(P95), servers.tail());
                assert_eq!(ours, theirs, "{load}, round {round}");
                assert_eq!(
                    balances.of(arrivals, pods).quantile(Quantile(0.5)),
                    servers.quantile(Quantile(0.5))
                );
            }
        }
    }
}

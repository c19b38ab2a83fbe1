//! How long answers take: a queue with Poisson arrivals, exponential service and as many servers as pods are ready (M/M/c).
//!
//! The share of requests that have to wait is Erlang's C formula (A. K. Erlang 1917; Kleinrock, Queueing Systems I, 3.5). It
//! is a model of queueing: not of the database behind the pods, of garbage collection, of retries or of slow single requests.

use crate::quantity::{Millis, Rate};

/// Requests per second that one replica can serve at most: one over the mean service time.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct ServiceRate(pub f64);

/// A share of requests: 0.95 for p95.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Quantile(pub f64);

/// The one that gates and alerts speak of.
pub const P95: Quantile = Quantile(0.95);

impl ServiceRate {
    /// Where the business knows no service time: the rate at which one replica alone, at what it is said to carry, has its p95
    /// exactly at the gate. The time that a request spends at one server is exponential with the rate `service - arrivals`.
    pub fn at_the_gate(carried: Rate, gate: Millis) -> Self {
        Self(carried.0 + (1.0 / (1.0 - P95.0)).ln() / gate.seconds())
    }

    /// Of a mean service time; one of nothing is taken for a thousandth of a second.
    pub fn of(service_time: Millis) -> Self {
        Self(1000.0 / f64::from(service_time.0.max(1)))
    }

    /// The share of services that take longer than `seconds`.
    pub fn longer_than(self, seconds: f64) -> f64 {
        (-self.0 * seconds).exp()
    }

    /// The mean service time in seconds.
    pub fn service_time(self) -> f64 {
        1.0 / self.0
    }
}

/// Servers and what arrives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Servers {
    /// Of one server.
    pub service: ServiceRate,
    /// How many there are; more than none.
    pub count: u32,
    /// Requests per second, fewer than all servers together can serve.
    pub arrivals: Rate,
}

impl Servers {
    /// The share of requests that find all servers busy: Erlang's C, by the recursion of Erlang's B turned upside down, which
    /// divides once.
    pub fn waiting_share(&self) -> f64 {
        let offered = self.arrivals.0 / self.service.0;
        let each = 1.0 / offered;
        let passed = (1..=self.count).fold(1.0, |passed, servers| 1.0 + passed * (f64::from(servers) * each));
        let busy = offered / f64::from(self.count);
        1.0 / (busy + (1.0 - busy) * passed)
    }

    /// How the times of all requests are spread.
    pub fn tail(&self) -> Tail {
        let (service, waiting) = (self.service.0, self.waiting_share());
        Tail { service, waiting, spare: f64::from(self.count) * service - self.arrivals.0 }
    }

    /// The share of requests that take longer than `seconds`, waiting included.
    pub fn slower_than(&self, seconds: f64) -> f64 {
        self.tail().slower_than(seconds, self.service.longer_than(seconds))
    }

    /// The time within which that share of requests is answered, in seconds.
    pub fn quantile(&self, share: Quantile) -> f64 {
        self.tail().quantile(share)
    }
}

/// The time of a request: an exponential service and, for those who wait, an exponential wait before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tail {
    service: f64,
    waiting: f64,
    /// What all servers together could serve beside what comes, per second.
    spare: f64,
}

/// The shares of services and of waits that take longer than a time.
#[derive(Clone, Copy, Debug)]
struct Gone {
    service: f64,
    wait: f64,
}

impl Tail {
    /// The share of requests that wait.
    pub fn waiting_share(&self) -> f64 {
        self.waiting
    }

    /// The share of requests that take longer than `seconds`, of which `served` is the share whose service alone does.
    pub fn slower_than(&self, seconds: f64, served: f64) -> f64 {
        self.slower(seconds, Gone { service: served, wait: (-self.spare * seconds).exp() })
    }

    fn slower(&self, seconds: f64, gone: Gone) -> f64 {
        let Self { service, waiting, spare } = *self;
        let both = if self.is_even() {
            gone.service * (1.0 + service * seconds)
        } else {
            (spare * gone.service - service * gone.wait) / (spare - service)
        };
        (1.0 - waiting) * gone.service + waiting * both
    }

    /// Whether a wait ends as fast as a service: the formula for two rates divides by their difference.
    fn is_even(&self) -> bool {
        (self.spare - self.service).abs() < 1e-9 * self.service
    }

    /// How quickly [`Self::slower_than`] falls there.
    fn density(&self, seconds: f64, gone: Gone) -> f64 {
        let Self { service, waiting, spare } = *self;
        let both = if self.is_even() {
            service * seconds * gone.service
        } else {
            spare * (gone.service - gone.wait) / (spare - service)
        };
        service * ((1.0 - waiting) * gone.service + waiting * both)
    }

    /// The time within which that share of requests is answered, in seconds: by Newton's steps on the logarithm of the rest,
    /// which is nearly a straight line.
    pub fn quantile(&self, share: Quantile) -> f64 {
        let rest = 1.0 - share.0;
        // Nobody is faster than a service, and those who wait are not faster than their wait.
        let mut below = (-rest.ln() / self.service).max((self.waiting / rest).ln() / self.spare);
        let (mut time, mut above) = (below, f64::INFINITY);
        for _ in 0..100 {
            let gone = Gone { service: (-self.service * time).exp(), wait: (-self.spare * time).exp() };
            let slower = self.slower(time, gone);
            if slower > rest {
                below = below.max(time)
            } else {
                above = above.min(time)
            }
            let next = time + (slower / rest).ln() * slower / self.density(time, gone);
            let next = if next > above || next < below { f64::midpoint(below, above) } else { next };
            // What is wrong after a step is about the square of the step.
            let is_found = (next - time).abs() <= 1e-6 * time;
            time = next;
            if is_found {
                break;
            }
        }
        time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn servers(count: u32, offered: f64) -> Servers {
        Servers { service: ServiceRate(1.0), count, arrivals: Rate(offered) }
    }

    /// Published values of Erlang's C: one server waits as often as it is busy; two at offered load 1 wait in 1 of 3 cases;
    /// the others are from tables of call centres.
    #[test]
    fn the_share_that_waits_is_that_of_the_published_tables() {
        for (count, offered, share) in [
            (1, 0.5, 0.5),
            (1, 0.9, 0.9),
            (2, 1.0, 1.0 / 3.0),
            (2, 1.5, 9.0 / 14.0),
            (3, 2.0, 4.0 / 9.0),
            (5, 4.0, 0.5541),
            (10, 8.0, 0.4092),
            (11, 10.0, 0.6821),
        ] {
            let ours = servers(count, offered).waiting_share();
            assert!((ours - share).abs() < 5e-5, "{count} servers, {offered} erlangs: {ours}, {share}");
        }
    }

    #[test]
    fn one_server_has_the_exponential_time_that_its_formula_says() {
        let one = Servers { service: ServiceRate(90.0), count: 1, arrivals: Rate(80.0) };
        assert!((one.slower_than(0.1) - (-1.0_f64).exp()).abs() < 1e-9);
        assert!((one.quantile(P95) - 20.0_f64.ln() / 10.0).abs() < 1e-9);
        let derived = ServiceRate::at_the_gate(Rate(80.0), Millis(300));
        let alone = Servers { service: derived, count: 1, arrivals: Rate(80.0) };
        assert!((alone.quantile(P95) - 0.3).abs() < 1e-9);
    }

    #[test]
    fn more_load_is_slower_and_more_servers_are_faster() {
        let p95 = |count, offered| servers(count, offered).quantile(P95);
        assert!(p95(4, 3.0) < p95(4, 3.5) && p95(5, 3.5) < p95(4, 3.5));
    }
}

//! The formula of the queue against a simulation of every single request.

use seasonscale::quantity::Rate;
use seasonscale::simulate::world::latency::{P95, Servers, ServiceRate};

struct Chance(u64);

impl Chance {
    /// Exponential, with mean 1 (xorshift64*).
    fn exponential(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let bits = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11;
        -(1.0 - bits as f64 / (1_u64 << 53) as f64).ln()
    }
}

/// The p95 of many requests that are served in the order in which they come.
fn p95_of_requests(servers: Servers) -> f64 {
    const REQUESTS: usize = 400_000;
    let mut chance = Chance(0x1234_5678_9abc_def1);
    let mut free_at = vec![0.0_f64; servers.count as usize];
    let mut now = 0.0;
    let mut times = Vec::with_capacity(REQUESTS);
    for _ in 0..REQUESTS {
        now += chance.exponential() / servers.arrivals.0;
        let first = free_at.iter_mut().min_by(|one, other| one.total_cmp(other)).unwrap();
        *first = first.max(now) + chance.exponential() / servers.service.0;
        times.push(*first - now);
    }
    times.drain(..REQUESTS / 10);
    times.sort_by(f64::total_cmp);
    times[times.len() * 95 / 100]
}

#[test]
fn p95_is_that_of_single_requests() {
    for (count, busy) in [(1, 0.5), (1, 0.8), (2, 0.7), (4, 0.85), (8, 0.6), (12, 0.9)] {
        let service = ServiceRate(90.0);
        let arrivals = Rate(f64::from(count) * service.0 * busy);
        let servers = Servers { service, count, arrivals };
        let (formula, counted) = (servers.quantile(P95), p95_of_requests(servers));
        assert!((formula / counted - 1.0).abs() < 0.04, "{count} servers, {busy} busy: {formula} {counted}");
    }
}

//! Requests at a target through time: the queue in balance while the pods can serve what comes, a fluid that piles up while they
//! cannot. A request that would wait longer than ten seconds is refused; a message of a queue waits as long as it takes.

use super::balance::Balances;
use super::latency::{P95, Quantile, ServiceRate};
use crate::quantity::{Millis, Rate};

/// For how many seconds anybody waits.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Patience(pub f64);

impl Patience {
    /// Of a request.
    pub const REQUEST: Self = Self(10.0);
    /// Of a message in a queue: it is never given up.
    pub const MESSAGE: Self = Self(f64::INFINITY);
}

/// What comes and who serves it, during a stretch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    /// Requests per second.
    pub arrivals: Rate,
    /// Pods that are ready.
    pub pods: u32,
    /// How long, in seconds.
    pub seconds: f64,
}

/// What a stretch came to. Times in seconds, requests as numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Felt {
    /// With p95 over the gate.
    pub over_gate: f64,
    /// With more than the pods can serve, or a rest of it.
    pub saturated: f64,
    /// All.
    pub requests: f64,
    /// Answered after the gate.
    pub late: f64,
    /// Not answered.
    pub refused: f64,
    /// The longest p95, in seconds.
    pub worst: f64,
}

/// The requests at one target.
#[derive(Clone, Debug)]
pub struct Crowd {
    service: ServiceRate,
    gate: f64,
    /// The share of requests whose service alone takes longer than the gate.
    served_after_gate: f64,
    /// Requests per second under which a p95 says nothing.
    least: Rate,
    patience: f64,
    waiting: f64,
    balances: Balances,
    calm: Calm,
}

/// For each number of pods the highest load whose p95 is known to be no longer than `longest`.
#[derive(Clone, Debug, Default)]
struct Calm {
    longest: f64,
    loads: Vec<Rate>,
}

impl Calm {
    /// The load for so many pods, where `longest` is the longest p95 so far.
    fn load(&mut self, pods: u32, longest: f64) -> &mut Rate {
        if longest < self.longest {
            self.loads.clear();
        }
        self.longest = longest;
        let at = pods as usize;
        if self.loads.len() <= at {
            self.loads.resize(at + 1, Rate(0.0));
        }
        &mut self.loads[at]
    }
}

impl Crowd {
    /// Nobody waits.
    pub fn new(service: ServiceRate, gate: Millis, least: Rate, patience: Patience) -> Self {
        let gate = gate.seconds();
        Self {
            service,
            gate,
            served_after_gate: service.longer_than(gate),
            least,
            patience: patience.0,
            waiting: 0.0,
            balances: Balances::new(service),
            calm: Calm::default(),
        }
    }

    /// Whether nobody waits beyond the balance.
    pub fn is_balanced(&self, arrivals: Rate, pods: u32) -> bool {
        self.waiting <= 0.0 && arrivals.0 < self.capacity(pods)
    }

    fn capacity(&self, pods: u32) -> f64 {
        f64::from(pods) * self.service.0
    }

    /// Requests that are answered, per second; none where no pod is.
    pub fn served(&self, arrivals: Rate, pods: u32) -> Option<f64> {
        let capacity = self.capacity(pods);
        let served = if self.waiting > 0.0 { capacity } else { arrivals.0.min(capacity) };
        (pods > 0).then_some(served)
    }

    /// The time within which that share is answered, in seconds; none where nothing is.
    pub fn quantile(&mut self, share: Quantile, arrivals: Rate, pods: u32) -> Option<f64> {
        if pods == 0 || arrivals.0 <= 0.0 && self.waiting <= 0.0 {
            return None;
        }
        if !self.is_balanced(arrivals, pods) {
            let service = (1.0 / (1.0 - share.0)).ln() / self.service.0;
            return Some(service + self.waiting / self.capacity(pods));
        }
        Some(self.balances.of(arrivals, pods).quantile(share).min(self.patience))
    }

    /// Whether the time within which that share is answered is longer than so many seconds; none where nothing is answered.
    pub fn is_slower(&mut self, than: (Quantile, f64), arrivals: Rate, pods: u32) -> Option<bool> {
        let (share, seconds) = than;
        if share != P95 || pods == 0 || arrivals.0 <= 0.0 || !self.is_balanced(arrivals, pods) {
            return self.quantile(share, arrivals, pods).map(|time| time > seconds);
        }
        let served = || self.service.longer_than(seconds);
        Some(seconds < self.patience && self.balances.of(arrivals, pods).has_longer_p95(seconds, served))
    }

    /// How many wait or are served.
    pub fn present(&mut self, arrivals: Rate, pods: u32) -> f64 {
        if pods == 0 {
            return self.waiting;
        }
        if !self.is_balanced(arrivals, pods) {
            return self.waiting + f64::from(pods);
        }
        let spare = self.capacity(pods) - arrivals.0;
        if arrivals.0 <= 0.0 {
            return 0.0;
        }
        let waiting = self.balances.of(arrivals, pods).tail().waiting_share();
        waiting * arrivals.0 / spare + arrivals.0 / self.service.0
    }

    /// For how many seconds they are there, in the mean (J. D. C. Little 1961).
    pub fn stay(&mut self, arrivals: Rate, pods: u32) -> f64 {
        if !self.is_balanced(arrivals, pods) {
            let capacity = self.capacity(pods.max(1));
            return self.waiting / capacity + self.service.service_time();
        }
        if arrivals.0 > 0.0 { self.present(arrivals, pods) / arrivals.0 } else { 0.0 }
    }

    /// Lets a stretch go by. Of a p95 that is not longer than `longest` only that much is known: its own number takes time to
    /// work out, and nobody asks for it.
    pub fn pass(&mut self, stretch: Stretch, longest: f64) -> Felt {
        let mut felt = self.pass_all(stretch, longest);
        if stretch.arrivals < self.least {
            (felt.over_gate, felt.worst) = (0.0, 0.0);
        }
        felt
    }

    fn pass_all(&mut self, stretch: Stretch, longest: f64) -> Felt {
        let Stretch { arrivals, pods, seconds } = stretch;
        let requests = arrivals.0 * seconds;
        if arrivals.0 <= 0.0 && self.waiting <= 0.0 {
            return Felt::default();
        }
        if pods == 0 {
            return self.unserved(requests, seconds);
        }
        if self.is_balanced(arrivals, pods) {
            return self.balance(stretch, longest);
        }
        self.pile(stretch, longest)
    }

    fn unserved(&mut self, requests: f64, seconds: f64) -> Felt {
        let all = Felt { over_gate: seconds, saturated: seconds, requests, ..Felt::default() };
        if self.patience.is_infinite() {
            self.waiting += requests;
            return Felt { late: requests, worst: seconds, ..all };
        }
        let refused = requests + std::mem::take(&mut self.waiting);
        Felt { refused, worst: self.patience, ..all }
    }

    /// While the pods can serve what comes.
    fn balance(&mut self, Stretch { arrivals, pods, seconds }: Stretch, longest: f64) -> Felt {
        let balance = self.balances.of(arrivals, pods);
        let slower = balance.slower_than_gate(self.gate, self.served_after_gate);
        let is_over = slower > 1.0 - P95.0 && self.gate < self.patience;
        let requests = arrivals.0 * seconds;
        let mut worst = 0.0;
        let calm = self.calm.load(pods, longest);
        if arrivals > *calm && arrivals >= self.least {
            *calm = arrivals;
            let served = self.service.longer_than(longest);
            if longest < self.patience && balance.tail().slower_than(longest, served) > 1.0 - P95.0 {
                worst = balance.quantile(P95).min(self.patience);
            }
        }
        Felt {
            over_gate: if is_over { seconds } else { 0.0 },
            requests,
            late: requests * slower,
            worst,
            ..Felt::default()
        }
    }

    /// While more comes than can be served, or a rest of it waits.
    fn pile(&mut self, Stretch { arrivals, pods, seconds }: Stretch, longest: f64) -> Felt {
        let capacity = self.capacity(pods);
        let most = self.patience * capacity;
        // Pods that left take their part of the queue's patience with them.
        let mut refused = (self.waiting - most).max(0.0);
        let begins = self.waiting.min(most);
        let grows = arrivals.0 - capacity;
        let is_full = grows >= 0.0 && begins >= most - 1e-9;
        // As far as the queue changes in a straight line.
        let lasts = match (is_full, grows) {
            (true, _) | (false, 0.0) => seconds,
            (false, grows) if grows < 0.0 => (begins / -grows).min(seconds),
            (false, grows) => ((most - begins) / grows).min(seconds),
        };
        let ends = if is_full { begins } else { (begins + grows * lasts).clamp(0.0, most) };
        refused += if is_full { grows * lasts } else { 0.0 };
        self.waiting = if ends < 1e-6 { 0.0 } else { ends };
        let service = (1.0 / (1.0 - P95.0)).ln() / self.service.0;
        let limit = (self.gate - service) * capacity;
        let over_gate = lasts * share_over((begins, ends), limit);
        let slow = self.slow_on_the_way(capacity, (begins, ends));
        let requests = arrivals.0 * lasts;
        let mut felt = Felt {
            over_gate,
            saturated: lasts,
            requests,
            late: ((requests - refused).max(0.0)) * slow,
            refused,
            worst: service + begins.max(ends) / capacity,
        };
        if lasts < seconds {
            let rest = self.pass_all(Stretch { arrivals, pods, seconds: seconds - lasts }, longest);
            felt = felt.and(rest);
        }
        felt
    }
}

impl Crowd {
    /// The share of requests that are slower than the gate while the queue goes from one length to another in a straight line:
    /// who comes has to wait, and then to be served, which takes an exponential time.
    fn slow_on_the_way(&self, capacity: f64, ends: (f64, f64)) -> f64 {
        let all_slow = self.gate * capacity;
        let left = |waiting: f64| (self.gate - waiting / capacity).max(0.0);
        let share = |waiting: f64| (-self.service.0 * left(waiting)).exp();
        let sum = |waiting: f64| capacity / self.service.0 * share(waiting) + (waiting - all_slow).max(0.0);
        if (ends.1 - ends.0).abs() < 1e-6 {
            share(ends.0)
        } else {
            (sum(ends.1) - sum(ends.0)) / (ends.1 - ends.0)
        }
    }
}

/// The part of a straight line from `ends.0` to `ends.1` that lies over `limit`.
fn share_over(ends: (f64, f64), limit: f64) -> f64 {
    let (low, high) = (ends.0.min(ends.1), ends.0.max(ends.1));
    if low > limit {
        1.0
    } else if high <= limit {
        0.0
    } else {
        (high - limit) / (high - low)
    }
}

impl Felt {
    /// Both, one after the other.
    pub fn and(self, other: Self) -> Self {
        Self {
            over_gate: self.over_gate + other.over_gate,
            saturated: self.saturated + other.saturated,
            requests: self.requests + other.requests,
            late: self.late + other.late,
            refused: self.refused + other.refused,
            worst: self.worst.max(other.worst),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crowd() -> Crowd {
        Crowd::new(ServiceRate(100.0), Millis(300), Rate(0.2), Patience::REQUEST)
    }

    fn stretch(arrivals: f64, pods: u32, seconds: f64) -> Stretch {
        Stretch { arrivals: Rate(arrivals), pods, seconds }
    }

    #[test]
    fn what_cannot_be_served_waits_up_to_ten_seconds_and_the_rest_is_refused() {
        let mut crowd = crowd();
        // 20 a second too many: after 50 s, 1000 wait, which is ten seconds of 100 a second.
        let first = crowd.pass(stretch(120.0, 1, 50.0), 0.0);
        assert!((crowd.waiting - 1000.0).abs() < 1e-9 && first.refused.abs() < 1e-9);
        assert!((first.saturated - 50.0).abs() < 1e-9);
        let then = crowd.pass(stretch(120.0, 1, 10.0), 0.0);
        assert!((then.refused - 200.0).abs() < 1e-9 && (then.late - 1000.0).abs() < 1e-9);
        assert!(then.worst > 10.0 && then.worst < 10.1);
        // Two pods serve 80 a second more than come: 12.5 s.
        let after = crowd.pass(stretch(120.0, 2, 60.0), 0.0);
        assert!((after.saturated - 12.5).abs() < 1e-9, "{after:?}");
        assert!(crowd.is_balanced(Rate(120.0), 2));
    }

    #[test]
    fn messages_are_never_given_up_and_their_number_and_age_are_those_of_the_queue() {
        let mut queue = Crowd::new(ServiceRate(1.0), Millis(60_000), Rate(0.2), Patience::MESSAGE);
        // One server, half busy: one message in the mean, for two seconds.
        assert!(
            (queue.present(Rate(0.5), 1) - 1.0).abs() < 1e-9 && (queue.stay(Rate(0.5), 1) - 2.0).abs() < 1e-9
        );
        let felt = queue.pass(stretch(3.0, 1, 1000.0), 0.0);
        assert!((queue.waiting - 2000.0).abs() < 1e-9 && felt.refused.abs() < 1e-9);
        assert!((queue.stay(Rate(3.0), 1) - 2001.0).abs() < 1e-9);
        queue.pass(stretch(1.0, 0, 100.0), 0.0);
        assert!((queue.present(Rate(1.0), 0) - 2100.0).abs() < 1e-9);
        // Four pods more than what comes take 2,100 away in 525 s.
        assert!((queue.pass(stretch(1.0, 5, 3600.0), 0.0).saturated - 525.0).abs() < 1e-6);
        assert!(queue.is_balanced(Rate(1.0), 5));
    }

    #[test]
    fn a_stretch_in_pieces_comes_to_the_same() {
        let whole = crowd().pass(stretch(130.0, 1, 40.0), 0.0);
        let mut crowd = crowd();
        let pieces = (0..400).map(|_| crowd.pass(stretch(130.0, 1, 0.1), 0.0));
        let sum = pieces.fold(Felt::default(), Felt::and);
        assert!((whole.over_gate - sum.over_gate).abs() < 1e-6 && (whole.refused - sum.refused).abs() < 1e-6);
        assert!((whole.late - sum.late).abs() / sum.late < 1e-3, "{whole:?} {sum:?}");
    }

    #[test]
    fn whether_p95_is_longer_is_what_p95_itself_says() {
        for patience in [Patience::REQUEST, Patience::MESSAGE, Patience(0.05)] {
            let mut crowd = Crowd::new(ServiceRate(100.0), Millis(300), Rate(0.2), patience);
            for load in 0..500 {
                let (arrivals, pods) = (Rate(f64::from(load)), 3 + load % 3);
                let pods = u32::try_from(pods).unwrap();
                for seconds in [0.3, 0.01, 0.04, 0.03, 0.031, 0.2, 0.05, 0.09] {
                    let p95 = crowd.quantile(P95, arrivals, pods);
                    let slower = crowd.is_slower((P95, seconds), arrivals, pods);
                    assert_eq!(slower, p95.map(|p95| p95 > seconds), "{load}, {pods} pods, {seconds} s");
                }
            }
        }
    }

    #[test]
    fn without_pods_everything_is_refused_and_without_requests_nothing_is_slow() {
        let mut crowd = crowd();
        assert!((crowd.pass(stretch(10.0, 0, 5.0), 0.0).refused - 50.0).abs() < 1e-9);
        assert_eq!(crowd.pass(stretch(0.0, 1, 5.0), 0.0), Felt::default());
        assert_eq!(crowd.quantile(P95, Rate(0.0), 1), None);
        assert_eq!(crowd.served(Rate(500.0), 2), Some(200.0));
    }
}

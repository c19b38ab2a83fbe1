//! How long the HPA takes from one floor to the next, by the policies of its behavior, at one pass every 15 s
//! (Kubernetes: `pkg/controller/podautoscaler/horizontal.go`).

use super::scaledobject::{Behavior, Policy, PolicyKind, Rules, SelectPolicy};
use crate::quantity::Replicas;
use crate::tolerance::Tolerance;

/// `--horizontal-pod-autoscaler-sync-period`
const SYNC: i64 = 15;

/// `--horizontal-pod-autoscaler-downscale-stabilization`
const DOWNSCALE_STABILIZATION: i32 = 300;

/// From one number of replicas to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Way {
    /// Where it begins.
    pub from: Replicas,
    /// Where it is to end.
    pub to: Replicas,
    /// What the metrics ask for: more than the end where the maximum cuts it, nothing where the minimum is the end.
    pub asked: Replicas,
}

/// How long there is for a way, and what counts as its end.
#[derive(Clone, Copy, Debug)]
pub struct Leave {
    /// Seconds.
    pub at_most: i64,
    /// The HPA's.
    pub tolerance: Tolerance,
}

/// Where a way has led.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Seconds after the instant at which the floor changed.
    pub after: i64,
    /// What runs: the floor, or what is within the tolerance of it; something between where there was not the time.
    pub at: Replicas,
    /// Whether the HPA moves no more from there.
    pub is_at_rest: bool,
}

impl Way {
    /// Where the HPA has got to.
    pub fn go(self, behavior: Option<&Behavior>, leave: Leave) -> Arrival {
        let is_up = self.to > self.from;
        let rules =
            behavior.and_then(
                |behavior| {
                    if is_up { behavior.scale_up.as_ref() } else { behavior.scale_down.as_ref() }
                },
            );
        let rules = rules.map(|rules| &rules.value);
        let otherwise = if is_up { 0 } else { DOWNSCALE_STABILIZATION };
        let window = rules.and_then(|rules| rules.stabilization_window_seconds).unwrap_or(otherwise);
        let (mut running, to) = (self.from, self.to);
        let rests = |running: Replicas| running == to || leave.tolerance.keeps((running, self.asked));
        if rests(running) {
            return Arrival { after: 0, at: running, is_at_rest: true };
        }
        // The pass before still saw the floor before, and of a window the one counts that moves least.
        let mut now = (i64::from(window) - 1).max(0) / SYNC * SYNC;
        let mut steps: Vec<(i64, i64)> = Vec::new();
        while now <= leave.at_most {
            let limit = match behavior {
                // Without a behavior: `scaleUpLimitFactor` and `scaleUpLimitMinimum`, and no limit on the way down.
                None if is_up => (2 * i64::from(running.0)).max(4),
                None => 0,
                Some(_) if is_up => highest(rules, i64::from(running.0), &steps, now),
                Some(_) => lowest(rules, i64::from(running.0), &steps, now),
            };
            let limit = Replicas(u32::try_from(limit.max(0)).unwrap_or(u32::MAX));
            let next = if is_up { limit.max(running).min(to) } else { limit.min(running).max(to) };
            if next != running {
                steps.push((now, i64::from(next.0.abs_diff(running.0))));
                // No period is longer than half an hour.
                steps.retain(|(at, _)| now - at < 1800);
            }
            running = next;
            if rests(running) {
                return Arrival { after: now, at: running, is_at_rest: true };
            }
            now += SYNC;
        }
        Arrival { after: leave.at_most, at: running, is_at_rest: false }
    }
}

/// Replicas by which these steps have moved in a policy's period.
fn moved(policy: &Policy, steps: &[(i64, i64)], now: i64) -> i64 {
    let recent = steps.iter().filter(|(at, _)| now - at < i64::from(policy.period_seconds));
    recent.map(|(_, change)| change).sum()
}

/// What the policies allow at `now`, after these steps.
fn highest(rules: Option<&Rules>, running: i64, steps: &[(i64, i64)], now: i64) -> i64 {
    const DEFAULT: [Policy; 2] = [
        Policy { kind: PolicyKind::Pods, value: 4, period_seconds: 15 },
        Policy { kind: PolicyKind::Percent, value: 100, period_seconds: 15 },
    ];
    let policies = rules.and_then(|rules| rules.policies.as_deref()).unwrap_or(&DEFAULT);
    let limits = policies.iter().map(|policy| {
        let start = running - moved(policy, steps, now);
        match policy.kind {
            PolicyKind::Pods => start + i64::from(policy.value),
            PolicyKind::Percent => (start as f64 * (1.0 + f64::from(policy.value) / 100.0)).ceil() as i64,
        }
    });
    match rules.and_then(|rules| rules.select_policy).unwrap_or(SelectPolicy::Max) {
        SelectPolicy::Max => limits.max().unwrap_or(running),
        SelectPolicy::Min => limits.min().unwrap_or(running),
        SelectPolicy::Disabled => running,
    }
}

/// The same on the way down, where the policy of the most change gives the lowest number.
fn lowest(rules: Option<&Rules>, running: i64, steps: &[(i64, i64)], now: i64) -> i64 {
    const DEFAULT: [Policy; 1] = [Policy { kind: PolicyKind::Percent, value: 100, period_seconds: 15 }];
    let policies = rules.and_then(|rules| rules.policies.as_deref()).unwrap_or(&DEFAULT);
    let limits = policies.iter().map(|policy| {
        let start = running + moved(policy, steps, now);
        match policy.kind {
            PolicyKind::Pods => start - i64::from(policy.value),
            PolicyKind::Percent => (start as f64 * (1.0 - f64::from(policy.value) / 100.0)) as i64,
        }
    });
    match rules.and_then(|rules| rules.select_policy).unwrap_or(SelectPolicy::Max) {
        SelectPolicy::Max => limits.min().unwrap_or(running),
        SelectPolicy::Min => limits.max().unwrap_or(running),
        SelectPolicy::Disabled => running,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tolerance::{DEFAULT, Form};
    use crate::yaml::{Mark, Marked};

    const A_DAY: i64 = 86_400;

    fn behavior(window: i32, kind: PolicyKind, value: i32, period_seconds: i32) -> Behavior {
        let rules = Rules {
            stabilization_window_seconds: Some(window),
            select_policy: None,
            tolerance: None,
            policies: Some(vec![Policy { kind, value, period_seconds }]),
        };
        let rules = Some(Marked { value: rules, mark: Mark::START });
        Behavior { scale_up: rules.clone(), scale_down: rules }
    }

    fn way(from: u32, to: u32) -> Way {
        Way { from: Replicas(from), to: Replicas(to), asked: Replicas(to) }
    }

    fn leave(at_most: i64, tolerance: f64) -> Leave {
        Leave { at_most, tolerance: Tolerance { form: Form::Bounds, up: tolerance, down: tolerance } }
    }

    fn rest(after: i64, at: u32) -> Arrival {
        Arrival { after, at: Replicas(at), is_at_rest: true }
    }

    #[test]
    fn a_pod_every_five_minutes_takes_as_many_periods_as_pods_are_missing_but_one() {
        let slow = behavior(0, PolicyKind::Pods, 1, 300);
        assert_eq!(way(2, 20).go(Some(&slow), leave(A_DAY, 0.0)), rest(17 * 300, 20));
        let under_way = Arrival { after: 3600, at: Replicas(15), is_at_rest: false };
        assert_eq!(way(2, 20).go(Some(&slow), leave(3600, 0.0)), under_way);
        // 20 over 19 is within a tenth: the last step never comes.
        assert_eq!(way(2, 20).go(Some(&slow), leave(A_DAY, DEFAULT)), rest(16 * 300, 19));
        assert_eq!(way(2, 10).go(Some(&slow), leave(A_DAY, DEFAULT)), rest(7 * 300, 10));
    }

    #[test]
    fn a_window_holds_the_first_step_back_for_its_length() {
        let held = behavior(3600, PolicyKind::Percent, 100, 15);
        // 2, 4, 8, 16, 20 from the pass on at which the last low recommendation is an hour old.
        assert_eq!(way(2, 20).go(Some(&held), leave(A_DAY, DEFAULT)), rest(3585 + 45, 20));
    }

    #[test]
    fn by_default_a_floor_is_there_within_a_minute_or_two() {
        assert_eq!(way(1, 20).go(None, leave(A_DAY, DEFAULT)), rest(45, 20));
        let empty = Behavior { scale_up: None, scale_down: None };
        assert_eq!(way(2, 20).go(Some(&empty), leave(A_DAY, DEFAULT)), rest(30, 20));
    }

    #[test]
    fn a_policy_that_reaches_the_floor_in_one_step_is_not_asked_within_the_tolerance() {
        let wide = behavior(0, PolicyKind::Pods, 100, 15);
        for behavior in [None, Some(&wide)] {
            assert_eq!(way(19, 20).go(behavior, leave(A_DAY, DEFAULT)), rest(0, 19));
            assert_eq!(way(10, 11).go(behavior, leave(A_DAY, DEFAULT)), rest(0, 10));
            assert_eq!(way(10, 11).go(behavior, leave(A_DAY, 0.0)), rest(0, 11));
        }
        // What is cut to 20 asks for more.
        let cut = Way { asked: Replicas(32), ..way(19, 20) };
        assert_eq!(cut.go(Some(&wide), leave(A_DAY, DEFAULT)), rest(0, 20));
    }

    #[test]
    fn small_steps_down_rest_within_the_tolerance_and_large_ones_do_not() {
        let small = behavior(0, PolicyKind::Percent, 5, 15);
        let down = |from, to, tolerance| way(from, to).go(Some(&small), leave(A_DAY, tolerance)).at;
        assert_eq!(down(20, 10, DEFAULT), Replicas(11));
        assert_eq!(down(20, 10, 0.0), Replicas(10));
        assert_eq!(down(20, 5, DEFAULT), Replicas(5));
        let large = behavior(0, PolicyKind::Percent, 50, 15);
        assert_eq!(way(20, 10).go(Some(&large), leave(A_DAY, DEFAULT)), rest(0, 10));
        // To the minimum the HPA goes from anywhere.
        let to_minimum = Way { asked: Replicas(0), ..way(11, 10) };
        assert_eq!(to_minimum.go(Some(&large), leave(A_DAY, DEFAULT)), rest(0, 10));
    }

    #[test]
    fn without_a_behavior_nothing_falls_for_five_minutes_and_then_at_once() {
        assert_eq!(way(20, 2).go(None, leave(A_DAY, DEFAULT)), rest(285, 2));
        assert_eq!(way(20, 2).go(None, leave(240, DEFAULT)).at, Replicas(20));
        assert_eq!(way(11, 10).go(None, leave(A_DAY, DEFAULT)), rest(0, 11));
        assert_eq!(way(22, 20).go(None, leave(A_DAY, DEFAULT)), rest(0, 22));
    }
}

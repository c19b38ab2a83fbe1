//! How long the HPA takes from one floor to the next, by the policies of its behavior, at one pass every 15 s
//! (Kubernetes: `pkg/controller/podautoscaler/horizontal.go`).

use super::scaledobject::{Behavior, Policy, PolicyKind, Rules, SelectPolicy};
use crate::quantity::Replicas;

/// `--horizontal-pod-autoscaler-sync-period`
const SYNC: i64 = 15;

/// From one number of replicas to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Way {
    /// Where it begins.
    pub from: Replicas,
    /// Where it is to end.
    pub to: Replicas,
}

/// Where a climb ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Seconds after the instant at which the higher floor began.
    pub after: i64,
    /// The floor, or fewer where a step ends within the tolerance below it.
    pub at: Replicas,
}

/// Where the way up ends, within `at_most` seconds and a tolerance; none where that takes longer.
pub fn climb(behavior: Option<&Behavior>, way: Way, (at_most, tolerance): (i64, f64)) -> Option<Arrival> {
    let rules = behavior.and_then(|behavior| behavior.scale_up.as_ref()).map(|rules| &rules.value);
    let window = rules.and_then(|rules| rules.stabilization_window_seconds).unwrap_or(0);
    // The pass before still saw the lower floor, and the lowest of the window counts.
    let mut now = 0;
    while now + SYNC < i64::from(window) {
        now += SYNC;
    }
    let (mut running, to) = (i64::from(way.from.0), i64::from(way.to.0));
    let rests = |running: i64| running >= to || to as f64 <= (1.0 + tolerance) * running as f64;
    if rests(running) {
        return Some(Arrival { after: 0, at: way.from });
    }
    let mut steps: Vec<(i64, i64)> = Vec::new();
    while now <= at_most {
        let limit = match behavior {
            // Without a behavior: `scaleUpLimitFactor` and `scaleUpLimitMinimum`.
            None => (2 * running).max(4),
            Some(_) => highest(rules, running, &steps, now),
        };
        let next = limit.max(running).min(to);
        if next > running {
            steps.push((now, next - running));
            // No period is longer than half an hour.
            steps.retain(|(at, _)| now - at < 1800);
        }
        running = next;
        if rests(running) {
            return Some(Arrival { after: now, at: Replicas(u32::try_from(running).unwrap_or(way.to.0)) });
        }
        now += SYNC;
    }
    None
}

/// What the policies allow at `now`, after these steps.
fn highest(rules: Option<&Rules>, running: i64, steps: &[(i64, i64)], now: i64) -> i64 {
    const DEFAULT: [Policy; 2] = [
        Policy { kind: PolicyKind::Pods, value: 4, period_seconds: 15 },
        Policy { kind: PolicyKind::Percent, value: 100, period_seconds: 15 },
    ];
    let policies = rules.and_then(|rules| rules.policies.as_deref()).unwrap_or(&DEFAULT);
    let limits = policies.iter().map(|policy| {
        let recent = steps.iter().filter(|(at, _)| now - at < i64::from(policy.period_seconds));
        let start = running - recent.map(|(_, change)| change).sum::<i64>();
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

/// Where the way down to a floor that a metric asks for comes to rest: at the floor, or within the tolerance above it.
pub fn rest(behavior: Option<&Behavior>, way: Way, tolerance: f64) -> Replicas {
    let rules = behavior.and_then(|behavior| behavior.scale_down.as_ref()).map(|rules| &rules.value);
    let Some(policies) = rules.and_then(|rules| rules.policies.as_deref()) else { return way.to };
    let mut running = way.from.0;
    while running > way.to.0 {
        if f64::from(way.to.0) / f64::from(running) >= 1.0 - tolerance {
            return Replicas(running);
        }
        let limits = policies.iter().map(|policy| match policy.kind {
            PolicyKind::Pods => running.saturating_sub(u32::try_from(policy.value).unwrap_or(0)),
            PolicyKind::Percent => {
                (f64::from(running) * (1.0 - f64::from(policy.value) / 100.0)).max(0.0) as u32
            }
        });
        let lowest = match rules.and_then(|rules| rules.select_policy).unwrap_or(SelectPolicy::Max) {
            SelectPolicy::Max => limits.min(),
            SelectPolicy::Min => limits.max(),
            // It never leaves, which is said elsewhere.
            SelectPolicy::Disabled => return way.to,
        };
        let next = lowest.unwrap_or(0).max(way.to.0);
        if next >= running {
            return way.to;
        }
        running = next;
    }
    way.to
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{Mark, Marked};

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
        Way { from: Replicas(from), to: Replicas(to) }
    }

    fn arrival(after: i64, at: u32) -> Option<Arrival> {
        Some(Arrival { after, at: Replicas(at) })
    }

    #[test]
    fn a_pod_every_five_minutes_takes_as_many_periods_as_pods_are_missing_but_one() {
        let slow = behavior(0, PolicyKind::Pods, 1, 300);
        assert_eq!(climb(Some(&slow), way(2, 20), (86_400, 0.0)), arrival(17 * 300, 20));
        assert_eq!(climb(Some(&slow), way(2, 20), (3600, 0.0)), None);
        // 20 over 19 is within a tenth: the last step never comes.
        assert_eq!(climb(Some(&slow), way(2, 20), (86_400, 0.1)), arrival(16 * 300, 19));
        assert_eq!(climb(Some(&slow), way(2, 10), (86_400, 0.1)), arrival(7 * 300, 10));
    }

    #[test]
    fn a_window_holds_the_first_step_back_for_its_length() {
        let held = behavior(3600, PolicyKind::Percent, 100, 15);
        // 2, 4, 8, 16, 20 from the pass on at which the last low recommendation is an hour old.
        assert_eq!(climb(Some(&held), way(2, 20), (86_400, 0.1)), arrival(3585 + 45, 20));
    }

    #[test]
    fn by_default_a_floor_is_there_within_a_minute_or_two() {
        assert_eq!(climb(None, way(1, 20), (86_400, 0.1)), arrival(45, 20));
        let empty = Behavior { scale_up: None, scale_down: None };
        assert_eq!(climb(Some(&empty), way(2, 20), (86_400, 0.1)), arrival(30, 20));
        assert_eq!(climb(None, way(19, 20), (86_400, 0.1)), arrival(0, 19));
    }

    #[test]
    fn small_steps_down_rest_within_the_tolerance_and_large_ones_do_not() {
        let small = behavior(0, PolicyKind::Percent, 5, 15);
        assert_eq!(rest(Some(&small), way(20, 10), 0.1), Replicas(11));
        assert_eq!(rest(Some(&small), way(20, 10), 0.0), Replicas(10));
        assert_eq!(rest(Some(&small), way(20, 5), 0.1), Replicas(5));
        let large = behavior(0, PolicyKind::Percent, 50, 15);
        assert_eq!(rest(Some(&large), way(20, 10), 0.1), Replicas(10));
    }
}

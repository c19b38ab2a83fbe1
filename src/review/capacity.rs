//! Peak capacity: what all targets together ask of the cluster at most on each day.

use super::clock::Clock;
use crate::parallel;
use crate::plan::{Plan, Schedule};
use crate::time::{Date, Instant};

/// What replicas ask of nodes. Targets without `resources` in the profile count as replicas only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Demand {
    /// Replicas.
    pub replicas: i64,
    /// Thousandths of a core, requested.
    pub millicores: i64,
    /// Bytes, requested.
    pub memory: i64,
}

impl Demand {
    /// `replicas` of a target.
    fn of(plan: &Plan, target: usize, replicas: i64) -> Self {
        let target = &plan.profile.targets[target];
        let resources = plan.profile.workload(target).resources;
        let memory = resources.map_or(0, |ask| i64::try_from(ask.memory.0).unwrap_or(i64::MAX / 1_000_000));
        let millicores = resources.map_or(0, |ask| i64::from(ask.cpu.0));
        Self {
            replicas,
            millicores: replicas.saturating_mul(millicores),
            memory: replicas.saturating_mul(memory),
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            replicas: self.replicas.saturating_add(other.replicas),
            millicores: self.millicores.saturating_add(other.millicores),
            memory: self.memory.saturating_add(other.memory),
        }
    }

    fn max(self, other: Self) -> Self {
        Self {
            replicas: self.replicas.max(other.replicas),
            millicores: self.millicores.max(other.millicores),
            memory: self.memory.max(other.memory),
        }
    }
}

/// The most of one day: replicas, processors and memory each at its own highest moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayPeak {
    /// On the platform's clock.
    pub day: Date,
    /// The sum of the floors.
    pub floors: Demand,
}

/// Of how many targets it is known what their replicas ask of nodes.
pub fn requesting(plan: &Plan) -> usize {
    let targets = plan.profile.targets.iter();
    targets.filter(|target| plan.profile.workload(target).resources.is_some()).count()
}

/// The sum of all maxima: what the cluster must hold if everything that may happen does.
pub fn of_maxima(plan: &Plan) -> Demand {
    let demands = plan.profile.targets.iter().enumerate();
    let demands = demands.map(|(at, target)| Demand::of(plan, at, i64::from(target.max.value.0)));
    demands.fold(Demand::default(), Demand::plus)
}

/// Day by day.
pub(super) fn days(plan: &Plan) -> Vec<DayPeak> {
    let horizon = plan.horizon;
    let clock = Clock::new(&plan.profile.platform.zone, plan);
    let mut moves: Vec<(Instant, Demand)> =
        parallel::map(&plan.schedules, |schedule| moves(plan, schedule)).into_iter().flatten().collect();
    moves.sort_unstable_by_key(|(at, _)| *at);
    let mut moves = moves.into_iter().peekable();
    let mut now = Demand::default();
    let mut days = Vec::new();
    for number in 0..horizon.until.days_since(horizon.from) {
        let day = horizon.from.plus_days(number);
        let (starts, ends) = (clock.instant(day.start()), clock.instant(day.next().start()));
        let mut take_until = |at: Instant, now: &mut Demand| {
            let mut taken = None;
            while let Some((when, _)) = moves.peek().filter(|(when, _)| *when < at).copied() {
                // Everything of one instant happens at once.
                while let Some((_, by)) = moves.next_if(|(next, _)| *next == when) {
                    *now = now.plus(by);
                }
                taken = Some(taken.map_or(*now, |most: Demand| most.max(*now)));
            }
            taken
        };
        take_until(Instant(starts.0 + 1), &mut now);
        let at_start = now;
        let most = take_until(ends, &mut now);
        days.push(DayPeak { day, floors: most.map_or(at_start, |most| most.max(at_start)) });
    }
    days
}

/// When a target's floor moves, and by how much.
fn moves(plan: &Plan, schedule: &Schedule) -> Vec<(Instant, Demand)> {
    let clock = Clock::new(&plan.profile.targets[schedule.target.0].zone, plan);
    let horizon = clock.horizon(plan);
    let mut before = 0;
    let mut found = Vec::new();
    for (from, _, step) in schedule.held.pieces(horizon.from..horizon.until) {
        let floor = i64::from(step.floor.0);
        if floor != before {
            found.push((from, Demand::of(plan, schedule.target.0, floor - before)));
        }
        before = floor;
    }
    found
}

//! A run from change to change against one that makes every pass, on a thousand cases drawn by chance.

use seasonscale::keda::scaledobject::{FallbackBehavior, Policy, PolicyKind, SelectPolicy};
use seasonscale::quantity::Version;
use seasonscale::simulate::deployment::{Delays, Nodes};
use seasonscale::simulate::hpa::condition::Conditions;
use seasonscale::simulate::hpa::event::Events;
use seasonscale::simulate::hpa::kubernetes::Kubernetes;
use seasonscale::simulate::hpa::latest::Latest;
use seasonscale::simulate::hpa::memory::Recommendation;
use seasonscale::simulate::hpa::metric::Unavailable;
use seasonscale::simulate::hpa::recommendation::Recommendations;
use seasonscale::simulate::hpa::scale::{Pods, Scale};
use seasonscale::simulate::hpa::spec::{Autoscaler, Behavior, Metric, Milli, Rules, Target as Aim};
use seasonscale::simulate::keda::executor::{Executor, Pause};
use seasonscale::simulate::keda::fallback::Substitute;
use seasonscale::simulate::keda::scaler::{Scaler, Status, Value};
use seasonscale::simulate::keda::value::Writing;
use seasonscale::simulate::moment::{Moment, Span};
use seasonscale::simulate::run::{Surroundings, Target, Tick};
use seasonscale::time::Window;

/// SplitMix64.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> i64 {
        i64::try_from(self.next() % end).unwrap()
    }

    fn count(&mut self, least: i32, end: i32) -> i32 {
        least + i32::try_from(self.below(u64::try_from(end - least).unwrap())).unwrap()
    }

    fn one_in(&mut self, cases: u64) -> bool {
        self.below(cases) == 0
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::try_from(self.below(choices.len() as u64)).unwrap()]
    }
}

/// What a trigger reads: a number, or one that shrinks with the pods that are ready.
#[derive(Clone, Copy, Debug)]
enum Source {
    Fails,
    Is(f64),
    PerPod(f64),
}

#[derive(Clone, Debug)]
struct Script {
    steps: Vec<(Moment, Vec<Source>)>,
    /// Whether every minute has values of its own, of which those that are alike are jumped over.
    is_noisy: bool,
    pod_time: i64,
    asked_time: i64,
}

impl Script {
    fn step(&self, now: Moment) -> usize {
        self.steps.partition_point(|(at, _)| *at <= now) - 1
    }
}

fn read(sources: &[Source], pods: Pods, values: &mut Vec<Value>) {
    values.clear();
    values.extend(sources.iter().map(|source| match source {
        Source::Fails => Err(Unavailable),
        Source::Is(value) => Ok(*value),
        Source::PerPod(value) => Ok(value / f64::from(pods.ready.max(1))),
    }));
}

impl Surroundings for Script {
    fn values(&mut self, now: Moment, pods: Pods, values: &mut Vec<Value>) {
        read(&self.steps[self.step(now)].1, pods, values);
    }

    fn steady_until(&mut self, now: Moment, pods: Pods, alike: &dyn Fn(&[Value]) -> bool) -> Moment {
        let mut ahead = self.steps[self.step(now) + 1..].iter();
        let mut values = Vec::new();
        let other = ahead.find(|(_, sources)| {
            read(sources, pods, &mut values);
            !self.is_noisy || !alike(&values)
        });
        other.map_or(Moment(i64::MAX), |(at, _)| *at)
    }

    fn elapse(&mut self, stretch: Window<Moment>, scale: Scale, pods: Pods) {
        let span = (stretch.until - stretch.from).0;
        self.pod_time += i64::from(pods.ready) * span;
        self.asked_time += i64::from(scale.spec) * span;
    }
}

fn rules(chance: &mut Chance) -> Rules {
    let policies = chance.count(1, 4);
    let policy = |chance: &mut Chance| Policy {
        kind: chance.of(&[PolicyKind::Pods, PolicyKind::Percent]),
        value: chance.of(&[1, 2, 3, 9, 10, 50, 100, 300]),
        period_seconds: chance.of(&[15, 30, 45, 60, 100, 300, 1800]),
    };
    Rules {
        window: Span::seconds(chance.of(&[0, 0, 15, 40, 60, 120, 300, 600, 3600])),
        select: chance.of(&[SelectPolicy::Max, SelectPolicy::Max, SelectPolicy::Min, SelectPolicy::Disabled]),
        policies: (0..policies).map(|_| policy(chance)).collect(),
        tolerance: chance.of(&[None, None, Some(0.0), Some(0.05), Some(0.2)]),
    }
}

fn scaler(chance: &mut Chance) -> Scaler {
    let triggers = chance.count(1, 4);
    let metric = |chance: &mut Chance| Metric {
        target: chance.of(&[Aim::AverageValue, Aim::AverageValue, Aim::Value]),
        aim: Milli(chance.of(&[1000, 200, 50_000])),
    };
    let min = chance.of(&[0, 0, 1, 1, 2, 5]);
    let metrics: Vec<Metric> = (0..triggers).map(|_| metric(chance)).collect();
    let behavior = (!chance.one_in(3)).then(|| Behavior { up: rules(chance), down: rules(chance) });
    let substitute = chance.one_in(2).then(|| Substitute {
        threshold: chance.count(0, 20),
        replicas: chance.count(0, 12),
        behavior: chance.of(&[
            FallbackBehavior::Static,
            FallbackBehavior::CurrentReplicas,
            FallbackBehavior::CurrentReplicasIfHigher,
            FallbackBehavior::CurrentReplicasIfLower,
        ]),
        of_values: true,
    });
    Scaler {
        activations: metrics.iter().map(|_| chance.of(&[0.0, 0.0, 2.0])).collect(),
        hpa: Autoscaler { min: Some(min.max(1)), max: chance.count(min.max(1), 60), metrics, behavior },
        writing: chance.of(&[Writing::Truncated, Writing::Decimal, Writing::NotNegative]),
        executor: Executor {
            min,
            idle: (min > 0 && chance.one_in(3)).then_some(0),
            cooldown: Span::seconds(chance.of(&[0, 60, 300, 901])),
            initial_cooldown: Span::seconds(chance.of(&[0, 0, 400])),
            fallback: substitute.map(|substitute| substitute.replicas),
            pause: Pause { all: false, scale_in: chance.one_in(9), scale_out: chance.one_in(9) },
            forced: chance.one_in(9),
        },
        polling: Span::seconds(chance.of(&[1, 7, 15, 30, 30, 45, 100])),
        substitute,
        polls_count: chance.one_in(2),
    }
}

fn script(chance: &mut Chance, scaler: &Scaler, window: Window<Moment>) -> Script {
    let source = |chance: &mut Chance, metric: &Metric| {
        let wish = chance.of(&[0.0, 0.0, 0.3, 1.0, 1.05, 3.0, 6.0, 9.5, 10.0, 11.0, 20.0, 22.0, 55.0]);
        let value = wish * metric.aim.0 as f64 / 1000.0;
        match chance.below(12) {
            0 => Source::Fails,
            1..4 if metric.target == Aim::Value => Source::PerPod(value * 4.0),
            _ if metric.target == Aim::Value => Source::Is(value / 4.0),
            _ => Source::Is(value),
        }
    };
    let mut steps = Vec::new();
    let mut at = window.from;
    while at < window.until {
        let sources = scaler.hpa.metrics.iter().map(|metric| source(chance, metric));
        steps.push((at, sources.collect()));
        let pause = chance.of(&[4, 40, 200, 290, 900, 4000]);
        at = at + Span::seconds(1 + chance.below(pause));
    }
    Script { steps, is_noisy: false, pod_time: 0, asked_time: 0 }
}

/// The same with another value in every minute, up to `share` over or under it.
fn noisy(script: Script, (seed, share): (u64, f64), window: Window<Moment>) -> Script {
    let mut chance = Chance(seed);
    let mut steps = Vec::new();
    for (number, (from, sources)) in script.steps.iter().enumerate() {
        let until = script.steps.get(number + 1).map_or(window.until, |(at, _)| *at);
        let mut at = *from;
        while at < until {
            let factor = 1.0 + share * (chance.below(2001) as f64 / 1000.0 - 1.0);
            let other = sources.iter().map(|source| match source {
                Source::Fails => Source::Fails,
                Source::Is(value) => Source::Is(value * factor),
                Source::PerPod(value) => Source::PerPod(value * factor),
            });
            steps.push((at, other.collect()));
            at = at + Span::seconds(60);
        }
    }
    Script { steps, is_noisy: true, ..script }
}

/// All that decides what comes next.
#[derive(Clone, Debug, PartialEq)]
struct State {
    replicas: i32,
    scale: Scale,
    pods: Pods,
    conditions: Conditions,
    events: (Events, Events),
    status: Status,
    wanted: Vec<Recommendation>,
}

/// Of each count the last time it was wanted, as far as that has not expired.
fn wanted(all: &[Recommendation], scaler: &Scaler, now: Moment) -> Vec<Recommendation> {
    let behavior = scaler.hpa.behavior.as_ref();
    let window = behavior.map_or(Span::seconds(300), |both| both.up.window.max(both.down.window));
    let mut last: Vec<Recommendation> = all.to_vec();
    last.sort_by_key(|one| (one.replicas, -one.at.0));
    last.dedup_by_key(|one| one.replicas);
    last.retain(|one| now - one.at < window);
    last
}

fn state<M: seasonscale::simulate::hpa::memory::Memory>(
    target: &Target<'_, M>,
    tick: &Tick,
    wanted: Vec<Recommendation>,
) -> State {
    let (ups, downs) = target.controller().events();
    State {
        replicas: tick.pass.replicas,
        scale: tick.scale,
        pods: tick.pods,
        conditions: target.controller().conditions(),
        events: (ups.clone(), downs.clone()),
        status: target.status().clone(),
        wanted,
    }
}

fn agrees(seed: u64) -> (usize, usize) {
    let mut chance = Chance(seed);
    let scaler = scaler(&mut chance);
    let from = Moment(1_790_000_000 * Span::seconds(1).0);
    let window = Window::new(from, from + Span::seconds(chance.of(&[1500, 4000, 12_000])));
    let script = script(&mut chance, &scaler, window);
    // Its own chance, too.
    let share = [0.02, 0.1, 0.5][seed as usize / 4 % 3];
    let script = if seed % 4 == 1 { noisy(script, (seed, share), window) } else { script };
    let start_up = Span::seconds(chance.of(&[0, 10, 40, 120, 700]));
    let (replicas, follow) = (chance.count(0, 15), Span::seconds(chance.of(&[0, 1, 1, 20])));
    // Its own chance: the other cases stay what they were.
    let nodes = Nodes { start_up: Span::seconds([60, 300][seed as usize / 3 % 2]), spare: seed as usize % 5 };
    let nodes = seed.is_multiple_of(3).then_some(nodes);
    let start = (replicas, Delays { follow, start_up, nodes });
    let kubernetes = Kubernetes::of(Version::new(1, chance.of(&[30, 34, 35, 37])));
    let mut slow = script.clone();
    let mut every = Vec::new();
    Target::<Recommendations>::new(&scaler, kubernetes, window, start).run_every_tick(
        &mut slow,
        |target, tick| {
            let memory = target.controller().memory().unwrap().slots();
            every.push((tick.number, state(target, tick, wanted(memory, &scaler, tick.now))));
        },
    );
    let mut fast = script.clone();
    let mut made = 0;
    let mut left_out = every.iter().peekable();
    let mut before: Option<State> = None;
    Target::<Latest>::new(&scaler, kubernetes, window, start).run(&mut fast, |target, tick| {
        while let Some((number, passed)) = left_out.next_if(|(number, _)| *number < tick.number) {
            let last = before.as_ref().unwrap();
            let same = (passed.replicas, passed.scale, passed.pods, passed.conditions)
                == (last.replicas, last.scale, last.pods, last.conditions);
            assert!(same, "seed {seed}, tick {number} was left out\n{last:?}\n{passed:?}\n{scaler:?}");
        }
        let memory = target.controller().memory().unwrap().counts();
        let ours = state(target, tick, wanted(memory, &scaler, tick.now));
        let (_, theirs) = left_out.next().unwrap();
        assert_eq!(&ours, theirs, "seed {seed}, tick {}, {scaler:?}", tick.number);
        before = Some(ours);
        made += 1;
    });
    for (number, passed) in left_out {
        let last = before.as_ref().unwrap();
        assert_eq!((passed.replicas, passed.conditions), (last.replicas, last.conditions), "{seed} {number}");
    }
    assert_eq!((slow.pod_time, slow.asked_time), (fast.pod_time, fast.asked_time), "seed {seed}");
    (every.len(), made)
}

#[test]
fn a_run_that_jumps_agrees_with_every_pass_on_a_thousand_cases() {
    let (mut all, mut made) = (0, 0);
    for seed in 0..1000 {
        let (ticks, passes) = agrees(seed);
        all += ticks;
        made += passes;
    }
    assert!(all > 300_000 && made * 2 < all, "{made} of {all} passes were made: little was left out");
}

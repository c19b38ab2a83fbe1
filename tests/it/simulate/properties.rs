//! What must hold of every run, on manifests and loads drawn by chance.

use std::sync::Arc;

use proptest::prelude::*;
use seasonscale::keda::activity::Activities;
use seasonscale::keda::decode;
use seasonscale::quantity::{Millis, Rate, Version};
use seasonscale::simulate::closely::{closely, worst_day};
use seasonscale::simulate::comparison::{Subject, Way, compare};
use seasonscale::simulate::floors::{Allowed, least};
use seasonscale::simulate::hpa::kubernetes::Kubernetes;
use seasonscale::simulate::manifest::machine;
use seasonscale::simulate::moment::Span;
use seasonscale::simulate::world::crowd::Patience;
use seasonscale::simulate::world::demand::{Demand, Demands, Slice};
use seasonscale::simulate::world::latency::ServiceRate;
use seasonscale::simulate::world::noise::Noise;
use seasonscale::simulate::world::site::Outage;
use seasonscale::simulate::year::{Day, dates, year};
use seasonscale::step::StepFn;
use seasonscale::time::{Instant, Offsets, Window, Zone};

const BEGINS: Instant = Instant(1_790_000_000);
const DAYS: i64 = 4;

/// A ScaledObject with a floor by day and a request rate; `behavior` is YAML.
fn subject(behavior: &str, (min, max, floor): (u32, u32, u32), demands: Demands) -> Subject {
    let text = format!(
        r#"apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {{name: api, namespace: shop}}
spec:
  scaleTargetRef: {{name: api}}
  minReplicaCount: {min}
  maxReplicaCount: {max}
  advanced: {{horizontalPodAutoscalerConfig: {{behavior: {behavior}}}}}
  triggers:
    - type: prometheus
      name: rps
      metadata: {{serverAddress: "http://p:9090", query: "sum(rate(http_requests_total[2m]))", threshold: "50", ignoreNullValues: "true"}}
    - type: cron
      name: day
      metadata: {{timezone: Europe/Berlin, start: "0 8 * * *", end: "0 20 * * *", desiredReplicas: "{floor}"}}
"#
    );
    let object = decode::read(&text).remove(0).content.unwrap();
    let window = Window::new(BEGINS, Instant(BEGINS.0 + DAYS * 86_400));
    let machine = machine(&object, Version::new(2, 20).into(), &mut Activities::new(window)).unwrap();
    Subject {
        name: "api".to_owned(),
        place: "DE".to_owned(),
        workload: "queries".to_owned(),
        machine,
        demands,
        noise: None,
        service: ServiceRate(60.0),
        gate: Millis(300),
        least: Rate(0.2),
        patience: Patience::REQUEST,
        start_up: Span::seconds(120),
        nodes: None,
        window,
        outages: Vec::new(),
        clock: Arc::new(Offsets::new(&Zone::parse("Europe/Berlin").unwrap(), window)),
    }
}

/// Steps of 15 minutes, in requests per second; the second day is a season.
fn demands(rates: &[f64]) -> Demands {
    let mut demands: Option<StepFn<Instant, Demand>> = None;
    for quarter in 0..DAYS * 96 {
        let at = Instant(BEGINS.0 + quarter * 900);
        let rate = Rate(rates[usize::try_from(quarter).unwrap() % rates.len()]);
        let demand = Demand { rate, slice: Slice(usize::from((96..192).contains(&quarter))) };
        match &mut demands {
            None => demands = Some(StepFn::constant(demand)),
            Some(demands) => demands.push(at, demand),
        }
    }
    Demands::of(&demands.unwrap())
}

fn kubernetes() -> Kubernetes {
    Kubernetes::of(Version::new(1, 35))
}

const DEFAULT: &str = "{scaleUp: {stabilizationWindowSeconds: 0}}";
const SWIFT: &str = "{scaleUp: {stabilizationWindowSeconds: 0, tolerance: '0', policies: [{type: Pods, value: 100, periodSeconds: 15}]}, scaleDown: {stabilizationWindowSeconds: 300}}";
const ONLY_UP: &str = "{scaleUp: {stabilizationWindowSeconds: 0, tolerance: '0', policies: [{type: Pods, value: 100, periodSeconds: 15}]}, scaleDown: {selectPolicy: Disabled, tolerance: '0'}}";

proptest! {
    #![proptest_config(crate::sample::of(24))]

    #[test]
    fn replicas_keep_to_the_range_and_pod_hours_are_those_of_the_trace(
        rates in prop::collection::vec(0.0..900.0_f64, 1..200),
        (min, more, floor) in (1..5_u32, 0..15_u32, 1..30_u32),
    ) {
        let subject = subject(DEFAULT, (min, min + more, floor), demands(&rates));
        let outcome = compare(std::slice::from_ref(&subject), kubernetes(), || {}).remove(0);
        let replicas = subject.replicas(kubernetes());
        let pieces: Vec<_> = replicas.pieces(subject.window.from..subject.window.until).collect();
        prop_assert!(pieces.iter().all(|(_, _, count)| (min..=min + more).contains(&count.0)));
        let pod_seconds: i64 = pieces.iter().map(|(from, until, count)| (until.0 - from.0) * i64::from(count.0)).sum();
        let plan = outcome.of(Way::Plan).total();
        // A pass comes up to a hundredth of a second after its second.
        let slack = 0.05 * f64::from(plan.scale_events) * f64::from(more) + 1.0;
        prop_assert!((plan.pod_seconds - pod_seconds as f64).abs() < slack, "{} {pod_seconds}", plan.pod_seconds);
        prop_assert!((plan.seconds - (DAYS * 86_400) as f64).abs() < 1e-3);
        let asked: f64 = subject.demands.pieces(subject.window)
            .map(|(from, until, demand)| (until.0 - from.0) as f64 * demand.rate.0).sum();
        for way in Way::ALL {
            let tally = outcome.of(way).total();
            prop_assert!((tally.felt.requests - asked).abs() < 1e-3 * asked.max(1.0));
            prop_assert!(tally.in_time() >= -1e-9 && tally.in_time() <= 1.0);
            prop_assert!(tally.pod_seconds <= outcome.of(Way::Maximum).total().pod_seconds + 1e-3);
        }
    }

    /// One tick, a second until the pods follow, and their start-up.
    #[test]
    fn a_floor_is_there_after_a_tick_and_the_start_up(
        rates in prop::collection::vec(0.0..300.0_f64, 1..60),
        floor in 2..40_u32,
    ) {
        let subject = subject(SWIFT, (1, 40, floor), demands(&rates));
        let below = subject.run(kubernetes(), Way::Plan).total().below_floor;
        prop_assert!(below <= (DAYS + 1) as f64 * (15.01 + 1.0 + 120.0), "{below}");
    }

    /// A query counts what was answered. Where requests wait, less load can be answered later and all at once,
    /// which the query then sees as more load: so here one pod can answer everything.
    #[test]
    fn more_load_never_has_fewer_pods_where_none_is_taken_away(
        rates in prop::collection::vec(0.0..600.0_f64, 1..120),
        factor in 1.0..2.0_f64,
    ) {
        let more: Vec<f64> = rates.iter().map(|rate| rate * factor).collect();
        let replicas = |rates: &[f64]| {
            let mut subject = subject(ONLY_UP, (1, 30, 4), demands(rates));
            subject.service = ServiceRate(2000.0);
            subject.replicas(kubernetes())
        };
        let fewer_anywhere = replicas(&rates).zip(&replicas(&more), |less, more| more < less);
        prop_assert!(!fewer_anywhere.first() && fewer_anywhere.steps().is_empty());
    }
}

proptest! {
    #![proptest_config(crate::sample::of(12))]

    /// A page is drawn from days and slots: they must be those of the year that the tables speak of.
    #[test]
    fn the_days_of_a_year_add_up_to_it_and_a_day_from_close_by_is_that_day(
        rates in prop::collection::vec(0.0..900.0_f64, 1..200),
        (min, more, floor) in (0..3_u32, 1..15_u32, 1..14_u32),
    ) {
        let subject = subject(DEFAULT, (min, min + more, floor), demands(&rates));
        let outcome = compare(std::slice::from_ref(&subject), kubernetes(), || {}).remove(0);
        let dates = dates(std::slice::from_ref(&subject)).unwrap();
        let days = year(&subject, kubernetes(), dates);
        prop_assert_eq!(days.len() as i64, DAYS + 1, "it begins in the afternoon");
        let all = days.iter().flatten().cloned().reduce(|one, other| one.and(&other)).unwrap();
        let plan = outcome.of(Way::Plan).total();
        let close = |one: f64, other: f64| (one - other).abs() <= 1e-6 * other.abs().max(1.0);
        prop_assert!(close(all.tally.pod_seconds, plan.pod_seconds) && close(all.tally.felt.late, plan.felt.late));
        prop_assert!(close(all.tally.felt.over_gate, plan.felt.over_gate) && close(all.tally.felt.worst, plan.felt.worst));
        prop_assert_eq!((all.tally.scale_events, all.tally.most), (plan.scale_events, plan.most));
        prop_assert_eq!(&all.slices, &[Slice(0), Slice(1)]);
        let worst = worst_day(&days, Slice(1));
        for (at, day) in days.iter().enumerate() {
            let Some(day) = day else { continue };
            let slots = closely(&subject, kubernetes(), dates.from.plus_days(i32::try_from(at).unwrap()));
            let p95 = slots.iter().filter_map(|slot| slot.p95).fold(0.0, f64::max);
            prop_assert!(close(p95, day.tally.felt.worst), "{p95} {}", day.tally.felt.worst);
            let busiest = slots.iter().map(|slot| slot.load.0).fold(0.0, f64::max);
            prop_assert!(close(busiest, day.load.most.0));
            let most = slots.iter().map(|slot| slot.decided.replicas).max().unwrap();
            prop_assert_eq!(i64::from(most), i64::from(day.replicas.most.0));
            prop_assert_eq!(slots.iter().map(|slot| slot.floor).max(), Some(day.floor));
            let missed = |day: &Day| day.tally.felt.late + day.tally.felt.refused;
            if let Some(worst) = worst.filter(|_| day.slices.contains(&Slice(1))) {
                prop_assert!(missed(day) <= missed(days[worst].as_ref().unwrap()) * 1.01 + 1e-9);
            }
        }
    }

    /// In a whole world: queues that fill and empty, pods that start, a query that reads them, an outage.
    #[test]
    fn the_year_with_jumps_is_the_year_with_every_pass(
        rates in prop::collection::vec(0.0..900.0_f64, 1..120),
        floor in 1..20_u32,
        from in 0..300_000_i64,
        noise in prop::option::of(0.01..0.4_f64),
    ) {
        let mut subject = subject(DEFAULT, (1, 14, floor), demands(&rates));
        subject.noise = noise.map(|share| Noise { share, seed: 7 });
        let subject = &mut subject.heard().into_owned();
        let window = Window::new(Instant(BEGINS.0 + from), Instant(BEGINS.0 + from + 4000));
        subject.outages.push(Outage { trigger: 0, window });
        let mut counts = Vec::new();
        let every = subject.every_pass(&subject.machine, kubernetes(), |tick| counts.push((tick.now, tick.pass.replicas)));
        let outcome = compare(std::slice::from_ref(subject), kubernetes(), || {}).remove(0);
        let replicas = subject.replicas(kubernetes());
        for (now, count) in counts {
            prop_assert_eq!(i64::from(replicas.at(now.second()).0), i64::from(count), "{}", now.second());
        }
        let (every, jumps) = (every.tallies().total(), outcome.of(Way::Plan).total());
        let close = |one: f64, other: f64| (one - other).abs() <= 1e-6 * one.abs().max(1.0);
        prop_assert!(close(every.pod_seconds, jumps.pod_seconds) && close(every.felt.refused, jumps.felt.refused));
        prop_assert!(close(every.felt.late, jumps.felt.late) && close(every.felt.over_gate, jumps.felt.over_gate));
        prop_assert!(close(every.felt.saturated, jumps.felt.saturated) && close(every.below_floor, jumps.below_floor));
        prop_assert_eq!(every.scale_events, jumps.scale_events);
    }
}

/// Where no floor does, what is said to do does, and a maximum that is one less does not; more never makes it worse.
#[test]
fn what_would_do_where_no_floor_does_was_tried() {
    let rates: Vec<f64> =
        (0..96).map(|quarter| if (36..72).contains(&quarter) { 400.0 } else { 20.0 }).collect();
    let allowed = Allowed::Minutes(5.0);
    let with_max = |max| subject(DEFAULT, (1, max, 2), demands(&rates));
    let found = least(&with_max(4), kubernetes(), Slice(1), allowed);
    let helps = found.helps.expect("400 a second at four times 60");
    assert_eq!((found.floor, helps.rate, helps.start_up), (None, None, None));
    let does = |max: u32| {
        let subject = with_max(max);
        allowed.holds(&seasonscale::simulate::floors::tried(&subject, kubernetes(), Slice(1), max))
    };
    let all: Vec<bool> = (4..=16).map(does).collect();
    assert!(all.is_sorted(), "{all:?}");
    let first = all.iter().position(|does| *does).map(|at| u32::try_from(at).unwrap() + 4);
    assert_eq!(helps.maximum.map(|max| max.0), first);
}

/// The search halves, which is right only if more replicas never make a season worse: so every floor is tried.
#[test]
fn the_least_floor_is_the_first_of_all_that_does() {
    for peak in [90.0, 250.0, 420.0, 640.0] {
        let rates: Vec<f64> =
            (0..96).map(|quarter| if (36..72).contains(&quarter) { peak } else { 20.0 }).collect();
        let subject = subject(DEFAULT, (1, 12, 2), demands(&rates));
        for minutes in [0.0, 5.0, 40.0] {
            let allowed = Allowed::Minutes(minutes);
            let found = least(&subject, kubernetes(), Slice(1), allowed);
            let does: Vec<bool> = (1..=12)
                .map(|floor| {
                    let only = seasonscale::simulate::floors::tried(&subject, kubernetes(), Slice(1), floor);
                    allowed.holds(&only)
                })
                .collect();
            let first = does.iter().position(|does| *does).map(|at| u32::try_from(at).unwrap() + 1);
            assert_eq!(found.floor.map(|floor| floor.0), first, "{peak} {minutes} {does:?}");
            assert!(does.is_sorted(), "not monotone: {peak} {minutes} {does:?}");
        }
    }
}

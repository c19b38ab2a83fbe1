//! How long a year of `simulate` takes: the reference case, seven targets, with jumps and with every pass, in one run; the
//! search for its floors; and a fleet of 1,000 targets, every way. Run by hand: `cargo bench --bench simulate`.
//!
//! The manifests are those of `generated/`. The profile says nothing of the worker's load: here it gets ten messages in three
//! seconds at no season, and works on one for 50 ms. A row by itself has a worker that one replica can only just keep up
//! with: its backlog trigger never comes to rest. The fleet is run by a fresh process, whose peak memory the kernel knows;
//! each of its targets has a load of its own.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant as Clock};

use seasonscale::keda::activity::Activities;
use seasonscale::keda::decode;
use seasonscale::keda::scaledobject::ScaledObject;
use seasonscale::parallel;
use seasonscale::quantity::{Millis, Rate, Ratio, Version};
use seasonscale::simulate::comparison::{Subject, Way, compare};
use seasonscale::simulate::floors::{Allowed, least};
use seasonscale::simulate::hpa::kubernetes::Kubernetes;
use seasonscale::simulate::manifest::machine;
use seasonscale::simulate::moment::Span;
use seasonscale::simulate::world::crowd::Patience;
use seasonscale::simulate::world::demand::{Demands, Parts, Slice};
use seasonscale::simulate::world::latency::ServiceRate;
use seasonscale::simulate::world::noise::Noise;
use seasonscale::simulate::world::shape::{Shape, parts};
use seasonscale::step::StepFn;
use seasonscale::time::{Date, Instant, LocalTime, Window, Zone};

const KUBERNETES: Version = Version::new(1, 35);

/// Base load and what a replica carries, in the order of the manifest.
const LOADS: [(f64, f64); 7] = [
    (182.0, 80.0),
    (45.5, 30.0),
    (52.0, 60.0),
    (13.0, 20.0),
    (26.0, 40.0),
    (6.5, 15.0),
    (10.0 / 3.0, WORKED_OFF),
];

/// Messages per second that a replica of the worker works off at most.
const WORKED_OFF: f64 = 20.0;

/// So few that at no season one replica is busy all the time.
const HARDLY_WORKED_OFF: f64 = 3.43;

const FLEET: usize = 1000;

fn day(month: u32, day: u32) -> LocalTime {
    Date::ymd(2026, month, day).expect("a date").start()
}

fn subjects() -> (Vec<Subject>, Arc<Parts>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("generated/keda-scalers.yaml");
    let text = fs::read_to_string(path).expect("the generated manifest");
    let zone = Zone::parse("Europe/Berlin").expect("a zone");
    let horizon = Window::new(day(1, 1), day(12, 31).plus_minutes(1440));
    let window = Window::new(zone.first_instant(horizon.from), zone.first_instant(horizon.until));
    let mut activities = Activities::new(Window::new(Instant(window.from.0 - 86_400), window.until));
    let clock = activities.offsets(&zone);
    let mut multiples = StepFn::constant((1.0, Slice(0)));
    for (from, until, times, slice) in [
        (day(4, 1), day(7, 1), 2.0, 1),
        (day(9, 1), day(10, 16), 5.0, 2),
        (day(11, 1), horizon.until, 3.0, 3),
    ] {
        multiples.push(from, (times, Slice(slice)));
        multiples.push(until, (1.0, Slice(0)));
    }
    let parts = Arc::new(parts(&multiples, &Shape::office(), (horizon, &clock)));
    let objects = decode::read(&text).into_iter().filter_map(|document| document.content.ok());
    let subject = |(object, (base, carried)): (ScaledObject, (f64, f64))| {
        let machine = machine(&object, Version::new(2, 20).into(), &mut activities).expect("a known object");
        let (gate, patience, service) = match machine.reads_queue() {
            true => (Millis(60_000), Patience::MESSAGE, ServiceRate(carried)),
            false => (Millis(300), Patience::REQUEST, ServiceRate::at_the_gate(Rate(carried), Millis(150))),
        };
        Subject {
            name: object.spec.scale_target_ref.name.value.clone(),
            place: "DE".to_owned(),
            workload: "queries".to_owned(),
            machine,
            demands: Demands::new(Rate(base), Arc::clone(&parts)),
            noise: None,
            service,
            gate,
            patience,
            least: Rate(0.2),
            start_up: Span::seconds(120),
            nodes: None,
            window,
            outages: Vec::new(),
            clock: Arc::clone(&clock),
        }
    };
    (objects.zip(LOADS).map(subject).collect(), parts)
}

/// The shortest of five runs on one core: what else the machine does only makes it longer.
fn jumping(subjects: &[Subject]) -> Duration {
    let kubernetes = Kubernetes::of(KUBERNETES);
    let run = || {
        let begun = Clock::now();
        subjects.iter().for_each(|subject| drop(black_box(subject.run(kubernetes, Way::Plan))));
        begun.elapsed()
    };
    (0..5).map(|_| run()).min().expect("five runs")
}

fn every_pass(subjects: &[Subject]) -> Duration {
    let kubernetes = Kubernetes::of(KUBERNETES);
    let begun = Clock::now();
    for subject in subjects {
        black_box(subject.every_pass(&subject.machine, kubernetes, |_| {}));
    }
    begun.elapsed()
}

/// The least floors of every season, on all cores.
fn floors(subjects: &[Subject]) -> Duration {
    let allowed = Allowed::Share(Ratio(0.95));
    let begun = Clock::now();
    black_box(parallel::each(subjects, |subject| {
        let found = (1..=3).map(|slice| least(subject, Kubernetes::of(KUBERNETES), Slice(slice), allowed));
        found.collect::<Vec<_>>()
    }));
    begun.elapsed()
}

/// The fleet every way, on all cores, in this process: how long, and the peak memory in MiB.
fn fleet() {
    let (subjects, parts) = subjects();
    let one = |at: usize| {
        let (subject, (base, _)) = (&subjects[at % LOADS.len()], LOADS[at % LOADS.len()]);
        let base = Rate(base * (1.0 + at as f64 / FLEET as f64 / 10.0));
        Subject { demands: Demands::new(base, Arc::clone(&parts)), ..subject.clone() }
    };
    let fleet: Vec<Subject> = (0..FLEET).map(one).collect();
    let begun = Clock::now();
    black_box(compare(&fleet, Kubernetes::of(KUBERNETES), || {}));
    let wall = begun.elapsed().as_secs_f64();
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("not known").trim();
    println!("| {FLEET} targets, every way, all cores | {wall:.1} s | peak {peak} | | 20 s, 300 MB |");
}

fn row(name: &str, jumping: Duration, every: Option<Duration>, allowed: &str) {
    let jumping = jumping.as_secs_f64();
    let every = every.map(|every| every.as_secs_f64());
    let said = every
        .map_or_else(|| " | ".to_owned(), |every| format!("{:.1} s | {:.0} times", every, every / jumping));
    println!("| {name} | {:.1} ms | {said} | {allowed} |", jumping * 1000.0);
}

fn main() {
    if std::env::args().any(|argument| argument == "fleet") {
        return fleet();
    }
    let (subjects, _) = subjects();
    println!("| a year at 15 s, {} targets, one core | with jumps | every pass | | goal |", subjects.len());
    println!("|---|---|---|---|---|");
    row("reference case", jumping(&subjects), Some(every_pass(&subjects)), "20 ms");
    let still: Vec<Subject> = subjects
        .iter()
        .map(|subject| Subject {
            demands: Demands::of(&StepFn::constant(*subject.demands.steps().first())),
            ..subject.clone()
        })
        .collect();
    row("the same load always", jumping(&still), Some(every_pass(&still)), "50 times");
    let noisy: Vec<Subject> = subjects
        .iter()
        .map(|subject| {
            let noise = Some(Noise { share: 0.1, seed: 1 });
            Subject { noise, ..subject.clone() }.heard().into_owned()
        })
        .collect();
    row("noise in every minute", jumping(&noisy), None, "400 ms");
    let worker = subjects.last().expect("the worker is the last");
    let restless = [Subject { service: ServiceRate(HARDLY_WORKED_OFF), ..worker.clone() }];
    row("a worker that never rests, alone", jumping(&restless), Some(every_pass(&restless)), "");
    row("floors of the reference, all cores", floors(&subjects), None, "5 s");
    let own = std::env::current_exe().expect("this program");
    let status = std::process::Command::new(own).arg("fleet").status().expect("this program runs");
    assert!(status.success(), "the fleet's run ended with {status}");
}

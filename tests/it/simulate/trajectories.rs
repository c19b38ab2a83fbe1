//! Hours of the real HorizontalPodAutoscaler controller under a scripted clock: every file `hpa-trajectories*.jsonl` of
//! `tests/vectors/`, replica for replica, pass for pass.

use std::fs;

use seasonscale::keda::scaledobject::{Policy, PolicyKind, SelectPolicy};
use seasonscale::quantity::Version;
use seasonscale::simulate::deployment::{Delays, Deployment};
use seasonscale::simulate::hpa::clock::Queue;
use seasonscale::simulate::hpa::controller::{Controller, World};
use seasonscale::simulate::hpa::kubernetes::Kubernetes;
use seasonscale::simulate::hpa::latest::Latest;
use seasonscale::simulate::hpa::memory::Memory;
use seasonscale::simulate::hpa::metric::{Reading, Unavailable};
use seasonscale::simulate::hpa::recommendation::Recommendations;
use seasonscale::simulate::hpa::scale::Scale;
use seasonscale::simulate::hpa::spec::{Autoscaler, Behavior, Metric, Milli, Rules, Target};
use seasonscale::simulate::moment::{Moment, Span};
use seasonscale::tolerance::approximate;
use serde_json::Value;

use crate::policies::root;

/// Policies of a direction as the API fills them in, for a `behavior` of a vector file.
pub fn rules(given: &Value, names: [&str; 3], defaults: Rules) -> Rules {
    let [window, select, tolerance] = names;
    let policies = given["policies"].as_array().map(|policies| policies.iter().map(policy).collect());
    Rules {
        window: given[window].as_i64().map_or(defaults.window, Span::seconds),
        select: match given[select].as_str() {
            None => defaults.select,
            Some("Max") => SelectPolicy::Max,
            Some("Min") => SelectPolicy::Min,
            Some("Disabled") => SelectPolicy::Disabled,
            Some(other) => panic!("{other}"),
        },
        policies: policies.unwrap_or(defaults.policies),
        tolerance: match given[tolerance].as_str() {
            Some(quantity) => approximate(quantity),
            None => given[tolerance].as_i64().map(|milli| milli as f64 * 0.001),
        },
    }
}

fn policy(given: &Value) -> Policy {
    let (kind, value, period) = if given.is_array() {
        (&given[0], &given[1], &given[2])
    } else {
        (&given["type"], &given["value"], &given["periodSeconds"])
    };
    let number = |value: &Value| i32::try_from(value.as_i64().unwrap()).unwrap();
    let kind = if kind == "Pods" { PolicyKind::Pods } else { PolicyKind::Percent };
    Policy { kind, value: number(value), period_seconds: number(period) }
}

/// What the API server makes of an empty `behavior`.
pub fn default_behavior() -> Behavior {
    Behavior::of(&seasonscale::keda::scaledobject::Behavior { scale_up: None, scale_down: None })
}

fn autoscaler(spec: &Value) -> Autoscaler {
    let number = |value: &Value| value.as_i64().map(|number| i32::try_from(number).unwrap());
    let names = ["stabilizationWindowSeconds", "selectPolicy", "tolerance"];
    let behavior = spec.get("behavior").map(|given| {
        let defaults = default_behavior();
        Behavior {
            up: rules(&given["scaleUp"], names, defaults.up),
            down: rules(&given["scaleDown"], names, defaults.down),
        }
    });
    let metrics = spec["metrics"].as_array().unwrap().iter();
    Autoscaler {
        min: number(&spec["minReplicas"]),
        max: number(&spec["maxReplicas"]).unwrap(),
        metrics: metrics.map(|metric| aim(&metric["external"]["target"])).collect(),
        behavior,
    }
}

fn aim(target: &Value) -> Metric {
    let milli =
        |quantity: &Value| Milli((approximate(quantity.as_str().unwrap()).unwrap() * 1000.0).round() as i64);
    match target["type"].as_str().unwrap() {
        "Value" => Metric { target: Target::Value, aim: milli(&target["value"]) },
        "AverageValue" => Metric { target: Target::AverageValue, aim: milli(&target["averageValue"]) },
        other => panic!("{other}"),
    }
}

const START: Moment = Moment(0);

fn at(second: &Value) -> Moment {
    START + Span::micros((second.as_f64().unwrap() * 1e6).round() as i64)
}

fn rows<'v>(case: &'v Value, key: &str) -> &'v [Value] {
    case[key].as_array().map_or(&[], Vec::as_slice)
}

/// What happens to the world, with its moment.
#[derive(Clone, Debug)]
enum Change {
    Values(Vec<Reading>),
    Scale(i32),
    Bounds(i32, i32),
}

fn changes(case: &Value) -> Vec<(Moment, Change)> {
    let number = |value: &Value| i32::try_from(value.as_i64().unwrap()).unwrap();
    let reading = |value: &Value| value.as_i64().map(Milli).ok_or(Unavailable);
    let script = rows(case, "script")
        .iter()
        .map(|row| (at(&row[0]), Change::Values(row[1].as_array().unwrap().iter().map(reading).collect())));
    let sets = rows(case, "sets").iter().map(|row| (at(&row[0]), Change::Scale(number(&row[1]))));
    let bounds = rows(case, "bounds")
        .iter()
        .map(|row| (at(&row[0]), Change::Bounds(number(&row[1]), number(&row[2]))));
    let mut all: Vec<_> = sets.chain(bounds).chain(script).collect();
    all.sort_by_key(|(at, _)| *at);
    all
}

/// What came out: `[second, replicas]` and `[second, reasons]` at each change, and when each pass saw the world; in ms.
#[derive(Debug, PartialEq, Eq)]
pub struct Trajectory {
    pub replicas: Vec<(i64, i32)>,
    why: Vec<(i64, String)>,
    passes: Vec<i64>,
}

fn millis(at: Moment) -> i64 {
    (at - START).0 / 10_000
}

fn queue(case: &Value, kubernetes: Kubernetes, resync: Option<Moment>) -> Queue {
    let resync = if case["resync"] == true { resync } else { None };
    Queue::new(START, kubernetes.looks_at_edits, resync)
}

/// Restarts and edits that come before the next pass.
fn disturb<M: Memory>(
    queue: &mut Queue,
    controller: &mut Controller<M>,
    restarts: &mut &[Value],
    edits: &mut &[Value],
) {
    loop {
        let begins = queue.next();
        let due = |rows: &[Value], row: fn(&Value) -> &Value| {
            rows.first().map(|first| at(row(first))).filter(|at| *at <= begins)
        };
        let restart = due(restarts, |row| row);
        let edit = due(edits, |row| &row[0]);
        match (restart, edit) {
            (Some(at), edit) if edit.is_none_or(|edit| at <= edit) => {
                controller.restart();
                queue.restart(at);
                *restarts = &restarts[1..];
            }
            (_, Some(at)) => {
                queue.edit(at);
                *edits = &edits[1..];
            }
            (_, None) => return,
        }
    }
}

/// Follows the script. `costs` are those of the passes in order; after the last, the run ends.
pub fn follow<M: Memory>(
    case: &Value,
    kubernetes: Kubernetes,
    resync: Option<Moment>,
    costs: &mut dyn Iterator<Item = Span>,
) -> Trajectory {
    let mut hpa = autoscaler(&case["spec"]);
    let seconds = |key: &str, default| Span::seconds(case[key].as_i64().unwrap_or(default));
    let delays =
        Delays { follow: seconds("status_lag_s", 1), start_up: seconds("startup_s", 0), nodes: None };
    let initial = i32::try_from(case["initial"].as_i64().unwrap()).unwrap();
    let unready = usize::try_from(case["initial_unready"].as_u64().unwrap_or(0)).unwrap();
    let mut target = Deployment::new(initial, START, delays).unready(unready, START + delays.start_up);
    let mut controller = Controller::<M>::new(kubernetes);
    let mut queue = queue(case, kubernetes, resync);
    let (mut restarts, mut edits) = (rows(case, "restarts"), rows(case, "bounds"));
    let changes = changes(case);
    let mut changes = changes.iter().peekable();
    let mut readings = Vec::new();
    let ends = at(&case["end_s"]) + Span::seconds(1);
    let mut out = Trajectory { replicas: vec![(0, initial)], why: Vec::new(), passes: Vec::new() };
    let mut count = 0;
    loop {
        disturb(&mut queue, &mut controller, &mut restarts, &mut edits);
        let Some(cost) = costs.next() else { break };
        let seen = queue.pass(cost);
        if seen > ends {
            break;
        }
        while let Some((at, change)) = changes.next_if(|(at, _)| *at <= seen) {
            target.settle(*at);
            match change {
                Change::Values(values) => readings.clone_from(values),
                Change::Bounds(min, max) => (hpa.min, hpa.max) = (Some(*min), *max),
                Change::Scale(replicas) => {
                    if target.scale().spec != *replicas {
                        out.replicas.push((millis(*at), *replicas));
                    }
                    target.write(*at, *replicas);
                }
            }
        }
        target.settle(seen);
        count += 1;
        // What a pass costs beside its virtual time; none in the class without.
        let now = if case["class"] == "exact" { seen } else { seen + Span(count) };
        let surge: i64 = holding(case, "surge", seen).iter().map(|row| row[2].as_i64().unwrap()).sum();
        let scale = target.scale();
        let world = World {
            now,
            scale: Scale { spec: scale.spec, status: scale.status + i32::try_from(surge).unwrap() },
            pods: target.pods(seen),
            readings: &readings,
            refuses_writes: !holding(case, "scale_update_errors", seen).is_empty(),
        };
        let pass = controller.pass(&hpa, &world);
        out.passes.push(millis(seen));
        if pass.replicas != scale.spec {
            target.write(seen, pass.replicas);
            out.replicas.push((millis(seen), pass.replicas));
        }
        let why = controller.conditions().reasons().join("+");
        if out.why.last().map_or("", |(_, last)| last.as_str()) != why {
            out.why.push((millis(seen), why));
        }
    }
    out
}

/// Rows `[from, until, ..]` that hold at a moment.
fn holding<'v>(case: &'v Value, key: &str, now: Moment) -> Vec<&'v Value> {
    rows(case, key).iter().filter(|row| at(&row[0]) <= now && now < at(&row[1])).collect()
}

/// When the passes of a file's `pass_times_ms` saw the world.
fn pass_times(case: &Value) -> Option<Vec<i64>> {
    let times = case["pass_times_ms"].as_array()?;
    let mut all = vec![times[0].as_i64().unwrap()];
    for step in &times[1..] {
        for _ in 0..step[0].as_i64().unwrap() {
            all.push(all.last().unwrap() + step[1].as_i64().unwrap());
        }
    }
    Some(all)
}

/// The cost of each pass. Where it is drawn by chance, it is what lies between a pass's beginning and its time in the file;
/// the file does not say when the informers send everything again, so that is looked for, too.
fn costs(case: &Value, kubernetes: Kubernetes) -> (Vec<Span>, Option<Moment>) {
    let least = case["pass_us"].as_i64().map_or(Span::STEP, Span::micros);
    let jitter = case["pass_jitter"][1].as_i64().map_or(0, |n| 1000 * (n - 1));
    let most = Span(least.0 + Span::micros(jitter).0);
    let passes = usize::try_from(case["passes"].as_u64().unwrap()).unwrap() + 2;
    let Some(times) = pass_times(case) else { return (vec![least; passes], None) };
    let drawn = case["pass_jitter"].is_array();
    for phase in 0..150 {
        let resync = START + Span::micros(phase * 100_000);
        let mut queue = queue(case, kubernetes, Some(resync));
        let mut controller = Controller::<Recommendations>::new(kubernetes);
        let (mut restarts, mut edits) = (rows(case, "restarts"), rows(case, "bounds"));
        let mut costs = Vec::new();
        for time in &times {
            disturb(&mut queue, &mut controller, &mut restarts, &mut edits);
            let cost = (START + Span::micros(1000 * time)) - queue.next();
            costs.push(cost);
            queue.pass(cost);
        }
        if costs.iter().all(|cost| least <= *cost && *cost <= most) {
            // One that is always the same goes on; what chance would have drawn next, nobody knows.
            costs.extend(if drawn { Vec::new() } else { vec![least; 3] });
            return (costs, Some(resync));
        }
    }
    panic!("no time of the informers explains the passes of {}", case["name"])
}

fn expected(case: &Value, keys: [&str; 2]) -> Vec<(i64, i32)> {
    let rows = keys.into_iter().find_map(|key| case[key].as_array()).unwrap();
    let row = |row: &Value| (millis(at(&row[0])), i32::try_from(row[1].as_i64().unwrap()).unwrap());
    rows.iter().map(row).collect()
}

/// A way in which the model differs from the file.
fn difference<M: Memory>(case: &Value) -> Option<String> {
    let kubernetes = Kubernetes::of(Version::new(1, 35));
    let (costs, resync) = costs(case, kubernetes);
    let run = |kubernetes| follow::<M>(case, kubernetes, resync, &mut costs.iter().copied());
    let own = run(kubernetes);
    if own.replicas != expected(case, ["replicas", "replicas"]) {
        return Some(format!("replicas {:?}", own.replicas));
    }
    let why = rows(case, "why").iter();
    let why: Vec<_> = why.map(|row| (millis(at(&row[0])), row[1].as_str().unwrap().to_owned())).collect();
    if own.why != why {
        return Some(format!("why {:?}", own.why));
    }
    if Some(own.passes.len()) != case["passes"].as_u64().map(|passes| passes as usize) {
        return Some(format!("{} passes", own.passes.len()));
    }
    if pass_times(case).is_some_and(|times| times != own.passes) {
        return Some(format!("passes at {:?}", own.passes));
    }
    let gate_off = run(Kubernetes { own_tolerance: false, ..kubernetes });
    if gate_off.replicas != expected(case, ["replicas_gate_off", "replicas"]) {
        return Some(format!("replicas_gate_off {:?}", gate_off.replicas));
    }
    let next = run(Kubernetes::of(Version::new(1, 37)));
    if next.replicas != expected(case, ["replicas_1_37", "replicas"]) {
        return Some(format!("replicas_1_37 {:?}", next.replicas));
    }
    None
}

#[test]
fn every_trajectory_of_the_real_controller_agrees_replica_for_replica_and_pass_for_pass() {
    let folder = root().join("tests/vectors");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.retain(|name| name.starts_with("hpa-trajectories") && name.ends_with(".jsonl"));
    names.sort();
    assert!(names.contains(&"hpa-trajectories.jsonl".to_owned()));
    let mut wrong = Vec::new();
    for name in names {
        for line in fs::read_to_string(folder.join(&name)).unwrap().lines().filter(|line| !line.is_empty()) {
            let case: Value = serde_json::from_str(line).unwrap();
            let slots = difference::<Recommendations>(&case).map(|how| format!("slots: {how}"));
            let latest = difference::<Latest>(&case).map(|how| format!("latest: {how}"));
            let differ = slots.into_iter().chain(latest);
            wrong.extend(differ.map(|how| format!("{name} {} ({}): {how}", case["name"], case["class"])));
        }
    }
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_file_with_one_replica_more_is_seen_to_differ() {
    let line = fs::read_to_string(root().join("tests/vectors/hpa-trajectories.jsonl")).unwrap();
    let mut case: Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
    assert_eq!(difference::<Latest>(&case), None);
    case["replicas"][1][1] = Value::from(case["replicas"][1][1].as_i64().unwrap() + 1);
    assert!(difference::<Latest>(&case).is_some());
}

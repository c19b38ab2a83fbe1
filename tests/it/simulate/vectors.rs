//! Single steps of the HPA's controller and of KEDA: `tests/vectors/hpa.json`, kind by kind. Its schedules of cron are tried
//! in `keda::cron`.

use std::collections::BTreeMap;
use std::fs;

use seasonscale::keda::scaledobject::FallbackBehavior;
use seasonscale::quantity::Version;
use seasonscale::simulate::hpa::controller::{Controller, Course, World};
use seasonscale::simulate::hpa::event::{Event, Events};
use seasonscale::simulate::hpa::kubernetes::Kubernetes;
use seasonscale::simulate::hpa::limit::{Bounds, Factor, Wanted, with_behavior, without_behavior};
use seasonscale::simulate::hpa::memory::{Memory, Recommendation, Windows};
use seasonscale::simulate::hpa::metric::{Proposal, Unavailable, propose, shown, total};
use seasonscale::simulate::hpa::policy::Moved;
use seasonscale::simulate::hpa::recommendation::Recommendations;
use seasonscale::simulate::hpa::scale::{Pods, Scale};
use seasonscale::simulate::hpa::spec::{
    Autoscaler, Behavior, DOWNSCALE_STABILIZATION, Metric, Milli, Rules, Target,
};
use seasonscale::simulate::keda::executor::{Activation, Executor, Pause, Poll};
use seasonscale::simulate::keda::fallback::{Failures, Substitute};
use seasonscale::simulate::keda::value::Writing;
use seasonscale::simulate::moment::{Moment, Span};
use seasonscale::tolerance::{Form, Tolerance};
use serde_json::{Value, json};

use super::trajectories::{default_behavior, rules};
use crate::policies::root;

const NOW: Moment = Moment(1_000_000_000_000);

/// The moment that is `age` seconds ago, and a step more: in a vector an age equal to a window is expired.
fn ago(age: &Value) -> Moment {
    Moment(NOW.0 - Span::seconds(age.as_i64().unwrap()).0 - 1)
}

fn i32_of(value: &Value) -> i32 {
    i32::try_from(value.as_i64().unwrap()).unwrap()
}

fn behavior(given: &Value) -> Option<Behavior> {
    let names = ["window", "select", "tolerance_milli"];
    let defaults = default_behavior();
    (!given.is_null()).then(|| Behavior {
        up: rules(&given["up"], names, defaults.up),
        down: rules(&given["down"], names, defaults.down),
    })
}

fn some_rules(given: &Value) -> Rules {
    rules(given, ["window", "select", "tolerance_milli"], default_behavior().up)
}

fn events(given: &Value) -> Events {
    let event = |row: &Value| Event { change: i32_of(&row[0]), at: ago(&row[1]), outdated: false };
    Events::of(given.as_array().unwrap().iter().map(event).collect())
}

fn recommendations(given: &Value) -> Recommendations {
    let one = |row: &Value| Recommendation { replicas: i32_of(&row[0]), at: ago(&row[1]) };
    Recommendations::of(given.as_array().unwrap().iter().map(one).collect())
}

fn millis(given: &Value) -> Vec<Milli> {
    given.as_array().unwrap().iter().map(|value| Milli(value.as_i64().unwrap())).collect()
}

fn external(given: &Value, target: Target) -> Value {
    let tol = &given["tol"];
    let tolerance = Tolerance {
        form: if tol["form"] == "old" { Form::Distance } else { Form::Bounds },
        up: tol["up"].as_f64().unwrap(),
        down: tol["down"].as_f64().unwrap(),
    };
    let metric = Metric { target, aim: Milli(given["target_milli"].as_i64().unwrap()) };
    let count = |key: &str| given.get(key).map_or(0, i32_of);
    let scale = Scale { spec: count("spec"), status: count("status") };
    let pods = Pods { all: scale.spec.max(1), ready: count("ready") };
    let usage = total(target, &millis(&given["values_milli"])).unwrap();
    let proposal = propose(metric, Ok(usage), scale, pods, &tolerance).unwrap();
    json!({ "replicas": proposal.replicas, "usage_milli": shown(target, usage, scale.status).0 })
}

fn era(given: &Value) -> Kubernetes {
    match given["era"].as_str().unwrap() {
        "<=1.32" => Kubernetes::of(Version::new(1, 32)),
        "1.36+" => Kubernetes::of(Version::new(1, 36)),
        other => panic!("{other}"),
    }
}

fn reconcile(given: &Value) -> Value {
    let kubernetes = Kubernetes {
        own_tolerance: given["configurable_tolerance_gate"] == true,
        scale_to_zero: given["scale_to_zero_gate"] == true,
        ..era(given)
    };
    let known = !given["recs"].is_null();
    let memory = known.then(|| match given["recs"].as_str() {
        Some(word) => {
            assert_eq!(word, "empty");
            Recommendations::default()
        }
        None => recommendations(&given["recs"]),
    });
    let mut controller =
        Controller::new(kubernetes).remembering(memory, given["scaled_to_zero_condition"] == true);
    assert_eq!(given["scale_up_factor"], 2.0, "the controller's own");
    let scale = Scale { spec: i32_of(&given["spec"]), status: i32_of(&given["status"]) };
    let metrics = given["metrics"].as_array().unwrap();
    let metric = |metric: &Value| Metric {
        target: if metric["target_type"] == "Value" { Target::Value } else { Target::AverageValue },
        aim: Milli(metric["target_milli"].as_i64().unwrap_or(1)),
    };
    let hpa = Autoscaler {
        min: Some(i32_of(&given["min"])),
        max: i32_of(&given["max"]),
        metrics: metrics.iter().map(metric).collect(),
        behavior: behavior(&given["behavior"]),
    };
    let tolerance = controller.tolerance(&hpa);
    let proposals = metrics.iter().zip(&hpa.metrics).map(|(given, metric)| {
        if given.get("fail").is_some() {
            return Err(Unavailable);
        }
        if let Some(replicas) = given["proposal"].as_i64() {
            let replicas = i32::try_from(replicas).unwrap();
            return Ok(Proposal { replicas, ratio: f64::NAN, tolerated: false });
        }
        let ready = given.get("ready").map_or(scale.spec, i32_of);
        let usage = total(metric.target, &millis(&given["values_milli"]));
        propose(*metric, usage, scale, Pods { all: scale.spec.max(1), ready }, &tolerance)
    });
    let pods = Pods { all: scale.spec, ready: scale.spec };
    let world = World { now: NOW, scale, pods, readings: &[], refuses_writes: false };
    let pass = controller.pass_on(&hpa, &world, proposals);
    let outcome = match pass.course {
        Course::Disabled => "disabled",
        Course::MetricsFailed => "error",
        Course::AboveMax | Course::BelowMin | Course::Computed(_) => "ok",
    };
    let mut out = json!({ "replicas": pass.replicas, "outcome": outcome });
    if let Course::Computed(computed) = pass.course {
        out["limit_reason"] = Value::from(computed.limit.reason());
    }
    out
}

fn limit(given: &Value) -> Value {
    let (up, down) = (events(&given["up_events"]), events(&given["down_events"]));
    let moved = Moved { up: &up, down: &down, now: NOW };
    let (rules, current) = (some_rules(&given["rules"]), i32_of(&given["current"]));
    let limit =
        if given["dir"] == "up" { moved.highest(&rules, current) } else { moved.lowest(&rules, current) };
    json!({ "limit": limit })
}

fn bounds(given: &Value) -> Bounds {
    Bounds { min: i32_of(&given["min"]), max: i32_of(&given["max"]) }
}

fn behavior_rate(given: &Value) -> Value {
    let (up, down) = (events(&given["up_events"]), events(&given["down_events"]));
    let moved = Moved { up: &up, down: &down, now: NOW };
    let (current, wanted) = (i32_of(&given["current"]), Wanted(i32_of(&given["desired"])));
    let behavior = behavior(&given["behavior"]).unwrap();
    let (replicas, limit) = with_behavior(&behavior, &moved, bounds(given), current, wanted);
    json!({ "replicas": replicas, "reason": limit.reason() })
}

fn convert_rules(given: &Value) -> Value {
    let factor = Factor(given["factor"].as_f64().unwrap());
    let wanted = Wanted(i32_of(&given["desired"]));
    let (replicas, limit) = without_behavior(bounds(given), i32_of(&given["current"]), wanted, factor);
    json!({ "replicas": replicas, "reason": limit.reason() })
}

fn stabilize_legacy(given: &Value) -> Value {
    assert_eq!(Span::seconds(given["window"].as_i64().unwrap()), DOWNSCALE_STABILIZATION);
    let mut memory = recommendations(&given["recs"]);
    let replicas = memory.stabilize_down(NOW, i32_of(&given["desired"]), DOWNSCALE_STABILIZATION);
    json!({ "replicas": replicas, "len_after": memory.slots().len() })
}

fn stabilize_behavior(given: &Value) -> Value {
    let mut memory = recommendations(&given["recs"]);
    let window = |key: &str| Span::seconds(given[key].as_i64().unwrap());
    let windows = Windows { up: window("up_window"), down: window("down_window") };
    let held = memory.stabilize(NOW, i32_of(&given["desired"]), windows);
    let replicas = i32_of(&given["current"]).max(held.at_least).min(held.at_most);
    let after: Vec<i32> = memory.slots().iter().map(|one| one.replicas).collect();
    json!({ "replicas": replicas, "recs_after": after })
}

fn store_event(given: &Value) -> Value {
    let mut events = events(&given["events"]);
    let period = Span::seconds(given["period_for_sum"].as_i64().unwrap());
    let sum = events.change_within(period, NOW);
    if !given["rules"].is_null() {
        events.store(i32_of(&given["change"]), NOW, some_rules(&given["rules"]).longest_period());
    }
    let changes: Vec<i32> = events.slots().iter().map(|event| event.change).collect();
    let outdated: Vec<bool> = events.slots().iter().map(|event| event.outdated).collect();
    json!({ "sum_before": sum, "changes_after": changes, "outdated_after": outdated })
}

fn executor(given: &Value) -> Value {
    let flag = |key: &str| given[key] == true;
    let seconds = |key: &str, default| Span::seconds(given[key].as_i64().unwrap_or(default));
    let some = |key: &str| given[key].as_i64().map(|number| i32::try_from(number).unwrap());
    let executor = Executor {
        min: i32_of(&given["min"]),
        idle: some("idle"),
        cooldown: seconds("cooldown", 300),
        initial_cooldown: seconds("initial_cooldown", 0),
        fallback: some("fallback"),
        pause: Pause { all: false, scale_in: flag("pause_in"), scale_out: flag("pause_out") },
        forced: flag("force"),
    };
    // A poll never comes on the second sharp; what the status keeps is cut to one.
    let now = NOW + Span::STEP;
    let mut activation = Activation {
        created: Moment(now.0 - seconds("age_s", 0).0),
        last: given["since_active_s"].as_i64().map(|since| Moment(NOW.0 - Span::seconds(since).0)),
    };
    let current = i32_of(&given["current"]);
    let poll = Poll { now, active: flag("active"), failed: flag("error"), replicas: current };
    json!({ "replicas": executor.poll(poll, &mut activation).unwrap_or(current) })
}

fn fallback(given: &Value) -> Value {
    let substitute = Substitute {
        threshold: i32_of(&given["threshold"]),
        replicas: i32_of(&given["fallback_replicas"]),
        behavior: match given["behavior"].as_str().unwrap() {
            "static" => FallbackBehavior::Static,
            "currentReplicas" => FallbackBehavior::CurrentReplicas,
            "currentReplicasIfHigher" => FallbackBehavior::CurrentReplicasIfHigher,
            "currentReplicasIfLower" => FallbackBehavior::CurrentReplicasIfLower,
            other => panic!("{other}"),
        },
        of_values: true,
    };
    let metric = Metric { target: Target::AverageValue, aim: Milli(given["target_milli"].as_i64().unwrap()) };
    let failures = Failures(u32::try_from(given["failures_after_this_call"].as_u64().unwrap()).unwrap());
    let current = i32_of(&given["current"]);
    let scale = Scale { spec: current, status: current };
    let answer = substitute.answer(failures, metric, scale, Pods { all: current, ready: current });
    json!({ "metric_milli": answer.ok().map(|milli| milli.0) })
}

fn quantise(given: &Value) -> Value {
    let writing = match given["era"].as_str().unwrap() {
        "<=2.19" => Writing::Truncated,
        ">=2.20.0" => Writing::Decimal,
        ">=2.20.2" => Writing::NotNegative,
        other => panic!("{other}"),
    };
    json!({ "milli": writing.milli(given["value"].as_f64().unwrap()).0 })
}

fn sequence(given: &Value) -> Value {
    let targets = given["target_milli"].as_array().unwrap().iter();
    let metric = |aim: &Value| Metric { target: Target::AverageValue, aim: Milli(aim.as_i64().unwrap()) };
    let hpa = Autoscaler {
        min: Some(i32_of(&given["min"])),
        max: i32_of(&given["max"]),
        metrics: targets.map(metric).collect(),
        behavior: behavior(&given["behavior"]),
    };
    let mut controller: Controller<Recommendations> = Controller::new(era(given));
    let mut replicas = i32_of(&given["start"]);
    let mut runs: Vec<(i32, usize)> = Vec::new();
    let mut tick = 0;
    for run in given["values_rle"].as_array().unwrap() {
        let values = run[1].as_array().unwrap().iter();
        let readings: Vec<_> = values.map(|value| value.as_i64().map(Milli).ok_or(Unavailable)).collect();
        for _ in 0..run[0].as_u64().unwrap() {
            if let Some(set) = given["external_sets"].get(tick.to_string()) {
                replicas = i32_of(set);
            }
            let world = World {
                now: Moment(tick * (Span::seconds(15).0 + 1)),
                scale: Scale { spec: replicas, status: replicas },
                pods: Pods { all: replicas, ready: replicas },
                readings: &readings,
                refuses_writes: false,
            };
            replicas = controller.pass(&hpa, &world).replicas;
            match runs.last_mut().filter(|(last, _)| *last == replicas) {
                Some((_, ticks)) => *ticks += 1,
                None => runs.push((replicas, 1)),
            }
            tick += 1;
        }
    }
    json!({ "replicas_rle": runs })
}

/// What the model answers, where the vector's kind is one of this file.
fn answer(kind: &str, given: &Value) -> Option<Value> {
    Some(match kind {
        "external_avg" => external(given, Target::AverageValue),
        "external_value" => external(given, Target::Value),
        "reconcile" => reconcile(given),
        "convert_rules" => convert_rules(given),
        "limit" => limit(given),
        "stabilize_legacy" => stabilize_legacy(given),
        "stabilize_behavior" => stabilize_behavior(given),
        "behavior_rate" => behavior_rate(given),
        "store_event" => store_event(given),
        "keda_executor" => executor(given),
        "keda_fallback" => fallback(given),
        "keda_quantise" => quantise(given),
        "sequence" => sequence(given),
        _ => return None,
    })
}

#[test]
fn every_vector_of_a_single_step_agrees() {
    let text = fs::read_to_string(root().join("tests/vectors/hpa.json")).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    let mut tried: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for case in file["vectors"].as_array().unwrap() {
        let kind = case["kind"].as_str().unwrap();
        let Some(answer) = answer(kind, &case["in"]) else { continue };
        *tried.entry(kind).or_default() += 1;
        // A vector may say less than the model.
        let expected = case["out"].as_object().unwrap();
        if expected.iter().any(|(key, value)| answer[key] != *value) {
            wrong.push(format!("{}: {} but {answer}", case["id"], case["out"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let counts = file["doc"]["counts"]["per_kind"].as_object().unwrap();
    let elsewhere = ["cron_next", "keda_cron"];
    let expected: BTreeMap<&str, usize> = counts
        .iter()
        .filter(|(kind, _)| !elsewhere.contains(&kind.as_str()))
        .map(|(kind, count)| (kind.as_str(), count.as_u64().unwrap() as usize))
        .collect();
    assert_eq!(tried, expected);
}

//! The latency guard of the generated manifest on the model of the HPA, with series of p95 on which the real controller held
//! or climbed while the guard's query gave the p95 itself.

use std::fs;

use seasonscale::keda::decode;
use seasonscale::quantity::Version;
use seasonscale::simulate::hpa::kubernetes::Kubernetes;
use seasonscale::simulate::hpa::recommendation::Recommendations;
use seasonscale::simulate::moment::Span;
use seasonscale::simulate::world::latency::Quantile;
use seasonscale::simulate::world::signal::{Facts, Signal};
use serde_json::{Value, json};

use super::trajectories::follow;
use crate::policies::root;

/// What Prometheus would say at a moment.
struct Told {
    rate: f64,
    p95: f64,
}

impl Facts for Told {
    fn rate(&mut self) -> Option<f64> {
        Some(self.rate)
    }

    fn time(&mut self, _: Quantile) -> Option<f64> {
        Some(self.p95)
    }

    fn queue(&mut self) -> (f64, f64) {
        (0.0, 0.0)
    }

    fn is_alive(&mut self) -> bool {
        true
    }
}

/// The guard of the German queries: its query, metric type and threshold.
fn generated() -> (Signal, String, String) {
    let text = fs::read_to_string(root().join("generated/keda-scalers.yaml")).unwrap();
    let documents = decode::read(&text);
    let triggers = &documents[0].content.as_ref().unwrap().spec.triggers.value;
    let guard = triggers.iter().find(|trigger| trigger.label() == "p95").unwrap();
    let kind = guard.metric_type.as_ref().unwrap().value.clone();
    let signal = Signal::read(guard.setting("query").unwrap()).unwrap();
    (signal, kind, guard.setting("threshold").unwrap().to_owned())
}

/// A trajectory of the real controller, whose HPA had a target of 200 ms in its second metric.
fn recorded(name: &str) -> Value {
    let lines = fs::read_to_string(root().join("tests/vectors/hpa-trajectories.jsonl")).unwrap();
    let mut cases = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    cases.find(|case| case["name"] == name).unwrap()
}

/// The same with our guard in place of that metric, and every other p95 that `p95` makes of it.
fn guarded(case: &Value, p95: impl Fn(f64) -> f64) -> Value {
    let (signal, kind, threshold) = generated();
    let mut case = case.clone();
    let field = if kind == "Value" { "value" } else { "averageValue" };
    case["spec"]["metrics"][1]["external"]["target"] = json!({ "type": kind, field: threshold });
    for row in case["script"].as_array_mut().unwrap() {
        let number = |at: usize| row[1][at].as_f64().unwrap() / 1000.0;
        let mut told = Told { rate: number(0), p95: p95(number(1)) };
        let asked = signal.value(&mut told).unwrap();
        row[1][1] = json!((asked * 1000.0).round() as i64);
    }
    case
}

fn replicas(case: &Value) -> Vec<i32> {
    let passes = case["end_s"].as_u64().unwrap() / 15 + 2;
    let mut costs = (0..passes).map(|_| Span::STEP);
    let run = follow::<Recommendations>(case, Kubernetes::of(Version::new(1, 35)), None, &mut costs);
    run.replicas.into_iter().map(|(_, replicas)| replicas).collect()
}

/// The real controller ended at 3, 6, 9 and 12 of 12 for good.
#[test]
fn a_steady_p95_below_its_limit_ends_at_what_load_and_floors_ask_for() {
    let case = recorded("seasonscale-p95-holds-170");
    assert_eq!(replicas(&case).last(), Some(&6), "the query that gives the p95 itself holds");
    for millis in [150.0, 170.0, 178.0, 185.0, 200.0] {
        let case = guarded(&case, |_| millis / 1000.0);
        assert_eq!(replicas(&case).last(), Some(&2), "{millis} ms");
    }
}

/// The real controller went from 4 to 12 in an hour, for a load that needs 3.
#[test]
fn a_p95_that_wanders_around_its_limit_adds_one_step_and_no_more() {
    let case = recorded("seasonscale-p95-in-the-band");
    assert_eq!(replicas(&case).iter().max(), Some(&12), "the query that gives the p95 itself climbs");
    assert_eq!(
        replicas(&guarded(&case, |p95| p95)),
        [4],
        "200 requests a second need 3; half of that again is 4"
    );
    let mut no_floor = case;
    for row in no_floor["script"].as_array_mut().unwrap() {
        row[1][4] = json!(0);
    }
    assert_eq!(replicas(&guarded(&no_floor, |p95| p95)), [4]);
}

#[test]
fn a_p95_far_above_its_limit_asks_for_twice_the_load_and_no_more() {
    let case = recorded("seasonscale-p95-in-the-band");
    let most = |p95: f64| replicas(&guarded(&case, |_| p95)).into_iter().max();
    assert_eq!((most(0.29), most(0.31), most(60.0)), (Some(4), Some(5), Some(5)));
}

//! The way from one floor to the next against hours of the real HPA controller (`tests/vectors/hpa-trajectories.jsonl`): each
//! floor that a script asks for, from what ran before it.

use std::fs;

use seasonscale::keda::ramp::{Leave, Way};
use seasonscale::keda::scaledobject::{Behavior, Policy, PolicyKind, Rules, SelectPolicy};
use seasonscale::quantity::{Replicas, Version};
use seasonscale::tolerance::{Tolerance, approximate};
use seasonscale::yaml::{Mark, Marked};
use serde_json::Value;

use crate::policies::root;

/// Trajectories of one cron trigger, long enough for what they ask for, through which the controller runs undisturbed.
const TAKEN: [&str; 14] = [
    "cron-legacy-6",
    "cron-default-behavior-1-to-50",
    "cron-stairs",
    "cron-dead-band-up-10-11",
    "cron-dead-band-down-11-10",
    "cron-stuck-freed-by-tolerance-0",
    "cron-tolerance-per-direction",
    "cron-tolerance-9m-and-50m",
    "policy-pct-50-60",
    "policy-pods-1-15",
    "policy-max-of-two",
    "policy-min-of-two",
    "policy-period-45",
    "pct-doubles-down",
];

fn count(value: &Value) -> u32 {
    u32::try_from(value.as_u64().unwrap()).unwrap()
}

fn rules(given: &Value) -> Option<Marked<Rules>> {
    let number = |value: &Value| i32::try_from(value.as_i64().unwrap()).unwrap();
    let policy = |given: &Value| Policy {
        kind: if given["type"] == "Pods" { PolicyKind::Pods } else { PolicyKind::Percent },
        value: number(&given["value"]),
        period_seconds: number(&given["periodSeconds"]),
    };
    given.is_object().then(|| Marked {
        value: Rules {
            stabilization_window_seconds: given.get("stabilizationWindowSeconds").map(number),
            select_policy: given["selectPolicy"].as_str().map(|select| match select {
                "Max" => SelectPolicy::Max,
                "Min" => SelectPolicy::Min,
                other => panic!("{other}"),
            }),
            tolerance: None,
            policies: given["policies"].as_array().map(|policies| policies.iter().map(policy).collect()),
        },
        mark: Mark::START,
    })
}

/// What runs at a second.
fn running(trajectory: &Value, second: u64) -> u32 {
    let mut steps = trajectory["replicas"].as_array().unwrap().iter().rev();
    count(&steps.find(|step| step[0].as_u64().unwrap() < second.max(1)).unwrap()[1])
}

#[test]
fn each_floor_is_left_where_the_real_controller_leaves_it() {
    let text = fs::read_to_string(root().join("tests/vectors/hpa-trajectories.jsonl")).unwrap();
    let all = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut ways = 0;
    for trajectory in all.filter(|one| TAKEN.contains(&one["name"].as_str().unwrap())) {
        let spec = &trajectory["spec"];
        let given = spec.get("behavior");
        let behavior = given.map(|given| Behavior {
            scale_up: rules(&given["scaleUp"]),
            scale_down: rules(&given["scaleDown"]),
        });
        let usual = Tolerance::usual(Version::new(1, 35));
        let own = |direction: &str| approximate(given?[direction]["tolerance"].as_str()?);
        let tolerance = Tolerance {
            up: own("scaleUp").unwrap_or(usual.up),
            down: own("scaleDown").unwrap_or(usual.down),
            ..usual
        };
        let (least, most) = (count(&spec["minReplicas"]), count(&spec["maxReplicas"]));
        let script = trajectory["script"].as_array().unwrap();
        let ends = script[1..].iter().map(|row| row[0].as_u64().unwrap());
        let ends = ends.chain([trajectory["end_s"].as_u64().unwrap()]);
        for (row, end) in script.iter().zip(ends) {
            let (begin, asked) = (row[0].as_u64().unwrap(), count(&row[1][0]) / 1000);
            let way = Way {
                from: Replicas(running(&trajectory, begin)),
                to: Replicas(asked.clamp(least, most)),
                asked: Replicas(asked),
            };
            let leave = Leave { at_most: i64::try_from(end - begin).unwrap(), tolerance };
            let arrival = way.go(behavior.as_ref(), leave);
            let name = &trajectory["name"];
            assert_eq!(arrival.at.0, running(&trajectory, end), "{name} at {end}: {way:?}, {arrival:?}");
            ways += 1;
        }
    }
    assert_eq!(ways, 61);
}

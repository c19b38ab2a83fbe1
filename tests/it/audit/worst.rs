//! What is worst comes first, and what repeats itself is said once.

use seasonscale::audit::{Audit, File, Scope};
use seasonscale::rules::cost::{Cost, Lost};
use seasonscale::rules::finding::Finding;
use serde_json::Value;

use super::corpus::{audited, human, manifest};
use crate::cli::Workplace;

/// What was written by hand before there was a compiler: seven objects with the same faults.
const PREDECESSOR: &str = include_str!("../../import/predecessor-in-full.yaml");

fn of<'f>(file: &'f File, id: &str) -> Vec<&'f Finding> {
    file.findings.iter().filter(|finding| finding.rule.id() == id).collect()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|why| panic!("{why}: {text}"))
}

#[test]
fn of_the_predecessor_what_makes_it_worthless_is_first() {
    let (file, scope) = audited("predecessor.yaml", PREDECESSOR);
    let shown = human(&file, PREDECESSOR, scope);
    let head: Vec<&str> = shown.lines().take(5).collect();
    assert_eq!(head[0], "worst:", "{shown}");
    assert!(head[1].starts_with("  prometheus-ratio-averaged (4 times): the whole trigger, "), "{shown}");
    assert!(head[2].starts_with("  cron-comment-differs"), "{shown}");
    assert_eq!(head[4], "");
    let objects = ["api-queries-de", "api-queries-ch", "api-queries-at", "api-commands-de"];
    let named: Vec<&str> = of(&file, "cron-comment-differs")
        .iter()
        .filter_map(|finding| finding.place.object.strip_prefix("ScaledObject "))
        .collect();
    assert!(objects.iter().all(|object| named.contains(object)), "the season of every object: {named:?}");
    assert!(shown.contains("note: 11 times: api-queries-de triggers 2, 3; api-queries-ch"), "{shown}");
    // Against a quantile something else is to be done first.
    assert_eq!(shown.matches("[prometheus-null-is-zero]").count(), 2, "{shown}");
    assert!(
        shown.lines().all(|line| line.chars().count() <= 80 || line.contains("http_server_requests")),
        "{shown}"
    );
}

#[test]
fn a_cost_is_the_time_in_which_the_floor_is_wrong_and_its_replicas() {
    let (file, _) = audited("calendar.yaml", &manifest("predecessor-calendar.yaml"));
    let differs = of(&file, "cron-comment-differs");
    // 77 days from 16 October on, the night of the change no shorter for it, twelve hours of four replicas above two.
    let hours = 77 * 12;
    let cost = Cost { lost: None, seconds: Some(hours * 3600), pod_seconds: Some(4 * hours * 3600) };
    assert_eq!(differs[0].cost, cost);
    let (file, _) = audited("spill.yaml", &manifest("weekend-spill.yaml"));
    let spill = of(&file, "cron-ends-in-a-row")[0].cost;
    assert_eq!(spill.seconds.map(|seconds| seconds / 3600), Some(52 * 48), "Friday to Sunday");
    assert_eq!(spill.pod_seconds, spill.seconds.map(|seconds| 4 * seconds));
}

#[test]
fn a_hole_a_stop_on_the_way_up_and_a_floor_that_stays_have_their_price() {
    let cost = |seconds: i64, replicas: i64| Cost {
        lost: None,
        seconds: Some(seconds),
        pod_seconds: Some(replicas * seconds),
    };
    let (file, _) = audited("hole.yaml", &manifest("one-minute-hole.yaml"));
    assert_eq!(of(&file, "floor-hole")[0].cost, cost(60, 4), "one minute of 2 for 6");
    let stuck = manifest("floor-of-fifteen-stuck-at-fourteen.yaml");
    let (file, _) = audited("stuck.yaml", &stuck);
    assert_eq!(of(&file, "hpa-dead-band")[0].cost, cost(365 * 12 * 3600, 1), "14 for 15, by day");
    let disabled = manifest("scale-down-disabled.yaml");
    let (file, _) = audited("disabled.yaml", &disabled);
    // From the first morning on six run. The look begins at midnight UTC, seven hours before it.
    let nights = (365 * 12 - 7) * 3600;
    assert_eq!(of(&file, "hpa-disabled")[0].cost, cost(nights, 4));
}

#[test]
fn beside_a_load_nobody_knows_where_the_way_up_begins_and_a_stop_has_no_price() {
    let load = "    - type: prometheus\n      metadata:\n        serverAddress: http://prometheus\n        \
                query: sum(rate(requests_total[2m]))\n        threshold: \"5\"\n";
    let text = format!("{}\n{load}", manifest("floor-of-fifteen-stuck-at-fourteen.yaml").trim_end());
    let (file, _) = audited("stuck.yaml", &text);
    assert_eq!(of(&file, "hpa-dead-band")[0].cost, Cost::default());
}

#[test]
fn where_another_trigger_holds_the_floor_anyway_nothing_is_lost() {
    let spill = manifest("weekend-spill.yaml");
    let other = "    - type: cron\n      metadata:\n        timezone: Europe/Berlin\n        start: 0 0 1 1 *\n        \
                 end: 59 23 31 12 *\n        desiredReplicas: \"5\"\n";
    let both = format!("{}\n{other}", spill.trim_end());
    let (file, _) = audited("both.yaml", &both);
    let cost = of(&file, "cron-ends-in-a-row")[0].cost;
    assert_eq!(cost.pod_seconds, cost.seconds, "one replica above the other trigger's five");
    let (file, _) = audited("both.yaml", &both.replace("\"5\"", "\"9\""));
    assert_eq!(of(&file, "cron-ends-in-a-row")[0].cost, Cost::default());
}

#[test]
fn an_object_that_is_not_built_costs_all_of_its_floors() {
    let (file, _) =
        audited("spill.yaml", &manifest("weekend-spill.yaml").replace("desiredReplicas", "desired"));
    let finding = &file.findings[0];
    assert_eq!((finding.rule.id(), finding.cost.lost), ("keda-trigger-not-built", Some(Lost::Object)));
    let text = manifest("control-office-hours.yaml");
    let load = "    - type: prometheus\n      metadata:\n        serverAddress: http://prometheus\n        query: sum(up)\n";
    let (file, _) = audited("office.yaml", &format!("{}\n{load}", text.trim_end()));
    let dead = of(&file, "keda-trigger-not-built")[0].cost;
    assert!(dead.lost == Some(Lost::Object) && dead.pod_seconds.unwrap() > 0, "{dead:?}");
}

#[test]
fn errors_are_before_warnings_and_costs_fall_from_one_to_the_next() {
    for name in ["everything-at-once.yaml", "predecessor-calendar.yaml", "predecessor-in-full.yaml"] {
        let text = if name == "predecessor-in-full.yaml" { PREDECESSOR.to_owned() } else { manifest(name) };
        let (file, _) = audited(name, &text);
        assert!(file.findings.len() > 1);
        for pair in file.findings.windows(2) {
            let key = |finding: &Finding| (finding.rule.severity(), finding.cost);
            assert!(key(&pair[0]) >= key(&pair[1]), "{pair:?}");
            let places = pair[0].place.mark <= pair[1].place.mark;
            assert!(key(&pair[0]) != key(&pair[1]) || places, "{pair:?}");
        }
    }
}

#[test]
fn programs_get_every_finding_in_that_order_with_its_cost() {
    let place = Workplace::reference();
    place.write("predecessor.yaml", PREDECESSOR.as_bytes());
    let run = |format: &str| {
        place.run(&["audit", "--from", "2026-01-01", "--format", format, "predecessor.yaml"]).stdout
    };
    let (file, _) = audited("predecessor.yaml", PREDECESSOR);
    let expected: Vec<(&str, u64)> = file
        .findings
        .iter()
        .map(|one| (one.rule.id(), u64::try_from(one.place.mark.line).unwrap()))
        .collect();
    let audit = json(&run("json"));
    let findings = audit["files"][0]["findings"].as_array().unwrap();
    let listed: Vec<(&str, u64)> =
        findings.iter().map(|one| (one["code"].as_str().unwrap(), one["line"].as_u64().unwrap())).collect();
    assert_eq!(listed, expected);
    assert_eq!(findings[0]["cost"]["lost"], "trigger");
    assert!(findings.iter().any(|one| one["cost"]["podHours"].as_f64().is_some_and(|hours| hours > 100.0)));
    assert!(findings.last().unwrap()["cost"].is_null());
    let log = json(&run("sarif"));
    let results = log["runs"][0]["results"].as_array().unwrap();
    let listed: Vec<&str> = results.iter().map(|one| one["ruleId"].as_str().unwrap()).collect();
    assert_eq!(listed, expected.iter().map(|(id, _)| *id).collect::<Vec<_>>());
    assert_eq!(results[0]["properties"]["cost"]["lost"], "trigger");
    let commands = run("github");
    assert_eq!(commands.lines().count(), expected.len());
    assert!(commands.lines().next().unwrap().contains("(prometheus-ratio-averaged)"));
}

#[test]
fn the_worst_of_all_files_is_first_and_what_is_in_many_files_is_said_once() {
    let place = Workplace::reference();
    let hole = manifest("one-minute-hole.yaml");
    for number in 0..30 {
        let named = hole.replace("name: ", &format!("name: n{number}-"));
        place.write(&format!("k8s/{number:02}.yaml"), named.as_bytes());
    }
    place.write("k8s/zz.yaml", manifest("weekend-spill.yaml").as_bytes());
    let text = place.run(&["audit", "--from", "2026-01-01", "k8s"]).stdout;
    assert!(text.starts_with("error[cron-ends-in-a-row]"), "{text}");
    assert_eq!(text.matches("warning[floor-hole]").count(), 1, "{text}");
    assert!(text.contains("= note: 30 times: ") && text.contains(" more"), "{text}");
    assert_eq!(text.matches("\nScaledObject ").count(), 31, "every object has its year");
}

/// The HPA's API takes no window of a day, so there is no floor at all.
#[test]
fn what_is_refused_has_no_hole_in_its_floor() {
    let with = |seconds: u32| {
        let behavior = format!(
            "  advanced:\n    horizontalPodAutoscalerConfig:\n      behavior:\n        scaleDown:\n          \
             stabilizationWindowSeconds: {seconds}\n  triggers:"
        );
        audited("hole.yaml", &manifest("one-minute-hole.yaml").replace("  triggers:", &behavior)).0
    };
    assert_eq!((of(&with(3600), "floor-hole").len(), of(&with(3600), "hpa-behavior-refused").len()), (1, 0));
    assert_eq!(
        (of(&with(86_400), "floor-hole").len(), of(&with(86_400), "hpa-behavior-refused").len()),
        (0, 1)
    );
}

/// Paused, or switched off on the way up, the object loses all of its floors for as long as they are meant to hold.
#[test]
fn an_object_that_nothing_lifts_costs_all_of_its_floors() {
    let spill = manifest("weekend-spill.yaml");
    let paused =
        spill.replacen("  annotations:\n", "  annotations:\n    autoscaling.keda.sh/paused: \"true\"\n", 1);
    let (file, _) = audited("paused.yaml", &paused);
    let cost = of(&file, "keda-paused")[0].cost;
    assert!(cost.lost.is_none() && cost.seconds > Some(0) && cost.pod_seconds > cost.seconds, "{cost:?}");
    let (file, _) = audited("down.yaml", &paused.replace("/paused:", "/paused-scale-in:"));
    assert_eq!(of(&file, "keda-paused")[0].cost, Cost::default(), "its floors rise");
}

/// The time at which a floor is reached is what the finding is about, so it is not one finding with two places.
#[test]
fn floors_that_are_late_by_different_times_are_each_said() {
    let text = manifest("floors-late-each-in-its-own-time.yaml");
    let (file, scope) = audited("late.yaml", &text);
    let shown = human(&file, &text, scope);
    assert!(shown.contains("reached at 08:25") && shown.contains("reached at 09:00"), "{shown}");
}

#[test]
fn thousands_of_one_kind_are_one_with_a_few_of_their_places() {
    let one = |number: usize| {
        let object = manifest("weekend-spill.yaml");
        let body: String =
            object.lines().skip_while(|line| line.starts_with('#')).map(|line| format!("{line}\n")).collect();
        body.replace("name: web", &format!("name: web-{number}"))
    };
    let many: String = (0..2_000).map(|number| format!("---\n{}", one(number))).collect();
    let scope: Scope = audited("empty.yaml", "").1;
    let file = Audit::new(scope).file("many.yaml", many.as_bytes());
    let text = human(&file, &many, scope);
    assert!(text.contains("= note: 2000 times: "));
    assert!(text.lines().all(|line| line.chars().count() <= 80), "its places are cut");
}

//! Other people's manifests: what the model runs, and what it refuses by name.

use seasonscale::keda::activity::Activities;
use seasonscale::keda::decode;
use seasonscale::quantity::Version;
use seasonscale::simulate::hpa::spec::{Milli, Target};
use seasonscale::simulate::manifest::{Machine, Refusal, machine, without_calendar};
use seasonscale::simulate::world::site::Source;
use seasonscale::time::{Instant, Window};

/// A Monday, 00:00 UTC, and four days.
const WINDOW: Window<Instant> = Window { from: Instant(1_790_553_600), until: Instant(1_790_899_200) };

const RPS: &str = "{type: prometheus, name: rps, metadata: {serverAddress: s, query: 'sum(rate(http_requests_total[2m]))', threshold: '50'}}";
const DAY: &str = "{type: cron, name: day, metadata: {timezone: UTC, start: 0 8 * * *, end: 0 20 * * *, desiredReplicas: '6'}}";

fn read(annotations: &str, spec: &str, triggers: &[&str]) -> Result<Machine, Refusal> {
    read_under(Version::new(2, 20), annotations, spec, triggers)
}

fn read_under(keda: Version, annotations: &str, spec: &str, triggers: &[&str]) -> Result<Machine, Refusal> {
    let text = format!(
        "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {{name: api, annotations: {{{annotations}}}}}\nspec:\n  scaleTargetRef: {{name: api}}\n{spec}  triggers: [{}]\n",
        triggers.join(", ")
    );
    let object =
        decode::read(&text).remove(0).content.unwrap_or_else(|problem| panic!("{problem:?}\n{text}"));
    machine(&object, keda.into(), &mut Activities::new(WINDOW))
}

fn floor(machine: &Machine, hour: i64) -> u32 {
    machine.floor.at(Instant(WINDOW.from.0 + hour * 3600)).0
}

#[test]
fn a_manifest_becomes_the_hpa_that_keda_makes() {
    let machine = read("", "  minReplicaCount: 2\n  maxReplicaCount: 9\n", &[RPS, DAY]).unwrap();
    assert_eq!((machine.scaler.hpa.min(), machine.scaler.hpa.max), (2, 9));
    assert!(machine.scaler.hpa.behavior.is_none(), "the older way, where none is written");
    let aims: Vec<Milli> = machine.scaler.hpa.metrics.iter().map(|metric| metric.aim).collect();
    assert_eq!(aims, [Milli(50_000), Milli(1000)]);
    assert_eq!([floor(&machine, 7), floor(&machine, 8), floor(&machine, 20)], [2, 6, 2]);
    assert_eq!(floor(&without_calendar(&machine), 8), 2);
    let zero = read("", "", &[DAY]).unwrap();
    assert_eq!((zero.scaler.executor.min, zero.scaler.hpa.min(), zero.scaler.hpa.max), (0, 1, 100));
    let paused = read("'autoscaling.keda.sh/paused-scale-in': 'true'", "", &[RPS]).unwrap();
    let down = paused.scaler.hpa.behavior.unwrap().down;
    assert_eq!(down.select, seasonscale::keda::scaledobject::SelectPolicy::Disabled);
}

#[test]
fn before_2_18_no_annotation_pauses_a_direction() {
    let annotation = "'autoscaling.keda.sh/paused-scale-in': 'true'";
    let behavior = |minor| {
        read_under(Version::new(2, minor), annotation, "", &[RPS]).unwrap().scaler.hpa.behavior.is_some()
    };
    assert!(!behavior(17) && behavior(18));
}

#[test]
fn beside_a_formula_a_fallback_stands_in_where_the_target_is_a_whole_number() {
    let holds = |target: &str| {
        let spec = format!(
            "  fallback: {{failureThreshold: 3, replicas: 6}}\n  advanced: {{scalingModifiers: {{formula: 'max(rps, day)', target: '{target}'}}}}\n"
        );
        read("", &spec, &[RPS, DAY]).unwrap().scaler.substitute.is_some()
    };
    assert!(holds("2") && !holds("1.5") && !holds("2.0"));
}

#[test]
fn a_formula_is_the_one_metric_of_its_hpa() {
    let spec = "  minReplicaCount: 1\n  maxReplicaCount: 20\n  advanced: {scalingModifiers: {formula: 'min(max(rps / 50, day), 4)', target: '1'}}\n";
    let machine = read("", spec, &[RPS, DAY]).unwrap();
    let metrics = &machine.scaler.hpa.metrics;
    assert_eq!((metrics.len(), metrics[0].target, metrics[0].aim), (1, Target::AverageValue, Milli(1000)));
    let formula = machine.formula.as_ref().unwrap();
    assert_eq!(formula.of(&[Ok(125.0), Ok(0.0)]), Ok(2.5));
    assert_eq!(formula.of(&[Ok(500.0), Ok(6.0)]), Ok(4.0));
    assert!(formula.of(&[Err(seasonscale::simulate::hpa::metric::Unavailable), Ok(6.0)]).is_err());
    assert_eq!([floor(&machine, 7), floor(&machine, 9)], [1, 4]);
}

#[test]
fn what_is_not_modelled_is_refused_by_name() {
    let formula =
        |text: &str| format!("  advanced: {{scalingModifiers: {{formula: '{text}', target: '1'}}}}\n");
    for (annotations, spec, trigger, said) in [
        ("", "", "{type: kafka, name: lag, metadata: {topic: t}}", "trigger `lag`: what `kafka` measures"),
        ("", "", "{type: cpu, metricType: Utilization, metadata: {value: '60'}}", "triggers[1] (cpu)"),
        (
            "",
            "",
            "{type: prometheus, useCachedMetrics: true, metadata: {serverAddress: s, query: up, threshold: '1'}}",
            "useCachedMetrics",
        ),
        (
            "",
            "",
            "{type: prometheus, metadata: {serverAddress: s, query: 'sum(queue_length)', threshold: '1'}}",
            "no number for `sum(queue_length)`",
        ),
        (
            "",
            "",
            "{type: prometheus, metadata: {serverAddress: s, query: 'sum(rate(http_requests_total[2m]))', threshold: '0.0001'}}",
            "comes to nothing",
        ),
        (
            "",
            "",
            "{type: cron, metadata: {timezone: Berlin, start: 0 8 * * *, end: 0 9 * * *, desiredReplicas: '2'}}",
            "`timezone`",
        ),
        ("'autoscaling.keda.sh/paused': 'true'", "", RPS, "paused by an annotation"),
        ("'autoscaling.keda.sh/paused-replicas': '3'", "", RPS, "paused by an annotation"),
        ("", &formula("day + nobody"), RPS, "formula `day + nobody`"),
        (
            "",
            "  fallback: {failureThreshold: 3, replicas: 6, behavior: scalingModifiers}\n",
            RPS,
            "without a formula is refused",
        ),
        (
            "",
            &format!(
                "  fallback: {{failureThreshold: 3, replicas: 6, behavior: scalingModifiers}}\n{}",
                formula("max(rps ?? 0, day)")
            ),
            RPS,
            "is not worked out by the model",
        ),
    ] {
        let refusal = read(annotations, spec, &[DAY, trigger]).unwrap_err().to_string();
        assert!(refusal.contains(said), "{trigger}: {refusal}");
    }
}

#[test]
fn a_trigger_that_ignores_nothing_fails_where_there_is_no_element() {
    let strict = RPS.replace("threshold", "ignoreNullValues: 'false', threshold");
    let of = |trigger: &str| match &read("", "", &[trigger]).unwrap().sources[0] {
        Source::Query { none_is_zero, .. } => *none_is_zero,
        Source::Cron { .. } | Source::Floors(_) => panic!("a query"),
    };
    assert!(of(RPS) && !of(&strict));
}

//! The hand-written predecessor against what the compiler makes of its import, guard by guard: every trigger, threshold,
//! limit, behavior, fallback and cooldown is the same in the same unit, or a remark names it.

use std::fs;

use seasonscale::artifact::ArtifactKind;
use seasonscale::compile;
use seasonscale::emit::Templates;
use seasonscale::import::{self, Imported, Input, Kind, Terms};
use seasonscale::keda::decode;
use seasonscale::keda::measure;
use seasonscale::keda::scaledobject::{ScaledObject, Trigger};
use seasonscale::quantity::Version;
use seasonscale::rules::subject::Versions;
use seasonscale::source::Sources;
use seasonscale::time::{Date, Window};

use crate::cli::Workplace;
use crate::policies;

fn imported(text: &str) -> Imported {
    let horizon = Window::new(Date::ymd(2026, 1, 1).unwrap(), Date::ymd(2027, 1, 1).unwrap());
    let versions = Versions { keda: Version::new(2, 20), keda_patch: None, kubernetes: Version::new(1, 35) };
    let input = Input { name: "scalers.yaml".to_owned(), text: text.to_owned() };
    import::import(&[input], Terms { horizon, versions, as_is: false, form: import::Form::Owned })
}

fn objects(text: &str) -> Vec<ScaledObject> {
    decode::read(text).into_iter().map(|document| document.content.unwrap()).collect()
}

/// The objects of a text and those that the compiler makes of its import, side by side.
fn pairs(text: &str, imported: &Imported) -> Vec<(ScaledObject, ScaledObject)> {
    let compiled = compile::compile(imported.proposal.as_ref().unwrap(), &Templates::embedded()).unwrap();
    let manifest = compiled.artifacts.iter().find(|artifact| artifact.kind == ArtifactKind::Keda).unwrap();
    let mut made = objects(&manifest.text);
    let pairs: Vec<_> = objects(text)
        .into_iter()
        .map(|old| {
            let target = &old.spec.scale_target_ref.name.value;
            let at = made.iter().position(|new| new.spec.scale_target_ref.name.value == *target);
            let new = made.remove(at.unwrap_or_else(|| panic!("{target} is gone")));
            (old, new)
        })
        .collect();
    assert!(made.is_empty(), "objects that nobody had");
    pairs
}

fn loads(object: &ScaledObject) -> Vec<&Trigger> {
    object.spec.triggers.value.iter().filter(|trigger| trigger.kind.value == "prometheus").collect()
}

/// Where more is asked for: of a guard that is bounded by the load, the lowest limit in its query.
fn threshold(trigger: &Trigger) -> f64 {
    let guard = trigger.setting("query").and_then(measure::guard);
    guard.map_or_else(|| trigger.setting("threshold").unwrap().parse().unwrap(), |guard| guard.steps[0].above)
}

/// What the compiler calls its trigger for one of the predecessor's, and how many of its units are one of theirs: the
/// predecessor's names say in which unit its thresholds are.
fn expected(old: &Trigger) -> (&'static str, f64, &'static str) {
    let name = old.setting("metricName").unwrap();
    match name {
        _ if name.starts_with("rps_") => ("rps", 1.0, "AverageValue"),
        _ if name.starts_with("p95_ms_") => ("p95", 1000.0, "AverageValue"),
        "outbox_queue_depth" => ("backlog", 1.0, "AverageValue"),
        "outbox_dispatch_lag_seconds" => ("lag", 1.0, "Value"),
        _ => panic!("{name}"),
    }
}

#[test]
fn every_guard_of_the_predecessor_is_the_same_or_named() {
    let text = fs::read_to_string(policies::root().join("tests/import/predecessor-in-full.yaml")).unwrap();
    let imported = imported(&text);
    assert!(imported.verdicts.iter().all(|verdict| verdict.differences.is_empty()));
    assert_eq!(imported.verdicts.len(), 7);
    let pairs = pairs(&text, &imported);
    let mut guards = 0;
    for (old, new) in &pairs {
        let name = &old.metadata.name.value;
        let said = |part: &str, words: &str| {
            let own = |remark: &&import::Remark| remark.subject == *name && remark.part == part;
            let found = imported.remarks.iter().filter(own).any(|remark| remark.text.contains(words));
            assert!(found, "{name}: nothing says of {part}: {words}");
        };
        assert_eq!((old.spec.min(), old.spec.max()), (new.spec.min(), new.spec.max()), "{name}");
        assert_eq!(loads(old).len(), loads(new).len(), "{name}: a guard was lost or invented");
        for (at, guard) in old.spec.triggers.value.iter().enumerate() {
            if guard.kind.value == "cron" {
                continue;
            }
            let (label, units, metric_type) = expected(guard);
            let twin = loads(new).into_iter().find(|trigger| trigger.label() == label).unwrap();
            let (was, is) = (threshold(guard), threshold(twin) * units);
            assert!((was - is).abs() < 1e-9, "{name}: {label} was {was}, is {is}");
            assert_eq!(twin.metric_type.as_ref().unwrap().value, metric_type);
            let query = twin.setting("query").unwrap();
            assert!(!query.contains("1000"), "its threshold is in the unit of its metric: {query}");
            let part = format!("trigger {} (prometheus)", at + 1);
            match label {
                "p95" => said(&part, "it asks for more than the load needs while the latency is above"),
                "lag" => said(&part, "AverageValue becomes Value"),
                _ => {}
            }
            said(&part, "query of its own");
            guards += 1;
        }
        said("cooldownPeriod", &format!("{} s", old.spec.cooldown_period.as_ref().unwrap().value));
        for (part, missing) in [
            ("fallback", old.spec.fallback.is_none()),
            ("behavior.scaleUp", old.spec.behavior().is_none()),
            ("behavior.scaleDown", old.spec.behavior().is_none()),
        ] {
            assert!(missing, "{name}");
            said(part, "becomes");
        }
    }
    assert_eq!(guards, 11, "guards of the predecessor");
    assert!(!imported.is_equal(), "its queries are others");
}

#[test]
fn a_note_that_says_other_days_than_the_schedule_is_not_carried_over_as_one() {
    let text = fs::read_to_string(policies::root().join("tests/import/predecessor-in-full.yaml")).unwrap();
    let imported = imported(&text);
    let calendar = &imported.proposal.as_ref().unwrap().get(Sources::CALENDAR).text;
    let note: Vec<&str> = calendar.lines().filter(|line| line.contains("workdays")).collect();
    assert!(note.len() == 1 && note[0].starts_with("# as the schedule runs, not as "), "{note:?}");
    assert!(note[0].contains("Sat 2026-09-05"), "{note:?}");
    let said = |remark: &&import::Remark| remark.text.contains("other days than its schedule");
    assert!(imported.remarks.iter().filter(said).all(|remark| remark.subject == "api-queries-de"));
    assert_eq!(imported.remarks.iter().filter(said).count(), 2, "dates, and working days");
    // The words of a schedule that does what they say are the season's note as before.
    assert!(calendar.contains("note        = \"Spargel, 1 Apr - 30 Jun, 07:00-18:00\""), "{calendar}");
}

const HEAD: &str = "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\n";
const CRON: &str = "    - {type: cron, metadata: {timezone: Europe/Berlin, start: \"0 8 * * *\", end: \"0 18 * * *\", desiredReplicas: \"5\"}}\n";

/// An object with a schedule, something in its metadata, in its spec, and among its triggers.
fn object(metadata: &str, spec: &str, triggers: &str) -> String {
    let name = "metadata:\n  name: web\n";
    let target = "spec:\n  scaleTargetRef: {name: web}\n  minReplicaCount: 1\n";
    format!("{HEAD}{name}{metadata}{target}{spec}  triggers:\n{CRON}{triggers}")
}

#[test]
fn what_is_not_kept_is_named_in_the_last_line_and_never_called_equal() {
    let place = Workplace::reference();
    let run = |text: &str| {
        place.write("web.yaml", text.as_bytes());
        place.run(&["import", "web.yaml", "--owned", "--today", "2026-06-01"])
    };
    let plain = run(&object("", "", ""));
    assert_eq!(plain.status, 0, "{}", plain.stderr);
    let cases = [
        ("  annotations: {team: \"a\"}\n", "", "", "annotation"),
        ("  annotations: {autoscaling.keda.sh/paused: \"true\"}\n", "", "", "annotation"),
        ("  annotations: {autoscaling.keda.sh/force-activation: \"true\"}\n", "", "", "annotation"),
        ("  labels: {team: a}\n", "", "", "labels"),
        ("", "  pollingInterval: 15\n", "", "pollingInterval"),
        ("", "  initialCooldownPeriod: 15\n", "", "initialCooldownPeriod"),
        ("", "  fallback: {failureThreshold: 5, replicas: 4}\n", "", "fallback"),
        ("", "  advanced: {restoreToOriginalReplicaCount: true}\n", "", "restoreToOriginalReplicaCount"),
        ("", "  advanced: {horizontalPodAutoscalerConfig: {name: web-hpa}}\n", "", "the HPA's name"),
        (
            "",
            "  advanced: {horizontalPodAutoscalerConfig: {behavior: {scaleDown: {stabilizationWindowSeconds: 900}}}}\n",
            "",
            "behavior.scaleDown",
        ),
        (
            "",
            "",
            "    - {type: cpu, metricType: Utilization, metadata: {value: \"60\"}}\n",
            "trigger 2 (cpu)",
        ),
        ("", "", "    - {type: kafka, metadata: {topic: a}}\n", "web is left out"),
        (
            "",
            "",
            "    - {type: prometheus, metadata: {serverAddress: \"http://p:9090\", threshold: \"5\", query: sum(disk_usage)}}\n",
            "trigger 2 (prometheus)",
        ),
        (
            "",
            "",
            "    - {type: prometheus, metadata: {serverAddress: \"http://p:9090\", threshold: \"5\", query: \"sum(rate(http_requests_total[2m]))\"}}\n",
            "trigger 2 (prometheus)",
        ),
    ];
    for (metadata, spec, triggers, named) in cases {
        let text = object(metadata, spec, triggers);
        let run = run(&text);
        assert_eq!(run.status, 1, "{text}{}", run.stderr);
        let last = run.stderr.lines().last().unwrap();
        let nothing = last.contains("no ScaledObject is left");
        assert!(nothing || last.contains(named), "{text}{}", run.stderr);
        assert!(!last.contains("equal") || last.contains("not everything else is kept"), "{last}");
    }
}

#[test]
fn what_the_compiler_adds_is_said_and_nothing_is_added_where_the_input_has_it() {
    let added = |text: &str| {
        let found = imported(text).remarks;
        found
            .into_iter()
            .filter(|remark| remark.kind == Kind::Added)
            .map(|remark| remark.part)
            .collect::<Vec<_>>()
    };
    assert_eq!(added(&object("", "", "")), ["trigger `rps`"]);
    let requests = "    - {type: prometheus, metadata: {serverAddress: \"http://p:9090\", threshold: \"5\", query: \"sum(rate(http_requests_total[2m]))\"}}\n";
    assert_eq!(added(&object("", "", requests)), Vec::<String>::new());
    let backlog = "    - {type: prometheus, metadata: {serverAddress: \"http://p:9090\", threshold: \"5\", query: max(orders_queue_depth)}}\n";
    assert_eq!(added(&object("", "", backlog)), ["trigger `lag`"]);
}

#[test]
fn a_trigger_that_lifts_from_idle_or_zero_is_a_loss_and_not_without_effect() {
    let head = |least: &str| {
        object("", "", "")
            .replace("  minReplicaCount: 1\n", least)
            .replace("desiredReplicas: \"5\"", "desiredReplicas: \"1\"")
    };
    for least in ["  minReplicaCount: 0\n", "  minReplicaCount: 2\n  idleReplicaCount: 0\n"] {
        let imported = imported(&head(least));
        let said = |remark: &&import::Remark| {
            remark.kind == Kind::LeftOut && remark.text.contains("it lifts the object from 0")
        };
        assert_eq!(imported.remarks.iter().filter(said).count(), 1, "{least}{:?}", imported.remarks);
        assert!(!imported.is_equal());
    }
    let plain = imported(&head("  minReplicaCount: 2\n"));
    assert!(plain.remarks.iter().any(|remark| remark.text.contains("dropped, as it has no effect")));
    assert!(plain.is_equal());
}

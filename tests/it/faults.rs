//! The twelve faults of the hand-written files that this compiler replaces, each with a test that fails if it comes back.

use std::collections::BTreeMap;

use seasonscale::artifact::{Artifact, ArtifactKind};
use seasonscale::compile::{Compiled, compile};
use seasonscale::emit::Templates;
use seasonscale::finding::Rule;
use seasonscale::time::LocalTime;
use seasonscale::verify::{self, version_taken};
use serde::Deserialize;

use crate::journal::server::Database;
use crate::policies;

fn made() -> Compiled {
    compile(&policies::reference(), &Templates::embedded()).unwrap_or_else(|found| panic!("{found:#?}"))
}

fn text(compiled: &Compiled, kind: ArtifactKind) -> &str {
    &compiled.artifacts.iter().find(|artifact| artifact.kind == kind).unwrap().text
}

#[derive(Deserialize)]
struct Manifest {
    spec: Spec,
}

#[derive(Deserialize)]
struct Spec {
    triggers: Vec<Trigger>,
}

#[derive(Deserialize)]
struct Trigger {
    name: String,
    #[serde(rename = "metricType", default)]
    metric_type: String,
    metadata: BTreeMap<String, String>,
}

fn triggers(compiled: &Compiled) -> Vec<Trigger> {
    let documents = serde_yaml::Deserializer::from_str(text(compiled, ArtifactKind::Keda));
    documents.flat_map(|document| Manifest::deserialize(document).unwrap().spec.triggers).collect()
}

#[test]
fn fault_1_a_manifest_that_runs_from_september_to_december_is_refused() {
    let compiled = made();
    let at = |time: &str| compiled.plan.schedules[0].floors.at(LocalTime::parse(time).unwrap()).floor.0;
    assert_eq!((at("2026-10-15 19:59"), at("2026-10-15 20:00"), at("2026-10-16 12:00")), (6, 2, 2));
    assert_eq!(at("2026-10-03 12:00"), 6, "a Saturday: every day, as the runbook says");
    assert!(
        text(&compiled, ArtifactKind::Runbook)
            .contains("| Tue 1 Sep 2026 | Thu 15 Oct 2026 | mon-sun | 08:00-20:00 |")
    );
    let broken: Vec<Artifact> = compiled
        .artifacts
        .iter()
        .map(|artifact| Artifact {
            text: artifact.text.replacen("\"0 8 1-15 10 *\"", "\"0 8 * 9-12 *\"", 1).replacen(
                "\"0 20 1-15 10 *\"",
                "\"0 20 * 9-12 *\"",
                1,
            ),
            ..artifact.clone()
        })
        .collect();
    let found = verify::verify(&compiled.plan, &broken);
    let mismatch =
        found.iter().find(|found| found.rule == Rule::EmittedFloorMismatch).expect("the manifest is refused");
    assert!(mismatch.title.contains("2026-10-16 08:00"), "{}", mismatch.title);
}

#[test]
fn fault_2_the_latency_is_compared_and_never_divided_by_the_replicas() {
    let guards: Vec<Trigger> =
        triggers(&made()).into_iter().filter(|trigger| trigger.name == "p95").collect();
    assert_eq!(guards.len(), 3);
    // Divided is a part of the load; the latency itself only says whether, by `bool`.
    for guard in guards {
        let query = &guard.metadata["query"];
        assert_eq!(guard.metric_type, "AverageValue");
        let latencies = query.matches("histogram_quantile").count() + query.matches(":p95").count();
        assert!(latencies > 0 && query.matches("> bool").count() == latencies, "{query}");
    }
}

#[test]
fn fault_3_no_trigger_has_a_metric_name() {
    assert!(triggers(&made()).iter().all(|trigger| !trigger.metadata.contains_key("metricName")));
}

#[test]
fn fault_4_the_migration_runs() {
    let database = Database::with_journal();
    assert_eq!(database.sql("select count(*) from scaling.journal_settings").unwrap(), "1");
    let sql = text(&made(), ArtifactKind::Journal).to_owned();
    assert!(!sql.contains("$$"), "every body has a tag of its own, so that none ends inside another");
}

#[test]
fn fault_5_a_replay_returns_rows_locks_and_marks_them() {
    let database = Database::with_journal();
    database
        .as_role("publisher", "DE", "select scaling.publish_event('DE', 'orders', 'order.placed', '{}');")
        .unwrap();
    let drain = "select event_type, attempts from scaling.drain_events('orders');";
    assert_eq!(database.as_role("consumer", "DE", drain).unwrap(), "order.placed|1");
    assert_eq!(database.as_role("consumer", "DE", drain).unwrap(), "", "it is marked");
}

#[test]
fn fault_6_a_large_payload_does_not_abort_the_transaction() {
    let database = Database::with_journal();
    let publish = "begin; create temp table business (n int); insert into business values (1); \
        select scaling.publish_event('DE', 'orders', 'order.placed', jsonb_build_object('text', repeat('x', 100000))); \
        commit; select count(*) from business;";
    assert!(database.as_role("owner", "DE", &format!("reset role; {publish}")).unwrap().ends_with('1'));
}

#[test]
fn fault_7_the_spill_threshold_is_the_same_everywhere() {
    let compiled = made();
    assert!(text(&compiled, ArtifactKind::Journal).contains("NOT NULL DEFAULT 0.7\n"));
    assert!(
        text(&compiled, ArtifactKind::Alerts).contains("_notify_queue_usage_ratio[2m])) > 0.7"),
        "alerts"
    );
    assert!(text(&compiled, ArtifactKind::Runbook).contains("wake-ups are left out from | 70 % |"));
}

#[test]
fn fault_8_the_journal_has_row_level_security_for_its_owner_too() {
    let database = Database::with_journal();
    database
        .as_role("publisher", "DE", "select scaling.publish_event('DE', 'orders', 'order.placed', '{}');")
        .unwrap();
    let seen = |territory: &str| {
        database.as_role("owner", territory, "select count(*) from scaling.event_journal;").unwrap()
    };
    assert_eq!((seen("DE").as_str(), seen("AT").as_str(), seen("").as_str()), ("1", "0", "0"));
}

#[test]
fn fault_9_the_cost_alert_can_fire_inside_a_window_only() {
    let compiled = made();
    let rules = text(&compiled, ArtifactKind::Alerts);
    let from = rules.find("- alert: PreScaleWithoutLoad").unwrap();
    let alert = &rules[from..from + rules[from + 8..].find("- alert:").unwrap_or(rules.len() - from - 8)];
    assert!(
        alert.contains("scaledobject:seasonscale_floor_replicas:max")
            && alert.contains("scaledobject:seasonscale_min_replicas:config"),
        "{alert}"
    );
    assert!(alert.contains("severity: info") && alert.contains("for: 30m"), "{alert}");
}

#[test]
fn fault_10_a_version_that_is_taken_is_refused() {
    let compiled = made();
    let journal = compiled.plan.profile.journal.as_ref().unwrap();
    let folder = |name: &str| vec!["V1__init.sql".to_owned(), name.to_owned()];
    assert!(version_taken(journal, &folder("V226__order_index.sql")).is_some());
    assert!(version_taken(journal, &folder("V226__scaling_event_journal.sql")).is_none(), "our own");
    assert!(version_taken(journal, &folder("V227__order_index.sql")).is_none());
}

#[test]
fn fault_11_flyway_sees_the_file() {
    let compiled = made();
    let names: Vec<&str> = compiled.artifacts.iter().map(|artifact| artifact.path.as_str()).collect();
    assert!(names.contains(&"V226__scaling_event_journal.sql"), "{names:?}");
    let journal = compiled.plan.profile.journal.as_ref().unwrap();
    let one_underscore = vec!["V226_scaling_event_journal.sql".to_owned()];
    assert!(
        version_taken(journal, &one_underscore).is_some_and(|found| found.title.contains("does not see it"))
    );
}

#[test]
fn fault_12_each_territory_has_its_own_target() {
    let compiled = made();
    let rules = text(&compiled, ArtifactKind::Alerts);
    let from = rules.find("record: territory:seasonscale_latency_target_seconds:config").unwrap();
    let rule = &rules[from..from + 600];
    for (target, territory) in [("0.3 ", "DE"), ("0.35 ", "CH"), ("0.4 ", "AT")] {
        let part = rule.lines().find(|line| line.contains(&format!("territory=\"{territory}\""))).unwrap();
        assert!(part.contains(&format!("{target}* ")), "{territory}: {part}");
    }
}

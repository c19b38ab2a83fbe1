//! Versions after the first: each changes what the released one left, keeps every event, and can be taken back.

use std::fs;

use seasonscale::artifact::ArtifactKind;
use seasonscale::compile;
use seasonscale::emit::{Templates, emit};
use seasonscale::finding::Rule;
use seasonscale::plan::Plan;
use seasonscale::quantity::{Ratio, Seconds};
use seasonscale::verify::verify;

use super::server::Database;
use crate::policies;

/// The migration as version 0.1.0 of seasonscale made it, byte for byte: what a team may have released.
fn first_release() -> String {
    fs::read_to_string(policies::root().join("tests/postgres/V226__0.1.0.sql")).unwrap()
}

/// The reference case at a later version, all before it released.
fn plan(version: u32) -> Plan {
    let mut plan = compile::plan(&policies::reference()).0.unwrap();
    let journal = plan.profile.journal.as_mut().unwrap();
    journal.version.value = version;
    journal.released = (226..version).collect();
    plan
}

/// A migration, and the script that takes it back.
struct Version {
    migration: String,
    undo: String,
}

fn made(plan: &Plan) -> Version {
    let artifacts = emit(plan, &Templates::embedded()).unwrap();
    let sql: Vec<_> = artifacts.into_iter().filter(|made| made.path.ends_with(".sql")).collect();
    assert_eq!(verify(plan, &sql), []);
    let text = |kind| sql.iter().find(|made| made.kind == kind).unwrap().text.clone();
    Version { migration: text(ArtifactKind::Journal), undo: text(ArtifactKind::Undo) }
}

fn publish(database: &Database, territory: &str, count: usize) {
    let statement = format!(
        "select count(scaling.publish_event('{territory}', 'orders', 'x', '{{}}')) from generate_series(1, {count});"
    );
    database.as_role("publisher", territory, &statement).unwrap();
}

fn drained(database: &Database, territory: &str) -> String {
    let statement = "select count(*) from scaling.drain_events('orders', 1000);";
    database.as_role("consumer", territory, statement).unwrap()
}

#[test]
fn the_second_version_makes_of_the_first_release_what_a_new_database_has() {
    let fresh = Database::with_journal().catalog();
    for events in [0, 100] {
        let database = Database::empty();
        database.apply(&first_release(), "postgres").unwrap();
        publish(&database, "DE", events);
        database.apply(&made(&plan(227)).migration, "postgres").unwrap();
        assert_eq!(database.catalog(), fresh, "with {events} events");
        publish(&database, "DE", 1);
        assert_eq!(drained(&database, "DE"), (events + 1).to_string());
    }
}

#[test]
fn taking_the_second_version_back_leaves_what_was_there() {
    let database = Database::empty();
    database.apply(&first_release(), "postgres").unwrap();
    publish(&database, "DE", 100);
    let before = database.catalog();
    let second = made(&plan(227));
    for _ in 0..2 {
        database.apply(&second.migration, "postgres").unwrap();
        assert_ne!(database.by_hand(&second.migration, "postgres"), "", "not twice");
        database.apply(&second.undo, "postgres").unwrap();
        assert_eq!(database.catalog(), before);
    }
    assert_eq!(drained(&database, "DE"), "100");
}

#[test]
fn three_versions_in_a_row_carry_what_differs_and_go_back_one_by_one() {
    let database = Database::empty();
    database.apply(&first_release(), "postgres").unwrap();
    publish(&database, "DE", 10);
    // On-call has turned one lever; the other stands at its default.
    database.sql("update scaling.journal_settings set max_attempts = 4").unwrap();
    let settings = "select spill_ratio, max_attempts, retention from scaling.journal_settings";
    let (second, third) = (made(&plan(227)), made(&changed(228)));
    database.apply(&second.migration, "postgres").unwrap();
    let between = database.catalog();
    database.apply(&third.migration, "postgres").unwrap();
    assert_eq!(database.sql(settings).unwrap(), "0.5|4|36:00:00");
    publish(&database, "FR", 2);
    let row = "select count(*) from scaling.outbox_status where territory = 'FR';";
    assert_eq!(database.as_role("monitor", "", row).unwrap(), "1");

    let early = database.apply(&second.undo, "postgres").unwrap_err();
    assert!(early.contains("a later version of the journal has been applied"), "{early}");
    let refused = database.apply(&third.undo, "postgres").unwrap_err();
    assert!(refused.contains("2 events of territories that V227 does not know"), "{refused}");
    let told = format!("set local seasonscale.discard_events = 'yes';\n{}", third.undo);
    database.apply(&told, "postgres").unwrap();
    assert_eq!(database.catalog(), between);
    assert_eq!(database.sql(settings).unwrap(), "0.7|4|30 days");
    database.apply(&second.undo, "postgres").unwrap();
    assert_eq!(drained(&database, "DE"), "10", "what the older version knows is kept");
}

/// The reference case with a territory more and other settings.
fn changed(version: u32) -> Plan {
    let mut plan = plan(version);
    let mut france = plan.profile.territories[0].clone();
    france.code = seasonscale::name::TerritoryCode::parse("FR").unwrap();
    plan.profile.territories.push(france);
    let journal = plan.profile.journal.as_mut().unwrap();
    (journal.spill_ratio, journal.retention) = (Ratio(0.5), Seconds(36 * 3600));
    plan
}

#[test]
fn a_second_version_without_the_first_is_refused() {
    let database = Database::empty();
    let error = database.apply(&made(&plan(227)).migration, "postgres").unwrap_err();
    assert!(error.contains("there is no scaling.event_journal to be changed"), "{error}");
}

#[test]
fn a_view_of_somebody_else_outlives_a_new_version() {
    let database = Database::empty();
    database.apply(&first_release(), "postgres").unwrap();
    database
        .sql("create view public.depth as select territory, pending_events from scaling.outbox_status")
        .unwrap();
    database.apply(&made(&plan(227)).migration, "postgres").unwrap();
    publish(&database, "DE", 3);
    assert_eq!(database.sql("select pending_events from public.depth where territory = 'DE'").unwrap(), "3");
}

#[test]
fn what_a_later_version_may_not_leave_out_is_looked_for() {
    let plan = plan(227);
    let artifacts = emit(&plan, &Templates::embedded()).unwrap();
    let sql: Vec<_> = artifacts.into_iter().filter(|made| made.path.ends_with(".sql")).collect();
    for (lost, what) in [
        ("ALTER COLUMN spill_ratio SET DEFAULT 0.7;", "spill_ratio begins as"),
        ("CHECK (territory IN ('AT', 'CH', 'DE'));", "a row belongs to one of the profile's territories"),
        (
            "ALTER TABLE scaling.event_journal FORCE ROW LEVEL SECURITY;\n\nCREATE",
            "row-level security is forced",
        ),
        ("REVOKE DELETE, TRUNCATE ON scaling.journal_settings", "nobody deletes the settings"),
        ("  IF EXISTS (SELECT 1 FROM scaling.journal_undo WHERE version > 227)", "a later version is there"),
        ("  IF v_foreign > 0 THEN", "refuses while events would be lost"),
    ] {
        let mut broken = sql.clone();
        assert!(broken.iter().any(|made| made.text.contains(lost)), "{lost}");
        for made in &mut broken {
            made.text = made.text.replace(lost, &lost.replacen(['0', 'A', 'D', '>', 'F'], "1", 1));
        }
        let found = verify(&plan, &broken);
        let named = |found: &seasonscale::finding::Diagnostic| {
            [Rule::EmittedSqlMismatch, Rule::EmittedSqlRejected].contains(&found.rule)
        };
        let says = |found: &seasonscale::finding::Diagnostic| {
            found.rule == Rule::EmittedSqlRejected || found.title.contains(what)
        };
        assert!(found.iter().any(|found| named(found) && says(found)), "{what}: {found:#?}");
    }
}

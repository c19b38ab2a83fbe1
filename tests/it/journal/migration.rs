//! Applying the migration, applying it again, taking it back.

use seasonscale::artifact::ArtifactKind;

use super::server::{Database, script};

/// Everything that stands in the schema.
const INVENTORY: &str = "select string_agg(c.relname::text || c.relkind::text, ',' order by c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'scaling'";

#[test]
fn it_is_applied_in_one_transaction() {
    let database = Database::with_journal();
    assert_eq!(database.sql("select current_setting('server_version_num')::int >= 150000").unwrap(), "t");
    assert!(database.sql(INVENTORY).unwrap().contains("event_journalr"));
    assert_eq!(database.sql("select relrowsecurity and relforcerowsecurity from pg_class where oid = 'scaling.event_journal'::regclass").unwrap(), "t");
    assert_eq!(
        database
            .sql("select spill_ratio, critical_ratio, max_attempts, retention from scaling.journal_settings")
            .unwrap(),
        "0.7|0.95|10|30 days"
    );
}

#[test]
fn a_second_application_is_refused_and_changes_nothing() {
    let database = Database::with_journal();
    let before = database.sql(INVENTORY).unwrap();
    let error = database.apply(&script(ArtifactKind::Journal), "postgres").unwrap_err();
    assert!(error.contains("schema \"scaling\" already exists"), "{error}");
    assert_eq!(database.sql(INVENTORY).unwrap(), before);
}

#[test]
fn a_migrating_role_that_is_no_superuser_can_apply_it() {
    let database = Database::empty();
    database
        .sql("do $$ begin create role flyway login createrole; exception when duplicate_object then null; end $$; grant create on database postgres to flyway; do $$ begin execute format('grant create on database %I to flyway', current_database()); end $$;")
        .unwrap();
    database.apply(&script(ArtifactKind::Journal), "flyway").unwrap();
    assert!(database.sql(INVENTORY).unwrap().contains("outbox_statusv"));
}

#[test]
fn an_error_half_way_leaves_nothing_behind() {
    let database = Database::empty();
    let broken = script(ArtifactKind::Journal) + "\nselect 1 / 0;\n";
    assert!(database.apply(&broken, "postgres").unwrap_err().contains("division by zero"));
    assert_eq!(database.sql(INVENTORY).unwrap(), "");
}

#[test]
fn taking_it_back_refuses_while_events_are_undelivered() {
    let database = Database::with_journal();
    database
        .as_role("publisher", "DE", "select scaling.publish_event('DE', 'orders', 'order.placed', '{}');")
        .unwrap();
    let undo = script(ArtifactKind::Undo);
    let error = database.apply(&undo, "postgres").unwrap_err();
    assert!(error.contains("1 undelivered events"), "{error}");
    assert_eq!(
        database.as_role("consumer", "DE", "select count(*) from scaling.drain_events('orders');").unwrap(),
        "1"
    );
    database.apply(&undo, "postgres").unwrap();
    assert_eq!(database.sql(INVENTORY).unwrap(), "");
    database.apply(&script(ArtifactKind::Journal), "postgres").unwrap();
}

#[test]
fn an_undo_that_is_told_to_may_throw_events_away() {
    let database = Database::with_journal();
    database
        .as_role("publisher", "DE", "select scaling.publish_event('DE', 'orders', 'order.placed', '{}');")
        .unwrap();
    let told = format!("set local seasonscale.discard_events = 'yes';\n{}", script(ArtifactKind::Undo));
    database.apply(&told, "postgres").unwrap();
    assert_eq!(database.sql(INVENTORY).unwrap(), "");
}

//! Dumps: whole, or refused, never silently without the events.

use super::server::Database;

fn filled() -> Database {
    let database = Database::with_journal();
    for territory in ["AT", "CH", "DE"] {
        let publish = format!(
            "select count(scaling.publish_event('{territory}', 'orders', 'x', '{{\"n\": 1}}')) from generate_series(1, 10);"
        );
        database.as_role("publisher", territory, &publish).unwrap();
    }
    database.as_role("consumer", "DE", "select count(*) from scaling.drain_events('orders', 3);").unwrap();
    database
}

const CHECK: &str = "set role freshplan_scaling_backup; select territory, count(*), max(id), count(delivered_at) from scaling.event_journal group by territory order by territory;";

#[test]
fn a_dump_by_the_backup_role_holds_every_event_and_is_restored() {
    let database = filled();
    let dump = database.dump(&["--role=freshplan_scaling_backup", "--enable-row-security"]).unwrap();
    let copy = Database::empty();
    copy.apply(&dump, "postgres").unwrap();
    let wanted = database.sql(CHECK).unwrap();
    assert_eq!(wanted.lines().count(), 3);
    assert_eq!(copy.sql(CHECK).unwrap(), wanted);
    assert_eq!(copy.catalog(), database.catalog());
    let left = "select count(*) from scaling.drain_events('orders', 100);";
    assert_eq!(copy.as_role("consumer", "DE", left).unwrap(), "7", "it works on where it stopped");
    let pending = "select sum(pending_events) from scaling.outbox_status;";
    assert_eq!(copy.as_role("monitor", "", pending).unwrap(), "20");
}

#[test]
fn a_dump_by_anybody_else_who_is_no_superuser_is_refused_and_with_the_option_holds_no_event() {
    let database = filled();
    let refused = database.dump(&["--role=freshplan_scaling_owner"]).unwrap_err();
    assert!(refused.contains("row-level security"), "{refused}");
    let silent = database.dump(&["--role=freshplan_scaling_owner", "--enable-row-security"]).unwrap();
    assert!(!silent.contains("order") || !silent.contains("\tDE\torders"), "this is why the role is there");
    let whole = database.dump(&[]).unwrap();
    assert!(whole.contains("\tDE\torders"), "a superuser's holds everything");
}

#[test]
fn the_backup_role_reads_and_does_nothing_else() {
    let database = filled();
    for wrong in [
        "delete from scaling.event_journal;",
        "update scaling.journal_settings set spill_ratio = 0;",
        "select scaling.publish_event('DE', 'orders', 'x', '{}');",
        "select * from scaling.drain_events('orders');",
    ] {
        let error = database.as_role("backup", "DE", wrong).unwrap_err();
        assert!(error.contains("permission denied"), "{wrong}: {error}");
    }
}

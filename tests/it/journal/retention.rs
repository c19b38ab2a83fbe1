//! Retention: how long, and whether anybody does it.

use super::server::Database;

const STATUS: &str =
    "select round(oldest_delivered_seconds), retention_seconds from scaling.retention_status;";

#[test]
fn a_retention_that_keeps_everything_for_ever_is_refused() {
    let database = Database::with_journal();
    for wrong in ["1000000 years", "10 years 1 day", "0 s", "-1 day"] {
        let set = format!("update scaling.journal_settings set retention = '{wrong}';");
        let error = database.as_role("janitor", "", &set).unwrap_err();
        assert!(error.contains("journal_settings_retention_ck"), "{wrong}: {error}");
    }
    database.as_role("janitor", "", "update scaling.journal_settings set retention = '10 years';").unwrap();
}

#[test]
fn the_age_of_the_oldest_delivered_row_tells_whether_anybody_purges() {
    let database = Database::with_journal();
    assert_eq!(database.as_role("monitor", "", STATUS).unwrap(), "0|2592000");
    let publish = "select scaling.publish_event('DE', 'orders', 'x', '{}');";
    database.as_role("publisher", "DE", &publish.repeat(2)).unwrap();
    database.as_role("consumer", "DE", "select count(*) from scaling.drain_events('orders', 1);").unwrap();
    database
        .sql("update scaling.event_journal set delivered_at = delivered_at - interval '40 days'")
        .unwrap();
    assert!(database.as_role("monitor", "", STATUS).unwrap().starts_with("3456"), "40 days");
    assert_eq!(database.as_role("janitor", "", "select scaling.purge_delivered();").unwrap(), "1");
    assert_eq!(database.as_role("monitor", "", STATUS).unwrap(), "0|2592000");
}

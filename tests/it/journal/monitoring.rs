//! What the exporter reads.

use super::server::Database;

const PUBLISH: &str = "select scaling.publish_event('DE', 'orders', 'order.placed', '{\"n\": 1}');";
const CRITICAL: &str =
    "select scaling.publish_event('DE', 'orders', 'credit.blocked', '{}', p_critical => true);";
const LISTENERS: &str = "select channel, listeners from scaling.listener_status order by channel;";

#[test]
fn the_views_have_a_row_for_each_territory_always() {
    let database = Database::with_journal();
    let view = "select territory, pending_events, spilled_pending_events, parked_events, lag_seconds >= 0 from scaling.outbox_status order by territory;";
    assert_eq!(database.as_role("monitor", "", view).unwrap(), "AT|0|0|0|t\nCH|0|0|0|t\nDE|0|0|0|t");
    database.queue_usage(0.8);
    database.as_role("publisher", "DE", PUBLISH).unwrap();
    assert!(database.as_role("monitor", "", view).unwrap().contains("DE|1|1|0|t"));
    assert_eq!(
        database
            .as_role(
                "monitor",
                "",
                "select usage_ratio, spill_ratio, critical_ratio from scaling.notify_queue_status;"
            )
            .unwrap(),
        "0.8|0.7|0.95"
    );
}

#[test]
fn a_listener_counts_while_it_is_heard_from_and_listens_and_lives() {
    let database = Database::with_journal();
    let alive = "select scaling.listener_alive();";
    assert_eq!(database.as_role("monitor", "", LISTENERS).unwrap(), "");
    database.as_role("publisher", "DE", PUBLISH).unwrap();
    assert_eq!(
        database.as_role("monitor", "", LISTENERS).unwrap(),
        "orders|0",
        "events and nobody who listens"
    );

    let mut first = database.speak("consumer", "");
    assert_eq!(first.ask(alive), "0", "it does not listen yet");
    first.say("listen orders;");
    assert_eq!(first.ask(alive), "1");
    let mut second = database.speak("consumer", "");
    second.say("listen orders; listen mails;");
    assert_eq!(second.ask(alive), "2");
    assert_eq!(database.as_role("monitor", "", LISTENERS).unwrap(), "mails|1\norders|2");

    database.sql("update scaling.journal_listener set seen_at = seen_at - interval '91 seconds' where channel = 'mails'").unwrap();
    assert_eq!(database.as_role("monitor", "", LISTENERS).unwrap(), "mails|0\norders|2", "not heard from");
    first.kill();
    database.until("orders|1", || {
        database
            .as_role(
                "monitor",
                "",
                "select channel, listeners from scaling.listener_status where channel = 'orders';",
            )
            .unwrap()
    });
}

#[test]
fn heartbeats_of_the_dead_go_but_their_channel_stays() {
    let database = Database::with_journal();
    database.sql("insert into scaling.journal_listener values ('orders', 1, 'x', now() - interval '2 days'), ('mails', 2, 'y', now() - interval '2 days')").unwrap();
    let mut listener = database.speak("consumer", "");
    listener.say("listen orders;");
    assert_eq!(listener.ask("select scaling.listener_alive();"), "1");
    assert_eq!(
        database.sql("select count(*) from scaling.journal_listener where channel = 'orders'").unwrap(),
        "1"
    );
    assert_eq!(database.as_role("monitor", "", LISTENERS).unwrap(), "mails|0\norders|1");
}

#[test]
fn who_may_not_see_other_sessions_is_not_told_that_none_is_idle() {
    let database = Database::with_journal();
    let idle = "select idle_in_transaction from scaling.notify_queue_status;";
    assert_eq!(database.as_role("monitor", "", idle).unwrap(), "NaN", "a number that an exporter can send");
    assert_ne!(database.sql(idle).unwrap(), "NaN");
}

/// A transaction that keeps dead rows is seen, whatever it does; a dump, and one that keeps nothing, are not.
#[test]
fn the_age_of_the_oldest_transaction_is_that_of_one_that_keeps_dead_rows() {
    let database = Database::with_journal();
    let old = "select oldest_transaction_seconds > 0.5 from scaling.notify_queue_status;";
    let blind = "select oldest_transaction_seconds from scaling.notify_queue_status;";
    assert_eq!(database.as_role("monitor", "", blind).unwrap(), "NaN");
    let mut dump = database.speak("monitor", "");
    dump.say("set application_name = 'pg_dump'; begin isolation level repeatable read; select 1;");
    let mut harmless = database.speak("monitor", "");
    harmless.say("begin; select 1;");
    let elsewhere = Database::empty();
    let mut other = elsewhere.speak("monitor", "");
    other.say("begin isolation level repeatable read; select 1;");
    std::thread::sleep(std::time::Duration::from_millis(700));
    assert_eq!(database.sql(old).unwrap(), "f");
    let mut stuck = database.speak("monitor", "");
    stuck.say("begin isolation level repeatable read; select 1;");
    database.until("t", || database.sql(old).unwrap());
    stuck.say("commit;");
    assert_eq!(database.sql(old).unwrap(), "f");
    let mut writes = database.speak("publisher", "DE");
    writes.say(&format!("begin; {PUBLISH}"));
    database.until("t", || database.sql(old).unwrap());
}

#[test]
fn monitoring_reads_no_business_data() {
    let database = Database::with_journal();
    database.as_role("publisher", "DE", PUBLISH).unwrap();
    let counted = "select count(*), count(distinct territory) from scaling.event_journal;";
    assert_eq!(database.as_role("monitor", "", counted).unwrap(), "1|1");
    for column in ["payload", "dedup_key", "last_error"] {
        let read = format!("select {column} from scaling.event_journal;");
        assert!(
            database.as_role("monitor", "", &read).unwrap_err().contains("permission denied"),
            "{column}"
        );
    }
}

/// The names that rules and scalers use, from the header of the migration: each is a column that can be selected.
#[test]
fn every_metric_that_the_header_names_can_be_selected() {
    let database = Database::with_journal();
    let script = super::server::script(seasonscale::artifact::ArtifactKind::Journal);
    let metrics: Vec<&str> =
        script.lines().filter_map(|line| line.strip_prefix("--   freshplan_scaling_")).collect();
    assert_eq!(metrics.len(), 14, "{metrics:?}");
    for line in metrics {
        let (metric, source) = line.split_once(' ').unwrap();
        let (view, column) = source.trim().split_once(", ").unwrap();
        let name = metric.split('{').next().unwrap();
        assert!(name.ends_with(column), "{line}");
        let label =
            metric.strip_suffix('}').and_then(|metric| metric.split_once('{')).map(|(_, label)| label);
        let columns = label.into_iter().chain([column]).collect::<Vec<_>>().join(", ");
        database.as_role("monitor", "", &format!("select {columns} from {view};")).unwrap();
    }
}

#[test]
fn waking_is_left_out_under_pressure_but_not_for_critical_events() {
    let database = Database::with_journal();
    database.queue_usage(0.8);
    database.as_role("publisher", "DE", PUBLISH).unwrap();
    let wake = "select scaling.wake_pending();";
    assert_eq!(database.as_role("consumer", "DE", wake).unwrap(), "0");
    database.as_role("publisher", "DE", CRITICAL).unwrap();
    assert_eq!(database.as_role("consumer", "DE", wake).unwrap(), "1");
    database.queue_usage(0.96);
    assert_eq!(database.as_role("consumer", "DE", wake).unwrap(), "0");
    database.queue_usage(0.1);
    assert_eq!(database.as_role("consumer", "DE", wake).unwrap(), "1");
}

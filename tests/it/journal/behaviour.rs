//! What the journal promises to publishers, consumers and on-call.

use super::server::Database;

const PUBLISH: &str = "select scaling.publish_event('DE', 'orders', 'order.placed', '{\"n\": 1}');";
const CRITICAL: &str =
    "select scaling.publish_event('DE', 'orders', 'credit.blocked', '{}', p_critical => true);";
const LAST_ROUTE: &str = "select route from scaling.event_journal order by id desc limit 1";
const DRAIN: &str = "select event_type, payload from scaling.drain_events('orders');";

#[test]
fn events_spill_from_seventy_per_cent_on_and_are_not_lost() {
    let database = Database::with_journal();
    for (usage, route) in [(0.0, "notify"), (0.69, "notify"), (0.70, "journal"), (0.99, "journal")] {
        database.queue_usage(usage);
        database.as_role("publisher", "DE", PUBLISH).unwrap();
        assert_eq!(database.sql(LAST_ROUTE).unwrap(), route, "at {usage}");
    }
    assert_eq!(database.as_role("consumer", "DE", DRAIN).unwrap().lines().count(), 4, "all are delivered");
}

#[test]
fn critical_events_are_notified_up_to_ninety_five_per_cent() {
    let database = Database::with_journal();
    for (usage, route) in [(0.70, "notify"), (0.94, "notify"), (0.95, "journal")] {
        database.queue_usage(usage);
        database.as_role("publisher", "DE", CRITICAL).unwrap();
        assert_eq!(database.sql(LAST_ROUTE).unwrap(), route, "at {usage}");
    }
}

#[test]
fn on_call_can_change_the_thresholds_without_a_deployment() {
    let database = Database::with_journal();
    database.queue_usage(0.5);
    database.sql("update scaling.journal_settings set spill_ratio = 0.4").unwrap();
    database.as_role("publisher", "DE", PUBLISH).unwrap();
    assert_eq!(database.sql(LAST_ROUTE).unwrap(), "journal");
    assert!(
        database.sql("update scaling.journal_settings set spill_ratio = 0.99").is_err(),
        "not above critical_ratio"
    );
}

#[test]
fn a_payload_may_be_far_larger_than_a_notification() {
    let database = Database::with_journal();
    for size in [100_000, 20_000_000] {
        let publish = format!(
            "select scaling.publish_event('DE', 'orders', 'order.placed', jsonb_build_object('text', repeat('x', {size})));"
        );
        database.as_role("publisher", "DE", &publish).unwrap();
        let drained = database.as_role(
            "consumer",
            "DE",
            "select length(payload->>'text') from scaling.drain_events('orders');",
        );
        assert_eq!(drained.unwrap(), size.to_string());
    }
}

#[test]
fn an_event_of_a_transaction_that_rolls_back_never_was() {
    let database = Database::with_journal();
    database.as_role("publisher", "DE", &format!("begin; {PUBLISH} rollback;")).unwrap();
    assert_eq!(database.as_role("consumer", "DE", DRAIN).unwrap(), "");
}

#[test]
fn a_session_sees_its_own_territory_and_without_one_nothing_not_even_the_owner() {
    let database = Database::with_journal();
    database.as_role("publisher", "DE", PUBLISH).unwrap();
    let count = "select count(*) from scaling.event_journal;";
    assert_eq!(database.as_role("owner", "DE", count).unwrap(), "1");
    assert_eq!(database.as_role("owner", "CH", count).unwrap(), "0", "FORCE holds for the owner");
    assert_eq!(database.as_role("owner", "", count).unwrap(), "0", "it fails closed");
    assert_eq!(database.as_role("consumer", "CH", DRAIN).unwrap(), "");
    assert_eq!(database.as_role("consumer", "", DRAIN).unwrap(), "");
    assert!(
        database.as_role("consumer", "DE", count).unwrap_err().contains("permission denied"),
        "functions only"
    );
    let foreign = database.as_role("publisher", "CH", PUBLISH).unwrap_err();
    assert!(foreign.contains("territory DE does not match app.territory"), "{foreign}");
    let unknown = database
        .as_role("publisher", "FR", "select scaling.publish_event('FR', 'orders', 'x', '{}');")
        .unwrap_err();
    assert!(unknown.contains("event_journal_territory_ck"), "{unknown}");
}

#[test]
fn a_territory_setting_that_has_ended_reads_as_none() {
    let database = Database::with_journal();
    let run = format!("begin; set local app.territory = 'DE'; {PUBLISH} commit; {DRAIN}");
    assert_eq!(database.as_role("publisher", "", &run.replace(DRAIN, "")).unwrap().lines().count(), 1);
    assert_eq!(
        database
            .as_role("consumer", "", &format!("begin; set local app.territory = 'DE'; commit; {DRAIN}"))
            .unwrap(),
        ""
    );
}

#[test]
fn a_publishers_key_makes_publishing_idempotent() {
    let database = Database::with_journal();
    let keyed = "select scaling.publish_event('DE', 'orders', 'order.placed', '{}', 'order-7');";
    let ids = database.as_role("publisher", "DE", &keyed.repeat(3)).unwrap();
    let ids: Vec<&str> = ids.lines().collect();
    assert!(ids.len() == 3 && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(database.as_role("consumer", "DE", DRAIN).unwrap().lines().count(), 1);
}

#[test]
fn a_failing_event_backs_off_is_parked_and_comes_back_when_asked() {
    let database = Database::with_journal();
    let id = database.as_role("publisher", "DE", PUBLISH).unwrap();
    let fail = format!("select scaling.fail_event({id}, 'handler broke');");
    assert_eq!(database.as_role("consumer", "DE", &fail).unwrap(), "retry");
    assert_eq!(database.as_role("consumer", "DE", DRAIN).unwrap(), "", "it backs off");
    let answers = database.as_role("consumer", "DE", &fail.repeat(9)).unwrap();
    assert_eq!(answers.lines().last(), Some("parked"));
    assert_eq!(
        database
            .as_role("monitor", "", "select parked_events from scaling.outbox_status where territory = 'DE';")
            .unwrap(),
        "1"
    );
    let requeue =
        "select scaling.requeue_events('orders', now() - interval '1 hour', now() + interval '1 hour');";
    assert_eq!(database.as_role("consumer", "CH", requeue).unwrap(), "0", "another territory's events stay");
    assert_eq!(database.as_role("consumer", "DE", requeue).unwrap(), "1");
    assert_eq!(database.as_role("consumer", "DE", DRAIN).unwrap().lines().count(), 1);
}

#[test]
fn only_delivered_events_are_purged_and_only_after_the_retention() {
    let database = Database::with_journal();
    database.as_role("publisher", "DE", &PUBLISH.repeat(3)).unwrap();
    database.as_role("consumer", "DE", "select id from scaling.drain_events('orders', 2);").unwrap();
    let purge = "select scaling.purge_delivered();";
    assert_eq!(database.as_role("janitor", "", purge).unwrap(), "0");
    database.sql("update scaling.event_journal set delivered_at = delivered_at - interval '31 days', created_at = created_at - interval '31 days'").unwrap();
    assert_eq!(database.as_role("janitor", "", purge).unwrap(), "2");
    assert_eq!(
        database.as_role("consumer", "DE", DRAIN).unwrap().lines().count(),
        1,
        "the undelivered one is still there"
    );
}

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
fn a_listener_that_is_heard_from_counts_and_one_that_is_silent_does_not() {
    let database = Database::with_journal();
    database
        .as_role(
            "consumer",
            "",
            "select scaling.listener_alive('orders', 'pod-1'), scaling.listener_alive('orders', 'pod-2');",
        )
        .unwrap();
    let listeners = "select channel, listeners from scaling.listener_status;";
    assert_eq!(database.as_role("monitor", "", listeners).unwrap(), "orders|2");
    database.sql("update scaling.journal_listener set last_seen = last_seen - interval '5 minutes' where listener = 'pod-1'").unwrap();
    assert_eq!(database.as_role("monitor", "", listeners).unwrap(), "orders|1");
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

#[test]
fn nobody_else_may_call_anything() {
    let database = Database::with_journal();
    database
        .sql("do $$ begin create role stranger nologin; exception when duplicate_object then null; end $$")
        .unwrap();
    let refused = database
        .sql("set role stranger; select scaling.publish_event('DE', 'orders', 'x', '{}');")
        .unwrap_err();
    assert!(refused.contains("permission denied"), "{refused}");
    let crossed = database.as_role("publisher", "DE", DRAIN).unwrap_err();
    assert!(crossed.contains("permission denied for function drain_events"), "{crossed}");
}

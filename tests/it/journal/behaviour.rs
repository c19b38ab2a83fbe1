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
    assert!(foreign.contains("an event for territory DE in a session for territory CH"), "{foreign}");
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
fn an_unknown_answer_to_critical_means_no() {
    let database = Database::with_journal();
    database.queue_usage(0.8);
    let publish = "select scaling.publish_event('DE', 'orders', 'order.placed', '[]', null, null);";
    database.as_role("publisher", "DE", publish).unwrap();
    assert_eq!(database.sql("select route, critical from scaling.event_journal").unwrap(), "journal|f");
}

#[test]
fn the_same_key_in_two_open_transactions_is_one_event() {
    let database = Database::with_journal();
    let keyed = "select scaling.publish_event('DE', 'orders', 'order.placed', '{}', 'order-7');";
    let mut first = database.speak("publisher", "DE");
    first.say("begin;");
    let id = first.ask(keyed);
    let second = std::thread::scope(|scope| {
        let second = scope.spawn(|| database.as_role("publisher", "DE", keyed).unwrap());
        database.until_somebody_waits_for_a_lock();
        first.say("commit;");
        second.join().unwrap()
    });
    assert_eq!(second, id);
    assert_eq!(database.sql("select count(*) from scaling.event_journal").unwrap(), "1");
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

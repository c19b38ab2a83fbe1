//! Failing, parking, replaying, forgetting.

use super::server::Database;

const PUBLISH: &str = "select scaling.publish_event('DE', 'orders', 'order.placed', '{\"n\": 1}');";
const DRAIN: &str = "select event_type, payload from scaling.drain_events('orders');";
const REPLAY: &str =
    "select scaling.requeue_events('orders', now() - interval '1 hour', now() + interval '1 hour');";
const REPLAY_PARKED: &str =
    "select scaling.requeue_events('orders', now() - interval '1 hour', now() + interval '1 hour', true);";
const PURGE: &str = "select scaling.purge_delivered();";

fn fail(id: &str) -> String {
    format!("select scaling.fail_event({id}, 'handler broke');")
}

#[test]
fn a_failing_event_backs_off_is_parked_and_comes_back_when_asked() {
    let database = Database::with_journal();
    let id = database.as_role("publisher", "DE", PUBLISH).unwrap();
    assert_eq!(database.as_role("consumer", "DE", &fail(&id)).unwrap(), "retry");
    assert_eq!(database.as_role("consumer", "DE", DRAIN).unwrap(), "", "it backs off");
    let answers = database.as_role("consumer", "DE", &fail(&id).repeat(9)).unwrap();
    assert_eq!(answers.lines().last(), Some("parked"));
    let parked = "select parked_events, pending_events from scaling.outbox_status where territory = 'DE';";
    assert_eq!(database.as_role("monitor", "", parked).unwrap(), "1|0");
    assert_eq!(database.as_role("consumer", "CH", REPLAY).unwrap(), "0", "another territory's events stay");
    assert_eq!(database.as_role("consumer", "DE", REPLAY).unwrap(), "1");
    assert_eq!(database.as_role("consumer", "DE", DRAIN).unwrap().lines().count(), 1);
}

#[test]
fn the_back_off_doubles_from_one_second_to_five_minutes() {
    let database = Database::with_journal();
    database.sql("update scaling.journal_settings set max_attempts = 20").unwrap();
    let id = database.as_role("publisher", "DE", PUBLISH).unwrap();
    let mut waits = Vec::new();
    for _ in 0..11 {
        database.as_role("consumer", "DE", &fail(&id)).unwrap();
        let wait =
            "select round(extract(epoch from available_at - clock_timestamp())) from scaling.event_journal";
        waits.push(database.sql(wait).unwrap().parse::<u32>().unwrap());
    }
    let wanted = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300];
    let close = waits.iter().zip(wanted).all(|(wait, wanted)| wait.abs_diff(wanted) <= 1);
    assert!(close, "{waits:?}");
}

#[test]
fn an_event_that_kills_its_consumer_can_be_parked_at_once() {
    let database = Database::with_journal();
    let id = database.as_role("publisher", "DE", PUBLISH).unwrap();
    let park = format!("select scaling.fail_event({id}, 'kills the worker', true);");
    assert_eq!(database.as_role("consumer", "CH", &park).unwrap(), "", "not by another territory");
    assert_eq!(database.as_role("consumer", "DE", &park).unwrap(), "parked");
    assert_eq!(database.as_role("consumer", "DE", &park).unwrap(), "", "there is nothing left to park");
}

#[test]
fn failing_does_not_wait_for_whoever_has_the_event_in_hand() {
    let database = Database::with_journal();
    let id = database.as_role("publisher", "DE", PUBLISH).unwrap();
    let mut other = database.speak("consumer", "DE");
    other.say("begin;");
    assert_eq!(other.ask("select id from scaling.drain_events('orders');"), id);
    let answer = database.as_role("consumer", "DE", &format!("set lock_timeout = '2s'; {}", fail(&id)));
    assert_eq!(answer.unwrap(), "");
    other.say("commit;");
}

#[test]
fn a_replay_of_the_parked_leaves_the_delivered_alone() {
    let database = Database::with_journal();
    database.as_role("publisher", "DE", &PUBLISH.repeat(3)).unwrap();
    let taken = database.as_role("consumer", "DE", "select id from scaling.drain_events('orders', 2);");
    assert_eq!(taken.unwrap().lines().count(), 2);
    let park = "select scaling.fail_event(max(id), 'no', true) from scaling.event_journal";
    database.as_role("owner", "DE", park).unwrap();
    assert_eq!(database.as_role("consumer", "DE", REPLAY_PARKED).unwrap(), "1");
    assert_eq!(database.as_role("consumer", "DE", DRAIN).unwrap().lines().count(), 1);
    assert_eq!(database.as_role("consumer", "DE", REPLAY).unwrap(), "3");
}

#[test]
fn a_replay_of_no_time_at_all_is_refused() {
    let database = Database::with_journal();
    for range in ["now(), now()", "now(), now() - interval '1 h'", "null, now()", "now(), null"] {
        let replay = format!("select scaling.requeue_events('orders', {range});");
        let error = database.as_role("consumer", "DE", &replay).unwrap_err();
        assert!(error.contains("no time lies between"), "{range}: {error}");
    }
}

#[test]
fn a_replay_of_old_events_does_not_look_like_a_lag() {
    let database = Database::with_journal();
    database.as_role("publisher", "DE", PUBLISH).unwrap();
    let older = "update scaling.event_journal set created_at = created_at - interval '50 minutes', pending_since = pending_since - interval '50 minutes'";
    database.sql(older).unwrap();
    let lag = "select round(lag_seconds) from scaling.outbox_status where territory = 'DE';";
    assert_eq!(database.as_role("monitor", "", lag).unwrap(), "3000");
    database.as_role("consumer", "DE", DRAIN).unwrap();
    assert_eq!(database.as_role("consumer", "DE", REPLAY).unwrap(), "1");
    let lag: u32 = database.as_role("monitor", "", lag).unwrap().parse().unwrap();
    assert!(lag < 60, "{lag}");
}

#[test]
fn only_delivered_events_are_purged_and_only_after_the_retention() {
    let database = Database::with_journal();
    database.as_role("publisher", "DE", &PUBLISH.repeat(3)).unwrap();
    database.as_role("consumer", "DE", "select id from scaling.drain_events('orders', 2);").unwrap();
    assert_eq!(database.as_role("janitor", "", PURGE).unwrap(), "0");
    database.sql(AGE).unwrap();
    assert_eq!(database.as_role("janitor", "", PURGE).unwrap(), "2");
    assert_eq!(
        database.as_role("consumer", "DE", DRAIN).unwrap().lines().count(),
        1,
        "the undelivered one is still there"
    );
}

/// Everything happened a month and a day ago.
const AGE: &str = "update scaling.event_journal set delivered_at = delivered_at - interval '31 days', created_at = created_at - interval '31 days'";

#[test]
fn retention_goes_batch_by_batch_the_longest_delivered_first() {
    let database = Database::with_journal();
    database.as_role("publisher", "DE", &PUBLISH.repeat(5)).unwrap();
    database.as_role("consumer", "DE", DRAIN).unwrap();
    database.sql(AGE).unwrap();
    let batch = "select scaling.purge_delivered(2);";
    assert_eq!(database.as_role("janitor", "", &batch.repeat(4)).unwrap(), "2\n2\n1\n0");
}

#[test]
fn an_event_that_is_replayed_while_retention_runs_is_kept() {
    // A superuser bypasses row-level security: the condition of the statement must hold by itself.
    for role in ["janitor", ""] {
        let database = Database::with_journal();
        database.as_role("publisher", "DE", PUBLISH).unwrap();
        database.as_role("consumer", "DE", DRAIN).unwrap();
        database
            .sql("update scaling.event_journal set delivered_at = delivered_at - interval '31 days'")
            .unwrap();
        let mut replaying = database.speak("consumer", "DE");
        replaying.say("begin;");
        assert_eq!(replaying.ask(REPLAY), "1");
        let purged = std::thread::scope(|scope| {
            let purging = scope.spawn(|| match role {
                "" => database.sql(PURGE).unwrap(),
                role => database.as_role(role, "", PURGE).unwrap(),
            });
            database.until_somebody_waits_for_a_lock();
            replaying.say("commit;");
            purging.join().unwrap()
        });
        assert_eq!(purged, "0");
        assert_eq!(database.as_role("consumer", "DE", DRAIN).unwrap().lines().count(), 1);
    }
}

#[test]
fn the_janitor_turns_the_levers_and_nothing_else() {
    let database = Database::with_journal();
    let lever = "update scaling.journal_settings set spill_ratio = 0, critical_ratio = 0;";
    database.as_role("janitor", "", lever).unwrap();
    database.as_role("publisher", "DE", PUBLISH).unwrap();
    assert_eq!(database.sql("select route from scaling.event_journal").unwrap(), "journal");
    assert_eq!(database.as_role("janitor", "", "delete from scaling.event_journal;").unwrap(), "");
    assert_eq!(
        database.sql("select count(*) from scaling.event_journal").unwrap(),
        "1",
        "not delivered: not seen"
    );
    for role in ["janitor", "owner"] {
        let error = database.as_role(role, "", "delete from scaling.journal_settings;").unwrap_err();
        assert!(error.contains("permission denied"), "{role}: {error}");
    }
}

//! Events that fail, events that kill their consumer, and what becomes of those that were given up.

use super::server::Database;

const PUBLISH: &str = "select scaling.publish_event('DE', 'orders', 'order.placed', '{}');";
const BEGIN: &str = "select scaling.begin_delivery('orders');";
const LAG: &str =
    "select lag_seconds, pending_events, retried_events from scaling.outbox_status where territory = 'DE';";

fn drain(delivery: &str) -> String {
    format!("select id from scaling.drain_events('orders', 100, {delivery});")
}

/// A worker that is given what is due and dies of it; what it had in hand.
fn die(database: &Database) -> Vec<String> {
    let mut worker = database.speak("consumer", "DE");
    let delivery = worker.ask(BEGIN);
    worker.say("begin;");
    let taken = worker.ask(&drain(&delivery)).lines().map(str::to_owned).collect();
    worker.kill();
    let gone = "select count(*) from pg_locks where relation = 'scaling.journal_delivery'::regclass and mode = 'RowExclusiveLock'";
    database.until("0", || database.sql(gone).unwrap());
    settle(database);
    taken
}

/// As if the grace had passed, somebody had counted who died, and the back-off of those had passed as well.
fn settle(database: &Database) {
    database.sql("update scaling.journal_delivery set begun_at = begun_at - interval '1 minute'").unwrap();
    database.as_role("consumer", "DE", BEGIN).unwrap();
    database
        .sql("delete from scaling.journal_delivery; update scaling.event_journal set available_at = available_at - interval '10 minutes' where died > 0")
        .unwrap();
}

#[test]
fn an_event_in_back_off_is_no_lag_but_still_counts_as_pending() {
    let database = Database::with_journal();
    let id = database.as_role("publisher", "DE", PUBLISH).unwrap();
    let older = "update scaling.event_journal set created_at = created_at - interval '9 minutes', pending_since = pending_since - interval '9 minutes', available_at = available_at - interval '9 minutes'";
    database.sql(older).unwrap();
    let lag = database.as_role("monitor", "", LAG).unwrap();
    assert!(lag.starts_with("540") && lag.ends_with("|1|0"), "nobody has tried it yet: {lag}");
    database.as_role("consumer", "DE", &format!("select scaling.fail_event({id}, 'no');")).unwrap();
    assert_eq!(database.as_role("monitor", "", LAG).unwrap(), "0|1|1");
    database
        .sql("update scaling.event_journal set available_at = clock_timestamp() - interval '5 minutes'")
        .unwrap();
    assert!(
        database.as_role("monitor", "", LAG).unwrap().starts_with("300"),
        "due again, and nobody takes it"
    );
}

#[test]
fn a_delivery_that_dies_is_counted_and_its_events_go_alone_until_the_culprit_is_parked() {
    let database = Database::with_journal();
    database.sql("update scaling.journal_settings set max_attempts = 3").unwrap();
    let ids = database.as_role("publisher", "DE", &PUBLISH.repeat(3)).unwrap();
    let poison = ids.lines().nth(1).unwrap().to_owned();
    assert_eq!(die(&database).len(), 3, "the first time nobody knows which it was");
    // A worker that dies of the poison and of nothing else.
    for _ in 0..20 {
        let mut worker = database.speak("consumer", "DE");
        let delivery = worker.ask(BEGIN);
        if delivery.is_empty() {
            break;
        }
        worker.say("begin;");
        let taken = worker.ask(&drain(&delivery));
        assert_eq!(taken.lines().count(), 1, "a suspect goes alone");
        if taken == poison {
            worker.say("rollback;");
            worker.kill();
            settle(&database);
        } else {
            worker.say("commit;");
        }
    }
    let states = "select id, delivered_at is not null, failed_at is not null, last_error from scaling.event_journal order by id";
    let states = database.sql(states).unwrap();
    for (line, id) in states.lines().zip(ids.lines()) {
        let parked = id == poison;
        assert!(
            line.starts_with(&format!(
                "{id}|{}|{}|",
                if parked { "f" } else { "t" },
                if parked { "t" } else { "f" }
            )),
            "{states}"
        );
    }
    assert!(states.contains("ended without a word"), "{states}");
}

#[test]
fn a_delivery_that_lives_or_said_how_it_ended_is_not_counted() {
    let database = Database::with_journal();
    let id = database.as_role("publisher", "DE", PUBLISH).unwrap();
    let mut worker = database.speak("consumer", "DE");
    let delivery = worker.ask(BEGIN);
    assert_eq!(database.as_role("consumer", "DE", BEGIN).unwrap(), "", "it is promised to the first");
    worker.say("begin;");
    assert_eq!(worker.ask(&drain(&delivery)), id);
    // A minute of work is not a death.
    let settled = "update scaling.journal_settings set delivery_grace = '1 microsecond'";
    database.sql(settled).unwrap();
    assert_eq!(database.as_role("consumer", "DE", BEGIN).unwrap(), "");
    assert_eq!(database.sql("select attempts, died from scaling.event_journal").unwrap(), "0|0");
    worker.say("rollback;");
    worker.say(&format!("select scaling.fail_event({id}, 'no');"));
    database.as_role("consumer", "DE", BEGIN).unwrap();
    assert_eq!(database.sql("select attempts, died from scaling.event_journal").unwrap(), "1|0");
    assert_eq!(database.sql("select count(*) from scaling.journal_delivery").unwrap(), "0");
}

#[test]
fn a_delivery_that_was_settled_in_the_meantime_gets_nothing() {
    let database = Database::with_journal();
    database.as_role("publisher", "DE", PUBLISH).unwrap();
    let delivery = database.as_role("consumer", "DE", BEGIN).unwrap();
    database.sql("update scaling.journal_delivery set begun_at = begun_at - interval '1 minute'").unwrap();
    assert_eq!(database.as_role("consumer", "DE", BEGIN).unwrap(), "", "counted, and in back-off");
    assert_eq!(database.as_role("consumer", "DE", &drain(&delivery)).unwrap(), "");
    assert_eq!(database.as_role("consumer", "CH", BEGIN).unwrap(), "", "another territory's are not seen");
}

#[test]
fn a_parked_event_is_discarded_with_a_reason_and_stays_visible() {
    let database = Database::with_journal();
    let id = database.as_role("publisher", "DE", PUBLISH).unwrap();
    let discard = |reason: &str| format!("select scaling.discard_event({id}, {reason});");
    assert_eq!(database.as_role("oncall", "DE", &discard("'early'")).unwrap(), "f", "it is not parked");
    database.as_role("consumer", "DE", &format!("select scaling.fail_event({id}, 'no', true);")).unwrap();
    for reason in ["null", "''", "'  '"] {
        let error = database.as_role("oncall", "DE", &discard(reason)).unwrap_err();
        assert!(error.contains("an event is discarded with a reason"), "{error}");
    }
    assert_eq!(database.as_role("oncall", "CH", &discard("'x'")).unwrap(), "f", "not another territory's");
    assert_eq!(database.as_role("oncall", "DE", &discard("'a test order'")).unwrap(), "t");
    let counts = "select parked_events, discarded_events, pending_events from scaling.outbox_status where territory = 'DE';";
    assert_eq!(database.as_role("monitor", "", counts).unwrap(), "0|1|0");
    let seen = "select last_error, discard_reason from scaling.parked_events();";
    assert_eq!(database.as_role("oncall", "DE", seen).unwrap(), "no|a test order");
    let replay =
        "select scaling.requeue_events('orders', now() - interval '1 hour', now() + interval '1 hour');";
    assert_eq!(database.as_role("oncall", "DE", replay).unwrap(), "0", "a replay leaves it alone");
    assert_eq!(
        database.as_role("oncall", "DE", &format!("select scaling.requeue_event({id});")).unwrap(),
        "t"
    );
    assert_eq!(database.as_role("monitor", "", counts).unwrap(), "0|0|1");
}

#[test]
fn a_retired_channel_is_forgotten_although_a_parked_event_names_it() {
    let database = Database::with_journal();
    let id = database.as_role("publisher", "DE", PUBLISH).unwrap();
    database
        .sql("insert into scaling.journal_listener values ('orders', 1, 'x', now() - interval '2 days')")
        .unwrap();
    let forget = "select scaling.forget_channel('orders');";
    let refused = database.as_role("oncall", "", forget).unwrap_err();
    assert!(refused.contains("1 events wait on channel orders"), "{refused}");
    database.as_role("consumer", "DE", &format!("select scaling.fail_event({id}, 'no', true);")).unwrap();
    assert_eq!(database.as_role("oncall", "", forget).unwrap(), "1");
    assert_eq!(database.as_role("monitor", "", "select channel from scaling.listener_status;").unwrap(), "");
}

#[test]
fn a_clock_that_went_back_hides_neither_the_lag_nor_an_event() {
    let database = Database::with_journal();
    let ids = database.as_role("publisher", "DE", &PUBLISH.repeat(2)).unwrap();
    let failed = ids.lines().next().unwrap();
    database.as_role("consumer", "DE", &format!("select scaling.fail_event({failed}, 'no');")).unwrap();
    let ahead = "update scaling.event_journal set created_at = created_at + interval '1 hour', pending_since = pending_since + interval '1 hour', available_at = available_at + interval '1 hour'";
    database.sql(ahead).unwrap();
    let lag: f64 = database.as_role("monitor", "", LAG).unwrap().split('|').next().unwrap().parse().unwrap();
    assert!((3590.0..3601.0).contains(&lag), "{lag}");
    assert_eq!(database.as_role("consumer", "DE", &drain("null")).unwrap(), ids, "both are delivered");
}

#[test]
fn the_tally_is_the_truth_whatever_happens_to_an_event() {
    let database = Database::with_journal();
    let truth = "select coalesce(string_agg(format('%s %s %s %s %s %s', territory, channel, p, c, r, f), ',' order by territory, channel), '') from (select territory, channel, count(*) filter (where failed_at is null) p, count(*) filter (where failed_at is null and critical) c, count(*) filter (where failed_at is null and attempts > 0) r, count(*) filter (where failed_at is not null and discarded_at is null) f from scaling.event_journal where delivered_at is null group by 1, 2) x";
    let tally = "select coalesce(string_agg(format('%s %s %s %s %s %s', territory, channel, p, c, r, f), ',' order by territory, channel), '') from (select territory, channel, sum(pending) p, sum(critical) c, sum(retried) r, sum(parked) f from scaling.journal_tally group by 1, 2 having sum(pending) <> 0 or sum(parked) <> 0) x";
    let critical = "select scaling.publish_event('DE', 'mails', 'x', '{}', p_critical => true);";
    let steps = [
        ("publisher", "DE", PUBLISH.repeat(7)),
        ("publisher", "DE", critical.to_owned()),
        ("publisher", "DE", format!("begin; {PUBLISH} rollback;")),
        ("consumer", "DE", drain("null").replace("100", "2")),
        ("consumer", "DE", format!("begin; {} rollback;", drain("null"))),
        (
            "consumer",
            "DE",
            "select scaling.fail_event(3, 'no'), scaling.fail_event(4, 'no', true);".to_owned(),
        ),
        (
            "consumer",
            "DE",
            "select scaling.requeue_events('orders', now() - interval '1 hour', now() + interval '1 hour');"
                .to_owned(),
        ),
        (
            "consumer",
            "DE",
            "begin isolation level repeatable read; select scaling.listener_alive(); commit;".to_owned(),
        ),
        ("consumer", "DE", "select scaling.listener_alive();".to_owned()),
        ("consumer", "DE", "select scaling.fail_event(5, 'no', true);".to_owned()),
        ("oncall", "DE", "select scaling.discard_event(5, 'no');".to_owned()),
    ];
    for (role, territory, step) in steps {
        database.as_role(role, territory, &step).unwrap();
        assert_eq!(database.sql(tally).unwrap(), database.sql(truth).unwrap(), "after {step}");
    }
    database.sql("delete from scaling.event_journal where id = 6; update scaling.event_journal set channel = 'other' where id = 7").unwrap();
    assert_eq!(database.sql(tally).unwrap(), database.sql(truth).unwrap(), "by hand");
    assert_eq!(
        database.as_role("consumer", "DE", "select count(*) from scaling.drain_events('mails');").unwrap(),
        "1"
    );
}

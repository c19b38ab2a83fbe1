//! The sums are put right where a restore or a TRUNCATE has made them wrong, and stay right beside those who write.

use std::thread;

use super::backups::{beside_a_business, data_alone, guide_says};
use super::server::Database;

const PENDING: &str = "select sum(pending_events) from scaling.outbox_status;";
const RECOUNT: &str = "select scaling.recount_events();";

/// What the sums say, and what the rows say.
const BOTH: &str = "select (select array_agg(n order by n) from (select (territory, channel, sum(pending), sum(critical), sum(spilled), sum(retried), sum(parked), sum(discarded))::text as n
       from scaling.journal_tally group by territory, channel
     having sum(pending) <> 0 or sum(critical) <> 0 or sum(spilled) <> 0 or sum(retried) <> 0 or sum(parked) <> 0 or sum(discarded) <> 0) as s)
   is not distinct from (select array_agg(n order by n) from (select (territory, channel, count(*) filter (where failed_at is null),
            count(*) filter (where failed_at is null and critical), count(*) filter (where failed_at is null and route = 'journal'),
            count(*) filter (where failed_at is null and attempts > 0), count(*) filter (where failed_at is not null and discarded_at is null),
            count(*) filter (where discarded_at is not null))::text as n
       from scaling.event_journal where delivered_at is null group by territory, channel) as s);";

fn recount(database: &Database, territory: &str) -> String {
    database.as_role("oncall", territory, RECOUNT).unwrap()
}

#[test]
fn a_restore_of_data_alone_counts_twice_without_the_option_and_a_recount_puts_it_right() {
    let (database, [_, whole]) = beside_a_business();
    let folder = tempfile::tempdir().unwrap();
    database.line(folder.path(), &guide_says(&["pg_dump ", "whole.dump"], database.name(), &whole)).unwrap();
    let right = data_alone(&database, folder.path(), "");
    assert_eq!(right.sql(PENDING).unwrap(), "27", "the option keeps the numbers");
    assert_eq!((right.sql(BOTH).unwrap().as_str(), recount(&right, "DE").as_str()), ("t", "0"));

    let doubled = data_alone(&database, folder.path(), " --disable-triggers");
    assert_eq!(doubled.sql(PENDING).unwrap(), "54");
    assert_eq!(doubled.sql(BOTH).unwrap(), "f");
    let command = guide_says(&["recount_events"], "", "");
    for territory in ["AT", "CH", "DE"] {
        let one = command.replace("<territory>", territory);
        let told = doubled.sql(&format!("set role freshplan_scaling_oncall; {one}")).unwrap();
        assert_eq!(told, "1", "one channel was wrong");
    }
    assert_eq!((doubled.sql(PENDING).unwrap().as_str(), doubled.sql(BOTH).unwrap().as_str()), ("27", "t"));
    let drained =
        doubled.as_role("consumer", "DE", "select count(*) from scaling.drain_events('orders', 100);");
    assert_eq!((drained.unwrap().as_str(), doubled.sql(BOTH).unwrap().as_str()), ("7", "t"));
}

#[test]
fn a_channel_whose_events_are_gone_can_be_forgotten_after_a_recount() {
    let database = Database::with_journal();
    database.as_role("publisher", "DE", "select scaling.publish_event('DE', 'orders', 'x', '{}');").unwrap();
    database.sql("truncate scaling.event_journal").unwrap();
    let forget = "select scaling.forget_channel('orders');";
    let refused = database.as_role("oncall", "DE", forget).unwrap_err();
    assert!(refused.contains("1 events wait on channel orders"), "{refused}");
    assert_eq!(recount(&database, "CH"), "0", "of another territory");
    assert_eq!([recount(&database, "DE"), recount(&database, "DE")], ["1", "0"]);
    database.as_role("oncall", "DE", forget).unwrap();
}

#[test]
fn every_sum_is_put_right_and_what_was_right_stays() {
    let database = Database::with_journal();
    database.queue_usage(0.8);
    let publish = "select count(scaling.publish_event('DE', 'orders', 'x', '{}', p_critical => n < 3)) from generate_series(1, 6) as n;";
    database.as_role("publisher", "DE", publish).unwrap();
    let fail = "select scaling.fail_event(1, 'no'), scaling.fail_event(2, 'no', true), scaling.fail_event(3, 'no', true);
        select scaling.discard_event(3, 'no');";
    database.as_role("oncall", "DE", fail).unwrap();
    assert_eq!((database.sql(BOTH).unwrap().as_str(), recount(&database, "DE").as_str()), ("t", "0"));
    for column in ["pending", "critical", "spilled", "retried", "parked", "discarded"] {
        let wrong = format!(
            "update scaling.journal_tally set {column} = {column} + 3 where ctid = (select min(ctid) from scaling.journal_tally);"
        );
        database.sql(&wrong).unwrap();
        assert_eq!(database.sql(BOTH).unwrap(), "f", "{column}");
        assert_eq!(recount(&database, "DE"), "1", "{column}");
        assert_eq!(database.sql(BOTH).unwrap(), "t", "{column}");
    }
}

#[test]
fn it_is_refused_where_it_could_not_be_right() {
    let database = Database::with_journal();
    let nowhere = database.as_role("oncall", "", RECOUNT).unwrap_err();
    assert!(nowhere.contains("recounted in a territory"), "{nowhere}");
    let early = format!("begin isolation level repeatable read; {RECOUNT} commit;");
    let refused = database.as_role("oncall", "DE", &early).unwrap_err();
    assert!(refused.contains("READ COMMITTED only"), "{refused}");
    // What the same transaction has published is counted once.
    let own = format!(
        "begin; set local app.territory = 'DE'; select scaling.publish_event('DE', 'orders', 'x', '{{}}'); {RECOUNT} commit;"
    );
    assert_eq!(database.sql(&own).unwrap(), "1\n0");
    assert_eq!(database.sql(BOTH).unwrap(), "t");
}

/// Nobody is kept waiting, two recounts at a time do not both add what is missing, and what is written meanwhile is in it.
#[test]
fn beside_those_who_write_it_is_right() {
    let database = Database::with_journal();
    let publish =
        "select count(scaling.publish_event('DE', 'orders', 'x', '{}')) from generate_series(1, 5);\n";
    database.as_role("publisher", "DE", &publish.repeat(20)).unwrap();
    database.sql("insert into scaling.journal_tally values ('DE', 'orders', 500, 0, 7, 0, 1, 0)").unwrap();
    let mut holds = database.speak("consumer", "DE");
    holds.say("begin; select count(*) from scaling.drain_events('orders', 3);");
    thread::scope(|scope| {
        for (role, statement, times) in [
            ("publisher", publish, 40),
            ("consumer", "select count(*) from scaling.drain_events('orders', 4);\n", 40),
            ("oncall", "select scaling.recount_events();\n", 30),
            ("oncall", "select scaling.recount_events();\n", 30),
        ] {
            let database = &database;
            scope.spawn(move || database.as_role(role, "DE", &statement.repeat(times)).unwrap());
        }
    });
    assert_eq!(database.sql(BOTH).unwrap(), "t", "beside a delivery that goes on");
    holds.say("commit;");
    assert_eq!(database.sql(BOTH).unwrap(), "t");
    assert_eq!(recount(&database, "DE"), "0");
}

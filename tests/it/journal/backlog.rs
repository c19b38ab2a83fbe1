//! A journal with a backlog: what monitoring and consumers do then reads indexes, whatever the milliseconds are.

use super::server::Database;

/// 20,000 events of two channels that nobody has tried, 20,000 in back-off and 20,000 delivered long ago.
fn full() -> Database {
    let database = Database::with_journal();
    database
        .sql(
            "insert into scaling.event_journal (territory, channel, event_type, payload, critical, route, queue_usage, attempts, available_at, delivered_at)
             select 'DE', case when n % 2 = 0 then 'orders' else 'mails' end, 'x', '{}', false, 'journal', 0,
                    (n % 3 = 1)::int, now() + interval '1 hour' * (n % 3 = 1)::int * 0.05,
                    case when n % 3 = 2 then now() - interval '40 days' end
               from generate_series(1, 60000) as n;
             vacuum analyze scaling.event_journal; select scaling.fold_tally(); vacuum scaling.journal_tally; select scaling.fold_tally(); vacuum analyze scaling.journal_tally",
        )
        .unwrap();
    database
}

/// The plans of all statements that `statement` runs, those inside functions too.
fn plans(database: &Database, role: &str, statement: &str) -> String {
    let explained = format!(
        "load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on;
         set auto_explain.log_analyze = on; set auto_explain.log_buffers = on; set auto_explain.log_triggers = on; set client_min_messages = log;
         set role freshplan_scaling_{role}; begin; set local app.territory = 'DE'; {statement} rollback;"
    );
    let plans = database.by_hand(&explained, "postgres");
    assert!(plans.contains("Query Text"), "{plans}");
    plans
}

/// No plan reads the journal as a whole, none more than so many blocks of 8 kB.
fn reads_little(plans: &str, blocks: u64) {
    assert!(!plans.contains("Seq Scan on event_journal"), "{plans}");
    let count = |line: &str| -> u64 {
        let after = |word: &str| {
            line.split(word).nth(1).and_then(|rest| rest.split([' ', '\n']).next()?.parse().ok())
        };
        after("shared hit=").unwrap_or(0) + after("read=").unwrap_or(0)
    };
    // The first line of buffers of a plan is the sum of the plan.
    let most = plans
        .split("Query Text")
        .map(|plan| plan.lines().find(|line| line.contains("Buffers:")).map_or(0, count))
        .max();
    assert!(most.unwrap() <= blocks, "{most:?} blocks: {plans}");
}

#[test]
fn monitoring_consumers_and_retention_read_indexes_only() {
    let database = full();
    let status = plans(&database, "monitor", "select * from scaling.outbox_status;");
    assert!(status.contains("event_journal_untried_ix"), "{status}");
    reads_little(&status, 400);
    reads_little(&plans(&database, "monitor", "select * from scaling.listener_status;"), 400);
    reads_little(&plans(&database, "monitor", "select * from scaling.retention_status;"), 50);
    let wake = plans(&database, "consumer", "select scaling.wake_pending();");
    assert!(!wake.contains("on event_journal "), "it asks the tally: {wake}");

    // 10,000 of the channel's events wait for their time: they are not read.
    let drain = plans(&database, "consumer", "select count(*) from scaling.drain_events('orders', 100);");
    assert!(
        drain.contains("event_journal_untried_ix") && drain.contains("event_journal_tried_ix"),
        "{drain}"
    );
    reads_little(&drain, 6000);
    let purge = plans(&database, "janitor", "select scaling.purge_delivered(50000);");
    assert!(purge.contains("event_journal_delivered_ix"), "{purge}");
    assert!(!purge.contains("Seq Scan on event_journal"), "{purge}");
}

#[test]
fn the_numbers_are_those_of_the_rows() {
    let database = full();
    let status = "select pending_events, retried_events, spilled_pending_events from scaling.outbox_status where territory = 'DE';";
    assert_eq!(database.as_role("monitor", "", status).unwrap(), "40000|20000|40000");
    let purged = database
        .as_role("janitor", "", "select scaling.purge_delivered(15000), scaling.purge_delivered(15000);")
        .unwrap();
    assert_eq!(purged, "15000|5000");
    assert_eq!(database.as_role("monitor", "", status).unwrap(), "40000|20000|40000");
}

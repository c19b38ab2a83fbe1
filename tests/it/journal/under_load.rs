//! The journal with several sessions at once: crashes, competing consumers, concurrent writers.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::server::Database;

/// Publishes `count` events, keyed by writer and number, each in its own transaction.
fn publish(database: &Database, writer: usize, count: usize) {
    let one = |n: usize| {
        format!(
            "select scaling.publish_event('DE', 'orders', 'order.placed', '{{\"key\": \"{writer}-{n}\"}}');\n"
        )
    };
    let all: String = (0..count).map(one).collect();
    database.as_role("publisher", "DE", &all).unwrap();
}

fn drain(database: &Database, limit: usize) -> Vec<String> {
    drain_in(database, "DE", limit)
}

/// Keys of drained events, as printed by psql.
fn drain_in(database: &Database, territory: &str, limit: usize) -> Vec<String> {
    let statement = format!("select payload->>'key' from scaling.drain_events('orders', {limit});");
    database.as_role("consumer", territory, &statement).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn a_listener_killed_between_notify_and_handling_loses_nothing() {
    let database = Database::with_journal();
    let mut listener = database.session();
    let mut input = listener.stdin.take().unwrap();
    let mut output = BufReader::new(listener.stdout.take().unwrap());
    let mut line = String::new();
    writeln!(
        input,
        "set role freshplan_scaling_consumer; set app.territory = 'DE'; listen orders; select 'ready';"
    )
    .unwrap();
    output.read_line(&mut line).unwrap();
    assert_eq!(line.trim(), "ready");
    publish(&database, 0, 1);
    // psql shows a notification after the next statement: the wake-up has arrived, the event is taken, nothing is handled.
    writeln!(input, "begin; select payload->>'key' from scaling.drain_events('orders'); select 'taken';")
        .unwrap();
    let mut seen = String::new();
    while !seen.contains("taken") {
        output.read_line(&mut seen).unwrap();
    }
    assert!(seen.contains("0-0"), "{seen}");
    assert_eq!(drain(&database, 10), Vec::<String>::new(), "it is locked while somebody handles it");
    listener.kill().unwrap();
    listener.wait().unwrap();
    let mut redelivered = Vec::new();
    for _ in 0..100 {
        redelivered = drain(&database, 10);
        if !redelivered.is_empty() {
            break;
        }
        thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(redelivered, ["0-0"], "the next consumer gets it");
}

#[test]
fn a_wake_up_names_channel_and_territory_and_no_business_data() {
    let database = Database::with_journal();
    let heard = database.sql("listen orders; set role freshplan_scaling_publisher; set app.territory = 'DE'; select 1 from scaling.publish_event('DE', 'orders', 'order.placed', '{\"secret\": 1}'); select 2;");
    let heard = heard.unwrap();
    assert!(heard.contains("Asynchronous notification \"orders\" with payload \"DE\""), "{heard}");
    assert!(!heard.contains("secret"));
}

#[test]
fn two_consumers_replaying_at_once_get_every_event_exactly_once() {
    let database = Database::with_journal();
    publish(&database, 0, 400);
    assert_eq!(drain(&database, 1000).len(), 400);
    let requeue =
        "select scaling.requeue_events('orders', now() - interval '1 hour', now() + interval '1 hour');";
    assert_eq!(database.as_role("consumer", "DE", requeue).unwrap(), "400");
    let consume = || {
        let mut got = Vec::new();
        loop {
            let batch = drain(&database, 7);
            if batch.is_empty() {
                return got;
            }
            got.extend(batch);
        }
    };
    let (first, second) = thread::scope(|scope| {
        let other = scope.spawn(consume);
        (consume(), other.join().unwrap())
    });
    let all: Vec<&String> = first.iter().chain(&second).collect();
    let distinct: BTreeSet<&&String> = all.iter().collect();
    assert_eq!((all.len(), distinct.len()), (400, 400));
}

#[test]
fn two_transactions_that_drain_at_the_same_time_share_no_event() {
    let database = Database::with_journal();
    publish(&database, 0, 20);
    let mut first = database.session();
    let mut input = first.stdin.take().unwrap();
    let output = BufReader::new(first.stdout.take().unwrap());
    writeln!(input, "set role freshplan_scaling_consumer; set app.territory = 'DE'; begin; select payload->>'key' from scaling.drain_events('orders', 10); select 'taken';").unwrap();
    let mut held = Vec::new();
    for line in output.lines().map(Result::unwrap) {
        if line == "taken" {
            break;
        }
        held.push(line);
    }
    let free = drain(&database, 100);
    assert_eq!((held.len(), free.len()), (10, 10));
    assert!(held.iter().all(|key| !free.contains(key)));
    writeln!(input, "commit;").unwrap();
    drop(input);
    first.wait().unwrap();
    assert_eq!(drain(&database, 100), Vec::<String>::new());
}

/// An event in each territory in turn, two workers that go round the territories while the writers write.
#[test]
fn eight_writers_publish_ten_thousand_events_and_not_one_is_missing() {
    const WRITERS: usize = 8;
    const EACH: usize = 1250;
    const TERRITORIES: [&str; 3] = ["DE", "CH", "AT"];
    let database = Database::with_journal();
    let writing = AtomicUsize::new(WRITERS);
    let write = |writer: usize| {
        let territory = TERRITORIES[writer % TERRITORIES.len()];
        let one = |n: usize| {
            format!(
                "select scaling.publish_event('{territory}', 'orders', 'x', '{{\"key\": \"{writer}-{n}\"}}');\n"
            )
        };
        database.as_role("publisher", territory, &(0..EACH).map(one).collect::<String>()).unwrap();
        writing.fetch_sub(1, Ordering::SeqCst);
    };
    let work = || {
        let mut got = Vec::new();
        loop {
            let last_round = writing.load(Ordering::SeqCst) == 0;
            let before = got.len();
            for territory in TERRITORIES {
                got.extend(drain_in(&database, territory, 500));
            }
            if last_round && got.len() == before {
                return got;
            }
        }
    };
    let delivered: Vec<String> = thread::scope(|scope| {
        for writer in 0..WRITERS {
            let write = &write;
            scope.spawn(move || write(writer));
        }
        let workers = [scope.spawn(work), scope.spawn(work)];
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    let distinct: BTreeSet<&String> = delivered.iter().collect();
    assert_eq!((delivered.len(), distinct.len()), (WRITERS * EACH, WRITERS * EACH));
    assert_eq!(
        database.sql("select count(*) from scaling.event_journal where delivered_at is null").unwrap(),
        "0"
    );
}

#[test]
fn two_replays_of_the_same_hour_at_once_offer_each_event_once() {
    let database = Database::with_journal();
    publish(&database, 0, 50);
    assert_eq!(drain(&database, 100).len(), 50);
    let replay =
        "select scaling.requeue_events('orders', now() - interval '1 hour', now() + interval '1 hour');";
    let mut first = database.speak("consumer", "DE");
    first.say("begin;");
    assert_eq!(first.ask(replay), "50");
    let second = thread::scope(|scope| {
        let second = scope.spawn(|| database.as_role("consumer", "DE", replay).unwrap());
        database.until_somebody_waits_for_a_lock();
        first.say("commit;");
        second.join().unwrap()
    });
    assert_eq!(second, "0");
    assert_eq!(drain(&database, 100).len(), 50);
}

//! What the runbook asks for is what the role of on-call may do, and nothing that it says stays with a connection.

use std::sync::Once;

use seasonscale::artifact::ArtifactKind;

use super::server::{Database, script};

/// The SQL of the runbook: whole blocks, and what stands in a line between backticks. For whom it names another role than
/// on-call is left out, and so is what is about Flyway.
fn statements() -> Vec<String> {
    let runbook = script(ArtifactKind::Runbook);
    let mut found = Vec::new();
    let mut block: Option<String> = None;
    for line in runbook.lines() {
        match &mut block {
            Some(text) if line == "```" => {
                found.push(std::mem::take(text));
                block = None;
            }
            Some(text) => text.push_str(&format!("{line}\n")),
            None if line == "```sql" => block = Some(String::new()),
            None if !line.contains("_janitor") => {
                let spans = line.split('`').skip(1).step_by(2);
                found.extend(
                    spans.filter(|span| is_sql(span)).map(|span| format!("{};", span.trim_end_matches(';'))),
                );
            }
            None => {}
        }
    }
    found
}

fn is_sql(span: &str) -> bool {
    ["SELECT ", "UPDATE ", "BEGIN;"].iter().any(|verb| span.starts_with(verb)) && !span.contains("flyway")
}

fn filled_in(statement: &str) -> String {
    let values = [
        ("<territory>", "DE"),
        ("<id>", "1"),
        ("<reason>", "tried"),
        ("<channel>", "retired"),
        ("<from>", "2026-01-01"),
        ("<to>", "2027-01-01"),
        ("<pid>", "0"),
    ];
    values.iter().fold(statement.to_owned(), |text, (name, value)| text.replace(name, value))
}

const PERSON: &str = "somebody_on_call";
const WORKER: &str = "some_worker";
static LOGINS: Once = Once::new();

/// The logins of a person on call and of a worker, with what the guide grants them. All databases of the tests share them.
fn with_a_person() -> Database {
    let database = Database::with_journal();
    LOGINS.call_once(|| {
        let made = format!(
            "create role {PERSON} login; create role {WORKER} login;
             grant freshplan_scaling_oncall, pg_read_all_stats, pg_signal_backend to {PERSON};
             grant freshplan_scaling_consumer to {WORKER};"
        );
        database.sql(&made).unwrap();
    });
    database
}

/// The statement by which the runbook looks for whoever keeps the queue full, for the impatient.
fn first_look() -> String {
    let statements = statements();
    let looks = statements.iter().find(|statement| statement.contains("listens_on")).unwrap();
    let (_, look) = looks.split_once(';').unwrap();
    assert!(look.contains("interval '1 minute'"), "{look}");
    look.replace("interval '1 minute'", "interval '0.3 seconds'")
}

/// A listener that is busy keeps the queue as full as one that is idle in a transaction does.
#[test]
fn the_first_look_finds_a_listener_that_is_busy_and_on_call_ends_it() {
    let database = with_a_person();
    let mut listener = database.speak_as(WORKER);
    listener.say("listen orders; select scaling.listener_alive();");
    let pid = listener.ask("select pg_backend_pid();");
    let mut idle = database.speak("consumer", "DE");
    idle.say("begin; select 1;");
    listener.begin("select pg_sleep(60);");
    let found = || {
        let rows = database.as_login(PERSON, &first_look()).unwrap();
        rows.lines().find(|row| row.starts_with(&format!("{pid}|orders|"))).map(str::to_owned)
    };
    database.until("true", || found().is_some_and(|row| row.contains("|active|")).to_string());
    let rows = database.as_login(PERSON, &first_look()).unwrap();
    assert!(rows.starts_with(&format!("{pid}|orders|")), "the journal's listeners stand first: {rows}");
    assert!(rows.contains("|idle in transaction|"), "{rows}");
    // After SET ROLE the login's right to see others is gone, as the runbook says.
    let blind = format!("set role freshplan_scaling_oncall;{}", first_look());
    assert_eq!(database.as_login(PERSON, &blind).unwrap(), "");
    let ended = database.as_login(PERSON, &format!("select pg_terminate_backend({pid});")).unwrap();
    assert_eq!(ended, "t");
    database.until("true", || found().is_none().to_string());
}

#[test]
fn a_superusers_session_is_one_for_the_owner_of_the_database() {
    let database = with_a_person();
    let mut owner = database.speak("consumer", "DE");
    let pid = owner.ask("reset role; select pg_backend_pid();");
    let refused = database.as_login(PERSON, &format!("select pg_terminate_backend({pid});")).unwrap_err();
    let runbook = script(ArtifactKind::Runbook);
    let message = refused.lines().find_map(|line| line.split_once("ERROR:")).unwrap().1.trim();
    assert!(runbook.contains(&format!("`{message}`")), "{message}");
    assert!(runbook.contains("call the database's owner"));
}

#[test]
fn on_call_may_run_every_statement_of_the_runbook() {
    let database = with_a_person();
    let publish = "select scaling.publish_event('DE', 'orders', 'x', '{}');";
    let id = database.as_role("publisher", "DE", publish).unwrap();
    database.as_role("consumer", "DE", &format!("select scaling.fail_event({id}, 'no', true);")).unwrap();
    let statements = statements();
    assert!(statements.len() > 9, "{statements:#?}");
    for statement in &statements {
        let run = filled_in(statement);
        assert!(
            !run.split('<').skip(1).any(|rest| !rest.starts_with([' ', '='])),
            "a place that nobody fills in: {run}"
        );
        database.as_login(PERSON, &run).unwrap_or_else(|error| panic!("{run}\n{error}"));
    }
    for needed in [
        "parked_events",
        "requeue_event(",
        "discard_event",
        "forget_channel",
        "recount_events",
        "pg_prepared_xacts",
        "wake_pending",
        "listens_on",
        "spill_ratio = 0",
    ] {
        assert!(statements.iter().any(|statement| statement.contains(needed)), "{needed}");
    }
}

/// A channel that is retired with events on it: the runbook's statements, in its order, in each territory.
#[test]
fn a_retired_channel_is_emptied_and_forgotten_by_the_runbook() {
    let database = with_a_person();
    for territory in ["DE", "CH"] {
        let publish = format!(
            "select count(scaling.publish_event('{territory}', 'retired', 'x', '{{}}')) from generate_series(1, 30);"
        );
        database.as_role("publisher", territory, &publish).unwrap();
    }
    database.as_role("publisher", "DE", "select scaling.publish_event('DE', 'orders', 'x', '{}');").unwrap();
    let said: Vec<String> = statements().iter().map(|statement| filled_in(statement)).collect();
    let with = |word: &str| said.iter().find(|statement| statement.contains(word)).unwrap();
    let forget = with("forget_channel");
    let refused = database.as_login(PERSON, forget).unwrap_err();
    assert!(refused.contains("60 events wait on channel retired"), "{refused}");
    let put_away = with("event_journal WHERE channel");
    let [park, discard] = put_away.trim().lines().collect::<Vec<_>>()[..] else { panic!("{put_away}") };
    for territory in ["DE", "CH"] {
        for statement in [park, discard] {
            let there = statement.replace("'DE'", &format!("'{territory}'"));
            assert_eq!(database.as_login(PERSON, &there).unwrap(), "30", "{there}");
        }
    }
    database.as_login(PERSON, forget).unwrap();
    let left =
        "select sum(pending_events), sum(parked_events), sum(discarded_events) from scaling.outbox_status;";
    assert_eq!(database.as_login(PERSON, left).unwrap(), "1|0|60", "the other channel is as it was");
}

#[test]
fn on_call_reads_no_payload_and_publishes_and_drains_nothing() {
    let database = Database::with_journal();
    for refused in [
        "select payload from scaling.event_journal;",
        "select * from scaling.drain_events('orders');",
        "select scaling.publish_event('DE', 'orders', 'x', '{}');",
        "delete from scaling.event_journal;",
        "select scaling.purge_delivered();",
    ] {
        let error = database.as_role("oncall", "DE", refused).unwrap_err();
        assert!(error.contains("permission denied"), "{refused}: {error}");
    }
}

/// A pooler in transaction mode gives a connection to the next client with all that a plain SET has left on it.
#[test]
fn no_file_sets_the_territory_for_longer_than_a_transaction() {
    for kind in [ArtifactKind::Journal, ArtifactKind::Undo, ArtifactKind::Runbook, ArtifactKind::Guide] {
        let text = script(kind);
        assert!(!text.contains("SET app.territory"), "{}", kind.id());
        assert!(!text.contains("set_config('app.territory'"), "{}", kind.id());
    }
    assert!(script(ArtifactKind::Journal).contains("SET LOCAL app.territory"));
    assert!(script(ArtifactKind::Runbook).contains("BEGIN; SET LOCAL app.territory"));
}

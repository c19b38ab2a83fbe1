//! What the runbook asks for is what the role of on-call may do, and nothing that it says stays with a connection.

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

#[test]
fn on_call_may_run_every_statement_of_the_runbook() {
    let database = Database::with_journal();
    database.sql("grant pg_read_all_stats, pg_signal_backend to freshplan_scaling_oncall").unwrap();
    let publish = "select scaling.publish_event('DE', 'orders', 'x', '{}');";
    let id = database.as_role("publisher", "DE", publish).unwrap();
    database.as_role("consumer", "DE", &format!("select scaling.fail_event({id}, 'no', true);")).unwrap();
    let statements = statements();
    assert!(statements.len() > 9, "{statements:#?}");
    for statement in &statements {
        let run = filled_in(statement);
        assert!(!run.contains('<') || run.contains("<="), "a place that nobody fills in: {run}");
        database.as_role("oncall", "", &run).unwrap_or_else(|error| panic!("{run}\n{error}"));
    }
    for needed in [
        "parked_events",
        "requeue_event(",
        "discard_event",
        "forget_channel",
        "wake_pending",
        "listens_on",
        "spill_ratio = 0",
    ] {
        assert!(statements.iter().any(|statement| statement.contains(needed)), "{needed}");
    }
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

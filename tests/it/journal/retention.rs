//! Retention: how long, and whether anybody does it.

use std::process::Command;

use seasonscale::artifact::ArtifactKind;
use seasonscale::yaml;
use serde_json::Value;

use super::server::{Database, script};

const STATUS: &str =
    "select round(oldest_delivered_seconds), retention_seconds from scaling.retention_status;";

#[test]
fn a_retention_that_keeps_everything_for_ever_is_refused() {
    let database = Database::with_journal();
    for wrong in ["1000000 years", "10 years 1 day", "0 s", "-1 day"] {
        let set = format!("update scaling.journal_settings set retention = '{wrong}';");
        let error = database.as_role("janitor", "", &set).unwrap_err();
        assert!(error.contains("journal_settings_retention_ck"), "{wrong}: {error}");
    }
    database.as_role("janitor", "", "update scaling.journal_settings set retention = '10 years';").unwrap();
}

#[test]
fn the_age_of_the_oldest_delivered_row_tells_whether_anybody_purges() {
    let database = Database::with_journal();
    assert_eq!(database.as_role("monitor", "", STATUS).unwrap(), "0|2592000");
    let publish = "select scaling.publish_event('DE', 'orders', 'x', '{}');";
    database.as_role("publisher", "DE", &publish.repeat(2)).unwrap();
    database.as_role("consumer", "DE", "select count(*) from scaling.drain_events('orders', 1);").unwrap();
    database
        .sql("update scaling.event_journal set delivered_at = delivered_at - interval '40 days'")
        .unwrap();
    assert!(database.as_role("monitor", "", STATUS).unwrap().starts_with("3456"), "40 days");
    assert_eq!(database.as_role("janitor", "", "select scaling.purge_delivered();").unwrap(), "1");
    assert_eq!(database.as_role("monitor", "", STATUS).unwrap(), "0|2592000");
}

/// The container of the CronJob: its command and its variables.
fn job() -> (Vec<String>, Vec<(String, String)>) {
    let object: Value = yaml::lenient(&script(ArtifactKind::JournalPurge)).unwrap();
    let container = &object["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let command = container["command"].as_array().unwrap().iter().map(|word| kubelet(&text(word)));
    let variables = container["env"].as_array().unwrap().iter();
    (command.collect(), variables.map(|one| (text(&one["name"]), text(&one["value"]))).collect())
}

/// What Kubernetes makes of a word of a command: two dollars are one.
fn kubelet(word: &str) -> String {
    word.replace("$$", "$")
}

/// Runs the job as Kubernetes does, with a login of this name and these rights.
fn purge(database: &Database, login: &str, rights: &str) -> Result<String, String> {
    database.sql(&format!("create role {login} login; {rights}")).unwrap();
    let (command, variables) = job();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pg_service.conf");
    std::fs::write(&file, database.service("journal", login)).unwrap();
    let variables = variables.into_iter().map(|(name, value)| match value.as_str() {
        "/etc/journal/pg_service.conf" => (name, file.to_str().unwrap().to_owned()),
        _ => (name, value),
    });
    let run = Command::new(&command[0]).args(&command[1..]).env_clear().envs(variables).output().unwrap();
    let said = String::from_utf8(run.stdout).unwrap() + &String::from_utf8(run.stderr).unwrap();
    if run.status.success() { Ok(said) } else { Err(said) }
}

#[test]
fn the_job_removes_what_is_old_batch_by_batch_and_nothing_else() {
    let database = Database::with_journal();
    let publish =
        "select count(scaling.publish_event('DE', 'orders', 'x', '{}')) from generate_series(1, 12003);";
    database.as_role("publisher", "DE", publish).unwrap();
    let drain = "select count(*) from scaling.drain_events('orders', 1000);";
    database.as_role("consumer", "DE", &drain.repeat(12)).unwrap();
    let age = "update scaling.event_journal set delivered_at = delivered_at - interval '31 days' where id in
        (select id from scaling.event_journal where delivered_at is not null order by id limit 11000)";
    database.sql(age).unwrap();
    let login = format!("{}_job", database.name());
    let said = purge(&database, &login, &format!("grant freshplan_scaling_janitor to {login};")).unwrap();
    assert_eq!(said, "");
    let left = "select count(*) filter (where delivered_at is not null), count(*) filter (where delivered_at is null)
        from scaling.event_journal";
    assert_eq!(
        database.sql(left).unwrap(),
        "1000|3",
        "what is younger than the retention, and what is undelivered"
    );
}

#[test]
fn a_job_that_may_not_remove_anything_fails_and_says_why() {
    let database = Database::with_journal();
    let login = format!("{}_stranger", database.name());
    let error = purge(&database, &login, "").unwrap_err();
    assert!(error.contains("permission denied"), "{error}");
}

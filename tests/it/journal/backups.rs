//! Dumps: whole, or refused, never silently without the events.

use std::path::Path;

use seasonscale::artifact::ArtifactKind;

use super::server::{Database, script};

fn filled() -> Database {
    let database = Database::with_journal();
    for territory in ["AT", "CH", "DE"] {
        let publish = format!(
            "select count(scaling.publish_event('{territory}', 'orders', 'x', '{{\"n\": 1}}')) from generate_series(1, 10);"
        );
        database.as_role("publisher", territory, &publish).unwrap();
    }
    database.as_role("consumer", "DE", "select count(*) from scaling.drain_events('orders', 3);").unwrap();
    database
}

const CHECK: &str = "set role freshplan_scaling_backup; select territory, count(*), max(id), count(delivered_at) from scaling.event_journal group by territory order by territory;";

#[test]
fn a_dump_by_the_backup_role_holds_every_event_and_is_restored() {
    let database = filled();
    let dump = database.dump(&["--role=freshplan_scaling_backup", "--enable-row-security"]).unwrap();
    let copy = Database::empty();
    copy.apply(&dump, "postgres").unwrap();
    let wanted = database.sql(CHECK).unwrap();
    assert_eq!(wanted.lines().count(), 3);
    assert_eq!(copy.sql(CHECK).unwrap(), wanted);
    assert_eq!(copy.catalog(), database.catalog());
    let left = "select count(*) from scaling.drain_events('orders', 100);";
    assert_eq!(copy.as_role("consumer", "DE", left).unwrap(), "7", "it works on where it stopped");
    let pending = "select sum(pending_events) from scaling.outbox_status;";
    assert_eq!(copy.as_role("monitor", "", pending).unwrap(), "20");
}

#[test]
fn a_dump_by_anybody_else_who_is_no_superuser_is_refused_and_with_the_option_holds_no_event() {
    let database = filled();
    let refused = database.dump(&["--role=freshplan_scaling_owner"]).unwrap_err();
    assert!(refused.contains("row-level security"), "{refused}");
    let silent = database.dump(&["--role=freshplan_scaling_owner", "--enable-row-security"]).unwrap();
    assert!(!silent.contains("order") || !silent.contains("\tDE\torders"), "this is why the role is there");
    let whole = database.dump(&[]).unwrap();
    assert!(whole.contains("\tDE\torders"), "a superuser's holds everything");
}

#[test]
fn the_backup_role_reads_and_does_nothing_else() {
    let database = filled();
    for wrong in [
        "delete from scaling.event_journal;",
        "update scaling.journal_settings set spill_ratio = 0;",
        "select scaling.publish_event('DE', 'orders', 'x', '{}');",
        "select * from scaling.drain_events('orders');",
    ] {
        let error = database.as_role("backup", "DE", wrong).unwrap_err();
        assert!(error.contains("permission denied"), "{wrong}: {error}");
    }
}

/// The command of the guide that has these words, about this database and this login.
pub(super) fn guide_says(words: &[&str], database: &str, login: &str) -> String {
    let guide = script(ArtifactKind::Guide);
    let mut spans = guide.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
    let found = spans.find(|span| words.iter().all(|word| span.contains(word)));
    let command = found.unwrap_or_else(|| panic!("the guide has no command with {words:?}"));
    command.replace("<database>", database).replace("<login>", login)
}

/// A database with tables of the business, and two logins: of the journal alone, and of all that there is.
pub(super) fn beside_a_business() -> (Database, [String; 2]) {
    let database = filled();
    let logins = ["alone", "whole"].map(|word| format!("{}_{word}", database.name()));
    let [alone, whole] = &logins;
    let made = format!(
        "create table public.customers (id int); insert into public.customers values (1);
         create table public.flyway_schema_history (version text);
         create role {alone} login; grant freshplan_scaling_backup to {alone};
         create role {whole} login; grant freshplan_scaling_backup, pg_read_all_data to {whole};"
    );
    database.sql(&made).unwrap();
    (database, logins)
}

/// What the guide says, literally, in a database that has more than the journal.
#[test]
fn each_command_of_the_guide_works_beside_the_tables_of_a_business() {
    let (database, [alone, whole]) = beside_a_business();
    let folder = tempfile::tempdir().unwrap();
    let run = |command: &str| database.line(folder.path(), command);
    let journal = guide_says(&["pg_dump ", "-n scaling"], database.name(), &alone);
    run(&journal).unwrap();
    let refused = run(&journal.replace(" -n scaling", "").replace("journal.dump", "none.dump")).unwrap_err();
    assert!(refused.contains("permission denied for table"), "{refused}");
    let all = guide_says(&["pg_dump ", "whole.dump"], database.name(), &whole);
    run(&all).unwrap();
    run(&guide_says(&["pg_dumpall"], "", "")).unwrap();
    let no_superuser = format!("PGUSER={alone} {}", guide_says(&["pg_dumpall"], "", ""));
    assert!(run(&no_superuser).unwrap_err().contains("permission denied"));

    let name = format!("{}_copy", database.name());
    run(&guide_says(&["createdb "], &name, "")).unwrap();
    run(&guide_says(&["pg_restore -d"], &name, "")).unwrap();
    let copy = Database::called(&name);
    assert_eq!(copy.sql("select count(*) from public.customers").unwrap(), "1");
    let check = guide_says(&["SET ROLE", "max(id)"], "", "");
    assert_eq!(database.sql(&check).unwrap().lines().count(), 3);
    assert_eq!(copy.sql(&check).unwrap(), database.sql(&check).unwrap());
    let alone = format!("{}_journal", database.name());
    run(&format!("createdb {alone}; pg_restore -d {alone} journal.dump")).unwrap();
    assert_eq!(Database::called(&alone).sql(&check).unwrap(), database.sql(&check).unwrap());
}

/// Data alone, by the guide's command, into a database that has been migrated.
pub(super) fn data_alone(database: &Database, folder: &Path, without: &str) -> Database {
    let copy = Database::with_journal();
    let command = guide_says(&["pg_restore -a"], copy.name(), "").replace(without, "");
    let said = database.line(folder, &command).unwrap_err();
    let guide = script(ArtifactKind::Guide);
    assert!(
        said.contains("COPY failed for table \"journal_settings\"") && said.contains("ignored on restore: 1")
    );
    assert!(guide.contains("`COPY failed for table \"journal_settings\"`"));
    copy
}

#[test]
fn the_undo_script_throws_events_away_by_the_command_of_the_guide_and_by_no_other() {
    let database = filled();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("U226__scaling_event_journal.sql"), script(ArtifactKind::Undo))
        .unwrap();
    let plain = guide_says(&["psql", "STOP=1 -f U226"], database.name(), "");
    let refused = database.line(folder.path(), &plain).unwrap_err();
    assert!(refused.contains("27 undelivered events"), "{refused}");
    let told = guide_says(&["psql", "discard_events", "-f U226"], database.name(), "");
    database.line(folder.path(), &told).unwrap();
    assert_eq!(database.sql("select to_regnamespace('scaling') is null").unwrap(), "t");
}

//! Applying the migration, applying it again, taking it back.

use seasonscale::artifact::ArtifactKind;

use super::server::{Database, script};

/// Everything that stands in the schema.
const INVENTORY: &str = "select string_agg(c.relname::text || c.relkind::text, ',' order by c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'scaling'";

#[test]
fn it_is_applied_in_one_transaction() {
    let database = Database::with_journal();
    assert_eq!(database.sql("select current_setting('server_version_num')::int >= 150000").unwrap(), "t");
    assert!(database.sql(INVENTORY).unwrap().contains("event_journalr"));
    assert_eq!(database.sql("select relrowsecurity and relforcerowsecurity from pg_class where oid = 'scaling.event_journal'::regclass").unwrap(), "t");
    assert_eq!(
        database
            .sql("select spill_ratio, critical_ratio, max_attempts, retention from scaling.journal_settings")
            .unwrap(),
        "0.7|0.95|10|30 days"
    );
}

#[test]
fn a_second_application_is_refused_and_changes_nothing() {
    let database = Database::with_journal();
    let before = database.sql(INVENTORY).unwrap();
    let error = database.apply(&script(ArtifactKind::Journal), "postgres").unwrap_err();
    assert!(error.contains("schema \"scaling\" already exists"), "{error}");
    assert_eq!(database.sql(INVENTORY).unwrap(), before);
}

/// From PostgreSQL 16 on the right to make roles is a right over the roles that one has made: hence a prefix of its own.
#[test]
fn a_migrating_role_that_is_no_superuser_can_apply_it() {
    let database = Database::empty();
    migrator(&database, "flyway", "createrole");
    database.apply(&with_prefix("flown"), "flyway").unwrap();
    assert!(database.sql(INVENTORY).unwrap().contains("outbox_statusv"));
}

/// The script under another prefix: roles belong to the whole server, and these must not exist yet.
fn with_prefix(prefix: &str) -> String {
    script(ArtifactKind::Journal).replace("freshplan_scaling_", &format!("{prefix}_"))
}

fn migrator(database: &Database, name: &str, options: &str) {
    database.sql(&format!("create role {name} login {options}; do $$ begin execute format('grant create on database %I to {name}', current_database()); end $$;")).unwrap();
}

#[test]
fn without_the_right_to_make_roles_the_missing_one_is_named() {
    let database = Database::empty();
    migrator(&database, "poor", "");
    let error = database.apply(&with_prefix("unmade"), "poor").unwrap_err();
    assert!(error.contains("role unmade_owner is missing and poor may not create roles"), "{error}");
    assert!(error.contains("CREATE ROLE unmade_owner NOLOGIN"), "{error}");
    assert_eq!(database.sql(INVENTORY).unwrap(), "");
}

#[test]
fn roles_that_a_dba_has_made_are_enough_once_the_owner_is_granted() {
    let database = Database::empty();
    migrator(&database, "modest", "");
    for duty in ["owner", "publisher", "consumer", "monitor", "janitor", "oncall", "backup"] {
        database.sql(&format!("create role ready_{duty} nologin")).unwrap();
    }
    let error = database.apply(&with_prefix("ready"), "modest").unwrap_err();
    assert!(error.contains("modest may not become ready_owner"), "{error}");
    assert!(error.contains("GRANT ready_owner TO modest"), "{error}");
    database.sql("grant ready_owner to modest").unwrap();
    database.apply(&with_prefix("ready"), "modest").unwrap();
    let owners = "select distinct tableowner::text from pg_tables where schemaname = 'scaling'";
    assert_eq!(database.sql(owners).unwrap(), "ready_owner");
}

#[test]
fn an_owner_who_could_pass_row_level_security_is_refused() {
    for option in ["login", "bypassrls", "superuser"] {
        let database = Database::empty();
        database.sql(&format!("create role strong_{option}_owner {option}")).unwrap();
        let error = database.apply(&with_prefix(&format!("strong_{option}")), "postgres").unwrap_err();
        assert!(error.contains("must be NOLOGIN NOSUPERUSER NOBYPASSRLS"), "{option}: {error}");
    }
}

#[test]
fn the_role_and_the_limits_of_before_are_given_back() {
    let database = Database::empty();
    migrator(&database, "switched", "superuser");
    let state = "select current_user, current_setting('lock_timeout'), current_setting('statement_timeout');";
    let around = format!(
        "set role switched; set local lock_timeout = '7s';\n{}\n{state}",
        script(ArtifactKind::Journal)
    );
    assert_eq!(database.apply(&around, "postgres").unwrap(), "switched|7s|0");
}

#[test]
fn outside_of_a_transaction_nothing_is_made() {
    let database = Database::empty();
    let said = database.by_hand(&script(ArtifactKind::Journal), "postgres");
    assert!(said.contains("this migration needs one transaction"), "{said}");
    let schema = "select count(*) from pg_namespace where nspname = 'scaling'";
    assert_eq!(database.sql(schema).unwrap(), "0");
}

#[test]
fn everything_has_a_comment() {
    let database = Database::with_journal();
    let silent = "
        select c.relname from pg_class c where c.relnamespace = 'scaling'::regnamespace
           and c.relkind in ('r', 'v') and obj_description(c.oid, 'pg_class') is null
        union all
        select i.indexrelid::regclass::text from pg_index i join pg_class c on c.oid = i.indexrelid
         where c.relnamespace = 'scaling'::regnamespace and obj_description(c.oid, 'pg_class') is null
           and not exists (select from pg_constraint k where k.conindid = c.oid)
        union all
        select c.relname || '.' || a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
         where c.relnamespace = 'scaling'::regnamespace and c.relkind in ('r', 'v') and a.attnum > 0
           and col_description(c.oid, a.attnum) is null
        union all
        select proname from pg_proc where pronamespace = 'scaling'::regnamespace
           and obj_description(oid, 'pg_proc') is null
        union all
        select polname from pg_policy where obj_description(oid, 'pg_policy') is null
        union all
        select nspname from pg_namespace where nspname = 'scaling' and obj_description(oid, 'pg_namespace') is null";
    assert_eq!(database.sql(silent).unwrap(), "");
}

#[test]
fn every_function_pins_its_path_and_public_may_call_none() {
    let database = Database::with_journal();
    let functions = "select count(*) from pg_proc where pronamespace = 'scaling'::regnamespace";
    assert_eq!(database.sql(functions).unwrap(), "21");
    let pinned = "'search_path=pg_catalog, pg_temp' = any (coalesce(proconfig, '{}'))";
    assert_eq!(database.sql(&format!("{functions} and {pinned}")).unwrap(), "19");
    // The names in the body of the other two were resolved when they were made.
    let resolved = format!("{functions} and not {pinned} and prosqlbody is not null and not prosecdef");
    assert_eq!(database.sql(&resolved).unwrap(), "2");
    let open = format!(
        "{functions} and (proacl is null or exists (select from aclexplode(proacl) where grantee = 0))"
    );
    assert_eq!(database.sql(&open).unwrap(), "0");
}

#[test]
fn an_error_half_way_leaves_nothing_behind() {
    let database = Database::empty();
    let broken = script(ArtifactKind::Journal) + "\nselect 1 / 0;\n";
    assert!(database.apply(&broken, "postgres").unwrap_err().contains("division by zero"));
    assert_eq!(database.sql(INVENTORY).unwrap(), "");
}

#[test]
fn taking_it_back_refuses_while_events_are_undelivered() {
    let database = Database::with_journal();
    database
        .as_role("publisher", "DE", "select scaling.publish_event('DE', 'orders', 'order.placed', '{}');")
        .unwrap();
    let undo = script(ArtifactKind::Undo);
    let error = database.apply(&undo, "postgres").unwrap_err();
    assert!(error.contains("1 undelivered events"), "{error}");
    assert_eq!(
        database.as_role("consumer", "DE", "select count(*) from scaling.drain_events('orders');").unwrap(),
        "1"
    );
    database.apply(&undo, "postgres").unwrap();
    assert_eq!(database.sql(INVENTORY).unwrap(), "");
    database.apply(&script(ArtifactKind::Journal), "postgres").unwrap();
}

/// The dangerous way: autocommit, and on after the error.
#[test]
fn taking_it_back_by_hand_without_care_loses_nothing_either() {
    let database = Database::with_journal();
    let publish = "select scaling.publish_event('DE', 'orders', 'order.placed', '{}');";
    database.as_role("publisher", "DE", publish).unwrap();
    let said = database.by_hand(&script(ArtifactKind::Undo), "postgres");
    assert!(said.contains("1 undelivered events"), "{said}");
    let forced = "select relforcerowsecurity from pg_class where oid = 'scaling.event_journal'::regclass";
    assert_eq!(database.sql(forced).unwrap(), "t");
    let drained = database.as_role("consumer", "DE", "select count(*) from scaling.drain_events('orders');");
    assert_eq!(drained.unwrap(), "1");
}

#[test]
fn taking_it_back_refuses_while_something_else_depends_on_it() {
    let database = Database::with_journal();
    database.sql("create view public.dashboard as select * from scaling.outbox_status").unwrap();
    let error = database.apply(&script(ArtifactKind::Undo), "postgres").unwrap_err();
    assert!(error.contains("public.dashboard") || error.contains("view dashboard depends"), "{error}");
    assert!(database.sql(INVENTORY).unwrap().contains("outbox_statusv"));
}

#[test]
fn a_migrating_role_that_is_no_superuser_can_take_it_back() {
    let database = Database::empty();
    migrator(&database, "there_and_back", "createrole noinherit");
    database.apply(&with_prefix("back"), "there_and_back").unwrap();
    let as_role = |role: &str, statement: &str| {
        database.sql(&format!("set role back_{role}; set app.territory = 'DE'; {statement}")).unwrap()
    };
    as_role("publisher", "select scaling.publish_event('DE', 'orders', 'order.placed', '{}');");
    let undo = script(ArtifactKind::Undo).replace("freshplan_scaling_", "back_");
    let error = database.apply(&undo, "there_and_back").unwrap_err();
    assert!(error.contains("1 undelivered events"), "the owner's own row-level security hides none: {error}");
    assert_eq!(as_role("consumer", "select count(*) from scaling.drain_events('orders');"), "1");
    database.apply(&undo, "there_and_back").unwrap();
    assert_eq!(database.sql(INVENTORY).unwrap(), "");
}

#[test]
fn an_undo_that_is_told_to_may_throw_events_away() {
    let database = Database::with_journal();
    database
        .as_role("publisher", "DE", "select scaling.publish_event('DE', 'orders', 'order.placed', '{}');")
        .unwrap();
    let told = format!("set local seasonscale.discard_events = 'yes';\n{}", script(ArtifactKind::Undo));
    database.apply(&told, "postgres").unwrap();
    assert_eq!(database.sql(INVENTORY).unwrap(), "");
}

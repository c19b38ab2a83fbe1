//! The guarantees of the journal, each in the statement that gives it.

use super::diags::Report;
use super::statements::{Script, Statement};
use crate::plan::Plan;

pub(super) fn migration(plan: &Plan, script: &Script, report: &mut Report<'_>) {
    settings(plan, script, report);
    territories(plan, script, report);
    row_level_security(plan, script, report);
    publishing(plan, script, report);
    draining(plan, script, report);
    functions(script, report);
    privileges(plan, script, report);
    comments(script, report);
}

/// The thresholds of every document are the thresholds of the code (fault 7 of the predecessor: 80 % here, 70 % there).
fn settings(plan: &Plan, script: &Script, report: &mut Report<'_>) {
    let journal = &plan.profile.journal;
    let table = script.find(&format!("create table {}.journal_settings", journal.schema));
    let mut default = |column: &str, value: String| {
        let what = format!("{column} begins as {value}");
        let holds = table.is_some_and(|table| table.says(&format!("{column} {value}")));
        report.guarantee(holds, &what, table);
    };
    default("spill_ratio", format!("double precision not null default {}", journal.spill_ratio.0));
    default("critical_ratio", format!("double precision not null default {}", journal.critical_ratio.0));
    default("max_attempts", format!("bigint not null default {}", journal.max_attempts));
    default("retention", format!("interval not null default interval '{}'", journal.retention));
}

fn territories(plan: &Plan, script: &Script, report: &mut Report<'_>) {
    let schema = &plan.profile.journal.schema;
    let mut codes: Vec<String> = plan.profile.territories.iter().map(|t| format!("'{}'", t.code)).collect();
    codes.sort_unstable();
    let table = script.find(&format!("create table {schema}.event_journal"));
    let check = format!("check (territory in ({}))", codes.join(", "));
    report.guarantee(
        table.is_some_and(|table| table.says(&check)),
        "a row belongs to one of the profile's territories",
        table,
    );
    let view = script.find(&format!("create view {schema}.outbox_status"));
    let rows =
        format!("(values {})", codes.iter().map(|code| format!("({code})")).collect::<Vec<_>>().join(", "));
    report.guarantee(
        view.is_some_and(|view| view.says(&rows)),
        "outbox_status has a row for each territory, always",
        view,
    );
}

fn row_level_security(plan: &Plan, script: &Script, report: &mut Report<'_>) {
    let journal = &plan.profile.journal;
    let table = format!("{}.event_journal", journal.schema);
    for mode in ["enable", "force"] {
        let statement = script.find(&format!("alter table {table} {mode} row level security"));
        report.guarantee(statement.is_some(), &format!("row-level security is {mode}d on {table}"), None);
    }
    let weakened = ["disable", "no force"]
        .iter()
        .find_map(|mode| script.find(&format!("alter table {table} {mode} row level security")));
    report.guarantee(weakened.is_none(), "row-level security is never lifted again", weakened);
    let own = format!(
        "(territory = (select nullif(pg_catalog.current_setting('{}', true), '')))",
        journal.territory_setting
    );
    let policy = script.find(&format!(
        "create policy event_journal_territory on {table} for all to {}_owner",
        journal.prefix
    ));
    for clause in ["using", "with check"] {
        let holds = policy.is_some_and(|policy| policy.says(&format!("{clause} {own}")));
        report.guarantee(
            holds,
            &format!("a session sees and writes its own territory only ({clause})"),
            policy,
        );
    }
    let role = script.statements.iter().find(|statement| {
        statement.does("create role %I nologin").is_some()
            || statement.does("'CREATE ROLE %I NOLOGIN'").is_some()
    });
    report.guarantee(role.is_some(), "roles cannot log in", None);
    let guard = "rolsuper or rolbypassrls or rolcanlogin";
    let guarded = script.statements.iter().any(|statement| statement.does(guard).is_some());
    report.guarantee(guarded, "the owner is no superuser and cannot bypass row-level security", None);
}

fn publishing(plan: &Plan, script: &Script, report: &mut Report<'_>) {
    let schema = &plan.profile.journal.schema;
    let publish = script.function(&format!("{schema}.publish_event"));
    let does = |fragment: &str| publish.and_then(|publish| publish.does(fragment));
    let insert = does(&format!("insert into {schema}.event_journal"));
    let notify = does("pg_notify ( p_channel , p_territory )");
    report.guarantee(
        insert.zip(notify).is_some_and(|(insert, notify)| insert < notify),
        "an event is a row before anybody is notified",
        publish,
    );
    let spill = "when v_usage < v_set.spill_ratio then 'notify'";
    report.guarantee(
        does(spill).is_some(),
        "from spill_ratio on events go to the journal without a wake-up",
        publish,
    );
    let critical = "when p_critical and v_usage < v_set.critical_ratio then 'notify' else 'journal'";
    report.guarantee(
        does(critical).is_some(),
        "critical events are notified up to critical_ratio and not beyond",
        publish,
    );
    for statement in script.statements.iter().filter(|statement| statement.does("pg_notify").is_some()) {
        let body = statement.body.as_deref().unwrap_or_default();
        let calls = body.matches("pg_notify (").count();
        let known = body.matches("pg_notify ( p_channel , p_territory )").count()
            + body.matches("pg_notify ( v_row . channel , v_row . territory )").count();
        report.guarantee(
            calls == known,
            "a notification carries the channel and the territory only, never a payload",
            Some(statement),
        );
    }
}

fn draining(plan: &Plan, script: &Script, report: &mut Report<'_>) {
    let journal = &plan.profile.journal;
    let schema = &journal.schema;
    let drain = script.function(&format!("{schema}.drain_events"));
    let does = |statement: Option<&Statement>, fragment: &str| {
        statement.and_then(|statement| statement.does(fragment)).is_some()
    };
    report.guarantee(does(drain, "for update skip locked"), "two consumers never take one event", drain);
    report.guarantee(
        does(drain, "j.delivered_at is null and j.failed_at is null"),
        "only what is pending is taken",
        drain,
    );
    report.guarantee(does(drain, "set delivered_at = clock_timestamp()"), "what is taken is marked", drain);
    let fail = script.function(&format!("{schema}.fail_event"));
    report.guarantee(
        does(fail, "j.attempts + 1 >= s.max_attempts"),
        "an event is parked after max_attempts",
        fail,
    );
    let requeue = script.function(&format!("{schema}.requeue_events"));
    let range = "j.created_at >= p_from and j.created_at < p_to";
    report.guarantee(does(requeue, range), "a replay takes a half-open range of time", requeue);
    let purge = script.function(&format!("{schema}.purge_delivered"));
    let old =
        format!("d.delivered_at < clock_timestamp() - (select retention from {schema}.journal_settings)");
    report.guarantee(does(purge, &old), "only delivered events are purged, after the retention", purge);
}

fn functions(script: &Script, report: &mut Report<'_>) {
    for statement in script.statements.iter().filter(|statement| statement.says("create function")) {
        let pinned = statement.says("set search_path = pg_catalog, pg_temp");
        report.guarantee(pinned, "every function pins its search_path", Some(statement));
        let executes = statement.does("execute").is_some();
        report.guarantee(!executes, "no function executes text as SQL", Some(statement));
    }
}

fn privileges(plan: &Plan, script: &Script, report: &mut Report<'_>) {
    let schema = &plan.profile.journal.schema;
    let revoked = script.find(&format!("revoke all on all functions in schema {schema} from public"));
    report.guarantee(revoked.is_some(), "PUBLIC may call no function", None);
    let granted = script.statements.iter().find(|s| s.text.starts_with("grant ") && s.says("to public"));
    report.guarantee(granted.is_none(), "nothing is granted to PUBLIC", granted);
    let tables = script
        .statements
        .iter()
        .find(|s| s.says(&format!("on {schema}.event_journal to")) && (s.says("insert") || s.says("update")));
    report.guarantee(tables.is_none(), "applications write through functions only", tables);
    let last = script.statements.last();
    report.guarantee(last.is_some_and(|last| last.says("reset role")), "Flyway gets its own role back", last);
}

/// Every table, view and function says what it is.
fn comments(script: &Script, report: &mut Report<'_>) {
    for statement in &script.statements {
        let words: Vec<&str> = statement.text.split(' ').collect();
        let ["create", kind @ ("table" | "view" | "function"), schema, ".", name, ..] = words[..] else {
            continue;
        };
        let commented =
            script.statements.iter().any(|other| other.says(&format!("comment on {kind} {schema}.{name}")));
        report.guarantee(commented, &format!("{kind} {name} has a comment"), Some(statement));
    }
}

pub(super) fn undo(plan: &Plan, script: &Script, report: &mut Report<'_>) {
    let journal = &plan.profile.journal;
    let guard = script.statements.iter().position(|statement| statement.does("if v_open > 0").is_some());
    let counted = "where delivered_at is null";
    let counts = guard.is_some_and(|at| {
        script.statements[at].does(counted).is_some()
            && script.statements[at].does("raise exception").is_some()
    });
    report.guarantee(counts, "taking it back refuses while events are undelivered", None);
    let drop = script
        .statements
        .iter()
        .position(|statement| statement.says(&format!("drop schema {} cascade", journal.schema)));
    report.guarantee(drop.is_some(), "taking it back removes the whole schema", None);
    let in_order = guard.zip(drop).is_none_or(|(guard, drop)| guard < drop);
    report.guarantee(in_order, "taking it back looks before it drops", None);
}

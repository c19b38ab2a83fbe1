//! A session sees and writes the rows of its own territory, whoever it is, and no row where no territory is set.

use super::diags::Report;
use super::statements::Script;
use crate::profile::Journal;

pub(super) fn check(journal: &Journal, script: &Script, report: &mut Report<'_>) {
    row_level_security(journal, script, report);
    territory(journal, script, report);
    policies(journal, script, report);
    owner(journal, script, report);
}

fn row_level_security(journal: &Journal, script: &Script, report: &mut Report<'_>) {
    let table = format!("alter table {}.event_journal", journal.schema);
    for (mode, done) in [("enable", "enabled"), ("force", "forced")] {
        let wanted = format!("{table} {mode} row level security;");
        let holds = script.all(&table).any(|statement| statement.is(&wanted));
        report.guarantee(holds, &format!("row-level security is {done} on event_journal"), None);
    }
    let weakened = script.all("alter").find(|statement| {
        ["disable", "no force", "owner to", "bypassrls"].iter().any(|word| statement.says(word))
    });
    report.guarantee(weakened.is_none(), "row-level security is never lifted again", weakened);
}

fn territory(journal: &Journal, script: &Script, report: &mut Report<'_>) {
    let current = script.function(&format!("{}.current_territory", journal.schema));
    let setting = literal(&journal.territory_setting);
    let value = format!("return nullif(pg_catalog.current_setting({setting}, true), '')");
    report.guarantee(
        current.is_some_and(|current| current.says(&value)),
        &format!("the territory is what {} says, and none where it says nothing", journal.territory_setting),
        current,
    );
}

/// The five policies, and no sixth: PostgreSQL lets a row pass that any permissive policy lets pass.
fn policies(journal: &Journal, script: &Script, report: &mut Report<'_>) {
    let (schema, prefix) = (&journal.schema, &journal.prefix);
    let own = format!("(territory = (select {schema}.current_territory()))");
    let delivered = "using (delivered_at is not null)";
    let all = format!("for all to {prefix}_owner");
    let expected = [
        ("event_journal_territory", format!("{all} using {own} with check {own};")),
        ("event_journal_monitor", format!("for select to {prefix}_monitor, {prefix}_oncall using (true);")),
        ("event_journal_backup", format!("for select to {prefix}_backup using (true);")),
        ("event_journal_janitor_read", format!("for select to {prefix}_janitor {delivered};")),
        ("event_journal_janitor_delete", format!("for delete to {prefix}_janitor {delivered};")),
    ];
    for (name, rest) in &expected {
        let head = format!("create policy {name} on {schema}.event_journal");
        let policy = script.find(&head);
        let holds = policy.is_some_and(|policy| policy.is(&format!("{head} {rest}")));
        report.guarantee(holds, &format!("policy {name} is {}", rest.trim_end_matches(';')), policy);
    }
    let known = |name: &str| expected.iter().any(|(known, _)| *known == name);
    let other = script.all("create policy").find(|policy| !policy.words().get(2).copied().is_some_and(known));
    report.guarantee(other.is_none(), "no other policy lets rows pass", other);
}

/// What belongs to a superuser, or to a role that bypasses row-level security, is not protected by it.
fn owner(journal: &Journal, script: &Script, report: &mut Report<'_>) {
    let prefix = &journal.prefix;
    let roles =
        script.statements.iter().find(|statement| statement.does("foreach v_role in array").is_some());
    let does = |fragment: &str| roles.and_then(|roles| roles.does(fragment)).is_some();
    let every = ["owner", "publisher", "consumer", "monitor", "janitor", "oncall", "backup"]
        .iter()
        .all(|duty| does(&format!("'{prefix}_{duty}'")));
    let nologin = does("execute pg_catalog.format('CREATE ROLE %I NOLOGIN', v_role)");
    report.guarantee(every && nologin, "every role is made where it is missing, and cannot log in", roles);
    report.guarantee(
        does(&format!("where rolname = '{prefix}_owner' and (rolsuper or rolbypassrls or rolcanlogin)")),
        "the owner is not a superuser, cannot log in and cannot bypass row-level security",
        roles,
    );
    let becomes = script.place(&format!("set local role {prefix}_owner;"));
    let first = script.place("create");
    report.guarantee(
        becomes.zip(first).is_some_and(|(becomes, first)| becomes < first) && script.all("set").count() == 3,
        "everything belongs to the owner role",
        becomes.map(|at| &script.statements[at]),
    );
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

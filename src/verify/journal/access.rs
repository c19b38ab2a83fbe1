//! Who may do what: functions that cannot be led astray, nothing for PUBLIC, and for each role what its duty needs.

use super::diags::Report;
use super::statements::{Script, Statement};
use crate::profile::Journal;

pub(super) fn check(journal: &Journal, script: &Script, report: &mut Report<'_>) {
    functions(journal, script, report);
    revoked(journal, script, report);
    granted(journal, script, report);
    returned(script, report);
}

/// A SECURITY DEFINER function resolves names with its owner's rights: whose path it takes decides what it runs
/// (PostgreSQL manual, CREATE FUNCTION, "Writing SECURITY DEFINER Functions Safely"). The names in a body that is not a string are
/// resolved once, when the function is made, and pinning a path would only keep it from being inlined (ibid., "sql_body").
fn functions(journal: &Journal, script: &Script, report: &mut Report<'_>) {
    for function in script.all("create function") {
        let name = function.words().get(4).copied().unwrap_or_default().to_owned();
        let pinned = function.says("set search_path = pg_catalog, pg_temp");
        let is_resolved =
            function.says("language sql") && !function.says("as") && !function.says("security definer");
        report.guarantee(pinned || is_resolved, &format!("{name} pins its search_path"), Some(function));
        let executes = function.does("execute").is_some();
        report.guarantee(!executes, &format!("{name} executes no text as SQL"), Some(function));
    }
    let altered = script.all("alter function").next();
    report.guarantee(altered.is_none(), "no function is altered afterwards", altered);
    let purge = script.function(&format!("{}.purge_delivered", journal.schema));
    report.guarantee(
        purge.is_some_and(|purge| purge.says("security invoker")),
        "retention runs as the janitor, who sees delivered rows only",
        purge,
    );
}

/// PostgreSQL lets PUBLIC call a new function. REVOKE ON ALL takes that away from those that exist at that point.
fn revoked(journal: &Journal, script: &Script, report: &mut Report<'_>) {
    let made = script.statements.iter().rposition(|statement| statement.says("create"));
    for what in ["schema", "all tables in schema", "all functions in schema"] {
        let at = script.place(&format!("revoke all on {what} {} from public;", journal.schema));
        report.guarantee(
            at.zip(made).is_some_and(|(at, made)| at > made),
            &format!("PUBLIC may do nothing on {what} {}", journal.schema),
            at.map(|at| &script.statements[at]),
        );
    }
    let settings = format!(
        "revoke delete, truncate on {}.journal_settings from {}_owner;",
        journal.schema, journal.prefix
    );
    report.guarantee(script.find(&settings).is_some(), "nobody deletes the settings by mistake", None);
}

fn granted(journal: &Journal, script: &Script, report: &mut Report<'_>) {
    let (schema, prefix) = (&journal.schema, &journal.prefix);
    for grant in script.all("grant") {
        let grantees = grantees(grant);
        report.guarantee(!grantees.contains(&"public"), "nothing is granted to PUBLIC", Some(grant));
        let known = |role: &str| {
            let duty = role.strip_prefix(prefix.as_str()).and_then(|rest| rest.strip_prefix('_'));
            let duties = ["publisher", "consumer", "monitor", "janitor", "oncall", "backup"];
            duty.is_some_and(|duty| duties.contains(&duty))
        };
        let ours = grantees.iter().all(|role| *role == "public" || known(role));
        report.guarantee(ours, "only the journal's own roles are granted anything", Some(grant));
        // A dump reads everything, and is what remains when all else is lost.
        let is_dump = grantees == [format!("{prefix}_backup").as_str()] && grant.says("grant select on");
        if grant.says(&format!("{schema}.event_journal")) && !is_dump {
            let writes = ["insert", "update", "truncate", "all"].iter().any(|right| grant.says(right));
            report.guarantee(!writes, "applications write through functions only", Some(grant));
            let reads =
                ["payload", "dedup_key", "last_error", "select on"].iter().any(|word| grant.says(word));
            report.guarantee(!reads, "business data is read through functions only", Some(grant));
        }
    }
    for (function, duties) in CALLERS {
        let roles: Vec<String> = duties.iter().map(|duty| format!("{prefix}_{duty}")).collect();
        let named = format!("{schema}.{function}(");
        let mut grants = script.all("grant execute on function").filter(|grant| grant.says(&named));
        let first = grants.next().map(grantees).unwrap_or_default();
        let holds = first == roles.iter().map(String::as_str).collect::<Vec<_>>() && grants.next().is_none();
        let whom = if roles.is_empty() { "nobody".to_owned() } else { roles.join(" and ") };
        report.guarantee(holds, &format!("{function} may be called by {whom}, and by nobody else"), None);
    }
}

/// Who may call what. What nobody may call is called by the functions and triggers themselves.
const CALLERS: [(&str, &[&str]); 20] = [
    ("publish_event", &["publisher"]),
    ("begin_delivery", &["consumer"]),
    ("drain_events", &["consumer"]),
    ("listener_alive", &["consumer"]),
    ("fail_event", &["consumer", "oncall"]),
    ("requeue_events", &["consumer", "oncall"]),
    ("wake_pending", &["consumer", "oncall"]),
    ("parked_events", &["oncall"]),
    ("requeue_event", &["oncall"]),
    ("discard_event", &["oncall"]),
    ("forget_channel", &["oncall"]),
    ("recount_events", &["oncall"]),
    ("notify_queue_usage", &["monitor", "oncall"]),
    ("purge_delivered", &["janitor"]),
    ("fold_tally", &[]),
    ("event_published", &[]),
    ("events_changed", &[]),
    ("event_removed", &[]),
    ("next_events", &[]),
    ("settle_deliveries", &[]),
];

/// The roles after the last TO.
fn grantees(grant: &Statement) -> Vec<&str> {
    let words = grant.words();
    let to = words.iter().rposition(|word| *word == "to").map_or(words.len(), |at| at + 1);
    words[to..].iter().copied().filter(|word| *word != ",").collect()
}

/// Flyway writes its history, and with `group` the next migrations, in the same transaction.
fn returned(script: &Script, report: &mut Report<'_>) {
    let (first, last) = (script.statements.first(), script.statements.last());
    for setting in ["role", "lock_timeout", "statement_timeout"] {
        let saved =
            format!("set_config('seasonscale.{setting}', pg_catalog.current_setting('{setting}'), true)");
        let restored =
            format!("set_config('{setting}', pg_catalog.current_setting('seasonscale.{setting}'), true)");
        let holds = first.is_some_and(|first| first.does(&saved).is_some())
            && last.is_some_and(|last| last.does(&restored).is_some());
        report.guarantee(holds, &format!("Flyway gets its own {setting} back"), last);
    }
    let limited =
        script.all("set local").filter(|set| set.says("lock_timeout") || set.says("statement_timeout"));
    report.guarantee(limited.count() == 2, "it waits for no lock for ever", None);
}

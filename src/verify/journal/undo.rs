//! Taking the journal back: it looks before it drops, drops nothing that is not the journal's, and cannot stop half-way.

use super::diags::Report;
use super::statements::{Script, Statement};
use crate::profile::Journal;

pub(super) fn check(journal: &Journal, script: &Script, report: &mut Report<'_>) {
    let schema = &journal.schema;
    let [statement] = script.statements.as_slice() else {
        report.guarantee(false, "taking it back is one statement, whole or not at all", None);
        return;
    };
    if journal.changes().is_some() {
        return put_back(journal, statement, report);
    }
    let at = |fragment: &str| statement.does(fragment);
    let steps = [
        at(&format!("set local role {}_owner", journal.prefix)),
        at(&format!("alter table {schema}.event_journal no force row level security")),
        at(&format!(
            "count(*) into v_open from {schema}.event_journal where delivered_at is null and discarded_at is null"
        )),
        at("if v_open > 0 and"),
        at("raise exception"),
        at("drop"),
    ];
    report.guarantee(
        steps.iter().all(Option::is_some) && steps.is_sorted(),
        "taking it back refuses while events are undelivered",
        Some(statement),
    );
    report.guarantee(
        at("cascade").is_none(),
        "taking it back refuses while anything else depends on it",
        Some(statement),
    );
    for object in
        ["event_journal", "journal_settings", "journal_listener", "journal_delivery", "journal_tally"]
    {
        let dropped = at("drop table").zip(at(&format!("{schema}.{object}")));
        report.guarantee(dropped.is_some(), &format!("taking it back removes {object}"), Some(statement));
    }
    report.guarantee(
        at(&format!("drop schema {schema};")).is_some(),
        "taking it back removes the schema",
        Some(statement),
    );
}

/// A later version is taken back to the one before, from what it kept.
fn put_back(journal: &Journal, statement: &Statement, report: &mut Report<'_>) {
    let (schema, version) = (&journal.schema, journal.version.value);
    let at = |fragment: &str| statement.does(fragment);
    let steps = [
        at(&format!("set local role {}_owner", journal.prefix)),
        at(&format!("from {schema}.journal_undo where version = {version}")),
        at(&format!("from {schema}.journal_undo where version > {version}")),
        at("if v_foreign > 0 then"),
        at("raise exception '% events of territories"),
        at(&format!("alter table {schema}.event_journal force row level security")),
        at(&format!("delete from {schema}.journal_undo where version = {version}")),
    ];
    report.guarantee(
        steps.iter().all(Option::is_some) && steps.is_sorted(),
        "taking it back refuses while events would be lost, or a later version is there",
        Some(statement),
    );
    report.guarantee(
        at("cascade").is_none() && at("drop schema").is_none() && at("truncate").is_none(),
        "taking it back keeps the events",
        Some(statement),
    );
}

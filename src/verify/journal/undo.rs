//! Taking the journal back: it looks before it drops, drops nothing that is not the journal's, and cannot stop half-way.

use super::diags::Report;
use super::statements::Script;
use crate::profile::Journal;

pub(super) fn check(journal: &Journal, script: &Script, report: &mut Report<'_>) {
    let schema = &journal.schema;
    let [statement] = script.statements.as_slice() else {
        report.guarantee(false, "taking it back is one statement, whole or not at all", None);
        return;
    };
    let at = |fragment: &str| statement.does(fragment);
    let steps = [
        at(&format!("set local role {}_owner", journal.prefix)),
        at(&format!("alter table {schema}.event_journal no force row level security")),
        at(&format!("count(*) into v_open from {schema}.event_journal where delivered_at is null")),
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
    for object in ["event_journal", "journal_settings", "journal_listener"] {
        let dropped = at("drop table").zip(at(&format!("{schema}.{object}")));
        report.guarantee(dropped.is_some(), &format!("taking it back removes {object}"), Some(statement));
    }
    report.guarantee(
        at(&format!("drop schema {schema};")).is_some(),
        "taking it back removes the schema",
        Some(statement),
    );
}

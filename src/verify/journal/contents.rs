//! What is in the journal: the settings and territories of the profile, a comment on everything, and the columns that the
//! exporter publishes.

use super::diags::Report;
use super::statements::{Script, Statement};
use crate::profile::{Journal, Profile};

/// The views' columns behind the metrics that alerts and scalers read, without the metrics' prefix.
const METRICS: [(&str, &[&str]); 3] = [
    ("notify_queue_status", &["usage_ratio"]),
    ("outbox_status", &["lag_seconds", "pending_events", "spilled_pending_events", "parked_events"]),
    ("listener_status", &["listeners"]),
];

pub(super) fn check(profile: &Profile, script: &Script, report: &mut Report<'_>) {
    settings(&profile.journal, script, report);
    territories(profile, script, report);
    metrics(&profile.journal, script, report);
    comments(script, report);
}

/// The thresholds of every document are the thresholds of the code (fault 7 of the predecessor: 80 % here, 70 % there).
fn settings(journal: &Journal, script: &Script, report: &mut Report<'_>) {
    let table = script.find(&format!("create table {}.journal_settings", journal.schema));
    let mut default = |column: &str, kind: &str, value: String| {
        let wanted = format!("{column} {kind} not null default {value} constraint");
        let holds = table.is_some_and(|table| table.says(&wanted));
        report.guarantee(holds, &format!("{column} begins as {value}"), table);
    };
    default("spill_ratio", "double precision", journal.spill_ratio.0.to_string());
    default("critical_ratio", "double precision", journal.critical_ratio.0.to_string());
    default("max_attempts", "bigint", journal.max_attempts.to_string());
    default("retention", "interval", format!("interval '{}'", journal.retention));

    let defaults = format!("insert into {}.journal_settings default values;", journal.schema);
    let filled: Vec<&Statement> = script.all("insert into").collect();
    let holds = filled.len() == 1 && filled[0].is(&defaults) && script.all("update").next().is_none();
    report.guarantee(holds, "the settings begin as their defaults, in one row", filled.first().copied());
}

fn territories(profile: &Profile, script: &Script, report: &mut Report<'_>) {
    let schema = &profile.journal.schema;
    let mut codes: Vec<String> = profile.territories.iter().map(|at| format!("'{}'", at.code)).collect();
    codes.sort_unstable();
    let table = script.find(&format!("create table {schema}.event_journal"));
    let check = format!("check (territory in ({}))", codes.join(", "));
    report.guarantee(
        table.is_some_and(|table| table.says(&check)),
        "a row belongs to one of the profile's territories",
        table,
    );
    let view = script.find(&format!("create view {schema}.outbox_status"));
    let rows: Vec<String> = codes.iter().map(|code| format!("({code})")).collect();
    let always = [
        format!("from (values {}) as t (territory)", rows.join(", ")),
        format!("left join {schema}.event_journal"),
    ];
    report.guarantee(
        view.is_some_and(|view| always.iter().all(|part| view.says(part))),
        "outbox_status has a row for each territory, always",
        view,
    );
}

fn metrics(journal: &Journal, script: &Script, report: &mut Report<'_>) {
    for (view, columns) in METRICS {
        let created = script.find(&format!("create view {}.{view}", journal.schema));
        for column in columns {
            let holds = created.is_some_and(|created| created.says(&format!("as {column}")));
            report.guarantee(holds, &format!("{view} gives the exporter {column}"), created);
        }
    }
}

/// Everything says what it is, where a person with psql looks for it.
fn comments(script: &Script, report: &mut Report<'_>) {
    for statement in &script.statements {
        for object in objects(statement) {
            let comment = script.find(&format!("comment on {object}"));
            report.guarantee(
                comment.is_some_and(|comment| !comment.says("is null")),
                &format!("{} has a comment", object.trim_end_matches(" is").trim_end_matches('(')),
                Some(statement),
            );
        }
    }
}

/// What a statement creates, as COMMENT ON names it.
fn objects(statement: &Statement) -> Vec<String> {
    let words = statement.words();
    match words.as_slice() {
        ["create", kind @ ("table" | "view"), schema, ".", name, ..] => {
            let columns =
                statement.columns.iter().map(|column| format!("column {schema}.{name}.{column} is"));
            [format!("{kind} {schema}.{name} is")].into_iter().chain(columns).collect()
        }
        ["create", "function", schema, ".", name, ..] => vec![format!("function {schema}.{name}(")],
        ["create", "unique", "index", name, "on", schema, ..]
        | ["create", "index", name, "on", schema, ..] => {
            vec![format!("index {schema}.{name} is")]
        }
        ["create", "policy", name, "on", schema, ".", table, ..] => {
            vec![format!("policy {name} on {schema}.{table} is")]
        }
        _ => Vec::new(),
    }
}

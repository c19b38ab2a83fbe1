//! What is in the journal: the settings and territories of the profile, a comment on everything, and the columns that the
//! exporter publishes.

use super::diags::Report;
use super::statements::{Script, Statement};
use crate::profile::{Journal, Profile};

/// The views' columns behind the metrics that alerts and scalers read, without the metrics' prefix.
pub(in crate::verify) const READ: [(&str, &[&str]); 4] = [
    ("notify_queue_status", &["usage_ratio", "oldest_transaction_seconds"]),
    ("outbox_status", &["lag_seconds", "pending_events", "spilled_pending_events", "parked_events"]),
    ("listener_status", &["listeners"]),
    ("retention_status", &["oldest_delivered_seconds"]),
];

pub(super) fn check((profile, journal): (&Profile, &Journal), script: &Script, report: &mut Report<'_>) {
    settings(journal, script, report);
    territories((profile, journal), script, report);
    metrics(journal, script, report);
    comments(script, report);
}

/// The thresholds of every document are the thresholds of the code (fault 7 of the predecessor: 80 % here, 70 % there).
fn settings(journal: &Journal, script: &Script, report: &mut Report<'_>) {
    let table = script.find(&format!("create table {}.journal_settings", journal.schema));
    for (column, kind, value) in defaults(journal) {
        let holds = begins_as(journal, script, column, kind, &value);
        report.guarantee(holds, &format!("{column} begins as {value}"), table);
    }
    let row = format!("insert into {}.journal_settings default values;", journal.schema);
    let filled: Vec<&Statement> = script.all("insert into").collect();
    let once = filled.len() == 1 && filled[0].is(&row);
    let holds = if journal.changes().is_some() { filled.is_empty() } else { once };
    report.guarantee(
        holds && script.all("update").next().is_none(),
        "the settings begin as their defaults, in one row",
        filled.first().copied(),
    );
}

/// Columns of the settings with their types and the values that they begin with.
fn defaults(journal: &Journal) -> [(&'static str, &'static str, String); 4] {
    [
        ("spill_ratio", "double precision", journal.spill_ratio.0.to_string()),
        ("critical_ratio", "double precision", journal.critical_ratio.0.to_string()),
        ("max_attempts", "bigint", journal.max_attempts.to_string()),
        ("retention", "interval", format!("interval '{}'", journal.retention)),
    ]
}

/// In the first version the column says it, in a later one a statement of its own.
fn begins_as(journal: &Journal, script: &Script, column: &str, kind: &str, value: &str) -> bool {
    let table = script.find(&format!("create table {}.journal_settings", journal.schema));
    let in_table = format!("{column} {kind} not null default {value} constraint");
    let later =
        format!("alter table {}.journal_settings alter column {column} set default {value};", journal.schema);
    table.is_some_and(|table| table.says(&in_table))
        || script.all("alter table").any(|statement| statement.is(&later))
}

/// The constraint that a row's territory must pass.
fn known_territories(profile: &Profile) -> String {
    let mut codes: Vec<String> = profile.territories.iter().map(|at| format!("'{}'", at.code)).collect();
    codes.sort_unstable();
    format!("check (territory in ({}))", codes.join(", "))
}

fn has_territories((profile, journal): (&Profile, &Journal), script: &Script) -> bool {
    let schema = &journal.schema;
    let check = known_territories(profile);
    let table = script.find(&format!("create table {schema}.event_journal"));
    let later =
        format!("alter table {schema}.event_journal add constraint event_journal_territory_ck {check};");
    table.is_some_and(|table| table.says(&check)) || script.all("alter table").any(|added| added.is(&later))
}

/// What the text of a released version, or of an older seasonscale, says otherwise than the profile.
pub(super) fn differences(profile: &Profile, script: &Script) -> Vec<String> {
    let Some(journal) = &profile.journal else { return Vec::new() };
    let mut others: Vec<String> = defaults(journal)
        .into_iter()
        .filter(|(column, kind, value)| !begins_as(journal, script, column, kind, value))
        .map(|(column, _, value)| format!("{column} is not {value} there"))
        .collect();
    if !has_territories((profile, journal), script) {
        others.push("the territories are others there".to_owned());
    }
    let setting = format!("current_setting('{}', true)", journal.territory_setting.replace('\'', "''"));
    let current = script.function(&format!("{}.current_territory", journal.schema));
    if !current.is_some_and(|current| current.says(&setting)) {
        others.push(format!("the schema or the setting of the territory is not {} there", journal.schema));
    }
    if script.place(&format!("set local role {}_owner;", journal.prefix)).is_none() {
        others.push(format!("the prefix of the roles is not {} there", journal.prefix));
    }
    others
}

fn territories((profile, journal): (&Profile, &Journal), script: &Script, report: &mut Report<'_>) {
    let schema = &journal.schema;
    report.guarantee(
        has_territories((profile, journal), script),
        "a row belongs to one of the profile's territories",
        script.find(&format!("create table {schema}.event_journal")),
    );
    let mut codes: Vec<String> = profile.territories.iter().map(|at| format!("'{}'", at.code)).collect();
    codes.sort_unstable();
    let view = script.find(&format!("create view {schema}.outbox_status"));
    let rows: Vec<String> = codes.iter().map(|code| format!("({code})")).collect();
    let always = [
        format!("from (values {}) as t (territory)", rows.join(", ")),
        "left join (select c.territory".to_owned(),
    ];
    report.guarantee(
        view.is_some_and(|view| always.iter().all(|part| view.says(part))),
        "outbox_status has a row for each territory, always",
        view,
    );
}

fn metrics(journal: &Journal, script: &Script, report: &mut Report<'_>) {
    for (view, columns) in READ {
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
        ["create", "trigger", name, ..] | ["create", "constraint", "trigger", name, ..] => {
            vec![format!("trigger {name} on")]
        }
        _ => Vec::new(),
    }
}

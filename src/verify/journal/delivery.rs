//! No event is lost, none is delivered twice in one commit, and NOTIFY cannot hurt the business.

use super::diags::Report;
use super::statements::{Script, Statement};
use crate::profile::Journal;

pub(super) fn check(journal: &Journal, script: &Script, report: &mut Report<'_>) {
    publish(journal, script, report);
    notifications(script, report);
    drain(journal, script, report);
    fail(journal, script, report);
    replay(journal, script, report);
    purge(journal, script, report);
    listeners(journal, script, report);
}

/// A function, and what it must do, each with the guarantee that it gives.
fn requires(
    journal: &Journal,
    script: &Script,
    report: &mut Report<'_>,
    name: &str,
    required: &[(&str, &str)],
) {
    let schema = &journal.schema;
    let function = script.function(&format!("{schema}.{name}"));
    for (fragment, what) in required {
        let fragment = fragment.replace("{schema}", schema.as_str());
        let holds = function.is_some_and(|function| function.does(&fragment).is_some());
        report.guarantee(holds, what, function);
    }
}

fn publish(journal: &Journal, script: &Script, report: &mut Report<'_>) {
    let limit =
        "select case when v_critical then s.critical_ratio else s.spill_ratio end into strict v_limit";
    requires(
        journal,
        script,
        report,
        "publish_event",
        &[
            (
                "if v_territory is null or p_territory is distinct from v_territory then raise exception",
                "an event is published in its own territory only",
            ),
            (limit, "critical events are notified up to critical_ratio, all others up to spill_ratio"),
            (
                "v_route := case when v_usage < v_limit then 'notify' else 'journal' end",
                "from its limit on an event goes to the journal without a wake-up",
            ),
            (
                "on conflict (territory, channel, dedup_key) where dedup_key is not null do nothing",
                "publication is idempotent by key",
            ),
            ("if v_route = 'notify' then perform pg_notify", "a wake-up is sent on the notify route only"),
        ],
    );
    let function = script.function(&format!("{}.publish_event", journal.schema));
    let at = |fragment: &str| function.and_then(|function| function.does(fragment));
    let insert = at(&format!("insert into {}.event_journal", journal.schema));
    let notify = at("pg_notify (");
    report.guarantee(
        insert.zip(notify).is_some_and(|(insert, notify)| insert < notify),
        "an event is a row before anybody is notified",
        function,
    );
}

/// NOTIFY knows no row-level security, and refuses 8000 bytes with an error that aborts the business transaction.
fn notifications(script: &Script, report: &mut Report<'_>) {
    let what = "a notification carries the channel and the territory only, never a payload";
    for statement in &script.statements {
        let known = ["pg_notify(p_channel, p_territory)", "pg_notify(v_row.channel, v_row.territory)"];
        let known: usize = known.iter().map(|call| statement.times(call)).sum();
        let plain = statement.times("notify") == 0 && !statement.is_command("notify");
        report.guarantee(statement.times("pg_notify") == known && plain, what, Some(statement));
    }
}

fn drain(journal: &Journal, script: &Script, report: &mut Report<'_>) {
    requires(
        journal,
        script,
        report,
        "drain_events",
        &[
            ("limit v_limit for update skip locked", "two consumers never take one event"),
            (
                "where j.channel = p_channel and j.delivered_at is null and j.failed_at is null and j.available_at <= clock_timestamp()",
                "only what is pending and due is taken",
            ),
            ("order by j.id limit", "the oldest are taken first"),
            (
                "update {schema}.event_journal as j set delivered_at = clock_timestamp()",
                "what is taken is marked",
            ),
        ],
    );
}

fn fail(journal: &Journal, script: &Script, report: &mut Report<'_>) {
    requires(
        journal,
        script,
        report,
        "fail_event",
        &[
            ("j.attempts + 1 >= s.max_attempts", "an event is parked after max_attempts"),
            ("available_at = clock_timestamp() + least(", "a failed event backs off"),
            ("for update skip locked", "a failure waits for nobody who has the event in hand"),
        ],
    );
}

fn replay(journal: &Journal, script: &Script, report: &mut Report<'_>) {
    requires(
        journal,
        script,
        report,
        "requeue_events",
        &[
            ("j.created_at >= p_from and j.created_at < p_to", "a replay takes a half-open range of time"),
            (
                "and (j.failed_at is not null or j.delivered_at is not null and not",
                "a replay takes nothing that is pending",
            ),
            ("pending_since = clock_timestamp()", "a replay does not look like an old backlog"),
        ],
    );
    let case = "v_usage < case when j.critical then s.critical_ratio else s.spill_ratio end";
    requires(journal, script, report, "wake_pending", &[(case, "waking respects the limits of the queue")]);
}

fn purge(journal: &Journal, script: &Script, report: &mut Report<'_>) {
    requires(
        journal,
        script,
        report,
        "purge_delivered",
        &[
            (
                "v_before timestamptz := clock_timestamp() - (select s.retention from {schema}.journal_settings as s)",
                "retention is the setting's",
            ),
            (
                "delete from {schema}.event_journal as j where j.delivered_at < v_before and j.id in (",
                "only delivered events are purged, after the retention",
            ),
        ],
    );
    let deletes = |statement: &Statement| statement.times("delete from") + statement.times("truncate");
    let all: usize = script.statements.iter().map(deletes).sum();
    let heartbeats = script.function(&format!("{}.listener_alive", journal.schema)).map_or(0, deletes);
    report.guarantee(all == heartbeats + 1, "nothing but retention removes events", None);
}

fn listeners(journal: &Journal, script: &Script, report: &mut Report<'_>) {
    requires(
        journal,
        script,
        report,
        "listener_alive",
        &[(
            "from pg_listening_channels() as c (channel) order by c.channel on conflict",
            "a heartbeat counts for channels that its session listens on",
        )],
    );
}

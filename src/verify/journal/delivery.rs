//! No event is lost, none is delivered twice in one commit, and NOTIFY cannot hurt the business.

use super::diags::Report;
use super::statements::Script;
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
    let limit = "case when p_critical then s.critical_ratio else s.spill_ratio end";
    let route = format!("case when u.usage < {limit} then 'notify' else 'journal' end, u.usage");
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
            (&route, "from its limit on an event goes to the journal without a wake-up"),
            (
                "on conflict (territory, channel, dedup_key) where dedup_key is not null do nothing",
                "publication is idempotent by key",
            ),
        ],
    );
    wake_up(journal, script, report);
}

/// The wake-up is the last that a transaction does, and one at a time: PostgreSQL holds one lock over all databases from the
/// end of a transaction that has notified to the end of its commit.
fn wake_up(journal: &Journal, script: &Script, report: &mut Report<'_>) {
    let schema = &journal.schema;
    let lock = format!(
        "pg_try_advisory_xact_lock(hashtextextended('{schema}.' || new.channel || '.' || new.territory, 0))"
    );
    let guarded = format!("if new.route = 'notify' and {lock} then perform pg_notify");
    requires(
        journal,
        script,
        report,
        "event_published",
        &[(
            &guarded,
            "a wake-up is sent on the notify route only, one at a time for each channel and territory",
        )],
    );
    let trigger = format!(
        "create constraint trigger event_journal_published_tg after insert on {schema}.event_journal deferrable initially deferred for each row execute function {schema}.event_published();"
    );
    report.guarantee(
        script.statements.iter().any(|statement| statement.is(&trigger)),
        "an event is a row before anybody is notified",
        script.function(&format!("{schema}.event_published")),
    );
}

/// NOTIFY knows no row-level security, and refuses 8000 bytes with an error that aborts the business transaction.
fn notifications(script: &Script, report: &mut Report<'_>) {
    let what = "a notification carries the channel and the territory only, never a payload";
    for statement in &script.statements {
        let known = ["pg_notify(new.channel, new.territory)", "pg_notify(v_row.channel, v_row.territory)"];
        let known: usize = known.iter().map(|call| statement.times(call)).sum();
        let plain = statement.times("notify") == 0 && !statement.is_command("notify");
        report.guarantee(statement.times("pg_notify") == known && plain, what, Some(statement));
    }
}

fn drain(journal: &Journal, script: &Script, report: &mut Report<'_>) {
    let schema = &journal.schema;
    let next = script.function(&format!("{schema}.next_events"));
    let times = |fragment: &str| next.map_or(0, |next| next.times(fragment));
    let selects = times("select j.id from");
    report.guarantee(
        selects > 0 && times("for update skip locked") == selects,
        "two consumers never take one event",
        next,
    );
    let pending = "j.channel = p_channel and j.delivered_at is null and j.failed_at is null and j.";
    let due = times("j.available_at <= v_now");
    report.guarantee(times(pending) == selects && due == 2, "only what is pending and due is taken", next);
    let in_order = ["order by j.available_at, j.id limit", "order by j.pending_since, j.id limit"].map(times);
    report.guarantee(in_order == [2, 1], "the oldest are taken first", next);
    requires(
        journal,
        script,
        report,
        "next_events",
        &[(
            "j.died > 0 and j.available_at <= v_now and j.id <> all(p_taken) order by j.died, j.available_at, j.id limit 1",
            "a suspect is delivered alone",
        )],
    );
    requires(
        journal,
        script,
        report,
        "drain_events",
        &[
            (
                "update {schema}.event_journal as j set delivered_at = clock_timestamp()",
                "what is taken is marked",
            ),
            (
                "delete from {schema}.journal_delivery as d where d.id = p_delivery",
                "a delivery that commits is no longer noted as begun",
            ),
            (
                "j.id = any(v_events) and j.delivered_at is null and j.failed_at is null order by j.id for update skip locked",
                "a delivery takes only what is still pending and in no other hands",
            ),
        ],
    );
    requires(
        journal,
        script,
        report,
        "settle_deliveries",
        &[
            ("for update of d skip locked", "a delivery that lives is not counted as dead"),
            (
                "j.attempts + 1 >= s.max_attempts",
                "an event whose deliveries die is parked after max_attempts",
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
    let case = "v_usage < (select case when sum(t.critical) > 0 then s.critical_ratio else s.spill_ratio end";
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
                "delete from {schema}.event_journal as j where j.delivered_at < v_before and j.id = any(v_ids)",
                "only delivered events are purged, after the retention",
            ),
        ],
    );
    let events = format!("delete from {}.event_journal", journal.schema);
    let all: usize = script
        .statements
        .iter()
        .map(|statement| statement.times(&events) + statement.times("truncate"))
        .sum();
    report.guarantee(all == 1, "nothing but retention removes events", None);
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

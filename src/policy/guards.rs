//! `[gates]`, `[journal]` and `[cost]`: limits, the event journal, prices.

use super::decode::{Problems, Table, Value};
use super::diags;
use super::platform;
use super::scalar;
use super::territory::ratio;
use crate::name::SqlName;
use crate::profile::{Cost, Gates, Journal};
use crate::quantity::{Rate, Ratio, Seconds};
use crate::source::{Located, Span};

pub(super) fn gates(root: &mut Table<'_>, problems: &mut Problems) -> Option<Gates> {
    let mut table = root.need_table("gates", problems)?;
    let objective = table.need("latency-objective", problems);
    let objective = objective.and_then(|value| Some((value.span, ratio(value, problems)?)));
    let minimal_rate = table.need("minimal-rps", problems).and_then(|value| value.number(problems));
    let outbox_lag = duration(&mut table, "outbox-lag", problems);
    let outbox_depth = table.need("outbox-depth", problems).and_then(|value| value.whole(problems));
    let credit_checks =
        table.need("credit-checks-in-flight", problems).and_then(|value| value.whole(problems));
    let idle_for = duration(&mut table, "prescale-idle-for", problems);
    let idle_share = table.need("prescale-idle-share", problems);
    let idle_share = idle_share.and_then(|value| idle_share_that_can_be_undercut(value, problems));
    let start_up = duration(&mut table, "start-up", problems);
    table.finish(problems);
    let (objective_at, objective) = objective?;
    let gates = Gates {
        latency_objective: objective,
        minimal_rate: Rate(minimal_rate?.value),
        outbox_lag: outbox_lag?,
        outbox_depth: outbox_depth?.value,
        credit_checks_in_flight: credit_checks?.value,
        idle_for: idle_for?,
        idle_share: idle_share?,
        start_up: start_up?,
    };
    check_burns(&gates, objective_at, problems);
    Some(gates)
}

/// Says which alerts on the error budget are left out, because no share of the requests is large enough for them.
fn check_burns(gates: &Gates, at: Span, problems: &mut Problems) {
    let burns =
        [(14.4, "LatencyBudgetFastBurn"), (6.0, "LatencyBudgetMediumBurn"), (1.0, "LatencyBudgetSlowBurn")];
    let lost: Vec<&str> =
        burns.iter().filter(|(times, _)| !gates.can_burn(*times)).map(|(_, name)| *name).collect();
    if !lost.is_empty() {
        problems.push(diags::burn_never_fires(&lost, gates.error_budget(), at));
    }
}

pub(super) fn journal(root: &mut Table<'_>, problems: &mut Problems) -> Option<Journal> {
    let mut table = root.need_table("journal", problems)?;
    let version = positive(&mut table, "version", problems);
    let description = sql_name(&mut table, "description", problems);
    let released = table.get("released").map_or_else(Vec::new, |value| versions(value, version, problems));
    let schema = sql_name(&mut table, "schema", problems);
    let prefix = sql_name(&mut table, "prefix", problems);
    let setting = table.need("territory-setting", problems).and_then(|value| {
        let wanted = "a custom setting of PostgreSQL such as \"app.territory\"";
        value.parsed(wanted, custom_setting, problems)
    });
    let spill = table.need("spill-ratio", problems);
    let spill_ratio = spill.and_then(|value| queue_share_that_can_be_passed(value, problems));
    let critical = table.need("critical-ratio", problems);
    let critical_ratio = critical.and_then(|value| queue_share_that_can_be_passed(value, problems));
    let retention = duration(&mut table, "retention", problems);
    let max_attempts = positive(&mut table, "max-attempts", problems);
    table.finish(problems);
    let (spill_ratio, critical_ratio) = (spill_ratio?, critical_ratio?);
    if critical_ratio < spill_ratio {
        let span = critical?.span;
        problems.push(diags::bad_value("critical-ratio", "a share that is not below `spill-ratio`", span));
    }
    Some(Journal {
        version: version?,
        description: description?,
        released,
        schema: schema?,
        prefix: prefix?,
        territory_setting: setting?.value,
        spill_ratio,
        critical_ratio,
        retention: retention?,
        max_attempts: max_attempts?.value,
    })
}

/// Versions, in ascending order, none of them above the journal's own: Flyway would apply that one too late.
fn versions(value: Value<'_>, own: Option<Located<u32>>, problems: &mut Problems) -> Vec<u32> {
    let listed = value.list(problems).unwrap_or_default();
    let listed: Vec<Located<u32>> = listed.iter().filter_map(|version| version.whole(problems)).collect();
    let wanted = "versions that are not above `version`, such as [226]";
    for released in &listed {
        if released.value == 0 || own.is_some_and(|own| released.value > own.value) {
            problems.push(diags::bad_value("released", wanted, released.span));
        }
    }
    let mut versions: Vec<u32> = listed.iter().map(|version| version.value).collect();
    versions.sort_unstable();
    versions.dedup();
    versions
}

pub(super) fn cost(root: &mut Table<'_>, problems: &mut Problems) -> Option<Cost> {
    let mut table = root.need_table("cost", problems)?;
    let pod_hour = table.need("pod-hour", problems).and_then(|value| value.number(problems));
    let currency = table.need("currency", problems).and_then(|value| platform::text(value, problems));
    table.finish(problems);
    Some(Cost { pod_hour: pod_hour?.value, currency: currency? })
}

/// No load is below nothing: PreScaleWithoutLoad could never fire.
fn idle_share_that_can_be_undercut(value: Value<'_>, problems: &mut Problems) -> Option<Ratio> {
    let share = ratio(value, problems)?;
    if share.0 == 0.0 {
        let wanted = "a share above 0, such as 0.25: no load is below 0, so that the alert could never fire";
        problems.push(diags::bad_value(value.key, wanted, value.span));
        return None;
    }
    Some(share)
}

/// A queue is never more than full: above 1 no alert could fire, and at 1 each transaction that notifies fails already.
fn queue_share_that_can_be_passed(value: Value<'_>, problems: &mut Problems) -> Option<Ratio> {
    let share = ratio(value, problems)?;
    if share.0 == 1.0 {
        let wanted = "a share below 1, such as 0.7: a queue is never more than full, so that the alert could never fire";
        problems.push(diags::bad_value(value.key, wanted, value.span));
        return None;
    }
    Some(share)
}

fn duration<'t>(table: &mut Table<'t>, key: &'t str, problems: &mut Problems) -> Option<Seconds> {
    let value = table.need(key, problems)?;
    Some(value.parsed("a duration such as \"60s\" or \"30m\"", scalar::seconds, problems)?.value)
}

fn positive<'t>(table: &mut Table<'t>, key: &'t str, problems: &mut Problems) -> Option<Located<u32>> {
    let value = table.need(key, problems)?;
    let number = value.whole(problems)?;
    if number.value == 0 {
        problems.push(diags::bad_value(key, "a whole number from 1 on", number.span));
    }
    Some(number)
}

fn sql_name<'t>(table: &mut Table<'t>, key: &'t str, problems: &mut Problems) -> Option<SqlName> {
    let value = table.need(key, problems)?;
    Some(value.name(SqlName::RULE, SqlName::parse, problems)?.value)
}

fn custom_setting(text: &str) -> Option<String> {
    let (class, name) = text.split_once('.')?;
    (SqlName::parse(class).is_some() && SqlName::parse(name).is_some()).then(|| text.to_owned())
}

//! `[gates]`, `[journal]` and `[cost]`: limits, the event journal, prices.

use super::container;
use super::decode::{Problems, Table, Value};
use super::diags;
use super::reader::{self, ratio};
use super::scalar;
use crate::name::{KubeName, Slug, SqlName};
use crate::profile::{Cost, Gates, Journal, Purge};
use crate::quantity::{Rate, Ratio, Seconds};
use crate::source::{Located, Span};
use crate::time::TimeOfDay;

/// Ten years, which is the most that the journal's own settings take.
const LONGEST_RETENTION: u32 = 3650 * 86_400;

/// What holds where `[gates]`, or a key of it, is left out.
const DEFAULT: Gates = Gates {
    latency_objective: Ratio(0.95),
    minimal_rate: Rate(0.2),
    outbox_lag: Seconds(60),
    outbox_depth: 500,
    idle_for: Seconds(1800),
    idle_share: Ratio(0.25),
    start_up: Seconds(120),
};

pub(super) fn gates(root: &mut Table<'_>, problems: &mut Problems) -> Option<Gates> {
    let mut table = root.table_or_empty("gates", problems);
    let objective = table.get("latency-objective").map(|value| (value.span, ratio(value, problems)));
    let minimal_rate = table.get("minimal-rps").and_then(|value| value.number(problems));
    let mut time = |key| table.get(key).and_then(|value| duration(value, problems));
    let (outbox_lag, idle_for, start_up) = (time("outbox-lag"), time("prescale-idle-for"), time("start-up"));
    let outbox_depth = table.get("outbox-depth").and_then(|value| value.whole(problems));
    if let Some(moved) = table.moved("credit-checks-in-flight") {
        problems.push(diags::credit_checks_moved(moved));
    }
    let idle_share = table.get("prescale-idle-share");
    let idle_share = idle_share.map(|value| idle_share_that_can_be_undercut(value, problems));
    table.finish(problems);
    let gates = Gates {
        latency_objective: objective.map_or(Some(DEFAULT.latency_objective), |(_, objective)| objective)?,
        minimal_rate: minimal_rate.map_or(DEFAULT.minimal_rate, |rate| Rate(rate.value)),
        outbox_lag: outbox_lag.unwrap_or(DEFAULT.outbox_lag),
        outbox_depth: outbox_depth.map_or(DEFAULT.outbox_depth, |depth| depth.value),
        idle_for: idle_for.unwrap_or(DEFAULT.idle_for),
        idle_share: idle_share.unwrap_or(Some(DEFAULT.idle_share))?,
        start_up: start_up.unwrap_or(DEFAULT.start_up),
    };
    if let Some((at, _)) = objective {
        check_burns(&gates, at, problems);
    }
    Some(gates)
}

/// Says which alerts on the error budget are left out, because no share of the requests is large enough for them; and refuses
/// an objective without a budget, which a single slow answer would burn.
fn check_burns(gates: &Gates, at: Span, problems: &mut Problems) {
    if gates.error_budget().0 <= 0.0 {
        let wanted = "a share below 1, such as 0.999: without an error budget each slow answer is an alert";
        problems.push(diags::bad_value("latency-objective", wanted, at));
    }
    let burns =
        [(14.4, "LatencyBudgetFastBurn"), (6.0, "LatencyBudgetMediumBurn"), (1.0, "LatencyBudgetSlowBurn")];
    let lost: Vec<&str> =
        burns.iter().filter(|(times, _)| !gates.can_burn(*times)).map(|(_, name)| *name).collect();
    if !lost.is_empty() {
        problems.push(diags::burn_never_fires(&lost, gates.error_budget(), at));
    }
}

/// Nothing where it is there and cannot be read.
pub(super) fn journal(root: &mut Table<'_>, problems: &mut Problems) -> Option<Option<Journal>> {
    if !root.has("journal") {
        return Some(None);
    }
    let mut table = root.get_table("journal", problems)?;
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
    let retention = table.need("retention", problems).and_then(|value| retention(value, problems));
    let max_attempts = positive(&mut table, "max-attempts", problems);
    let purge = table.get("purge").map(|value| purge(value, problems));
    table.finish(problems);
    let (spill_ratio, critical_ratio) = (spill_ratio?, critical_ratio?);
    if critical_ratio < spill_ratio {
        let span = critical?.span;
        problems.push(diags::bad_value("critical-ratio", "a share that is not below `spill-ratio`", span));
    }
    Some(Some(Journal {
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
        purge: purge.map_or(Some(None), |purge| purge.map(Some))?,
    }))
}

fn retention(value: Value<'_>, problems: &mut Problems) -> Option<Seconds> {
    let retention = duration(value, problems)?;
    if retention.0 > LONGEST_RETENTION {
        problems.push(diags::bad_value(
            value.key,
            "a duration of ten years at most, such as \"30d\"",
            value.span,
        ));
        return None;
    }
    Some(retention)
}

/// `[journal.purge]`: who removes what was delivered long ago, and when.
fn purge(value: Value<'_>, problems: &mut Problems) -> Option<Purge> {
    let mut table = value.table("`[journal.purge]`", problems)?;
    let image = table.need("image", problems).and_then(|value| {
        value.parsed("an image with psql, such as \"docker.io/library/postgres:18\"", one_image, problems)
    });
    let secret = table
        .need("secret", problems)
        .and_then(|value| value.name(KubeName::RULE, KubeName::parse, problems));
    let name = table.get("name").map(|value| value.name(Slug::RULE, Slug::parse, problems));
    let at = table.get("at").map(|value| value.parsed("a time of day such as \"03:17\"", time, problems));
    table.finish(problems);
    Some(Purge {
        name: name.map_or_else(|| Slug::parse("journal-purge"), |name| name.map(|name| name.value))?,
        image: image?.value,
        secret: secret?.value,
        at: at.map_or_else(|| TimeOfDay::new(3, 17), |at| at.map(|at| at.value))?,
    })
}

/// An image that is the same everywhere.
fn one_image(text: &str) -> Option<String> {
    container::image(text).filter(|image| !image.contains('{'))
}

fn time(text: &str) -> Option<TimeOfDay> {
    TimeOfDay::parse(text).filter(|time| *time != TimeOfDay::END_OF_DAY)
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

/// Nothing where it is there and cannot be read.
pub(super) fn cost(root: &mut Table<'_>, problems: &mut Problems) -> Option<Option<Cost>> {
    if !root.has("cost") {
        return Some(None);
    }
    let mut table = root.get_table("cost", problems)?;
    let pod_hour = table.need("pod-hour", problems).and_then(|value| value.number(problems));
    let currency = table.need("currency", problems).and_then(|value| reader::text(value, problems));
    table.finish(problems);
    Some(Some(Cost { pod_hour: pod_hour?.value, currency: currency? }))
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

fn duration(value: Value<'_>, problems: &mut Problems) -> Option<Seconds> {
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

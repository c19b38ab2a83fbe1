//! `[limits.*]`: metrics of the business's own, and the most that each may be.

use super::decode::{Problems, Table};
use super::diags;
use super::reader;
use crate::name::{MetricName, Slug};
use crate::profile::{LimitSeverity, MetricLimit};

/// Alerts of this program that a limit's name could come to: `outbox-lag` would be a second `OutboxLagHigh`.
const TAKEN: [&str; 5] =
    ["NotifyQueueHigh", "OutboxLagHigh", "OutboxDepthHigh", "TerritoryLatencyHigh", "WorkloadLatencyHigh"];

const SEVERITIES: [LimitSeverity; 3] = [LimitSeverity::Critical, LimitSeverity::Warning, LimitSeverity::Info];

pub(super) fn read(root: &mut Table<'_>, problems: &mut Problems) -> Vec<MetricLimit> {
    let mut limits: Vec<MetricLimit> = Vec::new();
    for (value, mut table) in root.children("limits", "limit", problems) {
        let name = value.key_name(Slug::RULE, Slug::parse, problems);
        let limit = read_one(name, &mut table, problems);
        table.finish(problems);
        let Some(limit) = limit else { continue };
        // A section of the runbook is found by its alert's name in lower case.
        let alert = limit.alert().to_lowercase();
        let others = limits.iter().map(MetricLimit::alert);
        let taken = others.chain(TAKEN.map(str::to_owned)).find(|other| other.to_lowercase() == alert);
        if let Some(taken) = taken {
            problems.push(diags::limit_name_taken(value.key, &taken, value.key_span));
        }
        limits.push(limit);
    }
    limits
}

fn read_one(name: Option<Slug>, table: &mut Table<'_>, problems: &mut Problems) -> Option<MetricLimit> {
    let title = table.get("title").and_then(|value| reader::text(value, problems));
    let metric = table
        .need("metric", problems)
        .and_then(|value| value.name(MetricName::RULE, MetricName::parse, problems));
    let most = table.need("most", problems).and_then(|value| value.number(problems));
    let per = table.get("per");
    let per = per.map(|value| value.name(MetricName::RULE, MetricName::parse, problems));
    let severity = table.get("severity").map(|value| {
        let parse = |text: &str| SEVERITIES.into_iter().find(|severity| severity.as_str() == text);
        value.parsed("\"critical\", \"warning\" or \"info\"", parse, problems)
    });
    let name = name?;
    Some(MetricLimit {
        title: title.unwrap_or_else(|| sentence(&name)),
        metric: metric?.value,
        most: most?.value,
        per: per.map_or(Some(None), |per| Some(Some(per?.value)))?,
        severity: severity.map_or(Some(LimitSeverity::Warning), |severity| Some(severity?.value))?,
        name,
        span: table.span,
    })
}

/// `credit-checks` as `Credit checks`.
fn sentence(name: &Slug) -> String {
    let words = name.as_str().replace('-', " ");
    words[..1].to_ascii_uppercase() + &words[1..]
}

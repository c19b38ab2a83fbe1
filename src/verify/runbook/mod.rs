//! The runbook, read back: its tables against the plan, a whole section for every alert, no link into nowhere.
//!
//! Every figure of the plan stands in a table, so that it can be found again; what a table must say is worked out here from
//! the plan, in code of its own.

mod diags;
mod expected;
pub(in crate::verify) mod markdown;

use std::collections::{BTreeMap, BTreeSet};

use crate::artifact::{Artifact, ArtifactKind};
use crate::finding::Diagnostic;
use crate::plan::Plan;
use crate::profile::{Guard, HttpWorkload, MetricLimit};
use crate::quantity::Millis;
use diags::Report;
use markdown::{Document, plain};

/// The alerts that link here. Each has a section of its own.
const ALERTS: [&str; 34] = [
    "TerritoryLatencyHigh",
    "WorkloadLatencyHigh",
    "LatencyAboveScalerGuard",
    "LatencyEmergency",
    "RequestsFailing",
    "LatencyBudgetFastBurn",
    "LatencyBudgetMediumBurn",
    "LatencyBudgetSlowBurn",
    "ScalerAtMaxReplicas",
    "ScalerErrors",
    "ReplicasBelowFloor",
    "NoReplicaReady",
    "TargetNotScaled",
    "ScaledObjectPausedInSeason",
    "ScaleTargetMissing",
    "ScheduleDrift",
    "PreScaleWithoutLoad",
    "NotifyQueueHigh",
    "NotifyQueueCritical",
    "OutboxLagHigh",
    "OutboxDepthHigh",
    "OutboxEventsParked",
    "JournalListenerAbsent",
    "JournalRetentionBehind",
    "SeasonalPlanExpiresSoon",
    "SeasonalPlanNotBegun",
    "SeasonalPlanExpired",
    "TerritoryMetricsAbsent",
    "PodsNotScraped",
    "TerritoryLabelMissing",
    "LatencyBucketMissing",
    "KedaMetricsAbsent",
    "KubeStateMetricsAbsent",
    "JournalMetricsAbsent",
];

/// What every section of an alert has.
const PARTS: [&str; 6] = ["Means", "Hurt", "First look", "Act", "Way back", "Escalate"];

pub(super) fn verify(plan: &Plan, artifact: &Artifact) -> Vec<Diagnostic> {
    let document = Document::read(&artifact.text);
    let mut report = Report::new(plan, &artifact.path);
    for table in expected::tables(plan) {
        compare(&document, &table, &mut report);
    }
    lines(plan, &document, &mut report);
    validity(plan, &document, &mut report);
    alerts(plan, &document, &mut report);
    form(&document, &mut report);
    report.found
}

/// Every expected row stands in the table under its heading, and no other row does.
fn compare(document: &Document<'_>, table: &expected::Table, report: &mut Report<'_>) {
    let Some(found) = document.table(table.section, table.columns) else {
        report.table_missing(table);
        return;
    };
    let there: BTreeSet<&Vec<String>> = found.rows.iter().map(|(_, cells)| cells).collect();
    let wanted: BTreeSet<&Vec<String>> = table.rows.iter().map(|row| &row.cells).collect();
    let strange: Vec<_> = found.rows.iter().filter(|(_, cells)| !wanted.contains(cells)).collect();
    let missing: Vec<_> = table.rows.iter().filter(|row| !there.contains(&row.cells)).collect();
    for row in &missing {
        report.row(table, row, strange.iter().find(|(_, cells)| alike(cells, &row.cells)).copied());
    }
    for (line, cells) in strange {
        if !missing.iter().any(|row| alike(cells, &row.cells)) {
            report.row_unknown(table, *line, cells);
        }
    }
}

/// Every expected line stands in its section.
fn lines(plan: &Plan, document: &Document<'_>, report: &mut Report<'_>) {
    let sections: BTreeMap<String, BTreeSet<String>> = document
        .sections
        .iter()
        .map(|section| {
            (
                plain(section.title),
                document.lines[section.lines.clone()].iter().map(|line| plain(line)).collect(),
            )
        })
        .collect();
    for line in expected::lines(plan) {
        let found = sections.get(&line.section).is_some_and(|lines| lines.contains(&line.text));
        if !found {
            report.text_missing(&line.section, &line.text, line.span);
        }
    }
}

/// Whether two rows are about the same thing: most of their cells agree.
fn alike(one: &[String], other: &[String]) -> bool {
    let equal = one.iter().zip(other).filter(|(a, b)| a == b).count();
    one.len() == other.len() && 2 * equal >= one.len() && one.first() == other.first()
}

fn validity(plan: &Plan, document: &Document<'_>, report: &mut Report<'_>) {
    let last = plan.horizon.until.plus_days(-1);
    let wanted = format!("Holds from {} to {last}.", plan.horizon.from);
    if !document.lines.iter().any(|line| *line == wanted) {
        report.text_missing("the head", &wanted, plan.horizon_span);
    }
}

/// Whether the profile has what an alert is about.
fn is_wanted(plan: &Plan, alert: &str) -> bool {
    let profile = &plan.profile;
    let budget = 1.0 - profile.gates.latency_objective.0;
    let budget = (budget * 1e6).round() / 1e6;
    let limited = |limit: fn(&HttpWorkload) -> Option<Millis>| {
        profile.http_workloads().any(|(_, http)| limit(http).is_some())
    };
    let is_counted = profile.http_workloads().any(|(_, http)| http.own.is_none());
    match alert {
        "TerritoryLatencyHigh" | "LatencyBucketMissing" => profile.promises_latency(),
        // A budget may be so large that an alert on it could never fire.
        "LatencyBudgetFastBurn" => profile.promises_latency() && 14.4 * budget < 1.0,
        "LatencyBudgetMediumBurn" => profile.promises_latency() && 6.0 * budget < 1.0,
        "LatencyBudgetSlowBurn" => profile.promises_latency() && budget < 1.0,
        "WorkloadLatencyHigh" => limited(|http| http.p95_gate),
        "LatencyEmergency" => limited(|http| http.p95_emergency),
        "LatencyAboveScalerGuard" => {
            profile.targets.iter().any(|target| matches!(target.guard, Some(Guard::Latency(_))))
        }
        "ScalerAtMaxReplicas" => profile.targets.iter().any(|target| target.per_replica.is_some()),
        "PreScaleWithoutLoad" => profile.http_workloads().next().is_some(),
        "TerritoryMetricsAbsent" | "PodsNotScraped" | "RequestsFailing" => is_counted,
        "TerritoryLabelMissing" => profile.platform.metrics.has_places() && is_counted,
        "NotifyQueueHigh"
        | "NotifyQueueCritical"
        | "OutboxLagHigh"
        | "OutboxDepthHigh"
        | "OutboxEventsParked"
        | "JournalListenerAbsent"
        | "JournalRetentionBehind"
        | "JournalMetricsAbsent" => profile.journal.is_some(),
        _ => true,
    }
}

fn alerts(plan: &Plan, document: &Document<'_>, report: &mut Report<'_>) {
    let made = plan.profile.makes(ArtifactKind::Alerts);
    let own: Vec<String> = plan.profile.limits.iter().map(MetricLimit::alert).collect();
    for alert in ALERTS.into_iter().chain(own.iter().map(String::as_str)) {
        let is_there = made && (own.iter().any(|own| own == alert) || is_wanted(plan, alert));
        if !is_there {
            if let Some(section) = document.sections.iter().find(|section| section.title == alert) {
                report.form(
                    &format!("there is no alert {alert}, and a section on it"),
                    Some(section.lines.start),
                );
            }
            continue;
        }
        let sections: Vec<_> = document.sections.iter().filter(|section| section.title == alert).collect();
        let [section] = sections[..] else {
            report.section_count(alert, sections.len());
            continue;
        };
        let body = &document.lines[section.lines.clone()];
        for part in PARTS {
            if !body.iter().any(|line| line.starts_with(&format!("* **{part}**"))) {
                report.part_missing(alert, part, section.lines.start);
            }
        }
        if !body.iter().any(|line| line.contains("| decide |")) {
            report.part_missing(alert, "decide", section.lines.start);
        }
    }
}

fn form(document: &Document<'_>, report: &mut Report<'_>) {
    for (line, anchor) in document.links() {
        if !document.sections.iter().any(|section| section.anchor == anchor) {
            report.link(line, anchor);
        }
    }
    if !document.fences_balance() {
        report.form("a code block is not closed", None);
    }
    for (at, line) in document.lines.iter().enumerate() {
        if ["<<", "<%", "%>"].iter().any(|rest| line.contains(rest)) {
            report.form("something of a template was left over", Some(at + 1));
        }
    }
    for (at, section) in document.sections.iter().enumerate() {
        if document.sections[..at].iter().any(|other| other.anchor == section.anchor) {
            report.form(
                &format!("two sections have the anchor `#{}`", section.anchor),
                Some(section.lines.start),
            );
        }
    }
}

//! `journal.collector.yml` read back as the exporter reads it: every metric comes from a column of one view of the journal, and
//! whatever rules and scalers ask of the journal is among them.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::journal::READ;
use super::report::Report;
use crate::artifact::Artifact;
use crate::finding::Diagnostic;
use crate::plan::Plan;
use crate::profile::Journal;
use crate::yaml;

/// A collector of sql_exporter 0.18, which refuses keys that it does not know (its `config/collector_config.go`).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Collector {
    collector_name: String,
    metrics: Vec<Metric>,
    queries: Vec<Query>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Metric {
    metric_name: String,
    r#type: String,
    help: String,
    #[serde(default)]
    key_labels: Vec<String>,
    values: Vec<String>,
    query_ref: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    query_name: String,
    query: String,
}

/// Labels by which rules tell series of a metric apart.
fn label_of(metric: &str) -> Option<&'static str> {
    if metric.starts_with("outbox_") {
        Some("territory")
    } else {
        (metric == "listeners").then_some("channel")
    }
}

pub(super) fn verify(plan: &Plan, artifact: &Artifact) -> Vec<Diagnostic> {
    let mut report = Report::new(artifact, "sql-exporter.yml.j2");
    let Some(journal) = &plan.profile.journal else {
        report.mismatch(None, "the policy has no journal".to_owned());
        return report.found;
    };
    let collector: Collector = match yaml::lenient(&artifact.text) {
        Ok(collector) => collector,
        Err(problem) => {
            report.rejected(None, format!("`{}` is not a collector: {problem}", artifact.path));
            return report.found;
        }
    };
    if collector.collector_name != journal.prefix.as_str() {
        report.mismatch(None, format!("the collector is called `{}`", collector.collector_name));
    }
    let mut names = BTreeSet::new();
    for metric in &collector.metrics {
        if !names.insert(metric.metric_name.as_str()) {
            report.rejected(None, format!("the metric `{}` stands twice", metric.metric_name));
        }
        check_metric(journal, metric, &collector.queries, &mut report);
    }
    for (view, columns) in READ {
        let gives = |column: &str| {
            collector.metrics.iter().any(|metric| metric.query_ref == view && metric.values == [column])
        };
        for column in columns.iter().filter(|column| !gives(column)) {
            report.mismatch(
                None,
                format!("no metric has the column `{column}` of {view}, which rules ask for"),
            );
        }
    }
    report.found
}

fn check_metric(journal: &Journal, metric: &Metric, queries: &[Query], report: &mut Report<'_>) {
    let name = &metric.metric_name;
    let own = name.strip_prefix(journal.prefix.as_str()).and_then(|rest| rest.strip_prefix('_'));
    let Some(own) = own else {
        report.mismatch(None, format!("the metric `{name}` has not the journal's prefix"));
        return;
    };
    if metric.r#type != "gauge" || metric.help.is_empty() {
        report.rejected(None, format!("the metric `{name}` is not a gauge with a help"));
    }
    if metric.key_labels != label_of(own).into_iter().collect::<Vec<_>>() {
        report.mismatch(None, format!("the metric `{name}` has the labels {:?}", metric.key_labels));
    }
    let [column] = metric.values.as_slice() else {
        report.rejected(None, format!("the metric `{name}` has not one column of values"));
        return;
    };
    if !own.ends_with(column.as_str()) {
        report.mismatch(None, format!("the metric `{name}` is the column `{column}`"));
    }
    let query = queries.iter().find(|query| query.query_name == metric.query_ref);
    let Some(query) = query else {
        report.rejected(
            None,
            format!("the metric `{name}` asks by `{}`, which is not a query", metric.query_ref),
        );
        return;
    };
    let read = selected(&query.query, &format!("{}.{}", journal.schema, metric.query_ref));
    let has = |column: &str| read.as_ref().is_some_and(|columns| columns.contains(&column));
    for column in metric.key_labels.iter().chain([column]).filter(|column| !has(column)) {
        report.mismatch(None, format!("the query of `{name}` has no column `{column}` of its view"));
    }
}

/// The columns of `SELECT a, b FROM view`, if that is all that the query is.
fn selected<'q>(query: &'q str, view: &str) -> Option<Vec<&'q str>> {
    let (columns, from) = query.trim().strip_prefix("SELECT ")?.split_once(" FROM ")?;
    (from.trim() == view).then(|| columns.split(',').map(str::trim).collect())
}

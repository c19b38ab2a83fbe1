//! Which series a query names, and which there are: those that the rules record, and those of exporters.

use std::collections::BTreeSet;

use promql_parser::parser::Expr;

use crate::artifact::Artifact;
use crate::plan::Plan;

/// What kube-state-metrics 2, KEDA and Prometheus itself publish, as far as dashboards ask for it.
const EXPORTED: [&str; 4] = [
    "ALERTS",
    "kube_deployment_status_replicas_ready",
    "kube_horizontalpodautoscaler_spec_max_replicas",
    "kube_horizontalpodautoscaler_status_desired_replicas",
];

/// Columns of the journal's views that the exporter publishes, after the prefix.
const JOURNAL: [&str; 5] = [
    "notify_queue_usage_ratio",
    "outbox_lag_seconds",
    "outbox_pending_events",
    "outbox_parked_events",
    "listeners",
];

pub(super) fn known(plan: &Plan, rules: Option<&Artifact>) -> BTreeSet<String> {
    // The rules are read whole where they are verified; here their names are enough.
    let lines = rules.map_or("", |rules| rules.text.as_str()).lines();
    let recorded = lines.filter_map(|line| line.trim_start_matches([' ', '-']).strip_prefix("record: "));
    let recorded = recorded.map(|name| name.trim_matches(['"', '\'']).to_owned());
    let prefix = plan.profile.journal.as_ref().map(|journal| &journal.prefix);
    let journal = prefix.into_iter().flat_map(|prefix| JOURNAL.map(|name| format!("{prefix}_{name}")));
    recorded.chain(journal).chain(EXPORTED.map(str::to_owned)).collect()
}

/// The selector inside of Grafana's `label_values(selector, label)`.
pub(super) fn of_label_values(query: &str) -> Option<String> {
    let inside = query.strip_prefix("label_values(")?.strip_suffix(')')?;
    inside.rsplit_once(',').map(|(selector, _)| selector.trim().to_owned())
}

/// Every metric that an expression selects.
pub(super) fn named(expr: &Expr) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(expr, &mut found);
    found
}

fn collect(expr: &Expr, found: &mut BTreeSet<String>) {
    match expr {
        Expr::VectorSelector(selector) => found.extend(selector.name.clone()),
        Expr::MatrixSelector(matrix) => found.extend(matrix.vs.name.clone()),
        Expr::Paren(paren) => collect(&paren.expr, found),
        Expr::Unary(unary) => collect(&unary.expr, found),
        Expr::Subquery(subquery) => collect(&subquery.expr, found),
        Expr::Aggregate(aggregate) => collect(&aggregate.expr, found),
        Expr::Call(call) => call.args.args.iter().for_each(|inner| collect(inner, found)),
        Expr::Binary(binary) => {
            collect(&binary.lhs, found);
            collect(&binary.rhs, found);
        }
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => {}
    }
}

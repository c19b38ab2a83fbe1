//! Which series of ours there are: those that the rules record, and those of the journal's exporter.

use std::collections::BTreeSet;

use crate::artifact::Artifact;
use crate::plan::Plan;

/// Columns of the journal's views that the exporter publishes, after the prefix.
const JOURNAL: [&str; 5] = [
    "notify_queue_usage_ratio",
    "outbox_lag_seconds",
    "outbox_pending_events",
    "outbox_parked_events",
    "listeners",
];

/// All of them.
pub(super) fn known(plan: &Plan, rules: Option<&Artifact>) -> BTreeSet<String> {
    // The rules are read whole where they are verified; here their names are enough.
    let lines = rules.map_or("", |rules| rules.text.as_str()).lines();
    let recorded = lines.filter_map(|line| line.trim_start_matches([' ', '-']).strip_prefix("record: "));
    let recorded = recorded.map(|name| name.trim_matches(['"', '\'']).to_owned());
    let prefix = plan.profile.journal.as_ref().map(|journal| &journal.prefix);
    let journal = prefix.into_iter().flat_map(|prefix| JOURNAL.map(|name| format!("{prefix}_{name}")));
    recorded.chain(journal).collect()
}

/// The selector inside of Grafana's `label_values(selector, label)`.
pub(super) fn of_label_values(query: &str) -> Option<String> {
    let inside = query.strip_prefix("label_values(")?.strip_suffix(')')?;
    inside.rsplit_once(',').map(|(selector, _)| selector.trim().to_owned())
}

/// Whether a series can only be one of ours: by the form of its name, or by the journal's prefix.
pub(super) fn is_ours(plan: &Plan, metric: &str) -> bool {
    let journal = plan.profile.journal.as_ref();
    metric.contains(':') || journal.is_some_and(|journal| metric.starts_with(&format!("{}_", journal.prefix)))
}

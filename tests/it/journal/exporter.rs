//! What the exporter asks: each query runs with the rights of the monitor, gives the columns that its metrics name, and the
//! metrics are those that the migration's head promises and that rules, scalers and dashboards ask for.

use std::collections::{BTreeMap, BTreeSet};

use seasonscale::artifact::ArtifactKind;
use seasonscale::yaml;
use serde_json::Value;

use super::server::{Database, script};

const PREFIX: &str = "freshplan_scaling_";

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().map(|list| list.iter().map(|one| one.as_str().unwrap()).collect()).unwrap_or_default()
}

#[test]
fn every_metric_of_the_exporter_is_a_number_for_each_of_its_rows() {
    let database = Database::with_journal();
    let publish = "select scaling.publish_event('DE', 'orders', 'x', '{}');";
    database.as_role("publisher", "DE", publish).unwrap();
    let collector: Value = yaml::lenient(&script(ArtifactKind::SqlExporter)).unwrap();
    let queries = collector["queries"].as_array().unwrap().iter();
    let queries: BTreeMap<&str, &str> =
        queries.map(|one| (one["query_name"].as_str().unwrap(), one["query"].as_str().unwrap())).collect();
    let mut rows = BTreeMap::new();
    for metric in collector["metrics"].as_array().unwrap() {
        let name = metric["metric_name"].as_str().unwrap();
        let query = queries[metric["query_ref"].as_str().unwrap()];
        let value = texts(&metric["values"])[0];
        let labels = texts(&metric["key_labels"]);
        let label = labels.first().map_or("''", |label| label);
        let ask =
            format!("select {label}, {value}::double precision is not null from ({query}) as q order by 1;");
        let answer = database.as_role("monitor", "", &ask).unwrap();
        assert!(answer.lines().all(|row| row.ends_with("|t")), "{name}: {answer}");
        rows.insert(name.strip_prefix(PREFIX).unwrap(), answer.lines().count());
    }
    assert_eq!(rows["outbox_pending_events"], 3, "a row for each territory");
    assert_eq!(rows["listeners"], 1, "a row for each channel");
    assert_eq!(rows["oldest_delivered_seconds"], 1);
}

#[test]
fn the_exporter_gives_what_the_head_promises_and_what_is_asked_for() {
    let collector: Value = yaml::lenient(&script(ArtifactKind::SqlExporter)).unwrap();
    let metric = |metric: &Value| {
        let labels = texts(&metric["key_labels"]);
        let name = metric["metric_name"].as_str().unwrap().to_owned();
        if labels.is_empty() { name } else { format!("{name}{{{}}}", labels.join(",")) }
    };
    let given: BTreeSet<String> = collector["metrics"].as_array().unwrap().iter().map(metric).collect();
    let migration = script(ArtifactKind::Journal);
    let promised = migration.lines().filter_map(|line| line.strip_prefix("--   "));
    let promised: BTreeSet<String> = promised
        .filter(|line| line.starts_with(PREFIX))
        .map(|line| line.split(' ').next().unwrap().to_owned())
        .collect();
    assert_eq!(given, promised);

    let bare: BTreeSet<&str> = given.iter().map(|name| name.split('{').next().unwrap()).collect();
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let mut asked = BTreeSet::new();
    for kind in [ArtifactKind::Keda, ArtifactKind::Alerts, ArtifactKind::Dashboards] {
        let text = script(kind);
        let words = text.split(|c| !is_word(c)).filter(|word| word.starts_with(PREFIX));
        asked.extend(words.map(str::to_owned));
    }
    assert!(asked.len() >= 6, "{asked:?}");
    let unknown: Vec<&String> = asked.iter().filter(|name| !bare.contains(name.as_str())).collect();
    assert_eq!(unknown, Vec::<&String>::new());
}

//! The grid: every panel in its place, with an id, a unit, a title and something to show.

use std::collections::BTreeSet;

use serde_json::Value;

use super::list;
use crate::verify::report::Report;

/// Grafana's grid is so many columns wide.
const COLUMNS: u64 = 24;

/// All panels, those of collapsed rows too.
pub(super) fn all(board: &Value) -> impl Iterator<Item = &Value> {
    list(&board["panels"]).flat_map(|panel| std::iter::once(panel).chain(list(&panel["panels"])))
}

pub(super) fn verify(board: &Value, report: &mut Report<'_>) {
    let mut ids = BTreeSet::new();
    let mut placed: Vec<(&str, [u64; 4])> = Vec::new();
    for panel in all(board) {
        let title = panel["title"].as_str().unwrap_or_default();
        if title.is_empty() {
            report.mismatch(None, "a panel has no title".to_owned());
        }
        match panel["id"].as_u64() {
            Some(id) if ids.insert(id) => {}
            Some(id) => report.rejected(None, format!("two panels have the id {id}")),
            None => report.rejected(None, format!("the panel `{title}` has no id")),
        }
        let part = |name: &str| panel["gridPos"][name].as_u64();
        let (Some(x), Some(y), Some(w), Some(h)) = (part("x"), part("y"), part("w"), part("h")) else {
            report.rejected(None, format!("the panel `{title}` has no place"));
            continue;
        };
        if x + w > COLUMNS || w == 0 || h == 0 {
            report.mismatch(None, format!("the panel `{title}` lies outside the grid"));
        }
        let overlaps = |[ox, oy, ow, oh]: [u64; 4]| x < ox + ow && ox < x + w && y < oy + oh && oy < y + h;
        if let Some((other, _)) = placed.iter().find(|(_, other)| overlaps(*other)) {
            report.mismatch(None, format!("the panels `{other}` and `{title}` overlap"));
        }
        placed.push((title, [x, y, w, h]));
        if panel["type"] != *"row" {
            shows(panel, title, report);
        }
    }
}

/// A panel that is not a row asks for something and says in which unit.
fn shows(panel: &Value, title: &str, report: &mut Report<'_>) {
    let refs: Vec<&str> = list(&panel["targets"]).filter_map(|target| target["refId"].as_str()).collect();
    if refs.is_empty() || refs.iter().collect::<BTreeSet<_>>().len() < refs.len() {
        report.rejected(None, format!("the panel `{title}` has no queries, or two of one name"));
    }
    let config = &panel["fieldConfig"];
    let by_column = list(&config["overrides"])
        .any(|column| list(&column["properties"]).any(|property| property["id"] == *"unit"));
    if config["defaults"]["unit"].as_str().is_none_or(str::is_empty) && !by_column {
        report.mismatch(None, format!("the panel `{title}` has no unit"));
    }
    if panel["description"].as_str().is_none_or(str::is_empty) {
        report.mismatch(None, format!("the panel `{title}` says nothing of itself"));
    }
}

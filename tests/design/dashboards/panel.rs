//! What a panel of each type is: how it draws, and what it asks.

use serde_json::{Value, json};

/// An expression and the legend of its series.
pub(super) type Query = (String, &'static str);

/// From which value on a colour holds; the first from nothing on.
pub(super) type Limit = (Option<f64>, &'static str);

/// Where on a grid of 24 columns: column, row, width, height.
#[derive(Clone, Copy)]
pub(super) struct Place(pub(super) [u32; 4]);

impl Place {
    fn value(self) -> Value {
        let [x, y, w, h] = self.0;
        json!({"x": x, "y": y, "w": w, "h": h})
    }
}

pub(super) fn source() -> Value {
    json!({"type": "prometheus", "uid": "${datasource}"})
}

/// Asked once for the end of the time that is shown, or at every step of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    AtTheEnd,
    AllAlong,
}

fn targets(queries: &[Query], asked: Asked, format: &str) -> Value {
    let at_the_end = asked == Asked::AtTheEnd;
    let letters = ["A", "B", "C", "D"].into_iter();
    let target = |(letter, (expr, legend)): (&str, &Query)| {
        json!({
            "refId": letter, "datasource": source(), "expr": expr, "legendFormat": legend,
            "instant": at_the_end, "range": !at_the_end, "format": format,
        })
    };
    letters.zip(queries).map(target).collect()
}

fn thresholds(limits: &[Limit]) -> Value {
    let steps = limits.iter().map(|(value, color)| json!({"value": value, "color": color}));
    json!({"mode": "absolute", "steps": steps.collect::<Vec<_>>()})
}

fn panel(kind: &str, id: u32, at: Place) -> Value {
    json!({"type": kind, "id": id, "datasource": source(), "gridPos": at.value()})
}

fn with(mut panel: Value, more: Value) -> Value {
    let (Value::Object(fields), Value::Object(more)) = (&mut panel, more) else { unreachable!() };
    fields.extend(more);
    panel
}

/// A heading over the panels below it.
pub(super) fn row(id: u32, line: u32) -> Value {
    json!({"type": "row", "id": id, "collapsed": false, "gridPos": Place([0, line, 24, 1]).value(), "panels": []})
}

/// What a stat shows where nothing is measured, and whether it shows names.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    pub(super) text: &'static str,
    pub(super) nothing: &'static str,
}

pub(super) const NUMBER: Shown = Shown { text: "auto", nothing: "-" };

/// One number, the last.
pub(super) fn stat(id: u32, at: Place, shown: Shown, unit: &str, query: Query, limits: &[Limit]) -> Value {
    let options = json!({
        "graphMode": "none", "colorMode": "value", "justifyMode": "auto", "textMode": shown.text, "wideLayout": true,
        "showPercentChange": false, "percentChangeColorMode": "standard", "orientation": "auto",
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": false},
    });
    let defaults = json!({
        "unit": unit, "noValue": shown.nothing, "thresholds": thresholds(limits), "color": {"mode": "thresholds"},
    });
    let more = json!({
        "targets": targets(&[query], Asked::AtTheEnd, "time_series"),
        "options": options,
        "fieldConfig": {"defaults": defaults, "overrides": []},
    });
    with(panel("stat", id, at), more)
}

/// How the area under the lines is filled.
#[derive(Clone, Copy)]
pub(super) struct Area {
    pub(super) opacity: u32,
    pub(super) is_stacked: bool,
}

pub(super) const LINES: Area = Area { opacity: 0, is_stacked: false };
pub(super) const STACKED: Area = Area { opacity: 20, is_stacked: true };

/// Lines over time from 0 on; what is planned is dashed in steps, what limits is dotted.
pub(super) fn series(
    id: u32,
    at: Place,
    area: Area,
    unit: &str,
    queries: &[Query],
    limits: &[Limit],
) -> Value {
    let planned = json!({
        "matcher": {"id": "byRegexp", "options": "/ planned$/"},
        "properties": [
            {"id": "custom.lineInterpolation", "value": "stepAfter"},
            {"id": "custom.lineWidth", "value": 2},
            {"id": "custom.lineStyle", "value": {"fill": "dash", "dash": [8, 6]}},
        ],
    });
    let limit = json!({
        "matcher": {"id": "byRegexp", "options": "/ (limit|gate|target|maximum|minimum|static peak)$/"},
        "properties": [
            {"id": "custom.lineStyle", "value": {"fill": "dot", "dash": [0, 8]}},
            {"id": "custom.fillOpacity", "value": 0},
        ],
    });
    let custom = json!({
        "drawStyle": "line", "lineWidth": 1, "fillOpacity": area.opacity, "showPoints": "never", "spanNulls": false,
        "stacking": {"mode": if area.is_stacked { "normal" } else { "none" }, "group": "A"},
        "thresholdsStyle": {"mode": if limits.len() > 1 { "dashed" } else { "off" }},
    });
    let defaults = json!({
        "unit": unit, "min": 0, "thresholds": thresholds(limits), "color": {"mode": "palette-classic"}, "custom": custom,
    });
    let more = json!({
        "targets": targets(queries, Asked::AllAlong, "time_series"),
        "options": {
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": true, "calcs": []},
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
        "fieldConfig": {"defaults": defaults, "overrides": [planned, limit]},
    });
    with(panel("timeseries", id, at), more)
}

/// A bar for each series, in this colour while it is there.
pub(super) fn timeline(id: u32, at: Place, query: Query, color: &'static str) -> Value {
    let defaults = json!({
        "unit": "bool", "noValue": "none", "thresholds": thresholds(&[(None, "transparent"), (Some(1.0), color)]),
        "color": {"mode": "thresholds"}, "custom": {"fillOpacity": 80, "lineWidth": 0},
    });
    let more = json!({
        "targets": targets(&[query], Asked::AllAlong, "time_series"),
        "options": {
            "showValue": "never", "rowHeight": 0.8, "mergeValues": true, "alignValue": "left",
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": false, "calcs": []},
            "tooltip": {"mode": "single", "sort": "none"},
        },
        "fieldConfig": {"defaults": defaults, "overrides": []},
    });
    with(panel("state-timeline", id, at), more)
}

/// A column of a table: what it is called, its unit, its decimals.
pub(super) type Column<'c> = (&'c str, &'c str, u32);

/// One row for each series, a column for each query; sorted by the first.
pub(super) fn table(id: u32, at: Place, queries: &[Query], columns: &[Column<'_>]) -> Value {
    let letters = ["A", "B", "C", "D"].into_iter();
    let names: serde_json::Map<String, Value> = letters
        .zip(columns)
        .map(|(letter, (name, ..))| (format!("Value #{letter}"), Value::from(*name)))
        .collect();
    let overrides = columns.iter().map(|(name, unit, decimals)| {
        json!({
            "matcher": {"id": "byName", "options": name},
            "properties": [{"id": "unit", "value": unit}, {"id": "decimals", "value": decimals}],
        })
    });
    let organize = json!({"excludeByName": {"Time": true}, "indexByName": {}, "renameByName": names});
    let more = json!({
        "targets": targets(queries, Asked::AtTheEnd, "table"),
        "transformations": [{"id": "merge", "options": {}}, {"id": "organize", "options": organize}],
        "options": {
            "frameIndex": 0, "showHeader": true, "cellHeight": "sm",
            "sortBy": [{"displayName": columns[0].0, "desc": true}],
        },
        "fieldConfig": {
            "defaults": {"noValue": "-", "thresholds": thresholds(&[(None, "text")])},
            "overrides": overrides.collect::<Vec<_>>(),
        },
    });
    with(panel("table", id, at), more)
}

//! The file of `promtool test rules`, unknown keys refused (`cmd/promtool/unittest.go` of Prometheus 2.42).

use std::collections::BTreeMap;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TestFile {
    pub(super) rule_files: Vec<String>,
    pub(super) evaluation_interval: String,
    #[serde(default)]
    pub(super) group_eval_order: Vec<String>,
    pub(super) tests: Vec<Test>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Test {
    #[serde(default)]
    #[expect(dead_code, reason = "read so that it is known")]
    name: Option<String>,
    #[serde(default)]
    #[expect(dead_code, reason = "read so that it is known")]
    interval: Option<String>,
    #[serde(default)]
    pub(super) input_series: Vec<Input>,
    #[serde(default)]
    pub(super) alert_rule_test: Vec<Check>,
    #[serde(default)]
    pub(super) promql_expr_test: Vec<Expression>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    pub(super) series: String,
    #[expect(dead_code, reason = "read so that it is known")]
    values: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Check {
    #[expect(dead_code, reason = "read so that it is known")]
    eval_time: String,
    pub(super) alertname: String,
    pub(super) exp_alerts: Vec<Expected>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expected {
    pub(super) exp_labels: BTreeMap<String, String>,
    #[serde(default)]
    #[expect(dead_code, reason = "read so that it is known")]
    exp_annotations: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expression {
    pub(super) expr: String,
    pub(super) eval_time: String,
    pub(super) exp_samples: Vec<Sample>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sample {
    pub(super) labels: String,
    pub(super) value: f64,
}

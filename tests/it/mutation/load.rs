//! What a load test asks of k6, by running it: `tests/load/record.mjs` stands for k6 and writes everything down. The record is
//! compared with that of the shipped template, so nothing of it is kept.

use std::fs;
use std::process::Command;

use crate::policies;

/// Seasons that it is run with: those of the plan that the shipped script was made from.
pub(super) fn seasons(script: &str) -> Vec<String> {
    let (_, plan) = script.split_once("const PLAN = ").expect("the plan");
    let (plan, _) = plan.split_once(";\n").expect("the end of the plan");
    let plan: serde_json::Value = serde_json::from_str(plan).unwrap();
    plan["seasons"].as_object().unwrap().keys().cloned().collect()
}

/// All that it does, or why it does not run.
pub(super) fn record(script: &str, seasons: &[String]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("script.js");
    fs::write(&path, script).unwrap();
    let mut node = Command::new("node");
    node.arg(policies::root().join("tests/load/record.mjs")).arg(&path).args(seasons);
    let output = node.output().expect("Node is not installed: `bash tests/run.sh` does it");
    let failed = String::from_utf8_lossy(&output.stderr);
    let failed = failed.lines().find(|line| line.contains("Error")).unwrap_or_default();
    String::from_utf8(output.stdout).unwrap() + failed
}

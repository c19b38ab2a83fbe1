//! An audit for code scanning: SARIF 2.1.0 (OASIS), with what GitHub wants of it (docs.github.com: "SARIF support for code
//! scanning"): rules with help, a location for each result, and fingerprints that survive moved lines.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::json::JsonCost;
use super::{route, severity};
use crate::audit::File;
use crate::finding::Rule;
use crate::rules::finding::Finding;
use crate::time::{Instant, Window};

/// Results gathered from file to file; they are all that is kept.
pub struct Sarif {
    window: Window<Instant>,
    results: Vec<Value>,
}

impl Sarif {
    /// Of an audit over `window`.
    pub fn new(window: Window<Instant>) -> Self {
        Self { window, results: Vec::new() }
    }

    /// Adds a file's findings.
    pub fn add(&mut self, file: &File) {
        let window = self.window;
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        self.results.extend(file.findings.iter().map(|finding| {
            let what = identity(file, finding);
            let before = seen.entry(what.clone()).or_default();
            *before += 1;
            let mut result = result(file, finding, &fingerprint(&what, *before));
            if let Some(cost) = JsonCost::of(finding.cost, window) {
                result["properties"] = json!({ "cost": cost });
            }
            result
        }));
    }

    /// The log.
    pub fn text(self) -> String {
        let rules: Vec<Value> = Rule::of_manifests().map(rule).collect();
        let log = json!({
            "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": {"driver": {
                    "name": "seasonscale",
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "rules": rules,
                }},
                "columnKind": "unicodeCodePoints",
                "results": self.results,
            }],
        });
        let mut text = serde_json::to_string_pretty(&log).expect("internal error: every value here is JSON");
        text.push('\n');
        text
    }
}

fn rule(check: Rule) -> Value {
    let level = match check.severity() {
        crate::finding::Severity::Error => "error",
        crate::finding::Severity::Warning => "warning",
    };
    json!({
        "id": check.id(),
        "shortDescription": {"text": check.summary()},
        "fullDescription": {"text": check.summary()},
        "help": {"text": format!("seasonscale explain {}", check.id())},
        "defaultConfiguration": {"level": level},
        "properties": {"tags": ["keda"], "precision": "high", "problem.severity": level},
    })
}

fn result(file: &File, finding: &Finding, fingerprint: &str) -> Value {
    let place = &finding.place;
    let rule = Rule::of_manifests().position(|rule| rule == finding.rule);
    let first = finding.first.map_or(String::new(), |first| format!(" (first at {first})"));
    let about = if place.object.is_empty() { String::new() } else { format!("{}: ", place.object) };
    json!({
        "ruleId": finding.rule.id(),
        "ruleIndex": rule,
        "level": severity(finding),
        "message": {"text": format!("{about}{}{first}. {}.", finding.effect, finding.mend)},
        "locations": [{
            "physicalLocation": {
                "artifactLocation": {"uri": uri(&file.name)},
                "region": {"startLine": place.mark.line.max(1), "startColumn": place.mark.column.max(1)},
            },
            "logicalLocations": [{"fullyQualifiedName": format!("{} {}", place.object, route(finding)).trim()}],
        }],
        "partialFingerprints": {"seasonscale/v1": fingerprint},
    })
}

/// The same finding in the same place of the same object has it, wherever its lines went.
fn identity(file: &File, finding: &Finding) -> String {
    [&*file.name, finding.rule.id(), &finding.place.object, &route(finding)].join("\0")
}

/// Of the first finding of an identity its own; the ones after it in the file are counted.
fn fingerprint(identity: &str, number: usize) -> String {
    let counted = if number == 1 { identity.to_owned() } else { format!("{identity}\0{number}") };
    Sha256::digest(counted).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// A relative reference with slashes; what a URI may not have in it is escaped.
pub(in crate::report) fn uri(name: &str) -> String {
    let name = name.strip_prefix("./").unwrap_or(name).replace('\\', "/");
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte);
    let escaped = name
        .bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") });
    escaped.collect()
}

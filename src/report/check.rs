//! What `check` found, for other programs: GitHub's annotations, SARIF 2.1.0, JSON.

use std::fmt::Display;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::audit::{message, property, uri};
use crate::finding::{Diagnostic, Rule, Severity};
use crate::source::Sources;

/// A file or an object that is otherwise than the policy says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differing {
    state: &'static str,
    what: String,
    is_file: bool,
    why: Option<String>,
}

impl Differing {
    /// A file.
    pub fn file(state: &'static str, path: impl Display) -> Self {
        Self { state, what: path.to_string(), is_file: true, why: None }
    }

    /// An object of a cluster.
    pub fn object(state: &'static str, title: String) -> Self {
        Self { state, what: title, is_file: false, why: None }
    }

    /// With what more is known.
    pub fn because(self, why: &str) -> Self {
        Self { why: Some(why.to_owned()), ..self }
    }

    /// `stale     generated/keda-scalers.yaml`
    pub fn line(&self) -> String {
        let why = self.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        format!("{:<9} {}{why}", self.state, self.what)
    }

    /// In one sentence, for other programs.
    fn sentence(&self) -> String {
        let why = self.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        format!("{} is not as the policy says ({}){why}", self.what, self.state)
    }

    /// `stale-file`
    fn id(&self) -> String {
        let kind = if self.is_file { "file" } else { "object" };
        format!("{}-{kind}", self.state.replace(' ', "-"))
    }
}

/// All that was found.
#[derive(Debug, Default)]
pub struct Log {
    rows: Vec<Row>,
    differing: Vec<Differing>,
}

/// A finding with its place.
#[derive(Debug)]
struct Row {
    rule: Rule,
    title: String,
    notes: Vec<String>,
    help: Option<String>,
    file: String,
    line: usize,
    column: usize,
}

impl Log {
    /// Adds findings.
    pub fn add(&mut self, findings: &[Diagnostic], sources: &Sources) {
        self.rows.extend(findings.iter().map(|finding| row(finding, sources)));
    }

    /// Adds what differs.
    pub fn differ(&mut self, differing: Vec<Differing>) {
        self.differing.extend(differing);
    }

    /// One object; `.docs/check-json.md` has its fields.
    pub fn json(&self) -> String {
        let count = |severity| self.rows.iter().filter(|row| row.rule.severity() == severity).count();
        let findings = self.rows.iter().map(|row| {
            json!({
                "id": row.rule.id(), "severity": level(row.rule), "title": row.title, "notes": row.notes,
                "help": row.help, "file": row.file, "line": row.line, "column": row.column,
            })
        });
        let differing = self.differing.iter().map(|differing| {
            let kind = if differing.is_file { "file" } else { "object" };
            json!({ "state": differing.state, kind: differing.what, "why": differing.why })
        });
        let log = json!({
            "format": "seasonscale-check/1",
            "findings": findings.collect::<Vec<_>>(),
            "differing": differing.collect::<Vec<_>>(),
            "summary": {
                "errors": count(Severity::Error), "warnings": count(Severity::Warning),
                "differing": self.differing.len(),
            },
        });
        format!("{log:#}\n")
    }

    /// Workflow commands of GitHub Actions, the errors first: it shows the first ten of each.
    pub fn github(&self) -> String {
        let mut rows: Vec<&Row> = self.rows.iter().collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.rule.severity()));
        let findings = rows.into_iter().map(|row| {
            let mut lines = vec![row.title.clone()];
            lines.extend(row.notes.iter().cloned());
            lines.extend(row.help.as_ref().map(|help| format!("help: {help}")));
            format!(
                "::{} file={},line={},col={},title={}::{}\n",
                level(row.rule),
                property(&row.file),
                row.line,
                row.column,
                property(row.rule.id()),
                message(&lines.join("\n"))
            )
        });
        let differing = self.differing.iter().map(|differing| {
            let place = if differing.is_file {
                format!(" file={},line=1,title=", property(&differing.what))
            } else {
                " title=".to_owned()
            };
            format!("::error{place}{}::{}\n", property(&differing.id()), message(&differing.sentence()))
        });
        findings.chain(differing).collect()
    }

    /// A log of SARIF.
    pub fn sarif(&self) -> String {
        let findings = self.rows.iter().map(|row| {
            let rule = Rule::of_policies().position(|rule| rule == row.rule);
            let help = row.help.as_ref().map(|help| format!(". {help}.")).unwrap_or_default();
            let region = json!({ "startLine": row.line, "startColumn": row.column });
            let text = format!("{}{help}", row.title);
            let print = fingerprint(&[row.rule.id(), &row.file, &row.title]);
            result((row.rule.id(), rule, level(row.rule)), &text, &row.file, (region, print))
        });
        let differing = self.differing.iter().map(|differing| {
            let id = differing.id();
            let print = fingerprint(&[&id, &differing.what]);
            let file = if differing.is_file { differing.what.as_str() } else { "cluster" };
            result((&id, None, "error"), &differing.sentence(), file, (json!({ "startLine": 1 }), print))
        });
        let results: Vec<Value> = findings.chain(differing).collect();
        let rules: Vec<Value> = Rule::of_policies().map(rule).collect();
        let log = json!({
            "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": {
                    "name": "seasonscale",
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "rules": rules,
                } },
                "columnKind": "unicodeCodePoints",
                "results": results,
            }],
        });
        format!("{log:#}\n")
    }
}

fn level(rule: Rule) -> &'static str {
    match rule.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn rule(rule: Rule) -> Value {
    json!({
        "id": rule.id(),
        "shortDescription": { "text": rule.summary() },
        "fullDescription": { "text": rule.summary() },
        "help": { "text": format!("seasonscale explain {}", rule.id()) },
        "defaultConfiguration": { "level": level(rule) },
        "properties": { "tags": ["policy"], "precision": "high", "problem.severity": level(rule) },
    })
}

fn result(
    (id, rule, level): (&str, Option<usize>, &str),
    text: &str,
    file: &str,
    (region, print): (Value, String),
) -> Value {
    let mut result = json!({
        "ruleId": id,
        "level": level,
        "message": { "text": text },
        "locations": [{ "physicalLocation": { "artifactLocation": { "uri": uri(file) }, "region": region } }],
        "partialFingerprints": { "seasonscale/v1": print },
    });
    if let Some(rule) = rule {
        result["ruleIndex"] = json!(rule);
    }
    result
}

fn fingerprint(parts: &[&str]) -> String {
    Sha256::digest(parts.join("\0")).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn row(finding: &Diagnostic, sources: &Sources) -> Row {
    let (file, line, column) = match (&finding.place, finding.labels.iter().find(|label| label.primary)) {
        (_, Some(label)) => {
            let source = sources.get(label.span.source);
            let start = label.span.start.min(source.text.len());
            let before = source.text.get(..start).unwrap_or_default();
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            (source.name.clone(), sources.line(label.span).line, column)
        }
        (Some(place), None) => (place.artifact.clone(), place.line.unwrap_or(1), 1),
        (None, None) => (sources.get(Sources::CALENDAR).name.clone(), 1, 1),
    };
    let Diagnostic { rule, title, notes, help, .. } = finding.clone();
    Row { rule, title, notes, help, file, line: line.max(1), column }
}

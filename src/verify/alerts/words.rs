//! What an alert tells the person who gets it: a summary, a description, expansions that Prometheus can read, labels that its
//! series have, and a link into the runbook only to a section that is there.

use std::collections::{BTreeMap, BTreeSet};

use super::diags;
use super::result::Results;
use super::rule::{Kind, Rule};
use crate::artifact::Artifact;
use crate::finding::Diagnostic;
use crate::plan::Plan;
use crate::verify::runbook::markdown::Document;

/// Labels without which nobody is called.
const LABELS: [&str; 3] = ["severity", "category", "cause"];
const SEVERITIES: [&str; 3] = ["critical", "warning", "info"];
const ANNOTATIONS: [&str; 2] = ["summary", "description"];

/// What holds for every alert, whoever wrote it.
pub(super) fn verify(
    plan: &Plan,
    artifact: &Artifact,
    rules: &[Rule],
    runbook: Option<&Artifact>,
) -> Vec<Diagnostic> {
    let anchors = runbook.map(|runbook| {
        let sections = Document::read(&runbook.text).sections;
        sections.into_iter().map(|section| section.anchor).collect()
    });
    let results = Results::read(rules);
    let alerts = rules.iter().filter(|rule| rule.kind == Kind::Alert);
    let each = |rule: &Rule| {
        let mut problems = alert(plan, artifact, rule, anchors.as_ref());
        problems.extend(labels(artifact, rule, &results));
        problems
    };
    alerts.flat_map(each).collect()
}

fn alert(
    plan: &Plan,
    artifact: &Artifact,
    rule: &Rule,
    anchors: Option<&BTreeSet<String>>,
) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let is_empty =
        |map: &BTreeMap<String, String>, name: &str| map.get(name).is_none_or(|text| text.trim().is_empty());
    let platform = &plan.profile.platform;
    let (team, page) = (platform.team.as_ref(), platform.runbook_url.as_deref());
    for name in LABELS.into_iter().chain(team.map(|_| "team")).filter(|name| is_empty(&rule.labels, name)) {
        problems.push(diags::without(artifact, &rule.name, "label", name));
    }
    if let Some(severity) = rule.labels.get("severity").filter(|text| !SEVERITIES.contains(&text.as_str())) {
        problems.push(diags::severity(artifact, &rule.name, severity));
    }
    let annotations = ANNOTATIONS.into_iter().chain(page.map(|_| "runbook_url"));
    for name in annotations.filter(|name| is_empty(&rule.annotations, name)) {
        problems.push(diags::without(artifact, &rule.name, "annotation", name));
    }
    for (name, text) in &rule.annotations {
        if let Err(wrong) = expansions(text) {
            problems.push(diags::template(artifact, &rule.name, name, &wrong));
        }
    }
    // Whoever adds an alert may link to a page of their own.
    let link = rule.annotations.get("runbook_url").zip(page);
    let anchor = link.and_then(|(url, page)| url.strip_prefix(page)?.strip_prefix('#'));
    let is_missing = |anchor: &&str| anchors.is_some_and(|anchors| !anchors.contains(*anchor));
    problems.extend(anchor.filter(is_missing).map(|anchor| diags::anchor(artifact, &rule.name, anchor)));
    problems
}

/// The labels that an alert's texts name and its series do not have. Prometheus expands annotations with the labels of the
/// expression's result; the rule's own labels are not among them (rules/alerting.go, Eval).
fn labels(artifact: &Artifact, rule: &Rule, results: &Results<'_>) -> Vec<Diagnostic> {
    let Some(known) = results.of(&rule.expr) else { return Vec::new() };
    let used = rule.annotations.values().flat_map(|text| expansions(text).unwrap_or_default());
    let unknown: BTreeSet<&str> = used.filter(|label| !known.contains(*label)).collect();
    unknown.into_iter().map(|label| diags::label(artifact, &rule.name, label)).collect()
}

/// The recorded sets that an alert's texts ask for.
pub(super) fn asked(rule: &Rule) -> impl Iterator<Item = &str> {
    let texts = rule.annotations.values();
    texts.flat_map(|text| text.split("query `").skip(1).filter_map(|rest| rest.split('`').next()))
}

/// The variables that Prometheus gives to a text (template/template.go).
const VARIABLES: [&str; 4] = ["labels", "value", "externalLabels", "externalURL"];

/// The labels of the alert that a text's `{{ .. }}` name, or what Prometheus cannot read of it: braces and blocks that do not
/// match, and variables that nothing declares.
fn expansions(text: &str) -> Result<Vec<&str>, String> {
    let mut labels = Vec::new();
    let mut declared: Vec<&str> = VARIABLES.to_vec();
    let mut open = 0_usize;
    let mut rest = text;
    while let Some(at) = rest.find("{{") {
        // Braces that are text, as Go's templates write them.
        let literal = ["{{ \"{{\" }}", "{{ \"}}\" }}"].into_iter().find(|own| rest[at..].starts_with(own));
        if let Some(literal) = literal.filter(|_| !rest[..at].contains("}}")) {
            rest = &rest[at + literal.len()..];
            continue;
        }
        let (before, after) = rest.split_at(at);
        let (inside, next) = after[2..].split_once("}}").ok_or_else(|| after.to_owned())?;
        if before.contains("}}") || inside.contains("{{") {
            return Err(text.to_owned());
        }
        let wrong = || format!("{{{{{inside}}}}}");
        match inside.trim_matches(['-', ' ']).split_whitespace().next() {
            Some("range" | "if" | "with") => open += 1,
            Some("end") => open = open.checked_sub(1).ok_or_else(wrong)?,
            Some("else") if open == 0 => return Err(wrong()),
            Some(_) => {}
            None => return Err(wrong()),
        }
        let head = inside.split_once(":=").map_or("", |(head, _)| head);
        declared.extend(variables(head));
        for variable in variables(inside) {
            if !declared.contains(&variable) {
                return Err(wrong());
            }
        }
        for named in inside.split("$labels.").skip(1) {
            labels.push(word(named).ok_or_else(wrong)?);
        }
        rest = next;
    }
    if rest.contains("}}") || open > 0 { Err(text.to_owned()) } else { Ok(labels) }
}

/// The names behind each `$`.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.split('$').skip(1).filter_map(word)
}

/// The name that a text begins with.
fn word(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    (end > 0).then(|| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unbalanced_or_misspelled_expansion_is_found() {
        assert_eq!(expansions("{{ $labels.territory }}: {{ $value | humanize }}"), Ok(vec!["territory"]));
        assert_eq!(expansions("{{ \"{{\" }} in {{ \"}}\" }}: {{ $labels.a }}"), Ok(vec!["a"]));
        let list = "{{ range $i, $one := query `a:b:c` | sortByLabel \"x\" }}{{ if $i }}, {{ end }}{{ $one.Labels.x }}{{ end }}";
        assert_eq!(expansions(list), Ok(vec![]));
        assert!(expansions(&list[..list.len() - 9]).is_err());
        let with =
            "{{ with $x := query \"a\" | first }}{{ $x.Value }}{{ else }}{{ $externalURL }}{{- end -}}";
        assert_eq!(expansions(with), Ok(vec![]));
        for wrong in [
            "{{ end }}",
            "{{ $one.Value }}",
            "{{ else }}",
            "{{ }}",
            "{{ $labels.territory }",
            "$value }}",
            "{{ $label.x }}",
            "{{ $labels. }}",
            "{{ {{ $value }} }}",
            "x }} {{ \"{{\" }}",
        ] {
            assert!(expansions(wrong).is_err(), "{wrong}");
        }
    }
}

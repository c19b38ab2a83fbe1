//! What an alert tells the person who gets it: a summary, a description with the value and the limit, and a link to a
//! section of the runbook that exists.

use std::collections::{BTreeMap, BTreeSet};

use super::design::Expected;
use super::diags;
use super::read::Rule;
use crate::artifact::Artifact;
use crate::finding::Diagnostic;
use crate::plan::Plan;

/// Labels without which nobody is called.
const LABELS: [&str; 3] = ["severity", "category", "cause"];
const SEVERITIES: [&str; 3] = ["critical", "warning", "info"];
const ANNOTATIONS: [&str; 2] = ["summary", "description"];

/// What holds for every alert, whoever wrote it.
pub(super) fn verify(
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
    if let Some(url) = rule.annotations.get("runbook_url") {
        let anchor = rule.name.to_lowercase();
        if Some(url.as_str()) != page.map(|page| format!("{page}#{anchor}")).as_deref() {
            problems.push(diags::runbook_url(artifact, &rule.name, url, &anchor));
        } else if anchors.is_some_and(|anchors| !anchors.contains(&anchor)) {
            problems.push(diags::anchor(artifact, &rule.name, &anchor));
        }
    }
    problems
}

/// What the description of a designed alert must say, and which labels its texts may name.
pub(super) fn says(artifact: &Artifact, wanted: &Expected, rule: &Rule) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let description = rule.annotations.get("description").map_or("", String::as_str);
    if wanted.says_value && !description.contains("$value") {
        problems.push(diags::unsaid(artifact, wanted, "{{ $value }}"));
    }
    if let Some(limit) = wanted.says.as_deref().filter(|limit| !description.contains(limit)) {
        problems.push(diags::unsaid(artifact, wanted, limit));
    }
    if let Some(set) = &wanted.lists {
        let query = format!("query `{set}`");
        if !description.contains(&query) {
            problems.push(diags::unsaid(artifact, wanted, &query));
        }
    }
    // Prometheus expands annotations with the labels of the expression's result; the rule's own labels are not among them
    // (rules/alerting.go, Eval).
    let has = |label: &str| {
        wanted.series.contains(&label) || wanted.series_of_policy.iter().any(|own| own == label)
    };
    for text in rule.annotations.values() {
        let used = expansions(text).unwrap_or_default();
        for label in used.into_iter().filter(|label| !has(label)) {
            problems.push(diags::label(artifact, wanted, label));
        }
    }
    problems
}

/// The recorded sets that an alert's texts ask for.
pub(super) fn asked(rule: &Rule) -> impl Iterator<Item = &str> {
    let texts = rule.annotations.values();
    texts.flat_map(|text| text.split("query `").skip(1).filter_map(|rest| rest.split('`').next()))
}

/// The labels of the alert that a text's `{{ .. }}` name, or what is wrong with one. Blocks are a `range` over the members
/// of a set, and in it an `if` for all but the first.
fn expansions(text: &str) -> Result<Vec<&str>, String> {
    let mut labels = Vec::new();
    let mut rest = text;
    let mut open = Vec::new();
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
        let value = inside.split('|').next().unwrap_or_default().trim();
        let is_name =
            |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let (own, of_member) = (value.strip_prefix("$labels."), value.strip_prefix("$one.Labels."));
        let in_set = open.contains(&"range");
        match (own, of_member) {
            (Some(label), None) if is_name(label) => labels.push(label),
            (None, Some(label)) if in_set && is_name(label) => {}
            (None, None) if value == "$value" || in_set && value == "$one.Value" => {}
            (None, None) if open.is_empty() && is_range(value) => open.push("range"),
            (None, None) if in_set && value == "if $i" => open.push("if"),
            (None, None) if value == "end" && open.pop().is_some() => {}
            _ => return Err(format!("{{{{{inside}}}}}")),
        }
        rest = next;
    }
    if rest.contains("}}") || !open.is_empty() { Err(text.to_owned()) } else { Ok(labels) }
}

/// ``range $i, $one := query `set` ``
fn is_range(text: &str) -> bool {
    let set = text.strip_prefix("range $i, $one := query `").and_then(|rest| rest.strip_suffix('`'));
    set.is_some_and(|set| !set.is_empty() && !set.contains('`'))
}

/// The anchors of a Markdown file's headings as GitHub makes them: lower case, blanks to hyphens, other punctuation
/// dropped, a number for a repeated one.
pub(super) fn anchors(runbook: &Artifact) -> BTreeSet<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut anchors = BTreeSet::new();
    let mut fenced = false;
    for line in runbook.text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        let title = line.trim_start_matches('#');
        let level = line.len() - title.len();
        if fenced || !(1..=6).contains(&level) || !title.starts_with(' ') {
            continue;
        }
        let slug = slug(title.trim());
        let count = counts.entry(slug.clone()).or_default();
        anchors.insert(if *count == 0 { slug } else { format!("{slug}-{count}") });
        *count += 1;
    }
    anchors
}

fn slug(title: &str) -> String {
    let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::ArtifactKind;

    #[test]
    fn anchors_follow_githubs_rules() {
        let text = "# Year 2026: plan!\n### LatencyHigh\n```\n# no heading\n```\n### LatencyHigh\n#tag\n## A_b & `c`\n";
        let runbook = Artifact { kind: ArtifactKind::Runbook, path: String::new(), text: text.to_owned() };
        let expected = ["a_b--c", "latencyhigh", "latencyhigh-1", "year-2026-plan"];
        assert_eq!(anchors(&runbook).into_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn an_unbalanced_or_misspelled_expansion_is_found() {
        assert_eq!(expansions("{{ $labels.territory }}: {{ $value | humanize }}"), Ok(vec!["territory"]));
        assert_eq!(expansions("{{ \"{{\" }} in {{ \"}}\" }}: {{ $labels.a }}"), Ok(vec!["a"]));
        let list = "{{ range $i, $one := query `a:b:c` | sortByLabel \"x\" }}{{ if $i }}, {{ end }}{{ $one.Labels.x }}{{ end }}";
        assert_eq!(expansions(list), Ok(vec![]));
        assert!(expansions(&list[..list.len() - 9]).is_err());
        for wrong in [
            "{{ end }}",
            "{{ $one.Value }}",
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

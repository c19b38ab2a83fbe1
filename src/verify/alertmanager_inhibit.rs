//! `alertmanager-inhibit.yml` read back as Alertmanager reads it: whatever the rules beside it can raise, an alert is kept back
//! only by one of the same cause and the same territory, and no foreign alert by anything.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::report::Report;
use crate::artifact::Artifact;
use crate::finding::Diagnostic;
use crate::yaml;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    inhibit_rules: Vec<Inhibit>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Inhibit {
    source_matchers: Vec<String>,
    target_matchers: Vec<String>,
    equal: Vec<String>,
}

#[derive(Deserialize)]
struct Rules {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
struct Rule {
    #[serde(default)]
    alert: String,
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

type Labels<'a> = BTreeMap<&'a str, &'a str>;

pub(super) fn verify(artifact: &Artifact, rules: Option<&Artifact>) -> Vec<Diagnostic> {
    let mut report = Report::new(artifact, "alertmanager-inhibit.yml.j2");
    let file: File = match yaml::lenient(&artifact.text) {
        Ok(file) => file,
        Err(problem) => {
            report.rejected(None, format!("Alertmanager cannot read `{}`: {problem}", artifact.path));
            return report.found;
        }
    };
    let matchers =
        file.inhibit_rules.iter().flat_map(|rule| rule.source_matchers.iter().chain(&rule.target_matchers));
    if let Some(wrong) = matchers.into_iter().find(|text| matches(text, &Labels::new()).is_none()) {
        report.rejected(None, format!("`{wrong}` is a matcher that cannot be checked"));
        return report.found;
    }
    let known = rules.and_then(|rules| yaml::lenient::<Rules>(&rules.text).ok());
    let rules: Vec<Rule> =
        known.into_iter().flat_map(|file| file.groups).flat_map(|group| group.rules).collect();
    let foreign = Rule {
        alert: "of somebody else".to_owned(),
        labels: BTreeMap::from([("severity".to_owned(), "warning".to_owned())]),
    };
    let raised = || rules.iter().filter(|rule| !rule.alert.is_empty());
    let mut keeps = false;
    for source in raised() {
        for target in raised().chain([&foreign]) {
            for [from, to] in [["DE", "DE"], ["DE", "AT"], ["", ""], ["DE", ""], ["", "DE"]] {
                let [source_labels, target_labels] = [labels(source, from), labels(target, to)];
                if !file.inhibit_rules.iter().any(|rule| keeps_back(rule, &source_labels, &target_labels)) {
                    continue;
                }
                keeps = true;
                if from != to || from.is_empty() {
                    report.mismatch(
                        None,
                        format!("{} about {from:?} keeps back {} about {to:?}", source.alert, target.alert),
                    );
                } else if source.labels.get("cause") != target.labels.get("cause") {
                    report.mismatch(
                        None,
                        format!("{} keeps back {}, which has another cause", source.alert, target.alert),
                    );
                } else if target.labels.get("severity").is_some_and(|severity| severity == "critical") {
                    report.mismatch(
                        None,
                        format!("{} keeps back {}, which is critical", source.alert, target.alert),
                    );
                }
            }
        }
    }
    if !rules.is_empty() && !keeps {
        report.mismatch(None, "nothing is ever kept back".to_owned());
    }
    report.found.truncate(3);
    report.found
}

/// An alert of a rule as it arrives, about a territory or about none in particular.
fn labels<'a>(rule: &'a Rule, territory: &'a str) -> Labels<'a> {
    let own = rule.labels.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    own.chain((!territory.is_empty()).then_some(("territory", territory))).collect()
}

/// Whether Alertmanager mutes `target` while `source` fires (`inhibit/inhibit.go`); a label that is not there is empty.
fn keeps_back(rule: &Inhibit, source: &Labels<'_>, target: &Labels<'_>) -> bool {
    let all = |matchers: &[String], labels: &Labels<'_>| {
        matchers.iter().all(|text| matches(text, labels).unwrap_or(false))
    };
    let is_equal =
        |name: &String| source.get(name.as_str()).unwrap_or(&"") == target.get(name.as_str()).unwrap_or(&"");
    all(&rule.source_matchers, source)
        && all(&rule.target_matchers, target)
        && rule.equal.iter().all(is_equal)
}

/// `name = "value"`, `name =~ "a|b"` or `name =~ ".+"`; nothing for a matcher of another form.
fn matches(text: &str, labels: &Labels<'_>) -> Option<bool> {
    let (name, rest) = text.split_once(' ')?;
    let (sign, quoted) = rest.split_once(' ')?;
    let value = quoted.strip_prefix('"')?.strip_suffix('"')?;
    let own = *labels.get(name).unwrap_or(&"");
    let is_plain = |word: &str| word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    match sign {
        "=" => Some(own == value),
        "=~" if value == ".+" => Some(!own.is_empty()),
        "=~" if value.split('|').all(is_plain) => Some(value.split('|').any(|one| one == own)),
        _ => None,
    }
}

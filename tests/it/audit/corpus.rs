//! Every manifest of `tests/audit/`: it says at its head what is found in it, and on which line, and nothing else may be.
//!
//! ```text
//! # expect: cron-ends-in-a-row 21     an id and a line, one of these for each finding; none: it is a control
//! # keda: 2.16                        the versions that it meets, where they are not 2.20 and 1.35
//! # kubernetes: 1.30
//! ```

use std::collections::BTreeSet;
use std::fs;

use seasonscale::audit::{Audit, File, Scope};
use seasonscale::finding::Rule;
use seasonscale::quantity::Release;
use seasonscale::report;
use seasonscale::rules::subject::Versions;
use seasonscale::time::{Instant, Window};

use crate::policies::root;

/// The year 2026.
pub fn year() -> Window<Instant> {
    Window::new(Instant(1_767_225_600), Instant(1_798_761_600))
}

/// What the values of `# key: value` lines at the head of a manifest are.
fn head<'t>(text: &'t str, key: &'t str) -> impl Iterator<Item = &'t str> {
    let lines = text.lines().take_while(|line| line.starts_with('#'));
    lines
        .filter_map(move |line| line.strip_prefix("# ")?.strip_prefix(key)?.strip_prefix(": "))
        .map(str::trim)
}

/// The audit of one manifest, in the scope that its head asks for.
pub fn audited(name: &str, text: &str) -> (File, Scope) {
    let version = |key, default: &str| {
        let text = head(text, key).next().unwrap_or(default).to_owned();
        Release::parse(&text).unwrap_or_else(|| panic!("{name}: {text}"))
    };
    let Release { version: keda, patch: keda_patch } = version("keda", "2.20");
    let versions = Versions { keda, keda_patch, kubernetes: version("kubernetes", "1.35").version };
    let scope = Scope { versions, window: year() };
    (Audit::new(scope).file(name, text.as_bytes()), scope)
}

/// What a person reads of one file, without colours.
pub fn human(file: &File, text: &str, scope: Scope) -> String {
    let mut human = report::audit::Human::new(scope.window);
    human.add(&[(file, text)]);
    anstream::adapter::strip_str(&human.text()).to_string()
}

/// One manifest.
pub fn manifest(name: &str) -> String {
    fs::read_to_string(root().join("tests/audit").join(name)).unwrap()
}

/// All manifests of the corpus, by name.
fn corpus() -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = fs::read_dir(root().join("tests/audit"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .map(|path| {
            (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap())
        })
        .collect();
    all.sort();
    all
}

#[test]
fn each_manifest_has_the_findings_that_its_head_says_and_no_others() {
    let mut wrong = Vec::new();
    for (name, text) in corpus() {
        let (file, _) = audited(&name, &text);
        let mut expected: Vec<String> = head(&text, "expect").map(str::to_owned).collect();
        let mut found: Vec<String> = file
            .findings
            .iter()
            .map(|finding| format!("{} {}", finding.rule.id(), finding.place.mark.line))
            .collect();
        expected.sort();
        found.sort();
        if expected != found {
            wrong.push(format!("{name}:\n  expected {expected:?}\n  found    {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_check_is_found_somewhere_and_enough_manifests_are_silent() {
    let corpus = corpus();
    let all: Vec<Vec<&str>> = corpus.iter().map(|(_, text)| head(text, "expect").collect()).collect();
    let ids: BTreeSet<&str> =
        all.iter().flatten().filter_map(|expected| expected.split_once(' ')).map(|(id, _)| id).collect();
    // No zone leaves out a whole day from 2026 on: the checks of the model look at the one that did.
    let missing: Vec<&str> = Rule::of_manifests()
        .filter(|rule| *rule != Rule::CronSearchEndless)
        .map(Rule::id)
        .filter(|id| !ids.contains(id))
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
    assert!(corpus.len() >= 60, "{} manifests", corpus.len());
    assert!(all.iter().filter(|expected| expected.is_empty()).count() >= 10, "too few controls");
}

#[test]
fn what_a_person_reads_of_each_manifest() {
    insta::glob!("../../audit", "*.yaml", |path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        let text = fs::read_to_string(path).unwrap();
        let (file, scope) = audited(name, &text);
        insta::assert_snapshot!(human(&file, &text, scope));
    });
}

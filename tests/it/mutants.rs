//! Made files broken by hand: each edit in `tests/mutants/` is applied to the reference case's own files, and verification
//! must refuse the result with the named code and name what is wrong. What is only our templates' design verification lets
//! pass, as it is a user's to change, and `tests/design/` must name it: `expect: design "..."`; a
//! whole rule of a user's is `expect: nothing ""`. A new mutant is a new file:
//!
//! ```text
//! artifact: keda
//! expect: emitted-floor-mismatch "2026-09-01 20:00"
//! replace:
//! (lines of the made file)
//! with:
//! (lines in their place)
//! ```

use std::fs;
use std::path::PathBuf;

use seasonscale::artifact::{Artifact, ArtifactKind};
use seasonscale::compile::{Compiled, compile};
use seasonscale::emit::Templates;
use seasonscale::source::Sources;
use seasonscale::verify::verify;

use crate::edits::{self, Case, Edit};
use crate::{design, policies};

#[test]
fn each_broken_file_is_refused_and_what_is_wrong_is_named() {
    let compiled =
        compile(&policies::reference(), &Templates::embedded()).unwrap_or_else(|found| panic!("{found:#?}"));
    let mut failures = Vec::new();
    for path in mutants() {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let case = Case::parse(&fs::read_to_string(&path).unwrap());
        let (code, wanted) = case.expect.split_once(' ').expect("a code and a quoted text");
        let wanted = wanted.trim_matches('"');
        let mut artifacts = compiled.artifacts.clone();
        for edit in &case.edits {
            let artifact = artifacts.iter_mut().find(|artifact| is_meant(artifact, edit)).unwrap();
            artifact.text = edits::apply(&artifact.text, edit);
        }
        let differences = || design::differences(&compiled.plan, &artifacts);
        let differences = if code == "design" { differences() } else { Vec::new() };
        // Some files are read with others: the rules with the runbook that they link to, their object with the rules, the
        // kustomization with all that it names. A mutant of one of those is looked at with all files.
        let edited = |artifact: &Artifact| case.edits.iter().any(|edit| is_meant(artifact, edit));
        let joined = artifacts.iter().any(|artifact| JOINED.contains(&artifact.kind) && edited(artifact));
        artifacts.retain(|artifact| joined || artifact.kind == ArtifactKind::Runbook || edited(artifact));
        let found = verify(&compiled.plan, &artifacts);
        let named = |text: &String| text.contains(wanted);
        if code == "design" || code == "nothing" {
            let is_named = code == "nothing" || differences.iter().any(named);
            if !found.is_empty() || !is_named {
                failures
                    .push(format!("{name}: {wanted:?} is not all that {differences:#?} and {found:#?} say"));
            }
        } else if !found.iter().any(|found| {
            found.rule.id() == code
                && (named(&found.title) || found.notes.iter().any(named))
                && found.help.is_some()
        }) {
            failures.push(format!("{name}: {code} {wanted:?} is not among {found:#?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// A kind's main file by its id, any file by its path.
fn is_meant(artifact: &Artifact, edit: &Edit) -> bool {
    edit.file == artifact.kind.id() || edit.file == artifact.path
}

/// Files that are held against other files.
const JOINED: [ArtifactKind; 6] = [
    ArtifactKind::AlertmanagerInhibit,
    ArtifactKind::PrometheusRule,
    ArtifactKind::Dashboards,
    ArtifactKind::AlertTests,
    ArtifactKind::Kustomization,
    ArtifactKind::Guide,
];

fn mutants() -> Vec<PathBuf> {
    let files = fs::read_dir(policies::root().join("tests/mutants")).unwrap();
    let mut mutants: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    mutants.sort();
    assert!(mutants.len() >= 12);
    mutants
}

/// A policy of `tests/cases/partial/`.
fn partial(case: &str) -> Compiled {
    let read = |name: &str| {
        let path = format!("tests/cases/partial/{case}/{name}.toml");
        policies::source(name, &fs::read_to_string(policies::root().join(path)).unwrap())
    };
    let sources = Sources::new(read("calendar"), read("territories"));
    compile(&sources, &Templates::embedded()).unwrap_or_else(|found| panic!("{found:#?}"))
}

#[test]
fn a_query_of_the_policy_is_asked_as_it_stands_there() {
    let compiled = partial("own-queries-of-two-territories");
    let query = "sum(rate(envoy_requests_total{cluster='checkout', region='EAST'}[2m]))";
    let refused = |to: &str| {
        let made = compiled.artifacts.iter().find(|made| made.kind == ArtifactKind::Alerts);
        let mut rules = made.unwrap().clone();
        assert!(rules.text.contains(query), "{}", rules.text);
        rules.text = rules.text.replace(query, to);
        let found = verify(&compiled.plan, &[rules]);
        found.iter().any(|found| found.title.contains("asks what the policy does"))
    };
    // Layout is the template's.
    assert!(!refused(&query.replace('(', "( ")));
    assert!(refused(&query.replace("2m", "3m")));
    assert!(refused(&query.replace("EAST", "WEST")));
}

#[test]
fn the_extra_pods_of_a_rollout_are_let_go_over_a_high_floor() {
    let compiled = partial("smallest");
    let made = compiled.artifacts.iter().find(|made| made.kind == ArtifactKind::Keda).unwrap();
    let down = made.text.split_once("scaleDown:").unwrap().1;
    let tolerance = down.lines().find(|line| line.contains("tolerance:")).unwrap();
    assert_eq!(verify(&compiled.plan, std::slice::from_ref(made)), Vec::new());
    let (before, behind) = made.text.rsplit_once(&format!("{tolerance}\n")).unwrap();
    for other in ["", "          tolerance: \"0.1\"\n"] {
        let broken = Artifact { text: format!("{before}{other}{behind}"), ..made.clone() };
        let found = verify(&compiled.plan, &[broken]);
        assert!(found.iter().any(|found| found.title.contains("rollout")), "{other:?}: {found:#?}");
    }
}

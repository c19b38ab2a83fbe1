//! Whole compilations of small policies: each case in `tests/cases/good/` edits the base policy, all files are made and
//! verified, and the triggers of the first ScaledObject are a snapshot beside it. A new case is a new file.

use std::fs;
use std::path::Path;

use seasonscale::artifact::ArtifactKind;
use seasonscale::compile::compile;
use seasonscale::emit::Templates;
use seasonscale::report;
use seasonscale::source::Sources;

use crate::edits::Case;
use crate::{design, policies};

#[test]
fn each_policy_compiles_to_its_triggers() {
    let files =
        fs::read_dir(policies::root().join("tests/cases/good")).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "txt")).collect();
    cases.sort();
    assert!(cases.len() >= 15);
    for path in cases {
        let case = Case::parse(&fs::read_to_string(&path).unwrap());
        let name = path.file_stem().unwrap().to_str().unwrap();
        insta::with_settings!({
            prepend_module_to_snapshot => false,
            snapshot_path => "../cases/good",
            omit_expression => true,
            description => case.expect.clone(),
        }, {
            insta::assert_snapshot!(name, triggers(&case));
        });
    }
}

/// Every case's policy, with its name.
pub fn policies() -> Vec<(String, Sources)> {
    let files = fs::read_dir(policies::root().join("tests/cases/good")).unwrap();
    let mut paths: Vec<_> = files.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "txt"));
    paths.sort();
    let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let case = |path: &Path| Case::parse(&fs::read_to_string(path).unwrap());
    paths.iter().map(|path| (name(path), policies::edited(&case(path)))).collect()
}

fn triggers(case: &Case) -> String {
    let sources = policies::edited(case);
    let compiled = compile(&sources, &Templates::embedded())
        .unwrap_or_else(|found| panic!("{}", report::terminal(&found, &sources, false)));
    assert_eq!(design::differences(&compiled.plan, &compiled.artifacts), [""; 0], "{}", case.expect);
    let manifest = compiled.artifacts.iter().find(|artifact| artifact.kind == ArtifactKind::Keda).unwrap();
    let first = manifest.text.split("\n---\n").nth(1).unwrap();
    let (_, behavior) = first.split_once("        scaleUp:\n").unwrap();
    let (scale_up, _) = behavior.split_once("        scaleDown:\n").unwrap();
    let load = first.find("- type: prometheus").unwrap();
    let cron = first[load..].find("    # ").map_or("", |from| &first[load + from..]);
    format!("{scale_up}{cron}{}", report::terminal(&compiled.warnings, &sources, false))
}

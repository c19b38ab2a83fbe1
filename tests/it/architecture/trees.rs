//! Trees that must agree: emission, templates and verification of an artifact, and the templates in the binary.

use std::collections::BTreeSet;
use std::fs;

use seasonscale::emit::Templates;
use seasonscale::report::page;

use super::files;
use crate::policies::root;

/// The stems missing from one of the three trees.
fn missing_stems(emit: &[String], templates: &[String], verify: &[String]) -> Vec<String> {
    let has = |tree: &[String], stem: &str| {
        tree.iter().any(|path| {
            path.replace('-', "_").strip_prefix(stem).is_some_and(|rest| rest.starts_with(['.', '/']))
        })
    };
    let trees = [("src/emit", emit), ("templates", templates), ("src/verify", verify)];
    let kinds = [
        "scaledobject",
        "alerts",
        "alertmanager_inhibit",
        "alert_tests",
        "journal",
        "runbook",
        "dashboards",
        "deployments",
        "prometheus_rule",
        "kustomization",
        "micrometer",
        "load",
        "seasons",
        "guide",
    ];
    let pairs = kinds.iter().flat_map(|stem| trees.iter().map(move |(name, tree)| (*stem, *name, *tree)));
    pairs.filter(|(stem, _, tree)| !has(tree, stem)).map(|(stem, name, _)| format!("{name}/{stem}")).collect()
}

#[test]
fn one_word_finds_an_artifact_s_emission_template_and_verification() {
    let tree = |folder: &str| files(&root().join(folder));
    assert_eq!(
        missing_stems(&tree("src/emit"), &tree("templates"), &tree("src/verify")),
        Vec::<String>::new()
    );
    let all = tree("src/verify");
    let renamed: Vec<String> = all.iter().map(|path| path.replace("alerts/", "alertsx/")).collect();
    assert_eq!(missing_stems(&all, &all, &renamed), ["src/verify/alerts"]);
}

#[test]
fn the_binary_carries_exactly_the_templates_of_the_tree() {
    let embedded: BTreeSet<(String, String)> = Templates::sources()
        .chain(page::SOURCES)
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .collect();
    let folder = root().join("templates");
    let on_disk: BTreeSet<(String, String)> = files(&folder)
        .into_iter()
        .map(|path| (path.clone(), fs::read_to_string(folder.join(path)).unwrap()))
        .collect();
    let names =
        |set: &BTreeSet<(String, String)>| set.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(
        names(&embedded),
        names(&on_disk),
        "EMBEDDED in src/emit/engine.rs and SOURCES in src/report/page.rs on the left, templates/ on the right"
    );
    assert!(embedded == on_disk, "a row of EMBEDDED or SOURCES includes another file than its name says");
}

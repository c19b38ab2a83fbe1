//! The documents for people: what they link to is there.

use std::fs;
use std::path::PathBuf;

use crate::policies::root;

fn documents() -> Vec<PathBuf> {
    let mut documents: Vec<PathBuf> =
        ["README.md", "CHANGELOG.md", ".github/CONTRIBUTING.md"].map(|name| root().join(name)).into();
    let folder = fs::read_dir(root().join(".docs")).unwrap().map(|entry| entry.unwrap().path());
    documents.extend(folder.filter(|path| path.extension().is_some_and(|end| end == "md")));
    documents
}

/// What `[words](target)` lead to, without what stands in code.
fn links(text: &str) -> Vec<String> {
    let mut is_code = false;
    let prose = text.lines().filter(|line| {
        is_code ^= line.trim_start().starts_with("```");
        !is_code
    });
    let targets = prose.flat_map(|line| line.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()));
    targets.map(|target| target.split('#').next().unwrap().to_owned()).collect()
}

#[test]
fn every_link_into_this_repository_leads_to_a_file() {
    let mut followed = 0;
    for document in documents() {
        for target in links(&fs::read_to_string(&document).unwrap()) {
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let path = document.parent().unwrap().join(&target);
            assert!(path.exists(), "{}: {target}", document.display());
            followed += 1;
        }
    }
    assert!(followed > 20, "{followed}");
}

#[test]
fn a_link_in_code_is_none() {
    let text = "[a](b.md#c)\n```toml\nx = \"[d](e)\"\n```\n[f](https://g)\n";
    assert_eq!(links(text), ["b.md", "https://g"]);
}

//! The pages behind findings: one for each, readable in a terminal, and all of them in one document that nobody edits.

use std::collections::BTreeSet;
use std::fs;

use seasonscale::explain::page;
use seasonscale::finding::Rule;
use seasonscale::report::explain as report;

use crate::policies::root;

/// The document with all pages.
const DOCUMENT: &str = ".docs/findings.md";

#[test]
fn every_finding_has_exactly_one_page_and_no_page_is_without_a_finding() {
    let pages: Vec<&str> =
        page::families().iter().flat_map(|family| &family.pages).map(|page| page.id).collect();
    let wanted: BTreeSet<&str> = Rule::ALL.iter().copied().map(Rule::id).collect();
    let missing: Vec<_> = wanted.iter().filter(|id| !pages.contains(id)).collect();
    assert!(missing.is_empty(), "write a section in src/explain/pages/ for {missing:?}");
    let extra: Vec<_> = pages.iter().filter(|id| !wanted.contains(**id)).collect();
    assert!(extra.is_empty(), "no finding is called {extra:?}");
    assert_eq!(pages.len(), wanted.len(), "a finding has two pages");
}

#[test]
fn both_tables_together_have_every_id_once() {
    let ids: Vec<&str> = Rule::ALL.iter().copied().map(Rule::id).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "an id is in both tables");
    assert!(ids.iter().all(|id| Rule::parse(id).is_some_and(|rule| rule.id() == *id)));
}

#[test]
fn every_page_prints_in_eighty_columns_and_has_something_in_each_part() {
    for rule in Rule::ALL.iter().copied() {
        let text = anstream::adapter::strip_str(&report::page(rule)).to_string();
        let too_long = text.lines().find(|line| line.chars().count() > 80 && !line.starts_with("    "));
        assert_eq!(too_long, None, "{}", rule.id());
        let page = page::of(rule);
        for part in [page.meaning, page.happens, page.bad.text, page.good.text, page.ignore] {
            assert!(part.len() >= 4, "{}: {part:?}", rule.id());
        }
        assert!(page.happens.len() >= 60, "{}: says too little of what happens", rule.id());
        assert_ne!(page.bad, page.good, "{}", rule.id());
    }
}

#[test]
fn a_page_names_only_findings_that_exist() {
    for family in page::families() {
        for page in &family.pages {
            let text = [page.meaning, page.happens, page.ignore].join(" ");
            assert!(!text.contains("(see\n"), "{}: a name is found on the line of its `(see`", page.id);
            let named = text.split("(see `").skip(1).filter_map(|rest| rest.split('`').next());
            let unknown: Vec<&str> = named.filter(|id| Rule::parse(id).is_none()).collect();
            assert!(unknown.is_empty(), "{}: {unknown:?}", page.id);
        }
    }
}

#[test]
fn the_document_with_all_pages_is_what_the_pages_say() {
    let path = root().join(DOCUMENT);
    let wanted = report::all_pages();
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &wanted).unwrap();
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(there == wanted, "{DOCUMENT} is stale: run `UPDATE=1 cargo test --test it -- explain`");
    assert!(
        fs::read_to_string(root().join("README.md")).unwrap().contains(DOCUMENT),
        "the README links to it"
    );
}

#[test]
fn every_entry_of_the_document_s_contents_leads_to_a_heading() {
    let document = report::all_pages();
    let headings: BTreeSet<String> = document
        .lines()
        .filter_map(|line| line.strip_prefix("## ").or_else(|| line.strip_prefix("### ")))
        .map(|heading| heading.to_lowercase().replace([',', ':', '\''], "").replace(' ', "-"))
        .collect();
    let links: Vec<&str> = document.split("](#").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert!(links.len() > Rule::ALL.iter().copied().count());
    let broken: Vec<&&str> = links.iter().filter(|link| !headings.contains(**link)).collect();
    assert!(broken.is_empty(), "{broken:?}");
}

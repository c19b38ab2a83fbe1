//! Every finding, rendered: a mistake in `tests/cases/bad/` is made in the policy of `tests/cases/base/`, and what the
//! compiler says of it is a snapshot beside it. A new case is a new file.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use seasonscale::emit::{self, Templates};
use seasonscale::finding::{Diagnostic, Rule};
use seasonscale::source::Sources;
use seasonscale::verify::verify;
use seasonscale::{compile, report};

use crate::edits::Case;
use crate::policies::{self, base};

/// Codes whose cases live elsewhere: those of made files in `tests/mutants/`, those of the command line in `cli.rs`, of budgets in `review.rs`, of
/// projects in `project.rs`.
const ELSEWHERE: [Rule; 13] = [
    Rule::SameOutput,
    Rule::SharedObject,
    Rule::SharedPlanName,
    Rule::NotMade,
    Rule::NotUtf8,
    Rule::UnreadableFile,
    Rule::TemplateError,
    Rule::MigrationVersionTaken,
    Rule::ReleasedMigration,
    Rule::OverBudget,
    Rule::PlanNotBegun,
    Rule::PlanExpires,
    Rule::PlanExpired,
];

#[test]
fn each_mistake_gets_its_finding() {
    for path in cases() {
        let case = Case::parse(&fs::read_to_string(&path).unwrap());
        let (found, sources) = findings(&case);
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(
            found.iter().any(|finding| finding.rule.id() == case.expect),
            "{name}: {} is not found",
            case.expect
        );
        assert!(found.iter().all(|finding| finding.help.is_some() && !finding.labels.is_empty()), "{name}");
        insta::with_settings!({
            prepend_module_to_snapshot => false,
            snapshot_path => "../cases/bad",
            omit_expression => true,
        }, {
            insta::assert_snapshot!(name, report::terminal(&found, &sources, false));
        });
    }
}

#[test]
fn the_policy_that_mistakes_are_made_in_has_none() {
    let sources = Sources::new(base("calendar"), base("territories"));
    let (plan, found) = compile::plan(&sources);
    assert_eq!(report::terminal(&found, &sources, false), "");
    assert!(emit::emit(&plan.unwrap(), &Templates::embedded()).is_ok());
}

/// The findings about the base policy with another horizon.
fn of_horizon(from: &str, until: &str) -> Vec<&'static str> {
    let mut calendar = base("calendar");
    let written = "from  = 2026-01-01\nuntil = 2027-01-01\n";
    assert!(calendar.text.contains(written));
    calendar.text = calendar.text.replace(written, &format!("from  = {from}\nuntil = {until}\n"));
    let (_, found) = compile::plan(&Sources::new(calendar, base("territories")));
    found.iter().map(|finding| finding.rule.id()).collect()
}

#[test]
fn a_last_day_that_looks_left_out_is_asked_for_and_no_other_end_is() {
    let asked = |from: &str, until: &str| of_horizon(from, until).contains(&"last-day-left-out");
    for (from, until) in [
        ("2026-01-01", "2026-12-31"),
        ("2026-05-17", "2026-12-31"),
        ("2026-03-01", "2027-02-28"),
        ("2026-03-01", "2028-02-29"),
        ("2026-01-01", "2026-06-30"),
    ] {
        assert!(asked(from, until), "{from} {until}");
    }
    let firsts = (2..=12).map(|month| ("2026-01-01".to_owned(), format!("2026-{month:02}-01")));
    let others = [
        ("2025-12-31", "2026-12-31"),
        ("2026-05-17", "2026-06-30"),
        ("2026-03-01", "2028-02-28"),
        ("2026-01-01", "2026-12-30"),
        ("2026-01-01", "2027-01-01"),
    ];
    let others = others.map(|(from, until)| (from.to_owned(), until.to_owned()));
    for (from, until) in firsts.chain(others) {
        assert!(!asked(&from, &until), "{from} {until}");
    }
}

#[test]
fn every_finding_about_a_policy_has_a_case() {
    let texts = cases().into_iter();
    let covered: BTreeSet<String> =
        texts.map(|path| Case::parse(&fs::read_to_string(path).unwrap()).expect).collect();
    let wanted =
        Rule::of_policies().filter(|rule| !ELSEWHERE.contains(rule) && !rule.id().starts_with("emitted-"));
    let missing: Vec<&str> = wanted.map(Rule::id).filter(|id| !covered.contains(*id)).collect();
    assert!(missing.is_empty(), "no case in tests/cases/bad/ for {missing:?}");
}

fn cases() -> Vec<PathBuf> {
    let folder = policies::root().join("tests/cases/bad");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "txt")).collect();
    cases.sort();
    cases
}

fn findings(case: &Case) -> (Vec<Diagnostic>, Sources) {
    let sources = policies::edited(case);
    let (plan, mut found) = compile::plan(&sources);
    if let Some(plan) = plan {
        found.extend(match emit::emit(&plan, &Templates::embedded()) {
            Ok(artifacts) => verify(&plan, &artifacts),
            Err(emitted) => emitted,
        });
    }
    (compile::distinct(found), sources)
}

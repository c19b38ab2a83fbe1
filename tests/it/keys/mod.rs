//! The table of keys, the decoder and the JSON Schema have the same keys and types: every case of `tests/cases` is held against
//! both, and every key of `tests/cases/every-key/` is dropped, doubled and mistyped. `tombi`, which editors use, has the same
//! verdict.

mod cases;
mod schema;
mod tombi;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::LazyLock;

use seasonscale::finding::{Diagnostic, Rule, Severity};
use seasonscale::keys::{self, FILES, Key, LeftOut, Section};
use seasonscale::source::Sources;
use seasonscale::{policy, report};

use crate::cli::Workplace;
use crate::policies;
use cases::{Document, every_key, findings, with};

/// Whether the schema of its file takes a document.
fn takes(document: &Document) -> bool {
    static SCHEMAS: LazyLock<BTreeMap<&str, serde_json::Value>> =
        LazyLock::new(|| FILES.iter().map(|file| (file.id, keys::schema(file))).collect());
    schema::takes(&SCHEMAS[document.file().id], &toml::Value::Table(document.table()))
}

/// Whether a schema takes a text.
pub fn takes_text(schema: &serde_json::Value, text: &str) -> bool {
    schema::takes(schema, &toml::Value::Table(toml::from_str(text).unwrap()))
}

/// Findings that say that a key or a type is another one: what a schema can see.
fn is_about_shape(finding: &Diagnostic) -> bool {
    // Which keys a workload has of its own depends on whether territories run it: no schema says that.
    let is_elsewhere = finding.labels.first().is_some_and(|label| label.text == "not read here");
    matches!(finding.rule, Rule::UnknownKey | Rule::WrongType | Rule::MovedKey) && !is_elsewhere
}

#[test]
fn what_is_said_of_versions_that_are_left_out_is_what_holds() {
    let calendar = policies::source("calendar", "[plan]\nfrom = 2026-01-01\nuntil = 2027-01-01\n");
    let sources = Sources::new(calendar, policies::source("territories", "[platform]\nzone = \"UTC\"\n"));
    let platform = policy::read(&sources).0.unwrap().profile.platform;
    let sections = keys::PROFILE.with_all_below();
    let section = sections.into_iter().find(|section| section.path == "platform").unwrap();
    for (key, version) in [("keda", platform.keda.value), ("kubernetes", platform.kubernetes.value)] {
        let said = section.key(key).unwrap().left_out.words();
        assert_eq!(said, format!("left out: \"{version}\""), "{key}");
        // An audit of the same cluster takes the same one.
        let help = Workplace::empty().run(&["audit", "--help"]).stdout;
        let (_, said) = help.split_once(&format!("--{key} <VERSION>")).unwrap();
        let (said, _) = said.split_once(']').unwrap();
        assert!(said.ends_with(&format!("[default: {version}")), "{said}");
    }
}

#[test]
fn every_key_stands_in_the_policy_of_every_key_which_is_right() {
    for document in every_key() {
        let found: Vec<Diagnostic> = findings(&document);
        let errors: Vec<&Diagnostic> =
            found.iter().filter(|finding| finding.severity() == Severity::Error).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        assert!(takes(&document), "{}", document.name);
        let mut seen = BTreeSet::new();
        for (_, key, section) in document.keys() {
            seen.insert((section.path, key.name));
        }
        for section in document.file().root.with_all_below() {
            for key in section.all() {
                assert!(seen.contains(&(section.path, key.name)), "no {} in {}", key.name, section.header());
            }
        }
    }
}

#[test]
fn every_case_has_the_same_verdict_by_decoder_and_schema() {
    let mut refused = 0;
    for document in cases::all() {
        let found = findings(&document);
        if found.iter().any(|finding| finding.rule == Rule::TomlSyntax) {
            continue;
        }
        let own = |finding: &&Diagnostic| {
            finding.labels.first().is_some_and(|label| label.span.source == document.id())
        };
        let shape = found.iter().filter(own).any(is_about_shape);
        let errors = found.iter().any(|finding| finding.severity() == Severity::Error);
        let taken = takes(&document);
        assert!(!(shape && taken), "{}: the schema takes what the decoder refuses", document.name);
        assert!(taken || errors, "{}: the schema refuses what the decoder takes", document.name);
        refused += usize::from(!taken);
    }
    assert!(refused >= 3, "{refused}");
}

#[test]
fn a_key_that_is_dropped_is_missed_by_both_or_by_none() {
    for document in every_key() {
        for (way, key, section) in document.keys() {
            let without = with(&document, &way, None);
            // A map may become empty, and the last of several may be what another key counts on.
            let needed = matches!(key.left_out, LeftOut::Never) && !key.is_named_by_user();
            assert_eq!(takes(&without), !needed, "{}: {way:?} dropped", document.name);
            let header = section.header();
            let missed = findings(&without).iter().any(|finding| {
                finding.rule == Rule::MissingKey && finding.title.ends_with(&format!("has no `{}`", key.name))
            });
            assert!(missed || !needed, "{header}: {way:?} is not missed by the decoder");
            let may_be_missed = matches!(key.left_out, LeftOut::Never | LeftOut::NeverWhere(_));
            assert!(!missed || may_be_missed, "{header}: {way:?} is missed by the decoder");
        }
    }
}

#[test]
fn a_key_that_is_mistyped_is_refused_by_both_or_by_none() {
    for document in every_key() {
        for (way, key, _) in document.keys() {
            for value in cases::values() {
                let wrong = with(&document, &way, Some(value.clone()));
                let found = findings(&wrong);
                let by_decoder = found
                    .iter()
                    .any(|finding| is_about_shape(finding) || is_about_needed_or_listed(finding, key));
                assert_eq!(takes(&wrong), !by_decoder, "{way:?} = {value}\n{found:#?}");
            }
        }
    }
}

/// A table that lacks what it always needs, or a word that is not of the list: a schema sees that, too.
fn is_about_needed_or_listed(finding: &Diagnostic, key: &Key) -> bool {
    let listed = matches!(key.kind, keys::Kind::OneOf(_) | keys::Kind::SomeOf(_));
    if finding.rule == Rule::MissingKey {
        return finding.notes.iter().any(|note| note.ends_with("; needed"));
    }
    listed && matches!(finding.rule, Rule::BadValue | Rule::UnknownArtifact)
}

#[test]
fn a_key_that_is_doubled_is_no_toml() {
    for document in every_key() {
        let lines: Vec<&str> = document.text.lines().collect();
        let mut doubled = 0;
        for (at, line) in lines.iter().enumerate() {
            // A line of a list may stand there twice.
            if line.starts_with(['#', ' ', ']']) || line.is_empty() || line.ends_with('[') {
                continue;
            }
            let mut twice = lines.clone();
            twice.insert(at, line);
            let found = findings(&document.saying(twice.join("\n")));
            assert!(found.iter().any(|finding| finding.rule == Rule::TomlSyntax), "{line}");
            doubled += 1;
        }
        assert!(
            doubled >= 30 || document.file().id == "expect" || document.file().id == "project",
            "{doubled}"
        );
    }
}

#[test]
fn every_example_and_every_default_is_taken() {
    for file in &FILES {
        for section in file.root.with_all_below() {
            for key in section.all() {
                check_literals(section, key);
            }
        }
    }
}

fn check_literals(section: &Section, key: &Key) {
    let mut literals = vec![key.example];
    if let LeftOut::Is(value) = key.left_out {
        literals.push(value);
    }
    for literal in literals {
        let table: toml::Table = toml::from_str(&format!("value = {literal}"))
            .unwrap_or_else(|error| panic!("{} {}: {error}", section.header(), key.name));
        let taken = schema::takes_at_the_surface(&keys::schema_of(key), &table["value"]);
        assert!(taken, "{} {} = {literal}", section.header(), key.name);
    }
}

/// A document that a test writes.
fn written(path: &str, wanted: &str) {
    let file = policies::root().join(path);
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, wanted).unwrap();
    }
    let there = fs::read_to_string(&file).unwrap_or_default();
    assert!(there == wanted, "{path} is stale: run `UPDATE=1 cargo test --test it -- keys`");
}

#[test]
fn the_reference_of_keys_and_the_schemas_are_what_the_table_says() {
    written(".docs/keys.md", &report::keys::document());
    for file in &FILES {
        written(&format!(".docs/schema/{}.schema.json", file.id), &format!("{:#}\n", keys::schema(file)));
    }
}

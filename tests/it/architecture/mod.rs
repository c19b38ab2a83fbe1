//! The shape of the source, held: who may import whom, where the world is touched, where words live, how long a file is.
//!
//! Every rule is a function from one file to complaints, so that it is tried on a violation as well as on the tree.

mod circles;
mod imports;
mod trees;

use std::fs;
use std::path::Path;

use crate::policies::root;
use crate::tokens::{Piece, Token, shipped, tokens};
use imports::heads;

/// Names that say nothing of what is inside.
const EMPTY_NAMES: [&str; 7] = ["utils", "util", "helpers", "common", "types", "misc", "shared"];

/// Crates that one part of the tree keeps to itself, so that they can be replaced: the crate, its importers, why.
const KEPT: &[(&str, &[&str], &str)] = &[
    ("chrono", &["src/time/"], "dates and zones are decided in src/time"),
    ("jiff", &["src/time/"], "dates and zones are decided in src/time"),
    ("serde_yaml", &["src/yaml/"], "YAML is read in src/yaml"),
    ("serde_saphyr", &["src/yaml/"], "YAML is read in src/yaml"),
    ("granit_parser", &["src/yaml/"], "YAML is read in src/yaml"),
    (
        "anyhow",
        &["src/cli/", "src/publish/"],
        "only the command line meets the world's failures; a user's mistake is a Diagnostic",
    ),
    ("clap", &["src/cli/"], "only the command line knows what was typed"),
    ("tempfile", &["src/publish/"], "files are written in src/publish"),
    ("ureq", PROMETHEUS, "one option speaks to a network: simulate --prometheus"),
    ("rustls", PROMETHEUS, "one option speaks to a network: simulate --prometheus"),
    ("rustls_graviola", PROMETHEUS, "one option speaks to a network: simulate --prometheus"),
    ("rustls_native_certs", PROMETHEUS, "one option speaks to a network: simulate --prometheus"),
];

/// The only file that may open a socket.
const PROMETHEUS: &[&str] = &["src/cli/prometheus.rs"];

/// Parts of the standard library that touch the world.
const WORLD: [&str; 5] = ["fs", "env", "io", "net", "process"];

const LONGEST_FILE: usize = 700;
const LONGEST_LIB: usize = 60;

/// More words than this in one literal are a sentence.
const WORDS_IN_A_LITERAL: usize = 4;

/// A source file: its path from the root, with slashes, and its text.
struct Source {
    path: String,
    text: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// The module's path: `src/emit/schedule/cover.rs` is `emit`, `schedule`, `cover`.
    fn module(&self) -> Vec<&str> {
        let stem = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        let stem = stem.strip_suffix("/mod").unwrap_or(stem);
        if stem == "lib" || stem == "main" { Vec::new() } else { stem.split('/').collect() }
    }

    fn tokens(&self) -> Vec<Token> {
        tokens(&self.text)
    }

    fn complaint(&self, line: usize, what: impl std::fmt::Display) -> String {
        format!("{}:{line}: {what}", self.path)
    }
}

/// Every Rust file under `folder`.
fn sources(folder: &str) -> Vec<Source> {
    let mut sources: Vec<Source> = files(&root().join(folder))
        .into_iter()
        .filter(|path| path.ends_with(".rs"))
        .map(|path| Source {
            text: fs::read_to_string(root().join(folder).join(&path)).unwrap(),
            path: format!("{folder}/{path}"),
        })
        .collect();
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(sources.len() > 3, "{folder} is not where it was");
    sources
}

/// Every file under `folder`, by its path from there, sorted; what cargo builds and the test command installs is none of ours.
pub fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() && matches!(name.as_str(), "target" | ".tools") {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|inner| format!("{name}/{inner}")));
        } else {
            found.push(name);
        }
    }
    found.sort();
    found
}

/// Holds a rule against every source file.
fn hold(rule: impl Fn(&Source) -> Vec<String>) {
    let complaints: Vec<String> = sources("src").iter().flat_map(rule).collect();
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

/// A rule complains of the first text, as `path`, and not of the second.
fn tried(rule: impl Fn(&Source) -> Vec<String>, path: &str, bad: &str, good: &str) {
    assert!(!rule(&Source::new(path, bad)).is_empty(), "let pass in {path}: {bad}");
    assert_eq!(rule(&Source::new(path, good)), Vec::<String>::new(), "refused in {path}: {good}");
}

fn names_say_what_is_inside(source: &Source) -> Vec<String> {
    let module = source.module();
    let empty = module.iter().filter(|part| EMPTY_NAMES.contains(part));
    empty
        .map(|part| source.complaint(1, format!("`{part}` names nothing; name the noun or the stage")))
        .collect()
}

#[test]
fn every_module_is_named_for_a_noun_or_a_stage() {
    hold(names_say_what_is_inside);
    let complaints = |path| names_say_what_is_inside(&Source::new(path, "")).len();
    assert_eq!(["src/utils.rs", "src/emit/common/mod.rs", "src/emit/say.rs"].map(complaints), [1, 1, 0]);
}

fn crates_are_kept_where_they_belong(source: &Source) -> Vec<String> {
    let tokens = shipped(&source.tokens());
    let mut complaints = Vec::new();
    for (name, importers, why) in KEPT {
        if importers.iter().any(|path| source.path.starts_with(path)) {
            continue;
        }
        let used = tokens.iter().enumerate().filter(|(at, token)| {
            let inner = *at > 0 && tokens[at - 1].is("::");
            let path = tokens.get(at + 1).is_some_and(|next| next.is("::"));
            let import = *at > 0 && tokens[at - 1].is("use");
            token.is(name) && !inner && (path || import)
        });
        complaints.extend(used.map(|(_, token)| source.complaint(token.line, format!("`{name}`: {why}"))));
    }
    complaints
}

#[test]
fn crates_that_may_be_replaced_are_imported_in_one_place() {
    hold(crates_are_kept_where_they_belong);
}

#[test]
fn a_kept_crate_is_caught_anywhere_else() {
    let rule = crates_are_kept_where_they_belong;
    tried(rule, "src/plan/mod.rs", "use chrono::NaiveDate;", "use crate::time::Date; // chrono::NaiveDate");
    tried(rule, "src/time.rs", "use jiff::tz;", "fn jiff() { jiff() }");
    tried(
        rule,
        "src/verify/mod.rs",
        "fn f() { serde_saphyr::from_str(x) }",
        "#[cfg(test)] mod tests { use serde_yaml::Value; }",
    );
    tried(rule, "src/keda/mod.rs", "use anyhow;", "use crate::yaml::anyhow::x;");
    tried(rule, "src/emit/mod.rs", "pub(super) fn f() -> anyhow::Result<()> {}", "");
}

fn only_the_command_line_touches_the_world(source: &Source) -> Vec<String> {
    let in_the_world = ["src/cli/", "src/publish/", "src/main.rs"];
    if in_the_world.iter().any(|place| source.path.starts_with(place)) {
        return Vec::new();
    }
    let tokens = shipped(&source.tokens());
    let mut complaints = Vec::new();
    for at in 0..tokens.len() {
        if tokens[at].is("std")
            && tokens.get(at + 1).is_some_and(|next| next.is("::"))
            && at + 2 < tokens.len()
        {
            let touched = heads(&tokens[at + 2..]).into_iter().filter(|head| WORLD.contains(&head.as_str()));
            complaints.extend(touched.map(|head| {
                source
                    .complaint(tokens[at].line, format!("`std::{head}` is for src/cli; take a value instead"))
            }));
        }
    }
    complaints
}

#[test]
fn nothing_below_the_command_line_touches_files_environment_or_terminal() {
    hold(only_the_command_line_touches_the_world);
    let rule = only_the_command_line_touches_the_world;
    tried(rule, "src/plan/mod.rs", "use std::fs;", "use std::fmt;");
    tried(
        rule,
        "src/plan/mod.rs",
        "use std::{collections::BTreeMap, io::{self, Write}};",
        "use std::{collections::io};",
    );
    tried(rule, "src/emit/mod.rs", "fn f() { std::env::var(x) }", "#[cfg(test)] mod tests { use std::fs; }");
}

/// What is read, answered and written does not depend on anybody else's machine, but for what one file is asked to ask.
fn one_file_opens_sockets(source: &Source) -> Vec<String> {
    if PROMETHEUS.contains(&source.path.as_str()) {
        return Vec::new();
    }
    let tokens = shipped(&source.tokens());
    let mut complaints = Vec::new();
    for at in 0..tokens.len() {
        // `std::net`, `std::os::unix::net`
        let path = ["std", "unix"].iter().any(|head| tokens[at].is(head))
            && tokens.get(at + 1).is_some_and(|next| next.is("::"))
            && at + 2 < tokens.len();
        if path && heads(&tokens[at + 2..]).iter().any(|head| head == "net") {
            complaints
                .push(source.complaint(tokens[at].line, "sockets are opened in src/cli/prometheus.rs only"));
        }
    }
    complaints
}

#[test]
fn only_the_option_that_asks_prometheus_opens_a_socket() {
    hold(one_file_opens_sockets);
    let rule = one_file_opens_sockets;
    tried(rule, "src/cli/input.rs", "use std::net::TcpStream;", "use std::fs; // std::net");
    tried(rule, "src/cli/mod.rs", "use std::{fs, net::{self}};", "use std::{fs, io};");
    tried(rule, "src/cli/mod.rs", "fn f() { std::os::unix::net::UnixStream::connect(x) }", "mod net {}");
    tried(
        crates_are_kept_where_they_belong,
        "src/cli/simulate/load.rs",
        "use ureq::Agent;",
        "use super::ureq;",
    );
    assert!(rule(&Source::new(PROMETHEUS[0], "use std::net::Ipv4Addr;")).is_empty());
}

/// The words of a literal: letters, outside of the placeholders of `format!`.
fn words(text: &str) -> usize {
    let outside = text
        .split('{')
        .enumerate()
        .map(|(at, part)| if at == 0 { part } else { part.split_once('}').map_or("", |(_, rest)| rest) });
    let outside = outside.collect::<Vec<_>>().join("_");
    outside.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count()
}

fn no_sentence_in_emission(source: &Source) -> Vec<String> {
    if !source.path.starts_with("src/emit") || source.path.ends_with("/diags.rs") {
        return Vec::new();
    }
    let tokens = shipped(&source.tokens());
    let sentences = tokens.iter().filter_map(|token| match &token.piece {
        Piece::Text(text) if !text.starts_with("internal error: ") && words(text) > WORDS_IN_A_LITERAL => {
            Some(source.complaint(
                token.line,
                format!("words for operators live in templates/, words of findings in diags.rs: {text:?}"),
            ))
        }
        Piece::Text(_) | Piece::Word(_) | Piece::Mark(_) | Piece::Other(_) => None,
    });
    sentences.collect()
}

#[test]
fn words_for_operators_are_in_the_templates() {
    hold(no_sentence_in_emission);
    let sentence = "fn f() { g(\"scale the deployment up now\") }";
    let few = "fn f() { g(\"daily 08:00-20:00 Europe/Berlin\") } // scale the deployment up now";
    tried(no_sentence_in_emission, "src/emit/alerts.rs", sentence, few);
    tried(no_sentence_in_emission, "src/emit/say.rs", "const S: &str = r#\"one two three four five\"#;", "");
    tried(
        no_sentence_in_emission,
        "src/emit/say.rs",
        "f!(\"{title} runs from {a} until {b} in the zone {}\")",
        "f!(\"{} {month} {a}-{b} {} {} {zone}\")",
    );
    assert!(no_sentence_in_emission(&Source::new("src/emit/diags.rs", sentence)).is_empty());
    assert!(no_sentence_in_emission(&Source::new("src/verify/alerts.rs", sentence)).is_empty());
}

fn opens_with_what_it_does(source: &Source) -> Vec<String> {
    let lines = source.text.lines().take_while(|line| line.starts_with("//!")).count();
    if lines == 0 {
        vec![source.complaint(1, "begins without `//!`: what it turns into what")]
    } else {
        Vec::new()
    }
}

#[test]
fn every_file_begins_with_what_it_does() {
    hold(opens_with_what_it_does);
    sources("tests")
        .iter()
        .for_each(|source| assert_eq!(opens_with_what_it_does(source), Vec::<String>::new()));
    tried(opens_with_what_it_does, "src/x.rs", "use a;\n//! late", "//! What.\nuse a;");
}

fn short_enough(source: &Source) -> Vec<String> {
    let lines = source.text.lines().count();
    let limit = if source.path == "src/lib.rs" { LONGEST_LIB } else { LONGEST_FILE };
    if lines > limit {
        vec![
            source
                .complaint(limit, format!("{lines} lines, {limit} at most: there is a second subject in it")),
        ]
    } else {
        Vec::new()
    }
}

#[test]
fn no_file_is_longer_than_can_be_read_at_once() {
    hold(short_enough);
    sources("tests").iter().for_each(|source| assert_eq!(short_enough(source), Vec::<String>::new()));
    tried(short_enough, "src/emit/mod.rs", &"\n".repeat(701), &"\n".repeat(700));
    tried(short_enough, "src/lib.rs", &"\n".repeat(61), &"\n".repeat(60));
}

fn only_a_map(source: &Source) -> Vec<String> {
    let functions = source.tokens().into_iter().filter(|token| source.path == "src/lib.rs" && token.is("fn"));
    functions.map(|token| source.complaint(token.line, "lib.rs is the map, it has no logic")).collect()
}

#[test]
fn lib_rs_is_only_the_map() {
    hold(only_a_map);
    tried(only_a_map, "src/lib.rs", "pub fn f() {}", "pub mod emit; // fn f");
}

/// `Version::new(` with numbers: from which version on something holds.
fn thresholds_stand_in_one_table(source: &Source) -> Vec<String> {
    if ["src/features.rs", "src/quantity.rs"].contains(&source.path.as_str()) {
        return Vec::new();
    }
    let tokens = shipped(&source.tokens());
    let written = tokens.windows(3).filter(|three| {
        three[0].is("Version")
            && (three[1].is("{") && three[2].is("major") || three[1].is("::") && three[2].is("new"))
    });
    written.map(|three| source.complaint(three[0].line, "a version: a row of src/features.rs")).collect()
}

#[test]
fn from_which_version_on_something_holds_stands_in_one_table() {
    hold(thresholds_stand_in_one_table);
    let rule = thresholds_stand_in_one_table;
    let path = "src/keda/pause.rs";
    tried(
        rule,
        path,
        "fn f() { keda >= Version::new(2, 18) }",
        "fn f() { keda >= features::keda::TOLERANCE }",
    );
    tried(rule, path, "fn f() { Version { major: 2, minor: 18 } }", "fn f() { Version::parse(text) }");
}

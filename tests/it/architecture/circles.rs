//! No two files need each other, by whatever way: what both need has a file of its own. A `mod.rs` is a map of its folder, and
//! neither it nor what is taken from it counts.

use std::collections::{BTreeMap, BTreeSet};

use super::{Source, sources};
use crate::tokens::{Token, shipped};

/// A module's path: `emit`, `schedule`, `cover`.
type Path = Vec<String>;

/// The paths that begin at `tokens[at]`, groups laid out, each behind `before`; and where they end.
fn paths(tokens: &[Token], mut at: usize, before: &Path) -> (Vec<Path>, usize) {
    let mut path = before.clone();
    while let Some(token) = tokens.get(at) {
        if token.is("{") {
            let mut found = Vec::new();
            at += 1;
            while tokens.get(at).is_some_and(|token| !token.is("}")) {
                let (inner, end) = paths(tokens, at, &path);
                found.extend(inner);
                at = end.max(at + 1);
                while tokens.get(at).is_some_and(|token| !token.is(",") && !token.is("}")) {
                    at += 1;
                }
                at += usize::from(tokens.get(at).is_some_and(|token| token.is(",")));
            }
            return (found, at + 1);
        }
        let Some(word) = token.word() else { break };
        path.push(word.to_owned());
        at += 1;
        if !tokens.get(at).is_some_and(|token| token.is("::")) {
            break;
        }
        at += 1;
    }
    (vec![path], at)
}

/// The modules that a file names from the crate's top or from its own folder upwards.
fn named(source: &Source, known: &BTreeSet<Path>) -> BTreeSet<Path> {
    let tokens = shipped(&source.tokens());
    let own: Path = source.module().into_iter().map(str::to_owned).collect();
    let mut found = BTreeSet::new();
    for (at, token) in tokens.iter().enumerate() {
        let continued = at > 0 && tokens[at - 1].is("::");
        if continued || !(token.is("crate") || token.is("super")) {
            continue;
        }
        for path in paths(&tokens, at, &Path::new()).0 {
            let supers = path.iter().take_while(|word| *word == "super").count();
            let mut whole = if path[0] == "crate" { Path::new() } else { own[..own.len() - supers].to_vec() };
            whole.extend(path.into_iter().skip(supers.max(1)));
            let longest = (1..=whole.len()).rev().map(|length| whole[..length].to_vec());
            found.extend(longest.into_iter().find(|module| known.contains(module)));
        }
    }
    found.remove(&own);
    found
}

/// The files that can be reached from one by arrows.
fn reached<'a>(arrows: &'a BTreeMap<Path, BTreeSet<Path>>, from: &'a Path) -> BTreeSet<&'a Path> {
    let (mut reached, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(next) = open.pop() {
        let further = arrows.get(next).into_iter().flatten();
        open.extend(further.filter(|module| arrows.contains_key(*module) && reached.insert(*module)));
    }
    reached
}

/// The files that need themselves by way of others, each with those that it names of them.
fn circles(sources: &[Source]) -> Vec<String> {
    let module = |source: &Source| source.module().into_iter().map(str::to_owned).collect::<Path>();
    let known: BTreeSet<Path> = sources.iter().map(module).collect();
    let files = sources.iter().filter(|source| !source.path.ends_with("/mod.rs"));
    let arrows: BTreeMap<Path, BTreeSet<Path>> =
        files.map(|source| (module(source), named(source, &known))).collect();
    let all: BTreeMap<&Path, BTreeSet<&Path>> =
        arrows.keys().map(|file| (file, reached(&arrows, file))).collect();
    let comes_back = |file: &Path| all[file].contains(file);
    let mut complaints = Vec::new();
    for (file, named) in arrows.iter().filter(|(file, _)| comes_back(file)) {
        let back = named.iter().filter(|other| all.get(other).is_some_and(|reached| reached.contains(file)));
        let back: Vec<String> = back.map(|other| other.join("/")).collect();
        complaints.push(format!("{} needs {}, which needs it", file.join("/"), back.join(" and ")));
    }
    complaints
}

#[test]
fn no_two_files_need_each_other() {
    let found = circles(&sources("src"));
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn a_circle_is_caught_however_long_and_however_it_is_written() {
    let of = |texts: &[(&str, &str)]| {
        let files: Vec<Source> = texts.iter().map(|(path, text)| Source::new(path, text)).collect();
        circles(&files)
    };
    let map = ("src/a/mod.rs", "mod one; mod two; mod three; use one::One;");
    let found = of(&[map, ("src/a/one.rs", "use super::two::Two;"), ("src/a/two.rs", "use crate::a::one;")]);
    assert_eq!(found, ["a/one needs a/two, which needs it", "a/two needs a/one, which needs it"]);
    let long = [
        map,
        ("src/a/one.rs", "use crate::{b, a::{three as x, two::{self, Two}}};"),
        ("src/a/two.rs", "fn f() -> super::three::Three { super::three::of() }"),
        ("src/a/three.rs", "use super::{one::One, Map};"),
    ];
    assert_eq!(of(&long).len(), 3);
    let mut open = long;
    open[3].1 = "use super::Map; // super::one\n#[cfg(test)] mod tests { use super::super::one; }";
    assert_eq!(of(&open), Vec::<String>::new());
}

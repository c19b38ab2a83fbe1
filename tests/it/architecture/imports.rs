//! Who may import whom: one table, held against every path in `src/`, however it is written.

use std::collections::BTreeSet;

use super::{Source, hold, sources, tried};
use crate::tokens::Token;

/// What each module may import, `ground` standing for all of [`GROUND`]. Imports go one way: a row names only rows above
/// it, but for `cli`. A new module needs a row here, and that row is a decision about the architecture.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("artifact", &[]),
    ("invisible", &[]),
    ("markdown", &[]),
    ("name", &[]),
    ("parallel", &[]),
    ("quantity", &[]),
    ("features", &["quantity"]),
    ("tolerance", &["features", "quantity"]),
    ("source", &[]),
    ("step", &[]),
    ("time", &["name"]),
    ("yaml", &["parallel"]),
    ("dates", &["name", "time"]),
    ("finding", &["source"]),
    ("kept", &["name", "quantity", "source", "yaml"]),
    ("keys", &["artifact"]),
    ("profile", &["artifact", "kept", "name", "quantity", "source", "time"]),
    ("begin", &["ground"]),
    ("policy", &["ground"]),
    ("resolve", &["ground", "policy"]),
    ("plan", &["ground", "policy", "resolve"]),
    ("emit", &["ground", "plan"]),
    ("keda", &["ground"]),
    ("rules", &["ground", "keda"]),
    ("cluster", &["ground"]),
    ("audit", &["ground", "keda", "rules"]),
    ("verify", &["ground", "plan", "keda", "rules"]),
    ("explain", &["ground", "plan", "keda", "rules"]),
    ("review", &["ground", "plan"]),
    ("simulate", &["ground", "keda"]),
    ("renew", &["ground"]),
    ("report", &["ground", "plan", "keda", "rules", "audit", "explain", "review", "simulate", "renew"]),
    ("compile", &["ground", "policy", "resolve", "plan", "emit", "verify"]),
    ("import", &["ground", "plan", "emit", "keda", "rules", "compile"]),
    ("publish", &["parallel"]),
    (
        "cli",
        &[
            "ground", "begin", "policy", "resolve", "plan", "emit", "keda", "rules", "cluster", "audit",
            "verify", "explain", "review", "simulate", "renew", "report", "compile", "import", "publish",
        ],
    ),
];

/// Modules that any stage may import.
const GROUND: [&str; 17] = [
    "artifact",
    "features",
    "invisible",
    "markdown",
    "name",
    "parallel",
    "quantity",
    "source",
    "step",
    "time",
    "tolerance",
    "yaml",
    "dates",
    "finding",
    "kept",
    "keys",
    "profile",
];

/// What a file names of the crate's own top level, by `crate::` or by enough `super::`, with the line.
fn imports(source: &Source) -> Vec<(usize, String)> {
    let tokens = source.tokens();
    let mut found = Vec::new();
    let depth_of_file = source.module().len();
    let (mut braces, mut inline): (usize, Vec<usize>) = (0, Vec::new());
    for (at, token) in tokens.iter().enumerate() {
        if token.is("{") {
            braces += 1;
            if at >= 2 && tokens[at - 2].is("mod") {
                inline.push(braces);
            }
        } else if token.is("}") {
            inline.retain(|opened| *opened != braces);
            braces = braces.saturating_sub(1);
        }
        let continued = at > 0 && tokens[at - 1].is("::");
        if continued || !(token.is("crate") || token.is("super")) {
            continue;
        }
        let path = &tokens[at..];
        let supers = path
            .chunks(2)
            .take_while(|pair| pair[0].is("super") && pair.len() == 2 && pair[1].is("::"))
            .count();
        let top = token.is("crate") || supers == depth_of_file + inline.len();
        let skipped = if token.is("crate") { 2 } else { 2 * supers };
        if top && path.get(skipped - 1).is_some_and(|mark| mark.is("::")) {
            found.extend(heads(&path[skipped..]).into_iter().map(|head| (token.line, head)));
        }
    }
    found
}

/// The first names of a path or of a group of paths.
pub(super) fn heads(path: &[Token]) -> Vec<String> {
    let name = |token: &Token| token.word().map_or_else(|| "*".to_owned(), str::to_owned);
    if !path[0].is("{") {
        return vec![name(&path[0])];
    }
    let (mut depth, mut heads) = (0, Vec::new());
    for pair in path.windows(2) {
        depth = if pair[0].is("{") {
            depth + 1
        } else if pair[0].is("}") {
            depth - 1
        } else {
            depth
        };
        if depth == 0 {
            break;
        }
        if depth == 1 && (pair[0].is("{") || pair[0].is(",")) && !pair[1].is("}") {
            heads.push(name(&pair[1]));
        }
    }
    heads
}

fn imports_go_one_way(source: &Source) -> Vec<String> {
    let module = source.module();
    let Some(own) = module.first() else { return Vec::new() };
    let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| name == own) else {
        return vec![source.complaint(1, format!("`{own}` has no row in MAY_IMPORT"))];
    };
    let may = |head: &str| {
        head == *own || allowed.contains(&head) || (allowed.contains(&"ground") && GROUND.contains(&head))
    };
    let wrong = imports(source).into_iter().filter(|(_, head)| !may(head));
    wrong
        .map(|(line, head)| {
            source.complaint(
                line,
                format!("`{own}` must not import `{head}`; it may import {allowed:?} (MAY_IMPORT)"),
            )
        })
        .collect()
}

#[test]
fn imports_go_one_way_through_the_pipeline() {
    hold(imports_go_one_way);
}

#[test]
fn an_import_against_the_stream_is_caught_however_it_is_written() {
    let rule = imports_go_one_way;
    tried(rule, "src/verify/alerts.rs", "use crate::emit::Templates;", "use crate::plan::Plan;");
    tried(
        rule,
        "src/verify/mod.rs",
        "use crate::{plan::Plan, policy::{read, Policy}};",
        "use crate::{plan::{emit}, keda};",
    );
    tried(
        rule,
        "src/emit/mod.rs",
        "fn f() { let x = crate::policy::read(); }",
        "//! crate::policy\nfn f() { \"crate::policy\"; }",
    );
    tried(
        rule,
        "src/emit/schedule/cover.rs",
        "use super::super::super::keda::Cron;",
        "use super::super::keda::Cron;",
    );
    tried(rule, "src/keda/mod.rs", "use super::{plan, time};", "mod tests { use super::{plan, time}; }");
    tried(
        rule,
        "src/keda/mod.rs",
        "mod a { mod b { use super::super::super::plan; } }",
        "mod a {} use super::time;",
    );
    tried(rule, "src/time/mod.rs", "use crate::finding::Rule;", "use super::time::Date;");
    tried(rule, "src/step.rs", "use crate::*;", "mod tests { use super::*; }");
    tried(rule, "src/compile.rs", "use crate::cli;", "use crate::verify;");
    assert_eq!(rule(&Source::new("src/forecast.rs", "")).len(), 1, "a module without a row");
}

#[test]
fn every_module_has_one_row_and_every_row_names_rows_above_it() {
    let modules: BTreeSet<String> = sources("src")
        .iter()
        .filter_map(|source| source.module().first().map(|own| (*own).to_owned()))
        .collect();
    let rows: BTreeSet<String> = MAY_IMPORT.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(modules, rows, "src/ on the left, MAY_IMPORT on the right");
    assert_eq!(rows.len(), MAY_IMPORT.len(), "a module has two rows");
    for (at, (name, allowed)) in MAY_IMPORT.iter().enumerate() {
        let above: Vec<&str> = MAY_IMPORT[..at].iter().map(|(above, _)| *above).collect();
        let below = allowed.iter().find(|other| **other != "ground" && !above.contains(other));
        assert_eq!(below, None, "`{name}` may import what stands below it: a circle");
        assert!(GROUND.iter().all(|ground| above.contains(ground)) || !allowed.contains(&"ground"), "{name}");
    }
}

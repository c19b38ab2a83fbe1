//! What is proven and what is designed, as a document: `.docs/proofs.md` is written from the table that the runs speak from.

use std::fmt::Write;
use std::fs;

use seasonscale::artifact::ArtifactKind;
use seasonscale::verify::{Claims, claims};

use crate::policies::root;

const DOCUMENT: &str = ".docs/proofs.md";

const HEAD: &str = "\
# What is proven, and what is tested

Before a byte is written, every file is read back from its bytes and held against the plan, by code that shares nothing with what made
it. This *proves* what the policy says, whoever wrote the template: a difference refuses the whole run.

What only our own templates say (how long an alert waits, how it is worded, which index a table has) is their *design*. The tests hold it:
`tests/design/` has it written down a second time, promtool, PostgreSQL, k6's engine and Kubernetes' own validation see what it does, and
`tests/mutants/` breaks both, once for each check. Whoever replaces a template (`--templates DIR`) may change the design and keeps
every proof; the run says so, a line for each template that is replaced.

This page is written by a test from `src/verify/claims.rs`.
";

#[test]
fn the_document_says_what_the_runs_say() {
    let mut text = HEAD.to_owned();
    for kind in ArtifactKind::ALL {
        let Claims { proven, designed } = claims(*kind);
        assert!(!proven.is_empty() && !designed.is_empty(), "{}", kind.id());
        write!(text, "\n## {} (`{}`)\n", kind.about(), kind.id()).unwrap();
        for (what, all) in [("Proven", proven), ("Design of the template", designed)] {
            write!(text, "\n{what}:\n\n").unwrap();
            all.iter().for_each(|one| writeln!(text, "* {one}").unwrap());
        }
    }
    let path = root().join(DOCUMENT);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, text).unwrap();
        return;
    }
    let there = fs::read_to_string(path).unwrap_or_default();
    assert!(there == text, "{DOCUMENT} is stale: run `UPDATE=1 cargo test --test it -- proofs`");
}

//! The migration and its undo script, read back: PostgreSQL's grammar, Flyway's rules, and the guarantees that the journal
//! gives to its users, each looked for in the statements themselves, where no comment can stand in for it.
//!
//! The grammar is squawk's (pure Rust, function bodies included), so that a build needs no C compiler for it; the tests
//! hand the same files to PostgreSQL itself and to its own parser (libpg_query).

mod access;
mod contents;
mod delivery;
mod diags;
mod flyway;
mod isolation;
mod statements;
mod undo;

pub(super) use contents::READ;
pub use flyway::taken;

use crate::artifact::Artifact;
use crate::finding::Diagnostic;
use crate::plan::Plan;
use crate::profile::Profile;
use diags::Report;
use statements::Script;

pub(super) fn verify(plan: &Plan, artifact: &Artifact) -> Vec<Diagnostic> {
    let Some(journal) = &plan.profile.journal else { return Vec::new() };
    let mut report = Report::new(artifact, journal);
    let script = Script::parse(&artifact.text);
    report.syntax(&script);
    flyway::check(&journal.migration_file(), artifact, &script, &mut report);
    contents::check((&plan.profile, journal), &script, &mut report);
    isolation::check(journal, &script, &mut report);
    access::check(journal, &script, &mut report);
    delivery::check(journal, &script, &mut report);
    report.found
}

/// What a released migration says otherwise than the profile, in words; empty where it needs no next version.
pub fn differences(profile: &Profile, text: &str) -> Vec<String> {
    contents::differences(profile, &Script::parse(text))
}

pub(super) fn verify_undo(plan: &Plan, artifact: &Artifact) -> Vec<Diagnostic> {
    let Some(journal) = &plan.profile.journal else { return Vec::new() };
    let mut report = Report::new(artifact, journal);
    let script = Script::parse(&artifact.text);
    report.syntax(&script);
    flyway::check(&journal.undo_file(), artifact, &script, &mut report);
    undo::check(journal, &script, &mut report);
    report.found
}

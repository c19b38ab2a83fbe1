//! The integration tests: one binary.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, helpers of tests included")]

mod alerts;
mod all_or_nothing;
mod architecture;
mod assumed_clock;
mod audit;
mod begin;
mod beside;
mod bounds;
mod businesses;
mod cli;
mod clocks;
mod closed_pipes;
mod dashboards;
mod dates;
#[path = "../design/mod.rs"]
mod design;
mod diagnostics;
mod documents;
mod edits;
mod explain;
mod faults;
mod feed;
mod golden;
mod guards;
mod guide;
mod holidays;
mod import;
mod invisible;
mod journal;
mod keda;
mod kept;
mod kept_runbook;
mod keys;
mod kubernetes;
mod markdown;
mod mutants;
mod mutation;
mod namesakes;
mod one_of_several;
mod own_templates;
mod partial;
mod policies;
mod project;
mod proofs;
mod renew;
mod review;
mod revisions;
mod sample;
mod schedule;
mod scrape;
mod seasons;
mod simulate;
mod tokens;
mod unending;

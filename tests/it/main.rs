//! The integration tests: one binary.

mod cli;
mod dates;
mod diagnostics;
mod edits;
mod journal;
mod keda;
mod mutants;
mod policies;
mod schedule;

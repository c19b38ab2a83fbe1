//! The integration tests: one binary.

mod cli;
mod dates;
mod diagnostics;
mod edits;
mod policies;
mod schedule;

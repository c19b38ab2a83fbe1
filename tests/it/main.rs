//! The integration tests: one binary.

mod diagnostics;
mod edits;
mod policies;
mod schedule;

//! The integration tests: one binary.

mod dates;
mod diagnostics;
mod edits;
mod policies;
mod schedule;

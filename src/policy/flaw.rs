//! What is wrong inside of a string.

use std::ops::Range;

/// What is wrong with a string, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    pub(super) at: Range<usize>,
    pub(super) what: String,
}

pub(super) fn flaw<T>(at: Range<usize>, what: impl Into<String>) -> Result<T, Flaw> {
    Err(Flaw { at, what: what.into() })
}

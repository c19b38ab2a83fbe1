//! What an import has to say about a place in a manifest.

use std::fmt;

use crate::yaml::Mark;

/// A place in a manifest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file.
    pub file: String,
    /// Line and column; zero where it is not known.
    pub mark: Mark,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.mark {
            Mark { line: 0, .. } => f.write_str(&self.file),
            Mark { line, column: 0 } => write!(f, "{}:{line}", self.file),
            Mark { line, column } => write!(f, "{}:{line}:{column}", self.file),
        }
    }
}

/// What a remark means for the import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Not a ScaledObject, so nothing is lost.
    Skipped,
    /// Carried over in other words, or written by the compiler in its own way.
    Changed,
    /// Not carried over: something that the input does is missing from the proposal.
    LeftOut,
}

/// One remark.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    /// On what.
    pub place: Place,
    /// What it means.
    pub kind: Kind,
    /// The object's name; empty where there is none.
    pub subject: String,
    /// In words.
    pub text: String,
}

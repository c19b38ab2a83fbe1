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
    /// An object that is not ours to change in anything.
    LeftAlone,
    /// Carried over as it runs, though it may not be what is meant.
    AsItRuns,
    /// Carried over in other words, or written by the compiler in its own way.
    Changed,
    /// Not in the input: the compiler adds it.
    Added,
    /// Part of an object that is carried over, and runs today: the proposal does not have it, or has it otherwise.
    NotKept,
    /// An object or a trigger that is not carried over.
    LeftOut,
}

impl Kind {
    /// Whether something that runs today is missing or different.
    pub fn is_loss(self) -> bool {
        match self {
            Self::NotKept | Self::LeftOut => true,
            Self::Skipped | Self::LeftAlone | Self::AsItRuns | Self::Changed | Self::Added => false,
        }
    }
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
    /// Which part of the object, in a word or two; empty where it is the whole.
    pub part: String,
    /// In words.
    pub text: String,
}

//! A value of a document and where it begins, as Kubernetes tells values apart.

use super::{Mark, Marked};

/// A value and where it begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it begins.
    pub mark: Mark,
    /// What it is.
    pub value: Value,
}

/// The kinds of values that Kubernetes knows.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`, `~` or nothing
    Null,
    /// `true`, `on`
    Bool(bool),
    /// `6`
    Integer(i64),
    /// Any other number, as it is written.
    Number(String),
    /// Anything in quotes, and all that is nothing else.
    Text(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in the order of the file.
    Map(Vec<(Marked<String>, Node)>),
}

impl Node {
    /// The value under `key`, where this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Value::Map(entries) = &self.value else { return None };
        entries.iter().find(|(name, _)| name.value == key).map(|(_, value)| value)
    }

    /// Whether both say the same, wherever they stand; the order of keys says nothing.
    pub fn says_as(&self, other: &Self) -> bool {
        match (&self.value, &other.value) {
            (Value::List(ours), Value::List(theirs)) => {
                ours.len() == theirs.len()
                    && ours.iter().zip(theirs).all(|(ours, theirs)| ours.says_as(theirs))
            }
            (Value::Map(ours), Value::Map(theirs)) => {
                let same = |(key, value): &(Marked<String>, Self)| {
                    theirs.iter().any(|(name, other)| name.value == key.value && value.says_as(other))
                };
                ours.len() == theirs.len() && ours.iter().all(same)
            }
            (ours, theirs) => ours == theirs,
        }
    }

    /// The text, where this is one.
    pub fn text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }
}

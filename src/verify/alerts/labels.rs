//! Label sets, which an evaluation copies and compares millions of times: names and values are shared, and equal ones that
//! come from one [`Words`] are recognized without a look at their letters.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

/// A name or a value.
#[derive(Clone, Debug)]
pub(super) struct Word(Rc<str>);

impl Deref for Word {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Word {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq for Word {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl Eq for Word {}

impl PartialOrd for Word {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Word {
    fn cmp(&self, other: &Self) -> Ordering {
        if Rc::ptr_eq(&self.0, &other.0) { Ordering::Equal } else { self.0.cmp(&other.0) }
    }
}

/// Words that were met before.
#[derive(Default)]
pub(super) struct Words(BTreeSet<Rc<str>>);

impl Words {
    /// The one word of this text.
    pub(super) fn word(&mut self, text: &str) -> Word {
        if let Some(known) = self.0.get(text) {
            return Word(Rc::clone(known));
        }
        let new: Rc<str> = text.into();
        self.0.insert(Rc::clone(&new));
        Word(new)
    }
}

/// A label set, without the metric's name; by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Labels(Vec<(Word, Word)>);

impl Labels {
    /// No labels.
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn get(&self, name: &str) -> Option<&Word> {
        self.0.iter().find(|(known, _)| &**known == name).map(|(_, value)| value)
    }

    pub(super) fn insert(&mut self, name: Word, value: Word) {
        match self.0.binary_search_by(|(known, _)| known.cmp(&name)) {
            Ok(at) => self.0[at].1 = value,
            Err(at) => self.0.insert(at, (name, value)),
        }
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.0.retain(|(known, _)| &**known != name);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &(Word, Word)> {
        self.0.iter()
    }

    /// Those whose names are `kept`.
    pub(super) fn only(&self, kept: impl Fn(&str) -> bool) -> Self {
        Self(self.0.iter().filter(|(name, _)| kept(name)).cloned().collect())
    }
}

impl<const N: usize> From<[(Word, Word); N]> for Labels {
    fn from(entries: [(Word, Word); N]) -> Self {
        let mut labels = Self::new();
        entries.into_iter().for_each(|(name, value)| labels.insert(name, value));
        labels
    }
}

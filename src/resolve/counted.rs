//! The stretches of seasons that others count from, each worked out once: two boundaries that name one season would double the
//! work with every season between.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::dates::Paired;
use crate::profile::TerritoryId;

/// A season by its name, in a place.
pub(super) type Key = (String, Option<TerritoryId>);

/// What is known of a season.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) paired: Paired,
    /// How many seasons lie between it and a date of the calendar's own, at most.
    pub(super) height: usize,
}

/// All of them, whatever thread has worked them out.
#[derive(Default)]
pub(super) struct Counted(Mutex<BTreeMap<Key, Entry>>);

impl Counted {
    pub(super) fn of(&self, key: &Key) -> Option<Entry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// `named` are the seasons that this one counts from, which are known already.
    pub(super) fn remember(&self, key: Key, paired: &Paired, named: impl Iterator<Item = String>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let heights = named.filter_map(|name| Some(all.get(&(name, key.1))?.height + 1));
        let height = heights.max().unwrap_or(0);
        all.insert(key, Entry { paired: paired.clone(), height });
    }
}

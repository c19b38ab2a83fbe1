//! Covers found before: targets whose floors hold at the same local times, whatever the floors, share one search.
//!
//! A fleet has as many searches as it has different calendars, not as many as it has targets.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::{CronPair, Extent};
use crate::time::LocalTime;

type Cover = Result<Vec<CronPair>, LocalTime>;

/// Covers by the extent that they are for; of one plan, since KEDA's version is not in the key.
#[derive(Default)]
pub(in crate::emit) struct Covers {
    known: Mutex<BTreeMap<Extent, Cover>>,
}

impl Covers {
    /// What `find` finds for `extent`, from memory where it has been found before. Two threads may find the same at the
    /// same time: it is the same.
    pub(super) fn of(&self, extent: &Extent, find: impl FnOnce() -> Cover) -> Cover {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cover) = known().get(extent) {
            return cover.clone();
        }
        let cover = find();
        known().insert(extent.clone(), cover.clone());
        cover
    }
}

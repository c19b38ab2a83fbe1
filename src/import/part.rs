//! Equal windows of several targets, of which a season is made.

use std::collections::{BTreeMap, BTreeSet};

use super::dates::Dates;
use crate::quantity::Replicas;
use crate::time::{Hours, Zone};

/// Equal windows of several targets.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) dates: Dates,
    pub(super) hours: Hours,
    /// Further windows of the same days, of the same triggers.
    pub(super) more_hours: Vec<Hours>,
    /// Its clock, where that is not its targets'.
    pub(super) zone: Option<Zone>,
    /// Floors by target.
    pub(super) floors: BTreeMap<usize, Replicas>,
    /// Targets and the triggers that it comes from.
    pub(super) triggers: BTreeSet<(usize, usize)>,
}

impl Part {
    /// All windows of its days.
    pub(super) fn all_hours(&self) -> impl Iterator<Item = &Hours> {
        std::iter::once(&self.hours).chain(&self.more_hours)
    }
}

//! What is wrong with a ScaledObject, as data.

use std::cmp::Ordering;

use super::cost::Cost;
use crate::finding::Rule;
use crate::time::Instant;
use crate::yaml::Mark;

/// Where a finding is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which object: `ScaledObject shop/query`; empty where the text could not be read so far.
    pub object: String,
    /// Its trigger, from 0.
    pub trigger: Option<usize>,
    /// The way from there: `metadata.end`, `spec.fallback`.
    pub field: String,
    /// Line and column inside the object's document.
    pub mark: Mark,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its kind.
    pub rule: Rule,
    /// Where.
    pub place: Place,
    /// What KEDA will really do.
    pub effect: String,
    /// The first instant at which that surprises.
    pub first: Option<Instant>,
    /// What to write instead.
    pub mend: String,
    /// What it costs over the stretch that is looked at, as far as that is worked out.
    pub cost: Cost,
}

impl Finding {
    /// With the first instant at which it surprises.
    pub fn from(mut self, first: Instant) -> Self {
        self.first = Some(first);
        self
    }

    /// With what it costs.
    pub fn costing(mut self, cost: Cost) -> Self {
        self.cost = cost;
        self
    }

    /// By what should be mended first: errors before warnings, what costs more before what costs less, then by place.
    pub fn worst_first(&self, other: &Self) -> Ordering {
        let severity = other.rule.severity().cmp(&self.rule.severity());
        let cost = other.cost.cmp(&self.cost);
        severity.then(cost).then_with(|| self.place.mark.cmp(&other.place.mark))
    }
}

//! Where a manifest departs from the plan.

use crate::quantity::Replicas;
use crate::time::Instant;

/// Where the manifest departs from the plan for the first time.
pub(super) struct Difference {
    pub(super) at: Instant,
    pub(super) planned: Replicas,
    pub(super) emitted: Replicas,
    /// Cron triggers that are active there, as the manifest calls them.
    pub(super) active: Vec<String>,
    /// Stretches that differ after the first.
    pub(super) further: usize,
}

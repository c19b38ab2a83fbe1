//! The two schedules of a cron trigger.

use super::cron::Schedule;
use crate::time::Zone;

/// A cron trigger's two schedules and their clock.
#[derive(Clone, Debug)]
pub struct Pair {
    /// When it begins.
    pub start: Schedule,
    /// When it ends.
    pub end: Schedule,
    /// The trigger's zone; a `TZ=` prefix overrides it for its side.
    pub zone: Zone,
}

impl Pair {
    /// About how many days of a year the busier side fires on.
    pub fn days_a_year(&self) -> u32 {
        self.start.days_a_year().max(self.end.days_a_year())
    }
}

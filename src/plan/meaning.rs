//! What the plan means for an object, as a short text: the same wherever limits, loads, speeds and floors are the same at every
//! instant. Words and comments in the policy change nothing of it.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::{Plan, Schedule};
use crate::profile::Guard;

/// Bytes of the sum that are written: enough to tell plans apart, short enough to read.
const BYTES: usize = 8;

impl Plan {
    /// What it means for one object.
    pub fn meaning(&self, schedule: &Schedule) -> String {
        sum(&self.said(schedule))
    }

    /// What it means for all of them.
    pub fn whole_meaning(&self) -> String {
        sum(&self.schedules.iter().map(|schedule| self.said(schedule)).collect::<String>())
    }

    fn said(&self, schedule: &Schedule) -> String {
        let target = &self.profile.targets[schedule.target.0];
        let window = self.profile.workload(target).scale_down_window;
        let up = schedule.scale_up;
        let mut said = format!(
            "{} {} to {}, {} to {}, up {} {} {}, down {window}",
            target.name,
            self.horizon.from,
            self.horizon.until,
            target.min.value,
            target.max.value,
            up.pods_per_minute,
            up.may_double,
            up.without_tolerance,
        );
        let carried = target.per_replica.map(|rate| rate.to_string()).unwrap_or_default();
        let guard = match target.guard {
            Some(Guard::Latency(limit)) => format!("p95 {limit}"),
            Some(Guard::Lag(limit)) => format!("lag {limit}"),
            None => String::new(),
        };
        let floors = schedule.held.map(|step| step.floor);
        let _ = write!(said, ", {carried}, {guard}\n{}", floors.first());
        for (at, floor) in floors.steps() {
            let _ = write!(said, "\n{} {floor}", at.0);
        }
        said.push('\n');
        said
    }
}

fn sum(said: &str) -> String {
    Sha256::digest(said).iter().take(BYTES).map(|byte| format!("{byte:02x}")).collect()
}

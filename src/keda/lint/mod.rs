//! What runs, but not as it looks: each check is a small function from a [`Subject`] to findings.
//!
//! `text` reads the schedules' fields, `walk` the exact instants at which they fire, `floors` the object as a whole,
//! `prometheus` and `query` the load triggers.

mod floors;
mod prometheus;
mod query;
mod text;
mod walk;

use super::finding::Finding;
use super::subject::Subject;
use crate::time::{Instant, Offsets};

/// All findings of one object. `offsets` are asked for by the zones of its triggers.
pub fn lint(subject: &Subject<'_>, offsets: &mut super::activity::Activities) -> Vec<Finding> {
    let mut found = Vec::new();
    for active in &subject.active {
        found.extend(text::check(subject, active));
        let start = active.trigger.pair.start.zone.as_ref().unwrap_or(&active.trigger.pair.zone);
        let end = active.trigger.pair.end.zone.as_ref().unwrap_or(&active.trigger.pair.zone);
        let (start, end) = (offsets.offsets(start), offsets.offsets(end));
        found.extend(walk::check(subject, active, &start, &end));
    }
    found.extend(floors::check(subject));
    found.extend(prometheus::check(subject));
    found
}

/// `2026-10-03 12:00 Europe/Berlin`
fn said(at: Instant, offsets: &Offsets) -> String {
    format!("{} {}", offsets.local(at), offsets.zone())
}

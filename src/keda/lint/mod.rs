//! What runs, but not as it looks: each check is a small function from a [`Subject`] to findings.
//!
//! `text` reads the schedules' fields, `walk` the exact instants at which they fire, `year` what fixed dates mean over the
//! years, `comment` what people wrote beside a trigger, `overlap` the triggers against each other, `floors` the object as a whole, `prometheus` the load triggers.

mod comment;
mod floors;
mod overlap;
mod prometheus;
mod text;
mod walk;
mod year;

use super::finding::{Check, Finding};
use super::scaledobject::Kind;
use super::subject::Subject;
use crate::time::{Instant, Offsets};

/// All findings of one object.
pub fn lint(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = faults(subject);
    for active in &subject.active {
        found.extend(year::check(subject, active));
        found.extend(comment::check(subject, active));
    }
    // That the dates are wrong in another year may be said already.
    let said = found.iter().any(|finding| [Check::FeastFixed, Check::OnceRecurs].contains(&finding.check));
    found.extend(year::horizon(subject).filter(|_| !said));
    match subject.object.kind {
        Kind::ScaledObject => found.extend(overlap::check(subject)),
        // Nothing there is a floor: its triggers say how many Jobs are wanted.
        Kind::ScaledJob => {}
    }
    found
}

/// The findings of which some are errors; what it leaves out is only ever advice.
pub fn faults(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for active in &subject.active {
        found.extend(text::check(subject, active));
        found.extend(walk::check(subject, active));
    }
    found.extend(prometheus::check(subject));
    match subject.object.kind {
        Kind::ScaledObject => found.extend(floors::check(subject)),
        Kind::ScaledJob => {}
    }
    found
}

/// `2026-10-03 12:00 Europe/Berlin`
fn said(at: Instant, offsets: &Offsets) -> String {
    format!("{} {}", offsets.local(at), offsets.zone())
}

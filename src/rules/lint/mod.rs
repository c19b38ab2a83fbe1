//! What runs, but not as it looks: each check is a small function from a [`Subject`] to findings.
//!
//! `text` and `step` read the schedules' fields, `zone` the zone, `walk` the exact instants at which they fire, with `again`,
//! `clocks`, `passed`, `inverted` and `week`; `year` what fixed dates mean over the years; `comment`, `uncovered`, `other_days` and
//! `off` what people wrote beside a trigger, which `beside`, `ranges`, `spoken` and `horizon` cut into words, dates and the day until
//! which they hold; `overlap` the triggers against each other, `floors` the object as a whole, `behavior` its HPA, `band` what that
//! takes for enough, `ramp` how long it takes, `surge` what a rollout leaves behind, `prometheus` the load triggers, `address` where
//! they and their like are read, `annotations` the keys of KEDA's own domains, `jobs` what cron means to a ScaledJob.

mod address;
mod again;
mod annotations;
mod band;
mod behavior;
mod beside;
mod clocks;
mod comment;
mod floors;
mod formula;
mod horizon;
mod inverted;
mod jobs;
mod meant;
mod moved;
mod off;
mod other_days;
mod overlap;
mod passed;
mod prometheus;
mod ramp;
mod ranges;
mod spoken;
mod step;
mod surge;
mod text;
mod uncovered;
mod walk;
mod week;
mod year;
mod zone;

use super::finding::Finding;
use super::subject::Subject;
use crate::finding::Rule;
use crate::keda::floor::Active;
use crate::keda::scaledobject::Kind;
use crate::parallel;
use crate::time::{Instant, Offsets};
use horizon::Horizon;

pub use band::{Stretch, course};
pub use comment::Dates;

/// All findings of one object.
pub fn lint(subject: &Subject<'_>) -> Vec<Finding> {
    let horizon = Horizon::of(subject);
    let mut found = faults_until(subject, horizon);
    for active in &subject.active {
        found.extend(year::check(subject, active, horizon));
        found.extend(uncovered::check(subject, active));
        found.extend(comment::check(subject, active, horizon));
        if !found.iter().any(|one| is_said_of_words(one, active)) {
            found.extend(other_days::check(subject, active, horizon));
        }
        found.extend(zone::differs(subject, active));
        found.extend(week::check(subject, active).filter(|week| !takes_no_turns(&found, week)));
    }
    // That the dates are wrong in another year may be said already.
    let said = found.iter().any(|finding| [Rule::CronMovableFeast, Rule::CronRecurs].contains(&finding.rule));
    found.extend(year::unlimited(subject, horizon).filter(|_| !said));
    match subject.object.kind {
        Kind::ScaledObject => {
            cannot_lower(subject, &mut found);
            found.extend(overlap::check(subject, horizon));
        }
        // Nothing there is a floor: its triggers say how many Jobs are wanted.
        Kind::ScaledJob => found.extend(jobs::check(subject)),
    }
    found.extend(annotations::check(subject));
    found
}

/// Whether a finding says already why a trigger is active on other days than its words say, or that it is.
fn is_said_of_words(found: &Finding, active: &Active) -> bool {
    const OF_DAYS: [Rule; 7] = [
        Rule::CronCommentDiffers,
        Rule::CronDstGap,
        Rule::CronDstFold,
        Rule::CronNextPassed,
        Rule::CronEndsInARow,
        Rule::CronStartsInARow,
        Rule::CronLongTail,
    ];
    OF_DAYS.contains(&found.rule) && found.place.trigger == Some(active.index)
}

/// Whether sides that do not take turns are said to be so already.
fn takes_no_turns(found: &[Finding], week: &Finding) -> bool {
    let in_a_row = [Rule::CronEndsInARow, Rule::CronStartsInARow];
    found.iter().any(|other| in_a_row.contains(&other.rule) && other.place.trigger == week.place.trigger)
}

/// Where a window is meant to lower, it is not only that its floor has no effect.
fn cannot_lower(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for finding in subject.active.iter().filter_map(|active| off::check(subject, active)) {
        let same = |other: &Finding| {
            other.rule == Rule::FloorNoEffect && other.place.trigger == finding.place.trigger
        };
        found.retain(|other| !same(other));
        found.push(finding);
    }
}

/// The findings of which some are errors; what it leaves out is only ever advice.
pub fn faults(subject: &Subject<'_>) -> Vec<Finding> {
    faults_until(subject, Horizon::of(subject))
}

fn faults_until(subject: &Subject<'_>, horizon: Horizon) -> Vec<Finding> {
    let of_trigger = |active: &Active| {
        let mut found = text::check(subject, active);
        found.extend(walk::check(subject, active, horizon));
        found.extend(zone::check(subject, active));
        found.extend(passed::check(subject, active));
        found
    };
    let mut found: Vec<Finding> = parallel::map(&subject.active, of_trigger).into_iter().flatten().collect();
    found.extend(prometheus::check(subject));
    found.extend(address::check(subject));
    match subject.object.kind {
        Kind::ScaledObject => {
            let of_the_clocks = [Rule::CronDstGap, Rule::CronDstFold, Rule::CronNextPassed];
            let are_told = found.iter().any(|one| of_the_clocks.contains(&one.rule));
            found.extend(floors::check(subject, are_told));
            found.extend(band::check(subject));
            found.extend(behavior::check(subject));
            found.extend(formula::check(subject));
            found.extend(ramp::check(subject));
            found.extend(surge::check(subject));
        }
        Kind::ScaledJob => {}
    }
    found
}

/// `2026-10-03 12:00 Europe/Berlin`
fn said(at: Instant, offsets: &Offsets) -> String {
    format!("{} {}", offsets.local(at), offsets.zone())
}

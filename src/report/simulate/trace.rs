//! The plan's replicas from change to change, as CSV.

use std::fmt::Write;

use crate::simulate::study::Study;

/// `target,from,until,floor,replicas,rps`: a row wherever one of the last three changes; times in UTC. Replicas times the length
/// of the rows are the pod-hours of the table.
pub fn trace(study: &Study) -> String {
    let mut out = "target,from,until,floor,replicas,rps\n".to_owned();
    for subject in &study.subjects {
        let both = subject
            .replicas(study.kubernetes)
            .zip(&subject.machine.floor, |replicas, floor| (*replicas, *floor));
        let all = both.zip(&subject.heard().demands.steps(), |(replicas, floor), demand| {
            (*replicas, *floor, demand.rate)
        });
        for (from, until, (replicas, floor, rate)) in all.pieces(subject.window.from..subject.window.until) {
            let _ = writeln!(out, "{},{from},{until},{floor},{replicas},{rate}", subject.name);
        }
    }
    out
}

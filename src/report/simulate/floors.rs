//! The least floors that do, as TOML to paste, and each with its reason.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::said;
use crate::quantity::Replicas;
use crate::simulate::comparison::Subject;
use crate::simulate::floors::{Allowed, Found};
use crate::simulate::study::Season;
use crate::simulate::world::tally::Tally;

/// What was found for each target, in the order of `subjects`.
pub fn floors(subjects: &[Subject], seasons: &[Season], found: &[Vec<Found>], allowed: Allowed) -> String {
    let mut out = String::new();
    let asked = match allowed {
        Allowed::Share(share) => format!("{} of the requests within the gate", said::percent(share.0)),
        Allowed::Minutes(minutes) => {
            format!("at most {} minutes over the gate in a season", said::whole(minutes))
        }
    };
    let _ = writeln!(out, "# the least floors with {asked}; found by trying them on the model");
    for (at, season) in seasons.iter().enumerate().skip(1) {
        let mut by_place: BTreeMap<&str, Vec<(&Subject, &Found)>> = BTreeMap::new();
        for (subject, found) in subjects.iter().zip(found) {
            for found in found.iter().filter(|found| found.slice.0 == at) {
                by_place.entry(&subject.place).or_default().push((subject, found));
            }
        }
        for (place, found) in by_place {
            let _ = writeln!(out, "\n[seasons.{}.in.{place}]   # {}", season.name, season.title);
            let floors: Vec<String> = found
                .iter()
                .filter_map(|(subject, found)| {
                    found.floor.map(|floor| format!("{} = {floor}", subject.workload))
                })
                .collect();
            if !floors.is_empty() {
                let _ = writeln!(out, "floor = {{ {} }}", floors.join(", "));
            }
            for (subject, found) in found {
                let _ = writeln!(out, "# {}: {}", subject.workload, reason(subject, found, allowed));
            }
        }
    }
    out
}

fn reason(subject: &Subject, found: &Found, allowed: Allowed) -> String {
    let gate = subject.gate;
    match (found.floor, &found.with_one_less) {
        (Some(floor), None) => {
            format!("{floor}, the minimum, is enough: {}", felt(&found.with_it, gate, allowed))
        }
        (Some(floor), Some(less)) => {
            let fewer = Replicas(floor.0 - 1);
            format!("{floor}: with {fewer}, {}", felt(less, gate, allowed))
        }
        (None, _) => {
            let max = subject.machine.scaler.hpa.max;
            let needed = (found.with_it.busiest / subject.service.0).ceil();
            let busiest = said::whole(found.with_it.busiest);
            let helps = if needed > f64::from(max) {
                format!(
                    "{busiest} requests/s need more than {} replicas: raise `max`",
                    said::whole(needed - 1.0)
                )
            } else {
                "the rest lies outside of the floor's hours: widen `hours`, raise `min`, scale up at fewer requests per replica, or shorten the start-up".to_owned()
            };
            format!(
                "no floor up to the maximum of {max} does, {}; {helps}",
                felt(&found.with_it, gate, allowed)
            )
        }
    }
}

fn felt(tally: &Tally, gate: crate::quantity::Millis, allowed: Allowed) -> String {
    match allowed {
        Allowed::Share(_) => format!("{} of the requests are late or refused", said::missed(tally)),
        Allowed::Minutes(_) => {
            format!("{} minutes are over {gate}", said::whole(tally.felt.over_gate / 60.0))
        }
    }
}

//! The least floors that do, as TOML to paste, and each with its reason.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::words;
use crate::quantity::Replicas;
use crate::simulate::comparison::{EVERYWHERE, Subject};
use crate::simulate::floors::{Allowed, Found, Helps};
use crate::simulate::study::Season;
use crate::simulate::world::tally::Tally;

/// What was found for each target, in the order of `subjects`.
pub fn floors(subjects: &[Subject], seasons: &[Season], found: &[Vec<Found>], allowed: Allowed) -> String {
    let mut out = String::new();
    let asked = match allowed {
        Allowed::Share(share) => format!("{} of the requests within the gate", words::percent(share.0)),
        Allowed::Minutes(minutes) => {
            format!("at most {} minutes over the gate in a season", words::whole(minutes))
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
            let kind = if season.is_campaign { "campaigns" } else { "seasons" };
            // What has no territory stands in the season itself.
            let place = if place == EVERYWHERE { String::new() } else { format!(".in.{place}") };
            let _ = writeln!(out, "\n[{kind}.{}{place}]   # {}", season.name, season.title);
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
                let reason = reason(subject, found, allowed);
                words::wrap(&mut out, &format!("# {}: {reason}", subject.workload), "#   ");
            }
        }
    }
    out
}

fn reason(subject: &Subject, found: &Found, allowed: Allowed) -> String {
    match (found.floor, &found.with_one_less) {
        (Some(floor), None) => {
            format!("{floor}, the minimum, is enough: {}", felt(subject, &found.with_it, allowed))
        }
        (Some(floor), Some(less)) => {
            let fewer = Replicas(floor.0 - 1);
            format!("{floor}: with {fewer}, {}{}", felt(subject, less, allowed), worst(subject, found, less))
        }
        (None, _) => {
            let max = subject.machine.scaler.hpa.max;
            let felt = felt(subject, &found.with_it, allowed);
            let worst = worst(subject, found, &found.with_it);
            let helps = found.helps.map_or_else(String::new, |helps| helped(subject, helps));
            format!("no floor up to the maximum of {max} does: {felt}{worst}; {helps}")
        }
    }
}

fn helped(subject: &Subject, helps: Helps) -> String {
    let max = helps.maximum.map(|max| format!("a maximum and floor of {max}"));
    let rate = helps
        .rate
        .map(|share| format!("adding replicas at {:.0} % of the requests per replica", share.0 * 100.0));
    let start_up = helps.start_up.map(|start_up| {
        let from = words::delay(subject.start_up.in_seconds());
        let to = if start_up.0 == 0 { "0 s".to_owned() } else { words::delay(start_up.in_seconds()) };
        format!("a start-up of {to} instead of {from}")
    });
    let does: Vec<String> = [max, rate, start_up].into_iter().flatten().collect();
    if does.is_empty() {
        return "neither does four times the maximum, a tenth of the requests per replica, or no start-up: the rest lies outside of the floor's hours, so widen `hours` or raise `min`".to_owned();
    }
    format!("what does: {}", does.join(", or "))
}

/// When it was worst, and whether that is the season's first day.
fn worst(subject: &Subject, found: &Found, tally: &Tally) -> String {
    let Some(at) = tally.worst_at else { return String::new() };
    let mut pieces = subject.demands.pieces(subject.window);
    let first = pieces.find(|(_, _, demand)| demand.slice == found.slice).map(|(from, _, _)| from);
    let day = |at| subject.clock.local(at).date();
    let opens = if first.is_some_and(|first| day(first) == day(at)) { ", its first day" } else { "" };
    let p95 = words::delay(tally.felt.worst);
    format!(" (worst: {p95} on {}{opens})", words::moment(at, &subject.clock))
}

fn felt(subject: &Subject, tally: &Tally, allowed: Allowed) -> String {
    let minutes = format!("{} minutes over {}", words::whole(tally.felt.over_gate / 60.0), subject.gate);
    match allowed {
        Allowed::Share(_) => format!("{} of the requests late or refused, {minutes}", words::missed(tally)),
        Allowed::Minutes(_) => minutes,
    }
}

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
    let found_by = format!("# the least floors with {asked}; found by trying them on the model");
    words::wrap(&mut out, &found_by, "# ");
    words::wrap(
        &mut out,
        "# A table that is there already takes the line `floor` alone: those of campaigns, and of seasons without territories, are comments here. `floor-load-mismatch` stays where `load` comes to more: its arithmetic counts on no request rate.",
        "# ",
    );
    for (at, season) in seasons.iter().enumerate().skip(1) {
        let mut by_table: BTreeMap<&str, Vec<(&Subject, &Found)>> = BTreeMap::new();
        for (subject, found) in subjects.iter().zip(found) {
            for found in found.iter().filter(|found| found.slice.0 == at) {
                // A campaign has one floor for all places.
                let place = if season.is_campaign { EVERYWHERE } else { &subject.place };
                by_table.entry(place).or_default().push((subject, found));
            }
        }
        for (place, found) in by_table {
            table(&mut out, season, place, &found);
            for (subject, found) in found {
                let reason = reason(subject, found, allowed);
                let is_one_of_several = subject.place != place;
                let at = if is_one_of_several { format!(" in {}", subject.place) } else { String::new() };
                words::wrap(&mut out, &format!("# {}{at}: {reason}", subject.workload), "#   ");
            }
        }
    }
    out
}

/// What a policy has to write: more than the minimum where that is found to be needed, the maximum where even that does not do.
fn written(subject: &Subject, found: &Found) -> Option<Replicas> {
    match (found.floor, &found.with_one_less) {
        (Some(_), None) => None,
        (Some(floor), Some(_)) => Some(floor),
        (None, _) => u32::try_from(subject.machine.scaler.hpa.max).ok().map(Replicas),
    }
}

/// The floors of a season in one place. Where nothing was found, or the table must be there already, it is a comment: pasted anew,
/// that would be the same table twice.
fn table(out: &mut String, season: &Season, place: &str, found: &[(&Subject, &Found)]) {
    let kind = if season.is_campaign { "campaigns" } else { "seasons" };
    let is_whole = place == EVERYWHERE;
    let place = if is_whole { String::new() } else { format!(".in.{place}") };
    let header = format!("[{kind}.{}{place}]   # {}", season.name, season.title);
    let mut floors: BTreeMap<&str, Replicas> = BTreeMap::new();
    for (subject, found) in found {
        if let Some(floor) = written(subject, found) {
            let most = floors.entry(&subject.workload).or_insert(floor);
            *most = floor.max(*most);
        }
    }
    let floors: Vec<String> =
        floors.iter().map(|(workload, floor)| format!("{workload} = {floor}")).collect();
    // With none in it nothing is derived from the load either.
    let line = if floors.is_empty() {
        "floor = {}".to_owned()
    } else {
        format!("floor = {{ {} }}", floors.join(", "))
    };
    let _ = match (found.iter().any(|(_, found)| found.floor.is_some()), is_whole) {
        (false, _) => writeln!(out, "\n# {header}"),
        (true, true) => writeln!(out, "\n# {header}\n# {line}"),
        (true, false) => writeln!(out, "\n{header}\n{line}"),
    };
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

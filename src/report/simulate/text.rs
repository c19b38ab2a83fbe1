//! A study in a terminal: letters and digits only, 80 columns.

use std::fmt::Write;

use super::said;
use crate::simulate::comparison::Way;
use crate::simulate::study::Study;
use crate::simulate::world::demand::Slice;
use crate::simulate::world::tally::Tally;

/// The whole study.
pub fn text(study: &Study) -> String {
    let mut out = format!("{}\n\n", study.title);
    ways(&mut out, study);
    places(&mut out, study);
    seasons(&mut out, study);
    targets(&mut out, study);
    out.push('\n');
    for carried in study.carried() {
        said::wrap(&mut out, &said::carried(study, &carried), "");
    }
    for saved in study.saved() {
        said::wrap(&mut out, &said::saved(&saved), "");
    }
    let others = study.against.iter().flat_map(|against| &against.refused);
    for (name, refusal) in study.refused.iter().chain(others.filter(|other| !study.refused.contains(other))) {
        said::wrap(&mut out, &format!("Not in these figures: {name}, {refusal}."), "");
    }
    said::wrap(&mut out, &format!("Load: {}.", study.load), "");
    said::wrap(&mut out, said::LIMITS, "");
    out
}

fn head(out: &mut String, title: &str) {
    let _ = writeln!(
        out,
        "{title:<24}{:>10}{:>10}{:>8}{:>8}{:>10}{:>10}",
        "pod-hours", "cost", "over", "full", "missed", "worst"
    );
    let _ = writeln!(out, "{:<24}{:>10}{:>10}{:>8}{:>8}{:>10}{:>10}", "", "", "", "min", "min", "", "p95");
}

fn row(out: &mut String, study: &Study, name: &str, tally: &Tally) {
    let name: String = name.chars().take(23).collect();
    let _ = writeln!(
        out,
        "{name:<24}{:>10}{:>10}{:>8}{:>8}{:>10}{:>10}",
        said::whole(tally.pod_hours()),
        said::whole(tally.pod_hours() * study.terms.pod_hour),
        said::whole(tally.felt.over_gate / 60.0),
        said::whole(tally.felt.saturated / 60.0),
        said::missed(tally),
        said::delay(tally.felt.worst),
    );
}

fn ways(out: &mut String, study: &Study) {
    head(out, "");
    for way in Way::ALL {
        row(out, study, said::way(way), &study.sum(way, |_| true));
    }
    if let Some(against) = &study.against {
        row(out, study, &against.name, &against.total());
    }
    let _ = writeln!(
        out,
        "\nover: minutes with p95 over the gate, summed over targets; full: minutes with\nmore than the pods can serve; missed: requests late or refused; cost: {}",
        study.terms.currency
    );
}

fn places(out: &mut String, study: &Study) {
    out.push('\n');
    head(out, "this plan, by territory");
    for place in study.places() {
        row(out, study, place, &study.sum(Way::Plan, |subject| subject.place == place));
    }
}

fn seasons(out: &mut String, study: &Study) {
    out.push('\n');
    head(out, "this plan, by season");
    for (slice, season) in study.slices.iter().enumerate() {
        let name = match season.times {
            0.0 => season.title.clone(),
            times => format!("{} ({})", season.title, said::times(times)),
        };
        row(out, study, &name, &study.season(Way::Plan, Slice(slice)));
    }
}

fn targets(out: &mut String, study: &Study) {
    let _ = writeln!(
        out,
        "\n{:<24}{:>10}{:>8}{:>8}{:>10}{:>20}",
        "this plan, by target", "most", "changes", "under", "worst", "when"
    );
    let _ = writeln!(out, "{:<24}{:>10}{:>8}{:>8}{:>10}", "", "replicas", "", "floor", "p95");
    for (subject, outcome) in study.subjects.iter().zip(&study.outcomes) {
        let tally = outcome.of(Way::Plan).total();
        let name = format!("{}/{}", subject.place, subject.workload);
        let name: String = name.chars().take(23).collect();
        let when = tally.worst_at.map_or_else(String::new, |at| said::moment(at, &subject.clock));
        let _ = writeln!(
            out,
            "{name:<24}{:>10}{:>8}{:>8}{:>10}{when:>20}",
            tally.most,
            tally.scale_events,
            said::whole(tally.below_floor / 60.0),
            said::delay(tally.felt.worst),
        );
    }
    let _ = writeln!(out, "under floor: minutes with fewer pods ready than the schedule asks for");
}

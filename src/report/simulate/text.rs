//! A study in a terminal: letters and digits only, 80 columns.

use std::fmt::Write;

use super::words;
use crate::simulate::comparison::{EVERYWHERE, Subject, Way};
use crate::simulate::study::{Against, Study};
use crate::simulate::world::demand::Slice;
use crate::simulate::world::tally::Tally;
use crate::time::Offsets;

/// The whole study.
pub fn text(study: &Study) -> String {
    let mut out = format!("{}\n\n", study.title);
    tables(&mut out, study);
    targets(&mut out, study);
    out.push('\n');
    for carried in study.carried() {
        words::wrap(&mut out, &words::carried(study, &carried), "");
    }
    if let Some(said) = words::not_judged(study) {
        words::wrap(&mut out, &said, "");
    }
    for saved in study.saved() {
        words::wrap(&mut out, &words::saved(study, &saved), "");
    }
    let others = study.against.iter().flat_map(|against| &against.refused);
    for (name, refusal) in study.refused.iter().chain(others.filter(|other| !study.refused.contains(other))) {
        words::wrap(&mut out, &format!("Not in these figures: {name}, {refusal}."), "");
    }
    words::wrap(&mut out, &format!("Load: {}.", study.load), "");
    for assumed in &study.assumed {
        words::wrap(&mut out, assumed, "");
    }
    words::wrap(&mut out, words::LIMITS, "");
    out
}

/// One way to run the year, in one part of it.
struct Row<'s> {
    way: &'static str,
    tally: Tally,
    /// Whose clock tells when it was worst.
    clock: &'s Offsets,
}

fn tables(out: &mut String, study: &Study) {
    let against = study.against.as_ref();
    let all = |_: &Subject| true;
    table(out, study, ("in all", &all), &|way| study.sum(way, all), against.map(Against::total));
    for place in study.places() {
        let own = |subject: &Subject| subject.place == place;
        let title = if place == EVERYWHERE { "all territories together" } else { place };
        let other = against.map(|against| against.place(place));
        table(out, study, (title, &own), &|way| study.sum(way, own), other);
    }
    for (slice, season) in study.slices.iter().enumerate() {
        let title = match season.times {
            0.0 => season.title.clone(),
            times => format!("{} ({})", season.title, words::times(times)),
        };
        let other = against.map(|against| against.season(Slice(slice)));
        table(out, study, (&title, &all), &|way| study.season(way, Slice(slice)), other);
    }
    legend(out, study);
}

/// Every way in one part of the year: the targets that are in it, and the sum of each way.
fn table(
    out: &mut String,
    study: &Study,
    (title, wanted): (&str, &dyn Fn(&Subject) -> bool),
    sum: &dyn Fn(Way) -> Tally,
    other: Option<Tally>,
) {
    let Some(first) = study.subjects.iter().find(|subject| wanted(subject)) else { return };
    if sum(Way::Plan).seconds <= 0.0 {
        return;
    }
    head(out, title);
    let ways = Way::ALL.map(|way| (short(way), sum(way)));
    for (way, tally) in ways.into_iter().chain(other.map(|tally| ("other", tally))) {
        line(out, study, &Row { way, tally, clock: &first.clock });
    }
    out.push('\n');
}

fn short(way: Way) -> &'static str {
    match way {
        Way::Plan => "plan",
        Way::PeakFloor => "floor",
        Way::Maximum => "max",
        Way::PlainHpa => "plain",
    }
}

fn head(out: &mut String, title: &str) {
    let _ = writeln!(
        out,
        "{title}\n{:<6}{:>9}{:>7}{:>7}{:>6}{:>9}{:>8}{:>12}{:>6}{:>6}{:>4}",
        "", "pod-hours", "cost", "over", "full", "missed", "p95", "at", "moves", "under", "top"
    );
}

fn line(out: &mut String, study: &Study, row: &Row<'_>) {
    let tally = &row.tally;
    let minutes = |seconds: f64| words::short(seconds / 60.0);
    // Month, day and hour: the year is in the title.
    let when = tally.worst_at.map_or_else(String::new, |at| words::moment(at, row.clock)[5..].to_owned());
    let _ = writeln!(
        out,
        "{:<6}{:>9}{:>7}{:>7}{:>6}{:>9}{:>8}{when:>12}{:>6}{:>6}{:>4}",
        row.way,
        words::whole(tally.pod_hours()),
        study.terms.pod_hour.map_or_else(String::new, |price| words::short(tally.pod_hours() * price)),
        minutes(tally.felt.over_gate),
        minutes(tally.felt.saturated),
        words::missed(tally),
        words::delay(tally.felt.worst),
        words::short(f64::from(tally.scale_events)),
        minutes(tally.below_floor),
        tally.most,
    );
}

fn legend(out: &mut String, study: &Study) {
    let other =
        study.against.as_ref().map_or_else(String::new, |against| format!("other: {}; ", against.name));
    let ways = format!(
        "plan: this plan; floor: each target at its highest floor always; max: each at its maximum always; plain: the plain HPA without calendar; {other}{}.",
        study
            .terms
            .currency
            .as_ref()
            .map_or_else(|| "no cost is known".to_owned(), |currency| format!("cost in {currency}"))
    );
    words::wrap(out, &ways, "");
    words::wrap(
        out,
        "over: minutes with p95 over the gate; full: minutes with more than the pods can serve; missed: requests late or refused; p95, at: the longest, and when it began; moves: changes of the count; under: minutes with fewer pods ready than the schedule asks for; top: the most replicas of one target. Minutes of several targets add up.",
        "",
    );
}

fn targets(out: &mut String, study: &Study) {
    let _ = writeln!(
        out,
        "\n{:<26}{:>9}{:>7}{:>7}{:>9}{:>8}{:>14}",
        "plan, by target", "pod-hours", "moves", "under", "missed", "p95", "at"
    );
    for (subject, outcome) in study.subjects.iter().zip(&study.outcomes) {
        let tally = outcome.of(Way::Plan).total();
        let name = format!("{}/{}", subject.place, subject.workload);
        let name: String = name.chars().take(25).collect();
        let when =
            tally.worst_at.map_or_else(String::new, |at| words::moment(at, &subject.clock)[5..].to_owned());
        let _ = writeln!(
            out,
            "{name:<26}{:>9}{:>7}{:>7}{:>9}{:>8}{when:>14}",
            words::whole(tally.pod_hours()),
            tally.scale_events,
            words::short(tally.below_floor / 60.0),
            words::missed(&tally),
            words::delay(tally.felt.worst),
        );
    }
}

//! Words and figures of a study, the same in every format.

use crate::simulate::comparison::Way;
use crate::simulate::study::{Carried, Saved, Study};
use crate::simulate::world::tally::Tally;
use crate::time::{Instant, Offsets};

/// A whole number with commas: `12,345`.
pub(super) fn whole(number: f64) -> String {
    let digits = format!("{number:.0}");
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits.as_str()), |digits| ("-", digits));
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}")
}

/// A whole number in five letters at most: `12,345` is too long, `12.3k` is not, nor is `123k`.
pub(super) fn short(number: f64) -> String {
    match number.abs() {
        0.0..9_999.5 => whole(number),
        9_999.5..99_950.0 => format!("{:.1}k", number / 1e3),
        99_950.0..999_500.0 => format!("{:.0}k", number / 1e3),
        _ => format!("{:.1}M", number / 1e6),
    }
}

/// A share with as many decimals as it takes to be told from none: `0.31 %`.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        0.0 => "0 %".to_owned(),
        percent if percent.abs() < 0.01 => "< 0.01 %".to_owned(),
        percent if percent.abs() < 10.0 => format!("{percent:.2} %"),
        percent => format!("{percent:.1} %"),
    }
}

/// Seconds as people say them: `212 ms`, `3.4 s`.
pub(super) fn delay(seconds: f64) -> String {
    if seconds <= 0.0 {
        "-".to_owned()
    } else if seconds < 1.0 {
        format!("{:.0} ms", seconds * 1000.0)
    } else if seconds < 1000.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{:.0} min", seconds / 60.0)
    }
}

/// The share of requests that were late or not answered.
pub(super) fn missed(tally: &Tally) -> String {
    percent(1.0 - tally.in_time())
}

/// A multiple: `5x`, `1.5x`.
pub(super) fn times(times: f64) -> String {
    format!("{times}x")
}

/// A moment on a target's clock.
pub(super) fn moment(at: Instant, clock: &Offsets) -> String {
    clock.local(at).to_string()
}

/// Whether a season's load is carried, in a sentence with what decides it.
pub(super) fn carried(study: &Study, carried: &Carried) -> String {
    let season = &study.slices[carried.slice.0];
    let subject = &study.subjects[carried.worst];
    let (name, gate) = (&subject.name, subject.gate);
    let objective = percent(study.terms.objective.0);
    let load = if study.is_measured { "the measured load".to_owned() } else { times(season.times) };
    let share = percent(carried.in_time);
    let verdict = if carried.holds {
        format!(
            "{load} holds ({}): at every target at least {objective} of the requests are answered within the gate, the fewest at {name}, {share} within {gate}",
            season.title
        )
    } else {
        format!(
            "{load} does not hold ({}): at {name} {share} of the requests are answered within {gate}, and {objective} are asked for",
            season.title
        )
    };
    format!("{verdict}; {}.", over_the_gate(study, carried))
}

/// That a season has no verdict, and what gives it one; none where each has.
pub(super) fn not_judged(study: &Study) -> Option<String> {
    let seasons = study.not_judged();
    let first = seasons.first()?;
    let titles: Vec<&str> = seasons.iter().map(|season| season.title.as_str()).collect();
    let table = if first.is_campaign { "campaigns" } else { "seasons" };
    Some(format!(
        "Not judged, for nobody says what it brings: {}. It was run with the base load; write `load = 3.0` in `[{table}.{name}]`, or give `--burst {name}=3`.",
        titles.join(", "),
        name = first.name,
    ))
}

fn over_the_gate(study: &Study, carried: &Carried) -> String {
    let minutes = study.season(Way::Plan, carried.slice).felt.over_gate / 60.0;
    let of = |at: usize| study.outcomes[at].of(Way::Plan).of(carried.slice);
    let each = (0..study.subjects.len()).map(|at| (at, of(at).felt.over_gate));
    let most = each.max_by(|(_, one), (_, other)| one.total_cmp(other)).filter(|(_, most)| *most > 0.0);
    let Some((at, most)) = most else { return "p95 is never over its gate".to_owned() };
    let subject = &study.subjects[at];
    let worst = of(at);
    let when = worst.worst_at.map_or_else(String::new, |at| format!(" ({})", moment(at, &subject.clock)));
    format!(
        "p95 is over its gate for {} minutes over all targets, most of them at {}: {} minutes, up to {}{when}",
        whole(minutes),
        subject.name,
        whole(most / 60.0),
        delay(worst.felt.worst),
    )
}

/// What is saved against a static peak, in a sentence with its arithmetic.
pub(super) fn saved(study: &Study, saved: &Saved) -> String {
    let share = percent(saved.share());
    let against = match saved.against {
        Way::PeakFloor => "each target at its highest floor all year",
        Way::Maximum => "each target at its maximum all year",
        Way::Plan => "this plan",
        Way::PlainHpa => "the plain HPA without calendar",
    };
    format!(
        "{share} is saved compared with {against}: 1 - {} / {} pod-hours{}.",
        hours(saved.plan),
        hours(saved.peak),
        without(study)
    )
}

/// Few pod-hours with a decimal, so that their quotient can be seen.
fn hours(number: f64) -> String {
    if number < 100.0 { format!("{number:.1}") } else { whole(number) }
}

/// `review` counts every target; the model runs those whose load it knows.
fn without(study: &Study) -> String {
    match study.refused.as_slice() {
        [] => String::new(),
        [(name, _)] => format!(", without {name}, which is not run"),
        many => format!(", without {} targets that are not run", many.len()),
    }
}

/// A sentence over as many lines of 80 columns as it takes; those after the first begin with `indent`.
pub(super) fn wrap(out: &mut String, sentence: &str, indent: &str) {
    let begins = sentence.len() - sentence.trim_start().len();
    out.push_str(&sentence[..begins]);
    let mut column = begins;
    for (number, word) in sentence.split_whitespace().enumerate() {
        let length = word.chars().count();
        if number > 0 && column + 1 + length > WIDTH {
            out.push('\n');
            out.push_str(indent);
            column = indent.len();
        } else if number > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out.push('\n');
}

const WIDTH: usize = 80;

/// What the model cannot say, for every reader of its figures.
pub(super) const LIMITS: &str = "The model is one of queueing (M/M/c, Poisson arrivals): not of the database behind the pods, of retries or of single slow requests. Triggers read the load of the moment, without the delay of a rate over minutes.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_broken_at_80_columns_and_keeps_its_place() {
        let mut out = String::new();
        wrap(&mut out, &format!("  {}", ["word"; 20].join(" ")), "    ");
        let lines: Vec<&str> = out.lines().collect();
        assert!(lines[0].starts_with("  word") && lines[1].starts_with("    word"), "{out}");
        assert!(lines.iter().all(|line| line.len() <= 80) && lines[0].len() > 75, "{out}");
    }

    #[test]
    fn figures_are_grouped_and_never_vanish() {
        assert_eq!([whole(1_234_567.4), whole(-1234.0), whole(12.0)], ["1,234,567", "-1,234", "12"]);
        assert_eq!(
            [percent(0.0), percent(0.000_01), percent(0.0312), percent(0.5)],
            ["0 %", "< 0.01 %", "3.12 %", "50.0 %"]
        );
        assert_eq!(
            [short(9_999.4), short(10_000.0), short(999_499.0), short(1_234_567.0)],
            ["9,999", "10.0k", "999k", "1.2M"]
        );
        assert_eq!([delay(0.0), delay(0.2126), delay(3.44)], ["-", "213 ms", "3.4 s"]);
    }
}

//! The report of an import, for people: what was left out or changed, and the proof target by target.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::dates::Weekdays;
use super::proof::{Difference, Verdict, Why};
use super::remark::{Kind, Remark};
use super::{Imported, say};
use crate::time::{Date, LocalTime, Window};

/// Lines for stretches of one cause, unless all are asked for.
const MOST_LINES: usize = 8;

/// Everything that is said of an import, in lines; where windows overlap in many ways, only with `all` every stretch.
pub fn report(imported: &Imported, horizon: Window<Date>, all: bool) -> String {
    let mut out = String::new();
    for kind in [
        Kind::Skipped,
        Kind::LeftAlone,
        Kind::AsItRuns,
        Kind::Changed,
        Kind::Added,
        Kind::NotKept,
        Kind::LeftOut,
    ] {
        section(&mut out, kind, imported.remarks.iter().filter(|remark| remark.kind == kind));
    }
    if imported.verdicts.is_empty() {
        let nothing = match (&imported.proposal, imported.objects) {
            (Some(_), _) => "nothing is proved, for the proposal does not compile",
            (None, 0) => return out,
            (None, _) => "no ScaledObject is left to make a proposal of",
        };
        let _ = writeln!(out, "seasonscale: {nothing}");
        return out;
    }
    let whose = if imported.compiles() { "the files made of the proposal" } else { "the proposal's plan" };
    let year = say::horizon(horizon);
    let _ = writeln!(out, "the floor of {whose} against KEDA's for the input, at every instant of {year}:");
    for verdict in &imported.verdicts {
        said(&mut out, verdict, horizon, all);
    }
    out.push_str(&summary(imported, horizon));
    out
}

fn section<'r>(out: &mut String, kind: Kind, remarks: impl Iterator<Item = &'r Remark>) {
    let head = match kind {
        Kind::Skipped => "not looked at:",
        Kind::LeftAlone => "left alone:",
        Kind::AsItRuns => "carried over as it runs: look whether it is meant:",
        Kind::Changed => "carried over in another way, or written by the compiler in its own:",
        Kind::Added => "added, though the input has nothing like it:",
        Kind::NotKept => "not kept: it runs today, and the proposal has it otherwise or not at all:",
        Kind::LeftOut => "left out:",
    };
    let mut remarks = remarks.peekable();
    if remarks.peek().is_none() {
        return;
    }
    let _ = writeln!(out, "{head}");
    for same in alike(remarks) {
        let Remark { place, subject, part, text, .. } = same[0];
        let words = [subject, part, text].into_iter().filter(|words| !words.is_empty());
        let words: Vec<&str> = words.map(String::as_str).collect();
        let others: BTreeSet<&str> =
            same[1..].iter().map(|remark| remark.subject.as_str()).filter(|other| other != subject).collect();
        let others: Vec<&str> = others.into_iter().collect();
        let others =
            if others.is_empty() { String::new() } else { format!(" (the same for {})", others.join(", ")) };
        let _ = writeln!(out, "  {place}: {}{others}", words.join(": "));
    }
    out.push('\n');
}

/// Remarks that say the same, by the first of them: a fleet is written alike, and so is what becomes of it.
fn alike<'r>(remarks: impl Iterator<Item = &'r Remark>) -> Vec<Vec<&'r Remark>> {
    let mut groups: Vec<Vec<&Remark>> = Vec::new();
    for remark in remarks {
        let same = |group: &&mut Vec<&Remark>| {
            let first = group[0];
            // Two triggers of one object are two things, and so are two documents without a name.
            let other = first.subject != remark.subject && !remark.subject.is_empty();
            other && !remark.part.is_empty() && first.text == remark.text
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(remark),
            None => groups.push(vec![remark]),
        }
    }
    groups
}

fn said(out: &mut String, verdict: &Verdict, horizon: Window<Date>, all: bool) {
    let unbuilt = if verdict.built { "" } else { ", without the trigger for which KEDA refuses the object" };
    let fields = verdict.whole.as_deref().unwrap_or_default();
    let whole = if verdict.whole.is_some() && fields.is_empty() { ", and the whole object" } else { "" };
    if let Some(refusal) = &verdict.refusal {
        let _ = writeln!(
            out,
            "  refused  {} ({}): {refusal}: none of its floors holds as it is",
            verdict.target, verdict.place
        );
    } else if verdict.agrees() {
        let _ = writeln!(out, "  equal    {}{whole}{unbuilt}", verdict.target);
        return;
    }
    if !fields.is_empty() {
        let _ = writeln!(out, "  differs  {} ({}): {}", verdict.target, verdict.place, fields.join(", "));
    }
    if verdict.differences.is_empty() {
        return;
    }
    let whole = length(verdict.differences.iter());
    let _ = writeln!(out, "  differs  {} ({}), {whole} in all{unbuilt}", verdict.target, verdict.place);
    let mut causes: Vec<Option<&Why>> = Vec::new();
    for difference in &verdict.differences {
        if !causes.contains(&difference.why.as_ref()) {
            causes.push(difference.why.as_ref());
        }
    }
    for why in causes {
        let own = || verdict.differences.iter().filter(|difference| difference.why.as_ref() == why);
        let _ = writeln!(out, "    {}: {}", length(own()), reason(why));
        let lines: Vec<String> = own().flat_map(|difference| lines(difference, horizon)).collect();
        // A single line more is no longer than to say so.
        let shown = if all || lines.len() <= MOST_LINES + 1 { lines.len() } else { MOST_LINES };
        for line in &lines[..shown] {
            let _ = writeln!(out, "      {line}");
        }
        if lines.len() > shown {
            let _ = writeln!(out, "      and {} lines more: `--all` lists them", lines.len() - shown);
        }
    }
}

fn lines(difference: &Difference, horizon: Window<Date>) -> Vec<String> {
    let Difference { input, proposal, .. } = difference;
    let said = stretches(difference, horizon).into_iter();
    said.map(|stretch| format!("{stretch}: input {input}, proposal {proposal}")).collect()
}

fn reason(why: Option<&Why>) -> String {
    match why {
        None => "no known fault explains it: look at the manifest".to_owned(),
        Some(Why::Clocks { day, zone, is_gap, is_met, trigger, place }) => {
            let turn = if *is_gap { "forward" } else { "back" };
            let then = match (*is_met, *is_gap) {
                (true, true) => {
                    "its schedule names the hour that is not there, and KEDA runs only what is: a policy's hours cannot \
                     say that"
                }
                (true, false) => {
                    "KEDA runs its schedule in both of the hours that the clocks show alike, and a policy's hours cannot \
                     name one of the two"
                }
                (false, _) => "KEDA's cron search passes over times of such a day: it is active past its end",
            };
            format!("{trigger} at {place}: the clocks of {zone} go {turn} on {}: {then}", day.long())
        }
        Some(Why::ScaleToZero) => {
            "the input scales to zero, a policy's minimum is 1 (kedacore/keda#7770)".to_owned()
        }
        Some(Why::Idle) => {
            "the input rests at its idleReplicaCount while no trigger is active, a policy has no such key"
                .to_owned()
        }
        Some(Why::Fault { rule, effect, trigger, place }) => {
            format!("{}: {trigger} at {place}: {effect}", rule.id())
        }
    }
}

/// The exact stretches: those that come back on the same days of the week in one line, others each by its date.
fn stretches(difference: &Difference, horizon: Window<Date>) -> Vec<String> {
    let whole = Window::new(horizon.from.start(), horizon.until.start());
    if difference.stretches == [whole] {
        return vec![format!("all of {}", say::horizon(horizon))];
    }
    let mut lines = Vec::new();
    let mut rest = difference.stretches.as_slice();
    while let Some(first) = rest.first() {
        let (count, days) = weekly(rest);
        if count < 3 {
            lines.push(one(*first));
            rest = &rest[1..];
            continue;
        }
        let (from, to) = (first.from.date().long(), rest[count - 1].from.date().long());
        lines.push(format!("{count} x {days} from {from} to {to}, {}", clock(*first)));
        rest = &rest[count..];
    }
    lines
}

/// How many of the first stretches begin on all days that have the weekdays of the first week, and which those are.
fn weekly(stretches: &[Window<LocalTime>]) -> (usize, String) {
    let day = |at: usize| stretches[at].from.date();
    let first_week = (0..stretches.len()).take_while(|at| day(*at).days_since(day(0)) < 7);
    let weekdays = Weekdays::of(first_week.map(day));
    let follows = |at: &usize| {
        let gap = day(*at).days_since(day(at - 1));
        weekdays.has(day(*at)) && gap > 0 && (1..gap).all(|ahead| !weekdays.has(day(at - 1).plus_days(ahead)))
    };
    let count = 1 + (1..stretches.len()).take_while(follows).count();
    (count, weekdays.text().unwrap_or_else(|| "every day".to_owned()))
}

/// `18:00 - 2 days later 18:00`
fn clock(window: Window<LocalTime>) -> String {
    let later = match window.until.date().days_since(window.from.date()) {
        0 => String::new(),
        1 if window.until == window.until.date().start() => {
            return format!("{} - 24:00", window.from.time_of_day());
        }
        1 => "next day ".to_owned(),
        more => format!("{more} days later "),
    };
    format!("{} - {later}{}", window.from.time_of_day(), window.until.time_of_day())
}

/// `Fri 2 Jan 2026 18:00 - Sun 4 Jan 2026 18:00`
fn one(window: Window<LocalTime>) -> String {
    let (from, until) = (window.from, window.until);
    let until_said = if from.date() == until.date() {
        until.time_of_day().to_string()
    } else {
        format!("{} {}", until.date().long(), until.time_of_day())
    };
    format!("{} {} - {until_said}", from.date().long(), from.time_of_day())
}

/// `52 d 3 h`, `1 min`
fn length<'d>(differences: impl Iterator<Item = &'d Difference>) -> String {
    let seconds: i64 = differences.map(|difference| difference.seconds).sum();
    let parts = [
        (seconds / 86_400, "d"),
        (seconds / 3600 % 24, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let said: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count} {unit}")).collect();
    said.join(" ")
}

/// The last line: what it says of floors it says of floors only, and what is not kept stands beside it.
fn summary(imported: &Imported, horizon: Window<Date>) -> String {
    let differ = imported.verdicts.iter().filter(|verdict| !verdict.agrees()).count();
    let refused = imported.verdicts.iter().filter(|verdict| verdict.refusal.is_some()).count();
    let is_kept = imported.verdicts.iter().all(|verdict| verdict.whole.is_some());
    let all = imported.verdicts.len();
    let year = say::horizon(horizon);
    let floors = match (differ, all) {
        _ if refused > 0 => refused_said(imported, year),
        (0, 1) if is_kept => {
            format!(
                "the floor of the one target is equal at every instant of {year}, and so is the whole object"
            )
        }
        (0, _) if is_kept => format!(
            "the floors of all {all} targets are equal at every instant of {year}, and so are the whole objects"
        ),
        (0, 1) => format!("the floor of the one target is equal at every instant of {year}"),
        (0, _) => format!("the floors of all {all} targets are equal at every instant of {year}"),
        (_, 1) => "the floor of the one target differs".to_owned(),
        _ => format!("the floors of {differ} of {all} targets differ"),
    };
    let lost = lost(imported);
    let lost = match (lost.is_empty(), differ) {
        (true, _) => String::new(),
        (false, 0) => format!(", but not everything else is kept: {lost}"),
        (false, _) => format!(", and not everything else is kept: {lost}"),
    };
    let added = imported.remarks.iter().any(|remark| remark.kind == Kind::Added);
    let added = if added { "; what the compiler adds of its own is named above" } else { "" };
    let broken =
        if imported.compiles() { "" } else { "; no files can be made of the proposal yet: see above" };
    format!("seasonscale: {floors}{lost}{added}{broken}\n")
}

/// Of an input of which KEDA refuses some objects as they are.
fn refused_said(imported: &Imported, year: String) -> String {
    let (refused, others): (Vec<&Verdict>, Vec<&Verdict>) =
        imported.verdicts.iter().partition(|verdict| verdict.refusal.is_some());
    let unequal = others.iter().filter(|verdict| !verdict.agrees()).count();
    let taken = match (refused.len(), others.len()) {
        (1, 0) => {
            "KEDA refuses the one object as it is: nothing runs that its target could be equal to".to_owned()
        }
        (count, _) => {
            let objects =
                if count == 1 { "1 object as it is" } else { &format!("{count} objects as they are") };
            format!("KEDA refuses {objects}: nothing runs that they could be equal to")
        }
    };
    match (others.len(), unequal) {
        (0, _) => taken,
        (_, 0) => format!("{taken}; the floors of the others are equal at every instant of {year}"),
        (_, unequal) => format!("{taken}; of the others {unequal} differ"),
    }
}

/// `order-consumer is left out; ledger: fallback, trigger 2 (kafka)`: by object, the objects that are left out first.
fn lost(imported: &Imported) -> String {
    /// More than that is read in the sections.
    const MOST: usize = 6;
    let mut whole: BTreeSet<&str> = BTreeSet::new();
    let mut parts: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for remark in imported.remarks.iter().filter(|remark| remark.kind.is_loss()) {
        let subject =
            if remark.subject.is_empty() { remark.place.file.as_str() } else { remark.subject.as_str() };
        if remark.part.is_empty() {
            whole.insert(subject);
        } else {
            parts.entry(subject).or_default().insert(remark.part.as_str());
        }
    }
    let whole = whole.iter().map(|subject| format!("{subject} is left out"));
    let parts = parts.iter().map(|(subject, parts)| {
        format!("{subject}: {}", parts.iter().copied().collect::<Vec<_>>().join(", "))
    });
    let said: Vec<String> = whole.chain(parts).collect();
    let more = said.len().saturating_sub(MOST);
    let more = match more {
        0 => String::new(),
        1 => "; and one object more, named above".to_owned(),
        more => format!("; and {more} objects more, named above"),
    };
    format!("{}{more}", said.into_iter().take(MOST).collect::<Vec<_>>().join("; "))
}

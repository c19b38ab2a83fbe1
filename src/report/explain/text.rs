//! Why a floor is what it is, for a terminal: the floor, its reasons, what lost, what carries it out, what comes next.
//! Own words keep to 80 columns; lines of the policy are quoted as they are.

use std::fmt::Write;

use super::Shown;
use super::words::{BAD, BOLD, moment, target};
use super::{carried, origin};
use crate::explain::{Change, Claim, Level, Planned, Verdict};
use crate::plan::{Basis, OccasionId, OccasionKind, Part, Plan};
use crate::quantity::{Replicas, Seconds};
use crate::report::limits::{is_idle, limits};
use crate::source::Span;

/// The whole explanation. Colours are always in it; the terminal's writer takes them out where nobody wants them.
pub fn text(shown: Shown<'_>) -> String {
    let mut text = String::new();
    head(shown, &mut text);
    match &shown.explanation.planned {
        Some(planned) => {
            reasons(shown, planned, &mut text);
            lost(shown, planned, &mut text);
            not_now(shown, planned, &mut text);
            off(shown, planned, &mut text);
        }
        None => outside(shown, &mut text),
    }
    match &shown.explanation.manifest {
        Some(manifest) => carried::carried(shown, manifest, &mut text),
        None => {
            let name = shown.plan.profile.full_name(target(shown));
            let _ = writeln!(text, "\n{BAD}The manifest has no ScaledObject {name} that can be read.{BAD:#}");
        }
    }
    if let Some(planned) = &shown.explanation.planned {
        when(shown, planned, &mut text);
    }
    text
}

fn head(shown: Shown<'_>, text: &mut String) {
    let (target, moment) = (target(shown), shown.explanation.moment);
    let floor = match &shown.explanation.planned {
        Some(planned) => format!("floor {}", planned.floor),
        None => "no floor is planned".to_owned(),
    };
    let _ = writeln!(text, "{BOLD}{}: {floor}{BOLD:#}", shown.plan.profile.full_name(target));
    let local = self::moment(moment.local);
    let _ = writeln!(text, "on {local} {} ({})", target.zone, moment.at);
    if let Some(second) = moment.again {
        let _ = writeln!(text, "the clocks show this twice; for the second time: --at {second}");
    }
    let workload = &shown.plan.profile.workload(target).title;
    let whose = match shown.plan.profile.territory(target) {
        Some(territory) => format!("{} ({}), {workload}", territory.title, territory.code),
        None => workload.clone(),
    };
    let _ = writeln!(text, "{whose}: {}", limits(target));
}

/// What runs where nothing asks for more.
fn rest(shown: Shown<'_>) -> &'static str {
    if is_idle(target(shown)) { "idle count" } else { "minimum" }
}

fn outside(shown: Shown<'_>, text: &mut String) {
    let horizon = shown.plan.horizon;
    let last = horizon.until.plus_days(-1);
    let line = shown.sources.line(shown.plan.horizon_span);
    let _ = writeln!(text, "\nThe plan holds from {} to {last} ({line}).", horizon.from);
    let _ = writeln!(text, "Cron has no year: a manifest that stays applied goes on with these dates.");
}

/// What decides, with the policy's lines.
fn reasons(shown: Shown<'_>, planned: &Planned, text: &mut String) {
    let mut decides =
        planned.claims.iter().filter(|claim| matches!(claim.verdict, Verdict::Decides(_))).peekable();
    if decides.peek().is_none() {
        let min = shown.sources.line(target(shown).min.span);
        text.push('\n');
        let rest = rest(shown);
        fill(&format!("No season or campaign asks for more than the {rest} now ({min})."), ("", ""), text);
    }
    for claim in decides {
        let what = named(shown, claim);
        let over = planned.floor.0.saturating_sub(target(shown).min.value.0);
        let (floor, rest) = (planned.floor, rest(shown));
        let _ = writeln!(text, "\n{BOLD}{what} asks for {floor}{BOLD:#}, {over} over the {rest}:");
        let _ = writeln!(text, "{}", origin::snippet(shown, claim, planned.floor));
        about(shown, claim, text);
    }
}

/// Who answers for an occasion.
fn about(shown: Shown<'_>, claim: &Claim, text: &mut String) {
    let occasion = &shown.plan.occasions[claim.occasion.0];
    let facts = [("owner", &occasion.owner), ("ticket", &occasion.ticket), ("note", &occasion.note)];
    for (key, value) in facts.into_iter().filter_map(|(key, value)| Some((key, value.as_ref()?))) {
        wrap(&format!("{key}: {value}"), "  ", text);
    }
}

fn lost(shown: Shown<'_>, planned: &Planned, text: &mut String) {
    let (mut less, mut nothing) = (Vec::new(), Vec::new());
    for claim in &planned.claims {
        match &claim.verdict {
            Verdict::Loses { floor, by } => less.push((claim, format!("asks for {floor}, {by} less"))),
            Verdict::AsksNothing => nothing.push((claim, "sets no floor for it".to_owned())),
            Verdict::Decides(_)
            | Verdict::OtherHours { .. }
            | Verdict::OtherWeekday
            | Verdict::OtherDay
            | Verdict::Holidays(_)
            | Verdict::Elsewhere => {}
        }
    }
    section(shown, "Applies too, and loses:", less, text);
    section(shown, "Applies too, and asks this Deployment for nothing:", nothing, text);
}

fn not_now(shown: Shown<'_>, planned: &Planned, text: &mut String) {
    let passed = planned.claims.iter().filter_map(|claim| match &claim.verdict {
        Verdict::OtherHours { ended, begins } => {
            let ended = ended.map(|at| format!("ended {}", moment(at)));
            let begins = begins.map(|at| format!("begins {}", moment(at)));
            let both: Vec<String> = ended.into_iter().chain(begins).collect();
            Some((claim, format!("other hours: {}", both.join(", "))))
        }
        Verdict::OtherWeekday => Some((claim, format!("does not take a {}", claim.day.weekday().title()))),
        Verdict::OtherDay => {
            Some((claim, format!("does not take {}, it takes other days", claim.day.long())))
        }
        Verdict::Holidays(holidays) => {
            let names = holidays.iter().map(|holiday| {
                format!("{} of {} ({})", holiday.name, holiday.set, shown.sources.line(holiday.span))
            });
            let names: Vec<String> = names.collect();
            Some((claim, format!("{} is a holiday: {}", claim.day.long(), names.join(", "))))
        }
        Verdict::Elsewhere => Some((claim, format!("not for {} in this plan", place(shown)))),
        Verdict::Decides(_) | Verdict::Loses { .. } | Verdict::AsksNothing => None,
    });
    section(shown, "Within its dates, but not now or not here:", passed.collect(), text);
}

/// What nobody should wonder at: it is in the policy and does nothing.
fn off(shown: Shown<'_>, planned: &Planned, text: &mut String) {
    if planned.off.is_empty() {
        return;
    }
    let _ = writeln!(text, "\nIn the policy for this day, and switched off:");
    for off in &planned.off {
        let line = shown.sources.line(off.span);
        let kind = kind(off.kind, Part::Main);
        wrap(&format!("{} ({kind}), {line}: enabled = false", off.title), "  ", text);
    }
}

/// `CH`, or the workload that has no territory.
fn place(shown: Shown<'_>) -> String {
    let target = target(shown);
    match shown.plan.profile.territory(target) {
        Some(territory) => territory.code.to_string(),
        None => shown.plan.profile.workload(target).name.to_string(),
    }
}

fn section(shown: Shown<'_>, heading: &str, claims: Vec<(&Claim, String)>, text: &mut String) {
    if claims.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{heading}");
    for (claim, why) in claims {
        let what = named(shown, claim);
        let line = shown.sources.line(where_written(claim));
        wrap(&format!("{what}, {line}: {why}"), "  ", text);
    }
}

/// The line that a reader should look at first.
fn where_written(claim: &Claim) -> Span {
    let written = &claim.written;
    match &claim.verdict {
        Verdict::Loses { .. } | Verdict::Decides(_) => claim.basis.map_or(written.table, Basis::span),
        Verdict::OtherHours { .. } => written.hours.unwrap_or(written.from),
        Verdict::OtherWeekday | Verdict::OtherDay | Verdict::Holidays(_) => {
            written.days.unwrap_or(written.table)
        }
        Verdict::AsksNothing | Verdict::Elsewhere => written.table,
    }
}

/// The title, with the clock where it is another one than the target's.
fn named(shown: Shown<'_>, claim: &Claim) -> String {
    let what = title(shown.plan, claim.occasion, claim.part);
    let zone = &shown.plan.origin(claim.origin).zone;
    let is_elsewhere = claim.verdict == Verdict::Elsewhere || *zone == target(shown).zone;
    if is_elsewhere { what } else { format!("{what} on the clock of {zone}") }
}

/// `Oktoberfest (season)`, `Oktoberfest (lead-in)`, `Autumn mailing (campaign)`
pub(super) fn title(plan: &Plan, occasion: OccasionId, part: Part) -> String {
    let occasion = &plan.occasions[occasion.0];
    format!("{} ({})", occasion.title, kind(occasion.kind, part))
}

/// `season`, `campaign`, `lead-in`
pub(super) fn kind(kind: OccasionKind, part: Part) -> &'static str {
    match (part, kind) {
        (Part::LeadIn(_), _) => "lead-in",
        (Part::Main, OccasionKind::Season) => "season",
        (Part::Main, OccasionKind::Campaign) => "campaign",
    }
}

fn when(shown: Shown<'_>, planned: &Planned, text: &mut String) {
    let _ = writeln!(text, "\n{BOLD}Floor before and after{BOLD:#}:");
    match &planned.since {
        Some(change) => {
            let _ = writeln!(text, "  since {}: {}", moment(change.at), level(shown, &change.after));
            let _ = writeln!(text, "         before it: {}", level(shown, &change.before));
        }
        None => {
            let _ = writeln!(text, "  since the plan began, {}", shown.plan.horizon.from);
        }
    }
    match &planned.next {
        Some(change) => {
            let _ = writeln!(text, "  until {}: then {}", moment(change.at), level(shown, &change.after));
            slow_down(shown, change, text);
        }
        None => {
            let _ = writeln!(text, "  until the plan ends, {}", shown.plan.horizon.until.plus_days(-1));
        }
    }
}

/// A floor that falls frees replicas, it does not remove them.
fn slow_down(shown: Shown<'_>, change: &Change, text: &mut String) {
    let window = shown.explanation.manifest.as_ref().map_or(0, |manifest| manifest.scale_down_window);
    if change.after.floor < change.before.floor && window > 0 {
        let more = Seconds(window);
        let _ =
            writeln!(text, "         The HPA's scale-down window keeps replicas for {more} more at least.");
    }
}

fn level(shown: Shown<'_>, level: &Level) -> String {
    let Level { floor, by } = level;
    let by: Vec<String> = by.iter().map(|(occasion, part)| title(shown.plan, *occasion, *part)).collect();
    if by.is_empty() || *floor == Replicas(0) {
        format!("{floor}, the {}", rest(shown))
    } else {
        format!("{floor}, {}", by.join(" and "))
    }
}

/// Words as an item of a list: the lines after the first are indented by two more.
fn wrap(words: &str, indent: &str, text: &mut String) {
    fill(words, (indent, &format!("{indent}  ")), text);
}

/// Words in lines of at most 80 columns, the first and the others indented each in its way.
pub(super) fn fill(words: &str, (first, others): (&str, &str), text: &mut String) {
    let mut line = first.to_owned();
    let mut empty = true;
    for word in words.split_whitespace() {
        if !empty && line.chars().count() + 1 + word.chars().count() > 80 {
            let _ = writeln!(text, "{line}");
            others.clone_into(&mut line);
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    let _ = writeln!(text, "{line}");
}

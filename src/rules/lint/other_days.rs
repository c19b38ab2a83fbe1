//! A name or a comment that says days of the week or months and nothing else, beside a schedule that has others.

use super::super::finding::Finding;
use super::super::subject::Subject;
use super::beside::{self, Text};
use super::horizon::Horizon;
use super::spoken::{self, Spoken};
use super::uncovered::{BUT, active_days, repeated};
use super::{comment, said};
use crate::finding::Rule;
use crate::keda::floor::Active;
use crate::time::{Date, Instant, Month, Weekday, Window};

const MEND: &str = "write the schedule that the words mean, or the words that the schedule means";

/// What the words beside a trigger say that it does not do.
pub(super) fn check(subject: &Subject<'_>, active: &Active, horizon: Horizon) -> Option<Finding> {
    let pair = &active.trigger.pair;
    if !pair.start.dom.is_star() || !pair.end.dom.is_star() || !subject.lifts(active) {
        return None;
    }
    let texts = beside::texts(subject, active.index);
    let narrowed = |text: &Text<'_>| {
        let words = text.words();
        words.iter().any(|word| BUT.contains(&word.as_str()) && word != "only" && word != "nur")
    };
    if texts.iter().any(narrowed) {
        return None;
    }
    let name = usize::from(subject.object.spec.triggers.value[active.index].name.is_some());
    let comments = texts.len() - name;
    // Of several lines one may be the rest of a sentence.
    let whole = texts.iter().enumerate().filter(|(at, _)| *at < name || comments == 1);
    whole.filter_map(|(at, text)| Some((at < name, text.0, spoken::spoken(*text)?))).find_map(
        |(is_name, text, spoken)| {
            let text = text.trim_start_matches('#').trim();
            missing(subject, (active, is_name), (text, &spoken))
                .or_else(|| extra(subject, (active, horizon), (text, &spoken)))
        },
    )
}

/// The days on which it is active, the last one of each window included.
fn covered(active: &Active) -> Vec<Date> {
    let clock = &active.clocks.0;
    let walk = &active.walk.active;
    let Some((last, _)) = walk.steps().last() else { return Vec::new() };
    let windows = walk.pieces(walk.steps()[0].0..*last).filter(|(_, _, on)| **on);
    let ends = windows.map(|(_, until, _)| clock.local(Instant(until.0 - 1)).date());
    active_days(active).into_iter().map(|day| day.date).chain(ends).collect()
}

/// A day that is said, and on which neither it nor another one is active.
fn missing(
    subject: &Subject<'_>,
    (active, is_name): (&Active, bool),
    (text, spoken): (&str, &Spoken),
) -> Option<Finding> {
    let own = covered(active);
    let has = |day: Weekday| own.iter().any(|date| date.weekday() == day);
    let bare: Vec<Weekday> = if spoken.is_weekend {
        // What begins on Friday evening, or is a weekend of Friday and Saturday, is one.
        let is_there = [Weekday::Sat, Weekday::Sun].into_iter().any(has);
        let other = Weekday::ALL.into_iter().take(4).any(has);
        if is_there || !other { Vec::new() } else { vec![Weekday::Sat, Weekday::Sun] }
    } else {
        // A heading speaks of the triggers below it, too, that have no words of their own; a name is one trigger's.
        let is_other = |one: &&Active| {
            let texts = beside::texts(subject, one.index);
            !is_name
                && one.index != active.index
                && subject.lifts(one)
                && texts.iter().all(|text| spoken::spoken(*text).is_none())
        };
        let others = subject.active.iter().filter(is_other);
        let elsewhere: Vec<Weekday> = others.flat_map(covered).map(|date| date.weekday()).collect();
        let is_bare = |day: &Weekday| !has(*day) && !elsewhere.contains(day);
        spoken.days.iter().copied().filter(is_bare).collect()
    };
    let days = active_days(active);
    let (first, last) = days.first().zip(days.last())?;
    let in_month = |date: &Date| active.trigger.pair.start.month.contains(date.month().number());
    let dates = (0..last.date.days_since(first.date)).map(|day| first.date.plus_days(day));
    let dates = dates.filter(|date| bare.contains(&date.weekday())).filter(in_month);
    let is_busy = |hole: &Window<Instant>| {
        let mut others = subject.active.iter().filter(|one| subject.lifts(one));
        others.any(|one| one.walk.active.pieces(hole.from..hole.until).any(|(_, _, on)| *on))
    };
    let holes: Vec<Window<Instant>> =
        repeated(active, first.at, dates).filter(|hole| !is_busy(hole)).collect();
    let hole = holes.first()?;
    let names: Vec<&str> = bare.iter().map(|weekday| weekday.title()).collect();
    let effect = format!(
        "the words beside it say \"{text}\", and it is active on no {}: not at {}, the first time",
        names.join(" and no "),
        said(hole.from, &active.clocks.0)
    );
    let cost = subject.misplaced(active, holes.iter().copied());
    let finding = subject.about(Rule::CronCommentDiffers, active.index, "start", effect, MEND.to_owned());
    Some(finding.from(hole.from).costing(cost))
}

/// A day that is not said, and on which it is active all the same.
fn extra(
    subject: &Subject<'_>,
    (active, horizon): (&Active, Horizon),
    (text, spoken): (&str, &Spoken),
) -> Option<Finding> {
    let meant = |date: Date| means_day(spoken, date.weekday()) && means_month(spoken, date.month());
    let days = comment::days(subject, active, horizon);
    let outside: Vec<&comment::Day> = days.iter().filter(|day| !day.is_any(meant)).collect();
    let day = outside.first()?;
    let effect = format!(
        "it is active on {} {}, and the words beside it say \"{text}\"",
        day.date.weekday().title(),
        said(day.at, &active.clocks.0)
    );
    let cost = subject.misplaced(active, outside.iter().map(|day| Window::new(day.at, day.until)));
    let finding = subject.about(Rule::CronCommentDiffers, active.index, "start", effect, MEND.to_owned());
    Some(finding.from(day.at).costing(cost))
}

fn means_day(spoken: &Spoken, day: Weekday) -> bool {
    if spoken.is_weekend {
        // It may begin on Friday and end on Monday.
        return ![Weekday::Tue, Weekday::Wed, Weekday::Thu].contains(&day);
    }
    spoken.days.is_empty() || spoken.days.contains(&day)
}

/// A season may begin a few days before its month, and end after it.
fn means_month(spoken: &Spoken, month: Month) -> bool {
    let near = |said: &Month| {
        let apart = said.number().abs_diff(month.number());
        apart <= 1 || apart == 11
    };
    spoken.months.is_empty() || spoken.months.iter().any(near)
}

//! What is wrong with dates, hours, holiday sets and the plan's days.

use crate::dates::RuleFlaw;
use crate::finding::{Diagnostic, Rule};
use crate::name::nearest;
use crate::source::{Located, Span};
use crate::time::Date;

pub(in super::super) fn unknown_holidays(name: &str, at: Span, known: &[&str]) -> Diagnostic {
    let help = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "declare it as `[holidays.NAME]`, or take one of those that are built in: `seasonscale holidays` lists them".to_owned(),
    };
    Diagnostic::new(Rule::UnknownHolidaySet, format!("there is no holiday set `{}`", name.escape_debug()))
        .at(at, "not declared in calendar.toml, and not built in")
        .help(help)
}

pub(in super::super) fn bad_date_rule(flaw: &RuleFlaw, span: Span) -> Diagnostic {
    const RULES: &str = "a rule is `09-01`, `2026-09-19`, `easter`, `advent`, `sat >= 09-16`, `4th thu of 11`, `15 of month` or `last workday of month`, each with `+ 3d`, `- 2w` or `- 1wd`; `seasonscale explain bad-date-rule` has all of them";
    Diagnostic::new(Rule::BadDateRule, flaw.what.clone())
        .at(span.part(flaw.at.clone()), "here")
        .help(flaw.instead.clone().unwrap_or_else(|| RULES.to_owned()))
}

/// A season without `to`, whose `from` is there.
pub(in super::super) fn last_day_missing(missing: Diagnostic, first: &str) -> Diagnostic {
    // A rule with a clock time begins a window, and would not end it.
    let day = first.split_whitespace().filter(|word| !word.contains(':')).collect::<Vec<_>>().join(" ");
    missing.help(format!(
        "write its last day, `to = \"{day}\"` for that one day; all keys: `seasonscale keys seasons.NAME`"
    ))
}

pub(in super::super) fn dates_out_of_order(first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(Rule::BadDateRule, "the dates of a list stand in their order, each once")
        .at(second, "not after the one before it")
        .against(first, "the one before it")
        .help("sort them; `from` and `to` have their dates at the same places")
}

pub(in super::super) fn holiday_circle(name: &str, at: Span, set: Span) -> Diagnostic {
    Diagnostic::new(Rule::HolidayCircle, format!("holiday set `{name}` includes itself"))
        .at(at, "here it comes back")
        .against(set, "this set")
        .help("take it out of `include`: a set has its own days anyway")
}

pub(in super::super) fn bad_hours(what: &str, at: Span) -> Diagnostic {
    Diagnostic::new(Rule::BadHours, what)
        .at(at, "cannot be read")
        .help("for example `08:00-20:00`, or `22:00-06:00` over midnight; two windows as [\"11:30-14:00\", \"17:30-21:00\"]; by weekday as { mon-thu = \"08:00-18:00\", fri = \"08:00-14:00\" }")
}

pub(in super::super) fn hours_overlap(first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(Rule::BadHours, "two windows of a day overlap")
        .at(second, "the second one")
        .against(first, "the first one")
        .help("windows of one day have no minute in common: join them, or move one")
}

pub(in super::super) fn bad_days(what: &str, at: Span) -> Diagnostic {
    Diagnostic::new(Rule::BadDays, what)
        .at(at, "cannot be read")
        .help("for example `mon-sun`, `sun-thu`, `sat,sun`, `workdays`, `fri less holidays`, `sat,sun,holidays`, `bridge` or `sat 09:00 .. sun 21:00`")
}

pub(in super::super) fn empty_horizon(from: Span, until: Span) -> Diagnostic {
    Diagnostic::new(Rule::EmptyWindow, "the plan's horizon contains no day")
        .at(until, "the first day after the plan")
        .against(from, "the first day of the plan")
        .help("`until` is exclusive: for one year write `from = 2026-01-01` and `until = 2027-01-01`")
}

pub(in super::super) fn last_day_left_out(from: Located<Date>, until: Located<Date>) -> Diagnostic {
    let (from, until) = ((from.value, from.span), (until.value, until.span));
    let title = format!("the plan leaves out {}: is that day meant to be in it?", until.0.long());
    Diagnostic::new(Rule::LastDayLeftOut, title)
        .at(until.1, format!("exclusive: the last day of the plan is {}", until.0.plus_days(-1).long()))
        .against(from.1, format!("from {}", from.0.long()))
        .help(format!("write `until = {}` to have it in the plan", until.0.next()))
}

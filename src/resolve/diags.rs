//! All that resolving dates can find fault with, in words.

use super::clock::Irregular;
use crate::dates::Lack;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::time::{Date, LocalTime, Window};

pub(super) fn ends_before_it_begins(title: &str, year: i32, from: Span, to: Span) -> Diagnostic {
    Diagnostic::new(Code::EmptyWindow, format!("{title} would end before it begins in {year}"))
        .at(to, "the last day")
        .against(from, "the first day")
        .help("let `to` be after `from`; only a season over New Year, such as 11-15 to 01-07, ends in the next year")
}

pub(super) fn no_such_day(title: &str, lack: &Lack, year: i32, at: Span) -> Diagnostic {
    let title = format!("{title} has no dates in {year}: that year has no {}", lack.day);
    Diagnostic::new(Code::NoSuchDay, title)
        .at(at, format!("not in {year}"))
        .note("without its day a season would be left out of that year, and nobody would be told")
        .help(format!("write `{}`, which has a day in every year", lack.instead))
}

pub(super) fn no_minute(title: &str, hours: Span) -> Diagnostic {
    Diagnostic::new(Code::EmptyWindow, format!("the daily hours of {title} contain no minute"))
        .at(hours, "begins when it ends")
        .help("leave `hours` out for the whole day")
}

pub(super) fn no_day(title: &str, days: Span, dates: Span) -> Diagnostic {
    Diagnostic::new(Code::EmptyWindow, format!("{title} has no day that `days` selects"))
        .at(days, "selects none of its days")
        .against(dates, "its dates")
        .help("widen `days` or the dates")
}

pub(super) fn campaign_without_time(title: &str, from: Span, to: Span) -> Diagnostic {
    Diagnostic::new(Code::EmptyWindow, format!("{title} ends before it begins"))
        .at(to, "the end")
        .against(from, "the beginning")
        .help("`to` is the first minute after the campaign")
}

pub(super) fn outside(title: &str, at: Span, horizon: Window<Date>, plan: Span) -> Diagnostic {
    let title = format!("{title} lies outside the plan's horizon and has no effect");
    Diagnostic::new(Code::OutsideHorizon, title)
        .at(at, "no day of it is planned")
        .against(plan, format!("the plan runs from {} to {}", horizon.from, horizon.until.plus_days(-1)))
        .help("move the horizon, or switch it off with `enabled = false`")
}

pub(super) fn lead_in_before_horizon(
    title: &str,
    begins: Date,
    at: Span,
    horizon: Window<Date>,
    plan: Span,
) -> Diagnostic {
    Diagnostic::new(
        Code::LeadInBeforeHorizon,
        format!("the lead-in of {title} would begin on {begins}, before the plan does"),
    )
    .at(at, "this long before the season")
    .against(plan, format!("the plan begins on {}", horizon.from))
    .help(format!("let the plan begin on {begins} or earlier, or shorten the lead-in"))
}

pub(super) fn equal_lead_ins(title: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(Code::OverlappingLeadIns, format!("two lead-ins of {title} begin on the same day"))
        .at(second, "the second one")
        .against(first, "the first one")
        .help("each lead-in lasts until the next one: give them different lengths")
}

pub(super) fn irregular(
    title: &str,
    boundary: LocalTime,
    stretch: &Irregular,
    zone: &str,
    at: Span,
) -> Diagnostic {
    let code = if stretch.repeated { Code::RepeatedHour } else { Code::SkippedHour };
    let what = if stretch.repeated { "show twice" } else { "jump over" };
    let stretch_text = format!("{}-{}", stretch.local.from.time_of_day(), stretch.local.until.time_of_day());
    let date = boundary.date();
    let instead = stretch.local.until.time_of_day();
    Diagnostic::new(code, format!("{title} has a boundary at {boundary}, which the clocks of {zone} {what}"))
        .at(at, format!("this gives {} on {date}", boundary.time_of_day()))
        .note(if stretch.repeated {
            format!("on {date} the clocks there show {stretch_text} twice, and KEDA's cron would fire twice")
        } else {
            format!("on {date} the clocks there jump over {stretch_text}: KEDA's cron would not fire, and a yearly window would stay on or off for a year")
        })
        .help(format!("use {instead}, or a time before {}", stretch.local.from.time_of_day()))
}

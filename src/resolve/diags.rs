//! All that resolving dates can find fault with, in words.

use super::clock::Irregular;
use crate::dates::Lack;
use crate::finding::{Diagnostic, Rule};
use crate::name::nearest;
use crate::source::Span;
use crate::time::{Date, LocalTime, Window};

pub(super) fn ends_before_it_begins(title: &str, year: i32, from: Span, to: Span) -> Diagnostic {
    Diagnostic::new(Rule::EmptyWindow, format!("{title} would end before it begins in {year}"))
        .at(to, "the last day")
        .against(from, "the first day")
        .help("let `to` be after `from`; only a season over New Year, such as 11-15 to 01-07, ends in the next year")
}

pub(super) fn no_such_day(title: &str, lack: &Lack, year: i32, at: Span) -> Diagnostic {
    let title = format!("{title} has no dates in {year}: that year has no {}", lack.day);
    Diagnostic::new(Rule::NoSuchDay, title)
        .at(at, format!("not in {year}"))
        .note("without its day the season is in no year of the plan")
        .help(format!("write `{}`, which has a day in every year", lack.instead))
}

pub(super) fn not_every_year(title: &str, lack: &Lack, years: &[String], at: Span) -> Diagnostic {
    let years = years.join(", ");
    let title = format!("{title} leaves some days out: there is no {} in {years}", lack.day);
    Diagnostic::new(Rule::DayNotEveryYear, title)
        .at(at, format!("not in {years}"))
        .note("other years, or other months, have it: there the season is as it is written")
        .help(format!("write `{}`, which there is always, if that is meant", lack.instead))
}

pub(super) fn unknown_season(name: &str, at: Span, known: &[&str]) -> Diagnostic {
    let help = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are: {}", known.join(", ")),
    };
    Diagnostic::new(Rule::UnknownSeason, format!("there is no season `{}`", name.escape_debug()))
        .at(at, "not declared in calendar.toml")
        .help(help)
}

pub(super) fn season_circle(name: &str, at: Span, season: Span) -> Diagnostic {
    Diagnostic::new(Rule::SeasonCircle, format!("the dates of season `{name}` count from themselves"))
        .at(at, "here they come back")
        .against(season, "this season")
        .help("give one of the seasons a date of its own")
}

pub(super) fn many_stretches(name: &str, at: Span, from: Span) -> Diagnostic {
    Diagnostic::new(Rule::SeasonCircle, format!("season `{name}` has several stretches a year"))
        .at(at, "which of them is meant?")
        .against(from, "it comes back from here")
        .help("count from a season that comes once a year, or write the rule itself")
}

pub(super) fn every_without_date(every: Span, at: Span) -> Diagnostic {
    Diagnostic::new(Rule::WindowKeys, "`every` counts from one date, and this is a rule of every year")
        .at(at, "of which year?")
        .against(every, "counted from it")
        .help("write the first time with its year, as in `from = \"2027-01-08\"` and `to = \"2027-01-08\"`")
}

pub(super) fn longer_than_every(every: Span, to: Span) -> Diagnostic {
    Diagnostic::new(Rule::WindowKeys, "the season would come again before it ends")
        .at(to, "the last day of the first time")
        .against(every, "it comes again after this")
        .help("let it end before that, or come less often")
}

pub(super) fn hours_beside_times(title: &str, hours: Span, times: Span) -> Diagnostic {
    Diagnostic::new(Rule::WindowKeys, format!("{title} runs without a break, and yet has hours or days of its own"))
        .at(hours, "this is about single days")
        .against(times, "a clock time here makes one window without a break")
        .help("for one window write the times in `from` and `to`, or in `days`, and no `hours`; for hours of each day write dates and `hours`")
}

pub(super) fn days_beside_weekdays(title: &str, days: Span, hours: Span) -> Diagnostic {
    Diagnostic::new(Rule::WindowKeys, format!("the hours of {title} say its weekdays already"))
        .at(days, "a second time")
        .against(hours, "a weekday that stands here is taken, another one is not")
        .help("leave `days` out; a set of holidays is left out by `except = [\"..\"]`")
}

pub(super) fn hours_of_no_day(title: &str, hours: Span, days: Span) -> Diagnostic {
    Diagnostic::new(Rule::WindowKeys, format!("{title} has hours for a weekday that it does not take"))
        .at(hours, "on no day of it")
        .against(days, "its days: hours of a territory's own hold on those")
        .help("leave the weekday out of the hours, or let `days` of the season take it")
}

pub(super) fn lists_differ(title: &str, (first, last): (usize, usize), to: Span, from: Span) -> Diagnostic {
    Diagnostic::new(Rule::WindowKeys, format!("{title} has {first} first days and {last} last ones"))
        .at(to, format!("dates: {last}"))
        .against(from, format!("dates: {first}"))
        .help("let both lists have a date for each year, at the same places")
}

pub(super) fn ends_less_often(title: &str, to: Span, from: Span) -> Diagnostic {
    Diagnostic::new(Rule::WindowKeys, format!("{title} begins in several months and does not end as often"))
        .at(to, "one day a year")
        .against(from, "a day in several months")
        .help("let `to` be of the same months, as in `from = \"last workday of month\"` and `to = \"last day of month\"`")
}

pub(super) fn no_minute(title: &str, hours: Span) -> Diagnostic {
    Diagnostic::new(Rule::EmptyWindow, format!("the daily hours of {title} contain no minute"))
        .at(hours, "begins when it ends")
        .help("leave `hours` out for the whole day")
}

pub(super) fn no_day(title: &str, days: Span, dates: Span) -> Diagnostic {
    Diagnostic::new(Rule::EmptyWindow, format!("{title} has no day that `days` selects"))
        .at(days, "selects none of its days")
        .against(dates, "its dates")
        .help("widen `days` or the dates")
}

pub(super) fn campaign_without_time(title: &str, from: Span, to: Span) -> Diagnostic {
    Diagnostic::new(Rule::EmptyWindow, format!("{title} ends before it begins"))
        .at(to, "the end")
        .against(from, "the beginning")
        .help("`to` is the first minute after the campaign")
}

pub(super) fn outside(
    title: &str,
    (at, last): (Span, Option<Date>),
    horizon: Window<Date>,
    plan: Span,
) -> Diagnostic {
    let title = format!("{title} lies outside the plan's horizon and has no effect");
    let label = match last {
        Some(last) => format!("its last date is {last}"),
        None => "no day of it is planned".to_owned(),
    };
    Diagnostic::new(Rule::OutsideHorizon, title)
        .at(at, label)
        .against(plan, format!("the plan runs from {} to {}", horizon.from, horizon.until.plus_days(-1)))
        .help("move the horizon, or switch it off with `enabled = false`")
}

pub(super) fn cut(
    title: &str,
    (ends, zone): (LocalTime, &str),
    at: Span,
    (plan_ends, plan): (LocalTime, Span),
) -> Diagnostic {
    let title = format!("{title} ends at {ends}, and the plan at {plan_ends}: it is held until then only");
    Diagnostic::new(Rule::CutByPlan, title)
        .at(at, format!("on the clocks of {zone}"))
        .against(plan, format!("nothing is planned from {plan_ends} on"))
        .help("let `until` of the plan be a later day, or keep it in the policy of the next plan, which holds the rest; a campaign that ends with the plan is silent")
}

pub(super) fn equal_lead_ins(title: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(Rule::OverlappingLeadIns, format!("two lead-ins of {title} begin on the same day"))
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
    let code = if stretch.repeated { Rule::RepeatedHour } else { Rule::SkippedHour };
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

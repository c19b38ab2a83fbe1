//! All that resolving dates can find fault with, in words.

use super::clock::Irregular;
use super::slots::{Fate, SpecialDate};
use crate::dates::{Backwards, Due, Gap, Lack, Open, Paired};
use crate::finding::{Diagnostic, Rule};
use crate::name::{Slug, nearest};
use crate::source::{Located, Span};
use crate::time::{Date, LocalTime, TimeOfDay, Window};

/// `meant`: what the plan would have, were the last days of the next year meant.
pub(super) fn ends_before_it_begins(
    title: &str,
    (Backwards { first, last }, meant): (Backwards, &[Window<Date>]),
    from: Span,
    to: Span,
) -> Diagnostic {
    let title = format!("{title} would end before it begins in {}", first.year());
    let Some(last) = last else {
        return Diagnostic::new(Rule::EmptyWindow, title)
            .at(to, "the last day")
            .against(from, "the first day")
            .help("let `to` be after `from`; only a season over New Year, such as 11-15 to 01-07, ends in the next year");
    };
    let (days, longest) = (last.days_since(first) + 1, Paired::LONGEST_OVER_NEW_YEAR + 1);
    Diagnostic::new(Rule::EmptyWindow, format!("{title}, or last {days} days"))
        .at(to, format!("the last day: {} would be the next one", last.long()))
        .against(from, "the first day")
        .note(format!("over New Year a season has {longest} days at most: a longer one is taken for dates in the wrong order"))
        .help(format!(
            "let `to` be after `from`; for the whole year write `from = \"01-01\"` and `to = \"12-31\"`; for most of it, as here, `from = {}` and `to = {}`",
            written(meant.iter().map(|days| days.from)),
            written(meant.iter().map(|days| days.until.plus_days(-1)))
        ))
}

/// `"2027-07-01"`, `["2026-07-01", "2027-07-01"]`
fn written(days: impl Iterator<Item = Date>) -> String {
    let all: Vec<String> = days.map(|day| format!("\"{day}\"")).collect();
    match all.as_slice() {
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    }
}

/// First days whose last ones are not there.
pub(super) struct Unended<'a> {
    pub(super) open: &'a [Open],
    /// The territories.
    pub(super) places: &'a [&'a str],
    /// The seasons that count from it.
    pub(super) counting: &'a [String],
    /// What to write in place of the last day's rule.
    pub(super) instead: String,
}

impl Unended<'_> {
    /// ` in 2027`, ` 2 times in 2027 in US`
    fn when(&self) -> String {
        let mut years: Vec<String> = self.open.iter().map(|open| open.first.year().to_string()).collect();
        years.dedup();
        let times =
            if self.open.len() > years.len() { format!(" {} times", self.open.len()) } else { String::new() };
        let places =
            if self.places.is_empty() { String::new() } else { format!(" in {}", self.places.join(", ")) };
        format!("{times} in {}{places}", years.join(", "))
    }

    /// `Fri 24 Dec 2027 is not a working day`, three of them at most.
    fn why(&self) -> String {
        const MOST: usize = 3;
        let mut said: Vec<String> = self.open.iter().map(|open| gap(open.gap, open.end)).collect();
        said.dedup();
        let more = said.len().saturating_sub(MOST);
        said.truncate(MOST);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        said.join(", ") + &more
    }
}

pub(super) const ALWAYS_AT_WORK: &str =
    "write `or workday before` in place of `if workday`, which has a day always";

/// Why there is no day at `at`.
fn gap(gap: Gap, at: Date) -> String {
    match gap {
        Gap::NotAtWork => format!("{} is not a working day", at.long()),
        Gap::NotInMonth => format!("not in {} {}", at.month().title(), at.year()),
        Gap::OfSeason => format!("the season that it counts from is left out in {}", at.year()),
    }
}

/// A season that has no first day in any place: as wrong as one that has no last day, unless it is that one day: then
/// `if workday` says no more than what happens.
pub(super) fn first_day_missing(title: &str, first: Located<Due>, is_one_day: bool) -> Diagnostic {
    let Due { at, gap: why } = first.value;
    let title = format!("{title} has no dates in {}: its first day is missing", at.year());
    let is_meant = is_one_day && why == Some(Gap::NotAtWork);
    Diagnostic::new(if is_meant { Rule::DayNotEveryYear } else { Rule::NoSuchDay }, title)
        .at(first.span, why.map(|why| gap(why, at)).unwrap_or_default())
        .note("a season whose first day is missing does not begin")
        .help(format!("where it is to begin all the same, {ALWAYS_AT_WORK}"))
}

pub(super) fn last_day_missing(
    title: &str,
    unended: &Unended<'_>,
    has_dates: bool,
    [to, from]: [Span; 2],
) -> Diagnostic {
    let when = unended.when();
    let (rule, title) = if has_dates {
        (Rule::DayNotEveryYear, format!("{title} is left out{when}: its last day is missing"))
    } else {
        (Rule::NoSuchDay, format!("{title} has no dates{when}: its last day is missing"))
    };
    let counting = match unended.counting {
        [] => String::new(),
        [one] => format!("; so is {one}, which counts from it"),
        several => format!("; so are {}, which count from it", several.join(" and ")),
    };
    let first = unended.open.first().map(|open| format!(" from {} on", open.first.long()));
    let first = first.unwrap_or_default();
    let found = Diagnostic::new(rule, title).at(to, unended.why()).against(from, "its first day");
    found
        .note(format!("without its last day a season is left out{first}, with its lead-ins{counting}"))
        .help(&unended.instead)
}

pub(super) fn hours_on_twice(title: &str, day: Date, first: Span, second: Span) -> Diagnostic {
    let title = format!("{title} has two kinds of hours on {}", day.long());
    Diagnostic::new(Rule::WindowKeys, title)
        .at(second, format!("{} is one of these", day.long()))
        .against(first, "and one of these")
        .help("which of them hold? let one of the two rules leave the day out, or give both the same hours")
}

pub(super) fn hours_on_no_day(title: &str, date: &SpecialDate, dates: Span) -> Diagnostic {
    let day = date.day.long();
    let title = format!("{title} has hours for {day} and does not take it");
    let found = Diagnostic::new(Rule::TakesNoDay, title);
    let found = if date.fate == Fate::Outside {
        found.at(date.key, format!("{day} is outside of its dates")).against(dates, "its first day")
    } else {
        found.at(date.key, format!("{day} is not a day that it takes"))
    };
    let near = date.nearest.filter(|_| date.fate == Fate::Outside);
    let near = near.map(|near| {
        let (day, month) = (near.day(), near.month().number());
        format!("the nearest day that it takes is {}, `\"{month:02}-{day:02}\"`; else ", near.long())
    });
    found
        .note("`hours-on` says the hours of days that the season takes; it takes none itself")
        .help(format!("{}let the season take the day, or give it a season of its own; a half day that falls on a free day this year needs nothing", near.unwrap_or_default()))
}

/// A lead-in that has no day: its days before a season of the plan, before how many more, and the days from which on it would
/// have one.
pub(super) struct Empty {
    pub(super) dates: Window<Date>,
    pub(super) more: usize,
    pub(super) earlier: Option<u32>,
}

impl Empty {
    /// So many days before the season an earlier beginning is looked for.
    pub(super) const EARLIEST: u32 = 31;
}

pub(super) fn lead_in_without_day(
    title: &str,
    empty: &Empty,
    at: Span,
    choosing: &[(&str, Span)],
) -> Diagnostic {
    let (first, last) = (empty.dates.from.long(), empty.dates.until.plus_days(-1).long());
    let label =
        if first == last { format!("no day: {first}") } else { format!("no day from {first} to {last}") };
    let more = match empty.more {
        0 => String::new(),
        1 => ", nor the other time".to_owned(),
        more => format!(", nor the {more} other times"),
    };
    let found =
        Diagnostic::new(Rule::TakesNoDay, format!("a lead-in of {title} has no day")).at(at, label + &more);
    let found = choosing.iter().fold(found, |found, (key, span)| {
        found.against(*span, format!("`{key}` holds for the lead-in, too"))
    });
    found
        .note("a lead-in has the days and the hours that its season would have then")
        .help(match empty.earlier {
        Some(days) => format!(
            "let it begin earlier, `before = \"{days}d\"`, or write a season of its own for these days"
        ),
        None => {
            "take it out, or write a season of its own for these days: an earlier beginning has no day either"
                .to_owned()
        }
    })
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

pub(super) fn long_chain(name: &Slug, most: usize, at: Span) -> Diagnostic {
    let title = format!("season `{name}` counts its days by way of more than {most} other seasons");
    Diagnostic::new(Rule::SeasonCircle, title)
        .at(at, "from a season, which counts from another one, and so on")
        .help("give one of the seasons between a date of its own")
}

pub(super) fn many_stretches(name: &str, at: Span, from: Span) -> Diagnostic {
    Diagnostic::new(Rule::SeasonCircle, format!("season `{name}` has several stretches a year"))
        .at(at, "which of them is meant?")
        .against(from, "it comes back from here")
        .help("count from a season that comes once a year, or write the rule itself")
}

/// `first`: the days that the rules have next.
pub(super) fn every_without_date(every: Span, at: Span, first: Option<(Date, Date)>) -> Diagnostic {
    let help = match first {
        Some((from, to)) => {
            format!("write the first time with its year: `from = \"{from}\"` and `to = \"{to}\"`")
        }
        None => "write the first time with its year, as in `from = \"2027-01-08\"` and `to = \"2027-01-08\"`"
            .to_owned(),
    };
    Diagnostic::new(Rule::WindowKeys, "`every` counts from one date, and this is a rule of every year")
        .at(at, "of which year?")
        .against(every, "counted from it")
        .help(help)
}

/// `latest`: the last day on which it may end.
pub(super) fn longer_than_every(every: Span, to: Span, (latest, weeks): (Date, i32)) -> Diagnostic {
    Diagnostic::new(Rule::WindowKeys, "the season would come again before it ends")
        .at(to, "the last day of the first time")
        .against(every, "it comes again after this")
        .help(format!("let it end by `to = \"{latest}\"`, or come less often: `every = \"{weeks}w\"`"))
}

pub(super) fn hours_beside_times(title: &str, hours: Span, times: Span) -> Diagnostic {
    Diagnostic::new(
        Rule::WindowKeys,
        format!("{title} runs without a break, and yet has hours or days of its own"),
    )
    .at(hours, "this is about single days")
    .against(times, "a clock time here makes one window without a break")
}

fn keys(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ")
}

/// What to write in place of times of `from` and `to` beside keys of single days.
pub(super) fn without_times(single: &[&str], times: [(&str, Option<TimeOfDay>); 2]) -> String {
    let [(_, from), (_, until)] = times;
    let (from, until) = (from.unwrap_or(TimeOfDay::MIDNIGHT), until.unwrap_or(TimeOfDay::END_OF_DAY));
    let written = times.into_iter().filter_map(|(key, time)| Some(format!("`{}` out of `{key}`", time?)));
    let written = written.collect::<Vec<_>>().join(" and ");
    let hours = if single.contains(&"hours") || from == until {
        String::new()
    } else {
        format!(" and write `hours = \"{from}-{until}\"`")
    };
    format!(
        "for one window from the first day to the last leave {} out; for hours of each day leave {written}{hours}",
        keys(single)
    )
}

/// What to write in place of `days = "sat 09:00 .. sun 21:00"` beside keys of single days.
pub(super) fn without_a_span(single: &[&str], weekdays: String) -> String {
    format!(
        "for one window of several days leave {} out; for hours of each day write `days = \"{weekdays}\"`",
        keys(single)
    )
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

/// `often`: a rule of every month for the last day.
pub(super) fn ends_less_often(title: &str, (to, often): (Span, &str), from: Span) -> Diagnostic {
    Diagnostic::new(Rule::WindowKeys, format!("{title} begins in several months and does not end as often"))
        .at(to, "one day a year")
        .against(from, "a day in several months")
        .help(format!("let it end in each of them: `to = \"{often}\"`"))
}

pub(super) fn no_minute(title: &str, hours: Span) -> Diagnostic {
    Diagnostic::new(Rule::EmptyWindow, format!("the daily hours of {title} contain no minute"))
        .at(hours, "begins when it ends")
        .help("leave `hours` out for the whole day")
}

pub(super) fn last_minute_left_out(title: &str, from: TimeOfDay, hours: Span) -> Diagnostic {
    Diagnostic::new(Rule::LastMinuteLeftOut, format!("the hours of {title} end a minute before the day does"))
        .at(hours, "the end is the first minute outside")
        .help(format!("write `{from}-24:00` for hours until the end of the day"))
}

/// `place`: the territory in which there is none, of several.
pub(super) fn no_day(
    title: &str,
    (place, choosing): (Option<&str>, &[(&str, Span)]),
    dates: Span,
) -> Diagnostic {
    let keys: Vec<String> = choosing.iter().map(|(key, _)| format!("`{key}`")).collect();
    let keys = keys.join(" and ");
    let (verb, them) = if choosing.len() == 1 { ("selects", "it") } else { ("select", "them") };
    let there = place.map(|place| format!(" in {place}")).unwrap_or_default();
    let title = format!("{title} has no day{there} that {keys} {verb}");
    let found = Diagnostic::new(Rule::EmptyWindow, title);
    let found = match choosing {
        [] => found.at(dates, "its dates"),
        [(_, first), others @ ..] => {
            let found = found.at(*first, "selects none of its days");
            let found = others.iter().fold(found, |found, (_, span)| found.against(*span, "beside this"));
            found.against(dates, "its dates")
        }
    };
    let else_where = place.map(|place| format!("; where nothing of it is meant in {place}, leave {place} out of `territories`, which takes those that it names")).unwrap_or_default();
    found.help(format!("let {keys} leave a day, or take {them} out, or widen the dates{else_where}"))
}

pub(super) fn campaign_without_time(title: &str, is_at_once: bool, from: Span, to: Span) -> Diagnostic {
    let ends = if is_at_once { "as" } else { "before" };
    Diagnostic::new(Rule::EmptyWindow, format!("{title} ends {ends} it begins"))
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

/// No day of it is planned for the years in which it begins.
pub(super) fn outside_years(
    title: &str,
    (key, year): (&str, Located<i32>),
    horizon: Window<Date>,
    plan: Span,
) -> Diagnostic {
    let title = format!("{title} has no effect: `{key}` leaves it out of the plan's years");
    let (label, help) = if key == "since" {
        ("it begins in no year before this", "let it begin earlier")
    } else {
        ("it begins in no year after this", "let it begin in later years, too, or take it out")
    };
    Diagnostic::new(Rule::OutsideHorizon, title)
        .at(year.span, label)
        .against(plan, format!("the plan runs from {} to {}", horizon.from, horizon.until.plus_days(-1)))
        .help(format!("{help}; until then `enabled = false` is silent"))
}

/// What began before the plan does.
pub(super) fn cut_before(
    title: &str,
    (begins, zone): (LocalTime, &str),
    at: Span,
    (plan_begins, plan): (LocalTime, Span),
) -> Diagnostic {
    let title =
        format!("{title} begins at {begins}, and the plan at {plan_begins}: it is held from then on only");
    Diagnostic::new(Rule::CutByPlan, title)
        .at(at, format!("on the clocks of {zone}"))
        .against(plan, format!("nothing is planned before {plan_begins}"))
        .help("let `from` of the plan be an earlier day, or leave it, where the plan before this one holds the rest; a campaign that begins with the plan is silent")
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

/// What to write in place of a boundary that the clocks skip or repeat: at the first of these times, or before the second.
pub(super) struct Ways {
    pub(super) around: (TimeOfDay, TimeOfDay),
    /// Whether no hours are written that could be others.
    pub(super) is_all_day: bool,
}

pub(super) fn irregular(
    title: &str,
    (boundary, stretch): (LocalTime, &Irregular),
    ways: &Ways,
    zone: &str,
    at: Span,
) -> Diagnostic {
    let code = if stretch.repeated { Rule::RepeatedHour } else { Rule::SkippedHour };
    let what = if stretch.repeated { "show twice" } else { "jump over" };
    let stretch_text = format!("{}-{}", stretch.local.from.time_of_day(), stretch.local.until.time_of_day());
    let date = boundary.date();
    let (later, earlier) = ways.around;
    Diagnostic::new(code, format!("{title} has a boundary at {boundary}, which the clocks of {zone} {what}"))
        .at(at, format!("this gives {} on {date}", boundary.time_of_day()))
        .note(if stretch.repeated {
            format!("on {date} the clocks there show {stretch_text} twice, and KEDA's cron would fire twice")
        } else {
            format!("on {date} the clocks there jump over {stretch_text}: KEDA's cron would not fire, and a yearly window would stay on or off for a year")
        })
        .help(match (ways.is_all_day, half_an_hour_before(earlier)) {
            (true, Some(end)) if later < end => {
                format!("give it hours that these clocks show once every day, for example `hours = \"{later}-{end}\"`")
            }
            _ => format!("use {later}, or a time before {earlier}"),
        })
}

fn half_an_hour_before(time: TimeOfDay) -> Option<TimeOfDay> {
    let minutes = u32::try_from(time.minutes() - 30).ok()?;
    TimeOfDay::new(minutes / 60, minutes % 60)
}

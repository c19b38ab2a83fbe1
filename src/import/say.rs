//! Words: what is written above a season, and what is said of an import.

use std::collections::BTreeSet;

use super::dates::Months;
use crate::dates::Feast;
use crate::finding::Rule;
use crate::keda::floor::Inactive;
use crate::keda::trigger::Fault;
use crate::quantity::Replicas;
use crate::rules::finding::Finding;
use crate::time::{Date, Weekday, Window, Zone};

/// Why no files can be made of a trigger that is carried over.
pub(super) const MEETS_THE_CLOCKS: &str = "its schedule meets a change of the clocks, on which KEDA does not do what it says (see below), and no cron trigger \
     says it better: no files can be made of the proposal until it begins and ends at times that these clocks neither skip \
     nor show twice";

/// At the top of `calendar.toml`.
pub(super) const CALENDAR_HEAD: [&str; 3] = [
    "When the business is busy: proposed by `seasonscale import` from ScaledObjects.",
    "Cron has no year, so every date here comes back each year: write a rule such as `easter - 2d` for one that moves,",
    "and a campaign for what happens once.",
];

/// At the top of `territories.toml`.
pub(super) const TERRITORIES_HEAD: [&str; 3] = [
    "Where the business runs, how much it carries and how it is guarded: proposed by `seasonscale import` from",
    "ScaledObjects. What is marked `assumed` stands in none of them, but the policy must say it: look at each before the",
    "first `seasonscale generate`.",
];

/// At the top of a `territories.toml` that keeps all objects.
pub(super) const KEPT_HEAD: [&str; 3] = [
    "Whose floors these are: proposed by `seasonscale import` from ScaledObjects, which stay as their owners wrote them.",
    "The files in `base/` are the same objects without their cron triggers: change them there, and `seasonscale generate`",
    "puts the floors of the calendar back at the end of their triggers.",
];

/// What a window at the end of each of some months is.
pub(super) fn month_ends(
    (day, months): (u32, Months),
    floor: Replicas,
    horizon: Window<Date>,
) -> Option<String> {
    let days = (0..horizon.until.days_since(horizon.from)).map(|number| horizon.from.plus_days(number));
    let lasts = days.filter(|date| date.next().day() == 1 && months.has(*date));
    let (least, most) = lasts
        .map(|date| (date.day() + 1).saturating_sub(day))
        .fold((u32::MAX, 0), |(least, most), one| (least.min(one), most.max(one)));
    // A plan without such a month has no window to be looked at.
    if most == 0 {
        return None;
    }
    let word = if most == 1 { "day" } else { "days" };
    let long = if least == most { format!("{most} {word}") } else { format!("{least} to {most} {word}") };
    let each = if months.count() == 1 { "" } else { " each" };
    Some(format!(
        "{floor} replicas from the {} to the end of {}: {long}{each}, not the last day alone",
        ordinal(day),
        months.said()
    ))
}

/// `1st`, `22nd`, `28th`
fn ordinal(day: u32) -> String {
    let ending = match day {
        1 | 21 | 31 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    };
    format!("{day}{ending}")
}

/// A trigger that moves up as the cron triggers before it go.
pub(super) fn renumbered(was: usize, is: usize) -> String {
    format!(
        "it is trigger {} from now on: the number is part of its metric's name, `s{was}-..` becomes `s{is}-..` in the HPA",
        is + 1
    )
}

/// Behind what no manifest says.
pub(super) const ASSUMED: &str = "assumed";

/// Where there is nothing to say.
pub(super) const NO_SEASON: &str = "No cron trigger was read, so there are no seasons yet.";

/// Above a season without a name.
pub(super) const NAMELESS: &str = "neither a trigger's name nor a comment names it: give it one";

/// Above a season that has its name from its days.
pub(super) const DATED: &str = "neither a trigger's name nor a comment names it: it is called after its days";

/// Beside what the words of a manifest are wrong.
pub(super) const MISLED: &str = "the words beside it say other days than its schedule";

/// Above a season whose note is not carried over, for it says other days.
pub(super) fn misled(comment: Option<&str>, effects: &BTreeSet<&str>) -> String {
    let words = comment.map_or_else(|| "its name".to_owned(), |comment| format!("\"{comment}\""));
    let effects: Vec<&str> = effects.iter().copied().collect();
    format!("as the schedule runs, not as {words} says: {}", effects.join("; "))
}

/// Above a season of a single date.
pub(super) const ONE_DAY: &str = "one day, every year: if it happened once, make it a campaign";

/// Above a season that stands in for a day on which the clocks change.
pub(super) fn clock_change(zone: &str, window: Window<Date>) -> String {
    let year = horizon(window);
    format!(
        "the clocks of {zone} change on this day in {year}: moved out of the hour that they skip or show twice"
    )
}

/// Above tables of which no manifest says anything.
pub(super) const NOTHING_SAID: &str = "assumed, all of it: no ScaledObject says anything of it";

/// Where a season was read.
pub(super) fn source(file: &str, lines: &BTreeSet<usize>) -> String {
    const MOST: usize = 6;
    let said: Vec<String> = lines.iter().take(MOST).map(ToString::to_string).collect();
    let more = if lines.len() > MOST { format!(" and {} more", lines.len() - MOST) } else { String::new() };
    let word = if lines.len() == 1 { "line" } else { "lines" };
    format!("from {file}, {word} {}{more}", said.join(", "))
}

/// `2026`, or `2026-03-01 to 2026-12-31`.
pub(super) fn horizon(horizon: Window<Date>) -> String {
    let year = horizon.from.year();
    let whole =
        Date::ymd(year, 1, 1) == Some(horizon.from) && Date::ymd(year + 1, 1, 1) == Some(horizon.until);
    if whole { year.to_string() } else { format!("{} to {}", horizon.from, horizon.until.plus_days(-1)) }
}

/// Above a season that is a feast of the year that is looked at, begins with one and ends with one, or is the week of one: it
/// is rather they that are meant.
pub(super) fn feasts(title: &str, days: &BTreeSet<Date>, zone: &Zone) -> Option<String> {
    let (first, last) = (*days.first()?, *days.last()?);
    let both = moving(first, zone).zip(moving(last, zone));
    let Some((begins, ends)) = both else { return week_of_a_feast(title, (first, last), zone) };
    if first == last {
        let (title, rule) = begins;
        return Some(format!(
            "{first} is {title}, which moves: cron keeps to this date, and so does this season; write `{rule}`, if the \
             feast is meant"
        ));
    }
    Some(format!(
        "{first} is {} and {last} is {}, which move: cron keeps to these dates, and so does this season; write `{}` and \
         `{}`, if the feasts are meant",
        begins.0, ends.0, begins.1, ends.1
    ))
}

/// Feasts whose week is known by them, without a name beside it.
const WEEKS: [&str; 3] = ["Black Friday", "Cyber Monday", "Easter Sunday"];

/// A week of Black Friday: by its name, or from its Monday to its end.
fn week_of_a_feast(title: &str, (first, last): (Date, Date), zone: &Zone) -> Option<String> {
    const LONGEST: i32 = 10;
    let length = last.days_since(first) + 1;
    let monday = first.weekday() == Weekday::Mon && (5..=8).contains(&length);
    let plain = title.to_lowercase().replace(['\'', '’'], "");
    let words = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let named = Feast::named(&words.map(str::to_owned).collect::<Vec<_>>());
    let inside = (0..length.min(LONGEST + 1)).map(|at| first.plus_days(at));
    let mut feasts = inside.filter_map(|day| {
        let mut all = moving_on(day, zone);
        let found = all.find(|feast| named.contains(feast) || monday && WEEKS.contains(&feast.title))?;
        Some((day, found))
    });
    let (day, feast) = feasts.next().filter(|_| length > 1 && length <= LONGEST)?;
    let shifted = |date: Date| match (date.days_since(day), feast.rule()?) {
        (0, rule) => Some(rule.to_owned()),
        (days @ 1.., rule) => Some(format!("{rule} + {days}d")),
        (days, rule) => Some(format!("{rule} - {}d", -days)),
    };
    Some(format!(
        "{day} is {}, which moves: cron keeps to these dates, and so does this season; write `{}` and `{}`, if its week is \
         meant",
        feast.title,
        shifted(first)?,
        shifted(last)?
    ))
}

/// The feast that is on a day and on another one in the years behind it: what it is called, and its rule.
fn moving(day: Date, zone: &Zone) -> Option<(&'static str, &'static str)> {
    moving_on(day, zone).find_map(|feast| Some((feast.title, feast.rule()?)))
}

fn moving_on(day: Date, zone: &Zone) -> impl Iterator<Item = &'static Feast> {
    let year = day.year();
    Feast::on(day, zone.name()).into_iter().filter(move |feast| !feast.is_fixed_in(year..=year + 2))
}

/// Above a season that another year does not have.
pub(super) fn only_in(window: Window<Date>) -> String {
    format!("these are the dates of {}: other years have others", horizon(window))
}

/// Above a season that is not what KEDA does with the manifest.
const MENDED: [(Rule, &str); 4] = [
    (
        Rule::CronEndsInARow,
        "as the schedule reads, not as KEDA runs it: between two ends in a row the manifest keeps the floor",
    ),
    (
        Rule::CronLongTail,
        "as the schedule reads, not as KEDA runs it: the last window of the manifest misses its end by months",
    ),
    (Rule::CronLastMinute, "to the end of the day: the manifest ends at 23:59, a minute before it"),
    (Rule::CronLastDayLost, "the last day included: the manifest ends as that day begins"),
];

/// What was mended, where `rule` names a fault.
pub(super) fn mended(rule: Rule) -> &'static str {
    MENDED.iter().find(|(known, _)| *known == rule).map_or(rule.summary(), |(_, said)| said)
}

/// Why nothing of a trigger is carried over: `held` is there where KEDA keeps it active all the same, with the fault that
/// does it.
pub(super) fn without_window(window: Window<Date>, held: Option<Option<&Finding>>) -> String {
    let window = horizon(window);
    match held {
        None => format!("it has no window in {window}"),
        Some(None) => {
            format!("it is active in {window}, but by no window that its schedules say: `--as-is` keeps it")
        }
        Some(Some(finding)) => format!(
            "it is active in {window}, but by no window that its schedules say: {}: {}; `--as-is` keeps it",
            finding.rule.id(),
            finding.effect
        ),
    }
}

/// Why a cron trigger does nothing.
pub(super) fn inactive(why: &Inactive) -> String {
    let fault = match why {
        Inactive::Endless(_) => return "KEDA's search for its next firing never ends".to_owned(),
        Inactive::Fault(fault) => fault,
    };
    let what = match fault {
        Fault::Missing(key) => format!("it has no {key}"),
        Fault::Schedule { side, why } => format!("KEDA cannot read its {side}: {why}"),
        Fault::SameText => "start and end are the same".to_owned(),
        Fault::NoInteger => "desiredReplicas is not a whole number".to_owned(),
        Fault::Zero => "desiredReplicas is 0".to_owned(),
        Fault::Zone => return "its time zone does not exist: KEDA reports an error for ever".to_owned(),
    };
    format!("{what}, so KEDA builds none of the object's triggers")
}

//! Start and end that look swapped: a window across the turn of the day or the year that leaves little out.

use super::super::finding::Finding;
use super::super::subject::Subject;
use super::beside;
use super::said;
use crate::finding::Rule;
use crate::keda::cron::Schedule;
use crate::keda::floor::Active;
use crate::time::Offsets;

/// Beginnings of words for what lasts most of a year, from autumn to summer.
const LONG_SEASONS: [&str; 16] = [
    "school",
    "term",
    "semester",
    "academ",
    "universit",
    "schul",
    "scolaire",
    "escolar",
    "scolastic",
    "winter",
    "hiver",
    "invierno",
    "heat",
    "heiz",
    "ski",
    "league",
];

/// A start that comes later in the day, or the year, than its end, and is active most of the time: nights and winters are
/// meant sometimes, both sides swapped more often.
pub(super) fn check(subject: &Subject<'_>, active: &Active, offsets: &Offsets) -> Option<Finding> {
    let (start, end) = (&active.trigger.pair.start, &active.trigger.pair.end);
    let day = |side: &Schedule| Some((side.month.only()?, side.dom.only()?));
    let share = share(active);
    let looks_swapped = match (day(start), day(end)) {
        (Some(start), Some(end)) => start > end && share > 0.6 && !names_long_season(subject, active),
        (Some(_), None) | (None, Some(_)) => false,
        (None, None) if names_same_weekdays(start, end) => share > 0.75,
        (None, None) => share > 0.75 && leaves_out_working_hours(active)? && !says_hours(subject, active),
    };
    let first = active.years.walk.active.steps().iter().find(|(_, on)| *on)?.0;
    looks_swapped.then(|| {
        let effect = format!(
            "from {} on it is active across the turn, {:.0} % of all time: start and end look swapped",
            said(first, offsets),
            share * 100.0
        );
        let mend = if names_same_weekdays(start, end) {
            "let the end name the weekdays after those of the start, or swap both".to_owned()
        } else {
            "swap start and end, if the hours between them are meant".to_owned()
        };
        subject.about(Rule::CronInverted, active.index, "end", effect, mend).from(first)
    })
}

/// Whether both sides name the same weekday, or the same two, and the end comes first on it: `0 22 * * 5` to `0 2 * * 5`.
fn names_same_weekdays(start: &Schedule, end: &Schedule) -> bool {
    let at = |side: &Schedule| Some(60 * side.hour.only()? + side.minute.only()?);
    let is_weekly = |side: &Schedule| side.dom.is_star() && side.month.is_star() && side.dow.count() <= 2;
    let names = |side: &Schedule| (0..7).map(|day| side.dow.contains(day)).collect::<Vec<_>>();
    let ends_first = at(start).zip(at(end)).is_some_and(|(start, end)| start > end);
    is_weekly(start) && is_weekly(end) && names(start) == names(end) && ends_first
}

/// The part of all time in which it is active.
fn share(active: &Active) -> f64 {
    let window = active.years.window;
    let on = active.years.walk.active.pieces(window.from..window.until).filter(|(_, _, on)| **on);
    let seconds: i64 = on.map(|(from, until, _)| until.0 - from.0).sum();
    seconds as f64 / (window.until.0 - window.from.0) as f64
}

/// Whether a window of less than a day across midnight leaves out other hours than those in which a house is closed: two
/// or more, from midnight or later on. Opening hours are 07:00 to 03:00, and nobody opens from 20:00 to 18:00.
fn leaves_out_working_hours(active: &Active) -> Option<bool> {
    let at = |side: &Schedule| Some(60 * side.hour.only()? + side.minute.only()?);
    let (opens, closes) = (at(&active.trigger.pair.start)?, at(&active.trigger.pair.end)?);
    let longest = active.years.walk.active.steps().windows(2).filter(|two| two[0].1);
    let lengths = longest.map(|two| two[1].0.0 - two[0].0.0);
    // An hour more, where the clocks go back.
    if opens <= closes || lengths.max().is_none_or(|longest| longest > 25 * 3600) {
        return Some(false);
    }
    let night = closes <= 6 * 60 && opens <= 12 * 60 && opens - closes >= 2 * 60;
    Some(!night)
}

fn names_long_season(subject: &Subject<'_>, active: &Active) -> bool {
    let mut words = beside::texts(subject, active.index).into_iter().flat_map(|text| text.words());
    words.any(|word| LONG_SEASONS.iter().any(|beginning| word.starts_with(beginning)))
}

/// Whether the hours stand beside it as they are in the schedule: who says "20:00 to 18:00" means it.
fn says_hours(subject: &Subject<'_>, active: &Active) -> bool {
    let side = |side: &Schedule| Some((side.hour.only()?, side.minute.only()?));
    let Some((start, end)) = side(&active.trigger.pair.start).zip(side(&active.trigger.pair.end)) else {
        return false;
    };
    let midnight = (24, 0);
    beside::texts(subject, active.index).iter().any(|text| {
        let hours = text.hours();
        let begins = hours.iter().position(|hour| *hour == start);
        begins.is_some_and(|at| {
            hours[at..].iter().any(|hour| *hour == end || end == (0, 0) && *hour == midnight)
        })
    })
}

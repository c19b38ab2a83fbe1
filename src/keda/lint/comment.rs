//! What people wrote beside a trigger against what it does: a range of dates or working days in its comment, and a day
//! outside of them on which it is active. Only plain words are understood; nothing is guessed from others.

use super::super::finding::{Check, Finding};
use super::super::floor::Active;
use super::super::subject::Subject;
use super::said;
use super::year::said_of;
use crate::time::{Date, Instant, Weekday, Window};

const WORKING_DAYS: [&str; 8] = [
    "working days",
    "workdays",
    "weekdays",
    "business days",
    "mon fri",
    "monday to friday",
    "werktag",
    "mo fr",
];

const MONTHS: [&[&str]; 12] = [
    &["jan", "january", "januar"],
    &["feb", "february", "februar"],
    &["mar", "march", "märz", "mär", "maerz"],
    &["apr", "april"],
    &["may", "mai"],
    &["jun", "june", "juni"],
    &["jul", "july", "juli"],
    &["aug", "august"],
    &["sep", "sept", "september"],
    &["oct", "october", "okt", "oktober"],
    &["nov", "november"],
    &["dec", "december", "dez", "dezember"],
];

/// Month and day of the month.
type MonthDay = (u32, u32);

/// All checks of one trigger.
pub(super) fn check(subject: &Subject<'_>, active: &Active) -> Vec<Finding> {
    let texts = said_of(subject, active.index);
    let ranges: Vec<(MonthDay, MonthDay)> = texts.iter().flat_map(|text| ranges(text)).collect();
    let working = texts.iter().any(|text| WORKING_DAYS.iter().any(|words| text.contains(words)));
    if ranges.is_empty() && !working {
        return Vec::new();
    }
    let days = days(active);
    let outside = |(_, date): &&(Instant, Date)| {
        !ranges.is_empty() && !ranges.iter().any(|range| lies_in(*date, *range))
    };
    let weekend =
        |(_, date): &&(Instant, Date)| working && matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
    let mend = "write the schedule that the words mean, or the words that the schedule means";
    let found: [(Vec<&(Instant, Date)>, &str); 2] = [
        (days.iter().filter(outside).collect(), "the dates beside it end there, or begin later"),
        (days.iter().filter(weekend).collect(), "which is no working day, as the words beside it have it"),
    ];
    let found = found.into_iter().filter_map(|(days, why)| Some((*days.first()?, days, why)));
    found
        .map(|((at, date), days, why)| {
            let day = date.weekday().title();
            let effect = format!("it is active on {day} {}: {why}", said(*at, &active.clocks.0));
            let cost = subject.misplaced(active, days.into_iter().map(|day| on_the_day(active, *day)));
            let mend = mend.to_owned();
            subject.about(Check::CommentDiffers, active.index, "start", effect, mend).from(*at).costing(cost)
        })
        .collect()
}

/// From the first active instant of a day until it is no longer active, or the day is over.
fn on_the_day(active: &Active, (at, date): (Instant, Date)) -> Window<Instant> {
    let midnight = active.clocks.0.at_wall(date.next().start().wall_seconds());
    let change = active.walk.active.next_change(at).map_or(midnight, |(at, _)| *at);
    Window::new(at, change.min(midnight))
}

/// The days of the stretch on which it is active, each with its first active instant.
fn days(active: &Active) -> Vec<(Instant, Date)> {
    let clock = &active.clocks.0;
    let walk = &active.walk.active;
    let Some((last, _)) = walk.steps().last() else { return Vec::new() };
    let mut days: Vec<(Instant, Date)> = Vec::new();
    for (from, until, _) in walk.pieces(walk.steps()[0].0, *last).filter(|(_, _, on)| **on) {
        let (first, end) = (clock.local(from).date(), clock.local(Instant(until.0 - 1)).date());
        days.push((from, first));
        let more = (1..=end.days_since(first)).map(|day| first.plus_days(day));
        days.extend(more.map(|date| (clock.at_wall(date.start().wall_seconds()), date)));
    }
    days
}

fn lies_in(date: Date, (from, to): (MonthDay, MonthDay)) -> bool {
    let day = (date.month().number(), date.day());
    if from <= to { from <= day && day <= to } else { from <= day || day <= to }
}

/// `1 sep 15 oct`: the hyphen between them has become a blank, as in all that was said.
fn ranges(text: &str) -> Vec<(MonthDay, MonthDay)> {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut dates: Vec<(usize, MonthDay)> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let Some(month) = MONTHS.iter().position(|names| names.contains(word)) else { continue };
        let day = |word: Option<&&str>| {
            let digits = word?.trim_end_matches(|c: char| c.is_alphabetic());
            digits.parse::<u32>().ok().filter(|day| (1..=31).contains(day))
        };
        let before = at.checked_sub(1).and_then(|before| day(words.get(before)));
        if let Some(day) = before.or_else(|| day(words.get(at + 1))) {
            dates.push((at, (u32::try_from(month).expect("internal error: twelve months") + 1, day)));
        }
    }
    // Dates far apart belong to different sentences.
    dates
        .chunks(2)
        .filter_map(|pair| match pair {
            [(one, from), (other, to)] if other - one <= 6 => Some((*from, *to)),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_from_plain_words_and_from_nothing_else() {
        assert_eq!(ranges("oktoberfest: 1 sep   15 oct, working days"), [((9, 1), (10, 15))]);
        assert_eq!(ranges("wed 1 apr 2026 07:00   tue 30 jun 2026 18:00"), [((4, 1), (6, 30))]);
        assert_eq!(ranges("15. november bis 7. januar"), [((11, 15), (1, 7))]);
        assert_eq!(ranges("september 1st until october 15th"), [((9, 1), (10, 15))]);
        for text in ["september", "may be 3 or 4 things", "since 1 sep", "black friday", "1 2 3"] {
            assert_eq!(ranges(text), [], "{text}");
        }
    }

    #[test]
    fn a_range_over_the_turn_of_the_year_has_both_its_ends() {
        let date = |month, day| Date::ymd(2026, month, day).unwrap();
        assert!(lies_in(date(12, 24), ((11, 15), (1, 7))) && lies_in(date(1, 7), ((11, 15), (1, 7))));
        assert!(!lies_in(date(1, 8), ((11, 15), (1, 7))));
    }
}

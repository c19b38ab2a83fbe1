//! What people wrote beside a trigger, and no window covers: the last day of a range of dates, or days of the week of
//! "every night".

use super::super::finding::Finding;
use super::super::subject::Subject;
use super::beside::{self, Text};
use super::comment::{MONDAY_TO_FRIDAY, WORKING_DAYS, lies_in};
use super::ranges::{self, MonthDay, Range, swapped};
use super::said;
use crate::finding::Rule;
use crate::keda::cron::Schedule;
use crate::keda::floor::Active;
use crate::time::{Date, Instant, Month, Weekday, Window};

const DAY: i64 = 86_400;

/// Words after which the last day of a range is not meant to be in it.
const EXCLUSIVE: [&str; 6] = ["exclusive", "excl", "exkl", "exklusive", "ausschließlich", "midnight"];

/// Words for all seven days.
const EVERY_DAY: [&str; 22] = [
    "every day",
    "every night",
    "every morning",
    "every evening",
    "each day",
    "each night",
    "all week",
    "7 days",
    "seven days",
    "mon sun",
    "monday to sunday",
    "mo so",
    "montag bis sonntag",
    "jeden tag",
    "jede nacht",
    "jeden abend",
    "jeden morgen",
    "chaque jour",
    "chaque nuit",
    "tous les jours",
    "todos los días",
    "cada noche",
];

/// Words for the weekend as well as for the nights; of windows by day they say when nothing runs.
const WEEKEND_TOO: [&str; 12] = [
    "nights and weekends",
    "nights weekends",
    "night and weekend",
    "night weekend",
    "nachts und am wochenende",
    "nächte und wochenenden",
    "outside business hours",
    "outside office hours",
    "outside working hours",
    "outside of business hours",
    "außerhalb der geschäftszeiten",
    "außerhalb der arbeitszeit",
];

/// Words that take days out again.
pub(super) const BUT: [&str; 22] = [
    "working",
    "business",
    "office",
    "work",
    "trading",
    "school",
    "except",
    "excluding",
    "without",
    "not",
    "no",
    "but",
    "skip",
    "only",
    "weeknight",
    "weeknights",
    "ohne",
    "außer",
    "nicht",
    "nur",
    "sauf",
    "excepto",
];

/// Words for some days of the week: the last day of a range may be none of them.
const SOME_DAYS: [&str; 40] = [
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mondays",
    "tuesdays",
    "wednesdays",
    "thursdays",
    "fridays",
    "saturdays",
    "sundays",
    "weekend",
    "weekends",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonntag",
    "montags",
    "dienstags",
    "mittwochs",
    "donnerstags",
    "freitags",
    "samstags",
    "sonntags",
    "wochenende",
    "mo",
    "sa",
];

/// All checks of one trigger.
pub(super) fn check(subject: &Subject<'_>, active: &Active) -> Vec<Finding> {
    let texts = beside::texts(subject, active.index);
    last_day(subject, active, &texts).into_iter().chain(days_of_the_week(subject, active, &texts)).collect()
}

/// A range of dates whose last day is without the floor, by the words that name it.
fn last_day(subject: &Subject<'_>, active: &Active, texts: &[Text<'_>]) -> Option<Finding> {
    let exclusive = texts.iter().any(|text| {
        text.words().iter().any(|word| EXCLUSIVE.contains(&word.as_str())) || text.hours().contains(&(0, 0))
    });
    if exclusive {
        return None;
    }
    let ranges: Vec<Range> = texts.iter().flat_map(|text| ranges::ranges(*text)).collect();
    ends_as_it_begins(subject, active, &ranges).or_else(|| ends_before(subject, active, (texts, &ranges)))
}

/// `October 23-25` with an end at midnight as the 25th begins: by its own words a day is lost.
fn ends_as_it_begins(subject: &Subject<'_>, active: &Active, ranges: &[Range]) -> Option<Finding> {
    let at_midnight =
        |side: &Schedule| side.hour.only() == Some(0) && side.minute.only() == Some(0) && side.dow.is_star();
    let date = |side: &Schedule| Some((side.month.only()?, side.dom.only()?));
    let (start, end) = (&active.trigger.pair.start, &active.trigger.pair.end);
    let (from, to) = (date(start)?, date(end).filter(|_| at_midnight(end))?);
    let meant = |range: &&Range| {
        let as_written = range.from == from && range.to == to;
        let other_way = swapped(range.from) == Some(from) && swapped(range.to) == Some(to);
        as_written || !range.is_named && other_way
    };
    ranges.iter().find(meant)?;
    let (month, day) = (Month::new(to.0)?, to.1);
    let effect = format!(
        "the words beside it say up to {day} {}, and the window ends as that day begins: it is not covered",
        month.short()
    );
    let next = Date::ymd(2023, to.0, day)?.next();
    let mend =
        format!("end at `0 0 {} {} *`, if the day is meant to be covered", next.day(), next.month().number());
    let first = active.years.walk.firings.iter().find(|firing| firing.end)?.at;
    Some(subject.about(Rule::CronLastDayLost, active.index, "end", effect, mend).from(first))
}

/// `Oct 23-25` with windows of a day on `23-24 10` only. Where days of the week are left out, a day may be one of them.
fn ends_before(
    subject: &Subject<'_>,
    active: &Active,
    (texts, ranges): (&[Text<'_>], &[Range]),
) -> Option<Finding> {
    let (start, end) = (&active.trigger.pair.start, &active.trigger.pair.end);
    let by_weekday = |text: &Text<'_>| {
        let plain = text.plain();
        text.words().iter().any(|word| SOME_DAYS.contains(&word.as_str()))
            || WORKING_DAYS.iter().chain(&MONDAY_TO_FRIDAY).any(|words| plain.contains(words))
    };
    if !start.dow.is_star() || !end.dow.is_star() || texts.iter().any(by_weekday) {
        return None;
    }
    let days = active_days(active);
    let first = days.first()?.date;
    let covered = |date: Date, list: &[Active]| {
        list.iter().any(|one| active_days(one).iter().any(|day| day.date == date))
    };
    ranges.iter().filter(|range| range.is_named).find_map(|range| {
        let (begin, last) = span(*range, first)?;
        let in_range = |day: &&Run| begin <= day.date && day.date <= last;
        let own: Vec<&Run> = days.iter().filter(in_range).collect();
        let run = own.iter().zip(0..).take_while(|(day, at)| day.date == begin.plus_days(*at)).count();
        // From the first day on without a gap, on no other day, and not to the end.
        let outside = days.iter().any(|day| !lies_in(day.date, (range.from, range.to)));
        let lost = begin.plus_days(i32::try_from(run).ok()?);
        // Of a range over several months a trigger may be one part, and somebody else has the rest.
        let part = lost < last && begin.month() != last.month();
        if run == 0 || run != own.len() || outside || part || lost > last || covered(lost, &subject.active) {
            return None;
        }
        let title = |date: Date| format!("{} {}", date.day(), date.month().short());
        let which = if lost == last {
            format!("{} is", title(last))
        } else {
            format!("{} to {} are", title(lost), title(last))
        };
        let effect = format!(
            "the words beside it say up to {}, and its last window begins on {}: {which} not covered",
            title(last),
            title(lost.plus_days(-1))
        );
        let mend =
            "let both sides name the last day too, or write the words that the schedule means".to_owned();
        let dates = (0..=last.days_since(lost)).map(|day| lost.plus_days(day));
        let cost = subject.misplaced(active, repeated(active, own[run - 1].at, dates));
        let finding = subject.about(Rule::CronLastDayLost, active.index, "start", effect, mend);
        Some(finding.from(own[run - 1].at).costing(cost))
    })
}

/// A range in the year in which its first active day is.
fn span(range: Range, first: Date) -> Option<(Date, Date)> {
    let date = |(month, day): MonthDay, year| Date::ymd(year, month, day);
    let begin = date(range.from, first.year())?;
    let last = date(range.to, first.year() + i32::from(range.to < range.from))?;
    (begin == first).then_some((begin, last))
}

/// A day on which a window begins, or which one covers.
#[derive(Clone, Copy)]
pub(super) struct Run {
    pub(super) at: Instant,
    pub(super) date: Date,
}

/// The local days on which windows begin, in order, and those that longer windows hold.
pub(super) fn active_days(active: &Active) -> Vec<Run> {
    let clock = &active.clocks.0;
    let walk = &active.walk.active;
    let Some((last, _)) = walk.steps().last() else { return Vec::new() };
    let windows = walk.pieces(walk.steps()[0].0..*last).filter(|(_, _, on)| **on);
    let days = windows.flat_map(|(from, until, _)| {
        let first = clock.local(from).date();
        let after = if until.0 - from.0 < DAY {
            0
        } else {
            clock.local(Instant(until.0 - 1)).date().days_since(first)
        };
        (0..=after).map(move |day| Run { at: from, date: first.plus_days(day) })
    });
    days.collect()
}

/// Nights "every night" that begin on some days of the week only.
fn days_of_the_week(subject: &Subject<'_>, active: &Active, texts: &[Text<'_>]) -> Option<Finding> {
    let start = &active.trigger.pair.start;
    if !start.dom.is_star() || start.dow.is_star() || start.dow.count() < 4 || !subject.lifts(active) {
        return None;
    }
    let (words, every) = texts.iter().find_map(|text| means(*text, active))?;
    let days = active_days(active);
    let begins = |weekday: Weekday| days.iter().any(|day| day.date.weekday() == weekday);
    let meant: &[Weekday] = if every { &Weekday::ALL } else { &[Weekday::Sat, Weekday::Sun] };
    let bare: Vec<Weekday> = meant.iter().copied().filter(|weekday| !begins(*weekday)).collect();
    let holes = windows_without(subject, active, &bare);
    let first = holes.first()?;
    let names: Vec<&str> = bare.iter().map(|weekday| weekday.title()).collect();
    let effect = format!(
        "the words beside it say \"{words}\", and no window begins on {}: there is none, the first time on {}",
        names.join(" or "),
        said(first.from, &active.clocks.0)
    );
    let mend = "let both sides name those days too, or write the words that the schedule means".to_owned();
    let cost = subject.misplaced(active, holes.iter().copied());
    let finding = subject.about(Rule::CronCommentDiffers, active.index, "start", effect, mend);
    Some(finding.from(first.from).costing(cost))
}

/// What a text means, if it means days that the schedule may not have: the words, and whether they mean all seven days.
fn means(text: Text<'_>, active: &Active) -> Option<(&'static str, bool)> {
    let plain = text.plain();
    let has = |words: &str| plain.contains(&format!(" {words} "));
    let narrowed = BUT.iter().any(|word| has(word))
        || WORKING_DAYS.iter().chain(&MONDAY_TO_FRIDAY).any(|words| plain.contains(words));
    let at = |side: &Schedule| Some(60 * side.hour.only()? + side.minute.only()?);
    let by_night = at(&active.trigger.pair.start)? > at(&active.trigger.pair.end)?;
    let weekend = WEEKEND_TOO.iter().find(|words| by_night && has(words)).map(|words| (*words, false));
    if weekend.is_some() {
        return weekend;
    }
    EVERY_DAY.iter().find(|words| !narrowed && has(words)).map(|words| (*words, true))
}

/// The windows that days of the week would have, were the first window repeated there, as far as no trigger is active.
fn windows_without(subject: &Subject<'_>, active: &Active, bare: &[Weekday]) -> Vec<Window<Instant>> {
    let days = active_days(active);
    let Some((first, last)) = days.first().zip(days.last()) else { return Vec::new() };
    let dates = (0..last.date.days_since(first.date)).map(|day| first.date.plus_days(day));
    let holes = repeated(active, first.at, dates.filter(|date| bare.contains(&date.weekday())));
    let is_busy = |hole: &Window<Instant>| {
        let mut lifting = subject.active.iter().filter(|one| subject.lifts(one));
        lifting.any(|one| one.walk.active.pieces(hole.from..hole.until).any(|(_, _, on)| *on))
    };
    holes.filter(|hole| !is_busy(hole)).collect()
}

/// The window that begins at `first`, at the same local time of other days; a day long at most.
pub(super) fn repeated(
    active: &Active,
    first: Instant,
    dates: impl Iterator<Item = Date>,
) -> impl Iterator<Item = Window<Instant>> {
    let clock = &active.clocks.0;
    let local = clock.local(first);
    let time = local.wall_seconds() - local.date().start().wall_seconds();
    let length = active.walk.active.next_change(first).map_or(DAY, |(end, _)| end.0 - first.0);
    dates.map(move |date| {
        let from = clock.at_wall(date.start().wall_seconds() + time);
        Window::new(from, Instant(from.0 + length.min(DAY)))
    })
}

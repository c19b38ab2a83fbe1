//! What people wrote beside a trigger against what it does: a range of dates or working days in its comment, and a day
//! outside of them on which it is active. The other way round is in `uncovered`.

use super::super::finding::Finding;
use super::super::subject::Subject;
use super::beside::{self, Text};
use super::horizon::Horizon;
use super::overlap;
use super::ranges::{self, MonthDay, Range};
use super::said;
use crate::finding::Rule;
use crate::keda::floor::Active;
use crate::time::{Date, Instant, Weekday, Window};

/// Words for the days on which a country works.
pub(super) const WORKING_DAYS: [&str; 8] = [
    " working days ",
    " workdays ",
    " workday ",
    " weekdays ",
    " weekday ",
    " business days ",
    " werktags ",
    " werktage ",
];

/// Words that name them.
pub(super) const MONDAY_TO_FRIDAY: [&str; 6] =
    [" mon fri ", " mon to fri ", " monday to friday ", " monday friday ", " montag bis freitag ", " mo fr "];

/// Zones of countries that work from Sunday to Thursday.
const SUNDAY_WORKS: [&str; 12] = [
    "Asia/Riyadh",
    "Asia/Kuwait",
    "Asia/Qatar",
    "Asia/Bahrain",
    "Asia/Muscat",
    "Asia/Baghdad",
    "Asia/Amman",
    "Asia/Jerusalem",
    "Asia/Dhaka",
    "Africa/Cairo",
    "Africa/Algiers",
    "Africa/Tripoli",
];

/// All checks of one trigger.
pub(super) fn check(subject: &Subject<'_>, active: &Active, horizon: Horizon) -> Vec<Finding> {
    let texts = beside::texts(subject, active.index);
    let ranges: Vec<Range> = texts.iter().flat_map(|text| ranges::ranges(*text)).collect();
    let named: Vec<(MonthDay, MonthDay)> =
        ranges.iter().filter(|range| range.is_named).map(|range| (range.from, range.to)).collect();
    let weekend_days = weekend(active, &texts);
    let mut found = Vec::new();
    if named.is_empty() && weekend_days.is_none() {
        return found;
    }
    let days = days(subject, active, horizon);
    let outside =
        |day: &&Day| !named.is_empty() && !day.is_any(|date| named.iter().any(|range| lies_in(date, *range)));
    let weekend = |day: &&Day| {
        weekend_days.is_some_and(|weekend| !day.is_any(|date| !weekend.contains(&date.weekday())))
    };
    let mend = "write the schedule that the words mean, or the words that the schedule means";
    let reasons: [(Vec<&Day>, &str); 2] = [
        (days.iter().filter(outside).collect(), "the dates beside it end there, or begin later"),
        (
            days.iter().filter(weekend).collect(),
            "that is not a working day, and the words beside it speak of working days",
        ),
    ];
    found.extend(reasons.into_iter().filter_map(|(days, why)| {
        let day = days.first()?;
        let name = day.date.weekday().title();
        let effect = format!("it is active on {name} {}: {why}", said(day.at, &active.clocks.0));
        let cost = subject.misplaced(active, days.iter().map(|day| Window::new(day.at, day.until)));
        let mend = mend.to_owned();
        let finding = subject.about(Rule::CronCommentDiffers, active.index, "start", effect, mend);
        Some(finding.from(day.at).costing(cost))
    }));
    found
}

/// The days that are none of the working days which the words name, if they name them.
fn weekend(active: &Active, texts: &[Text<'_>]) -> Option<[Weekday; 2]> {
    let plain: Vec<String> = texts.iter().map(|text| text.plain()).collect();
    let says = |some: &[&str]| plain.iter().any(|text| some.iter().any(|words| text.contains(words)));
    let sunday_works =
        SUNDAY_WORKS.contains(&active.clocks.0.zone().name()) || says(&[" sun thu ", " sunday to thursday "]);
    if says(&MONDAY_TO_FRIDAY) {
        Some([Weekday::Sat, Weekday::Sun])
    } else if says(&WORKING_DAYS) || plain.iter().any(|text| text.contains(" werktag")) {
        Some(if sunday_works { [Weekday::Fri, Weekday::Sat] } else { [Weekday::Sat, Weekday::Sun] })
    } else {
        None
    }
}

/// A day on which a trigger is active.
pub(super) struct Day {
    /// Its first active instant.
    pub(super) at: Instant,
    /// Until when it is active without a break, at most until the day is over.
    pub(super) until: Instant,
    pub(super) date: Date,
    /// The day after, where a window of this night ends.
    night: Option<Date>,
}

impl Day {
    /// A night belongs to the day on which it begins and to that on which it ends: either may be the one that is meant.
    pub(super) fn is_any(&self, meant: impl Fn(Date) -> bool) -> bool {
        meant(self.date) || self.night.is_some_and(meant)
    }
}

/// The days of the stretch on which it is active, up to the one until which its dates are said to hold; not those on which
/// other triggers ask for as much: there it changes nothing.
pub(super) fn days(subject: &Subject<'_>, active: &Active, horizon: Horizon) -> Vec<Day> {
    const NIGHT: i64 = 24 * 3600;
    let clock = &active.clocks.0;
    let walk = &active.walk.active;
    let Some((last, _)) = walk.steps().last() else { return Vec::new() };
    let mut days: Vec<Day> = Vec::new();
    for (from, until, _) in walk.pieces(walk.steps()[0].0..*last).filter(|(_, _, on)| **on) {
        let (first, end) = (clock.local(from).date(), clock.local(Instant(until.0 - 1)).date());
        if end == first.next() && until.0 - from.0 < NIGHT {
            days.push(Day { at: from, until, date: first, night: Some(end) });
            continue;
        }
        let midnight = |date: Date| clock.at_wall(date.start().wall_seconds());
        days.extend((0..=end.days_since(first)).map(|day| first.plus_days(day)).map(|date| Day {
            at: midnight(date).max(from),
            until: midnight(date.next()).min(until),
            date,
            night: None,
        }));
    }
    let asks_as_much =
        |other: &&Active| other.index != active.index && other.trigger.desired >= active.trigger.desired;
    let others: Vec<&Active> = subject.active.iter().filter(asks_as_much).collect();
    days.retain(|day| {
        horizon.holds_on(day.date, clock, subject) && !overlap::is_held((day.at, day.until), &others)
    });
    days
}

pub(super) fn lies_in(date: Date, (from, to): (MonthDay, MonthDay)) -> bool {
    let day = (date.month().number(), date.day());
    if from <= to { from <= day && day <= to } else { from <= day || day <= to }
}

/// The ranges of dates that words name.
#[derive(Clone, Debug, Default)]
pub struct Dates(Vec<(MonthDay, MonthDay)>);

impl Dates {
    /// Those in the words beside a trigger.
    pub fn beside(subject: &Subject<'_>, index: usize) -> Self {
        let texts = beside::texts(subject, index);
        let ranges = texts.iter().flat_map(|text| ranges::ranges(*text)).filter(|range| range.is_named);
        Self(ranges.map(|range| (range.from, range.to)).collect())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a date lies in one of them, in whatever year.
    pub fn has(&self, date: Date) -> bool {
        self.0.iter().any(|range| lies_in(date, *range))
    }

    /// With those of others.
    pub fn add(&mut self, others: &Self) {
        self.0.extend(&others.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_over_the_turn_of_the_year_has_both_its_ends() {
        let date = |month, day| Date::ymd(2026, month, day).unwrap();
        assert!(lies_in(date(12, 24), ((11, 15), (1, 7))) && lies_in(date(1, 7), ((11, 15), (1, 7))));
        assert!(!lies_in(date(1, 8), ((11, 15), (1, 7))));
    }
}

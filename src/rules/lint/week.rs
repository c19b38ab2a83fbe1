//! Windows of a week whose sides name days that do not belong together: one of them then runs over days on which nothing
//! was meant, though starts and ends take turns.

use super::super::finding::Finding;
use super::super::subject::Subject;
use super::{beside, said};
use crate::finding::Rule;
use crate::keda::cron::Schedule;
use crate::keda::floor::Active;
use crate::time::{Date, Instant, Offsets, Window};

const DAY: i64 = 86_400;

/// Words of who means the nights of working days.
const NIGHTS: [&str; 12] = [
    "night",
    "nights",
    "nightly",
    "overnight",
    "nacht",
    "nächte",
    "nachts",
    "nightshift",
    "weeknight",
    "weeknights",
    "nuit",
    "noche",
];

/// Words of who means the weekend as well, or all that is not working time.
const WEEKEND: [&str; 22] = [
    "weekend",
    "weekends",
    "wochenende",
    "wochenenden",
    "week end",
    "outside",
    "außerhalb",
    "ausserhalb",
    "off",
    "out",
    "sat",
    "sun",
    "sa",
    "so",
    "saturday",
    "sunday",
    "samstag",
    "sonntag",
    "idle",
    "spot",
    "cheap",
    "after",
];

/// A window of some days among windows of a day: `0 3 * * 1-5` to `0 15 * * 0-4` runs from Friday to Sunday.
pub(super) fn check(subject: &Subject<'_>, active: &Active) -> Option<Finding> {
    let offsets = &active.clocks.0;
    let (start, end) = (&active.trigger.pair.start, &active.trigger.pair.end);
    let at = |side: &Schedule| Some(60 * side.hour.only()? + side.minute.only()?);
    let weekly = |side: &Schedule| side.dom.is_star() && !side.dow.is_star();
    if !weekly(start) || !weekly(end) || start.dow.count() < 3 {
        return None;
    }
    let ends = at(end)?;
    let by_day = at(start)? < ends;
    let words: Vec<String> =
        beside::texts(subject, active.index).into_iter().flat_map(|text| text.words()).collect();
    let says = |some: &[&str]| words.iter().any(|word| some.contains(&word.as_str()));
    if says(&WEEKEND) || !by_day && !says(&NIGHTS) {
        return None;
    }
    let windows: Vec<(Instant, Instant)> = active
        .walk
        .active
        .steps()
        .windows(2)
        .filter(|two| two[0].1)
        .map(|two| (two[0].0, two[1].0))
        .collect();
    let short = windows.iter().filter(|(from, until)| until.0 - from.0 <= DAY).count();
    let (from, until) = windows.iter().find(|window| bare_day(window, (start, end), offsets).is_some())?;
    let bare = bare_day(&(*from, *until), (start, end), offsets)?;
    // One long window among two or more short ones; else days in a row are what is meant.
    (2 * short > windows.len()).then(|| {
        let effect = format!(
            "the window that begins at {} lasts until {}: {}, on which neither side fires, is active as a whole",
            said(*from, offsets),
            offsets.local(*until),
            bare.weekday().title()
        );
        let mend = if by_day {
            "let both sides name the same days".to_owned()
        } else {
            "let the end name the days after those of the start: of 1-5 that is 2-6".to_owned()
        };
        let long = windows.iter().filter(|window| bare_day(window, (start, end), offsets).is_some());
        // With the end mended the first day or night of the window stays.
        let stays_until = |from: Instant| {
            let date = offsets.local(from).date();
            let date = if by_day { date } else { date.next() };
            offsets.at_wall(date.start().wall_seconds() + 60 * i64::from(ends))
        };
        let cost =
            subject.misplaced(active, long.map(|(from, until)| Window::new(stays_until(*from), *until)));
        subject.about(Rule::CronDaysApart, active.index, "end", effect, mend).from(*from).costing(cost)
    })
}

/// A whole day inside of a window on which neither side fires.
fn bare_day(
    (from, until): &(Instant, Instant),
    (start, end): (&Schedule, &Schedule),
    offsets: &Offsets,
) -> Option<Date> {
    let first = offsets.local(*from).date().next();
    let last = offsets.local(*until).date();
    let days = (0..last.days_since(first)).map(|day| first.plus_days(day));
    days.take(7).find(|day| !start.on_date(*day) && !end.on_date(*day))
}

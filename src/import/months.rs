//! Windows of more than a day over the end of a month, which is another day in each: from the 28th at 18:00 to the end of the
//! last day. They are as long as their month, so no hours of a day say them; two dates of the month with clock times do.

use std::collections::BTreeSet;

use super::dates::{Dates, Months, Rule, Weekdays};
use crate::time::{Date, Hours, LocalTime, TimeOfDay, Window};

/// Fewer months are a date of the year each.
const SEVERAL: usize = 3;
/// Every month has so many days.
const SURE: u32 = 28;

/// The rule of windows that are all of such months, and their times; none where they are not, or are all as long.
pub(super) fn unbroken(windows: &[Window<LocalTime>]) -> Option<(Dates, Hours)> {
    let lasts: Vec<(Date, TimeOfDay)> = windows.iter().map(|window| last(window.until)).collect();
    let firsts = || windows.iter().map(|window| window.from.date());
    let days: BTreeSet<i32> = firsts().zip(&lasts).map(|(first, (last, _))| last.days_since(first)).collect();
    let at = windows.first()?.from.time_of_day();
    let until = lasts.first()?.1;
    let is_whole = at == TimeOfDay::MIDNIGHT && until == TimeOfDay::END_OF_DAY;
    let one_time = windows.iter().all(|window| window.from.time_of_day() == at)
        && lasts.iter().all(|(_, time)| *time == until);
    let is_short = |days: &i32| (0..28).contains(days);
    if is_whole || !one_time || days.len() < 2 || !days.iter().all(is_short) {
        return None;
    }
    let firsts: BTreeSet<Date> = firsts().collect();
    let from = Months::of(firsts.iter().copied());
    let dates = Dates {
        from: rule(&firsts)?,
        to: rule(&lasts.iter().map(|(last, _)| *last).collect())?,
        weekdays: Weekdays::ALL,
        yearly: true,
    };
    let longest = days.last().and_then(|days| u32::try_from(*days).ok())?;
    (from.count() >= SEVERAL && is_of_each_month(&firsts, from))
        .then(|| (dates, Hours::between(at, longest, until)))
}

/// The day of the month that all of them are, by its number where every month has it.
fn rule(days: &BTreeSet<Date>) -> Option<Rule> {
    let months = Months::of(days.iter().copied());
    let numbers: BTreeSet<u32> = days.iter().map(|day| day.day()).collect();
    match numbers.first() {
        Some(day) if numbers.len() == 1 && *day <= SURE => Some(Rule::OfMonth(*day, months)),
        _ => days.iter().all(|day| day.next().day() == 1).then_some(Rule::LastOfMonth(months)),
    }
}

/// Whether no month between the first and the last of them is left out, of those that any of them is in.
fn is_of_each_month(days: &BTreeSet<Date>, months: Months) -> bool {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return false };
    let all = (0..=last.days_since(*first)).map(|day| first.plus_days(day));
    let begun = all.filter(|day| day.day() == 1 && day > first && months.has(*day));
    let in_month = |one: &Date, other: &Date| (one.year(), one.month()) == (other.year(), other.month());
    let mut begun = begun.filter(|day| day.plus_days(27) < *last);
    begun.all(|month| days.iter().any(|day| in_month(day, &month)))
}

/// The last day of a window and when it ends there.
fn last(until: LocalTime) -> (Date, TimeOfDay) {
    match until.time_of_day() {
        TimeOfDay::MIDNIGHT => (until.date().plus_days(-1), TimeOfDay::END_OF_DAY),
        time => (until.date(), time),
    }
}

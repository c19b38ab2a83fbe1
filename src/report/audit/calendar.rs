//! A floor's calendar in words and as a row of weeks.

use std::fmt::Write;

use crate::audit::{Calendar, Days, Level, Stretch};
use crate::time::{Date, LocalTime, TimeOfDay, Weekday};

/// More lines than this for one level say less than fewer.
const MOST_LINES: usize = 8;

/// The levels, highest first, and a letter a week below them.
pub(super) fn text(calendar: &Calendar) -> String {
    let mut out = String::new();
    let lowest = calendar.levels.len() - 1;
    for (place, level) in calendar.levels.iter().enumerate() {
        let replicas = if level.replicas.0 == 1 { "replica " } else { "replicas" };
        let share = level.share * 100.0;
        let head = format!("    {} {:>3} {replicas} {share:>6.2} %", letter(place, lowest), level.replicas.0);
        if place == lowest {
            let rest = if lowest == 0 { "always" } else { "otherwise" };
            let _ = writeln!(out, "{head}  {rest}");
            continue;
        }
        let said = lines(level);
        for (number, line) in said.iter().enumerate() {
            let indent = " ".repeat(head.len());
            let _ = writeln!(out, "{}  {line}", if number == 0 { head.as_str() } else { indent.as_str() });
        }
    }
    if lowest > 0 {
        out.push_str(&row(calendar, lowest));
    }
    out
}

/// `a` for the highest level, `.` for the lowest.
fn letter(place: usize, lowest: usize) -> char {
    if place == lowest { '.' } else { "abcdefghijklmnopqrstuvwxyz".chars().nth(place).unwrap_or('*') }
}

fn lines(level: &Level) -> Vec<String> {
    let mut said: Vec<String> = level.stretches.iter().take(MOST_LINES).map(stretch).collect();
    let more = level.stretches.len() - said.len();
    if more > 0 {
        said.push(format!("and {more} more"));
    }
    said
}

fn stretch(stretch: &Stretch) -> String {
    match stretch {
        Stretch::Whole(window) => {
            let midnight = |at: LocalTime| at.time_of_day() == TimeOfDay::MIDNIGHT;
            if midnight(window.from) && midnight(window.until) {
                return format!("{}, all day", dates(window.from.date(), window.until.date().plus_days(-1)));
            }
            let said = |at: LocalTime| format!("{} {}", day(at.date()), at.time_of_day());
            format!("{} - {}", said(window.from), said(window.until))
        }
        Stretch::Weekly { first, times } => {
            let said = |at: LocalTime| format!("{} {}", at.date().weekday().title(), at.time_of_day());
            let last = first.from.date().plus_days(7 * (i32::try_from(*times).unwrap_or(i32::MAX) - 1));
            let dates = dates(first.from.date(), last);
            format!("{dates}, every week {} - {}", said(first.from), said(first.until))
        }
        Stretch::Daily { first, last, days, hours } => {
            let next = if hours.1 <= hours.0 { " of the day after" } else { "" };
            let days = if first == last { String::new() } else { format!("{} ", weekdays(days)) };
            format!("{}, {days}{}-{}{next}", dates(*first, *last), hours.0, hours.1)
        }
    }
}

fn dates(first: Date, last: Date) -> String {
    if first == last { day(first) } else { format!("{} - {}", day(first), day(last)) }
}

fn day(date: Date) -> String {
    format!("{} {} {} {}", date.weekday().title(), date.day(), date.month().short(), date.year())
}

/// `daily`, `Mon-Thu`, `Sat, Sun`
fn weekdays(days: &Days) -> String {
    let all: Vec<Weekday> = days.0.iter().copied().collect();
    let (first, last) = (all[0], all[all.len() - 1]);
    let row = last.index() - first.index() + 1 == all.len();
    match all.len() {
        7 => "daily".to_owned(),
        3.. if row => format!("{}-{}", first.title(), last.title()),
        _ => all.iter().map(|day| day.title()).collect::<Vec<_>>().join(", "),
    }
}

/// Months above, a letter for the highest level of each week below.
fn row(calendar: &Calendar, lowest: usize) -> String {
    let (mut months, mut weeks) = (String::new(), String::new());
    let mut month = None;
    for (number, (date, place)) in calendar.weeks.iter().enumerate() {
        // West of Greenwich the stretch begins in the evening before its first day.
        let date = if number == 0 { date.plus_days(1) } else { *date };
        let this = (date.year(), date.month());
        if month != Some(this) {
            month = Some(this);
            // A month that begins before the name of the last one ends goes without.
            if months.len() <= number {
                months.push_str(&" ".repeat(number - months.len()));
                months.push_str(date.month().short());
            }
        }
        weeks.push(letter(*place, lowest));
    }
    format!("      {months}\n      {weeks}\n")
}

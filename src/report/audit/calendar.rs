//! A floor's calendar in words and as a row of weeks.

use std::fmt::Write;

use super::lines::COLUMNS;
use crate::audit::{Calendar, Days, Level, Reading, Stretch, Week};
use crate::time::{Date, LocalTime, TimeOfDay, Weekday};

/// More lines than this for one level say less than fewer.
const MOST_LINES: usize = 8;

/// The levels, highest first, and a letter a week below them.
pub(super) fn text(calendar: &Calendar) -> String {
    let mut out = String::new();
    let lowest = calendar.levels.len() - 1;
    for (place, level) in calendar.levels.iter().enumerate() {
        let floor = level.height.floor.0;
        let replicas = if floor == 1 { "replica " } else { "replicas" };
        let share = level.share * 100.0;
        let ceiling = level.height.ceiling.map_or(String::new(), |most| format!("  at most {most}"));
        let head = format!("    {} {floor:>3} {replicas} {share:>6.2} %{ceiling}", letter(place, lowest));
        if place == lowest {
            let rest = if lowest == 0 { "always" } else { "otherwise" };
            let _ = writeln!(out, "{head}  {rest}");
            continue;
        }
        let indent = " ".repeat(head.len());
        let said = lines(level);
        let said = said.iter().flat_map(|line| fitting(line, COLUMNS - head.len() - 2));
        for (number, line) in said.enumerate() {
            let _ = writeln!(out, "{}  {line}", if number == 0 { head.as_str() } else { indent.as_str() });
        }
    }
    if lowest > 0 {
        out.push_str(
            &calendar.week.as_ref().map_or_else(|| row(calendar, lowest), |week| days(week, lowest)),
        );
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

/// A line, or its dates and below them the rest, or its beginning and below it its end.
fn fitting(line: &str, columns: usize) -> Vec<String> {
    if line.len() <= columns {
        return vec![line.to_owned()];
    }
    if let Some((dates, rest)) = line.split_once(", ") {
        return vec![format!("{dates},"), format!("  {rest}")];
    }
    match line.split_once(" - ") {
        Some((from, until)) => vec![format!("{from} -"), format!("  {until}")],
        None => vec![line.to_owned()],
    }
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
        Stretch::Repeated(window) => {
            let said = |at: Reading| {
                let (hours, minutes) = (at.offset.abs() / 3600, at.offset.abs() / 60 % 60);
                let sign = if at.offset < 0 { '-' } else { '+' };
                let (date, time) = (day(at.local.date()), at.local.time_of_day());
                format!("{date} {time} ({sign}{hours:02}:{minutes:02})")
            };
            format!("{} - {}", said(window.from), said(window.until))
        }
        Stretch::Weekly { first, times } => {
            let said = |at: LocalTime| format!("{} {}", at.date().weekday().title(), at.time_of_day());
            let last = first.from.date().plus_days(7 * (i32::try_from(*times).unwrap_or(i32::MAX) - 1));
            let dates = dates(first.from.date(), last);
            format!("{dates}, every week {} - {}", said(first.from), said(first.until))
        }
        Stretch::Daily { first, last, days, hours } => {
            let until = match hours.1 {
                TimeOfDay::MIDNIGHT => "24:00".to_owned(),
                at if at <= hours.0 => format!("{at} of the day after"),
                at => at.to_string(),
            };
            let days = if first == last { String::new() } else { format!("{} ", weekdays(days)) };
            format!("{}, {days}{}-{until}", dates(*first, *last), hours.0)
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

/// Where a row of weeks would be one letter all along: the days of one week above, a letter for every three hours below.
fn days(week: &Week, lowest: usize) -> String {
    let a_day = week.levels.len() / 7;
    let head: String = (0..7)
        .map(|day| format!("{:<width$}", week.monday.plus_days(day).weekday().title(), width = a_day + 1))
        .collect();
    let days = week.levels.chunks(a_day);
    let letters: Vec<String> =
        days.map(|day| day.iter().map(|place| letter(*place, lowest)).collect()).collect();
    let (monday, hours) = (week.monday, Week::HOURS);
    let date = format!("{} {} {}", monday.day(), monday.month().short(), monday.year());
    let (head, letters) = (head.trim_end(), letters.join(" "));
    format!("      {head}\n      {letters}\n      from {date} on, {hours} hours each\n")
}

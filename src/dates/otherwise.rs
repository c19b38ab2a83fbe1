//! Dates as people write them elsewhere: what they are in this language, for the help.

use crate::time::{Date, LocalTime, Month, Weekday};

/// What to write instead of a text that is not a date rule: `03-01` for `1. März`. None where it is no date of these forms. A
/// clock time may stand behind some rules.
pub(super) fn spelled(text: &str, takes_time: bool) -> Option<String> {
    let text = text.trim();
    let at = LocalTime::parse(&text.chars().take(16).collect::<String>()).filter(|_| text.contains('T'));
    if let Some(at) = at {
        return Some(if takes_time { format!("write `{at}`") } else { format!("write `{}`", at.date()) });
    }
    let cuts = |c: char| c.is_whitespace() || [',', '.', '/', '-'].contains(&c);
    let words: Vec<String> =
        text.split(cuts).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| !OF.contains(word)).collect();
    let named = words.iter().position(|word| Month::named(word).is_some());
    match named {
        Some(at) => {
            let month = Month::named(words[at])?.number();
            let mut others: Vec<&str> = words.clone();
            others.remove(at);
            let (day, year) = day_and_year(&others)?;
            Some(format!("write `{}`", date(month, day, year)?))
        }
        None => weekday_alone(&words).or_else(|| in_digits(text, &words)),
    }
}

/// Words that say nothing in a date.
const OF: [&str; 6] = ["of", "the", "den", "der", "de", "on"];

/// From Monday on.
const GERMAN: [&str; 7] = ["montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag"];

/// A day of a month and maybe a year, in either order.
fn day_and_year(words: &[&str]) -> Option<(u32, Option<i32>)> {
    let day = |word: &str| {
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let ending = &word[digits.len()..];
        let is_ending = ["", "st", "nd", "rd", "th", "er"].contains(&ending);
        digits.parse().ok().filter(|day| is_ending && digits.len() <= 2 && (1..=31).contains(day))
    };
    match words {
        [one] => Some((day(one)?, None)),
        [one, other] => match (year(one), year(other)) {
            (None, Some(year)) => Some((day(one)?, Some(year))),
            (Some(year), None) => Some((day(other)?, Some(year))),
            _ => None,
        },
        _ => None,
    }
}

fn year(word: &str) -> Option<i32> {
    (word.len() == 4).then(|| word.parse().ok())?
}

/// A date of the language, where there is such a day.
fn date(month: u32, day: u32, year: Option<i32>) -> Option<String> {
    // 2000 is a leap year: what does not exist there exists in no year.
    Date::ymd(year.unwrap_or(2000), month, day)?;
    let day = format!("{month:02}-{day:02}");
    Some(year.map_or(day.clone(), |year| format!("{year:04}-{day}")))
}

/// `monday`, `next monday`
fn weekday_alone(words: &[&str]) -> Option<String> {
    let day = match words {
        [day] | ["next" | "this" | "every" | "each", day] => *day,
        _ => return None,
    };
    let is_it = |weekday: &&Weekday| {
        let behind = day.strip_prefix(weekday.short());
        behind.is_some_and(|behind| behind.is_empty() || behind.ends_with("day") || behind.ends_with("days"))
            || GERMAN.get(weekday.index()) == Some(&day)
    };
    let short = Weekday::ALL.iter().find(is_it)?.short();
    Some(format!(
        "write `{short} >= 09-01`, the first one on or after a day, or `1st {short} of month`; `days = \"{short}\"` takes that day of every week"
    ))
}

/// `1.9.2026`, `9/1`, `2026/9/1`, `9-1`: what may be read in two ways is said in both.
fn in_digits(text: &str, words: &[&str]) -> Option<String> {
    let numbers: Vec<u32> = words.iter().map(|word| word.parse().ok()).collect::<Option<_>>()?;
    let with_year = |word: &str| year(word).map(Some);
    let (one, other, year) = match (numbers.as_slice(), words) {
        ([one, other], _) => (*one, *other, None),
        ([_, month, day], [first, ..]) if first.len() == 4 => {
            return date(*month, *day, with_year(first)?).map(|date| format!("write `{date}`"));
        }
        ([one, other, _], [.., last]) => (*one, *other, with_year(last)?),
        _ => return None,
    };
    let (day_first, month_first) = (date(other, one, year), date(one, other, year));
    let dates = match (day_first, month_first) {
        // With dots the day stands first, with hyphens here the month.
        (Some(date), _) if text.contains('.') => date,
        (_, Some(date)) if text.contains('-') => date,
        (Some(one), Some(other)) if one != other => {
            return Some(format!("write `{other}` or `{one}`: first the month, then the day"));
        }
        (Some(date), _) | (None, Some(date)) => date,
        (None, None) => return None,
    };
    Some(format!("write `{dates}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_people_write_them_elsewhere_have_a_spelling_here() {
        for (written, wanted) in [
            ("1. März", "write `03-01`"),
            ("1 March", "write `03-01`"),
            ("March 1st, 2027", "write `2027-03-01`"),
            ("28 de septiembre", "write `09-28`"),
            ("01.09.", "write `09-01`"),
            ("1.9.2026", "write `2026-09-01`"),
            ("2026/9/1", "write `2026-09-01`"),
            ("9-1", "write `09-01`"),
            ("9/1", "write `09-01` or `01-09`: first the month, then the day"),
            ("9/28", "write `09-28`"),
            ("28/9/2026", "write `2026-09-28`"),
            ("2026-09-01T08:00:00", "write `2026-09-01 08:00`"),
        ] {
            assert_eq!(spelled(written, true).as_deref(), Some(wanted), "{written}");
        }
        for written in ["monday", "Mon", "next Monday", "Fridays", "Montag", "wednesday"] {
            assert!(spelled(written, false).is_some_and(|said| said.contains("of month`")), "{written}");
        }
        for written in ["31 February", "13/32", "march", "easter", "4th thu of november", "", "spring.to"] {
            assert_eq!(spelled(written, false), None, "{written}");
        }
    }
}

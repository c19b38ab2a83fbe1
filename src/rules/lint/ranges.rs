//! Dates and ranges of dates in what people wrote: `1 Sep - 15 Oct`, `October 23-25`, `23.-25. Oktober`, `23/10-25/10`.
//! Only plain words are understood; nothing is guessed from others.

use super::beside::{Text, Word, clocks};
use crate::time::{Date, Month};

/// Month and day of the month.
pub(super) type MonthDay = (u32, u32);

/// A range that somebody wrote, both days included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) from: MonthDay,
    pub(super) to: MonthDay,
    /// Whether the months are named. Numbers can be read in two ways, and may be no dates at all.
    pub(super) is_named: bool,
}

/// Words between the two ends of a range.
const JOINTS: [&str; 15] = [
    "to", "until", "till", "through", "thru", "bis", "au", "al", "a", "à", "até", "hasta", "tot", "t", "fino",
];

/// Words between a day and its month.
const OF: [&str; 6] = ["of", "de", "di", "do", "den", "the"];

/// Words for days of the week, which say nothing more of a day that has its number.
const WEEKDAYS: [&str; 45] = [
    "mon",
    "tue",
    "tues",
    "wed",
    "thu",
    "thur",
    "thurs",
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
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonntag",
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
    "lunes",
    "martes",
    "miércoles",
    "jueves",
    "viernes",
    "sábado",
    "domingo",
    "segunda",
    "terça",
    "quarta",
    "quinta",
    "sexta",
    "maandag",
    "zondag",
];

/// Words that two dates of one range have at most between them, weekdays, years and hours included.
const NEAR: usize = 6;

/// A date and the words that it is made of.
#[derive(Clone, Copy, Debug)]
struct Dated {
    from: usize,
    until: usize,
    day: MonthDay,
    year: Option<i32>,
    is_named: bool,
}

/// The ranges in a text, in order.
pub(super) fn ranges(text: Text<'_>) -> Vec<Range> {
    let words = text.cut();
    let free = free(&words);
    let short = short_ranges(&words, &free);
    let dates = dates(&words, &free);
    // The second day of `Thu 25 to Mon 29 November` begins no other range.
    let is_used =
        |date: &&Dated| short.iter().any(|(_, used)| date.from < used.end && used.start < date.until);
    let mut rest = dates.iter().filter(|date| !is_used(date)).peekable();
    let mut found: Vec<Range> = short.iter().map(|(range, _)| *range).collect();
    while let Some(one) = rest.next() {
        let joined = |other: &&&Dated| {
            one.is_named == other.is_named
                && other.from >= one.until
                && other.from - one.from <= NEAR + 2
                && {
                    let mut between = words[one.until..=other.from].iter();
                    between.any(|word| word.is_dashed() || JOINTS.contains(&word.text.as_str()))
                }
        };
        if let Some(other) = rest.next_if(|other| joined(&other)) {
            // From a day of one year to the same day of the next there is every day.
            let is_a_year =
                one.year.zip(other.year).is_some_and(|(one, other)| one < other) && one.day <= other.day;
            let (from, to) = if is_a_year { ((1, 1), (12, 31)) } else { (one.day, other.day) };
            found.push(Range { from, to, is_named: one.is_named });
        }
    }
    found
}

/// The last date that a text names with its year, or the last day of the last year that it names.
pub(super) fn last_date(text: Text<'_>) -> Option<Date> {
    let words = text.cut();
    let dates = dates(&words, &free(&words));
    let full = dates.iter().filter_map(|date| Date::ymd(date.year?, date.day.0, date.day.1));
    let years = || words.iter().filter_map(|word| year(&word.text));
    full.max().or_else(|| Date::ymd(years().max()?, 12, 31))
}

/// The first of several dates that a text names with their years.
pub(super) fn first_date(text: Text<'_>) -> Option<Date> {
    let words = text.cut();
    let dates = dates(&words, &free(&words));
    let full: Vec<Date> =
        dates.iter().filter_map(|date| Date::ymd(date.year?, date.day.0, date.day.1)).collect();
    full.iter().min().filter(|_| full.len() > 1).copied()
}

fn year(text: &str) -> Option<i32> {
    (text.len() == 4 && text.starts_with("20")).then(|| text.parse().ok())?
}

/// Which words are not a part of a clock time.
fn free(words: &[Word<'_>]) -> Vec<bool> {
    let mut free = vec![true; words.len()];
    for clock in clocks(words) {
        free[clock.from..clock.until].fill(false);
    }
    free
}

fn month(word: &Word<'_>) -> Option<u32> {
    Month::named(&word.text).map(Month::number)
}

fn day(word: &Word<'_>) -> Option<u32> {
    word.number().filter(|day| (1..=31).contains(day) && word.text.len() <= 4)
}

/// The day at a place, where there is one that is not the hour of a clock.
fn day_at(words: &[Word<'_>], free: &[bool], at: usize) -> Option<u32> {
    if *free.get(at)? { day(&words[at]) } else { None }
}

/// Where the second end of a range of days begins, if one follows `at`: at the next word, or behind `to`, a weekday aside.
fn joined_after(words: &[Word<'_>], at: usize) -> Option<usize> {
    let next = words.get(at + 1)?;
    let is_one_of =
        |at: usize, some: &[&str]| words.get(at).is_some_and(|word| some.contains(&word.text.as_str()));
    let second = if JOINTS.contains(&next.text.as_str()) {
        // `t/m`, and `to the 25th`
        at + 2 + usize::from(next.text == "t" || is_one_of(at + 2, &OF))
    } else if next.is_dashed() {
        at + 1
    } else {
        return None;
    };
    Some(second + usize::from(is_one_of(second, &WEEKDAYS)))
}

/// `October 23-25` and `23.-25. Oktober`: two days of one month, each with the words that it is made of.
fn short_ranges(words: &[Word<'_>], free: &[bool]) -> Vec<(Range, std::ops::Range<usize>)> {
    let mut found = Vec::new();
    let day_at = |at| day_at(words, free, at);
    let months = words.iter().enumerate().filter_map(|(at, word)| Some((at, month(word)?)));
    for (at, month) in months {
        let behind = || {
            let from = day_at(at + 1)?;
            let second = joined_after(words, at + 1)?;
            let to = day_at(second)?;
            let own = words.get(second + 1).is_none_or(|next| self::month(next).is_none());
            (own && from < to).then_some((from, to, at..second + 1))
        };
        let before = || {
            let last = (0..at).rev().find(|before| !OF.contains(&words[*before].text.as_str()))?;
            let to = day_at(last)?;
            let first = (0..last).rev().take(4).find(|first| joined_after(words, *first) == Some(last))?;
            let from = day_at(first)?;
            // `Oct 23 - 25 Nov`: the first of them has a month of its own.
            let own = first.checked_sub(1).is_none_or(|before| self::month(&words[before]).is_none());
            (own && from < to).then_some((from, to, first..at + 1))
        };
        if let Some((from, to, used)) = before().or_else(behind) {
            found.push((Range { from: (month, from), to: (month, to), is_named: true }, used));
        }
    }
    found
}

/// The dates in a text, each day used once.
fn dates(words: &[Word<'_>], free: &[bool]) -> Vec<Dated> {
    let mut found: Vec<Dated> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let used = found.last().map_or(0, |date| date.until);
        let date =
            iso(words, at).or_else(|| numbers(words, free, at)).or_else(|| named(words, free, at, used));
        match date.filter(|date| date.from >= used) {
            Some(date) => {
                at = date.until;
                found.push(date);
            }
            None => at += 1,
        }
    }
    found
}

/// `2026-10-23`
fn iso(words: &[Word<'_>], at: usize) -> Option<Dated> {
    let [one, two, three] = words.get(at..at + 3)? else { return None };
    let year = year(one.raw)?;
    let joined = two.gap == "-" && three.gap == "-" && two.raw.len() == 2 && three.raw.len() == 2;
    let day = (two.number()?, three.number()?);
    (joined && Date::ymd(year, day.0, day.1).is_some()).then_some(Dated {
        from: at,
        until: at + 3,
        day,
        year: Some(year),
        is_named: true,
    })
}

/// `23/10`, `23.10.`, each perhaps with a year. Day and month are as most of the world has them; see [`swapped`].
fn numbers(words: &[Word<'_>], free: &[bool], at: usize) -> Option<Dated> {
    let [one, two] = words.get(at..at + 2)? else { return None };
    let digits = |word: &Word<'_>| word.raw.len() <= 2 && word.raw.bytes().all(|byte| byte.is_ascii_digit());
    let mark = two.gap;
    if !(free[at] && free[at + 1] && ["/", "."].contains(&mark) && digits(one) && digits(two)) {
        return None;
    }
    let year = words.get(at + 2).filter(|word| word.gap == mark).and_then(|word| year(word.raw));
    let (first, second) = (one.number()?, two.number()?);
    // Behind a full stop only a month makes a date: 2.18 is a version.
    if mark == "." && second > 12 {
        return None;
    }
    let day = if (1..=12).contains(&second) { (second, first) } else { (first, second) };
    let exists = Date::ymd(year.unwrap_or(2024), day.0, day.1).is_some();
    let until = at + 2 + usize::from(year.is_some());
    exists.then_some(Dated { from: at, until, day, year, is_named: false })
}

/// The same numbers read with the month first, where that is a date.
pub(super) fn swapped((month, day): MonthDay) -> Option<MonthDay> {
    (day <= 12).then_some((day, month))
}

/// `23 October 2026`, `Oct 23rd`: the day stands before the month, or else behind it.
fn named(words: &[Word<'_>], free: &[bool], at: usize, used: usize) -> Option<Dated> {
    let month = month(&words[at])?;
    let last = (used..at).rev().find(|before| !OF.contains(&words[*before].text.as_str()));
    let before = last.and_then(|last| Some((last, day_at(words, free, last)?)));
    let (from, until, day) = match before {
        Some((from, day)) => (from, at + 1, day),
        None => (at, at + 2, day_at(words, free, at + 1)?),
    };
    let year = words.get(until).and_then(|word| year(&word.text));
    let until = until + usize::from(year.is_some());
    Some(Dated { from, until, day: (month, day), year, is_named: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(MonthDay, MonthDay)> {
        ranges(Text(text)).into_iter().map(|range| (range.from, range.to)).collect()
    }

    #[test]
    fn ranges_are_read_from_plain_words_and_from_nothing_else() {
        assert_eq!(read("Oktoberfest: 1 Sep - 15 Oct, working days"), [((9, 1), (10, 15))]);
        assert_eq!(read("Wed 1 Apr 2026 07:00 - Tue 30 Jun 2026 18:00"), [((4, 1), (6, 30))]);
        assert_eq!(read("Thu 1 Jan 2026 00:00 - Fri 1 Jan 2027 00:00"), [((1, 1), (12, 31))]);
        assert_eq!(read("1 Dec 2026 - 7 Jan 2027"), [((12, 1), (1, 7))]);
        assert_eq!(read("15. November bis 7. Januar"), [((11, 15), (1, 7))]);
        assert_eq!(read("September 1st until October 15th"), [((9, 1), (10, 15))]);
        assert_eq!(read("Sep 1 - Oct 15"), [((9, 1), (10, 15))]);
        assert_eq!(read("sep_1_oct_15"), [((9, 1), (10, 15))]);
        assert_eq!(read("2026-09-01 to 2026-10-15"), [((9, 1), (10, 15))]);
        for text in [
            "september",
            "may be 3 or 4 things",
            "since 1 sep",
            "black friday",
            "1 2 3",
            "1 Sep and 15 Oct",
            "Oct 08:00-20:00",
            "24/7",
            "2.18 - 2.19",
            "1/2 of 3/4",
            "3 to 5 in May",
        ] {
            assert_eq!(read(text), [], "{text}");
        }
    }

    #[test]
    fn a_month_that_is_said_once_holds_for_both_days() {
        let expected = [((10, 23), (10, 25))];
        for text in [
            "October 23-25",
            "Oct 23 - 25, 2026",
            "23.-25. Oktober",
            "23-25 October",
            "23rd to 25th of October",
            "Oct 23 to 25",
            "Oct 23 - Oct 25",
            "du 23 au 25 octobre",
            "from the 23rd to the 25th October",
            "del 23 al 25 de octubre",
            "23/10-25/10",
            "23.10. - 25.10.",
            "23.10.2026 bis 25.10.2026",
            "23 t/m 25 oktober",
            "Fri 23 to Sun 25 October",
            "Friday 23rd – Sunday 25th of October",
            "Freitag 23. bis Sonntag 25. Oktober",
            "October 23 to Sun 25",
            "Fri 23 to Sun 25 October, valid until 2027-12-31",
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        assert_eq!(read("Oct 23 - 25 Nov"), [((10, 23), (11, 25))]);
    }

    #[test]
    fn the_last_date_with_a_year_is_the_horizon_and_a_year_alone_is_its_last_day() {
        let last = |text| last_date(Text(text)).map(|date| date.to_string());
        assert_eq!(
            last("Holds from 2026-01-01 to 2026-12-31. Cron has no year").as_deref(),
            Some("2026-12-31")
        );
        assert_eq!(last("gilt bis 30.06.2027").as_deref(), Some("2027-06-30"));
        assert_eq!(last("valid until March 5, 2027").as_deref(), Some("2027-03-05"));
        assert_eq!(last("valid 2026").as_deref(), Some("2026-12-31"));
        assert_eq!(last("valid for ever"), None);
    }
}

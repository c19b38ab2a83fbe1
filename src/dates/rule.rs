//! The language of date rules: the text of a rule becomes a [`DateRule`], and that the date of a year.
//!
//! ```text
//! 09-01            every year on 1 September
//! 2026-09-19       once
//! easter, advent   see their files
//! sat >= 09-16     the first Saturday on or after 16 September
//! sun <= 10-03     the last Sunday on or before 3 October
//! 4th thu of 11    the fourth Thursday of November
//! last fri of 11   the last Friday of November
//! .. + 3d - 2w     any of them, days or weeks later or earlier
//! ```

use std::ops::Range;

use super::advent;
use super::easter;
use crate::time::{Date, Month, Weekday, Window};

/// Which day of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateRule {
    anchor: Anchor,
    /// Days after the anchor.
    offset: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Anchor {
    EveryYear(MonthDay),
    Once(Date),
    Easter,
    Advent,
    OnOrAfter(Weekday, MonthDay),
    OnOrBefore(Weekday, MonthDay),
    Nth(u32, Weekday, Month),
    Last(Weekday, Month),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct MonthDay {
    month: Month,
    day: u32,
}

impl MonthDay {
    fn in_year(self, year: i32) -> Option<Date> {
        Date::ymd(year, self.month.number(), self.day)
    }
}

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A day that a year does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// `29 February`, `fifth Thursday in November`
    pub day: String,
    /// A rule that has a date there in every year.
    pub instead: String,
    /// The month in which it would lie, moved by the rule's offsets.
    pub around: Window<Date>,
}

/// What is wrong with a rule, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFlaw {
    /// Bytes of the rule.
    pub at: Range<usize>,
    /// What is wrong there.
    pub what: String,
}

impl DateRule {
    /// Reads a rule.
    pub fn parse(text: &str) -> Result<Self, RuleFlaw> {
        Parser { text, tokens: tokens(text), at: 0 }.rule()
    }

    /// The rule's date in `year`; none where it has none, as 29 February mostly and a fifth Monday often. The year is the
    /// anchor's: `01-01 - 1d` of 2026 is 31 December 2025.
    pub fn in_year(self, year: i32) -> Option<Date> {
        let date = match self.anchor {
            Anchor::EveryYear(day) => day.in_year(year)?,
            Anchor::Once(date) => Some(date).filter(|date| date.year() == year)?,
            Anchor::Easter => easter::sunday(year),
            Anchor::Advent => advent::first_sunday(year),
            Anchor::OnOrAfter(weekday, day) => on_or_after(weekday, day.in_year(year)?),
            Anchor::OnOrBefore(weekday, day) => on_or_before(weekday, day.in_year(year)?),
            Anchor::Nth(n, weekday, month) => nth(n, weekday, month, year)?,
            Anchor::Last(weekday, month) => on_or_before(weekday, last_day(month, year)),
        };
        Some(date.plus_days(self.offset))
    }

    /// What `year` lacks where the rule has no date in it: 29 February, or a fifth weekday of a month. None where it has one, or
    /// names another year.
    pub fn lack(self, year: i32) -> Option<Lack> {
        let (month, day, instead) = match self.anchor {
            Anchor::EveryYear(day) | Anchor::OnOrAfter(_, day) | Anchor::OnOrBefore(_, day) => {
                if day.in_year(year).is_some() {
                    return None;
                }
                (day.month, format!("{} {}", day.day, day.month.title()), "03-01 - 1d".to_owned())
            }
            Anchor::Nth(n, weekday, month) => {
                if nth(n, weekday, month, year).is_some() {
                    return None;
                }
                let name = weekday.short().to_lowercase();
                let day = format!("fifth {} in {}", WEEKDAYS[weekday.index()], month.title());
                (month, day, format!("last {name} of {:02}", month.number()))
            }
            Anchor::Once(_) | Anchor::Easter | Anchor::Advent | Anchor::Last(..) => return None,
        };
        let last = last_day(month, year).plus_days(self.offset);
        let first = Date::ymd(year, month.number(), 1)?.plus_days(self.offset);
        Some(Lack { day, instead, around: Window::new(first, last.next()) })
    }

    /// Whether the rule names one year only.
    pub fn is_once(self) -> bool {
        matches!(self.anchor, Anchor::Once(_))
    }

    /// Whether its month and day differ from year to year.
    pub fn moves(self) -> bool {
        !matches!(self.anchor, Anchor::EveryYear(_))
    }
}

/// The first `weekday` that is not before `date`.
pub(super) fn on_or_after(weekday: Weekday, date: Date) -> Date {
    let ahead = (weekday.index() + 7 - date.weekday().index()) % 7;
    date.plus_days(i32::try_from(ahead).expect("internal error: below 7"))
}

/// The last `weekday` that is not after `date`.
pub(super) fn on_or_before(weekday: Weekday, date: Date) -> Date {
    on_or_after(weekday, date.plus_days(-6))
}

fn nth(n: u32, weekday: Weekday, month: Month, year: i32) -> Option<Date> {
    let first = on_or_after(weekday, Date::ymd(year, month.number(), 1)?);
    Date::ymd(year, month.number(), first.day() + 7 * (n - 1))
}

fn last_day(month: Month, year: i32) -> Date {
    let (year, next) = if month.number() == 12 { (year + 1, 1) } else { (year, month.number() + 1) };
    Date::ymd(year, next, 1).expect("internal error: every month has a first day").plus_days(-1)
}

/// A word of a rule and where it stands.
#[derive(Clone, Copy)]
struct Token<'t> {
    text: &'t str,
    start: usize,
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let start_of = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
    text.split_whitespace().map(|word| Token { text: word, start: start_of(word) }).collect()
}

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Token<'t>>,
    at: usize,
}

impl<'t> Parser<'t> {
    fn rule(mut self) -> Result<DateRule, RuleFlaw> {
        let anchor = self.anchor()?;
        let mut offset = 0;
        while self.at < self.tokens.len() {
            offset += self.offset()?;
        }
        Ok(DateRule { anchor, offset })
    }

    fn anchor(&mut self) -> Result<Anchor, RuleFlaw> {
        let first = self.next("a date such as `09-01`, `easter` or `4th thu of 11`")?;
        match first.text {
            "easter" => return Ok(Anchor::Easter),
            "advent" => return Ok(Anchor::Advent),
            "last" => {
                let (weekday, month) = self.weekday_of_month()?;
                return Ok(Anchor::Last(weekday, month));
            }
            _ => {}
        }
        if let Some(n) = ordinal(first.text) {
            let (weekday, month) = self.weekday_of_month()?;
            return Ok(Anchor::Nth(n, weekday, month));
        }
        if let Some(weekday) = Weekday::parse(first.text) {
            return self.beside(weekday);
        }
        if first.text.len() == 10 {
            return Date::parse(first.text)
                .map(Anchor::Once)
                .ok_or_else(|| wrong(first, "there is no such date"));
        }
        month_day(first).map(Anchor::EveryYear)
    }

    /// `>= 09-16` or `<= 10-03`
    fn beside(&mut self, weekday: Weekday) -> Result<Anchor, RuleFlaw> {
        let relation = self.next("`>=` or `<=` and a date")?;
        let after = match relation.text {
            ">=" => true,
            "<=" => false,
            _ => {
                return Err(wrong(
                    relation,
                    "a weekday is followed by `>=` (on or after) or `<=` (on or before)",
                ));
            }
        };
        let day = month_day(self.next("a date such as `09-16`")?)?;
        Ok(if after { Anchor::OnOrAfter(weekday, day) } else { Anchor::OnOrBefore(weekday, day) })
    }

    /// `thu of 11`
    fn weekday_of_month(&mut self) -> Result<(Weekday, Month), RuleFlaw> {
        let name = self.next("a weekday such as `thu`")?;
        let weekday = Weekday::parse(name.text)
            .ok_or_else(|| wrong(name, "weekdays are mon, tue, wed, thu, fri, sat, sun"))?;
        let of = self.next("`of` and a month")?;
        if of.text != "of" {
            return Err(wrong(of, "here `of` and a month are expected, as in `4th thu of 11`"));
        }
        let month = self.next("a month from 01 to 12")?;
        let number = Some(month.text).filter(|text| text.len() == 2).and_then(|text| text.parse().ok());
        let month = number.and_then(Month::new).ok_or_else(|| wrong(month, "months are 01 to 12"))?;
        Ok((weekday, month))
    }

    /// `+ 3d` or `- 2w`, the sign joined or not
    fn offset(&mut self) -> Result<i32, RuleFlaw> {
        let sign = self.next("an offset")?;
        let (factor, rest) = match (sign.text.strip_prefix('+'), sign.text.strip_prefix('-')) {
            (Some(rest), _) => (1, rest),
            (None, Some(rest)) => (-1, rest),
            (None, None) => {
                return Err(wrong(sign, "after the date only an offset such as `+ 3d` or `- 2w` may follow"));
            }
        };
        let amount = if rest.is_empty() {
            self.next("a number of days or weeks such as `3d`")?
        } else {
            Token { text: rest, start: sign.start + 1 }
        };
        let days = length_in_days(amount.text);
        days.map(|days| factor * days)
            .ok_or_else(|| wrong(amount, "an offset is a number of days `3d` or weeks `2w`, at most a year"))
    }

    fn next(&mut self, wanted: &str) -> Result<Token<'t>, RuleFlaw> {
        let token = self.tokens.get(self.at).copied();
        self.at += 1;
        token.ok_or_else(|| RuleFlaw {
            at: 0..self.text.len(),
            what: format!("the rule ends where {wanted} is expected"),
        })
    }
}

fn wrong(token: Token<'_>, what: &str) -> RuleFlaw {
    RuleFlaw { at: token.start..token.start + token.text.len(), what: what.to_owned() }
}

fn ordinal(text: &str) -> Option<u32> {
    ["1st", "2nd", "3rd", "4th", "5th"].iter().position(|word| *word == text).map(|at| at as u32 + 1)
}

fn month_day(token: Token<'_>) -> Result<MonthDay, RuleFlaw> {
    let two_digits = |text: &str| {
        (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
    };
    let read = || {
        let (month, day) = token.text.split_once('-')?;
        Some((Month::new(two_digits(month)?)?, two_digits(day)?))
    };
    let Some((month, day)) = read() else {
        return Err(wrong(
            token,
            "not a date: write `09-01` (every year), `2026-09-01` (once), `easter`, `advent`, `sat >= 09-16` or `4th thu of 11`",
        ));
    };
    // 2000 is a leap year: what does not exist there exists in no year.
    let exists = Date::ymd(2000, month.number(), day).is_some();
    exists.then_some(MonthDay { month, day }).ok_or_else(|| wrong(token, "there is no such day in any year"))
}

fn length_in_days(text: &str) -> Option<i32> {
    let (count, unit) = match text.chars().next_back()? {
        'd' => (&text[..text.len() - 1], 1),
        'w' => (&text[..text.len() - 1], 7),
        _ => return None,
    };
    let digits = !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit());
    let days = digits.then(|| count.parse::<i32>().ok())??.checked_mul(unit)?;
    (days <= 366).then_some(days)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(rule: &str, year: i32) -> Option<String> {
        DateRule::parse(rule).unwrap().in_year(year).map(|date| date.to_string())
    }

    #[test]
    fn each_form_of_a_rule_gives_its_date() {
        let cases = [
            ("09-01", "2026-09-01"),
            ("2026-09-19", "2026-09-19"),
            ("easter", "2026-04-05"),
            ("advent", "2026-11-29"),
            ("sat >= 09-16", "2026-09-19"),
            ("sun <= 10-03", "2026-09-27"),
            ("4th thu of 11", "2026-11-26"),
            ("last fri of 11", "2026-11-27"),
            ("easter - 2d", "2026-04-03"),
            ("advent -2w +1d", "2026-11-16"),
            ("01-01 - 1d", "2025-12-31"),
        ];
        for (rule, expected) in cases {
            assert_eq!(date(rule, 2026).as_deref(), Some(expected), "{rule}");
        }
    }

    #[test]
    fn a_weekday_that_falls_on_the_date_itself_is_that_date_in_both_directions() {
        assert_eq!(date("tue >= 09-01", 2026), date("tue <= 09-01", 2026));
    }

    #[test]
    fn a_rule_without_a_date_in_a_year_gives_none() {
        assert_eq!(date("02-29", 2027), None);
        assert_eq!(date("5th mon of 02", 2026), None);
        assert_eq!(date("2026-09-19", 2027), None);
    }

    #[test]
    fn what_a_year_lacks_is_named_with_a_rule_that_every_year_has() {
        let lack = |rule: &str, year| DateRule::parse(rule).unwrap().lack(year);
        let fifth = lack("5th thu of 11 + 1d", 2026).unwrap();
        assert_eq!(
            (fifth.day.as_str(), fifth.instead.as_str()),
            ("fifth Thursday in November", "last thu of 11")
        );
        assert_eq!(
            (fifth.around.from.to_string(), fifth.around.until.to_string()),
            ("2026-11-02".into(), "2026-12-02".into())
        );
        assert_eq!(lack("sat >= 02-29", 2027).unwrap().day, "29 February");
        for (rule, year) in [("5th mon of 11", 2026), ("02-29", 2028), ("2026-02-28", 2027), ("easter", 2027)]
        {
            assert_eq!(lack(rule, year), None, "{rule}");
        }
    }

    #[test]
    fn a_flaw_points_at_the_word_that_is_wrong() {
        let cases = [
            ("09-31", 0..5),
            ("sat > 09-16", 4..5),
            ("sat >= 13-01", 7..12),
            ("4th thur of 11", 4..8),
            ("4th thu in 11", 8..10),
            ("easter + 3", 9..10),
            ("easter 3d", 7..9),
            ("last fri of", 0..11),
            ("", 0..0),
            ("2026-02-30", 0..10),
        ];
        for (rule, at) in cases {
            assert_eq!(DateRule::parse(rule).unwrap_err().at, at, "{rule}");
        }
    }
}

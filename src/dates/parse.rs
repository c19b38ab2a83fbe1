//! The language of date rules.
//!
//! ```text
//! 09-01                       every year on 1 September
//! 2026-09-19                  once
//! easter, orthodox-easter, advent
//! black-friday                a name of `named.rs`
//! sat >= 09-16                the first Saturday on or after 16 September
//! sun <= 10-03                the last Sunday on or before 3 October
//! 4th thu of 11               the fourth Thursday of November
//! last workday of month       the last working day of every month; also `5th workday`, `3rd last day`, `1st mon`
//! 15 of 3,6,9,12              the 15th of some months, or `of month`
//! spring.to                   the last day of the season `spring`; `spring.from` its first
//! .. + 3d - 2w + 1wd          any of them, days, weeks or working days later or earlier
//! .. or workday before        the working day before it, where it is none; also `after`
//! .. if workday               only where it is a working day
//! .. observed                 the nearest day of the working week
//! .. substitute               the next free working day, where it is none of the working week
//! ```

use super::named;
use super::otherwise;
use super::rule::{
    Anchor, Boundary, DateRule, Kind, MonthDay, Months, Nth, RuleFlaw, SeasonEnd, Shift, Turn,
};
use crate::name::nearest;
use crate::time::{Date, Month, TimeOfDay, Weekday};

const EVERY_MONTH: u16 = 0x0fff;

/// Words that a rule may begin with, for suggestions.
const WORDS: [&str; 5] = ["easter", "orthodox-easter", "advent", "last", named::MOTHERS_DAY_FR];

impl DateRule {
    /// Reads a rule.
    pub fn parse(text: &str) -> Result<Self, RuleFlaw> {
        let mut parser = Parser { text, tokens: tokens(text), at: 0 };
        let rule = parser.rule().and_then(|rule| parser.end().map(|()| rule));
        rule.map_err(|flaw| written_otherwise(text, false).unwrap_or(flaw))
    }
}

/// A date that is written as elsewhere.
fn written_otherwise(text: &str, takes_time: bool) -> Option<RuleFlaw> {
    let instead = otherwise::spelled(text, takes_time)?;
    let shown = text.trim().escape_debug();
    let what = format!("`{shown}` is not a date rule");
    Some(RuleFlaw { at: 0..text.len(), what, instead: Some(instead) })
}

impl Boundary {
    /// Reads a rule that may have a clock time after it: `12-24`, `12-24 23:00`.
    pub fn parse(text: &str) -> Result<Self, RuleFlaw> {
        let mut parser = Parser { text, tokens: tokens(text), at: 0 };
        let read = parser.boundary();
        read.map_err(|flaw| written_otherwise(text, true).unwrap_or(flaw))
    }
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
    /// A rule, and maybe a clock time after it.
    fn boundary(&mut self) -> Result<Boundary, RuleFlaw> {
        let rule = self.rule()?;
        let time = self.time()?;
        self.end()?;
        Ok(Boundary { rule, time })
    }

    fn rule(&mut self) -> Result<DateRule, RuleFlaw> {
        let mut rule = self.anchor()?;
        while let Some(shift) = self.shift()? {
            rule.shifts.push(shift);
        }
        rule.turn = self.turn()?;
        Ok(rule)
    }

    fn anchor(&mut self) -> Result<DateRule, RuleFlaw> {
        let first = self.next("a date such as `09-01`, `easter` or `4th thu of 11`")?;
        if let Some(named) = named::rule(first.text) {
            return DateRule::parse(named);
        }
        Ok(DateRule { anchor: self.plain_anchor(first)?, shifts: Vec::new(), turn: None })
    }

    fn plain_anchor(&mut self, first: Token<'t>) -> Result<Anchor, RuleFlaw> {
        match first.text {
            "easter" => return Ok(Anchor::Easter),
            "orthodox-easter" => return Ok(Anchor::OrthodoxEaster),
            "advent" => return Ok(Anchor::Advent),
            named::MOTHERS_DAY_FR => return Ok(Anchor::MothersDayFr),
            "last" => return self.nth_of(Nth { count: 1, from_last: true }, first),
            _ => {}
        }
        if let Some(count) = ordinal(first.text) {
            let from_last = self.peek("last");
            self.at += usize::from(from_last);
            return self.nth_of(Nth { count, from_last }, first);
        }
        if let Some(weekday) = weekday(first.text) {
            return self.beside(weekday);
        }
        if let Some((season, end)) = first.text.split_once('.') {
            return season_end(first, season, end);
        }
        if first.text.len() == 10 && first.text.as_bytes().first().is_some_and(u8::is_ascii_digit) {
            return Date::parse(first.text)
                .map(|date| Anchor::Dates(vec![date]))
                .ok_or_else(|| wrong(first, "there is no such date"));
        }
        if first.text.bytes().all(|b| b.is_ascii_digit()) {
            let day = first.text.parse().ok().filter(|day| (1..=31).contains(day));
            let day = day.ok_or_else(|| wrong(first, "days of a month are 1 to 31"))?;
            self.of()?;
            return Ok(Anchor::DayOf(day, self.months()?));
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

    /// `thu of 11`, `workday of month`, `day of 2`
    fn nth_of(&mut self, nth: Nth, first: Token<'t>) -> Result<Anchor, RuleFlaw> {
        let name = self.next("a weekday such as `thu`, `day` or `workday`")?;
        let (kind, most) = match name.text {
            "day" => (Kind::Day, 28),
            "workday" => (Kind::Workday, 20),
            text => {
                let weekday = weekday(text).ok_or_else(|| {
                    wrong(name, "weekdays are mon, tue, wed, thu, fri, sat, sun; or write `day` or `workday`")
                })?;
                (Kind::Weekday(weekday), 5)
            }
        };
        if nth.count > most {
            return Err(wrong(first, "no month has so many of them in every year"));
        }
        self.of()?;
        Ok(Anchor::Nth(nth, kind, self.months()?))
    }

    fn of(&mut self) -> Result<(), RuleFlaw> {
        let of = self.next("`of` and a month")?;
        if of.text != "of" {
            return Err(wrong(
                of,
                "here `of` and a month are expected, as in `4th thu of 11` or `last workday of month`",
            ));
        }
        Ok(())
    }

    /// `month`, `11`, `3,6,9,12`
    fn months(&mut self) -> Result<Months, RuleFlaw> {
        let written = self.next("a month from 01 to 12, or `month` for every one")?;
        if written.text == "month" {
            return Ok(Months { set: EVERY_MONTH, every: true });
        }
        let mut set = 0;
        let mut start = written.start;
        for part in written.text.split(',') {
            let digits = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            let month = digits.then(|| part.parse().ok().and_then(Month::new)).flatten();
            let month = month.ok_or_else(|| {
                let token = Token { text: part, start };
                wrong(token, "months are 01 to 12, several as `3,6,9,12`, every one as `month`")
            })?;
            set |= 1 << (month.number() - 1);
            start += part.len() + 1;
        }
        Ok(Months { set, every: false })
    }

    /// `+ 3d`, `- 2w` or `- 1wd`, the sign joined or not
    fn shift(&mut self) -> Result<Option<Shift>, RuleFlaw> {
        let Some(sign) = self.tokens.get(self.at).copied() else { return Ok(None) };
        let (factor, rest) = match (sign.text.strip_prefix('+'), sign.text.strip_prefix('-')) {
            (Some(rest), _) => (1, rest),
            (None, Some(rest)) => (-1, rest),
            (None, None) => return Ok(None),
        };
        self.at += 1;
        let amount = if rest.is_empty() {
            self.next("a number of days, weeks or working days such as `3d`")?
        } else {
            Token { text: rest, start: sign.start + 1 }
        };
        length(amount.text, factor).map(Some).ok_or_else(|| {
            wrong(
                amount,
                "an offset is a number of days `3d`, weeks `2w` or working days `2wd`, at most a year",
            )
        })
    }

    fn turn(&mut self) -> Result<Option<Turn>, RuleFlaw> {
        let Some(word) = self.tokens.get(self.at).copied() else { return Ok(None) };
        let turn = match word.text {
            "observed" => Turn::Observed,
            "substitute" => Turn::Substitute,
            "if" => {
                self.at += 1;
                self.workday("if workday")?;
                return Ok(Some(Turn::IfWorkday));
            }
            "or" => {
                self.at += 1;
                self.workday("or workday before")?;
                let way = self.next("`before` or `after`")?;
                return match way.text {
                    "before" => Ok(Some(Turn::OrWorkdayBefore)),
                    "after" => Ok(Some(Turn::OrWorkdayAfter)),
                    _ => Err(wrong(way, "write `or workday before` or `or workday after`")),
                };
            }
            _ => return Ok(None),
        };
        self.at += 1;
        Ok(Some(turn))
    }

    fn workday(&mut self, whole: &str) -> Result<(), RuleFlaw> {
        let word = self.next("`workday`")?;
        if word.text == "workday" { Ok(()) } else { Err(wrong(word, &format!("write `{whole}`"))) }
    }

    /// `06:00`
    fn time(&mut self) -> Result<Option<TimeOfDay>, RuleFlaw> {
        let Some(word) = self.tokens.get(self.at).copied().filter(|word| word.text.contains(':')) else {
            return Ok(None);
        };
        self.at += 1;
        let time = TimeOfDay::parse(word.text);
        time.map(Some).ok_or_else(|| wrong(word, "a clock time is written as `08:00`, from 00:00 to 24:00"))
    }

    fn end(&self) -> Result<(), RuleFlaw> {
        let Some(rest) = self.tokens.get(self.at) else { return Ok(()) };
        if let Some(instead) = self.counted_from_a_turn(*rest) {
            let what =
                "an offset counts from the date itself, and stands before what turns that into a working day";
            return Err(RuleFlaw { instead: Some(instead), ..wrong(*rest, what) });
        }
        let what = match rest.text {
            ".." => "a stretch of days stands only among holidays: a season has `from` and `to`",
            text if text.contains(':') => "a clock time stands only at the end of a season's `from` and `to`",
            _ => {
                "after the date only an offset such as `+ 3d`, `- 2w` or `- 1wd` may follow, and then `or workday before`, `or workday after`, `if workday`, `observed` or `substitute`"
            }
        };
        Err(wrong(*rest, what))
    }

    /// What to write in place of an offset from the working day that a date is turned into.
    fn counted_from_a_turn(&self, rest: Token<'_>) -> Option<String> {
        let is_turned = self.at > 0
            && ["before", "after", "workday", "observed", "substitute"]
                .contains(&self.tokens[self.at - 1].text);
        if !is_turned || !rest.text.starts_with(['+', '-']) {
            return None;
        }
        let (day, offset) = (self.text[..rest.start].trim(), self.text[rest.start..].trim());
        Some(format!(
            "give the day a season of its own, with `from = \"{day}\"` and `to = \"{day}\"`, and count from that: `due.from {offset}`, if it is `[seasons.due]`"
        ))
    }

    fn peek(&self, word: &str) -> bool {
        self.tokens.get(self.at).is_some_and(|token| token.text == word)
    }

    fn next(&mut self, wanted: &str) -> Result<Token<'t>, RuleFlaw> {
        let token = self.tokens.get(self.at).copied();
        self.at += 1;
        token.ok_or_else(|| RuleFlaw {
            at: 0..self.text.len(),
            what: format!("the rule ends where {wanted} is expected"),
            instead: None,
        })
    }
}

fn wrong(token: Token<'_>, what: &str) -> RuleFlaw {
    let at = token.start..token.start + token.text.len();
    RuleFlaw { at, what: what.to_owned(), instead: None }
}

fn weekday(text: &str) -> Option<Weekday> {
    Weekday::parse(&text.to_ascii_lowercase())
}

/// `spring.from` or `spring.to`
fn season_end(token: Token<'_>, season: &str, end: &str) -> Result<Anchor, RuleFlaw> {
    let is_last = match end {
        "from" => false,
        "to" => true,
        _ => {
            return Err(wrong(
                token,
                "another season's days are `NAME.from`, its first one, and `NAME.to`, its last one",
            ));
        }
    };
    let at = token.start..token.start + season.len();
    Ok(Anchor::Season(SeasonEnd { season: season.to_owned(), is_last, at }))
}

/// `1st`, `2nd`, `3rd`, `4th` and so on.
fn ordinal(text: &str) -> Option<u32> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let count: u32 = text[..digits].parse().ok().filter(|count| (1..=99).contains(count))?;
    let ending = match (count % 10, count % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    (text[digits..] == *ending && !text.starts_with('0')).then_some(count)
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
        let instead = token.text.starts_with(named::MOTHERS_DAY).then(|| named::MOTHERS_DAYS.to_owned());
        let what = match instead {
            Some(_) => "Mother's Day has a name for each country".to_owned(),
            None => not_a_date(token.text),
        };
        return Err(RuleFlaw { instead, ..wrong(token, &what) });
    };
    // 2000 is a leap year: what does not exist there exists in no year.
    let exists = Date::ymd(2000, month.number(), day).is_some();
    exists.then_some(MonthDay { month, day }).ok_or_else(|| wrong(token, "there is no such day in any year"))
}

fn not_a_date(word: &str) -> String {
    let names = named::NAMED.iter().map(|named| named.name);
    match nearest(word, WORDS.into_iter().chain(names)).filter(|_| word.len() > 3) {
        Some(near) => format!("not a date: did you mean `{near}`?"),
        None => format!("no date rule begins with `{}`", word.escape_debug()),
    }
}

fn length(text: &str, factor: i32) -> Option<Shift> {
    let (count, unit) = match (text.strip_suffix("wd"), text.strip_suffix('d'), text.strip_suffix('w')) {
        (Some(count), ..) => (count, None),
        (None, Some(count), _) => (count, Some(1)),
        (None, None, Some(count)) => (count, Some(7)),
        (None, None, None) => return None,
    };
    let digits = !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit());
    let count = digits.then(|| count.parse::<i32>().ok())??;
    let days = count.checked_mul(unit.unwrap_or(1)).filter(|days| *days <= 366)?;
    Some(if unit.is_some() { Shift::Days(factor * days) } else { Shift::Workdays(factor * days) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dates::Workdays;

    fn dates(rule: &str, year: i32) -> Vec<String> {
        let workdays = Workdays::monday_to_friday();
        let dates = DateRule::parse(rule).unwrap().in_year(year, &workdays);
        dates.iter().map(Date::to_string).collect()
    }

    #[test]
    fn each_form_of_a_rule_gives_its_date() {
        let cases = [
            ("09-01", "2026-09-01"),
            ("2026-09-19", "2026-09-19"),
            ("easter", "2026-04-05"),
            ("orthodox-easter", "2026-04-12"),
            ("advent", "2026-11-29"),
            ("black-friday", "2026-11-27"),
            ("mothers-day-fr", "2026-05-31"),
            ("black-friday + 3d", "2026-11-30"),
            ("sat >= 09-16", "2026-09-19"),
            ("sun <= 10-03", "2026-09-27"),
            ("4th thu of 11", "2026-11-26"),
            ("last fri of 11", "2026-11-27"),
            ("2nd last fri of 11", "2026-11-20"),
            ("5th workday of 01", "2026-01-07"),
            ("last workday of 5 - 1wd", "2026-05-28"),
            ("last day of 02", "2026-02-28"),
            ("15 of 8 or workday before", "2026-08-14"),
            ("15 of 8 or workday after", "2026-08-17"),
            ("07-04 observed", "2026-07-03"),
            ("12-26 substitute", "2026-12-28"),
            ("12-24 if workday", "2026-12-24"),
            ("easter - 2d", "2026-04-03"),
            ("advent -2w +1d", "2026-11-16"),
            ("01-01 - 1d", "2025-12-31"),
        ];
        for (rule, expected) in cases {
            assert_eq!(dates(rule, 2026), [expected], "{rule}");
        }
        assert_eq!(dates("15 of 3,6,9,12", 2026), ["2026-03-15", "2026-06-15", "2026-09-15", "2026-12-15"]);
        assert_eq!(dates("last workday of month", 2026).len(), 12);
        assert_eq!(dates("5th fri of month", 2026).len(), 4);
    }

    #[test]
    fn a_weekday_that_falls_on_the_date_itself_is_that_date_in_both_directions() {
        assert_eq!(dates("tue >= 09-01", 2026), dates("tue <= 09-01", 2026));
    }

    #[test]
    fn a_rule_without_a_date_in_a_year_gives_none() {
        for (rule, year) in
            [("02-29", 2027), ("5th mon of 02", 2026), ("2026-09-19", 2027), ("12-26 if workday", 2026)]
        {
            assert!(dates(rule, year).is_empty(), "{rule}");
        }
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
        assert_eq!(lack("31 of month", 2027).unwrap().instead, "last day of month");
        for (rule, year) in [
            ("5th mon of 11", 2026),
            ("5th mon of month", 2026),
            ("02-29", 2028),
            ("2026-02-28", 2027),
            ("easter", 2027),
        ] {
            assert_eq!(lack(rule, year), None, "{rule}");
        }
    }

    #[test]
    fn a_clock_time_ends_a_boundary_and_no_other_rule() {
        let end = Boundary::parse("easter - 3d 20:00").unwrap();
        assert_eq!(end.time, TimeOfDay::parse("20:00"));
        assert_eq!(Boundary::parse("12-24").unwrap().time, None);
        assert_eq!(Boundary::parse("12-24 25:00").unwrap_err().at, 6..11);
        assert_eq!(DateRule::parse("12-24 20:00").unwrap_err().at, 6..11);
    }

    #[test]
    fn a_flaw_points_at_the_word_that_is_wrong() {
        let cases = [
            ("09-31", 0..5),
            ("sat > 09-16", 4..5),
            ("sat >= 13-01", 7..12),
            ("4th thur of 11", 4..8),
            ("4th thu in 11", 8..10),
            ("6th thu of 11", 0..3),
            ("3th thu of 11", 0..3),
            ("15 of 3,13", 8..10),
            ("32 of month", 0..2),
            ("easter + 3", 9..10),
            ("easter 3d", 7..9),
            ("12-24 or workday", 0..16),
            ("12-24 or workday near", 17..21),
            ("12-24 if free", 9..13),
            ("spring.end", 0..10),
            ("last fri of", 0..11),
            ("", 0..0),
            ("2026-02-30", 0..10),
        ];
        for (rule, at) in cases {
            assert_eq!(DateRule::parse(rule).unwrap_err().at, at, "{rule}");
        }
        let what = DateRule::parse("blackfriday").unwrap_err().what;
        assert!(what.contains("`black-friday`"), "{what}");
    }
}

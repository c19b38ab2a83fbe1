//! `days`: which days of a season are taken.

use super::flaw::{Flaw, flaw};
use crate::dates::Workdays;
use crate::time::{Date, TimeOfDay, Weekday};

/// Which days of a season are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayRule {
    /// Monday to Sunday.
    pub weekdays: [bool; 7],
    /// Whether `less holidays` stands after the weekdays.
    less_holidays: bool,
    /// The working days of the place.
    workdays: bool,
    /// Its holidays.
    holidays: bool,
    /// Single working days between a holiday and free days.
    bridge: bool,
    /// `sat 09:00 .. sun 21:00`: without a break from a time on the weekday to another time days later.
    pub span: Option<(TimeOfDay, u32, TimeOfDay)>,
    /// As written.
    pub text: String,
}

/// What a rule makes of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is one of its days.
    Yes,
    /// It would be, were it no holiday.
    UnlessHoliday,
    /// It is none.
    No,
}

impl DayRule {
    /// Every day of the week.
    pub fn every_day() -> Self {
        Self { weekdays: [true; 7], text: "mon-sun".to_owned(), ..Self::none() }
    }

    fn none() -> Self {
        Self {
            weekdays: [false; 7],
            less_holidays: false,
            workdays: false,
            holidays: false,
            bridge: false,
            span: None,
            text: String::new(),
        }
    }

    /// What it makes of a day of a place with these working days.
    pub fn takes(&self, day: Date, place: &Workdays) -> Taken {
        let is_holiday = place.is_holiday(day);
        let by_weekday = self.weekdays[day.weekday().index()];
        if by_weekday && !(self.less_holidays && is_holiday)
            || self.workdays && place.holds(day)
            || self.holidays && is_holiday
            || self.bridge && place.is_bridge(day)
        {
            Taken::Yes
        } else if is_holiday && (by_weekday || self.workdays && place.is_weekday(day)) {
            Taken::UnlessHoliday
        } else {
            Taken::No
        }
    }

    /// Whether it takes any day of that weekday, as far as weekdays say.
    pub fn may_take(&self, weekday: usize) -> bool {
        self.weekdays[weekday] || self.workdays || self.holidays || self.bridge
    }

    /// The weekdays that a span of so many days over its first one lies on.
    pub fn weekdays_of_span(&self, over: u32) -> [bool; 7] {
        let over = (over as usize).min(6);
        std::array::from_fn(|at| (0..=over).any(|days| self.weekdays[(at + 7 - days) % 7]))
    }

    /// Whether it takes every day, whatever its holidays.
    pub fn is_every_day(&self) -> bool {
        self.weekdays == [true; 7] && !self.less_holidays
    }
}

/// `mon-sun`, `workdays`, `sat,sun`, `mon,wed-fri`, `sun-thu`, `fri less holidays`, `sat,sun,holidays`, `bridge`,
/// `sat 09:00 .. sun 21:00`
pub(super) fn parse(text: &str) -> Result<DayRule, Flaw> {
    if let Some((from, to)) = text.split_once("..") {
        return unbroken(text, from, to);
    }
    let written = text.to_ascii_lowercase();
    let (list, less_holidays) = match written.strip_suffix(" less holidays") {
        Some(list) => (list.trim_end(), true),
        None => (written.as_str(), false),
    };
    let mut rule = DayRule { less_holidays, text: written.clone(), ..DayRule::none() };
    let mut at = 0;
    for part in list.split(',') {
        let name = part.trim();
        let start = at + part.len() - part.trim_start().len();
        match name {
            "workdays" => rule.workdays = true,
            "holidays" if !less_holidays => rule.holidays = true,
            "bridge" => rule.bridge = true,
            _ => {
                let some = weekdays_at(name, start)?;
                (0..7).for_each(|day| rule.weekdays[day] |= some[day]);
            }
        }
        at += part.len() + 1;
    }
    Ok(rule)
}

/// `mon`, `mon-fri`, `fri-mon`, `sat,sun`
pub(super) fn weekdays(text: &str) -> Result<[bool; 7], Flaw> {
    let mut all = [false; 7];
    let mut at = 0;
    for part in text.split(',') {
        let some = weekdays_at(part, at)?;
        (0..7).for_each(|day| all[day] |= some[day]);
        at += part.len() + 1;
    }
    Ok(all)
}

/// `mon`, `mon-fri` or `fri-mon`, which stands at this byte.
fn weekdays_at(part: &str, at: usize) -> Result<[bool; 7], Flaw> {
    let (first, last) = part.split_once('-').unwrap_or((part, part));
    let from = weekday(first.trim_end(), at)?;
    let blank = last.len() - last.trim_start().len();
    let second = at + first.len() + 1 + blank;
    let to = if part.contains('-') { weekday(last.trim_start(), second)? } else { from };
    let mut weekdays = [false; 7];
    let days = (to.index() + 7 - from.index()) % 7;
    (0..=days).for_each(|day| weekdays[(from.index() + day) % 7] = true);
    Ok(weekdays)
}

fn weekday(name: &str, at: usize) -> Result<Weekday, Flaw> {
    let wrong = match name.get(..3).and_then(|short| Weekday::parse(&short.to_ascii_lowercase())) {
        Some(near) if name.len() > 3 => format!("weekdays have three letters: write `{}`", near.short()),
        _ => "weekdays are mon, tue, wed, thu, fri, sat, sun; beside them there are `workdays`, `holidays` and `bridge`, and `less holidays` after them".to_owned(),
    };
    Weekday::parse(&name.to_ascii_lowercase()).ok_or(Flaw { at: at..at + name.len(), what: wrong })
}

/// `sat 09:00 .. sun 21:00`
fn unbroken(text: &str, from: &str, to: &str) -> Result<DayRule, Flaw> {
    let second = from.len() + 2;
    let (first, begins) = weekday_and_time(from, 0)?;
    let (last, ends) = weekday_and_time(to, second)?;
    let mut days = (last.index() + 7 - first.index()) % 7;
    if days == 0 && ends <= begins {
        days = 7;
    }
    if days == 0 {
        return flaw(0..text.len(), "a window of one day is written with `hours`");
    }
    let days = u32::try_from(days).expect("internal error: at most a week");
    let weekdays = std::array::from_fn(|at| at == first.index());
    let text = format!("{} {begins} .. {} {ends}", first.short(), last.short());
    Ok(DayRule { weekdays, span: Some((begins, days, ends)), text, ..DayRule::none() })
}

fn weekday_and_time(part: &str, at: usize) -> Result<(Weekday, TimeOfDay), Flaw> {
    let start = at + part.len() - part.trim_start().len();
    let Some((name, clock)) = part.trim().split_once(' ') else {
        return flaw(
            start..start + part.trim().len(),
            "a window over days is written as `sat 09:00 .. sun 21:00`",
        );
    };
    let day = weekday(name, start)?;
    let place = start + name.len() + 1..start + part.trim().len();
    let time = TimeOfDay::parse(clock.trim()).ok_or_else(|| Flaw {
        at: place,
        what: "a clock time is written as `08:00`, from 00:00 to 24:00".to_owned(),
    })?;
    Ok((day, time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flaw_points_at_the_part_that_is_wrong() {
        assert_eq!(parse("mon,sat-tues").unwrap_err().at, 8..12);
        assert!(parse("friday").unwrap_err().what.contains("`fri`"));
        assert_eq!(parse("sat 09:00 .. sun 25:00").unwrap_err().at, 17..22);
        assert_eq!(parse("sat .. sun 21:00").unwrap_err().at, 0..3);
        assert_eq!(parse("sat 09:00 .. sat 21:00").unwrap_err().at, 0..22);
        assert_eq!(parse("mon less holiday").unwrap_err().at, 0..16);
        assert_eq!(parse("holidays less holidays").unwrap_err().at, 0..8);
    }

    #[test]
    fn selections_of_days_may_mix_ranges_and_single_days_in_any_case() {
        let week = |text: &str| parse(text).unwrap().weekdays;
        assert_eq!(week("mon,wed-fri"), [true, false, true, true, true, false, false]);
        assert_eq!(week("Sun-Thu"), [true, true, true, true, false, false, true]);
        assert_eq!(week("fri-mon"), [true, false, false, false, true, true, true]);
        assert_eq!(week("sat, sun,holidays"), [false, false, false, false, false, true, true]);
        assert_eq!(week("mon - fri"), [true, true, true, true, true, false, false]);
        assert_eq!(parse("Workdays").unwrap(), parse("workdays").unwrap());
        assert_eq!(parse("Sat, Holidays").unwrap(), parse("sat, holidays").unwrap());
        assert_eq!(parse("mon -  frid").unwrap_err().at, 7..11);
    }

    #[test]
    fn what_a_rule_makes_of_holidays() {
        let date = |text: &str| Date::parse(text).unwrap();
        let (ascension, friday, monday) = (date("2026-05-14"), date("2026-05-15"), date("2026-05-18"));
        let place = Workdays::monday_to_friday().less([ascension]);
        let takes = |text: &str, day: Date| parse(text).unwrap().takes(day, &place);
        assert_eq!(takes("workdays", ascension), Taken::UnlessHoliday);
        assert_eq!(takes("thu less holidays", ascension), Taken::UnlessHoliday);
        assert_eq!(takes("thu", ascension), Taken::Yes);
        assert_eq!(takes("sat,sun,holidays", ascension), Taken::Yes);
        assert_eq!(takes("sat,sun,holidays", friday), Taken::No);
        assert_eq!(takes("bridge", friday), Taken::Yes);
        assert_eq!(takes("bridge", monday), Taken::No);
    }

    #[test]
    fn a_window_over_days_has_its_length() {
        let span = |text: &str| parse(text).unwrap().span.unwrap().1;
        assert_eq!(span("sat 09:00 .. sun 21:00"), 1);
        assert_eq!(span("sun 22:00 .. fri 06:00"), 5);
        assert_eq!(span("mon 08:00 .. mon 08:00"), 7);
    }
}

//! Date rules and the dates that they have in a year. `parse.rs` has the language.

use super::weekday::{on_or_after, on_or_before};
use super::workdays::Workdays;
use super::{advent, easter, mothers_day, orthodox};
use crate::time::{Date, Month, TimeOfDay, Weekday, Window};
use std::ops::Range;

/// Which days of a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateRule {
    pub(super) anchor: Anchor,
    /// What moves the anchor's day, in order.
    pub(super) shifts: Vec<Shift>,
    /// What becomes of the day then.
    pub(super) turn: Option<Turn>,
}

/// A rule for the beginning or the end of a window: a day, or a day and a clock time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Boundary {
    /// The day.
    pub rule: DateRule,
    /// The time on that day, where one is written.
    pub time: Option<TimeOfDay>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    EveryYear(MonthDay),
    /// Dates of their own years, in order.
    Dates(Vec<Date>),
    Easter,
    OrthodoxEaster,
    Advent,
    MothersDayFr,
    OnOrAfter(Weekday, MonthDay),
    OnOrBefore(Weekday, MonthDay),
    /// The nth of its kind in each of the months.
    Nth(Nth, Kind, Months),
    /// This day of each of the months.
    DayOf(u32, Months),
    Season(SeasonEnd),
}

/// Counted from the first or from the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Nth {
    pub(super) count: u32,
    pub(super) from_last: bool,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Day,
    Workday,
    Weekday(Weekday),
}

/// Months of the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Months {
    /// Bit 0 for January.
    pub(super) set: u16,
    /// Whether `of month` is written, and not their numbers.
    pub(super) every: bool,
}

impl Months {
    fn all(self) -> impl DoubleEndedIterator<Item = Month> {
        Month::all().filter(move |month| self.set & (1 << (month.number() - 1)) != 0)
    }
}

/// The first or the last day of another season.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeasonEnd {
    /// Its name.
    pub season: String,
    /// Whether its last day is meant.
    pub is_last: bool,
    /// Bytes of the rule that name it.
    pub at: Range<usize>,
}

/// By how much a day is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shift {
    Days(i32),
    Workdays(i32),
}

/// What becomes of a day that is free, or at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// The nearest day of the working week.
    Observed,
    /// The next free working day, where it is not a day of the working week.
    Substitute,
    /// Only where it is a working day.
    IfWorkday,
    /// Where it is not a working day: the one before it.
    OrWorkdayBefore,
    /// Where it is not a working day: the one after it.
    OrWorkdayAfter,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MonthDay {
    pub(super) month: Month,
    pub(super) day: u32,
}

impl MonthDay {
    fn in_year(self, year: i32) -> Option<Date> {
        Date::ymd(year, self.month.number(), self.day)
    }
}

/// The anchor's day, or the last one of the month that has no such day.
type Anchored = Result<Date, Date>;

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A place of a rule in the calendar, be there a day or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The day; where there is none, the one that is not at work, or the last of the month that has no such day.
    pub at: Date,
    /// Why there is none.
    pub gap: Option<Gap>,
}

/// Why a rule has no day where it would have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// `if workday`: nobody works on it.
    NotAtWork,
    /// The month has no such day: 29 February, a fifth Friday, a 20th working day.
    NotInMonth,
    /// The season that it counts from is left out for want of its own last day.
    OfSeason,
}

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
    /// What to write instead, where that can be told.
    pub instead: Option<String>,
}

impl DateRule {
    /// These dates, in order.
    pub fn of_dates(dates: Vec<Date>) -> Self {
        Self { anchor: Anchor::Dates(dates), shifts: Vec::new(), turn: None }
    }

    /// The rule's dates in `year`, in order: mostly one, twelve of a month's day, none where the year has none, as 29 February
    /// mostly and a fifth Monday often. The year is the anchor's: `01-01 - 1d` of 2026 is 31 December 2025.
    pub fn in_year(&self, year: i32, workdays: &Workdays) -> Vec<Date> {
        let due = self.due_in_year(year, workdays).into_iter();
        due.filter(|due| due.gap.is_none()).map(|due| due.at).collect()
    }

    /// The same, and where `year` has a gap in place of a date.
    pub fn due_in_year(&self, year: i32, workdays: &Workdays) -> Vec<Due> {
        let due = |anchor: Anchored| match anchor {
            Ok(day) => self.due(day, workdays),
            Err(last) => self.missing(last, Gap::NotInMonth, workdays),
        };
        self.anchors(year, workdays).into_iter().map(due).collect()
    }

    /// The days in `year` before they are moved; those of another season are not known here.
    fn anchors(&self, year: i32, workdays: &Workdays) -> Vec<Anchored> {
        let in_month = |month: Month, day: Option<Date>| day.ok_or_else(|| last_day(month, year));
        let on = |day: &MonthDay| in_month(day.month, day.in_year(year));
        let one = match &self.anchor {
            Anchor::EveryYear(day) => on(day),
            Anchor::Easter => Ok(easter::sunday(year)),
            Anchor::OrthodoxEaster => Ok(orthodox::sunday(year)),
            Anchor::Advent => Ok(advent::first_sunday(year)),
            Anchor::MothersDayFr => Ok(mothers_day::france(year)),
            Anchor::OnOrAfter(weekday, day) => on(day).map(|day| on_or_after(*weekday, day)),
            Anchor::OnOrBefore(weekday, day) => on(day).map(|day| on_or_before(*weekday, day)),
            Anchor::Season(_) => return Vec::new(),
            Anchor::Dates(dates) => {
                return dates.iter().copied().filter(|date| date.year() == year).map(Ok).collect();
            }
            Anchor::DayOf(day, months) => {
                let of = |month: Month| in_month(month, Date::ymd(year, month.number(), *day));
                return months.all().map(of).collect();
            }
            Anchor::Nth(nth, kind, months) => {
                let of = |month: Month| in_month(month, nth.in_month(*kind, month, year, workdays));
                return months.all().map(of).collect();
            }
        };
        vec![one]
    }

    /// What becomes of the anchor's day; none where it must be a working day and is none.
    pub fn moved(&self, day: Date, workdays: &Workdays) -> Option<Date> {
        let due = self.due(day, workdays);
        due.gap.is_none().then_some(due.at)
    }

    /// The same, and where it would lie, if there is none.
    pub fn due(&self, day: Date, workdays: &Workdays) -> Due {
        match self.turned(self.shifted(day, workdays), workdays) {
            Some(at) => Due { at, gap: None },
            None => self.missing(day, Gap::NotAtWork, workdays),
        }
    }

    /// The gap where `day` would lie, were it there.
    pub fn missing(&self, day: Date, gap: Gap, workdays: &Workdays) -> Due {
        Due { at: self.shifted(day, workdays), gap: Some(gap) }
    }

    fn shifted(&self, day: Date, workdays: &Workdays) -> Date {
        self.shifts.iter().fold(day, |day, shift| match shift {
            Shift::Days(days) => day.plus_days(*days),
            Shift::Workdays(count) => workdays.plus(day, *count),
        })
    }

    fn turned(&self, day: Date, workdays: &Workdays) -> Option<Date> {
        match self.turn {
            None => Some(day),
            Some(Turn::Observed) => Some(workdays.nearest_weekday(day)),
            Some(Turn::Substitute) if workdays.is_weekday(day) => Some(day),
            Some(Turn::Substitute) => Some(workdays.next(day, 1)),
            Some(Turn::IfWorkday) => workdays.holds(day).then_some(day),
            Some(Turn::OrWorkdayBefore | Turn::OrWorkdayAfter) if workdays.holds(day) => Some(day),
            Some(Turn::OrWorkdayBefore) => Some(workdays.next(day, -1)),
            Some(Turn::OrWorkdayAfter) => Some(workdays.next(day, 1)),
        }
    }

    /// What `year` lacks where the rule has no date in it: 29 February, or a fifth weekday of a month. None where it has one,
    /// names other years, or says `of month`: then the other months have it.
    pub fn lack(&self, year: i32) -> Option<Lack> {
        let (month, day) = match &self.anchor {
            Anchor::EveryYear(day) | Anchor::OnOrAfter(_, day) | Anchor::OnOrBefore(_, day) => {
                if day.in_year(year).is_some() {
                    return None;
                }
                (day.month, format!("{} {}", day.day, day.month.title()))
            }
            Anchor::Nth(nth, Kind::Weekday(weekday), months) if !months.every => {
                let workdays = Workdays::monday_to_friday();
                let lacking =
                    |month: &Month| nth.in_month(Kind::Weekday(*weekday), *month, year, &workdays).is_none();
                let month = months.all().find(lacking)?;
                (month, format!("fifth {} in {}", WEEKDAYS[weekday.index()], month.title()))
            }
            Anchor::DayOf(day, months) => {
                let month = months.all().find(|month| Date::ymd(year, month.number(), *day).is_none())?;
                (month, format!("{day} {}", month.title()))
            }
            Anchor::Dates(_)
            | Anchor::Easter
            | Anchor::OrthodoxEaster
            | Anchor::Advent
            | Anchor::MothersDayFr
            | Anchor::Season(_)
            | Anchor::Nth(..) => return None,
        };
        let workdays = Workdays::monday_to_friday();
        let moved = |day: Date| self.moved(day, &workdays).unwrap_or(day);
        let first = moved(Date::ymd(year, month.number(), 1)?);
        let around = Window::new(first, moved(last_day(month, year)).next());
        Some(Lack { day, instead: self.always(month), around })
    }

    /// A day of every month as near to this rule as can be said.
    pub fn of_every_month(&self) -> String {
        match &self.anchor {
            Anchor::EveryYear(MonthDay { day, .. }) if *day <= 28 => format!("{day} of month"),
            Anchor::Nth(..)
            | Anchor::EveryYear(_)
            | Anchor::Dates(_)
            | Anchor::Easter
            | Anchor::OrthodoxEaster
            | Anchor::Advent
            | Anchor::MothersDayFr
            | Anchor::OnOrAfter(..)
            | Anchor::OnOrBefore(..)
            | Anchor::DayOf(..)
            | Anchor::Season(_) => "last day of month".to_owned(),
        }
    }

    /// A rule near to this one that has a day in every year, where `month` lacks one.
    pub fn always(&self, month: Month) -> String {
        let of = |months: &Months| {
            if months.every { "month".to_owned() } else { format!("{:02}", month.number()) }
        };
        match &self.anchor {
            Anchor::Nth(_, Kind::Weekday(weekday), months) => {
                format!("last {} of {}", weekday.short(), of(months))
            }
            Anchor::Nth(_, Kind::Workday, months) => format!("last workday of {}", of(months)),
            Anchor::Nth(_, Kind::Day, months) | Anchor::DayOf(_, months) => {
                format!("last day of {}", of(months))
            }
            Anchor::EveryYear(_)
            | Anchor::Dates(_)
            | Anchor::Easter
            | Anchor::OrthodoxEaster
            | Anchor::Advent
            | Anchor::MothersDayFr
            | Anchor::OnOrAfter(..)
            | Anchor::OnOrBefore(..)
            | Anchor::Season(_) => "03-01 - 1d".to_owned(),
        }
    }

    /// Whether the rule names dates of their own years only.
    pub fn is_once(&self) -> bool {
        matches!(self.anchor, Anchor::Dates(_))
    }

    /// The dates of their own years.
    fn dates(&self) -> Option<&[Date]> {
        if let Anchor::Dates(dates) = &self.anchor { Some(dates) } else { None }
    }

    /// The one date, where the rule names one only.
    pub fn once(&self) -> Option<Date> {
        self.dates().filter(|dates| dates.len() == 1).and_then(|dates| dates.first().copied())
    }

    /// How many dates of their own years it names.
    pub fn listed(&self) -> Option<usize> {
        self.dates().map(<[Date]>::len)
    }

    /// The last of the dates that it names.
    pub fn last_date(&self) -> Option<Date> {
        self.dates().and_then(|dates| dates.last().copied())
    }

    /// Whether it has a date in several months of a year.
    pub fn is_monthly(&self) -> bool {
        if let Anchor::Nth(_, _, months) | Anchor::DayOf(_, months) = &self.anchor {
            months.set.count_ones() > 1
        } else {
            false
        }
    }

    /// The season whose first or last day it counts from.
    pub fn season(&self) -> Option<&SeasonEnd> {
        if let Anchor::Season(end) = &self.anchor { Some(end) } else { None }
    }

    /// Whether it asks which days are working days.
    pub fn needs_workdays(&self) -> bool {
        self.turn.is_some()
            || self.shifts.iter().any(|shift| matches!(shift, Shift::Workdays(_)))
            || matches!(self.anchor, Anchor::Nth(_, Kind::Workday, _))
    }

    /// Whether its month and day differ from year to year.
    pub fn moves(&self) -> bool {
        let is_fixed = if let Anchor::Nth(nth, kind, _) = &self.anchor {
            *kind == Kind::Day && !nth.from_last
        } else {
            matches!(self.anchor, Anchor::EveryYear(_) | Anchor::DayOf(..))
        };
        !is_fixed || self.needs_workdays()
    }
}

impl Nth {
    fn in_month(self, kind: Kind, month: Month, year: i32, workdays: &Workdays) -> Option<Date> {
        let is_one = |day: Date| match kind {
            Kind::Day => true,
            Kind::Workday => workdays.holds(day),
            Kind::Weekday(weekday) => day.weekday() == weekday,
        };
        let first = Date::ymd(year, month.number(), 1)?;
        let days = last_day(month, year).day();
        let day = |at: u32| first.plus_days(i32::try_from(at).expect("internal error: below 31"));
        let at = usize::try_from(self.count - 1).expect("internal error: small");
        if self.from_last {
            (0..days).rev().map(day).filter(|day| is_one(*day)).nth(at)
        } else {
            (0..days).map(day).filter(|day| is_one(*day)).nth(at)
        }
    }
}

fn last_day(month: Month, year: i32) -> Date {
    let (year, next) = if month.number() == 12 { (year + 1, 1) } else { (year, month.number() + 1) };
    Date::ymd(year, next, 1).expect("internal error: every month has a first day").plus_days(-1)
}

//! Sets of dates become date rules: from, to, weekdays. A rule that says the same every year is preferred; where the years
//! differ, the rule is right for the horizon only, and says so.

use std::collections::{BTreeMap, BTreeSet};

use crate::time::{Date, Weekday, Window};

/// A stretch of dates as a season has them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Dates {
    /// The first day.
    pub(super) from: Rule,
    /// The last day.
    pub(super) to: Rule,
    /// Which days of the week.
    pub(super) weekdays: Weekdays,
    /// Whether every year has them.
    pub(super) yearly: bool,
}

/// A first or last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rule {
    /// Every year, by its place in a leap year, from 0.
    EveryYear(usize),
    /// A day of some months.
    OfMonth(u32, Months),
    /// The last day of some months.
    LastOfMonth(Months),
    /// Once.
    Once(Date),
}

/// January to December.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Months([bool; 12]);

/// Monday to Sunday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Weekdays([bool; 7]);

/// Days of a leap year: any will do.
const YEAR: usize = 366;
const LEAP: i32 = 2000;
/// 29 February.
const LEAP_DAY: usize = 59;
/// A season over New Year may not be longer (`ends before it begins`).
pub(super) const LONGEST_OVER_NEW_YEAR: u32 = 300;
/// So few rules are not a list yet.
const FEW: usize = 3;

impl Rule {
    /// `09-01`, `2026-09-01`; the last day of February in every year is `03-01 - 1d`.
    pub(super) fn text(self) -> String {
        match self {
            Self::Once(date) => date.to_string(),
            Self::OfMonth(day, months) => format!("{day} of {}", months.text()),
            Self::LastOfMonth(months) => format!("last day of {}", months.text()),
            Self::EveryYear(LEAP_DAY) => "03-01 - 1d".to_owned(),
            Self::EveryYear(place) => {
                let date = leap_date(place);
                format!("{:02}-{:02}", date.month().number(), date.day())
            }
        }
    }

    /// The rule for a day that comes so many days after each of its own, `last` being one of them.
    pub(super) fn so_many_days_later(self, last: Date) -> String {
        match self {
            Self::Once(_) => last.to_string(),
            Self::EveryYear(_) => Self::EveryYear(place(last)).text(),
            // Of windows that are equally long each month: none of them goes over the end of one.
            Self::OfMonth(_, months) | Self::LastOfMonth(months) => Self::OfMonth(last.day(), months).text(),
        }
    }

    /// Its dates in `year`, in order.
    fn in_year(self, year: i32) -> Vec<Date> {
        let of_month = |month, day| Date::ymd(year, month, day).expect("internal error: every month has it");
        match self {
            Self::Once(date) => vec![date],
            Self::OfMonth(day, months) => months.numbers().map(|month| of_month(month, day)).collect(),
            Self::LastOfMonth(months) => {
                months.numbers().map(|month| of_month(month, 28)).map(last_of_month).collect()
            }
            Self::EveryYear(place) => {
                let (month, day) = (leap_date(place).month().number(), leap_date(place).day());
                let date = Date::ymd(year, month, day).or_else(|| Date::ymd(year, 2, 28));
                vec![date.expect("internal error: only 29 February is missing from a year")]
            }
        }
    }

    /// Whether it comes in several months.
    pub(super) fn is_monthly(self) -> bool {
        matches!(self, Self::OfMonth(..) | Self::LastOfMonth(_))
    }
}

impl Months {
    /// Those of `days`.
    pub(super) fn of(days: impl IntoIterator<Item = Date>) -> Self {
        let mut months = [false; 12];
        for number in days.into_iter().map(|day| day.month().number()) {
            months[number as usize - 1] = true;
        }
        Self(months)
    }

    /// How many.
    pub(super) fn count(self) -> usize {
        self.numbers().count()
    }

    /// Whether `day` is in one of them.
    pub(super) fn has(self, day: Date) -> bool {
        self.numbers().any(|number| number == day.month().number())
    }

    fn numbers(self) -> impl Iterator<Item = u32> {
        (1..=12).zip(self.0).filter_map(|(number, taken)| taken.then_some(number))
    }

    /// `every month` for all of them, else `each of the months 3, 6, 9, 12`.
    pub(super) fn said(self) -> String {
        if self.0 == [true; 12] {
            return "every month".to_owned();
        }
        let numbers: Vec<String> = self.numbers().map(|number| number.to_string()).collect();
        match numbers.as_slice() {
            [one] => format!("month {one}"),
            several => format!("each of the months {}", several.join(", ")),
        }
    }

    /// `month` for all of them, else `3,6,9,12`.
    fn text(self) -> String {
        if self.0 == [true; 12] {
            return "month".to_owned();
        }
        self.numbers().map(|number| number.to_string()).collect::<Vec<_>>().join(",")
    }
}

impl Weekdays {
    pub(super) const ALL: Self = Self([true; 7]);

    /// Those of `days`.
    pub(super) fn of(days: impl IntoIterator<Item = Date>) -> Self {
        let mut weekdays = [false; 7];
        days.into_iter().for_each(|day| weekdays[day.weekday().index()] = true);
        Self(weekdays)
    }

    /// Whether `day` is one of them.
    pub(super) fn has(self, day: Date) -> bool {
        self.0[day.weekday().index()]
    }

    /// `mon-fri`, `sat,sun`, `mon,wed-fri`; none for every day.
    pub(super) fn text(self) -> Option<String> {
        let mut parts: Vec<(Weekday, Weekday)> = Vec::new();
        for day in Weekday::ALL.into_iter().filter(|day| self.0[day.index()]) {
            match parts.last_mut() {
                Some((_, last)) if last.index() + 1 == day.index() => *last = day,
                Some(_) | None => parts.push((day, day)),
            }
        }
        let part = |(first, last): &(Weekday, Weekday)| match last.index() - first.index() {
            0 => first.short().to_owned(),
            1 => format!("{},{}", first.short(), last.short()),
            _ => format!("{}-{}", first.short(), last.short()),
        };
        let text = parts.iter().map(part).collect::<Vec<_>>().join(",");
        (self != Self::ALL).then_some(text)
    }
}

impl Dates {
    /// One day of one year.
    pub(super) fn once(day: Date) -> Self {
        Self { from: Rule::Once(day), to: Rule::Once(day), weekdays: Weekdays::ALL, yearly: false }
    }

    /// Whether it goes from one day of several months to another, on whatever weekdays.
    pub(super) fn goes_over_months(&self) -> bool {
        let both = self.from.is_monthly() && self.to.is_monthly();
        both && self.from != self.to && self.weekdays == Weekdays::ALL
    }

    /// The dates inside `within`.
    pub(super) fn days(&self, within: Window<Date>) -> BTreeSet<Date> {
        let years = within.from.year() - 1..=within.until.year();
        let lasts: Vec<Date> =
            (years.start() - 1..=years.end() + 1).flat_map(|year| self.to.in_year(year)).collect();
        let firsts = years.flat_map(|year| self.from.in_year(year));
        // The next last day that is not before the first one.
        let windows: BTreeSet<(Date, Date)> =
            firsts.filter_map(|first| Some((first, *lasts.iter().find(|last| **last >= first)?))).collect();
        let days = windows.into_iter().flat_map(|(first, last)| {
            let (first, last) = (first.max(within.from), last.min(within.until.plus_days(-1)));
            (0..=last.days_since(first)).map(move |n| first.plus_days(n))
        });
        days.filter(|day| self.weekdays.has(*day)).collect()
    }

    /// `sep` and `Sep`, the month in which it begins every year; `sep-28` and `28 Sep` for a single day; `day-15` of months.
    pub(super) fn begins(&self) -> Option<(String, String)> {
        let place = match self.from {
            Rule::EveryYear(place) => place,
            Rule::OfMonth(day, _) => return Some((format!("day-{day}"), format!("day {day}"))),
            Rule::LastOfMonth(_) | Rule::Once(_) => return None,
        };
        let (month, day) = (leap_date(place).month().short(), leap_date(place).day());
        let key = month.to_lowercase();
        let single = self.from == self.to;
        Some(if single {
            (format!("{key}-{day}"), format!("{day} {month}"))
        } else {
            (key, month.to_owned())
        })
    }
}

/// The last day of its month.
fn last_of_month(day: Date) -> Date {
    let rest = (0..31).map(|more| day.plus_days(more));
    rest.take_while(|other| other.month() == day.month()).last().unwrap_or(day)
}

fn leap_date(place: usize) -> Date {
    let place = i32::try_from(place).expect("internal error: a place in a year");
    Date::ymd(LEAP, 1, 1).expect("internal error: 1 January").plus_days(place)
}

fn place(day: Date) -> usize {
    let first = Date::ymd(LEAP, 1, 1).expect("internal error: 1 January");
    let same = Date::ymd(LEAP, day.month().number(), day.day()).expect("internal error: a leap year has all");
    usize::try_from(same.days_since(first)).expect("internal error: not before 1 January")
}

/// The fewest rules whose dates inside `horizon` are exactly those of `days`, `days` being known over `observed`.
pub(super) fn rules(days: &BTreeSet<Date>, observed: Window<Date>, horizon: Window<Date>) -> Vec<Dates> {
    let near: BTreeSet<Date> = days.iter().copied().filter(|day| horizon.contains(*day)).collect();
    let best = |days: &BTreeSet<Date>, window: Window<Date>, yearly: bool| {
        let seen = Weekdays::of(days.iter().copied());
        let ways = [Weekdays::ALL, seen].into_iter().filter_map(|weekdays| {
            let rules = Year::of(days, weekdays, window)?.rules(weekdays, yearly);
            let found: BTreeSet<Date> = rules.iter().flat_map(|dates| dates.days(horizon)).collect();
            (found == near).then_some(rules)
        });
        ways.min_by_key(Vec::len)
    };
    let every_year = best(days, observed, true);
    let is_plain = every_year.as_ref().is_some_and(|rules| rules.len() == 1);
    let yearly = every_year.as_ref().map_or(usize::MAX, Vec::len);
    if let Some(monthly) = monthly(days, observed).filter(|rules| !is_plain && rules.len() < yearly) {
        return monthly;
    }
    let mut rules = match every_year {
        Some(rules) if rules.len() <= FEW => rules,
        other => {
            let only_then = best(&near, horizon, false);
            other.into_iter().chain(only_then).min_by_key(Vec::len).unwrap_or_else(|| once(&near))
        }
    };
    rules.retain(|dates| !dates.days(horizon).is_empty());
    rules
}

/// The rules for windows of more than a day that begin on `days`: a date of every year, weekdays, or dates of one year.
pub(super) fn unbroken(days: &BTreeSet<Date>, observed: Window<Date>, reach: Window<Date>) -> Vec<Dates> {
    let once = |days: BTreeSet<Date>| -> Vec<Dates> { days.into_iter().map(Dates::once).collect() };
    let near = || days.iter().copied().filter(|day| reach.contains(*day)).collect::<BTreeSet<Date>>();
    let places: BTreeSet<usize> = days.iter().map(|day| place(*day)).collect();
    if let (1, Some(place)) = (places.len(), places.first().copied()) {
        let rule = Rule::EveryYear(place);
        let mut years = observed.from.year() + 1..observed.until.year();
        let yearly = years.all(|year| rule.in_year(year).iter().all(|day| days.contains(day)));
        let every_year = Dates { from: rule, to: rule, weekdays: Weekdays::ALL, yearly };
        return if yearly { vec![every_year] } else { once(near()) };
    }
    let rules = rules(days, observed, reach).into_iter();
    let single = |rule: &Dates| rule.from == rule.to && !rule.from.is_monthly();
    // Of a single day the weekday cannot be written beside its clock times.
    rules.flat_map(|rule| if single(&rule) { once(rule.days(reach)) } else { vec![rule] }).collect()
}

/// The same days of several months, if they are: `28 of month` to `last day of month`, `1 of 1,4,7,10`.
fn monthly(days: &BTreeSet<Date>, observed: Window<Date>) -> Option<Vec<Dates>> {
    let days: BTreeSet<Date> = days.iter().copied().filter(|day| observed.contains(*day)).collect();
    let firsts = days.iter().filter(|day| !days.contains(&day.plus_days(-1)));
    let runs = firsts.filter_map(|first| {
        let last = days.range(*first..).find(|day| !days.contains(&day.next()))?;
        let is_whole = *first > observed.from && last.next() < observed.until;
        is_whole.then_some((*first, *last))
    });
    let runs: Vec<(Date, Date)> = runs.collect();
    // The 28th is the last day of some months: each way is tried.
    let ways = [(false, false), (false, true), (true, true), (true, false)];
    let rules = ways.into_iter().filter_map(|way| months(&runs, way));
    let exact = rules.filter(|rules| {
        let said: BTreeSet<Date> = rules.iter().flat_map(|dates| dates.days(observed)).collect();
        said == days
    });
    exact.min_by_key(Vec::len)
}

/// Runs that begin on one day of the month and end on one, as a rule each; none where they are not in several months each.
fn months(runs: &[(Date, Date)], (from_last, to_last): (bool, bool)) -> Option<Vec<Dates>> {
    /// Every month has so many days.
    const SURE: u32 = 28;
    /// Fewer months are a date of the year each.
    const SEVERAL: usize = 3;
    let of_month = |day: Date, is_last: bool| {
        if is_last {
            (last_of_month(day) == day).then_some(0)
        } else {
            Some(day.day()).filter(|day| *day <= SURE)
        }
    };
    let mut by_days: BTreeMap<(u32, u32), Vec<(Date, Date)>> = BTreeMap::new();
    for (first, last) in runs {
        let key = (of_month(*first, from_last)?, of_month(*last, to_last)?);
        by_days.entry(key).or_default().push((*first, *last));
    }
    let rule = |day: u32, months: Months| match day {
        0 => Rule::LastOfMonth(months),
        day => Rule::OfMonth(day, months),
    };
    let dates = |((from, to), runs): ((u32, u32), Vec<(Date, Date)>)| {
        let firsts = Months::of(runs.iter().map(|(first, _)| *first));
        let lasts = Months::of(runs.iter().map(|(_, last)| *last));
        (firsts.numbers().count() >= SEVERAL).then(|| Dates {
            from: rule(from, firsts),
            to: rule(to, lasts),
            weekdays: Weekdays::ALL,
            yearly: true,
        })
    };
    by_days.into_iter().map(dates).collect()
}

/// Runs of dates, each once.
fn once(days: &BTreeSet<Date>) -> Vec<Dates> {
    let weekdays = Weekdays::of(days.iter().copied());
    let follows =
        |last: Date, day: Date| (1..day.days_since(last)).all(|ahead| !weekdays.has(last.plus_days(ahead)));
    let mut runs: Vec<(Date, Date)> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some((_, last)) if follows(*last, *day) => *last = *day,
            Some(_) | None => runs.push((*day, *day)),
        }
    }
    let dates = |(from, to)| Dates { from: Rule::Once(from), to: Rule::Once(to), weekdays, yearly: false };
    runs.into_iter().map(dates).collect()
}

/// What the years say of each day of the year.
struct Year([Option<bool>; YEAR]);

impl Year {
    /// None where two years contradict each other.
    fn of(days: &BTreeSet<Date>, weekdays: Weekdays, window: Window<Date>) -> Option<Self> {
        let mut year = [None; YEAR];
        let all = (0..window.until.days_since(window.from)).map(|n| window.from.plus_days(n));
        for day in all.filter(|day| weekdays.has(*day)) {
            let (taken, known) = (days.contains(&day), &mut year[place(day)]);
            match known {
                Some(before) if *before != taken => return None,
                Some(_) | None => *known = Some(taken),
            }
        }
        Some(Self(year))
    }

    fn rules(&self, weekdays: Weekdays, yearly: bool) -> Vec<Dates> {
        let dates =
            |(from, to)| Dates { from: Rule::EveryYear(from), to: Rule::EveryYear(to), weekdays, yearly };
        self.runs().into_iter().map(dates).collect()
    }

    /// First and last day of each stretch of taken days, over New Year too.
    fn runs(&self) -> Vec<(usize, usize)> {
        let Some(gap) = self.0.iter().position(|taken| *taken == Some(false)) else {
            return if self.0.contains(&Some(true)) { vec![(0, YEAR - 1)] } else { Vec::new() };
        };
        let mut runs = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        for day in (gap + 1..=gap + YEAR).map(|day| day % YEAR) {
            if self.0[day] == Some(false) {
                runs.extend(self.trimmed(&open));
                open.clear();
            } else {
                open.push(day);
            }
        }
        runs.sort_unstable();
        runs
    }

    /// A stretch without its ends of which nothing is known, but for those that fill a month.
    fn trimmed(&self, stretch: &[usize]) -> Vec<(usize, usize)> {
        let taken = |day: &usize| self.0[*day] == Some(true);
        let Some(first) = stretch.iter().position(taken) else { return Vec::new() };
        let last = stretch.iter().rposition(taken).expect("internal error: there is a first");
        let begins = |day: &usize| leap_date(*day).day() == 1;
        let ends = |day: &usize| leap_date(*day).next().day() == 1;
        let first = stretch[..=first].iter().rposition(begins).unwrap_or(first);
        let last = stretch[last..].iter().position(ends).map_or(last, |more| last + more);
        // Nothing is known of 29 February where no leap year is near.
        let last = if stretch.get(last + 1) == Some(&LEAP_DAY) && self.0[LEAP_DAY].is_none() {
            last + 1
        } else {
            last
        };
        let (from, to) = (stretch[first], stretch[last]);
        if from > to && last - first > LONGEST_OVER_NEW_YEAR as usize {
            return vec![(0, to), (from, YEAR - 1)];
        }
        vec![(from, to)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HORIZON: i32 = 2026;

    fn year() -> Window<Date> {
        Window::new(Date::ymd(HORIZON, 1, 1).unwrap(), Date::ymd(HORIZON + 1, 1, 1).unwrap())
    }

    /// The rules for the days of 2024 to 2028 that `taken` takes.
    fn said(taken: impl Fn(Date) -> bool) -> Vec<String> {
        let observed = Window::new(Date::ymd(2024, 1, 1).unwrap(), Date::ymd(2029, 1, 1).unwrap());
        let all = (0..observed.until.days_since(observed.from)).map(|n| observed.from.plus_days(n));
        let rules = rules(&all.filter(|day| taken(*day)).collect(), observed, year());
        let said = rules.iter().map(|dates| {
            let days = dates.weekdays.text().map_or(String::new(), |days| format!(" {days}"));
            let only = if dates.yearly { "" } else { " only then" };
            format!("{}..{}{days}{only}", dates.from.text(), dates.to.text())
        });
        said.collect()
    }

    fn between(day: Date, from: (u32, u32), to: (u32, u32)) -> bool {
        let own = (day.month().number(), day.day());
        if from <= to { from <= own && own <= to } else { from <= own || own <= to }
    }

    #[test]
    fn dates_of_every_year_are_rules_of_every_year() {
        assert_eq!(said(|day| between(day, (9, 1), (10, 15))), ["09-01..10-15"]);
        assert_eq!(said(|day| between(day, (11, 15), (1, 6))), ["11-15..01-06"]);
        assert_eq!(said(|_| true), ["01-01..12-31"]);
        assert_eq!(said(|day| between(day, (2, 1), (2, 29))), ["02-01..03-01 - 1d"]);
        assert_eq!(said(|day| between(day, (8, 1), (6, 30))), ["01-01..06-30", "08-01..12-31"], "334 days");
        assert_eq!(said(|day| between(day, (9, 28), (9, 28))), ["09-28..09-28"], "on whatever weekday");
    }

    #[test]
    fn weekdays_of_a_month_are_the_month_and_the_weekdays() {
        let weekday = |day: Date| day.weekday().index() < 5;
        // 1 August 2026 is a Saturday: the first Monday is not a beginning of a rule.
        assert_eq!(said(|day| weekday(day) && between(day, (8, 1), (8, 31))), ["08-01..08-31 mon-fri"]);
        assert_eq!(said(|day| day.weekday().index() >= 5), ["01-01..12-31 sat,sun"]);
    }

    #[test]
    fn days_of_every_month_are_one_rule() {
        assert_eq!(said(|day| day.day() >= 28), ["28 of month..last day of month"]);
        assert_eq!(
            said(|day| [1, 15].contains(&day.day())),
            ["1 of month..1 of month", "15 of month..15 of month"]
        );
        let quarter = |day: Date| day.month().number() % 3 == 1 && day.day() <= 3;
        assert_eq!(said(quarter), ["1 of 1,4,7,10..3 of 1,4,7,10"]);
        let over = |day: Date| match day.month().number() % 3 {
            0 => day.day() >= 27,
            1 => day.day() <= 4,
            _ => false,
        };
        assert_eq!(said(over), ["27 of 3,6,9,12..4 of 1,4,7,10"]);
        // Two months are two dates of the year.
        let twice = |day: Date| day.month().number() % 6 == 1 && day.day() == 1;
        assert_eq!(said(twice), ["01-01..01-01", "07-01..07-01"]);
        assert_eq!(said(|day| day.day() == 15), ["15 of month..15 of month"]);
        assert_eq!(said(|day| day.day() >= 25 || day.day() <= 3), ["25 of month..3 of month"]);
        assert_eq!(said(|day| day.next().day() == 1), ["last day of month..last day of month"]);
        assert_ne!(said(|day| day.day() == 15 && day.month().number() != 8), ["15 of month..15 of month"]);
    }

    #[test]
    fn dates_that_differ_from_year_to_year_hold_for_the_horizon_only() {
        let in_2026 = |day: Date| day.year() == HORIZON && between(day, (4, 3), (4, 6));
        assert_eq!(said(in_2026), ["04-03..04-06 only then"]);
        assert_eq!(said(|day| day.year() == 2027), Vec::<String>::new());
    }
}

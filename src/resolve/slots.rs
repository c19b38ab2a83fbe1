//! Slots: the windows of a season's days that have the same clock times. This is the one place that decides which days a
//! season takes; each slot becomes an origin, and the origin remembers.

use super::Resolver;
use super::origin::{Holiday, LeftOut};
use crate::dates::{Workdays, weekdays_text};
use crate::name::SetName;
use crate::policy::{DayRule, HoursOn, Taken, Terms};
use crate::profile::TerritoryId;
use crate::source::{Located, Span};
use crate::time::{Date, Hours, LocalTime, TimeOfDay, Window};

/// Windows with the same clock times.
pub(super) struct Slot {
    pub(super) hours: Hours,
    /// Which days they are, in words of the policy.
    pub(super) rule: String,
    /// The days on which they begin, in order.
    pub(super) days: Vec<Date>,
    pub(super) left_out: Vec<LeftOut>,
    /// Where the hours are written.
    pub(super) written: Option<Span>,
    /// Monday first: on which weekdays they can begin.
    weekdays: [bool; 7],
}

impl Slot {
    fn new(hours: Hours, rule: String, weekdays: [bool; 7], written: Option<Span>) -> Self {
        Self { hours, rule, days: Vec::new(), left_out: Vec::new(), written, weekdays }
    }
}

/// The slots of stretches that run from a clock time on their first day to one on their last day, without a break.
pub(super) fn unbroken(
    stretches: &[Window<Date>],
    (from, until): (Option<TimeOfDay>, Option<TimeOfDay>),
    horizon: Window<LocalTime>,
) -> Vec<Slot> {
    let (from, until) = (from.unwrap_or(TimeOfDay::MIDNIGHT), until.unwrap_or(TimeOfDay::END_OF_DAY));
    let mut slots: Vec<Slot> = Vec::new();
    for stretch in stretches {
        let days = stretch.until.days_since(stretch.from) - 1;
        let Ok(days) = u32::try_from(days) else { continue };
        let hours = Hours::between(from, days, until);
        if hours.on(stretch.from).intersection(horizon).is_none() {
            continue;
        }
        let at = slots.iter().position(|slot| slot.hours == hours).unwrap_or_else(|| {
            let rule = if days == 0 {
                "mon-sun".to_owned()
            } else {
                format!("from {from} to {until} of the last day")
            };
            slots.push(Slot::new(hours, rule, [true; 7], None));
            slots.len() - 1
        });
        slots[at].days.push(stretch.from);
    }
    slots
}

/// The slots of stretches whose days have their own hours each.
pub(super) fn by_day(
    resolver: &Resolver<'_>,
    (territory, terms): (Option<TerritoryId>, &Terms),
    (stretches, horizon): (&[Window<Date>], Window<Date>),
) -> Vec<Slot> {
    let mut slots = written(terms);
    let usual = slots.len();
    let special = special(resolver, territory, terms, &mut slots);
    // A window that begins before the horizon reaches into its first days.
    let longest = slots.iter().map(|slot| slot.hours.days_over()).max().unwrap_or(0);
    let first = before(horizon.from, longest);
    let chooser = Chooser { resolver, territory, terms, workdays: resolver.workdays(territory) };
    let mut next = first;
    for stretch in stretches {
        let Some(inside) = stretch.intersection(Window::new(next, horizon.until)) else { continue };
        next = inside.until;
        for day in (0..inside.until.days_since(inside.from)).map(|number| inside.from.plus_days(number)) {
            let mut here: Vec<usize> =
                (0..usual).filter(|at| slots[*at].weekdays[day.weekday().index()]).collect();
            // Where a day is left out, it is the season's own hours that it lacks.
            let Some(first) = here.first().copied() else { continue };
            if let Some((_, own)) = special.iter().find(|(date, _)| *date == day) {
                here.clone_from(own);
            }
            match chooser.choose(day) {
                Choice::Taken => {
                    for at in here {
                        if day >= before(horizon.from, slots[at].hours.days_over()) {
                            slots[at].days.push(day);
                        }
                    }
                }
                Choice::LeftOut(holidays) if horizon.contains(day) => {
                    slots[first].left_out.push(LeftOut { day, holidays });
                }
                Choice::LeftOut(_) | Choice::No => {}
            }
        }
    }
    for slot in slots.iter_mut().skip(usual) {
        slot.rule = dates(&slot.days);
    }
    slots.retain(|slot| !slot.days.is_empty() || !slot.left_out.is_empty());
    slots
}

/// The slots that the policy writes for every day or by weekday.
fn written(terms: &Terms) -> Vec<Slot> {
    let rule = text(terms);
    if let Some((from, days, until)) = terms.days.value.span {
        let hours = Hours::Span { from, days, until };
        return vec![Slot::new(hours, rule, terms.days.value.weekdays, None)];
    }
    let Some(hours) = &terms.hours else {
        return vec![Slot::new(Hours::AllDay, rule, [true; 7], None)];
    };
    let slot = |(weekdays, window): &([bool; 7], Located<Hours>)| {
        let rule = if hours.value.by_weekday {
            let of = format!(" of {}", terms.days.value.text);
            let of =
                if terms.hours_are_apart && !terms.days.value.is_every_day() { of } else { String::new() };
            with_sets(terms, weekdays_text(*weekdays) + &of)
        } else {
            rule.clone()
        };
        Slot::new(window.value, rule, *weekdays, Some(window.span))
    };
    hours.value.windows.iter().map(slot).collect()
}

/// Dates with hours of their own, each with its slots, which are added to `slots`.
fn special(
    resolver: &Resolver<'_>,
    territory: Option<TerritoryId>,
    terms: &Terms,
    slots: &mut Vec<Slot>,
) -> Vec<(Date, Vec<usize>)> {
    let horizon = resolver.horizon();
    let years = horizon.from.year() - 1..=horizon.until.year() + 1;
    let mut special = Vec::new();
    for on in &terms.hours_on {
        let own: Vec<usize> = on
            .windows
            .iter()
            .map(|window| {
                slots.push(Slot::new(window.value, String::new(), [true; 7], Some(window.span)));
                slots.len() - 1
            })
            .collect();
        let workdays = resolver.workdays(territory);
        let dates = years.clone().flat_map(|year| on.date.value.in_year(year, workdays));
        special.extend(dates.map(|date| (date, own.clone())));
    }
    special
}

/// A date of the plan for which `hours-on` has hours.
pub(super) struct SpecialDate {
    pub(super) day: Date,
    /// Where the rule of the date is written.
    pub(super) key: Span,
    pub(super) hours: Vec<Hours>,
    pub(super) fate: Fate,
    /// The nearest day of the plan that the season takes, where it does not take this one.
    pub(super) nearest: Option<Date>,
}

/// What becomes of such a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// The season has it, with these hours.
    Held,
    /// It would, were it no holiday.
    Free,
    /// It is not a day that the season takes.
    NotTaken,
    /// It lies outside of the season.
    Outside,
}

const A_YEAR: i32 = 366;

/// The dates of `hours-on` inside the plan, in the order of the keys.
pub(super) fn special_dates(
    resolver: &Resolver<'_>,
    (territory, terms): (Option<TerritoryId>, &Terms),
    stretches: &[Window<Date>],
) -> Vec<SpecialDate> {
    let horizon = resolver.horizon();
    let workdays = resolver.workdays(territory);
    let usual = written(terms);
    let chooser = Chooser { resolver, territory, terms, workdays };
    let fate = |day: Date| {
        if !stretches.iter().any(|dates| dates.contains(day)) {
            return Fate::Outside;
        }
        if !usual.iter().any(|slot| slot.weekdays[day.weekday().index()]) {
            return Fate::NotTaken;
        }
        match chooser.choose(day) {
            Choice::Taken => Fate::Held,
            Choice::LeftOut(_) => Fate::Free,
            Choice::No => Fate::NotTaken,
        }
    };
    let of_key = |on: &HoursOn| {
        let years = horizon.from.year() - 1..=horizon.until.year() + 1;
        let days = years.flat_map(|year| on.date.value.in_year(year, workdays));
        let hours: Vec<Hours> = on.windows.iter().map(|window| window.value).collect();
        let is_held = |day: &Date| horizon.contains(*day) && fate(*day) == Fate::Held;
        let nearest = |day: Date| {
            (1..=A_YEAR).find_map(|apart| {
                [day.plus_days(-apart), day.plus_days(apart)].into_iter().find(|other| is_held(other))
            })
        };
        let date = |day| {
            let fate = fate(day);
            let nearest = (fate == Fate::Outside).then(|| nearest(day)).flatten();
            SpecialDate { day, key: on.date.span, hours: hours.clone(), fate, nearest }
        };
        days.filter(|day| horizon.contains(*day)).map(date).collect::<Vec<_>>()
    };
    terms.hours_on.iter().flat_map(of_key).collect()
}

/// What comes of a day.
enum Choice {
    Taken,
    LeftOut(Vec<Holiday>),
    No,
}

struct Chooser<'r> {
    resolver: &'r Resolver<'r>,
    territory: Option<TerritoryId>,
    terms: &'r Terms,
    workdays: &'r Workdays,
}

impl Chooser<'_> {
    fn choose(&self, day: Date) -> Choice {
        let rule: &DayRule = &self.terms.days.value;
        match rule.takes(day, self.workdays) {
            Taken::No => return Choice::No,
            Taken::UnlessHoliday => return Choice::LeftOut(self.resolver.holidays(self.territory, day)),
            Taken::Yes => {}
        }
        let of = |sets: &[Located<SetName>]| {
            self.resolver.holidays_of(sets.iter().map(|set| &set.value), self.territory, day)
        };
        if !self.terms.only.iter().all(|set| !of(std::slice::from_ref(set)).is_empty()) {
            return Choice::No;
        }
        let except = of(&self.terms.except);
        if except.is_empty() { Choice::Taken } else { Choice::LeftOut(except) }
    }
}

/// The days in words of the policy, with the sets that take days out.
fn text(terms: &Terms) -> String {
    with_sets(terms, terms.days.value.text.clone())
}

fn with_sets(terms: &Terms, mut text: String) -> String {
    let names = |sets: &[Located<SetName>]| {
        sets.iter().map(|set| set.value.to_string()).collect::<Vec<_>>().join(" and ")
    };
    if !terms.only.is_empty() {
        text.push_str(&format!(" only in {}", names(&terms.only)));
    }
    if !terms.except.is_empty() {
        text.push_str(&format!(" except in {}", names(&terms.except)));
    }
    text
}

/// `on 24 Dec, 31 Dec`
fn dates(days: &[Date]) -> String {
    const MOST: usize = 4;
    let said = days.iter().take(MOST).map(|day| format!("{} {}", day.day(), day.month().short()));
    let said: Vec<String> = said.collect();
    let more = days.len().saturating_sub(MOST);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("on {}{more}", said.join(", "))
}

/// The day so many days before another one.
pub(super) fn before(day: Date, days: u32) -> Date {
    day.plus_days(-i32::try_from(days).expect("internal error: at most a year"))
}

//! Holiday sets as dates: what working days are not.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::OnceLock;

use super::origin::Holiday;
use crate::dates::Workdays;
use crate::name::SetName;
use crate::policy::HolidaySet;
use crate::time::Date;

/// A working week, Monday first.
pub(super) type Week = [bool; 7];

type Days = BTreeMap<Date, Vec<Holiday>>;

/// The holidays of each set over some years, for each working week: a substitute falls on another day where people work on
/// Sundays.
pub(super) struct Holidays {
    weeks: BTreeMap<Week, BTreeMap<SetName, Set>>,
}

/// A holiday set in a working week.
struct Set {
    own: Days,
    include: Vec<SetName>,
    /// With those that it includes: made for the sets that somebody asks for, since each may include all after it.
    whole: OnceLock<Days>,
}

impl Holidays {
    /// Every date of every set in `years`.
    pub(super) fn over(sets: &[HolidaySet], years: &RangeInclusive<i32>, weeks: &BTreeSet<Week>) -> Self {
        // `01-01 - 1d` and `12-31 + 1d` lie in a neighbour of their anchor's year.
        let around = years.start() - 1..=years.end() + 1;
        let in_week = |set: &HolidaySet, week: Week| Set {
            own: own_days(set, &around, week),
            include: set.include.iter().map(|other| other.value.clone()).collect(),
            whole: OnceLock::new(),
        };
        let of_week = |week: &Week| {
            let all = sets.iter().map(|set| (set.name.clone(), in_week(set, *week)));
            (*week, all.collect())
        };
        Self { weeks: weeks.iter().map(of_week).collect() }
    }

    /// The holidays of `names` on `day`.
    pub(super) fn on<'n>(
        &self,
        names: impl Iterator<Item = &'n SetName>,
        week: Week,
        day: Date,
    ) -> Vec<Holiday> {
        let sets = names.filter_map(|name| self.whole(week, name));
        sets.filter_map(|days| days.get(&day)).flatten().cloned().collect()
    }

    /// All days of `names`.
    pub(super) fn days<'n>(&self, names: impl Iterator<Item = &'n SetName>, week: Week) -> BTreeSet<Date> {
        names.filter_map(|name| self.whole(week, name)).flat_map(|days| days.keys().copied()).collect()
    }

    /// The days of a set, with those that it includes.
    fn whole(&self, week: Week, name: &SetName) -> Option<&Days> {
        let sets = &self.weeks[&week];
        let set = sets.get(name)?;
        Some(set.whole.get_or_init(|| with_included(name, sets)))
    }
}

/// The days of a set without those that it includes. Substitutes come last, in the order of the file: each takes the next
/// working day that is free of the set's days and of earlier substitutes.
fn own_days(set: &HolidaySet, years: &RangeInclusive<i32>, week: Week) -> Days {
    let mut days = Days::new();
    let mut free = Workdays::new(week, BTreeSet::new());
    let mut rules: Vec<_> = set.days.iter().collect();
    rules.sort_by_key(|(_, rule)| rule.value.from.needs_workdays());
    for (name, rule) in rules {
        let stretches = rule.value.in_years(years.clone(), &free);
        let dated: Vec<Date> = stretches
            .into_iter()
            .flat_map(|days| (0..days.until.days_since(days.from)).map(move |day| days.from.plus_days(day)))
            .collect();
        for day in &dated {
            let holiday = Holiday { set: set.name.clone(), name: name.clone(), span: rule.span };
            let known = days.entry(*day).or_default();
            // An observed day that is the day itself is not a second holiday.
            let is_said = rule.value.from.needs_workdays() && !known.is_empty();
            if !is_said && !known.contains(&holiday) {
                known.push(holiday);
            }
        }
        free = free.less(dated);
    }
    days
}

fn with_included(name: &SetName, sets: &BTreeMap<SetName, Set>) -> Days {
    let mut all = Days::new();
    let mut seen: BTreeSet<&SetName> = BTreeSet::new();
    let mut open = vec![name];
    while let Some(name) = open.pop() {
        let Some(set) = sets.get(name).filter(|_| seen.insert(name)) else { continue };
        for (day, holidays) in &set.own {
            all.entry(*day).or_default().extend(holidays.iter().cloned());
        }
        open.extend(set.include.iter().rev());
    }
    all
}

//! Holiday sets as dates: what `workdays` leaves out.

use std::collections::BTreeMap;

use super::origin::Holiday;
use crate::name::Slug;
use crate::policy::HolidaySet;
use crate::time::{Date, Window};

/// The holidays of each set over a stretch of dates.
pub(super) struct Holidays {
    sets: BTreeMap<Slug, BTreeMap<Date, Vec<Holiday>>>,
}

impl Holidays {
    /// Every date of every set inside `dates`.
    pub(super) fn over(sets: &[HolidaySet], dates: Window<Date>) -> Self {
        // `01-01 - 1d` and `12-31 + 1d` lie in a neighbour of their anchor's year.
        let years = dates.from.year() - 1..=dates.until.year() + 1;
        let mut resolved = BTreeMap::new();
        for set in sets {
            let days: &mut BTreeMap<Date, Vec<Holiday>> = resolved.entry(set.name.clone()).or_default();
            for (name, rule) in &set.days {
                let dated = years.clone().filter_map(|year| rule.value.in_year(year));
                for day in dated.filter(|day| dates.contains(*day)) {
                    let holiday = Holiday { set: set.name.clone(), name: name.clone(), span: rule.span };
                    let known = days.entry(day).or_default();
                    if !known.contains(&holiday) {
                        known.push(holiday);
                    }
                }
            }
        }
        Self { sets: resolved }
    }

    /// The holidays of `names` on `day`.
    pub(super) fn on<'n>(&self, names: impl Iterator<Item = &'n Slug>, day: Date) -> Vec<Holiday> {
        let sets = names.filter_map(|name| self.sets.get(name));
        sets.filter_map(|days| days.get(&day)).flatten().cloned().collect()
    }
}

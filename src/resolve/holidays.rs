//! Holiday sets as dates: what `workdays` leaves out.

use std::collections::{BTreeMap, BTreeSet};

use crate::name::Slug;
use crate::policy::HolidaySet;
use crate::time::{Date, Window};

/// The holidays of each set over a stretch of dates.
pub(super) struct Holidays {
    sets: BTreeMap<Slug, BTreeSet<Date>>,
}

impl Holidays {
    /// Every date of every set inside `dates`.
    pub(super) fn over(sets: &[HolidaySet], dates: Window<Date>) -> Self {
        let years = dates.from.year() - 1..=dates.until.year() + 1;
        let mut resolved = BTreeMap::new();
        for set in sets {
            let days: &mut BTreeSet<Date> = resolved.entry(set.name.clone()).or_default();
            for (_, rule) in &set.days {
                let dated = years.clone().filter_map(|year| rule.value.in_year(year));
                days.extend(dated.filter(|day| dates.contains(*day)));
            }
        }
        Self { sets: resolved }
    }

    /// Whether `day` is a holiday in any of `names`.
    pub(super) fn any<'n>(&self, mut names: impl Iterator<Item = &'n Slug>, day: Date) -> bool {
        names.any(|name| self.sets.get(name).is_some_and(|days| days.contains(&day)))
    }
}

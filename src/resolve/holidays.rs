//! Holiday sets as dates: what `workdays` leaves out.

use std::collections::{BTreeMap, BTreeSet};

use super::diags;
use super::rule::DateRule;
use crate::diagnostic::Diagnostic;
use crate::name::Slug;
use crate::policy::HolidaySet;
use crate::time::{Date, Window};

/// The holidays of each set over a stretch of dates.
pub(super) struct Holidays {
    sets: BTreeMap<Slug, BTreeSet<Date>>,
}

impl Holidays {
    /// Every date of every set inside `dates`.
    pub(super) fn over(sets: &[HolidaySet], dates: Window<Date>, problems: &mut Vec<Diagnostic>) -> Self {
        let years = dates.from.year() - 1..=dates.until.year() + 1;
        let mut resolved = BTreeMap::new();
        for set in sets {
            let days: &mut BTreeSet<Date> = resolved.entry(set.name.clone()).or_default();
            for (_, text) in &set.days {
                match DateRule::parse(&text.value) {
                    Ok(rule) => days.extend(
                        years
                            .clone()
                            .filter_map(|year| rule.in_year(year))
                            .filter(|day| dates.contains(*day)),
                    ),
                    Err(flaw) => problems.push(diags::bad_date_rule(&flaw, text.span)),
                }
            }
        }
        Self { sets: resolved }
    }

    /// Whether `day` is a holiday in any of `names`.
    pub(super) fn any<'n>(&self, mut names: impl Iterator<Item = &'n Slug>, day: Date) -> bool {
        names.any(|name| self.sets.get(name).is_some_and(|days| days.contains(&day)))
    }
}

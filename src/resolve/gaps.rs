//! Gaps: what a season leaves out where its calendar looks as if it were there. They are gathered over its places, so that
//! each is said once, with all of them.

use super::slots::{Fate, SpecialDate};
use super::{Resolver, diags};
use crate::dates::{Boundary, Due, Gap, Open};
use crate::policy::{Season, Terms};
use crate::profile::TerritoryId;
use crate::source::{Located, Span};
use crate::time::{Date, Window};

/// What a season leaves out, by place.
#[derive(Default)]
pub(super) struct Gaps<'p> {
    /// Whether any place has dates of it inside the plan.
    pub(super) has_dates: bool,
    unended: Vec<Unended<'p>>,
    /// First days that are not there, where no other is in the plan.
    unbegun: Vec<(Located<Due>, bool)>,
    special: Vec<SpecialDate>,
}

/// First days in a place whose last ones are not there.
struct Unended<'p> {
    place: Option<TerritoryId>,
    to: &'p Located<Boundary>,
    open: Vec<Open>,
}

impl<'p> Gaps<'p> {
    /// Takes the first days of a place whose last ones are not there; whether any would lie in the plan.
    pub(super) fn unended(
        &mut self,
        place: Option<TerritoryId>,
        terms: &'p Terms,
        (open, planned): (&[Open], Window<Date>),
    ) -> bool {
        let lies_there =
            |open: &&Open| Window::new(open.first, open.end.next()).intersection(planned).is_some();
        let open: Vec<Open> = open.iter().filter(lies_there).copied().collect();
        let has_gap = !open.is_empty();
        if has_gap {
            self.unended.push(Unended { place, to: &terms.to, open });
        }
        has_gap
    }

    /// Takes a first day that is not there, in a place that has no other one, and whether it is the whole season.
    pub(super) fn unbegun(&mut self, first: Located<Due>, is_one_day: bool) {
        self.unbegun.push((first, is_one_day));
    }

    /// Takes what becomes of the dates of `hours-on` in a place; two of them on one day are reported.
    pub(super) fn special(&mut self, title: &str, dates: Vec<SpecialDate>, resolver: &mut Resolver<'_>) {
        let held = |date: &&SpecialDate| matches!(date.fate, Fate::Held);
        for (at, one) in dates.iter().enumerate().filter(|(_, one)| held(one)) {
            let same = |other: &&SpecialDate| other.day == one.day && other.hours != one.hours;
            if let Some(first) = dates[..at].iter().filter(held).find(same) {
                resolver.problems.push(diags::hours_on_twice(title, one.day, first.key, one.key));
            }
        }
        self.special.extend(dates);
    }

    /// Reports them all.
    pub(super) fn report(&self, resolver: &mut Resolver<'_>, season: &Season) {
        let title = format!("season `{}`", season.name);
        let mut ends: Vec<Span> = self.unended.iter().map(|unended| unended.to.span).collect();
        ends.sort_unstable();
        ends.dedup();
        for to in ends {
            self.report_unended(&title, to, resolver, season);
        }
        // Where another place has it, `if workday` is meant: the season is there where people work.
        if let Some((first, is_one_day)) = self.unbegun.first().filter(|_| !self.has_dates) {
            resolver.problems.push(diags::first_day_missing(&title, *first, *is_one_day));
        }
        let mut keys: Vec<Span> = self.special.iter().map(|date| date.key).collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            let mut dates = self.special.iter().filter(|date| date.key == key);
            let is_idle = dates.clone().all(|date| matches!(date.fate, Fate::NotTaken | Fate::Outside));
            if let Some(date) = dates.next().filter(|_| is_idle) {
                resolver.problems.push(diags::hours_on_no_day(&title, date, season.general.from.span));
            }
        }
    }

    fn report_unended(&self, title: &str, to: Span, resolver: &mut Resolver<'_>, season: &Season) {
        let policy = resolver.policy;
        let here = || self.unended.iter().filter(|unended| unended.to.span == to);
        let mut places: Vec<&str> = here()
            .filter_map(|unended| Some(policy.profile.territories[unended.place?.0].code.as_str()))
            .collect();
        places.sort_unstable();
        places.dedup();
        let mut open: Vec<Open> = here().flat_map(|unended| unended.open.clone()).collect();
        open.sort_by_key(|open| (open.first, open.end));
        open.dedup();
        let (Some(first), Some(rule)) = (open.first(), here().next().map(|unended| &unended.to.value.rule))
        else {
            return;
        };
        let instead = match first.gap {
            Gap::NotAtWork => diags::ALWAYS_AT_WORK.to_owned(),
            Gap::NotInMonth => {
                let always = rule.always(first.end.month());
                format!("write `{always}`, which there is always, if that is meant")
            }
            Gap::OfSeason => "give the season that it counts from its last day".to_owned(),
        };
        let counts = |other: &&Season| {
            let ends = [&other.general.from, &other.general.to];
            let named = ends.into_iter().filter_map(|end| end.value.rule.season());
            named.into_iter().any(|end| end.season == season.name.as_str())
        };
        let counting = policy.calendar.seasons.iter().filter(counts);
        let counting: Vec<String> = counting.map(|other| format!("`{}`", other.name)).collect();
        let unended = diags::Unended { open: &open, places: &places, counting: &counting, instead };
        let from = season.general.from.span;
        resolver.problems.push(diags::last_day_missing(title, &unended, self.has_dates, [to, from]));
    }
}

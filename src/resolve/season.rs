//! Seasons: the windows of each year inside the horizon, and the lead-ins before them.

use super::{Occurrence, Of, Resolver, diags};
use crate::dates::DateRule;
use crate::policy::Terms;
use crate::profile::TerritoryId;
use crate::time::{Date, Hours, Window};

pub(super) fn resolve(resolver: &mut Resolver<'_>, at: usize, found: &mut Vec<Occurrence>) {
    let season = &resolver.policy.calendar.seasons[at];
    let places = std::iter::once((None, &season.general));
    let places = places.chain(season.territories.iter().map(|(id, terms)| (Some(*id), terms)));
    for (territory, terms) in places {
        let wanted = territory.is_some() || resolver.has_platform_floor(&terms.floors);
        if let Some(place) = Place::new(resolver, at, territory, terms).filter(|_| wanted) {
            place.resolve(resolver, found);
        }
    }
}

/// A season in one territory.
struct Place<'t> {
    at: usize,
    title: String,
    territory: Option<TerritoryId>,
    terms: &'t Terms,
    hours: Hours,
    /// First and last rule.
    rules: (DateRule, DateRule),
}

impl<'t> Place<'t> {
    fn new(
        resolver: &mut Resolver<'_>,
        at: usize,
        territory: Option<TerritoryId>,
        terms: &'t Terms,
    ) -> Option<Self> {
        let title = format!("season `{}`", resolver.policy.calendar.seasons[at].name);
        let hours = match terms.hours {
            None => Hours::AllDay,
            Some(hours) if hours.value.from == hours.value.until => {
                resolver.problems.push(diags::no_minute(&title, hours.span));
                return None;
            }
            Some(hours) => Hours::Daily { from: hours.value.from, until: hours.value.until },
        };
        Some(Self { at, title, territory, terms, hours, rules: (terms.from.value, terms.to.value) })
    }

    fn resolve(&self, resolver: &mut Resolver<'_>, found: &mut Vec<Occurrence>) {
        let horizon = resolver.horizon();
        let problems = resolver.problems.len();
        let seasons = self.seasons(resolver);
        if resolver.problems.len() > problems {
            return;
        }
        if !seasons.iter().any(|dates| dates.intersection(horizon).is_some()) {
            let plan = resolver.policy.calendar.horizon.span;
            resolver.problems.push(diags::outside(&self.title, self.terms.from.span, horizon, plan));
            return;
        }
        let main = self.occurrence(0, None, &seasons, resolver);
        if main.days.is_empty() {
            resolver.problems.push(diags::no_day(&self.title, self.terms.days.span, self.terms.from.span));
        }
        let boundary = self.terms.hours.map_or(self.terms.from.span, |hours| hours.span);
        resolver.check_clock(&self.title, &main, boundary);
        found.push(main);
        self.lead_ins(&seasons, resolver, found);
    }

    /// The dates of the season in every year that may reach into the horizon, uncut.
    fn seasons(&self, resolver: &mut Resolver<'_>) -> Vec<Window<Date>> {
        let horizon = resolver.horizon();
        let mut seasons = Vec::new();
        for year in horizon.from.year() - 1..=horizon.until.year() + 1 {
            let Some(first) = self.rules.0.in_year(year) else { continue };
            let same_year = self.rules.1.in_year(year).filter(|last| *last >= first);
            let Some(last) = same_year.or_else(|| self.rules.1.in_year(year + 1)) else {
                self.report_backwards(year, resolver);
                continue;
            };
            /// A season over New Year is months long, not most of a year: then `to` was meant to lie before `from`.
            const LONGEST_OVER_NEW_YEAR: i32 = 300;
            if same_year.is_none() && last.days_since(first) > LONGEST_OVER_NEW_YEAR {
                self.report_backwards(year, resolver);
                continue;
            }
            seasons.push(Window::new(first, last.next()));
        }
        seasons
    }

    fn report_backwards(&self, year: i32, resolver: &mut Resolver<'_>) {
        let inside = (resolver.horizon().from.year()..=resolver.horizon().until.year()).contains(&year);
        if inside && (self.rules.1.is_once() || self.rules.1.in_year(year).is_some()) {
            let (from, to) = (self.terms.from.span, self.terms.to.span);
            resolver.problems.push(diags::ends_before_it_begins(&self.title, year, from, to));
        }
    }

    fn occurrence(
        &self,
        lead_in: u32,
        index: Option<usize>,
        dates: &[Window<Date>],
        resolver: &Resolver<'_>,
    ) -> Occurrence {
        let horizon = resolver.horizon();
        let overnight = matches!(self.hours, Hours::Daily { from, until } if until <= from);
        // A night that begins before the horizon reaches into its first day.
        let first = if overnight { horizon.from.plus_days(-1) } else { horizon.from };
        let days = dates.iter().filter_map(|dates| dates.intersection(Window::new(first, horizon.until)));
        let days = days
            .flat_map(|dates| (0..dates.until.days_since(dates.from)).map(move |n| dates.from.plus_days(n)));
        let rule = &self.terms.days.value;
        let taken = |day: &Date| {
            rule.weekdays[day.weekday().index()]
                && !(rule.less_holidays && resolver.is_holiday(self.territory, *day))
        };
        Occurrence {
            of: Of::Season(self.at),
            lead_in,
            lead_in_index: index,
            territory: self.territory,
            dates: dates.iter().filter_map(|dates| dates.intersection(horizon)).collect(),
            hours: self.hours,
            days_rule: rule.text.clone(),
            days: days.filter(taken).collect(),
            moves: self.rules.0.moves() || self.rules.1.moves(),
            span: index.map_or(self.terms.span, |at| self.terms.lead_ins[at].span),
        }
    }

    /// Each lead-in lasts until the next shorter one begins, the last one until the season does.
    fn lead_ins(&self, seasons: &[Window<Date>], resolver: &mut Resolver<'_>, found: &mut Vec<Occurrence>) {
        let mut order: Vec<usize> = (0..self.terms.lead_ins.len()).collect();
        order.sort_by_key(|at| std::cmp::Reverse(self.terms.lead_ins[*at].value.days));
        for (number, at) in order.iter().enumerate() {
            let lead_in = &self.terms.lead_ins[*at];
            let next = order.get(number + 1).map(|next| &self.terms.lead_ins[*next]);
            if let Some(same) = next.filter(|next| next.value.days == lead_in.value.days) {
                resolver.problems.push(diags::equal_lead_ins(&self.title, lead_in.span, same.span));
                continue;
            }
            let before = |first: Date, days: u32| {
                first.plus_days(-i32::try_from(days).expect("internal error: at most a year"))
            };
            let ends = next.map_or(0, |next| next.value.days);
            let dates: Vec<_> = seasons
                .iter()
                .map(|season| Window::new(before(season.from, lead_in.value.days), before(season.from, ends)))
                .collect();
            self.check_lead_in(lead_in.span, &dates, ends, resolver);
            let number = u32::try_from(number + 1).expect("internal error: few lead-ins");
            let occurrence = self.occurrence(number, Some(*at), &dates, resolver);
            resolver.check_clock(&self.title, &occurrence, lead_in.span);
            if !occurrence.days.is_empty() {
                found.push(occurrence);
            }
        }
    }

    /// A season that begins inside the plan wants its whole lead-in inside it too.
    fn check_lead_in(
        &self,
        at: crate::source::Span,
        dates: &[Window<Date>],
        ends: u32,
        resolver: &mut Resolver<'_>,
    ) {
        let horizon = resolver.horizon();
        let season = |dates: &Window<Date>| {
            dates.until.plus_days(i32::try_from(ends).expect("internal error: at most a year"))
        };
        let cut = dates.iter().find(|dates| {
            dates.from < horizon.from && season(dates) >= horizon.from && horizon.contains(season(dates))
        });
        if let Some(dates) = cut {
            let plan = resolver.policy.calendar.begins;
            resolver.problems.push(diags::lead_in_before_horizon(&self.title, dates.from, at, horizon, plan));
        }
    }
}

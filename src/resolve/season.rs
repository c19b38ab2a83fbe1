//! Seasons: the windows of each year inside the horizon, and the lead-ins before them.

use super::origin::{LeftOut, OccasionId, Origin, Part, SwitchedOff, Written};
use super::{Resolver, diags, occasion_of_season};
use crate::dates::Lack;
use crate::policy::{Season, Terms};
use crate::profile::TerritoryId;
use crate::source::Span;
use crate::time::{Date, Hours, Window};

/// Where the terms of a season hold: in general, which is for the platform, and in each of its territories.
fn places(season: &Season) -> impl Iterator<Item = (Option<TerritoryId>, &Terms)> {
    let territories = season.territories.iter().map(|(id, terms)| (Some(*id), terms));
    std::iter::once((None, &season.general)).chain(territories)
}

pub(super) fn resolve(resolver: &mut Resolver<'_>, at: usize, occasion: OccasionId) -> Vec<Origin> {
    let season = &resolver.policy.calendar.seasons[at];
    let mut found = Vec::new();
    for (territory, terms) in places(season) {
        let wanted = territory.is_some() || resolver.has_platform_floor(&terms.floors);
        let title = format!("season `{}`", season.name);
        let place = Place { occasion, title, territory, terms };
        if let Some(hours) = place.hours(resolver)
            && wanted
        {
            place.resolve(hours, resolver, &mut found);
        }
    }
    found
}

/// A season that is switched off: everywhere where it has terms, on its dates and those of its longest lead-in.
pub(super) fn switched_off(season: &Season, horizon: Window<Date>) -> SwitchedOff {
    let dates = places(season).flat_map(|(territory, terms)| {
        let longest = terms.lead_ins.first().map_or(0, |lead_in| lead_in.value.days);
        let (seasons, _) = years(terms, horizon);
        let from = move |first: Date| before(first, longest);
        seasons.into_iter().map(move |season| (territory, Window::new(from(season.from), season.until)))
    });
    SwitchedOff { occasion: occasion_of_season(season), dates: dates.collect() }
}

/// The dates of a season in every year that may reach into the horizon, uncut; and the years in which it would end before
/// it begins.
fn years(terms: &Terms, horizon: Window<Date>) -> (Vec<Window<Date>>, Vec<i32>) {
    /// A season over New Year is months long, not most of a year: then `to` was meant to lie before `from`. Who writes the
    /// year of `to` means it.
    const LONGEST_OVER_NEW_YEAR: i32 = 300;
    let (from, to) = (terms.from.value, terms.to.value);
    let (mut seasons, mut backwards) = (Vec::new(), Vec::new());
    for year in horizon.from.year() - 1..=horizon.until.year() + 1 {
        let Some(first) = from.in_year(year) else { continue };
        let same_year = to.in_year(year).filter(|last| *last >= first);
        match same_year.or_else(|| to.in_year(year + 1)) {
            Some(last)
                if same_year.is_some() || to.is_once() || last.days_since(first) <= LONGEST_OVER_NEW_YEAR =>
            {
                seasons.push(Window::new(first, last.next()));
            }
            Some(_) | None => backwards.push(year),
        }
    }
    (seasons, backwards)
}

/// The day so many days before the first.
fn before(first: Date, days: u32) -> Date {
    first.plus_days(-i32::try_from(days).expect("internal error: at most a year"))
}

/// A season in one territory.
struct Place<'t> {
    occasion: OccasionId,
    title: String,
    territory: Option<TerritoryId>,
    terms: &'t Terms,
}

impl Place<'_> {
    /// Its daily hours; none where they hold no minute, which is reported.
    fn hours(&self, resolver: &mut Resolver<'_>) -> Option<Hours> {
        match self.terms.hours {
            None => Some(Hours::AllDay),
            Some(hours) if hours.value.from == hours.value.until => {
                resolver.problems.push(diags::no_minute(&self.title, hours.span));
                None
            }
            Some(hours) => Some(Hours::Daily { from: hours.value.from, until: hours.value.until }),
        }
    }

    fn resolve(&self, hours: Hours, resolver: &mut Resolver<'_>, found: &mut Vec<Origin>) {
        let horizon = resolver.horizon();
        let (seasons, backwards) = years(self.terms, horizon);
        let problems = resolver.problems.len();
        self.report_lacks(resolver);
        for year in backwards {
            self.report_backwards(year, resolver);
        }
        if resolver.problems.len() > problems {
            return;
        }
        if !seasons.iter().any(|dates| dates.intersection(horizon).is_some()) {
            let plan = resolver.policy.calendar.horizon.span;
            resolver.problems.push(diags::outside(&self.title, self.terms.from.span, horizon, plan));
            return;
        }
        let main = self.origin((Part::Main, self.terms.span), &seasons, hours, resolver);
        if main.days.is_empty() {
            resolver.problems.push(diags::no_day(&self.title, self.terms.days.span, self.terms.from.span));
        }
        let boundary = self.terms.hours.map_or(self.terms.from.span, |hours| hours.span);
        let zones = resolver.zones(self.territory, &self.terms.floors);
        resolver.check_clock(&self.title, &main, (&zones, boundary));
        found.push(main);
        self.lead_ins(&seasons, hours, resolver, found);
    }

    /// The first year of the plan that lacks the first or the last day.
    fn report_lacks(&self, resolver: &mut Resolver<'_>) {
        let horizon = resolver.horizon();
        for rule in [&self.terms.from, &self.terms.to] {
            let years = horizon.from.year() - 1..=horizon.until.year() + 1;
            let lacks = years.filter_map(|year| Some((year, rule.value.lack(year)?)));
            let inside = |(_, lack): &(i32, Lack)| lack.around.intersection(horizon).is_some();
            if let Some((year, lack)) = lacks.into_iter().find(inside) {
                resolver.problems.push(diags::no_such_day(&self.title, &lack, year, rule.span));
            }
        }
    }

    fn report_backwards(&self, year: i32, resolver: &mut Resolver<'_>) {
        let to = self.terms.to.value;
        let inside = (resolver.horizon().from.year()..=resolver.horizon().until.year()).contains(&year);
        if inside && (to.is_once() || to.in_year(year).is_some()) {
            let (from, to) = (self.terms.from.span, self.terms.to.span);
            resolver.problems.push(diags::ends_before_it_begins(&self.title, year, from, to));
        }
    }

    fn origin(
        &self,
        (part, span): (Part, Span),
        dates: &[Window<Date>],
        hours: Hours,
        resolver: &Resolver<'_>,
    ) -> Origin {
        let (from, to) = (self.terms.from, self.terms.to);
        let (days, left_out) = self.days(dates, hours, resolver);
        Origin {
            occasion: self.occasion,
            part,
            territory: self.territory,
            load: self.terms.load.map(|load| load.value),
            dates: dates.iter().filter_map(|dates| dates.intersection(resolver.horizon())).collect(),
            uncut: dates.to_vec(),
            hours,
            days_rule: self.terms.days.value.text.clone(),
            days,
            left_out,
            moves: from.value.moves() || to.value.moves(),
            span,
            written: Written {
                table: self.terms.span,
                from: from.span,
                to: to.span,
                hours: self.terms.hours.map(|hours| hours.span),
                // What is not written has the table's span.
                days: Some(self.terms.days.span).filter(|span| *span != self.terms.span),
            },
        }
    }

    /// The days of `dates` that the rule takes, and those of the horizon that holidays take out of it.
    fn days(
        &self,
        dates: &[Window<Date>],
        hours: Hours,
        resolver: &Resolver<'_>,
    ) -> (Vec<Date>, Vec<LeftOut>) {
        let horizon = resolver.horizon();
        let overnight = matches!(hours, Hours::Daily { from, until } if until <= from);
        // A night that begins before the horizon reaches into its first day.
        let first = if overnight { horizon.from.plus_days(-1) } else { horizon.from };
        let rule = &self.terms.days.value;
        let (mut taken, mut left_out) = (Vec::new(), Vec::new());
        for dates in dates.iter().filter_map(|dates| dates.intersection(Window::new(first, horizon.until))) {
            let days = (0..dates.until.days_since(dates.from)).map(|number| dates.from.plus_days(number));
            for day in days.filter(|day| rule.weekdays[day.weekday().index()]) {
                let holidays =
                    if rule.less_holidays { resolver.holidays(self.territory, day) } else { Vec::new() };
                if holidays.is_empty() {
                    taken.push(day);
                } else if horizon.contains(day) {
                    left_out.push(LeftOut { day, holidays });
                }
            }
        }
        (taken, left_out)
    }

    /// Each lead-in lasts until the next shorter one begins, the last one until the season does.
    fn lead_ins(
        &self,
        seasons: &[Window<Date>],
        hours: Hours,
        resolver: &mut Resolver<'_>,
        found: &mut Vec<Origin>,
    ) {
        let lead_ins = &self.terms.lead_ins;
        for (number, lead_in) in (1..).zip(lead_ins) {
            let next = lead_ins.get(number);
            if let Some(same) = next.filter(|next| next.value.days == lead_in.value.days) {
                resolver.problems.push(diags::equal_lead_ins(&self.title, lead_in.span, same.span));
                continue;
            }
            let ends = next.map_or(0, |next| next.value.days);
            let dates: Vec<_> = seasons
                .iter()
                .map(|season| Window::new(before(season.from, lead_in.value.days), before(season.from, ends)))
                .collect();
            self.check_lead_in(lead_in.span, &dates, ends, resolver);
            let number = u32::try_from(number).expect("internal error: few lead-ins");
            let origin = self.origin((Part::LeadIn(number), lead_in.span), &dates, hours, resolver);
            let zones = resolver.zones(self.territory, &self.terms.floors);
            resolver.check_clock(&self.title, &origin, (&zones, lead_in.span));
            if !origin.days.is_empty() {
                found.push(origin);
            }
        }
    }

    /// A season that begins inside the plan wants its whole lead-in inside it too.
    fn check_lead_in(&self, at: Span, dates: &[Window<Date>], ends: u32, resolver: &mut Resolver<'_>) {
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

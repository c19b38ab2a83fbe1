//! The stretches of days of a season: its first and last days over the years, its repetitions, and days counted from other
//! seasons.

use super::{Resolver, diags};
use crate::dates::{Backwards, Boundary, DateRule, Due, Gap, Open, Paired, Workdays};
use crate::finding::Diagnostic;
use crate::policy::{Season, Terms};
use crate::profile::TerritoryId;
use crate::source::{Located, Span};
use crate::time::{Date, Window};

/// A repetition may begin as long before the plan as its longest lead-in and its own length.
const BEFORE: i32 = 2 * 366;

/// A season counts its days from another one, that one from a third: no more of them.
const MOST: usize = 100;

/// The season whose days are wanted, and those that it is wanted for.
struct Way<'p> {
    seasons: Vec<&'p Season>,
    territory: Option<TerritoryId>,
}

/// The stretches of `season` in a territory, in every year that may reach into the horizon, uncut.
pub(super) fn of(
    resolver: &Resolver<'_>,
    season: &Season,
    (territory, terms): (Option<TerritoryId>, &Terms),
) -> Result<Paired, Box<Diagnostic>> {
    paired(resolver, terms, &Way { seasons: vec![season], territory })
}

/// The first days of `season` that are not there, in the plan.
pub(super) fn missing_first_days(
    resolver: &Resolver<'_>,
    season: &Season,
    (territory, terms): (Option<TerritoryId>, &Terms),
) -> Vec<Due> {
    let horizon = resolver.horizon();
    let years = horizon.from.year() - 1..=horizon.until.year() + 1;
    let Ok(from) = Days::of(resolver, &terms.from, &Way { seasons: vec![season], territory }) else {
        return Vec::new();
    };
    let due = years.flat_map(|year| from.due_in_year(year));
    due.filter(|due| due.gap.is_some() && horizon.contains(due.at)).collect()
}

fn paired(resolver: &Resolver<'_>, terms: &Terms, way: &Way<'_>) -> Result<Paired, Box<Diagnostic>> {
    let horizon = resolver.horizon();
    let years = horizon.from.year() - 1..=horizon.until.year() + 1;
    let mut paired = match terms.every {
        Some(every) => repeated(resolver, terms, every, way.territory)?,
        None => {
            let (from, to) = (Days::of(resolver, &terms.from, way)?, Days::of(resolver, &terms.to, way)?);
            let is_dated = terms.to.value.rule.is_once();
            Paired::of(years, |year| from.in_year(year), |year| to.due_in_year(year), is_dated)
        }
    };
    let first = terms.since.map_or(i32::MIN, |year| year.value);
    let last = terms.until_year.map_or(i32::MAX, |year| year.value);
    let begins = |day: Date| (first..=last).contains(&day.year());
    paired.stretches.retain(|days| begins(days.from));
    paired.backwards.retain(|backwards| begins(backwards.first));
    paired.open.retain(|open| begins(open.first));
    Ok(paired)
}

/// The days of a rule, be it by way of another season.
struct Days<'r> {
    rule: &'r DateRule,
    workdays: &'r Workdays,
    /// The first or the last days of the other season, each with the year in which it begins; where that one is left out,
    /// the day that it would be.
    of_season: Option<Vec<(i32, Result<Date, Date>)>>,
}

impl<'r> Days<'r> {
    fn of(
        resolver: &'r Resolver<'_>,
        boundary: &'r Located<Boundary>,
        way: &Way<'_>,
    ) -> Result<Self, Box<Diagnostic>> {
        let rule = &boundary.value.rule;
        let of_season = match rule.season() {
            None => None,
            Some(end) => {
                let at = boundary.span.part(end.at.clone());
                let other = of_other(resolver, &end.season, at, way)?;
                let day = |days: Window<Date>| {
                    let last = days.until.plus_days(-1);
                    (days.from.year(), Ok(if end.is_last { last } else { days.from }))
                };
                let missing =
                    |open: Open| (open.first.year(), Err(if end.is_last { open.end } else { open.first }));
                let missing = other.open.into_iter().map(missing);
                Some(other.stretches.into_iter().map(day).chain(missing).collect())
            }
        };
        Ok(Self { rule, workdays: resolver.workdays(way.territory), of_season })
    }

    fn in_year(&self, year: i32) -> Vec<Date> {
        let due = self.due_in_year(year).into_iter();
        due.filter(|due| due.gap.is_none()).map(|due| due.at).collect()
    }

    fn due_in_year(&self, year: i32) -> Vec<Due> {
        let Some(days) = &self.of_season else { return self.rule.due_in_year(year, self.workdays) };
        let own = days.iter().filter(|(of, _)| *of == year);
        let due = own.map(|(_, day)| match day {
            Ok(day) => self.rule.due(*day, self.workdays),
            Err(day) => self.rule.missing(*day, Gap::OfSeason, self.workdays),
        });
        due.collect()
    }
}

/// The days of the season that a rule names at `at`.
fn of_other(resolver: &Resolver<'_>, name: &str, at: Span, way: &Way<'_>) -> Result<Paired, Box<Diagnostic>> {
    let calendar = &resolver.policy.calendar;
    let all = || calendar.seasons.iter().chain(&calendar.off.seasons);
    let Some(season) = all().find(|season| season.name.as_str() == name) else {
        let names: Vec<&str> = all().map(|season| season.name.as_str()).collect();
        return Err(Box::new(diags::unknown_season(name, at, &names)));
    };
    if way.seasons.iter().any(|known| known.name == season.name) {
        return Err(Box::new(diags::season_circle(name, at, season.about.span)));
    }
    let terms = way.territory.and_then(|id| season.territories.get(&id)).unwrap_or(&season.general);
    if terms.every.is_some() || terms.from.value.rule.is_monthly() {
        return Err(Box::new(diags::many_stretches(name, at, terms.from.span)));
    }
    let key = (season.name.to_string(), way.territory);
    let known = resolver.known.counted.of(&key);
    // As if it were worked out again: how far it goes does not depend on who was first.
    if way.seasons.len() + known.as_ref().map_or(0, |known| known.height) > MOST {
        return Err(Box::new(diags::long_chain(&way.seasons[0].name, MOST, way.seasons[0].about.span)));
    }
    if let Some(known) = known {
        return Ok(known.paired);
    }
    let mut seasons = way.seasons.clone();
    seasons.push(season);
    let paired = paired(resolver, terms, &Way { seasons, territory: way.territory })?;
    let named = [&terms.from, &terms.to].into_iter().filter_map(|boundary| boundary.value.rule.season());
    let named = named.map(|end| end.season.to_string());
    resolver.known.counted.remember(key, &paired, named);
    Ok(paired)
}

/// The first stretch of two rules that begins in the plan.
fn next_days(
    resolver: &Resolver<'_>,
    (rules, step): ([&DateRule; 2], i32),
    territory: Option<TerritoryId>,
) -> Option<(Date, Date)> {
    let (horizon, workdays) = (resolver.horizon(), resolver.workdays(territory));
    let next = |rule: &DateRule, begin: Date| {
        let years = begin.year()..=horizon.until.year() + 1;
        years.flat_map(|year| rule.in_year(year, workdays)).find(|day| *day >= begin)
    };
    let first = next(rules[0], horizon.from)?;
    // What lies further away than that is of another time.
    let last = next(rules[1], first).filter(|last| last.days_since(first) < step);
    Some((first, last.unwrap_or(first)))
}

/// `every = "2w"`: the stretch again and again from its date on, to the plan's end.
fn repeated(
    resolver: &Resolver<'_>,
    terms: &Terms,
    every: Located<u32>,
    territory: Option<TerritoryId>,
) -> Result<Paired, Box<Diagnostic>> {
    let step = i32::try_from(every.value).expect("internal error: at most a year");
    let (from, to) = (&terms.from.value.rule, &terms.to.value.rule);
    let Some((first, last)) = from.once().zip(to.once()) else {
        let at = if from.once().is_some() { terms.to.span } else { terms.from.span };
        let next = next_days(resolver, ([from, to], step), territory);
        return Err(Box::new(diags::every_without_date(every.span, at, next)));
    };
    if last < first {
        return Ok(Paired { backwards: vec![Backwards { first, last: None }], ..Paired::default() });
    }
    if last.days_since(first) >= step {
        let weeks = (last.days_since(first) + 7).div_euclid(7);
        let latest = (first.plus_days(step - 1), weeks);
        return Err(Box::new(diags::longer_than_every(every.span, terms.to.span, latest)));
    }
    let horizon = resolver.horizon();
    let workdays = resolver.workdays(territory);
    let skipped = (horizon.from.days_since(first) - BEFORE).max(0) / step;
    let times = horizon.until.days_since(first).max(0) / step;
    let mut paired = Paired::default();
    for time in skipped..=times {
        let Some(first) = from.moved(first.plus_days(time * step), workdays) else { continue };
        let Due { at: end, gap } = to.due(last.plus_days(time * step), workdays);
        match gap {
            Some(gap) => paired.open.push(Open { first, end, gap }),
            None if first <= end => paired.stretches.push(Window::new(first, end.next())),
            None => {}
        }
    }
    Ok(paired)
}

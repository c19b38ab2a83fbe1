//! Seasons: the windows of each year inside the horizon, and the lead-ins before them.

use std::collections::BTreeSet;

use super::origin::{OccasionId, Origin, Part, SwitchedOff, Whose, Written};
use super::place::Place;
use super::slots::{self, Slot, before};
use super::{Resolver, diags, occasion_of_season, sets_of, stretches};
use crate::dates::{Boundary, Lack, Paired};
use crate::finding::any_error;
use crate::policy::{Season, Terms};
use crate::profile::TerritoryId;
use crate::source::{Located, Span};
use crate::time::{Date, Hours, LocalTime, TimeOfDay, Window};

pub(super) fn resolve(resolver: &mut Resolver<'_>, at: usize, occasion: OccasionId) -> Vec<Origin> {
    let season = &resolver.policy.calendar.seasons[at];
    let general = &season.general;
    let title = format!("season `{}`", season.name);
    let territories: Vec<TerritoryId> = season.territories.keys().copied().collect();
    let dated = |at: Place| {
        let timing = at.days_of.and_then(|id| season.territories.get(&id)).unwrap_or(general);
        let asking = if at.territory.is_some() { timing } else { general };
        Dated { occasion, title: title.clone(), season, at, timing, asking }
    };
    let mut found = Vec::new();
    if !dated(resolver.on_platform()).keys_agree(resolver) {
        return found;
    }
    // Territories with the same terms, days and clock have the same windows for those who have no territory.
    let mut seen = BTreeSet::new();
    let (floors, load) = (&general.floors, general.load);
    let places = match &season.zone {
        Some(zone) => resolver.places_on(&zone.value, &territories, floors, load),
        None => resolver.places(&territories, floors, load),
    };
    for at in places {
        let one = dated(at);
        let days =
            (resolver.policy.profile.workweek(one.at.days_of), sets_of(resolver.policy, one.at.days_of));
        let same = (one.at.whose, one.at.territory, one.at.zone.name().to_owned(), one.timing.span, days);
        if seen.insert(same) && one.keys_agree(resolver) {
            one.resolve(resolver, &mut found);
        }
    }
    without_doubles(found)
}

/// One origin of those without a territory that have the same windows.
fn without_doubles(found: Vec<Origin>) -> Vec<Origin> {
    let mut kept: Vec<Origin> = Vec::with_capacity(found.len());
    for origin in found {
        let is_same = |other: &Origin| {
            let place = |one: &Origin| (one.whose, one.territory, one.part, one.hours);
            place(other) == place(&origin) && other.zone == origin.zone && other.days == origin.days
        };
        let is_territory_less = matches!(origin.whose, Whose::Shared | Whose::Everybody);
        if !is_territory_less || !kept.iter().any(is_same) {
            kept.push(origin);
        }
    }
    kept
}

/// A season that is switched off: everywhere where it has terms, on its dates and those of its longest lead-in.
pub(super) fn switched_off(resolver: &mut Resolver<'_>, season: &Season) -> SwitchedOff {
    let mut dates = Vec::new();
    let territories = season.territories.iter().map(|(id, terms)| (Some(*id), terms));
    for (territory, terms) in std::iter::once((None, &season.general)).chain(territories) {
        match stretches::of(resolver, season, (territory, terms)) {
            Ok(paired) => {
                let longest = terms.lead_ins.first().map_or(0, |lead_in| lead_in.value.days);
                let from = |first: Date| before(first, longest);
                let all = paired.stretches.into_iter();
                dates.extend(all.map(|days| (territory, Window::new(from(days.from), days.until))));
            }
            Err(problem) => resolver.problems.push(*problem),
        }
    }
    SwitchedOff { occasion: occasion_of_season(season), dates }
}

/// A season in one place.
struct Dated<'t> {
    occasion: OccasionId,
    title: String,
    season: &'t Season,
    at: Place,
    /// Its days and hours.
    timing: &'t Terms,
    /// What it asks for, and how long before.
    asking: &'t Terms,
}

impl Dated<'_> {
    /// Whether its keys can stand beside each other; what cannot is reported.
    fn keys_agree(&self, resolver: &mut Resolver<'_>) -> bool {
        let before = resolver.problems.len();
        let Terms { from, to, hours, hours_on, days, .. } = self.timing;
        let is_written = days.span != self.timing.span;
        let clock = [from, to].into_iter().find(|boundary| boundary.value.time.is_some());
        let of_days = hours.as_ref().map(|hours| hours.span).or(hours_on.first().map(|on| on.date.span));
        let problems = &mut resolver.problems;
        for window in hours.iter().flat_map(|hours| &hours.value.windows).map(|(_, window)| window) {
            if matches!(window.value, Hours::Daily { from, until } if from == until) {
                problems.push(diags::no_minute(&self.title, window.span));
            }
        }
        if let (Some(clock), Some(of_days)) = (clock, of_days.or(is_written.then_some(days.span))) {
            problems.push(diags::hours_beside_times(&self.title, of_days, clock.span));
        }
        if let (Some(_), Some(of_days)) = (days.value.span, of_days) {
            problems.push(diags::hours_beside_times(&self.title, of_days, days.span));
        }
        if let Some(hours) = hours.as_ref().filter(|hours| hours.value.by_weekday && is_written) {
            if !self.timing.hours_are_apart {
                problems.push(diags::days_beside_weekdays(&self.title, days.span, hours.span));
            }
            let windows = hours.value.windows.iter();
            let lost = windows.filter(|(week, _)| (0..7).all(|at| !week[at] || !days.value.may_take(at)));
            let lost: Vec<Span> = lost.map(|(_, window)| window.span).collect();
            if self.timing.hours_are_apart
                && let Some(window) = lost.first()
            {
                problems.push(diags::hours_of_no_day(&self.title, *window, days.span));
            }
        }
        if from.value.rule.is_monthly() && !self.recurs_as_often(to) {
            problems.push(diags::ends_less_often(&self.title, to.span, from.span));
        }
        if let (Some(first), Some(last)) = (from.value.rule.listed(), to.value.rule.listed())
            && first != last
        {
            problems.push(diags::lists_differ(&self.title, (first, last), to.span, from.span));
        }
        resolver.problems.len() == before
    }

    /// Whether a last day comes in every month in which a first one may.
    fn recurs_as_often(&self, to: &Located<Boundary>) -> bool {
        to.value.rule.is_monthly() || to.value.rule.season().is_some()
    }

    fn resolve(&self, resolver: &mut Resolver<'_>, found: &mut Vec<Origin>) {
        let horizon = resolver.horizon();
        let paired = match stretches::of(resolver, self.season, (self.at.days_of, self.timing)) {
            Ok(paired) => paired,
            Err(problem) => return resolver.problems.push(*problem),
        };
        let Paired { stretches, backwards } = paired;
        let problems = resolver.problems.len();
        for year in backwards {
            self.report_backwards(year, resolver);
        }
        let inside = stretches.iter().any(|dates| dates.intersection(horizon).is_some());
        self.report_lacks(inside, resolver);
        if any_error(&resolver.problems[problems..]) {
            return;
        }
        if !inside {
            let plan = resolver.policy.calendar.horizon.span;
            let (from, last) = (&self.timing.from, self.timing.to.value.rule.last_date());
            resolver.problems.push(diags::outside(&self.title, (from.span, last), horizon, plan));
            return;
        }
        self.report_cut(&stretches, resolver);
        let main = self.main(&stretches, resolver);
        if main.iter().all(|slot| slot.days.is_empty()) && !self.is_cut_away(&stretches, resolver) {
            resolver.problems.push(diags::no_day(&self.title, self.timing.days.span, self.timing.from.span));
        }
        let from = self.timing.from.span;
        self.push(((Part::Main, self.timing.span), from), &stretches, main, resolver, found);
        self.lead_ins(&stretches, resolver, found);
    }

    fn has_times(&self) -> bool {
        self.timing.from.value.time.is_some() || self.timing.to.value.time.is_some()
    }

    /// Whether the plan, which is of another clock here, has none of its days: it has them in other places.
    fn is_cut_away(&self, stretches: &[Window<Date>], resolver: &Resolver<'_>) -> bool {
        let days = self.at.days();
        let has_day = || stretches.iter().any(|dates| dates.intersection(days).is_some());
        self.at.planned != resolver.local_horizon() && (self.has_times() || !has_day())
    }

    fn main(&self, stretches: &[Window<Date>], resolver: &Resolver<'_>) -> Vec<Slot> {
        if self.has_times() {
            let times = (self.timing.from.value.time, self.timing.to.value.time);
            slots::unbroken(stretches, times, self.at.planned)
        } else {
            slots::by_day(resolver, (self.at.days_of, self.timing), (stretches, self.at.days()))
        }
    }
    /// Years of the plan that lack the first or the last day: a warning, or an error where no year has it.
    fn report_lacks(&self, has_dates: bool, resolver: &mut Resolver<'_>) {
        let horizon = resolver.horizon();
        for boundary in [&self.timing.from, &self.timing.to] {
            let years = horizon.from.year() - 1..=horizon.until.year() + 1;
            let lacks = years.filter_map(|year| Some((year, boundary.value.rule.lack(year)?)));
            let inside = |(_, lack): &(i32, Lack)| lack.around.intersection(horizon).is_some();
            let lacks: Vec<(i32, Lack)> = lacks.filter(inside).collect();
            let Some((year, lack)) = lacks.first() else { continue };
            let problem = if has_dates {
                let years: Vec<String> = lacks.iter().map(|(year, _)| year.to_string()).collect();
                diags::not_every_year(&self.title, lack, &years, boundary.span)
            } else {
                diags::no_such_day(&self.title, lack, *year, boundary.span)
            };
            resolver.problems.push(problem);
        }
    }

    /// What has its dates once is not planned again: what lies behind the plan's end would be lost without a word.
    fn report_cut(&self, stretches: &[Window<Date>], resolver: &mut Resolver<'_>) {
        let to = &self.timing.to;
        if self.timing.every.is_some() || !to.value.rule.is_once() {
            return;
        }
        let end = self.at.planned.until;
        let begun = stretches.iter().filter(|dates| dates.from.start() < end);
        let ends = begun.map(|dates| self.end_on(dates.until.plus_days(-1)));
        let Some(ends) = ends.max().filter(|ends| *ends > end) else { return };
        let plan = (end, resolver.policy.calendar.horizon.span);
        resolver.problems.push(diags::cut(&self.title, (ends, self.at.zone.name()), to.span, plan));
    }

    /// When the last window of its last day ends.
    fn end_on(&self, last: Date) -> LocalTime {
        let until = |until| Hours::Daily { from: TimeOfDay::MIDNIGHT, until };
        let whole_day = until(self.timing.to.value.time.unwrap_or(TimeOfDay::END_OF_DAY)).on(last).until;
        let windows = self.timing.hours.iter().flat_map(|hours| &hours.value.windows);
        windows.map(|(_, hours)| hours.value.on(last).until).max().unwrap_or(whole_day)
    }

    fn report_backwards(&self, year: i32, resolver: &mut Resolver<'_>) {
        let to = &self.timing.to.value.rule;
        let inside = (resolver.horizon().from.year()..=resolver.horizon().until.year()).contains(&year);
        let has_day = !to.in_year(year, resolver.workdays(self.at.days_of)).is_empty();
        if inside && (to.is_once() || to.season().is_some() || has_day) {
            let (from, to) = (self.timing.from.span, self.timing.to.span);
            resolver.problems.push(diags::ends_before_it_begins(&self.title, year, from, to));
        }
    }

    /// An origin for each slot that has a day.
    fn push(
        &self,
        ((part, span), boundary): ((Part, Span), Span),
        dates: &[Window<Date>],
        slots: Vec<Slot>,
        resolver: &mut Resolver<'_>,
        found: &mut Vec<Origin>,
    ) {
        for mut slot in slots {
            if self.at.planned != resolver.local_horizon() {
                slot.days.retain(|day| slot.hours.on(*day).intersection(self.at.planned).is_some());
            }
            // A main part without days is there for `explain`, which says why.
            if slot.days.is_empty() && (part != Part::Main || slot.left_out.is_empty()) {
                continue;
            }
            let boundary = slot.written.unwrap_or(boundary);
            let origin = self.origin((part, span), dates, slot, resolver);
            resolver.check_clock(&self.title, &origin, boundary);
            found.push(origin);
        }
    }

    fn origin(
        &self,
        (part, span): (Part, Span),
        dates: &[Window<Date>],
        slot: Slot,
        resolver: &Resolver<'_>,
    ) -> Origin {
        let (from, to) = (&self.timing.from, &self.timing.to);
        let rules = [&from.value.rule, &to.value.rule];
        Origin {
            occasion: self.occasion,
            part,
            territory: self.at.territory,
            whose: self.at.whose,
            zone: self.at.zone.clone(),
            is_assumed: self.at.is_assumed,
            planned: self.at.planned,
            load: self.asking.load.map(|load| load.value),
            dates: dates.iter().filter_map(|dates| dates.intersection(resolver.horizon())).collect(),
            uncut: dates.to_vec(),
            hours: slot.hours,
            days_rule: slot.rule,
            days: slot.days,
            left_out: slot.left_out,
            moves: self.timing.every.is_some() || rules.iter().any(|rule| rule.moves()),
            span,
            written: Written {
                table: self.timing.span,
                from: from.span,
                to: to.span,
                hours: slot.written,
                // What is not written has the table's span.
                days: Some(self.timing.days.span).filter(|span| *span != self.timing.span),
            },
        }
    }

    /// Each lead-in lasts until the next shorter one begins, the last one until the season does.
    fn lead_ins(&self, seasons: &[Window<Date>], resolver: &mut Resolver<'_>, found: &mut Vec<Origin>) {
        let lead_ins = &self.asking.lead_ins;
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
            let number = u32::try_from(number).expect("internal error: few lead-ins");
            let slots = self.lead_in(&dates, resolver);
            self.push(((Part::LeadIn(number), lead_in.span), lead_in.span), &dates, slots, resolver, found);
        }
    }

    /// The slots of a lead-in: of a season that begins at a clock time it is unbroken up to that time.
    fn lead_in(&self, dates: &[Window<Date>], resolver: &Resolver<'_>) -> Vec<Slot> {
        let begins = self.timing.from.value.time;
        if begins.is_none() {
            return slots::by_day(resolver, (self.at.days_of, self.timing), (dates, self.at.days()));
        }
        let until: Vec<_> = dates.iter().map(|dates| Window::new(dates.from, dates.until.next())).collect();
        slots::unbroken(&until, (begins, begins), self.at.planned)
    }
}

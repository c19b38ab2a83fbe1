//! Seasons: the windows of each year inside the horizon, and the lead-ins before them.

use std::collections::BTreeSet;
use std::ops::Range;

use super::gaps::Gaps;
use super::origin::{OccasionId, Origin, Part, SwitchedOff, Whose, Written};
use super::place::Place;
use super::slots::{self, Slot, before};
use super::{Resolver, diags, occasion_of_season, sets_of, stretches};
use crate::dates::{Backwards, Boundary, Due, Gap, Lack, Paired, weekdays_text};
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
    let mut found = Found::default();
    if !dated(resolver.on_platform()).keys_agree(resolver) {
        return found.origins;
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
    found.gaps.report(resolver, season);
    without_doubles(found.origins)
}

/// What is found of a season in all its places.
#[derive(Default)]
struct Found<'p> {
    origins: Vec<Origin>,
    gaps: Gaps<'p>,
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

/// The days before each season from the first to the last of which a lead-in is.
fn lead_in_dates(seasons: &[Window<Date>], (begins, ends): (u32, u32)) -> Vec<Window<Date>> {
    let of = |season: &Window<Date>| Window::new(before(season.from, begins), before(season.from, ends));
    seasons.iter().map(of).collect()
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
struct Dated<'p> {
    occasion: OccasionId,
    title: String,
    season: &'p Season,
    at: Place,
    /// Its days and hours.
    timing: &'p Terms,
    /// What it asks for, and how long before.
    asking: &'p Terms,
}

impl<'p> Dated<'p> {
    /// Whether its keys can stand beside each other; what cannot is reported.
    fn keys_agree(&self, resolver: &mut Resolver<'_>) -> bool {
        let before = resolver.problems.len();
        let Terms { from, to, hours, hours_on, days, .. } = self.timing;
        let is_written = days.span != self.timing.span;
        let clock = [from, to].into_iter().find(|boundary| boundary.value.time.is_some());
        let of_days = hours.as_ref().map(|hours| hours.span).or(hours_on.first().map(|on| on.date.span));
        let single = [
            hours.as_ref().map(|_| "hours"),
            hours_on.first().map(|_| "hours-on"),
            days.value.span.is_none().then_some("days").filter(|_| is_written),
        ];
        let single: Vec<&str> = single.into_iter().flatten().collect();
        let times = [("from", from), ("to", to)];
        let times = times.map(|(key, boundary)| (key, boundary.value.time));
        let problems = &mut resolver.problems;
        for window in hours.iter().flat_map(|hours| &hours.value.windows).map(|(_, window)| window) {
            if matches!(window.value, Hours::Daily { from, until } if from == until) {
                problems.push(diags::no_minute(&self.title, window.span));
            }
        }
        if let (Some(clock), Some(of_days)) = (clock, of_days.or(is_written.then_some(days.span))) {
            let instead = diags::without_times(&single, times);
            problems.push(diags::hours_beside_times(&self.title, of_days, clock.span).help(instead));
        }
        if let (Some((_, over, _)), Some(of_days)) = (days.value.span, of_days) {
            let instead = diags::without_a_span(&single, weekdays_text(days.value.weekdays_of_span(over)));
            problems.push(diags::hours_beside_times(&self.title, of_days, days.span).help(instead));
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
            let often = to.value.rule.of_every_month();
            problems.push(diags::ends_less_often(&self.title, (to.span, &often), from.span));
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

    fn resolve(&self, resolver: &mut Resolver<'p>, found: &mut Found<'p>) {
        let horizon = resolver.horizon();
        let paired = match stretches::of(resolver, self.season, (self.at.days_of, self.timing)) {
            Ok(paired) => paired,
            Err(problem) => return resolver.problems.push(*problem),
        };
        let Paired { stretches, backwards, open } = paired;
        let problems = resolver.problems.len();
        self.report_backwards(&backwards, resolver);
        let inside = stretches.iter().any(|dates| dates.intersection(horizon).is_some());
        self.report_lacks(inside, resolver);
        if any_error(&resolver.problems[problems..]) {
            return;
        }
        let has_gap = found.gaps.unended(self.at.days_of, self.timing, (&open, horizon));
        if !inside {
            if !has_gap {
                self.report_outside(resolver, &mut found.gaps);
            }
            return;
        }
        found.gaps.has_dates = true;
        self.report_cut(&stretches, resolver);
        self.report_last_minute(resolver);
        let main = self.main(&stretches, resolver);
        let has_day = main.iter().any(|slot| !slot.days.is_empty());
        if !has_day && !self.is_cut_away(&stretches, resolver) {
            let territories = &resolver.policy.profile.territories;
            let place = self.at.days_of.filter(|_| territories.len() > 1);
            let place = place.map(|id| territories[id.0].code.as_str());
            let problem = diags::no_day(&self.title, (place, &self.choosing()), self.timing.from.span);
            resolver.problems.push(problem);
        }
        if has_day && !self.has_times() {
            let special = slots::special_dates(resolver, (self.at.days_of, self.timing), &stretches);
            found.gaps.special(&self.title, special, resolver);
        }
        let from = self.timing.from.span;
        self.push(((Part::Main, self.timing.span), from), &stretches, main, resolver, &mut found.origins);
        self.lead_ins((&stretches, has_day), resolver, &mut found.origins);
    }

    /// Hours that end a minute before the day does, where its clocks show midnight.
    fn report_last_minute(&self, resolver: &mut Resolver<'_>) {
        if !resolver.shows_midnight(&self.at.zone) {
            return;
        }
        for (_, window) in self.timing.hours.iter().flat_map(|hours| &hours.value.windows) {
            if let Hours::Daily { from, until } = window.value
                && until.minutes() == LocalTime::PER_DAY - 1
            {
                resolver.problems.push(diags::last_minute_left_out(&self.title, from, window.span));
            }
        }
    }

    /// The keys that choose among its days, as they are written.
    fn choosing(&self) -> Vec<(&'static str, Span)> {
        let Terms { days, only, except, hours, span, .. } = self.timing;
        let days_span = Some(days.span).filter(|at| at != span);
        let by_weekday = hours.as_ref().filter(|hours| hours.value.by_weekday).map(|hours| hours.span);
        let keys = [
            ("days", days_span),
            ("hours", by_weekday),
            ("only", only.first().map(|set| set.span)),
            ("except", except.first().map(|set| set.span)),
        ];
        keys.into_iter().filter_map(|(key, span)| Some((key, span?))).collect()
    }

    /// No day of it is planned: for its dates, for the years in which it begins, or for want of a first day.
    fn report_outside(&self, resolver: &mut Resolver<'_>, gaps: &mut Gaps<'_>) {
        let (horizon, from) = (resolver.policy.calendar.horizon, &self.timing.from);
        if let Some(key) = self.year_key(resolver) {
            let problem = diags::outside_years(&self.title, key, horizon.value, horizon.span);
            return resolver.problems.push(problem);
        }
        let missing = stretches::missing_first_days(resolver, self.season, (self.at.days_of, self.timing));
        match missing.first() {
            // Said of the other season, which names this one.
            Some(Due { gap: Some(Gap::OfSeason), .. }) => {}
            Some(first) => {
                let is_one_day = from.value.rule == self.timing.to.value.rule;
                gaps.unbegun(Located::new(*first, from.span), is_one_day);
            }
            None => {
                let last = self.timing.to.value.rule.last_date();
                let problem = diags::outside(&self.title, (from.span, last), horizon.value, horizon.span);
                resolver.problems.push(problem);
            }
        }
    }

    /// `since` or `until-year`, where the plan would have its dates without that key.
    fn year_key(&self, resolver: &Resolver<'_>) -> Option<(&'static str, Located<i32>)> {
        let (since, until) = (self.timing.since, self.timing.until_year);
        since.or(until)?;
        let every_year = Terms { since: None, until_year: None, ..self.timing.clone() };
        let paired = stretches::of(resolver, self.season, (self.at.days_of, &every_year)).ok()?;
        let mut inside = paired.stretches.iter().filter(|dates| {
            let planned = dates.intersection(resolver.horizon());
            planned.is_some()
        });
        let year = inside.next()?.from.year();
        let since = since.filter(|since| year < since.value).map(|since| ("since", since));
        since.or(until.filter(|until| year > until.value).map(|until| ("until-year", until)))
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
    /// Years of the plan that lack the first day: a warning, or an error where no year has it.
    fn report_lacks(&self, has_dates: bool, resolver: &mut Resolver<'_>) {
        let (horizon, from) = (resolver.horizon(), &self.timing.from);
        let years = horizon.from.year() - 1..=horizon.until.year() + 1;
        let lacks = years.filter_map(|year| Some((year, from.value.rule.lack(year)?)));
        let inside = |(_, lack): &(i32, Lack)| lack.around.intersection(horizon).is_some();
        let lacks: Vec<(i32, Lack)> = lacks.filter(inside).collect();
        let Some((year, lack)) = lacks.first() else { return };
        let problem = if has_dates {
            let years: Vec<String> = lacks.iter().map(|(year, _)| year.to_string()).collect();
            diags::not_every_year(&self.title, lack, &years, from.span)
        } else {
            diags::no_such_day(&self.title, lack, *year, from.span)
        };
        resolver.problems.push(problem);
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

    fn report_backwards(&self, all: &[Backwards], resolver: &mut Resolver<'_>) {
        let horizon = resolver.horizon();
        let years = horizon.from.year()..=horizon.until.plus_days(-1).year();
        let whole = all.iter().filter_map(|one| Some(Window::new(one.first, one.last?.next())));
        let meant: Vec<Window<Date>> = whole.filter(|dates| dates.intersection(horizon).is_some()).collect();
        let begins = |one: &&Backwards| years.contains(&one.first.year());
        let reaches = |one: &&Backwards| meant.iter().any(|dates| dates.from == one.first);
        if let Some(first) = all.iter().find(begins).or_else(|| all.iter().find(reaches)) {
            let (from, to) = (self.timing.from.span, self.timing.to.span);
            resolver.problems.push(diags::ends_before_it_begins(&self.title, (*first, &meant), from, to));
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
            resolver.check_clock(&self.title, &origin, [boundary; 2]);
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
    fn lead_ins(
        &self,
        (seasons, has_day): (&[Window<Date>], bool),
        resolver: &mut Resolver<'_>,
        found: &mut Vec<Origin>,
    ) {
        let lead_ins = &self.asking.lead_ins;
        for (number, lead_in) in (1..).zip(lead_ins) {
            let next = lead_ins.get(number);
            if let Some(same) = next.filter(|next| next.value.days == lead_in.value.days) {
                resolver.problems.push(diags::equal_lead_ins(&self.title, lead_in.span, same.span));
                continue;
            }
            let ends = next.map_or(0, |next| next.value.days);
            let dates = lead_in_dates(seasons, (lead_in.value.days, ends));
            let slots = self.lead_in(&dates, resolver);
            if has_day && slots.iter().all(|slot| slot.days.is_empty()) {
                let longer = lead_ins[..number - 1].last();
                let longest = longer.map_or(diags::Empty::EARLIEST, |longer| longer.value.days - 1);
                self.report_empty_lead_in((seasons, &dates), (lead_in.span, ends..longest), resolver);
            }
            let number = u32::try_from(number).expect("internal error: few lead-ins");
            self.push(((Part::LeadIn(number), lead_in.span), lead_in.span), &dates, slots, resolver, found);
        }
    }

    /// A lead-in has the days that its season would take: of a whole one inside the plan, before a season of the plan, that can
    /// be none. `lengths`: the days before the season on which it ends and from which on it may begin.
    fn report_empty_lead_in(
        &self,
        (seasons, dates): (&[Window<Date>], &[Window<Date>]),
        (lead_in, lengths): (Span, Range<u32>),
        resolver: &mut Resolver<'_>,
    ) {
        let planned = self.at.days();
        let asks = !self.asking.floors.is_empty() || self.asking.load.is_some();
        let is_planned = |(season, dates): &(&Window<Date>, &Window<Date>)| {
            season.intersection(planned).is_some() && dates.intersection(planned) == Some(**dates)
        };
        let mut whole = seasons.iter().zip(dates).filter(is_planned).map(|(_, dates)| *dates);
        let Some(dates) = whole.next().filter(|_| asks) else { return };
        let has_day = |days: &u32| {
            let earlier = lead_in_dates(seasons, (*days, lengths.start));
            self.lead_in(&earlier, resolver).iter().any(|slot| !slot.days.is_empty())
        };
        let earlier = (lengths.start + 1..=lengths.end).find(has_day);
        let empty = diags::Empty { dates, more: whole.count(), earlier };
        resolver.problems.push(diags::lead_in_without_day(&self.title, &empty, lead_in, &self.choosing()));
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

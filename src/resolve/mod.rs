//! Dates: a policy's rules become dated [`Origin`]s over the horizon, in local time, each with where it was written.
//!
//! It must not know what replicas are possible, nor KEDA. How one date is computed: `dates/`.

mod campaign;
mod clock;
mod counted;
mod diags;
mod gaps;
mod holidays;
mod origin;
mod place;
mod season;
mod slots;
mod stretches;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

pub use origin::{
    Holiday, LeftOut, Occasion, OccasionId, OccasionKind, Origin, Part, SwitchedOff, Whose, Written,
};

use crate::dates::Workdays;
use crate::finding::Diagnostic;
use crate::name::{SetName, Slug};
use crate::parallel;
use crate::policy::{About, Campaign, HolidaySet, Policy, Season};
use crate::profile::TerritoryId;
use crate::source::Span;
use crate::time::{Date, Hours, LocalTime, TimeOfDay, Window, Zone};
use clock::Irregular;
use counted::Counted;
use holidays::{Holidays, Week};

/// A policy's seasons and campaigns, dated.
#[derive(Clone, Debug, Default)]
pub struct Resolved {
    /// Seasons before campaigns, each by first date, then name: the order in the policy does not reach the files.
    pub occasions: Vec<Occasion>,
    /// Where the policy has each of `occasions`.
    pub entries: Vec<Entry>,
    /// By occasion, territory and part.
    pub origins: Vec<Origin>,
    /// What is switched off, seasons before campaigns, in file order.
    pub switched_off: Vec<SwitchedOff>,
}

/// A season or campaign of the policy, by its index in the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Entry {
    /// Of `calendar.seasons`.
    Season(usize),
    /// Of `calendar.campaigns`.
    Campaign(usize),
}

/// All origins of a policy, and everything that is wrong with its dates.
pub fn resolve(policy: &Policy) -> (Resolved, Vec<Diagnostic>) {
    let mut resolver = Resolver::new(policy);
    let calendar = &policy.calendar;
    let seasons = (0..calendar.seasons.len()).map(Entry::Season);
    let entries: Vec<Entry> = seasons.chain((0..calendar.campaigns.len()).map(Entry::Campaign)).collect();
    let mut found = Vec::with_capacity(entries.len());
    for (entry, (origins, problems)) in
        entries.iter().zip(parallel::each(&entries, |entry| resolver.one(*entry)))
    {
        found.push((*entry, origins));
        resolver.problems.extend(problems);
    }
    let mut resolved = ordered(policy, found);
    for season in &calendar.off.seasons {
        resolved.switched_off.push(season::switched_off(&mut resolver, season));
    }
    let campaigns = calendar.off.campaigns.iter();
    resolved.switched_off.extend(campaigns.map(|off| campaign::switched_off(&resolver, off)));
    let mut seen = BTreeSet::new();
    let mut problems = resolver.problems;
    problems.retain(|problem| seen.insert((problem.rule, problem.labels.first().map(|label| label.span))));
    (resolved, problems)
}

/// Puts occasions into an order that does not depend on the policy's, leaving out those without an origin.
fn ordered(policy: &Policy, found: Vec<(Entry, Vec<Origin>)>) -> Resolved {
    let mut found: Vec<(Entry, Occasion, Vec<Origin>)> = found
        .into_iter()
        .filter(|(_, origins)| !origins.is_empty())
        .map(|(entry, origins)| (entry, occasion(policy, entry), origins))
        .collect();
    let first = |origins: &[Origin]| {
        let main = origins.iter().filter(|origin| origin.part == Part::Main);
        main.map(|origin| origin.dates.first().map(|dates| dates.from)).min().flatten()
    };
    found.sort_by_cached_key(|(_, occasion, origins)| (occasion.kind, first(origins), occasion.name.clone()));
    let mut resolved = Resolved::default();
    for (at, (entry, occasion, mut origins)) in found.into_iter().enumerate() {
        origins.iter_mut().for_each(|origin| origin.occasion = OccasionId(at));
        origins.sort_by_key(|origin| (origin.territory, origin.part));
        resolved.entries.push(entry);
        resolved.occasions.push(occasion);
        resolved.origins.extend(origins);
    }
    resolved
}

fn occasion(policy: &Policy, entry: Entry) -> Occasion {
    match entry {
        Entry::Season(at) => occasion_of_season(&policy.calendar.seasons[at]),
        Entry::Campaign(at) => occasion_of_campaign(&policy.calendar.campaigns[at]),
    }
}

fn occasion_of_season(season: &Season) -> Occasion {
    named(OccasionKind::Season, &season.name, &season.about)
}

fn occasion_of_campaign(campaign: &Campaign) -> Occasion {
    named(OccasionKind::Campaign, &campaign.name, &campaign.about)
}

fn named(kind: OccasionKind, name: &Slug, about: &About) -> Occasion {
    let About { title, owner, ticket, note, span } = about.clone();
    Occasion { kind, name: name.clone(), title, owner, ticket, note, span }
}

/// What a season or a campaign is resolved with.
struct Resolver<'p> {
    policy: &'p Policy,
    known: Arc<Known<'p>>,
    problems: Vec<Diagnostic>,
}

/// What holds for all of them, and is worked out once.
struct Known<'p> {
    holidays: Holidays,
    /// Working days by what they depend on: the working week and the holiday sets.
    workdays: BTreeMap<(Week, Vec<&'p SetName>), Workdays>,
    /// Irregular stretches by zone name.
    clocks: BTreeMap<String, Vec<Irregular>>,
    /// By the name of a territory's zone, the first of those whose clocks agree with it over the plan: the platform's, then by
    /// territory.
    agreeing: BTreeMap<String, Zone>,
    counted: Counted,
}

impl<'p> Resolver<'p> {
    fn new(policy: &'p Policy) -> Self {
        let horizon = policy.calendar.horizon.value;
        let around = Window::new(horizon.from.plus_days(-1), horizon.until);
        let (profile, years) = (&policy.profile, horizon.from.year() - 3..=horizon.until.year() + 2);
        let places =
            || std::iter::once(None).chain((0..profile.territories.len()).map(|at| Some(TerritoryId(at))));
        let weeks = places().map(|place| profile.workweek(place)).collect();
        let holidays = Holidays::over(&policy.calendar.holidays, &years, &weeks);
        let mut workdays = BTreeMap::new();
        for place in places() {
            let (week, sets) = (profile.workweek(place), sets_of(policy, place));
            workdays.entry((week, sets)).or_insert_with_key(|(week, sets)| {
                Workdays::new(*week, holidays.days(sets.iter().copied(), *week))
            });
        }
        let zones = policy.profile.territories.iter().map(|territory| &territory.zone);
        let targets = policy.profile.targets.iter().map(|target| &target.zone);
        let mut clocks = BTreeMap::new();
        let said = policy.calendar.seasons.iter().filter_map(|season| Some(&season.zone.as_ref()?.value));
        let once =
            policy.calendar.campaigns.iter().filter_map(|campaign| Some(&campaign.zone.as_ref()?.value));
        let said = said.chain(once);
        for zone in zones.chain(targets).chain(said).chain([&policy.profile.platform.zone]) {
            clocks.entry(zone.name().to_owned()).or_insert_with(|| clock::irregular(zone, around));
        }
        let agreeing = place::agreeing(profile, around);
        let known = Arc::new(Known { holidays, workdays, clocks, agreeing, counted: Counted::default() });
        Self { policy, known, problems: Vec::new() }
    }

    /// The origins of a season or campaign, and what is wrong with its dates. None knows the problems of another.
    fn one(&self, entry: Entry) -> (Vec<Origin>, Vec<Diagnostic>) {
        // Numbers are given when the order is known.
        const UNORDERED: OccasionId = OccasionId(0);
        let mut own = Self { policy: self.policy, known: Arc::clone(&self.known), problems: Vec::new() };
        let origins = match entry {
            Entry::Season(at) => season::resolve(&mut own, at, UNORDERED),
            Entry::Campaign(at) => campaign::resolve(&mut own, at, UNORDERED),
        };
        (origins, own.problems)
    }

    fn horizon(&self) -> Window<Date> {
        self.policy.calendar.horizon.value
    }

    /// The horizon on a local clock.
    fn local_horizon(&self) -> Window<LocalTime> {
        Window::new(self.horizon().from.start(), self.horizon().until.start())
    }

    /// The working days of a territory, or of the platform.
    fn workdays(&self, territory: Option<TerritoryId>) -> &Workdays {
        &self.known.workdays[&(self.policy.profile.workweek(territory), sets_of(self.policy, territory))]
    }

    /// The holidays of the place on `day`.
    fn holidays(&self, territory: Option<TerritoryId>, day: Date) -> Vec<Holiday> {
        self.holidays_of(sets_of(self.policy, territory).into_iter(), territory, day)
    }

    /// The holidays of `sets` on `day`, as they fall in a place.
    fn holidays_of<'n>(
        &self,
        sets: impl Iterator<Item = &'n SetName>,
        territory: Option<TerritoryId>,
        day: Date,
    ) -> Vec<Holiday> {
        self.known.holidays.on(sets, self.policy.profile.workweek(territory), day)
    }

    /// Reports each kind of irregular boundary of an origin once: KEDA looks for it on its clock, whatever other clocks show then.
    fn check_clock(&mut self, title: &str, origin: &Origin, [from, until]: [Span; 2]) {
        let found = self.irregular(origin).into_iter();
        let ways = |stretch: &Irregular| match origin.hours {
            Hours::Exact(_) => clock::ways_around(std::slice::from_ref(stretch), stretch),
            Hours::AllDay | Hours::Daily { .. } | Hours::Span { .. } => {
                clock::ways_around(&self.known.clocks[origin.zone.name()], stretch)
            }
        };
        let is_all_day = matches!(origin.hours, Hours::AllDay);
        let problems: Vec<Diagnostic> = found
            .map(|((boundary, is_end), stretch)| {
                let at = if is_end { until } else { from };
                let ways = diags::Ways { around: ways(stretch), is_all_day };
                diags::irregular(title, (boundary, stretch), &ways, origin.zone.name(), at)
            })
            .collect();
        self.problems.extend(problems);
    }

    /// Whether the clocks of a zone show midnight once on every day.
    fn shows_midnight(&self, zone: &Zone) -> bool {
        let touches = |stretch: &Irregular| {
            [stretch.local.from, stretch.local.until].iter().any(|at| at.time_of_day() == TimeOfDay::MIDNIGHT)
        };
        !self.known.clocks[zone.name()].iter().any(touches)
    }

    fn irregular(&self, origin: &Origin) -> Vec<((LocalTime, bool), &Irregular)> {
        let irregular = &self.known.clocks[origin.zone.name()];
        let days = origin.days.iter().map(|day| origin.hours.on(*day));
        let exact = match origin.hours {
            Hours::Exact(window) => Some(window),
            Hours::AllDay | Hours::Daily { .. } | Hours::Span { .. } => None,
        };
        let boundaries = days.chain(exact).flat_map(|window| [(window.from, false), (window.until, true)]);
        let found = boundaries.filter_map(|boundary| {
            let stretch = irregular.iter().find(|stretch| stretch.local.contains(boundary.0))?;
            Some((boundary, stretch))
        });
        let mut reported = BTreeSet::new();
        found.filter(|(_, stretch)| reported.insert(stretch.repeated)).collect()
    }
}

/// The days of a holiday set in some years, each with the names of what falls on it, for a working week from Monday to Friday.
pub fn holidays_of_set(
    sets: &[HolidaySet],
    name: &SetName,
    years: RangeInclusive<i32>,
) -> Vec<(Date, Vec<Slug>)> {
    const WEEK: Week = [true, true, true, true, true, false, false];
    let holidays = Holidays::over(sets, &years, &BTreeSet::from([WEEK]));
    let days = holidays.days(std::iter::once(name), WEEK).into_iter();
    let names = |day: Date| {
        let on = holidays.on(std::iter::once(name), WEEK, day);
        on.into_iter().map(|holiday| holiday.name).collect()
    };
    days.filter(|day| years.contains(&day.year())).map(|day| (day, names(day))).collect()
}

/// The holiday sets of a territory, or of the platform.
fn sets_of(policy: &Policy, territory: Option<TerritoryId>) -> Vec<&SetName> {
    match territory {
        Some(id) => policy.profile.territories[id.0].holidays.iter().collect(),
        None => policy.platform_holidays.iter().map(|set| &set.value).collect(),
    }
}

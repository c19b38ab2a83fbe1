//! Dates: a policy's rules become dated [`Occurrence`]s over the horizon, in local time, each with where it was written.
//!
//! It must not know what replicas are possible, nor KEDA. How one date is computed: `dates/`.

mod campaign;
mod clock;
mod diags;
mod holidays;
mod season;

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Diagnostic;
use crate::name::Slug;
use crate::policy::Policy;
use crate::profile::{TerritoryId, WorkloadId, WorkloadKind};
use crate::quantity::Replicas;
use crate::source::{Located, Span};
use crate::time::{Date, Hours, Window, Zone};
use clock::Irregular;
use holidays::Holidays;

/// A part of a season or a campaign in one territory, dated.
#[derive(Clone, Debug)]
pub struct Occurrence {
    /// Of what.
    pub of: Of,
    /// 0 for the season or campaign itself, else the number of its lead-in, the longest first.
    pub lead_in: u32,
    /// Index of the lead-in in the season's terms, where it is one.
    pub lead_in_index: Option<usize>,
    /// Absent: the platform.
    pub territory: Option<TerritoryId>,
    /// The dates, half-open, inside the horizon.
    pub dates: Vec<Window<Date>>,
    /// When on a day.
    pub hours: Hours,
    /// The selection of days, as written.
    pub days_rule: String,
    /// Dates on which a daily window begins that reaches into the horizon; empty for a campaign.
    pub days: Vec<Date>,
    /// Whether any of its dates moves from year to year, or belongs to one year only.
    pub moves: bool,
    /// What set the window.
    pub span: Span,
}

/// Index of a season or campaign in the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Of {
    /// Of `calendar.seasons`.
    Season(usize),
    /// Of `calendar.campaigns`.
    Campaign(usize),
}

/// All occurrences of a policy, seasons before campaigns, each in territory order; and everything wrong with them.
pub fn resolve(policy: &Policy) -> (Vec<Occurrence>, Vec<Diagnostic>) {
    let mut resolver = Resolver::new(policy);
    let mut occurrences = Vec::new();
    for at in 0..policy.calendar.seasons.len() {
        season::resolve(&mut resolver, at, &mut occurrences);
    }
    for at in 0..policy.calendar.campaigns.len() {
        campaign::resolve(&mut resolver, at, &mut occurrences);
    }
    let mut seen = BTreeSet::new();
    let mut problems = resolver.problems;
    problems.retain(|problem| seen.insert((problem.code, problem.labels.first().map(|label| label.span))));
    (occurrences, problems)
}

/// What all seasons and campaigns are resolved with.
struct Resolver<'p> {
    policy: &'p Policy,
    holidays: Holidays,
    /// Irregular stretches by zone name.
    clocks: BTreeMap<String, Vec<Irregular>>,
    problems: Vec<Diagnostic>,
}

impl<'p> Resolver<'p> {
    fn new(policy: &'p Policy) -> Self {
        let horizon = policy.calendar.horizon.value;
        let around = Window::new(horizon.from.plus_days(-1), horizon.until);
        let holidays = Holidays::over(&policy.calendar.holidays, around);
        let zones = policy.profile.territories.iter().map(|territory| &territory.zone);
        let mut clocks = BTreeMap::new();
        for zone in zones.chain([&policy.profile.platform.zone]) {
            clocks.entry(zone.name().to_owned()).or_insert_with(|| clock::irregular(zone, around));
        }
        Self { policy, holidays, clocks, problems: Vec::new() }
    }

    fn horizon(&self) -> Window<Date> {
        self.policy.calendar.horizon.value
    }

    /// Whether any of `floors` is for a workload without a territory: only then is the platform's own clock needed.
    fn has_platform_floor(&self, floors: &BTreeMap<WorkloadId, Located<Replicas>>) -> bool {
        let profile = &self.policy.profile;
        floors.keys().any(|workload| matches!(profile.workloads[workload.0].kind, WorkloadKind::Queue(_)))
    }

    /// The clock of a territory, or of the platform.
    fn zone(&self, territory: Option<TerritoryId>) -> &'p Zone {
        territory.map_or(&self.policy.profile.platform.zone, |id| &self.policy.profile.territories[id.0].zone)
    }

    /// Whether `workdays` leaves `day` out there.
    fn is_holiday(&self, territory: Option<TerritoryId>, day: Date) -> bool {
        match territory {
            Some(id) => self.holidays.any(self.policy.profile.territories[id.0].holidays.iter(), day),
            None => {
                let names: Vec<&Slug> = self.policy.platform_holidays.iter().map(|set| &set.value).collect();
                self.holidays.any(names.into_iter(), day)
            }
        }
    }

    /// Reports each kind of irregular boundary of an occurrence once.
    fn check_clock(&mut self, title: &str, occurrence: &Occurrence, at: Span) {
        let zone = self.zone(occurrence.territory);
        let irregular = &self.clocks[zone.name()];
        let days = occurrence.days.iter().map(|day| occurrence.hours.on(*day));
        let exact = match occurrence.hours {
            Hours::Exact(window) => Some(window),
            Hours::AllDay | Hours::Daily { .. } => None,
        };
        let boundaries = days.chain(exact).flat_map(|window| [window.from, window.until]);
        let found = boundaries.filter_map(|boundary| {
            let stretch = irregular.iter().find(|stretch| stretch.local.contains(boundary))?;
            Some((boundary, stretch))
        });
        let mut reported = BTreeSet::new();
        let found: Vec<_> = found.filter(|(_, stretch)| reported.insert(stretch.repeated)).collect();
        self.problems.extend(
            found
                .iter()
                .map(|(boundary, stretch)| diags::irregular(title, *boundary, stretch, zone.name(), at)),
        );
    }
}

//! Whose clock: the places in which a season or a campaign is dated. A target without a territory has the windows of all
//! territories that the season touches, each on its own clock; a clock of its own goes before that.

use std::collections::{BTreeMap, BTreeSet};

use super::{Resolver, Whose};
use crate::policy::Floors;
use crate::profile::{Profile, Target, TerritoryId, WorkloadKind};
use crate::source::Located;
use crate::time::{Date, LocalTime, Window, Zone};

/// Where a season or a campaign is dated, and for whom.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) whose: Whose,
    /// Where its targets are; absent: in none.
    pub(super) territory: Option<TerritoryId>,
    /// Whose days and holidays they are; absent: the platform's.
    pub(super) days_of: Option<TerritoryId>,
    pub(super) zone: Zone,
    /// Whether nobody has said that clock, so that UTC holds.
    pub(super) is_assumed: bool,
    /// What is planned, on that clock.
    pub(super) planned: Window<LocalTime>,
}

impl Place {
    /// The days that have a minute of what is planned.
    pub(super) fn days(&self) -> Window<Date> {
        Window::new(self.planned.from.date(), self.planned.until.plus_minutes(-1).date().next())
    }
}

impl Resolver<'_> {
    /// Where something in `territories` with these floors is dated on the clocks of the places: the platform first.
    pub(super) fn places(
        &self,
        territories: &[TerritoryId],
        floors: &Floors,
        load: Option<Located<f64>>,
    ) -> Vec<Place> {
        let profile = &self.policy.profile;
        let mut places = Vec::new();
        if self.has_shared_floor(floors, load) {
            if territories.is_empty() {
                places.push(self.on_platform());
            }
            places.extend(territories.iter().map(|id| self.shared(*id)));
        }
        let own: BTreeSet<&str> = self.own_targets(floors).map(|target| target.zone.name()).collect();
        let own = own.into_iter().filter_map(Zone::parse);
        places.extend(own.map(|zone| Place {
            whose: Whose::Own,
            zone,
            is_assumed: false,
            ..self.on_platform()
        }));
        places.extend(territories.iter().map(|id| Place {
            whose: Whose::Territory,
            territory: Some(*id),
            days_of: Some(*id),
            zone: profile.territories[id.0].zone.clone(),
            is_assumed: self.is_assumed(*id),
            planned: self.local_horizon(),
        }));
        places
    }

    /// The same where it says one clock for every place.
    pub(super) fn places_on(
        &self,
        zone: &Zone,
        territories: &[TerritoryId],
        floors: &Floors,
        load: Option<Located<f64>>,
    ) -> Vec<Place> {
        let profile = &self.policy.profile;
        let mut places = Vec::new();
        if self.has_shared_floor(floors, load) || self.own_targets(floors).next().is_some() {
            let own = self.own_targets(floors).map(|target| &target.zone);
            let clocks: Vec<&Zone> = own.chain([&profile.platform.zone]).collect();
            let planned = self.planned_on(zone, &clocks);
            let everybody = Place {
                whose: Whose::Everybody,
                zone: zone.clone(),
                is_assumed: false,
                planned,
                ..self.on_platform()
            };
            if territories.is_empty() {
                places.push(everybody.clone());
            }
            places.extend(territories.iter().map(|id| Place { days_of: Some(*id), ..everybody.clone() }));
        }
        places.extend(territories.iter().map(|id| Place {
            whose: Whose::Territory,
            territory: Some(*id),
            days_of: Some(*id),
            zone: zone.clone(),
            is_assumed: false,
            planned: self.planned_on(zone, &[&profile.territories[id.0].zone]),
        }));
        places
    }

    /// From the first to the last minute of the plan on any of these clocks, as `zone` shows it.
    fn planned_on(&self, zone: &Zone, clocks: &[&Zone]) -> Window<LocalTime> {
        let local = self.local_horizon();
        let from = clocks.iter().map(|clock| clock.first_instant(local.from)).min();
        let until = clocks.iter().map(|clock| clock.first_instant(local.until)).max();
        let (Some(from), Some(until)) = (from, until) else { return local };
        Window::new(zone.local(from), zone.local_after(until))
    }

    /// The platform on its own clock.
    pub(super) fn on_platform(&self) -> Place {
        let platform = &self.policy.profile.platform;
        Place {
            whose: Whose::Shared,
            territory: None,
            days_of: None,
            zone: platform.zone.clone(),
            is_assumed: !platform.says_zone,
            planned: self.local_horizon(),
        }
    }

    /// Whether neither a territory nor the platform says a clock.
    fn is_assumed(&self, territory: TerritoryId) -> bool {
        let profile = &self.policy.profile;
        !profile.platform.says_zone && !profile.territories[territory.0].says_zone
    }

    /// The targets without a territory, on the clock and the days of one.
    fn shared(&self, territory: TerritoryId) -> Place {
        let profile = &self.policy.profile;
        let platform = &profile.platform.zone;
        let zone = &self.known.agreeing[profile.territories[territory.0].zone.name()];
        let planned =
            if zone == platform { self.local_horizon() } else { self.planned_on(zone, &[platform]) };
        Place {
            days_of: Some(territory),
            zone: zone.clone(),
            is_assumed: self.is_assumed(territory),
            planned,
            ..self.on_platform()
        }
    }

    /// Whether any of `floors` is for a target that has neither a territory nor a clock of its own, or would follow for one
    /// from a `load`.
    fn has_shared_floor(&self, floors: &Floors, load: Option<Located<f64>>) -> bool {
        let profile = &self.policy.profile;
        let answers = |target: &Target| matches!(profile.workload(target).kind, WorkloadKind::Http(_));
        let mut targets = profile.targets.iter().filter(|target| target.territory.is_none());
        targets.any(|target| {
            let is_asked = floors.of(target.workload).is_some() || load.is_some() && answers(target);
            !target.has_own_zone && is_asked
        })
    }

    /// The targets without a territory that `floors` are for and that have a clock of their own.
    fn own_targets(&self, floors: &Floors) -> impl Iterator<Item = &Target> {
        let targets = self.policy.profile.targets.iter().filter(|target| target.territory.is_none());
        targets.filter(|target| target.has_own_zone && floors.of(target.workload).is_some())
    }
}

/// For each zone of a territory the first one whose clocks agree with it over the plan.
pub(super) fn agreeing(profile: &Profile, days: Window<Date>) -> BTreeMap<String, Zone> {
    let zones = profile.territories.iter().map(|territory| &territory.zone);
    let mut by_clock = BTreeMap::new();
    let mut agreeing = BTreeMap::new();
    for zone in std::iter::once(&profile.platform.zone).chain(zones) {
        let (from, until) = (zone.start_of(days.from.plus_days(-1)), zone.start_of(days.until.plus_days(2)));
        let clock = (zone.offset(from), zone.changes(Window::new(from, until)));
        let first = by_clock.entry(clock).or_insert_with(|| zone.clone()).clone();
        agreeing.entry(zone.name().to_owned()).or_insert(first);
    }
    agreeing
}

//! Campaigns: one exact window, on each territory's own clock or at one instant for everybody.

use super::origin::{OccasionId, Origin, Part, SwitchedOff, Written};
use super::{Resolver, diags, occasion_of_campaign};
use crate::policy::{Campaign, Moment};
use crate::profile::TerritoryId;
use crate::time::{Date, Hours, LocalTime, Window, Zone};

pub(super) fn resolve(resolver: &mut Resolver<'_>, at: usize, occasion: OccasionId) -> Vec<Origin> {
    let campaign = &resolver.policy.calendar.campaigns[at];
    let title = format!("campaign `{}`", campaign.name);
    let horizon = resolver.policy.calendar.horizon;
    let platform = resolver.has_platform_floor(&campaign.floors, campaign.load).then_some(None);
    let places = platform.into_iter().chain(campaign.territories.iter().copied().map(Some));
    let mut found = Vec::new();
    let mut inside = false;
    for territory in places {
        let zone = match resolver.clock_of(territory, &campaign.floors) {
            Some(zone) => zone,
            None if campaign.says_clock() => {
                resolver.problems.push(diags::several_clocks(&title, campaign.from.span));
                return Vec::new();
            }
            None => &resolver.policy.profile.platform.zone,
        };
        let Some(window) = window(campaign, zone) else {
            let (from, to) = (campaign.from.span, campaign.to.span);
            resolver.problems.push(diags::campaign_without_time(&title, from, to));
            return Vec::new();
        };
        let Some(dates) = dates(window).intersection(horizon.value) else { continue };
        inside = true;
        let origin = origin(campaign, (occasion, territory), dates, window);
        let zones = resolver.zones(territory, &campaign.floors);
        resolver.check_clock(&title, &origin, (&zones, campaign.from.span));
        found.push(origin);
    }
    if !inside {
        let outside = diags::outside(&title, (campaign.about.span, None), horizon.value, horizon.span);
        resolver.problems.push(outside);
    }
    found
}

/// A campaign that is switched off: the platform and its territories, on its dates.
pub(super) fn switched_off(resolver: &Resolver<'_>, campaign: &Campaign) -> SwitchedOff {
    let places = std::iter::once(None).chain(campaign.territories.iter().copied().map(Some));
    let dates = places.filter_map(|territory| {
        let platform = &resolver.policy.profile.platform.zone;
        let zone = resolver.clock_of(territory, &campaign.floors).unwrap_or(platform);
        Some((territory, dates(window(campaign, zone)?)))
    });
    SwitchedOff { occasion: occasion_of_campaign(campaign), dates: dates.collect() }
}

impl Campaign {
    /// Whether its times are on a clock of their own, and not on each territory's.
    fn says_clock(&self) -> bool {
        self.zone.is_some() || [self.from, self.to].iter().any(|at| matches!(at.value, Moment::At(_)))
    }
}

/// The window on the clock of `place`.
fn window(campaign: &Campaign, place: &Zone) -> Option<Window<LocalTime>> {
    let local = |moment: Moment| match (moment, &campaign.zone) {
        (Moment::At(at), _) => place.local(at),
        (Moment::Local(at), Some(zone)) => place.local(zone.value.first_instant(at)),
        (Moment::Local(at), None) => at,
    };
    let (from, until) = (local(campaign.from.value), local(campaign.to.value));
    (from < until).then(|| Window::new(from, until))
}

/// The days on which it has a minute.
fn dates(window: Window<LocalTime>) -> Window<Date> {
    Window::new(window.from.date(), window.until.plus_minutes(-1).date().next())
}

fn origin(
    campaign: &Campaign,
    (occasion, territory): (OccasionId, Option<TerritoryId>),
    dates: Window<Date>,
    window: Window<LocalTime>,
) -> Origin {
    Origin {
        occasion,
        part: Part::Main,
        territory,
        load: campaign.load.map(|load| load.value),
        dates: vec![dates],
        uncut: Vec::new(),
        hours: Hours::Exact(window),
        days_rule: "once".to_owned(),
        days: Vec::new(),
        left_out: Vec::new(),
        moves: true,
        span: campaign.about.span,
        written: Written {
            table: campaign.about.span,
            from: campaign.from.span,
            to: campaign.to.span,
            hours: None,
            days: None,
        },
    }
}

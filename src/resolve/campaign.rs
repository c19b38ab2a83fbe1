//! Campaigns: one exact window, on each territory's own clock or at one instant for everybody.

use super::origin::{OccasionId, Origin, Part, SwitchedOff, Whose, Written};
use super::place::Place;
use super::{Resolver, diags, occasion_of_campaign};
use crate::policy::{Campaign, Moment};
use crate::profile::TerritoryId;
use crate::time::{Date, Hours, LocalTime, Window, Zone};

pub(super) fn resolve(resolver: &mut Resolver<'_>, at: usize, occasion: OccasionId) -> Vec<Origin> {
    let campaign = &resolver.policy.calendar.campaigns[at];
    let title = format!("campaign `{}`", campaign.name);
    let horizon = resolver.policy.calendar.horizon;
    let mut places = match &campaign.zone {
        // On that clock everywhere: what other clocks show then, twice or never, is nothing to it.
        Some(zone) => resolver.places_on(&zone.value, &campaign.territories, &campaign.floors, campaign.load),
        None => resolver.places(&campaign.territories, &campaign.floors, campaign.load),
    };
    if campaign.zone.is_none() && campaign.says_clock() {
        // One instant for everybody is one on every clock.
        let is_shared = places.iter().any(|place| place.whose == Whose::Shared);
        let platform = is_shared.then(|| resolver.on_platform());
        places.retain(|place| place.whose != Whose::Shared);
        places.splice(0..0, platform);
    }
    let mut found: Vec<Origin> = Vec::new();
    let mut inside = false;
    for place in places {
        let Some(window) = window(campaign, &place.zone) else {
            let (from, to) = (campaign.from.span, campaign.to.span);
            let is_at_once = campaign.from.value == campaign.to.value;
            resolver.problems.push(diags::campaign_without_time(&title, is_at_once, from, to));
            return Vec::new();
        };
        // The last day of the plan there may have a minute of it, and the plan itself none.
        let (Some(_), Some(dates)) =
            (window.intersection(place.planned), dates(window).intersection(place.days()))
        else {
            continue;
        };
        let is_one = matches!(place.whose, Whose::Shared | Whose::Everybody);
        let is_there = |other: &Origin| other.whose == place.whose && other.zone == place.zone;
        if is_one && found.iter().any(is_there) {
            continue;
        }
        inside = true;
        if window.from < place.planned.from {
            let (begins, plan) = ((window.from, place.zone.name()), (place.planned.from, horizon.span));
            resolver.problems.push(diags::cut_before(&title, begins, campaign.from.span, plan));
        }
        if window.until > place.planned.until {
            let (ends, plan) = ((window.until, place.zone.name()), (place.planned.until, horizon.span));
            resolver.problems.push(diags::cut(&title, ends, campaign.to.span, plan));
        }
        let origin = origin(campaign, (occasion, place), dates, window);
        resolver.check_clock(&title, &origin, [campaign.from.span, campaign.to.span]);
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
        let profile = &resolver.policy.profile;
        let zone =
            territory.map_or(&profile.platform.zone, |id: TerritoryId| &profile.territories[id.0].zone);
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
        (Moment::Local(at), Some(zone)) if zone.value != *place => place.local(zone.value.first_instant(at)),
        // On its own clock as it is written: a time that this clock skips is refused.
        (Moment::Local(at), Some(_) | None) => at,
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
    (occasion, place): (OccasionId, Place),
    dates: Window<Date>,
    window: Window<LocalTime>,
) -> Origin {
    Origin {
        occasion,
        part: Part::Main,
        territory: place.territory,
        whose: place.whose,
        zone: place.zone,
        is_assumed: place.is_assumed && !campaign.says_clock(),
        planned: place.planned,
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

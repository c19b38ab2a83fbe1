//! Campaigns: one exact window on each territory's own clock.

use super::origin::{OccasionId, Origin, Part, SwitchedOff, Written};
use super::{Resolver, diags, occasion_of_campaign};
use crate::policy::Campaign;
use crate::profile::TerritoryId;
use crate::time::{Date, Hours, LocalTime, Window};

pub(super) fn resolve(resolver: &mut Resolver<'_>, at: usize, occasion: OccasionId) -> Vec<Origin> {
    let campaign = &resolver.policy.calendar.campaigns[at];
    let title = format!("campaign `{}`", campaign.name);
    let Some(window) = window(campaign) else {
        resolver.problems.push(diags::campaign_without_time(&title, campaign.from.span, campaign.to.span));
        return Vec::new();
    };
    let horizon = resolver.policy.calendar.horizon;
    let Some(inside) = dates(window).intersection(horizon.value) else {
        let outside = diags::outside(&title, (campaign.about.span, None), horizon.value, horizon.span);
        resolver.problems.push(outside);
        return Vec::new();
    };
    let platform = resolver.has_platform_floor(&campaign.floors).then_some(None);
    let places = platform.into_iter().chain(campaign.territories.iter().copied().map(Some));
    let mut found = Vec::new();
    for territory in places {
        let origin = origin(campaign, (occasion, territory), inside, window);
        let zones = resolver.zones(territory, &campaign.floors);
        resolver.check_clock(&title, &origin, (&zones, campaign.from.span));
        found.push(origin);
    }
    found
}

/// A campaign that is switched off: the platform and its territories, on its dates.
pub(super) fn switched_off(campaign: &Campaign) -> SwitchedOff {
    let places = std::iter::once(None).chain(campaign.territories.iter().copied().map(Some));
    let dates = window(campaign).map(dates);
    SwitchedOff {
        occasion: occasion_of_campaign(campaign),
        dates: places.filter_map(|territory| Some((territory, dates?))).collect(),
    }
}

fn window(campaign: &Campaign) -> Option<Window<LocalTime>> {
    let (from, until) = (campaign.from.value, campaign.to.value);
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

//! Campaigns: one exact window on each territory's own clock.

use super::{Occurrence, Of, Resolver, diags};
use crate::profile::TerritoryId;
use crate::time::{Hours, Window};

pub(super) fn resolve(resolver: &mut Resolver<'_>, at: usize, found: &mut Vec<Occurrence>) {
    let campaign = &resolver.policy.calendar.campaigns[at];
    let title = format!("campaign `{}`", campaign.name);
    if campaign.to.value <= campaign.from.value {
        resolver.problems.push(diags::campaign_without_time(&title, campaign.from.span, campaign.to.span));
        return;
    }
    let window = Window::new(campaign.from.value, campaign.to.value);
    let horizon = resolver.policy.calendar.horizon;
    let dates = Window::new(window.from.date(), window.until.plus_minutes(-1).date().next());
    let Some(inside) = dates.intersection(horizon.value) else {
        let outside = diags::outside(&title, campaign.about.span, horizon.value, horizon.span);
        resolver.problems.push(outside);
        return;
    };
    let platform = resolver.has_platform_floor(&campaign.floors).then_some(None);
    for territory in platform.into_iter().chain(campaign.territories.iter().copied().map(Some)) {
        let occurrence = occurrence(at, territory, inside, window, resolver);
        resolver.check_clock(&title, &occurrence, campaign.from.span);
        found.push(occurrence);
    }
}

fn occurrence(
    at: usize,
    territory: Option<TerritoryId>,
    dates: Window<crate::time::Date>,
    window: Window<crate::time::LocalTime>,
    resolver: &Resolver<'_>,
) -> Occurrence {
    Occurrence {
        of: Of::Campaign(at),
        lead_in: 0,
        lead_in_index: None,
        territory,
        dates: vec![dates],
        hours: Hours::Exact(window),
        days_rule: "once".to_owned(),
        days: Vec::new(),
        moves: true,
        span: resolver.policy.calendar.campaigns[at].about.span,
    }
}

//! What the policy says of a moment and does not mean: seasons and campaigns with `enabled = false` whose days these are.

use super::scene::{self, Scene};
use crate::name::Slug;
use crate::plan::OccasionKind;
use crate::policy::{Campaign, Season, Terms};
use crate::source::Span;
use crate::time::Date;

/// A season or campaign that would have a say here, if it were not switched off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SwitchedOff {
    /// Which of the two.
    pub kind: OccasionKind,
    /// Its key.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Its table.
    pub table: Span,
}

/// In file order, seasons first.
pub(super) fn switched_off(scene: &Scene<'_>) -> Vec<SwitchedOff> {
    let off = &scene.policy.calendar.off;
    let named = |kind, name: &Slug, title: &str, table| SwitchedOff {
        kind,
        name: name.to_string(),
        title: title.to_owned(),
        table,
    };
    let seasons = off.seasons.iter().filter(|season| has_season(scene, season));
    let seasons = seasons.map(|one| named(OccasionKind::Season, &one.name, &one.about.title, one.about.span));
    let campaigns = off.campaigns.iter().filter(|campaign| has_campaign(scene, campaign));
    let campaigns =
        campaigns.map(|one| named(OccasionKind::Campaign, &one.name, &one.about.title, one.about.span));
    seasons.chain(campaigns).collect()
}

/// Whether the day is one of its days here, or of those of a lead-in: whatever the hour and the weekday.
fn has_season(scene: &Scene<'_>, season: &Season) -> bool {
    let terms = match scene.target.territory {
        Some(id) => season.territories.get(&id),
        None => Some(&season.general),
    };
    terms.is_some_and(|terms| is_among(terms, scene.at.date()))
}

fn is_among(terms: &Terms, day: Date) -> bool {
    let longest = terms.lead_ins.iter().max_by_key(|lead_in| lead_in.value.days);
    scene::dates(terms, None, day).is_some()
        || longest.is_some_and(|lead_in| scene::dates(terms, Some((lead_in, 0)), day).is_some())
}

/// Whether the day is one on which it would run: a burst of hours is asked about by its day.
fn has_campaign(scene: &Scene<'_>, campaign: &Campaign) -> bool {
    let here = scene.target.territory.is_none_or(|id| campaign.territories.contains(&id));
    let day = scene.at.date();
    here && campaign.from.value.date() <= day && day.start() < campaign.to.value
}

//! Seasons of two plans of different years, each beside itself: what a floor was on a date of last year says nothing about a
//! date of this one.

use std::collections::BTreeMap;

use crate::plan::{OccasionKind, Part, Plan};
use crate::profile::TerritoryId;
use crate::quantity::Replicas;
use crate::time::{Date, Window};

/// A season or a campaign in both plans, in a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeasonChange {
    /// Its key in the policy.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Season or campaign.
    pub kind: OccasionKind,
    /// Where these are its dates, where they are not the same everywhere.
    pub place: Option<String>,
    /// Its dates in the old plan, half-open and whole, though the plan may cut them; empty: it had none.
    pub before: Vec<Window<Date>>,
    /// Its dates in the new plan; empty: none of them lies in it.
    pub after: Vec<Window<Date>>,
    /// Floors that are others in the new plan: the target, before, after; where it has dates in both.
    pub floors: Vec<(String, Replicas, Replicas)>,
}

/// What a place calls its dates.
type Dates = BTreeMap<(Option<TerritoryId>, String), Vec<Window<Date>>>;

struct Known {
    title: String,
    kind: OccasionKind,
    dates: Dates,
    /// By place and target.
    floors: BTreeMap<(String, String), Replicas>,
}

/// Every season and campaign of both plans, by its first date in the new one, those that are gone at the end.
pub fn seasons((old, new): (&Plan, &Plan)) -> Vec<SeasonChange> {
    let (olds, mut news) = (known(old), known(new));
    let mut changes = Vec::new();
    for (key, before) in &olds {
        let after = news.remove(key);
        changes.extend(beside(&key.1, before, after.as_ref().unwrap_or(&before.without_dates())));
    }
    for (key, after) in &news {
        changes.extend(beside(&key.1, &after.without_dates(), after));
    }
    changes.sort_by_key(|change| {
        (
            change.after.is_empty(),
            change.after.first().or(change.before.first()).copied(),
            change.name.clone(),
        )
    });
    changes
}

impl Known {
    fn without_dates(&self) -> Self {
        Self { title: self.title.clone(), kind: self.kind, dates: Dates::new(), floors: BTreeMap::new() }
    }
}

fn known(plan: &Plan) -> BTreeMap<(OccasionKind, String), Known> {
    let mut known: BTreeMap<(OccasionKind, String), Known> = BTreeMap::new();
    for origin in plan.origins.iter().filter(|origin| origin.part == Part::Main) {
        let occasion = plan.occasion(origin);
        let new = || Known {
            title: occasion.title.clone(),
            kind: occasion.kind,
            dates: Dates::new(),
            floors: BTreeMap::new(),
        };
        let own = known.entry((occasion.kind, occasion.name.to_string())).or_insert_with(new);
        let of_territory = origin.territory.map(|id| plan.profile.territories[id.0].code.to_string());
        let place = (origin.territory, of_territory.unwrap_or_default());
        let dates = own.dates.entry(place).or_default();
        for one in whole(plan, &origin.uncut, &origin.dates) {
            if !dates.contains(&one) {
                dates.push(one);
            }
        }
        dates.sort();
    }
    for schedule in &plan.schedules {
        let target = plan.profile.full_name(&plan.profile.targets[schedule.target.0]);
        for layer in &schedule.layers {
            let origin = plan.origin(layer.origin);
            let occasion = plan.occasion(origin);
            let place = origin.territory.map(|id| plan.profile.territories[id.0].code.to_string());
            let key = (occasion.kind, occasion.name.to_string());
            if let Some(own) = known.get_mut(&key).filter(|_| origin.part == Part::Main) {
                let floor = own.floors.entry((place.unwrap_or_default(), target.clone()));
                let floor = floor.or_insert(layer.floor);
                *floor = layer.floor.max(*floor);
            }
        }
    }
    known
}

/// The dates that meet the horizon, not cut by it.
fn whole(plan: &Plan, uncut: &[Window<Date>], cut: &[Window<Date>]) -> Vec<Window<Date>> {
    if uncut.is_empty() {
        return cut.to_vec();
    }
    uncut.iter().copied().filter(|dates| dates.intersection(plan.horizon).is_some()).collect()
}

/// One change where all places have the same dates, else one for each.
fn beside(name: &str, before: &Known, after: &Known) -> Vec<SeasonChange> {
    let dates = |known: &Known, place: &str| {
        let own = known.dates.iter().find(|((_, code), _)| code == place);
        own.map(|(_, dates)| dates.clone()).unwrap_or_default()
    };
    let places: Vec<&String> = {
        let mut places: Vec<&String> =
            before.dates.keys().chain(after.dates.keys()).map(|(_, code)| code).collect();
        places.sort();
        places.dedup();
        places
    };
    let change = |place: &str| SeasonChange {
        name: name.to_owned(),
        title: after.title.clone(),
        kind: after.kind,
        place: (!place.is_empty()).then(|| place.to_owned()),
        before: dates(before, place),
        after: dates(after, place),
        floors: floors(before, after, Some(place)),
    };
    let all: Vec<SeasonChange> = places.iter().map(|place| change(place)).collect();
    let alike = all.iter().all(|one| (&one.before, &one.after) == (&all[0].before, &all[0].after));
    match all.into_iter().next() {
        Some(first) if alike => {
            vec![SeasonChange { place: None, floors: floors(before, after, None), ..first }]
        }
        Some(_) => places.iter().map(|place| change(place)).collect(),
        None => Vec::new(),
    }
}

/// The floors of a place, or of all of them, that are others.
fn floors(before: &Known, after: &Known, place: Option<&str>) -> Vec<(String, Replicas, Replicas)> {
    let here = after.floors.iter().filter(|((code, _), _)| place.is_none_or(|place| code == place));
    let both = here.filter_map(|(key, is)| Some((key.1.clone(), *before.floors.get(key)?, *is)));
    both.filter(|(_, was, is)| was != is).collect()
}

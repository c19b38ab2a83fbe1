//! Equal windows of several targets become one season, and each season gets a key of its own.

use std::collections::{BTreeMap, BTreeSet};

use super::Target;
use super::dated;
use super::dates::Dates;
use super::name::{self, Name};
use super::part::Part;
use super::say;
use crate::name::Slug;
use crate::time::{Date, Hours, TimeOfDay, Window, Zone};

/// A season of the proposal.
#[derive(Clone, Debug)]
pub(super) struct Season {
    pub(super) key: Slug,
    pub(super) title: String,
    /// What is said of its name, where nothing in the input names it.
    pub(super) nameless: Option<&'static str>,
    /// When and how much, in general.
    pub(super) general: Part,
    /// The same season where it has other dates or hours, in territories that the general part does not have.
    pub(super) elsewhere: Vec<Part>,
}

impl Season {
    /// A key that no season of several triggers has.
    pub(super) fn lengthen(&mut self) {
        let key: String = self.key.as_str().chars().take(33).collect();
        if let Some(longer) = Slug::parse(&format!("{}-window", key.trim_end_matches('-'))) {
            self.key = longer;
        }
    }

    /// All parts, the general one first.
    pub(super) fn parts(&self) -> impl Iterator<Item = &Part> {
        std::iter::once(&self.general).chain(&self.elsewhere)
    }
}

/// A season without a key.
struct Draft {
    general: Part,
    elsewhere: Vec<Part>,
    /// What most of its triggers call it.
    name: Option<Name>,
}

/// The seasons of all targets, by first day inside `horizon`.
pub(super) fn seasons(targets: &[Target<'_>], horizon: Window<Date>) -> Vec<Season> {
    let mut parts: BTreeMap<(Dates, Hours, Option<&str>), Named> = BTreeMap::new();
    for (at, target) in targets.iter().enumerate() {
        let stretches = &target.scaled.stretches;
        let names = name::of_stretches(target.scaled.found, stretches);
        for (stretch, name) in stretches.iter().zip(names) {
            let (dates, hours) = (stretch.dates.clone(), stretch.hours);
            let new = || Part {
                dates,
                hours,
                more_hours: Vec::new(),
                zone: stretch.zone.clone(),
                floors: BTreeMap::new(),
                triggers: BTreeSet::new(),
            };
            let key = (stretch.dates.clone(), stretch.hours, stretch.zone.as_ref().map(Zone::name));
            let (part, votes) = parts.entry(key).or_insert_with(|| (new(), BTreeMap::new()));
            let floor = part.floors.entry(at).or_insert(stretch.floor);
            *floor = stretch.floor.max(*floor);
            part.triggers.extend(stretch.triggers.iter().map(|trigger| (at, *trigger)));
            if let Some(name) = name {
                *votes.entry(name).or_default() += 1;
            }
        }
    }
    let mut parts: Vec<_> = parts.into_values().collect();
    parts
        .sort_by_key(|(part, _)| (part.dates.days(horizon).first().copied(), part.hours, part.dates.clone()));
    let drafts = of_one_day(parts).into_iter().map(|(general, votes)| {
        let most = votes.into_iter().max_by_key(|(name, count)| (*count, std::cmp::Reverse(name.clone())));
        Draft { general, elsewhere: Vec::new(), name: most.map(|(name, _)| name) }
    });
    keyed(joined(drafts.collect(), targets), targets, horizon)
}

/// A part, and what its triggers call it.
type Named = (Part, BTreeMap<Name, usize>);

/// Windows of the same days and triggers become one, as far as they have no minute in common: somebody wrote them as one.
fn of_one_day(parts: Vec<Named>) -> Vec<Named> {
    let is_daily = |part: &Part| matches!(part.hours, Hours::Daily { .. });
    let mut joined: Vec<Named> = Vec::with_capacity(parts.len());
    for (part, votes) in parts {
        let same = |other: &&mut Named| {
            let all = |part: &Part| (part.dates.clone(), part.floors.clone(), part.triggers.clone());
            let clock = part.zone == other.0.zone;
            let meets = other.0.all_hours().any(|hours| hours.meets(part.hours));
            is_daily(&part) && is_daily(&other.0) && clock && !meets && all(&other.0) == all(&part)
        };
        match joined.iter_mut().find(same) {
            Some((first, _)) => first.more_hours.push(part.hours),
            None => joined.push((part, votes)),
        }
    }
    joined
}

/// Seasons of one name that never meet in a territory are one season that differs from place to place.
fn joined(drafts: Vec<Draft>, targets: &[Target<'_>]) -> Vec<Draft> {
    let mut families: BTreeMap<Name, Vec<&Draft>> = BTreeMap::new();
    for draft in &drafts {
        if let Some(name) = &draft.name {
            families.entry(name.clone()).or_default().push(draft);
        }
    }
    let apart = |family: &Vec<&Draft>| {
        let codes: Vec<_> = family.iter().flat_map(|draft| codes(&draft.general, targets)).collect();
        let everywhere = family.iter().flat_map(|draft| draft.general.floors.keys());
        let platform = everywhere.filter(|at| targets[**at].placed.territory.is_none()).count();
        // What is written as days and clock times in one place cannot be written as hours in another.
        let whole = family.iter().all(|draft| !matches!(draft.general.hours, Hours::Span { .. }));
        // A clock of its own is one for all places.
        let local = family.iter().all(|draft| draft.general.zone.is_none());
        whole && local && platform == 0 && codes.len() == codes.iter().collect::<BTreeSet<_>>().len()
    };
    families.retain(|_, family| family.len() > 1 && apart(family));
    let families: BTreeSet<Name> = families.into_keys().collect();
    let mut kept: Vec<Draft> = Vec::new();
    for draft in drafts {
        let family = draft.name.as_ref().filter(|name| families.contains(name));
        let first = family.and_then(|name| kept.iter_mut().find(|known| known.name.as_ref() == Some(name)));
        match first {
            Some(first) if codes(&draft.general, targets).len() > codes(&first.general, targets).len() => {
                first.elsewhere.push(std::mem::replace(&mut first.general, draft.general));
            }
            Some(first) => first.elsewhere.push(draft.general),
            None => kept.push(draft),
        }
    }
    kept
}

/// The longest season of a name has it to itself; the others get something that tells them apart.
fn keyed(drafts: Vec<Draft>, targets: &[Target<'_>], horizon: Window<Date>) -> Vec<Season> {
    let mut order: Vec<usize> = (0..drafts.len()).collect();
    order.sort_by_key(|at| {
        let Part { dates, hours, .. } = &drafts[*at].general;
        (*hours != Hours::AllDay, std::cmp::Reverse(dates.days(horizon).len()), *at)
    });
    let mut keys: BTreeMap<usize, (Slug, String)> = BTreeMap::new();
    let mut taken: BTreeSet<Slug> = BTreeSet::new();
    let mut numbers: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    let dated = dated(&drafts, horizon);
    for at in order {
        let draft = &drafts[at];
        let name = draft.name.clone().or_else(|| dated.get(&at).cloned());
        let name = name.unwrap_or_else(|| numbered(&draft.general, &mut numbers));
        let mut told = told_apart(&draft.general);
        let own = codes(&draft.general, targets);
        let elsewhere =
            |other: &Draft| other.name.as_ref() == Some(&name) && codes(&other.general, targets) != own;
        if drafts.iter().any(elsewhere) {
            let own: Vec<String> = own.into_iter().collect();
            // A clock of its own tells more than the place.
            let at = 1 + usize::from(draft.general.zone.is_some());
            told.insert(at, (own.join("-"), own.join(", ").to_uppercase()));
        }
        let counted = (2..).map(|n: usize| (n.to_string(), n.to_string()));
        let free = told.into_iter().chain(counted).find_map(|(suffix, said)| {
            let key = name.key(&suffix).filter(|key| !taken.contains(key))?;
            Some((key, name.title(&said)))
        });
        let key = free.expect("internal error: numbers do not end");
        taken.insert(key.0.clone());
        keys.insert(at, key);
    }
    let seasons = drafts.into_iter().zip(keys).map(|(draft, (at, (key, title)))| {
        let Draft { general, elsewhere, name } = draft;
        let said = if dated.contains_key(&at) { say::DATED } else { say::NAMELESS };
        Season { key, title, nameless: name.is_none().then_some(said), general, elsewhere }
    });
    seasons.collect()
}

/// Names after their days for those that nothing names, as far as each has one to itself.
fn dated(drafts: &[Draft], horizon: Window<Date>) -> BTreeMap<usize, Name> {
    let nameless = drafts.iter().enumerate().filter(|(_, draft)| draft.name.is_none());
    let names: Vec<(usize, Name)> =
        nameless.filter_map(|(at, draft)| Some((at, dated::name(&draft.general, horizon)?))).collect();
    let taken = |parts: &[String]| {
        let named = drafts.iter().filter_map(|draft| draft.name.as_ref());
        named.chain(names.iter().map(|(_, name)| name)).filter(|name| name.parts == parts).count()
    };
    names.iter().filter(|(_, name)| taken(&name.parts) == 1).cloned().collect()
}

/// `window-1`: one number for all seasons of one trigger.
fn numbered(part: &Part, numbers: &mut BTreeMap<(usize, usize), usize>) -> Name {
    let next = numbers.len() + 1;
    let first = part.triggers.first().copied().unwrap_or_default();
    let number = *numbers.entry(first).or_insert(next);
    Name { parts: vec!["window".to_owned(), number.to_string()], title: None }
}

/// Territories of a part, in lower case.
fn codes(part: &Part, targets: &[Target<'_>]) -> BTreeSet<String> {
    let code = |at: &usize| Some(targets[*at].placed.territory.as_ref()?.0.lower());
    part.floors.keys().filter_map(code).collect()
}

/// What may follow the name, for the key and for people, the plainest first.
fn told_apart(Part { dates, hours, zone, .. }: &Part) -> Vec<(String, String)> {
    let part = match hours {
        Hours::Daily { until: TimeOfDay::END_OF_DAY, .. } => Some(("first-day", "first day")),
        Hours::Daily { from: TimeOfDay::MIDNIGHT, .. } => Some(("last-day", "last day")),
        Hours::Daily { .. } | Hours::AllDay | Hours::Span { .. } | Hours::Exact(_) => None,
    };
    let part = part.filter(|_| dates.from == dates.to);
    let part = part.map(|(key, said)| (key.to_owned(), said.to_owned()));
    let days = dates.weekdays.text().map(|days| (days.replace(',', "-"), days));
    let plain = (String::new(), String::new());
    let city = zone.as_ref().and_then(|zone| zone.name().rsplit('/').next());
    let city = city.map(|city| (city.to_ascii_lowercase().replace('_', "-"), city.replace('_', " ")));
    std::iter::once(plain).chain(city).chain(part).chain(days).chain(dates.begins()).collect()
}

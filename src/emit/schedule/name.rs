//! Names and order of triggers.
//!
//! A name tells the season: `oktoberfest`, `oktoberfest_lead_in`, `spargel_weihnachten_workdays`; where a season takes
//! several triggers, its months too. KEDA reads names as identifiers and shows them as the `scaler` label.

use std::collections::{BTreeMap, BTreeSet};

use super::diags;
use super::pattern::Months;
use super::region::Region;
use super::{CronPair, CronTrigger};
use crate::finding::Diagnostic;
use crate::kept;
use crate::plan::{OriginId, Part, Plan, Schedule};
use crate::quantity::Replicas;
use crate::time::{Month, Zone};

/// Names of the triggers that are not cron.
pub(super) const RESERVED: [&str; 4] = ["rps", "p95", "backlog", "lag"];

/// A pair with what it is there for.
struct Draft {
    base: String,
    zone: Zone,
    origins: Vec<OriginId>,
    floor: Replicas,
    pair: CronPair,
}

/// Names the pairs and puts them in their order.
pub(super) fn named(
    plan: &Plan,
    schedule: &Schedule,
    unnamed: Vec<(Zone, Replicas, CronPair)>,
) -> Result<Vec<CronTrigger>, Vec<Diagnostic>> {
    // Beside triggers of others, ours are known by their names.
    let prefix = plan.profile.targets[schedule.target.0].kept.as_ref().map_or("", |_| kept::OURS);
    let draft = |(zone, floor, pair): (Zone, Replicas, CronPair)| {
        let origins = origins(plan, schedule, floor, (&zone, &pair));
        Draft { base: format!("{prefix}{}", base(plan, &origins)), zone, origins, floor, pair }
    };
    let mut drafts: Vec<Draft> = unnamed.into_iter().map(draft).collect();
    drafts.sort_by_cached_key(|draft| {
        (order(plan, &draft.origins), draft.pair.windows.first().copied(), draft.floor)
    });
    let mut families: BTreeMap<String, Vec<Vec<OriginId>>> = BTreeMap::new();
    for draft in &drafts {
        families.entry(draft.base.clone()).or_default().push(draft.origins.clone());
    }
    refuse_clashes(plan, schedule, &families)?;
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut triggers = Vec::new();
    for Draft { base, zone, origins, floor, pair } in drafts {
        let alone = families[&base].len() == 1;
        let wanted = if alone { base } else { format!("{base}_{}", months(pair.start.0.months)) };
        let name = free(wanted, &taken);
        taken.insert(name.clone());
        let (start, end) = (pair.start.0.cron(pair.start.1), pair.end.0.cron(pair.end.1));
        triggers.push(CronTrigger { name, start, end, floor, origins, windows: pair.windows, zone });
    }
    Ok(triggers)
}

/// The layers of this floor that ask for any window of the pair.
fn origins(
    plan: &Plan,
    schedule: &Schedule,
    floor: Replicas,
    (zone, pair): (&Zone, &CronPair),
) -> Vec<OriginId> {
    let needed = Region::union(pair.windows.iter().copied());
    let asks = |origin: &OriginId| {
        let origin = plan.origin(*origin);
        origin.zone == *zone && origin.windows().any(|window| needed.meets(window))
    };
    let layers = schedule.layers.iter().filter(|layer| layer.floor == floor).map(|layer| layer.origin);
    layers.filter(asks).collect()
}

/// By occasion, a lead-in before its season: a campaign comes after all seasons, and a later one after an earlier one.
fn order(plan: &Plan, origins: &[OriginId]) -> Vec<(usize, u32)> {
    let part = |part: Part| match part {
        Part::LeadIn(number) => number,
        Part::Main => u32::MAX,
    };
    let key = |id: &OriginId| (plan.origin(*id).occasion.0, part(plan.origin(*id).part));
    let mut keys: Vec<_> = origins.iter().map(key).collect();
    keys.sort_unstable();
    keys
}

/// More seasons than these in one name are no longer telling.
const MOST: usize = 3;

fn base(plan: &Plan, origins: &[OriginId]) -> String {
    let names: BTreeSet<(usize, String)> = origins
        .iter()
        .map(|id| {
            let origin = plan.origin(*id);
            (origin.occasion.0, plan.occasion(origin).name.identifier())
        })
        .collect();
    let mut name = names.iter().take(MOST).map(|(_, name)| name.as_str()).collect::<Vec<_>>().join("_");
    if names.len() > MOST {
        name.push_str(&format!("_and_{}_more", names.len() - MOST));
    }
    if origins.iter().all(|id| matches!(plan.origin(*id).part, Part::LeadIn(_))) {
        name.push_str("_lead_in");
    }
    if let Some(rule) = common_days(plan, origins) {
        name.push_str(&format!("_{rule}"));
    }
    name
}

/// `workdays`, where all of them take only those.
fn common_days(plan: &Plan, origins: &[OriginId]) -> Option<&'static str> {
    let all = |rule: &str| origins.iter().all(|id| plan.origin(*id).days_rule == rule);
    all("workdays").then_some("workdays")
}

/// `sep_oct`, `nov_to_feb`
fn months(months: Months) -> String {
    let names: Vec<String> = Month::all()
        .filter(|month| months & (1 << (month.number() - 1)) != 0)
        .map(|month| month.short().to_lowercase())
        .collect();
    match names.as_slice() {
        [one] => one.clone(),
        [one, two] => format!("{one}_{two}"),
        [first, .., last] => format!("{first}_to_{last}"),
        [] => "never".to_owned(),
    }
}

fn free(wanted: String, taken: &BTreeSet<String>) -> String {
    if !taken.contains(&wanted) {
        return wanted;
    }
    let numbered = (2..).map(|n| format!("{wanted}_{n}"));
    numbered.into_iter().find(|name| !taken.contains(name)).expect("internal error: numbers do not end")
}

/// Different things under one name, or under the name of a trigger that is not cron: the user must rename one.
fn refuse_clashes(
    plan: &Plan,
    schedule: &Schedule,
    families: &BTreeMap<String, Vec<Vec<OriginId>>>,
) -> Result<(), Vec<Diagnostic>> {
    let target = plan.profile.targets[schedule.target.0].name.as_str();
    let first = |origins: &[OriginId]| plan.origin(origins[0]).span;
    let mut problems = Vec::new();
    for (name, members) in families {
        let occasions: BTreeSet<BTreeSet<usize>> = members
            .iter()
            .map(|origins| origins.iter().map(|id| plan.origin(*id).occasion.0).collect::<BTreeSet<_>>())
            // A name that leaves some of them out is nobody's; each that has it gets a number.
            .filter(|occasions| occasions.len() <= MOST)
            .collect();
        let mut spans = members.iter().map(|origins| first(origins));
        let span = spans.next().expect("internal error: a name has a member");
        if RESERVED.contains(&name.as_str()) {
            problems.push(diags::reserved(target, name, span));
        } else if occasions.len() > 1 {
            let other = members.iter().map(|origins| first(origins)).find(|other| *other != span);
            problems.push(diags::clash(target, name, span, other.unwrap_or(span)));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

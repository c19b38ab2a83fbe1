//! Building the plan: occurrences get floors, targets get schedules.

use super::sweep;
use super::{
    Layer, Occasion, OccasionId, OccasionKind, Origin, OriginId, Part, Plan, Schedule, floor, reach,
};
use crate::diagnostic::Diagnostic;
use crate::parallel;
use crate::policy::Policy;
use crate::profile::{Target, TargetId};
use crate::resolve::{Occurrence, Of};
use crate::source::Located;

/// The plan of a policy and its occurrences, and what is wrong with its floors.
pub fn build(policy: Policy, occurrences: Vec<Occurrence>) -> (Plan, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let order = order(&policy, &occurrences);
    let occasions = order.iter().map(|of| occasion(&policy, *of)).collect();
    let mut occurrences = occurrences;
    let rank = |of: Of| {
        order.iter().position(|other| *other == of).expect("internal error: every occurrence is ranked")
    };
    occurrences.sort_by_key(|occurrence| (rank(occurrence.of), occurrence.territory, occurrence.lead_in));
    floor::check_presence(&policy, &occurrences, &mut problems);
    let layers = layers(&policy, &occurrences, &mut problems);
    let origins: Vec<Origin> =
        occurrences.into_iter().map(|occurrence| origin(&policy, occurrence, &rank)).collect();
    let Located { value: horizon, span: horizon_span } = policy.calendar.horizon;
    let local = crate::time::Window::new(horizon.from.start(), horizon.until.start());
    let profile = policy.profile;
    let layered: Vec<_> = profile.targets.iter().enumerate().zip(layers).collect();
    let swept = parallel::map(&layered, |((_, target), layers)| {
        sweep::sweep(target.min.value, layers, &origins, local)
    });
    let mut schedules = Vec::with_capacity(layered.len());
    for (((at, target), layers), (floors, sets)) in layered.into_iter().zip(swept) {
        let mut schedule =
            Schedule { target: TargetId(at), layers, floors, scale_up: reach::UNBOUNDED, sets };
        schedule.scale_up = reach::scale_up(&profile.platform, target, &schedule, &mut problems);
        schedules.push(schedule);
    }
    (Plan { horizon, horizon_span, profile, occasions, origins, schedules }, problems)
}

/// Seasons before campaigns, each by first date, then name: the order in the policy does not reach the files.
fn order(policy: &Policy, occurrences: &[Occurrence]) -> Vec<Of> {
    let mut first = std::collections::BTreeMap::new();
    for occurrence in occurrences.iter().filter(|occurrence| occurrence.lead_in == 0) {
        let date = occurrence.dates.first().map(|dates| dates.from);
        let entry = first.entry(occurrence.of).or_insert(date);
        *entry = date.min(*entry);
    }
    let mut order: Vec<_> = first.into_iter().collect();
    order.sort_by_key(|(of, date)| match of {
        Of::Season(at) => (0, *date, policy.calendar.seasons[*at].name.clone()),
        Of::Campaign(at) => (1, *date, policy.calendar.campaigns[*at].name.clone()),
    });
    order.into_iter().map(|(of, _)| of).collect()
}

fn occasion(policy: &Policy, of: Of) -> Occasion {
    let (kind, name, about) = match of {
        Of::Season(at) => {
            let season = &policy.calendar.seasons[at];
            (OccasionKind::Season, &season.name, &season.about)
        }
        Of::Campaign(at) => {
            let campaign = &policy.calendar.campaigns[at];
            (OccasionKind::Campaign, &campaign.name, &campaign.about)
        }
    };
    Occasion {
        kind,
        name: name.clone(),
        title: about.title.clone(),
        owner: about.owner.clone(),
        ticket: about.ticket.clone(),
        note: about.note.clone(),
        span: about.span,
    }
}

fn origin(policy: &Policy, occurrence: Occurrence, rank: &impl Fn(Of) -> usize) -> Origin {
    let load = match occurrence.of {
        Of::Season(at) => floor::terms(policy, at, occurrence.territory).load,
        Of::Campaign(at) => policy.calendar.campaigns[at].load,
    };
    Origin {
        occasion: OccasionId(rank(occurrence.of)),
        part: if occurrence.lead_in == 0 { Part::Main } else { Part::LeadIn(occurrence.lead_in) },
        territory: occurrence.territory,
        load: load.map(|load| load.value),
        dates: occurrence.dates,
        hours: occurrence.hours,
        days_rule: occurrence.days_rule,
        days: occurrence.days,
        moves: occurrence.moves,
        span: occurrence.span,
    }
}

/// The layers of every target, in the order of targets.
fn layers(policy: &Policy, occurrences: &[Occurrence], problems: &mut Vec<Diagnostic>) -> Vec<Vec<Layer>> {
    let mut by_territory: std::collections::BTreeMap<_, Vec<(OriginId, &Occurrence)>> =
        std::collections::BTreeMap::new();
    for (at, occurrence) in occurrences.iter().enumerate() {
        by_territory.entry(occurrence.territory).or_default().push((OriginId(at), occurrence));
    }
    let of_target = |target: &Target, problems: &mut Vec<Diagnostic>| {
        let here = by_territory.get(&target.territory).map(Vec::as_slice).unwrap_or_default();
        let asked = here.iter().filter_map(|(origin, occurrence)| {
            let (floor, span) = floor::of(policy, target, occurrence, problems)?;
            Some(Layer { origin: *origin, floor, span })
        });
        asked.collect()
    };
    policy.profile.targets.iter().map(|target| of_target(target, problems)).collect()
}

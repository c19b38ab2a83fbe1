//! Building the plan: origins ask for floors, targets get schedules.

use super::{Layer, OriginId, Plan, Schedule, Surge, diags, floor, reach, sweep};
use crate::finding::Diagnostic;
use crate::parallel;
use crate::policy::Policy;
use crate::profile::{Target, TargetId};
use crate::resolve::{Origin, Resolved};
use crate::source::Located;
use crate::time::Window;

/// The plan of a policy and its dated origins, and what is wrong with its floors.
pub fn build(policy: Policy, resolved: Resolved) -> (Plan, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    floor::check_presence(&policy, &resolved, &mut problems);
    let layers = layers(&policy, &resolved, &mut problems);
    let Resolved { occasions, origins, switched_off, entries: _ } = resolved;
    let Located { value: horizon, span: horizon_span } = policy.calendar.horizon;
    let begin_span = policy.calendar.begins;
    let local = Window::new(horizon.from.start(), horizon.until.start());
    let profile = policy.profile;
    let layered: Vec<_> = profile.targets.iter().enumerate().zip(layers).collect();
    let swept =
        parallel::map(&layered, |((_, target), layers)| sweep::of_target(target, layers, &origins, local));
    let mut schedules = Vec::with_capacity(layered.len());
    for (((at, target), layers), swept) in layered.into_iter().zip(swept) {
        let sweep::Swept { floors, held, sets } = swept;
        let mut schedule = Schedule {
            target: TargetId(at),
            layers,
            floors,
            held,
            scale_up: reach::UNBOUNDED,
            surge: Surge::Leaves,
            sets,
        };
        schedule.scale_up = reach::scale_up(&profile.platform, target, &schedule, &mut problems);
        schedule.surge = reach::surge(&profile.platform, target, &schedule);
        if target.kept.is_none() && target.per_replica.is_none() && schedule.peak() <= target.min.value {
            problems.push(diags::nothing_to_scale(target));
        }
        schedules.push(schedule);
    }
    let name = policy.calendar.name.unwrap_or_else(|| profile.platform.namespace.clone());
    let title = policy.calendar.title;
    (
        Plan {
            name,
            title,
            horizon,
            begin_span,
            horizon_span,
            profile,
            occasions,
            origins,
            switched_off,
            schedules,
        },
        problems,
    )
}

/// The layers of every target, in the order of targets.
fn layers(policy: &Policy, resolved: &Resolved, problems: &mut Vec<Diagnostic>) -> Vec<Vec<Layer>> {
    let mut by_territory: std::collections::BTreeMap<_, Vec<(OriginId, &Origin)>> =
        std::collections::BTreeMap::new();
    for (at, origin) in resolved.origins.iter().enumerate() {
        by_territory.entry(origin.territory).or_default().push((OriginId(at), origin));
    }
    let of_target = |target: &Target, problems: &mut Vec<Diagnostic>| {
        let here = by_territory.get(&target.territory).map(Vec::as_slice).unwrap_or_default();
        let own = here.iter().filter(|(_, origin)| origin.serves(target));
        let layers = own.filter_map(|(id, origin)| {
            let entry = resolved.entries[origin.occasion.0];
            let (floor, basis) = floor::of(policy, target, (entry, origin), problems)?;
            Some(Layer { origin: *id, floor, basis })
        });
        layers.collect()
    };
    policy.profile.targets.iter().map(|target| of_target(target, problems)).collect()
}

//! How much load the business expects: the base of a target, and how many times that each season and campaign brings.

use super::{Basis, LeadInSize, OriginId, Part, Plan};
use crate::profile::{Profile, Target, TargetId, WorkloadKind};
use crate::quantity::Rate;
use crate::step::StepFn;
use crate::time::{Hours, LocalTime, Window};

/// How many times its base a target gets, and for what.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Multiple {
    /// 1 at no season.
    pub times: f64,
    /// What brings it; absent: nothing.
    pub origin: Option<OriginId>,
}

/// Requests per second of a target at no season: the business's own figure, or its territory's share of what the minimum of
/// replicas carries everywhere, all of it where there is no territory. None for what answers no requests.
pub fn base_load(profile: &Profile, target: &Target) -> Option<Rate> {
    match &profile.workload(target).kind {
        WorkloadKind::Queue(_) | WorkloadKind::Scheduled | WorkloadKind::Kept => return None,
        WorkloadKind::Http(_) => {}
    }
    let same = profile.targets.iter().filter(|other| other.workload == target.workload);
    let carried: f64 =
        same.map(|other| f64::from(other.min.value.0) * other.per_replica.map_or(0.0, |rate| rate.0)).sum();
    let share = profile.territory(target).map_or(1.0, |territory| territory.share.0);
    Some(target.base_load.map_or(Rate(share * carried), |load| load.value))
}

/// The multiples of a target over the horizon, on its own clock: of several that hold at once, the highest. A season brings its
/// load on all of its days, at any hour: its hours are those of the floor.
pub fn multiples(plan: &Plan, target: TargetId) -> StepFn<LocalTime, Multiple> {
    let target = &plan.profile.targets[target.0];
    let own = plan.origins.iter().enumerate().filter(|(_, origin)| origin.serves(target));
    let windows: Vec<(Window<LocalTime>, Multiple)> = own
        .filter_map(|(at, origin)| times(plan, OriginId(at)).map(|times| (at, origin, times)))
        .flat_map(|(at, origin, times)| {
            let multiple = Multiple { times, origin: Some(OriginId(at)) };
            let windows: Vec<Window<LocalTime>> = match origin.hours {
                Hours::Exact(window) => vec![window],
                Hours::AllDay | Hours::Daily { .. } | Hours::Span { .. } => origin
                    .dates
                    .iter()
                    .map(|days| Window::new(days.from.start(), days.until.start()))
                    .collect(),
            };
            windows.into_iter().map(move |window| (origin.shown(window, &target.zone), multiple))
        })
        .collect();
    let mut edges: Vec<LocalTime> =
        windows.iter().flat_map(|(window, _)| [window.from, window.until]).collect();
    edges.sort_unstable();
    edges.dedup();
    let none = Multiple { times: 1.0, origin: None };
    let mut multiples = StepFn::constant(none);
    for edge in edges {
        let holding =
            windows.iter().filter(|(window, _)| window.contains(edge)).map(|(_, multiple)| *multiple);
        let highest = holding.reduce(|one, other| if other.times > one.times { other } else { one });
        multiples.push(edge, highest.unwrap_or(none));
    }
    multiples
}

/// How many times the base an origin brings: a season its own load, a lead-in as much less as its floor is less.
fn times(plan: &Plan, id: OriginId) -> Option<f64> {
    let origin = plan.origin(id);
    match origin.part {
        Part::Main => origin.load,
        Part::LeadIn(_) => {
            let mut layers = plan.schedules.iter().flat_map(|schedule| &schedule.layers);
            let size = layers.find_map(|layer| match layer.basis {
                Basis::LeadIn { size, .. } if layer.origin == id => Some(size),
                Basis::LeadIn { .. } | Basis::Written(_) | Basis::Share { .. } | Basis::Load { .. } => None,
            });
            size.map(|size| match size {
                LeadInSize::TimesMinimum(times) => origin.load.map_or(times, |load| load.min(times)),
                LeadInSize::ShareOfFloor(share) => (origin.load.unwrap_or(1.0) * share.0).max(1.0),
            })
        }
    }
}

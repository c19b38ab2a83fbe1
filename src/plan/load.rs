//! How much load the business expects: the base of a target, and how many times that each season and campaign brings.

use super::{Basis, LeadInSize, OccasionId, Origin, OriginId, Part, Plan};
use crate::profile::{Profile, Target, TargetId, WorkloadKind};
use crate::quantity::Rate;
use crate::step::StepFn;
use crate::time::{Date, Hours, LocalTime, Window};

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

/// A season whose hours come to less than this on its longest day is a sale and not a season of business: what it brings comes in
/// its hours alone, as that of a night does. Of a longer one people come before and after the hours of its floor, too, as the shape
/// of the day says, on its short days as well.
const WORKING_DAY: i32 = 8 * 60;

/// What an origin brings, and when.
struct Brought {
    window: Window<LocalTime>,
    /// Whether anybody has said how much.
    is_stated: bool,
    multiple: Multiple,
}

/// The multiples of a target over the horizon, on its own clock: of several that hold at once, the highest that is stated. What
/// nobody states brings no more than the base. `burst` is another load for an occasion.
pub fn multiples(
    plan: &Plan,
    target: TargetId,
    burst: &dyn Fn(OccasionId) -> Option<f64>,
) -> StepFn<LocalTime, Multiple> {
    let target = &plan.profile.targets[target.0];
    let own = plan.origins.iter().enumerate().filter(|(_, origin)| origin.serves(target));
    let own: Vec<(OriginId, &Origin)> = own.map(|(at, origin)| (OriginId(at), origin)).collect();
    let mut brought = Vec::new();
    for (id, origin) in &own {
        let Some((times, is_stated)) = times(plan, *id, burst(origin.occasion)) else { continue };
        let multiple = Multiple { times, origin: Some(*id) };
        let windows = windows(&own, origin).into_iter().map(|window| origin.shown(window, &target.zone));
        brought.extend(windows.map(|window| Brought { window, is_stated, multiple }));
    }
    highest(brought)
}

fn highest(mut brought: Vec<Brought>) -> StepFn<LocalTime, Multiple> {
    let mut edges: Vec<LocalTime> =
        brought.iter().flat_map(|one| [one.window.from, one.window.until]).collect();
    edges.sort_unstable();
    edges.dedup();
    brought.sort_by_key(|one| one.window.from);
    let none = Multiple { times: 1.0, origin: None };
    let mut multiples = StepFn::constant(none);
    let mut coming = brought.into_iter().peekable();
    let mut holding: Vec<Brought> = Vec::new();
    for edge in edges {
        holding.extend(std::iter::from_fn(|| coming.next_if(|one| one.window.from <= edge)));
        holding.retain(|one| one.window.until > edge);
        let most = holding.iter().reduce(|one, other| if is_before(other, one) { other } else { one });
        multiples.push(edge, most.map_or(none, |most| most.multiple));
    }
    multiples
}

/// Of equal ones the first of the plan.
fn is_before(one: &Brought, other: &Brought) -> bool {
    let by_load = one.multiple.times.total_cmp(&other.multiple.times);
    let first = other.multiple.origin.cmp(&one.multiple.origin);
    one.is_stated.cmp(&other.is_stated).then(by_load).then(first).is_gt()
}

/// When an origin brings its load, on its own clock: on its days.
fn windows(all: &[(OriginId, &Origin)], origin: &Origin) -> Vec<Window<LocalTime>> {
    let days = origin.days.iter();
    match origin.hours {
        Hours::Exact(window) => vec![window],
        Hours::AllDay | Hours::Span { .. } => days.map(|day| origin.hours.on(*day)).collect(),
        Hours::Daily { .. } => {
            let is_brief = is_brief(all, origin);
            let whole = |day: &Date| {
                let window = origin.hours.on(*day);
                let is_night = window.until > day.next().start();
                if is_brief || is_night { window } else { Window::new(day.start(), day.next().start()) }
            };
            days.map(whole).collect()
        }
    }
}

/// Whether all hours of the same part of an occasion are fewer than a working day's, on its longest day.
fn is_brief(all: &[(OriginId, &Origin)], origin: &Origin) -> bool {
    let minutes = |one: &Origin, day: Date| {
        let window = one.hours.on(day);
        window.until.minutes_since(window.from)
    };
    let same: Vec<&Origin> = all
        .iter()
        .map(|(_, one)| *one)
        .filter(|one| (one.occasion, one.part) == (origin.occasion, origin.part))
        .collect();
    let on = |day: Date| {
        let there = same.iter().filter(|one| one.days.binary_search(&day).is_ok());
        there.map(|one| minutes(one, day)).sum::<i32>()
    };
    let first_days = same.iter().filter_map(|one| one.days.first());
    first_days.map(|day| on(*day)).max().is_some_and(|longest| longest < WORKING_DAY)
}

/// How many times the base an origin brings, and whether anybody says so: a season its own load, a lead-in as much less as its
/// floor is less.
fn times(plan: &Plan, id: OriginId, burst: Option<f64>) -> Option<(f64, bool)> {
    let origin = plan.origin(id);
    let load = burst.or(origin.load);
    match origin.part {
        Part::Main => Some((load.unwrap_or(1.0), load.is_some())),
        Part::LeadIn(_) => {
            let mut layers = plan.schedules.iter().flat_map(|schedule| &schedule.layers);
            let size = layers.find_map(|layer| match layer.basis {
                Basis::LeadIn { size, .. } if layer.origin == id => Some(size),
                Basis::LeadIn { .. } | Basis::Written(_) | Basis::Share { .. } | Basis::Load { .. } => None,
            });
            size.map(|size| match size {
                LeadInSize::TimesMinimum(times) => (load.map_or(times, |load| load.min(times)), true),
                LeadInSize::ShareOfFloor(share) => ((load.unwrap_or(1.0) * share.0).max(1.0), load.is_some()),
            })
        }
    }
}

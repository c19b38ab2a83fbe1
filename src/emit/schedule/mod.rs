//! From floors to cron triggers: the fewest pairs of cron expressions whose maximum is the plan's step function at every
//! instant of the horizon.
//!
//! KEDA's cron has no year, treats restricted day-of-month and day-of-week as OR, and is active when the next `end` is
//! not after the next `start`. So each floor above the minimum is a level; what the plan holds at exactly that floor is
//! *needed*, what it holds at that floor or more is *allowed* (there a higher trigger wins anyway). Windows of one level
//! with the same clock times are covered by day patterns: inside a day by `cover.rs`, over midnight by `span.rs`.

mod clocks;
mod cover;
mod covers;
mod diags;
mod field;
mod name;
mod pattern;
mod region;
mod search;
mod shape;
mod span;

use std::collections::{BTreeMap, BTreeSet};

use crate::features;
use crate::finding::Diagnostic;
use crate::plan::{Hours, Origin, OriginId, Plan, Schedule};
use crate::quantity::Replicas;
use crate::step::StepFn;
use crate::time::{LocalTime, TimeOfDay, Window, Zone};
pub(in crate::emit) use covers::Covers;
pub(in crate::emit) use pattern::Almanac;
use pattern::DayPattern;
use region::Region;
use shape::Shape;

/// A cron trigger of a ScaledObject.
#[derive(Clone, Debug)]
pub(super) struct CronTrigger {
    /// Identifier for KEDA, telling for people.
    pub(super) name: String,
    /// Cron expression of the start.
    pub(super) start: String,
    /// Cron expression of the end.
    pub(super) end: String,
    /// Replicas while it is active.
    pub(super) floor: Replicas,
    /// What it is there for, in plan order.
    pub(super) origins: Vec<OriginId>,
    /// The windows for which it is needed, in order.
    pub(super) windows: Vec<Window<LocalTime>>,
    /// The clock of all of that.
    pub(super) zone: Zone,
}

/// A pair of day patterns with clock times: what becomes a trigger once it has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CronPair {
    start: (DayPattern, TimeOfDay),
    end: (DayPattern, TimeOfDay),
    /// The windows for which it is needed, in order.
    windows: Vec<Window<LocalTime>>,
}

/// The triggers of a schedule in their stable order: by season, then date, so that a new campaign comes last and renames
/// no HPA metric before it.
pub(super) fn triggers(
    plan: &Plan,
    schedule: &Schedule,
    almanac: &Almanac,
    covers: &Covers,
) -> Result<Vec<CronTrigger>, Vec<Diagnostic>> {
    let mut unnamed = Vec::new();
    let mut problems = Vec::new();
    for face in faces(plan, schedule) {
        for floor in levels(plan, schedule, &face) {
            let level = Level::new(plan, (schedule, &face), floor, almanac);
            match covers.of(&level.extent, || level.pairs()) {
                Ok(pairs) => unnamed.extend(pairs.into_iter().map(|pair| (face.zone.clone(), floor, pair))),
                Err(left) => {
                    let left = face.on(&plan.profile.targets[schedule.target.0].zone, left);
                    problems.push(diags::inexpressible(plan, schedule, floor, left));
                }
            }
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    name::named(plan, schedule, clocks::needed(unnamed))
}

/// The floors of one clock. Where windows come on several, each clock holds its own part, and KEDA takes the highest.
struct Face {
    zone: Zone,
    local: Window<LocalTime>,
    floors: StepFn<LocalTime, Replicas>,
}

impl Face {
    /// A time of this clock on another one.
    fn on(&self, zone: &Zone, at: LocalTime) -> LocalTime {
        if self.zone == *zone { at } else { zone.local(self.zone.first_instant(at)) }
    }
}

fn faces(plan: &Plan, schedule: &Schedule) -> Vec<Face> {
    let target = &plan.profile.targets[schedule.target.0];
    let origins = schedule.layers.iter().map(|layer| plan.origin(layer.origin));
    if origins.clone().all(|origin| origin.zone == target.zone) {
        let floors = schedule.floors.map(|step| step.floor);
        return vec![Face { zone: target.zone.clone(), local: plan.local_horizon(), floors }];
    }
    let clocks: BTreeMap<&str, &Origin> = origins.map(|origin| (origin.zone.name(), origin)).collect();
    let face = |origin: &Origin| {
        let floors = schedule.on_clock(plan, origin);
        Face { zone: origin.zone.clone(), local: origin.planned, floors }
    };
    clocks.into_values().map(face).collect()
}

/// The floors above the minimum that the plan holds somewhere.
fn levels(plan: &Plan, schedule: &Schedule, face: &Face) -> BTreeSet<Replicas> {
    let min = plan.profile.targets[schedule.target.0].min.value;
    let floors = face.floors.steps().iter().map(|(_, floor)| *floor);
    floors.filter(|floor| *floor > min).collect()
}

/// Where a floor is to hold: all that its cover depends on, KEDA's version aside.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Extent {
    /// What is planned.
    local: Window<LocalTime>,
    /// Where exactly this floor is planned.
    needed: Region,
    /// Where this floor or more is planned.
    allowed: Region,
    /// The windows of this floor as they are written, neighbours merged, not cut to the horizon.
    runs: Region,
    /// The windows of this floor as they are written, day by day.
    nights: Vec<Window<LocalTime>>,
}

/// One floor of one target.
struct Level<'a> {
    extent: Extent,
    /// Clock times that windows of this floor have, the longest first.
    shapes: Vec<Shape>,
    /// Whether neighbours merge to other shapes than those that are written.
    merges: bool,
    almanac: &'a Almanac,
    local: Window<LocalTime>,
    has_lists: bool,
}

impl<'a> Level<'a> {
    fn new(plan: &Plan, (schedule, face): (&Schedule, &Face), floor: Replicas, almanac: &'a Almanac) -> Self {
        let local = face.local;
        let needed = Region::of(&face.floors, local, |held| *held == floor);
        let allowed = Region::of(&face.floors, local, |held| *held >= floor);
        let layers = schedule.layers.iter().filter(|layer| layer.floor == floor);
        let origins = layers.map(|layer| plan.origin(layer.origin));
        let origins: Vec<_> = origins.filter(|origin| origin.zone == face.zone).collect();
        let runs = Region::union(origins.iter().flat_map(|origin| shape::uncut(origin)));
        let written = origins.iter().filter(|origin| !matches!(origin.hours, Hours::AllDay));
        let mut nights: Vec<_> = written.flat_map(|origin| shape::uncut(origin)).collect();
        let merges = shape::shapes(&runs, &nights) != shape::shapes(&Region::default(), &nights);
        // What goes over the plan's end would, as it is written, be active a year before: up to the end it is not.
        let over = nights.iter().filter(|window| !local.covers(**window));
        let cut: Vec<_> = over.filter_map(|window| window.intersection(local)).collect();
        nights.extend(cut);
        let shapes = shape::shapes(&runs, &nights);
        let has_lists = plan.profile.platform.keda.value >= features::keda::COMMA_IN_SCHEDULE;
        Self {
            extent: Extent { local, needed, allowed, runs, nights },
            shapes,
            merges,
            almanac,
            local,
            has_lists,
        }
    }

    /// The fewest pairs found, or the first moment that none covers.
    fn pairs(&self) -> Result<Vec<CronPair>, LocalTime> {
        let mut shapes = self.shapes.clone();
        let mut best = self.cover_with(&shapes)?;
        // Where windows merge, some of them may be covered both as written and as merged.
        let mut at = if self.merges { 0 } else { shapes.len() };
        while at < shapes.len() && shapes.len() > 1 {
            let mut fewer = shapes.clone();
            fewer.remove(at);
            match self.cover_with(&fewer) {
                Ok(pairs) if pairs.len() <= best.len() => (best, shapes) = (pairs, fewer),
                Ok(_) | Err(_) => at += 1,
            }
        }
        Ok(best)
    }

    /// Covers what is needed by windows of `shapes` in turn.
    fn cover_with(&self, shapes: &[Shape]) -> Result<Vec<CronPair>, LocalTime> {
        let mut open = self.extent.needed.clone();
        let mut pairs = Vec::new();
        for shape in shapes {
            if open.is_empty() {
                break;
            }
            let found = if shape.within_a_day() {
                cover::pairs(self, *shape, &open)
            } else {
                span::pairs(self, *shape, &open)
            };
            for pair in &found {
                open.subtract(Region::union(pair.windows.iter().copied()).windows());
            }
            pairs.extend(found);
        }
        open.first().map_or_else(|| Ok(self.needed(pairs)), |window| Err(window.from))
    }

    /// The pairs without those whose windows the others hold, the shortest looked at first: a shape that is covered early may be
    /// held by one that comes later.
    fn needed(&self, pairs: Vec<CronPair>) -> Vec<CronPair> {
        let minutes = |pair: &CronPair| {
            let each = pair.windows.iter().map(|window| i64::from(window.until.minutes_since(window.from)));
            each.sum::<i64>()
        };
        let mut order: Vec<usize> = (0..pairs.len()).collect();
        order.sort_by_cached_key(|at| (minutes(&pairs[*at]), std::cmp::Reverse(*at)));
        let mut stays = vec![true; pairs.len()];
        for at in order {
            stays[at] = false;
            let rest = pairs.iter().zip(&stays).filter(|(_, stays)| **stays);
            let rest = Region::union(rest.flat_map(|(pair, _)| pair.windows.iter().copied()));
            stays[at] = !self.extent.needed.windows().iter().all(|window| rest.covers(*window));
        }
        pairs.into_iter().zip(stays).filter_map(|(pair, stays)| stays.then_some(pair)).collect()
    }
}

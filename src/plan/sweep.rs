//! The sweep: windows of several layers become one step function, the highest floor winning, all layers remembered.

use std::collections::BTreeMap;

use super::{Layer, LayerId, Origin, Step};
use crate::profile::Target;
use crate::quantity::Replicas;
use crate::step::StepFn;
use crate::time::{Instant, LocalTime, Window, Zone};

/// The floors of a target over the plan, and the sets of layers that their steps point to.
pub(super) struct Swept {
    /// On the target's clock, for people.
    pub(super) floors: StepFn<LocalTime, Step>,
    /// At every instant.
    pub(super) held: StepFn<Instant, Step>,
    pub(super) sets: Vec<Vec<LayerId>>,
}

/// The floors of `target` over `horizon`, in days of its own clock.
pub(super) fn of_target(
    target: &Target,
    layers: &[Layer],
    origins: &[Origin],
    horizon: Window<LocalTime>,
) -> Swept {
    let zone = &target.zone;
    if layers.iter().all(|layer| origins[layer.origin.0].zone == *zone) {
        let (floors, sets) = sweep(target.min.value, layers, origins, (zone, horizon));
        let held = floors.on(|at| zone.first_instant(at));
        return Swept { floors, held, sets };
    }
    // A boundary on one clock may fall into an hour that another one shows twice: in universal time it does not.
    let utc = Zone::utc();
    let horizon = Window::new(zone.first_instant(horizon.from), zone.first_instant(horizon.until));
    let there = Window::new(utc.local(horizon.from), utc.local(horizon.until));
    let (floors, sets) = sweep(target.min.value, layers, origins, (&utc, there));
    let held = floors.on(|at| Instant(at.wall_seconds()));
    Swept { floors: on_clock(&held, zone, horizon), held, sets }
}

/// What the clock of `zone` shows of `held`: where it shows a time twice, the higher of both floors.
fn on_clock(held: &StepFn<Instant, Step>, zone: &Zone, horizon: Window<Instant>) -> StepFn<LocalTime, Step> {
    let changes = zone.changes(Window::new(horizon.from, horizon.until)).into_iter().map(|(at, _)| at);
    let starts: Vec<Instant> = std::iter::once(horizon.from).chain(changes).collect();
    let ends = starts.iter().skip(1).chain([&horizon.until]);
    let mut shown = StepFn::constant(None);
    for (from, until) in starts.iter().zip(ends) {
        let offset = zone.offset(*from);
        let local = |at: Instant| LocalTime::from_wall_seconds(at.0 + offset);
        let mut steady = StepFn::constant(None);
        for (at, _, step) in held.pieces(*from..*until) {
            steady.push(local(at), Some(*step));
        }
        steady.push(local(*until), None);
        shown = shown.zip(&steady, |one: &Option<Step>, other| match (one, other) {
            (Some(one), Some(other)) if other.floor > one.floor => Some(*other),
            (Some(one), _) => Some(*one),
            (None, other) => *other,
        });
    }
    let mut floors = StepFn::constant(*held.first());
    for (at, step) in shown.steps() {
        // Times that the clock jumps over keep the floor from before.
        if let Some(step) = step {
            floors.push(*at, *step);
        }
    }
    floors
}

/// The floors of a target over `horizon`, and the sets of layers that its steps point to.
pub(super) fn sweep(
    min: Replicas,
    layers: &[Layer],
    origins: &[Origin],
    (zone, horizon): (&Zone, Window<LocalTime>),
) -> (StepFn<LocalTime, Step>, Vec<Vec<LayerId>>) {
    let mut boundaries: Vec<(LocalTime, usize, bool)> = Vec::new();
    for (at, layer) in layers.iter().enumerate() {
        for window in
            origins[layer.origin.0].windows_on(zone).filter_map(|window| window.intersection(horizon))
        {
            boundaries.push((window.from, at, true));
            boundaries.push((window.until, at, false));
        }
    }
    boundaries.sort_unstable();
    let mut sets = Sets::new(layers, min);
    let mut floors = StepFn::constant(sets.step());
    let mut rest = boundaries.as_slice();
    while let Some((at, ..)) = rest.first().copied() {
        let same = rest.partition_point(|boundary| boundary.0 == at);
        for (_, layer, begins) in &rest[..same] {
            sets.boundary(*layer, *begins);
        }
        rest = &rest[same..];
        if horizon.contains(at) {
            floors.push(at, sets.step());
        }
    }
    (floors, sets.sets)
}

/// Which layers apply, and every combination of them met so far.
struct Sets<'l> {
    layers: &'l [Layer],
    min: Replicas,
    /// How many windows of each layer are open.
    open: Vec<i32>,
    /// The same as bits.
    bits: Vec<u64>,
    known: BTreeMap<Vec<u64>, Step>,
    sets: Vec<Vec<LayerId>>,
}

impl<'l> Sets<'l> {
    fn new(layers: &'l [Layer], min: Replicas) -> Self {
        let bits = vec![0; layers.len().div_ceil(64)];
        Self { layers, min, open: vec![0; layers.len()], bits, known: BTreeMap::new(), sets: Vec::new() }
    }

    fn boundary(&mut self, layer: usize, begins: bool) {
        self.open[layer] += if begins { 1 } else { -1 };
        let bit = 1 << (layer % 64);
        if self.open[layer] > 0 {
            self.bits[layer / 64] |= bit;
        } else {
            self.bits[layer / 64] &= !bit;
        }
    }

    fn step(&mut self) -> Step {
        if let Some(step) = self.known.get(&self.bits) {
            return *step;
        }
        let mut set: Vec<LayerId> =
            (0..self.layers.len()).filter(|at| self.open[*at] > 0).map(LayerId).collect();
        set.sort_by_key(|id| (std::cmp::Reverse(self.layers[id.0].floor), *id));
        let highest = set.first().map_or(self.min, |id| self.layers[id.0].floor);
        let step = Step { floor: highest.max(self.min), applying: self.sets.len() };
        self.sets.push(set);
        self.known.insert(self.bits.clone(), step);
        step
    }
}

//! The sweep: windows of several layers become one step function, the highest floor winning, all layers remembered.

use std::collections::BTreeMap;

use super::{Layer, LayerId, Origin, Step};
use crate::quantity::Replicas;
use crate::step::StepFn;
use crate::time::{LocalTime, Window, Zone};

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

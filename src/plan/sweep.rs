//! The sweep: windows of several layers become one step function, the highest floor winning, all layers remembered.

use std::collections::BTreeMap;

use super::{Layer, LayerId, Origin, Step};
use crate::quantity::Replicas;
use crate::step::StepFn;
use crate::time::{LocalTime, Window};

/// The floors of a target over `horizon`, and the sets of layers that its steps point to.
pub(super) fn sweep(
    min: Replicas,
    layers: &[Layer],
    origins: &[Origin],
    horizon: Window<LocalTime>,
) -> (StepFn<LocalTime, Step>, Vec<Vec<LayerId>>) {
    let mut boundaries: Vec<(LocalTime, usize, bool)> = Vec::new();
    for (at, layer) in layers.iter().enumerate() {
        for window in origins[layer.origin.0].windows(horizon) {
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
            sets.open[*layer] += if *begins { 1 } else { -1 };
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
    known: BTreeMap<Vec<u64>, usize>,
    sets: Vec<Vec<LayerId>>,
}

impl<'l> Sets<'l> {
    fn new(layers: &'l [Layer], min: Replicas) -> Self {
        Self { layers, min, open: vec![0; layers.len()], known: BTreeMap::new(), sets: Vec::new() }
    }

    fn step(&mut self) -> Step {
        let mut bits = vec![0_u64; self.layers.len().div_ceil(64)];
        let mut floor = self.min;
        for (at, _) in self.open.iter().enumerate().filter(|(_, open)| **open > 0) {
            bits[at / 64] |= 1 << (at % 64);
            floor = floor.max(self.layers[at].floor);
        }
        let applying = match self.known.get(&bits) {
            Some(known) => *known,
            None => {
                let mut set: Vec<LayerId> =
                    (0..self.layers.len()).filter(|at| self.open[*at] > 0).map(LayerId).collect();
                set.sort_by_key(|id| (std::cmp::Reverse(self.layers[id.0].floor), *id));
                self.sets.push(set);
                self.known.insert(bits, self.sets.len() - 1);
                self.sets.len() - 1
            }
        };
        Step { floor, applying }
    }
}

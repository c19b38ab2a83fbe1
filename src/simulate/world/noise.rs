//! Noise: how much the load of a single minute differs from the shape, by chance, from a seed.

use super::demand::{Demand, Demands};
use crate::quantity::Rate;
use crate::step::StepFn;
use crate::time::{Instant, Window};

/// How much, and from which beginning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    /// A minute's load lies up to this share over or under the shape, with each value as often.
    pub share: f64,
    /// The same seed, the same noise.
    pub seed: u64,
}

impl Noise {
    /// The factor of one minute: from the seed and the minute alone, so that a longer stretch has the same noise (SplitMix64).
    fn factor(self, minute: i64) -> f64 {
        let mut mixed = self.seed.wrapping_add((minute as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let part = ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64;
        1.0 + self.share * (2.0 * part - 1.0)
    }

    /// The demand with noise in every minute of `window`.
    pub fn over(self, demands: &Demands, window: Window<Instant>) -> Demands {
        let mut noisy: Option<StepFn<Instant, Demand>> = None;
        for (from, until, demand) in demands.pieces(window) {
            let mut at = from;
            while at < until {
                let rate = Rate(demand.rate.0 * self.factor(at.0.div_euclid(60)));
                let value = Demand { rate, slice: demand.slice };
                match &mut noisy {
                    None => noisy = Some(StepFn::constant(value)),
                    Some(noisy) => noisy.push(at, value),
                }
                at = Instant((at.0.div_euclid(60) + 1) * 60).min(until);
            }
        }
        noisy.map_or_else(|| demands.clone(), |noisy| Demands::of(&noisy))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::world::demand::Slice;

    #[test]
    fn each_minute_is_within_the_share_and_the_same_for_the_same_seed() {
        let even = Demands::of(&StepFn::constant(Demand { rate: Rate(100.0), slice: Slice(2) }));
        let window = Window::new(Instant(90), Instant(60 * 10_000));
        let noise = |seed| Noise { share: 0.2, seed }.over(&even, window);
        let noisy = noise(7);
        let rates: Vec<f64> = noisy.pieces(window).map(|(_, _, demand)| demand.rate.0).collect();
        assert_eq!(rates.len(), 9_999);
        assert!(rates.iter().all(|rate| (80.0..=120.0).contains(rate)));
        let mean = rates.iter().sum::<f64>() / rates.len() as f64;
        assert!((mean - 100.0).abs() < 0.5 && rates.iter().any(|rate| *rate > 119.0), "{mean}");
        assert!(noisy == noise(7) && noisy != noise(8));
    }
}

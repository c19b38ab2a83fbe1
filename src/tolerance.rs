//! How far a metric may be off its target before the HPA moves (Kubernetes: `replica_calculator.go`). What is planned, what is
//! audited and what is simulated all ask here.

use crate::features;
use crate::quantity::{Replicas, Version};

/// The controller's flag `--horizontal-pod-autoscaler-tolerance` by default.
pub const DEFAULT: f64 = 0.1;

/// The comparison that a version makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Up to 1.32: the distance from 1 is compared, so that 11 for 10 is outside.
    Distance,
    /// From 1.33 on: both bounds are compared, so that 11 for 10 is inside.
    Bounds,
}

impl Form {
    /// Of a version of Kubernetes.
    pub fn of(kubernetes: Version) -> Self {
        if kubernetes >= features::kubernetes::TOLERANCE_BY_BOUNDS { Self::Bounds } else { Self::Distance }
    }
}

/// The tolerance in force.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    /// The comparison.
    pub form: Form,
    /// Over the target.
    pub up: f64,
    /// Under the target.
    pub down: f64,
}

impl Tolerance {
    /// The one that holds where a behavior has none of its own.
    pub fn usual(kubernetes: Version) -> Self {
        Self { form: Form::of(kubernetes), up: DEFAULT, down: DEFAULT }
    }

    /// Whether a ratio of usage to target moves nothing. What is not a number is outside.
    pub fn holds(&self, ratio: f64) -> bool {
        match self.form {
            Form::Distance => (1.0 - ratio).abs() <= self.up,
            Form::Bounds => (1.0 - self.down) <= ratio && ratio <= (1.0 + self.up),
        }
    }

    /// Whether as many as `asked` move nothing while `running` run.
    pub fn keeps(&self, (running, asked): (Replicas, Replicas)) -> bool {
        self.holds(f64::from(asked.0) / f64::from(running.0))
    }

    /// The fewest that the HPA takes for as many as are asked for; that number itself where only it will do.
    pub fn fewest_for(&self, asked: Replicas) -> Replicas {
        let is_far = |running: u32| !self.keeps((Replicas(running), asked));
        Replicas(first(1, asked.0.max(1), is_far))
    }

    /// The most that the HPA keeps while no more than `floor` are asked for.
    pub fn most_for(&self, floor: Replicas) -> Replicas {
        let is_near = |running: u32| self.keeps((Replicas(running), floor));
        Replicas(first(floor.0 + 1, u32::MAX, is_near) - 1)
    }

    /// The lowest floor above `running` to which the HPA goes from there.
    pub fn next_above(&self, running: Replicas) -> Replicas {
        let is_near = |floor: u32| self.keeps((running, Replicas(floor)));
        let highest = f64::from(running.0) * (1.0 + self.up) + 2.0;
        Replicas(first(running.0 + 1, highest as u32, is_near))
    }

    /// The highest floor below `running` to which the HPA goes from there; 0 where there is none.
    pub fn next_below(&self, running: Replicas) -> Replicas {
        let is_far = |floor: u32| !self.keeps((running, Replicas(floor)));
        Replicas(first(1, running.0, is_far) - 1)
    }
}

/// The first number from `least` on, and at most `most`, for which something is no longer so.
fn first(least: u32, most: u32, is_so: impl Fn(u32) -> bool) -> u32 {
    let (mut least, mut most) = (least, most);
    while least < most {
        let middle = least + (most - least) / 2;
        if is_so(middle) {
            least = middle + 1;
        } else {
            most = middle;
        }
    }
    least
}

/// The float that the controller makes of a quantity (`Quantity.AsApproximateFloat64`): the digits as a whole number times a
/// power of ten. For 282 of the values `0m` to `2000m` that is another float than the literal.
pub fn approximate(quantity: &str) -> Option<f64> {
    let number = quantity.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let suffix = &quantity[number.len()..];
    if !suffix.is_empty() {
        return suffixed(number, suffix);
    }
    match number.split_once(['e', 'E']) {
        Some((digits, exponent)) => scaled(digits, exponent.parse().ok()?),
        None => scaled(number, 0),
    }
}

fn suffixed(digits: &str, suffix: &str) -> Option<f64> {
    let binary = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    if let Some(at) = binary.iter().position(|known| *known == suffix) {
        return Some(digits.parse::<f64>().ok()? * 1024f64.powi(i32::try_from(at).ok()? + 1));
    }
    let decimal =
        [("n", -9), ("u", -6), ("m", -3), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15), ("E", 18)];
    let (_, exponent) = decimal.into_iter().find(|(known, _)| *known == suffix)?;
    scaled(digits, exponent)
}

fn scaled(digits: &str, exponent: i32) -> Option<f64> {
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let value: i64 = format!("{whole}{part}").parse().ok()?;
    let exponent = exponent - i32::try_from(part.len()).ok()?;
    if exponent == 0 {
        return Some(value as f64);
    }
    // The nearest float to the power, as Go's table has it; `powi` multiplies and need not be.
    let power: f64 = format!("1e{exponent}").parse().ok()?;
    Some(value as f64 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_becomes_the_product_that_go_makes_of_it() {
        assert_eq!(approximate("50m"), Some(50.0 * 0.001));
        assert_eq!(approximate("9m"), Some(0.009_000_000_000_000_001));
        assert_eq!(approximate("0.05"), Some(5.0 * 0.01));
        assert_eq!(approximate("0"), Some(0.0));
        assert_eq!(approximate("1.5"), Some(1.5));
        assert_eq!(approximate("2k"), Some(2000.0));
        assert_eq!(approximate("1Ki"), Some(1024.0));
        assert_eq!(approximate("5e-2"), Some(0.05));
        assert_eq!(approximate("1E"), Some(1e18));
        assert_eq!(approximate("x"), None);
        let other = (0..=2000).filter(|milli| {
            let literal: f64 = format!("{}.{:03}", milli / 1000, milli % 1000).parse().unwrap();
            approximate(&format!("{milli}m")) != Some(literal)
        });
        assert_eq!(other.count(), 282);
    }

    #[test]
    fn eleven_for_ten_is_inside_of_the_new_form_and_outside_of_the_old_one() {
        let tolerance = |form| Tolerance { form, up: DEFAULT, down: DEFAULT };
        assert!(tolerance(Form::Bounds).holds(11.0 / 10.0));
        assert!(!tolerance(Form::Distance).holds(11.0 / 10.0));
        for form in [Form::Bounds, Form::Distance] {
            assert!(tolerance(form).holds(9.0 / 10.0));
            assert!(!tolerance(form).holds(f64::NAN));
            assert!(!tolerance(form).holds(f64::INFINITY));
        }
    }

    #[test]
    fn a_floor_and_those_next_to_it_are_as_near_as_the_version_has_it() {
        let tolerance = |form| Tolerance { form, up: DEFAULT, down: DEFAULT };
        let (new, old) = (tolerance(Form::Bounds), tolerance(Form::Distance));
        let fewest = |tolerance: &Tolerance, floors: &[u32]| {
            floors.iter().map(|floor| tolerance.fewest_for(Replicas(*floor)).0).collect::<Vec<u32>>()
        };
        let floors = [1, 10, 11, 12, 20, 22, 33, 60];
        assert_eq!(fewest(&new, &floors), [1, 10, 10, 11, 19, 20, 30, 55]);
        assert_eq!(fewest(&old, &floors), [1, 10, 11, 11, 19, 21, 31, 55]);
        // The dead band of the real controller: 10 -> 11, 20 -> 22, 50 -> 54 and 55 are never reached; 12, 23 and 56 are.
        let above = |tolerance: &Tolerance, running| tolerance.next_above(Replicas(running)).0;
        assert_eq!([9, 10, 20, 50].map(|running| above(&new, running)), [10, 12, 23, 56]);
        assert_eq!([9, 10, 20, 50].map(|running| above(&old, running)), [10, 11, 22, 55]);
        let most = |floor| new.most_for(Replicas(floor)).0;
        assert_eq!([0, 1, 8, 9, 20, 1_800_000_000].map(most), [0, 1, 8, 10, 22, 2_000_000_000]);
        let below = |running| new.next_below(Replicas(running)).0;
        assert_eq!([1, 8, 10, 11, 22].map(below), [0, 7, 8, 9, 19]);
    }
}

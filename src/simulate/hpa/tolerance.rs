//! How far a metric may be off its target before the controller moves (`replica_calculator.go`).

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
    /// Whether a ratio of usage to target moves nothing. What is not a number is outside.
    pub fn holds(&self, ratio: f64) -> bool {
        match self.form {
            Form::Distance => (1.0 - ratio).abs() <= self.up,
            Form::Bounds => (1.0 - self.down) <= ratio && ratio <= (1.0 + self.up),
        }
    }
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
}

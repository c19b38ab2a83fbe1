//! What a scaler's number becomes on its way to the HPA, by KEDA's version.

use crate::simulate::hpa::spec::Milli;

/// How a version of KEDA writes a number for the metrics API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Writing {
    /// Up to 2.19: thousandths, the rest cut off.
    Truncated,
    /// From 2.20.0: three decimals, half to even; what is not finite is 0.
    Decimal,
    /// From 2.20.2: and what is negative is 0, too.
    NotNegative,
}

impl Writing {
    /// The value as the HPA sees it.
    pub fn milli(self, value: f64) -> Milli {
        let decimal = || {
            // Where the value is not near the middle of two thousandths, rounding errors of the product decide nothing.
            let scaled = value * 1000.0;
            if scaled.abs() < 1e12 {
                let toward_zero = scaled as i64;
                let whole = toward_zero - i64::from(toward_zero as f64 > scaled);
                let part = scaled - whole as f64;
                if (part - 0.5).abs() > 1e-3 {
                    return whole + i64::from(part > 0.5);
                }
            }
            let text = if value.is_finite() { format!("{value:.3}") } else { "0.000".to_owned() };
            // Exact, since the text has at most three decimals; beyond the range of the metrics API it saturates.
            let (sign, digits) = match text.strip_prefix('-') {
                Some(digits) => (-1, digits),
                None => (1, text.as_str()),
            };
            digits.replace('.', "").parse::<i64>().map_or(i64::MAX, |milli| sign * milli)
        };
        match self {
            Self::Truncated => Milli((value * 1000.0) as i64),
            Self::Decimal => Milli(decimal()),
            Self::NotNegative => Milli(decimal().max(0)),
        }
    }
}

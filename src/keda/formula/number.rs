//! Numbers as Go computes with them, and stretches of such numbers.

use super::expression::Operator;

/// A number between two others, both among them; an end that is infinite is none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    pub lo: f64,
    pub hi: f64,
    /// Whether it may also be no number, or an infinity: the rest of a division by zero.
    pub odd: bool,
}

impl Span {
    pub(super) const ANY: Self = Self { lo: f64::NEG_INFINITY, hi: f64::INFINITY, odd: true };

    pub(super) fn point(value: f64) -> Self {
        Self { lo: value, hi: value, odd: !value.is_finite() }
    }

    pub(super) fn new(lo: f64, hi: f64) -> Self {
        Self { lo, hi, odd: false }
    }

    /// Whether it is one number, be it an odd one.
    pub(super) fn is_point(self) -> bool {
        self.lo == self.hi || self.lo.is_nan()
    }

    pub(super) fn or(self, other: Self) -> Self {
        if self.odd || other.odd {
            let alike = self.is_point() && other.is_point() && self.lo.total_cmp(&other.lo).is_eq();
            return if alike { self } else { Self::ANY };
        }
        Self { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi), odd: false }
    }

    /// Of a function that never falls.
    pub(super) fn map(self, rising: impl Fn(f64) -> f64) -> Self {
        Self { lo: rising(self.lo), hi: rising(self.hi), odd: self.odd }
    }

    pub(super) fn negative(self) -> Self {
        Self { lo: -self.hi, hi: -self.lo, odd: self.odd }
    }

    pub(super) fn abs(self) -> Self {
        let (lo, hi) = (self.lo.abs(), self.hi.abs());
        let crosses = self.lo < 0.0 && self.hi > 0.0;
        Self { lo: if crosses { 0.0 } else { lo.min(hi) }, hi: lo.max(hi), odd: self.odd }
    }

    /// What comes of two numbers.
    pub(super) fn with(self, operator: Operator, other: Self) -> Self {
        if self.is_point() && other.is_point() {
            let value = exact(operator, self.lo, other.lo);
            let rough = operator == Operator::Power && !is_reproducible(other.lo) && value.is_finite();
            let near = value.abs() * if rough { 1e-14 } else { 0.0 };
            return if rough { Self::new(value - near, value + near) } else { Self::point(value) };
        }
        if self.odd || other.odd {
            return Self::ANY;
        }
        let result = if operator == Operator::Add {
            Self::new(self.lo + other.lo, self.hi + other.hi)
        } else if operator == Operator::Subtract {
            Self::new(self.lo - other.hi, self.hi - other.lo)
        } else if operator == Operator::Multiply
            || operator == Operator::Divide && (other.lo > 0.0 || other.hi < 0.0)
        {
            self.corners(operator, other)
        } else if operator == Operator::Power && self.lo >= 0.0 && other.is_point() && other.lo >= 0.0 {
            self.to_the(other.lo)
        } else {
            Self::ANY
        };
        let finite = |span: Self| span.lo.is_finite() && span.hi.is_finite();
        // What is too large for a number is infinite from there on; a load alone is not.
        let overflows = finite(self) && finite(other) && !finite(result);
        let none = result.lo == f64::INFINITY || result.hi == f64::NEG_INFINITY;
        if overflows || none { Self::ANY } else { result }
    }

    /// A power of what is not below zero. No load is so large that its cube is too large for a whole number.
    fn to_the(self, exponent: f64) -> Self {
        const MOST: f64 = 3.0;
        let (lo, hi) = (power(self.lo, exponent), power(self.hi, exponent));
        if !lo.is_finite() || exponent > MOST && !hi.is_finite() {
            return Self::ANY;
        }
        let rough = if is_reproducible(exponent) { 0.0 } else { 1e-14 };
        Self::new(lo - lo * rough, if hi.is_finite() { hi + hi * rough } else { hi })
    }

    /// Of a function that is highest and lowest at its corners. An end that is not reached times zero is zero.
    fn corners(self, operator: Operator, other: Self) -> Self {
        let value = |a, b| {
            let value = exact(operator, a, b);
            if value.is_nan() { 0.0 } else { value }
        };
        let all = [
            value(self.lo, other.lo),
            value(self.lo, other.hi),
            value(self.hi, other.lo),
            value(self.hi, other.hi),
        ];
        Self::new(
            all.into_iter().fold(f64::INFINITY, f64::min),
            all.into_iter().fold(f64::NEG_INFINITY, f64::max),
        )
    }
}

/// Go's result for one pair of numbers; of an operator that gives a number.
pub(super) fn exact(operator: Operator, a: f64, b: f64) -> f64 {
    match operator {
        Operator::Add => a + b,
        Operator::Subtract => a - b,
        Operator::Multiply => a * b,
        Operator::Divide => a / b,
        Operator::Power => power(a, b),
        Operator::Or
        | Operator::And
        | Operator::Equal
        | Operator::SameInt
        | Operator::Differs
        | Operator::DiffersInt
        | Operator::Less
        | Operator::More
        | Operator::LessOrEqual
        | Operator::MoreOrEqual
        | Operator::In
        | Operator::InKeys
        | Operator::InRange
        | Operator::Range
        | Operator::Modulo
        | Operator::Default => f64::NAN,
    }
}

/// Whether Go's `math.Pow` needs neither exponential nor logarithm for this exponent: those differ in the last place from
/// one implementation to the other.
fn is_reproducible(exponent: f64) -> bool {
    exponent.fract() == 0.0 || exponent.abs() == 0.5 || !exponent.is_finite()
}

/// Go's `math.Pow` (`src/math/pow.go`), which multiplies fractions and keeps the exponent apart.
fn power(x: f64, y: f64) -> f64 {
    if y == 0.0 || x == 1.0 {
        return 1.0;
    }
    if y == 0.5 {
        return x.sqrt();
    }
    if y == -0.5 {
        return 1.0 / x.sqrt();
    }
    let huge = y.abs() >= 9.3e18;
    if !x.is_finite() || !y.is_finite() || x == 0.0 || huge || y.fract() != 0.0 {
        return x.powf(y);
    }
    let (mut fraction, mut exponent) = split(x);
    let (mut answer, mut shift) = (1.0_f64, 0_i64);
    let mut rest = y.abs() as i64;
    while rest != 0 {
        if !(-4096..=4096).contains(&exponent) {
            shift += exponent;
            break;
        }
        if rest & 1 == 1 {
            answer *= fraction;
            shift += exponent;
        }
        fraction *= fraction;
        exponent *= 2;
        if fraction < 0.5 {
            fraction += fraction;
            exponent -= 1;
        }
        rest >>= 1;
    }
    if y < 0.0 { joined(1.0 / answer, -shift) } else { joined(answer, shift) }
}

/// Go's `math.Frexp`: a fraction from one half to below one, and a power of two.
fn split(x: f64) -> (f64, i64) {
    let (scaled, correction) = if x.abs() < f64::MIN_POSITIVE { (x * 2.0_f64.powi(52), 52) } else { (x, 0) };
    let bits = scaled.to_bits();
    let exponent = i64::try_from(bits >> 52 & 0x7ff).unwrap_or(0) - 1022 - correction;
    (f64::from_bits(bits & !(0x7ff << 52) | 1022 << 52), exponent)
}

/// Go's `math.Ldexp`.
fn joined(fraction: f64, exponent: i64) -> f64 {
    let mut value = fraction;
    let mut rest = exponent.clamp(-3000, 3000);
    while rest != 0 {
        let step = rest.clamp(-1000, 1000);
        value *= 2.0_f64.powi(step as i32);
        rest -= step;
    }
    value
}

/// The processor that KEDA runs on: Go leaves to it what becomes of a number that no whole number holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machine {
    /// It gives the least of all whole numbers.
    Amd64,
    /// It gives the nearest one, and 0 of what is not a number.
    Arm64,
}

impl Machine {
    /// Go's `int` of a number.
    pub(super) fn whole(self, value: f64) -> i64 {
        let held = -(2.0_f64.powi(63)) <= value && value < 2.0_f64.powi(63);
        match self {
            Self::Amd64 if !held => i64::MIN,
            Self::Amd64 | Self::Arm64 => value as i64,
        }
    }

    /// The same of all in a stretch.
    pub(super) fn all_whole(self, span: Span) -> (i64, i64) {
        const LIMIT: f64 = 9.2e18;
        if span.is_point() {
            return (self.whole(span.lo), self.whole(span.lo));
        }
        let beyond = |end: f64| end.is_finite() && end.abs() > LIMIT;
        // A load is never that large.
        if span.odd || beyond(span.lo) || beyond(span.hi) {
            return (i64::MIN, i64::MAX);
        }
        (span.lo.trunc() as i64, span.hi.trunc() as i64)
    }
}

//! A limit that the policy writes, as rules have to watch it.

use crate::source::Span;
use crate::verify::promql::Side;

/// A limit as the policy writes it.
pub(super) struct Limit {
    pub(super) what: &'static str,
    /// What is held against it.
    pub(super) series: String,
    pub(super) side: Side,
    pub(super) value: f64,
    pub(super) held: Held,
    pub(super) span: Span,
}

/// How the number in a rule follows from the limit.
#[derive(Clone, Copy)]
pub(super) enum Held {
    /// It is the limit.
    Exactly,
    /// It is not below it.
    AtLeast,
    /// It is a multiple that the rule writes out: `14.4 * 0.05`.
    Multiplied,
}

//! What the conditions on the way to a part of a formula say of its values: below 5 where `load < 5` holds.

use super::evaluate::Evaluation;
use super::expression::{Expression, Operator};
use super::number::Span;
use super::value::Undecided;
use super::value::{Number, Possible};

impl Evaluation<'_> {
    /// Notes what a condition says of its parts; false where it cannot be so.
    pub(super) fn assume(&mut self, condition: &Expression, holds: bool) -> Result<bool, Undecided> {
        if let Expression::Not(inner) = condition {
            return self.assume(inner, !holds);
        }
        let Expression::Binary(operator, left, right) = condition else { return Ok(true) };
        if *operator == if holds { Operator::And } else { Operator::Or } {
            return Ok(self.assume(left, holds)? && self.assume(right, holds)?);
        }
        let (left_now, right_now) = (self.of(left)?, self.of(right)?);
        if matches!(operator, Operator::And | Operator::Or) {
            // One of the two decides it, where the other one is sure.
            let settled = |one: &Possible| if holds { !one.yes } else { !one.no };
            return match (settled(&left_now), settled(&right_now)) {
                (true, _) => self.assume(right, holds),
                (false, true) => self.assume(left, holds),
                (false, false) => Ok(true),
            };
        }
        let whole = |one: &Possible| one.numbers().map(Number::span).reduce(Span::or);
        let (Some(a), Some(b)) = (whole(&left_now), whole(&right_now)) else { return Ok(true) };
        // A comparison with what is not a number does not hold; that it did not says nothing of the rest.
        if a.odd || b.odd {
            return Ok(true);
        }
        let same = matches!(operator, Operator::Equal | Operator::SameInt);
        let facts = if operator.is_comparison() {
            compared(if holds { *operator } else { operator.opposite() }, a, b)
        } else if same && holds {
            (b, a)
        } else {
            return Ok(true);
        };
        Ok(self.note(left, facts.0)? && self.note(right, facts.1)?)
    }

    fn note(&mut self, part: &Expression, fact: Span) -> Result<bool, Undecided> {
        // An element is another one in the next predicate.
        if !part.is_literal() && !part.has_element() {
            self.facts.push((part.clone(), fact));
        }
        Ok(self.of(part)?.is_reached())
    }

    pub(super) fn narrowed(&self, expression: &Expression, possible: Possible) -> Possible {
        let mut possible = possible;
        for (_, fact) in self.facts.iter().filter(|(part, _)| part == expression) {
            possible.float = possible.float.and_then(|span| {
                let (lo, hi) = (span.lo.max(fact.lo), span.hi.min(fact.hi));
                if span.odd { Some(span) } else { (lo <= hi).then(|| Span::new(lo, hi)) }
            });
            // Beyond that, a whole number is rounded where it is compared.
            let exact = |end: f64| end.is_infinite() || end.abs() < 2.0_f64.powi(53);
            possible.int = possible.int.and_then(|(lo, hi)| {
                if !exact(fact.lo) || !exact(fact.hi) {
                    return Some((lo, hi));
                }
                let (lo, hi) = (lo.max(fact.lo.ceil() as i64), hi.min(fact.hi.floor() as i64));
                (lo <= hi).then_some((lo, hi))
            });
        }
        possible
    }
}

/// In which stretches both sides of a comparison lie where it holds.
fn compared(operator: Operator, a: Span, b: Span) -> (Span, Span) {
    let (below, above) = (f64::NEG_INFINITY, f64::INFINITY);
    if operator == Operator::Less {
        (Span::new(below, b.hi.next_down()), Span::new(a.lo.next_up(), above))
    } else if operator == Operator::LessOrEqual {
        (Span::new(below, b.hi), Span::new(a.lo, above))
    } else if operator == Operator::More {
        (Span::new(b.lo.next_up(), above), Span::new(below, a.hi.next_down()))
    } else {
        (Span::new(b.lo, above), Span::new(below, a.hi))
    }
}

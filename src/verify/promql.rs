//! What an expression of PromQL is made of: its selectors, its numbers, and what it holds against a number.

use std::collections::BTreeSet;
use std::time::Duration;

use promql_parser::parser::{Expr, VectorSelector, token};

use crate::quantity::Seconds;

/// The expressions right below.
fn parts(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Paren(paren) => vec![&paren.expr],
        Expr::Unary(unary) => vec![&unary.expr],
        Expr::Subquery(subquery) => vec![&subquery.expr],
        Expr::Aggregate(aggregate) => {
            aggregate.param.iter().chain([&aggregate.expr]).map(|part| &**part).collect()
        }
        Expr::Call(call) => call.args.args.iter().map(|part| &**part).collect(),
        Expr::Binary(binary) => vec![&binary.lhs, &binary.rhs],
        Expr::VectorSelector(_)
        | Expr::MatrixSelector(_)
        | Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::Extension(_) => Vec::new(),
    }
}

/// What it selects by itself.
fn selector(expr: &Expr) -> Option<&VectorSelector> {
    if let Expr::MatrixSelector(matrix) = expr {
        Some(&matrix.vs)
    } else if let Expr::VectorSelector(selector) = expr {
        Some(selector)
    } else {
        None
    }
}

/// Shows every selector.
pub(super) fn walk<'e>(expr: &'e Expr, see: &mut impl FnMut(&'e VectorSelector)) {
    if let Some(selector) = selector(expr) {
        see(selector);
    }
    parts(expr).into_iter().for_each(|part| walk(part, see));
}

/// The names of all series that it reads.
pub(super) fn series(expr: &Expr) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    walk(expr, &mut |selector| names.extend(selector.name.as_deref()));
    names
}

/// The names of the series that decide what it gives: not those of what it leaves out.
pub(super) fn deciding(expr: &Expr) -> BTreeSet<&str> {
    if let Expr::Binary(binary) = expr
        && binary.op.id() == token::T_LUNLESS
    {
        return deciding(&binary.lhs);
    }
    let own = selector(expr).and_then(|selector| selector.name.as_deref());
    parts(expr).into_iter().flat_map(deciding).chain(own).collect()
}

/// For how long something must have been so: of alternatives the shortest. What is only left out does not wait, and neither does
/// a gauge that counts as it was seen last, or at its highest.
pub(super) fn waits(expr: &Expr) -> Seconds {
    const AT_ONCE: [&str; 4] = ["last_over_time", "max_over_time", "present_over_time", "absent_over_time"];
    let seconds = |range: Duration| Seconds(u32::try_from(range.as_secs()).unwrap_or(u32::MAX));
    match expr {
        Expr::MatrixSelector(matrix) => seconds(matrix.range),
        Expr::Subquery(subquery) => seconds(subquery.range).max(waits(&subquery.expr)),
        Expr::Call(call) if AT_ONCE.contains(&call.func.name) => Seconds(0),
        Expr::Binary(binary) if binary.op.id() == token::T_LUNLESS => waits(&binary.lhs),
        Expr::Binary(binary) if binary.op.id() == token::T_LOR => waits(&binary.lhs).min(waits(&binary.rhs)),
        Expr::Binary(_)
        | Expr::Call(_)
        | Expr::Aggregate(_)
        | Expr::Paren(_)
        | Expr::Unary(_)
        | Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::VectorSelector(_)
        | Expr::Extension(_) => parts(expr).into_iter().map(waits).max().unwrap_or(Seconds(0)),
    }
}

/// Whether `wanted` is a part of it.
pub(super) fn contains(expr: &Expr, wanted: &Expr) -> bool {
    expr == wanted || parts(expr).into_iter().any(|part| contains(part, wanted))
}

/// What holds of a number that is held against another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Above,
    Below,
    /// Equal, or not.
    At,
}

/// Something measured against something else.
pub(super) struct Comparison<'e> {
    pub(super) measured: &'e Expr,
    pub(super) side: Side,
    pub(super) limit: &'e Expr,
}

impl Comparison<'_> {
    /// The limit, where it is a number.
    pub(super) fn number(&self) -> Option<f64> {
        number(self.limit)
    }

    /// The numbers that the limit is written with.
    pub(super) fn literals(&self) -> Vec<f64> {
        literals(self.limit)
    }
}

/// Every comparison that decides, with the side that is a number as its limit.
pub(super) fn comparisons(expr: &Expr) -> Vec<Comparison<'_>> {
    let Expr::Binary(binary) = expr else {
        return parts(expr).into_iter().flat_map(comparisons).collect();
    };
    let mut found = comparisons(&binary.lhs);
    if binary.op.id() != token::T_LUNLESS {
        found.extend(comparisons(&binary.rhs));
    }
    let side = match binary.op.id() {
        token::T_GTR | token::T_GTE => Side::Above,
        token::T_LSS | token::T_LTE => Side::Below,
        token::T_EQLC | token::T_NEQ => Side::At,
        _ => return found,
    };
    found.push(if number(&binary.lhs).is_some() {
        let turned = match side {
            Side::Above => Side::Below,
            Side::Below => Side::Above,
            Side::At => Side::At,
        };
        Comparison { measured: &binary.rhs, side: turned, limit: &binary.lhs }
    } else {
        Comparison { measured: &binary.lhs, side, limit: &binary.rhs }
    });
    found
}

/// What an expression of numbers alone gives.
fn number(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::NumberLiteral(literal) => Some(literal.val),
        Expr::Paren(paren) => number(&paren.expr),
        Expr::Unary(unary) => number(&unary.expr).map(|value| -value),
        Expr::Binary(binary) => {
            let (left, right) = (number(&binary.lhs)?, number(&binary.rhs)?);
            match binary.op.id() {
                token::T_ADD => Some(left + right),
                token::T_SUB => Some(left - right),
                token::T_MUL => Some(left * right),
                token::T_DIV => Some(left / right),
                _ => None,
            }
        }
        Expr::Aggregate(_)
        | Expr::Subquery(_)
        | Expr::StringLiteral(_)
        | Expr::VectorSelector(_)
        | Expr::MatrixSelector(_)
        | Expr::Call(_)
        | Expr::Extension(_) => None,
    }
}

fn literals(expr: &Expr) -> Vec<f64> {
    if let Expr::NumberLiteral(literal) = expr {
        return vec![literal.val];
    }
    parts(expr).into_iter().flat_map(literals).collect()
}

#[cfg(test)]
mod tests {
    use promql_parser::parser::parse;

    use super::*;

    #[test]
    fn what_is_left_out_does_not_decide() {
        let expr = parse("max_over_time(a[5m]) > 2 and on (x) b unless on (x) (c > 3 or d)").unwrap();
        assert_eq!(deciding(&expr), BTreeSet::from(["a", "b"]));
        assert_eq!(series(&expr).len(), 4);
        let limits: Vec<_> = comparisons(&expr).iter().map(|found| (found.side, found.number())).collect();
        assert_eq!(limits, [(Side::Above, Some(2.0))]);
    }

    #[test]
    fn of_alternatives_the_shortest_wait_counts_and_a_gauge_that_is_smoothed_does_not_wait() {
        let waited = |text: &str| waits(&parse(text).unwrap()).0;
        assert_eq!(waited("min_over_time(a[5m]) == 1 and last_over_time(a[9m]) == 1"), 300);
        assert_eq!(waited("min_over_time(a[5m]) == 1 or avg_over_time(a[1m]) > 0.5"), 60);
        assert_eq!(waited("a unless min_over_time(b[5m]) == 1"), 0);
        assert_eq!(waited("a and count_over_time(a[8m30s:30s]) >= 17"), 510);
        assert_eq!(waited("max_over_time(a[5m]) == 1"), 0);
    }

    #[test]
    fn a_number_in_front_turns_the_comparison_round() {
        let expr = parse("0 < a - time() < 30 * 86400").unwrap();
        let limits: Vec<_> = comparisons(&expr).iter().map(|found| (found.side, found.number())).collect();
        assert_eq!(limits, [(Side::Above, Some(0.0)), (Side::Below, Some(2_592_000.0))]);
        let expr = parse("a > 14.4 * (1 - 0.95)").unwrap();
        assert_eq!(comparisons(&expr)[0].literals(), [14.4, 1.0, 0.95]);
        assert!(contains(&expr, &parse("a").unwrap()) && !contains(&expr, &parse("b").unwrap()));
    }
}

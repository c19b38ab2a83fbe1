//! What a query is never above, by what its author has written around it.

use promql_parser::parser::{self, Expr};

use super::arithmetic::constant;
use crate::keda::dialect::in_version_3;

/// The number; none where nothing keeps it down.
pub fn ceiling(text: &str) -> Option<f64> {
    most(&parser::parse(&in_version_3(text)).ok()?).filter(|most| *most >= 0.0 && most.is_finite())
}

fn most(expr: &Expr) -> Option<f64> {
    if let Some(number) = constant(expr) {
        return Some(number);
    }
    match expr {
        Expr::Paren(paren) => most(&paren.expr),
        Expr::Binary(binary) if binary.return_bool() => Some(1.0),
        // A sum is as high as it has members.
        Expr::Aggregate(aggregate) => match aggregate.op.to_string().as_str() {
            "max" | "min" | "avg" => most(&aggregate.expr),
            _ => None,
        },
        Expr::Call(call) => match (call.func.name, call.args.args.as_slice()) {
            ("clamp", [_, _, limit]) | ("clamp_max", [_, limit]) => constant(limit),
            ("vector", [number]) => constant(number),
            _ => None,
        },
        Expr::Unary(_)
        | Expr::Binary(_)
        | Expr::Subquery(_)
        | Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::VectorSelector(_)
        | Expr::MatrixSelector(_)
        | Expr::Extension(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clamp_around_the_whole_keeps_a_query_down_and_one_inside_of_a_sum_does_not() {
        for (query, most) in [
            ("clamp(sum(x), 0, 3)", 3.0),
            ("(clamp_max(sum(x), 2 * 4))", 8.0),
            ("max(clamp_max(x, 3))", 3.0),
            ("sum(x) > bool 7", 1.0),
            ("vector(2)", 2.0),
        ] {
            assert_eq!(ceiling(query), Some(most), "{query}");
        }
        for query in [
            "sum(x)",
            "sum(clamp_max(x, 3))",
            "clamp_min(sum(x), 3)",
            "clamp_max(sum(x), 3) * 2",
            "x > 7",
            "sum(",
        ] {
            assert_eq!(ceiling(query), None, "{query}");
        }
    }
}

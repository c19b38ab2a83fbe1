//! Whether the value of a query can fall below 0 as the query is written.
//!
//! What a metric says is taken for 0 or more: only operators and functions can make less of it. What is left of a whole
//! (`1 - share`, `100 - percent`) and an age (`time() - moment`) are not below 0 while their parts are what they are called.

use promql_parser::parser::{self, BinaryExpr, Call, Expr};

use super::arithmetic::constant;
use crate::keda::dialect::{OLD_SMOOTHING, SMOOTHING, in_version_3};

/// Of a query, the part that can be below 0; none where nothing can, or where it is no PromQL.
pub fn below_zero(text: &str) -> Option<String> {
    let part = below(&parser::parse(&in_version_3(text)).ok()?).map(ToString::to_string);
    // In the words of who wrote it.
    part.map(|part| if text.contains(OLD_SMOOTHING) { part.replace(SMOOTHING, OLD_SMOOTHING) } else { part })
}

/// Functions that can give less than 0 of what is never less.
const TURNING: [&str; 8] = ["deriv", "delta", "idelta", "predict_linear", SMOOTHING, "ln", "log2", "log10"];

fn below(expr: &Expr) -> Option<&Expr> {
    if let Some(number) = constant(expr) {
        return (number < 0.0).then_some(expr);
    }
    match expr {
        Expr::Paren(paren) => below(&paren.expr),
        // Twice turned is as it was.
        Expr::Unary(unary) => match below(&unary.expr) {
            Some(_) => None,
            None => Some(expr),
        },
        Expr::Binary(binary) => operated(binary, expr),
        Expr::Aggregate(aggregate) => match aggregate.op.to_string().as_str() {
            "count" | "group" | "stddev" | "stdvar" => None,
            _ => below(&aggregate.expr),
        },
        Expr::Call(call) => called(call, expr),
        Expr::Subquery(subquery) => below(&subquery.expr),
        Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::VectorSelector(_)
        | Expr::MatrixSelector(_)
        | Expr::Extension(_) => None,
    }
}

fn operated<'e>(binary: &'e BinaryExpr, whole: &'e Expr) -> Option<&'e Expr> {
    let (left, right) = (&*binary.lhs, &*binary.rhs);
    let op = binary.op.to_string();
    match op.as_str() {
        _ if binary.return_bool() => None,
        "-" => subtracted(left, right).then_some(whole),
        // Two that can be below 0 may be so together; it is not known.
        "*" | "/" => match (below(left), below(right)) {
            (Some(found), None) | (None, Some(found)) => Some(found),
            (Some(_), Some(_)) | (None, None) => None,
        },
        "+" | "or" => below(left).or_else(|| below(right)),
        // Only what is over a number that is not below 0 is left.
        ">" | ">=" if constant(right).is_some_and(|least| least >= 0.0) => None,
        _ => below(left),
    }
}

fn subtracted(left: &Expr, right: &Expr) -> bool {
    let is = |number: f64| constant(left).is_some_and(|whole| (whole - number).abs() < 1e-9);
    let is_clock = matches!(left, Expr::Call(call) if call.func.name == "time");
    !(is(1.0) || is(100.0) || is_clock || constant(right) == Some(0.0))
}

fn called<'e>(call: &'e Call, whole: &'e Expr) -> Option<&'e Expr> {
    let argument = |at: usize| call.args.args.get(at).map(|argument| &**argument);
    let least = |at: usize| argument(at).and_then(constant).unwrap_or(f64::NAN);
    match call.func.name {
        name if TURNING.contains(&name) => Some(whole),
        "clamp_min" | "clamp" if least(1) >= 0.0 => None,
        "abs" | "rate" | "irate" | "increase" | "changes" | "resets" | "count_over_time" => None,
        "histogram_quantile" => None,
        name if name.ends_with("_over_time") => call.args.args.last().and_then(|of| below(of)),
        _ => argument(0).and_then(below),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_fall_below_zero_is_named() {
        for (query, part) in [
            ("sum(a) - sum(b)", "sum(a) - sum(b)"),
            ("sum(a) - 100", "sum(a) - 100"),
            ("-sum(a)", "-sum(a)"),
            ("-1 * sum(a)", "-1"),
            ("sum(a) / -60", "-60"),
            ("max(a - on (pod) b)", "a - on (pod) b"),
            ("sum(deriv(a[5m]))", "deriv(a[5m])"),
            ("predict_linear(a[1h], 600)", "predict_linear(a[1h], 600)"),
            ("sum(a) - sum(b) or 0 * sum(up)", "sum(a) - sum(b)"),
            ("avg_over_time((sum(a) - sum(b))[5m:])", "sum(a) - sum(b)"),
            ("clamp_max(sum(a) - 5, 10)", "sum(a) - 5"),
            ("ln(sum(a))", "ln(sum(a))"),
            ("sum(holt_winters(a[1h], 0.5, 0.5))", "holt_winters(a[1h], 0.5, 0.5)"),
            (
                "sum(double_exponential_smoothing(a[1h], 0.5, 0.5))",
                "double_exponential_smoothing(a[1h], 0.5, 0.5)",
            ),
        ] {
            let found = below_zero(query).unwrap_or_default().replace("  ", " ");
            assert_eq!(found, part, "{query}");
        }
    }

    #[test]
    fn what_is_held_at_zero_or_is_called_a_share_or_an_age_is_not() {
        for query in [
            "sum(rate(a[2m]))",
            "clamp_min(sum(a) - sum(b), 0)",
            "clamp(sum(a) - sum(b), 0, 9)",
            "(sum(a) - sum(b)) > 0",
            "(sum(a) - sum(b)) > bool 5",
            "abs(sum(a) - sum(b))",
            "1 - avg(a)",
            "100 - avg(rate(node_cpu_seconds_total{mode=\"idle\"}[5m])) * 100",
            "time() - max(last_success_timestamp_seconds)",
            "-(-sum(a))",
            "sum(a) * (sum(b) > bool 0.2)",
            "sum(a) unless sum(b) - sum(c)",
            "count(a - on (pod) b)",
            "sum(a) - 0",
            "no PromQL (",
        ] {
            assert_eq!(below_zero(query), None, "{query}");
        }
    }
}

//! Whether the value of a query is a delay, which replicas do not share: a quantile of times or a lag.

use promql_parser::parser::{self, BinaryExpr, Expr};

use super::arithmetic::constant;
use crate::keda::dialect::in_version_3;

/// Whether it is; by its words where it is no PromQL.
pub fn gives_delay(text: &str) -> bool {
    match parser::parse(&in_version_3(text)) {
        Ok(expr) => is_delay(&expr),
        Err(_) => text.contains("histogram_quantile") || text.contains("lag_seconds"),
    }
}

fn is_delay(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(paren) => is_delay(&paren.expr),
        Expr::Unary(unary) => is_delay(&unary.expr),
        Expr::Aggregate(aggregate) => aggregate.op.to_string() != "count" && is_delay(&aggregate.expr),
        Expr::Subquery(subquery) => is_delay(&subquery.expr),
        Expr::VectorSelector(selector) => is_lag(selector.name.as_deref()),
        Expr::MatrixSelector(matrix) => is_lag(matrix.vs.name.as_deref()),
        Expr::Call(call) => {
            call.func.name == "histogram_quantile" || call.args.args.iter().any(|argument| is_delay(argument))
        }
        Expr::Binary(binary) => of_two(binary),
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => false,
    }
}

fn is_lag(metric: Option<&str>) -> bool {
    metric.is_some_and(|metric| metric.contains("lag_seconds"))
}

fn of_two(binary: &BinaryExpr) -> bool {
    let (left, right) = (&*binary.lhs, &*binary.rhs);
    match binary.op.to_string().as_str() {
        // A yes or no.
        _ if binary.return_bool() => false,
        // A rate times a delay is how many are there at once.
        "*" => is_delay(left) && constant(right).is_some() || is_delay(right) && constant(left).is_some(),
        "/" => is_delay(left) && constant(right).is_some(),
        "+" | "-" | "or" => is_delay(left) || is_delay(right),
        _ => is_delay(left) || constant(left).is_some() && is_delay(right),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_is_known_wherever_it_is_the_value() {
        let (p95, rps) = ("histogram_quantile(0.95, sum by (le) (rate(x[5m])))", "sum(rate(y[2m]))");
        for query in [
            p95.to_owned(),
            format!("1000 * {p95}"),
            format!("({p95} > 0 and on () {rps} > 3) or 0 * sum(up)"),
            format!("max({p95})"),
            "max(shop_outbox_lag_seconds)".to_owned(),
            format!("no PromQL {p95}"),
        ] {
            assert!(gives_delay(&query), "{query}");
        }
        for query in [
            rps.to_owned(),
            format!("{rps} * ({p95} > bool 0.2)"),
            format!("{rps} * (1.5 * ({p95} > bool 0.2) + 0.5 * ({p95} > bool 0.3))"),
            format!("{rps} * {p95}"),
            format!("{rps} and on () {p95} > 0.2"),
            format!("{rps} unless {p95}"),
        ] {
            assert!(!gives_delay(&query), "{query}");
        }
    }
}

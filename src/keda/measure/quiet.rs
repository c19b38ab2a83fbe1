//! Queries that are not a number while nothing comes: a quotient of rates is 0/0 then, and a quantile of empty buckets is none.

use promql_parser::parser::{self, BinaryExpr, Expr};

use super::arithmetic::constant;
use crate::keda::dialect::in_version_3;

/// What is not a number while it is quiet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quiet {
    /// A quotient, whose divisor is then 0: this one.
    Divisor(String),
    /// A quantile.
    Quantile,
}

/// Of a query; none where it always gives a number, or none at all.
pub fn not_a_number(text: &str) -> Option<Quiet> {
    undefined(&parser::parse(&in_version_3(text)).ok()?)
}

fn undefined(expr: &Expr) -> Option<Quiet> {
    match expr {
        Expr::Paren(paren) => undefined(&paren.expr),
        Expr::Unary(unary) => undefined(&unary.expr),
        Expr::Aggregate(aggregate) => undefined(&aggregate.expr),
        Expr::Binary(binary) => of_two(binary),
        Expr::Call(call) if call.func.name == "histogram_quantile" => {
            call.args.args.last().filter(|buckets| rests_at_zero(buckets)).map(|_| Quiet::Quantile)
        }
        // Most of these leave out what is not a number.
        Expr::Call(call) if call.func.name.ends_with("_over_time") => None,
        Expr::Call(call) => call.args.args.iter().find_map(|argument| undefined(argument)),
        Expr::Subquery(_)
        | Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::VectorSelector(_)
        | Expr::MatrixSelector(_)
        | Expr::Extension(_) => None,
    }
}

fn of_two(binary: &BinaryExpr) -> Option<Quiet> {
    let (left, right) = (&*binary.lhs, &*binary.rhs);
    match binary.op.to_string().as_str() {
        "/" if rests_at_zero(right) => Some(Quiet::Divisor(right.to_string())),
        "+" | "-" | "*" | "/" => undefined(left).or_else(|| undefined(right)),
        // Its right side answers only where the left one does not.
        "or" => undefined(left),
        // A comparison does not hold for it, and what is joined may be there for that.
        _ => None,
    }
}

/// Whether a value is 0 while nothing comes: the rate of a counter.
fn rests_at_zero(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(paren) => rests_at_zero(&paren.expr),
        Expr::Aggregate(aggregate) => {
            let adds = ["sum", "avg", "max", "min"].contains(&&*aggregate.op.to_string());
            adds && rests_at_zero(&aggregate.expr)
        }
        Expr::Call(call) => ["rate", "irate", "increase"].contains(&call.func.name),
        Expr::Binary(binary) => {
            let (left, right) = (&*binary.lhs, &*binary.rhs);
            match (binary.op.to_string().as_str(), constant(left), constant(right)) {
                ("*", Some(_), None) => rests_at_zero(right),
                ("*" | "/", None, Some(_)) => rests_at_zero(left),
                ("+", None, None) => rests_at_zero(left) && rests_at_zero(right),
                _ => false,
            }
        }
        Expr::Unary(_)
        | Expr::Subquery(_)
        | Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::VectorSelector(_)
        | Expr::MatrixSelector(_)
        | Expr::Extension(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotient_of_rates_and_a_quantile_are_none_while_it_is_quiet() {
        let divisor = |text: &str| Some(Quiet::Divisor(text.to_owned()));
        for (query, wanted) in [
            ("sum(rate(e[5m])) / sum(rate(r[5m]))", divisor("sum(rate(r[5m]))")),
            ("100 * (sum(rate(e[5m])) / sum(rate(r[5m])))", divisor("sum(rate(r[5m]))")),
            ("sum(increase(s[5m])) / (60 * sum(increase(c[5m])))", divisor("(60 * sum(increase(c[5m])))")),
            ("sum(rate(e[5m])) / sum(rate(r[5m])) or vector(0)", divisor("sum(rate(r[5m]))")),
            ("1000 * histogram_quantile(0.95, sum by (le) (rate(x_bucket[5m])))", Some(Quiet::Quantile)),
            ("max(histogram_quantile(0.95, rate(x_bucket[5m])))", Some(Quiet::Quantile)),
        ] {
            assert_eq!(not_a_number(query), wanted, "{query}");
        }
        for query in [
            "sum(rate(e[5m])) / clamp_min(sum(rate(r[5m])), 0.001)",
            "sum(rate(e[5m])) / (sum(rate(r[5m])) > 0)",
            "sum(rate(e[5m])) / (sum(rate(r[5m])) + 1)",
            "sum(rate(e[5m])) / 60",
            "sum(rate(cpu_seconds_total[5m])) / sum(kube_pod_container_resource_limits)",
            "histogram_quantile(0.95, sum by (le) (rate(x_bucket[5m]))) > 0 or 0 * sum(rate(x_count[5m]))",
            "sum(rate(e[5m])) / sum(rate(r[5m])) and on () sum(rate(r[5m])) > 0",
            "sum(rate(r[5m])) * (histogram_quantile(0.95, sum by (le) (rate(x_bucket[5m]))) > bool 0.2)",
            "sum(rate(r[5m]))",
        ] {
            assert_eq!(not_a_number(query), None, "{query}");
        }
    }
}

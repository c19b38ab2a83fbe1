//! Conditions on the time: `hour() >= 8 < 18` leaves an element in its hours alone.

use promql_parser::parser::{self, Expr};

use super::arithmetic::constant;
use crate::keda::dialect::in_version_3;

/// Functions that read the time of the query where they are given none.
const PARTS: [&str; 8] =
    ["minute", "hour", "day_of_week", "day_of_month", "day_of_year", "days_in_month", "month", "year"];

/// Of a query, the comparison of the time that drops what is outside; none where nothing does.
pub fn gate(text: &str) -> Option<String> {
    closing(&parser::parse(&in_version_3(text)).ok()?).map(ToString::to_string)
}

fn closing(expr: &Expr) -> Option<&Expr> {
    match expr {
        Expr::Paren(paren) => closing(&paren.expr),
        Expr::Unary(unary) => closing(&unary.expr),
        Expr::Aggregate(aggregate) => closing(&aggregate.expr),
        Expr::Subquery(subquery) => closing(&subquery.expr),
        Expr::Call(call) => call.args.args.iter().find_map(|argument| closing(argument)),
        Expr::Binary(binary) => {
            let op = binary.op.to_string();
            let (left, right) = (&*binary.lhs, &*binary.rhs);
            let is_comparison = [">", ">=", "<", "<=", "==", "!="].contains(&op.as_str());
            let of_time =
                is_read(left) && constant(right).is_some() || is_read(right) && constant(left).is_some();
            if is_comparison && !binary.return_bool() && of_time {
                return Some(expr);
            }
            // Another side answers there.
            if op == "or" { None } else { closing(left).or_else(|| closing(right)) }
        }
        Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::VectorSelector(_)
        | Expr::MatrixSelector(_)
        | Expr::Extension(_) => None,
    }
}

/// Whether an expression reads the time and no series.
pub(super) fn is_read(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(paren) => is_read(&paren.expr),
        Expr::Unary(unary) => is_read(&unary.expr),
        Expr::Aggregate(aggregate) => is_read(&aggregate.expr),
        Expr::Call(call) if call.func.name == "time" => true,
        Expr::Call(call) => {
            let mut arguments = call.args.args.iter();
            let reads_now = PARTS.contains(&call.func.name) && call.args.args.is_empty();
            reads_now || arguments.any(|one| is_read(one)) && arguments_are_free(&call.args.args)
        }
        Expr::Binary(binary) => {
            let (left, right) = (&*binary.lhs, &*binary.rhs);
            match (constant(left), constant(right)) {
                (None, Some(_)) => is_read(left),
                (Some(_), None) => is_read(right),
                (None, None) => is_read(left) && is_read(right),
                (Some(_), Some(_)) => false,
            }
        }
        Expr::Subquery(_)
        | Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::VectorSelector(_)
        | Expr::MatrixSelector(_)
        | Expr::Extension(_) => false,
    }
}

fn arguments_are_free(arguments: &[Box<Expr>]) -> bool {
    arguments.iter().all(|one| is_read(one) || constant(one).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_comparison_of_the_time_is_named() {
        for (query, part) in [
            ("sum(x) and on () (hour() >= 8 < 18)", "hour() >= 8 < 18"),
            ("sum(x) unless on () hour() > 17", "hour() > 17"),
            ("sum(x) and on () day_of_week(vector(time())) <= 5", "day_of_week(vector(time())) <= 5"),
            ("vector(time()) % 86400 / 3600 > 5", "vector(time()) % 86400 / 3600 > 5"),
            ("sum(x) * on () (8 <= hour())", "8 <= hour()"),
        ] {
            assert_eq!(gate(query).as_deref(), Some(part), "{query}");
        }
    }

    #[test]
    fn a_yes_or_no_and_the_age_of_a_series_are_not() {
        for query in [
            "sum(x) * on () (hour() >= bool 8) * on () (hour() < bool 18)",
            "time() - max(last_success_timestamp_seconds) > 300",
            "sum(x) < 100",
            "sum(x) and on () (hour() >= 8) or 0 * sum(x)",
            "hour(max(last_success_timestamp_seconds)) > 3",
        ] {
            assert_eq!(gate(query), None, "{query}");
        }
    }
}

//! Conditions on the time: `hour() >= 8 < 18` leaves an element in its hours alone.

use promql_parser::parser::{self, Expr};

use super::arithmetic::constant;
use crate::keda::dialect::in_version_3;

/// Functions that read the time of the query where they are given none.
const PARTS: [&str; 8] =
    ["minute", "hour", "day_of_week", "day_of_month", "day_of_year", "days_in_month", "month", "year"];

/// What a query's comparisons of the time do to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hours {
    /// Outside of these it has no answer.
    Within(Vec<String>),
    /// They hold at any time, and nothing else is compared.
    Always,
}

/// Of a query; none where the time drops nothing.
pub fn hours(text: &str) -> Option<Hours> {
    let expr = parser::parse(&in_version_3(text)).ok()?;
    let mut all = Vec::new();
    let compares_load = gates(&expr, &mut all);
    let may_fail = all.iter().filter(|gate| !holds(gate)).map(ToString::to_string);
    let may_fail: Vec<String> = may_fail.collect();
    match may_fail.is_empty() {
        true if all.is_empty() || compares_load => None,
        true => Some(Hours::Always),
        false => Some(Hours::Within(may_fail)),
    }
}

/// Gathers the comparisons of the time that drop what is outside; whether something else is compared beside them.
fn gates<'e>(expr: &'e Expr, all: &mut Vec<&'e Expr>) -> bool {
    match expr {
        Expr::Paren(paren) => gates(&paren.expr, all),
        Expr::Unary(unary) => gates(&unary.expr, all),
        Expr::Aggregate(aggregate) => gates(&aggregate.expr, all),
        Expr::Subquery(subquery) => gates(&subquery.expr, all),
        Expr::Call(call) => {
            let compared: Vec<bool> = call.args.args.iter().map(|argument| gates(argument, all)).collect();
            compared.contains(&true)
        }
        Expr::Binary(binary) => {
            let op = binary.op.to_string();
            let (left, right) = (&*binary.lhs, &*binary.rhs);
            let drops = COMPARISONS.contains(&op.as_str()) && !binary.return_bool();
            let of_time =
                is_read(left) && constant(right).is_some() || is_read(right) && constant(left).is_some();
            match drops {
                true if of_time => {
                    all.push(expr);
                    false
                }
                true => true,
                // Another side answers there.
                false if op == "or" => true,
                false => {
                    let before = gates(left, all);
                    gates(right, all) || before
                }
            }
        }
        Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::VectorSelector(_)
        | Expr::MatrixSelector(_)
        | Expr::Extension(_) => false,
    }
}

const COMPARISONS: [&str; 6] = [">", ">=", "<", "<=", "==", "!="];

/// Whether a comparison of the time holds at any time: `hour() >= 0`.
fn holds(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(paren) => holds(&paren.expr),
        Expr::Binary(binary) => {
            let op = binary.op.to_string();
            let sides = (constant(&binary.lhs), constant(&binary.rhs));
            let (part, op, limit) = match sides {
                (None, Some(limit)) => (&binary.lhs, op.as_str(), limit),
                (Some(limit), None) => (&binary.rhs, turned(&op), limit),
                (None, None) | (Some(_), Some(_)) => return false,
            };
            range(part).is_some_and(|(least, most)| match op {
                ">" => least > limit,
                ">=" => least >= limit,
                "<" => most < limit,
                "<=" => most <= limit,
                "!=" => limit < least || most < limit,
                _ => false,
            })
        }
        Expr::Aggregate(_)
        | Expr::Call(_)
        | Expr::Unary(_)
        | Expr::Subquery(_)
        | Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::VectorSelector(_)
        | Expr::MatrixSelector(_)
        | Expr::Extension(_) => false,
    }
}

fn turned(op: &str) -> &str {
    match op {
        ">" => "<",
        ">=" => "<=",
        "<" => ">",
        "<=" => ">=",
        other => other,
    }
}

/// The least and the greatest value of a part of the time.
fn range(expr: &Expr) -> Option<(f64, f64)> {
    match expr {
        Expr::Paren(paren) => range(&paren.expr),
        Expr::Call(call) => match call.func.name {
            "minute" => Some((0.0, 59.0)),
            "hour" => Some((0.0, 23.0)),
            "day_of_week" => Some((0.0, 6.0)),
            "day_of_month" => Some((1.0, 31.0)),
            "day_of_year" => Some((1.0, 366.0)),
            "days_in_month" => Some((28.0, 31.0)),
            "month" => Some((1.0, 12.0)),
            _ => None,
        },
        Expr::Binary(binary) if holds(expr) => range(&binary.lhs).or_else(|| range(&binary.rhs)),
        Expr::Binary(_)
        | Expr::Aggregate(_)
        | Expr::Unary(_)
        | Expr::Subquery(_)
        | Expr::NumberLiteral(_)
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

    fn within(query: &str) -> Vec<String> {
        match hours(query) {
            Some(Hours::Within(gates)) => gates,
            Some(Hours::Always) | None => Vec::new(),
        }
    }

    #[test]
    fn the_comparisons_of_the_time_are_named_that_may_fail() {
        for (query, part) in [
            ("sum(x) and on () (hour() >= 8 < 18)", "hour() >= 8 < 18"),
            ("sum(x) unless on () hour() > 17", "hour() > 17"),
            ("sum(x) and on () day_of_week(vector(time())) <= 5", "day_of_week(vector(time())) <= 5"),
            ("vector(time()) % 86400 / 3600 > 5", "vector(time()) % 86400 / 3600 > 5"),
            ("sum(x) * on () (8 <= hour())", "8 <= hour()"),
            ("sum(x) and on () hour() >= 0 and on () day_of_week() < 6", "day_of_week() < 6"),
            ("sum(x) and on () hour() >= 0 < 18", "hour() >= 0 < 18"),
        ] {
            assert_eq!(within(query), [part], "{query}");
        }
        let both = "sum(x) and on () hour() >= 8 and on () 18 > hour()";
        assert_eq!(within(both), ["hour() >= 8", "18 > hour()"]);
    }

    #[test]
    fn what_holds_at_any_time_drops_nothing() {
        for query in ["sum(x) and on () hour() >= 0", "sum(x) and on () (0 <= hour() < 24 != 30)"] {
            assert_eq!(hours(query), Some(Hours::Always), "{query}");
        }
        assert_eq!(hours("sum(x) > 3 and on () hour() >= 0"), None);
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
            assert_eq!(hours(query), None, "{query}");
        }
    }
}

//! Queries that give nothing just when they should: under load, or always.

use promql_parser::parser::{self, BinaryExpr, Expr, LabelModifier};

use super::arithmetic::constant;
use super::clock;
use crate::keda::dialect::in_version_3;

/// Of a query, the comparison that drops what is high: `sum(x) < 100`. None where nothing does.
pub fn empty_under_load(text: &str) -> Option<String> {
    low_only(&parser::parse(&in_version_3(text)).ok()?).map(ToString::to_string)
}

fn low_only(expr: &Expr) -> Option<&Expr> {
    match expr {
        Expr::Paren(paren) => low_only(&paren.expr),
        Expr::Unary(unary) => low_only(&unary.expr),
        Expr::Aggregate(aggregate) => low_only(&aggregate.expr),
        Expr::Subquery(subquery) => low_only(&subquery.expr),
        Expr::Call(call) if call.func.name.starts_with("absent") => None,
        Expr::Call(call) => call.args.args.iter().find_map(|argument| low_only(argument)),
        Expr::Binary(binary) => of_binary(binary, expr),
        Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::VectorSelector(_)
        | Expr::MatrixSelector(_)
        | Expr::Extension(_) => None,
    }
}

fn of_binary<'e>(binary: &'e BinaryExpr, whole: &'e Expr) -> Option<&'e Expr> {
    let (left, right) = (&*binary.lhs, &*binary.rhs);
    match binary.op.to_string().as_str() {
        _ if drops(binary, ["<", "<="], [">", ">="]) => Some(whole),
        // Another side may still answer.
        "or" => low_only(left).filter(|_| low_only(right).is_some()),
        // What is high on the right takes the left away.
        "unless" => low_only(left).or_else(|| high_only(right)),
        _ => low_only(left).or_else(|| low_only(right)),
    }
}

/// A comparison that keeps what is high, whatever is around it.
fn high_only(expr: &Expr) -> Option<&Expr> {
    match expr {
        Expr::Paren(paren) => high_only(&paren.expr),
        Expr::Aggregate(aggregate) => high_only(&aggregate.expr),
        Expr::Binary(binary) => drops(binary, [">", ">="], ["<", "<="]).then_some(expr),
        Expr::Unary(_)
        | Expr::Subquery(_)
        | Expr::Call(_)
        | Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::VectorSelector(_)
        | Expr::MatrixSelector(_)
        | Expr::Extension(_) => None,
    }
}

/// Whether something is compared with a number by one of `before`, or a number with it by one of `behind`.
fn drops(binary: &BinaryExpr, before: [&str; 2], behind: [&str; 2]) -> bool {
    // What compares the time of day says nothing of load.
    if binary.return_bool() || clock::is_read(&binary.lhs) || clock::is_read(&binary.rhs) {
        return false;
    }
    let op = binary.op.to_string();
    match (constant(&binary.lhs), constant(&binary.rhs)) {
        (None, Some(_)) => before.contains(&op.as_str()),
        (Some(_), None) => behind.contains(&op.as_str()),
        (None, None) | (Some(_), Some(_)) => false,
    }
}

/// Whether a quantile is asked of buckets that were added up over all of their limits: without `le` there is none.
pub fn lacks_buckets(text: &str) -> bool {
    parser::parse(&in_version_3(text)).is_ok_and(|expr| has_bare_quantile(&expr))
}

fn has_bare_quantile(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(paren) => has_bare_quantile(&paren.expr),
        Expr::Unary(unary) => has_bare_quantile(&unary.expr),
        Expr::Aggregate(aggregate) => has_bare_quantile(&aggregate.expr),
        Expr::Subquery(subquery) => has_bare_quantile(&subquery.expr),
        Expr::Binary(binary) => has_bare_quantile(&binary.lhs) || has_bare_quantile(&binary.rhs),
        Expr::Call(call) => {
            let reads = ["histogram_quantile", "histogram_fraction"].contains(&call.func.name);
            let buckets = call.args.args.last().filter(|_| reads);
            let mut arguments = call.args.args.iter();
            buckets.is_some_and(|buckets| loses_limits(buckets) && reads_buckets(buckets))
                || arguments.any(|argument| has_bare_quantile(argument))
        }
        Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::VectorSelector(_)
        | Expr::MatrixSelector(_)
        | Expr::Extension(_) => false,
    }
}

/// Whether an aggregation takes the label `le` away.
fn loses_limits(expr: &Expr) -> bool {
    const LIMIT: &str = "le";
    match expr {
        Expr::Paren(paren) => loses_limits(&paren.expr),
        Expr::Binary(binary) => loses_limits(&binary.lhs),
        Expr::Aggregate(aggregate) => {
            let loses = match &aggregate.modifier {
                None => !["topk", "bottomk", "limitk", "limit_ratio"].contains(&&*aggregate.op.to_string()),
                Some(LabelModifier::Include(labels)) => !labels.labels.iter().any(|label| label == LIMIT),
                Some(LabelModifier::Exclude(labels)) => labels.labels.iter().any(|label| label == LIMIT),
            };
            loses || loses_limits(&aggregate.expr)
        }
        Expr::Call(_)
        | Expr::Unary(_)
        | Expr::Subquery(_)
        | Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::VectorSelector(_)
        | Expr::MatrixSelector(_)
        | Expr::Extension(_) => false,
    }
}

/// Whether the series are buckets by their name: a native histogram has its limits inside.
fn reads_buckets(expr: &Expr) -> bool {
    let is_named = |name: &Option<String>| name.as_ref().is_some_and(|name| name.contains("_bucket"));
    match expr {
        Expr::Paren(paren) => reads_buckets(&paren.expr),
        Expr::Unary(unary) => reads_buckets(&unary.expr),
        Expr::Aggregate(aggregate) => reads_buckets(&aggregate.expr),
        Expr::Subquery(subquery) => reads_buckets(&subquery.expr),
        Expr::Binary(binary) => reads_buckets(&binary.lhs),
        Expr::Call(call) => call.args.args.iter().any(|argument| reads_buckets(argument)),
        Expr::VectorSelector(selector) => is_named(&selector.name),
        Expr::MatrixSelector(matrix) => is_named(&matrix.vs.name),
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_drops_the_high_values_is_named() {
        for (query, part) in [
            ("sum(x) < 100", "sum(x) < 100"),
            ("100 >= sum(x)", "100 >= sum(x)"),
            ("sum(rate(x[2m]) < 5) * 2", "rate(x[2m]) < 5"),
            ("sum(x) and sum(y) <= 3", "sum(y) <= 3"),
            ("sum(x) unless sum(x) > 100", "sum(x) > 100"),
            ("(sum(x) < 100) or (sum(y) < 3)", "sum(x) < 100"),
            ("max_over_time((sum(x) < 100)[5m:])", "sum(x) < 100"),
        ] {
            assert_eq!(empty_under_load(query).as_deref(), Some(part), "{query}");
        }
        for query in [
            "sum(x) > 100",
            "sum(x) < bool 100",
            "100 < sum(x)",
            "sum(x) < 100 or vector(0)",
            "sum(x) and on () (hour() >= 8 < 18)",
            "sum(x) unless on () hour() > 17",
            "sum(x) unless sum(x) < 3",
            "sum(x) < sum(y)",
            "absent(sum(x) < 100)",
            "sum(x)",
        ] {
            assert_eq!(empty_under_load(query), None, "{query}");
        }
    }

    #[test]
    fn a_quantile_wants_the_limits_of_its_buckets() {
        for query in [
            "histogram_quantile(0.95, sum(rate(x_bucket[5m])))",
            "histogram_quantile(0.95, sum by (pod) (rate(x_bucket[5m])))",
            "1000 * histogram_quantile(0.95, sum without (le) (rate(x_bucket[5m])))",
            "max(histogram_quantile(0.95, sum by (le) (sum(rate(x_bucket[5m])))))",
            "sum(histogram_fraction(0, 0.2, sum(rate(x_bucket[5m]))))",
        ] {
            assert!(lacks_buckets(query), "{query}");
        }
        for query in [
            "histogram_quantile(0.95, sum by (le) (rate(x_bucket[5m])))",
            "histogram_quantile(0.95, sum without (pod) (rate(x_bucket[5m])))",
            "histogram_quantile(0.95, rate(x_bucket[5m]))",
            "histogram_quantile(0.95, sum(rate(x_seconds[5m])))",
            "sum(rate(x_bucket[5m]))",
            "max(histogram_quantile(0.95, topk(3, rate(x_bucket[5m]))))",
        ] {
            assert!(!lacks_buckets(query), "{query}");
        }
    }
}

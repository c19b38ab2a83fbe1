//! How many elements a PromQL query can give: the scaler wants an instant vector of exactly one.
//!
//! An upper bound by labels: an aggregation keeps the labels of its `by`, `histogram_quantile` takes `le` away, an
//! operator between vectors keeps the labels of its left side.

use std::collections::BTreeSet;

use promql_parser::parser::{self, AggregateExpr, BinaryExpr, Call, Expr, LabelModifier, value::ValueType};

/// What a query gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One element for each value of these labels; exactly one, if there are none.
    Labelled(BTreeSet<String>),
    /// As many elements as there are series.
    Many,
    /// A number.
    Scalar,
    /// A string.
    Text,
    /// A range of samples.
    Range,
}

/// The shape of a query, or what the parser says against it.
pub fn shape(query: &str) -> Result<Shape, String> {
    Ok(of(&parser::parse(query)?))
}

fn of(expr: &Expr) -> Shape {
    match expr {
        Expr::Aggregate(aggregate) => of_aggregate(aggregate),
        Expr::Unary(unary) => of(&unary.expr),
        Expr::Binary(binary) => of_binary(binary),
        Expr::Paren(paren) => of(&paren.expr),
        Expr::Subquery(_) | Expr::MatrixSelector(_) => Shape::Range,
        Expr::NumberLiteral(_) => Shape::Scalar,
        Expr::StringLiteral(_) => Shape::Text,
        Expr::VectorSelector(_) | Expr::Extension(_) => Shape::Many,
        Expr::Call(call) => of_call(call),
    }
}

fn of_aggregate(aggregate: &AggregateExpr) -> Shape {
    let several = ["topk", "bottomk", "limitk", "limit_ratio", "count_values"];
    if several.contains(&aggregate.op.to_string().as_str()) {
        return Shape::Many;
    }
    match &aggregate.modifier {
        None => Shape::Labelled(BTreeSet::new()),
        Some(LabelModifier::Include(labels)) => {
            Shape::Labelled(labels.labels.iter().map(ToString::to_string).collect())
        }
        Some(LabelModifier::Exclude(_)) => Shape::Many,
    }
}

fn of_binary(binary: &BinaryExpr) -> Shape {
    match (of(&binary.lhs), of(&binary.rhs)) {
        (Shape::Scalar, other) | (other, Shape::Scalar) => other,
        (Shape::Labelled(left), Shape::Labelled(right)) => match binary.op.to_string().as_str() {
            // An element of the right side is added where the left has none with the same labels.
            "or" if left != right => Shape::Many,
            _ => Shape::Labelled(left),
        },
        (left, _) => left,
    }
}

fn of_call(call: &Call) -> Shape {
    if call.func.return_type == ValueType::Scalar {
        return Shape::Scalar;
    }
    let mut arguments = call.args.args.iter().map(|argument| of(argument));
    let vector = arguments.rfind(|shape| !matches!(shape, Shape::Scalar | Shape::Text));
    match (call.func.name, vector) {
        ("vector", _) | (_, None) => Shape::Labelled(BTreeSet::new()),
        ("histogram_quantile", Some(Shape::Labelled(mut labels))) => {
            labels.remove("le");
            Shape::Labelled(labels)
        }
        (_, Some(Shape::Range)) => Shape::Many,
        (_, Some(shape)) => shape,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(query: &str) -> bool {
        shape(query) == Ok(Shape::Labelled(BTreeSet::new()))
    }

    #[test]
    fn only_queries_of_exactly_one_element_pass() {
        for query in [
            "sum(rate(x[2m]))",
            "max(x)",
            "histogram_quantile(0.95, sum by (le) (rate(x_bucket[5m])))",
            "(histogram_quantile(0.95, sum by (le) (rate(x[5m]))) > 0 and on () sum(rate(y[5m])) > 1) or 0 * sum(rate(y[5m]))",
            "sum(a) / sum(b)",
            "vector(1)",
            "-sum(a)",
        ] {
            assert!(one(query), "{query}: {:?}", shape(query));
        }
        for query in [
            "rate(x[2m])",
            "x",
            "scalar(sum(x))",
            "1",
            "x[5m]",
            "sum by (pod) (x)",
            "topk(1, x)",
            "histogram_quantile(0.95, rate(x_bucket[5m]))",
            "sum(a) or sum by (b) (c)",
            "avg_over_time(x[5m])",
            "sum without (pod) (x)",
        ] {
            assert!(!one(query), "{query}: {:?}", shape(query));
        }
        assert!(shape("sum(rate(x[2m])").is_err());
    }
}

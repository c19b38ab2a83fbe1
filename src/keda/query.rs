//! PromQL queries of load triggers: which series they look at, and how many elements they can give.
//!
//! The scaler wants an instant vector of exactly one element. The bound is by labels: an aggregation keeps the labels of
//! its `by`, `histogram_quantile` takes `le` away, an operator between vectors keeps the labels of its left side.

use std::collections::{BTreeMap, BTreeSet};

use promql_parser::label::MatchOp;
use promql_parser::parser::value::ValueType;
use promql_parser::parser::{self, AggregateExpr, BinaryExpr, Call, Expr, LabelModifier, VectorSelector};

/// A query, as far as the model needs to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// What it gives.
    pub shape: Shape,
    /// The series it looks at, in order.
    pub selectors: Vec<Selector>,
}

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

/// Series of one metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    /// The metric, where it is named before the braces.
    pub metric: Option<String>,
    /// Matchers, sorted: `job=freshplan`, `method=~GET`.
    pub matchers: Vec<String>,
}

/// Reads queries. Those that differ in nothing but compared label values are parsed once: a fleet has thousands.
#[derive(Default)]
pub struct Queries {
    known: BTreeMap<String, Result<Query, String>>,
}

impl Queries {
    /// The query, or what the parser says against it.
    pub fn read(&mut self, text: &str) -> Result<Query, String> {
        let (masked, values) = mask(text);
        let known = self.known.entry(masked).or_insert_with_key(|masked| parse(masked));
        let mut query = known.clone()?;
        if !values.is_empty() {
            for selector in &mut query.selectors {
                selector.matchers.iter_mut().for_each(|matcher| unmask(matcher, &values));
                selector.matchers.sort();
            }
        }
        Ok(query)
    }
}

/// Stands before the number of a compared value; no label value of ours begins so.
const MASK: char = '\u{1}';

/// The text with each value that is compared for equality replaced by its number, and those values. Texts with other
/// quotes, escapes or the mask itself are left as they are: there `="` need not begin a value.
fn mask(text: &str) -> (String, Vec<&str>) {
    if text.contains(['\'', '`', '\\', '#', MASK]) {
        return (text.to_owned(), Vec::new());
    }
    let mut masked = String::with_capacity(text.len());
    let mut values = Vec::new();
    // Every second part lies between quotes.
    for (number, part) in text.split('"').enumerate() {
        if number > 0 {
            masked.push('"');
        }
        if number % 2 == 1 && masked.ends_with("=\"") && !part.is_empty() {
            masked.push(MASK);
            masked.push_str(&values.len().to_string());
            values.push(part);
        } else {
            masked.push_str(part);
        }
    }
    (masked, values)
}

fn unmask(matcher: &mut String, values: &[&str]) {
    if let Some((head, number)) = matcher.split_once(MASK) {
        let value = number.parse::<usize>().ok().and_then(|number| values.get(number));
        *matcher = format!("{head}{}", value.expect("internal error: every mask has its value"));
    }
}

fn parse(text: &str) -> Result<Query, String> {
    let expr = parser::parse(text)?;
    let mut selectors = Vec::new();
    collect(&expr, &mut selectors);
    Ok(Query { shape: shape(&expr), selectors })
}

fn collect(expr: &Expr, into: &mut Vec<Selector>) {
    match expr {
        Expr::Aggregate(aggregate) => {
            collect(&aggregate.expr, into);
            aggregate.param.iter().for_each(|param| collect(param, into));
        }
        Expr::Unary(unary) => collect(&unary.expr, into),
        Expr::Binary(binary) => {
            collect(&binary.lhs, into);
            collect(&binary.rhs, into);
        }
        Expr::Paren(paren) => collect(&paren.expr, into),
        Expr::Subquery(subquery) => collect(&subquery.expr, into),
        Expr::VectorSelector(selector) => into.push(read_selector(selector)),
        Expr::MatrixSelector(matrix) => into.push(read_selector(&matrix.vs)),
        Expr::Call(call) => call.args.args.iter().for_each(|argument| collect(argument, into)),
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => {}
    }
}

pub(super) fn read_selector(selector: &VectorSelector) -> Selector {
    let all = selector.matchers.matchers.iter().chain(selector.matchers.or_matchers.iter().flatten());
    let mut matchers: Vec<String> = all
        .map(|matcher| {
            let op = match &matcher.op {
                MatchOp::Equal => "=",
                MatchOp::NotEqual => "!=",
                MatchOp::Re(_) => "=~",
                MatchOp::NotRe(_) => "!~",
            };
            format!("{}{op}{}", matcher.name, matcher.value)
        })
        .collect();
    matchers.sort();
    Selector { metric: selector.name.clone(), matchers }
}

fn shape(expr: &Expr) -> Shape {
    match expr {
        Expr::Aggregate(aggregate) => of_aggregate(aggregate),
        Expr::Unary(unary) => shape(&unary.expr),
        Expr::Binary(binary) => of_binary(binary),
        Expr::Paren(paren) => shape(&paren.expr),
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
    match (shape(&binary.lhs), shape(&binary.rhs)) {
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
    let mut arguments = call.args.args.iter().map(|argument| shape(argument));
    let vector = arguments.rfind(|shape| !matches!(shape, Shape::Scalar | Shape::Text));
    match (call.func.name, vector) {
        // One element while there is nothing, none while there is.
        ("vector" | "absent" | "absent_over_time", _) | (_, None) => Shape::Labelled(BTreeSet::new()),
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

    fn shape_of(query: &str) -> Result<Shape, String> {
        Queries::default().read(query).map(|query| query.shape)
    }

    fn one(query: &str) -> bool {
        shape_of(query) == Ok(Shape::Labelled(BTreeSet::new()))
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
            "absent(up{job=\"x\"}) * 4",
            "-sum(a)",
        ] {
            assert!(one(query), "{query}: {:?}", shape_of(query));
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
            assert!(!one(query), "{query}: {:?}", shape_of(query));
        }
        assert!(shape_of("sum(rate(x[2m])").is_err());
    }

    #[test]
    fn a_query_known_with_other_values_is_read_as_if_it_were_not_known() {
        let texts = [
            r#"sum(rate(x{a="1", b!="2", c=~"d|e"}[2m]))"#,
            r#"sum(rate(x{a="9", b!="8", c=~"d|e"}[2m]))"#,
            r#"sum(rate(x{a="", b!="8", c=~"d|f"}[2m]))"#,
            r#"sum(label_replace(x{a="1"}, "b", "$1", "c", "d=(.*)"))"#,
            r#"sum(label_replace(x{a="2"}, "b", "$1", "c", "e=(.*)"))"#,
            r#"sum(x{a="2"", b='="'})"#,
        ];
        let mut queries = Queries::default();
        for text in texts {
            assert_eq!(queries.read(text), parse(text), "{text}");
        }
        assert!(queries.known.len() < texts.len(), "nothing was shared");
        assert_eq!(queries.read(texts[1]).unwrap().selectors[0].matchers, ["a=9", "b!=8", "c=~d|e"]);
    }
}

//! Whether the value of a query is a share or an average, which replicas do not divide among themselves: a part of a whole,
//! or what each of several has.

use promql_parser::parser::{self, AggregateExpr, BinaryExpr, Call, Expr};

use super::arithmetic::constant;
use crate::keda::dialect::in_version_3;
use crate::keda::elements::elements;
use crate::keda::selector::collect;

/// A value that stays what it is however many replicas run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Share {
    /// A part of a whole, which is this number: 1, or 100 for per cent.
    Part(f64),
    /// What comes on one of something else: seconds on a request.
    Average,
    /// The average over series, where a sum would be a load.
    OfSeries,
}

/// What share a query gives; none where it is a load, or where that cannot be said.
pub fn gives_share(text: &str) -> Option<Share> {
    share(&parser::parse(&in_version_3(text)).ok()?)
}

fn share(expr: &Expr) -> Option<Share> {
    match expr {
        Expr::Paren(paren) => share(&paren.expr),
        Expr::Subquery(subquery) => share(&subquery.expr),
        Expr::Aggregate(aggregate) => aggregated(aggregate),
        Expr::Call(call) => share(kept(call)?),
        Expr::Binary(binary) => of_two(binary),
        Expr::Unary(_)
        | Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::VectorSelector(_)
        | Expr::MatrixSelector(_)
        | Expr::Extension(_) => None,
    }
}

/// The argument whose kind of value a function keeps.
fn kept(call: &Call) -> Option<&Expr> {
    let arguments = &call.args.args;
    match call.func.name {
        "clamp" | "clamp_min" | "clamp_max" | "round" | "ceil" | "floor" | "abs" | "sort" | "sort_desc"
        | "label_replace" | "label_join" | "scalar" | "vector" => arguments.first().map(|one| &**one),
        "avg_over_time" | "max_over_time" | "min_over_time" | "last_over_time" | "quantile_over_time" => {
            arguments.last().map(|one| &**one)
        }
        _ => None,
    }
}

fn aggregated(aggregate: &AggregateExpr) -> Option<Share> {
    let inner = &*aggregate.expr;
    match aggregate.op.to_string().as_str() {
        "avg" => {
            let of_several = is_of_each(inner) && !elements(inner).is_one();
            share(inner).or_else(|| of_several.then_some(Share::OfSeries))
        }
        "max" | "min" | "quantile" | "topk" | "bottomk" => share(inner),
        // The shares of several add up to how many of them are busy: a load.
        "sum" if elements(inner).is_one() => share(inner),
        _ => None,
    }
}

/// Words in the names of metrics that each pod or node has one of, which are not copies of one number.
const OF_EACH: [&str; 6] = ["usage", "utiliz", "utilis", "percent", "ratio", "busy"];

fn is_of_each(expr: &Expr) -> bool {
    let is_named = |name: &Option<String>| {
        name.as_ref().is_some_and(|name| OF_EACH.iter().any(|word| name.contains(word)))
    };
    match expr {
        Expr::Paren(paren) => is_of_each(&paren.expr),
        Expr::Subquery(subquery) => is_of_each(&subquery.expr),
        Expr::Call(call) if ["rate", "irate", "increase"].contains(&call.func.name) => true,
        Expr::Call(call) => kept(call).is_some_and(is_of_each),
        Expr::Binary(binary) => match binary.op.to_string().as_str() {
            "*" | "/" if constant(&binary.rhs).is_some() => is_of_each(&binary.lhs),
            "*" if constant(&binary.lhs).is_some() => is_of_each(&binary.rhs),
            _ => false,
        },
        Expr::VectorSelector(selector) => is_named(&selector.name),
        Expr::MatrixSelector(matrix) => is_named(&matrix.vs.name),
        Expr::Aggregate(aggregate) => aggregate.modifier.is_some() && is_of_each(&aggregate.expr),
        Expr::Unary(_) | Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => false,
    }
}

fn of_two(binary: &BinaryExpr) -> Option<Share> {
    let (left, right) = (&*binary.lhs, &*binary.rhs);
    let numbers = (constant(left), constant(right));
    match (binary.op.to_string().as_str(), numbers) {
        // A yes or no.
        _ if binary.return_bool() => None,
        ("*", (Some(factor), None)) => Some(share(right)?.times(factor)),
        ("*", (None, Some(factor))) => Some(share(left)?.times(factor)),
        ("/", (None, Some(divisor))) => Some(share(left)?.times(1.0 / divisor)),
        ("/", (None, None)) => quotient(left, right),
        ("-", (Some(whole), None)) => share(right)?.rest_of(whole),
        ("or" | "and" | "unless" | ">" | ">=" | "<" | "<=" | "==" | "!=", (None, _)) => share(left),
        (">" | ">=" | "<" | "<=", (Some(_), None)) => share(right),
        _ => None,
    }
}

impl Share {
    fn times(self, factor: f64) -> Self {
        match self {
            Self::Part(whole) => Self::Part(whole * factor),
            Self::Average | Self::OfSeries => self,
        }
    }

    /// What is left of a whole, as of the time in which a processor is idle.
    fn rest_of(self, whole: f64) -> Option<Self> {
        let is = |number: f64| (whole - number).abs() < 1e-9;
        (is(1.0) || is(100.0)).then_some(Self::Part(whole))
    }
}

/// A quotient of like quantities. What divides by something else counts in it: requests by what one pod can serve are pods.
fn quotient(left: &Expr, right: &Expr) -> Option<Share> {
    let (above, below) = (Side::of(left)?, Side::of(right)?);
    let whole = above.factor / below.factor;
    let is_mean = above.first_metric_ends("_sum") && below.first_metric_ends("_count");
    let ops = (above.op(), below.op());
    match (ops.0.as_deref(), ops.1.as_deref()) {
        (Some("sum"), Some("sum")) | (None, None) if is_mean => Some(Share::Average),
        (Some("sum"), Some("count")) => Some(Share::Average),
        (Some(one), Some(other)) if one == other && ["sum", "count", "avg", "max"].contains(&one) => {
            Some(Share::Part(whole))
        }
        // Element by element.
        (None, None) if !elements(left).is_one() && !elements(right).is_one() => Some(Share::Part(whole)),
        _ => None,
    }
}

/// One side of a quotient, without constant factors and what stands in where nothing answers.
struct Side<'e> {
    inner: &'e Expr,
    factor: f64,
}

impl<'e> Side<'e> {
    fn of(expr: &'e Expr) -> Option<Self> {
        match expr {
            Expr::Paren(paren) => Self::of(&paren.expr),
            Expr::Call(call) if ["scalar", "vector", "clamp_min"].contains(&call.func.name) => {
                Self::of(call.args.args.first()?)
            }
            Expr::Binary(binary) => {
                let (left, right) = (&*binary.lhs, &*binary.rhs);
                match (binary.op.to_string().as_str(), constant(left), constant(right)) {
                    ("*", None, Some(factor)) => Some(Self::of(left)?.times(factor)),
                    ("*", Some(factor), None) => Some(Self::of(right)?.times(factor)),
                    ("/", None, Some(divisor)) => Some(Self::of(left)?.times(1.0 / divisor)),
                    ("or", None, Some(_)) => Self::of(left),
                    _ => None,
                }
            }
            Expr::Aggregate(_) | Expr::VectorSelector(_) | Expr::Call(_) => {
                Some(Self { inner: expr, factor: 1.0 })
            }
            Expr::Unary(_)
            | Expr::Subquery(_)
            | Expr::MatrixSelector(_)
            | Expr::NumberLiteral(_)
            | Expr::StringLiteral(_)
            | Expr::Extension(_) => None,
        }
    }

    fn times(self, factor: f64) -> Self {
        Self { factor: self.factor * factor, ..self }
    }

    fn op(&self) -> Option<String> {
        let Expr::Aggregate(aggregate) = self.inner else { return None };
        Some(aggregate.op.to_string())
    }

    fn first_metric_ends(&self, suffix: &str) -> bool {
        let mut selectors = Vec::new();
        collect(self.inner, &mut selectors);
        let metric = selectors.first().and_then(|selector| selector.metric.as_deref());
        metric.is_some_and(|metric| metric.ends_with(suffix))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_known_with_its_whole() {
        for (query, whole) in [
            ("sum(a) / sum(b)", 1.0),
            ("sum(rate(a[2m])) / (sum(b) or vector(0.1)) * 100", 100.0),
            ("100 * sum(a) / sum(b)", 100.0),
            ("avg(a / b)", 1.0),
            ("avg(a / on (pod) b) * 100", 100.0),
            ("avg(avg_over_time((a / b)[5m:15s]))", 1.0),
            ("max(sum by (pod) (a) / sum by (pod) (b))", 1.0),
            ("1 - avg(rate(node_cpu_seconds_total{mode=\"idle\"}[5m]))", 1.0),
            ("100 - avg(rate(node_cpu_seconds_total{mode=\"idle\"}[5m])) * 100", 100.0),
            ("sum(sum(a) / sum(b)) > 0.2", 1.0),
            ("count(a == 1) / count(a)", 1.0),
        ] {
            assert_eq!(gives_share(query), Some(Share::Part(whole)), "{query}");
        }
    }

    #[test]
    fn an_average_is_known() {
        for query in ["sum(rate(x_sum[5m])) / sum(rate(x_count[5m]))", "sum(x) / count(x) * 100"] {
            assert_eq!(gives_share(query), Some(Share::Average), "{query}");
        }
        for query in ["avg(rate(x[2m]))", "avg(system_cpu_usage) * 100", "avg(sum by (pod) (rate(x[2m])))"] {
            assert_eq!(gives_share(query), Some(Share::OfSeries), "{query}");
        }
    }

    #[test]
    fn a_load_is_not_a_share() {
        for query in [
            "sum(rate(x[2m]))",
            "sum(system_cpu_usage) * 100",
            "sum(busy / size)",
            "sum(queue) / on () max(capacity_of_a_pod)",
            "sum(rate(x[2m])) / scalar(max(capacity_of_a_pod))",
            "sum(x) / 50",
            "avg(queue_depth)",
            "avg(sum(rate(x[2m])))",
            "max(queue_depth)",
            "sum(rate(x[2m])) * (sum(a) / sum(b) > bool 0.2)",
            "sum(rate(x[2m])) and on () sum(a) / sum(b) > 0.2",
            "count(up)",
            "no PromQL (",
        ] {
            assert_eq!(gives_share(query), None, "{query}");
        }
    }
}

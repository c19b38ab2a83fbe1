//! A query, parsed, as far as the model has a number for each part of it.

use promql_parser::label::MatchOp;
use promql_parser::parser::{
    AggregateExpr, BinaryExpr, Call, Expr, LabelModifier, MatrixSelector, VectorSelector,
};

use super::super::latency::Quantile;
use super::{Arithmetic, Operator, Set, Signal, Unknown};

/// As PromQL writes them.
const OPERATORS: [(&str, Operator); 11] = [
    ("+", Operator::Number(Arithmetic::Add)),
    ("-", Operator::Number(Arithmetic::Subtract)),
    ("*", Operator::Number(Arithmetic::Multiply)),
    ("/", Operator::Number(Arithmetic::Divide)),
    (">", Operator::Number(Arithmetic::Greater)),
    (">=", Operator::Number(Arithmetic::GreaterOrEqual)),
    ("<", Operator::Number(Arithmetic::Less)),
    ("<=", Operator::Number(Arithmetic::LessOrEqual)),
    ("and", Operator::Set(Set::And)),
    ("or", Operator::Set(Set::Or)),
    ("unless", Operator::Set(Set::Unless)),
];

impl Operator {
    fn of(word: &str) -> Option<Self> {
        OPERATORS.into_iter().find(|(written, _)| *written == word).map(|(_, operator)| operator)
    }
}

pub(super) fn unknown(expr: &Expr) -> Unknown {
    Unknown { part: expr.to_string() }
}

pub(super) fn read(expr: &Expr) -> Result<Signal, Unknown> {
    let known = match expr {
        Expr::NumberLiteral(number) => Some(Signal::Number(number.val)),
        Expr::Paren(paren) => return read(&paren.expr),
        Expr::Binary(binary) => return between(expr, binary),
        Expr::Aggregate(aggregate) => whole(aggregate),
        Expr::Call(call) => called(call),
        Expr::Unary(_)
        | Expr::Subquery(_)
        | Expr::StringLiteral(_)
        | Expr::VectorSelector(_)
        | Expr::MatrixSelector(_)
        | Expr::Extension(_) => None,
    };
    known.ok_or_else(|| unknown(expr))
}

fn between(expr: &Expr, binary: &BinaryExpr) -> Result<Signal, Unknown> {
    let word = binary.op.to_string();
    let answers = binary.modifier.as_ref().is_some_and(|modifier| modifier.return_bool);
    let operator = match Operator::of(&word).ok_or_else(|| unknown(expr))? {
        Operator::Number(comparison) if answers => Operator::YesOrNo(comparison),
        operator @ (Operator::Number(_) | Operator::YesOrNo(_) | Operator::Set(_)) => operator,
    };
    Ok(Signal::Both(operator, Box::new((read(&binary.lhs)?, read(&binary.rhs)?))))
}

/// `sum(rate(requests[2m]))`, `count(up)`, `sum(max by (territory) (pending_events))`: one element over all series.
fn whole(aggregate: &AggregateExpr) -> Option<Signal> {
    let op = aggregate.op.to_string();
    if aggregate.modifier.is_some() || aggregate.param.is_some() {
        return None;
    }
    if let Some(signal) = queue(&op, &aggregate.expr) {
        return Some(signal);
    }
    if let Expr::VectorSelector(selector) = aggregate.expr.as_ref() {
        let known = ["sum", "max", "min", "count", "avg"].contains(&op.as_str()) && is_of_pods(selector);
        return known.then_some(Signal::Alive);
    }
    (op == "sum" && counts_requests(rated(&aggregate.expr)?)).then_some(Signal::Rate)
}

/// The outbox as its exporter shows it: each territory's messages once, and the age of the oldest of all.
fn queue(op: &str, of: &Expr) -> Option<Signal> {
    match (op, unwrapped(of)) {
        ("max", Expr::VectorSelector(selector)) => {
            is_gauge(selector, "_outbox_lag_seconds").then_some(Signal::Age)
        }
        ("sum", Expr::Aggregate(each)) => {
            let Expr::VectorSelector(selector) = unwrapped(&each.expr) else { return None };
            let known = each.op.to_string() == "max" && each.param.is_none();
            (known && is_gauge(selector, "_outbox_pending_events")).then_some(Signal::Backlog)
        }
        _ => None,
    }
}

/// All series of a gauge, as it is now.
fn is_gauge(selector: &VectorSelector, ending: &str) -> bool {
    let named = selector.name.as_deref().is_some_and(|name| name.ends_with(ending));
    named && selector.matchers.matchers.is_empty() && selector.offset.is_none() && selector.at.is_none()
}

fn number(expr: &Expr) -> Option<f64> {
    if let Expr::NumberLiteral(number) = expr { Some(number.val) } else { None }
}

fn called(call: &Call) -> Option<Signal> {
    let mut arguments = call.args.args.iter();
    match call.func.name {
        "vector" => number(arguments.next()?).map(Signal::Number),
        "histogram_quantile" => {
            let share = number(arguments.next()?)?;
            let Expr::Aggregate(sum) = unwrapped(arguments.next()?) else { return None };
            let by_bucket = match &sum.modifier {
                Some(LabelModifier::Include(labels)) => labels.labels == ["le"],
                Some(LabelModifier::Exclude(_)) | None => false,
            };
            let unit = time_unit(rated(&sum.expr)?)?;
            let known = by_bucket && sum.op.to_string() == "sum" && (0.0..1.0).contains(&share);
            known.then_some(Signal::Time { share: Quantile(share), unit })
        }
        _ => None,
    }
}

fn unwrapped(expr: &Expr) -> &Expr {
    if let Expr::Paren(paren) = expr { unwrapped(&paren.expr) } else { expr }
}

/// The series whose rate is taken.
fn rated(expr: &Expr) -> Option<&VectorSelector> {
    let Expr::Call(call) = unwrapped(expr) else { return None };
    let Expr::MatrixSelector(MatrixSelector { vs, .. }) = call.args.args.first()?.as_ref() else {
        return None;
    };
    let plain = vs.offset.is_none() && vs.at.is_none();
    (call.func.name == "rate" && plain).then_some(vs)
}

/// Labels that pick some of the requests by how they ended, of which the model knows nothing.
const OUTCOMES: [&str; 7] = ["status", "code", "status_code", "outcome", "exception", "error", "le"];

fn takes_all(selector: &VectorSelector) -> bool {
    let mut matchers = selector.matchers.matchers.iter();
    !matchers.any(|matcher| {
        let all = matcher.op == MatchOp::Equal && matcher.value.is_empty();
        OUTCOMES.contains(&matcher.name.as_str()) && !all
    })
}

fn speaks_of_requests(metric: &str) -> bool {
    ["http", "request", "grpc"].iter().any(|word| metric.contains(word))
}

fn counts_requests(selector: &VectorSelector) -> bool {
    let metric = selector.name.as_deref().unwrap_or_default();
    let counter = metric.ends_with("_count") || metric.ends_with("_total");
    let errors = metric.contains("error") || metric.contains("fail");
    counter && !errors && speaks_of_requests(metric) && takes_all(selector)
}

/// 1 for a histogram in seconds, 1000 for one in milliseconds.
fn time_unit(selector: &VectorSelector) -> Option<f64> {
    let metric = selector.name.as_deref().unwrap_or_default();
    let units = [("_seconds_bucket", 1.0), ("_milliseconds_bucket", 1000.0), ("_ms_bucket", 1000.0)];
    // `_milliseconds` ends in `seconds`, too.
    let (_, unit) = units.into_iter().rev().find(|(ending, _)| metric.ends_with(ending))?;
    (speaks_of_requests(metric) && takes_all(selector)).then_some(unit)
}

fn is_of_pods(selector: &VectorSelector) -> bool {
    ["up", "process_uptime_seconds", "process_start_time_seconds", "target_info"]
        .contains(&selector.name.as_deref().unwrap_or_default())
}

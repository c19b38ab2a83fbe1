//! Operators between measurements and constants.

use promql_parser::parser::{BinaryExpr, Call, Expr, LabelModifier};

use super::read;
use super::value::{Groups, Measured};

/// A condition, in words.
pub(super) const ZERO_IF_NONE: &str = "0 where nothing answers (`or`)";

/// The number that an expression always is, whatever the series say.
pub(super) fn constant(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::NumberLiteral(number) => Some(number.val),
        Expr::Paren(paren) => constant(&paren.expr),
        Expr::Unary(unary) => Some(-constant(&unary.expr)?),
        Expr::Binary(binary) => {
            let (left, right) = (constant(&binary.lhs)?, constant(&binary.rhs)?);
            match binary.op.to_string().as_str() {
                "+" => Some(left + right),
                "-" => Some(left - right),
                "*" => Some(left * right),
                "/" => Some(left / right),
                "%" => Some(left % right),
                "^" => Some(left.powf(right)),
                _ => None,
            }
        }
        Expr::Call(call) => constant_call(call),
        // Of one element, each of these is the element.
        Expr::Aggregate(aggregate) => {
            let name = aggregate.op.to_string();
            let same = ["sum", "avg", "max", "min"].contains(&name.as_str());
            constant(&aggregate.expr).filter(|_| same)
        }
        Expr::Subquery(_)
        | Expr::StringLiteral(_)
        | Expr::VectorSelector(_)
        | Expr::MatrixSelector(_)
        | Expr::Extension(_) => None,
    }
}

fn constant_call(call: &Call) -> Option<f64> {
    let first = || constant(call.args.args.first()?);
    match call.func.name {
        "vector" | "scalar" | "sort" | "sort_desc" => first(),
        "abs" => first().map(f64::abs),
        "pi" => Some(std::f64::consts::PI),
        _ => None,
    }
}

/// Whether an expression is 0 or nothing: `vector(0)`, `0 * sum(up)`.
pub(super) fn is_zero(expr: &Expr) -> bool {
    if let Expr::Paren(paren) = expr {
        return is_zero(&paren.expr);
    }
    if let Expr::Binary(binary) = expr
        && binary.op.to_string() == "*"
    {
        return is_zero(&binary.lhs) || is_zero(&binary.rhs);
    }
    constant(expr) == Some(0.0)
}

/// `a op b`
pub(super) fn binary(binary: &BinaryExpr) -> Result<Measured, String> {
    let op = binary.op.to_string();
    let (left, right) = (&*binary.lhs, &*binary.rhs);
    match (op.as_str(), constant(left), constant(right)) {
        (_, Some(_), Some(_)) => Err("its query is a constant".to_owned()),
        ("*", Some(factor), None) => Ok(matched(binary, read(right)?, left)?.times(factor)),
        ("*", None, Some(factor)) => Ok(matched(binary, read(left)?, right)?.times(factor)),
        ("/", None, Some(divisor)) => Ok(matched(binary, read(left)?, right)?.times(1.0 / divisor)),
        ("+" | "-", None, Some(0.0)) => matched(binary, read(left)?, right),
        ("+", Some(0.0), None) => matched(binary, read(right)?, left),
        ("/", None, None) => Err(ratio(left, right)),
        ("/", Some(_), None) => Err("its query is turned around: it divides by what it measures".to_owned()),
        ("*", None, None) => Err("its query multiplies two measurements".to_owned()),
        ("and" | "unless", None, _) => {
            let mut found = read(left)?;
            found.conditions.push(format!("a condition (`{op}`)"));
            Ok(found)
        }
        ("or", None, _) if is_zero(right) => {
            let mut found = read(left)?;
            found.conditions.push(ZERO_IF_NONE.to_owned());
            Ok(found)
        }
        ("or", ..) => Err("its query takes another value where the first gives none (`or`)".to_owned()),
        _ => compared(binary, &op),
    }
}

/// `a > 0`
fn compared(binary: &BinaryExpr, op: &str) -> Result<Measured, String> {
    if binary.return_bool() {
        return Err("its query answers yes or no (`bool`), not how much".to_owned());
    }
    let (left, right) = (&*binary.lhs, &*binary.rhs);
    // A number on the left of a comparison with a vector keeps the vector's elements.
    match (op, constant(left), constant(right)) {
        (">" | ">=", None, Some(least)) => Ok(read(left)?.over(least)),
        ("<" | "<=", Some(least), None) => Ok(read(right)?.over(least)),
        ("!=", None, Some(0.0)) => read(left),
        (">" | ">=" | "<" | "<=" | "==" | "!=", ..) => Err(format!(
            "its query gives a value only under a condition (`{op}`) that the language has no key for"
        )),
        _ => Err(format!("its query combines two values by `{op}`, which no key of the language does")),
    }
}

/// A constant that is a vector has no labels: without `on ()` it meets only an element that has none either.
fn matched(binary: &BinaryExpr, found: Measured, constant: &Expr) -> Result<Measured, String> {
    if is_number(constant) {
        return Ok(found);
    }
    let matching = binary.modifier.as_ref().and_then(|modifier| modifier.matching.as_ref());
    let on_nothing = matches!(matching, Some(LabelModifier::Include(labels)) if labels.labels.is_empty());
    if found.groups != Groups::One && !on_nothing {
        return Err(
            "its query multiplies with a `vector(..)`, which has no labels to match: it gives nothing"
                .to_owned(),
        );
    }
    Ok(Measured { is_scalar: false, ..found })
}

/// Whether a constant is a bare number and no vector.
fn is_number(expr: &Expr) -> bool {
    match expr {
        Expr::NumberLiteral(_) => true,
        Expr::Paren(paren) => is_number(&paren.expr),
        Expr::Unary(unary) => is_number(&unary.expr),
        Expr::Binary(binary) => is_number(&binary.lhs) && is_number(&binary.rhs),
        Expr::Call(call) => matches!(call.func.name, "scalar" | "pi"),
        Expr::Aggregate(_)
        | Expr::Subquery(_)
        | Expr::StringLiteral(_)
        | Expr::VectorSelector(_)
        | Expr::MatrixSelector(_)
        | Expr::Extension(_) => false,
    }
}

/// Why a quotient is refused.
fn ratio(left: &Expr, right: &Expr) -> String {
    let ends = |expr: &Expr, suffix: &str| read(expr).is_ok_and(|found| found.metric.ends_with(suffix));
    if ends(left, "_sum") && ends(right, "_count") {
        return "it is an average: the language knows p95, no average".to_owned();
    }
    if ends(left, "_bucket") {
        return "it is a share of requests: the language knows p95, no share".to_owned();
    }
    "its query divides by what changes, such as the replicas: KEDA divides an AverageValue by them again"
        .to_owned()
}

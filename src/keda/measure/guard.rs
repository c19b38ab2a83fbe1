//! A latency guard that is bounded by the load: `rate * (1.5 * (p95 > bool 0.2) + 0.5 * (p95 > bool 0.3))`.
//!
//! It asks for a multiple of what the load needs while a delay is above its limits, and for 0 otherwise. It looks at no
//! replicas, so it cannot climb on its own answer.

use promql_parser::parser::{self, BinaryExpr, Expr};

use super::arithmetic::{ZERO_IF_NONE, constant, is_zero};
use super::value::{Aggregation, Groups, Measured, Signal};
use super::{measure, read};

/// What a guard asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Guard {
    /// The load that is multiplied.
    pub load: Measured,
    /// The delay that is looked at.
    pub delay: Measured,
    /// From the lowest limit to the highest.
    pub steps: Vec<Step>,
}

/// One limit of a guard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// In the unit of the delay's metric.
    pub above: f64,
    /// How much of the load is asked for above it, beside what lower limits ask for.
    pub share: f64,
}

/// The guard that a query is; none where it is anything else.
pub fn guard(text: &str) -> Option<Guard> {
    let expr = parser::parse(text).ok()?;
    let (answered, condition) = match operation(&expr, "or") {
        Some(either) if is_zero(&either.rhs) => (&*either.lhs, Some(ZERO_IF_NONE.to_owned())),
        Some(_) | None => (&expr, None),
    };
    let product = operation(answered, "*")?;
    let sides = [(&product.lhs, &product.rhs), (&product.rhs, &product.lhs)];
    let mut found = sides.into_iter().find_map(|(load, answers)| of(load, answers))?;
    found.delay.conditions.extend(condition);
    Some(found)
}

/// What a trigger's query measures; of a guard, the delay that it looks at.
pub fn measure_or_guard(text: &str) -> Result<Measured, String> {
    guard(text).map_or_else(|| measure(text), |guard| Ok(guard.delay))
}

fn of(load: &Expr, answers: &Expr) -> Option<Guard> {
    let load = read(load).ok().filter(is_load)?;
    let mut known: Option<Measured> = None;
    let mut steps = Vec::new();
    for (share, delay, above) in terms(answers)? {
        let delay = read(delay).ok().filter(is_delay)?;
        if known.as_ref().is_some_and(|known| *known != delay) {
            return None;
        }
        steps.push(Step { above: above / delay.factor, share });
        known = Some(delay);
    }
    steps.sort_by(|one, other| one.above.total_cmp(&other.above));
    Some(Guard { load, delay: known?, steps })
}

fn is_load(found: &Measured) -> bool {
    let summed = found.aggregations == [Aggregation::Sum] && found.groups == Groups::One;
    found.signal == Signal::Rate && summed && found.factor > 0.0
}

fn is_delay(found: &Measured) -> bool {
    matches!(found.signal, Signal::Quantile(_)) && found.groups == Groups::One && found.factor > 0.0
}

/// `share * (delay > bool above)`, one or more, added up.
fn terms(expr: &Expr) -> Option<Vec<(f64, &Expr, f64)>> {
    if let Some(sum) = operation(expr, "+") {
        let (mut all, more) = (terms(&sum.lhs)?, terms(&sum.rhs)?);
        all.extend(more);
        return Some(all);
    }
    if let Some(product) = operation(expr, "*") {
        let sides = [(&product.lhs, &product.rhs), (&product.rhs, &product.lhs)];
        return sides.into_iter().find_map(|(share, answer)| {
            let (delay, above) = above(answer)?;
            Some(vec![(constant(share).filter(|share| *share > 0.0)?, delay, above)])
        });
    }
    above(expr).map(|(delay, above)| vec![(1.0, delay, above)])
}

/// `delay > bool above`
fn above(expr: &Expr) -> Option<(&Expr, f64)> {
    let comparison = operation(expr, ">").filter(|comparison| comparison.return_bool())?;
    Some((&comparison.lhs, constant(&comparison.rhs)?))
}

fn operation<'e>(expr: &'e Expr, op: &str) -> Option<&'e BinaryExpr> {
    match expr {
        Expr::Paren(paren) => operation(&paren.expr, op),
        Expr::Binary(binary) => (binary.op.to_string() == op).then_some(binary),
        Expr::Aggregate(_)
        | Expr::Unary(_)
        | Expr::Subquery(_)
        | Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::VectorSelector(_)
        | Expr::MatrixSelector(_)
        | Expr::Call(_)
        | Expr::Extension(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RPS: &str = "sum(rate(x_count[2m]))";
    const P95: &str = "histogram_quantile(0.95, sum by (le) (rate(x_seconds_bucket[5m])))";

    fn steps(query: &str) -> Option<Vec<(f64, f64)>> {
        Some(guard(query)?.steps.iter().map(|step| (step.above, step.share)).collect())
    }

    #[test]
    fn limits_and_shares_are_read_in_whatever_order_they_stand() {
        let two = Some(vec![(0.2, 1.5), (0.3, 0.5)]);
        for query in [
            format!("{RPS} * (1.5 * ({P95} > bool 0.2) + 0.5 * ({P95} > bool 0.3))"),
            format!("{RPS} * (1.5 * ({P95} > bool 0.2) + 0.5 * ({P95} > bool 0.3)) or 0 * sum(up)"),
            format!("((({P95} > bool 0.3) * 0.5 + 3 / 2 * ({P95} > bool 0.2)) * {RPS})"),
        ] {
            assert_eq!(steps(&query), two, "{query}");
        }
        assert_eq!(steps(&format!("{RPS} * ({P95} > bool 0.2)")), Some(vec![(0.2, 1.0)]));
        let milli = format!("1000 * {P95}");
        assert_eq!(steps(&format!("{RPS} * ({milli} > bool 200)")), Some(vec![(0.2, 1.0)]));
    }

    #[test]
    fn what_is_no_multiple_of_a_load_is_no_guard() {
        let other = P95.replace("0.95", "0.5");
        for query in [
            P95.to_owned(),
            format!("{P95} * ({P95} > bool 0.2)"),
            format!("{RPS} * ({P95} > 0.2)"),
            format!("{RPS} * ({P95} < bool 0.2)"),
            format!("{RPS} * (1 - ({P95} > bool 0.2))"),
            format!("{RPS} * (-1 * ({P95} > bool 0.2))"),
            format!("{RPS} * (({P95} > bool 0.2) + ({other} > bool 0.3))"),
            format!("{RPS} * ({RPS} > bool 0.2)"),
            format!("{RPS} * ({P95} > bool 0.2) or vector(1)"),
            format!("rate(x_count[2m]) * ({P95} > bool 0.2)"),
        ] {
            assert_eq!(guard(&query), None, "{query}");
        }
    }
}

//! What a query of a load trigger measures, and in which unit: its value is a constant times a rate, a quantile or a gauge.
//!
//! PromQL counts in whatever its author multiplies with: `1000 * histogram_quantile(..)` is in milliseconds, where the same
//! factor inside of the quantile changes nothing. The parsed expression decides. What is not such a product is refused with
//! the reason in words, never guessed.

mod arithmetic;
mod ceiling;
mod clock;
mod delay;
mod empty;
mod guard;
mod quiet;
mod share;
mod sign;
mod value;

use promql_parser::parser::{self, AggregateExpr, Call, Expr, LabelModifier};

use super::{dialect, selector};
use arithmetic::constant;
pub use ceiling::ceiling;
pub use clock::{Hours, hours};
pub use delay::gives_delay;
pub use empty::{empty_under_load, lacks_buckets};
pub use guard::{Guard, Step, guard, measure_or_guard};
pub use quiet::{Quiet, not_a_number};
pub use share::{Share, gives_share};
pub use sign::below_zero;
pub use value::{Aggregation, Groups, Measured, Signal};

/// What a query measures; or why that cannot be said.
pub fn measure(text: &str) -> Result<Measured, String> {
    let expr = parser::parse(&dialect::in_version_3(text))
        .map_err(|why| format!("its query is not PromQL: {why}"))?;
    let found = read(&expr)?;
    if found.is_scalar {
        return Err("its query gives a bare number: KEDA wants a vector of one element".to_owned());
    }
    if !(found.factor > 0.0 && found.factor.is_finite()) {
        return Err(
            "its query is turned around or always 0: more load does not give a higher value".to_owned()
        );
    }
    Ok(found)
}

fn read(expr: &Expr) -> Result<Measured, String> {
    match expr {
        Expr::Paren(paren) => read(&paren.expr),
        Expr::Unary(unary) => Ok(read(&unary.expr)?.times(-1.0)),
        Expr::Binary(binary) => arithmetic::binary(binary),
        Expr::Aggregate(aggregate) => aggregated(aggregate),
        Expr::Call(call) => called(call),
        Expr::VectorSelector(selector) => {
            let moved = selector.offset.is_some() || selector.at.is_some();
            Measured::of(&selector::read_selector(selector), moved, Signal::Gauge)
        }
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) => Err("its query is a constant".to_owned()),
        Expr::Subquery(_) | Expr::MatrixSelector(_) => {
            Err("its query gives the samples of a while, not one value".to_owned())
        }
        Expr::Extension(_) => Err("its query is not of PromQL's own language".to_owned()),
    }
}

fn aggregated(aggregate: &AggregateExpr) -> Result<Measured, String> {
    let name = aggregate.op.to_string();
    let one = aggregate.param.as_deref().and_then(constant).is_some_and(|count| (count - 1.0).abs() < 1e-9);
    let aggregation = match name.as_str() {
        "sum" => Aggregation::Sum,
        "avg" => Aggregation::Average,
        "max" => Aggregation::Highest,
        "min" => Aggregation::Lowest,
        "topk" if one => Aggregation::Highest,
        "bottomk" if one => Aggregation::Lowest,
        _ => return Err(format!("its query aggregates by `{name}`, which no key of the language does")),
    };
    let kept = match &aggregate.modifier {
        None => Groups::One,
        Some(LabelModifier::Include(labels)) => Groups::by(labels.labels.iter().map(ToString::to_string)),
        Some(LabelModifier::Exclude(_)) => Groups::Others,
    };
    Ok(read(&aggregate.expr)?.aggregated(aggregation, kept))
}

fn called(call: &Call) -> Result<Measured, String> {
    let name = call.func.name;
    let argument = |at: usize| call.args.args.get(at).map(|argument| &**argument);
    let first = || argument(0).ok_or_else(|| format!("`{name}` has nothing to work on"));
    let number = |at: usize| argument(at).and_then(constant);
    match name {
        "rate" | "irate" | "increase" => rate(name, first()?),
        "histogram_quantile" => {
            let level = constant(first()?).ok_or("its quantile is not a constant")?;
            quantile(level, argument(1).ok_or("its quantile has no histogram")?)
        }
        "avg_over_time" | "max_over_time" | "min_over_time" | "last_over_time" => over_time(name, first()?),
        "abs" | "sort" | "sort_desc" | "sort_by_label" | "sort_by_label_desc" | "label_replace"
        | "label_join" => read(first()?),
        "scalar" => Ok(Measured { is_scalar: true, groups: Groups::One, ..read(first()?)? }),
        "vector" => Ok(Measured { is_scalar: false, ..read(first()?)? }),
        "round" | "ceil" | "floor" => Ok(read(first()?)?.rounded(number(1).unwrap_or(1.0))),
        "clamp_min" => match number(1) {
            Some(least) if least <= 0.0 => read(first()?),
            Some(_) | None => {
                Err("`clamp_min` over 0 is a floor of its own, which the language has no key for".to_owned())
            }
        },
        "clamp_max" | "clamp" => Err(format!("`{name}` caps its value, which the language has no key for")),
        _ => Err(format!("its query goes through `{name}`, which no key of the language does")),
    }
}

/// `rate(x[2m])`: what comes in a second. `increase` counts what comes in its whole window.
fn rate(name: &str, of: &Expr) -> Result<Measured, String> {
    if let Expr::Paren(paren) = of {
        return rate(name, &paren.expr);
    }
    let Expr::MatrixSelector(matrix) = of else {
        return Err(format!("its query takes the `{name}` of a subquery, not of a counter"));
    };
    let moved = matrix.vs.offset.is_some() || matrix.vs.at.is_some();
    let found = Measured::of(&selector::read_selector(&matrix.vs), moved, Signal::Rate)?;
    let seconds = matrix.range.as_secs_f64();
    let factor = if name == "increase" { seconds } else { 1.0 };
    Ok(Measured { factor, window: Some(seconds), is_instant: name == "irate", ..found })
}

/// `max_over_time(x[5m])`: a gauge over a while.
fn over_time(name: &str, of: &Expr) -> Result<Measured, String> {
    let Expr::MatrixSelector(matrix) = of else {
        return Err(format!(
            "its query looks back with `{name}` of a subquery: the language asks for the value now"
        ));
    };
    let moved = matrix.vs.offset.is_some() || matrix.vs.at.is_some();
    let found = Measured::of(&selector::read_selector(&matrix.vs), moved, Signal::Gauge)?;
    let condition = format!("{name} of its window");
    Ok(Measured { window: Some(matrix.range.as_secs_f64()), conditions: vec![condition], ..found })
}

/// A quantile has the unit of what is measured: how often each bucket is counted cancels out.
fn quantile(level: f64, of: &Expr) -> Result<Measured, String> {
    let buckets = read(of)?;
    let is_sum = matches!(buckets.aggregations.as_slice(), [] | [Aggregation::Sum | Aggregation::Average]);
    if buckets.signal != Signal::Rate {
        return Err(
            "its quantile is of all requests since the pods began, not of the last minutes".to_owned()
        );
    }
    if !is_sum || buckets.step > 0.0 || buckets.least.is_some() || buckets.factor <= 0.0 {
        return Err("its quantile is of buckets that are not sums of rates".to_owned());
    }
    let is_classic = buckets.metric.ends_with("_bucket");
    let groups = match buckets.groups {
        Groups::By(mut labels) => {
            if !labels.remove("le") && is_classic {
                return Err(
                    "its buckets are added up without `by (le)`: the quantile gives nothing".to_owned()
                );
            }
            Groups::by(labels)
        }
        Groups::One if is_classic => {
            return Err("its buckets are added up without `by (le)`: the quantile gives nothing".to_owned());
        }
        Groups::One => Groups::One,
        Groups::Series | Groups::Others => Groups::Others,
    };
    let signal = Signal::Quantile(level);
    Ok(Measured { factor: 1.0, aggregations: Vec::new(), signal, groups, ..buckets })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factor(query: &str) -> f64 {
        let found = measure(query).unwrap_or_else(|why| panic!("{query}: {why}"));
        // Products of decimal fractions are not exact.
        (found.factor * 1e9).round() / 1e9
    }

    const P95: &str = "histogram_quantile(0.95, sum by (le) (rate(x_seconds_bucket{a=\"b\"}[2m])))";

    #[test]
    fn a_factor_counts_wherever_it_stands_outside_of_the_quantile() {
        let plain = [
            "{}",
            "({})",
            "+{}",
            "-(-{})",
            "{} + 0",
            "0 + {}",
            "{} > 0",
            "0 < {}",
            "{} or vector(0)",
            "{} or 0 * sum(up)",
            "{} and on () sum(y) > 3",
            "max({})",
            "sum(({}))",
            "abs({})",
            "clamp_min({}, 0)",
            "label_replace({}, \"a\", \"b\", \"c\", \"d\")",
            "vector(scalar({}))",
            "topk(1, {})",
        ];
        let thousand = [
            "1000 * {}",
            "1e3 * {}",
            "{} * 1e3",
            "{} / 0.001",
            "{}*1000",
            "((1000)) * (({}))",
            "10 * (100 * {})",
            "10 ^ 3 * {}",
            "(500 + 500) * {}",
            "-1000 * -{}",
            "-(-1000 * {})",
            "({} or vector(0)) * 1000",
            "clamp_min({}, 0) * 1000",
            "({} > 0) * 1000",
            "max({}) * 1000",
            "max(1000 * {})",
            "{} * on () group_left () vector(1000)",
            "{} * vector(1000)",
            "{} * scalar(vector(1000))",
            "60 * 1000 * {} / 60",
            "vector(1000) * scalar({})",
        ];
        let all = plain.map(|form| (form, 1.0)).into_iter().chain(thousand.map(|form| (form, 1000.0)));
        for (form, expected) in all {
            assert_eq!(factor(&form.replace("{}", P95)), expected, "{form}");
        }
    }

    #[test]
    fn a_factor_inside_of_the_quantile_changes_nothing() {
        for buckets in [
            "1000 * sum by (le) (rate(x_seconds_bucket[2m]))",
            "sum by (le) (rate(x_seconds_bucket[2m])) * 1e3",
            "sum by (le) (1000 * rate(x_seconds_bucket[2m]))",
            "sum by (le) (increase(x_seconds_bucket[2m]))",
            "avg by (le) (rate(x_seconds_bucket[2m])) / 60",
            "sum by (le) (sum by (le, pod) (rate(x_seconds_bucket[2m])))",
            "sum(rate(x_seconds[2m]))",
        ] {
            let query = format!("histogram_quantile(0.9 + 0.05, {buckets})");
            let found = measure(&query).unwrap();
            assert_eq!((found.factor, found.groups), (1.0, Groups::One), "{query}");
            assert!(
                matches!(found.signal, Signal::Quantile(level) if (level - 0.95).abs() < 1e-9),
                "{query}"
            );
            assert_eq!(factor(&format!("1000 * {query}")), 1000.0);
        }
    }

    #[test]
    fn a_rate_is_counted_in_seconds_and_an_increase_in_its_window() {
        let cases = [
            ("sum(rate(x[1m]))", 1.0),
            ("sum(rate(x[1m])) * 60", 60.0),
            ("60 * sum(rate(x[1m]))", 60.0),
            ("sum(rate(x[1m]) * 60)", 60.0),
            ("sum(increase(x[5m]))", 300.0),
            ("sum(increase(x[5m])) / 300", 1.0),
            ("sum(increase(x[5m]) / 5)", 60.0),
            ("sum(sum by (pod) (rate(x[1m])))", 1.0),
        ];
        for (query, expected) in cases {
            assert_eq!(factor(query), expected, "{query}");
            let found = measure(query).unwrap();
            assert_eq!((found.aggregations, found.groups), (vec![Aggregation::Sum], Groups::One), "{query}");
        }
    }

    #[test]
    fn how_series_become_one_is_kept() {
        let aggregations = |query: &str| measure(query).unwrap().aggregations;
        assert_eq!(aggregations("avg(rate(x[1m]))"), [Aggregation::Average]);
        assert_eq!(aggregations("max(sum by (pod) (rate(x[1m])))"), [Aggregation::Sum, Aggregation::Highest]);
        assert_eq!(aggregations("sum(max by (territory) (x))"), [Aggregation::Highest, Aggregation::Sum]);
        assert_eq!(aggregations("sum(max(x))"), [Aggregation::Highest]);
        assert_eq!(measure("sum by (pod) (x)").unwrap().groups, Groups::by(["pod".to_owned()]));
        assert_eq!(measure("x").unwrap().groups, Groups::Series);
        assert!(measure("sum(irate(x[1m]))").unwrap().is_instant);
        assert_eq!(measure("round(sum(x) * 1000, 10)").unwrap().step, 0.01);
        assert_eq!(measure("sum(x) * 1000 > 50").unwrap().least, Some(0.05));
        assert_eq!(measure("sum({__name__=\"x\", a=\"b\"})").unwrap().metric, "x");
    }

    #[test]
    fn what_is_no_product_is_refused_with_its_reason() {
        let cases = [
            ("sum(rate(x_sum[1m])) / sum(rate(x_count[1m]))", "average"),
            ("sum(rate(x_bucket{le=\"0.2\"}[1m])) / sum(rate(x_count[1m]))", "a share"),
            ("sum(rate(x[1m])) / scalar(count(up))", "replicas"),
            ("sum(rate(x[1m])) / count(up)", "replicas"),
            ("1 / sum(x)", "turned around"),
            ("-sum(x)", "turned around"),
            ("100 - sum(x)", "`-`"),
            ("sum(x) + sum(y)", "`+`"),
            ("sum(x) * sum(y)", "multiplies two"),
            ("sum(x) > bool 3", "yes or no"),
            ("sum(x) < 3", "`<`"),
            ("sum(x) > sum(y)", "`>`"),
            ("sum(x) or vector(1)", "`or`"),
            ("sum(x) or sum(y)", "`or`"),
            ("scalar(sum(x))", "bare number"),
            ("clamp_max(sum(x), 5)", "caps"),
            ("clamp_min(sum(x), 5)", "`clamp_min`"),
            ("max_over_time(sum(rate(x[1m]))[10m:1m])", "`max_over_time`"),
            ("predict_linear(x[1h], 60)", "`predict_linear`"),
            ("count(x)", "`count`"),
            ("quantile(0.95, x)", "`quantile`"),
            ("sum(rate(x[1m] offset 1w))", "another time"),
            ("sum(x @ 0)", "another time"),
            ("x[5m]", "a while"),
            ("vector(5)", "constant"),
            ("7", "constant"),
            ("time() - max(x)", "`-`"),
            ("sum by (pod) (x) * vector(1000)", "no labels"),
            ("histogram_quantile(0.95, sum(rate(x_bucket[1m])))", "by (le)"),
            ("histogram_quantile(0.95, sum by (pod) (rate(x_bucket[1m])))", "by (le)"),
            ("histogram_quantile(0.95, sum by (le) (x_bucket))", "since the pods began"),
            ("histogram_quantile(0.95, max by (le) (rate(x_bucket[1m])))", "not sums"),
            ("histogram_quantile(scalar(x), sum by (le) (rate(x_bucket[1m])))", "not a constant"),
            ("sum(rate({job=\"x\"}[1m]))", "no metric"),
            ("sum(rate({__name__=~\"x.*\"}[1m]))", "no metric"),
            ("sum(rate(x[1m])", "not PromQL"),
        ];
        for (query, reason) in cases {
            let why = measure(query).unwrap_err();
            assert!(why.contains(reason), "{query}: {why}");
        }
    }
}

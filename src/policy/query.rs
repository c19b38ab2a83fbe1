//! Queries of the business's own, in PromQL: what is read of them, and what cannot be taken.

use promql_parser::parser::value::ValueType;
use promql_parser::parser::{self, Expr, LabelModifier, token};

use super::decode::{Problems, Value};
use super::{diags, reader};
use crate::name::is_recorded_series;

/// A query of the business's own; `whole` makes one number of what may give several, which KEDA does not take.
pub(super) fn read(value: Value<'_>, whole: &str, problems: &mut Problems) -> Option<String> {
    let query = on_one_line(value, problems)?;
    if let Some(series) = recorded(&query) {
        problems.push(diags::wanted::circular_query(value.key, series, value.span));
        return None;
    }
    // Rules and triggers put it inside of larger ones, which a comment at its end would cut off.
    let read = parser::parse(&query).and_then(|read| parser::parse(&format!("({query})")).map(|_| read));
    match read {
        Ok(read) if read.value_type() != ValueType::Vector => {
            let error = format!("it gives a {}, not an instant vector", read.value_type());
            problems.push(diags::wanted::bad_query(value.key, &error, value.span));
            None
        }
        Ok(read) if gives_one(&read) => Some(query),
        Ok(_) => Some(format!("{whole}({query})")),
        Err(error) => {
            problems.push(diags::wanted::bad_query(value.key, &error, value.span));
            None
        }
    }
}

/// A query whose lines are joined: outside of strings PromQL takes a line break for a blank.
fn on_one_line(value: Value<'_>, problems: &mut Problems) -> Option<String> {
    let text = value.text(problems)?;
    let lines: Vec<&str> = text.value.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.len() < 2 && !text.value.contains('\n') {
        return Some(reader::clean(value, problems)?.value);
    }
    if lines.iter().any(|line| line.chars().any(|c| matches!(c, '#' | '`') || c.is_control() && c != '\t')) {
        let error = "in several lines it has a `#`, a backtick or a control character";
        problems.push(diags::wanted::bad_query(value.key, error, value.span));
        return None;
    }
    Some(lines.join(" ").replace('\t', " "))
}

/// A series of our rules that a query asks for: they would record it from itself.
fn recorded(query: &str) -> Option<&str> {
    let words = query.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | ':')));
    words.into_iter().find(|word| is_recorded_series(word))
}

/// Whether an expression can give one element at most, and that one without labels.
fn gives_one(expr: &Expr) -> bool {
    match expr {
        Expr::NumberLiteral(_) => true,
        Expr::Paren(paren) => gives_one(&paren.expr),
        Expr::Aggregate(aggregate) => aggregate.modifier.is_none() && aggregate.param.is_none(),
        Expr::Binary(binary) => {
            let plain = binary.modifier.as_ref().is_none_or(|modifier| modifier.matching.is_none());
            plain && gives_one(&binary.lhs) && gives_one(&binary.rhs)
        }
        Expr::Call(call) if call.func.name == "histogram_quantile" => {
            matches!(call.args.args.last().map(AsRef::as_ref), Some(Expr::Aggregate(buckets))
                if matches!(&buckets.modifier, Some(LabelModifier::Include(labels)) if labels.labels == ["le"]))
        }
        Expr::Call(_)
        | Expr::Unary(_)
        | Expr::Subquery(_)
        | Expr::StringLiteral(_)
        | Expr::VectorSelector(_)
        | Expr::MatrixSelector(_)
        | Expr::Extension(_) => false,
    }
}

/// Whether a query gives a number even where no series answers.
pub(super) fn always_answers(query: &str) -> bool {
    parser::parse(query).is_ok_and(|expr| answers(&expr))
}

fn answers(expr: &Expr) -> bool {
    match expr {
        Expr::NumberLiteral(_) => true,
        Expr::Paren(paren) => answers(&paren.expr),
        Expr::Unary(unary) => answers(&unary.expr),
        Expr::Aggregate(aggregate) => answers(&aggregate.expr),
        Expr::Subquery(subquery) => answers(&subquery.expr),
        Expr::Binary(binary) => {
            let (left, right) = (answers(&binary.lhs), answers(&binary.rhs));
            match binary.op.id() {
                token::T_LOR => left || right,
                token::T_LUNLESS => left,
                _ => left && right,
            }
        }
        Expr::Call(call) => match call.func.name {
            "vector" | "time" | "pi" | "absent" | "absent_over_time" => true,
            _ => call.args.args.iter().all(|argument| answers(argument)),
        },
        Expr::StringLiteral(_) => true,
        Expr::VectorSelector(_) | Expr::MatrixSelector(_) | Expr::Extension(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_that_our_rules_record_is_found_in_a_query() {
        let rate = "territory_workload:http_server_requests_seconds_count:rate5m";
        assert_eq!(recorded(&format!("sum({rate}{{workload=\"web\"}})")), Some(rate));
        assert_eq!(recorded("sum(job:orders:rate5m)"), None);
        assert_eq!(recorded("sum(rate(http_server_requests_seconds_count[5m]))"), None);
    }
}

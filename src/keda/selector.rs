//! The series that a PromQL expression looks at.

use promql_parser::label::MatchOp;
use promql_parser::parser::{Expr, VectorSelector};

/// Series of one metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    /// The metric, where it is named before the braces.
    pub metric: Option<String>,
    /// Matchers, sorted: `job=freshplan`, `method=~GET`.
    pub matchers: Vec<String>,
}

/// Adds the selectors of an expression, in order.
pub(super) fn collect(expr: &Expr, into: &mut Vec<Selector>) {
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

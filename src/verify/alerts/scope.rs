//! Whether a rule is its plan's own: it carries the labels `plan` and `namespace`, and of the series that rules record it asks
//! for the plan's alone. What has been seen is taken out, so that every other check is about the rule itself.

use std::collections::BTreeMap;

use promql_parser::label::MatchOp;
use promql_parser::parser::{self, Expr, VectorSelector};

use crate::plan::Plan;

/// Takes the labels away; the first that is not there as it must be, otherwise.
pub(super) fn take_labels(plan: &Plan, labels: &mut BTreeMap<String, String>) -> Result<(), String> {
    for (name, wanted) in
        [("plan", plan.name.as_str()), ("namespace", plan.profile.platform.namespace.as_str())]
    {
        match labels.remove(name) {
            Some(value) if value == wanted => {}
            found => return Err(format!("its label `{name}` is {found:?}, not {wanted:?}")),
        }
    }
    Ok(())
}

/// The expression without the plan's matchers; what it asks for of other plans, otherwise.
pub(super) fn take_matchers(plan: &Plan, text: &str, recorded: &[String]) -> Result<String, String> {
    if let Ok(expr) = parser::parse(text) {
        let mut foreign = None;
        walk(&expr, &mut |selector| {
            let name = selector.name.as_deref().unwrap_or_default();
            if recorded.iter().any(|own| own == name) && !is_own(plan, selector) {
                foreign = Some(format!("it asks for `{name}` of every plan"));
            }
        });
        if let Some(foreign) = foreign {
            return Err(foreign);
        }
    }
    Ok(without(plan, text))
}

/// A text of an alert without the plan's matchers; a query of a set of every plan, otherwise.
pub(super) fn take_queries(plan: &Plan, text: &str) -> Result<String, String> {
    let matcher = format!("{{plan=\"{}\"}}", plan.name);
    for query in text.split("query `").skip(1) {
        let query = query.split('`').next().unwrap_or_default();
        if query.contains(':') && !query.ends_with(&matcher) {
            return Err(format!("its text asks for `{query}` of every plan"));
        }
    }
    Ok(without(plan, text))
}

fn without(plan: &Plan, text: &str) -> String {
    let matcher = format!("{{plan=\"{}\"", plan.name);
    text.replace(&format!("{matcher}}}"), "").replace(&format!("{matcher}, "), "{")
}

fn is_own(plan: &Plan, selector: &VectorSelector) -> bool {
    let matchers = &selector.matchers.matchers;
    let mut own = matchers.iter().filter(|matcher| matcher.name == "plan");
    own.next().is_some_and(|matcher| matcher.op == MatchOp::Equal && matcher.value == plan.name.as_str())
        && own.next().is_none()
}

fn walk(expr: &Expr, see: &mut impl FnMut(&VectorSelector)) {
    match expr {
        Expr::VectorSelector(selector) => see(selector),
        Expr::MatrixSelector(matrix) => see(&matrix.vs),
        Expr::Paren(paren) => walk(&paren.expr, see),
        Expr::Unary(unary) => walk(&unary.expr, see),
        Expr::Subquery(subquery) => walk(&subquery.expr, see),
        Expr::Aggregate(aggregate) => walk(&aggregate.expr, see),
        Expr::Call(call) => call.args.args.iter().for_each(|inner| walk(inner, see)),
        Expr::Binary(binary) => {
            walk(&binary.lhs, see);
            walk(&binary.rhs, see);
        }
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => {}
    }
}

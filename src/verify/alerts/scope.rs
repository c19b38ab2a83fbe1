//! Whether a rule is its plan's own: it carries the labels `plan` and `namespace`, and of the series that rules record it asks
//! for the plan's alone. What has been seen is taken out, so that every other check is about the rule itself.

use std::collections::{BTreeMap, BTreeSet};

use promql_parser::label::MatchOp;
use promql_parser::parser::{Expr, VectorSelector};

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

/// Takes the plan's matchers away; what it asks for of other plans, otherwise.
pub(super) fn take_matchers(plan: &Plan, expr: &mut Expr, recorded: &BTreeSet<String>) -> Result<(), String> {
    let mut foreign = None;
    walk_mut(expr, &mut |selector| {
        let name = selector.name.as_deref().unwrap_or_default();
        let is_own = is_own(plan, selector);
        if recorded.contains(name) && !is_own {
            foreign = Some(format!("it asks for `{name}` of every plan"));
        }
        if is_own {
            selector.matchers.matchers.retain(|matcher| matcher.name != "plan");
        }
    });
    match foreign {
        Some(foreign) => Err(foreign),
        None => Ok(()),
    }
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

/// A text without the plan's matchers.
pub(super) fn without(plan: &Plan, text: &str) -> String {
    let matcher = format!("{{plan=\"{}\"", plan.name);
    text.replace(&format!("{matcher}}}"), "").replace(&format!("{matcher}, "), "{")
}

fn is_own(plan: &Plan, selector: &VectorSelector) -> bool {
    let matchers = &selector.matchers.matchers;
    let mut own = matchers.iter().filter(|matcher| matcher.name == "plan");
    own.next().is_some_and(|matcher| matcher.op == MatchOp::Equal && matcher.value == plan.name.as_str())
        && own.next().is_none()
}

fn walk_mut(expr: &mut Expr, see: &mut impl FnMut(&mut VectorSelector)) {
    match expr {
        Expr::VectorSelector(selector) => see(selector),
        Expr::MatrixSelector(matrix) => see(&mut matrix.vs),
        Expr::Paren(paren) => walk_mut(&mut paren.expr, see),
        Expr::Unary(unary) => walk_mut(&mut unary.expr, see),
        Expr::Subquery(subquery) => walk_mut(&mut subquery.expr, see),
        Expr::Aggregate(aggregate) => walk_mut(&mut aggregate.expr, see),
        Expr::Call(call) => call.args.args.iter_mut().for_each(|inner| walk_mut(inner, see)),
        Expr::Binary(binary) => {
            walk_mut(&mut binary.lhs, see);
            walk_mut(&mut binary.rhs, see);
        }
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => {}
    }
}

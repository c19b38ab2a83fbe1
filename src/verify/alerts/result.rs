//! Which labels the series of an expression have, where the expression itself says so.

use std::collections::{BTreeMap, BTreeSet};

use promql_parser::label::MatchOp;
use promql_parser::parser::{BinaryExpr, Call, Expr, LabelModifier, VectorMatchCardinality};

use super::rule::{Kind, Rule};

/// Names of labels; nothing where only the series themselves know them.
type Names = Option<BTreeSet<String>>;

/// The labels of all recorded series.
pub(super) struct Results<'r> {
    recorded: BTreeMap<&'r str, Names>,
}

impl<'r> Results<'r> {
    /// Rules in order: what one reads, those above it record.
    pub(super) fn read(rules: &'r [Rule]) -> Self {
        let mut results = Self { recorded: BTreeMap::new() };
        for rule in rules.iter().filter(|rule| rule.kind == Kind::Record) {
            let own = rule.labels.keys().cloned();
            let names = results.of(&rule.expr).map(|names| names.into_iter().chain(own).collect());
            let known = results.recorded.remove(rule.name.as_str());
            let both = if let Some(known) = known { union(known, names) } else { names };
            results.recorded.insert(&rule.name, both);
        }
        results
    }

    /// The labels that a result of `expr` can have.
    pub(super) fn of(&self, expr: &Expr) -> Names {
        match expr {
            Expr::NumberLiteral(_) | Expr::StringLiteral(_) => Some(BTreeSet::new()),
            Expr::Paren(paren) => self.of(&paren.expr),
            Expr::Unary(unary) => self.of(&unary.expr),
            Expr::Subquery(subquery) => self.of(&subquery.expr),
            Expr::VectorSelector(selector) => self.recorded.get(selector.name.as_deref()?)?.clone(),
            Expr::MatrixSelector(matrix) => self.recorded.get(matrix.vs.name.as_deref()?)?.clone(),
            Expr::Aggregate(aggregate) => match &aggregate.modifier {
                None => Some(BTreeSet::new()),
                Some(LabelModifier::Include(by)) => Some(by.labels.iter().cloned().collect()),
                Some(LabelModifier::Exclude(without)) => {
                    let mut names = self.of(&aggregate.expr)?;
                    names.retain(|name| !without.labels.contains(name));
                    Some(names)
                }
            },
            Expr::Call(call) => self.call(call),
            Expr::Binary(binary) => self.binary(binary),
            Expr::Extension(_) => None,
        }
    }

    fn call(&self, call: &Call) -> Names {
        let args = &call.args.args;
        let first = || args.first().map_or(Some(BTreeSet::new()), |arg| self.of(arg));
        match call.func.name {
            "time" | "vector" | "scalar" => Some(BTreeSet::new()),
            "label_replace" | "label_join" => {
                let Some(Expr::StringLiteral(to)) = args.get(1).map(|arg| &**arg) else { return None };
                let mut names = first()?;
                names.insert(to.val.clone());
                Some(names)
            }
            "histogram_quantile" => {
                let mut names = self.of(args.get(1)?)?;
                names.remove("le");
                Some(names)
            }
            // What is missing has the labels that were asked for by one value each.
            "absent" => {
                let Expr::VectorSelector(selector) = &**args.first()? else { return Some(BTreeSet::new()) };
                let equal = selector.matchers.matchers.iter().filter(|matcher| matcher.op == MatchOp::Equal);
                Some(equal.map(|matcher| matcher.name.clone()).collect())
            }
            _ => first(),
        }
    }

    fn binary(&self, binary: &BinaryExpr) -> Names {
        let (left, right) = (|| self.of(&binary.lhs), || self.of(&binary.rhs));
        let sign = binary.op.to_string();
        match sign.as_str() {
            "and" | "unless" => return left(),
            "or" => return union(left(), right()),
            _ => {}
        }
        let Some(modifier) = &binary.modifier else {
            // A number has no labels, and two vectors have the same.
            return union(left(), right());
        };
        match (&modifier.card, &modifier.matching) {
            (VectorMatchCardinality::ManyToOne(more), _) => with(left(), &more.labels),
            (VectorMatchCardinality::OneToMany(more), _) => with(right(), &more.labels),
            (_, Some(LabelModifier::Include(on))) => Some(on.labels.iter().cloned().collect()),
            (_, Some(LabelModifier::Exclude(ignored))) => {
                let mut names = union(left(), right())?;
                names.retain(|name| !ignored.labels.contains(name));
                Some(names)
            }
            (_, None) => union(left(), right()),
        }
    }
}

fn union(one: Names, other: Names) -> Names {
    let mut both = one?;
    both.extend(other?);
    Some(both)
}

fn with(names: Names, more: &[String]) -> Names {
    let mut names = names?;
    names.extend(more.iter().cloned());
    Some(names)
}

#[cfg(test)]
mod tests {
    use promql_parser::parser::parse;

    use super::*;

    fn of(text: &str) -> Option<Vec<String>> {
        let results =
            Results { recorded: BTreeMap::from([("a:b:c", Some(BTreeSet::from(["x".to_owned()])))]) };
        results.of(&parse(text).unwrap()).map(|names| names.into_iter().collect())
    }

    #[test]
    fn labels_follow_from_aggregations_and_matches() {
        let names = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(of("sum by (y) (m) > 5"), names(&["y"]));
        assert_eq!(of("max(m) > 5 <= 6"), names(&[]));
        assert_eq!(of("count by (y) (m) unless on () count(m) or count(m) and on () m"), names(&["y"]));
        assert_eq!(of("a:b:c * on (y) group_left (z) m"), names(&["x", "z"]));
        assert_eq!(of("m * on (x, y) m"), names(&["x", "y"]));
        assert_eq!(of("label_replace(a:b:c, \"w\", \"$1\", \"x\", \"(.+)\")"), names(&["w", "x"]));
        assert_eq!(of("absent(m{q=\"1\", r=~\"2\"})"), names(&["q"]));
        assert_eq!(of("m"), None);
        assert_eq!(of("sum without (x) (a:b:c)"), names(&[]));
    }
}

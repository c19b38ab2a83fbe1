//! How many elements an instant query can give, and whether it gives none while all is quiet: by the labels in which its
//! elements can differ, from the inside of the expression outwards (Prometheus: `promql/engine.go`).
//!
//! A label that a selector compares for equality has one value, so grouping by it makes no more elements.

use std::collections::BTreeSet;

use promql_parser::label::MatchOp;
use promql_parser::parser::value::ValueType;
use promql_parser::parser::{
    AggregateExpr, BinaryExpr, Call, Expr, LabelModifier, VectorMatchCardinality, VectorSelector,
};

/// What a query gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One element for each value of these labels; exactly one, if there are none.
    Labelled(BTreeSet<String>),
    /// As many elements as there are series.
    Many,
    /// A number.
    Scalar,
    /// A string.
    Text,
    /// A range of samples.
    Range,
}

/// What an expression gives, as far as it is known without the series.
pub(super) struct Elements {
    /// What it is.
    pub(super) shape: Shape,
    /// Labels that all elements have the same value of.
    pinned: BTreeSet<String>,
    /// The labels that an element can have, where they are known.
    labels: Option<BTreeSet<String>>,
    /// Whether it can have no element although all of its series are there.
    pub(super) is_filtered: bool,
}

impl Elements {
    fn of(shape: Shape) -> Self {
        Self { shape, pinned: BTreeSet::new(), labels: None, is_filtered: false }
    }

    fn scalar() -> Self {
        Self::of(Shape::Scalar)
    }

    /// One element without labels.
    fn one() -> Self {
        Self { labels: Some(BTreeSet::new()), ..Self::of(Shape::Labelled(BTreeSet::new())) }
    }

    pub(super) fn is_one(&self) -> bool {
        matches!(&self.shape, Shape::Labelled(labels) if labels.is_empty())
    }

    fn is_number(&self) -> bool {
        matches!(self.shape, Shape::Scalar)
    }

    /// Of these labels, those in which elements can differ.
    fn differing(&self, labels: BTreeSet<String>) -> BTreeSet<String> {
        let can_differ = |label: &String| match &self.shape {
            Shape::Labelled(varying) => varying.contains(label),
            Shape::Many | Shape::Scalar | Shape::Text | Shape::Range => !self.pinned.contains(label),
        };
        labels.into_iter().filter(can_differ).collect()
    }
}

/// What an expression gives; of a range, what its series are.
pub(super) fn elements(expr: &Expr) -> Elements {
    match expr {
        Expr::Aggregate(aggregate) => of_aggregate(aggregate),
        Expr::Unary(unary) => elements(&unary.expr),
        Expr::Binary(binary) => of_binary(binary),
        Expr::Paren(paren) => elements(&paren.expr),
        Expr::Subquery(_) | Expr::MatrixSelector(_) => Elements::of(Shape::Range),
        Expr::NumberLiteral(_) => Elements::scalar(),
        Expr::StringLiteral(_) => Elements::of(Shape::Text),
        Expr::VectorSelector(selector) => of_selector(selector),
        Expr::Extension(_) => Elements::of(Shape::Many),
        Expr::Call(call) => of_call(call),
    }
}

fn of_selector(selector: &VectorSelector) -> Elements {
    let all = selector.matchers.matchers.iter();
    let equal = all.filter(|matcher| matcher.op == MatchOp::Equal && !matcher.value.is_empty());
    let has_choice = !selector.matchers.or_matchers.is_empty();
    let pinned = if has_choice { BTreeSet::new() } else { equal.map(|one| one.name.clone()).collect() };
    Elements { pinned, ..Elements::of(Shape::Many) }
}

fn of_aggregate(aggregate: &AggregateExpr) -> Elements {
    let inner = elements(&aggregate.expr);
    let named = |labels: &promql_parser::label::Labels| -> BTreeSet<String> {
        labels.labels.iter().map(ToString::to_string).collect()
    };
    let op = aggregate.op.to_string();
    let grouped = match &aggregate.modifier {
        None => Some(BTreeSet::new()),
        Some(LabelModifier::Include(labels)) => Some(inner.differing(named(labels))),
        // What is left of the labels that are known; of all labels, any may be left.
        Some(LabelModifier::Exclude(without)) => match &inner.shape {
            Shape::Labelled(varying) => Some(varying - &named(without)),
            Shape::Many | Shape::Scalar | Shape::Text | Shape::Range => None,
        },
    };
    let grouped_shape = |grouped: Option<BTreeSet<String>>| grouped.map_or(Shape::Many, Shape::Labelled);
    match op.as_str() {
        "topk" | "bottomk" | "limitk" => {
            let picks_one =
                aggregate.param.as_deref().is_some_and(|param| number(param).is_some_and(|k| k < 2.0));
            let shape = if picks_one { grouped_shape(grouped) } else { inner.shape.clone() };
            Elements { shape, ..inner }
        }
        "limit_ratio" => inner,
        "count_values" => {
            let label = aggregate.param.as_deref().and_then(text);
            let mut shape = grouped_shape(grouped);
            if let (Shape::Labelled(labels), false) = (&mut shape, inner.is_one()) {
                labels.insert(label.unwrap_or_default().to_owned());
            }
            Elements { shape, labels: None, ..inner }
        }
        _ => {
            let labels = match &aggregate.modifier {
                None => Some(BTreeSet::new()),
                Some(LabelModifier::Include(labels)) => Some(named(labels)),
                Some(LabelModifier::Exclude(_)) => None,
            };
            Elements { shape: grouped_shape(grouped), labels, ..inner }
        }
    }
}

fn number(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::NumberLiteral(number) => Some(number.val),
        Expr::Paren(paren) => number(&paren.expr),
        Expr::Unary(unary) => number(&unary.expr).map(|number| -number),
        Expr::Aggregate(_)
        | Expr::Binary(_)
        | Expr::Subquery(_)
        | Expr::MatrixSelector(_)
        | Expr::StringLiteral(_)
        | Expr::VectorSelector(_)
        | Expr::Extension(_)
        | Expr::Call(_) => None,
    }
}

fn text(expr: &Expr) -> Option<&str> {
    if let Expr::StringLiteral(text) = expr { Some(&text.val) } else { None }
}

fn of_binary(binary: &BinaryExpr) -> Elements {
    let (left, right) = (elements(&binary.lhs), elements(&binary.rhs));
    let op = binary.op.to_string();
    let returns_bool = binary.modifier.as_ref().is_some_and(|modifier| modifier.return_bool);
    let compares = !returns_bool && ["==", "!=", ">", "<", ">=", "<="].contains(&op.as_str());
    let filters = compares && !always_holds(binary, &op);
    match (left.is_number(), right.is_number()) {
        (true, true) => return left,
        (true, false) => return Elements { is_filtered: filters || right.is_filtered, ..right },
        (false, true) => return Elements { is_filtered: filters || left.is_filtered, ..left },
        (false, false) => {}
    }
    let is_filtered = filters || left.is_filtered || right.is_filtered;
    match op.as_str() {
        // Among many elements it chooses which ones count.
        "and" => {
            let empties = right.is_filtered && left.is_one();
            Elements { is_filtered: left.is_filtered || empties, ..left }
        }
        // With one element on either side the right one takes the left one away.
        "unless" => Elements { is_filtered: left.is_filtered || (left.is_one() && right.is_one()), ..left },
        "or" => either(binary, left, right),
        _ => Elements { is_filtered, ..matched(binary, left, right) },
    }
}

/// Whether a comparison with a number drops nothing of what is counted, which is 0 or more.
fn always_holds(binary: &BinaryExpr, op: &str) -> bool {
    let at_least = |number: f64, or_equal: bool| if or_equal { number <= 0.0 } else { number < 0.0 };
    match (number(&binary.lhs), number(&binary.rhs)) {
        (None, Some(least)) => matches!(op, ">" | ">=") && at_least(least, op == ">="),
        (Some(least), None) => matches!(op, "<" | "<=") && at_least(least, op == "<="),
        (None, None) | (Some(_), Some(_)) => false,
    }
}

fn matching(binary: &BinaryExpr) -> Option<&LabelModifier> {
    binary.modifier.as_ref()?.matching.as_ref()
}

/// `or`: the left side, and of the right side what has no partner there.
fn either(binary: &BinaryExpr, left: Elements, right: Elements) -> Elements {
    let is_filtered = left.is_filtered && right.is_filtered;
    let on_nothing =
        matches!(matching(binary), Some(LabelModifier::Include(labels)) if labels.labels.is_empty());
    // All of one side are partners of all of the other; or both have the same labels, so that no two elements of the
    // result differ in anything else.
    let is_alike = on_nothing || (left.labels.is_some() && left.labels == right.labels);
    let shape = match (&left.shape, &right.shape) {
        (Shape::Labelled(first), Shape::Labelled(second)) if is_alike => Shape::Labelled(first | second),
        _ => Shape::Many,
    };
    Elements { shape, is_filtered, pinned: &left.pinned & &right.pinned, labels: left.labels }
}

/// Arithmetic and comparisons between vectors.
fn matched(binary: &BinaryExpr, left: Elements, right: Elements) -> Elements {
    let card = binary.modifier.as_ref().map(|modifier| &modifier.card);
    match card {
        Some(VectorMatchCardinality::ManyToOne(_)) => Elements { labels: None, ..left },
        Some(VectorMatchCardinality::OneToMany(_)) => Elements { labels: None, ..right },
        Some(VectorMatchCardinality::OneToOne | VectorMatchCardinality::ManyToMany) | None => {
            one_to_one(matching(binary), left, right)
        }
    }
}

fn one_to_one(matching: Option<&LabelModifier>, left: Elements, right: Elements) -> Elements {
    match (matching, &left.shape, &right.shape) {
        // Each element of the result has its own values of the labels that are matched; on no label there is but one
        // element, or Prometheus refuses.
        (Some(LabelModifier::Include(on)), Shape::Labelled(_) | Shape::Many, _) if !on.labels.is_empty() => {
            let on: BTreeSet<String> = on.labels.iter().map(ToString::to_string).collect();
            let varying = left.differing(on.clone());
            let varying = if right.is_one() { BTreeSet::new() } else { right.differing(varying) };
            Elements { shape: Shape::Labelled(varying), labels: Some(on), ..left }
        }
        (_, Shape::Labelled(first), Shape::Labelled(second)) if matching.is_none() => {
            let varying = first & second;
            Elements { shape: Shape::Labelled(varying), ..left }
        }
        _ => left,
    }
}

fn of_call(call: &Call) -> Elements {
    if call.func.return_type == ValueType::Scalar {
        return Elements::scalar();
    }
    let arguments = call.args.args.iter();
    let mut vectors = arguments
        .map(|argument| series(argument))
        .filter(|inner| !matches!(inner.shape, Shape::Scalar | Shape::Text));
    match (call.func.name, vectors.next()) {
        // One element while there is nothing, none while there is.
        ("absent" | "absent_over_time", _) => Elements { is_filtered: true, ..Elements::one() },
        ("vector", _) | (_, None) => Elements::one(),
        ("histogram_quantile" | "histogram_fraction", Some(inner)) => {
            let without =
                |labels: BTreeSet<String>| labels.into_iter().filter(|label| label != "le").collect();
            let shape = match inner.shape {
                Shape::Labelled(labels) => Shape::Labelled(without(labels)),
                shape @ (Shape::Many | Shape::Scalar | Shape::Text | Shape::Range) => shape,
            };
            Elements { shape, labels: inner.labels.map(without), ..inner }
        }
        ("histogram_quantiles", Some(inner)) => Elements { shape: Shape::Many, ..inner },
        ("label_replace" | "label_join", Some(inner)) => with_label(call, inner),
        (_, Some(inner)) => inner,
    }
}

/// Of a range, what its series are; of anything else, that.
fn series(expr: &Expr) -> Elements {
    match expr {
        Expr::Subquery(subquery) => elements(&subquery.expr),
        Expr::MatrixSelector(matrix) => of_selector(&matrix.vs),
        Expr::Paren(paren) => series(&paren.expr),
        Expr::Aggregate(_)
        | Expr::Unary(_)
        | Expr::Binary(_)
        | Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::VectorSelector(_)
        | Expr::Extension(_)
        | Expr::Call(_) => elements(expr),
    }
}

/// A label that is made of others: as many elements, which can then differ in it.
fn with_label(call: &Call, mut inner: Elements) -> Elements {
    let Some(label) = call.args.args.get(1).and_then(|argument| text(argument)).map(str::to_owned) else {
        return inner;
    };
    inner.pinned.remove(&label);
    if let Shape::Labelled(varying) = &mut inner.shape
        && !varying.is_empty()
    {
        varying.insert(label.clone());
    }
    if let Some(labels) = &mut inner.labels {
        labels.insert(label);
    }
    inner
}

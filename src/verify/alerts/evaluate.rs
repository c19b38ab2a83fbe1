//! An evaluator of the PromQL that the plan and calendar groups are written in, over all of the horizon at once.
//!
//! Its semantics are those of Prometheus' `promql/engine.go` for the constructs below; anything else is refused, so that
//! nothing is taken for proven that was not computed.

use std::collections::BTreeMap;

use promql_parser::parser::{
    AggregateExpr, BinaryExpr, Call, Expr, LabelModifier, VectorMatchCardinality, VectorSelector,
};

use super::curve::{Comparison, Operator, Unsupported};
use super::labels::{Labels, Words};
use super::series::{self, Cardinality, Curves, Matching, Node, Series};

/// What an expression gives.
enum Value {
    Scalar(Node),
    Vector(Vec<Series>),
}

/// Recorded series by metric, and the curves behind them.
pub(super) struct Evaluator {
    pub(super) curves: Curves,
    recorded: BTreeMap<String, Vec<Series>>,
    words: Words,
}

impl Evaluator {
    /// Over `[start, end)`, in Unix seconds.
    pub(super) fn over(start: i64, end: i64) -> Self {
        Self { curves: Curves::over(start, end), recorded: BTreeMap::new(), words: Words::default() }
    }

    /// The series of a metric, as far as it was recorded.
    pub(super) fn series(&self, metric: &str) -> &[Series] {
        self.recorded.get(metric).map_or(&[], Vec::as_slice)
    }

    /// Evaluates a recording rule, which later rules can read.
    pub(super) fn record(
        &mut self,
        metric: &str,
        labels: &BTreeMap<String, String>,
        expr: &Expr,
    ) -> Result<(), Unsupported> {
        let mut made = match self.evaluate(expr)? {
            Value::Scalar(node) => vec![Series { labels: Labels::new(), node }],
            Value::Vector(series) => series,
        };
        for one in &mut made {
            for (name, value) in labels {
                one.labels.insert(self.words.word(name), self.words.word(value));
            }
        }
        self.recorded.entry(metric.to_owned()).or_default().extend(made);
        Ok(())
    }

    fn evaluate(&mut self, expr: &Expr) -> Result<Value, Unsupported> {
        match expr {
            Expr::NumberLiteral(number) => Ok(Value::Scalar(self.curves.constant(number.val))),
            Expr::Paren(paren) => self.evaluate(&paren.expr),
            Expr::VectorSelector(selector) => self.select(selector).map(Value::Vector),
            Expr::Call(call) => self.call(call),
            Expr::Aggregate(aggregate) => self.aggregate(aggregate).map(Value::Vector),
            Expr::Binary(binary) => self.binary(binary),
            Expr::Unary(_)
            | Expr::Subquery(_)
            | Expr::StringLiteral(_)
            | Expr::MatrixSelector(_)
            | Expr::Extension(_) => Err(format!("`{expr}`")),
        }
    }

    fn vector(&mut self, expr: &Expr) -> Result<Vec<Series>, Unsupported> {
        match self.evaluate(expr)? {
            Value::Vector(series) => Ok(series),
            Value::Scalar(_) => Err(format!("the scalar `{expr}` in the place of a vector")),
        }
    }

    fn select(&self, selector: &VectorSelector) -> Result<Vec<Series>, Unsupported> {
        let name = selector.name.as_deref().ok_or("a selector without a metric")?;
        if selector.offset.is_some() || selector.at.is_some() || !selector.matchers.or_matchers.is_empty() {
            return Err(format!("`{selector}`"));
        }
        let all =
            self.recorded.get(name).ok_or_else(|| format!("`{name}`, which no rule above it records"))?;
        let matchers = &selector.matchers.matchers;
        let matches = |series: &&Series| {
            matchers
                .iter()
                .all(|matcher| matcher.is_match(series.labels.get(&matcher.name).map_or("", |value| value)))
        };
        Ok(all.iter().filter(matches).cloned().collect())
    }

    fn call(&mut self, call: &Call) -> Result<Value, Unsupported> {
        let args: Vec<&Expr> = call.args.args.iter().map(|arg| &**arg).collect();
        match (call.func.name, args.as_slice()) {
            ("time", []) => Ok(Value::Scalar(self.curves.time())),
            ("vector", [scalar]) => match self.evaluate(scalar)? {
                Value::Scalar(node) => Ok(Value::Vector(vec![Series { labels: Labels::new(), node }])),
                Value::Vector(_) => Err("`vector` of a vector".to_owned()),
            },
            (
                "label_replace",
                [
                    vector,
                    Expr::StringLiteral(to),
                    Expr::StringLiteral(text),
                    Expr::StringLiteral(from),
                    Expr::StringLiteral(pattern),
                ],
            ) if pattern.val == "(.+)" => {
                let mut series = self.vector(vector)?;
                for one in &mut series {
                    let Some(value) = one.labels.get(&from.val) else { continue };
                    let replaced = self.words.word(&text.val.replace("$1", value));
                    one.labels.insert(self.words.word(&to.val), replaced);
                }
                Ok(Value::Vector(series))
            }
            (name, _) => Err(format!("the function `{name}` in this form")),
        }
    }

    fn aggregate(&mut self, aggregate: &AggregateExpr) -> Result<Vec<Series>, Unsupported> {
        if aggregate.op.to_string() != "max" {
            return Err(format!("the aggregation `{}`", aggregate.op));
        }
        let series = self.vector(&aggregate.expr)?;
        let grouping = match &aggregate.modifier {
            None => Matching::On(&[]),
            Some(modifier) => matching(modifier),
        };
        series::aggregate(&mut self.curves, Operator::Maximum, &series, grouping)
    }

    fn binary(&mut self, binary: &BinaryExpr) -> Result<Value, Unsupported> {
        let modifier = binary.modifier.as_ref();
        let filtering = !modifier.is_some_and(|modifier| modifier.return_bool);
        let operator = operator(&binary.op.to_string(), filtering)?;
        let left = self.evaluate(&binary.lhs)?;
        let right = self.evaluate(&binary.rhs)?;
        let matching = match modifier.and_then(|modifier| modifier.matching.as_ref()) {
            None => Matching::Ignoring(&[]),
            Some(labels) => matching(labels),
        };
        match (left, right) {
            (Value::Scalar(left), Value::Scalar(right)) => {
                self.curves.combine(operator, left, right).map(Value::Scalar)
            }
            (Value::Vector(left), Value::Scalar(right)) => {
                self.each(left, |curves, node| curves.combine(operator, node, right))
            }
            (Value::Scalar(left), Value::Vector(right)) => {
                let operator = if let Operator::Filter(comparison) = operator {
                    Operator::FilterRight(comparison)
                } else {
                    operator
                };
                self.each(right, |curves, node| curves.combine(operator, left, node))
            }
            (Value::Vector(left), Value::Vector(right)) => {
                let curves = &mut self.curves;
                if matches!(operator, Operator::And | Operator::Or | Operator::Unless) {
                    return series::set_operation(curves, operator, left, right, matching).map(Value::Vector);
                }
                let cardinality = match modifier.map(|modifier| &modifier.card) {
                    None | Some(VectorMatchCardinality::OneToOne) => Cardinality::OneToOne,
                    Some(VectorMatchCardinality::ManyToOne(labels)) => Cardinality::ManyToOne(&labels.labels),
                    Some(VectorMatchCardinality::OneToMany(labels)) => Cardinality::OneToMany(&labels.labels),
                    Some(VectorMatchCardinality::ManyToMany) => return Err("this match".to_owned()),
                };
                series::binary(curves, operator, &left, &right, matching, &cardinality).map(Value::Vector)
            }
        }
    }

    fn each(
        &mut self,
        mut series: Vec<Series>,
        mut made: impl FnMut(&mut Curves, Node) -> Result<Node, Unsupported>,
    ) -> Result<Value, Unsupported> {
        for one in &mut series {
            one.node = made(&mut self.curves, one.node)?;
        }
        Ok(Value::Vector(series))
    }
}

fn matching(modifier: &LabelModifier) -> Matching<'_> {
    match modifier {
        LabelModifier::Include(labels) => Matching::On(&labels.labels),
        LabelModifier::Exclude(labels) => Matching::Ignoring(&labels.labels),
    }
}

fn operator(sign: &str, filtering: bool) -> Result<Operator, Unsupported> {
    let comparison = match sign {
        "+" => return Ok(Operator::Add),
        "-" => return Ok(Operator::Subtract),
        "*" => return Ok(Operator::Multiply),
        "/" => return Ok(Operator::Divide),
        "%" => return Ok(Operator::Modulo),
        "and" => return Ok(Operator::And),
        "or" => return Ok(Operator::Or),
        "unless" => return Ok(Operator::Unless),
        "<" => Comparison::Less,
        "<=" => Comparison::LessOrEqual,
        ">" => Comparison::Greater,
        ">=" => Comparison::GreaterOrEqual,
        "==" => Comparison::Equal,
        "!=" => Comparison::NotEqual,
        other => return Err(format!("the operator `{other}`")),
    };
    Ok(if filtering { Operator::Filter(comparison) } else { Operator::Bool(comparison) })
}

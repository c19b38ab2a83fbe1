//! What a formula can come to, with each trigger's value known or any in a stretch.

use std::collections::BTreeMap;

use super::arithmetic::{calculate, compare, equal};
use super::expression::{Builtin, Expression, Literal, Operator};
use super::functions;
use super::number::Span;
use super::value::{Number, Possible};

/// It is not worked out here how this ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Undecided;

/// More steps than any formula of people takes; the text comes from anybody.
const MOST_STEPS: usize = 20_000;

/// What is known where a part is evaluated.
pub(super) struct Evaluation<'v> {
    values: &'v BTreeMap<String, Possible>,
    declared: Vec<(String, Possible)>,
    elements: Vec<Possible>,
    /// In which stretch a part lies on the way that is taken: the conditions before it say so.
    facts: Vec<(Expression, Span)>,
    steps: usize,
}

impl<'v> Evaluation<'v> {
    pub(super) fn new(values: &'v BTreeMap<String, Possible>) -> Self {
        Self { values, declared: Vec::new(), elements: Vec::new(), facts: Vec::new(), steps: 0 }
    }

    pub(super) fn of(&mut self, expression: &Expression) -> Result<Possible, Undecided> {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            return Err(Undecided);
        }
        let possible = self.without_facts(expression)?;
        Ok(if self.facts.is_empty() { possible } else { self.narrowed(expression, possible) })
    }

    fn without_facts(&mut self, expression: &Expression) -> Result<Possible, Undecided> {
        match expression {
            Expression::Nil => Ok(Possible::nil()),
            Expression::Bool(value) => Ok(Possible::bool(*value)),
            Expression::Int(value) => Ok(Possible::int(*value, *value)),
            Expression::Float(value) => Ok(Possible::float(Span::point(*value))),
            Expression::Name(name) => self.name(name),
            Expression::Element => self.elements.last().cloned().ok_or(Undecided),
            Expression::Not(inner) => {
                let inner = self.of(inner)?;
                let other = inner.nil || inner.is_number() || !inner.arrays.is_empty();
                Ok(Possible::bools(inner.no, inner.yes).failing_if(inner.fails || other))
            }
            Expression::Negative(inner) => {
                let inner = self.of(inner)?.only_numbers();
                let int = match inner.int {
                    Some((lo, hi)) if lo == hi => Some((lo.wrapping_neg(), lo.wrapping_neg())),
                    Some((i64::MIN, _)) => Some((i64::MIN, i64::MAX)),
                    Some((lo, hi)) => Some((-hi, -lo)),
                    None => None,
                };
                Ok(Possible { int, float: inner.float.map(Span::negative), ..inner })
            }
            Expression::Positive(inner) => self.of(inner),
            Expression::Binary(operator, left, right) => self.binary(*operator, left, right),
            Expression::If(condition, then, otherwise) => {
                let said = self.of(condition)?;
                let other = said.nil || said.is_number() || !said.arrays.is_empty();
                let mut all = Possible::default().failing_if(said.fails || other);
                for (possible, holds, branch) in [(said.yes, true, then), (said.no, false, otherwise)] {
                    if possible {
                        all = all.or(self.where_it(condition, holds, branch)?);
                    }
                }
                Ok(all)
            }
            Expression::Let(name, value, rest) => {
                let value = self.of(value)?;
                let fails = value.fails;
                if !value.is_reached() {
                    return Ok(value);
                }
                self.declared.push((name.clone(), Possible { fails: false, ..value }));
                let facts = self.facts.len();
                let rest = self.of(rest);
                self.facts.truncate(facts);
                self.declared.pop();
                Ok(rest?.failing_if(fails))
            }
            Expression::Sequence(all) => {
                let (mut last, mut fails) = (Possible::nil(), false);
                for one in all {
                    last = self.of(one)?;
                    fails |= last.fails;
                }
                Ok(last.failing_if(fails))
            }
            Expression::Array(items) => {
                let items = items.iter().map(|item| self.of(item)).collect::<Result<Vec<Possible>, _>>()?;
                Ok(of_items(items))
            }
            Expression::Index(list, index) => {
                let (list, index) = (self.of(list)?, self.of(index)?);
                functions::item(&list, &index)
            }
            Expression::Call(builtin, arguments) => self.call(*builtin, arguments),
        }
    }

    fn name(&self, name: &str) -> Result<Possible, Undecided> {
        let declared = self.declared.iter().rev().find(|(declared, _)| declared == name);
        declared.map(|(_, value)| value).or_else(|| self.values.get(name)).cloned().ok_or(Undecided)
    }

    fn binary(
        &mut self,
        operator: Operator,
        left: &Expression,
        right: &Expression,
    ) -> Result<Possible, Undecided> {
        match operator {
            Operator::And | Operator::Or => self.joined(operator == Operator::And, left, right),
            Operator::Default => {
                let value = self.of(left)?;
                if !value.nil {
                    return Ok(value);
                }
                let otherwise = self.of(right)?;
                Ok(Possible { nil: false, ..value }.or(otherwise))
            }
            Operator::Less | Operator::More | Operator::LessOrEqual | Operator::MoreOrEqual => {
                Ok(compare(operator, &self.of(left)?, &self.of(right)?))
            }
            Operator::Equal => equal(&self.of(left)?, &self.of(right)?).ok_or(Undecided),
            Operator::SameInt => {
                let (left, right) = (self.of(left)?, self.of(right)?);
                let is_other = |one: &Possible| {
                    one.float.is_some() || one.nil || one.is_bool() || !one.arrays.is_empty()
                };
                let fails = is_other(&left) || is_other(&right);
                let ints = |one: Possible| Possible { int: one.int, fails: one.fails, ..Possible::default() };
                let said = equal(&ints(left), &ints(right)).ok_or(Undecided)?;
                Ok(said.failing_if(fails))
            }
            Operator::Differs => {
                let same = equal(&self.of(left)?, &self.of(right)?).ok_or(Undecided)?;
                Ok(Possible { yes: same.no, no: same.yes, ..same })
            }
            Operator::In => {
                let (left, right) = (self.of(left)?, self.of(right)?);
                functions::contains(&right, &left)
            }
            Operator::Add
            | Operator::Subtract
            | Operator::Multiply
            | Operator::Divide
            | Operator::Modulo
            | Operator::Power => Ok(calculate(operator, &self.of(left)?, &self.of(right)?)),
        }
    }

    /// `&&` and `||`: the right side counts only where the left one leaves it open, and is then the value.
    fn joined(&mut self, and: bool, left: &Expression, right: &Expression) -> Result<Possible, Undecided> {
        // The compiler leaves out what a literal decides.
        let decides = |one: &Expression| one.literal() == Some(Literal::Bool(!and));
        if decides(left) || decides(right) {
            return Ok(Possible::bool(!and));
        }
        if right.literal() == Some(Literal::Bool(and)) {
            return self.of(left);
        }
        if left.literal() == Some(Literal::Bool(and)) {
            return self.of(right);
        }
        let said = self.of(left)?;
        let other = said.nil || said.is_number() || !said.arrays.is_empty();
        let stops = if and { said.no } else { said.yes };
        let goes_on = if and { said.yes } else { said.no };
        let stopped = if stops { Possible::bool(!and) } else { Possible::default() };
        let stopped = stopped.failing_if(said.fails || other);
        Ok(if goes_on { stopped.or(self.where_it(left, and, right)?) } else { stopped })
    }

    /// A part on the way on which a condition holds, or does not.
    fn where_it(
        &mut self,
        condition: &Expression,
        holds: bool,
        part: &Expression,
    ) -> Result<Possible, Undecided> {
        let facts = self.facts.len();
        let found = if self.assume(condition, holds)? { self.of(part) } else { Ok(Possible::default()) };
        self.facts.truncate(facts);
        found
    }

    /// Notes what a condition says of its parts; false where it cannot be so.
    fn assume(&mut self, condition: &Expression, holds: bool) -> Result<bool, Undecided> {
        match condition {
            Expression::Not(inner) => self.assume(inner, !holds),
            Expression::Binary(Operator::And, left, right) if holds => {
                Ok(self.assume(left, true)? && self.assume(right, true)?)
            }
            Expression::Binary(Operator::Or, left, right) if !holds => {
                Ok(self.assume(left, false)? && self.assume(right, false)?)
            }
            Expression::Binary(operator, left, right) if operator.is_comparison() => {
                let (left_now, right_now) = (self.of(left)?, self.of(right)?);
                let operator = if holds { *operator } else { operator.opposite() };
                let only = |one: &Possible| {
                    let spans = one.numbers().map(Number::span);
                    spans.reduce(Span::or).filter(|span| !span.odd)
                };
                let (Some(a), Some(b)) = (only(&left_now), only(&right_now)) else { return Ok(true) };
                let (below, above) = (f64::NEG_INFINITY, f64::INFINITY);
                let (left_fact, right_fact) = match operator {
                    Operator::Less => (Span::new(below, b.hi.next_down()), Span::new(a.lo.next_up(), above)),
                    Operator::LessOrEqual => (Span::new(below, b.hi), Span::new(a.lo, above)),
                    Operator::More => (Span::new(b.lo.next_up(), above), Span::new(below, a.hi.next_down())),
                    _ => (Span::new(b.lo, above), Span::new(below, a.hi)),
                };
                Ok(self.note(left, left_fact)? && self.note(right, right_fact)?)
            }
            Expression::Binary(Operator::Equal | Operator::SameInt, left, right) if holds => {
                let (left_now, right_now) = (self.of(left)?, self.of(right)?);
                let whole = |one: &Possible| one.numbers().map(Number::span).reduce(Span::or);
                let (Some(a), Some(b)) = (whole(&left_now), whole(&right_now)) else { return Ok(true) };
                Ok((b.odd || self.note(left, b)?) && (a.odd || self.note(right, a)?))
            }
            _ => Ok(true),
        }
    }

    fn note(&mut self, part: &Expression, fact: Span) -> Result<bool, Undecided> {
        let fact = Span { lo: if fact.lo.is_nan() { f64::NEG_INFINITY } else { fact.lo }, ..fact };
        // An element is another one in the next predicate.
        if part.literal().is_none() && !part.has_element() {
            self.facts.push((part.clone(), fact));
        }
        Ok(self.of(part)?.is_reached())
    }

    fn narrowed(&self, expression: &Expression, possible: Possible) -> Possible {
        let mut possible = possible;
        for (_, fact) in self.facts.iter().filter(|(part, _)| part == expression) {
            possible.float = possible.float.and_then(|span| {
                // A comparison with what is no number does not hold; the fact that it did not says nothing of it.
                let (lo, hi) = (span.lo.max(fact.lo), span.hi.min(fact.hi));
                if span.odd { Some(span) } else { (lo <= hi).then(|| Span::new(lo, hi)) }
            });
            possible.int = possible.int.and_then(|(lo, hi)| {
                let (lo, hi) = (lo.max(fact.lo.ceil() as i64), hi.min(fact.hi.floor() as i64));
                (lo <= hi).then_some((lo, hi))
            });
        }
        possible
    }

    fn call(&mut self, builtin: Builtin, arguments: &[Expression]) -> Result<Possible, Undecided> {
        if let (Some(_), [list, rest @ ..]) = (builtin.predicate(), arguments) {
            let list_now = self.of(list)?;
            let mut all = Possible::default()
                .failing_if(list_now.fails || list_now.nil || list_now.is_bool() || list_now.is_number());
            for items in &list_now.arrays {
                let said = match rest {
                    [] => items.clone(),
                    [predicate, ..] => {
                        let mut said = Vec::new();
                        for item in items {
                            self.elements.push(item.clone());
                            let one = self.of(predicate);
                            self.elements.pop();
                            said.push(one?);
                        }
                        said
                    }
                };
                let from_right = rest.is_empty() && is_added_from_the_right(list);
                all = all.or(functions::over_list(builtin, items, &said, from_right)?);
            }
            return Ok(all);
        }
        let arguments = arguments.iter().map(|one| self.of(one)).collect::<Result<Vec<Possible>, _>>()?;
        functions::of_values(builtin, &arguments)
    }
}

/// The compiler writes the sum of a list of two and more as `a + (b + c)`, unless all of it is known (`optimizer/sum_array.go`).
fn is_added_from_the_right(list: &Expression) -> bool {
    match list {
        Expression::Array(items) => items.len() >= 2 && items.iter().any(|item| item.literal().is_none()),
        _ => false,
    }
}

/// A list of what each item can be.
fn of_items(items: Vec<Possible>) -> Possible {
    let fails = items.iter().any(|item| item.fails);
    if items.iter().any(|item| !item.is_reached()) {
        return Possible::default().failing_if(fails);
    }
    let items = items.into_iter().map(|item| Possible { fails: false, ..item }).collect();
    Possible::array(items).failing_if(fails)
}

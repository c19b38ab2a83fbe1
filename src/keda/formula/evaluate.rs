//! What a formula can come to, with each trigger's value known or any in a stretch.

use std::collections::BTreeMap;

use super::arithmetic::{calculate, compare, equal};
use super::builtin::Builtin;
use super::expression::{Expression, Operator};
use super::functions;
use super::number::{Machine, Span};
use super::predicates::{self, Answer};
use super::value::{Possible, Undecided};

/// More steps than any formula of people takes; the text comes from anybody.
const MOST_STEPS: usize = 20_000;

/// What is known where a part is evaluated.
pub(super) struct Evaluation<'v> {
    values: &'v BTreeMap<String, Possible>,
    declared: Vec<(String, Possible)>,
    elements: Vec<Possible>,
    /// In which stretch a part lies on the way that is taken: the conditions before it say so.
    pub(super) facts: Vec<(Expression, Span)>,
    steps: usize,
    machine: Machine,
}

impl<'v> Evaluation<'v> {
    pub(super) fn new(values: &'v BTreeMap<String, Possible>, machine: Machine) -> Self {
        Self { values, declared: Vec::new(), elements: Vec::new(), facts: Vec::new(), steps: 0, machine }
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
            Expression::Negative(inner) => Ok(negative(&self.of(inner)?.only_numbers())),
            Expression::Positive(inner) => self.of(inner),
            Expression::Binary(operator, left, right) => self.binary(*operator, left, right),
            Expression::If(condition, then, otherwise) => self.either(condition, then, otherwise),
            Expression::Let(name, value, rest) => self.declared(name, value, rest),
            Expression::Sequence(all) => self.sequence(all),
            Expression::Array(items) => {
                let items = items.iter().map(|item| self.of(item)).collect::<Result<Vec<Possible>, _>>()?;
                Ok(predicates::list(items))
            }
            Expression::Index(list, index) => {
                let (list, index) = (self.of(list)?, self.of(index)?);
                Ok(functions::item(&list, &index, self.machine))
            }
            Expression::Call(builtin, arguments) => self.call(*builtin, arguments),
        }
    }

    fn sequence(&mut self, all: &[Expression]) -> Result<Possible, Undecided> {
        let (mut last, mut fails) = (Possible::nil(), false);
        for one in all {
            last = self.of(one)?;
            fails |= last.fails;
            if !last.is_reached() {
                break;
            }
        }
        Ok(last.failing_if(fails))
    }

    fn either(
        &mut self,
        condition: &Expression,
        then: &Expression,
        otherwise: &Expression,
    ) -> Result<Possible, Undecided> {
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

    fn declared(&mut self, name: &str, value: &Expression, rest: &Expression) -> Result<Possible, Undecided> {
        let value = self.of(value)?;
        let fails = value.fails;
        if !value.is_reached() {
            return Ok(value);
        }
        self.declared.push((name.to_owned(), Possible { fails: false, ..value }));
        let facts = self.facts.len();
        let rest = self.of(rest);
        self.facts.truncate(facts);
        self.declared.pop();
        Ok(rest?.failing_if(fails))
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
            Operator::Equal => Ok(equal(&self.of(left)?, &self.of(right)?)),
            Operator::SameInt => Ok(same_int(self.of(left)?, self.of(right)?)),
            Operator::Differs => Ok(turned(equal(&self.of(left)?, &self.of(right)?))),
            Operator::DiffersInt => Ok(turned(same_int(self.of(left)?, self.of(right)?))),
            Operator::In | Operator::InRange => Ok(functions::contains(&self.of(right)?, &self.of(left)?)),
            Operator::InKeys => Ok(functions::contains_key(&self.of(right)?, &self.of(left)?)),
            Operator::Range => functions::range(&self.of(left)?, &self.of(right)?, self.machine),
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

    fn call(&mut self, builtin: Builtin, arguments: &[Expression]) -> Result<Possible, Undecided> {
        let (Some(_), [list, rest @ ..]) = (builtin.predicate(), arguments) else {
            let arguments = arguments.iter().map(|one| self.of(one)).collect::<Result<Vec<Possible>, _>>()?;
            return functions::of_values(builtin, &arguments, self.machine);
        };
        let list = self.of(list)?;
        let other = list.fails || list.nil || list.is_bool() || list.is_number();
        let mut all = Possible::default().failing_if(other);
        for items in &list.arrays {
            all = all.or(match (builtin, rest) {
                (Builtin::Filter, [predicate, map @ ..]) => {
                    predicates::filter(&self.answers(items, predicate, map.first())?)?
                }
                (Builtin::Find, [predicate, map @ ..]) => {
                    predicates::first(&self.answers(items, predicate, map.first())?)
                }
                (Builtin::Map, [map, ..]) => predicates::list(self.of_each(items, map)?),
                _ => {
                    let said = match rest {
                        [] => items.clone(),
                        [predicate, ..] => self.of_each(items, predicate)?,
                    };
                    let enough = match rest {
                        [_, Expression::Int(enough)] => Some(*enough),
                        _ => None,
                    };
                    if builtin == Builtin::Sum {
                        functions::sum(&said)
                    } else {
                        predicates::asked(builtin, &said, enough)
                    }
                }
            });
        }
        Ok(all)
    }

    fn of_each(&mut self, items: &[Possible], part: &Expression) -> Result<Vec<Possible>, Undecided> {
        items.iter().map(|item| self.of_one(item, part)).collect()
    }

    fn of_one(&mut self, item: &Possible, part: &Expression) -> Result<Possible, Undecided> {
        self.elements.push(item.clone());
        let one = self.of(part);
        self.elements.pop();
        one
    }

    fn answers(
        &mut self,
        items: &[Possible],
        predicate: &Expression,
        map: Option<&Expression>,
    ) -> Result<Vec<Answer>, Undecided> {
        let mut answers = Vec::new();
        for item in items {
            let said = self.of_one(item, predicate)?;
            let becomes = match map {
                Some(map) if said.yes => self.of_one(item, map)?,
                _ => item.clone(),
            };
            answers.push(Answer { said, becomes });
        }
        Ok(answers)
    }
}

/// `==` of what the compiler takes for two whole numbers.
fn same_int(left: Possible, right: Possible) -> Possible {
    let is_other = |one: &Possible| one.float.is_some() || one.nil || one.is_bool() || !one.arrays.is_empty();
    let fails = is_other(&left) || is_other(&right);
    let ints = |one: Possible| Possible { int: one.int, fails: one.fails, ..Possible::default() };
    equal(&ints(left), &ints(right)).failing_if(fails)
}

fn turned(said: Possible) -> Possible {
    Possible { yes: said.no, no: said.yes, ..said }
}

fn negative(value: &Possible) -> Possible {
    let int = value.int.map(|(lo, hi)| match lo {
        _ if lo == hi => (lo.wrapping_neg(), lo.wrapping_neg()),
        i64::MIN => (i64::MIN, i64::MAX),
        _ => (-hi, -lo),
    });
    Possible { int, float: value.float.map(Span::negative), ..value.clone() }
}

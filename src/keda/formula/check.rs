//! Which formulas compile: the types of expr-lang/expr v1.17.8 (`checker/checker.go`) as far as numbers, booleans and lists
//! of them go.

use std::collections::BTreeSet;

use super::Refusal;
use super::builtin::{Builtin, is_builtin};
use super::expression::{Expression, Operator};

/// What the compiler knows of a value.
#[derive(Clone, Debug, PartialEq)]
enum Type {
    /// Nothing: two branches that differ.
    Unknown,
    /// Nothing, and it says so: what a function of several types gives.
    Any,
    Nil,
    Bool,
    Int,
    Float,
    Array(Box<Type>),
}

impl Type {
    fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown | Self::Any)
    }

    fn is_number(&self) -> bool {
        matches!(self, Self::Int | Self::Float)
    }

    fn is_assignable(&self, to: &Self) -> bool {
        match (self, to) {
            (Self::Unknown, _) | (_, Self::Unknown) => false,
            (_, Self::Any) => true,
            (Self::Nil, Self::Array(_)) | (Self::Array(_), Self::Array(_)) => true,
            (Self::Nil, _) => false,
            (one, other) => one == other,
        }
    }

    fn is_comparable(&self, to: &Self) -> bool {
        self.is_unknown()
            || to.is_unknown()
            || *self == Self::Nil
            || *to == Self::Nil
            || self.is_number() && to.is_number()
            || self.is_assignable(to)
    }
}

/// Checks an expression over these triggers.
pub(super) fn check(expression: &mut Expression, triggers: &BTreeSet<String>) -> Result<(), Refusal> {
    let mut checker = Checker { triggers, declared: Vec::new(), elements: Vec::new() };
    checker.of(expression).map(|_| ())
}

struct Checker<'t> {
    triggers: &'t BTreeSet<String>,
    declared: Vec<(String, Type)>,
    /// Of the lists whose predicates are open.
    elements: Vec<Type>,
}

fn refused<T>(why: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::Refused(why.into()))
}

impl Checker<'_> {
    fn of(&mut self, expression: &mut Expression) -> Result<Type, Refusal> {
        match expression {
            Expression::Nil => Ok(Type::Nil),
            Expression::Bool(_) => Ok(Type::Bool),
            Expression::Int(_) => Ok(Type::Int),
            Expression::Float(_) => Ok(Type::Float),
            Expression::Name(name) => self.name(name),
            Expression::Element => Ok(self.elements.last().cloned().unwrap_or(Type::Unknown)),
            Expression::Not(inner) => match self.of(inner)? {
                Type::Bool | Type::Unknown | Type::Any => Ok(Type::Bool),
                Type::Nil | Type::Int | Type::Float | Type::Array(_) => {
                    refused("it negates what is not a condition")
                }
            },
            Expression::Negative(inner) | Expression::Positive(inner) => match self.of(inner)? {
                number @ (Type::Int | Type::Float) => Ok(number),
                Type::Unknown | Type::Any => Ok(Type::Unknown),
                Type::Nil | Type::Bool | Type::Array(_) => {
                    refused("it puts a sign before what is not a number")
                }
            },
            Expression::Binary(operator, left, right) => {
                let types = (self.of(left)?, self.of(right)?);
                let result = binary(*operator, &types.0, &types.1)?;
                *operator = instruction(*operator, &types, right);
                Ok(result)
            }
            Expression::If(condition, then, otherwise) => {
                let condition = self.of(condition)?;
                if condition != Type::Bool && !condition.is_unknown() {
                    return refused("a condition is neither true nor false");
                }
                Ok(either(self.of(then)?, self.of(otherwise)?))
            }
            Expression::Let(name, value, rest) => self.declaration(name, value, rest),
            Expression::Sequence(all) => {
                let mut last = Type::Unknown;
                for one in all {
                    last = self.of(one)?;
                }
                Ok(last)
            }
            Expression::Array(items) => self.array(items),
            Expression::Index(list, index) => self.item(list, index),
            Expression::Call(builtin, arguments) => self.call(*builtin, arguments),
        }
    }

    fn declaration(
        &mut self,
        name: &str,
        value: &mut Expression,
        rest: &mut Expression,
    ) -> Result<Type, Refusal> {
        let taken = self.triggers.contains(name) || is_builtin(name);
        if taken || self.declared.iter().any(|(declared, _)| declared == name) {
            return refused(format!("it declares {name}, which is there already"));
        }
        let value = self.of(value)?;
        self.declared.push((name.to_owned(), value));
        let rest = self.of(rest);
        self.declared.pop();
        rest
    }

    fn item(&mut self, list: &mut Expression, index: &mut Expression) -> Result<Type, Refusal> {
        let (list, index) = (self.of(list)?, self.of(index)?);
        match list {
            Type::Unknown | Type::Any => Ok(Type::Unknown),
            Type::Array(_) if index != Type::Int && !index.is_unknown() => {
                refused("a place in a list is not a whole number")
            }
            Type::Array(element) => Ok(*element),
            Type::Nil | Type::Bool | Type::Int | Type::Float => {
                refused("it takes a place of what is not a list")
            }
        }
    }

    fn name(&self, name: &str) -> Result<Type, Refusal> {
        if let Some((_, declared)) = self.declared.iter().rev().find(|(declared, _)| declared == name) {
            return Ok(declared.clone());
        }
        if self.triggers.contains(name) {
            return Ok(Type::Float);
        }
        if is_builtin(name) || name == "$env" {
            return Err(Refusal::Beyond("a function that is not called"));
        }
        Err(Refusal::Unnamed(name.to_owned()))
    }

    fn array(&mut self, items: &mut [Expression]) -> Result<Type, Refusal> {
        let (mut element, mut alike) = (Type::Unknown, true);
        for (place, item) in items.iter_mut().enumerate() {
            let kind = self.of(item)?;
            if kind == Type::Nil {
                return Err(Refusal::Beyond("nil in a list"));
            }
            let same = match (&kind, &element) {
                (Type::Array(_), Type::Array(_)) => true,
                (one, other) => one == other,
            };
            alike &= place == 0 || same;
            element = kind;
        }
        Ok(Type::Array(Box::new(if alike { element } else { Type::Any })))
    }

    fn call(&mut self, builtin: Builtin, arguments: &mut [Expression]) -> Result<Type, Refusal> {
        if builtin.predicate().is_some() {
            return self.over_list(builtin, arguments);
        }
        let mut kinds = Vec::new();
        for argument in arguments {
            kinds.push(self.of(argument)?);
        }
        let several = [Builtin::Max, Builtin::Min, Builtin::Mean, Builtin::Median].contains(&builtin);
        if several {
            for kind in &kinds {
                match kind {
                    Type::Unknown | Type::Any | Type::Array(_) => return Ok(Type::Any),
                    Type::Int | Type::Float => {}
                    Type::Nil | Type::Bool => return refused("a function is given what is not a number"),
                }
            }
            return kinds.first().cloned().map_or_else(|| refused("a function is given too little"), Ok);
        }
        let [kind] = kinds.as_slice() else { return refused("a function takes one value") };
        let is_list = matches!(kind, Type::Array(_));
        let fits = if builtin == Builtin::Len { is_list } else { kind.is_number() };
        if !fits && !kind.is_unknown() {
            return refused("a function is given a value of another type");
        }
        if builtin == Builtin::Abs {
            return Ok(if kind.is_unknown() { Type::Any } else { kind.clone() });
        }
        let whole = matches!(builtin, Builtin::Len | Builtin::Int);
        Ok(if whole { Type::Int } else { Type::Float })
    }

    fn over_list(&mut self, builtin: Builtin, arguments: &mut [Expression]) -> Result<Type, Refusal> {
        let (list, predicate) = match arguments {
            [list] => (list, None),
            [list, predicate] => (list, Some(predicate)),
            _ => return refused("a function is given too much"),
        };
        let list = self.of(list)?;
        let element = match &list {
            Type::Array(element) => (**element).clone(),
            Type::Unknown | Type::Any => Type::Unknown,
            Type::Nil | Type::Bool | Type::Int | Type::Float => {
                return refused("a function is given what is not a list");
            }
        };
        let said = match predicate {
            None => None,
            Some(predicate) => {
                self.elements.push(element.clone());
                let said = self.of(predicate);
                self.elements.pop();
                Some(said?)
            }
        };
        let asks = !matches!(builtin, Builtin::Sum | Builtin::Map);
        if let Some(said) = said
            .as_ref()
            .filter(|said| **said == Type::Nil || asks && **said != Type::Bool && !said.is_unknown())
        {
            let _ = said;
            return refused("a predicate is neither true nor false");
        }
        Ok(match (builtin, said) {
            (Builtin::Count, _) => Type::Int,
            (Builtin::Sum, Some(Type::Unknown)) => Type::Any,
            // What its elements are is lost on the way.
            (Builtin::Sum, Some(Type::Array(_))) => Type::Array(Box::new(Type::Any)),
            (Builtin::Sum, Some(said)) => said,
            (Builtin::Sum, None) => element,
            (Builtin::Filter, _) if list.is_unknown() => Type::Array(Box::new(Type::Any)),
            (Builtin::Filter, _) => list,
            (Builtin::Map, Some(said)) => Type::Array(Box::new(said)),
            _ => Type::Bool,
        })
    }
}

fn either(then: Type, otherwise: Type) -> Type {
    match (&then, &otherwise) {
        (Type::Nil, Type::Nil) => Type::Nil,
        (Type::Nil, _) => otherwise,
        (_, Type::Nil) => then,
        (Type::Array(one), Type::Array(other)) => {
            if one.is_assignable(other) && other.is_assignable(one) {
                then
            } else {
                Type::Array(Box::new(Type::Any))
            }
        }
        _ if then.is_assignable(&otherwise) => then,
        _ => Type::Unknown,
    }
}

/// What the compiler writes for an operator: another instruction for two whole numbers (`compiler.equalBinaryNode`), and for
/// one in a list of such (`optimizer/in_array.go`, `optimizer/in_range.go`). It goes by the types, whatever the values are.
fn instruction(operator: Operator, types: &(Type, Type), right: &Expression) -> Operator {
    let both = *types == (Type::Int, Type::Int);
    if both && operator == Operator::Equal {
        return Operator::SameInt;
    }
    if both && operator == Operator::Differs {
        return Operator::DiffersInt;
    }
    if operator != Operator::In || types.0 != Type::Int {
        return operator;
    }
    let is_int = |item: &Expression| matches!(item, Expression::Int(_));
    let are_keys = matches!(right, Expression::Array(items) if !items.is_empty() && items.iter().all(is_int));
    let is_range = matches!(right, Expression::Binary(Operator::Range, ..));
    if are_keys {
        Operator::InKeys
    } else if is_range {
        Operator::InRange
    } else {
        operator
    }
}

fn binary(operator: Operator, left: &Type, right: &Type) -> Result<Type, Refusal> {
    let numbers = left.is_number() && right.is_number();
    let maybe = |fits: fn(&Type) -> bool| {
        left.is_unknown() && (right.is_unknown() || fits(right)) || right.is_unknown() && fits(left)
    };
    let result = match operator {
        Operator::Equal | Operator::SameInt | Operator::Differs | Operator::DiffersInt => {
            left.is_comparable(right).then_some(Type::Bool)
        }
        Operator::Or | Operator::And => {
            let both = (left, right) == (&Type::Bool, &Type::Bool);
            (both || maybe(|kind| *kind == Type::Bool)).then_some(Type::Bool)
        }
        Operator::Less | Operator::More | Operator::LessOrEqual | Operator::MoreOrEqual => {
            (numbers || maybe(Type::is_number)).then_some(Type::Bool)
        }
        Operator::Add | Operator::Subtract | Operator::Multiply => {
            let whole = (left, right) == (&Type::Int, &Type::Int);
            let promoted = if whole { Type::Int } else { Type::Float };
            if numbers { Some(promoted) } else { maybe(Type::is_number).then_some(Type::Unknown) }
        }
        Operator::Divide | Operator::Power => (numbers || maybe(Type::is_number)).then_some(Type::Float),
        Operator::Modulo => {
            let whole = (left, right) == (&Type::Int, &Type::Int);
            (whole || maybe(|kind| *kind == Type::Int)).then_some(Type::Int)
        }
        Operator::Range => {
            let whole = (left, right) == (&Type::Int, &Type::Int) || maybe(|kind| *kind == Type::Int);
            whole.then(|| Type::Array(Box::new(Type::Int)))
        }
        Operator::In | Operator::InKeys | Operator::InRange => match right {
            Type::Array(element) => left.is_comparable(element).then_some(Type::Bool),
            Type::Unknown | Type::Any => Some(Type::Bool),
            Type::Nil | Type::Bool | Type::Int | Type::Float => None,
        },
        Operator::Default => Some(match (left, right) {
            (Type::Nil, other) => other.clone(),
            (one, Type::Nil) => one.clone(),
            (one, other) if other.is_assignable(one) => one.clone(),
            _ => Type::Unknown,
        }),
    };
    result.map_or_else(|| refused("it joins values whose types do not fit"), Ok)
}

//! What the compiler makes of an expression before it runs (expr-lang/expr v1.17.8: `optimizer`). It changes more than speed:
//! parts that are never asked fail no more, and numbers are added in another order.

#![expect(clippy::wildcard_enum_match_arm, reason = "a pass leaves alone what it does not name")]

use super::Refusal;
use super::builtin::Builtin;
use super::expression::{Expression, Operator};
use super::number::exact;

/// The expression that runs.
pub(super) fn optimized(expression: Expression) -> Result<Expression, Refusal> {
    counted(rewritten(folded(expression)?)?)
}

/// What is known is worked out (`fold.go`), be it in a branch that is never taken.
fn folded(expression: Expression) -> Result<Expression, Refusal> {
    use Expression::{Binary, Bool, Call, Float, Int, Negative, Not, Positive};
    Ok(match expression.with_parts(folded)? {
        Negative(inner) => match *inner {
            Int(value) => Int(value.wrapping_neg()),
            Float(value) => Float(-value),
            inner => Negative(Box::new(inner)),
        },
        Positive(inner) if matches!(*inner, Int(_) | Float(_)) => *inner,
        Not(inner) => match *inner {
            Bool(value) => Bool(!value),
            inner => Not(Box::new(inner)),
        },
        Binary(operator, left, right) => joined(operator, *left, *right)?,
        Call(Builtin::Filter, mut arguments) => {
            let Some(Call(Builtin::Filter, inner)) = arguments.first_mut() else {
                return Ok(Call(Builtin::Filter, arguments));
            };
            let (list, first) = (inner.swap_remove(0), inner.swap_remove(0));
            let both = joined(Operator::And, first, arguments.swap_remove(1))?;
            Call(Builtin::Filter, vec![list, both])
        }
        other => other,
    })
}

fn joined(operator: Operator, left: Expression, right: Expression) -> Result<Expression, Refusal> {
    use Expression::{Bool, Float, Int};
    Ok(match (operator, left, right) {
        (Operator::And, Bool(true), other) | (Operator::And, other, Bool(true)) => other,
        (Operator::Or, Bool(false), other) | (Operator::Or, other, Bool(false)) => other,
        (Operator::And, Bool(false), _) | (Operator::And, _, Bool(false)) => Bool(false),
        (Operator::Or, Bool(true), _) | (Operator::Or, _, Bool(true)) => Bool(true),
        (Operator::SameInt, Int(a), Int(b)) => Bool(a == b),
        (Operator::Equal, Bool(a), Bool(b)) => Bool(a == b),
        (Operator::Add, Int(a), Int(b)) => Int(a.wrapping_add(b)),
        (Operator::Subtract, Int(a), Int(b)) => Int(a.wrapping_sub(b)),
        (Operator::Multiply, Int(a), Int(b)) => Int(a.wrapping_mul(b)),
        (Operator::Modulo, Int(_), Int(0)) => {
            return Err(Refusal::Refused("it divides by zero".to_owned()));
        }
        (Operator::Modulo, Int(a), Int(b)) => Int(a.wrapping_rem(b)),
        (
            operator @ (Operator::Add
            | Operator::Subtract
            | Operator::Multiply
            | Operator::Divide
            | Operator::Power),
            left,
            right,
        ) => {
            let number = |one: &Expression| match one {
                Int(value) => Some(*value as f64),
                Float(value) => Some(*value),
                _ => None,
            };
            match (number(&left), number(&right)) {
                (Some(a), Some(b)) => Float(exact(operator, a, b)),
                _ => Expression::Binary(operator, Box::new(left), Box::new(right)),
            }
        }
        (operator, left, right) => Expression::Binary(operator, Box::new(left), Box::new(right)),
    })
}

/// The passes after folding but for those on counts.
fn rewritten(expression: Expression) -> Result<Expression, Refusal> {
    use Expression::{Binary, Call};
    let parts = |expression: Expression| but_for_map(expression, rewritten, mapped);
    Ok(match parts(before(expression)?)? {
        // `filter_len.go`: what the elements become is never asked.
        Call(Builtin::Len, mut arguments) => match arguments.first_mut() {
            Some(Call(Builtin::Filter, inner)) => {
                inner.truncate(2);
                Call(Builtin::Count, std::mem::take(inner))
            }
            _ => Call(Builtin::Len, arguments),
        },
        Binary(operator, left, right) => combined(operator, *left, *right),
        other => other,
    })
}

/// Later passes do not see what a filtered list is made into: they walk through the arguments of a function.
fn but_for_map(
    expression: Expression,
    pass: fn(Expression) -> Result<Expression, Refusal>,
    of_map: fn(Expression) -> Result<Expression, Refusal>,
) -> Result<Expression, Refusal> {
    match expression {
        Expression::Call(builtin @ (Builtin::Filter | Builtin::Find), mut arguments)
            if arguments.len() == 3 =>
        {
            let map = arguments.pop().map(of_map).transpose()?;
            let arguments = arguments.into_iter().map(pass).chain(map.map(Ok));
            Ok(Expression::Call(builtin, arguments.collect::<Result<Vec<Expression>, _>>()?))
        }
        other => other.with_parts(pass),
    }
}

/// What the passes before that make of such a map.
fn mapped(expression: Expression) -> Result<Expression, Refusal> {
    filter_map(in_range(expression)).with_parts(mapped)
}

/// `in_range.go`
fn in_range(expression: Expression) -> Expression {
    use Expression::{Binary, Int};
    let Binary(Operator::InRange, left, right) = expression else { return expression };
    match *right {
        Binary(Operator::Range, from, to) if matches!((&*from, &*to), (Int(_), Int(_))) => {
            let least = Binary(Operator::MoreOrEqual, left.clone(), from);
            let most = Binary(Operator::LessOrEqual, left, to);
            Binary(Operator::And, Box::new(least), Box::new(most))
        }
        right => Binary(Operator::In, left, Box::new(right)),
    }
}

/// `filter_map.go`: one way through the list.
fn filter_map(expression: Expression) -> Expression {
    use Expression::Call;
    let Call(Builtin::Map, mut arguments) = expression else { return expression };
    match arguments.first_mut() {
        Some(Call(Builtin::Filter, inner)) if inner.len() == 2 => {
            let mut inner = std::mem::take(inner);
            inner.push(arguments.swap_remove(1));
            Call(Builtin::Filter, inner)
        }
        _ => Call(Builtin::Map, arguments),
    }
}

/// What passes make of a part whose own parts they have not seen yet.
fn before(expression: Expression) -> Result<Expression, Refusal> {
    use Expression::{Array, Binary, Call, Index, Int};
    Ok(match filter_map(in_range(expression)) {
        Index(list, index) => return element(*list, *index),
        Call(Builtin::Sum, mut arguments) => match arguments.as_mut_slice() {
            // `sum_array.go`: `a + (b + c)`. A list of which all is known is none any more.
            [Array(items)] if items.len() >= 2 && !items.iter().all(Expression::is_literal) => {
                let mut items = std::mem::take(items).into_iter().rev();
                let last = items.next().unwrap_or(Int(0));
                items.fold(last, |sum, one| Binary(Operator::Add, Box::new(one), Box::new(sum)))
            }
            [Binary(Operator::Range, from, to), rest @ ..] => match (&**from, &**to) {
                (Int(from), Int(to)) if from <= to => {
                    let known = sum_of_range((*from, *to), rest.first());
                    known.map_or_else(|| Call(Builtin::Sum, arguments), Int)
                }
                _ => Call(Builtin::Sum, arguments),
            },
            _ => Call(Builtin::Sum, arguments),
        },
        other => other,
    })
}

/// `sum_range.go`: of what is a number more or less than each, or a multiple of it.
fn sum_of_range((from, to): (i64, i64), each: Option<&Expression>) -> Option<i64> {
    use Expression::{Binary, Element, Int};
    let count = to.wrapping_sub(from).wrapping_add(1);
    let sum = count.wrapping_mul(from.wrapping_add(to)) / 2;
    let Some(each) = each else { return Some(sum) };
    if *each == Element {
        return Some(sum);
    }
    let Binary(operator, left, right) = each else { return None };
    let (number, element_first) = match (&**left, &**right) {
        (Element, Int(number)) => (*number, true),
        (Int(number), Element) => (*number, false),
        _ => return None,
    };
    match (operator, element_first) {
        (Operator::Multiply, _) => Some(number.wrapping_mul(sum)),
        (Operator::Add, _) => Some(sum.wrapping_add(count.wrapping_mul(number))),
        (Operator::Subtract, true) => Some(sum.wrapping_sub(count.wrapping_mul(number))),
        (Operator::Subtract, false) => Some(count.wrapping_mul(number).wrapping_sub(sum)),
        _ => None,
    }
}

/// `filter_first.go`, `filter_last.go`
fn element(list: Expression, index: Expression) -> Result<Expression, Refusal> {
    use Expression::{Call, Index, Int};
    match (filter_map(list), index) {
        (Call(Builtin::Filter, arguments), Int(0)) => Ok(Call(Builtin::Find, arguments)),
        // The loop backwards leaves a value for each element on the machine's stack, and what comes next takes it.
        (Call(Builtin::Filter, _), Int(-1)) => Err(Refusal::Beyond("the last element of a filtered list")),
        (list, index) => Ok(Index(Box::new(list), Box::new(index))),
    }
}

/// `predicate_combination.go`: `all(list, a) && all(list, b)` is `all(list, a && b)`.
fn combined(operator: Operator, left: Expression, right: Expression) -> Expression {
    use Expression::{Binary, Call};
    let as_it_is = |left: Expression, right: Expression| Binary(operator, Box::new(left), Box::new(right));
    match (left, right) {
        (Call(one, mut a), Call(other, mut b)) if one == other => {
            let within = match (one, operator) {
                (Builtin::All, Operator::And) => Operator::And,
                (Builtin::Any, Operator::Or) | (Builtin::None, Operator::And) => Operator::Or,
                _ => return as_it_is(Call(one, a), Call(other, b)),
            };
            if a[0] != b[0] {
                return as_it_is(Call(one, a), Call(other, b));
            }
            let (first, second) = (a.swap_remove(1), b.swap_remove(1));
            a.push(combined(within, first, second));
            Call(one, a)
        }
        (left, right) => as_it_is(left, right),
    }
}

/// `count_any.go`, `count_threshold.go`: who asks for more than a number counts no further.
fn counted(expression: Expression) -> Result<Expression, Refusal> {
    use Expression::{Binary, Call, Int};
    Ok(match but_for_map(expression, counted, Ok)? {
        Binary(operator, left, right) => match (*left, *right) {
            (Call(Builtin::Count, mut arguments), Int(number)) if arguments.len() == 2 => {
                let enough = match operator {
                    Operator::More | Operator::LessOrEqual => number.wrapping_add(1),
                    Operator::MoreOrEqual | Operator::Less => number,
                    _ => 0,
                };
                if enough == 1 && matches!(operator, Operator::More | Operator::MoreOrEqual) {
                    return Ok(Call(Builtin::Any, arguments));
                }
                if enough > 1 {
                    arguments.push(Int(enough));
                }
                Binary(operator, Box::new(Call(Builtin::Count, arguments)), Box::new(Int(number)))
            }
            (left, right) => Binary(operator, Box::new(left), Box::new(right)),
        },
        other => other,
    })
}

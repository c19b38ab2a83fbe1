//! Operators on what values can be (expr-lang/expr v1.17.8: `vm/runtime`).

use super::expression::Operator;
use super::number::Span;
use super::value::{Number, Possible};

/// A number that joins two others.
pub(super) fn calculate(operator: Operator, left: &Possible, right: &Possible) -> Possible {
    pairs(left, right, |a, b| match (operator, a, b) {
        (Operator::Modulo, Number::Int(a, b), Number::Int(c, d)) => modulo((a, b), (c, d)),
        (Operator::Modulo, _, _) => Possible::failure(),
        (Operator::Add | Operator::Subtract | Operator::Multiply, Number::Int(a, b), Number::Int(c, d)) => {
            whole(operator, (a, b), (c, d))
        }
        (_, a, b) => Possible::float(a.span().with(operator, b.span())),
    })
}

/// `<` and its like.
pub(super) fn compare(operator: Operator, left: &Possible, right: &Possible) -> Possible {
    pairs(left, right, |a, b| {
        if let (Number::Int(a, same), Number::Int(b, also)) = (a, b)
            && a == same
            && b == also
        {
            return Possible::bool(ordered(operator, a, b));
        }
        let (a, b) = (a.span(), b.span());
        let is_more = matches!(operator, Operator::More | Operator::MoreOrEqual);
        let (small, large) = if is_more { (b, a) } else { (a, b) };
        let strict = matches!(operator, Operator::Less | Operator::More);
        let holds = |small: f64, large: f64| if strict { small < large } else { small <= large };
        let yes = holds(small.lo, large.hi);
        let no = !holds(small.hi, large.lo) || a.odd && !a.is_point() || b.odd && !b.is_point();
        Possible::bools(yes, no)
    })
}

/// Whether a comparison holds of two whole numbers, however large they are.
fn ordered(operator: Operator, a: i64, b: i64) -> bool {
    let strict = matches!(operator, Operator::Less | Operator::More);
    let is_more = matches!(operator, Operator::More | Operator::MoreOrEqual);
    a == b && !strict || a != b && (a > b) == is_more
}

/// `==`
pub(super) fn equal(left: &Possible, right: &Possible) -> Possible {
    let (mut yes, mut no) = (left.nil && right.nil, false);
    yes |= left.yes && right.yes || left.no && right.no;
    no |= left.yes && right.no || left.no && right.yes;
    for a in left.numbers() {
        for b in right.numbers() {
            if let (Number::Int(a, most), Number::Int(b, highest)) = (a, b) {
                yes |= a <= highest && b <= most;
                no |= !(a == most && b == highest && a == b);
                continue;
            }
            let (a, b) = (a.span(), b.span());
            yes |= a.lo <= b.hi && b.lo <= a.hi;
            no |= !(a.is_point() && b.is_point() && a.lo == b.lo);
        }
    }
    for one in &left.arrays {
        for other in &right.arrays {
            let items: Vec<Possible> = one.iter().zip(other).map(|(a, b)| equal(a, b)).collect();
            let as_long = one.len() == other.len();
            yes |= as_long && items.iter().all(|same| same.yes);
            no |= !as_long || items.iter().any(|same| same.no);
        }
    }
    let kinds = |one: &Possible| [one.nil, one.is_bool(), one.is_number(), !one.arrays.is_empty()];
    let (one, other) = (kinds(left), kinds(right));
    no |= (0..4).any(|a| (0..4).any(|b| a != b && one[a] && other[b]));
    Possible::bools(yes, no).failing_if(left.fails || right.fails)
}

fn pairs(left: &Possible, right: &Possible, joined: impl Fn(Number, Number) -> Possible) -> Possible {
    let (left, right) = (left.only_numbers(), right.only_numbers());
    let mut all = Possible::default().failing_if(left.fails || right.fails);
    for a in left.numbers() {
        for b in right.numbers() {
            all = all.or(joined(a, b));
        }
    }
    all
}

fn whole(operator: Operator, a: (i64, i64), b: (i64, i64)) -> Possible {
    let value = |a: i64, b: i64| {
        if operator == Operator::Add {
            (a.checked_add(b), a.wrapping_add(b))
        } else if operator == Operator::Subtract {
            (a.checked_sub(b), a.wrapping_sub(b))
        } else {
            (a.checked_mul(b), a.wrapping_mul(b))
        }
    };
    if a.0 == a.1 && b.0 == b.1 {
        let (_, exact) = value(a.0, b.0);
        return Possible::int(exact, exact);
    }
    let corners = [value(a.0, b.0), value(a.0, b.1), value(a.1, b.0), value(a.1, b.1)];
    let all: Option<Vec<i64>> = corners.iter().map(|(checked, _)| *checked).collect();
    // What is too large wraps around.
    match all.as_deref() {
        Some([first, rest @ ..]) => {
            let lo = rest.iter().fold(*first, |lo, one| lo.min(*one));
            let hi = rest.iter().fold(*first, |hi, one| hi.max(*one));
            Possible::int(lo, hi)
        }
        _ => Possible::int(i64::MIN, i64::MAX),
    }
}

fn modulo(a: (i64, i64), b: (i64, i64)) -> Possible {
    let by_zero = b.0 <= 0 && b.1 >= 0;
    if b == (0, 0) {
        return Possible::failure();
    }
    if a.0 == a.1 && b.0 == b.1 {
        let rest = a.0.wrapping_rem(b.0);
        return Possible::int(rest, rest);
    }
    let most = b.0.saturating_abs().max(b.1.saturating_abs()) - 1;
    let lo = if a.0 < 0 { -most } else { 0 };
    let hi = if a.1 > 0 { most } else { 0 };
    Possible::int(lo.max(a.0.min(0)), hi.min(a.1.max(0))).failing_if(by_zero)
}

/// The higher or the lower of two numbers, each of its own kind; the first one where they are equal.
pub(super) fn outer(highest: bool, a: Number, b: Number) -> Possible {
    let (one, other) = (a.span(), b.span());
    if one.is_point() && other.is_point() {
        let replaces = if highest { one.lo < other.lo } else { one.lo > other.lo };
        return possible(if replaces { b } else { a });
    }
    if one.odd || other.odd {
        // Which one is left is not known, and so its kind is not.
        let of = |number| match number {
            Number::Int(..) => possible(number),
            Number::Float(_) => Possible::float(Span::ANY),
        };
        return of(a).or(of(b));
    }
    let part = |number: Number, beside: Span| {
        let span = number.span();
        let (lo, hi) = match highest {
            true => (span.lo.max(beside.lo), span.hi),
            false => (span.lo, span.hi.min(beside.hi)),
        };
        if lo > hi {
            return Possible::default();
        }
        possible(match number {
            Number::Float(_) => Number::Float(Span::new(lo, hi)),
            // What a whole number cannot be, it is not: 3 where 2.5 is the least.
            Number::Int(least, most) => Number::Int(least.max(lo.ceil() as i64), most.min(hi.floor() as i64)),
        })
    };
    part(a, other).or(part(b, one))
}

pub(super) fn possible(number: Number) -> Possible {
    match number {
        Number::Int(lo, hi) => Possible::int(lo, hi),
        Number::Float(span) => Possible::float(span),
    }
}

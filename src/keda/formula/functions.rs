//! Functions on what values can be (expr-lang/expr v1.17.8: `builtin/lib.go`, `compiler/compiler.go`).

use super::arithmetic::{calculate, equal, outer};
use super::evaluate::Undecided;
use super::expression::{Builtin, Operator};
use super::number::Span;
use super::value::{Number, Possible};

/// More lists than this for one part are too many to follow.
const MOST_LISTS: usize = 256;

/// Of a function without a predicate.
pub(super) fn of_values(builtin: Builtin, arguments: &[Possible]) -> Result<Possible, Undecided> {
    match (builtin, arguments) {
        (Builtin::Max | Builtin::Min, [one]) if !one.is_number() && one.arrays.is_empty() => Ok(one.clone()),
        (Builtin::Max | Builtin::Min | Builtin::Mean | Builtin::Median, _) => {
            let mut all = Possible::default();
            for (items, fails) in flat(arguments)? {
                all = all.or(aggregate(builtin, &items)?.failing_if(fails));
            }
            Ok(all)
        }
        (Builtin::Len, [list]) => {
            let other = list.nil || list.is_bool() || list.is_number();
            let lengths = list.arrays.iter().map(|items| i64::try_from(items.len()).unwrap_or(i64::MAX));
            let all = lengths.fold(Possible::default(), |all, length| all.or(Possible::int(length, length)));
            Ok(all.failing_if(list.fails || other))
        }
        (_, [one]) => Ok(of_number(builtin, one)),
        _ => Err(Undecided),
    }
}

fn of_number(builtin: Builtin, value: &Possible) -> Possible {
    let value = value.only_numbers();
    let mut all = Possible::default().failing_if(value.fails);
    for number in value.numbers() {
        let span = number.span();
        all = all.or(match (builtin, number) {
            (Builtin::Abs, Number::Int(lo, hi)) if lo == hi => {
                Possible::int(lo.wrapping_abs(), lo.wrapping_abs())
            }
            (Builtin::Abs, Number::Int(i64::MIN, _)) => Possible::int(i64::MIN, i64::MAX),
            (Builtin::Abs, Number::Int(lo, hi)) => {
                let least = if lo < 0 && hi > 0 { 0 } else { lo.abs().min(hi.abs()) };
                Possible::int(least, lo.abs().max(hi.abs()))
            }
            (Builtin::Abs, Number::Float(span)) => Possible::float(span.abs()),
            (Builtin::Ceil, _) => Possible::float(span.map(f64::ceil)),
            (Builtin::Floor, _) => Possible::float(span.map(f64::floor)),
            (Builtin::Round, _) => Possible::float(span.map(f64::round)),
            (Builtin::Int, Number::Int(lo, hi)) => Possible::int(lo, hi),
            (Builtin::Int, Number::Float(span)) => whole(span),
            _ => Possible::float(span),
        });
    }
    all
}

/// Go leaves to the machine what a whole number cannot hold. A load is never that large.
fn whole(span: Span) -> Possible {
    const LIMIT: f64 = 9.2e18;
    if span.odd || span.is_point() && span.lo.abs() > LIMIT {
        return Possible::int(i64::MIN, i64::MAX);
    }
    Possible::int(span.lo.trunc() as i64, span.hi.trunc() as i64)
}

/// All arguments as one list of numbers, lists in lists laid open; and whether what is no number makes it fail.
fn flat(arguments: &[Possible]) -> Result<Vec<(Vec<Possible>, bool)>, Undecided> {
    let mut lists: Vec<(Vec<Possible>, bool)> = vec![(Vec::new(), false)];
    for argument in arguments {
        let mut choices: Vec<(Vec<Possible>, bool)> = Vec::new();
        let other = argument.fails || argument.nil || argument.is_bool();
        if argument.is_number() {
            choices.push((
                vec![Possible { int: argument.int, float: argument.float, ..Possible::default() }],
                other,
            ));
        }
        for items in &argument.arrays {
            choices.extend(flat(items)?.into_iter().map(|(items, fails)| (items, fails || other)));
        }
        if choices.is_empty() {
            choices.push((vec![Possible::default()], true));
        }
        let mut longer = Vec::new();
        for (list, fails) in &lists {
            for (items, more) in &choices {
                longer.push((list.iter().chain(items).cloned().collect::<Vec<Possible>>(), *fails || *more));
            }
        }
        if longer.len() > MOST_LISTS {
            return Err(Undecided);
        }
        lists = longer;
    }
    Ok(lists)
}

fn aggregate(builtin: Builtin, items: &[Possible]) -> Result<Possible, Undecided> {
    if items.iter().any(|item| !item.is_number()) {
        return Ok(Possible::failure());
    }
    if builtin == Builtin::Median {
        return median(items);
    }
    if builtin == Builtin::Mean {
        let zero = Possible::float(Span::point(0.0));
        if items.is_empty() {
            return Ok(zero);
        }
        let total = items.iter().fold(zero, |total, item| calculate(Operator::Add, &total, item));
        let count = Possible::float(Span::point(items.len() as f64));
        return Ok(calculate(Operator::Divide, &total, &count));
    }
    let mut items = items.iter().cloned();
    let Some(mut best) = items.next() else { return Ok(Possible::nil()) };
    for item in items {
        let mut next = Possible::default();
        for a in best.numbers() {
            for b in item.numbers() {
                next = next.or(outer(builtin == Builtin::Max, a, b));
            }
        }
        best = next;
    }
    Ok(best)
}

/// The middle of the lowest that each can be, to the middle of the highest.
fn median(items: &[Possible]) -> Result<Possible, Undecided> {
    let spans: Option<Vec<Span>> =
        items.iter().map(|item| item.numbers().map(Number::span).reduce(Span::or)).collect();
    let spans = spans.ok_or(Undecided)?;
    if spans.is_empty() {
        return Ok(Possible::float(Span::point(0.0)));
    }
    if spans.iter().any(|span| span.odd) {
        return Err(Undecided);
    }
    let middle = |end: fn(&Span) -> f64| {
        let mut ends: Vec<f64> = spans.iter().map(end).collect();
        ends.sort_by(f64::total_cmp);
        let half = ends.len() / 2;
        if ends.len() % 2 == 1 { ends[half] } else { (ends[half - 1] + ends[half]) / 2.0 }
    };
    Ok(Possible::float(Span::new(middle(|span| span.lo), middle(|span| span.hi))))
}

/// Of a function over the items of one list; `said` is what its predicate says of each, or the items themselves.
pub(super) fn over_list(
    builtin: Builtin,
    items: &[Possible],
    said: &[Possible],
    from_right: bool,
) -> Result<Possible, Undecided> {
    if builtin == Builtin::Sum {
        return Ok(sum(said, from_right));
    }
    if builtin == Builtin::Filter {
        return filter(items, said);
    }
    if builtin != Builtin::Map {
        return Ok(asked(builtin, said));
    }
    let fails = said.iter().any(|one| one.fails);
    if said.iter().any(|one| !one.is_reached()) {
        return Ok(Possible::default().failing_if(fails));
    }
    let kept = said.iter().map(|one| Possible { fails: false, ..one.clone() }).collect();
    Ok(Possible::array(kept).failing_if(fails))
}

fn sum(said: &[Possible], from_right: bool) -> Possible {
    match said {
        [rest @ .., last] if from_right => {
            rest.iter().rev().fold(last.clone(), |total, one| calculate(Operator::Add, one, &total))
        }
        _ => said.iter().fold(Possible::int(0, 0), |total, one| calculate(Operator::Add, &total, one)),
    }
}

/// Whether a predicate said anything that is no boolean.
fn is_no_bool(said: &Possible) -> bool {
    said.fails || said.nil || said.is_number() || !said.arrays.is_empty()
}

fn asked(builtin: Builtin, said: &[Possible]) -> Possible {
    let (mut sure, mut maybe, mut fails) = (0_i64, 0_i64, false);
    for one in said {
        fails |= is_no_bool(one);
        if !one.is_bool() {
            return Possible::failure();
        }
        sure += i64::from(one.yes && !one.no);
        maybe += i64::from(one.yes);
        // What follows is not looked at once the answer is there.
        let over_at_yes = matches!(builtin, Builtin::Any | Builtin::None);
        if builtin == Builtin::All && !one.yes || over_at_yes && !one.no {
            break;
        }
    }
    let all = i64::try_from(said.len()).unwrap_or(i64::MAX);
    let answers = [
        (Builtin::All, Possible::bools(maybe == all, sure < all)),
        (Builtin::Any, Possible::bools(maybe > 0, sure == 0)),
        (Builtin::None, Possible::bools(sure == 0, maybe > 0)),
        (Builtin::One, Possible::bools(sure <= 1 && maybe >= 1, sure != 1 || maybe > 1)),
    ];
    let answer = answers.into_iter().find(|(asked, _)| *asked == builtin);
    answer.map_or(Possible::int(sure, maybe), |(_, answer)| answer).failing_if(fails)
}

fn filter(items: &[Possible], said: &[Possible]) -> Result<Possible, Undecided> {
    let fails = said.iter().any(is_no_bool);
    let mut lists: Vec<Vec<Possible>> = vec![Vec::new()];
    for (item, one) in items.iter().zip(said) {
        if !one.is_bool() {
            return Ok(Possible::failure());
        }
        let with = lists.iter().filter(|_| one.yes).map(|list| {
            let mut list = list.clone();
            list.push(item.clone());
            list
        });
        let without = lists.iter().filter(|_| one.no).cloned();
        let next: Vec<Vec<Possible>> = with.chain(without).collect();
        if next.len() > MOST_LISTS {
            return Err(Undecided);
        }
        lists = next;
    }
    Ok(Possible { arrays: lists, ..Possible::default() }.failing_if(fails))
}

/// `needle in list`
pub(super) fn contains(list: &Possible, needle: &Possible) -> Result<Possible, Undecided> {
    let other = list.is_bool() || list.is_number();
    let mut all = Possible::bools(false, list.nil).failing_if(list.fails || needle.fails || other);
    for items in &list.arrays {
        let (mut sure, mut maybe) = (false, false);
        for item in items {
            let same = equal(item, needle).ok_or(Undecided)?;
            sure |= same.yes && !same.no;
            maybe |= same.yes;
        }
        all = all.or(Possible::bools(maybe, !sure));
    }
    Ok(all)
}

/// `list[index]`, from the end where the index is negative.
pub(super) fn item(list: &Possible, index: &Possible) -> Result<Possible, Undecided> {
    let other = list.nil || list.is_bool() || list.is_number();
    let index = index.only_numbers();
    let mut all = Possible::default().failing_if(list.fails || index.fails || other);
    for number in index.numbers() {
        let span = number.span();
        let (first, last) = (span.lo.trunc(), span.hi.trunc());
        if span.odd || last - first > MOST_LISTS as f64 {
            return Err(Undecided);
        }
        let places = first as i64..=last as i64;
        for (items, at) in list.arrays.iter().flat_map(|items| places.clone().map(move |at| (items, at))) {
            let at = if at < 0 { at + i64::try_from(items.len()).unwrap_or(i64::MAX) } else { at };
            let found = usize::try_from(at).ok().and_then(|at| items.get(at));
            all = all.or(found.cloned().unwrap_or_else(Possible::failure));
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_higher_of_a_load_and_a_floor_is_no_less_than_the_floor() {
        let load = Number::Float(Span::new(0.0, f64::INFINITY));
        let whole = |one: Possible| one.numbers().map(Number::span).reduce(Span::or);
        assert_eq!(whole(outer(true, load, Number::Int(5, 5))), Some(Span::new(5.0, f64::INFINITY)));
        assert_eq!(whole(outer(false, load, Number::Int(5, 5))), Some(Span::new(0.0, 5.0)));
    }
}

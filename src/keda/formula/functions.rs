//! Functions on what values can be (expr-lang/expr v1.17.8: `builtin/lib.go`, `compiler/compiler.go`).

use super::arithmetic::{calculate, equal, outer};
use super::builtin::Builtin;
use super::expression::Operator;
use super::number::{Machine, Span};
use super::value::{MOST_LISTS, Number, Possible, Undecided};

/// Longer ranges than this are not laid out here.
const LONGEST: i64 = 2000;
/// As many numbers and more are too many for the machine (`conf.DefaultMemoryBudget`).
const BUDGET: i64 = 1_000_000;

/// Of a function without a predicate.
pub(super) fn of_values(
    builtin: Builtin,
    arguments: &[Possible],
    machine: Machine,
) -> Result<Possible, Undecided> {
    match (builtin, arguments) {
        (Builtin::Max | Builtin::Min, [one]) if !one.is_number() && one.arrays.is_empty() => Ok(one.clone()),
        (Builtin::Max | Builtin::Min | Builtin::Mean | Builtin::Median, _) => {
            let mut all = Possible::default();
            for list in flat(builtin, arguments, false)? {
                all = all.or(aggregate(builtin, &list));
            }
            Ok(all)
        }
        (Builtin::Len, [list]) => {
            let other = list.nil || list.is_bool() || list.is_number();
            let lengths = list.arrays.iter().map(|items| length(items));
            let all = lengths.fold(Possible::default(), |all, length| all.or(Possible::int(length, length)));
            Ok(all.failing_if(list.fails || other))
        }
        (_, [one]) => Ok(of_number(builtin, one, machine)),
        _ => Err(Undecided),
    }
}

fn length(items: &[Possible]) -> i64 {
    i64::try_from(items.len()).unwrap_or(i64::MAX)
}

fn of_number(builtin: Builtin, value: &Possible, machine: Machine) -> Possible {
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
            (Builtin::Int, number) => {
                let (lo, hi) = whole(number, machine);
                Possible::int(lo, hi)
            }
            _ => Possible::float(span),
        });
    }
    all
}

fn whole(number: Number, machine: Machine) -> (i64, i64) {
    match number {
        Number::Int(lo, hi) => (lo, hi),
        Number::Float(span) => machine.all_whole(span),
    }
}

/// Numbers in the order in which a function meets them.
#[derive(Clone, Default)]
struct List {
    /// Each with how many numbers it stands for: a list in a list is added up by itself.
    parts: Vec<(Possible, i64)>,
    /// Whether what is not a number makes it fail.
    fails: bool,
}

/// All arguments as one list, lists laid open; every list that it can be.
fn flat(builtin: Builtin, arguments: &[Possible], inside: bool) -> Result<Vec<List>, Undecided> {
    let mut lists = vec![List::default()];
    for argument in arguments {
        let mut choices: Vec<List> = Vec::new();
        let other = argument.fails || argument.nil || argument.is_bool();
        if argument.is_number() {
            let number = Possible { int: argument.int, float: argument.float, ..Possible::default() };
            choices.push(List { parts: vec![(number, 1)], fails: other });
        }
        for items in &argument.arrays {
            for list in flat(builtin, items, true)? {
                let list = if inside { nested(builtin, list) } else { vec![list] };
                choices.extend(list.into_iter().map(|list| List { fails: list.fails || other, ..list }));
            }
        }
        if choices.is_empty() {
            choices.push(List { parts: vec![(Possible::default(), 1)], fails: true });
        }
        let mut longer = Vec::new();
        for list in &lists {
            for more in &choices {
                let parts = list.parts.iter().chain(&more.parts).cloned().collect();
                longer.push(List { parts, fails: list.fails || more.fails });
            }
        }
        if longer.len() > MOST_LISTS {
            return Err(Undecided);
        }
        lists = longer;
    }
    Ok(lists)
}

/// A list in a list is worked out before it meets the rest; an empty one is passed over.
fn nested(builtin: Builtin, list: List) -> Vec<List> {
    if builtin == Builtin::Median || list.parts.iter().any(|(part, _)| !part.is_number()) {
        return vec![list];
    }
    if builtin == Builtin::Mean {
        let count = list.parts.iter().map(|(_, count)| count).sum();
        return vec![List { parts: vec![(total(&list), count)], fails: list.fails }];
    }
    let best = aggregate(builtin, &List { fails: false, ..list.clone() });
    let without = best.nil.then(|| List { parts: Vec::new(), fails: list.fails });
    let with = best
        .is_number()
        .then(|| List { parts: vec![(Possible { nil: false, ..best }, 1)], fails: list.fails });
    without.into_iter().chain(with).collect()
}

fn total(list: &List) -> Possible {
    let zero = Possible::float(Span::point(0.0));
    list.parts.iter().fold(zero, |total, (part, _)| calculate(Operator::Add, &total, part))
}

fn aggregate(builtin: Builtin, list: &List) -> Possible {
    if list.parts.iter().any(|(part, _)| !part.is_number()) {
        return Possible::failure();
    }
    let value = if builtin == Builtin::Median {
        median(&list.parts)
    } else if builtin == Builtin::Mean {
        let count: i64 = list.parts.iter().map(|(_, count)| count).sum();
        let count_now = Possible::float(Span::point(count as f64));
        if count == 0 {
            Possible::float(Span::point(0.0))
        } else {
            calculate(Operator::Divide, &total(list), &count_now)
        }
    } else {
        outermost(builtin == Builtin::Max, &list.parts)
    };
    value.failing_if(list.fails)
}

fn outermost(highest: bool, parts: &[(Possible, i64)]) -> Possible {
    let mut parts = parts.iter().map(|(part, _)| part);
    let Some(mut best) = parts.next().cloned() else { return Possible::nil() };
    for part in parts {
        let mut next = Possible::default();
        for a in best.numbers() {
            for b in part.numbers() {
                next = next.or(outer(highest, a, b));
            }
        }
        best = next;
    }
    best
}

/// The middle of the lowest that each can be, to the middle of the highest.
fn median(parts: &[(Possible, i64)]) -> Possible {
    let whole = |(part, _): &(Possible, i64)| part.numbers().map(Number::span).reduce(Span::or);
    let spans: Vec<Span> = parts.iter().filter_map(whole).collect();
    if spans.is_empty() {
        return Possible::float(Span::point(0.0));
    }
    if spans.iter().any(|span| span.odd && !span.is_point()) {
        return Possible::float(Span::ANY);
    }
    let middle = |end: fn(&Span) -> f64| {
        let mut ends: Vec<f64> = spans.iter().map(end).collect();
        // As Go sorts: what is not a number comes first.
        ends.sort_by(|a, b| b.is_nan().cmp(&a.is_nan()).then(a.total_cmp(b)));
        let half = ends.len() / 2;
        if ends.len() % 2 == 1 { ends[half] } else { (ends[half - 1] + ends[half]) / 2.0 }
    };
    let (lo, hi) = (middle(|span| span.lo), middle(|span| span.hi));
    let odd = spans.iter().any(|span| span.odd);
    Possible::float(if lo.total_cmp(&hi).is_eq() {
        Span::point(lo)
    } else if odd {
        Span::ANY
    } else {
        Span::new(lo, hi)
    })
}

/// The sum of what is said of each item.
pub(super) fn sum(said: &[Possible]) -> Possible {
    said.iter().fold(Possible::int(0, 0), |total, one| calculate(Operator::Add, one, &total))
}

/// `from..to`, both among them.
pub(super) fn range(from: &Possible, to: &Possible, machine: Machine) -> Result<Possible, Undecided> {
    let (from, to) = (from.only_numbers(), to.only_numbers());
    let mut all = Possible::default().failing_if(from.fails || to.fails);
    for a in from.numbers() {
        for b in to.numbers() {
            let ((first, same), (last, also)) = (whole(a, machine), whole(b, machine));
            let size = last.wrapping_sub(first).wrapping_add(1);
            if first != same || last != also || size > LONGEST && size < BUDGET {
                return Err(Undecided);
            }
            if size >= BUDGET {
                all = all.failing_if(true);
                continue;
            }
            all = all.or(Possible::array((0..size).map(|n| Possible::int(first + n, first + n)).collect()));
        }
    }
    Ok(all)
}

/// `needle in list`
pub(super) fn contains(list: &Possible, needle: &Possible) -> Possible {
    let other = list.is_bool() || list.is_number();
    let fails = list.fails || needle.fails || other;
    if !needle.is_reached() {
        return Possible::default().failing_if(fails);
    }
    let mut all = Possible::bools(false, list.nil).failing_if(fails);
    for items in &list.arrays {
        let (mut sure, mut maybe) = (false, false);
        for item in items {
            let same = equal(item, needle);
            sure |= same.yes && !same.no;
            maybe |= same.yes;
        }
        all = all.or(Possible::bools(maybe, !sure));
    }
    all
}

/// The same where the list is one of keys: nil is looked up as 0, and what is not a whole number cannot be looked up.
pub(super) fn contains_key(list: &Possible, needle: &Possible) -> Possible {
    let int = Possible { int: needle.int, ..Possible::default() };
    let key = if needle.nil { int.or(Possible::int(0, 0)) } else { int };
    let other = needle.float.is_some() || needle.is_bool() || !needle.arrays.is_empty();
    contains(list, &key).failing_if(needle.fails || other)
}

/// `list[index]`, from the end where the index is negative.
pub(super) fn item(list: &Possible, index: &Possible, machine: Machine) -> Possible {
    let other = list.nil || list.is_bool() || list.is_number();
    let index = index.only_numbers();
    let mut all = Possible::default().failing_if(list.fails || index.fails || other);
    for number in index.numbers() {
        let (first, last) = whole(number, machine);
        for items in &list.arrays {
            let count = length(items);
            let (least, most) = (first.max(-count), last.min(count - 1));
            all = all.failing_if(first < least || last > most);
            for at in least..=most {
                let place = usize::try_from(if at < 0 { at + count } else { at }).unwrap_or(usize::MAX);
                if let Some(found) = items.get(place) {
                    all = all.or(found.clone());
                }
            }
        }
    }
    all
}

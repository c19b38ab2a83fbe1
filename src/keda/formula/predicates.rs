//! Functions that ask a predicate of each item of a list (expr-lang/expr v1.17.8: `compiler/compiler.go`).

use super::builtin::Builtin;
use super::value::{MOST_LISTS, Possible, Undecided};

/// What a predicate says of one item.
pub(super) struct Answer {
    pub said: Possible,
    /// What the item becomes where the predicate holds.
    pub becomes: Possible,
}

/// Whether a predicate said anything that is not a boolean.
fn is_no_bool(said: &Possible) -> bool {
    said.fails || said.nil || said.is_number() || !said.arrays.is_empty()
}

/// Of all, any, none: the first item that decides it ends it, and what follows is not asked. Of one and count: how many;
/// beyond `enough`, none is asked.
pub(super) fn asked(builtin: Builtin, said: &[Possible], enough: Option<i64>) -> Possible {
    // Whether a yes, and what it answers, ends it.
    let kinds =
        [(Builtin::All, (false, false)), (Builtin::Any, (true, true)), (Builtin::None, (true, false))];
    let ends = kinds.into_iter().find(|(kind, _)| *kind == builtin).map(|(_, ends)| ends);
    let most = enough.unwrap_or(i64::MAX);
    let (mut all, mut sure, mut maybe) = (Possible::default(), 0_i64, 0_i64);
    for one in said {
        all = all.failing_if(is_no_bool(one));
        sure += i64::from(one.yes && !one.no);
        maybe += i64::from(one.yes);
        let goes_on = if let Some((at_yes, answer)) = ends {
            let (decides, other) = if at_yes { (one.yes, one.no) } else { (one.no, one.yes) };
            all = if decides { all.or(Possible::bool(answer)) } else { all };
            other
        } else {
            all = if maybe >= most && one.yes { all.or(Possible::int(most, most)) } else { all };
            one.is_bool() && sure < most
        };
        if !goes_on {
            return all;
        }
    }
    all.or(match (builtin, ends) {
        (_, Some((_, answer))) => Possible::bool(!answer),
        (Builtin::One, None) => Possible::bools(sure <= 1 && maybe >= 1, sure != 1 || maybe > 1),
        _ => Possible::int(sure, maybe.min(most.saturating_sub(1)).max(sure)),
    })
}

/// The first item of which the predicate holds; an error where it holds of none.
pub(super) fn first(answers: &[Answer]) -> Possible {
    let mut all = Possible::default();
    for answer in answers {
        all = all.failing_if(is_no_bool(&answer.said));
        if answer.said.yes {
            all = all.or(answer.becomes.clone());
        }
        if !answer.said.no {
            return all;
        }
    }
    all.failing_if(true)
}

/// All lists that a filter can leave.
pub(super) fn filter(answers: &[Answer]) -> Result<Possible, Undecided> {
    let mut fails = false;
    let mut lists: Vec<Vec<Possible>> = vec![Vec::new()];
    for answer in answers {
        fails |= is_no_bool(&answer.said) || answer.said.yes && answer.becomes.fails;
        let item = Possible { fails: false, ..answer.becomes.clone() };
        let kept = answer.said.yes && item.is_reached();
        let with = lists.iter().filter(|_| kept).map(|list| {
            let mut list = list.clone();
            list.push(item.clone());
            list
        });
        let without = lists.iter().filter(|_| answer.said.no).cloned();
        let next: Vec<Vec<Possible>> = with.chain(without).collect();
        if next.len() > MOST_LISTS {
            return Err(Undecided);
        }
        lists = next;
    }
    Ok(Possible { arrays: lists, ..Possible::default() }.failing_if(fails))
}

/// A list of what each item becomes.
pub(super) fn list(items: Vec<Possible>) -> Possible {
    let fails = items.iter().any(|item| item.fails);
    if items.iter().any(|item| !item.is_reached()) {
        return Possible::default().failing_if(fails);
    }
    let items = items.into_iter().map(|item| Possible { fails: false, ..item }).collect();
    Possible::array(items).failing_if(fails)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The second item is none that can be asked, but where the first one may decide it, it need not be.
    #[test]
    fn an_item_that_is_no_condition_fails_only_where_it_is_asked() {
        let unsure = Possible::bools(true, true);
        let wrong = Possible::failure();
        let said = [unsure.clone(), wrong];
        let any = asked(Builtin::Any, &said, None);
        assert!(any.yes && !any.no && any.fails);
        let none = asked(Builtin::None, &said, None);
        assert!(none.no && !none.yes && none.fails);
        let enough = asked(Builtin::Count, &[Possible::bool(true), unsure, Possible::failure()], Some(2));
        assert!(enough.int == Some((2, 2)) && enough.fails);
    }
}

//! `[budget]`: what the floors may take, in pod-hours or money, in each month or over the whole plan, in all territories
//! together (`[budget]`) or in one of them (`[budget.in.DE]`).

use super::decode::{Problems, Table, Value};
use super::diags;
use super::draft::TerritoryDraft;
use crate::profile::{Budget, Limit, Period, TerritoryId};

/// Every limit; none where there is no `[budget]`.
pub(super) fn read<'t>(
    root: &mut Table<'t>,
    fleet: &[TerritoryDraft],
    names: &[&str],
    problems: &mut Problems,
) -> Vec<Budget> {
    let mut budgets = Vec::new();
    let Some(mut table) = root.get("budget").and_then(|value| value.table("`[budget]`", problems)) else {
        return budgets;
    };
    for (value, mut own) in table.children("in", "budget of territory", problems) {
        let at = fleet.iter().position(|draft| draft.territory.code.as_str() == value.key);
        if at.is_none() && !names.contains(&value.key) {
            problems.push(diags::unknown_territory(value.key, value.key_span, names));
        }
        let own_budgets = limits(&mut own, at.map(TerritoryId), problems);
        budgets.extend(at.map(|_| own_budgets).into_iter().flatten());
        own.finish(problems);
    }
    budgets.extend(limits(&mut table, None, problems));
    table.finish(problems);
    budgets
}

fn limits(table: &mut Table<'_>, territory: Option<TerritoryId>, problems: &mut Problems) -> Vec<Budget> {
    let mut budgets = Vec::new();
    for (key, period) in [("month", Period::Month), ("horizon", Period::Horizon)] {
        let Some(mut amounts) = table.get(key).and_then(|value| value.table(format!("`{key}`"), problems))
        else {
            continue;
        };
        let hours = amounts.get("pod-hours").map(|value| (value, Limit::PodHours as fn(f64) -> Limit));
        let cost = amounts.get("cost").map(|value| (value, Limit::Cost as fn(f64) -> Limit));
        for (value, limit) in hours.into_iter().chain(cost) {
            let amount = positive(&value, problems);
            budgets.extend(amount.map(|(amount, span)| Budget {
                territory,
                period,
                limit: limit(amount),
                span,
            }));
        }
        amounts.finish(problems);
    }
    budgets
}

fn positive(value: &Value<'_>, problems: &mut Problems) -> Option<(f64, crate::source::Span)> {
    let number = value.number(problems)?;
    if number.value <= 0.0 {
        problems.push(diags::bad_value(value.key, "a number above 0", number.span));
        return None;
    }
    Some((number.value, number.span))
}

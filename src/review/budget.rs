//! Budgets: what the floors take against what the policy allows, and which occasions drive it.

use super::{MonthOf, PodTime, Review, Spent};
use crate::finding::{Diagnostic, Rule};
use crate::profile::{Budget, Limit, Period};

/// Most occasions named as drivers.
const DRIVERS: usize = 3;

/// One finding for each budget and period that is overspent.
pub fn overspent(review: &Review<'_>) -> Vec<Diagnostic> {
    let budgets = &review.plan.profile.budgets;
    budgets.iter().flat_map(|budget| periods(review, budget)).collect()
}

fn periods(review: &Review<'_>, budget: &Budget) -> Vec<Diagnostic> {
    match budget.period {
        Period::Horizon => over(review, budget, None).into_iter().collect(),
        Period::Month => {
            review.months().into_iter().filter_map(|month| over(review, budget, Some(month))).collect()
        }
    }
}

fn over(review: &Review<'_>, budget: &Budget, month: Option<MonthOf>) -> Option<Diagnostic> {
    let counts = |row: &Spent| {
        month.is_none_or(|month| row.month == month)
            && budget.territory.is_none_or(|at| review.is_in(row, Some(at)))
    };
    let taken = review.sum(counts);
    let (used, allowed, unit) = match budget.limit {
        Limit::PodHours(allowed) => (taken.hours(), allowed, "pod-hours"),
        Limit::Cost(allowed) => {
            (review.cost(taken)?, allowed, review.plan.profile.cost.as_ref()?.currency.as_str())
        }
    };
    // Less than a thousandth is float noise, not money.
    if used <= allowed + 0.0005 {
        return None;
    }
    let place =
        budget.territory.map_or("all territories", |at| review.plan.profile.territories[at.0].code.as_str());
    let period = month.map_or_else(|| "the whole plan".to_owned(), |month| month.to_string());
    let title = format!("{used:.2} {unit} in {period}, {place}: {:.2} over the budget", used - allowed);
    let finding = Diagnostic::new(Rule::OverBudget, title)
        .at(budget.span, format!("{allowed} {unit} are allowed"))
        .note(drivers(review, &counts))
        .help("lower the floors or shorten the windows that drive it, or raise the budget");
    Some(finding)
}

/// The minimum and the occasions that take most.
fn drivers(review: &Review<'_>, counts: &impl Fn(&Spent) -> bool) -> String {
    let occasions = review.plan.occasions.iter().enumerate().map(|(at, occasion)| {
        (review.sum(|row| counts(row) && review.is_for(row, at)), occasion.title.as_str())
    });
    let mut most: Vec<(PodTime, &str)> = occasions.filter(|(time, _)| time.0 > 0).collect();
    most.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    let said = |(time, title): &(PodTime, &str)| format!("{title} {:.1}", time.hours());
    let minimum = review.sum(|row| counts(row) && row.origin.is_none());
    let mut parts: Vec<String> = most.iter().take(DRIVERS).map(said).collect();
    parts.push(said(&(minimum, "the minimum")));
    format!("pod-hours by reason: {}", parts.join(", "))
}

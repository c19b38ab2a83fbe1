//! All that schedule synthesis can find fault with, in words.

use crate::finding::{Diagnostic, Rule};
use crate::plan::{Plan, Schedule};
use crate::quantity::Replicas;
use crate::source::Span;
use crate::time::LocalTime;

/// No pair of cron expressions covers `left`.
pub(super) fn inexpressible(
    plan: &Plan,
    schedule: &Schedule,
    floor: Replicas,
    left: LocalTime,
) -> Diagnostic {
    let target = &plan.profile.targets[schedule.target.0];
    let step = schedule.floors.at(left);
    let layer = schedule.applying(step).first().map(|id| schedule.layer(*id));
    let origin = layer.map(|layer| plan.origin(layer.origin));
    let span = origin.map_or(target.span, |origin| origin.span);
    let moves = origin.is_some_and(|origin| origin.moves);
    let longer_than_a_year = plan.horizon.until > plan.horizon.from.plus_days(366);
    let (code, title) = if moves && longer_than_a_year {
        (Rule::HorizonTooLong, "the horizon is longer than this window's dates hold for")
    } else {
        (Rule::InexpressibleDays, "no cron schedule has exactly these days")
    };
    let diagnostic = Diagnostic::new(code, format!("{title}: floor {floor} of `{}` at {left}", target.name))
        .at(span, "its days cannot be told from others")
        .note("cron has no year, and with both day fields restricted KEDA takes either: the same day in another year of the plan wants another floor");
    let year = plan.horizon.from.year();
    let help = format!(
        "plan one year at a time, for example `from = {year}-01-01` and `until = {}-01-01`",
        year + 1
    );
    if longer_than_a_year {
        diagnostic.help(help)
    } else {
        diagnostic.help("give the season other days, or split it in two")
    }
}

pub(super) fn clash(target: &str, name: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(
        Rule::DuplicateTriggerName,
        format!("two seasons would give `{target}` a trigger called `{name}`"),
    )
    .at(second, "the second one")
    .against(first, "the first one")
    .help("KEDA refuses a name twice: rename one of the seasons")
}

pub(super) fn reserved(target: &str, name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        Rule::DuplicateTriggerName,
        format!("`{target}` has a trigger called `{name}` that is not a season's"),
    )
    .at(span, "this would be called the same")
    .help("`rps`, `p95`, `backlog` and `lag` are the load triggers: rename the season")
}

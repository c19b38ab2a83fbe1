//! Today, and whether the plan outlasts it: the only place that reads a clock.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::finding::{Diagnostic, Rule};
use crate::plan::Plan;
use crate::time::{Date, Instant};

/// How long before its end a plan should be renewed.
const NOTICE_DAYS: i32 = 30;

/// The current instant, up to the last year that a plan may have.
pub(super) fn now() -> Instant {
    const LAST: i64 = 4_102_444_800; // 2100-01-01
    #[expect(clippy::disallowed_methods, reason = "these commands are about today")]
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Instant(i64::try_from(since_epoch.as_secs()).unwrap_or(LAST).min(LAST))
}

/// Today's date in UTC.
pub(super) fn today() -> Date {
    let days = now().0 / 86_400;
    Date::from_epoch_day(i32::try_from(days).expect("internal error: days up to 2100"))
}

/// A finding if the plan has not begun or has ended, or does so within the notice.
pub(super) fn freshness(plan: &Plan, today: Date) -> Option<Diagnostic> {
    let (horizon, at) = (plan.horizon, plan.horizon_span);
    let left = horizon.until.days_since(today);
    let help = "set `[plan] from` to the day on which the new plan will be applied and `until` to a year later at most, look through the calendar, and run `seasonscale generate`";
    let early = horizon.from.days_since(today);
    if early > 0 {
        let title = format!("the plan begins on {}, in {}", horizon.from, days(early));
        let note = "where it is applied before that, its cron triggers hold already, and the calendar of the alerts is blind";
        return Some(
            Diagnostic::new(Rule::PlanNotBegun, title)
                .at(plan.begin_span, "the first day of the plan")
                .note(note)
                .help(help),
        );
    }
    if left <= 0 {
        let title = format!("the plan ended on {}, {} ago", horizon.until.plus_days(-1), days(1 - left));
        let note = "its cron triggers go on with last year's dates, and the calendar of the alerts is blind";
        return Some(
            Diagnostic::new(Rule::PlanExpired, title)
                .at(at, "the first day after the plan")
                .note(note)
                .help(help),
        );
    }
    (left <= NOTICE_DAYS).then(|| {
        let title = format!("the plan ends on {}, in {}", horizon.until.plus_days(-1), days(left));
        Diagnostic::new(Rule::PlanExpires, title).at(at, "the first day after the plan").help(help)
    })
}

fn days(count: i32) -> String {
    if count == 1 { "1 day".to_owned() } else { format!("{count} days") }
}

//! How files say plan facts: dates, windows, targets. Short forms that several templates share; sentences stay in them.

use serde::Serialize;

use crate::plan::{Hours, Origin, Part, Plan};
use crate::profile::Target;
use crate::time::{Date, LocalTime, Window, Zone};

/// For how long a file is right.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Holds {
    /// First day, `2026-01-01`.
    pub(super) from: String,
    /// First day after, `2027-01-01`.
    pub(super) until: String,
    /// Last day, `2026-12-31`.
    pub(super) last: String,
}

impl Holds {
    pub(super) fn of(plan: &Plan) -> Self {
        Self {
            from: plan.horizon.from.to_string(),
            until: plan.horizon.until.to_string(),
            last: plan.horizon.until.plus_days(-1).to_string(),
        }
    }
}

/// `Germany (DE), Queries (read side)`
pub(super) fn target(plan: &Plan, target: &Target) -> String {
    let workload = &plan.profile.workload(target).title;
    match plan.profile.territory(target) {
        Some(territory) => format!("{} ({}), {workload}", territory.title, territory.code),
        None => workload.clone(),
    }
}

/// `Oktoberfest, 1 Sep - 15 Oct 2026, mon-sun 08:00-20:00 Europe/Berlin`
pub(super) fn origin(plan: &Plan, origin: &Origin, zone: &Zone) -> String {
    format!("{} {zone}", wall(plan, origin))
}

/// `Oktoberfest, 1 Sep - 15 Oct 2026, mon-sun 08:00-20:00`, on whatever clock.
pub(super) fn wall(plan: &Plan, origin: &Origin) -> String {
    let occasion = plan.occasion(origin);
    let part = match origin.part {
        Part::Main => String::new(),
        Part::LeadIn(_) => ", lead-in".to_owned(),
    };
    let when = match origin.hours {
        Hours::Exact(window) => self::window(window),
        Hours::AllDay | Hours::Span { .. } => format!("{}, {}", dates(&origin.dates), origin.days_rule),
        Hours::Daily { from, until } => {
            format!("{}, {} {from}-{until}", dates(&origin.dates), origin.days_rule)
        }
    };
    format!("{}{part}, {when}", occasion.title)
}

/// `1 Sep - 15 Oct 2026`, several joined by a comma; many as `12 times in 28 Jan - 31 Dec 2026`.
pub(super) fn dates(dates: &[Window<Date>]) -> String {
    /// More stretches than these are counted, not listed.
    const MOST: usize = 4;
    if let ([first, .., last], true) = (dates, dates.len() > MOST) {
        let all = days(first.from, last.until.plus_days(-1));
        return format!("{} times in {all}", dates.len());
    }
    let parts: Vec<String> = dates.iter().map(|dates| days(dates.from, dates.until.plus_days(-1))).collect();
    parts.join(", ")
}

/// First and last day, both inside: `1 Sep - 15 Oct 2026`.
pub(super) fn days(first: Date, last: Date) -> String {
    let short = |date: Date| format!("{} {}", date.day(), date.month().short());
    if first == last {
        format!("{} {}", short(first), first.year())
    } else if first.year() == last.year() {
        format!("{} - {} {}", short(first), short(last), last.year())
    } else {
        format!("{} {} - {} {}", short(first), first.year(), short(last), last.year())
    }
}

/// `Mon 28 Sep 2026 09:00 - 12:00`, the second date only where it differs.
pub(super) fn window(window: Window<LocalTime>) -> String {
    let (from, until) = (window.from, window.until);
    if from.date() == until.date() {
        format!("{} {} - {}", from.date().long(), from.time_of_day(), until.time_of_day())
    } else {
        format!(
            "{} {} - {} {}",
            from.date().long(),
            from.time_of_day(),
            until.date().long(),
            until.time_of_day()
        )
    }
}

/// Who answers for every season and campaign, where it is one and the same.
pub(super) fn owner(plan: &Plan) -> Option<&str> {
    let mut owners = plan.occasions.iter().map(|occasion| occasion.owner.as_deref());
    let first = owners.next()?;
    first.filter(|_| owners.all(|owner| owner == first))
}

/// How many events wait in the journal's outbox, in PromQL; several exporters say the same of a territory.
pub(super) fn pending(plan: &Plan) -> String {
    let prefix = plan.profile.journal.as_ref().map_or("", |journal| journal.prefix.as_str());
    format!("sum(max by (territory) ({prefix}_outbox_pending_events))")
}

/// From the first window's beginning to the last one's end.
pub(super) fn extent(windows: &[Window<LocalTime>]) -> String {
    let ends = windows.first().zip(windows.last());
    ends.map(|(first, last)| window(Window::new(first.from, last.until))).unwrap_or_default()
}

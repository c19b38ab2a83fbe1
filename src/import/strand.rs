//! One target's cron triggers become the fewest stretches: dates, hours, a floor, and the triggers that they come from.

use std::collections::{BTreeMap, BTreeSet};

use super::dates::{self, Dates};
use super::reading;
use super::slot::Slots;
use crate::quantity::Replicas;
use crate::time::{Date, Hours, TimeOfDay, Window, Zone};

/// What one trigger asks for.
pub(super) struct Request {
    /// Its place in the object.
    pub(super) trigger: usize,
    /// How many replicas.
    pub(super) floor: Replicas,
    /// When, on its own clock.
    pub(super) slots: Slots,
    /// Instead of that, from one day of several months to another, with the times.
    pub(super) months: Option<(Dates, Hours)>,
    /// Its clock, where that is not the target's.
    pub(super) zone: Option<Zone>,
}

/// A season of one target.
#[derive(Clone, Debug)]
pub(super) struct Stretch {
    pub(super) dates: Dates,
    pub(super) hours: Hours,
    pub(super) floor: Replicas,
    /// Its clock, where that is not the target's.
    pub(super) zone: Option<Zone>,
    /// Triggers that it comes from, by their place in the object.
    pub(super) triggers: BTreeSet<usize>,
}

/// Triggers of the same hours and floor, and the rules for all of their dates.
struct Group {
    triggers: BTreeMap<usize, BTreeSet<Date>>,
    rules: Vec<Dates>,
}

impl Group {
    /// Of windows that begin in `reach`.
    fn new(triggers: BTreeMap<usize, BTreeSet<Date>>, hours: Hours, reach: Window<Date>) -> Self {
        let days: BTreeSet<Date> = triggers.values().flatten().copied().collect();
        let rules = match hours {
            Hours::Span { .. } => dates::unbroken(&days, reading::observed(reach), reach),
            Hours::AllDay | Hours::Daily { .. } | Hours::Exact(_) => {
                dates::rules(&days, reading::observed(reach), reach)
            }
        };
        Self { triggers, rules }
    }

    /// Both, if that takes fewer rules than each by itself.
    fn joined(&self, other: &Self, hours: Hours, reach: Window<Date>) -> Option<Self> {
        let mut triggers = self.triggers.clone();
        for (trigger, days) in &other.triggers {
            triggers.entry(*trigger).or_default().extend(days);
        }
        let joined = Self::new(triggers, hours, reach);
        (joined.rules.len() < self.rules.len() + other.rules.len()).then_some(joined)
    }
}

/// The stretches of `asked` inside `horizon`, by clock, floor, hours and dates.
pub(super) fn stretches(asked: &[Request], horizon: Window<Date>) -> Vec<Stretch> {
    let mut clocks: Vec<&Option<Zone>> = Vec::new();
    for one in asked {
        if !clocks.contains(&&one.zone) {
            clocks.push(&one.zone);
        }
    }
    clocks.into_iter().flat_map(|zone| on_clock(zone, asked, horizon)).collect()
}

fn on_clock(zone: &Option<Zone>, asked: &[Request], horizon: Window<Date>) -> Vec<Stretch> {
    let mut by_hours: BTreeMap<(Replicas, Hours), Vec<Group>> = BTreeMap::new();
    for one in asked.iter().filter(|one| one.zone == *zone) {
        for (hours, days) in &one.slots {
            let group = {
                let own = BTreeMap::from([(one.trigger, days.clone())]);
                Group::new(own, *hours, reach(*hours, horizon))
            };
            by_hours.entry((one.floor, *hours)).or_default().push(group);
        }
    }
    let of_months = |one: &Request| {
        let (dates, hours) = one.months.clone()?;
        let triggers = BTreeSet::from([one.trigger]);
        Some(Stretch { dates, hours, floor: one.floor, zone: zone.clone(), triggers })
    };
    let own = asked.iter().filter(|one| one.zone == *zone);
    let mut stretches: Vec<Stretch> = own.filter_map(of_months).collect();
    for ((floor, hours), groups) in by_hours {
        let reach = reach(hours, horizon);
        // `sat 09:00 .. sun 21:00` begins on one weekday.
        let is_long = matches!(hours, Hours::Span { .. });
        for group in if is_long { groups } else { joined(groups, hours, reach) } {
            for dates in &group.rules {
                let days = dates.days(reach);
                let feeds = group.triggers.iter().filter(|(_, own)| !own.is_disjoint(&days));
                let triggers = feeds.map(|(trigger, _)| *trigger).collect();
                let inside = days.iter().any(|day| horizon.contains(*day));
                let (dates, hours) = if inside {
                    (dates.clone(), hours)
                } else {
                    (Dates::once(horizon.from), rest(hours, &days, horizon))
                };
                stretches.push(Stretch { dates, hours, floor, zone: zone.clone(), triggers });
            }
        }
    }
    stretches
}

/// Days on which windows begin that reach into `horizon`: a night of the day before does.
fn reach(hours: Hours, horizon: Window<Date>) -> Window<Date> {
    let over = i32::try_from(hours.days_over()).expect("internal error: at most a year");
    Window::new(horizon.from.plus_days(-over), horizon.until)
}

/// What is left on the horizon's first day of a window that began before it: a season that begins before the horizon, and
/// not in it, would have no effect.
fn rest(hours: Hours, days: &BTreeSet<Date>, horizon: Window<Date>) -> Hours {
    match hours {
        Hours::Daily { until, .. } => Hours::Daily { from: TimeOfDay::MIDNIGHT, until },
        Hours::Span { days: over, until, .. } => {
            let gone = days.last().map_or(0, |day| horizon.from.days_since(*day));
            let left = over.saturating_sub(u32::try_from(gone).unwrap_or(0));
            Hours::between(TimeOfDay::MIDNIGHT, left, until)
        }
        Hours::AllDay | Hours::Exact(_) => hours,
    }
}

/// Joins groups for as long as that makes them fewer.
fn joined(mut groups: Vec<Group>, hours: Hours, reach: Window<Date>) -> Vec<Group> {
    let mut at = 0;
    while at < groups.len() {
        let better = (at + 1..groups.len())
            .find_map(|other| Some((other, groups[at].joined(&groups[other], hours, reach)?)));
        match better {
            Some((other, group)) => {
                groups[at] = group;
                groups.remove(other);
            }
            None => at += 1,
        }
    }
    groups
}

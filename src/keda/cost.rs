//! What a finding costs: how long the floor is another one than was meant, by how many replicas, and what does nothing at
//! all because of it. It is worked out from activity and limits; where that is not enough there is no number.

use super::activity::Firing;
use super::finding::{Check, Finding};
use super::floor::Active;
use super::scaledobject::Kind;
use super::subject::Subject;
use crate::time::{Instant, Window};

/// A cost over the stretch that is looked at. The order is by what it weighs: first what is lost altogether, then time,
/// then replicas; what is not known weighs least.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cost {
    /// What does nothing at all.
    pub lost: Option<Lost>,
    /// Seconds in which the floor is another one than was meant.
    pub seconds: Option<i64>,
    /// Replicas that are too many or too few in these seconds, times the seconds.
    pub pod_seconds: Option<i64>,
}

/// What does nothing at all because of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lost {
    /// One trigger.
    Trigger,
    /// The object, with all of its floors.
    Object,
}

/// Refused as a whole, or not built: nothing of the object is in force.
const OBJECT: [Check; 16] = [
    Check::Broken,
    Check::FieldMissing,
    Check::FieldType,
    Check::ReplicaRange,
    Check::TargetUnknown,
    Check::NameRefused,
    Check::NameLength,
    Check::FallbackRefused,
    Check::TriggersRefused,
    Check::TriggerNames,
    Check::ModifiersRefused,
    Check::SameTarget,
    Check::BehaviorRefused,
    Check::TriggerNotBuilt,
    Check::Threshold,
    Check::SearchEndless,
];

/// Of these the trigger raises nothing, or hardly anything.
const TRIGGER: [Check; 7] = [
    Check::EndNever,
    Check::ZoneUnknown,
    Check::FloorNoEffect,
    Check::CannotLower,
    Check::RatioAveraged,
    Check::QueryRefused,
    Check::QueryShape,
];

/// All hours of the trigger are in doubt.
const ALL_HOURS: [Check; 7] = [
    Check::StartNever,
    Check::Inverted,
    Check::FeastFixed,
    Check::OnceRecurs,
    Check::MetricType,
    Check::ZoneSign,
    Check::ZoneDiffers,
];

const WEEK: i64 = 7 * 86_400;

impl Cost {
    /// What the kind of finding says by itself, where there is no object to look at.
    pub fn of_kind(check: Check) -> Self {
        let lost = if OBJECT.contains(&check) {
            Some(Lost::Object)
        } else {
            TRIGGER.contains(&check).then_some(Lost::Trigger)
        };
        Self { lost, seconds: None, pod_seconds: None }
    }

    /// What a finding about `subject` costs. What the check that found it has worked out stands.
    pub fn of(subject: &Subject<'_>, finding: &Finding) -> Self {
        if finding.cost != Self::default() {
            return finding.cost;
        }
        let kind = Self::of_kind(finding.check);
        match kind.lost {
            Some(Lost::Object) => Self { lost: kind.lost, ..all_floors(subject) },
            Some(Lost::Trigger) => kind,
            None => match of_trigger(subject, finding) {
                Some((active, windows)) => subject.misplaced(active, windows.into_iter()),
                None => over_the_maximum(subject, finding).unwrap_or(kind),
            },
        }
    }
}

impl Subject<'_> {
    /// The cost of windows in which a trigger is active and should not be, or the other way round.
    pub fn misplaced(&self, active: &Active, windows: impl Iterator<Item = Window<Instant>>) -> Cost {
        let limits = Limits::of(self);
        let own = active.trigger.floor();
        let others: Vec<&Active> = self.active.iter().filter(|other| other.index != active.index).collect();
        weigh(self, windows, &others, |demand| limits.keep(demand.max(own)) - limits.keep(demand))
    }
}

/// The limits of an object.
struct Limits {
    at_least: u32,
    at_most: u32,
}

impl Limits {
    fn of(subject: &Subject<'_>) -> Self {
        let spec = &subject.object.spec;
        let count = |replicas: i32| u32::try_from(replicas).unwrap_or(0);
        Self { at_least: count(spec.min()), at_most: count(spec.max()) }
    }

    fn keep(&self, demand: u32) -> u32 {
        demand.max(self.at_least).min(self.at_most)
    }
}

/// The trigger of a finding whose cost is a matter of its hours, and these hours.
fn of_trigger<'s>(subject: &'s Subject<'_>, finding: &Finding) -> Option<(&'s Active, Vec<Window<Instant>>)> {
    let active = subject.active.iter().find(|active| Some(active.index) == finding.place.trigger)?;
    let firings = &active.walk.firings;
    let between = |both: fn(&Firing) -> bool| {
        let pairs = firings.windows(2).filter(|pair| pair.iter().all(both));
        pairs.map(|pair| Window::new(pair[0].at, pair[1].at)).collect()
    };
    let after_ends = |seconds: i64| {
        let ends = firings.iter().filter(|firing| firing.end);
        ends.map(|end| Window::new(end.at, Instant(end.at.0 + seconds))).collect()
    };
    let check = finding.check;
    let windows = if ALL_HOURS.contains(&check) {
        hours(subject, active)
    } else if check == Check::EndsInARow {
        between(|firing| firing.end && !firing.start)
    } else if check == Check::StartsInARow {
        between(|firing| firing.start && !firing.end)
    } else if check == Check::LongTail {
        hours(subject, active).into_iter().filter(|on| on.until.0 - on.from.0 >= WEEK).collect()
    } else if check == Check::LastMinute {
        after_ends(60)
    } else if check == Check::LastDay {
        after_ends(86_400)
    } else {
        return None;
    };
    Some((active, windows))
}

/// When a trigger is active in the stretch.
fn hours(subject: &Subject<'_>, active: &Active) -> Vec<Window<Instant>> {
    let pieces = active.walk.active.pieces(subject.window.from, subject.window.until);
    pieces.filter(|(_, _, on)| **on).map(|(from, until, _)| Window::new(from, until)).collect()
}

/// The replicas that a floor asks for beyond `maxReplicaCount`.
fn over_the_maximum(subject: &Subject<'_>, finding: &Finding) -> Option<Cost> {
    let active = subject.active.iter().find(|active| Some(active.index) == finding.place.trigger)?;
    let missing = active.trigger.floor().saturating_sub(Limits::of(subject).at_most);
    let hours = hours(subject, active).into_iter();
    (finding.check == Check::FloorAboveMax).then(|| weigh(subject, hours, &[], |_| missing))
}

/// What all cron triggers raise above the limits together.
fn all_floors(subject: &Subject<'_>) -> Cost {
    let limits = Limits::of(subject);
    let all: Vec<&Active> = subject.active.iter().collect();
    let whole = std::iter::once(subject.window);
    weigh(subject, whole, &all, |demand| limits.keep(demand) - limits.keep(0))
}

/// Seconds of `windows` inside of the stretch in which `difference`, of what `triggers` ask for then, is not zero.
fn weigh(
    subject: &Subject<'_>,
    windows: impl Iterator<Item = Window<Instant>>,
    triggers: &[&Active],
    difference: impl Fn(u32) -> u32,
) -> Cost {
    let (mut seconds, mut pod_seconds) = (0, 0);
    for window in windows {
        let mut from = window.from.max(subject.window.from);
        let until = window.until.min(subject.window.until);
        while from < until {
            let change = |active: &&Active| active.walk.active.next_change(from).map(|(at, _)| *at);
            let next = triggers.iter().filter_map(change).min().map_or(until, |at| at.min(until));
            let on = triggers.iter().filter(|active| *active.walk.active.at(from));
            let replicas = difference(on.map(|active| active.trigger.floor()).max().unwrap_or(0));
            if replicas > 0 {
                seconds += next.0 - from.0;
                pod_seconds += i64::from(replicas) * (next.0 - from.0);
            }
            from = next;
        }
    }
    if seconds == 0 {
        return Cost::default();
    }
    // Of a ScaledJob nothing is a floor, and under a formula a trigger's number is not the floor.
    let spec = &subject.object.spec;
    let modifiers = spec.advanced.as_ref().and_then(|advanced| advanced.scaling_modifiers.as_ref());
    let plain = subject.object.kind == Kind::ScaledObject && modifiers.is_none();
    Cost { lost: None, seconds: Some(seconds), pod_seconds: plain.then_some(pod_seconds) }
}

//! What a finding costs: how long the floor is another one than was meant, by how many replicas, and what does nothing at
//! all because of it. It is worked out from activity and limits; where that is not enough there is no number.

use std::collections::BTreeMap;

use super::cost::{Cost, Lost};
use super::finding::Finding;
use super::halt;
use super::subject::Subject;
use crate::finding::Rule;
use crate::keda::activity::Firing;
use crate::keda::floor::Active;
use crate::keda::scaledobject::Kind;
use crate::step::StepFn;
use crate::time::{Instant, Window};

/// Beside what is refused or not built: unreadable, or one of two that work against each other.
const OBJECT: [Rule; 4] =
    [Rule::YamlBroken, Rule::KedaSameTarget, Rule::KedaSecondAutoscaler, Rule::TargetWithoutPods];

/// Of these the trigger raises nothing, or hardly anything.
const TRIGGER: [Rule; 9] = [
    Rule::CronEndNever,
    Rule::CronZoneUnknown,
    Rule::FloorNoEffect,
    Rule::CronCannotLower,
    Rule::PrometheusRatioAveraged,
    Rule::PrometheusQueryRefused,
    Rule::PrometheusQueryShape,
    Rule::TriggerAddress,
    Rule::KedaAuthenticationMissed,
];

/// All hours of the trigger are in doubt.
const ALL_HOURS: [Rule; 9] = [
    Rule::CronStartNever,
    Rule::CronInverted,
    Rule::CronMovableFeast,
    Rule::CronRecurs,
    Rule::CronMetricType,
    Rule::CronNegative,
    Rule::CronZoneSign,
    Rule::CronZoneDiffers,
    Rule::CronYearMissed,
];

const WEEK: i64 = 7 * 86_400;

impl Cost {
    /// What the kind of finding says by itself, where there is no object to look at.
    pub fn of_kind(rule: Rule) -> Self {
        let lost = if OBJECT.contains(&rule) || halt::keeps_out(rule) {
            Some(Lost::Object)
        } else {
            TRIGGER.contains(&rule).then_some(Lost::Trigger)
        };
        Self { lost, seconds: None, pod_seconds: None }
    }

    /// What a finding about `subject` costs. What the rule that found it has worked out stands.
    pub fn of(subject: &Subject<'_>, finding: &Finding) -> Self {
        if finding.cost != Self::default() {
            return finding.cost;
        }
        let kind = Self::of_kind(finding.rule);
        match kind.lost {
            Some(Lost::Object) => Self { lost: kind.lost, ..all_floors(subject) },
            Some(Lost::Trigger) => kind,
            None if no_floor_counts(finding) => all_floors(subject),
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
        let others = self.active.iter().filter(|other| other.index != active.index).map(Demand::of).collect();
        let floor = active.trigger.floor();
        Stake { window: self.window, floor, others, limits: Limits::of(self), is_floor: is_floor(self) }
            .of(windows)
    }
}

/// What is at stake in the hours of one trigger.
pub struct Stake<'a> {
    /// The stretch that is looked at.
    pub window: Window<Instant>,
    /// What the trigger asks for.
    pub floor: u32,
    /// What the other triggers of its object ask for.
    pub others: Vec<Demand<'a>>,
    /// Those of its object.
    pub limits: Limits,
    /// Whether a trigger's number is a number of replicas there.
    pub is_floor: bool,
}

/// A cron trigger as far as it counts here.
#[derive(Clone, Copy)]
pub struct Demand<'a> {
    /// When it is active.
    pub active: &'a StepFn<Instant, bool>,
    /// What it asks for then.
    pub floor: u32,
}

impl<'a> Demand<'a> {
    fn of(active: &'a Active) -> Self {
        Self { active: &active.walk.active, floor: active.trigger.floor() }
    }
}

/// The limits of an object.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// `minReplicaCount`
    pub at_least: u32,
    /// `maxReplicaCount`
    pub at_most: u32,
}

impl Limits {
    fn of(subject: &Subject<'_>) -> Self {
        let spec = &subject.object.spec;
        let count = |replicas: i32| u32::try_from(replicas).unwrap_or(0);
        Self { at_least: count(spec.min()), at_most: count(spec.max()) }
    }

    fn keep(self, demand: u32) -> u32 {
        demand.max(self.at_least).min(self.at_most)
    }
}

impl Stake<'_> {
    /// The cost of windows in which the trigger is active and should not be, or the other way round.
    pub fn of(&self, windows: impl Iterator<Item = Window<Instant>>) -> Cost {
        let Self { window, floor, others, limits, is_floor } = self;
        let raised = |demand: u32| limits.keep(demand.max(*floor)) - limits.keep(demand);
        weigh(*window, windows, others, raised).counted(*is_floor)
    }
}

impl Cost {
    /// Without replicas where the number of a trigger does not count replicas.
    fn counted(self, is_floor: bool) -> Self {
        Self { pod_seconds: self.pod_seconds.filter(|_| is_floor), ..self }
    }
}

/// Of a ScaledJob nothing is a floor, and under a formula a trigger's number is not the floor.
fn is_floor(subject: &Subject<'_>) -> bool {
    let modifiers = subject.object.spec.advanced.as_ref().and_then(|found| found.scaling_modifiers.as_ref());
    subject.object.kind == Kind::ScaledObject && modifiers.is_none()
}

/// Whether no floor rises, though nothing is refused: the way up is switched off.
fn no_floor_counts(finding: &Finding) -> bool {
    let field = finding.place.field.as_str();
    let paused = finding.rule == Rule::KedaPaused && !field.ends_with("paused-scale-in");
    paused || finding.rule == Rule::HpaDisabled && field == "scaleUp"
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
    let rule = finding.rule;
    let windows = if ALL_HOURS.contains(&rule) {
        hours(subject, active)
    } else if rule == Rule::CronEndsInARow {
        between(|firing| firing.end && !firing.start)
    } else if rule == Rule::CronStartsInARow {
        between(|firing| firing.start && !firing.end)
    } else if rule == Rule::CronLongTail {
        hours(subject, active).into_iter().filter(|on| on.until.0 - on.from.0 >= WEEK).collect()
    } else if rule == Rule::CronLastMinute {
        after_ends(60)
    } else if rule == Rule::CronLastDayLost {
        after_ends(86_400)
    } else {
        return None;
    };
    Some((active, windows))
}

/// When a trigger is active in the stretch.
fn hours(subject: &Subject<'_>, active: &Active) -> Vec<Window<Instant>> {
    let pieces = active.walk.active.pieces(subject.window.from..subject.window.until);
    pieces.filter(|(_, _, on)| **on).map(|(from, until, _)| Window::new(from, until)).collect()
}

/// The replicas that a floor asks for beyond `maxReplicaCount`.
fn over_the_maximum(subject: &Subject<'_>, finding: &Finding) -> Option<Cost> {
    let active = subject.active.iter().find(|active| Some(active.index) == finding.place.trigger)?;
    let missing = active.trigger.floor().saturating_sub(Limits::of(subject).at_most);
    let hours = hours(subject, active).into_iter();
    let cost = || weigh(subject.window, hours, &[], |_| missing).counted(is_floor(subject));
    (finding.rule == Rule::FloorAboveMax).then(cost)
}

/// What all cron triggers raise above the limits together.
fn all_floors(subject: &Subject<'_>) -> Cost {
    let limits = Limits::of(subject);
    let all: Vec<Demand<'_>> = subject.active.iter().map(Demand::of).collect();
    let whole = std::iter::once(subject.window);
    weigh(subject.window, whole, &all, |demand| limits.keep(demand) - limits.keep(0))
        .counted(is_floor(subject))
}

impl Subject<'_> {
    /// The cost of floors that are another number of replicas than was meant: each stretch with the difference.
    pub fn astray(&self, pieces: impl Iterator<Item = (Window<Instant>, u32)>) -> Cost {
        let (mut seconds, mut pod_seconds) = (0, 0);
        for (window, difference) in pieces {
            let from = window.from.max(self.window.from);
            let long = window.until.min(self.window.until).0 - from.0;
            if difference > 0 && long > 0 {
                seconds += long;
                pod_seconds += i64::from(difference) * long;
            }
        }
        if seconds == 0 {
            return Cost::default();
        }
        Cost { lost: None, seconds: Some(seconds), pod_seconds: Some(pod_seconds) }
    }
}

/// The part of `windows` inside of `stretch` in which `difference`, of what `triggers` ask for then, is not zero.
fn weigh(
    stretch: Window<Instant>,
    windows: impl Iterator<Item = Window<Instant>>,
    triggers: &[Demand<'_>],
    difference: impl Fn(u32) -> u32,
) -> Cost {
    let (mut seconds, mut pod_seconds) = (0, 0);
    for window in windows {
        let (mut from, until) = (window.from.max(stretch.from), window.until.min(stretch.until));
        if from >= until {
            continue;
        }
        let (mut active, changes) =
            (active_at(from, triggers), changes_in(Window::new(from, until), triggers));
        let end = std::iter::once((until, 0, false));
        for (at, floor, on) in changes.into_iter().chain(end) {
            let replicas = difference(active.last_key_value().map_or(0, |(floor, _)| *floor));
            if replicas > 0 {
                seconds += at.0 - from.0;
                pod_seconds += i64::from(replicas) * (at.0 - from.0);
            }
            from = at;
            let count = active.entry(floor).or_default();
            *count = if on { *count + 1 } else { count.saturating_sub(1) };
            if *count == 0 {
                active.remove(&floor);
            }
        }
    }
    if seconds == 0 {
        return Cost::default();
    }
    Cost { lost: None, seconds: Some(seconds), pod_seconds: Some(pod_seconds) }
}

/// The floors of the triggers that are active at an instant, each with how many ask for it.
fn active_at(at: Instant, triggers: &[Demand<'_>]) -> BTreeMap<u32, usize> {
    let mut active = BTreeMap::new();
    for demand in triggers.iter().filter(|demand| *demand.active.at(at)) {
        *active.entry(demand.floor).or_default() += 1;
    }
    active
}

/// When a trigger begins or ends to be active inside of a stretch, in order, with its floor: each is looked at once, however
/// many triggers there are.
fn changes_in(stretch: Window<Instant>, triggers: &[Demand<'_>]) -> Vec<(Instant, u32, bool)> {
    let inside = |demand: &Demand<'_>| {
        let (steps, floor) = (demand.active.steps(), demand.floor);
        let first = steps.partition_point(|(at, _)| *at <= stretch.from);
        let own = steps[first..].iter().take_while(|(at, _)| *at < stretch.until);
        own.map(|(at, on)| (*at, floor, *on)).collect::<Vec<_>>()
    };
    let mut changes: Vec<_> = triggers.iter().flat_map(inside).collect();
    changes.sort_unstable();
    changes
}

//! The proof: the floor that KEDA gives to the files made of the proposal against the floor that it gives to the input, at
//! every instant of the horizon. Where no files can be made, the plan's floor stands in. It must not know how the proposal
//! was made.

use std::collections::BTreeMap;

use super::Target;
use super::input::Found;
use super::object::{Form, Terms, said};
use super::remark::{Kind, Place};
use crate::finding::Rule;
use crate::keda::floor::Active;
use crate::keda::scaledobject::ScaledObject;
use crate::plan::Plan;
use crate::quantity::Replicas;
use crate::rules::finding::Finding;
use crate::rules::subject::{Cache, Subject};
use crate::step::StepFn;
use crate::time::{Change, Date, Instant, LocalTime, Offsets, Window, Zone};

/// What came of one target.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The Deployment.
    pub target: String,
    /// The object in the input.
    pub place: Place,
    /// Whether KEDA builds the input at all; where not, it is taken as if its broken triggers were not there.
    pub built: bool,
    /// What audit says of an input that KEDA refuses: then none of its floors holds, and nothing can be equal to it.
    pub refusal: Option<String>,
    /// Where the floors differ, in groups that look alike; none where they are equal at every instant.
    pub differences: Vec<Difference>,
    /// Fields in which an object that is kept is not the one that was given; absent: the compiler writes it in its own way.
    pub whole: Option<Vec<String>>,
}

impl Why {
    /// The trigger whose schedule meets a change of the clocks, and where it stands.
    pub(super) fn by_the_clocks(&self) -> Option<(&str, &Place)> {
        match self {
            Self::Clocks { trigger, place, .. } => Some((trigger, place)),
            Self::Fault { rule, trigger, place, .. } => CLOCKS.contains(rule).then_some((trigger, place)),
            Self::ScaleToZero | Self::Idle => None,
        }
    }
}

impl Verdict {
    /// Whether nothing differs from what runs, in the floor and in the object where that is kept.
    pub fn is_equal(&self) -> bool {
        self.refusal.is_none() && self.agrees()
    }

    /// Whether nothing differs from what the input says, whether it runs or not.
    pub fn agrees(&self) -> bool {
        self.differences.is_empty() && self.whole.as_ref().is_none_or(Vec::is_empty)
    }
}

/// Stretches that differ in the same way.
#[derive(Clone, Debug)]
pub struct Difference {
    /// On the target's clock, in order.
    pub stretches: Vec<Window<LocalTime>>,
    /// Seconds that they take together.
    pub seconds: i64,
    /// What KEDA makes of the input.
    pub input: Replicas,
    /// What the proposal plans.
    pub proposal: Replicas,
    /// Why the input is probably wrong there.
    pub why: Option<Why>,
}

/// Why two floors differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// A fault of the input.
    Fault {
        /// Of which kind.
        rule: Rule,
        /// What KEDA really does.
        effect: String,
        /// Of which trigger.
        trigger: String,
        /// Where that stands.
        place: Place,
    },
    /// The clocks change in hours that the schedule names; or else KEDA's search for a firing passes over what it would find
    /// on any other day.
    Clocks {
        /// The day.
        day: Date,
        /// Whose.
        zone: String,
        /// Whether they skip time, not repeat it.
        is_gap: bool,
        /// Whether the schedule fires in the hours that are skipped or repeated.
        is_met: bool,
        /// Of which trigger.
        trigger: String,
        /// Where that stands.
        place: Place,
    },
    /// The input scales to zero.
    ScaleToZero,
    /// The input rests at its `idleReplicaCount` while no trigger is active.
    Idle,
}

/// A stretch on which the floors differ.
struct Stretch {
    window: Window<Instant>,
    input: Replicas,
    proposal: Replicas,
}

/// A floor of the proposal.
pub(super) type Floor = StepFn<Instant, Replicas>;

/// Whether an object that was made is that of a target: of a kept one its name and namespace say so.
pub(super) fn is_made_of(object: &ScaledObject, target: &Target<'_>, form: Form) -> bool {
    let found = target.scaled.found;
    match form {
        Form::Owned => object.spec.scale_target_ref.name.value == found.target(),
        Form::Kept => {
            let namespace = object.metadata.namespace.as_ref().map(|namespace| namespace.value.as_str());
            object.metadata.name.value == found.name() && namespace == found.namespace()
        }
    }
}

/// The floors of the emitted bytes, as KEDA reads them, by target.
pub(super) fn emitted(made: &[ScaledObject], targets: &[Target<'_>], terms: Terms) -> BTreeMap<usize, Floor> {
    let mut caches: BTreeMap<&str, Cache> = BTreeMap::new();
    let mut floors = BTreeMap::new();
    for (at, target) in targets.iter().enumerate() {
        let Some(object) = made.iter().find(|object| is_made_of(object, target, terms.form)) else {
            continue;
        };
        let window = horizon(terms.horizon, target);
        let cache = caches.entry(target.zone.name()).or_insert_with(|| Cache::new(window));
        let subject = Subject::new(object, terms.versions, cache);
        // A schedule that KEDA does not run would be a floor that nobody holds.
        if subject.inactive.is_empty() {
            floors.insert(at, subject.floor().clone());
        }
    }
    floors
}

/// The floors of the plan, by target.
pub(super) fn planned(plan: &Plan, targets: &[Target<'_>]) -> BTreeMap<usize, Floor> {
    let mut floors = BTreeMap::new();
    for (number, target) in targets.iter().enumerate() {
        let planned = plan.profile.targets.iter().position(|planned| match &planned.kept {
            Some(_) => plan.profile.workload(planned).name == target.placed.workload.0,
            None => planned.name.as_str() == target.scaled.found.target(),
        });
        if let Some(at) = planned {
            let floor = plan.schedules[at].floors.map(|step| step.floor);
            floors.insert(number, floor.on(|local| target.zone.first_instant(local)));
        }
    }
    floors
}

/// The verdict on each target; one whose floor is not among `floors` is not held at all.
pub(super) fn prove(
    floors: &BTreeMap<usize, Floor>,
    targets: &[Target<'_>],
    window: Window<Date>,
) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    let none = StepFn::constant(Replicas(0));
    for (at, target) in targets.iter().enumerate() {
        let found = target.scaled.found;
        let proposal = floors.get(&at).unwrap_or(&none);
        let differences =
            grouped(target, differing(&target.scaled.truth.floor, proposal, horizon(window, target)));
        let truth = &target.scaled.truth;
        verdicts.push(Verdict {
            target: called(found, targets),
            place: found.place(),
            built: truth.built,
            refusal: truth.refusal.as_ref().map(said),
            differences,
            whole: None,
        });
    }
    verdicts
}

/// What it scales, after its namespace where that of another one is called so.
fn called(found: &Found<'_>, targets: &[Target<'_>]) -> String {
    let same = targets.iter().filter(|other| other.scaled.found.target() == found.target());
    match found.namespace().filter(|_| same.count() > 1) {
        Some(namespace) => format!("{namespace}/{}", found.target()),
        None => found.target().to_owned(),
    }
}

fn horizon(window: Window<Date>, target: &Target<'_>) -> Window<Instant> {
    Window::new(target.zone.start_of(window.from), target.zone.start_of(window.until))
}

fn differing(
    input: &StepFn<Instant, Replicas>,
    proposal: &StepFn<Instant, Replicas>,
    horizon: Window<Instant>,
) -> Vec<Stretch> {
    let both = input.zip(proposal, |input, proposal| (*input, *proposal));
    let inside = both.steps().iter().copied().filter(|(at, _)| *at > horizon.from && *at < horizon.until);
    let begins: Vec<(Instant, (Replicas, Replicas))> =
        std::iter::once((horizon.from, *both.at(horizon.from))).chain(inside).collect();
    let ends = begins[1..].iter().map(|(at, _)| *at).chain([horizon.until]);
    let stretches = begins.iter().zip(ends).filter(|((_, (input, proposal)), _)| input != proposal);
    stretches
        .map(|((from, (input, proposal)), until)| Stretch {
            window: Window::new(*from, until),
            input: *input,
            proposal: *proposal,
        })
        .collect()
}

/// Groups what has the same floors, cause, weekdays and clock times.
fn grouped(target: &Target<'_>, stretches: Vec<Stretch>) -> Vec<Difference> {
    let mut groups: Vec<Difference> = Vec::new();
    for stretch in stretches {
        let why = why(target, &stretch);
        let Window { from, until } = stretch.window;
        let local = Window::new(target.zone.local(from), target.zone.local(until));
        let alike = |group: &&mut Difference| {
            let first = group.stretches[0];
            (group.input, group.proposal) == (stretch.input, stretch.proposal)
                && group.why == why
                && (first.from.time_of_day(), first.until.time_of_day())
                    == (local.from.time_of_day(), local.until.time_of_day())
                && first.until.date().days_since(first.from.date())
                    == local.until.date().days_since(local.from.date())
        };
        let seconds = until.0 - from.0;
        match groups.iter_mut().find(alike) {
            Some(group) => {
                group.stretches.push(local);
                group.seconds += seconds;
            }
            None => groups.push(Difference {
                stretches: vec![local],
                seconds,
                input: stretch.input,
                proposal: stretch.proposal,
                why,
            }),
        }
    }
    groups
}

/// What is wrong with boundaries that a change of the clocks meets.
pub(super) const CLOCKS: [Rule; 3] = [Rule::CronDstGap, Rule::CronDstFold, Rule::CronNextPassed];

/// Faults that keep a floor where none is meant, the surest first.
const TOO_HIGH: [Rule; 8] = [
    Rule::CronStartNever,
    Rule::CronTie,
    Rule::CronBothDayFields,
    Rule::CronEveryMinute,
    Rule::CronMetricType,
    Rule::CronLongTail,
    Rule::CronEndsInARow,
    Rule::CronYearMissed,
];

/// Faults that lose a floor where one is meant.
const TOO_LOW: [Rule; 5] = [
    Rule::CronEndNever,
    Rule::CronLastMinute,
    Rule::CronLastDayLost,
    Rule::CronYearMissed,
    Rule::CronStartsInARow,
];

/// The fault of a trigger that explains a stretch.
fn why(target: &Target<'_>, stretch: &Stretch) -> Option<Why> {
    let high = stretch.input > stretch.proposal;
    if stretch.input == Replicas(0) {
        return Some(Why::ScaleToZero);
    }
    let idle = target.scaled.found.object.spec.idle_replica_count.as_ref();
    if !high && idle.is_some_and(|idle| u32::try_from(idle.value).is_ok_and(|idle| idle == stretch.input.0)) {
        return Some(Why::Idle);
    }
    by_clock_fault(target, stretch)
        .or_else(|| by_fault(target, stretch))
        .or_else(|| by_change(target, stretch))
}

/// Triggers that hold what is too high, or say what is too low.
fn suspects<'t>(target: &'t Target<'_>, stretch: &Stretch) -> Vec<&'t Active> {
    let truth = &target.scaled.truth;
    let says = |active: &Active| {
        let local = active.clocks.0.local(stretch.window.from);
        let reading = truth.readings.get(&active.index);
        reading.is_some_and(|reading| reading.windows.iter().any(|window| window.contains(local)))
    };
    let is_suspect = |active: &&Active| {
        if stretch.input > stretch.proposal {
            *active.walk.active.at(stretch.window.from)
                && Replicas(active.trigger.floor()).min(target.scaled.max) == stretch.input
        } else {
            says(active) && active.trigger.floor() > stretch.input.0
        }
    };
    truth.active.iter().filter(is_suspect).collect()
}

/// Triggers that ask for the higher of both floors: near a change of the clocks, what they say is moved out of its way.
fn asking<'t>(target: &'t Target<'_>, stretch: &Stretch) -> Vec<&'t Active> {
    let higher = stretch.input.max(stretch.proposal);
    let asks = |active: &&Active| {
        Replicas(active.trigger.floor()).max(target.scaled.min).min(target.scaled.max) == higher
    };
    target.scaled.truth.active.iter().filter(asks).collect()
}

/// The change of the clocks of one of these triggers, or of the target, within a day of the beginning or the end of a stretch.
fn change<'t>(
    target: &'t Target<'_>,
    triggers: &[&'t Active],
    stretch: &Stretch,
) -> Option<(&'t Zone, Change)> {
    const A_DAY: i64 = 86_400;
    let zones = triggers.iter().map(|active| active.clocks.0.zone()).chain([&target.zone]);
    let mut near = zones.flat_map(|zone| {
        [stretch.window.from, stretch.window.until].map(|at| {
            let day = Window::new(Instant(at.0 - A_DAY), Instant(at.0 + A_DAY));
            Some((zone, Offsets::new(zone, day).changes().next()?))
        })
    });
    near.find_map(|found| found)
}

/// A boundary that this very change skips or shows twice.
fn by_clock_fault(target: &Target<'_>, stretch: &Stretch) -> Option<Why> {
    let asking = asking(target, stretch);
    let (_, change) = change(target, &asking, stretch)?;
    let order: &[Rule] =
        if change.is_gap() { &[Rule::CronDstGap] } else { &[Rule::CronDstFold, Rule::CronNextPassed] };
    fault(target, &asking, order)
}

fn by_fault(target: &Target<'_>, stretch: &Stretch) -> Option<Why> {
    let order: &[Rule] = if stretch.input > stretch.proposal { &TOO_HIGH } else { &TOO_LOW };
    fault(target, &suspects(target, stretch), order)
}

/// Where audit finds no fault in a trigger: the change alone makes the difference.
fn by_change(target: &Target<'_>, stretch: &Stretch) -> Option<Why> {
    const TWO_DAYS: i64 = 2 * 86_400;
    let is_short = stretch.window.until.0 - stretch.window.from.0 <= TWO_DAYS;
    let asking = asking(target, stretch);
    let (zone, change) = change(target, &asking, stretch).filter(|_| is_short)?;
    let found = target.scaled.found;
    let asks = asking.first()?;
    let index = asks.index;
    let hour = change.stretch().from.time_of_day().hour();
    let pair = &asks.trigger.pair;
    Some(Why::Clocks {
        day: change.stretch().from.date(),
        zone: zone.name().to_owned(),
        is_gap: change.is_gap(),
        is_met: [&pair.start, &pair.end].iter().any(|side| side.hour.contains(hour)),
        trigger: found.trigger_said(index),
        place: found.about(Kind::NotKept, index, "end", "").place,
    })
}

/// The surest of some faults that one of the triggers has.
fn fault(target: &Target<'_>, suspects: &[&Active], order: &[Rule]) -> Option<Why> {
    let is_of =
        |finding: &&Finding| suspects.iter().any(|active| finding.place.trigger == Some(active.index));
    let own = target.scaled.truth.findings.iter().filter(is_of);
    let ranked =
        own.filter_map(|finding| Some((order.iter().position(|rule| *rule == finding.rule)?, finding)));
    let (_, finding) = ranked.min_by_key(|(rank, _)| *rank)?;
    let object = target.scaled.found;
    Some(Why::Fault {
        rule: finding.rule,
        effect: finding.effect.clone(),
        trigger: finding.place.trigger.map_or_else(String::new, |index| object.trigger_said(index)),
        place: object.at(finding.place.mark),
    })
}

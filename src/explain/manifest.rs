//! What carries a floor out: the triggers of a made manifest, read back from its bytes, as KEDA would run them at one instant.

use crate::artifact::Artifact;
use crate::keda::floor::Active;
use crate::keda::scaledobject::ScaledObject;
use crate::keda::{decode, measure};
use crate::plan::Plan;
use crate::profile::Target;
use crate::quantity::Replicas;
use crate::rules::halt::Halt;
use crate::rules::subject::{Cache, Subject, Versions};
use crate::rules::{admission, lint};
use crate::source::Span;
use crate::time::{Instant, Window};
use crate::yaml::{Document, Mark};

/// Where something is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// In a line of the made file.
    Made(usize),
    /// In the file of the object's owner, to which ours is added elsewhere.
    Owners(Span),
}

/// A target's ScaledObject at one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The made file: that of the object, or of what is added to it.
    pub path: String,
    /// The line of the object's name, or that from which on something is added to it.
    pub line: usize,
    /// `minReplicaCount`.
    pub min_at: Spot,
    /// What the model of KEDA makes of all its cron triggers and limits.
    pub floor: Replicas,
    /// Since when that is asked for and when it is there, while the HPA is on its way up to it.
    pub climb: Option<Climb>,
    /// Why none of that is in force.
    pub halt: Option<Halt>,
    /// Cron triggers that are active, the highest first.
    pub active: Vec<CronTrigger>,
    /// How many cron triggers it has in all.
    pub cron_triggers: usize,
    /// Triggers of other types: they can only add.
    pub others: Vec<OtherTrigger>,
    /// Seconds that the load must have stayed low before replicas leave; the HPA's default where none is set.
    pub scale_down_window: u32,
}

/// A floor that the HPA has not reached yet, for its policies let it add only so many replicas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Climb {
    /// Since when it is asked for.
    pub since: Instant,
    /// When it is there; absent: not before it ends.
    pub reached: Option<Instant>,
}

/// A cron trigger that is active.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CronTrigger {
    /// Its place in `spec.triggers`, from 0: the HPA's metric begins with `s` and this number.
    pub index: usize,
    /// Its name.
    pub name: String,
    /// Its line.
    pub line: usize,
    /// Cron expression of the start.
    pub start: String,
    /// Cron expression of the end.
    pub end: String,
    /// Its zone as written.
    pub timezone: String,
    /// What it asks for.
    pub floor: Replicas,
    /// Whether it asks for what holds.
    pub decides: bool,
    /// Since when it has been active; absent where that was before the stretch that was looked at.
    pub since: Option<Instant>,
    /// When it ends; absent where that lies beyond.
    pub until: Option<Instant>,
}

/// A trigger that is not cron.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherTrigger {
    /// Its place in `spec.triggers`.
    pub index: usize,
    /// Its name, or its type where it has none.
    pub name: String,
    /// `prometheus`
    pub kind: String,
    /// Where it begins.
    pub at: Spot,
    /// `AverageValue` or `Value`
    pub metric_type: String,
    /// As written.
    pub threshold: Option<String>,
    /// Of a latency guard: the latency above which it asks for more than the load needs.
    pub above: Option<String>,
}

/// The ScaledObject of `target` in `artifact` at `at`; none where there is none, or none that can be read.
pub(super) fn read(
    plan: &Plan,
    artifact: &Artifact,
    target: &Target,
    at: Instant,
    stretch: Window<Instant>,
) -> Option<Manifest> {
    let documents = decode::read(&artifact.text);
    let mut named = documents.iter().filter_map(|document| {
        let object = document.content.as_ref().ok()?;
        let own = target.namespace(&plan.profile.platform).as_str();
        let is_there = object.metadata.namespace.as_ref().is_none_or(|namespace| namespace.value == own);
        (is_there && object.metadata.name.value == target.name.as_str()).then_some((document, object))
    });
    let (document, object) = named.next()?;
    let platform = &plan.profile.platform;
    let versions = Versions {
        keda: platform.keda.value,
        keda_patch: platform.keda_patch,
        kubernetes: platform.kubernetes.value,
    };
    let subject = Subject::new(object, versions, &mut Cache::new(stretch));
    let made = |mark: Mark| Spot::Made(document.at(mark).line);
    let down = object.spec.behavior().and_then(|behavior| behavior.scale_down.as_ref());
    let window = down.and_then(|rules| rules.value.stabilization_window_seconds).unwrap_or(300);
    Some(Manifest {
        path: artifact.path.clone(),
        line: document.at(object.metadata.name.mark).line,
        min_at: made(
            object.spec.min_replica_count.as_ref().map_or(object.metadata.name.mark, |min| min.mark),
        ),
        floor: *subject.floor().at(at),
        climb: climb(&subject, at),
        halt: Halt::of(object, &[admission::admit(&subject), lint::faults(&subject)].concat(), versions.keda),
        active: active(document, object, &subject, at),
        cron_triggers: subject.active.len() + subject.inactive.len(),
        others: others(document, &subject),
        scale_down_window: u32::try_from(window).unwrap_or(0),
    })
}

/// Seconds within which a floor is there for whoever reads minutes.
const AT_ONCE: i64 = 60;

fn climb(subject: &Subject<'_>, at: Instant) -> Option<Climb> {
    let stretch = lint::course(subject).into_iter().find(|stretch| stretch.window.contains(at))?;
    let arrival = stretch.arrival;
    let takes = if arrival.is_at_rest { arrival.after } else { i64::MAX };
    let is_up = stretch.floor > stretch.before && takes >= AT_ONCE && at.0 - stretch.window.from.0 < takes;
    is_up.then(|| Climb {
        since: stretch.window.from,
        reached: arrival.is_at_rest.then(|| Instant(stretch.window.from.0 + (takes + 59) / 60 * 60)),
    })
}

fn active(
    document: &Document<ScaledObject>,
    object: &ScaledObject,
    subject: &Subject<'_>,
    at: Instant,
) -> Vec<CronTrigger> {
    let floor = *subject.floor().at(at);
    let on = subject.active.iter().filter(|active| *active.walk.active.at(at));
    let mut triggers: Vec<CronTrigger> = on.map(|active| cron(document, object, active, at)).collect();
    triggers.sort_by_key(|trigger| (std::cmp::Reverse(trigger.floor), trigger.index));
    let highest = triggers.first().map(|trigger| trigger.floor);
    for trigger in &mut triggers {
        // The highest decides, unless it asks for less than runs anyway; what is above the maximum is cut to it.
        trigger.decides = Some(trigger.floor) == highest && trigger.floor >= floor;
    }
    triggers
}

fn cron(
    document: &Document<ScaledObject>,
    object: &ScaledObject,
    active: &Active,
    at: Instant,
) -> CronTrigger {
    let trigger = &object.spec.triggers.value[active.index];
    let steps = active.walk.active.steps();
    let after = steps.partition_point(|(from, _)| *from <= at);
    CronTrigger {
        index: active.index,
        name: trigger.label().to_owned(),
        line: document.at(trigger.kind.mark).line,
        start: active.trigger.texts.0.clone(),
        end: active.trigger.texts.1.clone(),
        timezone: trigger.setting("timezone").unwrap_or_default().to_owned(),
        floor: Replicas(active.trigger.floor()),
        decides: false,
        since: after.checked_sub(1).map(|last| steps[last].0),
        until: steps.get(after).map(|(until, _)| *until),
    }
}

fn others(document: &Document<ScaledObject>, subject: &Subject<'_>) -> Vec<OtherTrigger> {
    let others = subject.triggers().filter(|(_, trigger)| trigger.kind.value != "cron");
    let other = others.map(|(index, trigger)| OtherTrigger {
        index,
        name: trigger.label().to_owned(),
        kind: trigger.kind.value.clone(),
        at: Spot::Made(document.at(trigger.kind.mark).line),
        metric_type: trigger.metric_type.as_ref().map_or("AverageValue", |kind| &kind.value).to_owned(),
        threshold: trigger.setting("threshold").map(str::to_owned),
        above: trigger.setting("query").and_then(above),
    });
    other.collect()
}

fn above(query: &str) -> Option<String> {
    Some(measure::guard(query)?.steps.first()?.above.to_string())
}

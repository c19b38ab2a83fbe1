//! Explaining: for one target and one moment, why the floor there is what it is, and which triggers of the made manifest
//! carry it out. `page` is the other half: what stands behind each finding.
//!
//! It reads what the stages have made and decides nothing anew; words for people are `report`'s. It must not know emission,
//! templates or files.

mod added;
mod claim;
mod manifest;
pub mod page;
mod scene;
mod target;
mod when;

pub use claim::{Claim, Verdict};
pub use manifest::{CronTrigger, Manifest, OtherTrigger, Spot};
pub use target::{Near, NoTarget, find};
pub use when::{Moment, Skipped, When};

use crate::artifact::Artifact;
use crate::plan::{Occasion, OccasionId, Part, Plan, Schedule, Step};
use crate::profile::TargetId;
use crate::quantity::Replicas;
use crate::time::{Instant, LocalTime, Window, Zone};
use scene::Scene;

/// Everything about one target at one moment.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// Of which target.
    pub target: TargetId,
    /// When.
    pub moment: Moment,
    /// What the plan says; absent outside its horizon.
    pub planned: Option<Planned>,
    /// What the manifest does; absent where it has no such object.
    pub manifest: Option<Manifest>,
}

impl Explanation {
    /// Whether the manifest does what the plan says; of what is not planned nothing can be said.
    pub fn agrees(&self) -> bool {
        let in_force = self.manifest.as_ref().filter(|manifest| manifest.halt.is_none());
        let emitted = in_force.map(|manifest| manifest.floor);
        self.planned.as_ref().is_none_or(|planned| emitted == Some(planned.floor))
    }
}

/// What the plan says.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The floor.
    pub floor: Replicas,
    /// What applies, the highest first, then what could have.
    pub claims: Vec<Claim>,
    /// What would be among them, if it were not switched off.
    pub off: Vec<Occasion>,
    /// How the floor came to be this high; absent where it has been so since the plan began.
    pub since: Option<Change>,
    /// When it is something else; absent where the plan ends before that.
    pub next: Option<Change>,
}

/// A change of the floor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// On the target's clocks.
    pub at: LocalTime,
    /// Until then.
    pub before: Level,
    /// From then on.
    pub after: Level,
}

/// A floor and what it is there for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// How high.
    pub floor: Replicas,
    /// All that ask for exactly this; empty where it is the minimum.
    pub by: Vec<(OccasionId, Part)>,
}

/// The files that were made of a plan.
#[derive(Clone, Copy, Debug)]
pub struct Made<'a> {
    /// All objects, as they come to be.
    pub manifest: &'a Artifact,
    /// What is added to objects of others, where that is all that is written of them.
    pub added: Option<&'a Artifact>,
}

/// Explains `target` at `moment` by what was made of `plan`.
pub fn explain(plan: &Plan, made: Made<'_>, target: TargetId, moment: Moment) -> Explanation {
    let about = &plan.profile.targets[target.0];
    let inside = plan.local_horizon().contains(moment.local);
    let stretch = stretch(plan, &about.zone, moment.at, inside);
    let planned = inside.then(|| {
        let schedule = plan.schedule(target);
        let scene = Scene { plan, target: about, schedule, at: moment.at };
        let (since, next) = changes(plan, (schedule, &about.zone), moment.at);
        Planned {
            floor: schedule.held.at(moment.at).floor,
            claims: scene::claims(&scene),
            off: scene::switched_off(&scene),
            since,
            next,
        }
    });
    let manifest = manifest::read(plan, made.manifest, about, moment.at, stretch);
    let manifest = match made.added.filter(|_| !plan.profile.writes_whole(about)) {
        Some(added) => manifest.map(|manifest| added::moved(plan, about, added, manifest)),
        None => manifest,
    };
    Explanation { target, moment, planned, manifest }
}

/// Over what stretch the manifest is run: the horizon, or a year around a moment outside.
fn stretch(plan: &Plan, zone: &Zone, at: Instant, inside: bool) -> Window<Instant> {
    const YEAR: i64 = 366 * 86_400;
    if inside {
        Window::new(zone.start_of(plan.horizon.from), zone.start_of(plan.horizon.until))
    } else {
        Window::new(Instant(at.0 - YEAR), Instant(at.0 + YEAR))
    }
}

/// The last change of the floor up to `at` and the first after it.
fn changes(
    plan: &Plan,
    (schedule, zone): (&Schedule, &Zone),
    at: Instant,
) -> (Option<Change>, Option<Change>) {
    let begins = zone.start_of(plan.horizon.from);
    let (mut since, mut before) = (None, schedule.held.first());
    for (from, step) in schedule.held.steps() {
        if step.floor != before.floor {
            let change = Change {
                at: zone.local(*from),
                before: level(plan, schedule, before),
                after: level(plan, schedule, step),
            };
            if *from > at {
                return (since, Some(change));
            }
            // At the plan's first minute nothing was before it.
            since = (*from > begins).then_some(change);
        }
        before = step;
    }
    (since, None)
}

fn level(plan: &Plan, schedule: &Schedule, step: &Step) -> Level {
    let layers = schedule.applying(step).iter().map(|id| schedule.layer(*id));
    let deciding = layers.filter(|layer| layer.floor == step.floor).map(|layer| plan.origin(layer.origin));
    let mut by: Vec<_> = deciding.map(|origin| (origin.occasion, origin.part)).collect();
    // One that comes on several clocks is one.
    by.dedup();
    Level { floor: step.floor, by }
}

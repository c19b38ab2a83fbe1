//! The plan: for every target a total step function of floors over the horizon, in local time, each step naming all its
//! origins. Everything that is emitted, verified or explained is read off this value.
//!
//! It must not know cron, YAML or templates.

mod build;
mod diags;
mod floor;
mod load;
mod meaning;
mod reach;
mod sweep;

pub use build::build;
pub use load::{Multiple, base_load, multiples};
pub use reach::{ScaleUp, Surge};

use std::borrow::Cow;

use crate::name::KubeName;
pub use crate::policy::{FloorShare, LeadInSize, TargetLimit};
use crate::profile::{Profile, Target, TargetId};
use crate::quantity::{Rate, Ratio, Replicas};
pub use crate::resolve::{
    Holiday, LeftOut, Occasion, OccasionId, OccasionKind, Origin, Part, SwitchedOff, Whose, Written,
};
use crate::source::{Located, Span};
use crate::step::StepFn;
pub use crate::time::Hours;
use crate::time::{Date, Instant, LocalTime, Window};

/// A compiled year.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What tells its series and alerts from those of other plans in one Prometheus.
    pub name: KubeName,
    /// What people call it, where they have said it.
    pub title: Option<String>,
    /// The days for which the plan is right: `[from, until)`, in every zone's own dates.
    pub horizon: Window<Date>,
    /// The policy's bytes that begin it.
    pub begin_span: Span,
    /// The policy's bytes that end it.
    pub horizon_span: Span,
    /// Where and how much.
    pub profile: Profile,
    /// Seasons first, then campaigns; each by first date, then name. Independent of the order in the policy.
    pub occasions: Vec<Occasion>,
    /// Parts of occasions in territories.
    pub origins: Vec<Origin>,
    /// Seasons and campaigns of the policy that are not planned, seasons first, in file order.
    pub switched_off: Vec<SwitchedOff>,
    /// One per target of the profile, in the same order.
    pub schedules: Vec<Schedule>,
}

impl Plan {
    /// The part of the plan whose ScaledObjects are ours: what is measured by series of our own services, and deployed by
    /// our own files.
    pub fn owned(&self) -> Cow<'_, Self> {
        if self.profile.targets.iter().all(|target| target.kept.is_none()) {
            return Cow::Borrowed(self);
        }
        let mut plan = self.clone();
        let both = plan.profile.targets.into_iter().zip(plan.schedules);
        let owned = both.filter(|(target, _)| target.kept.is_none()).enumerate();
        let renumbered =
            owned.map(|(at, (target, schedule))| (target, Schedule { target: TargetId(at), ..schedule }));
        (plan.profile.targets, plan.schedules) = renumbered.unzip();
        Cow::Owned(plan)
    }

    /// Name of the object that holds the rules in the cluster.
    pub fn rules_name(&self) -> String {
        let platform = &self.profile.platform;
        // A team's plans in one namespace are told apart by their own names.
        let team = platform.team.as_ref().filter(|_| self.name == platform.namespace);
        format!("{}-seasonscale-rules", team.map_or(self.name.as_str(), |team| team.as_str()))
    }

    /// Name of the object that finds the services' pods.
    pub fn pods_name(&self) -> String {
        format!("{}-seasonscale-pods", self.name)
    }

    /// The schedule of a target.
    pub fn schedule(&self, target: TargetId) -> &Schedule {
        &self.schedules[target.0]
    }

    /// The origin behind an id.
    pub fn origin(&self, id: OriginId) -> &Origin {
        &self.origins[id.0]
    }

    /// The occasion of an origin.
    pub fn occasion(&self, origin: &Origin) -> &Occasion {
        &self.occasions[origin.occasion.0]
    }

    /// Whether an origin is on another clock than its place: its territory, or the platform.
    pub fn is_elsewhere(&self, origin: &Origin) -> bool {
        let territory = origin.territory.map(|id| &self.profile.territories[id.0].zone);
        origin.whose != Whose::Own && origin.zone != *territory.unwrap_or(&self.profile.platform.zone)
    }

    /// The targets with a floor on a clock that nobody has said, so that UTC holds.
    pub fn on_assumed_clock(&self) -> impl Iterator<Item = &Target> {
        let schedules = self
            .schedules
            .iter()
            .filter(|schedule| schedule.layers.iter().any(|layer| self.origin(layer.origin).is_assumed));
        schedules.map(|schedule| &self.profile.targets[schedule.target.0])
    }

    /// The horizon on a local clock.
    pub fn local_horizon(&self) -> Window<LocalTime> {
        Window::new(self.horizon.from.start(), self.horizon.until.start())
    }
}

/// Index into [`Plan::origins`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OriginId(pub usize);

/// A floor that an origin asks for at one target.
#[derive(Clone, Debug)]
pub struct Layer {
    /// For what.
    pub origin: OriginId,
    /// How many replicas.
    pub floor: Replicas,
    /// How the floor comes about.
    pub basis: Basis,
}

/// How a floor comes about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Basis {
    /// It is written.
    Written(Span),
    /// It is a part of a limit of the target.
    Share {
        /// How much of which.
        share: FloorShare,
        /// Where it is written.
        span: Span,
    },
    /// It follows from the expected load: ceil(base x load x (1 + headroom) / what a replica carries).
    Load {
        /// The multiple.
        load: Located<f64>,
        /// The load at no season.
        base: Located<Rate>,
        /// What is added.
        headroom: Ratio,
        /// What a replica carries.
        per_replica: Rate,
    },
    /// It is the lead-in's part of the season's floor, or a multiple of the minimum.
    LeadIn {
        /// How high.
        size: LeadInSize,
        /// The lead-in.
        span: Span,
        /// The season's own floor here.
        season: Replicas,
    },
}

impl Basis {
    /// The policy's bytes that say so.
    pub fn span(self) -> Span {
        match self {
            Self::Written(span) | Self::Share { span, .. } | Self::LeadIn { span, .. } => span,
            Self::Load { load, .. } => load.span,
        }
    }
}

/// Index into [`Schedule::layers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LayerId(pub usize);

/// The floors of one target over the horizon.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// Of which target.
    pub target: TargetId,
    /// Everything that asks for a floor here, in the order of occasions and parts.
    pub layers: Vec<Layer>,
    /// The floor at every local time, as people read it; the target's minimum where nothing asks for more. Where the clock
    /// shows a time twice, the higher floor of both.
    pub floors: StepFn<LocalTime, Step>,
    /// The floor at every instant: what is proven and counted.
    pub held: StepFn<Instant, Step>,
    /// How fast the workload may grow, so that every floor is reached.
    pub scale_up: ScaleUp,
    /// What becomes of the extra pods of a rollout.
    pub surge: Surge,
    /// Sets of layers that apply together, the highest floor first; [`Step::applying`] points here.
    pub(crate) sets: Vec<Vec<LayerId>>,
}

/// The floor from one moment on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Replicas that must run.
    pub floor: Replicas,
    /// Index into the schedule's sets.
    pub(crate) applying: usize,
}

impl Schedule {
    /// All layers that apply in `step`, the one that decides first; empty where only the minimum holds.
    pub fn applying(&self, step: &Step) -> &[LayerId] {
        &self.sets[step.applying]
    }

    /// The layer behind an id.
    pub fn layer(&self, id: LayerId) -> &Layer {
        &self.layers[id.0]
    }

    /// The floors that come on the clock of `origin` alone, on that clock; the minimum where none does.
    pub fn on_clock(&self, plan: &Plan, origin: &Origin) -> StepFn<LocalTime, Replicas> {
        let layers = self.layers.iter().filter(|layer| plan.origin(layer.origin).zone == origin.zone);
        let layers: Vec<Layer> = layers.cloned().collect();
        let min = plan.profile.targets[self.target.0].min.value;
        let (floors, _) = sweep::sweep(min, &layers, &plan.origins, (&origin.zone, origin.planned));
        floors.map(|step| step.floor)
    }

    /// The highest floor of the horizon.
    pub fn peak(&self) -> Replicas {
        let steps = self.floors.steps().iter().map(|(_, step)| step.floor);
        steps.fold(self.floors.first().floor, Replicas::max)
    }
}

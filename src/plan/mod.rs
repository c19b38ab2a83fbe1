//! The plan: for every target a total step function of floors over the horizon, in local time, each step naming all its
//! origins. Everything that is emitted, verified or explained is read off this value.
//!
//! It must not know cron, YAML or templates.

mod build;
mod diags;
mod floor;
mod reach;
mod sweep;

pub use build::build;
pub use reach::ScaleUp;

use crate::name::Slug;
use crate::profile::{Profile, TargetId, TerritoryId};
use crate::quantity::Replicas;
use crate::source::Span;
use crate::step::StepFn;
pub use crate::time::Hours;
use crate::time::{Date, LocalTime, Window};

/// A compiled year.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The days for which the plan is right: `[from, until)`, in every zone's own dates.
    pub horizon: Window<Date>,
    /// The policy's bytes that end it.
    pub horizon_span: Span,
    /// Where and how much.
    pub profile: Profile,
    /// Seasons first, then campaigns; each by first date, then name. Independent of the order in the policy.
    pub occasions: Vec<Occasion>,
    /// Parts of occasions in territories.
    pub origins: Vec<Origin>,
    /// One per target of the profile, in the same order.
    pub schedules: Vec<Schedule>,
}

impl Plan {
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

    /// The horizon on a local clock.
    pub fn local_horizon(&self) -> Window<LocalTime> {
        Window::new(self.horizon.from.start(), self.horizon.until.start())
    }
}

/// Index into [`Plan::occasions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OccasionId(pub usize);

/// Index into [`Plan::origins`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OriginId(pub usize);

/// A season or a campaign: a reason for more replicas.
#[derive(Clone, Debug)]
pub struct Occasion {
    /// Which of the two.
    pub kind: OccasionKind,
    /// `oktoberfest`
    pub name: Slug,
    /// `Oktoberfest`
    pub title: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Where it was asked for.
    pub ticket: Option<String>,
    /// What the business says about it: focus, expectations.
    pub note: Option<String>,
    /// Its table in the policy.
    pub span: Span,
}

/// Season or campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OccasionKind {
    /// Comes back every year by its rule.
    Season,
    /// A SalesOps burst: once, to the minute.
    Campaign,
}

/// A part of an occasion in one territory: the thing that a step of a schedule is there for.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Of which season or campaign.
    pub occasion: OccasionId,
    /// The season itself or one of its lead-ins.
    pub part: Part,
    /// Absent: the platform, for targets without a territory.
    pub territory: Option<TerritoryId>,
    /// Expected load as a multiple of the base load.
    pub load: Option<f64>,
    /// The dates, half-open, as the rules give them; cut to the horizon.
    pub dates: Vec<Window<Date>>,
    /// Daily hours, or the exact window of a campaign.
    pub hours: Hours,
    /// Which days of `dates` are taken, in words of the policy: `mon-sun`, `workdays`, `sat,sun`.
    pub days_rule: String,
    /// Local dates on which a daily window begins that reaches into the horizon; empty for a campaign.
    pub days: Vec<Date>,
    /// Whether any of its dates moves from year to year, or belongs to one year only.
    pub moves: bool,
    /// The policy's bytes that set the window.
    pub span: Span,
}

impl Origin {
    /// The local windows in order, cut to `horizon`; consecutive whole days come as one window each day.
    pub fn windows(&self, horizon: Window<LocalTime>) -> impl Iterator<Item = Window<LocalTime>> {
        let exact = match self.hours {
            Hours::Exact(window) => Some(window),
            Hours::AllDay | Hours::Daily { .. } => None,
        };
        let daily = self.days.iter().map(|day| self.hours.on(*day));
        exact.into_iter().chain(daily).filter_map(move |window| window.intersection(horizon))
    }
}

/// Which part of an occasion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The whole of it.
    Main,
    /// The lead-in with this number, from 1, the longest first.
    LeadIn(u32),
}

/// A floor that an origin asks for at one target.
#[derive(Clone, Debug)]
pub struct Layer {
    /// For what.
    pub origin: OriginId,
    /// How many replicas.
    pub floor: Replicas,
    /// The policy's bytes that say so.
    pub span: Span,
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
    /// The floor at every local time; the target's minimum where nothing asks for more.
    pub floors: StepFn<LocalTime, Step>,
    /// How fast the workload may grow, so that every floor is reached.
    pub scale_up: ScaleUp,
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

    /// The highest floor of the horizon.
    pub fn peak(&self) -> Replicas {
        let steps = self.floors.steps().iter().map(|(_, step)| step.floor);
        steps.fold(self.floors.first().floor, Replicas::max)
    }
}

//! Anybody's manifests under KEDA's semantics: the text of a file becomes, object by object, what its cron triggers ask
//! for over a stretch of time, and findings. It must not know our plan, policy or templates, nor how a report looks.
//!
//! A few files at a time: what is kept from some to the next is only whose workload each object claims.

mod calendar;
mod document;
mod file;
mod part;
mod sibling;

use std::sync::Arc;

use crate::keda::limits::{DecidedBy, Held};
use crate::keda::scaledobject::Kind;
use crate::rules::claims::Claims;
use crate::rules::finding::Finding;
use crate::rules::halt::Halt;
use crate::rules::subject::{Cache, Versions};
use crate::step::StepFn;
use crate::time::{Instant, Window, Zone};
use crate::yaml::Mark;

pub use calendar::{Calendar, Days, Height, Level, Reading, Stretch, Week, calendar, on_clocks_of};

/// What the objects meet, and the stretch that is shown.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// Of KEDA and Kubernetes.
    pub versions: Versions,
    /// The stretch whose activity is shown.
    pub window: Window<Instant>,
}

impl Scope {
    /// The stretch over which triggers are walked: the same dates on the clocks of any zone, from UTC+14 to UTC-12.
    fn walked(self) -> Window<Instant> {
        Window::new(Instant(self.window.from.0 - 14 * 3600), Instant(self.window.until.0 + 12 * 3600))
    }

    /// What is worked out once for objects that are looked at one after the other.
    fn cache(self) -> Cache {
        Cache::over_years(self.window, self.walked(), self.years())
    }

    /// The years over which schedules are judged: six at least, as far as KEDA looks for a firing, a leap day and every
    /// date of a clock change among them.
    fn years(self) -> Window<Instant> {
        const SIX_YEARS: i64 = (6 * 365 + 1) * 86_400;
        let Window { from, until } = self.walked();
        Window::new(from, Instant(until.0.max(from.0 + SIX_YEARS)))
    }
}

/// An audit of files, one after the other.
pub struct Audit {
    scope: Scope,
    claims: Claims,
}

impl Audit {
    /// With nothing seen yet.
    pub fn new(scope: Scope) -> Self {
        Self { scope, claims: Claims::default() }
    }

    /// What one file holds; `name` is how findings call it.
    pub fn file(&mut self, name: &str, bytes: &[u8]) -> File {
        self.files(&[(name, bytes)]).remove(0)
    }

    /// What some files hold, each a name and its bytes, read on all cores; in their order.
    pub fn files(&mut self, files: &[(&str, &[u8])]) -> Vec<File> {
        file::read(self.scope, &mut self.claims, files)
    }
}

/// One file.
#[derive(Clone, Debug)]
pub struct File {
    /// As it was given.
    pub name: String,
    /// Objects with triggers, in order.
    pub objects: Vec<Object>,
    /// The worst first ([`Finding::worst_first`]).
    pub findings: Vec<Finding>,
    /// Kinds of other documents, in order, each with how often it occurs.
    pub others: Vec<(String, usize)>,
}

/// A ScaledObject or ScaledJob.
#[derive(Clone, Debug)]
pub struct Object {
    /// `ScaledObject shop/query`
    pub title: String,
    /// Which of the two.
    pub kind: Kind,
    /// Its namespace, where the manifest says one.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// Where its name is.
    pub mark: Mark,
    /// Where its document begins, or its item of a `List`.
    pub begins: Mark,
    /// Why nothing of it is in force.
    pub halt: Option<Halt>,
    /// What a ScaledObject scales, and how far.
    pub scales: Option<Scales>,
    /// In order.
    pub triggers: Vec<Trigger>,
}

/// The workload of a ScaledObject and the floor that it gets.
#[derive(Clone, Debug)]
pub struct Scales {
    /// `Deployment query`
    pub target: String,
    /// `minReplicaCount`
    pub min: i32,
    /// `maxReplicaCount`
    pub max: i32,
    /// What KEDA holds, from the beginning of the stretch on; none where it is refused, with a formula that has no value.
    pub held: Option<StepFn<Instant, Held>>,
}

impl Scales {
    /// Floors and ceilings as they are shown.
    pub fn heights(&self, held: &StepFn<Instant, Held>) -> StepFn<Instant, Height> {
        held.map(|held| Height { floor: held.floor, ceiling: held.below(self.max) })
    }
}

/// Whether a formula decides, at some instant at least, what runs above the floor.
pub fn has_formula(held: &StepFn<Instant, Held>) -> bool {
    held.first().by != DecidedBy::Triggers
}

/// A trigger.
#[derive(Clone, Debug)]
pub struct Trigger {
    /// From 0.
    pub index: usize,
    /// `cron`, `prometheus`
    pub kind: String,
    /// Where it has one.
    pub name: Option<String>,
    /// Where it begins.
    pub mark: Mark,
    /// Of a cron trigger that KEDA can run.
    pub cron: Option<Cron>,
}

/// A cron trigger and when it is active.
#[derive(Clone, Debug)]
pub struct Cron {
    /// The schedules as they are written.
    pub texts: (String, String),
    /// Of both, unless a prefix overrides it.
    pub zone: Zone,
    /// What it asks for while active.
    pub desired: i64,
    /// From the beginning of the stretch on.
    pub active: Arc<StepFn<Instant, bool>>,
}

//! One target's year in four ways: as it is emitted, at its highest floor always, at its maximum always, and with the plain HPA,
//! which knows no calendar.

use std::borrow::Cow;
use std::sync::Arc;

use super::deployment::{Delays, Nodes};
use super::hpa::kubernetes::Kubernetes;
use super::hpa::latest::Latest;
use super::hpa::recommendation::Recommendations;
use super::hpa::scale::{Pods, Scale};
use super::manifest::{Machine, without_calendar};
use super::moment::{Moment, Span};
use super::run::{Surroundings, Target, Tick};
use super::world::crowd::{Crowd, Patience};
use super::world::demand::{Demands, Slice};
use super::world::latency::ServiceRate;
use super::world::noise::Noise;
use super::world::site::{Outage, Site};
use super::world::tally::Tallies;

use crate::parallel;
use crate::quantity::{Millis, Rate, Replicas};
use crate::step::StepFn;
use crate::time::{Instant, Offsets, Window};

/// The place of what has no territory.
pub const EVERYWHERE: &str = "all";

/// One target with all that surrounds it.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The workload that is scaled.
    pub name: String,
    /// Its territory, or [`EVERYWHERE`].
    pub place: String,
    /// What it does.
    pub workload: String,
    /// Its ScaledObject.
    pub machine: Machine,
    /// What is asked of it.
    pub demands: Demands,
    /// By how much each minute differs from that by chance; made for a run, and forgotten after it.
    pub noise: Option<Noise>,
    /// How fast one replica serves.
    pub service: ServiceRate,
    /// Its gate on p95.
    pub gate: Millis,
    /// How long what comes waits at most.
    pub patience: Patience,
    /// Requests per second under which a p95 says nothing.
    pub least: Rate,
    /// From a pod's start to its readiness.
    pub start_up: Span,
    /// How nodes come; absent: there is always room.
    pub nodes: Option<Nodes>,
    /// The stretch that is looked at.
    pub window: Window<Instant>,
    /// What fails on the way.
    pub outages: Vec<Outage>,
    /// The clock of its people.
    pub clock: Arc<Offsets>,
}

/// A way to run a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// As its manifest says.
    Plan,
    /// The highest floor of the year, always.
    PeakFloor,
    /// The maximum, always.
    Maximum,
    /// Its HPA without cron triggers.
    PlainHpa,
}

impl Way {
    /// All, in the order of the answer.
    pub const ALL: [Self; 4] = [Self::Plan, Self::PeakFloor, Self::Maximum, Self::PlainHpa];

    /// As programs call it.
    pub fn id(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::PeakFloor => "peak-floor",
            Self::Maximum => "maximum",
            Self::PlainHpa => "plain-hpa",
        }
    }
}

/// What one target comes to, each way.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// In the order of [`Way::ALL`].
    pub ways: [Tallies; 4],
}

impl Outcome {
    /// One way.
    pub fn of(&self, way: Way) -> &Tallies {
        &self.ways[way as usize]
    }
}

impl Subject {
    /// The same with its noise in its demand.
    pub fn heard(&self) -> Cow<'_, Self> {
        let Some(noise) = self.noise else { return Cow::Borrowed(self) };
        let demands = noise.over(&self.demands, self.window);
        Cow::Owned(Self { demands, noise: None, ..self.clone() })
    }

    /// The highest floor of the stretch.
    pub fn peak_floor(&self) -> Replicas {
        let steps = self.machine.floor.pieces(self.window.from..self.window.until);
        steps.map(|(_, _, floor)| *floor).max().unwrap_or_default()
    }

    /// Whether a season brings it any load.
    pub fn has(&self, slice: Slice) -> bool {
        self.demands.pieces(self.window).any(|(_, _, demand)| demand.slice == slice)
    }

    fn moments(&self) -> Window<Moment> {
        Window::new(Moment::at(self.window.from), Moment::at(self.window.until))
    }

    fn site<'s>(&'s self, machine: &'s Machine) -> Site<'s> {
        let crowd = Crowd::new(self.service, self.gate, self.least, self.patience);
        Site::new(
            (&machine.sources, machine.formula.as_deref()),
            &self.outages,
            (&self.demands, crowd),
            &self.machine.floor,
        )
    }

    /// Runs it one way.
    pub fn run(&self, kubernetes: Kubernetes, way: Way) -> Tallies {
        match way {
            Way::Plan => self.scaled(&self.machine, kubernetes, |_, _| {}),
            Way::PlainHpa => self.scaled(&without_calendar(&self.machine), kubernetes, |_, _| {}),
            Way::PeakFloor => self.still(self.peak_floor()),
            Way::Maximum => {
                self.still(Replicas(u32::try_from(self.machine.scaler.hpa.max).unwrap_or_default()))
            }
        }
    }

    /// The plan's count from moment to moment: a run of its own, for whoever asks for it.
    pub fn replicas(&self, kubernetes: Kubernetes) -> StepFn<Instant, Replicas> {
        let mut replicas: Option<StepFn<Instant, Replicas>> = None;
        let heard = self.heard();
        heard.scaled(&heard.machine, kubernetes, |_, tick| {
            let count = Replicas(u32::try_from(tick.pass.replicas).unwrap_or(0));
            match &mut replicas {
                None => replicas = Some(StepFn::constant(count)),
                Some(replicas) => replicas.push(tick.now.second(), count),
            }
        });
        replicas.unwrap_or_else(|| StepFn::constant(Replicas(0)))
    }

    /// Runs a manifest; `seen` is told of every pass that was made.
    pub fn scaled(
        &self,
        machine: &Machine,
        kubernetes: Kubernetes,
        seen: impl FnMut(&Target<'_, Latest>, &Tick),
    ) -> Tallies {
        self.follow(machine, kubernetes, self.window.until, seen).tallies().clone()
    }

    /// The same up to `until`.
    pub fn follow<'s>(
        &'s self,
        machine: &'s Machine,
        kubernetes: Kubernetes,
        until: Instant,
        mut seen: impl FnMut(&Target<'_, Latest>, &Tick),
    ) -> Site<'s> {
        let window = Window::new(Moment::at(self.window.from), Moment::at(until));
        let mut site = self.site(machine);
        let mut target = Target::<Latest>::new(&machine.scaler, kubernetes, window, self.begins(machine));
        target.run(&mut site, |target, tick| seen(target, tick));
        site
    }

    /// The same up to the end with every single pass, as the controller makes it: slow, and what the jumps are held against.
    pub fn every_pass<'s>(
        &'s self,
        machine: &'s Machine,
        kubernetes: Kubernetes,
        mut seen: impl FnMut(&Tick),
    ) -> Site<'s> {
        let mut site = self.site(machine);
        let mut target =
            Target::<Recommendations>::new(&machine.scaler, kubernetes, self.moments(), self.begins(machine));
        target.run_every_tick(&mut site, |_, tick| seen(tick));
        site
    }

    fn begins(&self, machine: &Machine) -> (i32, Delays) {
        let begins = machine.floor.at(self.window.from).0.max(1);
        let delays = Delays { follow: Span::seconds(1), start_up: self.start_up, nodes: self.nodes };
        (i32::try_from(begins).unwrap_or(i32::MAX), delays)
    }

    fn still(&self, replicas: Replicas) -> Tallies {
        let mut site = self.site(&self.machine);
        let replicas = i32::try_from(replicas.0).unwrap_or(i32::MAX);
        let scale = Scale { spec: replicas, status: replicas };
        site.elapse(self.moments(), scale, Pods { all: replicas, ready: replicas });
        site.tallies().clone()
    }
}

/// Runs all targets every way; `done` is told of each.
pub fn compare(subjects: &[Subject], kubernetes: Kubernetes, done: impl Fn() + Sync) -> Vec<Outcome> {
    parallel::each(subjects, |subject| {
        let heard = subject.heard();
        let ways = Way::ALL.map(|way| heard.run(kubernetes, way));
        done();
        Outcome { ways }
    })
}

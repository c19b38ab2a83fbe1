//! When a cron trigger is active: KEDA's predicate, at every second of a stretch of time.
//!
//! The rule is `cron_scaler.go` of KEDA 2.16 and later. Where both next firings lie after `t`, it says: active exactly if the
//! start never fires, or the end fires no later than the start. Around a fold they need not lie after `t`
//! (Pacific/Chatham), and near a change of the clocks they can change without a firing (Australia/Lord_Howe): so both
//! sides are asked again whenever their answer may change, never only when they fire.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cron::{Answer, Endless, Schedule, Search};
use super::pair::Pair;
use super::scaledobject::Trigger;
use super::trigger::{CronTrigger, Fault};
use crate::step::StepFn;
use crate::time::{Instant, Offsets, TimeOfDay, Window, Zone};

/// The offsets of both sides, tabled once.
struct Sides<'a> {
    pair: &'a Pair,
    start: Arc<Offsets>,
    end: Arc<Offsets>,
}

/// Whether a change skips or repeats midnight or comes to lie on it.
pub fn at_midnight(change: crate::time::Change) -> bool {
    let stretch = change.stretch();
    let midnight = stretch.until.date().at(TimeOfDay::MIDNIGHT);
    stretch.from <= midnight && midnight <= stretch.until || stretch.from.date() != stretch.until.date()
}

/// How activity is asked for, over and over: tables and walks are kept by the text they come from.
pub struct Activities {
    window: Window<Instant>,
    offsets: BTreeMap<String, Arc<Offsets>>,
    walks: BTreeMap<(String, String, String), Arc<Walk>>,
    triggers: BTreeMap<Vec<String>, Result<CronTrigger, Fault>>,
}

/// The activity of one trigger over a stretch, and what was seen on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walk {
    /// Active or not, from the beginning of the stretch on; shared by all triggers with these texts.
    pub active: Arc<StepFn<Instant, bool>>,
    /// Firings of either side in order.
    pub firings: Vec<Firing>,
    /// Stretches over which KEDA takes a passed firing for the next one.
    pub passed: Vec<Passed>,
}

/// A stretch after a fold in which a side's search goes back to before the fold and returns what has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Passed {
    /// The first second at which it does.
    pub from: Instant,
    /// The first second at which it does not any more.
    pub until: Instant,
    /// The firing that it returns.
    pub firing: Instant,
    /// Which side.
    pub side: Edge,
}

/// A side of a trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edge {
    /// Its `start`.
    Start,
    /// Its `end`.
    End,
}

impl Edge {
    /// Its setting.
    pub fn key(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::End => "end",
        }
    }
}

/// One firing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Firing {
    /// When.
    pub at: Instant,
    /// Whether the start side fires.
    pub start: bool,
    /// Whether the end side fires.
    pub end: bool,
}

impl Activities {
    /// Activity over `window`.
    pub fn new(window: Window<Instant>) -> Self {
        Self { window, offsets: BTreeMap::new(), walks: BTreeMap::new(), triggers: BTreeMap::new() }
    }

    /// The stretch.
    pub fn window(&self) -> Window<Instant> {
        self.window
    }

    /// The offsets of a zone over the stretch and as far as a search from its end may look.
    pub fn offsets(&mut self, zone: &Zone) -> Arc<Offsets> {
        const YEAR: i64 = 366 * 86_400;
        let covered =
            Window::new(Instant(self.window.from.0 - YEAR), Instant(self.window.until.0 + 7 * YEAR));
        let table = || Arc::new(Offsets::new(zone, covered));
        self.offsets.entry(zone.name().to_owned()).or_insert_with(table).clone()
    }

    /// The offsets of both sides.
    pub fn clocks(&mut self, pair: &Pair) -> (Arc<Offsets>, Arc<Offsets>) {
        let zone = |side: &Schedule| side.zone.clone().unwrap_or_else(|| pair.zone.clone());
        (self.offsets(&zone(&pair.start)), self.offsets(&zone(&pair.end)))
    }

    /// What KEDA reads from a trigger of type `cron`: a fleet has the same settings many times.
    pub fn trigger(&mut self, trigger: &Trigger) -> Result<CronTrigger, Fault> {
        let texts = CronTrigger::SETTINGS.map(|key| trigger.setting(key).unwrap_or_default());
        let known = self.triggers.get(texts.map(str::to_owned).as_slice());
        known.cloned().unwrap_or_else(|| {
            let read = CronTrigger::read(trigger);
            self.triggers.insert(texts.map(str::to_owned).to_vec(), read.clone());
            read
        })
    }

    /// The walk of a trigger whose texts are `start` and `end`.
    pub fn walk(&mut self, texts: (&str, &str), pair: &Pair) -> Result<Arc<Walk>, Endless> {
        let key = (pair.zone.name().to_owned(), texts.0.to_owned(), texts.1.to_owned());
        if let Some(known) = self.walks.get(&key) {
            return Ok(known.clone());
        }
        let (start, end) = self.clocks(pair);
        let walk = Arc::new(walk(&Sides { pair, start, end }, self.window)?);
        self.walks.insert(key, walk.clone());
        Ok(walk)
    }
}

/// The condition of `GetMetricsAndActivity`, word for word; Go's zero time is before all others.
fn is_active(now: Instant, next_start: Option<Instant>, next_end: Option<Instant>) -> bool {
    const ZERO: Instant = Instant(i64::MIN);
    let (start, end) = (next_start.unwrap_or(ZERO), next_end.unwrap_or(ZERO));
    if start < end { now > start && now < end } else { now > start || now < end }
}

/// One side on a walk.
struct Side<'a> {
    search: Search<'a>,
    answer: Answer,
}

impl<'a> Side<'a> {
    fn new(mut search: Search<'a>, now: Instant) -> Result<Self, Endless> {
        let answer = search.answer(now)?;
        Ok(Self { search, answer })
    }

    /// When the condition can be another one for what this side answers: always after `now`.
    fn may_change(&self, now: Instant) -> Instant {
        match self.answer.at {
            Some(at) if at > now => at.min(self.answer.until),
            // `now > at` does not hold yet.
            Some(at) if at == now => Instant(now.0 + 1).min(self.answer.until),
            Some(_) | None => self.answer.until,
        }
    }

    /// Asks again if the answer may be another one; whether the side fires now.
    fn look(&mut self, now: Instant) -> Result<bool, Endless> {
        let fires = self.answer.at == Some(now);
        if fires || self.answer.until <= now {
            self.answer = self.search.answer(now)?;
        }
        Ok(fires)
    }

    /// The stretch from `now` on in which its answer has passed.
    fn passed(&self, now: Instant, side: Edge) -> Option<Passed> {
        let firing = self.answer.at.filter(|at| *at <= now)?;
        Some(Passed { from: now, until: self.answer.until, firing, side })
    }
}

/// From one instant at which the condition may change to the next. Each is later than the one before and begins a minute,
/// or is the second after one, so that a walk ends and its memory is bounded by the minutes of the stretch.
fn walk(sides: &Sides<'_>, window: Window<Instant>) -> Result<Walk, Endless> {
    let mut now = window.from;
    let mut start = Side::new(sides.pair.start.search(&sides.start), now)?;
    let mut end = Side::new(sides.pair.end.search(&sides.end), now)?;
    let mut active = StepFn::constant(is_active(now, start.answer.at, end.answer.at));
    let (mut firings, mut passed) = (Vec::new(), Vec::new());
    loop {
        let found = [start.passed(now, Edge::Start), end.passed(now, Edge::End)];
        found.into_iter().flatten().for_each(|one| extend(&mut passed, one));
        let next = start.may_change(now).min(end.may_change(now));
        if next >= window.until {
            break;
        }
        assert!(next > now, "internal error: a walk makes no progress at {now}");
        now = next;
        let (starts, ends) = (start.look(now)?, end.look(now)?);
        if starts || ends {
            firings.push(Firing { at: now, start: starts, end: ends });
        }
        active.push(now, is_active(now, start.answer.at, end.answer.at));
    }
    Ok(Walk { active: Arc::new(active), firings, passed })
}

/// One more stretch, or more of the last one of its side.
fn extend(passed: &mut Vec<Passed>, one: Passed) {
    match passed.iter_mut().rev().find(|last| last.side == one.side) {
        Some(last) if last.firing == one.firing && last.until >= one.from => last.until = one.until,
        Some(_) | None => passed.push(one),
    }
}

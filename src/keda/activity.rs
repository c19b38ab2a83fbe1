//! When a cron trigger is active: KEDA's predicate, and its walk from event to event over a stretch of time.
//!
//! The rule is `cron_scaler.go` of KEDA 2.16 and later, reduced: with `ns` and `ne` the next firings strictly after `t`,
//! the trigger is active at `t` exactly if `ns` is Go's zero time, or `ne` is not zero and `ne <= ns`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cron::{Endless, Schedule};
use super::scaledobject::Trigger;
use super::trigger::{CronTrigger, Fault};
use crate::step::StepFn;
use crate::time::{Date, Instant, Offsets, TimeOfDay, Window, Zone};

/// A cron trigger's two schedules and their clock.
#[derive(Clone, Debug)]
pub struct Pair {
    /// When it begins.
    pub start: Schedule,
    /// When it ends.
    pub end: Schedule,
    /// The trigger's zone; a `TZ=` prefix overrides it for its side.
    pub zone: Zone,
}

impl Pair {
    /// About how many days of a year the busier side fires on.
    pub fn days_a_year(&self) -> u32 {
        self.start.days_a_year().max(self.end.days_a_year())
    }
}

/// The offsets of both sides, tabled once.
struct Sides<'a> {
    pair: &'a Pair,
    start: Arc<Offsets>,
    end: Arc<Offsets>,
}

impl Sides<'_> {
    /// Instants at which the next firing may change without a firing. Around clock changes at midnight the search's
    /// answer depends on the day and hour it sets out from; and the five years after which it gives up are counted from
    /// the local year of the second after the one that is asked about.
    fn restarts(&self, window: Window<Instant>) -> Vec<Instant> {
        let mut restarts = Vec::new();
        for offsets in [&self.start, &self.end] {
            let years = offsets.local(window.from).date().year()..=offsets.local(window.until).date().year();
            let first_days = years.filter_map(|year| Date::ymd(year + 1, 1, 1));
            let limits = first_days.map(|day| Instant(offsets.at_wall(day.start().wall_seconds()).0 - 1));
            restarts.extend(limits.filter(|at| window.contains(*at)));
            for change in offsets.changes().filter(|change| change.is_gap() && at_midnight(*change)) {
                let around = (-30..=30).map(|hour| Instant(change.at.0 + hour * 3600));
                restarts.extend(around.filter(|at| window.contains(*at)));
            }
        }
        restarts.sort_unstable();
        restarts.dedup();
        restarts
    }
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

fn is_active(next_start: Option<Instant>, next_end: Option<Instant>) -> bool {
    match (next_start, next_end) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(start), Some(end)) => end <= start,
    }
}

/// From event to event: between two of them neither next firing changes, so the predicate does not either.
fn walk(sides: &Sides<'_>, window: Window<Instant>) -> Result<Walk, Endless> {
    let restarts = sides.restarts(window);
    let mut restart = restarts.iter().copied().peekable();
    let mut starts_after = sides.pair.start.search(&sides.start);
    let mut ends_after = sides.pair.end.search(&sides.end);
    let mut now = window.from;
    let (mut start, mut end) = (starts_after.after(now)?, ends_after.after(now)?);
    let mut active = StepFn::constant(is_active(start, end));
    let mut firings = Vec::new();
    loop {
        let firing = [start, end].into_iter().flatten().min();
        let Some(next) = [firing, restart.peek().copied()].into_iter().flatten().min() else { break };
        if next >= window.until {
            break;
        }
        now = next;
        let again = restart.next_if(|at| *at <= now).is_some();
        let (starts, ends) = (start == Some(now), end == Some(now));
        if starts || ends {
            firings.push(Firing { at: now, start: starts, end: ends });
        }
        if starts || again {
            start = starts_after.after(now)?;
        }
        if ends || again {
            end = ends_after.after(now)?;
        }
        active.push(now, is_active(start, end));
    }
    Ok(Walk { active: Arc::new(active), firings })
}

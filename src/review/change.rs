//! Changes: what a new policy does to an old one's floors, in real time, and which of its facts are others.

use std::collections::{BTreeMap, BTreeSet};

use super::clock::Clock;
use super::facts::facts;
use super::seasons::{SeasonChange, seasons};
use super::{PodTime, review, windows};
use crate::plan::Plan;
use crate::quantity::Replicas;
use crate::step::StepFn;
use crate::time::{Date, Instant, LocalTime, TimeOfDay, Window};

/// What differs between two plans.
#[derive(Debug)]
pub struct Change {
    /// Floors that are others, by target and time.
    pub shifts: Vec<Shift>,
    /// Where the plans are of different days: seasons, each beside itself, and then no shifts.
    pub seasons: Vec<SeasonChange>,
    /// Everything else that is said differently.
    pub facts: Vec<FactChange>,
    /// Pod-hours of the old plan.
    pub before: PodTime,
    /// Pod-hours of the new plan.
    pub after: PodTime,
}

impl Change {
    /// Whether both plans mean the same.
    pub fn is_none(&self) -> bool {
        self.shifts.is_empty() && self.facts.is_empty()
    }

    /// Whether the plans are of different days.
    pub fn moves(&self) -> bool {
        !self.seasons.is_empty()
    }
}

/// A floor that is another one for a time; daily windows of the same hours and floors are one shift.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    /// Name of the target.
    pub target: String,
    /// The first window, on the target's own clock.
    pub first: Window<LocalTime>,
    /// The last window; the same as the first where there is one only.
    pub last: Window<LocalTime>,
    /// How many windows.
    pub times: u32,
    /// The old floor; absent: not planned, or no such target.
    pub before: Option<Replicas>,
    /// The new one.
    pub after: Option<Replicas>,
    /// What it adds; negative: what it saves.
    pub time: PodTime,
}

/// Something that is said differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactChange {
    /// About what: a target, a workload, an occasion in a territory.
    pub subject: String,
    /// Which of its facts.
    pub fact: &'static str,
    /// As it was; absent: it is new.
    pub before: Option<String>,
    /// As it is; absent: it is gone.
    pub after: Option<String>,
}

/// Compares two plans.
pub fn compare((old, new): (&Plan, &Plan)) -> Change {
    let name = |plan: &Plan| -> BTreeMap<String, usize> {
        plan.profile
            .targets
            .iter()
            .enumerate()
            .map(|(at, target)| (plan.profile.full_name(target), at))
            .collect()
    };
    let (olds, news) = (name(old), name(new));
    let names: BTreeSet<&String> = olds.keys().chain(news.keys()).collect();
    let moves = old.horizon != new.horizon;
    let mut shifts = Vec::new();
    // What a floor was on a date of one plan says nothing about the dates of another.
    for name in names.into_iter().filter(|_| !moves) {
        let sides = (olds.get(name).map(|at| (old, *at)), news.get(name).map(|at| (new, *at)));
        shifts.extend(of_target(name, sides));
    }
    let mut facts = fact_changes(&facts(old), &facts(new));
    facts.retain(|fact| !moves || !is_of_season(fact));
    if !moves {
        by_windows((old, new), &mut facts);
    }
    Change {
        shifts,
        seasons: if moves { seasons((old, new)) } else { Vec::new() },
        facts,
        before: review(old).total(),
        after: review(new).total(),
    }
}

/// What says when the parts of an occasion hold.
const WHEN: [&str; 4] = ["dates", "days", "hours", "holidays left out"];

/// Where both plans have an occasion at the same times, however they say so, it is no change; where words alone do not tell
/// the times apart, the times do.
fn by_windows((old, new): (&Plan, &Plan), facts: &mut Vec<FactChange>) {
    let (olds, news) = (windows::origins(old), windows::origins(new));
    for (name, before) in &olds {
        let Some(after) = news.get(name) else { continue };
        let (before, after) = (windows::windows(before), windows::windows(after));
        let is_when = |fact: &FactChange| fact.subject == *name && WHEN.contains(&fact.fact);
        if before == after {
            facts.retain(|fact| !is_when(fact));
        } else if !facts.iter().any(is_when) {
            facts.push(FactChange {
                subject: name.clone(),
                fact: "windows",
                before: windows::only_in(&before, &after),
                after: windows::only_in(&after, &before),
            });
        }
    }
    facts.sort_by(|one, other| (&one.subject, one.fact).cmp(&(&other.subject, other.fact)));
}

/// Whether seasons beside each other say it already: dates, and all of a season that only one plan has.
fn is_of_season(fact: &FactChange) -> bool {
    const OWN: [&str; 7] = ["title", "owner", "ticket", "note", "hours", "days", "load"];
    let one_sided = fact.before.is_none() || fact.after.is_none();
    ["dates", "holidays left out"].contains(&fact.fact) || one_sided && OWN.contains(&fact.fact)
}

pub(super) type Facts = BTreeMap<(String, &'static str), String>;

pub(super) fn fact_changes(old: &Facts, new: &Facts) -> Vec<FactChange> {
    let keys: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let changed = keys.into_iter().filter(|key| old.get(*key) != new.get(*key));
    let change = |key: &(String, &'static str)| FactChange {
        subject: key.0.clone(),
        fact: key.1,
        before: old.get(key).cloned(),
        after: new.get(key).cloned(),
    };
    changed.map(change).collect()
}

type Side<'a> = Option<(&'a Plan, usize)>;

fn of_target(name: &str, (old, new): (Side<'_>, Side<'_>)) -> Vec<Shift> {
    let Some((plan, at)) = new.or(old) else { return Vec::new() };
    let clock = Clock::new(&plan.profile.targets[at].zone, plan);
    let (before, after) = (floors(old), floors(new));
    let both = before.zip(&after, |before, after| (*before, *after));
    let steps = both.steps();
    let mut runs = Runs { target: name, done: Vec::new() };
    for (at, (from, (before, after))) in steps.iter().enumerate() {
        let Some((until, _)) = steps.get(at + 1).filter(|_| before != after) else { continue };
        let replicas = |floor: &Option<Replicas>| floor.map_or(0, |floor| i64::from(floor.0));
        let time = PodTime((replicas(after) - replicas(before)) * (until.0 - from.0));
        runs.add(Window::new(clock.local(*from), clock.local(*until)), (*before, *after), time);
    }
    let mut shifts: Vec<Shift> = runs.done;
    shifts.sort_by_key(|shift| (shift.first.from, shift.first.until));
    shifts
}

/// A side's floors in real time; none outside of its horizon.
fn floors(side: Side<'_>) -> StepFn<Instant, Option<Replicas>> {
    let mut floors = StepFn::constant(None);
    let Some((plan, at)) = side else { return floors };
    let schedule = &plan.schedules[at];
    let clock = Clock::new(&plan.profile.targets[at].zone, plan);
    let horizon = clock.horizon(plan);
    for (from, _, step) in schedule.held.pieces(horizon.from..horizon.until) {
        floors.push(from, Some(step.floor));
    }
    floors.push(horizon.until, None);
    floors
}

/// Shifts so far, the later ones joined to the earlier ones they repeat.
struct Runs<'a> {
    target: &'a str,
    done: Vec<Shift>,
}

impl Runs<'_> {
    fn add(
        &mut self,
        window: Window<LocalTime>,
        floors: (Option<Replicas>, Option<Replicas>),
        time: PodTime,
    ) {
        let same = |shift: &&mut Shift| {
            (shift.before, shift.after) == floors
                && hours(shift.last) == hours(window)
                && hours(window).is_some()
                && window.from.date().days_since(shift.last.from.date()) <= 7
        };
        // Few shifts are open at any time: those of the last week.
        let recent = self.done.iter_mut().rev().take(16).find(same);
        if let Some(shift) = recent {
            shift.last = window;
            shift.times += 1;
            shift.time += time;
            return;
        }
        self.done.push(Shift {
            target: self.target.to_owned(),
            first: window,
            last: window,
            times: 1,
            before: floors.0,
            after: floors.1,
            time,
        });
    }
}

/// The hours of a window that is shorter than a day.
fn hours(window: Window<LocalTime>) -> Option<(TimeOfDay, TimeOfDay)> {
    let short = window.until.minutes_since(window.from) < LocalTime::PER_DAY;
    short.then(|| (window.from.time_of_day(), window.until.time_of_day()))
}

impl Shift {
    /// The daily hours, where it is about windows inside of days.
    pub fn hours(&self) -> Option<(TimeOfDay, TimeOfDay)> {
        hours(self.first)
    }

    /// First and last day on which a window begins.
    pub fn days(&self) -> (Date, Date) {
        (self.first.from.date(), self.last.from.date())
    }
}

//! Cron triggers against each other: the HPA takes the highest, so what a higher one covers never shows.

use std::cmp::Reverse;
use std::ops::Range;

use super::super::finding::Finding;
use super::super::subject::Subject;
use crate::finding::Rule;
use crate::keda::floor::Active;
use crate::step::StepFn;
use crate::time::Instant;

/// All checks.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    // A formula need not take the highest.
    if subject.composite().is_some() {
        return Vec::new();
    }
    // One that is never active, or asks for no more than the minimum, has findings of its own.
    let works = |active: &&Active| subject.lifts(active) && is_ever(&active.walk.active);
    let mut kept: Vec<&Active> = subject.active.iter().filter(works).collect();
    let mut found = contradictions(subject, &mut kept);
    kept.sort_by_key(|active| (Reverse(active.trigger.desired), active.index));
    let mut counted = Counted::of(&kept);
    let mut higher: Vec<&Active> = Vec::new();
    for level in kept.chunk_by(|one, other| one.trigger.desired == other.trigger.desired) {
        counted.add(level);
        let mut stay = level.to_vec();
        // From the last to the first: of two that cover each other the later one is named, and covers nothing any more.
        for at in (0..stay.len()).rev() {
            let one = stay[at];
            if !counted.is_covered(one) {
                continue;
            }
            stay.remove(at);
            counted.take(one);
            let others = higher.iter().chain(&stay).copied();
            found.push(covered(subject, one, others.filter(|other| is_held_by(one, other))));
        }
        higher.extend(stay);
    }
    found
}

/// How many triggers are active between any two changes of all of them. A list that is kept, for a step function would be made
/// anew for each trigger that is taken out.
struct Counted {
    /// Where a piece begins, the first at the beginning of time.
    begins: Vec<Instant>,
    counts: Vec<u32>,
}

impl Counted {
    /// None of these is counted yet.
    fn of(all: &[&Active]) -> Self {
        let changes = all.iter().flat_map(|one| one.walk.active.steps().iter().map(|(at, _)| *at));
        let mut begins: Vec<Instant> = std::iter::once(Instant(i64::MIN)).chain(changes).collect();
        begins.sort_unstable();
        begins.dedup();
        Self { counts: vec![0; begins.len()], begins }
    }

    fn pieces(&self, (from, until): (Instant, Instant)) -> Range<usize> {
        let place = |at: Instant| self.begins.partition_point(|begin| *begin < at);
        place(from)..place(until)
    }

    fn add(&mut self, level: &[&Active]) {
        let mut changes = vec![0_i64; self.begins.len() + 1];
        for window in level.iter().flat_map(|one| windows(one)) {
            let pieces = self.pieces(window);
            changes[pieces.start] += 1;
            changes[pieces.end] -= 1;
        }
        let mut more = 0;
        for (count, change) in self.counts.iter_mut().zip(changes) {
            more += change;
            *count += u32::try_from(more).unwrap_or(0);
        }
    }

    fn take(&mut self, one: &Active) {
        for window in windows(one) {
            let pieces = self.pieces(window);
            self.counts[pieces].iter_mut().for_each(|count| *count -= 1);
        }
    }

    /// Whether another one is active whenever `one` is, of those that are counted with it. Mostly none is, which the first
    /// window already shows.
    fn is_covered(&self, one: &Active) -> bool {
        windows(one).all(|window| self.counts[self.pieces(window)].iter().all(|count| *count > 1))
    }
}

fn is_ever(active: &StepFn<Instant, bool>) -> bool {
    *active.first() || !active.steps().is_empty()
}

/// The same window twice with different numbers: nobody can say which one is meant.
fn contradictions(subject: &Subject<'_>, kept: &mut Vec<&Active>) -> Vec<Finding> {
    let mut found = Vec::new();
    kept.retain(|one| {
        let same = subject.active.iter().find(|other| {
            other.walk.active == one.walk.active && other.trigger.desired > one.trigger.desired
        });
        if let Some(other) = same {
            let effect = format!(
                "trigger {} has the same hours and asks for {}: the higher one always wins",
                other.index, other.trigger.desired
            );
            let mend = "keep the one that is meant".to_owned();
            found.push(subject.about(Rule::CronContradiction, one.index, "desiredReplicas", effect, mend));
        }
        same.is_none()
    });
    found
}

fn is_held_by(one: &Active, other: &Active) -> bool {
    windows(one).all(|(from, until)| other.walk.active.pieces(from..until).all(|(_, _, on)| *on))
}

/// When it is active; what is so before the first step or after the last one stays it.
fn windows(active: &Active) -> impl Iterator<Item = (Instant, Instant)> {
    let pieces = active.walk.active.pieces(Instant(i64::MIN)..Instant(i64::MAX));
    pieces.filter(|(_, _, on)| **on).map(|(from, until, _)| (from, until))
}

/// Whether at every instant of `[from, until)` one of `others` is active.
pub(super) fn is_held((from, until): (Instant, Instant), others: &[&Active]) -> bool {
    let mut at = from;
    while at < until {
        let active = others.iter().filter(|other| *other.walk.active.at(at));
        let end = active.map(|other| other.walk.active.next_change(at).map_or(until, |(end, _)| *end)).max();
        match end {
            Some(end) => at = end,
            None => return false,
        }
    }
    true
}

/// `alone`: the others that would do by themselves.
fn covered<'a>(subject: &Subject<'_>, one: &Active, alone: impl Iterator<Item = &'a Active>) -> Finding {
    let first = alone.min_by_key(|other| other.index);
    let by = first.map_or("the other triggers together ask".to_owned(), |other| {
        let label = subject.object.spec.triggers.value[other.index].label();
        format!("trigger {} ({label}) asks", other.index)
    });
    let effect = format!("{by} for as much or more whenever it is active: it changes nothing");
    let mend = "remove it, or raise its floor: cron cannot lower what another trigger asks for".to_owned();
    subject.about(Rule::CronCovered, one.index, "start", effect, mend)
}

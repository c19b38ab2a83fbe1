//! Cron triggers against each other: the HPA takes the highest, so what a higher one covers never shows.

use std::cmp::Reverse;
use std::ops::Range;

use super::super::finding::Finding;
use super::super::subject::Subject;
use super::horizon::Horizon;
use crate::finding::Rule;
use crate::keda::activity::Activities;
use crate::keda::floor::Active;
use crate::step::StepFn;
use crate::time::{Instant, Window};

/// All checks.
pub(super) fn check(subject: &Subject<'_>, horizon: Horizon) -> Vec<Finding> {
    // A formula need not take the highest.
    if subject.composite().is_some() {
        return Vec::new();
    }
    // One that is never active, or asks for no more than the minimum, has findings of its own.
    let works = |active: &&Active| subject.lifts(active) && is_ever(&active.walk.active);
    let mut kept: Vec<&Active> = subject.active.iter().filter(works).collect();
    let mut found = contradictions(subject, &mut kept);
    kept.sort_by_key(|active| (Reverse(active.trigger.desired), active.index));
    let held: Vec<Held<'_>> = kept.iter().map(|one| Held::of(one, &one.walk.active)).collect();
    let mut covered = all_covered(&held);
    // Dates meet other weekdays in other years.
    if !covered.is_empty() {
        let judged = all_covered(&over_judged_days(subject, &kept, horizon));
        covered.retain(|(index, _)| judged.iter().any(|(other, _)| other == index));
    }
    found.extend(covered.into_iter().map(|(index, by)| finding(subject, index, by)));
    found
}

/// A trigger and when it is active, over some stretch.
struct Held<'a> {
    active: &'a Active,
    windows: Vec<(Instant, Instant)>,
}

impl<'a> Held<'a> {
    fn of(active: &'a Active, walk: &StepFn<Instant, bool>) -> Self {
        Self { active, windows: windows(walk).collect() }
    }

    /// No longer than from `first` to `until`.
    fn within(mut self, (first, until): (Instant, Instant)) -> Self {
        self.windows = self.windows.into_iter().map(|(a, b)| (a.max(first), b.min(until))).collect();
        self.windows.retain(|(from, until)| from < until);
        self
    }

    /// Whether another one alone is active whenever this one is.
    fn is_held_by(&self, other: &Self) -> bool {
        self.windows.iter().all(|(from, until)| {
            let after = other.windows.partition_point(|(_, end)| end <= from);
            other.windows.get(after).is_some_and(|(begin, end)| begin <= from && until <= end)
        })
    }
}

/// The triggers that others cover, with one that does so alone, where there is one. They come with the highest floor first.
fn all_covered(held: &[Held<'_>]) -> Vec<(usize, Option<usize>)> {
    let mut found = Vec::new();
    let mut counted = Counted::of(held);
    let mut higher: Vec<&Held<'_>> = Vec::new();
    let floor = |one: &Held<'_>| one.active.trigger.desired;
    for level in held.chunk_by(|one, other| floor(one) == floor(other)) {
        counted.add(level);
        let mut stay: Vec<&Held<'_>> = level.iter().collect();
        // From the last to the first: of two that cover each other the later one is named, and covers nothing any more.
        for at in (0..stay.len()).rev() {
            let one = stay[at];
            if !counted.is_covered(one) {
                continue;
            }
            stay.remove(at);
            counted.take(one);
            let others = higher.iter().chain(&stay).filter(|other| one.is_held_by(other));
            found.push((one.active.index, others.map(|other| other.active.index).min()));
        }
        higher.extend(stay);
    }
    found
}

/// The triggers on the days by which they are judged: those on which the dates of their object are said to hold, where these are not
/// over, else those of some years.
fn over_judged_days<'a>(subject: &Subject<'_>, kept: &[&'a Active], horizon: Horizon) -> Vec<Held<'a>> {
    const A_DAY: i64 = 86_400;
    let of_years = kept.iter().map(|one| one.years.window);
    let years = of_years.max_by_key(|years| years.until.0 - years.from.0).unwrap_or(subject.window);
    let days = |one: &Active| {
        let zone = &one.trigger.pair.zone;
        let (first, last) = horizon.days()?;
        let from = first.map_or(subject.window.from, |first| zone.start_of(first));
        let until = zone.start_of(last.next());
        (until > subject.window.from && from < until).then_some((from, until))
    };
    let said: Vec<(Instant, Instant)> = kept.iter().filter_map(|one| days(one)).collect();
    let window = match (said.iter().map(|(from, _)| *from).min(), said.iter().map(|(_, until)| *until).max())
    {
        (Some(from), Some(until)) => Window::new(Instant(from.0 - A_DAY), Instant(until.0 + A_DAY)),
        _ => years,
    };
    let mut activities = Activities::new(window);
    let held = kept.iter().map(|one| {
        let texts = (one.trigger.texts.0.as_str(), one.trigger.texts.1.as_str());
        let walk = activities.walk(texts, &one.trigger.pair);
        let walk = walk.as_ref().map_or(&one.walk.active, |walk| &walk.active);
        let held = Held::of(one, walk);
        match days(one) {
            Some(days) => held.within(days),
            None => held,
        }
    });
    held.collect()
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
    fn of(all: &[Held<'_>]) -> Self {
        let changes = all.iter().flat_map(|one| one.windows.iter().flat_map(|(from, until)| [*from, *until]));
        let mut begins: Vec<Instant> = std::iter::once(Instant(i64::MIN)).chain(changes).collect();
        begins.sort_unstable();
        begins.dedup();
        Self { counts: vec![0; begins.len()], begins }
    }

    /// The pieces of each window of a trigger. Windows come at even distances: the last one says about where the next one is.
    fn pieces<'a>(&'a self, one: &'a Held<'_>) -> impl Iterator<Item = Range<usize>> + 'a {
        let (mut last, mut apart) = (0..0, 0);
        one.windows.iter().map(move |(from, until)| {
            let start = self.place(*from, last.start + apart);
            apart = start - last.start;
            let pieces = start..self.place(*until, start + last.len());
            last = pieces.clone();
            pieces
        })
    }

    /// The first piece that does not begin before `at`, looked for from a guess on, in steps that double.
    fn place(&self, at: Instant, guess: usize) -> usize {
        let is_before = |piece: usize| self.begins.get(piece).is_some_and(|begin| *begin < at);
        let mut step = 1;
        let (low, high) = if is_before(guess) {
            while is_before(guess + step) {
                step *= 2;
            }
            (guess + step / 2, (guess + step).min(self.begins.len()))
        } else {
            while step <= guess && !is_before(guess - step) {
                step *= 2;
            }
            (guess.saturating_sub(step), guess.min(self.begins.len()))
        };
        low + self.begins[low..high].partition_point(|begin| *begin < at)
    }

    fn add(&mut self, level: &[Held<'_>]) {
        let mut changes = vec![0_i64; self.begins.len() + 1];
        for pieces in level.iter().flat_map(|one| self.pieces(one)) {
            changes[pieces.start] += 1;
            changes[pieces.end] -= 1;
        }
        let mut more = 0;
        for (count, change) in self.counts.iter_mut().zip(changes) {
            more += change;
            *count += u32::try_from(more).unwrap_or(0);
        }
    }

    fn take(&mut self, one: &Held<'_>) {
        let taken: Vec<Range<usize>> = self.pieces(one).collect();
        for pieces in taken {
            self.counts[pieces].iter_mut().for_each(|count| *count -= 1);
        }
    }

    /// Whether another one is active whenever `one` is, of those that are counted with it. Mostly none is, which the first
    /// window already shows.
    fn is_covered(&self, one: &Held<'_>) -> bool {
        self.pieces(one).all(|pieces| self.counts[pieces].iter().all(|count| *count > 1))
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

/// When it is active; what is so before the first step or after the last one stays it.
fn windows(walk: &StepFn<Instant, bool>) -> impl Iterator<Item = (Instant, Instant)> {
    let pieces = walk.pieces(Instant(i64::MIN)..Instant(i64::MAX));
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

/// `alone`: another one that would do by itself.
fn finding(subject: &Subject<'_>, index: usize, alone: Option<usize>) -> Finding {
    let by = alone.map_or("the other triggers together ask".to_owned(), |other| {
        let label = subject.object.spec.triggers.value[other].label();
        format!("trigger {other} ({label}) asks")
    });
    let effect = format!("{by} for as much or more whenever it is active: it changes nothing");
    let mend = "remove it, or raise its floor: cron cannot lower what another trigger asks for".to_owned();
    subject.about(Rule::CronCovered, index, "start", effect, mend)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_found_whatever_was_guessed() {
        let begins: Vec<Instant> = [i64::MIN, 3, 4, 9, 20, 21, 22, 40].map(Instant).to_vec();
        let counted = Counted { counts: vec![0; begins.len()], begins };
        for at in (0..45).map(Instant) {
            let plain = counted.begins.partition_point(|begin| *begin < at);
            for guess in 0..20 {
                assert_eq!(counted.place(at, guess), plain, "{at:?} from {guess}");
            }
        }
    }
}

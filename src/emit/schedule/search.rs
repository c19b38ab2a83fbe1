//! A smallest set of patterns that takes all needed days: exact within a fixed number of steps, greedy beyond.

use std::collections::BTreeSet;

use super::pattern::{Day, DayPattern};

/// Enough for every calendar met so far; a bound, so that no policy can stop the compiler.
const MOST_STEPS: usize = 20_000;

/// The fewest of `candidates` that take all of `needed`; where there are very many, the fewest of the largest.
pub(super) fn smallest(candidates: &[DayPattern], needed: &[Day]) -> Vec<DayPattern> {
    let taken = |pattern: &DayPattern| needed.iter().filter(|day| pattern.matches(day)).count();
    let mut sized: Vec<(usize, DayPattern)> =
        candidates.iter().map(|pattern| (taken(pattern), *pattern)).collect();
    sized.retain(|(size, _)| *size > 0);
    sized.sort_by_key(|(size, _)| std::cmp::Reverse(*size));
    sized.truncate(Set::CAPACITY);
    if let Some((_, all)) = sized.first().filter(|(size, _)| *size == needed.len()) {
        return vec![*all];
    }
    let takers = |day: &Day| Set::of((0..sized.len()).filter(|at| sized[*at].1.matches(day)));
    // Days with the same takers are one problem; days beyond the largest candidates are left for another round.
    let open: BTreeSet<Set> = needed.iter().map(takers).filter(|takers| !takers.is_empty()).collect();
    let mut search = Search { open: open.into_iter().collect(), steps: 0 };
    search.run().into_iter().map(|at| sized[at].1).collect()
}

/// A set of candidates, the largest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Set([u64; 4]);

impl Set {
    const CAPACITY: usize = 256;

    fn of(members: impl Iterator<Item = usize>) -> Self {
        let mut set = Self::default();
        members.for_each(|at| set.0[at / 64] |= 1 << (at % 64));
        set
    }

    fn is_empty(self) -> bool {
        self == Self::default()
    }

    fn contains(self, at: usize) -> bool {
        self.0[at / 64] & (1 << (at % 64)) != 0
    }

    fn len(self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    fn members(self) -> impl Iterator<Item = usize> {
        (0..Self::CAPACITY).filter(move |at| self.contains(*at))
    }
}

struct Search {
    /// For every kind of needed day, the candidates that take it.
    open: Vec<Set>,
    steps: usize,
}

impl Search {
    fn run(&mut self) -> Vec<usize> {
        let greedy = self.greedy();
        for size in 1..greedy.len() {
            let mut chosen = Vec::new();
            if self.choose(size, &mut chosen) {
                return chosen;
            }
            if self.steps > MOST_STEPS {
                break;
            }
        }
        greedy
    }

    fn greedy(&self) -> Vec<usize> {
        let mut chosen: Vec<usize> = Vec::new();
        let mut left = self.open.clone();
        while !left.is_empty() {
            let gain = |at: usize| left.iter().filter(|takers| takers.contains(at)).count();
            let takers = left.iter().flat_map(|takers| takers.members());
            let best = takers
                .max_by_key(|at| (gain(*at), std::cmp::Reverse(*at)))
                .expect("internal error: every day has a taker");
            left.retain(|takers| !takers.contains(best));
            chosen.push(best);
        }
        chosen
    }

    /// Whether `left` more candidates can finish the cover; the day with the fewest takers is tried first.
    fn choose(&mut self, left: usize, chosen: &mut Vec<usize>) -> bool {
        self.steps += 1;
        let open = self.open.iter().filter(|takers| !chosen.iter().any(|at| takers.contains(*at)));
        let Some(hardest) = open.min_by_key(|takers| takers.len()).copied() else { return true };
        if left == 0 || self.steps > MOST_STEPS {
            return false;
        }
        for taker in hardest.members() {
            chosen.push(taker);
            if self.choose(left - 1, chosen) {
                return true;
            }
            chosen.pop();
        }
        false
    }
}

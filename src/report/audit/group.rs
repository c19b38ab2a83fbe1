//! Findings that say the same of several triggers or objects become one, with all of their places.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::lines::TIED;
use super::price::{price, prices};
use super::snippet::Shown;
use crate::finding::Rule;
use crate::rules::cost::{Cost, Lost};
use crate::rules::finding::Finding;
use crate::time::{Instant, Window};

/// Characters of places after which they are only counted.
const MOST: usize = 150;

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// All groups, each found by what its findings say.
#[derive(Default)]
pub(super) struct Groups {
    by_words: BTreeMap<(&'static str, String, String), usize>,
    all: Vec<Group>,
}

/// Findings of one check that say the same, be it of other times.
pub(super) struct Group {
    /// The one that costs most, of several the first.
    pub(super) worst: Shown,
    pub(super) count: usize,
    /// Of all of them.
    pod_seconds: Option<i64>,
    places: Vec<Spot>,
}

/// Where a finding is, for a list of many.
#[derive(PartialEq, Eq)]
struct Spot {
    /// `shop/query`, or a file and a line.
    object: String,
    trigger: Option<usize>,
}

impl Groups {
    pub(super) fn add(&mut self, shown: Shown) {
        let finding = &shown.finding;
        // When a floor is reached is what the finding is about.
        let effect = if finding.rule == Rule::HpaFloorLate {
            finding.effect.clone()
        } else {
            without_times(&finding.effect)
        };
        let words = (finding.rule.id(), effect, finding.mend.clone());
        let spot = Spot::of(&shown);
        let next = self.all.len();
        match *self.by_words.entry(words).or_insert(next) {
            new if new == next => self.all.push(Group {
                count: 1,
                pod_seconds: finding.cost.pod_seconds,
                places: vec![spot],
                worst: shown,
            }),
            known => self.all[known].add(shown, spot),
        }
    }

    /// The worst first, as single findings are ordered; equals as they came.
    pub(super) fn worst_first(self) -> Vec<Group> {
        let mut all = self.all;
        all.sort_by(Group::worst_first);
        all
    }
}

impl Group {
    fn add(&mut self, shown: Shown, spot: Spot) {
        self.count += 1;
        // What is dead because of one trigger is not dead once more because of the next.
        let is_whole = shown.finding.cost.lost == Some(Lost::Object);
        let is_counted = is_whole && self.places.iter().any(|known| known.object == spot.object);
        self.places.push(spot);
        let more = shown.finding.cost.pod_seconds.filter(|_| !is_counted);
        self.pod_seconds = self.pod_seconds.map_or(more, |sum| Some(sum + more.unwrap_or(0)));
        if shown.finding.cost > self.worst.finding.cost {
            self.worst = shown;
        }
    }

    fn check(&self) -> Rule {
        self.worst.finding.rule
    }

    /// How long of the one in which it is longest, how many replicas of all.
    fn cost(&self) -> Cost {
        Cost { pod_seconds: self.pod_seconds, ..self.worst.finding.cost }
    }

    fn worst_first(&self, other: &Self) -> Ordering {
        let severity = other.check().severity().cmp(&self.check().severity());
        severity.then_with(|| other.cost().cmp(&self.cost()))
    }

    /// What weighs most first.
    pub(super) fn prices(&self, window: Window<Instant>) -> Vec<String> {
        prices(self.cost(), window)
    }

    fn price(&self, window: Window<Instant>) -> String {
        let price = price(self.cost(), window);
        let lost = self.worst.finding.cost.lost;
        let count = if lost == Some(Lost::Object) { self.objects() } else { self.count };
        match (count, lost) {
            (2.., Some(_)) => format!("each time {price}"),
            // What is under a limit is up to less than that.
            (2.., None) if price.starts_with("under") => format!("{price} in all"),
            (2.., None) if !price.is_empty() => format!("up to {price} in all"),
            _ => price,
        }
    }

    fn objects(&self) -> usize {
        self.places.iter().map(|spot| spot.object.as_str()).collect::<BTreeSet<_>>().len()
    }

    /// As one finding with a snippet and all places.
    pub(super) fn text(&self, window: Window<Instant>) -> String {
        self.worst.text(&self.price(window), &self.places())
    }

    /// `11 times: shop/a trigger 2; shop/b triggers 0, 1; and 8 more`
    fn places(&self) -> String {
        if self.count == 1 {
            return String::new();
        }
        let (mut said, mut listed) = (String::new(), 0);
        for spots in self.places.chunk_by(|one, next| one.object == next.object) {
            if said.len() > MOST {
                break;
            }
            let mut triggers: Vec<usize> = spots.iter().filter_map(|spot| spot.trigger).collect();
            triggers.sort_unstable();
            triggers.dedup();
            let numbers: Vec<String> = triggers.iter().map(usize::to_string).collect();
            let triggers = match numbers.len() {
                0 => String::new(),
                1 => format!(" trigger{TIED}{}", numbers[0]),
                _ => format!(" triggers {}", numbers.join(", ")),
            };
            let semicolon = if said.is_empty() { "" } else { "; " };
            said.push_str(&format!("{semicolon}{}{triggers}", spots[0].object));
            listed += spots.len();
        }
        let more = match self.count - listed {
            0 => String::new(),
            more => format!("; and {more} more"),
        };
        // Both sides of one trigger, or several fields of one object.
        let is_one = more.is_empty() && self.places.chunk_by(|one, next| one == next).count() == 1;
        let all = if is_one { ", all in" } else { ":" };
        format!("{} times{all} {said}{more}", self.count)
    }
}

impl Spot {
    fn of(shown: &Shown) -> Self {
        let Finding { place, .. } = &shown.finding;
        let object = match place.object.split_once(' ') {
            Some((_, name)) => name.to_owned(),
            None => format!("{}:{}", shown.file, place.mark.line),
        };
        Self { object, trigger: place.trigger }
    }
}

/// The words of an effect but for moments, since the same fault happens to each trigger at times of its own.
fn without_times(effect: &str) -> String {
    let mut words: Vec<&str> = Vec::new();
    let mut after_time = false;
    for word in effect.split(' ') {
        let bare = word.trim_end_matches([',', ':', '.', ';']);
        let digits = |mark: char| {
            bare.contains(mark) && bare.bytes().all(|byte| byte.is_ascii_digit() || char::from(byte) == mark)
        };
        let is_time = digits(':');
        let is_moment = is_time || WEEKDAYS.contains(&bare) || bare.len() == 10 && digits('-') || after_time;
        after_time = is_time;
        words.push(if is_moment { "#" } else { word });
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_do_not_tell_findings_apart_and_numbers_do() {
        let same = without_times("it is active on Fri 2026-10-16 08:00 Europe/Berlin: the dates end there");
        assert_eq!(same, "it is active on # # # # the dates end there");
        assert_eq!(without_times("floor 6 is above 5 on 1-5"), "floor 6 is above 5 on 1-5");
    }
}

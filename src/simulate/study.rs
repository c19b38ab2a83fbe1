//! What the runs say about the plan: sums by territory and season, whether each season's load is carried, and what is saved.

use super::comparison::{Outcome, Subject, Way};
use super::hpa::kubernetes::Kubernetes;
use super::manifest::Refusal;
use super::world::demand::Slice;
use super::world::tally::{Tallies, Tally};
use crate::quantity::Ratio;

/// Everything that was run, and the terms on which it is judged.
#[derive(Clone, Debug)]
pub struct Study {
    /// The targets.
    pub subjects: Vec<Subject>,
    /// What each came to, in the same order.
    pub outcomes: Vec<Outcome>,
    /// The controller that ran them.
    pub kubernetes: Kubernetes,
    /// Parts of the year, 0 for what belongs to no season.
    pub slices: Vec<Season>,
    /// What the model does not know, by the object's name.
    pub refused: Vec<(String, Refusal)>,
    /// How it is judged.
    pub terms: Terms,
    /// Other manifests under the same load.
    pub against: Option<Against>,
    /// Where the load comes from, in words.
    pub load: String,
    /// What is taken for granted because nobody said it, in sentences.
    pub assumed: Vec<String>,
    /// Whether it is one that was measured: then a season's multiple says nothing of it.
    pub is_measured: bool,
    /// What was run, in words: days, versions.
    pub title: String,
}

/// Other manifests under the same load.
#[derive(Clone, Debug)]
pub struct Against {
    /// What they are called: a file, a folder, a revision.
    pub name: String,
    /// What each of their targets came to.
    pub outcomes: Vec<Tallies>,
    /// The territory of each, in the same order.
    pub places: Vec<String>,
    /// What the model does not know of them.
    pub refused: Vec<(String, Refusal)>,
}

impl Against {
    /// The sum over all of its targets.
    pub fn total(&self) -> Tally {
        self.outcomes.iter().fold(Tally::default(), |sum, tallies| sum.and(&tallies.total()))
    }

    /// The sum over its targets in one territory.
    pub fn place(&self, place: &str) -> Tally {
        let own = self.outcomes.iter().zip(&self.places).filter(|(_, of)| *of == place);
        own.fold(Tally::default(), |sum, (tallies, _)| sum.and(&tallies.total()))
    }

    /// The sum over all of its targets in one slice of the year.
    pub fn season(&self, slice: Slice) -> Tally {
        self.outcomes.iter().fold(Tally::default(), |sum, tallies| sum.and(&tallies.of(slice)))
    }
}

/// A season or campaign.
#[derive(Clone, Debug, PartialEq)]
pub struct Season {
    /// As the policy calls it.
    pub name: String,
    /// As people call it.
    pub title: String,
    /// Whether it is a campaign: once, to the minute.
    pub is_campaign: bool,
    /// The highest multiple of the base load that it brings anywhere; 0 where none is said.
    pub times: f64,
}

/// The terms on which a year is judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms {
    /// The share of requests that must be answered within the gate.
    pub objective: Ratio,
    /// What a replica costs in an hour, where that is known.
    pub pod_hour: Option<f64>,
    /// In which currency.
    pub currency: Option<String>,
}

/// Whether a season's load is carried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Carried {
    /// Which season.
    pub slice: Slice,
    /// Whether at every target the share of requests in time is the objective at least.
    pub holds: bool,
    /// The target with the smallest share.
    pub worst: usize,
    /// That share.
    pub in_time: f64,
}

/// What is saved against a static peak.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Saved {
    /// Which peak.
    pub against: Way,
    /// Its pod-hours.
    pub peak: f64,
    /// The plan's.
    pub plan: f64,
}

impl Saved {
    /// The share that is not paid for.
    pub fn share(&self) -> f64 {
        if self.peak > 0.0 { 1.0 - self.plan / self.peak } else { 0.0 }
    }
}

impl Study {
    /// The sum over the targets that `wanted` picks, one way.
    pub fn sum(&self, way: Way, wanted: impl Fn(&Subject) -> bool) -> Tally {
        let picked = self.subjects.iter().zip(&self.outcomes).filter(|(subject, _)| wanted(subject));
        picked.fold(Tally::default(), |sum, (_, outcome)| sum.and(&outcome.of(way).total()))
    }

    /// The sum over all targets in one slice of the year, one way.
    pub fn season(&self, way: Way, slice: Slice) -> Tally {
        let each = self.outcomes.iter().map(|outcome| outcome.of(way).of(slice));
        each.fold(Tally::default(), |sum, tally| sum.and(&tally))
    }

    /// Territories, in the order of the targets.
    pub fn places(&self) -> Vec<&str> {
        let mut places: Vec<&str> = Vec::new();
        for subject in &self.subjects {
            if !places.contains(&subject.place.as_str()) {
                places.push(&subject.place);
            }
        }
        places
    }

    /// Every season that brings a load that is known, the heaviest first, and whether it is carried.
    pub fn carried(&self) -> Vec<Carried> {
        let is_known = |slice: &usize| self.is_measured || self.slices[*slice].times > 0.0;
        let mut seasons: Vec<usize> = (1..self.slices.len()).filter(is_known).collect();
        seasons.sort_by(|one, other| self.slices[*other].times.total_cmp(&self.slices[*one].times));
        seasons.into_iter().filter_map(|slice| self.carries(Slice(slice))).collect()
    }

    /// The seasons that were run and of which no verdict is given, for nobody says what they bring.
    pub fn not_judged(&self) -> Vec<&Season> {
        let of_no_load = |(at, season): &(usize, &Season)| {
            *at > 0 && season.times <= 0.0 && self.season(Way::Plan, Slice(*at)).seconds > 0.0
        };
        let seasons = self.slices.iter().enumerate().filter(|_| !self.is_measured).filter(of_no_load);
        seasons.map(|(_, season)| season).collect()
    }

    /// The target with the smallest share of a season's requests in time, and that share; none where it brings none.
    pub fn worst_target(&self, slice: Slice) -> Option<(usize, f64)> {
        let shares = self.outcomes.iter().enumerate().filter_map(|(at, outcome)| {
            let tally = outcome.of(Way::Plan).of(slice);
            (tally.felt.requests > 0.0).then(|| (at, tally.in_time()))
        });
        shares.min_by(|(_, one), (_, other)| one.total_cmp(other))
    }

    fn carries(&self, slice: Slice) -> Option<Carried> {
        let (worst, in_time) = self.worst_target(slice)?;
        Some(Carried { slice, holds: in_time >= self.terms.objective.0, worst, in_time })
    }

    /// What is saved against each static peak.
    pub fn saved(&self) -> [Saved; 2] {
        let hours = |way| self.sum(way, |_| true).pod_hours();
        [Way::PeakFloor, Way::Maximum].map(|against| Saved {
            against,
            peak: hours(against),
            plan: hours(Way::Plan),
        })
    }
}

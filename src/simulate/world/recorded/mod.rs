//! Recorded load: a table of samples, or what a Prometheus answered to range queries, becomes requests per second over time.
//!
//! Nothing is guessed: a hole, a sample out of order, a time without a zone or an unknown target is named with its place.

mod answer;
pub mod inquiry;
mod table;

use std::collections::BTreeMap;
use std::fmt;

use crate::quantity::{Rate, Seconds};
use crate::step::StepFn;
use crate::time::{Instant, Window};

/// What is wrong with samples, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// `line 7`, or `series 2, sample 14`.
    pub place: String,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub help: String,
}

/// What fills a stretch without samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filling {
    /// Nothing: it is an error.
    Nothing,
    /// No requests.
    Zero,
    /// The last sample before it.
    Last,
}

/// The recorded load of one target.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// Requests per second.
    pub rates: StepFn<Instant, Rate>,
    /// From the first sample to one step after the last.
    pub window: Window<Instant>,
    /// How far apart the samples are.
    pub step: Seconds,
    /// Stretches without samples, which were filled as told.
    pub filled: Vec<Window<Instant>>,
}

/// A target by the names that a file may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// The workload's name.
    pub name: String,
    /// The same with its namespace: `shop/checkout`.
    pub whole: String,
    /// Its territory.
    pub place: String,
    /// What it does.
    pub workload: String,
}

impl Called {
    /// By its name, with its namespace or without, or short: `DE/queries`.
    pub fn is(&self, text: &str) -> bool {
        self.name == text || self.whole == text || self.short() == text
    }

    fn short(&self) -> String {
        format!("{}/{}", self.place, self.workload)
    }
}

/// Where a sample stands; numbers begin with 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spot {
    Line(usize),
    Series { answer: usize, series: usize, sample: usize },
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Series { answer: 1, series, sample } => write!(f, "series {series}, sample {sample}"),
            Self::Series { answer, series, sample } => {
                write!(f, "answer {answer}, series {series}, sample {sample}")
            }
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Sample {
    spot: Spot,
    at: Instant,
    rate: f64,
}

/// Samples by target, by its place in the list.
type Samples = BTreeMap<usize, Vec<Sample>>;

/// A file that is wrong in every line is not read to its end.
pub const MOST_FAULTS: usize = 10;

/// Reads a file's text: a table, or one or more answers of Prometheus one after another. The load of each target that it has.
pub fn read(
    text: &str,
    targets: &[Called],
    filling: Filling,
) -> Result<BTreeMap<usize, Recorded>, Vec<Fault>> {
    // A byte order mark is not a part of the text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut faults = Vec::new();
    let samples = if text.trim_start().starts_with(['{', '[']) {
        answer::all(text, targets, &mut faults)
    } else {
        table::rows(text, targets, &mut faults)
    };
    let mut recorded = BTreeMap::new();
    for (target, samples) in samples {
        in_order(&samples, &mut faults);
        if faults.is_empty() && !samples.is_empty() {
            recorded.insert(target, joined(&samples, usual_step(&samples), filling, &mut faults));
        }
    }
    if recorded.is_empty() && faults.is_empty() {
        faults.push(fault(
            "the file",
            "there is no sample in it",
            "write `time,target,rps` as its first line, and a line for each sample",
        ));
    }
    if faults.is_empty() { Ok(recorded) } else { Err(faults) }
}

fn fault(place: impl ToString, what: impl Into<String>, help: impl Into<String>) -> Fault {
    Fault { place: place.to_string(), what: what.into(), help: help.into() }
}

fn not_a_rate(place: impl ToString, text: &str) -> Fault {
    let text = start(text);
    fault(
        place,
        format!("`{text}` is not a rate"),
        "requests per second are a number from 0 on, such as 80.5",
    )
}

/// The beginning of what could be a whole file.
fn start(text: &str) -> String {
    let line = text.trim_start().lines().next().unwrap_or_default();
    let short: String = line.chars().take(60).collect();
    if short.len() < line.len() { format!("{short}..") } else { short }
}

fn rate(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|rate| rate.is_finite() && *rate >= 0.0)
}

/// Years that a sample can be of. What is far beyond them was counted in milliseconds.
const YEARS: Window<Instant> = Window { from: Instant(0), until: Instant(7_258_118_400) };

/// Seconds since 1970; a part of a second is left out.
fn second(seconds: f64) -> Option<Instant> {
    let at = Instant(seconds.floor() as i64);
    (seconds.is_finite() && YEARS.contains(at)).then_some(at)
}

fn in_order(samples: &[Sample], faults: &mut Vec<Fault>) {
    for pair in samples.windows(2) {
        if faults.len() >= MOST_FAULTS {
            return;
        }
        let [before, after] = [pair[0], pair[1]];
        if after.at == before.at {
            let what = format!("a second sample of {}, which {} has already", after.at, before.spot);
            faults.push(fault(after.spot, what, doubled(before.spot, after.spot)));
        } else if after.at < before.at {
            let what = format!("{} comes after {}", after.at, before.at);
            faults.push(fault(after.spot, what, "sort each target's samples by time"));
        }
    }
}

fn doubled(before: Spot, after: Spot) -> &'static str {
    match (before, after) {
        (Spot::Series { answer: first, series: one, .. }, Spot::Series { answer, series, .. })
            if first == answer && one != series =>
        {
            "a target has one load: add its series up in the query, `sum by (territory, workload) (..)`"
        }
        (Spot::Line(_) | Spot::Series { .. }, Spot::Line(_) | Spot::Series { .. }) => "keep one of them",
    }
}

/// The usual distance of two samples: the median, of two middle ones the smaller, so that a hole is none of it.
fn usual_step(samples: &[Sample]) -> Seconds {
    let mut steps: Vec<i64> = samples.windows(2).map(|pair| pair[1].at.0 - pair[0].at.0).collect();
    steps.sort_unstable();
    let step = steps.get(steps.len().saturating_sub(1) / 2).and_then(|step| u32::try_from(*step).ok());
    Seconds(step.unwrap_or(60))
}

/// Samples in order, each holding until the next one.
fn joined(samples: &[Sample], step: Seconds, filling: Filling, faults: &mut Vec<Fault>) -> Recorded {
    let (first, last) = (samples[0], samples[samples.len() - 1]);
    let length = i64::from(step.0);
    let mut rates = StepFn::constant(Rate(first.rate));
    let mut filled = Vec::new();
    for pair in samples.windows(2) {
        let [before, after] = [pair[0], pair[1]];
        if after.at.0 - before.at.0 > length + length / 2 {
            let hole = Window::new(Instant(before.at.0 + length), after.at);
            match filling {
                Filling::Nothing if faults.len() >= MOST_FAULTS => {}
                Filling::Nothing => faults.push(fault(
                    after.spot,
                    format!(
                        "no samples from {} to {}, and they come every {} s",
                        before.at, after.at, step.0
                    ),
                    "fetch them, or say what fills holes: --fill-holes zero, --fill-holes last",
                )),
                Filling::Zero => rates.push(hole.from, Rate(0.0)),
                Filling::Last => {}
            }
            filled.push(hole);
        }
        rates.push(after.at, Rate(after.rate));
    }
    let window = Window::new(first.at, Instant(last.at.0 + length));
    Recorded { rates, window, step, filled }
}

#[cfg(test)]
mod tests;

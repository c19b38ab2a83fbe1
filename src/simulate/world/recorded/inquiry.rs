//! What a Prometheus is asked for the load of a target, in which pieces, and what its answers come to.

use super::{Fault, Filling, Recorded, Sample, answer, fault, in_order, joined};
use crate::keda::scaledobject::ScaledObject;
use crate::quantity::Seconds;
use crate::simulate::world::signal::Signal;
use crate::time::{Instant, Window};

/// Prometheus answers with 11,000 points a series at most (`web/api/v1/api.go`).
const POINTS: i64 = 10_000;

/// Why there is nothing to ask for an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoQuestion {
    /// No trigger asks for the request rate alone.
    NoRate,
    /// These triggers each ask for another one.
    Several(Vec<String>),
}

/// The query for the request rate that an object's own trigger has.
pub fn query(object: &ScaledObject) -> Result<String, NoQuestion> {
    let mut queries: Vec<String> = Vec::new();
    for trigger in &object.spec.triggers.value {
        let Some(text) = trigger.setting("query").filter(|_| trigger.kind.value == "prometheus") else {
            continue;
        };
        let is_load = Signal::read(text).is_ok_and(|signal| signal.is_request_rate());
        if is_load && !queries.iter().any(|query| query == text) {
            queries.push(text.to_owned());
        }
    }
    match queries.len() {
        0 => Err(NoQuestion::NoRate),
        1 => Ok(queries.remove(0)),
        _ => Err(NoQuestion::Several(queries)),
    }
}

/// A stretch in pieces of so few points that each can be answered.
pub fn pieces(window: Window<Instant>, step: Seconds) -> Vec<Window<Instant>> {
    let length = POINTS * i64::from(step.0);
    let mut pieces = Vec::new();
    let mut from = window.from;
    while from < window.until {
        let until = Instant(from.0 + length).min(window.until);
        pieces.push(Window::new(from, until));
        from = until;
    }
    pieces
}

/// The last point of a piece: `end` of a range query is one of its points.
pub fn last_point(piece: Window<Instant>, step: Seconds) -> Instant {
    let step = i64::from(step.0);
    Instant(piece.from.0 + (piece.until.0 - 1 - piece.from.0) / step * step)
}

/// What was answered for one target so far.
#[derive(Debug, Default)]
pub struct Heard {
    samples: Vec<Sample>,
}

impl Heard {
    /// Takes the answer for a piece; pieces come in order.
    pub fn take(&mut self, answer: &str, piece: Window<Instant>) -> Result<(), Vec<Fault>> {
        let samples = answer::of_one(answer)?;
        if let Some(stray) = samples.iter().find(|sample| !piece.contains(sample.at)) {
            return Err(vec![fault(
                stray.spot,
                format!("it is of {}, which was not asked for", stray.at),
                "is there something between that answers other questions, such as a cache?",
            )]);
        }
        let mut faults = Vec::new();
        in_order(&samples, &mut faults);
        self.samples.extend(samples);
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// The load; none where there was no sample at all.
    pub fn recorded(&self, step: Seconds, filling: Filling) -> Result<Option<Recorded>, Vec<Fault>> {
        if self.samples.is_empty() {
            return Ok(None);
        }
        let mut faults = Vec::new();
        let recorded = joined(&self.samples, step, filling, &mut faults);
        if faults.is_empty() { Ok(Some(recorded)) } else { Err(faults) }
    }
}

//! What one workload gets in one place.

use super::decode::{Problems, Table};
use super::{diags, reader, scalar};
use crate::profile::Guard;
use crate::quantity::{Rate, Replicas};
use crate::source::{Located, Span};

/// How the load of a workload is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    /// As requests per second.
    Requests,
    /// As messages that wait.
    Queue,
    /// Not at all: the calendar alone scales it.
    Nothing,
}

/// What one workload gets in one place: `[territories.DE.queries]`.
#[derive(Clone)]
pub(super) struct Share {
    pub(super) min: Located<Replicas>,
    pub(super) max: Located<Replicas>,
    pub(super) per_replica: Option<Rate>,
    pub(super) guard: Option<Guard>,
    pub(super) scale_up: Option<Located<Replicas>>,
    pub(super) base_load: Option<Located<Rate>>,
    pub(super) span: Span,
}

impl Share {
    /// Reads the keys of a share; one without a territory stands in the workload's own table, the rate of a queue
    /// elsewhere.
    pub(super) fn read(table: &mut Table<'_>, measure: Measure, problems: &mut Problems) -> Option<Self> {
        let range = reader::range(table, problems);
        let rate = match measure {
            Measure::Requests => table.need("rps-per-replica", problems),
            Measure::Queue | Measure::Nothing => None,
        };
        let per_replica = rate.map(|value| reader::per_replica(&value, problems));
        let latency = if measure == Measure::Requests { table.get("scale-up-p95") } else { None };
        let guard =
            latency.and_then(|value| value.parsed("a latency such as \"200ms\"", scalar::millis, problems));
        let scale_up = table.get("scale-up-per-minute").and_then(|value| reader::replicas(&value, problems));
        if let Some(zero) = scale_up.filter(|count| count.value.0 == 0) {
            problems.push(diags::bad_value("scale-up-per-minute", "a whole number from 1 on", zero.span));
        }
        let base_load = match measure {
            Measure::Requests | Measure::Queue => table.get("base-load"),
            Measure::Nothing => None,
        };
        let base_load = base_load.and_then(|value| value.number(problems));
        let (min, max) = range?;
        Some(Self {
            min,
            max,
            per_replica: per_replica.unwrap_or(None).filter(|_| measure == Measure::Requests),
            guard: guard.map(|latency| Guard::Latency(latency.value)),
            scale_up,
            base_load: base_load.map(|load| load.map(Rate)),
            span: table.span,
        })
    }
}

//! One ScaledObject at work: the HPA that KEDA makes of it, and what its triggers' values become for the HPA and for the poll.

use super::executor::{Activation, Executor, Poll};
use super::fallback::{Failures, Substitute};
use super::value::Writing;
use crate::simulate::hpa::metric::{Reading, Unavailable};
use crate::simulate::hpa::scale::{Pods, Scale};
use crate::simulate::hpa::spec::Autoscaler;
use crate::simulate::moment::{Moment, Span};

/// What a scaler reads from its source: a number, or nothing.
pub type Value = Result<f64, Unavailable>;

/// A ScaledObject with a version of KEDA, as far as the model goes. Trigger and metric have the same place.
#[derive(Clone, Debug)]
pub struct Scaler {
    /// The HPA that KEDA makes.
    pub hpa: Autoscaler,
    /// For each trigger the value over which it is active.
    pub activations: Vec<f64>,
    /// How numbers are written.
    pub writing: Writing,
    /// What its poll does by itself.
    pub executor: Executor,
    /// `pollingInterval`
    pub polling: Span,
    /// `fallback`
    pub substitute: Option<Substitute>,
    /// Whether a poll counts a failure, too, and a fallback counts as active: from KEDA 2.19 on.
    pub polls_count: bool,
}

/// What KEDA keeps of one ScaledObject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Failures in a row of each trigger.
    failures: Vec<Failures>,
    /// When it was active.
    pub activation: Activation,
}

impl Status {
    /// Of an object created now.
    pub fn new(scaler: &Scaler, created: Moment) -> Self {
        let failures = vec![Failures(0); scaler.hpa.metrics.len()];
        Self { failures, activation: Activation { created, last: None } }
    }

    /// Counting ends where nothing more comes of it.
    fn count(&mut self, values: &[Value], enough: Failures) {
        for (failures, value) in self.failures.iter_mut().zip(values) {
            *failures = if value.is_ok() { Failures(0) } else { Failures(failures.0 + 1).min(enough) };
        }
    }
}

impl Scaler {
    /// What the HPA gets for the triggers' values, which counts failures.
    pub fn read(
        &self,
        status: &mut Status,
        values: &[Value],
        (scale, pods): (Scale, Pods),
        readings: &mut Vec<Reading>,
    ) {
        status.count(values, self.enough());
        let each = values.iter().zip(&self.hpa.metrics).zip(&status.failures);
        readings.clear();
        readings.extend(each.map(|((value, metric), failures)| match (value, &self.substitute) {
            (Ok(value), _) => Ok(self.writing.milli(*value)),
            (Err(Unavailable), Some(substitute)) => substitute.answer(*failures, *metric, scale, pods),
            (Err(Unavailable), None) => Err(Unavailable),
        }));
    }

    /// What the poll sees, which counts failures from 2.19 on.
    pub fn poll(&self, status: &mut Status, values: &[Value], now: Moment, replicas: i32) -> Poll {
        if self.polls_count {
            status.count(values, self.enough());
        }
        self.poll_again(status, values, now, replicas)
    }

    /// What a poll sees, without counting it.
    pub fn poll_again(&self, status: &Status, values: &[Value], now: Moment, replicas: i32) -> Poll {
        let each = values.iter().zip(&self.activations);
        let mut by_value = each.filter_map(|(value, over)| value.ok().map(|value| value > *over));
        let holds = |failures: &Failures| self.substitute.is_some_and(|one| one.holds(*failures));
        let by_fallback = self.polls_count && status.failures.iter().any(holds);
        let active = by_value.any(|active| active) || by_fallback;
        Poll { now, active, failed: values.iter().any(Result::is_err), replicas }
    }

    /// So many failures that more say nothing new.
    fn enough(&self) -> Failures {
        let threshold = self.substitute.map_or(0, |substitute| substitute.threshold);
        Failures(u32::try_from(threshold).unwrap_or(0) + 1)
    }

    /// Whether the triggers' failures have settled: those that fail have failed often enough, or there is nothing to wait for.
    pub fn is_settled(&self, status: &Status) -> bool {
        let waits = |failures: &Failures| {
            failures.0 > 0 && self.substitute.is_some_and(|substitute| !substitute.holds(*failures))
        };
        !status.failures.iter().any(waits)
    }
}

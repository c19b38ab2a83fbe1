//! One pass of the controller taken apart: what each metric said and wished, and what became of the highest wish.

use super::comparison::Subject;
use super::hpa::controller::{Controller, Course};
use super::hpa::kubernetes::Kubernetes;
use super::hpa::latest::Latest;
use super::hpa::metric::{Proposal, Reading, propose};
use super::hpa::scale::{Pods, Scale};
use super::hpa::spec::Metric;
use super::run::{Target, Tick};
use super::world::site::Source;
use crate::quantity::Rate;
use crate::time::Instant;
use crate::tolerance::Tolerance;

/// One pass.
#[derive(Clone, Debug)]
pub struct Explained {
    /// When it was made.
    pub at: Instant,
    /// The scale that it found.
    pub scale: Scale,
    /// The pods that it found.
    pub pods: Pods,
    /// Each metric: its trigger, its aim, what it read and what it asked for.
    pub metrics: Vec<MetricAnswer>,
    /// How it came to its count.
    pub course: Course,
    /// The count after it.
    pub replicas: i32,
    /// The conditions of the HPA after it.
    pub conditions: Vec<&'static str>,
    /// What was asked of the target, and its p95 in seconds.
    pub load: (Rate, Option<f64>),
}

/// One metric at a pass.
#[derive(Clone, Debug)]
pub struct MetricAnswer {
    /// Whether it is a cron trigger's.
    pub is_cron: bool,
    /// Whether its source fails, and KEDA's fallback answers for it.
    pub is_substituted: bool,
    /// What it is aimed at.
    pub metric: Metric,
    /// What it read.
    pub reading: Reading,
    /// What it asked for; none where it failed.
    pub proposal: Option<Proposal>,
}

/// The last pass up to `at`. None where there was none.
pub fn explain(subject: &Subject, kubernetes: Kubernetes, at: Instant) -> Option<Explained> {
    let subject = &*subject.heard();
    let tolerance = Controller::<Latest>::new(kubernetes).tolerance(&subject.machine.scaler.hpa);
    let mut last = None;
    let mut site = subject.follow(&subject.machine, kubernetes, Instant(at.0 + 1), |target, tick| {
        last = Some(explained(subject, &tolerance, target, tick));
    });
    let mut last = last?;
    let (p95, rate) = site.feels(last.at, last.pods);
    last.load = (rate, p95);
    Some(last)
}

fn explained(
    subject: &Subject,
    tolerance: &Tolerance,
    target: &Target<'_, Latest>,
    tick: &Tick,
) -> Explained {
    let is_single = subject.machine.formula.is_none();
    let metrics = &subject.machine.scaler.hpa.metrics;
    let each = subject.machine.sources.iter().zip(metrics).zip(target.readings());
    let each = each.zip(target.values());
    let metrics = each.map(|(((source, metric), reading), value)| MetricAnswer {
        is_substituted: value.is_err() && reading.is_ok(),
        is_cron: is_single && matches!(source, Source::Cron { .. } | Source::Floors(_)),
        metric: *metric,
        reading: *reading,
        proposal: propose(*metric, *reading, tick.scale, tick.pods, tolerance).ok(),
    });
    Explained {
        at: tick.now.second(),
        scale: tick.scale,
        pods: tick.pods,
        metrics: metrics.collect(),
        course: tick.pass.course,
        replicas: tick.pass.replicas,
        conditions: target.controller().conditions().reasons(),
        load: (Rate(0.0), None),
    }
}

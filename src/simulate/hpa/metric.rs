//! What one external metric asks for (`GetExternalPerPodMetricReplicas`, `GetExternalMetricReplicas`).

use super::scale::{Pods, Scale};
use super::spec::{Metric, Milli, Target};
use crate::tolerance::Tolerance;

/// The metrics API has no answer, or there is no pod to take it for: the metric counts as failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unavailable;

/// A metric's value at a pass.
pub type Reading = Result<Milli, Unavailable>;

/// What one metric comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Proposal {
    /// How many replicas it asks for.
    pub replicas: i32,
    /// Usage over target.
    pub ratio: f64,
    /// Whether the ratio was close enough to 1 for the count to stay.
    pub tolerated: bool,
}

/// The value that the items of a metric add up to. An average that falls below 0 on the way is taken for an overflow: it is
/// the largest number there is.
pub fn total(target: Target, items: &[Milli]) -> Reading {
    if items.is_empty() {
        return Err(Unavailable);
    }
    let mut sum: i64 = 0;
    for item in items {
        sum = match target {
            Target::AverageValue => sum.wrapping_add(item.0),
            Target::Value => sum.saturating_add(item.0),
        };
        if target == Target::AverageValue && sum < 0 {
            return Ok(Milli(i64::MAX));
        }
    }
    Ok(Milli(sum))
}

/// How many replicas the metric asks for.
pub fn propose(
    metric: Metric,
    reading: Reading,
    scale: Scale,
    pods: Pods,
    tolerance: &Tolerance,
) -> Result<Proposal, Unavailable> {
    let usage = total(metric.target, &[reading?])?.0 as f64;
    let aim = metric.aim.0 as f64;
    match metric.target {
        Target::AverageValue => Ok(per_pod(usage, aim, scale, tolerance)),
        Target::Value => as_it_is(usage, aim, (scale, pods), tolerance),
    }
}

fn per_pod(usage: f64, aim: f64, scale: Scale, tolerance: &Tolerance) -> Proposal {
    let ratio = usage / (aim * f64::from(scale.status));
    if tolerance.holds(ratio) {
        // The count that is reported, not the one that was asked for: a rollout's surge pods are in it.
        return Proposal { replicas: scale.status, ratio, tolerated: true };
    }
    Proposal { replicas: (usage / aim).ceil() as i32, ratio, tolerated: false }
}

fn as_it_is(
    usage: f64,
    aim: f64,
    (scale, pods): (Scale, Pods),
    tolerance: &Tolerance,
) -> Result<Proposal, Unavailable> {
    let ratio = usage / aim;
    if scale.spec == 0 {
        return Ok(Proposal { replicas: ratio.ceil() as i32, ratio, tolerated: false });
    }
    if tolerance.holds(ratio) {
        return Ok(Proposal { replicas: scale.spec, ratio, tolerated: true });
    }
    if pods.all == 0 {
        return Err(Unavailable);
    }
    let replicas = (ratio * f64::from(pods.ready)).ceil() as i32;
    Ok(Proposal { replicas, ratio, tolerated: false })
}

/// The usage that the HPA's status shows: per pod for an average. For no replicas the real controller divides by zero and
/// shows what its processor makes of that; scaling is not touched by it, and 0 is what is given here.
pub fn shown(target: Target, usage: Milli, status: i32) -> Milli {
    match target {
        Target::Value => usage,
        Target::AverageValue if status == 0 => Milli(0),
        Target::AverageValue => Milli((usage.0 as f64 / f64::from(status)).ceil() as i64),
    }
}

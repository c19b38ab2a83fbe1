//! ScaledJobs: what a cron trigger means where Jobs are counted and not replicas (KEDA: `pkg/scaling/executor/scale_jobs.go`),
//! and what means nothing there.

use super::super::finding::Finding;
use super::super::subject::Subject;
use super::super::targets;
use crate::finding::Rule;
use crate::keda::trigger::json_number;

/// KEDA's poll of a ScaledJob, where none is set.
const POLLING: i32 = 30;

/// All checks.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = of_resources(subject);
    found.extend(of_no_target(subject));
    found.extend(above_max(subject));
    found.extend(repeats(subject));
    found
}

/// The HPA reads cpu and memory, and a ScaledJob has none: KEDA passes over such a trigger (`getScaledJobMetrics`).
fn of_resources(subject: &Subject<'_>) -> Vec<Finding> {
    let alone = subject.triggers().all(|(_, trigger)| !trigger.is_external());
    let min = subject.object.spec.min();
    let comes = match (alone, min) {
        (false, _) => "it changes nothing".to_owned(),
        (true, ..=0) => "no Job is ever started".to_owned(),
        (true, _) => format!("the {min} Jobs of minReplicaCount are all that ever run"),
    };
    let resources = subject.triggers().filter(|(_, trigger)| !trigger.is_external());
    resources
        .map(|(index, trigger)| {
            let kind = &trigger.kind.value;
            let effect = format!("KEDA passes over the {kind} trigger of a ScaledJob: {comes}");
            let mend = "count what waits, as in the length of a queue, or write a ScaledObject".to_owned();
            subject.beside(Rule::ScaledjobNoEffect, index, ("type", None), effect, mend)
        })
        .collect()
}

/// Jobs are counted as what waits, divided by the target of an average: without one there are none (KEDA:
/// `pkg/scaling/scaledjob/metrics.go`).
fn of_no_target(subject: &Subject<'_>) -> Vec<Finding> {
    let external = subject.triggers().filter(|(_, trigger)| trigger.is_external());
    let found = external.filter_map(|(index, trigger)| {
        if trigger.is_value() {
            let mark = trigger.metric_type.as_ref().map(|kind| kind.mark);
            let effect = "a ScaledJob divides by the target of an average, and metricType Value has none: the trigger starts no Job";
            let field = ("metricType", mark);
            let mend = "write AverageValue, or remove metricType".to_owned();
            return Some(subject.beside(Rule::ScaledjobNoEffect, index, field, effect.to_owned(), mend));
        }
        let threshold = || {
            let written = trigger.setting("threshold").filter(|_| trigger.kind.value == "prometheus")?;
            let least = targets::least(subject.versions.keda);
            json_number(written).filter(|number| *number < least).map(|_| ("threshold", written))
        };
        let (key, written) = targets::of_nothing(trigger, subject.versions.keda).or_else(threshold)?;
        let effect = format!("{key} {written:?} is no target to divide by: the trigger starts no Job");
        let mend = "write a number above 0: as much as one Job works off".to_owned();
        Some(subject.about(Rule::ScaledjobNoEffect, index, key, effect, mend))
    });
    found.collect()
}

/// The webhook of ScaledJobs looks at triggers alone, and KEDA takes the smaller number (`scaledjob_types.go`).
fn above_max(subject: &Subject<'_>) -> Option<Finding> {
    let spec = &subject.object.spec;
    let max = spec.max_replica_count.as_ref()?.value;
    let min = spec.min_replica_count.as_ref().filter(|min| min.value > max)?;
    let effect = format!(
        "minReplicaCount {} is above maxReplicaCount {max}: KEDA cuts it to {max}, and no trigger adds a Job",
        min.value
    );
    let mend = "raise maxReplicaCount or lower minReplicaCount".to_owned();
    Some(subject.finding(Rule::ScaledjobNoEffect, "spec.minReplicaCount", min.mark, effect, mend))
}

/// A window asks for Jobs at every poll while it lasts: one that ends is followed by the next.
fn repeats(subject: &Subject<'_>) -> Option<Finding> {
    let spec = &subject.object.spec;
    let active = subject.active.iter().find(|active| active.trigger.desired > 0)?;
    let pieces = active.walk.active.pieces(subject.window.from..subject.window.until);
    let longest =
        pieces.filter(|(_, _, is_active)| **is_active).map(|(from, until, _)| until.0 - from.0).max()?;
    let desired = active.trigger.desired.min(i64::from(spec.max()));
    let every = spec.polling_interval.as_ref().map_or(POLLING, |every| every.value).max(1);
    let polls = (longest + i64::from(every) - 1) / i64::from(every);
    let strategy = spec.scaling_strategy.as_ref().map_or("default", |strategy| strategy.value.as_str());
    let each = match strategy {
        "accurate" => format!("starts {desired} more, until {} run", spec.max()),
        "eager" => format!("starts as many as are missing of {}", spec.max()),
        "custom" => format!("starts up to {desired}, less what the strategy deducts"),
        _ => format!("tops the running Jobs up to {desired}"),
    };
    let effect = format!(
        "while the window lasts each poll, every {every} s, {each}: a Job that ends is followed by a new one, at up to {polls} polls of one window of {}",
        said(longest)
    );
    let mend = "for one run each time use a Kubernetes CronJob; for a standing number a ScaledObject";
    Some(subject.about(Rule::ScaledjobRepeats, active.index, "start", effect, mend.to_owned()))
}

/// `12 h`, `5 min`
fn said(seconds: i64) -> String {
    match seconds {
        _ if seconds % 3600 == 0 => format!("{} h", seconds / 3600),
        _ if seconds % 60 == 0 => format!("{} min", seconds / 60),
        _ => format!("{seconds} s"),
    }
}

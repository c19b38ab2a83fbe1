//! The object as a whole: its floors against its limits, the way from and to zero, and what pauses it.

use super::super::finding::Finding;
use super::super::subject::Subject;
use crate::features;
use crate::finding::Rule;
use crate::keda::floor::Active;
use crate::keda::limits::Limits;
use crate::keda::pause::{self, Pause};
use crate::keda::scaledobject::Trigger;
use crate::keda::trigger::CronTrigger;
use crate::quantity::Replicas;
use crate::time::{Instant, Window};
use crate::yaml::Marked;

/// All checks. `are_clocks_told`: whether another finding says what a change of the clocks does to it.
pub(super) fn check(subject: &Subject<'_>, are_clocks_told: bool) -> Vec<Finding> {
    let checks: [fn(&Subject<'_>) -> Vec<Finding>; 6] =
        [against_limits, idle, from_zero, of_value, paused, between_polls];
    let checks = checks.iter().flat_map(|check| check(subject)).chain(polling(subject));
    checks.chain(holes(subject, are_clocks_told)).collect()
}

fn against_limits(subject: &Subject<'_>) -> Vec<Finding> {
    let spec = &subject.object.spec;
    let mut found = Vec::new();
    // A formula need not hand a trigger's own number on.
    if subject.composite().is_some() {
        return found;
    }
    for active in &subject.active {
        let desired = active.trigger.desired;
        if let Some(finding) = negative(subject, active) {
            found.push(finding);
            continue;
        }
        if desired > i64::from(spec.max()) {
            // The HPA turns what it works out into an `int32`, which Go leaves to the processor where it does not fit.
            let effect = if desired > CronTrigger::MOST_COUNTED {
                format!(
                    "desiredReplicas {desired} is above {}, the most that the HPA can count: its processor decides whether that comes to maxReplicaCount {} or to minReplicaCount {}",
                    CronTrigger::MOST_COUNTED,
                    spec.max(),
                    spec.min()
                )
            } else {
                format!("desiredReplicas {desired} is cut to maxReplicaCount {}", spec.max())
            };
            let mend = "raise maxReplicaCount or lower the floor".to_owned();
            found.push(subject.about(Rule::FloorAboveMax, active.index, "desiredReplicas", effect, mend));
        }
        if desired <= i64::from(spec.min()) && !subject.lifts(active) {
            let effect =
                format!("desiredReplicas {desired} asks for no more than minReplicaCount {}", spec.min());
            let mend = "remove the trigger or raise the floor: cron cannot lower".to_owned();
            found.push(subject.about(Rule::FloorNoEffect, active.index, "desiredReplicas", effect, mend));
        }
    }
    found
}

/// The HPA reads an average below 0 as an overflow and goes to its maximum (Kubernetes: `GetExternalPerPodMetricReplicas`); from
/// 2.20.2 on KEDA makes it 0 (kedacore/keda#7880).
fn negative(subject: &Subject<'_>, active: &Active) -> Option<Finding> {
    let (_, trigger) = subject.triggers().find(|(index, _)| *index == active.index)?;
    let desired = active.trigger.desired;
    if desired >= 0 || trigger.is_value() || !subject.versions.overflow_below_zero() {
        return None;
    }
    let effect = format!(
        "desiredReplicas {desired}: the HPA reads an average below 0 as an overflow, and goes to maxReplicaCount {} in the window",
        subject.object.spec.max()
    );
    let mend = "remove the trigger, or write the number of replicas: cron cannot lower".to_owned();
    Some(subject.about(Rule::CronNegative, active.index, "desiredReplicas", effect, mend))
}

/// Where one window ends minutes before the next begins, the floor is meant to go through.
fn holes(subject: &Subject<'_>, are_clocks_told: bool) -> Vec<Finding> {
    let floor = subject.floor();
    let down = subject.object.spec.behavior().and_then(|behavior| behavior.scale_down.as_ref());
    let window = down.and_then(|rules| rules.value.stabilization_window_seconds).unwrap_or(300);
    let is_hole = |steps: &&[(Instant, Replicas)]| {
        let gap = steps[2].0.0 - steps[1].0.0;
        gap < i64::from(window) && steps[1].1 < steps[0].1 && steps[1].1 < steps[2].1
    };
    let is_told = |steps: &&[(Instant, Replicas)]| {
        let mut clocks = subject.active.iter().map(|active| &active.clocks.0);
        are_clocks_told && clocks.any(|clock| clock.changes().any(|change| meets(change.at, steps)))
    };
    let holes = || floor.steps().windows(3).filter(is_hole).filter(|steps| !is_told(steps));
    let finding = holes().next().map(|steps| {
        let seconds = steps[2].0.0 - steps[1].0.0;
        let effect = format!("the floor falls from {} to {} for {seconds} s", steps[0].1, steps[1].1);
        let mend = "let the first window end at the instant at which the next begins".to_owned();
        let mark = subject.object.spec.triggers.mark;
        let missing = holes().map(|steps| {
            let meant = steps[0].1.min(steps[2].1);
            (Window::new(steps[1].0, steps[2].0), meant.0 - steps[1].1.0)
        });
        let finding = subject.finding(Rule::FloorHole, "spec.triggers", mark, effect, mend);
        Finding { cost: subject.astray(missing), ..finding.from(steps[1].0) }
    });
    finding.into_iter().collect()
}

/// Whether the clocks change as a hole begins or ends, or in it.
fn meets(change: Instant, steps: &[(Instant, Replicas)]) -> bool {
    steps[1].0.0 - 1 <= change.0 && change.0 <= steps[2].0.0 + 1
}

/// The HPA's minimum is minReplicaCount: it fights any idle count but zero (kedacore/keda#2314).
fn idle(subject: &Subject<'_>) -> Vec<Finding> {
    let spec = &subject.object.spec;
    // One that is not below the minimum is refused, which is a finding already.
    let idle = spec.idle_replica_count.as_ref().filter(|idle| (1..spec.min()).contains(&idle.value));
    let finding = idle.map(|idle| {
        let effect = format!("KEDA sets {} replicas and the HPA raises them again", idle.value);
        let mend = "write 0 or remove it".to_owned();
        subject.finding(Rule::KedaIdleReplicas, "spec.idleReplicaCount", idle.mark, effect, mend)
    });
    finding.into_iter().collect()
}

/// KEDA before 2.19 does not take a fallback for activity: at zero the HPA is off, and nobody asks (kedacore/keda#7239).
fn from_zero(subject: &Subject<'_>) -> Vec<Finding> {
    let spec = &subject.object.spec;
    let limits = Limits::of(subject.object, subject.versions.keda);
    let fallback = spec.fallback.as_ref().filter(|fallback| fallback.value.replicas > 0);
    let can_fail = |trigger: &Trigger| trigger.is_external() && trigger.kind.value != "cron";
    let Some(fallback) = fallback.filter(|_| subject.triggers().any(|(_, trigger)| can_fail(trigger))) else {
        return Vec::new();
    };
    if subject.versions.keda >= features::keda::FALLBACK_IS_ACTIVE || limits.idle > 0 {
        return Vec::new();
    }
    let effect = format!(
        "before KEDA 2.19 a fallback does not lift from 0: an outage that begins there stays there, not at {}",
        fallback.value.replicas
    );
    let mend = "write a minReplicaCount of 1 without an idleReplicaCount, or raise KEDA to 2.19".to_owned();
    vec![subject.finding(Rule::KedaFallbackFromZero, "spec.fallback", fallback.mark, effect, mend)]
}

/// Beside averages one of type Value is taken, and its failure stays a failure before 2.18 (`isFallbackEnabled`).
fn of_value(subject: &Subject<'_>) -> Vec<Finding> {
    let spec = &subject.object.spec;
    let is_mixed = subject.triggers().any(|(_, trigger)| trigger.is_external() && !trigger.is_value());
    // Later the webhook refuses the fallback of an object that has nothing else.
    let is_taken = is_mixed || subject.versions.keda < features::keda::FALLBACK_REFUSED;
    let is_read = spec.fallback.is_some() && subject.composite().is_none() && is_taken;
    if subject.versions.keda >= features::keda::FALLBACK_OF_VALUE || !is_read {
        return Vec::new();
    }
    let can_fail = |trigger: &Trigger| trigger.is_external() && trigger.kind.value != "cron";
    let values = subject.triggers().filter(|(_, trigger)| can_fail(trigger) && trigger.is_value());
    values
        .map(|(index, trigger)| {
            let effect = "before KEDA 2.18 no fallback stands in for a metric of type Value: while it fails, nothing scales down";
            let mend = "write metricType AverageValue, if the query allows it, or raise KEDA to 2.18";
            let field = ("metricType", trigger.metric_type.as_ref().map(|kind| kind.mark));
            let (effect, mend) = (effect.to_owned(), mend.to_owned());
            subject.beside(Rule::KedaFallbackOfValue, index, field, effect, mend)
        })
        .collect()
}

/// These only matter on the way to and from zero, and the interval where the HPA is answered from the last poll.
fn polling(subject: &Subject<'_>) -> Vec<Finding> {
    let spec = &subject.object.spec;
    if spec.min() < 1 || spec.idle_replica_count.is_some() {
        return Vec::new();
    }
    let cached = subject
        .triggers()
        .any(|(_, trigger)| trigger.use_cached_metrics.as_ref().is_some_and(|cached| cached.value));
    let polling = spec.polling_interval.as_ref().filter(|_| !cached).map(|value| {
        let effect = "pollingInterval only counts at 0 replicas, and minReplicaCount keeps 1 or more: the HPA asks every 15 s";
        ("spec.pollingInterval", value.mark, effect, "remove it")
    });
    let cooldown = spec.cooldown_period.as_ref().map(|value| {
        let effect =
            "cooldownPeriod only counts on the way to 0 replicas, and minReplicaCount keeps 1 or more";
        let mend =
            "remove it; how fast the HPA goes down says scaleDown.stabilizationWindowSeconds, 300 unless set";
        ("spec.cooldownPeriod", value.mark, effect, mend)
    });
    let advanced = spec.advanced.as_ref();
    let modifiers = advanced.and_then(|advanced| advanced.scaling_modifiers.as_ref());
    let activation = modifiers.filter(|modifiers| modifiers.value.activation_target.is_some()).map(|value| {
        let effect =
            "activationTarget only counts on the way from and to 0 replicas, and minReplicaCount keeps 1 or more";
        let field = "spec.advanced.scalingModifiers.activationTarget";
        (field, value.mark, effect, "remove it, or write a minReplicaCount of 0 or an idleReplicaCount")
    });
    let findings =
        [polling, cooldown, activation].into_iter().flatten().map(|(field, mark, effect, mend)| {
            subject.finding(Rule::KedaPollingNoEffect, field, mark, effect.to_owned(), mend.to_owned())
        });
    findings.collect()
}

/// What is 10 minutes late is worth a word, as on the way up.
const LATE: i64 = 600;

/// From 0 and from the idle count only a poll lifts (KEDA: `pkg/scaling/executor/scale_scaledobjects.go`): a window between two
/// of them is not seen.
fn between_polls(subject: &Subject<'_>) -> Vec<Finding> {
    let limits = Limits::of(subject.object, subject.versions.keda);
    let polling = subject.object.spec.polling_interval.as_ref();
    let Some(polling) = polling.filter(|_| limits.idle < limits.least) else { return Vec::new() };
    let seconds = i64::from(polling.value);
    let floor = subject.floor();
    let mut before = *floor.first();
    let mut shortest: Option<(i64, Instant, Replicas)> = None;
    for (place, (at, to)) in floor.steps().iter().enumerate() {
        let rises = before.0 <= limits.idle && to.0 > limits.idle;
        before = *to;
        let mut later = floor.steps()[place..].iter();
        let Some((ends, _)) = later.find(|(_, floor)| floor.0 <= limits.idle) else { continue };
        let lasts = ends.0 - at.0;
        let is_shorter = shortest.is_none_or(|(least, ..)| lasts < least);
        if rises && is_shorter && subject.window.contains(*at) {
            shortest = Some((lasts, *at, *to));
        }
    }
    let Some((lasts, at, to)) = shortest.filter(|(lasts, ..)| *lasts < seconds || seconds > LATE) else {
        return Vec::new();
    };
    let Some(active) = subject.active.first() else { return Vec::new() };
    let begins = active.clocks.0.local(at);
    let comes = if lasts < seconds {
        format!("the window of {lasts} s can lie between two polls, and then it is not seen at all")
    } else {
        format!("it is up to {} min late", seconds / 60)
    };
    let effect = format!(
        "floor {to} of {begins} waits at {} replicas for a poll, and pollingInterval is {seconds} s: {comes}",
        limits.idle
    );
    let mend = "lower pollingInterval, to 30 as an example".to_owned();
    let field = "spec.pollingInterval";
    vec![subject.finding(Rule::HpaFloorLate, field, polling.mark, effect, mend).from(at)]
}

/// Any text but a boolean counts as true, and the HPA is deleted: `paused: "no"` pauses.
fn paused(subject: &Subject<'_>) -> Vec<Finding> {
    let pauses = pause::pauses(subject.object, subject.versions.keda);
    let rises = lifts(subject);
    let Limits { idle, most, .. } = Limits::of(subject.object, subject.versions.keda);
    let has_loads = most > idle && subject.triggers().any(|(_, trigger)| trigger.kind.value != "cron");
    pauses
        .filter_map(|(pause, key, value)| {
            let what = match pause {
                Pause::Down if rises => "a floor rises and never leaves",
                Pause::Down if has_loads => "replicas that load adds never leave",
                Pause::Up if rises => "no floor rises",
                Pause::Up if has_loads => "load adds no replicas",
                // Nothing would go that way.
                Pause::Down | Pause::Up => return None,
                Pause::At => "it stays at that many, and no floor counts",
                Pause::Whole => "KEDA deletes the HPA, and no floor counts",
                Pause::AtNothing => return Some(paused_at_nothing(subject, key, value)),
            };
            let effect = format!("{key} is {:?}: {what} while it is there", value.value);
            let mend = "remove the annotation".to_owned();
            Some(subject.finding(Rule::KedaPaused, key, value.mark, effect, mend))
        })
        .collect()
}

/// Whether any floor lies above what runs while a direction is paused: to its minimum the HPA scales all the same, but from 0 and
/// from the idle count KEDA itself does not (`pkg/scaling/executor/scale_scaledobjects.go`).
fn lifts(subject: &Subject<'_>) -> bool {
    let idle = Limits::of(subject.object, subject.versions.keda).idle;
    let floor = subject.floor();
    floor.steps().iter().map(|(_, floor)| floor).chain([floor.first()]).any(|floor| floor.0 > idle)
}

/// Neither a pause nor a number: each reconcile ends in an error before the HPA is made or changed, and the poll changes
/// nothing (KEDA: `NeedToBePausedByAnnotation`, `GetPausedReplicaCount`).
fn paused_at_nothing(subject: &Subject<'_>, key: &str, value: &Marked<String>) -> Finding {
    let effect = format!(
        "{key} is {:?}, no whole number from 0 on: KEDA neither pauses the object nor makes its HPA; one that is there stays as it was",
        value.value
    );
    let mend = "write a number such as \"3\", or remove the annotation".to_owned();
    subject.finding(Rule::KedaPausedCount, key, value.mark, effect, mend)
}

//! The object as a whole: its floors against its limits, the HPA's behavior, and what pauses it.

use super::super::admission::directions;
use super::super::finding::{Check, Finding};
use super::super::scaledobject::{PolicyKind, Rules, SelectPolicy};
use super::super::subject::Subject;
use crate::yaml::Mark;

/// The HPA's tolerance where nothing else is set: `--horizontal-pod-autoscaler-tolerance`.
const TOLERANCE: f64 = 0.1;
/// Highest floor that the default tolerance never keeps out of reach: 10 replicas are not within 10 % of 11 before 1.33's
/// comparison, and 9 are not of 10.
const SAFE_FLOOR: u32 = 10;

/// All checks.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let checks: [fn(&Subject<'_>) -> Vec<Finding>; 7] =
        [against_limits, holes, dead_band, disabled, partial, idle, paused];
    checks.iter().flat_map(|check| check(subject)).chain(polling(subject)).collect()
}

fn against_limits(subject: &Subject<'_>) -> Vec<Finding> {
    let spec = &subject.object.spec;
    let mut found = Vec::new();
    for active in &subject.active {
        let desired = active.trigger.desired;
        if desired > i64::from(spec.max()) {
            let effect = format!("desiredReplicas {desired} is cut to maxReplicaCount {}", spec.max());
            let mend = "raise maxReplicaCount or lower the floor".to_owned();
            found.push(subject.about(Check::FloorAboveMax, active.index, "desiredReplicas", effect, mend));
        }
        if desired <= i64::from(spec.min()) {
            let effect =
                format!("desiredReplicas {desired} asks for no more than minReplicaCount {}", spec.min());
            let mend = "remove the trigger or raise the floor: cron cannot lower".to_owned();
            found.push(subject.about(Check::FloorNoEffect, active.index, "desiredReplicas", effect, mend));
        }
    }
    found
}

/// Where one window ends minutes before the next begins, the floor is meant to go through.
fn holes(subject: &Subject<'_>) -> Vec<Finding> {
    let floor = subject.floor();
    let down = subject.object.spec.behavior().and_then(|behavior| behavior.scale_down.as_ref());
    let window = down.and_then(|rules| rules.value.stabilization_window_seconds).unwrap_or(300);
    let hole = floor.steps().windows(3).find(|steps| {
        let gap = steps[2].0.0 - steps[1].0.0;
        gap < i64::from(window) && steps[1].1 < steps[0].1 && steps[1].1 < steps[2].1
    });
    let finding = hole.map(|steps| {
        let seconds = steps[2].0.0 - steps[1].0.0;
        let effect = format!("the floor falls from {} to {} for {seconds} s", steps[0].1, steps[1].1);
        let mend = "let the first window end at the instant at which the next begins".to_owned();
        let mark = subject.object.spec.triggers.mark;
        subject.finding(Check::FloorHole, "spec.triggers", mark, effect, mend).from(steps[1].0)
    });
    finding.into_iter().collect()
}

/// Within its tolerance the HPA does not move: floor 60 is not enforced while 55 run (kedacore/keda#7900). With a policy
/// that reaches the floor from the base in one step nothing rests there on the way.
fn dead_band(subject: &Subject<'_>) -> Vec<Finding> {
    if subject.object.spec.min() > subject.object.spec.max() {
        return Vec::new();
    }
    let floor = subject.floor();
    let peak = floor.steps().iter().map(|(_, floor)| floor.0).fold(floor.first().0, u32::max);
    let up = subject.object.spec.behavior().and_then(|behavior| behavior.scale_up.as_ref());
    let tolerance = up.and_then(|rules| rules.value.tolerance.as_ref());
    let tolerance = tolerance.and_then(|text| text.value.trim().parse().ok()).unwrap_or(TOLERANCE);
    if peak <= SAFE_FLOOR || tolerance == 0.0 {
        return Vec::new();
    }
    let least = floor.steps().iter().map(|(_, floor)| floor.0).fold(floor.first().0, u32::min).max(1);
    if up.is_none_or(|rules| reach(&rules.value, least) >= peak - least) && up.is_some() {
        return Vec::new();
    }
    let rest = (f64::from(peak) / (1.0 + tolerance)).ceil();
    let effect =
        format!("floor {peak} is not enforced while {rest} or more replicas run: within the tolerance");
    let mend =
        "set scaleUp.tolerance \"0\" (Kubernetes 1.35), or a policy that reaches the floor in one step";
    let mark = up.map_or(Mark::default(), |rules| rules.mark);
    vec![subject.finding(Check::DeadBand, "scaleUp", mark, effect, mend.to_owned())]
}

/// Replicas that the policies allow in one period from `running` on.
pub fn reach(rules: &Rules, running: u32) -> u32 {
    let steps = rules.policies.iter().flatten().map(|policy| {
        let value = u32::try_from(policy.value).unwrap_or(0);
        match policy.kind {
            PolicyKind::Pods => value,
            PolicyKind::Percent => (f64::from(running) * f64::from(value) / 100.0).ceil() as u32,
        }
    });
    match rules.select_policy.unwrap_or(SelectPolicy::Max) {
        SelectPolicy::Max => steps.max().unwrap_or(0),
        SelectPolicy::Min => steps.min().unwrap_or(0),
        SelectPolicy::Disabled => 0,
    }
}

fn disabled(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(behavior) = subject.object.spec.behavior() else { return Vec::new() };
    let off = directions(behavior)
        .into_iter()
        .filter_map(|(field, rules)| Some((field, rules?)))
        .filter(|(_, rules)| rules.value.select_policy == Some(SelectPolicy::Disabled));
    off.map(|(field, rules)| {
        let effect = format!(
            "{field} is disabled: a floor never {}",
            if field == "scaleUp" { "rises" } else { "leaves" }
        );
        subject.finding(Check::Disabled, field, rules.mark, effect, "write selectPolicy Max".to_owned())
    })
    .collect()
}

/// KEDA compares the behavior with what the API server has filled in, and updates the HPA on every reconcile.
fn partial(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(behavior) = subject.object.spec.behavior() else { return Vec::new() };
    let complete = |rules: &Rules| {
        rules.stabilization_window_seconds.is_some()
            && rules.select_policy.is_some()
            && rules.policies.is_some()
    };
    let lacking = directions(behavior)
        .into_iter()
        .filter(|(_, rules)| !rules.is_some_and(|rules| complete(&rules.value)));
    lacking
        .map(|(field, rules)| {
            let effect = format!("{field} is not written in full: KEDA updates the HPA on every reconcile");
            let mend = "write stabilizationWindowSeconds, selectPolicy and policies".to_owned();
            let mark = rules.map_or(Mark::default(), |rules| rules.mark);
            subject.finding(Check::BehaviorPartial, field, mark, effect, mend)
        })
        .collect()
}

/// The HPA's minimum is minReplicaCount: it fights any idle count but zero (kedacore/keda#2314).
fn idle(subject: &Subject<'_>) -> Vec<Finding> {
    let idle = subject.object.spec.idle_replica_count.as_ref().filter(|idle| idle.value > 0);
    let finding = idle.map(|idle| {
        let effect = format!("KEDA sets {} replicas and the HPA raises them again", idle.value);
        let mend = "write 0 or remove it".to_owned();
        subject.finding(Check::IdleReplicas, "spec.idleReplicaCount", idle.mark, effect, mend)
    });
    finding.into_iter().collect()
}

/// Both only matter on the way to and from zero.
fn polling(subject: &Subject<'_>) -> Vec<Finding> {
    let spec = &subject.object.spec;
    if spec.min() < 1 || spec.idle_replica_count.is_some() {
        return Vec::new();
    }
    let fields =
        [("spec.pollingInterval", &spec.polling_interval), ("spec.cooldownPeriod", &spec.cooldown_period)];
    let set = fields.into_iter().filter_map(|(field, value)| Some((field, value.as_ref()?)));
    set.map(|(field, value)| {
        let effect = "with a minimum of 1 or more it has no effect: scaling down is the HPA's".to_owned();
        let mend = "set scaleDown.stabilizationWindowSeconds instead".to_owned();
        subject.finding(Check::PollingNoEffect, field, value.mark, effect, mend)
    })
    .collect()
}

/// Any text but a boolean counts as true, and the HPA is deleted: `paused: "no"` pauses.
fn paused(subject: &Subject<'_>) -> Vec<Finding> {
    let annotations = subject.object.metadata.annotations.iter();
    let pausing = annotations.filter(|(key, value)| {
        let off = ["false", "0", "f", "F", "FALSE", "False"].contains(&value.value.as_str());
        match key.strip_prefix("autoscaling.keda.sh/") {
            Some("paused-replicas") => true,
            Some("paused" | "paused-scale-in" | "paused-scale-out") => !off,
            Some(_) | None => false,
        }
    });
    pausing
        .map(|(key, value)| {
            let effect = format!("{key} is {:?}: floors are ignored while it is there", value.value);
            subject.finding(Check::Paused, key, value.mark, effect, "remove the annotation".to_owned())
        })
        .collect()
}

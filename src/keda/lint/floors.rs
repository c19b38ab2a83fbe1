//! The object as a whole: its floors against its limits, the HPA's behavior, and what pauses it.

use super::super::admission::directions;
use super::super::finding::{Check, Finding};
use super::super::halt::{self, Pause};
use super::super::held::Limits;
use super::super::scaledobject::{PolicyKind, Rules, SelectPolicy, Trigger};
use super::super::subject::Subject;
use crate::quantity::Version;

/// The HPA's tolerance where nothing else is set: `--horizontal-pod-autoscaler-tolerance`.
pub(super) const TOLERANCE: f64 = 0.1;
/// Highest floor that the default tolerance never keeps out of reach: 10 replicas are not within 10 % of 11 before 1.33's
/// comparison, and 9 are not of 10.
const SAFE_FLOOR: u32 = 10;

/// All checks.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let checks: [fn(&Subject<'_>) -> Vec<Finding>; 8] =
        [against_limits, holes, dead_band, disabled, partial, idle, from_zero, paused];
    checks.iter().flat_map(|check| check(subject)).chain(polling(subject)).collect()
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
        if desired > i64::from(spec.max()) {
            let effect = format!("desiredReplicas {desired} is cut to maxReplicaCount {}", spec.max());
            let mend = "raise maxReplicaCount or lower the floor".to_owned();
            found.push(subject.about(Check::FloorAboveMax, active.index, "desiredReplicas", effect, mend));
        }
        if desired <= i64::from(spec.min()) && !subject.lifts(active) {
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
    // A floor that is cut is asked for as it is written: the HPA's ratio is that of the uncut one.
    let Some(highest) = subject.active.iter().max_by_key(|active| active.trigger.floor()) else {
        return Vec::new();
    };
    let written = if subject.composite().is_some() { peak } else { highest.trigger.floor().max(peak) };
    let rest = (f64::from(written) / (1.0 + tolerance)).ceil();
    let alone = subject.triggers().all(|(_, trigger)| trigger.kind.value == "cron");
    if rest >= f64::from(peak) || alone && !stops_between(subject, (rest, peak)) {
        return Vec::new();
    }
    let effect =
        format!("floor {peak} is not enforced while {rest} or more replicas run: within the tolerance");
    let mend =
        "set scaleUp.tolerance \"0\" (Kubernetes 1.35), or a policy that reaches the floor in one step";
    let finding = match up {
        Some(rules) => subject.finding(Check::DeadBand, "scaleUp", rules.mark, effect, mend.to_owned()),
        None => subject.about(Check::DeadBand, highest.index, "desiredReplicas", effect, mend.to_owned()),
    };
    vec![finding]
}

/// Whether a floor is out of reach even without any load: the way up to it from another floor stops within the tolerance.
pub fn climb_stops_short(subject: &Subject<'_>) -> bool {
    let floor = subject.floor();
    let peak = floor.steps().iter().map(|(_, floor)| floor.0).fold(floor.first().0, u32::max);
    let rest = (f64::from(peak) / (1.0 + TOLERANCE)).ceil();
    rest < f64::from(peak) && stops_between(subject, (rest, peak))
}

/// Whether the way up from any floor has a stop from `rest` to below `peak`.
fn stops_between(subject: &Subject<'_>, (rest, peak): (f64, u32)) -> bool {
    let floor = subject.floor();
    let up = subject.object.spec.behavior().and_then(|behavior| behavior.scale_up.as_ref());
    let levels = floor.steps().iter().map(|(_, floor)| floor.0).chain([floor.first().0]);
    levels.into_iter().any(|from| rests(from.max(1), (rest, peak), up.map(|rules| &rules.value)))
}

/// Whether the way up from `from` has a stop between `rest` and the floor. Where load triggers stand beside cron it may begin
/// anywhere.
fn rests(from: u32, (rest, floor): (f64, u32), up: Option<&Rules>) -> bool {
    let mut running = from;
    while f64::from(running) < rest {
        let step = match up.filter(|rules| rules.policies.is_some()) {
            Some(rules) => reach(rules, running),
            // Kubernetes: `pkg/apis/autoscaling/v2/defaults.go`.
            None => running.max(4),
        };
        if step == 0 {
            return true;
        }
        running += step;
    }
    running < floor
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

/// Without cron triggers there is no floor that could stay or stay away: sessions are kept that way on purpose.
fn disabled(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(behavior) = subject.object.spec.behavior().filter(|_| !subject.active.is_empty()) else {
        return Vec::new();
    };
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

/// From 2.19 on KEDA compares the behavior with what the API server has filled in, and updates the HPA on every reconcile.
/// It fills in no window for the way down: that is a flag of the controller (Kubernetes:
/// `pkg/apis/autoscaling/v2/defaults.go`).
fn partial(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(behavior) = subject.object.spec.behavior() else { return Vec::new() };
    if subject.versions.keda < Version::new(2, 19) {
        return Vec::new();
    }
    let lacks = |field: &str, rules: &Rules| {
        let fields = [
            (
                "stabilizationWindowSeconds",
                field == "scaleUp" && rules.stabilization_window_seconds.is_none(),
            ),
            ("selectPolicy", rules.select_policy.is_none()),
            ("policies", rules.policies.is_none()),
        ];
        let lacking = fields.into_iter().filter(|(_, lacking)| *lacking);
        lacking.map(|(name, _)| format!("{field}.{name}")).collect::<Vec<String>>()
    };
    let both = directions(behavior);
    let lacking: Vec<String> = both
        .iter()
        .flat_map(|(field, rules)| {
            rules.map_or(vec![(*field).to_owned()], |rules| lacks(field, &rules.value))
        })
        .collect();
    if lacking.is_empty() {
        return Vec::new();
    }
    let mark = both.iter().find_map(|(_, rules)| Some(rules.as_ref()?.mark)).unwrap_or_default();
    let lacking = lacking.join(", ");
    let effect =
        format!("the API server fills in {lacking}: KEDA takes that for a change, on every reconcile");
    let field = "spec.advanced.horizontalPodAutoscalerConfig.behavior";
    vec![subject.finding(Check::BehaviorPartial, field, mark, effect, format!("write {lacking}"))]
}

/// The HPA's minimum is minReplicaCount: it fights any idle count but zero (kedacore/keda#2314).
fn idle(subject: &Subject<'_>) -> Vec<Finding> {
    let spec = &subject.object.spec;
    // One that is not below the minimum is refused, which is a finding already.
    let idle = spec.idle_replica_count.as_ref().filter(|idle| (1..spec.min()).contains(&idle.value));
    let finding = idle.map(|idle| {
        let effect = format!("KEDA sets {} replicas and the HPA raises them again", idle.value);
        let mend = "write 0 or remove it".to_owned();
        subject.finding(Check::IdleReplicas, "spec.idleReplicaCount", idle.mark, effect, mend)
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
    if subject.versions.keda >= Version::new(2, 19) || limits.idle > 0 {
        return Vec::new();
    }
    let effect = format!(
        "before KEDA 2.19 a fallback does not lift from 0: an outage that begins there stays there, not at {}",
        fallback.value.replicas
    );
    let mend = "write a minReplicaCount of 1 without an idleReplicaCount, or raise KEDA to 2.19".to_owned();
    vec![subject.finding(Check::FallbackFromZero, "spec.fallback", fallback.mark, effect, mend)]
}

/// Both only matter on the way to and from zero, and the interval where the HPA is answered from the last poll.
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
    let findings = [polling, cooldown].into_iter().flatten().map(|(field, mark, effect, mend)| {
        subject.finding(Check::PollingNoEffect, field, mark, effect.to_owned(), mend.to_owned())
    });
    findings.collect()
}

/// Any text but a boolean counts as true, and the HPA is deleted: `paused: "no"` pauses.
fn paused(subject: &Subject<'_>) -> Vec<Finding> {
    let pauses = halt::pauses(subject.object);
    pauses
        .map(|(pause, key, value)| {
            let what = match pause {
                Pause::Down => "a floor rises and never leaves",
                Pause::Up => "no floor rises",
                Pause::At => "it stays at that many, and no floor counts",
                Pause::Whole => "KEDA deletes the HPA, and no floor counts",
            };
            let effect = format!("{key} is {:?}: {what} while it is there", value.value);
            subject.finding(Check::Paused, key, value.mark, effect, "remove the annotation".to_owned())
        })
        .collect()
}

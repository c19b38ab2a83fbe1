//! The HPA's behavior: floors that it keeps away, or keeps for ever, and what KEDA and the API server quarrel about.

use super::super::cost::Cost;
use super::super::finding::Finding;
use super::super::subject::Subject;
use crate::features;
use crate::finding::Rule;
use crate::keda::limits::Limits;
use crate::keda::scaledobject::{PolicyKind, Rules, SelectPolicy};
use crate::time::{Instant, Window};

/// The HPA's tolerance where nothing else is set: `--horizontal-pod-autoscaler-tolerance`.
pub(super) const TOLERANCE: f64 = 0.1;
/// Highest floor that the default tolerance never keeps out of reach: 10 replicas are not within 10 % of 11 before 1.33's
/// comparison, and 9 are not of 10.
const SAFE_FLOOR: u32 = 10;

/// All checks.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let checks: [fn(&Subject<'_>) -> Vec<Finding>; 3] = [dead_band, disabled, partial];
    checks.iter().flat_map(|check| check(subject)).collect()
}

/// Within its tolerance the HPA does not move: floor 60 is not enforced while 55 run (kedacore/keda#7900). With a policy
/// that reaches the floor from the base in one step nothing rests there on the way.
fn dead_band(subject: &Subject<'_>) -> Vec<Finding> {
    // A formula of type Value, or one below 0, is no number of replicas that could be close to those that run.
    let is_ratio =
        subject.composite().is_some_and(|composite| composite.is_value() || composite.negative().is_some());
    if subject.object.spec.min() > subject.object.spec.max() || is_ratio {
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
        Some(rules) => subject.finding(Rule::HpaDeadBand, "scaleUp", rules.mark, effect, mend.to_owned()),
        None => subject.about(Rule::HpaDeadBand, highest.index, "desiredReplicas", effect, mend.to_owned()),
    };
    // Beside load triggers nobody knows how many run when the window begins.
    let missing = if alone { peak - rest as u32 } else { 0 };
    let at_peak = pieces(subject).filter(|(_, floor)| *floor == peak).map(|(window, _)| (window, missing));
    vec![Finding { cost: subject.astray(at_peak), ..finding }]
}

/// The stretches between two changes of the floor.
fn pieces<'s>(subject: &'s Subject<'_>) -> impl Iterator<Item = (Window<Instant>, u32)> + 's {
    let pieces = subject.floor().pieces(subject.window.from..subject.window.until);
    pieces.map(|(from, until, floor)| (Window::new(from, until), floor.0))
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

/// Whether any floor lies above what runs whatever the HPA's behavior says: the minimum, and the first replica, to which KEDA
/// itself scales (`pkg/scaling/executor/scale_scaledobjects.go`, `scaleFromZeroOrIdle`).
fn rises(subject: &Subject<'_>) -> bool {
    let least = Limits::of(subject.object, subject.versions.keda).least;
    let floor = subject.floor();
    floor.steps().iter().map(|(_, floor)| floor).chain([floor.first()]).any(|floor| floor.0 > least)
}

/// Without cron triggers there is no floor that could stay or stay away: sessions are kept that way on purpose. To its minimum the
/// HPA scales whatever its behavior says (`pkg/controller/podautoscaler`, `reconcileAutoscaler`).
fn disabled(subject: &Subject<'_>) -> Vec<Finding> {
    let has_floors = !subject.active.is_empty() && rises(subject);
    let Some(behavior) = subject.object.spec.behavior().filter(|_| has_floors) else {
        return Vec::new();
    };
    let off = behavior
        .directions()
        .into_iter()
        .filter_map(|(field, rules)| Some((field, rules?)))
        .filter(|(_, rules)| rules.value.select_policy == Some(SelectPolicy::Disabled));
    off.map(|(field, rules)| {
        let effect = format!(
            "{field} is disabled: a floor never {}",
            if field == "scaleUp" { "rises" } else { "leaves" }
        );
        let finding = subject.finding(
            Rule::HpaDisabled,
            field,
            rules.mark,
            effect,
            "write selectPolicy Max".to_owned(),
        );
        let cost = if field == "scaleDown" { kept_high(subject) } else { finding.cost };
        Finding { cost, ..finding }
    })
    .collect()
}

/// What stays of each floor because the way down is switched off.
fn kept_high(subject: &Subject<'_>) -> Cost {
    let mut highest = 0;
    let too_many = pieces(subject).map(|(window, floor)| {
        highest = floor.max(highest);
        (window, highest - floor)
    });
    subject.astray(too_many)
}

/// From 2.19 on KEDA compares the behavior with what the API server has filled in, and updates the HPA on every reconcile.
/// It fills in no window for the way down: that is a flag of the controller (Kubernetes:
/// `pkg/apis/autoscaling/v2/defaults.go`).
fn partial(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(behavior) = subject.object.spec.behavior() else { return Vec::new() };
    if subject.versions.keda < features::keda::BEHAVIOR_COMPARED {
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
    let both = behavior.directions();
    let lacking: Vec<String> = both
        .iter()
        .flat_map(|(field, rules)| {
            rules.map_or(vec![(*field).to_owned()], |rules| lacks(field, &rules.value))
        })
        .collect();
    if lacking.is_empty() {
        return Vec::new();
    }
    let mark = both.iter().find_map(|(_, rules)| Some(rules.as_ref()?.mark));
    let lacking = lacking.join(", ");
    let effect =
        format!("the API server fills in {lacking}: KEDA takes that for a change, on every reconcile");
    let field = "spec.advanced.horizontalPodAutoscalerConfig.behavior";
    vec![subject.finding(Rule::HpaBehaviorPartial, field, mark, effect, format!("write {lacking}"))]
}

//! The HPA's behavior: directions that are switched off, and what KEDA and the API server quarrel about.

use super::super::cost::Cost;
use super::super::finding::Finding;
use super::super::subject::Subject;
use crate::features;
use crate::finding::Rule;
use crate::keda::limits::Limits;
use crate::keda::scaledobject::{Rules, SelectPolicy};
use crate::time::{Instant, Window};

/// All checks.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let checks: [fn(&Subject<'_>) -> Vec<Finding>; 2] = [disabled, partial];
    checks.iter().flat_map(|check| check(subject)).collect()
}

/// The stretches between two changes of the floor.
fn pieces<'s>(subject: &'s Subject<'_>) -> impl Iterator<Item = (Window<Instant>, u32)> + 's {
    let pieces = subject.floor().pieces(subject.window.from..subject.window.until);
    pieces.map(|(from, until, floor)| (Window::new(from, until), floor.0))
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

//! What a rollout leaves behind: the HPA counts the extra pods, and within its tolerance it keeps them.

use super::super::finding::Finding;
use super::super::subject::Subject;
use crate::finding::Rule;
use crate::quantity::Replicas;

/// The highest floor over which replicas may stay, where there is something to write against it.
pub(super) fn check(subject: &Subject<'_>) -> Option<Finding> {
    // Nothing else that KEDA scales has a surge of its own.
    let (_, kind, _) = subject.object.spec.scale_target_ref.target();
    if !subject.versions.have_tolerance() || kind != "Deployment" || subject.composite().is_some() {
        return None;
    }
    let behavior = subject.object.spec.behavior();
    let down = behavior.and_then(|behavior| behavior.scale_down.as_ref());
    let tolerance = subject.tolerance();
    let (min, max) = (subject.object.spec.min(), subject.object.spec.max());
    let floor = subject.floor();
    let floors = floor.steps().iter().map(|(_, floor)| floor.0).chain([floor.first().0]);
    let above_minimum = floors.filter(|floor| i64::from(*floor) > i64::from(min));
    let stuck = above_minimum.filter_map(|floor| {
        let stays = tolerance.most_for(Replicas(floor)).0.min(u32::try_from(max).ok()?);
        (stays > floor).then_some((floor, stays))
    });
    let (floor, stays) = stuck.max()?;
    let effect = format!(
        "after a rollout {stays} may stay over floor {floor} until it changes: the HPA counts the extra pods, and they are within its tolerance"
    );
    let mend = "set scaleDown.tolerance \"0\" (Kubernetes 1.35)".to_owned();
    Some(match down {
        Some(rules) => subject.finding(Rule::HpaSurgeStays, "scaleDown", rules.mark, effect, mend),
        None => {
            subject.finding(Rule::HpaSurgeStays, "triggers", subject.object.spec.triggers.mark, effect, mend)
        }
    })
}

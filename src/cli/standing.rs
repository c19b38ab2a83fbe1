//! What keeps a ScaledObject of a cluster from doing what is planned, though its fields are those of the plan: a pause, a
//! deletion, an error that KEDA reports, a second object for the same pods. Each with the way back.

use crate::cluster::{Object, shell_word};
use crate::keda::decode;
use crate::keda::pause::{Pause, pauses};
use crate::keda::scaledobject::Kind;
use crate::quantity::Version;
use crate::yaml::{Node, Value};

/// Of the object that `is` there in place of the `planned` one, among all that are planned and all that are there.
pub(super) fn of(
    (planned, is): (&Object, &Object),
    (all_planned, there): (&[Object], &[Object]),
    keda: Version,
) -> Vec<String> {
    let mut said = paused(planned, is, keda);
    said.extend(deleted(is));
    said.extend(not_ready(is));
    said.extend(doubled(planned, (all_planned, there)));
    said
}

fn kubectl(object: &Object) -> String {
    format!("kubectl -n {}", shell_word(&object.namespace))
}

/// The annotations that pause it and that the plan does not have.
fn paused(planned: &Object, is: &Object, keda: Version) -> Vec<String> {
    let read = |object: &Object| decode::object(object.node(), Kind::ScaledObject).object;
    let (wanted, object) = (read(planned), read(is));
    let is_planned = |key: &str| pauses(&wanted, keda).any(|(_, planned, _)| planned == key);
    let more = pauses(&object, keda).filter(|(_, key, _)| !is_planned(key));
    let said = more.map(|(pause, key, value)| {
        let does = match pause {
            Pause::Whole => "KEDA takes the HPA away, and no floor counts while it is there",
            Pause::At => "it stays at that number, and no floor counts while it is there",
            Pause::AtNothing => "KEDA stops at it, for it is no number of replicas",
            Pause::Up => "no floor above what runs is reached while it is there",
            Pause::Down => "what was added stays while it is there",
        };
        format!(
            "annotations.{key} is \"{}\", planned is none: {does}; take it away: {} annotate scaledobject {} {key}-",
            value.value,
            kubectl(is),
            shell_word(&is.name)
        )
    });
    said.collect()
}

fn deleted(is: &Object) -> Option<String> {
    let since = is.node().get("metadata")?.get("deletionTimestamp")?.text()?;
    Some(format!(
        "it is being deleted since {since}: once it is gone, apply the files of the plan; where it does not go, {} describe scaledobject {} names the finalizer that it waits for",
        kubectl(is),
        shell_word(&is.name)
    ))
}

/// What KEDA says of it.
fn not_ready(is: &Object) -> Option<String> {
    let Value::List(conditions) = &is.node().get("status")?.get("conditions")?.value else { return None };
    let says = |condition: &Node, key: &str| condition.get(key).and_then(Node::text).map(str::to_owned);
    let ready = conditions.iter().find(|one| says(one, "type").as_deref() == Some("Ready"))?;
    if says(ready, "status").as_deref() != Some("False") {
        return None;
    }
    let why: Vec<String> = ["reason", "message"].iter().filter_map(|key| says(ready, key)).collect();
    let why = if why.is_empty() { String::new() } else { format!(" ({})", why.join(": ")) };
    Some(format!(
        "KEDA says that it is not ready{why}, so no floor of it is certain: {} describe scaledobject {}",
        kubectl(is),
        shell_word(&is.name)
    ))
}

/// Other objects that scale the same pods. Of one that a plan made and none has any more, its own line says how it goes.
fn doubled(planned: &Object, (all_planned, there): (&[Object], &[Object])) -> Vec<String> {
    let Some(scaled) = scaled(planned) else { return Vec::new() };
    let others = there.iter().filter(|other| {
        other.namespace == planned.namespace
            && !all_planned.iter().any(|planned| planned.is(other))
            && !(other.is_made || other.has_triggers)
            && self::scaled(other).as_ref() == Some(&scaled)
    });
    let (kind, name) = &scaled;
    let said = others.map(|other| {
        format!(
            "{} scales the same {kind} {name}, and two HPAs work against each other: {} delete scaledobject {}, or take the target out of the policy",
            other.title(),
            kubectl(other),
            shell_word(&other.name)
        )
    });
    said.collect()
}

/// What an object scales: kind and name.
fn scaled(object: &Object) -> Option<(String, String)> {
    let reference = object.node().get("spec")?.get("scaleTargetRef")?;
    let kind = reference.get("kind").and_then(Node::text).unwrap_or("Deployment");
    Some((kind.to_owned(), reference.get("name")?.text()?.to_owned()))
}

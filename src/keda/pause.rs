//! Annotations that pause an object, or keep it active (KEDA: `apis/keda/v1alpha1/scaledobject_types.go`).

use super::scaledobject::ScaledObject;
use crate::features;
use crate::quantity::Version;
use crate::yaml::Marked;

/// What an annotation pauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// Everything.
    Whole,
    /// Everything, at a number of replicas.
    At,
    /// Nothing: where the number should stand is none.
    AtNothing,
    /// The way up.
    Up,
    /// The way down.
    Down,
}

/// The annotations that pause, each with its key. Any text but a boolean counts as true: `paused: "no"` pauses.
pub fn pauses(object: &ScaledObject, keda: Version) -> impl Iterator<Item = (Pause, &str, &Marked<String>)> {
    let by_direction = keda >= features::keda::PAUSE_BY_DIRECTION;
    object.metadata.annotations.iter().filter_map(move |(key, value)| {
        let off = is_off(value);
        let pause = match key.strip_prefix("autoscaling.keda.sh/")? {
            "paused-replicas" => {
                let is_count = value.value.parse::<i32>().is_ok_and(|count| count >= 0);
                let pause = if is_count { Pause::At } else { Pause::AtNothing };
                return Some((pause, key.as_str(), value));
            }
            "paused" => Pause::Whole,
            "paused-scale-in" if by_direction => Pause::Down,
            "paused-scale-out" if by_direction => Pause::Up,
            _ => return None,
        };
        (!off).then_some((pause, key.as_str(), value))
    })
}

/// Whether an annotation keeps the object active whatever its triggers say.
pub fn forces(object: &ScaledObject, keda: Version) -> bool {
    let forced = object.metadata.annotations.get("autoscaling.keda.sh/force-activation");
    keda >= features::keda::PAUSE_BY_DIRECTION && forced.is_some_and(|value| !is_off(value))
}

/// What Go's `ParseBool` takes for false; KEDA takes what is not a boolean for true.
pub fn is_off(value: &Marked<String>) -> bool {
    ["false", "0", "f", "F", "FALSE", "False"].contains(&value.value.as_str())
}

//! What comes of a trigger that KEDA cannot build, whatever its type.

use super::subject::Subject;
use crate::keda::parameters;
use crate::keda::scaledobject::{Kind, Trigger};
use crate::quantity::Version;

/// The setting, why it is refused, and what to write.
pub(super) type Refused = Option<(&'static str, String, String)>;

/// What comes of a trigger that KEDA cannot build.
pub(super) fn dead(subject: &Subject<'_>) -> &'static str {
    match subject.object.kind {
        Kind::ScaledObject => {
            "the trigger is not built, and with it the whole object is dead, its floors included"
        }
        Kind::ScaledJob => "the trigger is not built, and with it no Job is ever started",
    }
}

/// Whether a parameter is in the metadata; nothing where it may be elsewhere, or where this KEDA's scaler is not known.
pub(super) fn is_set(trigger: &Trigger, name: &str, keda: Version) -> Option<bool> {
    let parameter = parameters::of(&trigger.kind.value, keda).find(|one| one.names.contains(&name))?;
    parameter.is_written(trigger)
}

//! What holds a target, in the one wording of every report.

use crate::profile::Target;

/// `minimum 2, maximum 12`, `idle at 0, minimum 3, maximum 20`
pub(super) fn limits(target: &Target) -> String {
    let (min, max) = (target.min.value, target.max.value);
    if is_idle(target) {
        let lifted = target.minimum().value.max(target.least().value);
        return format!("idle at {min}, minimum {lifted}, maximum {max}");
    }
    format!("minimum {min}, maximum {max}")
}

/// Whether it is somebody's own object that rests at an idle count.
pub(super) fn is_idle(target: &Target) -> bool {
    target.kept.as_ref().is_some_and(|kept| kept.object.idle.is_some())
}

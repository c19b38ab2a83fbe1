//! What a version of Kubernetes does differently from another.

use crate::features::kubernetes;
use crate::quantity::Version;
use crate::tolerance::Form;

/// The switches of the controller, as they stand by default in a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kubernetes {
    /// How a ratio is compared with the tolerance.
    pub tolerance: Form,
    /// Gate `HPAConfigurableTolerance`: whether `behavior.*.tolerance` counts.
    pub own_tolerance: bool,
    /// Gate `HPAScaleToZero`.
    pub scale_to_zero: bool,
    /// Whether an HPA at 0 replicas works only if the controller itself scaled there.
    pub remembers_zero: bool,
    /// Gate `HPAGeneration`: creation and edits of the spec are looked at at once.
    pub looks_at_edits: bool,
}

impl Kubernetes {
    /// The defaults of a version.
    pub fn of(version: Version) -> Self {
        Self {
            tolerance: Form::of(version),
            own_tolerance: version >= kubernetes::TOLERANCE,
            scale_to_zero: version >= kubernetes::SCALE_TO_ZERO,
            remembers_zero: version >= kubernetes::REMEMBERS_ZERO,
            looks_at_edits: version >= kubernetes::LOOKS_AT_EDITS,
        }
    }
}

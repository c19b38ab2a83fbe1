//! What a version of Kubernetes does differently from another.

use super::tolerance::Form;
use crate::quantity::Version;

/// The switches of the controller, as they stand by default in a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kubernetes {
    /// How a ratio is compared with the tolerance.
    pub tolerance: Form,
    /// Gate `HPAConfigurableTolerance`: whether `behavior.*.tolerance` counts; on from 1.35.
    pub own_tolerance: bool,
    /// Gate `HPAScaleToZero`, from 1.37 on.
    pub scale_to_zero: bool,
    /// Whether an HPA at 0 replicas works only if the controller itself scaled there; from 1.36.
    pub remembers_zero: bool,
    /// Gate `HPAGeneration`: creation and edits of the spec are looked at at once; on from 1.37.
    pub looks_at_edits: bool,
}

impl Kubernetes {
    /// The defaults of a version.
    pub fn of(version: Version) -> Self {
        let from = |minor| version >= Version { major: 1, minor };
        Self {
            tolerance: if from(33) { Form::Bounds } else { Form::Distance },
            own_tolerance: from(35),
            scale_to_zero: from(37),
            remembers_zero: from(36),
            looks_at_edits: from(37),
        }
    }
}

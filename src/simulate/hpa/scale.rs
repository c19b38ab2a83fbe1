//! What a pass finds of the target: its scale and its pods.

/// The scale subresource of the target, as a pass finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// `spec.replicas`: what was asked for.
    pub spec: i32,
    /// `status.replicas`: what is reported.
    pub status: i32,
}

/// The pods under the target's selector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pods {
    /// How many there are.
    pub all: i32,
    /// How many of them are running and ready.
    pub ready: i32,
}

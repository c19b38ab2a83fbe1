//! What a finding costs.

/// A cost over the stretch that is looked at. The order is by what it weighs: first what is lost altogether, then time,
/// then replicas; what is not known weighs least.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cost {
    /// What does nothing at all.
    pub lost: Option<Lost>,
    /// Seconds in which the floor is another one than was meant.
    pub seconds: Option<i64>,
    /// Replicas that are too many or too few in these seconds, times the seconds.
    pub pod_seconds: Option<i64>,
}

/// What does nothing at all because of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lost {
    /// One trigger.
    Trigger,
    /// The object, with all of its floors.
    Object,
}

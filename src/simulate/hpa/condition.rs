//! The HPA's conditions after a pass: what an operator reads with `kubectl describe hpa`.

use super::limit::Limit;

/// `ScalingActive`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// True.
    Active,
    /// False: the target has no replicas.
    ScalingDisabled,
    /// False: the metrics failed, or some did and the rest wants fewer.
    FailedGetExternalMetric,
}

/// `AbleToScale`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ability {
    /// True, and nothing more is said.
    Able,
    /// True: an earlier recommendation holds the count up.
    ScaleDownStabilized,
    /// True: an earlier recommendation holds the count down.
    ScaleUpStabilized,
    /// False: the scale could not be written.
    FailedUpdateScale,
}

/// All three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conditions {
    /// `ScalingActive`
    pub activity: Activity,
    /// `AbleToScale`
    pub ability: Ability,
    /// `ScalingLimited`: what it was when it last was looked at.
    pub limit: Limit,
}

impl Default for Conditions {
    fn default() -> Self {
        Self { activity: Activity::Active, ability: Ability::Able, limit: Limit::DesiredWithinRange }
    }
}

impl Conditions {
    /// The reasons that say something, in alphabetical order.
    pub fn reasons(&self) -> Vec<&'static str> {
        let activity = match self.activity {
            Activity::Active => None,
            Activity::ScalingDisabled => Some("ScalingDisabled"),
            Activity::FailedGetExternalMetric => Some("FailedGetExternalMetric"),
        };
        let ability = match self.ability {
            Ability::Able => None,
            Ability::ScaleDownStabilized => Some("ScaleDownStabilized"),
            Ability::ScaleUpStabilized => Some("ScaleUpStabilized"),
            Ability::FailedUpdateScale => Some("FailedUpdateScale"),
        };
        let limit = (self.limit != Limit::DesiredWithinRange).then(|| self.limit.reason());
        let mut reasons: Vec<_> = [activity, ability, limit].into_iter().flatten().collect();
        reasons.sort_unstable();
        reasons
    }
}

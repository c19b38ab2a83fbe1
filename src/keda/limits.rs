//! Between which numbers of replicas KEDA keeps an object, and what decides between them.

use super::pause;
use super::scaledobject::ScaledObject;
use crate::quantity::{Replicas, Version};

/// What KEDA holds at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// No fewer.
    pub floor: Replicas,
    /// No more: `maxReplicaCount`, unless a formula stays below it.
    pub ceiling: Replicas,
    /// What decides between the two.
    pub by: DecidedBy,
}

impl Held {
    /// The ceiling, where a formula keeps the object below the maximum of its limits.
    pub fn below(self, max: i32) -> Option<Replicas> {
        let max = u32::try_from(max).unwrap_or(0);
        (self.by != DecidedBy::Triggers && self.ceiling.0 < max).then_some(self.ceiling)
    }
}

/// What decides how many replicas run between a floor and a ceiling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecidedBy {
    /// The highest of all triggers: the floor is what the cron triggers and limits ask for.
    Triggers,
    /// A formula, whose value is known from the calendar alone: floor and ceiling are one number.
    Calendar,
    /// A formula over a load, or one that is not worked out here: the floor is only what it never goes below.
    Formula,
}

/// The limits of an object, as KEDA's loop and the HPA keep to them.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// While something is active: the HPA's minimum.
    pub least: u32,
    /// While nothing is.
    pub idle: u32,
    /// `maxReplicaCount`
    pub most: u32,
}

impl Limits {
    /// Of an object under a version of KEDA.
    pub fn of(object: &ScaledObject, keda: Version) -> Self {
        let count = |count: i32| u32::try_from(count).unwrap_or(0);
        let spec = &object.spec;
        let most = count(spec.max());
        let least = count(spec.min()).max(1).min(most);
        // Without a trigger that KEDA could find inactive, the object is always active.
        let resources = |kind: &str| kind == "cpu" || kind == "memory";
        let always = spec.triggers.value.iter().all(|trigger| resources(&trigger.kind.value));
        let idle = match &spec.idle_replica_count {
            _ if always || pause::forces(object, keda) => least,
            Some(idle) => count(idle.value).min(most),
            None => count(spec.min()).min(most),
        };
        Self { least, idle, most }
    }

    /// What a demand comes to: none where nothing is active.
    pub fn floor(self, demand: Option<u32>) -> Replicas {
        Replicas(demand.map_or(self.idle, |demand| demand.max(self.least).min(self.most)))
    }
}

//! What keeps a whole object from doing what its triggers say: an annotation that pauses it, an HPA that may not scale up, a
//! trigger or an HPA that cannot be built, or its own refusal. Its calendar is then what would be.

use super::finding::Finding;
use crate::finding::Rule;
use crate::keda::pause::{Pause, pauses};
use crate::keda::scaledobject::ScaledObject;
use crate::quantity::Version;

/// Why none of an object's floors holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Halt {
    /// An annotation pauses it: there is no HPA.
    Paused,
    /// An annotation keeps it at that many replicas.
    PausedAt(String),
    /// An annotation keeps it from scaling up.
    PausedUp,
    /// Its behavior forbids the HPA to scale up.
    UpDisabled,
    /// KEDA cannot build one of its triggers, or the API server refuses its HPA.
    NotBuilt,
    /// The CRD's schema or the webhook refuses the object, or no HPA can be made of it.
    Refused,
}

impl Halt {
    /// Of an object with these findings under a version of KEDA.
    pub fn of(object: &ScaledObject, findings: &[Finding], keda: Version) -> Option<Self> {
        // Where nothing would go up, nothing is kept from it.
        let is_found =
            |key: &str| findings.iter().any(|one| one.rule == Rule::KedaPaused && one.place.field == key);
        let mut halts: Vec<Self> = pauses(object, keda)
            .filter_map(|(pause, key, value)| match pause {
                Pause::Whole => Some(Self::Paused),
                Pause::At => Some(Self::PausedAt(value.value.clone())),
                Pause::Up if is_found(key) => Some(Self::PausedUp),
                Pause::Up | Pause::Down | Pause::AtNothing => None,
            })
            .collect();
        let has = |stops: &[Rule]| findings.iter().any(|finding| stops.contains(&finding.rule));
        halts.extend(has(&REFUSED).then_some(Self::Refused));
        halts.extend(has(&NOT_BUILT).then_some(Self::NotBuilt));
        halts.extend(findings.iter().any(is_up_disabled).then_some(Self::UpDisabled));
        // What is refused is not there, and without an HPA the other annotations say nothing.
        let first = [Self::Refused, Self::Paused].into_iter().find(|halt| halts.contains(halt));
        first.or_else(|| halts.into_iter().next())
    }

    /// Its stable name.
    pub fn id(&self) -> &'static str {
        match self {
            Self::Paused => "paused",
            Self::PausedAt(_) => "paused-replicas",
            Self::PausedUp => "paused-scale-out",
            Self::UpDisabled => "scale-up-disabled",
            Self::NotBuilt => "not-built",
            Self::Refused => "refused",
        }
    }
}

/// A way down that is forbidden leaves floors as they are; one up does not.
fn is_up_disabled(finding: &Finding) -> bool {
    finding.rule == Rule::HpaDisabled && finding.place.field == "scaleUp"
}

/// What is wrong with one trigger or direction and takes all others with it.
const NOT_BUILT: [Rule; 5] = [
    Rule::KedaTriggerNotBuilt,
    Rule::PrometheusThreshold,
    Rule::HpaBehaviorRefused,
    Rule::CronSearchEndless,
    Rule::KedaPausedCount,
];

/// What is wrong with the object itself.
const REFUSED: [Rule; 11] = [
    Rule::KedaFieldMissing,
    Rule::KedaFieldType,
    Rule::KedaReplicaRange,
    Rule::KedaTargetUnknown,
    Rule::KedaNameRefused,
    Rule::KedaNameTooLong,
    Rule::KedaFallbackRefused,
    Rule::KedaTriggersRefused,
    Rule::KedaTriggerNames,
    Rule::KedaModifiersRefused,
    Rule::KedaRequestMissing,
];

/// Whether a finding is about floors on their way through the HPA: where none is in force there is nothing to say of that.
pub fn needs_floors(rule: Rule) -> bool {
    [Rule::FloorHole, Rule::HpaDeadBand, Rule::HpaFloorLate, Rule::HpaSurgeStays].contains(&rule)
}

/// Whether nothing of an object is in force because of it.
pub fn keeps_out(rule: Rule) -> bool {
    REFUSED.contains(&rule) || NOT_BUILT.contains(&rule)
}

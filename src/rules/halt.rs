//! What keeps a whole object from doing what its triggers say: an annotation that pauses it, a trigger or an HPA that cannot
//! be built, or its own refusal. Its calendar is then what would be.

use super::finding::Finding;
use super::scaledobject::ScaledObject;
use crate::features;
use crate::finding::Rule;
use crate::quantity::Version;
use crate::yaml::Marked;

/// Why none of an object's floors holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Halt {
    /// An annotation pauses it: there is no HPA.
    Paused,
    /// An annotation keeps it at that many replicas.
    PausedAt(String),
    /// An annotation keeps it from scaling up.
    PausedUp,
    /// KEDA cannot build one of its triggers, or the API server refuses its HPA.
    NotBuilt,
    /// The CRD's schema or the webhook refuses the object, or no HPA can be made of it.
    Refused,
}

impl Halt {
    /// Of an object with these findings.
    pub fn of(object: &ScaledObject, findings: &[Finding]) -> Option<Self> {
        let mut halts: Vec<Self> = pauses(object)
            .filter_map(|(pause, _, value)| match pause {
                Pause::Whole => Some(Self::Paused),
                Pause::At => Some(Self::PausedAt(value.value.clone())),
                Pause::Up => Some(Self::PausedUp),
                Pause::Down | Pause::AtNothing => None,
            })
            .collect();
        let has = |stops: &[Rule]| findings.iter().any(|finding| stops.contains(&finding.rule));
        halts.extend(has(&REFUSED).then_some(Self::Refused));
        halts.extend(has(&NOT_BUILT).then_some(Self::NotBuilt));
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
            Self::NotBuilt => "not-built",
            Self::Refused => "refused",
        }
    }
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

/// Whether nothing of an object is in force because of it.
pub(super) fn keeps_out(rule: Rule) -> bool {
    REFUSED.contains(&rule) || NOT_BUILT.contains(&rule)
}

/// What an annotation pauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pause {
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
pub(super) fn pauses(object: &ScaledObject) -> impl Iterator<Item = (Pause, &str, &Marked<String>)> {
    object.metadata.annotations.iter().filter_map(|(key, value)| {
        let off = is_off(value);
        let pause = match key.strip_prefix("autoscaling.keda.sh/")? {
            "paused-replicas" => {
                let is_count = value.value.parse::<i32>().is_ok_and(|count| count >= 0);
                let pause = if is_count { Pause::At } else { Pause::AtNothing };
                return Some((pause, key.as_str(), value));
            }
            "paused" => Pause::Whole,
            "paused-scale-in" => Pause::Down,
            "paused-scale-out" => Pause::Up,
            _ => return None,
        };
        (!off).then_some((pause, key.as_str(), value))
    })
}

/// Whether an annotation keeps the object active whatever its triggers say.
pub(super) fn forces(object: &ScaledObject, keda: Version) -> bool {
    let forced = object.metadata.annotations.get("autoscaling.keda.sh/force-activation");
    keda >= features::keda::PAUSE_BY_DIRECTION && forced.is_some_and(|value| !is_off(value))
}

/// What Go's `ParseBool` takes for false; KEDA takes what is no boolean for true.
fn is_off(value: &Marked<String>) -> bool {
    ["false", "0", "f", "F", "FALSE", "False"].contains(&value.value.as_str())
}

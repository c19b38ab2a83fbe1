//! A trigger's settings as its scaler reads them: what `cron_scaler.go` accepts, and why it refuses the rest.

use super::cron::{Refused, Schedule};
use super::pair::Pair;
use super::scaledobject::Trigger;
use crate::features;
use crate::quantity::Version;
use crate::time::Zone;

/// A cron trigger that KEDA builds.
#[derive(Clone, Debug)]
pub struct CronTrigger {
    /// Both schedules and the zone.
    pub pair: Pair,
    /// The texts they were read from.
    pub texts: (String, String),
    /// Negative counts as none.
    pub desired: i64,
}

/// Why a cron trigger is not built, or not run. One that is not built takes its whole ScaledObject down with it: KEDA's
/// `buildScalers` stops at the first failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A setting is missing or blank.
    Missing(&'static str),
    /// A schedule cannot be parsed.
    Schedule {
        /// `start` or `end`
        side: &'static str,
        /// What the parser says.
        why: Refused,
    },
    /// `start` and `end` are the same text.
    SameText,
    /// `desiredReplicas` is no JSON integer.
    NoInteger,
    /// `desiredReplicas` is zero.
    Zero,
    /// The zone is loaded on every poll: the trigger is built, and fails for ever.
    Zone,
}

impl Fault {
    /// The setting at fault.
    pub fn setting(&self) -> &'static str {
        match self {
            Self::Missing(key) => key,
            Self::Schedule { side, .. } => side,
            Self::SameText => "end",
            Self::NoInteger | Self::Zero => "desiredReplicas",
            Self::Zone => "timezone",
        }
    }
}

impl CronTrigger {
    /// What the cron scaler reads, all of it required.
    pub const SETTINGS: [&str; 4] = ["timezone", "start", "end", "desiredReplicas"];

    /// The most replicas that an HPA can count. KEDA reads more, up to 64 bits.
    pub const MOST_COUNTED: i64 = i32::MAX as i64;

    /// Reads the settings of a trigger of type `cron`.
    pub fn read(trigger: &Trigger) -> Result<Self, Fault> {
        let setting = |key| trigger.setting(key).ok_or(Fault::Missing(key));
        let (zone, start) = (setting("timezone")?, setting("start")?);
        let (end, desired) = (setting("end")?, setting("desiredReplicas")?);
        let pair = (schedule("start", start)?, schedule("end", end)?);
        if start == end {
            return Err(Fault::SameText);
        }
        let desired = replicas(desired)?;
        let zone = load_location(zone).ok_or(Fault::Zone)?;
        Ok(Self {
            pair: Pair { start: pair.0, end: pair.1, zone },
            texts: (start.to_owned(), end.to_owned()),
            desired,
        })
    }

    /// Everything that keeps a trigger from being built or run, not only what KEDA meets first: who mends one fault should
    /// know of the next. Settings that are missing are one fault, by the first of them.
    pub fn faults(trigger: &Trigger) -> Vec<Fault> {
        let missing = Self::SETTINGS.into_iter().find(|key| trigger.setting(key).is_none());
        let side = |key: &'static str| trigger.setting(key).and_then(|text| schedule(key, text).err());
        let (start, end) = (trigger.setting("start"), trigger.setting("end"));
        let same = (start.is_some() && start == end).then_some(Fault::SameText);
        // A text that is refused is not said to be there twice, nor refused twice.
        let end = if same.is_some() { None } else { side("end") };
        let faults = [
            missing.map(Fault::Missing),
            side("start"),
            end,
            same.filter(|_| side("start").is_none()),
            trigger.setting("desiredReplicas").and_then(|text| replicas(text).err()),
            trigger.setting("timezone").filter(|name| load_location(name).is_none()).map(|_| Fault::Zone),
        ];
        faults.into_iter().flatten().collect()
    }

    /// The value of its metric.
    pub fn metric(&self, active: bool, keda: Version) -> i64 {
        match active {
            true => self.desired,
            false if keda < features::keda::INACTIVE_IS_ZERO => 1,
            false => 0,
        }
    }

    /// Replicas that it asks for while active.
    pub fn floor(&self) -> u32 {
        u32::try_from(self.desired.max(0)).unwrap_or(u32::MAX)
    }
}

fn schedule(side: &'static str, text: &str) -> Result<Schedule, Fault> {
    Schedule::parse(text).map_err(|why| Fault::Schedule { side, why })
}

fn replicas(text: &str) -> Result<i64, Fault> {
    match json_integer(text) {
        Some(0) => Err(Fault::Zero),
        Some(desired) => Ok(desired),
        None => Err(Fault::NoInteger),
    }
}

/// Go's `time.LoadLocation`. `Local` is the zone of KEDA's container, which is UTC in the images that KEDA publishes.
fn load_location(name: &str) -> Option<Zone> {
    Zone::parse(if name == "Local" { "UTC" } else { name })
}

/// What `json.Unmarshal` takes for an `int64`: no plus, no leading zero, no fraction, no exponent.
pub(super) fn json_integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain =
        digits.bytes().all(|byte| byte.is_ascii_digit()) && !(digits.len() > 1 && digits.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

/// What `json.Unmarshal` takes for a `float64`: a number of JSON's grammar, so no `.5`, `5.`, `05` or `10k`.
pub fn json_number(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let mantissa = unsigned.split(['e', 'E']).next().unwrap_or_default();
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let plain = digits(whole) && digits(fraction) && !(whole.len() > 1 && whole.starts_with('0'));
    let number = if plain { text.parse::<f64>().ok() } else { None };
    number.filter(|number| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_json_and_no_others() {
        assert_eq!(json_integer("6"), Some(6));
        assert_eq!(json_integer("-3"), Some(-3));
        for wrong in ["06", "6.0", "1e1", "+6", "", "-", "99999999999999999999"] {
            assert_eq!(json_integer(wrong), None, "{wrong}");
        }
        assert_eq!(json_number("0.25"), Some(0.25));
        assert_eq!(json_number("1e2"), Some(100.0));
        for wrong in [".5", "5.", "05", "10k", "inf", "NaN", "", "1e999"] {
            assert_eq!(json_number(wrong), None, "{wrong}");
        }
    }
}

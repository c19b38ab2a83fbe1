//! Cron triggers that cannot be built.

use super::super::finding::Finding;
use super::super::scaler;
use super::super::subject::Subject;
use super::super::unbuilt::dead;
use super::spelling;
use crate::finding::Rule;
use crate::keda::floor::Inactive;
use crate::keda::scaledobject::Kind;
use crate::keda::trigger::{CronTrigger, Fault};
use crate::time::{nearest_zone, zone_of_place, zone_said};

/// One trigger that cannot be built leaves the object without any: `buildScalers` returns at the first error.
pub(super) fn not_built(subject: &Subject<'_>) -> Vec<Finding> {
    let found = subject.inactive.iter().flat_map(|(index, why)| match why {
        // That all settings are missing is said already.
        Inactive::Fault(Fault::Missing(_)) if is_without_settings(subject, *index) => Vec::new(),
        Inactive::Fault(_) => {
            let faults = CronTrigger::faults(&subject.object.spec.triggers.value[*index]);
            faults.iter().map(|fault| not_built_cron(subject, *index, fault)).collect()
        }
        Inactive::Endless(endless) => {
            let effect = "the search for the next firing never ends: KEDA hangs".to_owned();
            let mend = "use a zone that leaves no day out".to_owned();
            let finding = subject.about(Rule::CronSearchEndless, *index, "timezone", effect, mend);
            vec![finding.from(endless.asked)]
        }
    });
    found.collect()
}

fn is_without_settings(subject: &Subject<'_>, index: usize) -> bool {
    subject.object.spec.triggers.value[index].metadata.is_none()
}

fn not_built_cron(subject: &Subject<'_>, index: usize, fault: &Fault) -> Finding {
    let dead = match subject.object.kind {
        Kind::ScaledObject => {
            "the trigger is not built, and with it the whole object is dead, its other floors included"
        }
        Kind::ScaledJob => dead(subject),
    };
    let (effect, mend) = match fault {
        Fault::Missing(_) => return missing_cron(subject, index, dead),
        Fault::Schedule { side, why } => {
            let written = subject.object.spec.triggers.value[index].setting(fault.setting());
            let effect = format!("{side}: {why}: {dead}");
            let mend = spelling::mend(written.unwrap_or_default());
            return subject.about(Rule::KedaTriggerNotBuilt, index, fault.setting(), effect, mend);
        }
        Fault::SameText => (format!("start and end are the same: {dead}"), "let it end later"),
        Fault::NoInteger => {
            (format!("desiredReplicas is not an integer: {dead}"), "write digits, no leading zero")
        }
        Fault::Zero => (
            format!("desiredReplicas is \"0\": {dead}"),
            "invert the window: cron is a floor, it cannot lower",
        ),
        Fault::Zone => return zone_unknown(subject, index),
    };
    subject.about(Rule::KedaTriggerNotBuilt, index, fault.setting(), effect, mend.to_owned())
}

/// All settings that are missing, and what may have been meant for the first of them.
fn missing_cron(subject: &Subject<'_>, index: usize, dead: &str) -> Finding {
    let trigger = &subject.object.spec.triggers.value[index];
    let missing: Vec<&str> =
        CronTrigger::SETTINGS.into_iter().filter(|key| trigger.setting(key).is_none()).collect();
    let meant = missing.iter().find_map(|key| Some((scaler::meant_for(trigger, key)?, *key)));
    let are = if missing.len() == 1 { "is" } else { "are" };
    let effect = format!("{} {are} missing: {dead}", missing.join(", "));
    let (at, mend) = match meant {
        Some((written, key)) => (written, format!("write `{key}` instead of `{written}`")),
        None => (missing[0], format!("set {}", if missing.len() == 1 { "it" } else { "them" })),
    };
    subject.about(Rule::KedaTriggerNotBuilt, index, at, effect, mend)
}

fn zone_unknown(subject: &Subject<'_>, index: usize) -> Finding {
    let written = subject.object.spec.triggers.value[index].setting("timezone").unwrap_or_default();
    let comes = match subject.object.kind {
        Kind::ScaledObject => "nothing scales down",
        Kind::ScaledJob => "starts no Job",
    };
    let effect = format!("KEDA cannot load the zone: the trigger fails on every poll, and {comes}");
    // Where no area is written a similar name is of chance.
    let near = || nearest_zone(written).filter(|_| written.contains('/'));
    let mend = match (zone_said(written), zone_of_place(written).or_else(near)) {
        (Some(said), _) => said,
        (None, Some(zone)) => format!(
            "write {zone}, if that is meant: a name of the IANA database, upper and lower case as there"
        ),
        (None, None) => "write a name of the IANA database, upper and lower case as there".to_owned(),
    };
    subject.about(Rule::CronZoneUnknown, index, "timezone", effect, mend)
}

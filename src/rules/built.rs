//! Triggers that KEDA cannot build, whatever their type, and settings that their scalers do not read. Cron triggers are read
//! by `trigger` instead.
//!
//! Only what KEDA surely refuses: a parameter that may come from a TriggerAuthentication or from the workload's environment
//! is not missed.

use super::finding::Finding;
use super::rabbitmq;
use super::scaler::{beside_type, in_the_spec};
use super::subject::Subject;
use super::targets;
use super::unbuilt::{Refused, dead, is_set};
use super::{cloud, values, ways};
use crate::features;
use crate::finding::Rule;
use crate::keda::parameters::{self, Refusal};
use crate::keda::scaledobject::{Kind, ScaledObject, Trigger};
use crate::name::nearest;
use crate::quantity::Version;

/// All checks.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let others = subject.triggers().filter(|(_, trigger)| trigger.kind.value != "cron");
    let mut found = Vec::new();
    for (index, trigger) in others {
        found.extend(unreadable(subject, index, trigger));
        found.extend(contradictory(subject, index, trigger));
        found.extend(of_resource(subject, index, trigger));
        found.extend(misspelt(subject, index, trigger));
    }
    found.extend(targets::check(subject));
    found
}

fn not_built(subject: &Subject<'_>, index: usize, key: &str, (why, mend): (&str, String)) -> Finding {
    subject.about(Rule::KedaTriggerNotBuilt, index, key, format!("{why}: {}", dead(subject)), mend)
}

/// What KEDA's reader of metadata refuses.
fn unreadable(subject: &Subject<'_>, index: usize, trigger: &Trigger) -> Vec<Finding> {
    let refusals = parameters::refusals(trigger, subject.versions.keda);
    let missing: Vec<&str> = refusals
        .iter()
        .filter_map(|refusal| match refusal {
            Refusal::Missing(key) => Some(*key),
            Refusal::Removed(_) | Refusal::Value { .. } => None,
        })
        .collect();
    let mut found: Vec<Finding> = refusals.iter().filter_map(|one| of_value(subject, index, one)).collect();
    // That all settings are missing is said already.
    if !missing.is_empty() && trigger.metadata.is_some() {
        let are = if missing.len() == 1 { "is" } else { "are" };
        let why = format!("{} {are} missing", missing.join(", "));
        let meant = missing.iter().find_map(|key| Some((meant_for(subject, trigger, key)?, *key)));
        let (at, mend) = match meant {
            Some((written, key)) => (written, format!("write `{key}` instead of `{written}`")),
            None => (missing[0], format!("set {}", if missing.len() == 1 { "it" } else { "them" })),
        };
        found.push(not_built(subject, index, at, (&why, mend)));
    }
    found
}

fn of_value(subject: &Subject<'_>, index: usize, refusal: &Refusal) -> Option<Finding> {
    let trigger = &subject.object.spec.triggers.value[index];
    match refusal {
        Refusal::Missing(_) => None,
        Refusal::Removed(key) => {
            let is_metric_type = *key == "type";
            let mend = if is_metric_type {
                let value = trigger.setting(key).unwrap_or("Utilization");
                format!("write `metricType: {value}` beside `type`, and remove it here")
            } else {
                "remove it; KEDA's documentation of the scaler says what is read instead".to_owned()
            };
            let why = format!("`{key}` in the metadata is an error in KEDA {}", subject.versions.keda);
            Some(not_built(subject, index, key, (&why, mend)))
        }
        // It has a check of its own, which knows the HPA's limit as well.
        Refusal::Value { key: "threshold", .. } if trigger.kind.value == "prometheus" => None,
        Refusal::Value { key, wanted } => {
            let why = format!("{key} {:?} cannot be read", trigger.setting(key).unwrap_or_default());
            Some(not_built(subject, index, key, (&why, format!("write {wanted}"))))
        }
    }
}

/// What one scaler wants of several parameters together (the `Validate` of its struct).
fn contradictory(subject: &Subject<'_>, index: usize, trigger: &Trigger) -> Vec<Finding> {
    let keda = subject.versions.keda;
    let has_formula = has_formula(subject.object);
    let refused = ways::refused(trigger, keda, has_formula)
        .or_else(|| cloud::refused(trigger))
        .or_else(|| values::refused(trigger, keda, has_formula))
        .or_else(|| rabbitmq::refused(trigger, keda))
        .or_else(|| targets::kafka(trigger, keda))
        .or_else(|| authentication(trigger, keda));
    let refused = refused.filter(|_| trigger.metadata.is_some());
    refused.map(|(key, why, mend)| not_built(subject, index, key, (&why, mend))).into_iter().collect()
}

/// With a formula, the targets of triggers are not read.
pub(super) fn has_formula(object: &ScaledObject) -> bool {
    object.spec.advanced.as_ref().is_some_and(|advanced| advanced.scaling_modifiers.is_some())
}

/// What an authentication mode needs is read from a TriggerAuthentication only; of an API key from the metadata, too
/// (KEDA: `pkg/scalers/authentication`).
fn authentication(trigger: &Trigger, keda: Version) -> Refused {
    const SECRET: [&str; 5] = ["bearer", "basic", "tls", "oauth", "custom"];
    let read = parameters::of(&trigger.kind.value, keda);
    let is_common = read.filter(|one| one.names.contains(&"authModes")).any(|one| one.is_exclusive());
    if !is_common || parameters::has_authentication(trigger) {
        return None;
    }
    let key = ["authModes", "authMode"]
        .into_iter()
        .find(|key| is_set(trigger, key, keda) == Some(true) && trigger.setting(key).is_some())?;
    let mut modes = trigger.setting(key)?.split(',').map(str::trim);
    let mode = modes.find(|mode| {
        SECRET.contains(mode) || *mode == "apiKey" && is_set(trigger, "apiKey", keda) == Some(false)
    })?;
    let why = format!("{key} {mode} without an authenticationRef has no credentials");
    let mend = "add authenticationRef with a TriggerAuthentication that has them, or remove the mode";
    Some((key, why, mend.to_owned()))
}

/// cpu and memory: a plain number, and what it means.
fn of_resource(subject: &Subject<'_>, index: usize, trigger: &Trigger) -> Option<Finding> {
    if !["cpu", "memory"].contains(&trigger.kind.value.as_str()) || trigger.metadata.is_none() {
        return None;
    }
    let keda = subject.versions.keda;
    let beside = trigger.metric_type.as_ref().filter(|kind| !kind.value.is_empty());
    // Up to 2.17 the type in the metadata wins; later it is an error, which is said already.
    let inside = trigger.setting("type").filter(|_| keda < features::keda::RESOURCE_TYPE_REFUSED);
    let kind = inside.or(beside.map(|kind| kind.value.as_str()));
    let Some(kind) = kind.filter(|kind| ["Utilization", "AverageValue"].contains(kind)) else {
        if trigger.setting("type").is_some()
            && (keda >= features::keda::RESOURCE_TYPE_REFUSED || inside.is_some())
        {
            return None;
        }
        let effect = match beside {
            Some(kind) => {
                format!("metricType {:?} is not a type of resource metrics: {}", kind.value, dead(subject))
            }
            None => format!("metricType is missing: {}", dead(subject)),
        };
        let mend =
            "write `metricType: Utilization` (per cent of the request) or `AverageValue` beside `type`";
        let field = ("metricType", beside.map(|kind| kind.mark));
        return Some(subject.beside(Rule::KedaTriggerNotBuilt, index, field, effect, mend.to_owned()));
    };
    let value = trigger.setting("value")?;
    let digits = value.strip_prefix(['+', '-']).unwrap_or(value);
    let is_whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if kind == "Utilization" && !(is_whole && value.trim_start_matches('+').parse::<i32>().is_ok()) {
        let why = format!("value {value:?} is not a whole number of per cent");
        let mend =
            "write digits only, as in \"60\"; a quantity such as \"500m\" wants metricType AverageValue";
        return Some(not_built(subject, index, "value", (&why, mend.to_owned())));
    }
    if kind == "AverageValue" && !crate::keda::fields::is_quantity(value) {
        let why = format!("value {value:?} is not a quantity");
        return Some(not_built(
            subject,
            index,
            "value",
            (&why, "write one, as in \"500m\" or \"1Gi\"".to_owned()),
        ));
    }
    // That a ScaledJob passes over it is said.
    let is_measured = subject.object.kind == Kind::ScaledObject;
    (is_measured && !is_above_zero(value)).then(|| {
        let effect = format!(
            "value {value:?}: the API server takes targets above 0 only, so there is no HPA, and the whole object is dead, its floors included"
        );
        subject.about(Rule::KedaTriggerNotBuilt, index, "value", effect, "write a value above 0".to_owned())
    })
}

/// Of a quantity or a whole number (Kubernetes: `validateMetricTarget` in `pkg/apis/autoscaling/validation/validation.go`).
fn is_above_zero(value: &str) -> bool {
    let mantissa = value.split(['e', 'E']).next().unwrap_or_default();
    !value.starts_with('-') && mantissa.bytes().any(|byte| (b'1'..=b'9').contains(&byte))
}

/// The setting that may have been meant for `key`, which is missing.
fn meant_for<'t>(subject: &Subject<'_>, trigger: &'t Trigger, key: &str) -> Option<&'t str> {
    let keys = trigger.settings().keys().map(String::as_str);
    let unknown = keys.filter(|written| !is_known(trigger, written, subject.versions.keda));
    unknown.into_iter().find(|written| is_like(written, key))
}

/// The same in other letters, or with one letter more, less or changed.
fn is_like(written: &str, key: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().replace(['-', '_', '.'], "");
    let (written, key) = (plain(written), plain(key));
    written == key || key.len() > 4 && strsim::damerau_levenshtein(&written, &key) <= 1
}

fn is_known(trigger: &Trigger, written: &str, keda: Version) -> bool {
    let plain = written.strip_suffix("FromEnv").unwrap_or(written);
    parameters::of(&trigger.kind.value, keda).any(|one| one.names.contains(&plain))
}

/// Settings that nothing reads, where it is plain which one was meant. Of cpu and memory all: they have three.
fn misspelt(subject: &Subject<'_>, index: usize, trigger: &Trigger) -> Vec<Finding> {
    let keda = subject.versions.keda;
    let kind = trigger.kind.value.as_str();
    // One has a check of its own; the others hand all they are given to a service, which may read it.
    if ["prometheus", "external", "external-push"].contains(&kind) {
        return Vec::new();
    }
    let is_resource = ["cpu", "memory"].contains(&kind);
    let names: Vec<&str> = parameters::of(kind, keda).flat_map(|one| one.names.iter().copied()).collect();
    let missing: Vec<Refusal> = parameters::refusals(trigger, keda);
    let mut found = Vec::new();
    for written in trigger.settings().keys().filter(|key| !names.is_empty() && !is_known(trigger, key, keda))
    {
        let near = names.iter().copied().find(|name| is_like(written, name));
        let near = near
            .or_else(|| names.iter().copied().find(|name| is_resource && name.starts_with(written.as_str())));
        let near = near.or_else(|| nearest(written, names.iter().copied()).filter(|_| is_resource));
        // Said with what is missing.
        let is_said = near.is_some_and(|near| missing.contains(&Refusal::Missing(near)));
        let elsewhere = in_the_spec(subject, written).or_else(|| beside_type(trigger, written));
        if is_said || near.is_none() && elsewhere.is_none() && !is_resource {
            continue;
        }
        let effect = format!("{written} is ignored: the {kind} scaler has no such setting");
        let near = near.filter(|near| *near != "type" && trigger.setting(near).is_none());
        let mend = match (elsewhere, near) {
            (Some(elsewhere), _) => elsewhere,
            (None, Some(near)) => format!("write `{near}`, or remove it"),
            (None, None) => "remove it".to_owned(),
        };
        found.push(subject.about(Rule::TriggerUnknownSetting, index, written, effect, mend));
    }
    found
}

//! What never comes to run: refused by the CRD's schema and the admission webhook (KEDA:
//! `apis/keda/v1alpha1/scaledobject_webhook.go`), by the HPA's API, or by a scaler that cannot be built.
//!
//! The webhook's failure policy is Ignore and KEDA before 2.20 swallowed some of its errors; they are findings all the same.

use std::collections::{BTreeMap, BTreeSet};

use super::built;
use super::composite;
use super::finding::{Check, Finding};
use super::floor::Inactive;
use super::formula::{Formula, Refusal};
use super::scaledobject::{Behavior, FallbackBehavior, Kind, Policy, Rules, ScaledObject};
use super::scaler;
use super::subject::Subject;
use super::trigger::{CronTrigger, Fault};
use crate::name::nearest;
use crate::quantity::Version;
use crate::time::{Zone, zone_of_place, zone_said};
use crate::yaml::{Mark, Marked};

/// All refusals of one object.
pub fn admit(subject: &Subject<'_>) -> Vec<Finding> {
    let of_both: [fn(&Subject<'_>) -> Vec<Finding>; 7] =
        [names, bounds, scaler::check, built::check, triggers, trigger_names, not_built];
    let of_objects: [fn(&Subject<'_>) -> Vec<Finding>; 6] =
        [target, replicas, name_lengths, fallback, modifiers, behavior];
    let of_objects = match subject.object.kind {
        Kind::ScaledObject => of_objects.as_slice(),
        Kind::ScaledJob => &[],
    };
    of_both.iter().chain(of_objects).flat_map(|check| check(subject)).collect()
}

/// What the CRD wants of numbers.
fn bounds(subject: &Subject<'_>) -> Vec<Finding> {
    let spec = &subject.object.spec;
    let fields = [
        ("spec.minReplicaCount", &spec.min_replica_count, 0),
        ("spec.maxReplicaCount", &spec.max_replica_count, 1),
        ("spec.idleReplicaCount", &spec.idle_replica_count, 0),
        ("spec.pollingInterval", &spec.polling_interval, 1),
        ("spec.cooldownPeriod", &spec.cooldown_period, 0),
        ("spec.initialCooldownPeriod", &spec.initial_cooldown_period, 0),
    ];
    let mut found = Vec::new();
    for (field, value, least) in fields {
        if let Some(value) = value.as_ref().filter(|value| value.value < least) {
            let effect = format!("{field} is {}: the CRD wants at least {least}", value.value);
            let mend = format!("write {least} or more");
            found.push(subject.finding(Check::ReplicaRange, field, value.mark, effect, mend));
        }
    }
    found
}

/// What they must be to each other.
fn replicas(subject: &Subject<'_>) -> Vec<Finding> {
    let spec = &subject.object.spec;
    let mut found = Vec::new();
    if spec.min() > spec.max() {
        let mark = spec.min_replica_count.as_ref().map_or(Mark::default(), |min| min.mark);
        let effect = format!("minReplicaCount {} is above maxReplicaCount {}", spec.min(), spec.max());
        let mend = "raise maxReplicaCount or lower minReplicaCount".to_owned();
        found.push(subject.finding(Check::ReplicaRange, "spec.minReplicaCount", mark, effect, mend));
    }
    // Where no minimum is set the webhook compares with 0; one of 0 counts as 1.
    let min = spec.min_replica_count.as_ref().map(|min| min.value);
    let above = min.map_or(0, |min| min.max(1));
    if let Some(idle) = spec.idle_replica_count.as_ref().filter(|idle| idle.value >= above) {
        let effect = match min {
            Some(min) => format!("idleReplicaCount {} is not below minReplicaCount {min}", idle.value),
            None => format!(
                "idleReplicaCount {} without a minReplicaCount: KEDA compares it with 0, and refuses it",
                idle.value
            ),
        };
        let mend = match min {
            Some(_) => "remove idleReplicaCount, or write 0 with a minimum of 1 or more",
            None => "write a minReplicaCount of 1 or more, or remove idleReplicaCount",
        };
        found.push(subject.finding(
            Check::ReplicaRange,
            "spec.idleReplicaCount",
            idle.mark,
            effect,
            mend.to_owned(),
        ));
    }
    found
}

/// The webhook looks the workload's kind up, and KEDA then asks for its scale: of the kinds of `apps` three have one. What
/// other groups have, only a cluster knows.
fn target(subject: &Subject<'_>) -> Vec<Finding> {
    const SCALED: [&str; 3] = ["Deployment", "StatefulSet", "ReplicaSet"];
    let reference = &subject.object.spec.scale_target_ref;
    let (api_version, kind, _) = reference.target();
    if !api_version.starts_with("apps/") || SCALED.contains(&kind) {
        return Vec::new();
    }
    let effect = format!("{api_version} has no kind {kind} that can be scaled");
    let mend = match nearest(kind, SCALED) {
        Some(near) => format!("write {near}"),
        None => "write Deployment or StatefulSet, or the apiVersion that the kind is of".to_owned(),
    };
    let mark = reference.kind.as_ref().map_or(reference.name.mark, |kind| kind.mark);
    vec![subject.finding(Check::TargetUnknown, "spec.scaleTargetRef.kind", mark, effect, mend)]
}

/// Names are DNS's: of objects and workloads a subdomain, of namespaces a label (RFC 1123; Kubernetes:
/// `apimachinery/pkg/util/validation`). What stands there before a tool fills it in is refused as well.
fn names(subject: &Subject<'_>) -> Vec<Finding> {
    let object = subject.object;
    let (target, hpa) = (&object.spec.scale_target_ref.name, hpa_config_name(object));
    let namespace = object.metadata.namespace.as_ref();
    let names = [
        ("metadata.name", Some(&object.metadata.name), "."),
        ("metadata.namespace", namespace, ""),
        ("spec.scaleTargetRef.name", Some(target), "."),
        ("spec.advanced.horizontalPodAutoscalerConfig.name", hpa, "."),
    ];
    let refused = names.into_iter().filter_map(|(field, name, inner)| {
        let name = name?;
        // What is empty is missing; the beginning of a generated name may end in a hyphen.
        let text =
            if object.metadata.is_generated { name.value.trim_end_matches(['-', '.']) } else { &name.value };
        if text.is_empty() || is_dns(text, inner) {
            return None;
        }
        let effect = format!("{:?} is no name that Kubernetes takes: the API server refuses it", name.value);
        let mend = if name.value.contains(['$', '{']) {
            "this looks like a placeholder: fill it in first, as in `envsubst < FILE | seasonscale audit -`"
                .to_owned()
        } else {
            let letters = if inner.is_empty() { "" } else { ", dots" };
            format!("write lower-case letters, digits{letters} and hyphens, a letter or digit at both ends")
        };
        Some(subject.finding(Check::NameRefused, field, name.mark, effect, mend))
    });
    refused.collect()
}

/// Lower-case letters and digits, and between them hyphens and the characters of `inner`.
fn is_dns(text: &str, inner: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let part = |part: &str| {
        part.starts_with(plain) && part.ends_with(plain) && part.chars().all(|c| plain(c) || c == '-')
    };
    text.len() <= 253 && text.split(|c: char| inner.contains(c)).all(part)
}

/// The default HPA name is `keda-hpa-` and the object's name, and a label value has at most 63 characters.
fn name_lengths(subject: &Subject<'_>) -> Vec<Finding> {
    let name = &subject.object.metadata.name;
    let hpa = hpa_name(subject.object);
    if name.value.len() <= 63 && hpa.len() <= 63 {
        return Vec::new();
    }
    let effect = format!("the HPA would be called {hpa}, {} characters of at most 63", hpa.len());
    let mend = "shorten the name to 54 characters, or name the HPA in advanced.horizontalPodAutoscalerConfig";
    vec![subject.finding(Check::NameLength, "metadata.name", name.mark, effect, mend.to_owned())]
}

fn hpa_config_name(object: &ScaledObject) -> Option<&Marked<String>> {
    let config = object.spec.advanced.as_ref()?.horizontal_pod_autoscaler_config.as_ref()?;
    config.name.as_ref().filter(|name| !name.value.is_empty())
}

/// What the HPA is called.
pub(super) fn hpa_name(object: &ScaledObject) -> String {
    match hpa_config_name(object) {
        Some(name) => name.value.clone(),
        None => format!("keda-hpa-{}", object.metadata.name.value),
    }
}

fn fallback(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(fallback) = &subject.object.spec.fallback else { return Vec::new() };
    let mut found = Vec::new();
    let mut refuse = |check, effect: String, mend: &str| {
        found.push(subject.finding(check, "spec.fallback", fallback.mark, effect, mend.to_owned()));
    };
    if fallback.value.failure_threshold < 0 || fallback.value.replicas < 0 {
        refuse(Check::FallbackRefused, "a number of the fallback is negative".into(), "write 0 or more");
    }
    let only_resources =
        subject.triggers().all(|(_, trigger)| ["cpu", "memory"].contains(&trigger.kind.value.as_str()));
    if only_resources {
        refuse(
            Check::FallbackRefused,
            "fallback does nothing for cpu and memory triggers".into(),
            "remove the fallback",
        );
    }
    found.extend(fallback.value.behavior.as_ref().and_then(|behavior| fallback_behavior(subject, behavior)));
    found
}

fn fallback_behavior(subject: &Subject<'_>, behavior: &Marked<FallbackBehavior>) -> Option<Finding> {
    let needs = match behavior.value {
        FallbackBehavior::ScalingModifiers => Version::new(2, 20),
        FallbackBehavior::Static
        | FallbackBehavior::CurrentReplicas
        | FallbackBehavior::CurrentReplicasIfHigher
        | FallbackBehavior::CurrentReplicasIfLower => Version::new(2, 17),
    };
    (subject.versions.keda < needs).then(|| {
        let effect = format!("this behavior exists from KEDA {needs} on, not in {}", subject.versions.keda);
        let mend = "remove `behavior` or raise KEDA".to_owned();
        subject.finding(Check::TooNew, "spec.fallback.behavior", behavior.mark, effect, mend)
    })
}

fn triggers(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let spec = &subject.object.spec;
    // Without a place the field itself is missing, which is said already.
    if spec.triggers.value.is_empty() && spec.triggers.mark != Mark::default() {
        let mark = spec.triggers.mark;
        let effect = "there is no trigger".to_owned();
        found.push(subject.finding(
            Check::TriggersRefused,
            "spec.triggers",
            mark,
            effect,
            "add one".to_owned(),
        ));
    }
    for (index, trigger) in subject.triggers() {
        let kind = trigger.kind.value.as_str();
        let cached = trigger.use_cached_metrics.as_ref().filter(|cached| cached.value);
        if let Some(cached) = cached.filter(|_| ["cpu", "memory", "cron"].contains(&kind)) {
            let effect = format!("useCachedMetrics is refused for {kind} triggers");
            let mend = "remove useCachedMetrics".to_owned();
            let field = ("useCachedMetrics", Some(cached.mark));
            found.push(subject.beside(Check::TriggersRefused, index, field, effect, mend));
        }
        let wrong_type =
            trigger.metric_type.as_ref().filter(|kind| !["AverageValue", "Value"].contains(&&*kind.value));
        if let Some(wrong) = wrong_type.filter(|_| !["cpu", "memory"].contains(&kind)) {
            let effect = format!("metricType {} is none of external metrics", wrong.value);
            let mend = "write AverageValue or Value".to_owned();
            let field = ("metricType", Some(wrong.mark));
            found.push(subject.beside(Check::TriggerNotBuilt, index, field, effect, mend));
        }
    }
    found.extend(resources_alone(subject));
    found
}

/// Without a pod there is no CPU to measure, so such triggers would never leave zero.
fn resources_alone(subject: &Subject<'_>) -> Option<Finding> {
    let spec = &subject.object.spec;
    let mut kinds = subject.triggers().map(|(_, trigger)| trigger.kind.value.as_str());
    let alone = !spec.triggers.value.is_empty() && kinds.all(|kind| ["cpu", "memory"].contains(&kind));
    (alone && spec.min() == 0 && subject.object.kind == Kind::ScaledObject).then(|| {
        let (mark, said) = match &spec.min_replica_count {
            Some(min) => (min.mark, "minReplicaCount is 0"),
            None => (spec.triggers.mark, "minReplicaCount is 0 where it is left out"),
        };
        let effect =
            format!("{said}, and cpu and memory triggers alone cannot scale to zero: the webhook refuses it");
        let mend = "write a minReplicaCount of 1 or more".to_owned();
        subject.finding(Check::TriggersRefused, "spec.minReplicaCount", mark, effect, mend)
    })
}

/// KEDA reads trigger names as identifiers in formulas: `-` is a minus there. Without a formula they are only labels.
fn trigger_names(subject: &Subject<'_>) -> Vec<Finding> {
    let advanced = subject.object.spec.advanced.as_ref();
    let modifiers = advanced.and_then(|advanced| advanced.scaling_modifiers.as_ref());
    let formula = modifiers.and_then(|modifiers| modifiers.value.formula.as_deref()).unwrap_or_default();
    let mut found = Vec::new();
    let mut seen = BTreeMap::new();
    for (index, trigger) in subject.triggers() {
        let Some(name) = trigger.name.as_ref().filter(|name| !name.value.is_empty()) else { continue };
        if let Some(first) = seen.insert(name.value.as_str(), index) {
            let effect = format!("trigger {first} is called {} too", name.value);
            let mend = "give each trigger its own name".to_owned();
            found.push(subject.beside(Check::TriggerNames, index, ("name", Some(name.mark)), effect, mend));
        }
        let mut letters = name.value.bytes();
        let starts = letters.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
        let identifier = starts && letters.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !identifier && formula.contains(&name.value) {
            let effect = format!("{} is no identifier: a formula cannot name it", name.value);
            let mend = "use letters, digits and underscores".to_owned();
            found.push(subject.beside(Check::TriggerNames, index, ("name", Some(name.mark)), effect, mend));
        }
    }
    found
}

fn modifiers(subject: &Subject<'_>) -> Vec<Finding> {
    let advanced = subject.object.spec.advanced.as_ref();
    let Some(modifiers) = advanced.and_then(|advanced| advanced.scaling_modifiers.as_ref()) else {
        return Vec::new();
    };
    let field = "spec.advanced.scalingModifiers";
    let mut found = Vec::new();
    let target = modifiers.value.target.as_deref().and_then(|text| text.trim().parse::<f64>().ok());
    let formula = modifiers.value.formula.as_deref().unwrap_or_default();
    if formula.is_empty() || target.is_none_or(|target| target <= 0.0) {
        let effect = "scalingModifiers need a formula and a target above 0".to_owned();
        let mend = "write both, or remove scalingModifiers".to_owned();
        found.push(subject.finding(Check::ModifiersRefused, field, modifiers.mark, effect, mend));
    } else if let Some((effect, mend)) = refused_formula(subject, formula) {
        found.push(subject.finding(Check::ModifiersRefused, field, modifiers.mark, effect, mend));
    }
    found
}

/// Why the webhook does not compile or run a formula: it gives each trigger but cpu and memory the value -1.
fn refused_formula(subject: &Subject<'_>, formula: &str) -> Option<(String, String)> {
    let names = composite::named(subject.object);
    let unnamed_said = |name: &str| {
        let effect = format!("the formula names {name}, and no trigger but cpu and memory is called that");
        (effect, "name the trigger, or mend the formula".to_owned())
    };
    let refused = |why: &str| {
        let mend = "mend the formula: it is one of expr-lang.org, over trigger names".to_owned();
        (format!("the webhook refuses the formula: {why}"), mend)
    };
    match Formula::compile(formula, &names, subject.versions.keda) {
        Ok(formula) => {
            let values = names.into_iter().map(|name| (name, -1.0)).collect();
            formula.surely_fails(&values).then(|| refused("with -1 for every trigger it ends in an error"))
        }
        // Where a name that is no identifier is the fault, that is said already.
        Err(Refusal::Unnamed(_) | Refusal::Refused(_)) if names_in_parts(&names, formula) => None,
        Err(Refusal::Unnamed(name)) => Some(unnamed_said(&name)),
        Err(Refusal::Refused(why)) => Some(refused(&why)),
        Err(Refusal::Beyond(_)) => unnamed(subject, formula).map(unnamed_said),
    }
}

/// Whether a formula has a name that it cannot read as one: `office-hours`.
fn names_in_parts(names: &BTreeSet<String>, formula: &str) -> bool {
    names.iter().any(|name| name.contains(|c: char| !is_letter(c)) && formula.contains(name.as_str()))
}

/// A name in a formula that no trigger has; nothing where a name that is no identifier is the fault, or where the formula
/// has names of its own. The language is that of expr-lang/expr, with which the webhook compiles it.
fn unnamed<'f>(subject: &Subject<'_>, formula: &'f str) -> Option<&'f str> {
    const WORDS: [&str; 13] = [
        "true",
        "false",
        "nil",
        "and",
        "or",
        "not",
        "in",
        "if",
        "else",
        "matches",
        "contains",
        "startsWith",
        "endsWith",
    ];
    let named = subject.triggers().filter(|(_, trigger)| !["cpu", "memory"].contains(&&*trigger.kind.value));
    let names: Vec<&str> =
        named.filter_map(|(_, trigger)| Some(trigger.name.as_ref()?.value.as_str())).collect();
    let in_parts = |name: &&str| name.contains(|c: char| !is_letter(c)) && formula.contains(*name);
    let is_member =
        |(at, _): (usize, &str)| formula[..at].ends_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let has_own = formula.contains(['"', '\'', '`', '#', '|', '{']) || formula.contains("let ");
    if names.iter().any(in_parts) || has_own || formula.match_indices('.').any(is_member) {
        return None;
    }
    let pieces = formula.match_indices(is_letter);
    let starts = pieces.filter(|(at, _)| !formula[..*at].ends_with(is_letter));
    let mut words = starts.map(|(at, _)| {
        let rest = &formula[at..];
        rest.split_at(rest.find(|c| !is_letter(c)).unwrap_or(rest.len()))
    });
    let is_name = |(word, after): &(&str, &str)| {
        let calls = after.trim_start().starts_with('(');
        !calls && !word.starts_with(|c: char| c.is_ascii_digit()) && !WORDS.contains(word)
    };
    words.find(|word| is_name(word) && !names.contains(&word.0)).map(|(word, _)| word)
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// `autoscaling/v2` validation: pkg/apis/autoscaling/validation of Kubernetes.
fn behavior(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(behavior) = subject.object.spec.behavior() else { return Vec::new() };
    let mut found = Vec::new();
    for (field, rules) in directions(behavior) {
        let Some(rules) = rules else { continue };
        if let Some(why) = refused_rules(&rules.value) {
            let effect = format!("{field}: {why}");
            let mend = "keep to the limits of autoscaling/v2".to_owned();
            found.push(subject.finding(Check::BehaviorRefused, field, rules.mark, effect, mend));
        }
        if let Some(tolerance) = &rules.value.tolerance {
            let new = subject.versions.keda >= Version::new(2, 18)
                && subject.versions.kubernetes >= Version::new(1, 35);
            if !new {
                let effect = format!("{field}: tolerance is dropped before KEDA 2.18 and Kubernetes 1.35");
                let mend = "remove it and reach the floor in one step instead".to_owned();
                found.push(subject.finding(Check::TooNew, field, tolerance.mark, effect, mend));
            }
        }
    }
    found
}

/// Both directions with their names.
pub(super) fn directions(behavior: &Behavior) -> [(&'static str, Option<&Marked<Rules>>); 2] {
    [("scaleUp", behavior.scale_up.as_ref()), ("scaleDown", behavior.scale_down.as_ref())]
}

fn refused_rules(rules: &Rules) -> Option<String> {
    let window = rules.stabilization_window_seconds.filter(|window| !(0..=3600).contains(window));
    if let Some(window) = window {
        return Some(format!("stabilizationWindowSeconds {window} is not within 0 to 3600"));
    }
    if rules.tolerance.as_ref().is_some_and(|text| text.value.trim().parse::<f64>().is_ok_and(|t| t < 0.0)) {
        return Some("tolerance is negative".to_owned());
    }
    rules.policies.iter().flatten().find_map(refused_policy)
}

fn refused_policy(policy: &Policy) -> Option<String> {
    if policy.value <= 0 {
        Some(format!("a policy of {} moves nothing", policy.value))
    } else if !(1..=1800).contains(&policy.period_seconds) {
        Some(format!("periodSeconds {} is not within 1 to 1800", policy.period_seconds))
    } else {
        None
    }
}

/// One trigger that cannot be built leaves the object without any: `buildScalers` returns at the first error.
fn not_built(subject: &Subject<'_>) -> Vec<Finding> {
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
            let finding = subject.about(Check::SearchEndless, *index, "timezone", effect, mend);
            vec![finding.from(endless.asked)]
        }
    });
    found.collect()
}

fn is_without_settings(subject: &Subject<'_>, index: usize) -> bool {
    subject.object.spec.triggers.value[index].metadata.mark == Mark::default()
}

fn not_built_cron(subject: &Subject<'_>, index: usize, fault: &Fault) -> Finding {
    const DEAD: &str =
        "the trigger is not built, and with it the whole object is dead, its other floors included";
    let (effect, mend) = match fault {
        Fault::Missing(_) => return missing_cron(subject, index, DEAD),
        Fault::Schedule { side, why } => {
            (format!("{side}: {why}: {DEAD}"), "write five fields that robfig/cron reads")
        }
        Fault::SameText => (format!("start and end are the same: {DEAD}"), "let it end later"),
        Fault::NoInteger => {
            (format!("desiredReplicas is no integer: {DEAD}"), "write digits, no leading zero")
        }
        Fault::Zero => (
            format!("desiredReplicas is \"0\": {DEAD}"),
            "invert the window: cron is a floor, it cannot lower",
        ),
        Fault::Zone => return zone_unknown(subject, index),
    };
    subject.about(Check::TriggerNotBuilt, index, fault.setting(), effect, mend.to_owned())
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
    subject.about(Check::TriggerNotBuilt, index, at, effect, mend)
}

fn zone_unknown(subject: &Subject<'_>, index: usize) -> Finding {
    let written = subject.object.spec.triggers.value[index].setting("timezone").unwrap_or_default();
    let effect =
        "KEDA cannot load the zone: the trigger fails on every poll, and nothing scales down".to_owned();
    let mend = match (zone_said(written), zone_of_place(written).or_else(|| nearest_zone(written))) {
        (Some(said), _) => said,
        (None, Some(zone)) => format!(
            "write {zone}, if that is meant: a name of the IANA database, upper and lower case as there"
        ),
        (None, None) => "write a name of the IANA database, upper and lower case as there".to_owned(),
    };
    subject.about(Check::ZoneUnknown, index, "timezone", effect, mend)
}

/// The zone with the most similar name, where an area is written.
fn nearest_zone(written: &str) -> Option<String> {
    let names = Zone::names();
    let near = nearest(written, names.iter().map(String::as_str)).filter(|_| written.contains('/'));
    near.map(str::to_owned)
}

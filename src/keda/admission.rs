//! What never comes to run: refused by the CRD's schema and the admission webhook (KEDA:
//! `apis/keda/v1alpha1/scaledobject_webhook.go`), by the HPA's API, or by a scaler that cannot be built.
//!
//! The webhook's failure policy is Ignore and KEDA before 2.20 swallowed some of its errors; they are findings all the same.

use std::collections::BTreeMap;

use super::finding::{Check, Finding, Place};
use super::floor::Inactive;
use super::scaledobject::{Behavior, FallbackBehavior, Kind, Policy, Rules, ScaledObject};
use super::subject::Subject;
use super::trigger::Fault;
use crate::quantity::Version;
use crate::yaml::Mark;

/// All refusals of one object.
pub fn admit(subject: &Subject<'_>) -> Vec<Finding> {
    let of_triggers: [fn(&Subject<'_>) -> Vec<Finding>; 3] = [triggers, trigger_names, not_built];
    let of_objects: [fn(&Subject<'_>) -> Vec<Finding>; 5] = [replicas, names, fallback, modifiers, behavior];
    let of_objects = match subject.object.kind {
        Kind::ScaledObject => of_objects.as_slice(),
        Kind::ScaledJob => &[],
    };
    of_triggers.iter().chain(of_objects).flat_map(|check| check(subject)).collect()
}

fn replicas(subject: &Subject<'_>) -> Vec<Finding> {
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
    if spec.min() > spec.max() {
        let mark = spec.min_replica_count.as_ref().map_or(Mark::default(), |min| min.mark);
        let effect = format!("minReplicaCount {} is above maxReplicaCount {}", spec.min(), spec.max());
        let mend = "raise maxReplicaCount or lower minReplicaCount".to_owned();
        found.push(subject.finding(Check::ReplicaRange, "spec.minReplicaCount", mark, effect, mend));
    }
    if let Some(idle) = spec.idle_replica_count.as_ref().filter(|idle| idle.value >= spec.min().max(1)) {
        let effect = format!("idleReplicaCount {} is not below minReplicaCount {}", idle.value, spec.min());
        let mend = "remove idleReplicaCount, or write 0 with a minimum of 1 or more".to_owned();
        found.push(subject.finding(Check::ReplicaRange, "spec.idleReplicaCount", idle.mark, effect, mend));
    }
    found
}

/// The default HPA name is `keda-hpa-` and the object's name, and a label value has at most 63 characters.
fn names(subject: &Subject<'_>) -> Vec<Finding> {
    let name = &subject.object.metadata.name;
    let hpa = hpa_name(subject.object);
    if name.value.len() <= 63 && hpa.len() <= 63 {
        return Vec::new();
    }
    let effect = format!("the HPA would be called {hpa}, {} characters of at most 63", hpa.len());
    let mend = "shorten the name to 54 characters, or name the HPA in advanced.horizontalPodAutoscalerConfig";
    vec![subject.finding(Check::NameLength, "metadata.name", name.mark, effect, mend.to_owned())]
}

fn hpa_name(object: &ScaledObject) -> String {
    let config =
        object.spec.advanced.as_ref().and_then(|advanced| advanced.horizontal_pod_autoscaler_config.as_ref());
    match config.and_then(|config| config.name.as_ref()) {
        Some(name) => name.value.clone(),
        None => format!("keda-hpa-{}", object.metadata.name.value),
    }
}

fn fallback(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(fallback) = &subject.object.spec.fallback else { return Vec::new() };
    let needs = match fallback.value.behavior {
        None => Version::new(2, 16),
        Some(FallbackBehavior::ScalingModifiers) => Version::new(2, 20),
        Some(
            FallbackBehavior::Static
            | FallbackBehavior::CurrentReplicas
            | FallbackBehavior::CurrentReplicasIfHigher
            | FallbackBehavior::CurrentReplicasIfLower,
        ) => Version::new(2, 17),
    };
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
    if subject.versions.keda < needs {
        let effect = format!("this behavior exists from KEDA {needs} on, not in {}", subject.versions.keda);
        refuse(Check::TooNew, effect, "remove `behavior` or raise KEDA");
    }
    found
}

fn triggers(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    if subject.object.spec.triggers.value.is_empty() {
        let mark = subject.object.spec.triggers.mark;
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
        if trigger.use_cached_metrics == Some(true) && ["cpu", "memory", "cron"].contains(&kind) {
            let effect = format!("useCachedMetrics is refused for {kind} triggers");
            let mend = "remove useCachedMetrics".to_owned();
            found.push(subject.about(Check::TriggersRefused, index, "useCachedMetrics", effect, mend));
        }
        let wrong_type =
            trigger.metric_type.as_ref().filter(|kind| !["AverageValue", "Value"].contains(&&*kind.value));
        if let Some(wrong) = wrong_type.filter(|_| !["cpu", "memory"].contains(&kind)) {
            let effect = format!("metricType {} is refused for external metrics", wrong.value);
            let mend = "write AverageValue or Value".to_owned();
            found.push(subject.about(Check::TriggersRefused, index, "metricType", effect, mend));
        }
    }
    found
}

/// KEDA reads trigger names as identifiers in formulas: `-` is a minus there.
fn trigger_names(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut seen = BTreeMap::new();
    for (index, trigger) in subject.triggers() {
        let Some(name) = trigger.name.as_ref().filter(|name| !name.value.is_empty()) else { continue };
        if let Some(first) = seen.insert(name.value.as_str(), index) {
            let effect = format!("trigger {first} is called {} too", name.value);
            let mend = "give each trigger its own name".to_owned();
            found.push(subject.about(Check::TriggerNames, index, "name", effect, mend));
        }
        let mut letters = name.value.bytes();
        let starts = letters.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
        if !starts || !letters.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            let effect = format!("{} is no identifier: a formula cannot name it", name.value);
            let mend = "use letters, digits and underscores".to_owned();
            found.push(subject.about(Check::TriggerNames, index, "name", effect, mend));
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
    }
    if !subject.active.is_empty() {
        let effect = "the formula replaces all metrics: when one trigger fails, the cron floors go with it";
        let mend = "remove scalingModifiers: the HPA takes the highest trigger anyway".to_owned();
        let effect = effect.to_owned();
        found.push(subject.finding(Check::ModifiersFloor, field, modifiers.mark, effect, mend));
    }
    found
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
pub(super) fn directions(behavior: &Behavior) -> [(&'static str, Option<&crate::yaml::Marked<Rules>>); 2] {
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
    let policies = rules.policies.as_deref()?;
    if policies.is_empty() {
        return Some("policies are empty".to_owned());
    }
    policies.iter().find_map(refused_policy)
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
    let found = subject.inactive.iter().map(|(index, why)| match why {
        Inactive::Fault(fault) => not_built_cron(subject, *index, fault),
        Inactive::Endless(endless) => {
            let effect = "the search for the next firing never ends: KEDA hangs".to_owned();
            let mend = "use a zone that leaves no day out".to_owned();
            subject.about(Check::SearchEndless, *index, "timezone", effect, mend).from(endless.asked)
        }
    });
    found.collect()
}

fn not_built_cron(subject: &Subject<'_>, index: usize, fault: &Fault) -> Finding {
    let setting = fault.setting();
    let dead = "the trigger is not built, and with it the whole object is dead, its other floors included";
    let (check, effect, mend) = match fault {
        Fault::Missing(key) => (Check::TriggerNotBuilt, format!("{key} is missing: {dead}"), "set it"),
        Fault::Schedule { side, why } => (
            Check::TriggerNotBuilt,
            format!("{side}: {why}: {dead}"),
            "write five fields that robfig/cron reads",
        ),
        Fault::SameText => {
            (Check::TriggerNotBuilt, format!("start and end are the same: {dead}"), "let it end later")
        }
        Fault::NoInteger => (
            Check::TriggerNotBuilt,
            format!("desiredReplicas is no integer: {dead}"),
            "write digits, no leading zero",
        ),
        Fault::Zero => (
            Check::TriggerNotBuilt,
            format!("desiredReplicas is \"0\": {dead}"),
            "invert the window: cron is a floor, it cannot lower",
        ),
        Fault::Zone => (
            Check::ZoneUnknown,
            "KEDA cannot load the zone: the trigger fails on every poll, and nothing scales down".to_owned(),
            "write a name of the IANA database, upper and lower case as there",
        ),
    };
    subject.about(check, index, setting, effect, mend.to_owned())
}

/// What was seen so far of whose workload and whose HPA, to find objects that fight over one.
#[derive(Default)]
pub struct Claims {
    targets: BTreeMap<(Option<String>, String), String>,
    hpas: BTreeMap<(Option<String>, String), String>,
}

/// What an object claims for itself.
pub struct Claim {
    namespace: Option<String>,
    /// API version, kind and name of the workload.
    target: String,
    hpa: String,
    object: String,
    mark: Mark,
}

impl Claim {
    /// Of an object whose name is at `mark`.
    pub fn of(object: &ScaledObject, mark: Mark) -> Self {
        let (api_version, kind, name) = object.spec.scale_target_ref.target();
        // A ScaledJob has no target, and an object that names none has a finding already.
        let claims = object.kind == Kind::ScaledObject && !name.is_empty();
        Self {
            namespace: object.metadata.namespace.as_ref().map(|namespace| namespace.value.clone()),
            target: if claims { format!("{api_version} {kind} {name}") } else { String::new() },
            hpa: hpa_name(object),
            object: object.title(),
            mark,
        }
    }
}

impl Claims {
    /// Notes a claim; `place` tells others where it is. A finding for each part that is taken.
    pub fn add(&mut self, claim: &Claim, place: &str) -> Vec<Finding> {
        if claim.target.is_empty() {
            return Vec::new();
        }
        let key = |what: &str| (claim.namespace.clone(), what.to_owned());
        let taken = [
            (self.targets.insert(key(&claim.target), place.to_owned()), "scales", &claim.target),
            (self.hpas.insert(key(&claim.hpa), place.to_owned()), "owns the HPA", &claim.hpa),
        ];
        let taken = taken.into_iter().filter_map(|(other, does, what)| Some((other?, does, what)));
        let findings = taken.map(|(other, does, what)| Finding {
            check: Check::SameTarget,
            place: Place {
                object: claim.object.clone(),
                trigger: None,
                field: "spec.scaleTargetRef".to_owned(),
                mark: claim.mark,
            },
            effect: format!("{other} {does} {what} too: the two overwrite each other"),
            first: None,
            mend: "keep one ScaledObject for each workload".to_owned(),
        });
        findings.collect()
    }
}

//! Triggers whatever their scaler: the list, its metric types, its names.

use std::collections::BTreeMap;

use super::super::finding::Finding;
use super::super::subject::Subject;
use crate::finding::Rule;
use crate::keda::scaledobject::Kind;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let spec = &subject.object.spec;
    // That the field itself is missing is said already.
    if spec.triggers.value.is_empty() && spec.has_triggers {
        let mark = spec.triggers.mark;
        let effect = "there is no trigger".to_owned();
        found.push(subject.finding(
            Rule::KedaTriggersRefused,
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
            found.push(subject.beside(Rule::KedaTriggersRefused, index, field, effect, mend));
        }
        let wrong_type =
            trigger.metric_type.as_ref().filter(|kind| !["AverageValue", "Value"].contains(&&*kind.value));
        if let Some(wrong) = wrong_type.filter(|_| !["cpu", "memory"].contains(&kind)) {
            let effect = format!("an external metric has no metricType {}", wrong.value);
            let mend = if kind == "cron" {
                "remove metricType"
            } else {
                "write AverageValue for a load, which replicas share, and Value for a share or a delay, which they do not"
            };
            let field = ("metricType", Some(wrong.mark));
            found.push(subject.beside(Rule::KedaTriggerNotBuilt, index, field, effect, mend.to_owned()));
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
        subject.finding(Rule::KedaTriggersRefused, "spec.minReplicaCount", mark, effect, mend)
    })
}

/// KEDA reads trigger names as identifiers in formulas: `-` is a minus there. Without a formula they are only labels.
pub(super) fn names(subject: &Subject<'_>) -> Vec<Finding> {
    let advanced = subject.object.spec.advanced.as_ref();
    let modifiers = advanced.and_then(|advanced| advanced.scaling_modifiers.as_ref());
    let formula = modifiers.and_then(|modifiers| modifiers.value.formula.as_deref()).unwrap_or_default();
    let mut found = Vec::new();
    let mut seen = BTreeMap::new();
    for (index, trigger) in subject.triggers() {
        let Some(name) = trigger.name.as_ref().filter(|name| !name.value.is_empty()) else { continue };
        let say = |effect: String, mend: String| {
            subject.beside(Rule::KedaTriggerNames, index, ("name", Some(name.mark)), effect, mend)
        };
        if let Some(first) = seen.insert(name.value.as_str(), index) {
            let effect = format!("trigger {first} is called {} too", name.value);
            let mend = "give each trigger its own name".to_owned();
            found.push(say(effect, mend));
        }
        let mut letters = name.value.bytes();
        let starts = letters.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
        let identifier = starts && letters.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !identifier && formula.contains(&name.value) {
            let effect = format!("{} is not an identifier: a formula cannot name it", name.value);
            let mend = "use letters, digits and underscores".to_owned();
            found.push(say(effect, mend));
        }
    }
    found
}

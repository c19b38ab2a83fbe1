//! What becomes of everything that is no floor: the settings of an object beside those of the one that the compiler makes
//! of the proposal.

use super::Target;
use super::remark::{Kind, Remark};
use crate::keda::scaledobject::{PolicyKind, Rules, ScaledObject, Trigger};
use crate::yaml::Mark;

/// Remarks on each setting that the compiled object does not have, or has otherwise.
pub(super) fn compare(target: &Target<'_>, made: &ScaledObject) -> Vec<Remark> {
    let found = target.scaled.found;
    let (old, new) = (&found.object, made);
    let mut remarks = Vec::new();
    let mut say = |mark: Mark, text: String| remarks.push(found.remark(Kind::Changed, mark, text));
    if old.metadata.name.value != new.metadata.name.value {
        let (old, new) = (&old.metadata.name, &new.metadata.name.value);
        say(
            old.mark,
            format!(
                "the object will be called `{new}`: delete `{}` as you apply it, KEDA takes one for a Deployment",
                old.value
            ),
        );
    }
    for (key, value) in &old.metadata.annotations {
        let pauses = key.starts_with("autoscaling.keda.sh/paused");
        let then = if pauses { "; with it KEDA heeds no floor, and the proof is for without it" } else { "" };
        say(value.mark, format!("annotation {key}: no key for it, it is not carried over{then}"));
    }
    let labels = old.metadata.labels.keys().filter(|key| !new.metadata.labels.contains_key(*key));
    let labels: Vec<&str> = labels.map(String::as_str).collect();
    if !labels.is_empty() {
        say(Mark::default(), format!("labels without a key, not carried over: {}", labels.join(", ")));
    }
    for (mark, text) in spec(old, new) {
        say(mark, text);
    }
    for (index, trigger) in old.spec.triggers.value.iter().enumerate() {
        if trigger.kind.value == "prometheus" {
            let texts = load(trigger, new);
            remarks.extend(texts.iter().map(|text| found.about(Kind::Changed, index, "query", text)));
        }
    }
    remarks
}

fn spec(old: &ScaledObject, new: &ScaledObject) -> Vec<(Mark, String)> {
    let mut said = Vec::new();
    let spec = &old.spec;
    let numbers = [
        ("pollingInterval", &spec.polling_interval),
        ("initialCooldownPeriod", &spec.initial_cooldown_period),
        ("idleReplicaCount", &spec.idle_replica_count),
    ];
    for (key, value) in numbers {
        if let Some(value) = value {
            said.push((value.mark, format!("{key} {}: no key for it, it is not carried over", value.value)));
        }
    }
    let fallback = |object: &ScaledObject| {
        let fallback = object.spec.fallback.as_ref()?;
        let (count, replicas) = (fallback.value.failure_threshold, fallback.value.replicas);
        let behavior = fallback.value.behavior.as_ref();
        let behavior = behavior.map_or("static".to_owned(), |kind| format!("{:?}", kind.value));
        Some(format!("{replicas} replicas after {count} failures ({behavior})"))
    };
    let mark = spec.fallback.as_ref().map_or(Mark::default(), |fallback| fallback.mark);
    changed(&mut said, mark, "fallback", fallback(old), fallback(new));
    let rules = |object: &ScaledObject, up: bool| {
        let behavior = object.spec.behavior()?;
        let rules = if up { behavior.scale_up.as_ref() } else { behavior.scale_down.as_ref() };
        Some(speed(&rules?.value))
    };
    let mark = spec.behavior().and_then(|behavior| Some(behavior.scale_up.as_ref()?.mark));
    changed(&mut said, mark.unwrap_or_default(), "behavior.scaleUp", rules(old, true), rules(new, true));
    let mark = spec.behavior().and_then(|behavior| Some(behavior.scale_down.as_ref()?.mark));
    changed(&mut said, mark.unwrap_or_default(), "behavior.scaleDown", rules(old, false), rules(new, false));
    if let Some(advanced) = &spec.advanced {
        if let Some(name) =
            advanced.horizontal_pod_autoscaler_config.as_ref().and_then(|hpa| hpa.name.as_ref())
        {
            said.push((
                name.mark,
                format!("the HPA's name {}: no key for it, it is not carried over", name.value),
            ));
        }
        if advanced.restore_to_original_replica_count == Some(true) {
            let text = "restoreToOriginalReplicaCount: no key for it, it is not carried over".to_owned();
            said.push((Mark::default(), text));
        }
    }
    said
}

/// Says so where what is written becomes something else; what the compiler adds by itself is no loss.
fn changed(said: &mut Vec<(Mark, String)>, mark: Mark, key: &str, old: Option<String>, new: Option<String>) {
    if let Some(old) = old.filter(|old| new.as_ref() != Some(old)) {
        let new = new.unwrap_or_else(|| "nothing".to_owned());
        said.push((mark, format!("{key}: {old} becomes {new}")));
    }
}

/// `max of 4 pods/60 s, 100 %/60 s after 0 s`
fn speed(rules: &Rules) -> String {
    let policies = rules.policies.iter().flatten().map(|policy| {
        let unit = match policy.kind {
            PolicyKind::Pods => "pods",
            PolicyKind::Percent => "%",
        };
        format!("{} {unit}/{} s", policy.value, policy.period_seconds)
    });
    let policies = policies.collect::<Vec<_>>().join(", ");
    let policies = if policies.is_empty() { "the defaults".to_owned() } else { policies };
    let select = rules.select_policy.map_or(String::new(), |select| format!("{select:?} of ").to_lowercase());
    let wait = rules.stabilization_window_seconds.map_or(String::new(), |wait| format!(" after {wait} s"));
    let tolerance = rules
        .tolerance
        .as_ref()
        .map_or(String::new(), |tolerance| format!(", tolerance {}", tolerance.value));
    format!("{select}{policies}{wait}{tolerance}")
}

/// What of a load trigger is not as it was: the compiler asks with queries of its own.
fn load(old: &Trigger, made: &ScaledObject) -> Vec<String> {
    let plain = |trigger: &Trigger| {
        trigger.setting("query").unwrap_or_default().split_whitespace().collect::<String>()
    };
    let loads = || made.spec.triggers.value.iter().filter(|trigger| trigger.kind.value == "prometheus");
    let mut said = Vec::new();
    let mut lost: Vec<&str> = old.metadata.value.keys().map(String::as_str).collect();
    lost.retain(|key| loads().all(|new| !new.metadata.value.contains_key(*key)));
    if !lost.is_empty() {
        said.push(format!("{}: no key for it, it is not carried over", lost.join(", ")));
    }
    if let Some(reference) = &old.authentication_ref {
        said.push(format!("authenticationRef {}: no key for it, it is not carried over", reference.name));
    }
    let query = plain(old);
    let is_value = old.metric_type.as_ref().is_some_and(|kind| kind.value == "Value");
    if query.contains("histogram_quantile") && !is_value {
        said.push("AverageValue becomes Value: divided by the replicas, a latency adds too few".to_owned());
    }
    if loads().all(|new| plain(new) != query) {
        said.push(
            "the compiler asks with a query of its own: look whether those series exist, or edit the template"
                .to_owned(),
        );
    }
    said
}

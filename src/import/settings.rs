//! What becomes of everything that is not a floor: the settings of an object beside those of the one that the compiler makes
//! of the proposal. What runs today and is not there afterwards is [`Kind::NotKept`], what nobody asked for
//! [`Kind::Added`].

use super::Target;
use super::query;
use super::remark::{Kind, Remark};
use crate::keda::scaledobject::{PolicyKind, Rules, ScaledObject};
use crate::kept::ANNOTATIONS;
use crate::yaml::Mark;

/// A setting and what becomes of it.
struct SettingRemark {
    kind: Kind,
    mark: Option<Mark>,
    part: &'static str,
    text: String,
}

/// Remarks on each setting that the compiled object does not have, or has otherwise.
pub(super) fn compare(target: &Target<'_>, made: &ScaledObject) -> Vec<Remark> {
    let found = target.scaled.found;
    let old = &found.object;
    let mut said = metadata(old, made);
    said.extend(spec(old, made));
    said.extend(advanced(old));
    said.extend(speeds(old, made));
    let remarks = said.into_iter().map(|said| found.of_part(said.kind, said.mark, said.part, said.text));
    let mut remarks: Vec<Remark> = remarks.collect();
    remarks.extend(query::compare(target, made));
    remarks
}

fn metadata(old: &ScaledObject, new: &ScaledObject) -> Vec<SettingRemark> {
    let mut said = Vec::new();
    let (name, other) = (&old.metadata.name, &new.metadata.name.value);
    if name.value != *other {
        let text = format!(
            "the object will be called `{other}`: delete `{}` as you apply it, KEDA takes one for a Deployment",
            name.value
        );
        said.push(SettingRemark { kind: Kind::Changed, mark: Some(name.mark), part: "name", text });
    }
    // What `kubectl apply` writes for itself says nothing, and a plan of ours writes its own anew.
    let of_tools = ["kubectl.kubernetes.io/", ANNOTATIONS];
    let is_of_tools = |key: &str| of_tools.iter().any(|beginning| key.starts_with(beginning));
    let annotations = old.metadata.annotations.iter().filter(|(key, _)| !is_of_tools(key));
    for (key, value) in annotations {
        let then = match key.strip_prefix("autoscaling.keda.sh/") {
            Some("paused" | "paused-replicas") => {
                "; with it KEDA heeds no floor, and the proof is for without it"
            }
            Some("paused-scale-out") => "; with it no floor is ever reached, and the proof is for without it",
            Some("paused-scale-in") => "; with it replicas never come down, and the proof is for without it",
            Some(_) | None => "",
        };
        let text = format!("{key}: no key for it, it is not carried over{then}");
        said.push(SettingRemark { kind: Kind::NotKept, mark: Some(value.mark), part: "annotation", text });
    }
    let missing = old.metadata.labels.keys().filter(|key| !new.metadata.labels.contains_key(*key));
    let missing: Vec<&str> = missing.map(String::as_str).collect();
    if !missing.is_empty() {
        let text = format!("no key for them, they are not carried over: {}", missing.join(", "));
        said.push(SettingRemark { kind: Kind::NotKept, mark: None, part: "labels", text });
    }
    for (key, value) in &old.metadata.labels {
        if let Some(other) = new.metadata.labels.get(key).filter(|other| other.value != value.value) {
            let text = format!("{key}: {} becomes {}", value.value, other.value);
            said.push(SettingRemark { kind: Kind::Changed, mark: Some(value.mark), part: "label", text });
        }
    }
    said
}

fn spec(old: &ScaledObject, new: &ScaledObject) -> Vec<SettingRemark> {
    let mut said = Vec::new();
    let spec = &old.spec;
    let numbers = [
        ("pollingInterval", &spec.polling_interval),
        ("initialCooldownPeriod", &spec.initial_cooldown_period),
        ("idleReplicaCount", &spec.idle_replica_count),
    ];
    for (part, value) in numbers {
        if let Some(value) = value {
            let text = format!("{}: no key for it, it is not carried over", value.value);
            said.push(SettingRemark { kind: Kind::NotKept, mark: Some(value.mark), part, text });
        }
    }
    if let (Some(cooldown), None) = (&spec.cooldown_period, &new.spec.cooldown_period) {
        let down = new.spec.behavior().and_then(|behavior| behavior.scale_down.as_ref());
        let window = down.and_then(|rules| rules.value.stabilization_window_seconds).unwrap_or(300);
        let to_zero = spec.min() == 0 || spec.idle_replica_count.is_some();
        let kind = if to_zero { Kind::NotKept } else { Kind::Changed };
        let effect = if to_zero { "it is the wait before 0" } else { "KEDA heeds it on the way to 0 only" };
        let text = format!(
            "{} s: {effect}, a policy's minimum is 1; its key `cooldown` is the HPA's scale-down window, {window} s here",
            cooldown.value
        );
        said.push(SettingRemark { kind, mark: Some(cooldown.mark), part: "cooldownPeriod", text });
    }
    let fallback = |object: &ScaledObject| {
        let fallback = object.spec.fallback.as_ref()?;
        let (count, replicas) = (fallback.value.failure_threshold, fallback.value.replicas);
        let behavior = fallback.value.behavior.as_ref();
        let behavior = behavior.map_or("Static".to_owned(), |kind| format!("{:?}", kind.value));
        Some(format!("{replicas} replicas after {count} failures ({behavior})"))
    };
    let mark = spec.fallback.as_ref().map(|fallback| fallback.mark);
    said.extend(changed(mark, "fallback", "none", (fallback(old), fallback(new))));
    said
}

fn advanced(old: &ScaledObject) -> Vec<SettingRemark> {
    let mut said = Vec::new();
    let Some(advanced) = &old.spec.advanced else { return said };
    let name = advanced.horizontal_pod_autoscaler_config.as_ref().and_then(|hpa| hpa.name.as_ref());
    if let Some(name) = name.filter(|name| !name.value.is_empty()) {
        let text = format!("{}: no key for it, it is not carried over", name.value);
        said.push(SettingRemark { kind: Kind::NotKept, mark: Some(name.mark), part: "the HPA's name", text });
    }
    if advanced.restore_to_original_replica_count == Some(true) {
        let text = "no key for it, it is not carried over".to_owned();
        let part = "restoreToOriginalReplicaCount";
        said.push(SettingRemark { kind: Kind::NotKept, mark: None, part, text });
    }
    said
}

/// How fast the HPA moves.
fn speeds(old: &ScaledObject, new: &ScaledObject) -> Vec<SettingRemark> {
    let rules = |object: &ScaledObject, up: bool| {
        let behavior = object.spec.behavior()?;
        let rules = if up { behavior.scale_up.as_ref() } else { behavior.scale_down.as_ref() };
        Some((rules?.mark, speed(&rules?.value)))
    };
    let directions = [
        (true, "behavior.scaleUp", "the HPA's default (4 pods or 100 %/15 s, whichever is more)"),
        (false, "behavior.scaleDown", "the HPA's default (100 %/15 s after 300 s)"),
    ];
    let said = directions.into_iter().filter_map(|(up, part, default)| {
        let (was, is) = (rules(old, up), rules(new, up));
        let mark = was.as_ref().map(|(mark, _)| *mark);
        changed(mark, part, default, (was.map(|(_, text)| text), is.map(|(_, text)| text)))
    });
    said.collect()
}

/// Says so where what is written becomes something else, and where the compiler writes what nobody wrote.
fn changed(
    mark: Option<Mark>,
    part: &'static str,
    default: &str,
    (old, new): (Option<String>, Option<String>),
) -> Option<SettingRemark> {
    if old == new {
        return None;
    }
    let kind = if old.is_some() { Kind::NotKept } else { Kind::Changed };
    let was = old.unwrap_or_else(|| default.to_owned());
    let is = new.unwrap_or_else(|| default.to_owned());
    Some(SettingRemark { kind, mark, part, text: format!("{was} becomes {is}") })
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

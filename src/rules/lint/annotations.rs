//! Annotations of KEDA's own domains that KEDA does not read, or that do nothing as they stand (KEDA:
//! `apis/keda/v1alpha1/scaledobject_types.go`, `scaledjob_types.go`).

use super::super::finding::Finding;
use super::super::subject::Subject;
use crate::features;
use crate::finding::Rule;
use crate::keda::pause::is_off;
use crate::keda::scaledobject::Kind;
use crate::name::nearest;
use crate::quantity::Version;

const TRANSFER: &str = "scaledobject.keda.sh/transfer-hpa-ownership";

/// What is read of either kind, and from which version on.
const KNOWN: &[(&str, Version, &[Kind])] = &[
    ("autoscaling.keda.sh/paused", features::keda::ALWAYS, &[Kind::ScaledObject, Kind::ScaledJob]),
    ("autoscaling.keda.sh/paused-replicas", features::keda::ALWAYS, &[Kind::ScaledObject]),
    ("autoscaling.keda.sh/paused-scale-in", features::keda::PAUSE_BY_DIRECTION, &[Kind::ScaledObject]),
    ("autoscaling.keda.sh/paused-scale-out", features::keda::PAUSE_BY_DIRECTION, &[Kind::ScaledObject]),
    ("autoscaling.keda.sh/force-activation", features::keda::PAUSE_BY_DIRECTION, &[Kind::ScaledObject]),
    (TRANSFER, features::keda::ALWAYS, &[Kind::ScaledObject]),
    ("scaledobject.keda.sh/hpa-excluded-labels", features::keda::EXCLUDED_LABELS, &[Kind::ScaledObject]),
    ("scaledjob.keda.sh/job-excluded-labels", features::keda::EXCLUDED_LABELS, &[Kind::ScaledJob]),
];

/// Annotations that KEDA reads elsewhere, or writes itself, and those of its add-ons.
const ELSEWHERE: [&str; 3] =
    ["validations.keda.sh/hpa-ownership", "scaledobject.keda.sh/name", "scaledjob.keda.sh/generation"];

/// All checks.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let keys = subject.object.metadata.annotations.keys();
    let unknown = keys.filter_map(|key| unknown(subject, key));
    unknown.chain(transfer(subject)).collect()
}

/// Whether a domain is KEDA's, or meant to be.
fn is_of_keda(domain: &str) -> bool {
    let first = domain.split('.').next().unwrap_or_default();
    let is_group =
        ["autoscaling", "scaledobject", "scaledobjects", "scaledjob", "scaledjobs", "validations", "keda"]
            .contains(&first);
    let rest = domain.strip_prefix(first).unwrap_or_default();
    is_group && (domain == "keda.sh" || [".keda.sh", ".keda.io", ".keda.k8s.io", ".keda"].contains(&rest))
}

fn unknown(subject: &Subject<'_>, key: &str) -> Option<Finding> {
    let (domain, _) = key.split_once('/')?;
    if !is_of_keda(domain) || ELSEWHERE.contains(&key) {
        return None;
    }
    let kind = subject.object.kind;
    let value = subject.object.metadata.annotations.get(key)?;
    let mark = value.mark;
    let field = format!("metadata.annotations.{key}");
    let read =
        KNOWN.iter().filter(|(_, from, kinds)| kinds.contains(&kind) && *from <= subject.versions.keda);
    let names: Vec<&str> = read.map(|(name, _, _)| *name).collect();
    if names.contains(&key) {
        return None;
    }
    if let Some((_, from, _)) = KNOWN.iter().find(|(name, _, kinds)| *name == key && kinds.contains(&kind)) {
        // What is switched off is as if it were not there, in this version and in those that know it.
        if is_off(value) {
            return None;
        }
        let effect = format!("this annotation exists from KEDA {from} on, not in {}", subject.versions.keda);
        let mend = "remove it or raise KEDA".to_owned();
        return Some(subject.finding(Rule::KedaTooOld, &field, mark, effect, mend));
    }
    let effect = format!("KEDA reads no annotation {key} of a {}: it does nothing", kind.name());
    let after = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
    let near = names.iter().copied().find(|name| after(name) == after(key));
    let near = near.or_else(|| {
        let last = after(key);
        let lasts: Vec<String> = names.iter().map(|name| after(name)).collect();
        let meant = nearest(&last, lasts.iter().map(String::as_str))?;
        names.iter().copied().find(|name| after(name) == meant)
    });
    let mend = match near {
        Some(near) => format!("write `{near}`, or remove it"),
        None => format!("remove it; what is read is {}", names.join(", ")),
    };
    Some(subject.finding(Rule::KedaAnnotationUnknown, &field, mark, effect, mend))
}

/// KEDA takes the HPA over that has the name of its own; it makes another one where no name is set.
fn transfer(subject: &Subject<'_>) -> Option<Finding> {
    let value = subject.object.metadata.annotations.get(TRANSFER)?;
    let advanced = subject.object.spec.advanced.as_ref();
    let config = advanced.and_then(|advanced| advanced.horizontal_pod_autoscaler_config.as_ref());
    let is_named = config.is_some_and(|config| config.name.is_some());
    if subject.object.kind == Kind::ScaledJob || value.value == "false" {
        return None;
    }
    let (effect, mend) = match (value.value.as_str(), is_named) {
        ("true", true) => return None,
        ("true", false) => (
            format!(
                "takes nothing over: KEDA makes {} beside the HPA that is there",
                subject.object.hpa_name()
            ),
            "write the HPA's name in advanced.horizontalPodAutoscalerConfig.name",
        ),
        (other, _) => (format!("{other:?} takes nothing over: KEDA looks for \"true\""), "write \"true\""),
    };
    let field = format!("metadata.annotations.{TRANSFER}");
    Some(subject.finding(Rule::KedaAnnotationNoEffect, &field, value.mark, effect, mend.to_owned()))
}

//! Names: of the target and its kind, of objects, and of the HPA that KEDA makes.

use super::super::finding::Finding;
use super::super::subject::Subject;
use crate::finding::Rule;
use crate::name::nearest;

/// The webhook looks the workload's kind up, and KEDA then asks for its scale: of the kinds of `apps` three have one. What
/// other groups have, only a cluster knows.
pub(super) fn target(subject: &Subject<'_>) -> Vec<Finding> {
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
    vec![subject.finding(Rule::KedaTargetUnknown, "spec.scaleTargetRef.kind", mark, effect, mend)]
}

/// Names are DNS's: of objects and workloads a subdomain, of namespaces a label (RFC 1123; Kubernetes:
/// `apimachinery/pkg/util/validation`). What stands there before a tool fills it in is refused as well.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let object = subject.object;
    let (target, hpa) = (&object.spec.scale_target_ref.name, object.hpa_name_set());
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
        let effect =
            format!("{:?} is not a name that Kubernetes takes: the API server refuses it", name.value);
        let mend = if name.value.contains(['$', '{']) {
            "this looks like a placeholder: fill it in first, as in `envsubst < FILE | seasonscale audit -`"
                .to_owned()
        } else {
            let letters = if inner.is_empty() { "" } else { ", dots" };
            format!("write lower-case letters, digits{letters} and hyphens, a letter or digit at both ends")
        };
        Some(subject.finding(Rule::KedaNameRefused, field, name.mark, effect, mend))
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
pub(super) fn lengths(subject: &Subject<'_>) -> Vec<Finding> {
    let name = &subject.object.metadata.name;
    let hpa = subject.object.hpa_name();
    if name.value.len() <= 63 && hpa.len() <= 63 {
        return Vec::new();
    }
    let effect = format!("the HPA would be called {hpa}, {} characters of at most 63", hpa.len());
    let mend = "shorten the name to 54 characters, or name the HPA in advanced.horizontalPodAutoscalerConfig";
    vec![subject.finding(Rule::KedaNameTooLong, "metadata.name", name.mark, effect, mend.to_owned())]
}

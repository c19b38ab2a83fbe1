//! What the API server, KEDA and plans of ours write into objects, and `kubectl get` gives back. No owner wrote it, and an object
//! that is applied with another's `resourceVersion` is refused as a conflict.

use std::ops::Range;

use super::edit::{behind, line_start};
use crate::yaml::{Laid, Node, Shape, Value};

/// The ways to these fields (Kubernetes: `apimachinery/pkg/apis/meta/v1/types.go`).
const FIELDS: [&[&str]; 12] = [
    &["status"],
    &["metadata", "creationTimestamp"],
    &["metadata", "generation"],
    &["metadata", "managedFields"],
    &["metadata", "resourceVersion"],
    &["metadata", "selfLink"],
    &["metadata", "uid"],
    &["metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"],
    &["metadata", "annotations", "seasonscale/plan"],
    &["metadata", "annotations", "seasonscale/valid-from"],
    &["metadata", "annotations", "seasonscale/valid-until"],
    &["metadata", "annotations", "seasonscale/meaning"],
];

/// What KEDA puts into every ScaledObject that it scales by (KEDA: `controllers/keda/scaledobject_finalizer.go`); other
/// finalizers are their owners'.
const OF_KEDA: &str = "finalizer.keda.sh";
const FINALIZERS: [&str; 2] = ["metadata", "finalizers"];

/// The object without these fields.
pub fn drop(object: &mut Node) {
    for way in FIELDS {
        drop_at(object, way);
    }
    let finalizers = FINALIZERS.iter().try_fold(&*object, |node, key| node.get(key)).map(|list| &list.value);
    let is_of_keda = |one: &Node| one.text() == Some(OF_KEDA);
    if matches!(finalizers, Some(Value::List(all)) if all.iter().all(is_of_keda)) {
        drop_at(object, &FINALIZERS);
    }
}

fn drop_at(node: &mut Node, way: &[&str]) {
    let Value::Map(entries) = &mut node.value else { return };
    match way {
        [] => {}
        [last] => entries.retain(|(name, _)| name.value != *last),
        [first, rest @ ..] => {
            for (_, value) in entries.iter_mut().filter(|(name, _)| name.value == *first) {
                drop_at(value, rest);
                if value.value == Value::Map(Vec::new()) {
                    value.value = Value::Null;
                }
            }
        }
    }
}

/// The lines of these fields in a text; none of an object that has one where a line is not its own.
pub(super) fn cuts(text: &str, object: &Laid) -> Vec<Range<usize>> {
    let at = |way: &[&str]| {
        let (last, before) = way.split_last()?;
        before.iter().try_fold(object, |laid, key| laid.get(key))?.entry(last)
    };
    let is_of_keda = |one: &Laid| matches!(&one.shape, Shape::Scalar(Value::Text(text)) if text == OF_KEDA);
    let finalizers = at(&FINALIZERS)
        .filter(|(_, list)| matches!(&list.shape, Shape::List { items, .. } if items.iter().all(is_of_keda)));
    let found = FIELDS.iter().filter_map(|way| at(way)).chain(finalizers);
    let lines = found.map(|(key, value)| {
        let from = line_start(text, key.bytes.start);
        let is_own = text[from..key.bytes.start].trim().is_empty();
        is_own.then(|| from..behind(text, value.bytes.end.max(key.bytes.end)))
    });
    lines.collect::<Option<_>>().unwrap_or_default()
}

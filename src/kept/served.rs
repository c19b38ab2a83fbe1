//! What the API server writes into objects, and `kubectl get` gives back. No owner wrote it, and an object that is applied with
//! another's `resourceVersion` is refused as a conflict.

use std::ops::Range;

use super::edit::{behind, line_start};
use crate::yaml::{Laid, Node, Value};

/// The ways to these fields (Kubernetes: `apimachinery/pkg/apis/meta/v1/types.go`).
const FIELDS: [&[&str]; 8] = [
    &["status"],
    &["metadata", "creationTimestamp"],
    &["metadata", "generation"],
    &["metadata", "managedFields"],
    &["metadata", "resourceVersion"],
    &["metadata", "selfLink"],
    &["metadata", "uid"],
    &["metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"],
];

/// The object without these fields.
pub fn drop(object: &mut Node) {
    for way in FIELDS {
        drop_at(object, way);
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
    let found = FIELDS.iter().filter_map(|way| {
        let (last, before) = way.split_last()?;
        before.iter().try_fold(object, |laid, key| laid.get(key))?.entry(last)
    });
    let lines = found.map(|(key, value)| {
        let from = line_start(text, key.bytes.start);
        let is_own = text[from..key.bytes.start].trim().is_empty();
        is_own.then(|| from..behind(text, value.bytes.end.max(key.bytes.end)))
    });
    lines.collect::<Option<_>>().unwrap_or_default()
}

//! Ways into a YAML tree: what an object of Kubernetes says at one of them.

use crate::yaml::{Node, Value};

/// The node at the end of a way of keys and, in lists, places counted from 0 or what an element says: `name=http`.
pub(super) fn at<'t>(root: &'t Node, way: &[&str]) -> Option<&'t Node> {
    way.iter().try_fold(root, |node, step| match &node.value {
        Value::List(items) => match step.split_once('=') {
            Some((key, wanted)) => {
                items.iter().find(|item| item.get(key).and_then(Node::text) == Some(wanted))
            }
            None => items.get(step.parse::<usize>().ok()?),
        },
        Value::Map(_) => node.get(step),
        Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Number(_) | Value::Text(_) => None,
    })
}

/// A scalar with its type, so that `"6"` is not 6.
pub(super) fn said(node: &Node) -> Option<String> {
    match &node.value {
        Value::Bool(value) => Some(value.to_string()),
        Value::Integer(value) => Some(value.to_string()),
        Value::Number(text) => Some(text.clone()),
        Value::Text(text) => Some(format!("\"{text}\"")),
        Value::Null | Value::List(_) | Value::Map(_) => None,
    }
}

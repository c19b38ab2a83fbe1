//! Objects of a cluster, by their names: what a plan has made, what is gone from it, and what differs.
//!
//! It must not know KEDA: an object is compared with what was applied, field by field.

mod compare;

use crate::kept::OURS;
use crate::yaml::{self, Node, Value};

pub use compare::{Difference, What, compare};

/// Where `kubectl` puts what names no namespace.
const DEFAULT: &str = "default";

/// One object of a text.
#[derive(Clone, Debug)]
pub struct Object {
    /// `ScaledObject`
    pub kind: String,
    /// `default` where none is named.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Whether it is ours whole, by its label.
    pub is_made: bool,
    /// Whether triggers of ours are in it.
    pub has_triggers: bool,
    /// All of it.
    node: Node,
}

impl Object {
    /// `ScaledObject shop/checkout`
    pub fn title(&self) -> String {
        format!("{} {}/{}", self.kind, self.namespace, self.name)
    }

    /// All of it, as it was read.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// The name of the plan that made it, where it says so.
    pub fn plan(&self) -> Option<&str> {
        self.node.get("metadata")?.get("annotations")?.get("seasonscale/plan")?.text()
    }

    /// Whether both are one object of a cluster.
    pub fn is(&self, other: &Self) -> bool {
        (&self.kind, &self.namespace, &self.name) == (&other.kind, &other.namespace, &other.name)
    }
}

/// Every object of a text, those inside of a `List` included; what cannot be read is left out, as audit is for that. The number of
/// documents that could not be read is the second.
pub fn objects(text: &str) -> (Vec<Object>, usize) {
    let (mut objects, mut unreadable) = (Vec::new(), 0);
    for (_, document) in yaml::cut(text) {
        match yaml::tree(document) {
            Ok(tree) => collect(&tree.root, &mut objects),
            Err(_) => unreadable += 1,
        }
    }
    (objects, unreadable)
}

fn collect(node: &Node, into: &mut Vec<Object>) {
    if let Some(Value::List(items)) = node.get("items").map(|items| &items.value) {
        items.iter().for_each(|item| collect(item, into));
        return;
    }
    let metadata = node.get("metadata");
    let text = |key: &str| metadata.and_then(|metadata| metadata.get(key)?.text());
    let (Some(kind), Some(name)) = (node.get("kind").and_then(Node::text), text("name")) else { return };
    let label =
        metadata.and_then(|metadata| metadata.get("labels")?.get("app.kubernetes.io/managed-by")?.text());
    let triggers = node.get("spec").and_then(|spec| spec.get("triggers"));
    let has_triggers = match triggers.map(|triggers| &triggers.value) {
        Some(Value::List(triggers)) => triggers.iter().any(is_ours),
        _ => false,
    };
    into.push(Object {
        kind: kind.to_owned(),
        namespace: text("namespace").unwrap_or(DEFAULT).to_owned(),
        name: name.to_owned(),
        is_made: label == Some("seasonscale"),
        has_triggers,
        node: node.clone(),
    });
}

fn is_ours(trigger: &Node) -> bool {
    trigger.get("name").and_then(Node::text).is_some_and(|name| name.starts_with(OURS))
}

/// The command that takes an object away that a plan no longer has; for somebody's own object, what takes our triggers out of it.
pub fn removal(gone: &Object) -> String {
    let Object { kind, namespace, name, .. } = gone;
    let [kind, namespace, name] = [&kind.to_lowercase(), namespace, name].map(|text| shell_word(text));
    if gone.is_made {
        return format!("kubectl -n {namespace} delete {kind} {name}");
    }
    format!(
        "kubectl -n {namespace} apply -f FILE, with its owner's file: {kind} {name} has our triggers in it"
    )
}

/// A text as one word of a shell: what is left in a file may have any name, and its command is copied.
pub fn shell_word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_becomes_a_command() {
        assert_eq!(shell_word("shop/checkout-1.2"), "shop/checkout-1.2");
        assert_eq!(shell_word("a; rm -r b"), "'a; rm -r b'");
        assert_eq!(shell_word("it's"), "'it'\\''s'");
        assert_eq!(shell_word(""), "''");
        let (objects, _) = objects(
            "kind: Service\nmetadata: {name: $(id), labels: {app.kubernetes.io/managed-by: seasonscale}}\n",
        );
        assert!(removal(&objects[0]).contains(" service '$(id)'"));
    }
}

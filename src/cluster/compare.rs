//! A plan's objects against those of a cluster.

use super::Object;
use crate::yaml::{Node, Value};

/// More differing fields of one object than anybody reads.
const MOST: usize = 5;

/// What is otherwise than planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// It is not in the cluster.
    Missing,
    /// These fields are others.
    Differs(Vec<String>),
    /// The plan does not have it, and it was made by one.
    LeftOver,
}

/// An object that is otherwise than planned.
#[derive(Clone, Debug)]
pub struct Difference<'o> {
    /// The object: the planned one, or the one that is left over.
    pub object: &'o Object,
    /// How it differs.
    pub what: What,
}

/// Every object of `planned` that is missing from `there` or differs there, and every object of `there` that a plan made and
/// `planned` does not have. Of a kind that nobody plans nothing is said. `standing` says what keeps an object that is there, the
/// second, from doing what is planned, whatever its fields say.
pub fn compare<'o>(
    (planned, there): (&'o [Object], &'o [Object]),
    standing: &dyn Fn(&Object, &Object) -> Vec<String>,
) -> Vec<Difference<'o>> {
    let mut found = Vec::new();
    for object in planned {
        let what = match there.iter().find(|other| other.is(object)) {
            None => What::Missing,
            Some(other) => {
                let mut fields = differences(object, other);
                fields.extend(standing(object, other));
                if fields.is_empty() {
                    continue;
                }
                What::Differs(fields)
            }
        };
        found.push(Difference { object, what });
    }
    let is_planned = |object: &&Object| planned.iter().any(|planned| planned.is(object));
    let left_over = there.iter().filter(|object| object.is_made || object.has_triggers);
    found.extend(
        left_over
            .filter(|object| !is_planned(object))
            .map(|object| Difference { object, what: What::LeftOver }),
    );
    found
}

fn differences(planned: &Object, there: &Object) -> Vec<String> {
    let mut fields = Vec::new();
    for (part, is_whole) in [("labels", false), ("annotations", false), ("spec", true)] {
        let inside = |object: &Object| {
            let at = if part == "spec" { Some(&object.node) } else { object.node.get("metadata") };
            at.and_then(|at| at.get(part)).cloned()
        };
        let Some(wanted) = inside(planned) else { continue };
        match inside(there) {
            Some(other) => differ(&wanted, &other, (part, is_whole), &mut fields),
            None => fields.push(format!("{part} is not there")),
        }
    }
    let more = fields.len().saturating_sub(MOST);
    fields.truncate(MOST);
    if more > 0 {
        fields.push(format!("and {more} more"));
    }
    fields
}

/// Notes where `there` says something else; of a part that is not whole, what others have put there says nothing.
fn differ(wanted: &Node, there: &Node, (way, is_whole): (&str, bool), fields: &mut Vec<String>) {
    match (&wanted.value, &there.value) {
        (Value::Map(ours), Value::Map(theirs)) => {
            for (key, value) in ours {
                let way = format!("{way}.{}", key.value);
                match there.get(&key.value) {
                    Some(other) => differ(value, other, (&way, is_whole), fields),
                    None => fields.push(format!("{way} is not there")),
                }
            }
            let more = theirs
                .iter()
                .filter(|(key, value)| is_whole && wanted.get(&key.value).is_none() && !is_empty(value));
            fields.extend(more.map(|(key, value)| format!("{way}.{} is {}", key.value, said(value))));
        }
        (Value::List(ours), Value::List(theirs)) if ours.len() == theirs.len() => {
            for (at, (one, other)) in ours.iter().zip(theirs).enumerate() {
                differ(one, other, (&format!("{way}[{at}]"), is_whole), fields);
            }
        }
        (Value::List(ours), Value::List(theirs)) => {
            fields.push(format!("{way} has {} elements, planned are {}", theirs.len(), ours.len()));
        }
        _ if wanted.says_as(there) => {}
        _ => fields.push(format!("{way} is {}, planned is {}", said(there), said(wanted))),
    }
}

/// Whether a mapping says nothing: KEDA writes objects back with `advanced: {scalingModifiers: {}}`.
fn is_empty(node: &Node) -> bool {
    matches!(&node.value, Value::Map(inside) if inside.iter().all(|(_, value)| is_empty(value)))
}

fn said(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Number(number) => number.clone(),
        Value::Text(text) => format!("\"{text}\""),
        Value::List(items) => format!("a list of {}", items.len()),
        Value::Map(_) => "a mapping".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::objects;
    use super::*;

    const PLANNED: &str = "kind: ScaledObject\nmetadata:\n  name: web\n  namespace: shop\n  labels:\n    app.kubernetes.io/managed-by: seasonscale\nspec:\n  minReplicaCount: 2\n  triggers:\n    - type: cron\n";

    fn found(there: &str) -> Vec<What> {
        let (planned, there) = (objects(PLANNED).0, objects(there).0);
        compare((&planned, &there), &|_, _| Vec::new())
            .into_iter()
            .map(|difference| difference.what)
            .collect()
    }

    #[test]
    fn an_object_as_the_cluster_gives_it_back_is_equal() {
        let there = PLANNED
            .replace("  labels:", "  uid: x\n  annotations:\n    a: b\n  labels:\n    by: argo")
            .replace("spec:", "spec:\n  advanced:\n    scalingModifiers: {}")
            + "status:\n  conditions: []\n";
        assert_eq!(found(&there), []);
        let list = format!("kind: List\nitems:\n  - {}", there.trim_end().replace('\n', "\n    "));
        assert_eq!(found(&list), []);
    }

    #[test]
    fn what_differs_is_missing_or_left_over_is_named() {
        assert_eq!(found(""), [What::Missing]);
        let higher = PLANNED.replace("minReplicaCount: 2", "minReplicaCount: 3\n  pollingInterval: 5");
        let fields = ["spec.minReplicaCount is 3, planned is 2", "spec.pollingInterval is 5"];
        assert_eq!(found(&higher), [What::Differs(fields.map(str::to_owned).to_vec())]);
        let other = format!("{PLANNED}---\n{}", PLANNED.replace("name: web", "name: old"));
        assert_eq!(found(&other), [What::LeftOver]);
        let of_others = format!(
            "{PLANNED}---\n{}",
            PLANNED.replace("name: web", "name: old").replace(": seasonscale", ": helm")
        );
        assert_eq!(found(&of_others), []);
    }
}

//! The proof for all that is not a floor: an object as it is made of the proposal, against the one that was given. The cron
//! triggers of the one and ours of the other aside, every field is equal. It must not know how the proposal was made.

use crate::kept::{OURS, served};
use crate::yaml::{Node, Value};

/// The ways to the fields that differ, in order; none where the objects are equal.
/// `stays`: cron triggers of the input that are to be in both.
pub(super) fn differences(input: &Node, made: &Node, stays: &[usize]) -> Vec<String> {
    let mut found = Vec::new();
    let is_taken = |at: usize, trigger: &Node| is_cron(trigger) && !stays.contains(&at);
    compare((&less(input, is_taken), &less(made, |_, trigger| is_ours(trigger))), "", &mut found);
    found
}

fn is_cron(trigger: &Node) -> bool {
    trigger.get("type").and_then(Node::text) == Some("cron")
}

fn is_ours(trigger: &Node) -> bool {
    is_cron(trigger) && trigger.get("name").and_then(Node::text).is_some_and(|name| name.starts_with(OURS))
}

/// The object less some of its triggers; a list of none is one that is not written.
fn less(object: &Node, is_out: impl Fn(usize, &Node) -> bool) -> Node {
    let mut object = object.clone();
    served::drop(&mut object);
    let list = field(&mut object, "spec").and_then(|spec| field(spec, "triggers"));
    if let Some(list) = list {
        if let Value::List(items) = &mut list.value {
            let mut at = 0..;
            items.retain(|item| !is_out(at.next().unwrap_or_default(), item));
        }
        if list.value == Value::List(Vec::new()) {
            list.value = Value::Null;
        }
    }
    object
}

fn field<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Node> {
    let Value::Map(entries) = &mut node.value else { return None };
    entries.iter_mut().find(|(name, _)| name.value == key).map(|(_, value)| value)
}

fn compare((input, made): (&Node, &Node), way: &str, found: &mut Vec<String>) {
    match (&input.value, &made.value) {
        (Value::Map(theirs), Value::Map(ours)) => {
            let below = |key: &str| if way.is_empty() { key.to_owned() } else { format!("{way}.{key}") };
            for (key, value) in theirs {
                match made.get(&key.value) {
                    Some(other) => compare((value, other), &below(&key.value), found),
                    None => found.push(below(&key.value)),
                }
            }
            let added = ours.iter().filter(|(key, _)| input.get(&key.value).is_none());
            found.extend(added.map(|(key, _)| below(&key.value)));
        }
        (Value::List(theirs), Value::List(ours)) if theirs.len() == ours.len() => {
            for (at, both) in theirs.iter().zip(ours).enumerate() {
                compare(both, &format!("{way}[{at}]"), found);
            }
        }
        _ if input.says_as(made) => {}
        _ => found.push(way.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::tree;

    fn differing(input: &str, made: &str) -> Vec<String> {
        differences(&tree(input).unwrap().root, &tree(made).unwrap().root, &[])
    }

    #[test]
    fn every_field_but_the_schedules_is_compared() {
        let input = "metadata: {name: a}\nspec: {max: 3, triggers: [{type: cron}, {type: cpu, metadata: {value: 60}}]}\n";
        let same = "spec: {triggers: [{type: cpu, metadata: {value: 60}}, {type: cron, name: seasonscale_x}], max: 3}\nmetadata: {name: a}\n";
        assert_eq!(differing(input, same), Vec::<String>::new());
        assert_eq!(differing(input, &same.replace("60", "61")), ["spec.triggers[0].metadata.value"]);
        assert_eq!(differing(input, &same.replace("max: 3", "max: 3, min: 1")), ["spec.min"]);
        assert_eq!(differing(input, &same.replace(", max: 3", "")), ["spec.max"]);
        assert_eq!(differing(input, &same.replace("seasonscale_x", "x")), ["spec.triggers"], "not ours");
    }
}

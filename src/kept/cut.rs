//! ScaledObjects without the cron triggers that somebody wrote into them, every other byte as it was. What a cluster has added to
//! them goes as well.
//!
//! A comment directly above a trigger is about that trigger, and goes with it.

use std::ops::Range;

use super::edit::{Unfit, behind, dash, flow_cut, line_end, line_start};
use super::served;
use crate::yaml::{self, Laid, Node, Shape, Value};

/// A text less the cron triggers of some of its objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bare {
    /// What is left.
    pub text: String,
    /// What was taken out, in order: whole lines where the list is a block.
    pub taken: Vec<String>,
}

/// `document` without the cron triggers of each ScaledObject in it whose name and namespace are `wanted`, less those of its triggers
/// that stay.
///
/// # Errors
///
/// Where something else would change with them: an anchor in one of them that the rest leans on, a list that is an alias.
pub fn without_crons(
    document: &str,
    wanted: &impl Fn(&str, Option<&str>) -> Option<Vec<usize>>,
) -> Result<Bare, Unfit> {
    let tree = yaml::tree(document).map_err(|_| Unfit::NoPlace)?;
    let laid = yaml::layout(document).map_err(|_| Unfit::NoPlace)?;
    let mut cuts = Cuts::default();
    each(document, (&tree.root, &laid), wanted, &mut cuts)?;
    cuts.crons.sort_by_key(|cut| cut.start);
    let taken = cuts.crons.iter().map(|cut| document[cut.clone()].to_owned()).collect();
    let mut left = tree.root;
    each_object(&mut left, wanted, &|object, stays| drop_crons(object, stays));
    let mut owned = left.clone();
    each_object(&mut owned, wanted, &|object, _| served::drop(object));
    // Where what the cluster has added cannot be taken out alone, it stays.
    let both = [cuts.crons.clone(), cuts.served].concat();
    let texts = [(less(document, both), owned), (less(document, cuts.crons), left)];
    let says = |(text, left): &(String, Node)| yaml::tree(text).is_ok_and(|tree| is_same(&tree.root, left));
    let (text, _) = texts.into_iter().find(says).ok_or(Unfit::NoPlace)?;
    Ok(Bare { text, taken })
}

/// A text without these bytes.
fn less(document: &str, mut cuts: Vec<Range<usize>>) -> String {
    cuts.sort_by_key(|cut| cut.start);
    let mut text = document.to_owned();
    for cut in cuts.into_iter().rev() {
        text.replace_range(cut, "");
    }
    text
}

/// The bytes that go.
#[derive(Default)]
struct Cuts {
    crons: Vec<Range<usize>>,
    served: Vec<Range<usize>>,
}

fn is_object(node: &Node) -> bool {
    let text = |key: &str| node.get(key).and_then(Node::text);
    text("kind") == Some("ScaledObject") && text("apiVersion").is_some_and(|api| api.starts_with("keda.sh/"))
}

/// Which triggers stay in an object that is wanted.
fn stays(node: &Node, wanted: &impl Fn(&str, Option<&str>) -> Option<Vec<usize>>) -> Option<Vec<usize>> {
    let field = |key: &str| node.get("metadata")?.get(key)?.text();
    wanted(field("name")?, field("namespace"))
}

fn is_cron(node: &Node) -> bool {
    node.get("type").and_then(Node::text) == Some("cron")
}

fn list<'n>(node: &'n Node, way: &[&str]) -> &'n [Node] {
    let found = way.iter().try_fold(node, |node, key| node.get(key));
    if let Some(Node { value: Value::List(items), .. }) = found { items } else { &[] }
}

/// The cuts of an object, or of all objects of a `List`.
fn each(
    text: &str,
    (node, laid): (&Node, &Laid),
    wanted: &impl Fn(&str, Option<&str>) -> Option<Vec<usize>>,
    cuts: &mut Cuts,
) -> Result<(), Unfit> {
    if is_object(node) {
        let stays = stays(node, wanted);
        return stays.map_or(Ok(()), |stays| of_object(text, (node, laid), &stays, cuts));
    }
    let nodes = list(node, &["items"]);
    let Some(Laid { shape: Shape::List { items, .. }, .. }) = laid.get("items") else { return Ok(()) };
    nodes.iter().zip(items).try_for_each(|both| each(text, both, wanted, cuts))
}

fn of_object(
    text: &str,
    (node, laid): (&Node, &Laid),
    stays: &[usize],
    cuts: &mut Cuts,
) -> Result<(), Unfit> {
    let triggers = list(node, &["spec", "triggers"]).iter().enumerate();
    let crons: Vec<bool> = triggers.map(|(at, one)| is_cron(one) && !stays.contains(&at)).collect();
    if !crons.contains(&true) {
        return Ok(());
    }
    let (key, list) = laid.get("spec").and_then(|spec| spec.entry("triggers")).ok_or(Unfit::NoList)?;
    let Shape::List { is_flow, items } = &list.shape else { return Err(Unfit::NotAList) };
    for at in (0..items.len()).filter(|at| crons[*at]) {
        cuts.crons.push(if *is_flow {
            flow_cut(items, at, crons[..at].iter().all(|cron| *cron))
        } else {
            let above = at.checked_sub(1).map_or_else(
                || line_end(text, key.bytes.end),
                |before| behind(text, items[before].bytes.end),
            );
            block_cut(text, above, dash(text, key, items, at), &items[at])
        });
    }
    cuts.served.extend(served::cuts(text, laid));
    Ok(())
}

/// An item with the comments directly above it, but nothing above the byte `above`.
fn block_cut(text: &str, above: usize, dash: usize, item: &Laid) -> Range<usize> {
    let mut from = line_start(text, dash);
    while from > above {
        let line = line_start(text, from - 1);
        if line < above || !text[line..from].trim_start().starts_with('#') {
            break;
        }
        from = line;
    }
    from..behind(text, item.bytes.end)
}

/// Each wanted object, or those of a `List`.
fn each_object(
    node: &mut Node,
    wanted: &impl Fn(&str, Option<&str>) -> Option<Vec<usize>>,
    change: &impl Fn(&mut Node, &[usize]),
) {
    if !is_object(node) {
        if let Some(Node { value: Value::List(items), .. }) = field(node, "items") {
            items.iter_mut().for_each(|item| each_object(item, wanted, change));
        }
    } else if let Some(stays) = stays(node, wanted) {
        change(node, &stays);
    }
}

fn drop_crons(object: &mut Node, stays: &[usize]) {
    let list = field(object, "spec").and_then(|spec| field(spec, "triggers"));
    if let Some(Node { value: Value::List(items), .. }) = list {
        let mut at = 0..;
        items.retain(|item| at.next().is_some_and(|at| stays.contains(&at)) || !is_cron(item));
    }
}

fn field<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Node> {
    let Value::Map(entries) = &mut node.value else { return None };
    entries.iter_mut().find(|(name, _)| name.value == key).map(|(_, value)| value)
}

/// Whether both say the same: a list of which nothing is left may be one that is not written.
fn is_same(one: &Node, other: &Node) -> bool {
    match (&one.value, &other.value) {
        (Value::Null, Value::List(items)) => items.is_empty(),
        (Value::Map(ours), Value::Map(theirs)) => {
            ours.len() == theirs.len()
                && ours
                    .iter()
                    .zip(theirs)
                    .all(|((key, own), (name, their))| key.value == name.value && is_same(own, their))
        }
        (Value::List(ours), Value::List(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(own, their)| is_same(own, their))
        }
        _ => one.says_as(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: web}\nspec:\n";

    fn left(spec: &str) -> Result<(String, String), Unfit> {
        let bare = without_crons(&format!("{HEAD}{spec}"), &|name, _| (name == "web").then(Vec::new))?;
        Ok((bare.text[HEAD.len()..].to_owned(), bare.taken.concat()))
    }

    #[test]
    fn a_trigger_that_stays_keeps_its_comment() {
        let text = format!(
            "{HEAD}  triggers:\n    # a\n    - type: cron\n    # b\n    - type: cron\n    - type: cpu\n"
        );
        let bare = without_crons(&text, &|_, _| Some(vec![1])).unwrap();
        assert_eq!(bare.text, text.replacen("    # a\n    - type: cron\n", "", 1));
        let in_one_line = "{apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: {name: web}, spec: {triggers: [{type: cron, a: 1}, {type: cron}]}}\n";
        let bare = without_crons(in_one_line, &|_, _| Some(vec![0])).unwrap();
        assert_eq!(bare.text, in_one_line.replace(", {type: cron}]", "]"));
    }

    fn assert_left(spec: &str, rest: &str, taken: &str) {
        assert_eq!(left(spec), Ok((rest.to_owned(), taken.to_owned())), "{spec}");
    }

    #[test]
    fn a_trigger_goes_with_its_comment_and_nothing_else_does() {
        assert_left(
            "  triggers: # mine\n    # queue\n    - type: kafka\n      metadata:\n        query: |\n          a\n          # no comment\n    # rush\n    # of December\n    - type: cron # yes\n      metadata: {start: x}\n\n    # pressure\n    - type: cpu\n  max: 3\n",
            "  triggers: # mine\n    # queue\n    - type: kafka\n      metadata:\n        query: |\n          a\n          # no comment\n\n    # pressure\n    - type: cpu\n  max: 3\n",
            "    # rush\n    # of December\n    - type: cron # yes\n      metadata: {start: x}\n",
        );
        assert_left(
            "  # all\n  triggers:\n  # a\n  - type: cron\n\n  # behind\n",
            "  # all\n  triggers:\n\n  # behind\n",
            "  # a\n  - type: cron\n",
        );
        assert_left(
            "  triggers:\n    - type: cpu\n    - type: cron",
            "  triggers:\n    - type: cpu\n",
            "    - type: cron",
        );
        assert_left(
            "  triggers: [{type: cron}, {type: cpu}, {type: cron}]\n",
            "  triggers: [{type: cpu}]\n",
            "{type: cron}, , {type: cron}",
        );
        assert_left(
            "  triggers:\r\n    - type: cron\r\n    - type: cpu\r\n",
            "  triggers:\r\n    - type: cpu\r\n",
            "    - type: cron\r\n",
        );
    }

    #[test]
    fn what_a_cluster_has_added_goes_too() {
        let text = "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      {\"a\":1}\n    seasonscale/plan: shop\n    seasonscale/valid-until: \"2026-12-31\"\n  creationTimestamp: \"2026-01-01T00:00:00Z\"\n  finalizers:\n  - finalizer.keda.sh\n  generation: 3\n  name: web\n  resourceVersion: \"7\"\n  uid: x\nspec:\n  max: 3\n  triggers:\n  - type: cron\n  - type: cpu\nstatus:\n  conditions:\n  - type: Ready\n  s0MetricNames:\n  - a\n";
        let bare = without_crons(text, &|_, _| Some(Vec::new())).unwrap();
        let left = "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata:\n  annotations:\n  name: web\nspec:\n  max: 3\n  triggers:\n  - type: cpu\n";
        assert_eq!((bare.text.as_str(), bare.taken.concat().as_str()), (left, "  - type: cron\n"));
        let with_another = text.replace("  - finalizer.keda.sh\n", "  - finalizer.keda.sh\n  - shop/audit\n");
        let kept = "metadata:\n  annotations:\n  finalizers:\n  - finalizer.keda.sh\n  - shop/audit\n";
        assert_eq!(
            without_crons(&with_another, &|_, _| Some(Vec::new())).unwrap().text,
            left.replace("metadata:\n  annotations:\n", kept)
        );
        let in_one_line = "{apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: {name: web, uid: x}, spec: {triggers: [{type: cron}, {type: cpu}]}}\n";
        let bare = without_crons(in_one_line, &|_, _| Some(Vec::new())).unwrap();
        assert_eq!(bare.text, in_one_line.replace("{type: cron}, ", ""));
    }

    #[test]
    fn what_others_lean_on_stays() {
        let leaning = "  triggers:\n    - &a\n      type: cron\n  other: *a\n";
        assert_eq!(left(leaning), Err(Unfit::NoPlace));
    }

    #[test]
    fn of_a_list_only_the_wanted_objects_change() {
        let one = |name: &str| {
            format!(
                "  - apiVersion: keda.sh/v1alpha1\n    kind: ScaledObject\n    metadata: {{name: {name}}}\n    spec:\n      triggers:\n      - type: cron\n"
            )
        };
        let text = format!("kind: List\nitems:\n{}{}", one("web"), one("other"));
        let bare = without_crons(&text, &|name, _| (name == "web").then(Vec::new)).unwrap();
        assert_eq!(bare.text, text.replacen("      - type: cron\n", "", 1));
    }
}

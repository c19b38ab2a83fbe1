//! The other forms of our triggers, read back: patches are applied to the owner's object, values are put behind its own
//! triggers, by code that knows neither kustomize nor Helm; what results is held against the plan like a whole object.

use super::super::report::help;
use crate::artifact::{Artifact, ArtifactKind};
use crate::finding::{Diagnostic, Place, Rule};
use crate::kept::OURS;
use crate::plan::Plan;
use crate::profile::{KeptTarget, Target};
use crate::yaml::{self, Node, Value};

/// The objects that result, as a manifest; or why the file says nothing that could be applied.
pub(super) fn results(plan: &Plan, artifact: &Artifact) -> Result<Artifact, Vec<Diagnostic>> {
    let unusable = |why: String| {
        let place = Place { artifact: artifact.path.clone(), line: None, route: String::new() };
        let title = format!("`{}` cannot be applied: {why}", artifact.path);
        let found = Diagnostic::new(Rule::EmittedFileRejected, title).inside(place);
        vec![found.help(help("the template"))]
    };
    let root = yaml::tree(&artifact.text).map_err(|problem| unusable(problem.to_string()))?.root;
    let mut text = String::new();
    for target in &plan.profile.targets {
        let Some(kept) = &target.kept else { continue };
        let mut object = yaml::tree(&kept.object.text).expect("internal error: the policy read it").root;
        let triggers = triggers_of(&mut object).ok_or_else(|| {
            unusable(format!("the ScaledObject {} has no list of triggers to add to", target.name))
        })?;
        let done = if artifact.kind == ArtifactKind::KedaPatches {
            patched(triggers, &root, kept)
        } else {
            extended(triggers, &root, plan, target)
        };
        done.map_err(unusable)?;
        text.push_str("---\n");
        json(&object, &mut text);
        text.push('\n');
    }
    Ok(Artifact { kind: artifact.kind, path: artifact.path.clone(), text })
}

/// What stands under `triggers`: a list, or nothing.
fn triggers_of(object: &mut Node) -> Option<&mut Value> {
    let list = &mut field(field(object, "spec")?, "triggers")?.value;
    matches!(list, Value::List(_) | Value::Null).then_some(list)
}

fn field<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Node> {
    let Value::Map(entries) = &mut node.value else { return None };
    entries.iter_mut().find(|(name, _)| name.value == key).map(|(_, value)| value)
}

fn items(node: Option<&Node>) -> &[Node] {
    if let Some(Node { value: Value::List(items), .. }) = node { items } else { &[] }
}

/// The patches for an object, in order (RFC 6902): they may add behind the triggers and remove among them.
fn patched(triggers: &mut Value, root: &Node, kept: &KeptTarget) -> Result<(), String> {
    let name = kept.object.name.as_str();
    let namespace = kept.object.namespace.as_ref().map(|namespace| namespace.as_str());
    let text = |node: &Node, key: &str| node.get(key).and_then(Node::text).map(str::to_owned);
    let mut found = 0;
    for patch in items(root.get("patches")) {
        let target = patch.get("target").ok_or("a patch without a target")?;
        let is_kind = text(target, "group").as_deref() == Some("keda.sh")
            && text(target, "version").as_deref() == Some("v1alpha1")
            && text(target, "kind").as_deref() == Some("ScaledObject");
        if !is_kind {
            return Err("a patch of something else than a ScaledObject".to_owned());
        }
        if text(target, "name").as_deref() != Some(name) || text(target, "namespace").as_deref() != namespace
        {
            continue;
        }
        found += 1;
        let operations = patch.get("patch").and_then(Node::text).ok_or("a patch without operations")?;
        let operations = yaml::tree(operations).map_err(|problem| problem.to_string())?.root;
        let operations = items(Some(&operations));
        for (at, operation) in operations.iter().enumerate() {
            apply(triggers, operation, at.checked_sub(1).map(|before| &operations[before]))?;
        }
    }
    if found == 1 { Ok(()) } else { Err(format!("{found} patches for the ScaledObject {name}")) }
}

/// A list may only be begun, and a trigger only be taken out, after a test that nobody else's is lost by it: others patch the
/// object, too.
fn apply(triggers: &mut Value, operation: &Node, before: Option<&Node>) -> Result<(), String> {
    let (op, path) = words(operation).ok_or("an operation without `op` or `path`")?;
    let value = operation.get("value");
    let place =
        path.strip_prefix("/spec/triggers").ok_or_else(|| format!("`{path}` is not ours to change"))?;
    let tested = before.and_then(words).filter(|(op, _)| *op == "test").map(|(_, path)| path);
    match (op, place, value, triggers) {
        ("test", "", Some(Node { value: Value::Null, .. }), Value::Null) => {}
        ("test", place, Some(name), Value::List(list)) => {
            let at = place.strip_suffix("/name").and_then(|place| index(place, list));
            let found = at.and_then(|at| list[at].get("name"));
            found.filter(|found| found.value == name.value).ok_or("another trigger stands there")?;
        }
        ("add", "/-", Some(value), Value::List(list)) => list.push(value.clone()),
        ("add", "", Some(Node { value: Value::List(list), .. }), triggers)
            if *triggers == Value::Null && tested == Some(path) =>
        {
            *triggers = Value::List(list.clone());
        }
        ("remove", place, None, Value::List(list)) => {
            let at = index(place, list).ok_or("nothing to remove there")?;
            tested
                .filter(|tested| *tested == format!("{path}/name"))
                .ok_or("a trigger is removed untested")?;
            list.remove(at);
        }
        _ => return Err(format!("`{op}` at `{path}` is nothing that only adds")),
    }
    Ok(())
}

fn words(operation: &Node) -> Option<(&str, &str)> {
    operation.get("op").and_then(Node::text).zip(operation.get("path").and_then(Node::text))
}

/// The place in a list that the end of a path names.
fn index(place: &str, list: &[Node]) -> Option<usize> {
    let at = place.strip_prefix('/').and_then(|at| at.parse::<usize>().ok());
    at.filter(|at| *at < list.len())
}

/// The chart's own triggers, those of an earlier run aside, and the list of the workload behind them.
fn extended(triggers: &mut Value, root: &Node, plan: &Plan, target: &Target) -> Result<(), String> {
    let workload = plan.profile.workload(target).name.as_str();
    let list = root.get(workload).ok_or_else(|| format!("there is no list for {workload}"))?;
    let mut all = if let Value::List(items) = triggers { std::mem::take(items) } else { Vec::new() };
    all.retain(|item| !item.get("name").and_then(Node::text).is_some_and(|name| name.starts_with(OURS)));
    all.extend(items(Some(list)).iter().cloned());
    *triggers = Value::List(all);
    Ok(())
}

/// A value as JSON, which is YAML too.
fn json(node: &Node, out: &mut String) {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    match &node.value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Integer(number) => out.push_str(&number.to_string()),
        Value::Number(text) => out.push_str(text),
        Value::Text(text) => out.push_str(&quoted(text)),
        Value::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                json(item, out);
            }
            out.push(']');
        }
        Value::Map(entries) => {
            out.push('{');
            for (at, (key, value)) in entries.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                out.push_str(&format!("{}: ", quoted(&key.value)));
                json(value, out);
            }
            out.push('}');
        }
    }
}

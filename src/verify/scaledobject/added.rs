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

/// The list of triggers, an empty one where nothing is written.
fn triggers_of(object: &mut Node) -> Option<&mut Vec<Node>> {
    let spec = field(object, "spec")?;
    let list = field(spec, "triggers")?;
    if list.value == Value::Null {
        list.value = Value::List(Vec::new());
    }
    if let Value::List(items) = &mut list.value { Some(items) } else { None }
}

fn field<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Node> {
    let Value::Map(entries) = &mut node.value else { return None };
    entries.iter_mut().find(|(name, _)| name.value == key).map(|(_, value)| value)
}

fn items(node: Option<&Node>) -> &[Node] {
    if let Some(Node { value: Value::List(items), .. }) = node { items } else { &[] }
}

/// The patches for an object, in order (RFC 6902): they may add behind the triggers and remove among them.
fn patched(triggers: &mut Vec<Node>, root: &Node, kept: &KeptTarget) -> Result<(), String> {
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
        for operation in items(Some(&operations)) {
            apply(triggers, operation)?;
        }
    }
    if found == 1 { Ok(()) } else { Err(format!("{found} patches for the ScaledObject {name}")) }
}

fn apply(triggers: &mut Vec<Node>, operation: &Node) -> Result<(), String> {
    let (op, path) = (operation.get("op").and_then(Node::text), operation.get("path").and_then(Node::text));
    let (op, path) = op.zip(path).ok_or("an operation without `op` or `path`")?;
    let value = operation.get("value");
    let place =
        path.strip_prefix("/spec/triggers").ok_or_else(|| format!("`{path}` is not ours to change"))?;
    match (op, place, value) {
        ("add", "/-", Some(value)) => triggers.push(value.clone()),
        ("add", "", Some(Node { value: Value::List(list), .. })) if triggers.is_empty() => {
            triggers.clone_from(list);
        }
        ("remove", place, None) => {
            let at = place.strip_prefix('/').and_then(|at| at.parse::<usize>().ok());
            let at = at.filter(|at| *at < triggers.len()).ok_or("nothing to remove there")?;
            triggers.remove(at);
        }
        _ => return Err(format!("`{op}` at `{path}` is nothing that only adds")),
    }
    Ok(())
}

/// The chart's own triggers, those of an earlier run aside, and the list of the workload behind them.
fn extended(triggers: &mut Vec<Node>, root: &Node, plan: &Plan, target: &Target) -> Result<(), String> {
    let workload = plan.profile.workload(target).name.as_str();
    let list = root.get(workload).ok_or_else(|| format!("there is no list for {workload}"))?;
    triggers.retain(|item| !item.get("name").and_then(Node::text).is_some_and(|name| name.starts_with(OURS)));
    triggers.extend(items(Some(list)).iter().cloned());
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

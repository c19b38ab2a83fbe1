//! Triggers that are added to an object of somebody else's elsewhere: by patches of kustomize, by a chart's values. What carries a
//! floor out stands in two files then, and the object that comes of them in none.

use super::manifest::{CronTrigger, Manifest, OtherTrigger, Spot};
use crate::artifact::Artifact;
use crate::keda::decode;
use crate::keda::scaledobject::Kind;
use crate::kept::{Kept, OURS};
use crate::plan::Plan;
use crate::profile::Target;
use crate::yaml::{self, Mark, Node, Value};

/// Where all of `manifest` is really written: our triggers in `added`, everything else in the owner's file.
pub(super) fn moved(plan: &Plan, target: &Target, added: &Artifact, manifest: Manifest) -> Manifest {
    let Some(kept) = &target.kept else { return manifest };
    let lines = lines(plan, target, added);
    let line_of = |name: &str| {
        let own = format!("name: {name}");
        let mut text = added.text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
        text.find(|(at, line)| lines.contains(at) && *line == own).map_or(lines.start, |(at, _)| at)
    };
    let owners = Owners::of(&kept.object);
    Manifest {
        path: added.path.clone(),
        line: lines.start,
        min_at: owners.spot(owners.min),
        active: manifest
            .active
            .into_iter()
            .map(|trigger| {
                let line = if trigger.name.starts_with(OURS) { line_of(&trigger.name) } else { trigger.line };
                CronTrigger { line, ..trigger }
            })
            .collect(),
        others: manifest
            .others
            .into_iter()
            .map(|trigger| OtherTrigger {
                at: owners.triggers.get(trigger.index).map_or(trigger.at, |mark| owners.spot(*mark)),
                ..trigger
            })
            .collect(),
        ..manifest
    }
}

/// Places in the owner's object.
struct Owners<'k> {
    kept: &'k Kept,
    min: Mark,
    /// Of its triggers, ours of an earlier run aside: those keep their places when ours are added.
    triggers: Vec<Mark>,
}

impl<'k> Owners<'k> {
    fn of(kept: &'k Kept) -> Self {
        let root = yaml::tree(&kept.text).expect("internal error: the policy read it").root;
        let object = decode::object(&root, Kind::ScaledObject).object;
        let name = object.metadata.name.mark;
        let own = object
            .spec
            .triggers
            .value
            .iter()
            .filter(|trigger| !trigger.name.as_ref().is_some_and(|name| name.value.starts_with(OURS)));
        Self {
            kept,
            min: object.spec.min_replica_count.as_ref().map_or(name, |min| min.mark),
            triggers: own.map(|trigger| trigger.kind.mark).collect(),
        }
    }

    fn spot(&self, mark: Mark) -> Spot {
        Spot::Owners(self.kept.at(mark))
    }
}

/// The lines of `added` that are about a target.
fn lines(plan: &Plan, target: &Target, added: &Artifact) -> std::ops::Range<usize> {
    let last = added.text.lines().count() + 1;
    let Ok(tree) = yaml::tree(&added.text) else { return 1..last };
    let begins: Vec<(usize, bool)> = match (tree.root.get("patches"), &tree.root.value) {
        (Some(Node { value: Value::List(patches), .. }), _) => {
            patches.iter().map(|patch| (patch.mark.line, is_patch_of(target, patch))).collect()
        }
        (_, Value::Map(lists)) => {
            let workload = plan.profile.workload(target).name.as_str();
            lists.iter().map(|(key, _)| (key.mark.line, key.value == workload)).collect()
        }
        _ => return 1..last,
    };
    let Some(at) = begins.iter().position(|(_, is_own)| *is_own) else { return 1..last };
    begins[at].0..begins.get(at + 1).map_or(last, |(line, _)| *line)
}

fn is_patch_of(target: &Target, patch: &Node) -> bool {
    let said = |key: &str| patch.get("target")?.get(key)?.text();
    let own = target.kept.as_ref().and_then(|kept| kept.object.namespace.as_ref());
    said("name") == Some(target.name.as_str()) && said("namespace") == own.map(|name| name.as_str())
}

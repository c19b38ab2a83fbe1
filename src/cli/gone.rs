//! Objects that the files on disk have and the plan no longer does: a cluster keeps them until somebody takes them away.

use super::compiling::Compilation;
use super::{foreign, input};
use crate::cluster::{self, Object};
use crate::publish;

/// The objects of the files in the output folder that are ours, before they change.
pub(super) fn on_disk(made: &Compilation) -> anyhow::Result<Vec<Object>> {
    let out = &made.place.out;
    let ours = made.compiled.artifacts.iter().filter(|artifact| artifact.kind.is_for_the_cluster());
    let mut names: Vec<String> = ours.map(|artifact| artifact.path.clone()).collect();
    names.extend(foreign::left_over_manifests(made)?);
    let mut objects = Vec::new();
    for name in names {
        if publish::link(out, &name).is_some() {
            continue;
        }
        let text = input::read(&out.join(&name)).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        // Nothing can be gone from a file that stays as it is.
        let stays = |text: &String| made.compiled.artifacts.iter().any(|artifact| artifact.text == *text);
        let text = text.filter(|text| !stays(text));
        objects.extend(text.map(|text| cluster::objects(&text).0).unwrap_or_default());
    }
    // What kustomize reads is not an object of a cluster.
    objects.retain(|object| object.is_made || object.has_triggers);
    Ok(objects)
}

/// What takes each of `before` away that the plan does not have.
pub(super) fn commands(before: &[Object], made: &Compilation) -> Vec<String> {
    if before.is_empty() {
        return Vec::new();
    }
    let texts = made.compiled.artifacts.iter().map(|artifact| artifact.text.as_str());
    let planned: Vec<Object> =
        texts.filter(|text| text.contains("kind:")).flat_map(|text| cluster::objects(text).0).collect();
    // In another form the floors of somebody's own object are still planned: it has not gone.
    let profile = &made.compiled.plan.profile;
    let kept = |object: &Object| {
        !object.is_made
            && profile.targets.iter().any(|target| {
                target.kept.is_some()
                    && target.name.as_str() == object.name
                    && target.namespace(&profile.platform).as_str() == object.namespace
            })
    };
    let gone =
        before.iter().filter(|object| !kept(object) && !planned.iter().any(|planned| planned.is(object)));
    let mut commands: Vec<String> = gone.map(cluster::removal).collect();
    commands.dedup();
    commands
}

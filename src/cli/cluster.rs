//! `check --cluster`: the objects of a cluster against those of the plans.

use std::path::Path;

use anyhow::{Context, anyhow, bail};

use super::compiling::Compilation;
use super::{input, output, standing};
use crate::artifact::ArtifactKind;
use crate::cluster::{self, Object, What};
use crate::emit;
use crate::report::check::Differing;

/// What differs, is missing or is left over.
pub(super) fn compare(file: &Path, all: &[Compilation]) -> anyhow::Result<Vec<Differing>> {
    let (name, bytes) = input::bytes(file)?;
    let text = String::from_utf8(bytes).with_context(|| format!("`{name}` is not UTF-8 text"))?;
    let (mut there, unreadable) = cluster::objects(&text);
    if unreadable > 0 {
        bail!(
            "`{name}` is not what `kubectl get scaledobjects -A -o yaml` prints: {unreadable} of its documents cannot be read"
        );
    }
    there.retain(|object| object.kind == "ScaledObject");
    let (mut planned, mut keda) = (Vec::new(), Vec::new());
    for compilation in all {
        let own = objects(compilation)?;
        keda.extend(own.iter().map(|_| compilation.compiled.plan.profile.platform.keda.value));
        planned.extend(own);
    }
    let namespaces: Vec<&str> = planned.iter().map(|object| object.namespace.as_str()).collect();
    let standing = |object: &Object, is: &Object| {
        let version = planned.iter().zip(&keda).find(|(planned, _)| planned.is(object));
        version.map_or_else(Vec::new, |(_, keda)| standing::of((object, is), (&planned, &there), *keda))
    };
    let found = cluster::compare((&planned, &there), &standing);
    // What another policy made elsewhere is not the business of this one; what it made itself, before it moved, is.
    let is_own = |object: &Object| {
        let plan = object.plan();
        plan.is_some_and(|plan| all.iter().any(|one| one.compiled.plan.name.as_str() == plan))
    };
    let (here, elsewhere): (Vec<_>, Vec<_>) = found.into_iter().partition(|difference| {
        let object = difference.object;
        difference.what != What::LeftOver || namespaces.contains(&object.namespace.as_str()) || is_own(object)
    });
    let count = elsewhere.len();
    if count > 0 {
        let objects = if count == 1 { "object is" } else { "objects are" };
        output::remark(&format!(
            "{count} {objects} of seasonscale in namespaces in which this plan has none: of another policy, or left over"
        ));
    }
    if here.is_empty() {
        let (count, are) = (planned.len(), if planned.len() == 1 { "object is" } else { "objects are" });
        output::remark(&format!("{count} {are} in the cluster as planned"));
    }
    let differing = here.into_iter().map(|difference| {
        let state = match &difference.what {
            What::Missing => "missing",
            What::Differs(_) => "differs",
            What::LeftOver => "left over",
        };
        let differing = Differing::object(state, difference.object.title());
        match difference.what {
            What::Missing => differing.because("apply the files of the plan"),
            What::Differs(fields) => differing.because(&fields.join("; ")),
            What::LeftOver => differing.because(&cluster::removal(difference.object)),
        }
    });
    Ok(differing.collect())
}

/// The objects as they are in a cluster once all is applied, in whatever form our triggers reach them.
fn objects(Compilation { place, compiled, .. }: &Compilation) -> anyhow::Result<Vec<Object>> {
    let makes = |kind| compiled.artifacts.iter().any(|artifact| artifact.kind == kind);
    let text = if makes(ArtifactKind::KedaPatches) || makes(ArtifactKind::KedaTriggers) {
        let templates = input::templates(place.templates.as_deref())?;
        let whole =
            templates.and_then(|templates| emit::emit_one(&compiled.plan, ArtifactKind::Keda, &templates));
        whole.map_err(|_| anyhow!("internal error: the objects were made once"))?.text
    } else {
        let keda = compiled.artifacts.iter().filter(|artifact| artifact.kind == ArtifactKind::Keda);
        keda.map(|artifact| artifact.text.as_str()).collect()
    };
    let mut objects = cluster::objects(&text).0;
    objects.retain(|object| object.kind == "ScaledObject");
    Ok(objects)
}

//! `check --cluster`: the objects of a cluster against those of the plans.

use std::path::Path;

use anyhow::{Context, bail};

use super::compiling::Made;
use super::{input, output};
use crate::artifact::ArtifactKind;
use crate::cluster::{self, Object, What};
use crate::report::check::Differing;

/// What differs, is missing or is left over.
pub(super) fn compare(file: &Path, all: &[Made]) -> anyhow::Result<Vec<Differing>> {
    let (name, bytes) = input::bytes(file)?;
    let text = String::from_utf8(bytes).with_context(|| format!("`{name}` is not UTF-8 text"))?;
    let (mut there, unreadable) = cluster::objects(&text);
    if unreadable > 0 {
        bail!(
            "`{name}` is not what `kubectl get scaledobjects -A -o yaml` prints: {unreadable} of its documents cannot be read"
        );
    }
    there.retain(|object| object.kind == "ScaledObject");
    let planned: Vec<Object> = all.iter().flat_map(planned).collect();
    let namespaces: Vec<&str> = planned.iter().map(|object| object.namespace.as_str()).collect();
    let found = cluster::compare(&planned, &there);
    // What another policy made elsewhere is no business of this one.
    let (here, elsewhere): (Vec<_>, Vec<_>) = found.into_iter().partition(|difference| {
        difference.what != What::LeftOver || namespaces.contains(&difference.object.namespace.as_str())
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

fn planned(made: &Made) -> Vec<Object> {
    let keda = made.compiled.artifacts.iter().filter(|artifact| artifact.kind == ArtifactKind::Keda);
    let mut objects: Vec<Object> = keda.flat_map(|artifact| cluster::objects(&artifact.text).0).collect();
    objects.retain(|object| object.kind == "ScaledObject");
    objects
}

//! An object of the Prometheus operator read back, as far as all its kinds are alike.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::report::Report;
use crate::artifact::Artifact;
use crate::yaml;

/// What is in it, once its kind is known.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Object<S> {
    api_version: String,
    kind: String,
    pub(super) metadata: Metadata,
    pub(super) spec: S,
}

#[derive(Deserialize)]
pub(super) struct Metadata {
    pub(super) namespace: String,
    #[serde(default)]
    pub(super) annotations: BTreeMap<String, String>,
}

/// The one object of a file; nothing where it cannot be read. That, and another kind, are reported.
pub(super) fn read<S: DeserializeOwned>(
    artifact: &Artifact,
    kind: &str,
    report: &mut Report<'_>,
) -> Option<Object<S>> {
    let object: Object<S> = match yaml::lenient(&artifact.text) {
        Ok(object) => object,
        Err(problem) => {
            report.rejected(None, format!("`{}` is not a {kind}: {problem}", artifact.path));
            return None;
        }
    };
    let is = (object.api_version.as_str(), object.kind.as_str());
    if is != ("monitoring.coreos.com/v1", kind) {
        report.rejected(None, format!("`{}` is a {} {}, not a {kind}", artifact.path, is.0, is.1));
    }
    Some(object)
}

//! `kustomization.yaml` read back: it names every Kubernetes file that is made and no other, and renames nothing.

use serde::Deserialize;

use super::report::Report;
use crate::artifact::{Artifact, ArtifactKind};
use crate::finding::Diagnostic;
use crate::plan::Plan;
use crate::yaml;

/// Octets of data in a ConfigMap (Kubernetes API: its data must not exceed 1 MiB).
const MOST: usize = 1 << 20;

/// As much of kustomize as leaves every object as it was made: names, namespaces and selectors belong to the other files.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Kustomization {
    api_version: String,
    kind: String,
    resources: Vec<String>,
    #[serde(default)]
    config_map_generator: Vec<Generator>,
    #[serde(default)]
    generator_options: Options,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Generator {
    #[expect(dead_code, reason = "read so that it is known")]
    name: String,
    namespace: String,
    files: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Options {
    disable_name_suffix_hash: bool,
}

/// Whether kubectl applies files of this kind beside the kustomization itself.
fn applied(kind: ArtifactKind) -> bool {
    kind.is_for_the_cluster() && kind != ArtifactKind::Kustomization
}

pub(super) fn verify(plan: &Plan, artifact: &Artifact, all: &[Artifact]) -> Vec<Diagnostic> {
    let mut report = Report::new(artifact, "kustomization.yaml.j2");
    let made: Kustomization = match yaml::lenient(&artifact.text) {
        Ok(made) => made,
        Err(problem) => {
            let title = format!("`{}` is nothing that leaves the objects alone: {problem}", artifact.path);
            report.rejected(None, title);
            return report.found;
        }
    };
    if (made.api_version.as_str(), made.kind.as_str()) != ("kustomize.config.k8s.io/v1beta1", "Kustomization")
    {
        report.rejected(None, format!("`{}` is not a Kustomization", artifact.path));
    }
    let wanted: Vec<&str> =
        all.iter().filter(|other| applied(other.kind)).map(|other| other.path.as_str()).collect();
    for file in wanted.iter().filter(|file| !made.resources.iter().any(|named| named == *file)) {
        report.mismatch(None, format!("`{file}` is made, and not among the resources"));
    }
    for file in made.resources.iter().filter(|file| !wanted.contains(&file.as_str())) {
        report.mismatch(None, format!("`{file}` is among the resources, and not made"));
    }
    for generator in &made.config_map_generator {
        if !made.generator_options.disable_name_suffix_hash {
            report.mismatch(None, "the ConfigMap gets a new name with every change".to_owned());
        }
        if generator.namespace != plan.profile.platform.namespace.as_str() {
            report.mismatch(None, "the ConfigMap is for another namespace".to_owned());
        }
        for file in generator.files.iter().filter(|file| !all.iter().any(|other| other.path == **file)) {
            report.mismatch(None, format!("`{file}` is to be in a ConfigMap, and not made"));
        }
        let octets =
            all.iter().filter(|other| generator.files.contains(&other.path)).map(|file| file.text.len());
        let octets: usize = octets.sum();
        if octets > MOST {
            report.too_large(octets, MOST, "a ConfigMap");
        }
    }
    report.found
}

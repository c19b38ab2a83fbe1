//! `generate`: compile, verify, write what changed.

use std::path::Path;

use super::args::Generate;
use super::{Outcome, compiling, output, write};
use crate::artifact::{Artifact, ArtifactKind};

pub(super) fn run(arguments: &Generate) -> anyhow::Result<Outcome> {
    let places = &arguments.places;
    let (compiled, sources) = match compiling::compiled(places)? {
        Ok(both) => both,
        Err(outcome) => return Ok(outcome),
    };
    let failed = compiled.warnings.iter().any(|warning| warning.severity() >= places.fail_on.severity());
    output::findings(&compiled.warnings, &sources)?;
    if failed {
        output::remark("nothing was written: `--fail-on warning`")?;
        return Ok(Outcome::Findings);
    }
    let wanted: Vec<&Artifact> =
        compiled.artifacts.iter().filter(|artifact| places.wants(artifact.kind)).collect();
    if places.out == Path::new("-") {
        return print(&wanted);
    }
    if let Some(problem) =
        compiling::rewritten_release(&compiled, &places.out).filter(|_| places.wants(ArtifactKind::Journal))
    {
        output::findings(&[problem], &sources)?;
        return Ok(Outcome::Findings);
    }
    let files: Vec<(String, Vec<u8>)> =
        wanted.iter().map(|artifact| (artifact.path.clone(), artifact.text.clone().into_bytes())).collect();
    let published = write::publish(&places.out, &files)?;
    for (name, change) in published.files() {
        output::remark(&format!("{:<9} {}", change.word(), places.out.join(name).display()))?;
    }
    for name in write::orphans(&places.out, &compiling::file_names(&compiled))? {
        output::remark(&format!("not ours  {}", places.out.join(name).display()))?;
    }
    Ok(Outcome::Clean)
}

fn print(wanted: &[&Artifact]) -> anyhow::Result<Outcome> {
    for artifact in wanted {
        output::data(&artifact.text)?;
    }
    Ok(Outcome::Clean)
}

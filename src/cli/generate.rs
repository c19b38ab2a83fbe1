//! `generate`: compile, verify, write what changed.

use std::path::Path;

use super::args::Generate;
use super::{Outcome, compiling, output, stranger};
use crate::artifact::{Artifact, ArtifactKind};
use crate::publish::{NewFile, publish};

pub(super) fn run(arguments: &Generate) -> anyhow::Result<Outcome> {
    let places = &arguments.places;
    let (compiled, sources) = match compiling::compiled(places)? {
        Ok(both) => both,
        Err(outcome) => return Ok(outcome),
    };
    let failed = compiled.warnings.iter().any(|warning| warning.severity() >= places.fail_on.severity());
    output::findings(&compiled.warnings, &sources);
    if failed {
        output::remark("nothing was written: `--fail-on warning`");
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
        output::findings(&[problem], &sources);
        return Ok(Outcome::Findings);
    }
    let new_file = |artifact: &&Artifact| NewFile {
        name: artifact.path.clone(),
        bytes: artifact.text.clone().into_bytes(),
        is_last: artifact.kind.is_for_the_cluster(),
    };
    let files: Vec<NewFile> = wanted.iter().map(new_file).collect();
    let published = publish(&places.out, &files)?;
    for (name, change) in published.files() {
        output::remark(&format!("{:<9} {}", change.word(), places.out.join(name).display()));
    }
    let journal = compiled.plan.profile.journal.iter();
    for (_, name) in journal.flat_map(|journal| compiling::released_files(journal, &places.out)) {
        output::remark(&format!("{:<9} {}", "released", places.out.join(name).display()));
    }
    let strangers = stranger::strangers(&places.out, &compiled)?;
    for stranger in &strangers {
        output::remark(&stranger.line());
    }
    if let Some(command) = stranger::removal(&strangers) {
        output::remark(&format!("left-over files are of another policy: `{command}`"));
    }
    Ok(Outcome::Clean)
}

fn print(wanted: &[&Artifact]) -> anyhow::Result<Outcome> {
    for artifact in wanted {
        output::data(&artifact.text)?;
    }
    Ok(Outcome::Clean)
}

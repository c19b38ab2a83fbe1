//! Compiling what the arguments name, for `generate` and `check`: read, compile, and see what is already out there.

use std::fs;
use std::path::Path;

use super::args::Places;
use super::{Outcome, input, output};
use crate::artifact::ArtifactKind;
use crate::compile::{self, Compiled};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Sources;
use crate::verify;

/// Reads and compiles; findings that forbid going on are shown here.
pub(super) fn compiled(places: &Places) -> anyhow::Result<Result<(Compiled, Sources), Outcome>> {
    let Some((sources, problems)) = input::policies(&places.policies) else {
        let folder = places.policies.display();
        output::remark(&format!(
            "seasonscale: nothing to read: no calendar.toml and territories.toml in `{folder}`"
        ));
        return Ok(Err(Outcome::NothingToRead));
    };
    if !problems.is_empty() {
        output::findings(&problems, &sources);
        return Ok(Err(Outcome::refused(&problems)));
    }
    let compiled = match input::templates(places.templates.as_deref())? {
        Ok(templates) => compile::compile(&sources, &templates),
        Err(problems) => Err(problems),
    };
    match compiled {
        Ok(compiled) => {
            if let Some(problem) = taken(places, &compiled)? {
                output::findings(&[problem], &sources);
                return Ok(Err(Outcome::Findings));
            }
            Ok(Ok((compiled, sources)))
        }
        Err(problems) => {
            output::findings(&problems, &sources);
            Ok(Err(Outcome::Findings))
        }
    }
}

/// Whether the migration's version is taken in the project's own folder.
fn taken(places: &Places, compiled: &Compiled) -> anyhow::Result<Option<Diagnostic>> {
    let Some(folder) = &places.migrations_dir else { return Ok(None) };
    let existing = input::file_names(folder)?;
    Ok(verify::version_taken(&compiled.plan.profile.journal, &existing))
}

/// A migration that has been applied somewhere must keep its bytes: Flyway compares checksums.
pub(super) fn rewritten_release(compiled: &Compiled, out: &Path) -> Option<Diagnostic> {
    let journal = &compiled.plan.profile.journal;
    let artifact = compiled.artifacts.iter().find(|artifact| artifact.kind == ArtifactKind::Journal)?;
    let old = fs::read(out.join(&artifact.path)).ok()?;
    (journal.released && old != artifact.text.as_bytes()).then(|| {
        let title = format!("`{}` has been released and would change", artifact.path);
        Diagnostic::new(Code::ReleasedMigration, title)
            .at(journal.version.span, "this version says otherwise in databases that have applied it")
            .help(format!(
                "set `version = {}` and `released = false` for the new migration",
                journal.version.value + 1
            ))
    })
}

//! Compiling what the arguments name, for `generate` and `check`: read, compile, and see what is already out there.

use std::fs;
use std::path::Path;

use super::args::Places;
use super::{Outcome, input, output};
use crate::compile::{self, Compiled};
use crate::diagnostic::{Code, Diagnostic};
use crate::profile::Journal;
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
    let Some(journal) = &compiled.plan.profile.journal else { return Ok(None) };
    let existing = input::file_names(folder)?;
    Ok(verify::version_taken(journal, &existing))
}

/// A migration that has been applied somewhere keeps its bytes, for Flyway compares checksums: where the policy says
/// something else than the last released file, it needs a next version.
pub(super) fn rewritten_release(compiled: &Compiled, out: &Path) -> Option<Diagnostic> {
    let profile = &compiled.plan.profile;
    let journal = profile.journal.as_ref()?;
    if !journal.is_released() {
        return None;
    }
    let version = journal.version.value;
    let name = released_files(journal, out).into_iter().find(|(of, _)| *of == version)?.1;
    let text = String::from_utf8(input::read(&out.join(&name)).ok()?).ok()?;
    let others = verify::released_differently(profile, &text);
    (!others.is_empty()).then(|| {
        let mut finding =
            Diagnostic::new(Code::ReleasedMigration, format!("`{name}` has been released and would change"))
                .at(journal.version.span, "databases have applied this version");
        for other in others {
            finding = finding.note(other);
        }
        finding.help(format!("set `version = {}` for the next migration; `released` stays", version + 1))
    })
}

/// The released migrations in `out`, each with its version: the name tells which, whatever its description says.
pub(super) fn released_files(journal: &Journal, out: &Path) -> Vec<(u32, String)> {
    let entries = fs::read_dir(out).into_iter().flatten().filter_map(Result::ok);
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let found = names.into_iter().filter_map(|name| Some((released_version(journal, &name)?, name)));
    found.filter(|(_, name)| name.starts_with('V')).collect()
}

/// The released version that a file of this name belongs to, as its migration or as the script that takes it back.
pub(super) fn released_version(journal: &Journal, name: &str) -> Option<u32> {
    let stem = name.strip_suffix(".sql")?;
    let (version, _) = stem.strip_prefix(['V', 'U'])?.split_once("__")?;
    version.parse().ok().filter(|version| journal.released.contains(version))
}

//! The policy to compare with: another folder, or the same folder as it was in a Git revision. No network.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};

use super::input;
use crate::diagnostic::Diagnostic;
use crate::source::{Source, Sources};

/// Whether `path` is a folder with a policy.
pub(super) fn is_folder(path: &str) -> bool {
    Path::new(path).is_dir()
}

/// Both policy files of `against`: a folder if there is one of that name, else a revision of `folder`.
pub(super) fn policies(folder: &Path, against: &str) -> anyhow::Result<(Sources, Vec<Diagnostic>)> {
    if is_folder(against) {
        return input::policies(Path::new(against))
            .with_context(|| format!("no calendar.toml and territories.toml in `{against}`"));
    }
    let calendar = shown(folder, against, "calendar.toml")?;
    let territories = shown(folder, against, "territories.toml")?;
    let sources = Sources::new(calendar, territories);
    Ok(input::with_manifests(sources, |written| {
        let source = shown(folder, against, written).map_err(|error| error.to_string())?;
        Ok((source.name, source.text.into_bytes()))
    }))
}

/// A file as it was: `git show REV:./FILE`.
fn shown(folder: &Path, revision: &str, file: &str) -> anyhow::Result<Source> {
    if revision.starts_with('-') || revision.contains(':') {
        bail!("`{revision}` is neither a folder nor the name of a Git revision");
    }
    let object = format!("{revision}:./{file}");
    let git = Command::new("git").arg("-C").arg(folder).args(["show", "--no-textconv", &object]).output();
    let git = git.context("cannot run `git`, which a comparison with a revision needs")?;
    if !git.status.success() {
        let said = String::from_utf8_lossy(&git.stderr);
        bail!("`{revision}` is no folder, and git says: {}", said.trim());
    }
    let text = String::from_utf8(git.stdout).with_context(|| format!("`{object}` is not UTF-8 text"))?;
    Ok(Source { name: format!("{revision}:{file}"), text })
}

//! Files in the output folder that this policy does not make: left over from another one, or somebody else's.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::compiling::{self, Compilation};
use crate::cluster;
use crate::publish;

/// A file or folder that is not among those that are made.
pub(super) struct ForeignFile {
    /// In the output folder, with a slash where it is a folder.
    name: String,
    path: PathBuf,
    /// Whether this compiler made it, from another policy.
    is_ours: bool,
}

impl ForeignFile {
    /// `left over generated/deployments.yaml`
    pub(super) fn line(&self) -> String {
        format!("{:<9} {}", self.state(), self.path.display())
    }

    /// What it is.
    pub(super) fn state(&self) -> &'static str {
        if self.is_ours { "left over" } else { "not ours" }
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// All of them in the output folder, by name. Released migrations are ours, though they are not made again; what the project file
/// calls the team's own is nobody's business here.
pub(super) fn foreign_files(
    Compilation { place, compiled, .. }: &Compilation,
) -> anyhow::Result<Vec<ForeignFile>> {
    let out = &place.out;
    let made = compiled.artifacts.iter().map(|artifact| artifact.path.clone()).collect();
    let journal = &compiled.plan.profile.journal;
    let released = |name: &String| {
        journal.as_ref().is_some_and(|journal| compiling::released_version(journal, name).is_some())
    };
    let names = publish::orphans(out, &made)?.into_iter();
    let names = names.filter(|name| !released(name) && !place.is_own(name));
    let foreign = names.map(|name| {
        let path = out.join(&name);
        ForeignFile { is_ours: is_ours(&path), path, name }
    });
    Ok(foreign.collect())
}

/// Those that may be removed: a migration stays, for Flyway may have applied it, and so does a folder with a guide, which is the
/// output folder of another policy.
fn are_removable(foreign: &[ForeignFile]) -> impl Iterator<Item = &ForeignFile> {
    foreign.iter().filter(|file| {
        let is_migration = file.path.extension().is_some_and(|extension| extension == "sql");
        file.is_ours && !is_migration && !file.path.join("README.md").exists()
    })
}

/// The names of those that may be removed.
pub(super) fn removable(foreign: &[ForeignFile]) -> Vec<String> {
    are_removable(foreign).map(|file| file.name.clone()).collect()
}

/// The files with objects among those that are left over.
pub(super) fn left_over_manifests(made: &Compilation) -> anyhow::Result<Vec<String>> {
    let foreign = foreign_files(made)?;
    let is_manifest = |name: &String| name.ends_with(".yaml") || name.ends_with(".yml");
    Ok(removable(&foreign).into_iter().filter(is_manifest).collect())
}

/// The command that removes what is left over; none where nothing is.
pub(super) fn removal(foreign: &[ForeignFile]) -> Option<String> {
    let removable: Vec<&ForeignFile> = are_removable(foreign).collect();
    let command = if removable.iter().any(|file| file.path.is_dir()) { "rm -r" } else { "rm" };
    let paths: Vec<String> =
        removable.iter().map(|file| cluster::shell_word(&file.path.display().to_string())).collect();
    (!paths.is_empty()).then(|| format!("{command} {}", paths.join(" ")))
}

/// Whether the head of a file says so, or its calendar; of a folder, whether all in it do. A link is nobody's work but of who
/// made it.
fn is_ours(path: &Path) -> bool {
    const HEAD: u64 = 4096;
    let Ok(metadata) = fs::symlink_metadata(path) else { return false };
    if !metadata.is_dir() && !metadata.is_file() {
        return false;
    }
    if metadata.is_dir() {
        let inside: Vec<_> = fs::read_dir(path).into_iter().flatten().collect();
        let ours =
            |entry: &io::Result<fs::DirEntry>| entry.as_ref().is_ok_and(|entry| is_ours(&entry.path()));
        return !inside.is_empty() && inside.iter().all(ours);
    }
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    let head = String::from_utf8_lossy(&head);
    let marks = ["enerated by seasonscale", "PRODID:-//seasonscale//"];
    read.is_ok() && marks.iter().any(|mark| head.contains(mark))
}

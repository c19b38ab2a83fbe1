//! Files in the output folder that this policy does not make: left over from another one, or somebody else's.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::compiling;
use crate::compile::Compiled;
use crate::publish;

/// A file or folder that is not among those that are made.
pub(super) struct Stranger {
    path: PathBuf,
    /// Whether this compiler made it, from another policy.
    is_ours: bool,
}

impl Stranger {
    /// `left over generated/deployments.yaml`
    pub(super) fn line(&self) -> String {
        let what = if self.is_ours { "left over" } else { "not ours" };
        format!("{what:<9} {}", self.path.display())
    }
}

/// All of them in `out`, by name. Released migrations are ours, though they are not made again.
pub(super) fn strangers(out: &Path, compiled: &Compiled) -> anyhow::Result<Vec<Stranger>> {
    let made = compiled.artifacts.iter().map(|artifact| artifact.path.clone()).collect();
    let journal = &compiled.plan.profile.journal;
    let released = |name: &String| {
        journal.as_ref().is_some_and(|journal| compiling::released_version(journal, name).is_some())
    };
    let names = publish::orphans(out, &made)?.into_iter().filter(|name| !released(name));
    let strangers = names.map(|name| {
        let path = out.join(name);
        Stranger { is_ours: is_ours(&path), path }
    });
    Ok(strangers.collect())
}

/// The command that removes what is left over; none where nothing is. A migration stays: Flyway may have applied it.
pub(super) fn removal(strangers: &[Stranger]) -> Option<String> {
    let removable = |stranger: &&Stranger| {
        stranger.is_ours && stranger.path.extension().is_none_or(|extension| extension != "sql")
    };
    let removable: Vec<&Stranger> = strangers.iter().filter(removable).collect();
    let command = if removable.iter().any(|stranger| stranger.path.is_dir()) { "rm -r" } else { "rm" };
    let paths: Vec<String> = removable.iter().map(|stranger| quoted(&stranger.path)).collect();
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

/// As a shell reads it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

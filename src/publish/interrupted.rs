//! A note that lies in the output folder while names change hands: some files are new then and some old, and whoever finds
//! the folder so must know it.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::staged::{self, Staged};

/// Its name: hidden, as staged files are.
const NAME: &str = ".seasonscale-interrupted";

const HEAD: &str = "interrupted: run generate\n\n\
    A run of seasonscale was stopped while it put new files in their places. Every file here is whole, but some of\n\
    these may be old and others new. The next `seasonscale generate` makes them one again, and removes this note.\n\n";

/// Where it lies in `out`.
pub fn note(out: &Path) -> PathBuf {
    out.join(NAME)
}

/// Whether a run was stopped there.
pub fn is_interrupted(out: &Path) -> bool {
    fs::symlink_metadata(note(out)).is_ok()
}

/// Leaves the note before the first rename. One file alone changes in one step and needs none.
pub(super) fn leave(out: &Path, staged: &[Staged]) -> io::Result<()> {
    if staged.len() < 2 {
        return Ok(());
    }
    let names = staged.iter().filter_map(|one| one.path.strip_prefix(out).ok());
    let mut named: BTreeSet<String> = names.map(|name| name.display().to_string()).collect();
    named.extend(named_in(out));
    let text: String =
        [HEAD.to_owned()].into_iter().chain(named.iter().map(|name| format!("  {name}\n"))).collect();
    let temp = staged::stage(out, text.as_bytes(), None)?;
    temp.as_file().sync_all()?;
    temp.persist(note(out)).map_err(|refusal| refusal.error)?;
    File::open(out).and_then(|folder| folder.sync_all()).or(Ok(()))
}

/// Removes the note, unless it names a file that this run did not make: that one may still be of the run before.
pub(super) fn remove(out: &Path, made: &BTreeSet<&str>) -> io::Result<()> {
    if named_in(out).iter().any(|name| !made.contains(name.as_str())) {
        return Ok(());
    }
    match fs::remove_file(note(out)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn named_in(out: &Path) -> BTreeSet<String> {
    /// No list of names is longer.
    const MOST: u64 = 1 << 20;
    let note = note(out);
    let mut text = String::new();
    if fs::symlink_metadata(&note).is_ok_and(|metadata| metadata.is_file()) {
        let read = File::open(&note).and_then(|file| file.take(MOST).read_to_string(&mut text));
        read.unwrap_or_default();
    }
    text.lines().filter_map(|line| line.strip_prefix("  ")).map(str::to_owned).collect()
}

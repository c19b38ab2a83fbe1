//! New files, whole, that wait beside their targets, and the renames that put them there.

use std::fs::{self, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use tempfile::{Builder, NamedTempFile};

use super::links::LINK;
use super::{folder_of, owner, refused};
use crate::parallel;

/// What staged files are called: hidden, so that neither kubectl nor Flyway nor Prometheus takes one for a real file.
pub(super) const STAGED_PREFIX: &str = ".seasonscale-";
pub(super) const STAGED_SUFFIX: &str = ".tmp";

/// Of a file that is there all is read, to put it back where the world refuses the next one. So much may be in any; more only
/// beside a new one that is as large.
const LARGEST: u64 = 64 << 20;

/// A file as it was before the run.
pub(super) struct Old {
    pub(super) bytes: Vec<u8>,
    metadata: Metadata,
}

impl Old {
    /// None where there is no file; an error where there is something that a rename would destroy.
    pub(super) fn read(path: &Path, new: &[u8]) -> anyhow::Result<Option<Self>> {
        let metadata = match fs::symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            metadata => metadata?,
        };
        if metadata.is_symlink() {
            bail!("{LINK}");
        }
        if metadata.is_dir() {
            bail!("it is a folder; move it away");
        }
        if !metadata.is_file() {
            bail!("it is not a regular file; move it away");
        }
        if metadata.len() > LARGEST.max(2 * new.len() as u64) {
            bail!("it has {} MiB, and what is made here has less; move it away", metadata.len() >> 20);
        }
        Ok(Some(Self { bytes: fs::read(path)?, metadata }))
    }
}

/// A new file, whole, that waits beside its target. Dropped, it is gone.
pub(super) struct Staged {
    pub(super) temp: NamedTempFile,
    pub(super) path: PathBuf,
    pub(super) old: Option<Old>,
}

/// A new file gets what the umask leaves of 0666, like any other; a replaced one keeps its mode, owner and group.
pub(super) fn stage(folder: &Path, bytes: &[u8], old: Option<&Old>) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(STAGED_PREFIX).suffix(STAGED_SUFFIX);
    let mut temp = owner::as_usual(&mut builder).tempfile_in(folder)?;
    temp.write_all(bytes)?;
    if let Some(old) = old {
        owner::keep(temp.as_file(), &old.metadata);
        temp.as_file().set_permissions(old.metadata.permissions())?;
    }
    Ok(temp)
}

/// Puts the bytes of all staged files on disk: without it, a power cut after the rename can leave a new name with no
/// bytes in it. All at once, so that a journalling file system can commit them together.
pub(super) fn flush(staged: &[Staged]) -> anyhow::Result<()> {
    let flushed = parallel::each(staged, |one| one.temp.as_file().sync_all());
    for (one, flushed) in staged.iter().zip(flushed) {
        flushed.with_context(|| refused("write", &one.path))?;
    }
    Ok(())
}

/// Why not all files took their places.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) error: anyhow::Error,
    /// Whether some are new all the same.
    pub(super) is_mixed: bool,
}

/// Renames every staged file to its place. If the world refuses one, those before it are put back.
pub(super) fn replace(staged: Vec<Staged>) -> Result<(), Failed> {
    let mut done = Vec::new();
    for Staged { temp, path, old } in staged {
        if let Err(refusal) = temp.persist(&path) {
            let stuck = put_back(done);
            let error = anyhow::Error::new(refusal.error);
            let is_mixed = !stuck.is_empty();
            let error = if is_mixed {
                let stuck = stuck.join("`, `");
                error.context(format!("cannot replace `{}`; already new: `{stuck}`", path.display()))
            } else {
                error.context(refused("replace", &path))
            };
            return Err(Failed { error, is_mixed });
        }
        done.push((path, old));
    }
    Ok(())
}

/// Gives replaced files their old bytes back; the ones that could not have them.
fn put_back(done: Vec<(PathBuf, Option<Old>)>) -> Vec<String> {
    let mut stuck = Vec::new();
    for (path, old) in done {
        let restored = match old {
            None => fs::remove_file(&path),
            Some(old) => stage(folder_of(&path), &old.bytes, Some(&old))
                .and_then(|temp| temp.as_file().sync_all().map(|()| temp))
                .and_then(|temp| temp.persist(&path).map(drop).map_err(|refusal| refusal.error)),
        };
        if restored.is_err() {
            stuck.push(path.display().to_string());
        }
    }
    stuck
}

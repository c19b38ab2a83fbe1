//! One run at a time: the output folder itself is locked.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail};

/// How often, and after which pause, the lock is tried: a run holds it for milliseconds, so one that is held for five
/// seconds is held by a run that hangs, which somebody should look at.
pub(super) const TRIES: u32 = 50;
const PAUSE: Duration = Duration::from_millis(100);

/// The error that file systems give which have no lock service at hand, as some NFS mounts (`errno(3)`).
const NO_LOCKS: i32 = if cfg!(target_os = "linux") { 37 } else { 77 };

/// The folder, opened and locked for this run alone; the lock ends with the process, however it ends.
pub(super) fn lock(out: &Path, tries: u32) -> anyhow::Result<File> {
    let failed = || format!("nothing was changed: cannot lock the folder `{}`", out.display());
    let folder = File::open(out).with_context(failed)?;
    for attempt in 1..=tries {
        match folder.try_lock() {
            Ok(()) => return Ok(folder),
            // Some network file systems know no locks; renaming keeps every file whole there too.
            Err(TryLockError::Error(error)) if is_without_locks(&error) => return Ok(folder),
            Err(TryLockError::Error(error)) => return Err(error).with_context(failed),
            Err(TryLockError::WouldBlock) if attempt < tries => thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => {}
        }
    }
    bail!(
        "nothing was changed: another run is writing to `{}`; run this one again when it has ended",
        out.display()
    )
}

fn is_without_locks(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Unsupported || cfg!(unix) && error.raw_os_error() == Some(NO_LOCKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_run_is_told_of_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let first = lock(folder.path(), 1).unwrap();
        let error = lock(folder.path(), 2).unwrap_err();
        assert!(error.to_string().contains("another run is writing to"), "{error}");
        drop(first);
        assert!(lock(folder.path(), 1).is_ok());
    }

    #[test]
    fn a_file_system_without_locks_is_tolerated_and_another_error_is_not() {
        assert!(is_without_locks(&io::Error::from(io::ErrorKind::Unsupported)));
        assert!(is_without_locks(&io::Error::from_raw_os_error(NO_LOCKS)));
        assert!(!is_without_locks(&io::Error::from(io::ErrorKind::PermissionDenied)));
    }
}

//! Mode, owner and group of files, where the system has them.

use std::fs::{File, Metadata};

use tempfile::Builder;

/// A file that others may read, as the umask allows: `tempfile` makes them private.
#[cfg(unix)]
pub(super) fn as_usual<'b, 'n, 's>(builder: &'b mut Builder<'n, 's>) -> &'b mut Builder<'n, 's> {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(std::fs::Permissions::from_mode(0o666))
}

/// Gives a new file the owner and group of the one that it replaces, as far as this user may: root may.
#[cfg(unix)]
pub(super) fn keep(new: &File, old: &Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let Ok(own) = new.metadata() else { return };
    if own.uid() != old.uid() && fchown(new, Some(old.uid()), Some(old.gid())).is_ok() {
        return;
    }
    if own.gid() != old.gid() {
        // Somebody who is not in that group leaves the file to a group of their own.
        let _ = fchown(new, None, Some(old.gid()));
    }
}

#[cfg(not(unix))]
pub(super) fn as_usual<'b, 'n, 's>(builder: &'b mut Builder<'n, 's>) -> &'b mut Builder<'n, 's> {
    builder
}

#[cfg(not(unix))]
pub(super) fn keep(_: &File, _: &Metadata) {}

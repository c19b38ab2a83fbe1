//! One rule for links: the output folder may be one, below it nothing may. A file there would be cut off from its link, and
//! a folder would let a run write, and sweep up, somewhere else.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::bail;

pub(super) const LINK: &str = "it is a symbolic link, and below the output folder none is followed; put the thing itself there, or remove the link";

/// The first link on the way from `out` to the file `name`, the file included.
pub fn link(out: &Path, name: &str) -> Option<PathBuf> {
    let mut path = out.to_owned();
    name.split('/').find_map(|part| {
        path.push(part);
        let is_link = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink());
        is_link.then(|| path.clone())
    })
}

/// An error where there is one.
pub(super) fn refuse(out: &Path, name: &str) -> anyhow::Result<()> {
    match link(out, name) {
        Some(path) => bail!("nothing was changed: cannot write `{}`: {LINK}", path.display()),
        None => Ok(()),
    }
}

//! Paths of this folder as they are from a folder above it: the root of the repository, where hooks and workflows run, or the
//! folder of the project file.

use std::path::{Component, Path, PathBuf};

use anyhow::Context;

/// A folder above this one, or this one.
pub(super) struct Within {
    here: PathBuf,
    root: PathBuf,
}

impl Within {
    /// The root of the repository; this folder where it is in none.
    pub(super) fn repository() -> anyhow::Result<Self> {
        let here = here()?;
        let root = here.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(&here);
        Ok(Self { root: root.to_owned(), here })
    }

    /// The folder that a way from here leads to.
    pub(super) fn folder(way: &Path) -> anyhow::Result<Self> {
        let here = here()?;
        Ok(Self { root: plain(&here.join(way)), here })
    }

    /// A path of this folder as it is from there; none where it leads out.
    pub(super) fn path(&self, path: &Path) -> Option<PathBuf> {
        plain(&self.here.join(path)).strip_prefix(&self.root).ok().map(Path::to_owned)
    }

    /// The way from there to this folder; none where they are the same.
    pub(super) fn way(&self) -> Option<&Path> {
        self.here.strip_prefix(&self.root).ok().filter(|way| !way.as_os_str().is_empty())
    }
}

/// A path from the root of the disk on, be it there or not.
pub(super) fn whole(path: &Path) -> PathBuf {
    here().map_or_else(|_| plain(path), |here| plain(&here.join(path)))
}

fn here() -> anyhow::Result<PathBuf> {
    std::env::current_dir().context("cannot tell which folder this is")
}

/// Without `.` and `..`, as far as letters tell: Git does not follow links.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            Component::Normal(_) | Component::Prefix(_) | Component::RootDir => plain.push(part),
        }
    }
    plain
}

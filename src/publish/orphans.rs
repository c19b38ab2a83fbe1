//! What lies in the output folder and is not expected there.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use anyhow::Context;

/// The names in `out` that are not `expected`, sorted, a folder's with a slash; a folder in which some are expected is
/// looked into. Hidden ones (`.gitattributes`, `.gitkeep`, what a killed run left) belong to tools and are not looked at.
/// No folder, no orphans.
pub fn orphans(out: &Path, expected: &BTreeSet<String>) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    collect_orphans(out, "", expected, &mut names)?;
    names.sort();
    Ok(names)
}

/// `route` is the way from `out` to here, with a slash at its end, or empty.
fn collect_orphans(
    out: &Path,
    route: &str,
    expected: &BTreeSet<String>,
    names: &mut Vec<String>,
) -> anyhow::Result<()> {
    let folder = out.join(route);
    let listed = || format!("cannot list `{}`", folder.display());
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.with_context(listed)?,
    };
    for entry in entries {
        let entry = entry.with_context(listed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let mut path = format!("{route}{name}");
        if name.starts_with('.') || expected.contains(&path) {
            continue;
        }
        let kind = entry.file_type().with_context(listed)?;
        let holds_some = expected.iter().any(|expected| expected.starts_with(&format!("{path}/")));
        if kind.is_symlink() && holds_some {
            // A link in the place of a folder of ours has a finding of its own.
            continue;
        }
        if kind.is_dir() {
            path.push('/');
            if holds_some {
                collect_orphans(out, &path, expected, names)?;
                continue;
            }
        }
        names.push(path);
    }
    Ok(())
}

//! Writing: all or nothing. Every changed file is staged whole beside its target, and only then do renames put the new
//! files in their places, so that a reader, or a run killed at any moment, sees each file wholly old or wholly new.
//!
//! The folder itself is locked meanwhile; what a killed run left behind is swept up by the next. It must not know what
//! the files mean.

use std::collections::BTreeSet;
use std::fs::{self, File, Permissions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail};
use tempfile::{Builder, NamedTempFile};

use crate::parallel;

/// What staged files are called: hidden, so that neither kubectl nor Flyway nor Prometheus takes one for a real file.
const STAGED_PREFIX: &str = ".seasonscale-";
const STAGED_SUFFIX: &str = ".tmp";

/// How often, and after which pause, the lock is tried: a run holds it for milliseconds, so one that is held for five
/// seconds is held by a run that hangs, which somebody should look at.
const LOCK_TRIES: u32 = 50;
const LOCK_PAUSE: Duration = Duration::from_millis(100);

/// What became of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// It was not there.
    Created,
    /// It said something else.
    Updated,
    /// It said the same, and was not touched.
    Unchanged,
}

impl Change {
    /// The word for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
        }
    }
}

/// What a run wrote.
#[derive(Debug)]
pub(super) struct Published {
    files: Vec<(String, Change)>,
}

impl Published {
    /// Every file, in the order given, with what became of it.
    pub(super) fn files(&self) -> &[(String, Change)] {
        &self.files
    }
}

/// Makes the files in `out` (each a name, with slashes where it lies deeper, and its bytes) be exactly these. On an error
/// every old file is as it was.
pub(super) fn publish(out: &Path, files: &[(String, Vec<u8>)]) -> anyhow::Result<Published> {
    fs::create_dir_all(out).with_context(|| format!("cannot make the folder `{}`", out.display()))?;
    let folder = lock(out, LOCK_TRIES)?;
    let folders = folders(out, files);
    for folder in &folders {
        fs::create_dir_all(folder).with_context(|| refused("make the folder", folder))?;
        sweep(folder)?;
    }
    let mut staged = Vec::new();
    let mut changes = Vec::new();
    for (name, bytes) in files {
        let path = out.join(name);
        let old = Old::read(&path).with_context(|| refused("read", &path))?;
        let change = match &old {
            None => Change::Created,
            Some(old) if old.bytes == *bytes => Change::Unchanged,
            Some(_) => Change::Updated,
        };
        if change != Change::Unchanged {
            let permissions = old.as_ref().map(|old| old.permissions.clone());
            let temp =
                stage(folder_of(&path), bytes, permissions).with_context(|| refused("write", &path))?;
            staged.push(Staged { temp, path, old });
        }
        changes.push((name.clone(), change));
    }
    flush(&staged)?;
    let renamed: BTreeSet<PathBuf> = staged.iter().map(|one| folder_of(&one.path).to_owned()).collect();
    replace(staged)?;
    // The names are right already. Where a file system cannot flush a folder, or a power cut comes first, some names
    // may show their old files again, whole ones, which the next run repairs.
    let renamed: Vec<PathBuf> = renamed.into_iter().collect();
    parallel::each(&renamed, |folder| File::open(folder).and_then(|folder| folder.sync_all()).is_ok());
    drop(folder);
    Ok(Published { files: changes })
}

/// The folders in which `files` lie, `out` among them.
fn folders(out: &Path, files: &[(String, Vec<u8>)]) -> BTreeSet<PathBuf> {
    let own = files.iter().map(|(name, _)| folder_of(&out.join(name)).to_owned());
    own.chain([out.to_owned()]).collect()
}

fn folder_of(path: &Path) -> &Path {
    path.parent().expect("internal error: a file without a folder")
}

/// The names in `out` that are not `expected`, sorted, a folder's with a slash; a folder in which some are expected is
/// looked into. Hidden ones (`.gitattributes`, `.gitkeep`, what a killed run left) belong to tools and are not looked at.
/// No folder, no orphans.
pub(super) fn orphans(out: &Path, expected: &BTreeSet<String>) -> anyhow::Result<Vec<String>> {
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
        if entry.file_type().with_context(listed)?.is_dir() {
            path.push('/');
            if expected.iter().any(|expected| expected.starts_with(&path)) {
                collect_orphans(out, &path, expected, names)?;
                continue;
            }
        }
        names.push(path);
    }
    Ok(())
}

fn refused(verb: &str, path: &Path) -> String {
    format!("nothing was changed: cannot {verb} `{}`", path.display())
}

/// The folder, opened and locked for this run alone; the lock ends with the process, however it ends.
fn lock(out: &Path, tries: u32) -> anyhow::Result<File> {
    let failed = || format!("nothing was changed: cannot lock the folder `{}`", out.display());
    let folder = File::open(out).with_context(failed)?;
    for attempt in 1..=tries {
        match folder.try_lock() {
            Ok(()) => return Ok(folder),
            // Some network file systems know no locks; renaming keeps every file whole there too.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                return Ok(folder);
            }
            Err(TryLockError::Error(error)) => return Err(error).with_context(failed),
            Err(TryLockError::WouldBlock) if attempt < tries => thread::sleep(LOCK_PAUSE),
            Err(TryLockError::WouldBlock) => {}
        }
    }
    bail!(
        "nothing was changed: another run is writing to `{}`; run this one again when it has ended",
        out.display()
    )
}

/// Removes what killed runs left; the lock is held, so no other run is still using it.
fn sweep(out: &Path) -> anyhow::Result<()> {
    let failed = || format!("nothing was changed: cannot clean up `{}`", out.display());
    for entry in fs::read_dir(out).with_context(failed)? {
        let entry = entry.with_context(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(STAGED_PREFIX) && name.ends_with(STAGED_SUFFIX) {
            fs::remove_file(entry.path()).with_context(failed)?;
        }
    }
    Ok(())
}

/// A file as it was before the run.
struct Old {
    bytes: Vec<u8>,
    permissions: Permissions,
}

impl Old {
    /// None where there is no file; an error where there is something that a rename would destroy.
    fn read(path: &Path) -> anyhow::Result<Option<Self>> {
        let metadata = match fs::symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            metadata => metadata?,
        };
        if metadata.is_symlink() {
            bail!("it is a symbolic link, which would be cut; put the file itself there, or remove the link");
        }
        if metadata.is_dir() {
            bail!("it is a folder; move it away");
        }
        if !metadata.is_file() {
            bail!("it is not a regular file; move it away");
        }
        Ok(Some(Self { bytes: fs::read(path)?, permissions: metadata.permissions() }))
    }
}

/// A new file, whole, that waits beside its target. Dropped, it is gone.
struct Staged {
    temp: NamedTempFile,
    path: PathBuf,
    old: Option<Old>,
}

fn stage(folder: &Path, bytes: &[u8], permissions: Option<Permissions>) -> io::Result<NamedTempFile> {
    // A new file gets what the umask leaves of 0666, like any other; a replaced one keeps its mode.
    let mut temp = Builder::new()
        .prefix(STAGED_PREFIX)
        .suffix(STAGED_SUFFIX)
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder)?;
    temp.write_all(bytes)?;
    if let Some(permissions) = permissions {
        temp.as_file().set_permissions(permissions)?;
    }
    Ok(temp)
}

/// Puts the bytes of all staged files on disk: without it, a power cut after the rename can leave a new name with no
/// bytes in it. All at once, so that a journalling file system can commit them together.
fn flush(staged: &[Staged]) -> anyhow::Result<()> {
    let flushed = parallel::each(staged, |one| one.temp.as_file().sync_all());
    for (one, flushed) in staged.iter().zip(flushed) {
        flushed.with_context(|| refused("write", &one.path))?;
    }
    Ok(())
}

/// Renames every staged file to its place. If the world refuses one, those before it are put back.
fn replace(staged: Vec<Staged>) -> anyhow::Result<()> {
    let mut done = Vec::new();
    for Staged { temp, path, old } in staged {
        if let Err(refusal) = temp.persist(&path) {
            let stuck = put_back(done);
            let error = anyhow::Error::new(refusal.error);
            return Err(if stuck.is_empty() {
                error.context(refused("replace", &path))
            } else {
                let stuck = stuck.join("`, `");
                error.context(format!("cannot replace `{}`; already new: `{stuck}`", path.display()))
            });
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
            Some(old) => stage(folder_of(&path), &old.bytes, Some(old.permissions))
                .and_then(|temp| temp.as_file().sync_all().map(|()| temp))
                .and_then(|temp| temp.persist(&path).map(drop).map_err(|refusal| refusal.error)),
        };
        if restored.is_err() {
            stuck.push(path.display().to_string());
        }
    }
    stuck
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, symlink};

    use super::*;

    fn files(pairs: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
        pairs.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
    }

    /// A folder with `a` and `b`, both saying "old".
    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        publish(folder.path(), &files(&[("a", "old"), ("b", "old")])).unwrap();
        folder
    }

    /// Every name with its text, hidden ones too; a folder's text is its slash.
    fn content(folder: &Path) -> Vec<(String, String)> {
        let mut content: Vec<(String, String)> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| {
                let text = if path.is_dir() { "/".to_owned() } else { fs::read_to_string(&path).unwrap() };
                (path.file_name().unwrap().to_str().unwrap().to_owned(), text)
            })
            .collect();
        content.sort();
        content
    }

    fn content_is(folder: &Path, expected: &[(&str, &str)]) {
        let content = content(folder);
        let content: Vec<(&str, &str)> =
            content.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert_eq!(content, expected);
    }

    fn refusal(folder: &Path) -> String {
        let error = publish(folder, &files(&[("a", "new"), ("b", "new")])).unwrap_err();
        format!("{error:#}").replace(&folder.display().to_string(), "OUT")
    }

    #[test]
    fn each_file_is_created_updated_or_left_alone() {
        let folder = folder();
        let (a, b) = (folder.path().join("a"), folder.path().join("b"));
        fs::set_permissions(&a, Permissions::from_mode(0o640)).unwrap();
        let untouched = fs::metadata(&b).unwrap();
        let published = publish(folder.path(), &files(&[("a", "new"), ("b", "old"), ("c", "new")])).unwrap();
        let changes: Vec<_> = published.files().iter().map(|(_, change)| *change).collect();
        assert_eq!(changes, [Change::Updated, Change::Unchanged, Change::Created]);
        content_is(folder.path(), &[("a", "new"), ("b", "old"), ("c", "new")]);
        assert_eq!(fs::metadata(&a).unwrap().mode() & 0o777, 0o640, "a replaced file keeps its mode");
        assert_eq!(fs::metadata(&b).unwrap().ino(), untouched.ino());
        assert_eq!(fs::metadata(&b).unwrap().modified().unwrap(), untouched.modified().unwrap());
        let probe = folder.path().join("probe");
        fs::write(&probe, "").unwrap();
        let as_usual = fs::metadata(&probe).unwrap().mode();
        assert_eq!(fs::metadata(folder.path().join("c")).unwrap().mode(), as_usual, "the umask decides");
    }

    #[test]
    fn a_missing_folder_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("deep/generated");
        publish(&out, &files(&[("a", "new")])).unwrap();
        content_is(&out, &[("a", "new")]);
    }

    #[test]
    fn what_a_killed_run_left_is_swept_up_and_nothing_else() {
        let folder = folder();
        for name in [".seasonscale-Ab12.tmp", ".seasonscale-notes", ".gitkeep"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        publish(folder.path(), &files(&[("a", "old")])).unwrap();
        content_is(
            folder.path(),
            &[(".gitkeep", "x"), (".seasonscale-notes", "x"), ("a", "old"), ("b", "old")],
        );
    }

    #[test]
    fn a_folder_in_a_file_s_place_is_refused_and_nothing_changes() {
        let folder = folder();
        fs::remove_file(folder.path().join("b")).unwrap();
        fs::create_dir(folder.path().join("b")).unwrap();
        assert_eq!(
            refusal(folder.path()),
            "nothing was changed: cannot read `OUT/b`: it is a folder; move it away"
        );
        content_is(folder.path(), &[("a", "old"), ("b", "/")]);
    }

    #[test]
    fn a_link_in_a_file_s_place_is_refused_and_nothing_changes() {
        let folder = folder();
        fs::rename(folder.path().join("b"), folder.path().join("elsewhere")).unwrap();
        symlink("elsewhere", folder.path().join("b")).unwrap();
        assert!(refusal(folder.path()).contains("`OUT/b`: it is a symbolic link"));
        content_is(folder.path(), &[("a", "old"), ("b", "old"), ("elsewhere", "old")]);
    }

    #[test]
    fn a_file_in_the_folder_s_place_is_refused() {
        let folder = folder();
        let error = publish(&folder.path().join("a"), &files(&[("c", "new")])).unwrap_err();
        assert!(format!("{error:#}").starts_with("cannot make the folder `"), "{error:#}");
        content_is(folder.path(), &[("a", "old"), ("b", "old")]);
    }

    #[test]
    fn a_second_run_is_told_of_the_first() {
        let folder = folder();
        let first = lock(folder.path(), 1).unwrap();
        let error = lock(folder.path(), 2).unwrap_err();
        assert!(error.to_string().contains("another run is writing to"), "{error}");
        drop(first);
        assert!(lock(folder.path(), 1).is_ok());
    }

    /// `a` and `b` staged, with a new `c`, as `publish` does before the first rename.
    fn staged(folder: &Path) -> Vec<Staged> {
        let stage = |name: &str| {
            let path = folder.join(name);
            let old = Old::read(&path).unwrap();
            Staged { temp: stage(folder, b"new", None).unwrap(), path, old }
        };
        vec![stage("a"), stage("c"), stage("b")]
    }

    #[test]
    fn a_rename_refused_half_way_puts_the_others_back() {
        let folder = folder();
        let staged = staged(folder.path());
        fs::remove_file(folder.path().join("b")).unwrap();
        fs::create_dir(folder.path().join("b")).unwrap();
        let error = format!("{:#}", replace(staged).unwrap_err());
        assert!(error.starts_with("nothing was changed: cannot replace `"), "{error}");
        content_is(folder.path(), &[("a", "old"), ("b", "/")]);
    }

    #[test]
    fn a_folder_that_vanishes_meanwhile_is_an_error() {
        let folder = folder();
        let staged = staged(folder.path());
        fs::remove_dir_all(folder.path()).unwrap();
        assert!(replace(staged).is_err());
    }

    #[test]
    fn a_file_that_lies_deeper_gets_its_folder_and_leaves_nothing_beside_it() {
        let folder = folder();
        let deep = folder.path().join("dashboards");
        publish(folder.path(), &files(&[("dashboards/cost.json", "new"), ("a", "new")])).unwrap();
        fs::write(deep.join(".seasonscale-Ab12.tmp"), "x").unwrap();
        fs::write(deep.join("own.json"), "x").unwrap();
        publish(folder.path(), &files(&[("dashboards/cost.json", "newer")])).unwrap();
        content_is(&deep, &[("cost.json", "newer"), ("own.json", "x")]);
        let expected = BTreeSet::from(["a", "b", "dashboards/cost.json"].map(str::to_owned));
        assert_eq!(orphans(folder.path(), &expected).unwrap(), ["dashboards/own.json"]);
    }

    #[test]
    fn a_file_in_the_place_of_a_deeper_folder_is_refused_and_nothing_changes() {
        let folder = folder();
        let error = publish(folder.path(), &files(&[("a", "new"), ("b/c", "new")])).unwrap_err();
        assert!(format!("{error:#}").starts_with("nothing was changed: cannot make the folder"), "{error:#}");
        content_is(folder.path(), &[("a", "old"), ("b", "old")]);
    }

    #[test]
    fn orphans_are_named_and_hidden_files_are_not() {
        let folder = folder();
        fs::create_dir(folder.path().join("old")).unwrap();
        fs::write(folder.path().join(".gitkeep"), "").unwrap();
        let expected = BTreeSet::from(["a".to_owned()]);
        assert_eq!(orphans(folder.path(), &expected).unwrap(), ["b", "old/"]);
        assert!(orphans(&folder.path().join("none"), &expected).unwrap().is_empty());
        content_is(folder.path(), &[(".gitkeep", ""), ("a", "old"), ("b", "old"), ("old", "/")]);
    }
}

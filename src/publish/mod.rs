//! Publishing: a set of files takes the place of an older one. Every changed file is staged whole beside its target, and only
//! then do renames put the new files in their places: a reader, or a run killed at any moment, sees each file wholly old or
//! wholly new. No file system renames several files in one step. So a note lies in the folder from the first rename to the last,
//! and the files that a cluster is given come last.
//!
//! The folder itself is locked meanwhile; what a killed run left behind is swept up by the next. It must not know what
//! the files mean.

mod interrupted;
mod links;
mod lock;
mod orphans;
mod owner;
mod staged;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::parallel;
use staged::{Old, STAGED_PREFIX, STAGED_SUFFIX, Staged};

pub use interrupted::{is_interrupted, note};
pub use links::link;
pub use orphans::orphans;

/// What became of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was not there.
    Created,
    /// It said something else.
    Updated,
    /// It said the same, and was not touched.
    Unchanged,
}

impl Change {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
        }
    }
}

/// What a run wrote.
#[derive(Debug)]
pub struct Published {
    files: Vec<(String, Change)>,
}

impl Published {
    /// Every file, in the order given, with what became of it.
    pub fn files(&self) -> &[(String, Change)] {
        &self.files
    }
}

/// A file to be written.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// Its path in the folder, with slashes where it lies deeper.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// Whether it takes its place after the others: what a run that is stopped half-way should rather leave old.
    pub is_last: bool,
}

/// Makes the files in `out` be exactly these.
///
/// # Errors
///
/// On an error every old file is as it was; where not even that can be done, the error names the files that are new.
pub fn publish(out: &Path, files: &[NewFile]) -> anyhow::Result<Published> {
    fs::create_dir_all(out).with_context(|| format!("cannot make the folder `{}`", out.display()))?;
    let folder = lock::lock(out, lock::TRIES)?;
    for file in files {
        links::refuse(out, &file.name)?;
    }
    for folder in &folders(out, files) {
        fs::create_dir_all(folder).with_context(|| refused("make the folder", folder))?;
        sweep(folder)?;
    }
    let Prepared { changes, staged } = stage_all(out, files)?;
    staged::flush(&staged)?;
    let renamed: BTreeSet<PathBuf> = staged.iter().map(|one| folder_of(&one.path).to_owned()).collect();
    interrupted::leave(out, &staged).with_context(|| refused("write", &note(out)))?;
    let made = files.iter().map(|file| file.name.as_str()).collect();
    match staged::replace(staged) {
        Ok(()) => {}
        Err(staged::Failed { error, is_mixed: true }) => return Err(error),
        Err(staged::Failed { error, is_mixed: false }) => {
            interrupted::remove(out, &made)?;
            return Err(error);
        }
    }
    // The names are right already. Where a file system cannot flush a folder, or a power cut comes first, some names
    // may show their old files again, whole ones, which the next run repairs.
    let renamed: Vec<PathBuf> = renamed.into_iter().collect();
    parallel::each(&renamed, |folder| File::open(folder).and_then(|folder| folder.sync_all()).is_ok());
    interrupted::remove(out, &made).with_context(|| format!("cannot remove `{}`", note(out).display()))?;
    drop(folder);
    Ok(Published { files: changes })
}

/// Removes these files and folders of `out`, as [`orphans()`] names them.
///
/// # Errors
///
/// Where one cannot be removed, or is or lies behind a symbolic link; those before it are gone.
pub fn remove(out: &Path, names: &[String]) -> anyhow::Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let folder = lock::lock(out, lock::TRIES)?;
    for name in names {
        links::refuse(out, name.trim_end_matches('/'))?;
        let path = out.join(name);
        let removed = if name.ends_with('/') { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.with_context(|| format!("cannot remove `{}`", path.display()))?;
    }
    drop(folder);
    Ok(())
}

/// All that there is before the first rename.
struct Prepared {
    /// What becomes of each file, in the order given.
    changes: Vec<(String, Change)>,
    /// The changed ones, those that come last at the end.
    staged: Vec<Staged>,
}

fn stage_all(out: &Path, files: &[NewFile]) -> anyhow::Result<Prepared> {
    let (mut staged, mut last, mut changes) = (Vec::new(), Vec::new(), Vec::new());
    for (file, prepared) in files.iter().zip(parallel::each(files, |file| stage_one(out, file))) {
        let (change, new) = prepared?;
        let group = if file.is_last { &mut last } else { &mut staged };
        group.extend(new);
        changes.push((file.name.clone(), change));
    }
    staged.extend(last);
    Ok(Prepared { changes, staged })
}

/// What becomes of a file, and where it waits if it changes.
fn stage_one(out: &Path, file: &NewFile) -> anyhow::Result<(Change, Option<Staged>)> {
    let path = out.join(&file.name);
    let old = Old::read(&path, &file.bytes).with_context(|| refused("read", &path))?;
    let change = match &old {
        None => Change::Created,
        Some(old) if old.bytes == file.bytes => return Ok((Change::Unchanged, None)),
        Some(_) => Change::Updated,
    };
    let temp = staged::stage(folder_of(&path), &file.bytes, old.as_ref());
    let temp = temp.with_context(|| refused("write", &path))?;
    Ok((change, Some(Staged { temp, path, old })))
}

/// The folders in which `files` lie, `out` among them.
fn folders(out: &Path, files: &[NewFile]) -> BTreeSet<PathBuf> {
    let own = files.iter().map(|file| folder_of(&out.join(&file.name)).to_owned());
    own.chain([out.to_owned()]).collect()
}

fn folder_of(path: &Path) -> &Path {
    path.parent().expect("internal error: a file without a folder")
}

fn refused(verb: &str, path: &Path) -> String {
    format!("nothing was changed: cannot {verb} `{}`", path.display())
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

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    fn files(pairs: &[(&str, &str)]) -> Vec<NewFile> {
        let file = |(name, text): &(&str, &str)| NewFile {
            name: (*name).to_owned(),
            bytes: text.as_bytes().to_vec(),
            is_last: false,
        };
        pairs.iter().map(file).collect()
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

    /// `a` and `b` staged, with a new `c`, as `publish` does before the first rename.
    fn staged(folder: &Path) -> Vec<Staged> {
        let stage = |name: &str| {
            let path = folder.join(name);
            let old = Old::read(&path, b"").unwrap();
            Staged { temp: staged::stage(folder, b"new", None).unwrap(), path, old }
        };
        vec![stage("a"), stage("c"), stage("b")]
    }

    #[test]
    fn a_rename_refused_half_way_puts_the_others_back() {
        let folder = folder();
        let staged = staged(folder.path());
        fs::remove_file(folder.path().join("b")).unwrap();
        fs::create_dir(folder.path().join("b")).unwrap();
        let error = format!("{:#}", staged::replace(staged).unwrap_err().error);
        assert!(error.starts_with("nothing was changed: cannot replace `"), "{error}");
        content_is(folder.path(), &[("a", "old"), ("b", "/")]);
    }

    #[test]
    fn a_folder_that_vanishes_meanwhile_is_an_error() {
        let folder = folder();
        let staged = staged(folder.path());
        fs::remove_dir_all(folder.path()).unwrap();
        assert!(staged::replace(staged).is_err());
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

    #[test]
    fn a_folder_that_is_a_link_is_refused_and_nothing_is_written_or_swept_up_behind_it() {
        let folder = folder();
        let elsewhere = tempfile::tempdir().unwrap();
        fs::write(elsewhere.path().join(".seasonscale-Ab12.tmp"), "x").unwrap();
        symlink(elsewhere.path(), folder.path().join("dashboards")).unwrap();
        let error =
            publish(folder.path(), &files(&[("a", "new"), ("dashboards/cost.json", "new")])).unwrap_err();
        assert!(format!("{error:#}").contains("/dashboards`: it is a symbolic link"), "{error:#}");
        content_is(elsewhere.path(), &[(".seasonscale-Ab12.tmp", "x")]);
        assert_eq!(fs::read_to_string(folder.path().join("a")).unwrap(), "old");
        let expected = BTreeSet::from(["a", "b", "dashboards/cost.json"].map(str::to_owned));
        assert!(orphans(folder.path(), &expected).unwrap().is_empty());
    }

    #[test]
    fn the_output_folder_itself_may_be_a_link() {
        let folder = folder();
        let place = tempfile::tempdir().unwrap();
        let link = place.path().join("generated");
        symlink(folder.path(), &link).unwrap();
        publish(&link, &files(&[("a", "new")])).unwrap();
        content_is(folder.path(), &[("a", "new"), ("b", "old")]);
    }

    #[test]
    fn a_note_lies_there_until_all_files_that_it_names_are_made() {
        let folder = folder();
        interrupted::leave(folder.path(), &staged(folder.path())).unwrap();
        assert!(is_interrupted(folder.path()));
        let text = fs::read_to_string(note(folder.path())).unwrap();
        assert!(
            text.starts_with("interrupted: run generate\n") && text.ends_with("\n  a\n  b\n  c\n"),
            "{text}"
        );
        publish(folder.path(), &files(&[("a", "new")])).unwrap();
        assert!(is_interrupted(folder.path()), "b and c may still be of the other run");
        publish(folder.path(), &files(&[("a", "new"), ("b", "new"), ("c", "new")])).unwrap();
        content_is(folder.path(), &[("a", "new"), ("b", "new"), ("c", "new")]);
    }

    #[test]
    fn files_that_come_last_take_their_places_last() {
        let folder = folder();
        let mut new = files(&[("a", "new"), ("b", "new"), ("c", "new")]);
        new[0].is_last = true;
        let Prepared { changes, staged } = stage_all(folder.path(), &new).unwrap();
        let order: Vec<_> =
            staged.iter().map(|one| one.path.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(order, ["b", "c", "a"]);
        assert_eq!(changes.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    }

    #[test]
    fn run_as_root_a_file_keeps_its_owner_and_group() {
        let folder = folder();
        let a = folder.path().join("a");
        if std::os::unix::fs::chown(&a, Some(4321), Some(1234)).is_err() {
            // Only root may give a file away.
            return;
        }
        publish(folder.path(), &files(&[("a", "new")])).unwrap();
        let kept = fs::metadata(&a).unwrap();
        assert_eq!((kept.uid(), kept.gid()), (4321, 1234));
    }
}

//! Reading: policy files, templates and manifests from disk. What is wrong with a user's file is a finding; everything else
//! fails.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context, bail};

use crate::cluster;
use crate::emit::Templates;
use crate::finding::{Diagnostic, Place, Rule};
use crate::import::Input;
use crate::policy;
use crate::source::{self, Located, Source, Sources};

const FILES: [&str; 2] = ["calendar.toml", "territories.toml"];

/// As many bytes as one file, or standard input, may have; set once, as `--max-size` says it.
static MOST: OnceLock<u64> = OnceLock::new();

/// Enough for the objects of a whole cluster.
pub(super) const DEFAULT_MOST: u64 = 64 << 20;

/// Sets how many bytes are read at most.
pub(super) fn read_at_most(bytes: u64) {
    let _ = MOST.set(bytes);
}

/// A whole file.
///
/// # Errors
///
/// Besides the system's: what is not a regular file, as a device that never ends or a pipe that nobody fills, and what is too
/// large.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let metadata = fs::metadata(path)?;
    // `<(command)` of a shell, and `/dev/stdin`.
    let is_descriptor =
        path == Path::new("/dev/stdin") || path.starts_with("/dev/fd") || path.starts_with("/proc/self/fd");
    if metadata.is_dir() {
        return Err(io::Error::other("it is a folder"));
    }
    if !metadata.is_file() && !is_descriptor {
        return Err(io::Error::other("it is not a regular file"));
    }
    bounded(File::open(path)?)
}

/// All bytes of `from`, if they are not too many.
pub(super) fn bounded(from: impl Read) -> io::Result<Vec<u8>> {
    let most = *MOST.get().unwrap_or(&DEFAULT_MOST);
    let mut bytes = Vec::new();
    from.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let said = format!("it is larger than {}; `--max-size` takes more", size(most));
        return Err(io::Error::other(said));
    }
    Ok(bytes)
}

fn size(bytes: u64) -> String {
    match bytes {
        _ if bytes.is_multiple_of(1 << 20) => format!("{} MiB", bytes >> 20),
        _ if bytes.is_multiple_of(1 << 10) => format!("{} KiB", bytes >> 10),
        1 => "1 byte".to_owned(),
        _ => format!("{bytes} bytes"),
    }
}

/// Both policy files of `folder`, and what keeps them from being read; none where there is no policy at all.
pub(super) fn policies(folder: &Path) -> Option<(Sources, Vec<Diagnostic>)> {
    let mut problems = Vec::new();
    let mut missing = 0;
    let mut file = |name: &str| {
        let path = folder.join(name);
        let shown = path.display().to_string();
        let text = match read(&path) {
            Ok(bytes) => text(bytes, &shown, &mut problems),
            Err(error) => {
                missing += usize::from(error.kind() == io::ErrorKind::NotFound);
                problems.push(unreadable(&shown, &error));
                String::new()
            }
        };
        Source { name: shown, text }
    };
    let [calendar, territories] = FILES.map(&mut file);
    if missing == FILES.len() {
        return None;
    }
    let sources = Sources::new(calendar, territories);
    let (sources, found) = with_manifests(sources, |written| {
        let path = folder.join(written);
        let shown = path.display().to_string();
        read(&path).map(|bytes| (shown, bytes)).map_err(|error| error.to_string())
    });
    problems.extend(found);
    let neighbours = neighbours(folder, &sources);
    Some((sources.with_neighbours(neighbours), problems))
}

/// That a folder has no policy, what else is missing, and how to begin one.
pub(super) fn no_policy(folder: &Path, more: &str) -> String {
    let shown = folder.display().to_string();
    let at = if shown == "policies" { String::new() } else { format!(" -i {}", cluster::shell_word(&shown)) };
    format!(
        "seasonscale: nothing to read: no calendar.toml and territories.toml in `{shown}`{more}; `seasonscale init{at}` writes a first policy"
    )
}

/// A manifest that people wrote is smaller than this.
const MOST_NEIGHBOUR: u64 = 1 << 20;

/// The other manifests in the folders of those that the policy names, in order: an autoscaler that an object has beside it is
/// mostly there. What cannot be read is nobody's concern here.
fn neighbours(folder: &Path, sources: &Sources) -> Vec<Source> {
    let named: BTreeSet<PathBuf> = sources.manifests().map(|(written, _)| folder.join(written)).collect();
    let folders: BTreeSet<&Path> = named.iter().filter_map(|path| path.parent()).collect();
    let listed = folders.into_iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten();
    let listed: BTreeSet<PathBuf> = listed.filter_map(|entry| Some(entry.ok()?.path())).collect();
    let is_manifest = |path: &Path| {
        let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        !is_hidden
            && path.extension().is_some_and(|end| ["yaml", "yml", "json"].iter().any(|kind| end == *kind))
    };
    let others = listed.difference(&named).filter(|path| is_manifest(path));
    let read = |path: &PathBuf| {
        let metadata = fs::metadata(path).ok()?;
        if !metadata.is_file() || metadata.len() > MOST_NEIGHBOUR {
            return None;
        }
        let text = String::from_utf8(fs::read(path).ok()?).ok()?;
        Some(Source { name: path.display().to_string(), text })
    };
    others.filter_map(read).collect()
}

/// `sources` with the manifests that they name, each read by `read` as its name to show and its bytes.
pub(super) fn with_manifests(
    mut sources: Sources,
    read: impl Fn(&str) -> Result<(String, Vec<u8>), String>,
) -> (Sources, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    for named in policy::manifests(&sources) {
        if sources.manifest(&named.value).is_some() {
            continue;
        }
        match read(&named.value) {
            Ok((shown, bytes)) => {
                let text = text(bytes, &shown, &mut problems);
                sources = sources.with_manifest(&named.value, Source { name: shown, text });
            }
            Err(error) => problems.push(no_manifest(&named, &error)),
        }
    }
    (sources, problems)
}

fn no_manifest(named: &Located<String>, error: &str) -> Diagnostic {
    Diagnostic::new(Rule::UnreadableFile, format!("`{}` cannot be read: {error}", named.value))
        .at(named.span, "this file")
        .help("write the way to it from the policy's folder, as in `scaledobject = \"base/checkout.yaml\"`")
}

fn text(bytes: Vec<u8>, name: &str, problems: &mut Vec<Diagnostic>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| {
        problems.push(not_utf8(name, error.as_bytes(), error.utf8_error().valid_up_to()));
        String::new()
    })
}

fn not_utf8(name: &str, bytes: &[u8], at: usize) -> Diagnostic {
    let line = 1 + bytes[..at].iter().filter(|byte| **byte == b'\n').count();
    let place = Place { artifact: name.to_owned(), line: Some(line), route: String::new() };
    let found = Diagnostic::new(Rule::NotUtf8, format!("`{name}` is not UTF-8 text")).inside(place);
    if source::is_utf16(bytes) {
        return found.note(source::UTF_16).help(source::FROM_UTF_16);
    }
    found
        .note(format!("byte {at} is 0x{:02x}, which no character there can have", bytes[at]))
        .help("save the file as UTF-8; an editor may have written Latin-1 (Windows-1252)")
}

fn unreadable(name: &str, error: &io::Error) -> Diagnostic {
    let place = Place { artifact: name.to_owned(), line: None, route: String::new() };
    Diagnostic::new(Rule::UnreadableFile, format!("`{name}` cannot be read: {error}")).inside(place).help(
        "a policy is two files, `calendar.toml` and `territories.toml`, in one folder (`--policies DIR`)",
    )
}

/// The embedded templates, with those of `folder` in their place.
pub(super) fn templates(folder: Option<&Path>) -> anyhow::Result<Result<Templates, Vec<Diagnostic>>> {
    let mut replacements = BTreeMap::new();
    if let Some(folder) = folder {
        collect(folder, "", &mut Way::default(), &mut replacements)?;
    }
    Ok(Templates::with(replacements))
}

/// The real folders that lead to where templates are looked for, and how much was seen.
#[derive(Default)]
struct Way {
    above: Vec<PathBuf>,
    seen: usize,
}

/// More files and folders than this are not a folder of templates. Links that lead to one folder twice, and on from there twice,
/// would make a short way endless without a circle.
const MOST_ENTRIES: usize = 10_000;

/// Every `*.j2` file under `folder`, by its path relative to the first one. A link to a folder above is a circle.
fn collect(
    folder: &Path,
    prefix: &str,
    way: &mut Way,
    found: &mut BTreeMap<String, String>,
) -> anyhow::Result<()> {
    let cannot = || format!("cannot list templates in `{}`", folder.display());
    let real = folder.canonicalize().with_context(cannot)?;
    if way.above.contains(&real) {
        bail!("{}: a link there leads in a circle", cannot());
    }
    way.above.push(real);
    for entry in fs::read_dir(folder).with_context(cannot)? {
        let entry = entry.with_context(cannot)?;
        way.seen += 1;
        if way.seen > MOST_ENTRIES {
            bail!(
                "{}: more than {MOST_ENTRIES} files are there; give a folder that holds only them",
                cannot()
            );
        }
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        if path.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), way, found)?;
        } else if name.ends_with(".j2") {
            let cannot = || format!("cannot read `{}`", path.display());
            let text = String::from_utf8(read(&path).with_context(cannot)?);
            found.insert(format!("{prefix}{name}"), text.with_context(cannot)?);
        }
    }
    way.above.pop();
    Ok(())
}

/// The names of all files directly in `folder`.
pub(super) fn file_names(folder: &Path) -> anyhow::Result<Vec<String>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot list `{}`", folder.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot list `{}`", folder.display()))?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// Files as they were given, each once; a folder stands for every YAML and JSON file below it, in order.
pub(super) fn manifests(files: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let (mut all, mut seen) = (Vec::new(), BTreeSet::new());
    for file in files {
        let mut below = BTreeSet::new();
        if file.is_dir() {
            list(file, &mut below)?;
        } else {
            below.insert(file.clone());
        }
        all.extend(below.into_iter().filter(|path| seen.insert(path.clone())));
    }
    Ok(all)
}

fn list(folder: &Path, into: &mut BTreeSet<PathBuf>) -> anyhow::Result<()> {
    let cannot = || format!("cannot list `{}`", folder.display());
    for entry in fs::read_dir(folder).with_context(cannot)? {
        let entry = entry.with_context(cannot)?;
        let path = entry.path();
        // A link could lead back up.
        let kind = entry.file_type().with_context(cannot)?;
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if kind.is_dir() {
            list(&path, into)?;
        } else if ["yaml", "yml", "json"].contains(&extension) {
            into.insert(path);
        }
    }
    Ok(())
}

/// What a file is called and its bytes; `-` is standard input.
pub(super) fn bytes(path: &Path) -> anyhow::Result<(String, Vec<u8>)> {
    if path == Path::new("-") {
        let bytes = bounded(io::stdin().lock()).context("cannot read standard input")?;
        return Ok((Input::STANDARD.to_owned(), bytes));
    }
    let name = path.display().to_string();
    let bytes = read(path).with_context(|| format!("cannot read `{name}`"))?;
    Ok((name, bytes))
}

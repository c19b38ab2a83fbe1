//! The policy to compare with: another folder, or the same folder as it was in a Git revision. No network.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, anyhow, bail};

use super::input;
use crate::finding::Diagnostic;
use crate::source::{Source, Sources};

/// Whether `path` is a folder with a policy.
pub(super) fn is_folder(path: &str) -> bool {
    Path::new(path).is_dir()
}

/// Both policy files of `against`: a folder if there is one of that name, else a revision of `folder`.
pub(super) fn policies(folder: &Path, against: &str) -> anyhow::Result<(Sources, Vec<Diagnostic>)> {
    if is_folder(against) {
        return input::policies(Path::new(against))
            .with_context(|| format!("no calendar.toml and territories.toml in `{against}`"));
    }
    let calendar = shown(folder, against, "calendar.toml")?;
    let territories = shown(folder, against, "territories.toml")?;
    let sources = Sources::new(calendar, territories);
    Ok(input::with_manifests(sources, |written| {
        let source = shown(folder, against, written).map_err(|error| error.to_string())?;
        Ok((source.name, source.text.into_bytes()))
    }))
}

/// Whether a revision has no policy in `folder` yet.
pub(super) fn is_new(folder: &Path, against: &str) -> bool {
    if is_folder(against) {
        return false;
    }
    let listed = commit(folder, against).and_then(|commit| {
        git(folder, &["ls-tree", "--name-only", &commit, "./calendar.toml", "./territories.toml"])
    });
    listed.is_ok_and(|names| names.is_empty())
}

/// The commit that a revision names.
fn commit(folder: &Path, revision: &str) -> anyhow::Result<String> {
    if revision.starts_with(['-', '^']) || revision.contains(':') || revision.contains("..") {
        bail!("`{revision}` is neither a folder nor the name of a Git revision");
    }
    let commit = git(
        folder,
        &["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{commit}}")],
    );
    let commit = commit.map_err(|said| match said.to_string().as_str() {
        "" => anyhow!("`{revision}` is neither a folder nor a revision that Git has here"),
        said => anyhow!("`{revision}` is not a folder, and git says: {said}"),
    })?;
    Ok(String::from_utf8_lossy(&commit).trim().to_owned())
}

/// A file as it was in a revision.
fn shown(folder: &Path, revision: &str, file: &str) -> anyhow::Result<Source> {
    let commit = commit(folder, revision)?;
    let blob = git(folder, &["cat-file", "blob", &format!("{commit}:./{file}")]);
    let blob = blob.with_context(|| format!("`{file}` cannot be had from revision `{revision}`"))?;
    let text = String::from_utf8(blob).with_context(|| format!("`{revision}:{file}` is not UTF-8 text"))?;
    Ok(Source { name: format!("{revision}:{file}"), text })
}

/// What git prints. It reads objects and does nothing else: a repository's own settings name programs that git would run for a
/// transport, a hook, a pager or a filter, and a partial clone would fetch what it has not. No protocol is allowed, which stops
/// a fetch in a Git that does not know `GIT_NO_LAZY_FETCH` yet (before 2.45).
///
/// Not by the crate `gix`: it would add about a minute to a build, for two reads of one file each.
fn git(folder: &Path, arguments: &[&str]) -> anyhow::Result<Vec<u8>> {
    let mut command = Command::new("git");
    command.args([
        "--no-pager",
        "--no-replace-objects",
        "-c",
        "core.hooksPath=/dev/null",
        "-c",
        "core.fsmonitor=false",
    ]);
    command.args(["-c", "core.sshCommand=false", "-c", "protocol.allow=never"]);
    command.arg("-C").arg(folder).args(arguments).stdin(Stdio::null());
    let closed = [
        ("GIT_NO_LAZY_FETCH", "1"),
        ("GIT_ALLOW_PROTOCOL", ""),
        ("GIT_PROTOCOL_FROM_USER", "0"),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("GIT_ASKPASS", "false"),
        ("SSH_ASKPASS", "false"),
        ("GIT_SSH_COMMAND", "false"),
        ("GIT_OPTIONAL_LOCKS", "0"),
    ];
    command.envs(closed).env_remove("GIT_EXTERNAL_DIFF").env_remove("GIT_PROXY_COMMAND");
    let git = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut git = git.context("cannot run `git`, which a comparison with a revision needs")?;
    // Where it says too much, the pipe is closed, and it ends.
    let said = git.stdout.take().map_or_else(|| Ok(Vec::new()), input::bounded);
    let ended = git.wait_with_output().context("cannot wait for `git`")?;
    let said = said?;
    if !ended.status.success() {
        bail!("{}", String::from_utf8_lossy(&ended.stderr).trim());
    }
    Ok(said)
}

//! `check`: what on disk differs from what the policy says. Never writes.

use std::fmt::Write;
use std::io;
use std::path::Path;

use anyhow::{Context, bail};

use super::args::{Check, Places};
use super::stranger::{self, Stranger};
use super::{Outcome, compiling, input, output, today};
use crate::artifact::ArtifactKind;
use crate::compile::Compiled;
use crate::diagnostic::Diagnostic;
use crate::publish;
use crate::report;
use crate::review;

pub(super) fn run(arguments: &Check) -> anyhow::Result<Outcome> {
    let places = &arguments.places;
    if places.out == Path::new("-") {
        bail!("`check` compares files in a folder: `--out -` is for `generate`, which prints them");
    }
    let (compiled, sources) = match compiling::compiled(places)? {
        Ok(both) => both,
        Err(outcome) => return Ok(outcome),
    };
    let drift = drift(&compiled, places)?;
    output::data(&drift.diff)?;
    let findings = findings(&compiled, arguments);
    let failed = findings.iter().any(|finding| finding.severity() >= places.fail_on.severity());
    output::findings(&findings, &sources);
    for line in &drift.lines {
        output::remark(line);
    }
    if drift.lines.is_empty() {
        let count = compiled.artifacts.iter().filter(|artifact| places.wants(artifact.kind)).count();
        let (files, say) = if count == 1 { ("file", "says") } else { ("files", "say") };
        let out = places.out.display();
        output::remark(&format!("{count} {files} in {out} {say} what the policy says"));
    } else {
        output::remark(&mending(places, drift.removal.as_deref()));
    }
    Ok(if failed || !drift.lines.is_empty() { Outcome::Findings } else { Outcome::Clean })
}

fn findings(compiled: &Compiled, arguments: &Check) -> Vec<Diagnostic> {
    let mut findings = compiled.warnings.clone();
    findings.extend(compiling::rewritten_release(compiled, &arguments.places.out));
    if !compiled.plan.profile.budgets.is_empty() {
        findings.extend(review::overspent(&review::review(&compiled.plan)));
    }
    let today = arguments.today.unwrap_or_else(today::today);
    findings.extend(today::freshness(compiled.plan.horizon, compiled.plan.horizon_span, today));
    findings
}

/// Where the files on disk differ.
struct Drift {
    /// Unified diffs.
    diff: String,
    /// One line for each file that is stale, missing, left over or not ours.
    lines: Vec<String>,
    /// The command that removes what is left over.
    removal: Option<String>,
}

fn drift(compiled: &Compiled, places: &Places) -> anyhow::Result<Drift> {
    let mut drift = Drift { diff: String::new(), lines: Vec::new(), removal: None };
    if publish::is_interrupted(&places.out) {
        drift.lines.push(format!("stopped   {}", publish::note(&places.out).display()));
    }
    for artifact in compiled.artifacts.iter().filter(|artifact| places.wants(artifact.kind)) {
        let path = places.out.join(&artifact.path);
        let shown = path.display();
        if let Some(link) = publish::link(&places.out, &artifact.path) {
            let line = format!("link      {}", link.display());
            if !drift.lines.contains(&line) {
                drift.lines.push(line);
            }
            continue;
        }
        match existing(&path)? {
            None => drift.lines.push(format!("missing   {shown}")),
            Some(old) if old == artifact.text.as_bytes() => {}
            Some(old) => {
                drift.lines.push(format!("stale     {shown}"));
                let old = String::from_utf8_lossy(&old);
                drift.diff.push_str(&report::unified(&shown.to_string(), &old, &artifact.text));
            }
        }
    }
    let journal = compiled.plan.profile.journal.as_ref();
    let kept = journal.map(|journal| compiling::released_files(journal, &places.out)).unwrap_or_default();
    let released = journal.into_iter().flat_map(|journal| &journal.released);
    let lost = released.filter(|version| !kept.iter().any(|(of, _)| of == *version));
    drift.lines.extend(lost.filter(|_| places.wants(ArtifactKind::Journal)).map(|version| {
        let shown = places.out.join(format!("V{version}__*.sql"));
        format!("lost      {} was released: take it from version control", shown.display())
    }));
    let strangers = stranger::strangers(&places.out, compiled)?;
    drift.lines.extend(strangers.iter().map(Stranger::line));
    drift.removal = stranger::removal(&strangers);
    Ok(drift)
}

fn existing(path: &Path) -> anyhow::Result<Option<Vec<u8>>> {
    match input::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read `{}`", path.display())),
    }
}

/// The commands that mend what can be mended.
fn mending(places: &Places, removal: Option<&str>) -> String {
    let mut command = String::from("seasonscale generate");
    for (flag, value, default) in [("-i", &places.policies, "policies"), ("-o", &places.out, "generated")] {
        if value.as_path() != Path::new(default) {
            let _ = write!(command, " {flag} {}", value.display());
        }
    }
    if let Some(templates) = &places.templates {
        let _ = write!(command, " --templates {}", templates.display());
    }
    let left_over = removal.map(|removal| format!("; left-over files: run `{removal}`")).unwrap_or_default();
    format!(
        "stale and missing files, or a run that was stopped: run `{command}`{left_over}; a file that is not ours: move it away, or delete it yourself; a link: put the file or folder itself there"
    )
}

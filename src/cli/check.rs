//! `check`: what on disk, or in a cluster, differs from what the policy says. Never writes.

use std::fmt::Write;
use std::io;
use std::path::Path;

use anyhow::{Context, bail};

use super::args::{AuditFormat, Check};
use super::compiling::{self, Compilation, Refused};
use super::foreign;
use super::place::{self, Place};
use super::together::{self, Rest};
use super::{Outcome, cluster, input, output, today};
use crate::artifact::ArtifactKind;
use crate::finding::Diagnostic;
use crate::publish;
use crate::report;
use crate::report::check::{Differing, Log};
use crate::review;

/// More lines that differ in one file than are shown without `--full`.
const MOST: usize = 200;

pub(super) fn run(arguments: &Check) -> anyhow::Result<Outcome> {
    if arguments.places.out.as_deref() == Some(Path::new("-")) {
        bail!("`check` compares files in a folder: `--out -` is for `generate`, which prints them");
    }
    let places = match place::places(&arguments.places)? {
        Ok(places) => places,
        Err(outcome) => return Ok(outcome),
    };
    let rest = Rest::of(&places)?;
    let (mut log, mut outcome, mut all) = (Log::default(), Outcome::Clean, Vec::new());
    let is_human = arguments.format() == AuditFormat::Human;
    for place in places {
        match compiling::compiled(place)? {
            Ok(made) => all.push(made),
            Err(refused) => outcome = outcome.and(refuse(&refused, is_human, &mut log)),
        }
    }
    for (at, made) in all.iter().enumerate() {
        if is_human && !arguments.places.quiet {
            made.say_theirs();
        }
        let mut findings = findings(made, arguments);
        let beside = all[..at].iter().map(Compilation::planned).chain(rest.planned());
        findings.extend(together::clashes(made.planned(), beside));
        let failed = findings.iter().any(|finding| finding.severity() >= made.place.fail_on.severity());
        outcome = outcome.and(if failed { Outcome::Findings } else { Outcome::Clean });
        log.add(&findings, &made.sources);
        let drift = if arguments.cluster.is_none() { Some(drift(made, arguments.full)?) } else { None };
        if is_human {
            drift.iter().try_for_each(|drift| output::data(&drift.diff))?;
            output::findings(&findings, &made.sources);
        }
        if let Some(drift) = drift {
            if !(arguments.places.quiet && drift.lines.is_empty()) {
                outcome = outcome.and(say(&drift, made, is_human));
            }
            log.differ(drift.lines);
        }
    }
    if let Some(file) = arguments.cluster.as_deref().filter(|_| !all.is_empty()) {
        let differing = cluster::compare(file, &all)?;
        outcome = outcome.and(if differing.is_empty() { Outcome::Clean } else { Outcome::Findings });
        if is_human {
            differing.iter().try_for_each(|differing| output::data(&format!("{}\n", differing.line())))?;
        }
        log.differ(differing);
    }
    match arguments.format() {
        AuditFormat::Human => {}
        AuditFormat::Json => output::data(&log.json())?,
        AuditFormat::Github => output::data(&log.github())?,
        AuditFormat::Sarif => output::data(&log.sarif())?,
    }
    Ok(outcome)
}

fn refuse(refused: &Refused, is_human: bool, log: &mut Log) -> Outcome {
    if let Some(sources) = &refused.sources {
        log.add(&refused.problems, sources);
    }
    if is_human { refused.show() } else { refused.outcome }
}

fn findings(made: &Compilation, arguments: &Check) -> Vec<Diagnostic> {
    let Compilation { place, compiled, .. } = made;
    let mut findings = compiled.warnings.clone();
    findings.extend(compiling::rewritten_release(compiled, &place.out));
    if !compiled.plan.profile.budgets.is_empty() {
        findings.extend(review::overspent(&review::review(&compiled.plan)));
    }
    let today = arguments.today.unwrap_or_else(today::today);
    findings.extend(today::freshness(&compiled.plan, today));
    findings
}

/// Says in lines what differs, and how to mend it.
fn say(drift: &Drift, made: &Compilation, is_human: bool) -> Outcome {
    let place = &made.place;
    if is_human {
        drift.lines.iter().for_each(|differing| output::remark(&differing.line()));
    }
    if drift.lines.is_empty() {
        let count = made.compiled.artifacts.iter().filter(|artifact| place.wants(artifact.kind)).count();
        let (files, say) = if count == 1 { ("file", "says") } else { ("files", "say") };
        output::remark(&format!("{count} {files} in {} {say} what the policy says", place.out.display()));
        return Outcome::Clean;
    }
    output::remark(&mending(place, drift.removal.as_deref()));
    Outcome::Findings
}

/// Where the files on disk differ.
struct Drift {
    /// Unified diffs.
    diff: String,
    /// Each file that is stale, missing, left over or not ours.
    lines: Vec<Differing>,
    /// The command that removes what is left over.
    removal: Option<String>,
}

fn drift(made: &Compilation, is_full: bool) -> anyhow::Result<Drift> {
    let Compilation { place, compiled, .. } = made;
    let mut drift = Drift { diff: String::new(), lines: Vec::new(), removal: None };
    if publish::is_interrupted(&place.out) {
        drift.lines.push(Differing::file("stopped", publish::note(&place.out).display()));
    }
    for artifact in compiled.artifacts.iter().filter(|artifact| place.wants(artifact.kind)) {
        let path = place.out.join(&artifact.path);
        let shown = path.display().to_string();
        if let Some(link) = publish::link(&place.out, &artifact.path) {
            let line = Differing::file("link", link.display());
            if !drift.lines.contains(&line) {
                drift.lines.push(line);
            }
            continue;
        }
        match existing(&path)? {
            None => drift.lines.push(Differing::file("missing", &shown)),
            Some(old) if old == artifact.text.as_bytes() => {}
            Some(old) if without_returns(&old) == artifact.text.as_bytes() => {
                let why = "its lines end in CRLF, those of the policy's files in LF: `* -text` in .gitattributes keeps them";
                drift.lines.push(Differing::file("line ends", &shown).because(why));
            }
            Some(old) => {
                drift.lines.push(Differing::file("stale", &shown));
                let old = String::from_utf8_lossy(&old);
                let diff = report::unified(&shown, (&old, &artifact.text));
                drift.diff.push_str(&if is_full { diff } else { folded(&diff, &shown) });
            }
        }
    }
    drift.lines.extend(lost(made));
    let foreign = foreign::foreign_files(made)?;
    let named = foreign.iter().map(|file| Differing::file(file.state(), file.path().display()));
    drift.lines.extend(named);
    drift.removal = foreign::removal(&foreign);
    Ok(drift)
}

/// Released migrations that are not there any more.
fn lost(Compilation { place, compiled, .. }: &Compilation) -> Vec<Differing> {
    let journal = compiled.plan.profile.journal.as_ref();
    let kept = journal.map(|journal| compiling::released_files(journal, &place.out)).unwrap_or_default();
    let released = journal.into_iter().flat_map(|journal| &journal.released);
    let lost = released.filter(|version| !kept.iter().any(|(of, _)| of == *version));
    lost.filter(|_| place.wants(ArtifactKind::Journal))
        .map(|version| {
            let path = place.out.join(format!("V{version}__*.sql"));
            Differing::file("lost", path.display()).because("was released: take it from version control")
        })
        .collect()
}

/// A text whose lines end in LF.
fn without_returns(text: &[u8]) -> Vec<u8> {
    let mut without = text.to_vec();
    let mut at = 0;
    without.retain(|byte| {
        at += 1;
        *byte != b'\r' || text.get(at) != Some(&b'\n')
    });
    without
}

/// The first lines of a long diff, and how many more there are.
fn folded(diff: &str, name: &str) -> String {
    let lines = diff.lines().count();
    if lines <= MOST {
        return diff.to_owned();
    }
    let mut text: String = diff.split_inclusive('\n').take(MOST).collect();
    let _ = writeln!(text, ".. and {} more lines of {name}: `--full` shows them", lines - MOST);
    text
}

fn existing(path: &Path) -> anyhow::Result<Option<Vec<u8>>> {
    match input::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read `{}`", path.display())),
    }
}

/// The commands that mend what can be mended.
fn mending(place: &Place, removal: Option<&str>) -> String {
    let mut command = String::from("seasonscale generate");
    match &place.name {
        Some(name) => {
            let _ = write!(command, " {name}");
        }
        None => {
            for (flag, value, default) in
                [("-i", &place.policies, "policies"), ("-o", &place.out, "generated")]
            {
                if value.as_path() != Path::new(default) {
                    let _ = write!(command, " {flag} {}", value.display());
                }
            }
            if let Some(templates) = &place.templates {
                let _ = write!(command, " --templates {}", templates.display());
            }
        }
    }
    let left_over = removal
        .map(|removal| format!("; left-over files: run `{removal}`, or `{command} --prune`"))
        .unwrap_or_default();
    format!(
        "stale and missing files, or a run that was stopped: run `{command}`{left_over}; a file that is not ours: move it away, or name it under `own` in `seasonscale.toml`; a link: put the file or folder itself there"
    )
}

//! `generate`: compile, verify, write what changed.

use std::path::Path;

use super::args::Generate;
use super::compiling::{self, Compilation};
use super::together::{self, Rest};
use super::{Outcome, foreign, gone, output, place, today};
use crate::artifact::{Artifact, ArtifactKind};
use crate::finding::{Diagnostic, Rule, Severity, any_error};
use crate::plan::Plan;
use crate::publish::{self, Change, NewFile, publish};

pub(super) fn run(arguments: &Generate) -> anyhow::Result<Outcome> {
    let places = match place::places(&arguments.places)? {
        Ok(places) => places,
        Err(outcome) => return Ok(outcome),
    };
    // All of them first: where one policy is wrong, nothing is written of any.
    let rest = Rest::of(&places)?;
    let (mut all, mut outcome) = (Vec::new(), Outcome::Clean);
    for place in places {
        match compiling::compiled(place)? {
            Ok(made) => {
                outcome = outcome.and(may_be_written(&made, (&all, &rest), arguments));
                all.push(made);
            }
            Err(refused) => outcome = outcome.and(refused.show()),
        }
    }
    if outcome != Outcome::Clean {
        return Ok(outcome);
    }
    for made in &all {
        if !arguments.places.quiet {
            assumed_clock(&made.compiled.plan).iter().for_each(|said| output::remark(said));
            made.say_theirs();
        }
        if made.place.out == Path::new("-") {
            print(made)?;
        } else {
            write(made, arguments)?;
        }
    }
    // The process ends here and gives all back at once: to take it apart would cost a fleet a tenth of a second.
    std::mem::forget(all);
    Ok(Outcome::Clean)
}

/// Whether no finding forbids writing, those about the policies before it and those that are not made included; all of them
/// are shown.
fn may_be_written(
    made: &Compilation,
    (before, rest): (&[Compilation], &Rest),
    arguments: &Generate,
) -> Outcome {
    let Compilation { place, compiled, sources, .. } = made;
    let mut findings = compiled.warnings.clone();
    let beside = before.iter().map(Compilation::planned).chain(rest.planned());
    findings.extend(together::clashes(made.planned(), beside));
    let released = compiling::rewritten_release(compiled, &place.out);
    findings.extend(released.filter(|_| place.wants(ArtifactKind::Journal) && place.out != Path::new("-")));
    let mut failed = findings.iter().any(|finding| finding.severity() >= place.fail_on.severity());
    let today = arguments.today.unwrap_or_else(today::today);
    let ending = today::freshness(&compiled.plan, today);
    // Next year's files are made before its time, and those of a year that is over may be made again.
    let ending = ending.filter(|found| found.rule != Rule::PlanNotBegun);
    failed |= ending.is_some() && place.fail_on.severity() == Severity::Warning;
    let shown: Vec<Diagnostic> = findings.iter().cloned().chain(ending).collect();
    output::findings(&shown, sources);
    if failed && !any_error(&findings) {
        output::remark("nothing was written: `--fail-on warning`");
    }
    if failed { Outcome::Findings } else { Outcome::Clean }
}

/// That UTC holds, where nobody has said a clock.
fn assumed_clock(plan: &Plan) -> Option<String> {
    /// More targets than these are counted, not named.
    const MOST: usize = 3;
    let names: Vec<String> = plan.on_assumed_clock().map(|target| format!("`{}`", target.name)).collect();
    let whose = match names.len() {
        0 => return None,
        all if all == plan.schedules.len() => "all windows are".to_owned(),
        count if count > MOST => format!("windows of {count} targets are"),
        _ => format!("windows of {} are", names.join(", ")),
    };
    Some(format!(
        "{whose} on UTC: nobody says a `zone`, in [platform], in a territory or beside `scaledobject`"
    ))
}

fn wanted(made: &Compilation) -> impl Iterator<Item = &Artifact> {
    made.compiled.artifacts.iter().filter(|artifact| made.place.wants(artifact.kind))
}

fn write(made: &Compilation, arguments: &Generate) -> anyhow::Result<()> {
    let out = &made.place.out;
    let remark = |text: &str| {
        if !arguments.places.quiet {
            output::remark(text);
        }
    };
    let before = gone::on_disk(made)?;
    let new_file = |artifact: &Artifact| NewFile {
        name: artifact.path.clone(),
        bytes: artifact.text.clone().into_bytes(),
        is_last: artifact.kind.is_for_the_cluster(),
    };
    let files: Vec<NewFile> = wanted(made).map(new_file).collect();
    let published = publish(out, &files)?;
    let changed = published.files().iter().filter(|(_, change)| *change != Change::Unchanged);
    let mut is_same = true;
    for (name, change) in changed {
        is_same = false;
        remark(&format!("{:<9} {}", change.word(), out.join(name).display()));
    }
    let foreign = foreign::foreign_files(made)?;
    if arguments.prune {
        let names = foreign::removable(&foreign);
        publish::remove(out, &names)?;
        for name in &names {
            is_same = false;
            remark(&format!("removed   {}", out.join(name).display()));
        }
    }
    if is_same {
        let (count, files) = (files.len(), if files.len() == 1 { "file is" } else { "files are" });
        remark(&format!("unchanged {}: {count} {files} as the policy says", out.display()));
    }
    let left = if arguments.prune { foreign::foreign_files(made)? } else { foreign };
    left.iter().for_each(|file| remark(&file.line()));
    if let Some(command) = foreign::removal(&left).filter(|_| !arguments.prune) {
        remark(&format!(
            "left-over files are of another policy: `{command}`, or `seasonscale generate --prune`"
        ));
    }
    for command in gone::commands(&before, made) {
        remark(&format!("gone from the plan: {command}"));
    }
    Ok(())
}

fn print(made: &Compilation) -> anyhow::Result<()> {
    for artifact in wanted(made) {
        output::file(&artifact.text)?;
    }
    Ok(())
}

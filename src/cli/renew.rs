//! `renew`: moves the plan to its next year, in the policy's own text, and says what that does.

use std::path::Path;

use anyhow::{Context, anyhow, bail};

use super::args::{Places, Renew};
use super::{Outcome, input, output, place};
use crate::compile;
use crate::finding::{Diagnostic, any_error};
use crate::publish::{NewFile, publish};
use crate::renew;
use crate::report::review as report;
use crate::review;
use crate::source::{Source, Sources};
use crate::time::Window;

pub(super) fn run(arguments: &Renew) -> anyhow::Result<Outcome> {
    let asked = Places::of(&arguments.names, arguments.policies.as_deref());
    let places = if arguments.names.is_empty() {
        place::only(&asked, "seasonscale renew {}")?.map(|place| vec![place])
    } else {
        place::places(&asked)?
    };
    let places = match places {
        Ok(places) => places,
        Err(outcome) => return Ok(outcome),
    };
    let mut outcome = Outcome::Clean;
    for place in &places {
        outcome = outcome.and(one(arguments, &place.policies)?);
    }
    Ok(outcome)
}

fn one(arguments: &Renew, folder: &Path) -> anyhow::Result<Outcome> {
    let Some((sources, problems)) = input::policies(folder) else {
        output::remark(&input::no_policy(folder, ""));
        return Ok(Outcome::NothingToRead);
    };
    if !problems.is_empty() {
        output::findings(&problems, &sources);
        return Ok(Outcome::refused(&problems));
    }
    let rewritten = renew::rewritten(&sources.get(Sources::TERRITORIES).text);
    // What is no TOML is said by the compiler, with its place.
    let (territories, said) = match rewritten {
        Ok(rewritten) => (rewritten.text, rewritten.said),
        Err(_) => (sources.get(Sources::TERRITORIES).text.clone(), Vec::new()),
    };
    let sources = with(&sources, Sources::TERRITORIES, territories);
    let (Some(old), _) = compile::plan(&sources) else {
        let (_, problems) = compile::plan(&sources);
        return back(arguments, folder, &sources, &problems);
    };
    let next = renew::following(old.horizon);
    let from = arguments.from.unwrap_or(next.from);
    let until = arguments.until.unwrap_or_else(|| renew::a_year_after(from));
    if until <= from {
        bail!("--until {until} is not after --from {from}");
    }
    let text = renew::renewed(&sources.get(Sources::CALENDAR).text, Window::new(from, until));
    let text = text.map_err(|why| anyhow!(why)).context("cannot renew `calendar.toml`")?;
    let renewed = with(&sources, Sources::CALENDAR, text);
    let (new, findings) = compile::plan(&renewed);
    write(folder, &renewed)?;
    if new.is_none() {
        output::remark(&format!(
            "the plan of these days does not compile: mend what is said below, or go back with `seasonscale renew --from {} --until {}`",
            old.horizon.from, old.horizon.until
        ));
    }
    said.iter().for_each(|line| output::remark(line));
    output::findings(&findings, &renewed);
    if let Some(new) = &new {
        output::data(&report::renewal(&review::seasons((&old, new)), (&old, new)))?;
    }
    let pins = renew::pinned(&renewed.get(Sources::CALENDAR).text, from);
    output::data(&report::pins(&renewed.get(Sources::CALENDAR).name, &pins))?;
    Ok(if any_error(&findings) { Outcome::Findings } else { Outcome::Clean })
}

/// A plan that does not compile is moved where that mends it: to days for which it has all that it needs.
fn back(
    arguments: &Renew,
    folder: &Path,
    sources: &Sources,
    problems: &[Diagnostic],
) -> anyhow::Result<Outcome> {
    let until = arguments.from.map(|from| arguments.until.unwrap_or_else(|| renew::a_year_after(from)));
    let asked = arguments.from.zip(until).filter(|(from, until)| from < until);
    let moved = asked.and_then(|(from, until)| {
        renew::renewed(&sources.get(Sources::CALENDAR).text, Window::new(from, until)).ok()
    });
    if let Some(text) = moved {
        let renewed = with(sources, Sources::CALENDAR, text);
        if let (Some(_), findings) = compile::plan(&renewed) {
            write(folder, &renewed)?;
            output::findings(&findings, &renewed);
            output::remark("the plan that was there did not compile: what this changes cannot be said");
            return Ok(Outcome::Clean);
        }
    }
    output::findings(problems, sources);
    output::remark(
        "nothing was written: the plan that is there does not compile; `--from DATE` moves it to days for which it does",
    );
    Ok(Outcome::Findings)
}

/// The same with another text for one of its two files.
fn with(sources: &Sources, id: crate::source::SourceId, text: String) -> Sources {
    let file = |own| {
        let source = sources.get(own);
        Source { name: source.name.clone(), text: if own == id { text.clone() } else { source.text.clone() } }
    };
    let both = Sources::new(file(Sources::CALENDAR), file(Sources::TERRITORIES));
    sources.manifests().fold(both, |both, (written, manifest)| both.with_manifest(written, manifest.clone()))
}

fn write(folder: &Path, sources: &Sources) -> anyhow::Result<()> {
    let file = |name: &str, id| NewFile {
        name: name.to_owned(),
        bytes: sources.get(id).text.clone().into_bytes(),
        is_last: false,
    };
    let files = [file("calendar.toml", Sources::CALENDAR), file("territories.toml", Sources::TERRITORIES)];
    for (name, change) in publish(folder, &files)?.files() {
        output::remark(&format!("{:<9} {}", change.word(), folder.join(name).display()));
    }
    Ok(())
}

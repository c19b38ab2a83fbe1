//! `import`: manifests from files, the proposal to a new folder or to stdout; campaigns from calendars, to stdout.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::args::{Import, Places};
use super::{Outcome, input, output, place, today};
use crate::features;
use crate::finding::any_error;
use crate::import::{self, Form, Gone, Input, Terms};
use crate::publish::{NewFile, publish};
use crate::rules::subject::Versions;
use crate::source::{self, Sources};
use crate::time::{Date, Window};

pub(super) fn run(arguments: &Import) -> anyhow::Result<Outcome> {
    let files = input::manifests(&arguments.files)?;
    let inputs = files.iter().map(|path| read(path)).collect::<anyhow::Result<Vec<_>>>()?;
    match inputs.iter().filter(|input| import::is_calendar(input)).count() {
        0 => manifests(arguments, &inputs),
        calendars if calendars == inputs.len() => campaigns(arguments, &inputs),
        _ => bail!("calendars and manifests give different things: import them one after the other"),
    }
}

/// The campaigns of calendars, to stdout; what was refused, and what the compiler says of them, to stderr.
fn campaigns(arguments: &Import, inputs: &[Input]) -> anyhow::Result<Outcome> {
    if arguments.out.as_deref().is_some_and(|out| out != Path::new("-")) {
        bail!("campaigns are printed, for you to add to calendar.toml: leave out `--out`");
    }
    let asked = Places::of(arguments.policy.as_slice(), arguments.policies.as_deref());
    let place = match place::only(&asked, "seasonscale import FILE --policy {}")? {
        Ok(place) => place,
        Err(outcome) => return Ok(outcome),
    };
    let Some((sources, problems)) = input::policies(&place.policies) else {
        bail!("a calendar's campaigns are held against a policy: give `--policies DIR`");
    };
    let day = arguments.today.unwrap_or_else(today::today);
    let feed = if problems.is_empty() { import::feed(inputs, &sources, day) } else { Err(problems) };
    let feed = match feed {
        Ok(feed) => feed,
        Err(problems) => {
            output::findings(&problems, &sources);
            return Ok(Outcome::refused(&problems));
        }
    };
    output::data(&feed.text)?;
    output::findings(&feed.found, &feed.policy);
    for refusal in &feed.refused {
        let line = refusal.line.map_or_else(String::new, |line| format!(":{line}"));
        let title = if refusal.title.is_empty() { String::new() } else { format!("`{}`: ", refusal.title) };
        output::remark(&format!("{}{line}: {title}{}", refusal.file, refusal.why));
    }
    for (key, line) in &feed.replaced {
        let file = &feed.policy.get(Sources::CALENDAR).name;
        output::remark(&format!(
            "{file}:{line}: take `{key}` out there: the event was changed, and this is what it is now"
        ));
    }
    for gone in &feed.gone {
        output::remark(&missed(gone, &feed.policy.get(Sources::CALENDAR).name));
    }
    let said = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    output::remark(&format!(
        "seasonscale: {}, {} there already, {} refused, {} passed over (no `floor:`, cancelled, an older version, outside of the plan, or of the policy itself)",
        said(feed.campaigns, "window"),
        feed.unchanged,
        said(feed.refused.len(), "event"),
        feed.passed_over
    ));
    Ok(if !feed.refused.is_empty() || any_error(&feed.found) {
        Outcome::Findings
    } else if feed.campaigns + feed.unchanged == 0 {
        Outcome::NothingToRead
    } else {
        Outcome::Clean
    })
}

/// What a calendar has lost since an import, for a person to judge: some publish the next weeks alone.
fn missed(gone: &Gone, file: &str) -> String {
    let are = if gone.events == 1 { "event is" } else { "events are" };
    let tables: Vec<String> =
        gone.tables.iter().map(|(name, line)| format!("`[{name}]` ({file}:{line})")).collect();
    format!(
        "{}: {} {are} gone from it since an earlier import, and the policy still has {}; take out what is off",
        gone.calendar,
        gone.events,
        tables.join(", ")
    )
}

fn manifests(arguments: &Import, inputs: &[Input]) -> anyhow::Result<Outcome> {
    let horizon = horizon(arguments, inputs)?;
    let versions = Versions {
        keda: arguments.keda.version,
        keda_patch: arguments.keda.patch,
        kubernetes: features::kubernetes::USUAL,
    };
    // Before any work: an old policy is never written over.
    let out = arguments.out.as_deref().filter(|out| *out != Path::new("-"));
    out.map_or(Ok(()), refuse_existing)?;
    let form = if arguments.owned { Form::Owned } else { Form::Kept };
    let imported = import::import(inputs, Terms { horizon, versions, as_is: arguments.as_is, form });
    if let Some(proposal) = &imported.proposal {
        hand_over(proposal, out)?;
        output::findings(&imported.problems, proposal);
    }
    output::report(&import::report(&imported, horizon, arguments.all));
    Ok(match (imported.objects, imported.is_equal()) {
        (0, _) if imported.remarks.iter().all(|remark| remark.kind == import::Kind::Skipped) => {
            output::remark("seasonscale: nothing to read: no ScaledObject in what was given");
            Outcome::NothingToRead
        }
        (_, true) => Outcome::Clean,
        (_, false) => Outcome::Findings,
    })
}

/// What was asked for, else the days for which objects that a plan of ours has made say that they hold, else the year in which
/// today lies.
fn horizon(arguments: &Import, inputs: &[Input]) -> anyhow::Result<Window<Date>> {
    let stated = stated(arguments, inputs);
    let first = |year| Date::ymd(year, 1, 1).context("no such year");
    let year = || arguments.today.unwrap_or_else(today::today).year();
    let begins =
        stated.map(|stated| stated.from).filter(|from| arguments.until.is_none_or(|until| *from < until));
    let from = arguments.from.or(begins).map_or_else(|| first(year()), Ok)?;
    let ends = stated.map(|stated| stated.until).filter(|until| from < *until);
    let until = arguments.until.or(ends).map_or_else(|| first(from.year() + 1), Ok)?;
    if until <= from {
        bail!("--until {until} is not after --from {from}");
    }
    modelled(Window::new(from, until))
}

/// The days that the objects say of themselves, where all of them say the same and a plan can have them; what cannot be
/// followed is said, unless the command line says both days.
fn stated(arguments: &Import, inputs: &[Input]) -> Option<Window<Date>> {
    if arguments.from.is_some() && arguments.until.is_some() {
        return None;
    }
    let stated = import::stated_horizons(inputs);
    match stated.as_slice() {
        [] => None,
        [one] if is_modelled(one.horizon) => Some(one.horizon),
        [one] => {
            output::remark(&format!(
                "{one} by its own words, and a plan lies between 1972 and 2098: they are not followed, `--from` and `--until` say which days are planned"
            ));
            None
        }
        several => {
            let said: Vec<String> = several.iter().map(ToString::to_string).collect();
            output::remark(&format!(
                "objects are of plans for different days by their own words: {}; none of these is followed, `--from` and `--until` say which days are planned",
                said.join("; ")
            ));
            None
        }
    }
}

fn modelled(horizon: Window<Date>) -> anyhow::Result<Window<Date>> {
    if !is_modelled(horizon) {
        bail!("a plan lies between 1972 and 2098");
    }
    Ok(horizon)
}

fn is_modelled(horizon: Window<Date>) -> bool {
    horizon.from.year() >= 1972 && horizon.until.year() <= 2098
}

/// A file's text.
fn read(path: &Path) -> anyhow::Result<Input> {
    let (name, bytes) = input::bytes(path)?;
    let bytes = if import::is_calendar_of(&bytes) { import::whole_characters(bytes) } else { bytes };
    if source::is_utf16(&bytes) {
        bail!("`{name}` is not UTF-8 text: {}; {}", source::UTF_16, source::FROM_UTF_16);
    }
    let text = String::from_utf8(bytes).with_context(|| format!("`{name}` is not UTF-8 text"))?;
    let is_named_so = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("ics"));
    if is_named_so && !import::is_calendar_of(text.as_bytes()) {
        bail!("`{name}` is not a calendar: it does not begin with `BEGIN:VCALENDAR`");
    }
    Ok(Input { name, text })
}

/// The names and texts of both files, and of the base files that they name.
fn files(proposal: &Sources) -> Vec<(&str, &str)> {
    let own = [Sources::CALENDAR, Sources::TERRITORIES].map(|id| proposal.get(id));
    let own = own.into_iter().map(|source| (source.name.as_str(), source.text.as_str()));
    own.chain(proposal.manifests().map(|(written, source)| (written, source.text.as_str()))).collect()
}

fn refuse_existing(out: &Path) -> anyhow::Result<()> {
    let taken: Vec<PathBuf> = ["calendar.toml", "territories.toml", "base"]
        .iter()
        .map(|name| out.join(name))
        .filter(|path| path.exists())
        .collect();
    if let Some(path) = taken.first() {
        bail!(
            "nothing was changed: `{}` is there already; give `--out` a folder without a policy",
            path.display()
        );
    }
    Ok(())
}

fn hand_over(proposal: &Sources, out: Option<&Path>) -> anyhow::Result<()> {
    let Some(out) = out else {
        for (name, text) in files(proposal) {
            output::data(&format!("# ==> {name} <==\n\n{text}\n"))?;
        }
        return Ok(());
    };
    let new = |(name, text): (&str, &str)| NewFile {
        name: name.to_owned(),
        bytes: text.as_bytes().to_vec(),
        is_last: false,
    };
    let files: Vec<NewFile> = files(proposal).into_iter().map(new).collect();
    for (name, change) in publish(out, &files)?.files() {
        output::remark(&format!("{:<9} {}", change.word(), out.join(name).display()));
    }
    output::remark("");
    Ok(())
}

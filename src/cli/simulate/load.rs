//! `--load` and `--prometheus`: what was recorded, in place of the calendar's load.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow, bail, ensure};

use super::subjects;
use super::wishes::{Load, Wishes};
use crate::cli::args::{FillHoles, Simulate};
use crate::cli::input;
use crate::cli::progress::Progress;
use crate::cli::prometheus::Prometheus;
use crate::plan::Plan;
use crate::profile::WorkloadKind;
use crate::quantity::Seconds;
use crate::simulate::own_query;
use crate::simulate::world::recorded::inquiry::{Heard, NoQuestion, pieces, query};
use crate::simulate::world::recorded::{self, Fault, Filling, Recorded};
use crate::time::{Instant, Window};

/// A file longer than this does not fit into the memory of a small machine, samples and all.
const LONGEST_FILE: u64 = 2 << 30;

/// So many holes are named; of more, how many there are.
const HOLES_NAMED: usize = 5;

/// The load that was asked for; none: the calendar's.
pub(super) fn load(
    arguments: &Simulate,
    plan: &Plan,
    texts: &[(String, String)],
    wishes: &Wishes,
) -> anyhow::Result<Option<Arc<Load>>> {
    let filling = match arguments.fill_holes {
        None => Filling::Nothing,
        Some(FillHoles::Zero) => Filling::Zero,
        Some(FillHoles::Last) => Filling::Last,
    };
    let (name, recorded, absent) = if let Some(address) = &arguments.prometheus {
        let recorded = asked(arguments, address, (plan, texts, wishes), filling)?;
        let absent = "no trigger of it asks Prometheus for the request rate alone, so its load is not known";
        (address.clone(), recorded, absent)
    } else if let Some(path) = &arguments.load {
        let (name, text) = text(path)?;
        let read = recorded::read(&text, &subjects::called(plan), filling);
        let recorded = read.map_err(|faults| unusable(&name, &faults))?;
        (name, recorded, "the load's file has no sample of it")
    } else {
        return Ok(None);
    };
    let said = said(plan, &name, &recorded, filling);
    Ok(Some(Arc::new(Load { recorded, said, absent })))
}

fn unusable(name: &str, faults: &[Fault]) -> anyhow::Error {
    let lines = faults.iter().map(|fault| format!("\n  {}: {}: {}", fault.place, fault.what, fault.help));
    let stopped =
        if faults.len() < recorded::MOST_FAULTS { "" } else { "\n  and so on: nothing more is named" };
    anyhow!("`{name}` cannot be used:{}{stopped}", lines.collect::<String>())
}

fn text(path: &Path) -> anyhow::Result<(String, String)> {
    let length = fs::metadata(path).map_or(0, |about| about.len());
    ensure!(
        length <= LONGEST_FILE,
        "`{}` is longer than {} GiB: write samples at longer steps, 5 minutes are enough; or a file for each target, with --target",
        path.display(),
        LONGEST_FILE >> 30
    );
    let (name, bytes) = input::bytes(path)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        anyhow!("`{name}` cannot be used:\n  line {line}: it is not UTF-8 text: save the file as UTF-8")
    })?;
    Ok((name, text))
}

/// What is to be asked for one target.
struct Question {
    target: usize,
    name: String,
    query: String,
    pieces: Vec<Window<Instant>>,
}

/// Asks for the load of every target that is run, from the first to the last day of the plan.
fn asked(
    arguments: &Simulate,
    address: &str,
    (plan, texts, wishes): (&Plan, &[(String, String)], &Wishes),
    filling: Filling,
) -> anyhow::Result<BTreeMap<usize, Recorded>> {
    let step = arguments.step;
    let prometheus = Prometheus::at(address, arguments.timeout)?;
    let questions = questions(plan, texts, wishes, step)?;
    let count = questions.iter().map(|question| question.pieces.len()).sum();
    let progress = Progress::of("asking Prometheus", count);
    let mut recorded = BTreeMap::new();
    let mut silent: Vec<&Question> = Vec::new();
    for question in &questions {
        let mut heard = Heard::default();
        let unusable = |faults: Vec<Fault>| unusable(&format!("{address}` for `{}", question.name), &faults);
        for piece in &question.pieces {
            let answer = prometheus.range(&question.query, *piece, step).with_context(|| {
                format!("`{address}`, asked for `{}` from {} to {}", question.name, piece.from, piece.until)
            })?;
            heard.take(&answer, *piece).map_err(unusable)?;
            progress.step();
        }
        match heard.recorded(step, filling).map_err(unusable)? {
            Some(load) => drop(recorded.insert(question.target, load)),
            None => silent.push(question),
        }
    }
    drop(progress);
    all_heard(address, &silent)?;
    Ok(recorded)
}

fn all_heard(address: &str, silent: &[&Question]) -> anyhow::Result<()> {
    let Some(first) = silent.first() else { return Ok(()) };
    let names: Vec<String> = silent.iter().map(|question| format!("`{}`", question.name)).collect();
    let days = first.pieces.first().zip(first.pieces.last());
    let days = days.map_or_else(String::new, |(one, last)| format!(" from {} to {}", one.from, last.until));
    bail!(
        "`{address}` has no series for {}{days}: is the plan of those days, and does it keep them? --target runs the others alone. The query is\n  {}",
        names.join(", "),
        first.query
    )
}

/// The question for each target that has one; the objects without are refused later, by name.
fn questions(
    plan: &Plan,
    texts: &[(String, String)],
    wishes: &Wishes,
    step: Seconds,
) -> anyhow::Result<Vec<Question>> {
    let profile = &plan.profile;
    let mut questions: Vec<Question> = Vec::new();
    for (file, text) in texts {
        for object in subjects::objects(file, text)? {
            let name = &object.spec.scale_target_ref.name.value;
            let at = profile.targets.iter().position(|target| target.name.as_str() == name);
            let Some(at) = at.filter(|at| subjects::is_wanted(plan, *at, wishes)) else { continue };
            let target = &profile.targets[at];
            let is_served = matches!(profile.workload(target).kind, WorkloadKind::Http(_));
            if !is_served || questions.iter().any(|question| question.target == at) {
                continue;
            }
            let own = subjects::own_queries(profile, target);
            let own = own.as_ref().and_then(|own| own_query::load_query(&object, own));
            let query = match own.map_or_else(|| query(&object), |own| Ok(own.to_owned())) {
                Ok(query) => query,
                Err(NoQuestion::NoRate) => continue,
                Err(NoQuestion::Several(queries)) => bail!(
                    "`{name}` has {} triggers that ask for a request rate, and which is its load is not known:\n  {}",
                    queries.len(),
                    queries.join("\n  ")
                ),
            };
            let day = |date| target.zone.start_of(date);
            let window = Window::new(day(plan.horizon.from), day(plan.horizon.until));
            questions.push(Question { target: at, name: name.clone(), query, pieces: pieces(window, step) });
        }
    }
    Ok(questions)
}

/// From where, how often and from when to when, and what was filled.
fn said(plan: &Plan, name: &str, recorded: &BTreeMap<usize, Recorded>, filling: Filling) -> String {
    let mut stretches: BTreeMap<(Instant, Instant, u32), Vec<&str>> = BTreeMap::new();
    let mut holes = Vec::new();
    for (at, load) in recorded {
        let target = plan.profile.targets[*at].name.as_str();
        let key = (load.window.from, load.window.until, load.step.0);
        stretches.entry(key).or_default().push(target);
        holes.extend(load.filled.iter().map(|hole| format!("{target} from {} to {}", hole.from, hole.until)));
    }
    let many = stretches.len() > 1;
    let stretches = stretches.iter().map(|((from, until, step), targets)| {
        let whose = if many { format!("{}: ", targets.join(", ")) } else { String::new() };
        format!("{whose}samples every {} from {from} to {until}", Seconds(*step))
    });
    let stretches: Vec<String> = stretches.collect();
    let with = match filling {
        Filling::Nothing | Filling::Zero => "no requests",
        Filling::Last => "the sample before each",
    };
    let named = holes.iter().take(HOLES_NAMED).cloned().collect::<Vec<_>>().join(", ");
    let holes = match holes.len() {
        0 => String::new(),
        count if count > HOLES_NAMED => format!("; {count} holes, filled with {with}: {named} and more"),
        1 => format!("; one hole, filled with {with}: {named}"),
        count => format!("; {count} holes, filled with {with}: {named}"),
    };
    format!("{name} ({}{holes})", stretches.join("; "))
}

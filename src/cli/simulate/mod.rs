//! `simulate`: what a plan's manifests come to on the model of KEDA and the HPA.

mod expected;
mod load;
mod subjects;
mod wishes;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::args::{Places, Simulate, SimulateFormat, Sweep};
use super::place::{self, Place};
use super::progress::Progress;
use super::{Outcome, input, output, revision};
use crate::artifact::ArtifactKind;
use crate::compile::{self, Compiled};
use crate::finding::Diagnostic;
use crate::parallel;
use crate::plan::Plan;
use crate::report::simulate as report;
use crate::simulate::comparison::{Subject, Way, compare};
use crate::simulate::floors::{Allowed, least};
use crate::simulate::hpa::kubernetes::Kubernetes;
use crate::simulate::picture::picture;
use crate::simulate::study::{Against, Study};
use crate::simulate::why;
use crate::simulate::world::demand::Slice;
use crate::simulate::world::noise::Noise;
use crate::source::Sources;
use crate::time::{LocalTime, Resolved};
use subjects::Found;
use wishes::Wishes;

pub(super) fn run(arguments: &Simulate) -> anyhow::Result<Outcome> {
    let asked = Places::of(arguments.policy.as_slice(), arguments.policies.as_deref());
    let asked = asked.with(None, arguments.templates.as_deref());
    let place = match place::only(&asked, "seasonscale simulate {}")? {
        Ok(place) => place,
        Err(outcome) => return Ok(outcome),
    };
    let compiled = match compiled(&place)? {
        Ok(compiled) => compiled,
        Err(outcome) => return Ok(outcome),
    };
    let plan = &compiled.plan;
    let texts = manifests(arguments, &compiled)?;
    let mut wishes = wishes(arguments);
    subjects::known(plan, &wishes)?;
    wishes.load = load::load(arguments, plan, &texts, &wishes)?;
    let mut found = subjects::subjects(plan, &texts, &wishes)?;
    if arguments.manifest.is_empty() {
        found.refused.extend(subjects::only_added_to(plan, &wishes));
    }
    if found.subjects.is_empty() {
        return Ok(nothing_to_run(&found));
    }
    subjects::broken(&found.subjects, &wishes)?;
    subjects::bursts(&found, &wishes)?;
    let kubernetes = Kubernetes::of(plan.profile.platform.kubernetes.value);
    if let Some(at) = arguments.why {
        return explain(&found.subjects, kubernetes, at);
    }
    if arguments.find_floors {
        return floors(arguments, plan, &found, kubernetes);
    }
    if let Some(sweep) = &arguments.sweep {
        return swept(sweep, plan, (&texts, &wishes), kubernetes);
    }
    let progress = Progress::of("running", found.subjects.len());
    let mut study = study(plan, found, &wishes, (kubernetes, &progress));
    drop(progress);
    if let Some(name) = &arguments.against {
        match others(&place, name)? {
            Ok(texts) => study.against = Some(against(plan, name, &texts, &wishes, kubernetes)?),
            Err(outcome) => return Ok(outcome),
        }
    }
    if let Some(path) = &arguments.trace {
        fs::write(path, report::trace(&study))
            .with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    if let Some(path) = &arguments.expect {
        return expected::hold(path, &study);
    }
    output::data(&match arguments.format {
        SimulateFormat::Text => report::text(&study),
        SimulateFormat::Json => report::json(&study),
        SimulateFormat::Html => {
            let picture = picture(&study, kubernetes).context("nothing was run")?;
            report::html(&study, &picture)
        }
    })?;
    Ok(Outcome::Clean)
}

fn nothing_to_run(found: &Found) -> Outcome {
    for (name, refusal) in &found.refused {
        output::remark(&format!("seasonscale: {name}: {refusal}"));
    }
    output::remark("seasonscale: nothing to run: no ScaledObject with a load that the model knows");
    Outcome::NothingToRead
}

/// The year under several loads.
fn swept(
    sweep: &Sweep,
    plan: &Plan,
    (texts, wishes): (&[(String, String)], &Wishes),
    kubernetes: Kubernetes,
) -> anyhow::Result<Outcome> {
    let mut studies = Vec::new();
    let targets = subjects::subjects(plan, texts, wishes)?.subjects.len();
    let progress = Progress::of("running", sweep.0.len() * targets);
    for factor in &sweep.0 {
        let wishes = Wishes { growth: wishes.growth * factor, ..wishes.clone() };
        let found = subjects::subjects(plan, texts, &wishes)?;
        studies.push((*factor, study(plan, found, &wishes, (kubernetes, &progress))));
    }
    drop(progress);
    output::data(&report::sweep(&studies))?;
    Ok(Outcome::Clean)
}

fn study(
    plan: &Plan,
    found: Found,
    wishes: &Wishes,
    (kubernetes, progress): (Kubernetes, &Progress),
) -> Study {
    let assumed = subjects::assumed(plan, &found, wishes);
    let title = subjects::title(plan, &found.subjects, wishes);
    let outcomes = compare(&found.subjects, kubernetes, || progress.step());
    Study {
        subjects: found.subjects,
        outcomes,
        kubernetes,
        slices: found.slices,
        refused: found.refused,
        terms: subjects::terms(plan),
        against: None,
        load: subjects::load_said(plan, wishes),
        assumed,
        is_measured: wishes.load.is_some(),
        title,
    }
}

/// Others under the load of this plan.
fn against(
    plan: &Plan,
    name: &str,
    texts: &[(String, String)],
    wishes: &Wishes,
    kubernetes: Kubernetes,
) -> anyhow::Result<Against> {
    let found = subjects::subjects(plan, texts, wishes)?;
    anyhow::ensure!(!found.subjects.is_empty(), "`{name}` has no ScaledObject of a target with a known load");
    let outcomes = parallel::each(&found.subjects, |subject| subject.heard().run(kubernetes, Way::Plan));
    let places = found.subjects.into_iter().map(|subject| subject.place).collect();
    Ok(Against { name: name.to_owned(), outcomes, places, refused: found.refused })
}

/// The manifests of a file or folder, or those that another policy makes.
fn others(place: &Place, name: &str) -> anyhow::Result<Result<Vec<(String, String)>, Outcome>> {
    let path = Path::new(name);
    if path.is_file() || path.is_dir() && !path.join("calendar.toml").exists() {
        return Ok(Ok(read(&[path.to_owned()])?));
    }
    let (sources, problems) = revision::policies(&place.policies, name)?;
    Ok(prove(place, &sources, problems)?.map(|compiled| own(&compiled)))
}

fn wishes(arguments: &Simulate) -> Wishes {
    Wishes {
        growth: arguments.growth,
        start_up: arguments.start_up,
        only: arguments.target.clone(),
        bursts: arguments.burst.clone(),
        noise: arguments.noise.map(|share| Noise { share, seed: arguments.seed }),
        broken: arguments.without.clone(),
        load: None,
        keda: arguments.keda,
    }
}

fn explain(subjects: &[Subject], kubernetes: Kubernetes, at: LocalTime) -> anyhow::Result<Outcome> {
    for (number, subject) in subjects.iter().enumerate() {
        let zone = subject.clock.zone();
        let at = match zone.at(at) {
            Resolved::Once(at) | Resolved::Twice { first: at, .. } => at,
            Resolved::Skipped { resumes } => {
                anyhow::bail!("{at} does not exist in {zone}: the clocks go on at {resumes}")
            }
        };
        anyhow::ensure!(subject.window.contains(at), "{} is not run at that time", subject.name);
        if let Some(pass) = why::explain(subject, kubernetes, at) {
            let between = if number > 0 { "\n" } else { "" };
            output::data(&format!("{between}{}", report::why(subject, &pass)))?;
        }
    }
    Ok(Outcome::Clean)
}

fn floors(
    arguments: &Simulate,
    plan: &Plan,
    found: &Found,
    kubernetes: Kubernetes,
) -> anyhow::Result<Outcome> {
    let objective = Allowed::Share(plan.profile.gates.latency_objective);
    let allowed = arguments.allow_minutes.map_or(objective, Allowed::Minutes);
    let progress = Progress::of("running", found.subjects.len());
    let each = parallel::each(&found.subjects, |subject| {
        let seasons = (1..found.slices.len()).map(Slice).filter(|slice| found.slices[slice.0].times > 0.0);
        let seasons = seasons.filter(|slice| subject.has(*slice));
        let found = seasons.map(|slice| least(subject, kubernetes, slice, allowed)).collect();
        progress.step();
        found
    });
    drop(progress);
    output::data(&report::floors(&found.subjects, &found.slices, &each, allowed))?;
    Ok(Outcome::Clean)
}

/// The plan and its files, proven; what forbids them is shown here.
fn compiled(place: &Place) -> anyhow::Result<Result<Compiled, Outcome>> {
    let Some((sources, problems)) = input::policies(&place.policies) else {
        output::remark(&input::no_policy(&place.policies, ""));
        return Ok(Err(Outcome::NothingToRead));
    };
    prove(place, &sources, problems)
}

fn prove(
    place: &Place,
    sources: &Sources,
    problems: Vec<Diagnostic>,
) -> anyhow::Result<Result<Compiled, Outcome>> {
    if !problems.is_empty() {
        output::findings(&problems, sources);
        return Ok(Err(Outcome::refused(&problems)));
    }
    let compiled = match input::templates(place.templates.as_deref())? {
        Ok(templates) => compile::compile(sources, &templates),
        Err(problems) => Err(problems),
    };
    match compiled {
        Ok(compiled) => Ok(Ok(compiled)),
        Err(problems) => {
            output::findings(&problems, sources);
            Ok(Err(Outcome::Findings))
        }
    }
}

/// What is run: the files that were given, or the one that the policy makes; each with its name.
fn manifests(arguments: &Simulate, compiled: &Compiled) -> anyhow::Result<Vec<(String, String)>> {
    if arguments.manifest.is_empty() { Ok(own(compiled)) } else { read(&arguments.manifest) }
}

/// The ScaledObjects that a policy makes.
fn own(compiled: &Compiled) -> Vec<(String, String)> {
    let own = compiled.artifacts.iter().filter(|artifact| artifact.kind == ArtifactKind::Keda);
    own.map(|artifact| (artifact.path.clone(), artifact.text.clone())).collect()
}

fn read(files: &[PathBuf]) -> anyhow::Result<Vec<(String, String)>> {
    let mut texts = Vec::new();
    for path in input::manifests(files)? {
        let (name, bytes) = input::bytes(&path)?;
        let text = String::from_utf8(bytes).map_err(|_| anyhow::anyhow!("`{name}` is not UTF-8 text"))?;
        texts.push((name, text));
    }
    Ok(texts)
}

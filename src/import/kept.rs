//! The proposal that leaves every object its owner's: the base file is the input less its cron triggers, the seasons are its
//! crons.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::base::{self, Bases};
use super::calendar;
use super::dates;
use super::fleet::{Fleet, Workload};
use super::object::{Scaled, Terms};
use super::place::{Placed, Why};
use super::remark::{Kind, Remark};
use super::say::{self, ASSUMED};
use super::season;
use super::table::{Table, quoted};
use super::{Proposed, Target};
use crate::compile::Compiled;
use crate::finding::Rule;
use crate::finding::{Diagnostic, Severity};
use crate::kept::{self, Chosen};
use crate::name::Slug;
use crate::source::{Source, Sources};
use crate::time::{Window, Zone};

/// The proposal; an object in which no floor can hold is left out, with what audit says of it.
pub(super) fn propose<'i>(
    scaled: Vec<Scaled<'i>>,
    terms: Terms,
    remarks: &mut Vec<Remark>,
) -> Option<Proposed<'i>> {
    let mut scaled = base::fit(alone(scaled, remarks), remarks);
    loop {
        remarks.extend(scaled.iter().filter_map(without_season));
        scaled.retain(|object| !object.stretches.is_empty());
        if scaled.is_empty() {
            return None;
        }
        let (targets, fleet) = settle(scaled);
        let bases = Bases::of(&targets);
        let (sources, compiled) = compiled((&targets, &fleet), &bases, terms);
        let refused = compiled.as_ref().err().map(|found| refused(found, &sources, (&targets, &bases)));
        let mut refused = refused.unwrap_or_default();
        if refused.is_empty() && compiled.is_err() {
            refused = alone_refused(&targets, &fleet, terms);
        }
        if refused.is_empty() {
            targets.iter().for_each(|target| said_of(target, terms, remarks));
            return Some(Proposed { targets, sources, compiled });
        }
        let mut left = Vec::new();
        for (at, mut target) in targets.into_iter().enumerate() {
            match refused.get(&at) {
                // It may be for a trigger that stays: the others are carried over all the same.
                Some(_) if !target.scaled.stays.is_empty() => {
                    let stays = std::mem::take(&mut target.scaled.stays);
                    let found = target.scaled.found;
                    let out = |(at, why): (usize, String)| found.about(Kind::LeftOut, at, "start", &why);
                    remarks.extend(stays.into_iter().map(out));
                    left.push(target.scaled);
                }
                Some(why) => remarks.push(left_out(&target, why)),
                None => left.push(target.scaled),
            }
        }
        scaled = left;
    }
}

/// An object none of whose schedules is a season: nothing of it is left out, for it goes on as it is.
fn without_season(object: &Scaled<'_>) -> Option<Remark> {
    let (index, why) = object.stays.iter().next().filter(|_| object.stretches.is_empty())?;
    let text = format!("no season says what its schedule does, it stays as and where it is: {why}");
    Some(object.found.about(Kind::LeftAlone, *index, "start", &text))
}

/// Where audit names one place of the input, that is the one to look at.
fn left_out(target: &Target<'_>, why: &str) -> Remark {
    let found = target.scaled.found;
    let mut findings = target.scaled.truth.findings.iter();
    let place = findings.find(|finding| why.contains(finding.rule.id())).map(|finding| &finding.place);
    let part = place.and_then(|place| place.trigger).map(|index| found.trigger_said(index));
    found.of_part(Kind::LeftOut, place.map(|place| place.mark), &part.unwrap_or_default(), why)
}

/// One object for each workload of a namespace.
fn alone<'i>(scaled: Vec<Scaled<'i>>, remarks: &mut Vec<Remark>) -> Vec<Scaled<'i>> {
    let mut kept: Vec<Scaled<'i>> = Vec::new();
    for object in scaled {
        let found = object.found;
        let same = |other: &&Scaled<'_>| {
            let scales = |scaled: &Scaled<'_>| {
                let (api, kind, name) = scaled.found.object.spec.scale_target_ref.target();
                (api.to_owned(), kind.to_owned(), name.to_owned())
            };
            other.found.namespace() == found.namespace()
                && (other.found.name() == found.name() || scales(other) == scales(&object))
        };
        match kept.iter().find(same) {
            Some(first) => {
                let text = format!("`{}` scales `{}` already", first.found.name(), found.target());
                remarks.push(found.remark(Kind::LeftOut, None, text));
            }
            None => kept.push(object),
        }
    }
    kept
}

/// Each object is a workload of its own, called after what it scales.
fn settle(scaled: Vec<Scaled<'_>>) -> (Vec<Target<'_>>, Fleet) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let zones: Vec<Zone> =
        scaled.iter().map(|object| object.zone.clone().unwrap_or_else(Zone::utc)).collect();
    zones.iter().for_each(|zone| *counts.entry(zone.name()).or_default() += 1);
    // Of two that are as common, the first that the input names.
    let usual = zones.iter().rev().max_by_key(|zone| counts[zone.name()]).cloned();
    let usual = usual.unwrap_or_else(Zone::utc);
    let mut taken: BTreeSet<Slug> = BTreeSet::new();
    let mut targets = Vec::new();
    let mut workloads = Vec::new();
    for (object, zone) in scaled.into_iter().zip(zones) {
        let name = name(&object, &taken);
        taken.insert(name.clone());
        let deployment = object.found.target().to_owned();
        workloads.push(Workload { name: name.clone(), deployment: deployment.clone(), is_queue: true });
        let placed = Placed { territory: None, workload: (name, Why::Name), deployment };
        targets.push(Target { scaled: object, placed, zone });
    }
    (targets, Fleet { territories: Vec::new(), workloads, zone: usual, namespace: None })
}

/// `checkout`, where that is taken `shop-checkout`, else with a number.
fn name(object: &Scaled<'_>, taken: &BTreeSet<Slug>) -> Slug {
    let target = object.found.target();
    let with_namespace = object.found.namespace().map(|namespace| format!("{namespace}-{target}"));
    let numbered = (2..).map(|number| format!("{target}-{number}"));
    let mut wanted = std::iter::once(target.to_owned()).chain(with_namespace).chain(numbered);
    let free = wanted.find_map(|wanted| {
        let slug = super::place::slug(&wanted.replace('.', "-").to_ascii_lowercase());
        (!taken.contains(&slug)).then_some(slug)
    });
    free.expect("internal error: numbers do not end")
}

fn compiled(
    (targets, fleet): (&[Target<'_>], &Fleet),
    bases: &Bases,
    terms: Terms,
) -> (Sources, Result<Compiled, Vec<Diagnostic>>) {
    let mut seasons = season::seasons(targets, terms.horizon);
    let territories = territories(targets, fleet, bases, terms);
    super::compiled(&mut seasons, |seasons| {
        let source = |name: &str, text: String| Source { name: name.to_owned(), text };
        let calendar = source("calendar.toml", calendar::text(seasons, targets, fleet, terms.horizon));
        let own = Sources::new(calendar, source("territories.toml", territories.clone()));
        bases.files.iter().fold(own, |sources, (written, text)| {
            sources.with_manifest(written, source(written, text.clone()))
        })
    })
}

/// The targets in whose own objects something is an error, and what.
fn refused(
    found: &[Diagnostic],
    sources: &Sources,
    (targets, bases): (&[Target<'_>], &Bases),
) -> BTreeMap<usize, String> {
    let mut refused = BTreeMap::new();
    for (at, target) in targets.iter().enumerate() {
        let written = &bases.files[bases.of[at]].0;
        let Some(id) = sources.manifest(written) else { continue };
        let chosen =
            Chosen { name: Some(target.scaled.found.name()), namespace: target.scaled.found.namespace() };
        match kept::read(sources.get(id), id, written, chosen) {
            Err(flaw) => {
                refused.insert(at, format!("{written} {}: {}", flaw.what, flaw.help));
            }
            Ok(object) => {
                let whole = object
                    .offset
                    .map_or(object.span.start..object.span.end, |from| from..from + object.text.len());
                let own = found.iter().filter(|one| one.severity() == Severity::Error).find(|one| {
                    let mut labels = one.labels.iter();
                    labels.any(|label| label.span.source == id && whole.contains(&label.span.start))
                });
                if let Some(own) = own {
                    let title = format!("{}: {}", own.rule.id(), own.title);
                    let rest = own.notes.first().into_iter().chain(&own.help);
                    refused.insert(at, rest.fold(title, |said, more| format!("{said}; {more}")));
                }
            }
        }
    }
    refused
}

/// The same where they do not compile together, each asked alone: what is wrong with one says nothing of the others. One whose days
/// no schedule has is left out as long as another is left.
fn alone_refused(targets: &[Target<'_>], fleet: &Fleet, terms: Terms) -> BTreeMap<usize, String> {
    let (mut refused_ones, mut inexpressible) = (BTreeMap::new(), BTreeMap::new());
    for (at, target) in targets.iter().enumerate() {
        let own = std::slice::from_ref(target);
        let bases = Bases::of(own);
        let (sources, compiled) = compiled((own, fleet), &bases, terms);
        let Err(found) = compiled else { continue };
        if let Some(why) = refused(&found, &sources, (own, &bases)).remove(&0) {
            refused_ones.insert(at, why);
        } else if let Some(why) = without_schedule(&found) {
            inexpressible.insert(at, why);
        }
    }
    if inexpressible.len() + refused_ones.len() < targets.len() {
        refused_ones.append(&mut inexpressible);
    }
    refused_ones
}

/// Why no schedule has the days of an object, if nothing else is wrong with it.
fn without_schedule(found: &[Diagnostic]) -> Option<String> {
    let errors = || found.iter().filter(|one| one.severity() == Severity::Error);
    let is_of_days = |one: &Diagnostic| [Rule::InexpressibleDays, Rule::HorizonTooLong].contains(&one.rule);
    let first = errors().next().filter(|_| errors().all(is_of_days))?;
    Some(format!("{}: {}", first.rule.id(), first.title))
}

/// `territories.toml`: which objects, on which clocks.
fn territories(targets: &[Target<'_>], fleet: &Fleet, bases: &Bases, terms: Terms) -> String {
    let mut out = String::new();
    for line in say::KEPT_HEAD {
        let _ = writeln!(out, "# {line}");
    }
    out.push('\n');
    let mut table = Table::new("platform");
    table.text("keda", &terms.versions.release().to_string());
    table.text("kubernetes", &terms.versions.kubernetes.to_string()).because(ASSUMED);
    let namespaces: BTreeSet<Option<&str>> =
        targets.iter().map(|target| target.scaled.found.namespace()).collect();
    if let (1, Some(Some(namespace))) = (namespaces.len(), namespaces.first()) {
        table.text("namespace", namespace);
    }
    table.text("zone", fleet.zone.name());
    if targets.iter().all(|target| target.scaled.zone.is_none()) {
        table.because("no trigger names one");
    }
    table.write(&mut out);
    for (at, target) in targets.iter().enumerate() {
        let mut table = Table::new(format!("workloads.{}", target.placed.workload.0));
        table.row("scaledobject", bases.reference(at, target));
        if target.zone != fleet.zone {
            table.text("zone", target.zone.name());
        }
        if !target.scaled.stays.is_empty() {
            table.row("keep-cron", "true".to_owned());
        }
        table.write(&mut out);
    }
    format!("{}\n", out.trim_end())
}

impl Bases {
    /// `"base/web.yaml"`, where the file has several objects with the name, and the namespace where that tells more.
    fn reference(&self, at: usize, target: &Target<'_>) -> String {
        let file = &self.files[self.of[at]].0;
        let found = target.scaled.found;
        if !self.has_several[self.of[at]] {
            return quoted(file);
        }
        let name = quoted(found.name());
        let namespace = found.namespace().map(|namespace| format!(", namespace = {}", quoted(namespace)));
        format!("{{ file = {}, name = {name}{} }}", quoted(file), namespace.unwrap_or_default())
    }
}

/// What a person should look at before keeping it.
fn said_of(target: &Target<'_>, terms: Terms, remarks: &mut Vec<Remark>) {
    let (scaled, found) = (&target.scaled, target.scaled.found);
    let local = Window::new(terms.horizon.from, terms.horizon.until);
    for stretch in &scaled.stretches {
        let Some(trigger) = stretch.triggers.first() else { continue };
        if let (dates::Rule::OfMonth(day, _), dates::Rule::LastOfMonth(months)) =
            (stretch.dates.from, stretch.dates.to)
        {
            let text = say::month_ends((day, months), stretch.floor, local);
            remarks.extend(text.map(|text| found.about(Kind::AsItRuns, *trigger, "start", &text)));
        }
    }
    let carried = |trigger: usize| scaled.stretches.iter().any(|one| one.triggers.contains(&trigger));
    for finding in scaled.truth.findings.iter().filter(|finding| finding.rule == Rule::CronMovableFeast) {
        if let Some(trigger) = finding.place.trigger.filter(|trigger| carried(*trigger)) {
            let text = format!("{}: {}", finding.rule.id(), finding.effect);
            remarks.push(found.about(Kind::AsItRuns, trigger, "start", &text));
        }
    }
    for (index, why) in &scaled.stays {
        let text = format!("it stays in the object, beside the plan's own triggers (`keep-cron`): {why}");
        remarks.push(found.about(Kind::AsItRuns, *index, "start", &text));
    }
    let triggers = &found.object.spec.triggers.value;
    let mut crons = 0;
    for (index, trigger) in triggers.iter().enumerate() {
        match trigger.kind.value.as_str() {
            "cron" if !scaled.stays.contains_key(&index) => crons += 1,
            "cpu" | "memory" => {}
            _ if crons > 0 => {
                let text = say::renumbered(index, index - crons);
                remarks.push(found.about(Kind::Changed, index, "type", &text));
            }
            _ => {}
        }
    }
}

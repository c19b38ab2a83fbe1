//! The manifest, read back: its bytes become ScaledObjects by the strict reader, each is held against its target, and its
//! floors, as KEDA would compute them, against the plan at every instant of the horizon.

mod added;
mod beside;
mod diags;
mod difference;
mod floors;
mod kept;
mod load;
mod reach;
mod target;

pub use beside::beside;

use std::collections::BTreeMap;

use crate::artifact::Artifact;
use crate::finding::Rule;
use crate::finding::{Diagnostic, Severity};
use crate::keda::decode;
use crate::keda::scaledobject::ScaledObject;
use crate::parallel;
use crate::plan::{Plan, Schedule, Surge};
use crate::profile::Target;
use crate::quantity::Replicas;
use crate::rules::finding::Finding;
use crate::rules::subject::{Cache, Subject, Versions};
use crate::rules::{admission, lint};
use crate::source::Span;
use crate::step::StepFn;
use crate::time::{Instant, Window};
use crate::yaml::{Document, Node};

/// A ScaledObject of the manifest, its target and its schedule.
struct Pairing<'a> {
    plan: &'a Plan,
    artifact: &'a Artifact,
    document: &'a Document<ScaledObject>,
    object: &'a ScaledObject,
    /// The same as a tree, and as text.
    root: &'a Node,
    text: &'a str,
    target: &'a Target,
    schedule: &'a Schedule,
    subject: Subject<'a>,
    /// What cron triggers of the owner hold beside the plan.
    beside: Option<StepFn<Instant, Replicas>>,
    /// What audit says of the owner's object alone.
    said: Vec<(Finding, Span)>,
}

/// A document of the manifest.
struct Read<'a> {
    document: &'a Document<ScaledObject>,
    object: &'a ScaledObject,
    root: &'a Node,
    text: &'a str,
}

pub(super) fn verify(plan: &Plan, artifact: &Artifact) -> Vec<Diagnostic> {
    verify_objects(plan, artifact, |target| plan.profile.writes_whole(target))
}

/// Triggers that are added to objects of others elsewhere: what results is held against the plan.
pub(super) fn verify_added(plan: &Plan, artifact: &Artifact) -> Vec<Diagnostic> {
    match added::results(plan, artifact) {
        Ok(results) => verify_objects(plan, &results, |target| target.kept.is_some()),
        Err(problems) => problems,
    }
}

fn verify_objects(plan: &Plan, artifact: &Artifact, is_there: impl Fn(&Target) -> bool) -> Vec<Diagnostic> {
    let documents = decode::read_with_trees(&artifact.text);
    let unreadable = documents.iter().filter_map(|(document, ..)| {
        Some(diags::unreadable(artifact, document, document.content.as_ref().err()?))
    });
    let mut problems: Vec<Diagnostic> = unreadable.collect();
    let read: Vec<Read<'_>> = documents
        .iter()
        .filter_map(|(document, text, tree)| {
            let object = document.content.as_ref().ok()?;
            Some(Read { document, object, root: &tree.as_ref()?.root, text })
        })
        .collect();
    let schedules = plan.schedules.iter();
    let schedules: Vec<&Schedule> =
        schedules.filter(|schedule| is_there(&plan.profile.targets[schedule.target.0])).collect();
    let (pairings, found) = pair_up(plan, (artifact, &schedules), &read, problems.is_empty());
    problems.extend(found);
    problems.extend(parallel::map(&pairings, verify_one).into_iter().flatten());
    problems
}

/// Every target with its ScaledObject. Walks and queries are shared, so this runs on one core.
fn pair_up<'a>(
    plan: &'a Plan,
    (artifact, schedules): (&'a Artifact, &[&'a Schedule]),
    read: &'a [Read<'a>],
    all_readable: bool,
) -> (Vec<Pairing<'a>>, Vec<Diagnostic>) {
    let mut by_name: BTreeMap<&str, Vec<&Read<'_>>> = BTreeMap::new();
    for one in read {
        by_name.entry(&one.object.metadata.name.value).or_default().push(one);
    }
    let platform = &plan.profile.platform;
    let versions = Versions {
        keda: platform.keda.value,
        keda_patch: platform.keda_patch,
        kubernetes: platform.kubernetes.value,
    };
    let mut cache = Cache::new(horizon(plan));
    let (mut pairings, mut problems) = (Vec::with_capacity(schedules.len()), Vec::new());
    for schedule in schedules.iter().copied() {
        let target = &plan.profile.targets[schedule.target.0];
        let base = target.kept.as_ref().map(|kept| kept::Base::of(kept, versions, &mut cache));
        let (mut base, mut beside, mut said) = (base, None, Vec::new());
        if let Some(base) = &mut base {
            problems.extend(base.found.iter().cloned());
            (beside, said) = (base.floor.take(), std::mem::take(&mut base.said));
        }
        let refused = base.as_ref().is_some_and(kept::Base::is_refused);
        let alone = |said: &[(Finding, Span)]| {
            let kept = target.kept.as_ref()?;
            diags::said_by_audit(&kept.object, said, &[])
        };
        let mut named = taken(&mut by_name, target).into_iter();
        match named.next() {
            // What cannot hold in the owner's object cannot hold in this one.
            Some(_) if refused => problems.extend(alone(&said)),
            Some(Read { document, object, root, text }) => {
                let subject = Subject::new(object, versions, &mut cache);
                let both = base.zip(target.kept.as_ref());
                let stopped = both.map_or_else(Vec::new, |(base, kept)| base.stopped(kept, &subject));
                if !stopped.is_empty() {
                    problems.extend(alone(&said).into_iter().chain(stopped));
                    continue;
                }
                pairings.push(Pairing {
                    plan,
                    artifact,
                    document,
                    object,
                    root,
                    text,
                    target,
                    schedule,
                    subject,
                    beside,
                    said,
                });
            }
            None if refused => problems.extend(alone(&said)),
            None if all_readable => problems.push(diags::missing(artifact, target)),
            // Its document may be among those that could not be read.
            None => {}
        }
        problems.extend(named.map(|read| diags::duplicate(artifact, read.document, target)));
    }
    let extra = by_name.into_values().flatten();
    problems.extend(extra.map(|read| diags::extra(plan, artifact, read.document, read.object)));
    (pairings, problems)
}

/// The documents of a target: those of its name, and where that is somebody's own object, of its namespace too.
fn taken<'a>(by_name: &mut BTreeMap<&str, Vec<&'a Read<'a>>>, target: &Target) -> Vec<&'a Read<'a>> {
    let Some(kept) = &target.kept else { return by_name.remove(target.name.as_str()).unwrap_or_default() };
    let Some(named) = by_name.get_mut(target.name.as_str()) else { return Vec::new() };
    let wanted = kept.object.namespace.as_ref().map(|name| name.as_str());
    let there =
        |read: &&Read<'_>| read.object.metadata.namespace.as_ref().map(|name| name.value.as_str()) == wanted;
    let (found, rest) = named.iter().copied().partition(there);
    *named = rest;
    found
}

/// Whether a finding is only about how triggers share out what they hold together.
fn harmless(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::CronDstGap
            | Rule::CronDstFold
            | Rule::CronStartNever
            | Rule::CronEndNever
            | Rule::CronYearMissed
            | Rule::CronEndsInARow
            | Rule::CronStartsInARow
    )
}

/// Whether it is what a change of the clocks does to a floor: that is said of the floor.
fn is_said(finding: &Finding) -> bool {
    let of_clocks = matches!(finding.rule, Rule::CronDstGap | Rule::CronDstFold);
    of_clocks && finding.place.field.ends_with("timezone")
}

fn verify_one(pairing: &Pairing<'_>) -> Vec<Diagnostic> {
    if let Some(kept) = &pairing.target.kept {
        return kept::check(pairing, kept);
    }
    let mut problems = target::check(pairing);
    problems.extend(load::check(pairing));
    let subject = &pairing.subject;
    let findings = admission::admit(subject).into_iter().chain(lint::faults(subject));
    let floors = floors::check(pairing);
    // Where every floor of the plan holds, it does not matter how the triggers share that out: the floor is proven, from
    // instant to instant.
    let harmless = |rule: Rule| floors.is_none() && harmless(rule);
    // That a floor may be missed beside load is the HPA's, where it takes no tolerance; a replica that stays on the way down
    // costs no floor.
    let refuses = |finding: &Finding| match finding.rule.severity() {
        Severity::Error => !harmless(finding.rule) && !is_said(finding),
        Severity::Warning => finding.rule == Rule::HpaSurgeStays && pairing.schedule.surge == Surge::HeldOff,
    };
    for finding in findings {
        if refuses(&finding) {
            problems.push(diags::refused(pairing, &finding));
        } else if finding.rule == Rule::HpaFloorLate {
            problems.push(diags::late(pairing, &finding));
        }
    }
    problems.extend(floors);
    problems.extend(reach::check(pairing));
    problems
}

/// From the first midnight of the horizon in any zone to the last.
fn horizon(plan: &Plan) -> Window<Instant> {
    let zones = || plan.profile.targets.iter().map(|target| &target.zone);
    let from = zones().map(|zone| zone.start_of(plan.horizon.from)).min();
    let until = zones().map(|zone| zone.start_of(plan.horizon.until)).max();
    Window::new(from.unwrap_or(Instant(0)), until.unwrap_or(Instant(0)))
}

//! All that can be said about a manifest that was read back.

use super::super::report;
use super::Pairing;
use super::difference::Difference;
use crate::artifact::Artifact;
use crate::finding::{Diagnostic, Place, Rule};
use crate::keda::fields::Flaw;
use crate::keda::scaledobject::ScaledObject;
use crate::kept::Kept;
use crate::plan::{Plan, Step};
use crate::profile::Target;
use crate::rules::finding::Finding;
use crate::source::Span;
use crate::time::{Change, Zone};
use crate::yaml::{Document, Mark, Problem};

fn help() -> String {
    report::help("templates/scaledobject.yaml.j2")
}

pub(super) fn unreadable(
    artifact: &Artifact,
    document: &Document<ScaledObject>,
    problem: &Problem,
) -> Diagnostic {
    let title =
        format!("a document of {} is not a ScaledObject that Kubernetes accepts: {problem}", artifact.path);
    Diagnostic::new(Rule::EmittedYamlRejected, title)
        .inside(place(artifact, Some(document.at(problem.mark)), "document".to_owned()))
        .help(help())
}

pub(super) fn missing(artifact: &Artifact, target: &Target) -> Diagnostic {
    let title = format!("no ScaledObject scales {}", target.name);
    Diagnostic::new(Rule::EmittedTargetMismatch, title)
        .at(target.span, "this target is missing from the file")
        .inside(place(artifact, None, format!("ScaledObject {}", target.name)))
        .help(help())
}

pub(super) fn duplicate(
    artifact: &Artifact,
    document: &Document<ScaledObject>,
    target: &Target,
) -> Diagnostic {
    let title = format!("two ScaledObjects are called {}", target.name);
    Diagnostic::new(Rule::EmittedTargetMismatch, title)
        .at(target.span, "this target has more than one")
        .inside(place(artifact, Some(document.at(Mark::START)), format!("ScaledObject {}", target.name)))
        .help(help())
}

pub(super) fn extra(
    plan: &Plan,
    artifact: &Artifact,
    document: &Document<ScaledObject>,
    object: &ScaledObject,
) -> Diagnostic {
    let name = &object.metadata.name;
    let title = format!("the ScaledObject {} belongs to no target", name.value);
    let diagnostic = Diagnostic::new(Rule::EmittedTargetMismatch, title)
        .inside(place(artifact, Some(document.at(name.mark)), format!("ScaledObject {}", name.value)))
        .help(help());
    match plan.profile.targets.first() {
        Some(target) => diagnostic.at(target.span, "the targets are declared from here on"),
        None => diagnostic,
    }
}

pub(super) fn differs(
    pairing: &Pairing<'_>,
    field: &str,
    mark: impl Into<Option<Mark>>,
    wanted: &str,
    found: &str,
) -> Diagnostic {
    let name = &pairing.target.name;
    Diagnostic::new(Rule::EmittedTargetMismatch, format!("{name}: {field} does not say what its target does"))
        .at(pairing.target.span, "this target")
        .inside(inside(pairing, mark, field))
        .note(format!("the policy asks for: {wanted}"))
        .note(format!("the file says: {found}"))
        .help(help())
}

pub(super) fn refused(pairing: &Pairing<'_>, finding: &Finding) -> Diagnostic {
    let route = match finding.place.trigger {
        Some(index) => {
            let trigger = pairing.object.spec.triggers.value[index].label();
            format!("triggers[{index}] ({trigger}) / {}", finding.place.field)
        }
        None => finding.place.field.clone(),
    };
    let title = format!("{}: {}: {}", pairing.target.name, finding.rule.id(), finding.rule.summary());
    let diagnostic = Diagnostic::new(Rule::EmittedManifestRejected, title)
        .at(pairing.target.span, "this target")
        .inside(inside(pairing, finding.place.mark, &route))
        .note(&finding.effect)
        .help(format!("{}; {}", finding.mend, help()));
    match finding.first {
        Some(first) => diagnostic.note(format!("from {first} on")),
        None => diagnostic,
    }
}

pub(super) fn floor(pairing: &Pairing<'_>, difference: &Difference) -> Diagnostic {
    let Difference { planned, emitted, .. } = difference;
    let zone = &pairing.target.zone;
    let at = zone.local(difference.at);
    let name = &pairing.target.name;
    let title =
        format!("{name}: on {at} {zone} the plan has a floor of {planned}, the manifest of {emitted}");
    let (span, label) = deciding(pairing, difference);
    let active = match difference.active.as_slice() {
        [] => "no cron trigger of the manifest is active then".to_owned(),
        active => format!("active then: {}", active.join(", ")),
    };
    let mut diagnostic = Diagnostic::new(Rule::EmittedFloorMismatch, title)
        .at(span, label)
        .inside(inside(pairing, pairing.object.spec.triggers.mark, "spec.triggers"))
        .note(active);
    if difference.further > 0 {
        diagnostic = diagnostic.note(further(difference.further, "horizon"));
    }
    diagnostic.help(help())
}

/// The manifest says what the plan says, and KEDA still holds another floor, because the clocks change on that day.
pub(super) fn clock_change(
    pairing: &Pairing<'_>,
    difference: &Difference,
    (zone, change): (&Zone, Change),
) -> Diagnostic {
    let Difference { planned, emitted, active, .. } = difference;
    let (at, name) = (zone.local(difference.at), &pairing.target.name);
    let day = change.stretch().from.date();
    let (span, label) = deciding(pairing, difference);
    let title =
        format!("{name}: on {at} {zone} KEDA would hold {emitted} replicas where the plan has {planned}");
    let shift = (change.after - change.before).abs() / 60;
    let turn = if change.is_gap() { "forward" } else { "back" };
    let mut diagnostic = Diagnostic::new(Rule::ClockChange, title)
        .at(span, label)
        .note(format!("on {day} the clocks of {zone} go {turn} by {shift} minutes: KEDA's cron search passes over times of such a day, in this year and when it looks for the next one"));
    if difference.further > 0 {
        diagnostic = diagnostic.note(further(difference.further, "plan"));
    }
    if !active.is_empty() {
        diagnostic = diagnostic.note(format!("active then: {}", active.join(", ")));
    }
    diagnostic.help("let its windows begin and end at hours that these clocks neither skip nor repeat, in the years of the plan and in the one after it")
}

fn further(count: usize, of: &str) -> String {
    match count {
        1 => format!("1 stretch of the {of} differs after it"),
        _ => format!("{count} stretches of the {of} differ after it"),
    }
}

/// The policy's line that decides the planned floor. Where more is held than the minimum, that is the floor that ended last.
fn deciding(pairing: &Pairing<'_>, difference: &Difference) -> (Span, &'static str) {
    let schedule = pairing.schedule;
    let span = |step: &Step| {
        let layer = schedule.applying(step).first()?;
        Some(schedule.layer(*layer).basis.span())
    };
    if let Some(span) = span(schedule.held.at(difference.at)) {
        return (span, "this floor is planned");
    }
    let steps = schedule.held.steps();
    let before = steps.partition_point(|(at, _)| *at < difference.at);
    let ended = steps[..before].iter().rev().find_map(|(_, step)| span(step));
    match ended.filter(|_| difference.emitted > difference.planned) {
        Some(span) => (span, "this floor is planned to be over by then"),
        None => (pairing.target.min.span, "only this minimum is planned"),
    }
}

fn inside(pairing: &Pairing<'_>, mark: impl Into<Option<Mark>>, route: &str) -> Place {
    let route = format!("ScaledObject {} / {route}", pairing.target.name);
    place(pairing.artifact, Some(pairing.document.at(mark.into().unwrap_or(Mark::START))), route)
}

fn place(artifact: &Artifact, mark: Option<Mark>, route: String) -> Place {
    Place { artifact: artifact.path.clone(), line: mark.map(|mark| mark.line), route }
}

/// What audit says of somebody's own object in which no floor can hold.
pub(super) fn of_base(kept: &Kept, finding: &Finding, at: Span) -> Diagnostic {
    let title = format!("{}: {}: {}", kept.name, finding.rule.id(), finding.rule.summary());
    Diagnostic::new(Rule::BaseRefused, title)
        .at(at, &finding.place.field)
        .note(&finding.effect)
        .note(format!(
            "floors cannot be relied on in this object; more: `seasonscale explain {}`",
            finding.rule.id()
        ))
        .help(&finding.mend)
}

/// What else audit says of it: short, for it is its owner's.
pub(super) fn said_by_audit(kept: &Kept, findings: &[(&Finding, Span)]) -> Option<Diagnostic> {
    if findings.is_empty() {
        return None;
    }
    let count = findings.len();
    let things = if count == 1 { "a thing" } else { "things" };
    let count = if count == 1 { String::new() } else { format!("{count} ") };
    let title = format!("`audit` has {count}{things} to say of the ScaledObject `{}`", kept.name);
    let found = findings.iter().fold(Diagnostic::new(Rule::BaseFinding, title), |found, (finding, at)| {
        let text = format!("{}: {}", finding.rule.id(), finding.rule.summary());
        found.at(*at, text)
    });
    Some(found.help("`seasonscale audit` on this file says what they do and how to mend them"))
}

/// What audit would say of it beside another file of its folder, if both are applied to one cluster.
pub(super) fn in_folder(kept: &Kept, finding: &Finding, at: Span) -> Diagnostic {
    let title = format!("{}: {}: {}", kept.name, finding.rule.id(), finding.rule.summary());
    Diagnostic::new(Rule::BaseFinding, title)
        .at(at, &finding.place.field)
        .note(&finding.effect)
        .note("only files that the policy names are known to be applied together: where this one is for another cluster, it may stay")
        .help(format!("where both are applied to one cluster: {}", finding.mend))
}

pub(super) fn base_flaw(kept: &Kept, flaw: &Flaw) -> Diagnostic {
    let title = format!("{}: {}: {} {}", kept.name, flaw.rule.id(), flaw.route, flaw.effect);
    Diagnostic::new(Rule::BaseRefused, title).at(kept.at(flaw.mark), "here").help(&flaw.mend)
}

/// A formula is the one thing that decides beside the triggers.
pub(super) fn formula_decides(kept: &Kept, object: &ScaledObject) -> Diagnostic {
    let advanced = object.spec.advanced.as_ref();
    let modifiers = advanced.and_then(|advanced| advanced.scaling_modifiers.as_ref());
    let at = modifiers.map_or(kept.span, |modifiers| kept.at(modifiers.mark));
    let title = format!(
        "{}: {}: a formula decides, and knows nothing of floors",
        kept.name,
        Rule::KedaModifiersFloor.id()
    );
    Diagnostic::new(Rule::BaseRefused, title)
        .at(at, "replaces all triggers")
        .note("KEDA gives the HPA one composite metric instead of the triggers: a cron trigger that the formula does not name asks for nothing")
        .help("leave `scalingModifiers` out: the HPA takes the highest trigger anyway; or keep the floors in the formula, by hand")
}

/// Something other than our triggers is not as its owner wrote it.
pub(super) fn owner_changed(pairing: &Pairing<'_>, kept: &Kept, what: String) -> Diagnostic {
    let name = &pairing.target.name;
    Diagnostic::new(
        Rule::EmittedTargetMismatch,
        format!("{name}: something else than our triggers is not as its owner wrote it"),
    )
    .at(kept.span, "the owner's object")
    .inside(inside(pairing, None, "all but our triggers"))
    .note(format!("it differs in: {what}"))
    .help("the file was not written: this is a bug of seasonscale, report it with the object")
}

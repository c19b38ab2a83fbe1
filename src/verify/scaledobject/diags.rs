//! All that can be said about a manifest that was read back.

use super::super::report;
use super::Pairing;
use super::difference::Difference;
use crate::artifact::Artifact;
use crate::finding::{Diagnostic, Place, Rule};
use crate::keda::fields::Flaw;
use crate::keda::scaledobject::ScaledObject;
use crate::kept::Kept;
use crate::plan::{Plan, Schedule, Step};
use crate::profile::Target;
use crate::rules::finding::Finding;
use crate::rules::lint::Stretch;
use crate::source::Span;
use crate::time::{Change, Instant, TimeOfDay, Zone};
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
    const HOURS: &str = "let its windows begin and end at hours that these clocks neither skip nor repeat, in the years of the plan and in the one after it";
    // The search for a day begins at its midnight, which is not there.
    let is_at_midnight = change.is_gap() && change.stretch().from.time_of_day() == TimeOfDay::MIDNIGHT;
    diagnostic.help(if is_at_midnight {
        format!("end at 23:59 in place of 24:00; else {HOURS}")
    } else {
        HOURS.to_owned()
    })
}

fn further(count: usize, of: &str) -> String {
    match count {
        1 => format!("1 stretch of the {of} differs after it"),
        _ => format!("{count} stretches of the {of} differ after it"),
    }
}

/// The way up that the policy allows is longer than a floor can wait.
pub(super) fn late(pairing: &Pairing<'_>, finding: &Finding) -> Diagnostic {
    let target = pairing.target;
    let title = format!("`{}`: {}", target.name, finding.effect);
    let diagnostic = Diagnostic::new(Rule::HpaFloorLate, title).inside(inside(pairing, None, "behavior"));
    match target.scale_up {
        Some(most) => diagnostic
            .at(most.span, format!("{} replicas a minute at most", most.value))
            .help(format!(
                "let the window begin that much earlier, or write `scale-up-per-minute = {}`, which reaches every floor of it at once",
                widest_step(pairing)
            )),
        None => diagnostic.at(target.span, "this target").help(&finding.mend),
    }
}

/// The most replicas that one change of the floor adds.
fn widest_step(pairing: &Pairing<'_>) -> u32 {
    let least = pairing.target.min.value.0.max(1);
    let held = &pairing.schedule.held;
    let floors = std::iter::once(held.first()).chain(held.steps().iter().map(|(_, step)| step));
    let floors: Vec<u32> = floors.map(|step| step.floor.0.max(least)).collect();
    floors.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).max().unwrap_or(1).max(1)
}

/// The HPA takes what runs before a floor for as many as it asks for.
pub(super) fn never_reached(pairing: &Pairing<'_>, stretch: &Stretch) -> Diagnostic {
    let Stretch { window, floor, before, arrival, .. } = stretch;
    let (target, versions) = (pairing.target, pairing.subject.versions);
    let title = format!(
        "`{}`: the HPA never goes to floor {floor}: {} run, and are enough to it",
        target.name, arrival.at
    );
    let planned = planned_at(pairing.schedule, window.from);
    let mut diagnostic = Diagnostic::new(Rule::FloorWithinTolerance, title)
        .at(planned.unwrap_or(target.min.span), format!("floor {floor} from here"));
    let (mend, against) = way_to(pairing, stretch);
    if let Some((span, label)) = against {
        diagnostic = diagnostic.against(span, label);
    }
    diagnostic = diagnostic.note(format!(
        "from {before} on {} {} the way up ends at {}: the HPA ignores a difference of up to 10 % (kedacore/keda#7900)",
        target.zone.local(window.from),
        target.zone,
        arrival.at
    ));
    if versions.have_tolerance() {
        return diagnostic.help(mend);
    }
    diagnostic
        .note(format!(
            "Kubernetes {} with KEDA {} has no tolerance to set",
            versions.kubernetes, versions.keda
        ))
        .help(format!(
            "{mend}; or use Kubernetes 1.35 and KEDA 2.18, or newer ones, where `tolerance: \"0\"` is emitted"
        ))
}

/// What reaches a floor without a tolerance of one's own, and what stands in its way.
fn way_to(pairing: &Pairing<'_>, stretch: &Stretch) -> (String, Option<(Span, String)>) {
    let (Stretch { floor, before, asked, .. }, target) = (stretch, pairing.target);
    let tolerance = pairing.subject.tolerance();
    if let Some(limit) = target.scale_up.filter(|_| !tolerance.keeps((*before, *asked))) {
        let said = format!("at most {} more per minute", limit.value);
        let step = floor.0 - before.0;
        return (format!("allow {step} per minute, so that one step leads there"), Some((limit.span, said)));
    }
    let (enough, fewest) = (tolerance.next_above(*before), tolerance.fewest_for(*asked).0 - 1);
    let higher = match enough > target.max.value {
        true => format!("write a floor and a maximum of {enough} or more"),
        false => format!("write a floor of {enough} or more"),
    };
    if *before == target.min.value {
        let mend = format!("{higher}, or a minimum of {fewest} or fewer");
        return (mend, Some((target.min.span, format!("{before} run before it"))));
    }
    (format!("{higher}, or let no more than {fewest} run before it"), None)
}

/// The policy's line that decides the planned floor of an instant; none where the minimum is all that is planned.
fn planned_at(schedule: &Schedule, at: Instant) -> Option<Span> {
    decides(schedule, schedule.held.at(at))
}

fn decides(schedule: &Schedule, step: &Step) -> Option<Span> {
    let layer = schedule.applying(step).first()?;
    Some(schedule.layer(*layer).basis.span())
}

/// The policy's line that decides the planned floor. Where more is held than the minimum, that is the floor that ended last.
fn deciding(pairing: &Pairing<'_>, difference: &Difference) -> (Span, &'static str) {
    let schedule = pairing.schedule;
    if let Some(span) = planned_at(schedule, difference.at) {
        return (span, "this floor is planned");
    }
    let steps = schedule.held.steps();
    let before = steps.partition_point(|(at, _)| *at < difference.at);
    let ended = steps[..before].iter().rev().find_map(|(_, step)| decides(schedule, step));
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

/// The same of a floor that the HPA never goes to, at the policy's line that plans it.
pub(super) fn of_base_for_a_floor(pairing: &Pairing<'_>, kept: &Kept, finding: &Finding) -> Diagnostic {
    let planned = finding.first.and_then(|first| planned_at(pairing.schedule, first));
    let mut diagnostic = of_base(kept, finding, kept.span);
    for label in &mut diagnostic.labels {
        label.text = "in this object".to_owned();
    }
    match planned {
        Some(span) => diagnostic.against(span, "this floor"),
        None => diagnostic,
    }
}

/// What else audit says of it: short, for it is its owner's. What is said `with_floors` is of it with the floors of the plan,
/// which its file does not have: that is said whole.
pub(super) fn said_by_audit(
    kept: &Kept,
    alone: &[(Finding, Span)],
    with_floors: &[Finding],
) -> Option<Diagnostic> {
    let count = alone.len() + with_floors.len();
    if count == 0 {
        return None;
    }
    let things = if count == 1 { "a thing".to_owned() } else { format!("{count} things") };
    let title = format!("`audit` has {things} to say of the ScaledObject `{}`", kept.name);
    let said = |finding: &Finding| format!("{}: {}", finding.rule.id(), finding.rule.summary());
    let of_file = alone.iter().map(|(finding, at)| (*at, said(finding)));
    let of_floors = with_floors.iter().map(|finding| (kept.span, said(finding)));
    let mut found = of_file
        .chain(of_floors)
        .fold(Diagnostic::new(Rule::BaseFinding, title), |found, (at, text)| found.at(at, text));
    let mut help = Vec::new();
    if !alone.is_empty() {
        help.push("`seasonscale audit` on this file says what they do and how to mend them".to_owned());
    }
    for finding in with_floors {
        let id = finding.rule.id();
        found = found.note(format!("{id}, with the floors of the policy: {}", finding.effect));
        help.push(format!("against {id}: {}", finding.mend));
    }
    Some(found.help(help.join("; ")))
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

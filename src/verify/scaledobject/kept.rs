//! Somebody's own object, read back: it says what its owner's file says, field by field and byte by byte, our triggers
//! aside; and floors can hold in it at all, by what audit says of it.

use super::{Pairing, diags, harmless, is_said};
use crate::artifact::ArtifactKind;
use crate::finding::Rule;
use crate::finding::{Diagnostic, Severity};
use crate::keda::decode::{self, Decoded};
use crate::keda::limits::DecidedBy;
use crate::keda::scaledobject::Kind;
use crate::kept::{Kept, OURS};
use crate::profile::KeptTarget;
use crate::quantity::Replicas;
use crate::rules::finding::Finding;
use crate::rules::halt::Halt;
use crate::rules::subject::{Cache, Subject, Versions};
use crate::rules::{admission, lint};
use crate::source::Span;
use crate::step::StepFn;
use crate::time::Instant;
use crate::yaml::{self, Marked, Node, Value};

/// The owner's object without our triggers.
pub(super) struct Base {
    /// Why nothing of it can be read, or no floor holds in it whatever we add.
    pub(super) found: Vec<Diagnostic>,
    /// What else audit says of it.
    pub(super) said: Vec<(Finding, Span)>,
    /// Why no floor can hold in it as it is; our triggers may mend that.
    stops: Vec<(Rule, Diagnostic)>,
    /// What its own cron triggers hold, where they are to stay.
    pub(super) floor: Option<StepFn<Instant, Replicas>>,
}

impl Base {
    /// What audit says of the object alone.
    pub(super) fn of(kept: &KeptTarget, versions: Versions, cache: &mut Cache) -> Self {
        let root = without_ours(&root_of(&kept.object));
        let Decoded { object, flaws } = decode::object(&root, Kind::ScaledObject);
        let flaws = flaws.iter().filter(|flaw| flaw.rule.severity() == Severity::Error);
        let mut found: Vec<Diagnostic> = flaws.map(|flaw| diags::base_flaw(&kept.object, flaw)).collect();
        if !found.is_empty() || object.spec.triggers.value.is_empty() {
            return Self { found, said: Vec::new(), stops: Vec::new(), floor: None };
        }
        let subject = Subject::new(&object, versions, cache);
        let admitted = admission::admit(&subject).into_iter().map(|finding| (finding, true));
        let linted = lint::lint(&subject).into_iter().map(|finding| (finding, false));
        let mut findings: Vec<(Finding, bool)> = admitted.chain(linted).collect();
        // A band is looked at where our floors are.
        findings.retain(|(finding, _)| finding.rule != Rule::HpaDeadBand);
        let (stops, said): (Vec<_>, Vec<_>) = findings
            .into_iter()
            .partition(|(finding, is_admission)| refuses(&subject, finding, *is_admission));
        let refused = !stops.is_empty();
        let at = |finding: &Finding| kept.object.at(finding.place.mark);
        let stops = stops
            .iter()
            .map(|(finding, _)| (finding.rule, diags::of_base(&kept.object, finding, at(finding))));
        let stops = stops.collect();
        let said = said.into_iter().map(|(finding, _)| {
            let at = at(&finding);
            (finding, at)
        });
        let said = said.collect();
        let decides = subject.held().steps().iter().map(|(_, held)| held).chain([subject.held().first()]);
        if !refused && decides.into_iter().any(|held| held.by != DecidedBy::Triggers) {
            found.push(diags::formula_decides(&kept.object, &object));
        }
        let has_crons = kept.keeps_crons && subject.triggers_of("cron").next().is_some();
        Self { found, said, stops, floor: has_crons.then(|| subject.floor().clone()) }
    }

    /// Whether nothing more can be said of what comes of it.
    pub(super) fn is_refused(&self) -> bool {
        self.found.iter().any(|finding| finding.severity() == Severity::Error)
    }

    /// Why no floor can hold in what comes of it. A base without any trigger is not an object yet, one that KEDA refuses for want of
    /// a trigger may be none: so the object with our triggers in it is asked. What is wrong with those alone is said elsewhere.
    pub(super) fn stopped(mut self, kept: &KeptTarget, made: &Subject<'_>) -> Vec<Diagnostic> {
        let (_, first, _) = split(&root_of(&kept.object));
        let admitted = admission::admit(made).into_iter().map(|finding| (finding, true));
        let linted = lint::lint(made).into_iter().map(|finding| (finding, false));
        let of_owner = |finding: &Finding| finding.place.trigger.is_none_or(|trigger| trigger < first);
        let mut stopped = Vec::new();
        for (finding, is_admission) in admitted.chain(linted) {
            if finding.rule == Rule::HpaDeadBand
                || !of_owner(&finding)
                || !refuses(made, &finding, is_admission)
            {
                continue;
            }
            match self.stops.iter().position(|(rule, _)| *rule == finding.rule) {
                Some(at) => stopped.push(self.stops.remove(at).1),
                None => stopped.push(diags::of_base(&kept.object, &finding, kept.object.span)),
            }
        }
        stopped
    }
}

/// Whether a finding keeps every floor of the object from holding.
fn refuses(subject: &Subject<'_>, finding: &Finding, is_admission: bool) -> bool {
    let is_error = finding.rule.severity() == Severity::Error;
    let halted = |findings: &[Finding]| Halt::of(subject.object, findings, subject.versions.keda).is_some();
    let paused = halted(&[]);
    is_admission && is_error
        || paused && finding.rule == Rule::KedaPaused
        || !paused && halted(std::slice::from_ref(finding))
        || finding.rule == Rule::KedaIdleReplicas
        || [Rule::KedaModifiersFloor, Rule::FormulaNegative].contains(&finding.rule)
}

/// All checks of the emitted object.
pub(super) fn check(pairing: &Pairing<'_>, kept: &KeptTarget) -> Vec<Diagnostic> {
    let base = without_ours(&root_of(&kept.object));
    let mut problems = Vec::new();
    let (without, first, all) = split(pairing.root);
    if !without.says_as(&base) {
        problems.push(diags::owner_changed(pairing, &kept.object, first_difference(&base, &without, "")));
    }
    if !ours_are_last(first, all, pairing) {
        problems.push(diags::differs(
            pairing,
            "spec.triggers",
            pairing.object.spec.triggers.mark,
            "the plan's triggers behind all others",
            "others behind them",
        ));
    }
    // In the other forms the bytes are those of whoever puts both together.
    let is_whole = pairing.artifact.kind == ArtifactKind::Keda;
    if let Some(difference) = changed_bytes(pairing, &kept.object).filter(|_| is_whole) {
        problems.push(diags::owner_changed(pairing, &kept.object, difference));
    }
    let ours = |finding: &Finding| finding.place.trigger.is_some_and(|trigger| trigger >= first);
    let subject = &pairing.subject;
    let floors = super::floors::check(pairing);
    let missed = super::reach::never_reached(pairing);
    let is_missed = |at: Instant| missed.iter().any(|stretch| stretch.window.from == at);
    let mut with_floors = Vec::new();
    for finding in admission::admit(subject).into_iter().chain(lint::faults(subject)) {
        let error = finding.rule.severity() == Severity::Error && !is_said(&finding);
        if finding.rule == Rule::HpaDeadBand && finding.first.is_some_and(is_missed) {
            problems.push(diags::of_base_for_a_floor(pairing, &kept.object, &finding));
        } else if error && ours(&finding) && !(floors.is_none() && harmless(finding.rule)) {
            problems.push(diags::refused(pairing, &finding));
        } else if [Rule::HpaFloorLate, Rule::HpaDeadBand].contains(&finding.rule) {
            with_floors.push(finding);
        }
    }
    problems.extend(diags::said_by_audit(&kept.object, &pairing.said, &with_floors));
    problems.extend(floors);
    problems
}

fn root_of(kept: &Kept) -> Node {
    yaml::tree(&kept.text).expect("internal error: the policy read it").root
}

fn is_ours(item: &Node) -> bool {
    let text = |key: &str| item.get(key).and_then(Node::text);
    text("type") == Some("cron") && text("name").is_some_and(|name| name.starts_with(OURS))
}

fn without_ours(root: &Node) -> Node {
    split(root).0
}

/// An object without our triggers, the place of the first of them, and how many triggers there are.
fn split(root: &Node) -> (Node, usize, usize) {
    let mut root = root.clone();
    let (mut first, mut all) = (0, 0);
    if let Some(list) = field(&mut root, "spec").and_then(|spec| field(spec, "triggers")) {
        if let Value::List(items) = &mut list.value {
            all = items.len();
            first = items.iter().position(is_ours).unwrap_or(all);
            items.retain(|item| !is_ours(item));
        }
        // A list that is not written and one of nothing are one.
        if matches!(&list.value, Value::Null) {
            list.value = Value::List(Vec::new());
        }
    }
    (root, first, all)
}

fn field<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Node> {
    let Value::Map(entries) = &mut node.value else { return None };
    entries.iter_mut().find(|(name, _)| name.value == key).map(|(_, value)| value)
}

fn ours_are_last(first: usize, all: usize, pairing: &Pairing<'_>) -> bool {
    let triggers = &pairing.object.spec.triggers.value;
    let name = |at: usize| triggers[at].name.as_ref().map(|name: &Marked<String>| name.value.as_str());
    (first..all).all(|at| name(at).is_some_and(|name| name.starts_with(OURS)))
}

/// The way to the first field that differs.
fn first_difference(base: &Node, made: &Node, way: &str) -> String {
    match (&base.value, &made.value) {
        (Value::Map(theirs), Value::Map(_)) => {
            let differs = theirs.iter().find_map(|(key, value)| {
                let way = if way.is_empty() { key.value.clone() } else { format!("{way}.{}", key.value) };
                match made.get(&key.value) {
                    Some(other) if other.says_as(value) => None,
                    Some(other) => Some(first_difference(value, other, &way)),
                    None => Some(way),
                }
            });
            differs.unwrap_or_else(|| way.to_owned())
        }
        (Value::List(theirs), Value::List(ours)) if theirs.len() == ours.len() => {
            let mut both = theirs.iter().zip(ours).enumerate();
            let differs = both.find(|(_, (theirs, ours))| !ours.says_as(theirs));
            differs.map_or_else(
                || way.to_owned(),
                |(at, (theirs, ours))| first_difference(theirs, ours, &format!("{way}[{at}]")),
            )
        }
        _ => way.to_owned(),
    }
}

/// Where the text is not the owner's with something put in; a base that has triggers of ours already is held by its fields.
fn changed_bytes(pairing: &Pairing<'_>, kept: &Kept) -> Option<String> {
    if split(&root_of(kept)).1 < split(&root_of(kept)).2 {
        return None;
    }
    let own = |text: &str| text.strip_prefix("---\n").unwrap_or(text).trim_end().to_owned();
    let (made, base) = (own(pairing.text), own(&kept.text));
    let same = made.bytes().zip(base.bytes()).take_while(|(made, base)| made == base).count();
    let rest = base.len() - same;
    let ends_alike = made.len() >= base.len() && made.as_bytes().ends_with(&base.as_bytes()[same..]);
    (!ends_alike).then(|| {
        let line = 1 + base.as_bytes()[..same].iter().filter(|byte| **byte == b'\n').count();
        format!("the text from line {line} of the object on, {rest} bytes before its end")
    })
}

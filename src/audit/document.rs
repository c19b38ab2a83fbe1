//! Parts of a file become objects and findings, with their places in the file.

use std::collections::BTreeMap;

use super::part::Part;
use super::sibling::{self, Sibling};
use super::{Cron, Object, Scales, Scope, Trigger};
use crate::finding::Rule;
use crate::keda::decode::{self, Decoded};
use crate::keda::fields::Flaw;
use crate::keda::floor::Active;
use crate::keda::neighbour::Neighbour;
use crate::keda::scaledobject::{Kind, ScaledObject};
use crate::rules::admission;
use crate::rules::claims::Claim;
use crate::rules::cost::Cost;
use crate::rules::finding::{Finding, Place};
use crate::rules::halt::{self, Halt};
use crate::rules::lint;
use crate::rules::subject::{Cache, Subject};
use crate::yaml::{Comment, Mark, Problem, Tree};

/// What some documents of a file give.
#[derive(Default)]
pub(super) struct Document {
    pub(super) objects: Vec<(Object, Claim)>,
    pub(super) findings: Vec<Finding>,
    /// Kinds of other documents, each with how often it occurs.
    pub(super) others: BTreeMap<String, usize>,
    pub(super) siblings: Vec<Sibling>,
    pub(super) neighbours: Vec<Neighbour>,
}

impl Document {
    /// Counts a document of another kind. A file can have millions of these.
    fn count(&mut self, kind: &str) {
        match self.others.get_mut(kind) {
            Some(count) => *count += 1,
            None => {
                self.others.insert(kind.to_owned(), 1);
            }
        }
    }
}

/// Adds what a part holds, whose tree this is; what it has in common with others comes from `cache`.
pub(super) fn read(
    scope: Scope,
    cache: &mut Cache,
    (part, tree): (&Part<'_>, Result<Tree, Problem>),
    into: &mut Document,
) {
    let tree = match tree {
        Ok(tree) => tree,
        Err(problem) => {
            into.findings.push(broken(&part.text, &problem, part.place(problem.mark)));
            return;
        }
    };
    let contents =
        if part.is_run { decode::contents_of_items(&tree.root) } else { decode::contents(&tree.root) };
    contents.others.iter().for_each(|kind| into.count(kind));
    let neighbours = contents.neighbours.into_iter();
    into.neighbours.extend(neighbours.map(|one| Neighbour { mark: part.place(one.mark), ..one }));
    let begins: Vec<Mark> = contents.objects.iter().map(|(_, node)| node.mark).collect();
    let looks: Vec<Examined> = contents
        .objects
        .iter()
        .enumerate()
        .map(|(place, (kind, node))| {
            let comments = comments(&part.head, &tree.comments, &begins, place);
            examine(scope, cache, &decode::object(node, *kind), &comments)
        })
        .collect();
    let titles: Vec<&str> = looks.iter().map(|look| look.object.title.as_str()).collect();
    let mut found = doubled(&tree, &begins, &titles);
    for Examined { mut object, name, findings, claim, mut siblings } in looks {
        for sibling in &mut siblings {
            sibling.object = into.objects.len();
            sibling.mark = part.place(sibling.mark);
        }
        into.siblings.extend(siblings);
        (object.mark, object.begins) = (part.place(object.mark), part.place(object.begins));
        object.triggers.iter_mut().for_each(|trigger| trigger.mark = part.place(trigger.mark));
        found.extend(findings);
        into.objects.push((object, claim.at(part.place(name))));
    }
    found.iter_mut().for_each(|finding| finding.place.mark = part.place(finding.place.mark));
    into.findings.extend(found);
}

/// What one object gives, with places inside of its document.
struct Examined {
    object: Object,
    name: Mark,
    findings: Vec<Finding>,
    claim: Claim,
    siblings: Vec<Sibling>,
}

fn examine(scope: Scope, cache: &mut Cache, decoded: &Decoded, comments: &[Comment]) -> Examined {
    let Decoded { object, flaws } = decoded;
    let subject = Subject::new(object, scope.versions, cache).with_comments(comments);
    let mut findings: Vec<Finding> = flaws.iter().map(|flaw| flawed(object, flaw)).collect();
    findings.extend(admission::admit(&subject));
    findings.extend(lint::lint(&subject));
    let halt = Halt::of(object, &findings, scope.versions.keda);
    if halt.is_some() {
        findings.retain(|finding| !halt::needs_floors(finding.rule));
    }
    findings.iter_mut().for_each(|finding| finding.cost = Cost::of(&subject, finding));
    let mut seen = Object { halt, ..seen(&subject) };
    let is_out = matches!(seen.halt, Some(Halt::Refused | Halt::NotBuilt));
    if is_out && subject.composite().is_some_and(|composite| !composite.has_value()) {
        seen.scales.iter_mut().for_each(|scales| scales.held = None);
    }
    let name = object.metadata.name.mark;
    let siblings = sibling::siblings(&subject);
    Examined { object: seen, name, findings, claim: Claim::of(object, name, scope.versions.keda), siblings }
}

/// The comments that speak of the object at `place` of those that begin at `begins`: at the head of the file, above the
/// first object, inside of its own lines and directly above them.
fn comments(head: &[Comment], all: &[Comment], begins: &[Mark], place: usize) -> Vec<Comment> {
    let above = |place: usize| {
        let begins = begins[place].line;
        let (mut first, mut next) = (all.partition_point(|comment| comment.line() < begins), begins);
        while first > 0 && all[first - 1].line() + 1 == next {
            (first, next) = (first - 1, next - 1);
        }
        first
    };
    let from = if place == 0 { 0 } else { above(place) };
    let until = if place + 1 == begins.len() { all.len() } else { above(place + 1) };
    let of_all = if place == 0 { 0 } else { all.partition_point(|comment| comment.mark < Some(begins[0])) };
    head.iter().chain(&all[..of_all]).chain(&all[from..until]).cloned().collect()
}

/// What is shown of an object.
fn seen(subject: &Subject<'_>) -> Object {
    let object = subject.object;
    let scales = || {
        let (_, kind, name) = object.spec.scale_target_ref.target();
        let (min, max) = (object.spec.min(), object.spec.max());
        Scales { target: format!("{kind} {name}"), min, max, held: Some(subject.held().clone()) }
    };
    let triggers = subject.triggers().map(|(index, trigger)| {
        let active = subject.active.iter().find(|active| active.index == index);
        Trigger {
            index,
            kind: trigger.kind.value.clone(),
            name: trigger.name.as_ref().map(|name| name.value.clone()),
            mark: trigger.mark,
            cron: active.map(cron),
        }
    });
    Object {
        title: object.title(),
        kind: object.kind,
        namespace: object.metadata.namespace.as_ref().map(|namespace| namespace.value.clone()),
        name: object.metadata.name.value.clone(),
        mark: object.metadata.name.mark,
        begins: object.mark,
        halt: None,
        triggers: triggers.collect(),
        scales: match object.kind {
            Kind::ScaledObject => Some(scales()),
            Kind::ScaledJob => None,
        },
    }
}

fn cron(active: &Active) -> Cron {
    Cron {
        texts: active.trigger.texts.clone(),
        zone: active.trigger.pair.zone.clone(),
        desired: active.trigger.desired,
        active: active.walk.active.clone(),
    }
}

fn flawed(object: &ScaledObject, flaw: &Flaw) -> Finding {
    let place = Place { object: object.title(), trigger: None, field: flaw.route.clone(), mark: flaw.mark };
    let effect = format!("{} {}", flaw.route, flaw.effect);
    Finding { rule: flaw.rule, place, effect, first: None, mend: flaw.mend.clone(), cost: Cost::default() }
}

fn doubled(tree: &Tree, begins: &[Mark], titles: &[&str]) -> Vec<Finding> {
    // Of a List's objects the last one that begins above the key.
    let of = |mark: Mark| {
        let above = begins.partition_point(|begins| *begins <= mark).saturating_sub(1);
        titles.get(above).map(|title| (*title).to_owned()).unwrap_or_default()
    };
    let found = tree.doubled.iter().map(|key| Finding {
        rule: Rule::YamlKeyDoubled,
        place: Place { object: of(key.mark), trigger: None, field: key.value.clone(), mark: key.mark },
        effect: format!(
            "{} is there twice: kubectl takes the last one without a word, kustomize refuses the file",
            key.value
        ),
        first: None,
        mend: "remove one of the two".to_owned(),
        cost: Cost::of_kind(Rule::YamlKeyDoubled),
    });
    found.collect()
}

pub(super) fn broken(text: &str, problem: &Problem, mark: Mark) -> Finding {
    let line = text.lines().nth(problem.mark.line.saturating_sub(1)).unwrap_or_default();
    let mend = if line.chars().nth(problem.mark.column.saturating_sub(1)) == Some('*') {
        "a star at the beginning is an alias in YAML: put the schedule into quotes"
    } else if text.contains("{{") {
        "this looks like a template: render it first, as in `helm template . | seasonscale audit -`"
    } else {
        "mend the text; nothing in this document could be looked at"
    };
    Finding {
        rule: Rule::YamlBroken,
        place: Place { object: String::new(), trigger: None, field: String::new(), mark },
        effect: problem.message.clone(),
        first: None,
        mend: mend.to_owned(),
        cost: Cost::of_kind(Rule::YamlBroken),
    }
}

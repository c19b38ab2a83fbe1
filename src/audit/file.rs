//! The bytes of a file become objects and findings: cut into documents, each read on its own, so that a broken one spoils
//! no other.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Cron, File, Object, Scales, Scope, Trigger};
use crate::keda::admission;
use crate::keda::claims::{Claim, Claims};
use crate::keda::decode::{self, Decoded};
use crate::keda::fields::Flaw;
use crate::keda::finding::{Check, Finding, Place};
use crate::keda::floor::Active;
use crate::keda::halt::Halt;
use crate::keda::lint;
use crate::keda::scaledobject::{Kind, ScaledObject};
use crate::keda::subject::{Cache, Subject};
use crate::parallel;
use crate::yaml::{self, Comment, Mark, Node, Problem, Tree};

/// Documents of a file that are read together, on one core: they share walks.
const SHARE: usize = 256;

pub(super) fn read(scope: Scope, claims: &mut Claims, name: &str, bytes: &[u8]) -> File {
    let text = match str::from_utf8(bytes) {
        Ok(text) => yaml::with_lines(text),
        Err(error) => return not_utf8(name, bytes, error.valid_up_to()),
    };
    let text = text.as_ref();
    let head = head(text);
    let parts: Vec<Part<'_>> = yaml::cut(text).flat_map(|(line, text)| parts(&head, line, text)).collect();
    let shares = shares(&parts);
    let read = parallel::map_large(&shares, |share| {
        let mut cache = scope.cache();
        share.iter().map(|part| document(scope, &mut cache, part)).collect::<Vec<Document>>()
    });
    let mut file =
        File { name: name.to_owned(), objects: Vec::new(), findings: Vec::new(), others: Vec::new() };
    let mut others: BTreeMap<String, usize> = BTreeMap::new();
    for document in read.into_iter().flatten() {
        file.findings.extend(document.findings);
        for (object, claim) in document.objects {
            file.findings.extend(claims.add(&claim, name));
            file.objects.push(object);
        }
        for kind in document.others {
            *others.entry(kind).or_default() += 1;
        }
    }
    file.others = others.into_iter().collect();
    file.findings.sort_by_key(|finding| finding.place.mark);
    file
}

/// A document, or a run of the items of one.
struct Part<'t> {
    /// The line of the file on which it begins.
    line: usize,
    text: &'t str,
    /// Whether it is a run of items.
    is_run: bool,
    /// The comments that speak of all of it, from above.
    head: Cow<'t, [Comment]>,
}

/// A document; or, where it is a long `List`, runs of its items, since a List can be as long as a file of many documents.
fn parts<'t>(head: &'t [Comment], line: usize, text: &'t str) -> Vec<Part<'t>> {
    let runs = || {
        let cut = yaml::items(text, SHARE)?;
        let list = yaml::tree(&format!("{}{}", cut.head, cut.tail)).ok()?;
        let named = list.root.get("kind").and_then(Node::text).is_some_and(|kind| kind.ends_with("List"));
        let plain = named && list.doubled.is_empty() && list.root.get("items").is_some();
        let above = list.comments.into_iter().map(|comment| Comment { mark: Mark::default(), ..comment });
        let head: Vec<Comment> = head.iter().cloned().chain(above).collect();
        let run = |(first, text): (usize, &'t str)| Part {
            line: line + first - 1,
            text,
            is_run: true,
            head: Cow::Owned(head.clone()),
        };
        plain.then(|| cut.runs.into_iter().map(run).collect())
    };
    runs().unwrap_or_else(|| vec![Part { line, text, is_run: false, head: Cow::Borrowed(head) }])
}

/// Runs are shares already, documents are put together.
fn shares<'p, 't>(parts: &'p [Part<'t>]) -> Vec<&'p [Part<'t>]> {
    let runs = parts.chunk_by(|one, next| !one.is_run && !next.is_run);
    runs.flat_map(|run| run.chunks(SHARE)).collect()
}

/// What one document gives.
#[derive(Default)]
struct Document {
    objects: Vec<(Object, Claim)>,
    findings: Vec<Finding>,
    others: Vec<String>,
}

/// Comments before the first document: they speak of all, so they stand on no line of any.
fn head(text: &str) -> Vec<Comment> {
    let lines = text.lines().take_while(|line| line.starts_with('#') || line.trim().is_empty());
    let comments = lines.filter_map(|line| {
        let value = line.strip_prefix('#')?.trim().to_owned();
        Some(Comment { value, mark: Mark::default(), is_beside: false })
    });
    comments.collect()
}

fn document(scope: Scope, cache: &mut Cache, part: &Part<'_>) -> Document {
    let Part { line, text, is_run, head } = part;
    let shift = |mark: Mark| Mark { line: *line + mark.line.max(1) - 1, column: mark.column };
    let mut found = Document::default();
    let tree = match yaml::tree(text) {
        Ok(tree) => tree,
        Err(problem) => {
            found.findings.push(broken(text, &problem, shift(problem.mark)));
            return found;
        }
    };
    let contents = if *is_run { decode::contents_of_items(&tree.root) } else { decode::contents(&tree.root) };
    found.others = contents.others;
    if contents.objects.is_empty() {
        return found;
    }
    let begins: Vec<Mark> = contents.objects.iter().map(|(_, node)| node.mark).collect();
    let items: Vec<(usize, (Kind, &Node))> = contents.objects.into_iter().enumerate().collect();
    let one = |cache: &mut Cache, (place, (kind, node)): &(usize, (Kind, &Node))| {
        let comments = comments(head, &tree.comments, &begins, *place);
        look(scope, cache, &decode::object(node, *kind), &comments)
    };
    // A List can be as long as a file of many documents.
    let looks: Vec<Look> = if items.len() <= SHARE {
        items.iter().map(|item| one(cache, item)).collect()
    } else {
        let shares: Vec<&[(usize, (Kind, &Node))]> = items.chunks(SHARE).collect();
        let shares = parallel::map_large(&shares, |share| {
            let mut cache = scope.cache();
            share.iter().map(|item| one(&mut cache, item)).collect::<Vec<Look>>()
        });
        shares.into_iter().flatten().collect()
    };
    let titles: Vec<&str> = looks.iter().map(|look| look.object.title.as_str()).collect();
    found.findings.extend(doubled(&tree, &begins, &titles));
    for Look { mut object, name, findings, claim } in looks {
        (object.mark, object.begins) = (shift(object.mark), shift(object.begins));
        object.triggers.iter_mut().for_each(|trigger| trigger.mark = shift(trigger.mark));
        found.findings.extend(findings);
        found.objects.push((object, claim.at(shift(name))));
    }
    for finding in &mut found.findings {
        finding.place.mark = shift(finding.place.mark);
    }
    found
}

/// What one object gives, with places inside of its document.
struct Look {
    object: Object,
    name: Mark,
    findings: Vec<Finding>,
    claim: Claim,
}

fn look(scope: Scope, cache: &mut Cache, decoded: &Decoded, comments: &[Comment]) -> Look {
    let Decoded { object, flaws } = decoded;
    let subject = Subject::new(object, scope.versions, cache).with_comments(comments);
    let mut findings: Vec<Finding> = flaws.iter().map(|flaw| flawed(object, flaw)).collect();
    findings.extend(admission::admit(&subject));
    findings.extend(lint::lint(&subject));
    let seen = Object { halt: Halt::of(object, &findings), ..seen(&subject) };
    let name = object.metadata.name.mark;
    Look { object: seen, name, findings, claim: Claim::of(object, name) }
}

/// The comments that speak of the object at `place` of those that begin at `begins`: at the head of the file, above the
/// first object, inside of its own lines and directly above them.
fn comments(head: &[Comment], all: &[Comment], begins: &[Mark], place: usize) -> Vec<Comment> {
    let line = |comment: &Comment| comment.mark.line;
    let above = |place: usize| {
        let begins = begins[place].line;
        let (mut first, mut next) = (all.partition_point(|comment| line(comment) < begins), begins);
        while first > 0 && line(&all[first - 1]) + 1 == next {
            (first, next) = (first - 1, next - 1);
        }
        first
    };
    let from = if place == 0 { 0 } else { above(place) };
    let until = if place + 1 == begins.len() { all.len() } else { above(place + 1) };
    let of_all = if place == 0 { 0 } else { all.partition_point(|comment| comment.mark < begins[0]) };
    head.iter().chain(&all[..of_all]).chain(&all[from..until]).cloned().collect()
}

/// What is shown of an object.
fn seen(subject: &Subject<'_>) -> Object {
    let object = subject.object;
    let scales = || {
        let (_, kind, name) = object.spec.scale_target_ref.target();
        let (min, max) = (object.spec.min(), object.spec.max());
        Scales { target: format!("{kind} {name}"), min, max, floor: subject.floor().clone() }
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
    Finding { check: flaw.check, place, effect, first: None, mend: flaw.mend.clone() }
}

fn doubled(tree: &Tree, begins: &[Mark], titles: &[&str]) -> Vec<Finding> {
    // Of a List's objects the last one that begins above the key.
    let of = |mark: Mark| {
        let above = begins.partition_point(|begins| *begins <= mark).saturating_sub(1);
        titles.get(above).map(|title| (*title).to_owned()).unwrap_or_default()
    };
    let found = tree.doubled.iter().map(|key| Finding {
        check: Check::KeyDoubled,
        place: Place { object: of(key.mark), trigger: None, field: key.value.clone(), mark: key.mark },
        effect: format!("{} is there twice: kubectl refuses it, other clients take the last one", key.value),
        first: None,
        mend: "remove one of the two".to_owned(),
    });
    found.collect()
}

fn broken(text: &str, problem: &Problem, mark: Mark) -> Finding {
    let line = text.lines().nth(problem.mark.line.saturating_sub(1)).unwrap_or_default();
    let mend = if line.chars().nth(problem.mark.column.saturating_sub(1)) == Some('*') {
        "a star at the beginning is an alias in YAML: put the schedule into quotes"
    } else if text.contains("{{") {
        "this looks like a template: render it first, as in `helm template . | seasonscale audit -`"
    } else {
        "mend the text; nothing in this document could be looked at"
    };
    Finding {
        check: Check::Broken,
        place: Place { object: String::new(), trigger: None, field: String::new(), mark },
        effect: problem.message.clone(),
        first: None,
        mend: mend.to_owned(),
    }
}

fn not_utf8(name: &str, bytes: &[u8], at: usize) -> File {
    let line = 1 + bytes[..at].iter().filter(|byte| **byte == b'\n').count();
    let column = 1 + bytes[..at].iter().rev().take_while(|byte| **byte != b'\n').count();
    let problem = Problem {
        mark: Mark { line, column },
        message: format!("byte 0x{:02x}, which no UTF-8 text has there", bytes[at]),
    };
    let findings = vec![broken("", &problem, problem.mark)];
    File { name: name.to_owned(), objects: Vec::new(), findings, others: Vec::new() }
}

//! Reading the manifests: each document is a ScaledObject, something else, or broken; and what a person wrote above a
//! trigger. It must not know what a policy is.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::remark::{Kind, Place, Remark};
use crate::features;
use crate::keda::decode::{self, Decoded};
use crate::keda::neighbour::Neighbour;
use crate::keda::scaledobject::{self, ScaledObject, Trigger};
use crate::name::DEFAULT_NAMESPACE;
use crate::rules::claims::{Claim, Claims, Met};
use crate::yaml::{self, Comment, Mark, Node, Tree};

/// A file of manifests.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its path as the user wrote it.
    pub name: String,
    /// Its text.
    pub text: String,
}

impl Input {
    /// The name of what is not a file.
    pub const STANDARD: &'static str = "<stdin>";
}

/// One ScaledObject and where it stands.
pub(super) struct Found<'i> {
    input: &'i Input,
    /// The line of the file on which its document begins.
    line: usize,
    /// Its document's comments.
    comments: Rc<[Comment]>,
    pub(super) object: ScaledObject,
    /// The same as it is written, with all that is not KEDA's.
    pub(super) node: Node,
    /// Its name, after its namespace where another object of the input has that name.
    called: String,
    /// What audit says of it and the other documents of the input.
    pub(super) met: Met,
}

impl<'i> Found<'i> {
    /// The place in the file of a place in the document.
    pub(super) fn at(&self, mark: Mark) -> Place {
        let mark = Mark { line: self.line + mark.line - 1, column: mark.column };
        Place { file: self.input.name.clone(), mark }
    }

    /// Where the object names itself.
    pub(super) fn place(&self) -> Place {
        self.at(self.object.metadata.name.mark)
    }

    /// The file that it stands in.
    pub(super) fn input(&self) -> &'i Input {
        self.input
    }

    /// The line of the file on which its document begins.
    pub(super) fn line(&self) -> usize {
        self.line
    }

    /// Its namespace, where it names one.
    pub(super) fn namespace(&self) -> Option<&str> {
        Some(self.object.metadata.namespace.as_ref()?.value.as_str())
    }

    /// The object's name.
    pub(super) fn name(&self) -> &str {
        &self.object.metadata.name.value
    }

    /// What it scales: the Deployment's name.
    pub(super) fn target(&self) -> &str {
        &self.object.spec.scale_target_ref.name.value
    }

    /// The trigger with this number.
    pub(super) fn trigger(&self, index: usize) -> &Trigger {
        &self.object.spec.triggers.value[index]
    }

    /// `trigger 2, "oktoberfest"`: how people count, and what it is called.
    pub(super) fn trigger_said(&self, index: usize) -> String {
        match &self.trigger(index).name {
            Some(name) => format!("trigger {} `{}`", index + 1, name.value),
            None => format!("trigger {} ({})", index + 1, self.trigger(index).kind.value),
        }
    }

    /// A remark on the object.
    pub(super) fn remark(
        &self,
        kind: Kind,
        mark: impl Into<Option<Mark>>,
        text: impl Into<String>,
    ) -> Remark {
        let (subject, part) = (self.called.clone(), String::new());
        let place = mark.into().map_or_else(|| self.place(), |mark| self.at(mark));
        Remark { place, kind, subject, part, text: text.into() }
    }

    /// A remark on a part of the object, such as `fallback`.
    pub(super) fn of_part(
        &self,
        kind: Kind,
        mark: impl Into<Option<Mark>>,
        part: &str,
        text: impl Into<String>,
    ) -> Remark {
        Remark { part: part.to_owned(), ..self.remark(kind, mark, text) }
    }

    /// A remark on one of its triggers.
    pub(super) fn about(&self, kind: Kind, index: usize, key: &str, text: &str) -> Remark {
        self.of_part(kind, self.trigger(index).mark(key), &self.trigger_said(index), text)
    }

    /// Whether this compiler made it: then every window is meant as it is, and comments only say it again.
    pub(super) fn is_ours(&self) -> bool {
        let maker = self.object.metadata.labels.get("app.kubernetes.io/managed-by");
        maker.is_some_and(|maker| maker.value == "seasonscale")
    }

    /// What people wrote in its document.
    pub(super) fn comments(&self) -> &[Comment] {
        &self.comments
    }

    /// The first line of the comment directly above a trigger, or the one behind its dash.
    pub(super) fn comment(&self, index: usize) -> Option<&str> {
        if self.is_ours() {
            return None;
        }
        let first = self.above(index).first().copied();
        first.filter(|line| is_said(line)).or(self.beside(index))
    }

    /// The same with all lines of that comment.
    pub(super) fn note(&self, index: usize) -> Option<String> {
        let first = self.comment(index)?;
        let above = self.above(index);
        if above.first() != Some(&first) {
            return Some(first.to_owned());
        }
        let said: Vec<&str> = above.into_iter().take_while(|line| is_said(line)).collect();
        Some(said.join(" "))
    }

    /// All that people wrote directly above a trigger and in it, line by line.
    pub(super) fn words(&self, index: usize) -> Vec<&str> {
        if self.is_ours() {
            return Vec::new();
        }
        let trigger = self.trigger(index);
        let own = trigger.mark.line..=trigger.last_line();
        let inside = self.comments.iter().filter(|comment| own.contains(&comment.line()));
        let inside = inside.map(|comment| comment.value.as_str());
        self.above(index).into_iter().chain(inside).filter(|line| !line.is_empty()).collect()
    }

    /// The lines of the comment directly above a trigger.
    fn above(&self, index: usize) -> Vec<&str> {
        let dash = self.trigger(index).mark.line;
        let before = self.comments.iter().rev().filter(|comment| comment.line() < dash && !comment.is_beside);
        let joined = before.zip((1..dash).rev()).take_while(|(comment, line)| comment.line() == *line);
        let mut lines: Vec<&str> =
            joined.map(|(comment, _)| comment.value.trim_matches(['#', ' ', '-', '='])).collect();
        lines.reverse();
        lines
    }

    /// The comment behind the dash of a trigger.
    fn beside(&self, index: usize) -> Option<&str> {
        let dash = self.trigger(index).mark.line;
        let found = self.comments.iter().find(|comment| comment.line() == dash && comment.is_beside);
        found.map(|comment| comment.value.as_str())
    }
}

/// Whether a comment is a person's word, not a manifest's line that was switched off.
fn is_said(comment: &str) -> bool {
    const KEYS: [&str; 8] =
        ["type:", "metadata:", "timezone:", "start:", "end:", "desiredReplicas:", "name:", "metricType:"];
    let silent = comment.is_empty() || comment.starts_with("TODO") || comment.starts_with("FIXME");
    !silent && !KEYS.iter().any(|key| comment.starts_with(key))
}

/// All ScaledObjects of all files, those inside of a `List` included, and a remark on each document that is none or cannot
/// be read.
pub(super) fn read<'i>(inputs: &'i [Input], remarks: &mut Vec<Remark>) -> Vec<Found<'i>> {
    let (mut found, mut neighbours) = (Vec::new(), Vec::new());
    for input in inputs {
        for document in yaml::each_document(&input.text, yaml::tree) {
            let remark = |kind, mark, subject: &str, text: String| Remark {
                place: Place { file: input.name.clone(), mark: document.at(mark) },
                kind,
                subject: subject.to_owned(),
                part: String::new(),
                text,
            };
            match &document.content {
                Err(problem) => {
                    remarks.push(remark(Kind::LeftOut, problem.mark, "", problem.message.clone()));
                }
                Ok(tree) => {
                    let contents = decode::contents(&tree.root);
                    for other in &contents.others {
                        let text = if *other == "?" {
                            "no ScaledObject".to_owned()
                        } else {
                            format!("a {other}, not a ScaledObject")
                        };
                        remarks.push(remark(Kind::Skipped, Mark::START, "", text));
                    }
                    for one in contents.neighbours {
                        neighbours.push((Neighbour { mark: document.at(one.mark), ..one }, &*input.name));
                    }
                    let comments: Rc<[Comment]> = tree.comments.clone().into();
                    let begins: Vec<Mark> = contents.objects.iter().map(|(_, node)| node.mark).collect();
                    for (place, (kind, node)) in contents.objects.into_iter().enumerate() {
                        let decoded = decode::object(node, kind);
                        match refused(tree, begins.get(place + 1).copied(), &decoded) {
                            Some((mark, why)) => {
                                let name = &decoded.object.metadata.name.value;
                                let subject = if name.is_empty() { kind.name() } else { name };
                                remarks.push(remark(Kind::LeftOut, mark, subject, why));
                            }
                            None => found.push(Found {
                                input,
                                line: document.line,
                                comments: comments.clone(),
                                object: decoded.object,
                                node: node.clone(),
                                called: String::new(),
                                met: Met::default(),
                            }),
                        }
                    }
                }
            }
        }
    }
    meet(&mut found, neighbours);
    call(&mut found);
    found
}

/// Gives each object the name by which it is told from all others.
fn call(found: &mut [Found<'_>]) {
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    found.iter().for_each(|one| *count.entry(one.name().to_owned()).or_default() += 1);
    for one in found {
        one.called = match one.namespace().filter(|_| count[one.name()] > 1) {
            Some(namespace) => format!("{namespace}/{}", one.name()),
            None => one.name().to_owned(),
        };
    }
}

/// Holds each object against those before it and all other documents, wherever these stand.
fn meet(found: &mut [Found<'_>], neighbours: Vec<(Neighbour, &str)>) {
    let mut claims = Claims::at_home(home(found));
    for (neighbour, file) in neighbours {
        claims.notice(neighbour, file);
    }
    for one in found {
        // Only what every version refuses keeps an object out.
        let claim = Claim::of(&one.object, one.place().mark, features::keda::LAST);
        let file = &one.input.name;
        one.met = claims.add(&claim, file).with(claims.beside(&claim, file));
    }
}

/// The namespace that a plan of the objects is for: the only one that those with schedules are in, as they say it.
fn home(found: &[Found<'_>]) -> String {
    let planned =
        found.iter().filter(|one| one.object.spec.triggers.value.iter().any(|one| one.kind.value == "cron"));
    let named: BTreeSet<Option<&str>> = planned.map(Found::namespace).collect();
    match (named.len(), named.first()) {
        (1, Some(Some(only))) => (*only).to_owned(),
        _ => DEFAULT_NAMESPACE.to_owned(),
    }
}

/// Why an object is not taken: one flaw is enough, for then nobody runs it. `next` is where the one after it begins.
fn refused(tree: &Tree, next: Option<Mark>, decoded: &Decoded) -> Option<(Mark, String)> {
    if decoded.object.kind == scaledobject::Kind::ScaledJob {
        return Some((decoded.object.mark, "it starts jobs and keeps no replicas".to_owned()));
    }
    let doubled = tree
        .doubled
        .iter()
        .find(|key| key.mark >= decoded.object.mark && next.is_none_or(|next| key.mark < next));
    let doubled = doubled.map(|key| (key.mark, format!("`{}` is there twice", key.value)));
    doubled.or_else(|| decoded.flaws.first().map(|flaw| (flaw.mark, flaw.to_string())))
}

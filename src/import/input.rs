//! Reading the manifests: each document is a ScaledObject, something else, or broken; and what a person wrote above a
//! trigger. It must not know what a policy is.

use serde::Deserialize;

use super::remark::{Kind, Place, Remark};
use crate::keda::scaledobject::{self, ScaledObject, Trigger};
use crate::yaml::{self, Mark};

/// A file of manifests.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its path as the user wrote it.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// One ScaledObject and where it stands.
pub(super) struct Found<'i> {
    input: &'i Input,
    /// The line of the file on which its document begins.
    line: usize,
    pub(super) object: ScaledObject,
}

impl<'i> Found<'i> {
    /// The place in the file of a place in the document.
    pub(super) fn at(&self, mark: Mark) -> Place {
        let mark = if mark == Mark::default() { self.object.metadata.name.mark } else { mark };
        let mark = Mark { line: self.line + mark.line.max(1) - 1, column: mark.column };
        Place { file: self.input.name.clone(), mark }
    }

    /// Where the object names itself.
    pub(super) fn place(&self) -> Place {
        self.at(Mark::default())
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
    pub(super) fn remark(&self, kind: Kind, mark: Mark, text: impl Into<String>) -> Remark {
        Remark { place: self.at(mark), kind, subject: self.name().to_owned(), text: text.into() }
    }

    /// A remark on one of its triggers.
    pub(super) fn about(&self, kind: Kind, index: usize, key: &str, text: &str) -> Remark {
        let text = format!("{}: {text}", self.trigger_said(index));
        self.remark(kind, self.trigger(index).mark(key), text)
    }

    /// Whether this compiler made it: then every window is meant as it is, and comments only say it again.
    pub(super) fn is_ours(&self) -> bool {
        let maker = self.object.metadata.labels.get("app.kubernetes.io/managed-by");
        maker.is_some_and(|maker| maker.value == "seasonscale")
    }

    /// The first line of the comment directly above a trigger, or the one behind its dash.
    pub(super) fn comment(&self, index: usize) -> Option<&'i str> {
        if self.is_ours() {
            return None;
        }
        let lines: Vec<&str> = self.input.text.lines().collect();
        let trigger = self.trigger(index);
        let marks = trigger.metadata.value.values().map(|value| value.mark);
        let marks = marks.chain([trigger.kind.mark]).chain(trigger.name.as_ref().map(|name| name.mark));
        let first = marks.map(|mark| mark.line).filter(|line| *line > 0).min()?;
        let first = self.line + first - 1;
        let dash = (self.line..=first)
            .rev()
            .find(|line| lines.get(line - 1).is_some_and(|text| text.trim_start().starts_with("- ")))?;
        let behind = lines[dash - 1].split_once(" #").map(|(_, comment)| comment.trim());
        let above = lines[..dash - 1].iter().rev().map(|line| line.trim());
        let above = above.take_while(|line| line.starts_with('#')).last();
        above.map(|line| line.trim_matches(['#', ' ', '-', '='])).filter(|line| is_said(line)).or(behind)
    }
}

/// Whether a comment is a person's word, not a manifest's line that was switched off.
fn is_said(comment: &str) -> bool {
    const KEYS: [&str; 8] =
        ["type:", "metadata:", "timezone:", "start:", "end:", "desiredReplicas:", "name:", "metricType:"];
    let silent = comment.is_empty() || comment.starts_with("TODO") || comment.starts_with("FIXME");
    !silent && !KEYS.iter().any(|key| comment.starts_with(key))
}

/// What can be told of any document.
#[derive(Deserialize)]
struct Probe {
    kind: Option<String>,
}

/// All ScaledObjects of all files, and a remark on each document that is none or cannot be read.
pub(super) fn read<'i>(inputs: &'i [Input], remarks: &mut Vec<Remark>) -> Vec<Found<'i>> {
    let mut found = Vec::new();
    for input in inputs {
        let probes = yaml::documents::<Probe>(&input.text);
        for (probe, document) in probes.into_iter().zip(scaledobject::read(&input.text)) {
            let place = |mark: Mark| Place { file: input.name.clone(), mark: document.at(mark) };
            let remark = |kind, mark, subject: &str, text: String| Remark {
                place: place(mark),
                kind,
                subject: subject.to_owned(),
                text,
            };
            match probe.content {
                Err(problem) => {
                    remarks.push(remark(Kind::LeftOut, problem.mark, "", first_line(&problem.message)));
                }
                Ok(Probe { kind }) if kind.as_deref() != Some("ScaledObject") => {
                    let (kind, text) = other(kind.as_deref());
                    remarks.push(remark(kind, Mark::default(), "", text));
                }
                Ok(_) => match document.content {
                    Ok(object) => found.push(Found { input, line: document.line, object }),
                    Err(ref problem) => {
                        let text = first_line(&problem.message);
                        remarks.push(remark(Kind::LeftOut, problem.mark, "ScaledObject", text));
                    }
                },
            }
        }
    }
    found
}

fn other(kind: Option<&str>) -> (Kind, String) {
    match kind {
        Some("List") => (Kind::LeftOut, "a List: give each of its items a document of its own".to_owned()),
        Some("ScaledJob") => (Kind::LeftOut, "a ScaledJob: it starts jobs and keeps no replicas".to_owned()),
        Some(kind) => (Kind::Skipped, format!("a {kind}, no ScaledObject")),
        None => (Kind::Skipped, "no ScaledObject".to_owned()),
    }
}

fn first_line(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    // The parser counts lines from its document's beginning.
    line.split(" at line ").next().unwrap_or(line).to_owned()
}

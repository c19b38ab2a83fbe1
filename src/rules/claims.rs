//! Objects against each other: two that scale one workload or own one HPA, or one that is there twice.

use std::collections::BTreeMap;

use super::cost::Cost;
use super::finding::{Finding, Place};
pub use super::neighbours::Met;
use super::neighbours::{Neighbours, Wishes};
use crate::finding::Rule;
use crate::keda::neighbour::Neighbour;
use crate::keda::scaledobject::{Kind, ScaledObject};
use crate::quantity::Version;
use crate::yaml::Mark;

/// What was seen so far of whose workload and whose HPA, by namespace.
#[derive(Default)]
pub struct Claims {
    targets: BTreeMap<(Option<String>, String), Holder>,
    hpas: BTreeMap<(Option<String>, String), Holder>,
    neighbours: Neighbours,
}

/// Who has it.
#[derive(Clone)]
struct Holder {
    name: String,
    file: String,
    title: String,
    line: usize,
}

/// What an object claims for itself.
pub struct Claim {
    namespace: Option<String>,
    name: String,
    /// API version, kind and name of the workload.
    target: String,
    hpa: String,
    object: String,
    mark: Mark,
    wishes: Option<Wishes>,
}

impl Claim {
    /// Of an object whose name is at `mark`, under a version of KEDA.
    pub fn of(object: &ScaledObject, mark: Mark, keda: Version) -> Self {
        let (api_version, kind, name) = object.spec.scale_target_ref.target();
        // A ScaledJob has no target, and an object that names none has a finding already.
        let claims = object.kind == Kind::ScaledObject && !name.is_empty();
        Self {
            namespace: object.metadata.namespace.as_ref().map(|namespace| namespace.value.clone()),
            name: object.metadata.name.value.clone(),
            target: if claims { format!("{api_version} {kind} {name}") } else { String::new() },
            hpa: object.hpa_name(),
            object: object.title(),
            mark,
            wishes: Wishes::of(object, keda),
        }
    }
}

impl Claim {
    /// The same of an object whose name is at `mark`.
    pub fn at(self, mark: Mark) -> Self {
        Self { mark, ..self }
    }
}

impl Claims {
    /// None yet, of a plan that puts what says no namespace into this one.
    pub fn at_home(home: String) -> Self {
        Self { neighbours: Neighbours::at_home(home), ..Self::default() }
    }

    /// Notes a document beside the objects, in `file`. Findings about objects of files before it.
    pub fn notice(&mut self, neighbour: Neighbour, file: &str) -> Vec<Finding> {
        self.neighbours.notice(neighbour, file)
    }

    /// What the documents that were seen have to say to a claim of an object in `file`.
    pub fn beside(&mut self, claim: &Claim, file: &str) -> Met {
        let wishes = claim.wishes.as_ref();
        wishes.map(|wishes| self.neighbours.add(wishes, file, claim.mark)).unwrap_or_default()
    }

    /// Notes a claim of an object in `file`.
    ///
    /// One name without a namespace in two files is silent: a base and its overlays name the same object, and so do the
    /// files of several clusters.
    pub fn add(&mut self, claim: &Claim, file: &str) -> Met {
        if claim.target.is_empty() {
            return Met::default();
        }
        let holder = Holder {
            name: claim.name.clone(),
            file: file.to_owned(),
            title: claim.object.clone(),
            line: claim.mark.line,
        };
        let key = |what: &str| (claim.namespace.clone(), what.to_owned());
        let target = self.targets.insert(key(&claim.target), holder.clone());
        let hpa = self.hpas.insert(key(&claim.hpa), holder);
        let is_same = |other: &Holder| other.name == claim.name;
        let is_overlay = |other: &Holder| is_same(other) && claim.namespace.is_none() && other.file != file;
        let mend = "keep one ScaledObject for each workload, with the triggers of both in it";
        let twice = |other: &Holder| {
            let effect =
                format!("it is at {}:{} already: the one that is applied last wins", other.file, other.line);
            claim.finding(
                "metadata.name",
                effect,
                "remove one of the two, or put the triggers of both into one",
            )
        };
        let taken = |other: &Holder, does: &str, what: &str| {
            let Holder { file, title, line, .. } = other;
            let effect = format!("{title} ({file}:{line}) {does} {what} too: the two overwrite each other");
            claim.finding("spec.scaleTargetRef", effect, mend)
        };
        if let Some(other) = [&target, &hpa].into_iter().flatten().find(|other| is_same(other)) {
            let others = if is_overlay(other) { Vec::new() } else { vec![twice(other)] };
            return Met { refusals: Vec::new(), others };
        }
        let target = target.map(|other| taken(&other, "scales", &claim.target));
        let hpa = hpa.map(|other| taken(&other, "owns the HPA", &claim.hpa));
        Met { refusals: target.into_iter().chain(hpa).collect(), others: Vec::new() }
    }
}

impl Claim {
    fn finding(&self, field: &str, effect: String, mend: &str) -> Finding {
        let place =
            Place { object: self.object.clone(), trigger: None, field: field.to_owned(), mark: self.mark };
        let (rule, mend) = (Rule::KedaSameTarget, mend.to_owned());
        Finding { rule, place, effect, first: None, mend, cost: Cost::of_kind(rule) }
    }
}
